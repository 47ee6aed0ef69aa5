from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Role(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROLE_UNSPECIFIED: _ClassVar[Role]
    ROLE_MAIN: _ClassVar[Role]
    ROLE_AUXILIARY: _ClassVar[Role]
ROLE_UNSPECIFIED: Role
ROLE_MAIN: Role
ROLE_AUXILIARY: Role

class FeatureMapPluginData(_message.Message):
    __slots__ = ("version", "layer", "stats", "probes", "outputs", "losses", "gaps", "gradients", "updates", "channel_gradients", "attributions")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    LAYER_FIELD_NUMBER: _ClassVar[int]
    STATS_FIELD_NUMBER: _ClassVar[int]
    PROBES_FIELD_NUMBER: _ClassVar[int]
    OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    LOSSES_FIELD_NUMBER: _ClassVar[int]
    GAPS_FIELD_NUMBER: _ClassVar[int]
    GRADIENTS_FIELD_NUMBER: _ClassVar[int]
    UPDATES_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_GRADIENTS_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTIONS_FIELD_NUMBER: _ClassVar[int]
    version: int
    layer: LayerSeries
    stats: StatsSeries
    probes: ProbeSeries
    outputs: OutputSeries
    losses: LossSeries
    gaps: GapSeries
    gradients: GradientSeries
    updates: UpdateSeries
    channel_gradients: ChannelGradientSeries
    attributions: AttributionSeries
    def __init__(self, version: _Optional[int] = ..., layer: _Optional[_Union[LayerSeries, _Mapping]] = ..., stats: _Optional[_Union[StatsSeries, _Mapping]] = ..., probes: _Optional[_Union[ProbeSeries, _Mapping]] = ..., outputs: _Optional[_Union[OutputSeries, _Mapping]] = ..., losses: _Optional[_Union[LossSeries, _Mapping]] = ..., gaps: _Optional[_Union[GapSeries, _Mapping]] = ..., gradients: _Optional[_Union[GradientSeries, _Mapping]] = ..., updates: _Optional[_Union[UpdateSeries, _Mapping]] = ..., channel_gradients: _Optional[_Union[ChannelGradientSeries, _Mapping]] = ..., attributions: _Optional[_Union[AttributionSeries, _Mapping]] = ...) -> None: ...

class LayerSeries(_message.Message):
    __slots__ = ("name", "class_name", "order", "shape", "data_format", "channels", "stats_tag")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CLASS_NAME_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    DATA_FORMAT_FIELD_NUMBER: _ClassVar[int]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    STATS_TAG_FIELD_NUMBER: _ClassVar[int]
    name: str
    class_name: str
    order: int
    shape: _containers.RepeatedScalarFieldContainer[int]
    data_format: str
    channels: int
    stats_tag: str
    def __init__(self, name: _Optional[str] = ..., class_name: _Optional[str] = ..., order: _Optional[int] = ..., shape: _Optional[_Iterable[int]] = ..., data_format: _Optional[str] = ..., channels: _Optional[int] = ..., stats_tag: _Optional[str] = ...) -> None: ...

class StatsSeries(_message.Message):
    __slots__ = ("layer_tag", "columns")
    LAYER_TAG_FIELD_NUMBER: _ClassVar[int]
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    layer_tag: str
    columns: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, layer_tag: _Optional[str] = ..., columns: _Optional[_Iterable[str]] = ...) -> None: ...

class ProbeSeries(_message.Message):
    __slots__ = ("count", "labels")
    COUNT_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    count: int
    labels: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, count: _Optional[int] = ..., labels: _Optional[_Iterable[str]] = ...) -> None: ...

class OutputSeries(_message.Message):
    __slots__ = ("head", "role", "weight", "class_names", "order")
    HEAD_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FIELD_NUMBER: _ClassVar[int]
    CLASS_NAMES_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    head: str
    role: Role
    weight: float
    class_names: _containers.RepeatedScalarFieldContainer[str]
    order: int
    def __init__(self, head: _Optional[str] = ..., role: _Optional[_Union[Role, str]] = ..., weight: _Optional[float] = ..., class_names: _Optional[_Iterable[str]] = ..., order: _Optional[int] = ...) -> None: ...

class LossSeries(_message.Message):
    __slots__ = ("terms",)
    TERMS_FIELD_NUMBER: _ClassVar[int]
    terms: _containers.RepeatedCompositeFieldContainer[LossTerm]
    def __init__(self, terms: _Optional[_Iterable[_Union[LossTerm, _Mapping]]] = ...) -> None: ...

class LossTerm(_message.Message):
    __slots__ = ("tag", "kind", "output", "role")
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        KIND_UNSPECIFIED: _ClassVar[LossTerm.Kind]
        TOTAL: _ClassVar[LossTerm.Kind]
        OUTPUT: _ClassVar[LossTerm.Kind]
        WEIGHTED: _ClassVar[LossTerm.Kind]
        PENALTY: _ClassVar[LossTerm.Kind]
        REPORTED: _ClassVar[LossTerm.Kind]
    KIND_UNSPECIFIED: LossTerm.Kind
    TOTAL: LossTerm.Kind
    OUTPUT: LossTerm.Kind
    WEIGHTED: LossTerm.Kind
    PENALTY: LossTerm.Kind
    REPORTED: LossTerm.Kind
    TAG_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    tag: str
    kind: LossTerm.Kind
    output: str
    role: Role
    def __init__(self, tag: _Optional[str] = ..., kind: _Optional[_Union[LossTerm.Kind, str]] = ..., output: _Optional[str] = ..., role: _Optional[_Union[Role, str]] = ...) -> None: ...

