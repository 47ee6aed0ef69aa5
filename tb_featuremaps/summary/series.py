"""What is captured, as the series that are written."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format import names
from tb_featuremaps.summary.capture_event import LayerSeries, OutputSeries


class CapturedLayer(Protocol):
    """What is constant of a captured layer; see `capture.tap.TappedLayer`."""

    @property
    def name(self) -> str: ...
    @property
    def class_name(self) -> str: ...
    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def data_format(self) -> str: ...
    @property
    def channels(self) -> int: ...
    @property
    def tile_height(self) -> int: ...
    @property
    def tile_width(self) -> int: ...


class DescribedOutput(Protocol):
    """A model's output; see `capture.outputs.Output`."""

    @property
    def name(self) -> str: ...
    @property
    def is_main(self) -> bool: ...
    @property
    def has_loss(self) -> bool: ...
    @property
    def weight(self) -> float: ...


_OTHER_TAGS = frozenset(
    {
        names.PROBES_TAG,
        names.LOSSES_TAG,
        names.GAPS_TAG,
        names.GRADIENTS_TAG,
        names.KERNEL_GRADIENTS_TAG,
        names.UPDATES_TAG,
    }
)


def layer_series(captured: Iterable[CapturedLayer]) -> list[LayerSeries]:
    """The series of captured layers, in their order; colliding tags are told apart."""
    taken = set(_OTHER_TAGS)
    series = []
    for order, layer in enumerate(captured):
        tag = names.unique_tag(names.layer_tag(layer.name), taken)
        stats_tag = names.unique_tag(names.stats_tag(layer.name), {*taken, tag})
        mirror = names.unique_tag(names.images_tab_tag(layer.name), taken)
        taken |= {tag, stats_tag, mirror}
        payload = pb.LayerSeries(
            name=layer.name,
            class_name=layer.class_name,
            order=order,
            shape=layer.shape,
            data_format=layer.data_format,
            channels=layer.channels,
            stats_tag=stats_tag,
        )
        size = (layer.tile_height, layer.tile_width)
        series.append(LayerSeries(tag, stats_tag, mirror, payload, *size))
    return series


def output_series(
    outputs: Iterable[tuple[int, DescribedOutput]],
    class_names: Sequence[str],
    layers: Iterable[LayerSeries],
) -> list[OutputSeries]:
    """The series of outputs, given with their index in the model; colliding tags are told apart."""
    taken = set(_OTHER_TAGS)
    taken |= {tag for layer in layers for tag in (layer.tag, layer.stats_tag)}
    series: list[OutputSeries] = []
    for index, output in outputs:
        payload = pb.OutputSeries(
            head=output.name,
            role=role_of(output),
            weight=output.weight,
            class_names=class_names,
            order=index,
        )
        tag = names.unique_tag(names.outputs_tag(output.name), taken)
        taken.add(tag)
        series.append(OutputSeries(tag, payload))
    return series


def role_of(output: DescribedOutput) -> pb.Role:
    """The role of an output in the loss."""
    if output.is_main:
        return pb.ROLE_MAIN
    return pb.ROLE_AUXILIARY if output.has_loss else pb.ROLE_UNSPECIFIED
