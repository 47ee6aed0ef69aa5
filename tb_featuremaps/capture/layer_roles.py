"""What a layer does in a network, as far as choosing layers to look at needs it."""

import enum

import keras

from tb_featuremaps.capture.keras_graph import GraphNode, sublayers


class Role(enum.Enum):
    """COMPUTES has weights; MERGES joins branches; the rest acts on each value or place alone."""

    COMPUTES = enum.auto()
    MERGES = enum.auto()
    COMPOSITE = enum.auto()
    NORMALISES = enum.auto()
    ACTIVATES = enum.auto()
    PASSES = enum.auto()


_ACTIVATIONS = (
    keras.layers.Activation,
    keras.layers.ReLU,
    keras.layers.LeakyReLU,
    keras.layers.PReLU,
    keras.layers.ELU,
)

# As `keras.ops` calls them; these operations have no public classes.
_ACTIVATION_OPERATIONS = frozenset(
    {"Relu", "Relu6", "LeakyRelu", "Elu", "Selu", "Gelu", "Silu", "HardSilu", "Sigmoid", "Tanh"}
)

_SPATIAL = (
    keras.layers.Conv2D,
    keras.layers.Conv3D,
    keras.layers.Conv2DTranspose,
    keras.layers.Conv3DTranspose,
    keras.layers.DepthwiseConv2D,
    keras.layers.SeparableConv2D,
    keras.layers.ConvLSTM2D,
    keras.layers.ConvLSTM3D,
)


def role_in_graph(node: GraphNode) -> Role:
    """The role of a node of a functional model."""
    if not isinstance(node.operation, keras.layers.Layer):
        if type(node.operation).__name__ in _ACTIVATION_OPERATIONS:
            return Role.ACTIVATES
        return Role.MERGES if _several_inputs(node) else Role.PASSES
    role = role_of(node.operation)
    return Role.MERGES if role is Role.PASSES and _several_inputs(node) else role


def role_of(layer: keras.layers.Layer) -> Role:
    """The role of a layer of which only itself is known."""
    if isinstance(layer, _ACTIVATIONS):
        return Role.ACTIVATES if activates(layer) else Role.PASSES
    if isinstance(layer, keras.layers.Normalization):
        return Role.PASSES  # of the inputs
    if type(layer).__name__.endswith("Normalization"):
        return Role.NORMALISES
    if is_composite(layer):
        return Role.COMPOSITE
    return Role.COMPUTES if layer.weights else Role.PASSES


def activates(layer: keras.Operation) -> bool:
    """Whether a layer ends with a nonlinearity, as its own or as its `activation`."""
    activation = getattr(layer, "activation", None)
    if activation is None:
        return isinstance(layer, _ACTIVATIONS)
    return activation is not keras.activations.linear


def is_composite(layer: keras.layers.Layer) -> bool:
    """Whether a layer is made of layers by the user; Keras's own, such as `LSTM`, count as one."""
    if isinstance(layer, keras.Model):
        return True
    return not type(layer).__module__.startswith("keras.") and bool(sublayers(layer))


def has_spatial_layers(layer: keras.Operation) -> bool:
    """Whether a layer is a convolution of pictures or volumes, or has one inside."""
    if isinstance(layer, _SPATIAL):
        return True
    inside = sublayers(layer) if isinstance(layer, keras.layers.Layer) else []
    return any(has_spatial_layers(inner) for inner in inside if inner is not layer)


def _several_inputs(node: GraphNode) -> bool:
    return len({id(tensor) for tensor in node.inputs}) > 1
