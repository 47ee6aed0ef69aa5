"""The models that can be trained, by name."""

import dataclasses
from collections.abc import Callable

import keras

from tb_featuremaps.capture.selection import LayerSpecification
from training.models import (
    googlenet,
    inception_resnet,
    inception_v2,
    inception_v3,
    inception_v4,
    mnist_convnet,
)
from training.models.googlenet import AUXILIARY_WEIGHT


@dataclasses.dataclass(frozen=True)
class Trainable:
    """A model that can be trained.

    Attributes:
        build: from input shape, classes, `width`, `weight_decay` and `options` to the model, whose
            output is a dict of its heads.
        heads: its outputs, the main one first.
        layers: which layers are logged, as `FeatureMaps` takes them.
        width: what all channels are multiplied by unless asked otherwise, such that an image of
            32 pixels trains in a fraction of a second on two cores.
        auxiliary_weight: loss weight of its auxiliary heads.
        label_smoothing: ε of its loss.
        options: the arguments of `build` that this model alone has.
    """

    build: Callable[..., keras.Model]
    heads: tuple[str, ...]
    layers: LayerSpecification
    width: float
    auxiliary_weight: float = AUXILIARY_WEIGHT
    label_smoothing: float = 0.0
    options: tuple[str, ...] = ()


MODELS = {
    "googlenet": Trainable(
        googlenet.googlenet,
        googlenet.HEADS,
        googlenet.LAYERS,
        width=0.5,
        options=("normalization",),
    ),
    "inception_v2": Trainable(
        inception_v2.inception_v2, inception_v2.HEADS, inception_v2.LAYERS, width=0.5
    ),
    "inception_v3": Trainable(
        inception_v3.inception_v3,
        inception_v3.HEADS,
        inception_v3.LAYERS,
        width=0.25,
        label_smoothing=inception_v3.LABEL_SMOOTHING,
        options=("factorize_early",),
    ),
    "inception_v4": Trainable(
        inception_v4.inception_v4, inception_v4.HEADS, inception_v4.LAYERS, width=0.25
    ),
    "inception_resnet_v2": Trainable(
        inception_resnet.inception_resnet_v2,
        inception_resnet.HEADS,
        inception_resnet.LAYERS,
        width=0.25,
        options=("residual_scale",),
    ),
    "mnist_convnet": Trainable(
        mnist_convnet.mnist_convnet, mnist_convnet.HEADS, mnist_convnet.LAYERS, width=1.0
    ),
}
