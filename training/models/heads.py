"""The classifiers of the models: which there are, what they weigh, and how to do without."""

from typing import Any

import keras
from keras import layers

from training.models.blocks import Convolutions

MAIN = "main"


def auxiliary_head(make: Convolutions, x: Any, classes: int, name: str = "aux") -> Any:
    """The auxiliary classifier of Inception V3 and its successors, on the medium grid.

    Szegedy et al. 2015, "Rethinking the Inception Architecture", figure 8: average pool 5×5/3,
    1×1 convolution of 128, a convolution of 768 over all that is left of the grid, softmax.
    """
    size = min(5, *x.shape[1:3])
    x = layers.AveragePooling2D(size, 3, name=f"{name}_pool")(x)
    x = make.convolution(x, 128, 1, f"{name}_conv1")
    x = make.convolution(x, 768, tuple(x.shape[1:3]), f"{name}_conv2", padding="valid")
    x = layers.Flatten(name=f"{name}_flatten")(x)
    return make.classifier(x, classes, name)


def inference_model(model: keras.Model) -> keras.Model:
    """The model without its auxiliary heads, which serve training only; its output is `main`."""
    return keras.Model(model.input, model.get_layer(MAIN).output, name=f"{model.name}_inference")


def loss_weights(heads: tuple[str, ...], auxiliary_weight: float) -> dict[str, float]:
    """The loss weight of each head: 1 for `main`, `auxiliary_weight` for the others."""
    return {name: 1.0 if name == MAIN else auxiliary_weight for name in heads}