class GapSeries(_message.Message):
    __slots__ = ("columns",)
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    columns: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, columns: _Optional[_Iterable[str]] = ...) -> None: ...

class GradientSeries(_message.Message):
    __slots__ = ("place", "layers", "terms", "columns")
    class Place(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        PLACE_UNSPECIFIED: _ClassVar[GradientSeries.Place]
        ACTIVATIONS: _ClassVar[GradientSeries.Place]
        KERNELS: _ClassVar[GradientSeries.Place]
    PLACE_UNSPECIFIED: GradientSeries.Place
    ACTIVATIONS: GradientSeries.Place
    KERNELS: GradientSeries.Place
    PLACE_FIELD_NUMBER: _ClassVar[int]
    LAYERS_FIELD_NUMBER: _ClassVar[int]
    TERMS_FIELD_NUMBER: _ClassVar[int]
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    place: GradientSeries.Place
    layers: _containers.RepeatedScalarFieldContainer[str]
    terms: _containers.RepeatedCompositeFieldContainer[GradientTerm]
    columns: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, place: _Optional[_Union[GradientSeries.Place, str]] = ..., layers: _Optional[_Iterable[str]] = ..., terms: _Optional[_Iterable[_Union[GradientTerm, _Mapping]]] = ..., columns: _Optional[_Iterable[str]] = ...) -> None: ...

class GradientTerm(_message.Message):
    __slots__ = ("name", "kind", "role")
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        KIND_UNSPECIFIED: _ClassVar[GradientTerm.Kind]
        OUTPUT: _ClassVar[GradientTerm.Kind]
        PENALTY: _ClassVar[GradientTerm.Kind]
        TOTAL: _ClassVar[GradientTerm.Kind]
    KIND_UNSPECIFIED: GradientTerm.Kind
    OUTPUT: GradientTerm.Kind
    PENALTY: GradientTerm.Kind
    TOTAL: GradientTerm.Kind
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    name: str
    kind: GradientTerm.Kind
    role: Role
    def __init__(self, name: _Optional[str] = ..., kind: _Optional[_Union[GradientTerm.Kind, str]] = ..., role: _Optional[_Union[Role, str]] = ...) -> None: ...

class UpdateSeries(_message.Message):
    __slots__ = ("layers",)
    LAYERS_FIELD_NUMBER: _ClassVar[int]
    layers: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, layers: _Optional[_Iterable[str]] = ...) -> None: ...

class ChannelGradientSeries(_message.Message):
    __slots__ = ("layer", "terms", "columns")
    LAYER_FIELD_NUMBER: _ClassVar[int]
    TERMS_FIELD_NUMBER: _ClassVar[int]
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    layer: str
    terms: _containers.RepeatedCompositeFieldContainer[GradientTerm]
    columns: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, layer: _Optional[str] = ..., terms: _Optional[_Iterable[_Union[GradientTerm, _Mapping]]] = ..., columns: _Optional[_Iterable[str]] = ...) -> None: ...

class AttributionSeries(_message.Message):
    __slots__ = ("layer", "heads")
    LAYER_FIELD_NUMBER: _ClassVar[int]
    HEADS_FIELD_NUMBER: _ClassVar[int]
    layer: str
    heads: _containers.RepeatedCompositeFieldContainer[AttributedHead]
    def __init__(self, layer: _Optional[str] = ..., heads: _Optional[_Iterable[_Union[AttributedHead, _Mapping]]] = ...) -> None: ...

class AttributedHead(_message.Message):
    __slots__ = ("head", "role", "of_logits", "classes")
    HEAD_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    OF_LOGITS_FIELD_NUMBER: _ClassVar[int]
    CLASSES_FIELD_NUMBER: _ClassVar[int]
    head: str
    role: Role
    of_logits: bool
    classes: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, head: _Optional[str] = ..., role: _Optional[_Union[Role, str]] = ..., of_logits: bool = ..., classes: _Optional[_Iterable[int]] = ...) -> None: ...

class AtlasScale(_message.Message):
    __slots__ = ("version", "channels", "tile_height", "tile_width", "columns", "lo", "hi")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    TILE_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    TILE_WIDTH_FIELD_NUMBER: _ClassVar[int]
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    LO_FIELD_NUMBER: _ClassVar[int]
    HI_FIELD_NUMBER: _ClassVar[int]
    version: int
    channels: int
    tile_height: int
    tile_width: int
    columns: int
    lo: _containers.RepeatedScalarFieldContainer[float]
    hi: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, version: _Optional[int] = ..., channels: _Optional[int] = ..., tile_height: _Optional[int] = ..., tile_width: _Optional[int] = ..., columns: _Optional[int] = ..., lo: _Optional[_Iterable[float]] = ..., hi: _Optional[_Iterable[float]] = ...) -> None: ...
