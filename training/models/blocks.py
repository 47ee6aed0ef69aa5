"""Pieces that the Inception models are built of."""

import dataclasses
from typing import Any, Literal

import keras
from keras import layers, ops

from training.weight_decay import l2_penalty

Normalization = Literal["batch", "local_response", "none"]
Padding = Literal["same", "valid"]


@keras.saving.register_keras_serializable(package="tb_featuremaps")
class LocalResponseNormalization(layers.Layer):
    """Divides each value by a function of its neighbours' squares across channels.

    Krizhevsky et al. 2012, section 3.3, with the constants that GoogLeNet's authors released:
    x / (1 + α/n · Σ x²)^β over the n channels around each.

    Args:
        size: n, an odd number of channels.
        alpha: α.
        beta: β.
    """

    def __init__(
        self, size: int = 5, alpha: float = 1e-4, beta: float = 0.75, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.size, self.alpha, self.beta = size, alpha, beta

    def call(self, inputs: Any) -> Any:
        reach, channels = self.size // 2, inputs.shape[-1]
        values = ops.cast(inputs, "float32")  # squares overflow in float16
        padded = ops.pad(ops.square(values), [[0, 0], [0, 0], [0, 0], [reach, reach]])
        neighbours = sum(padded[..., shift : shift + channels] for shift in range(self.size))
        normalized = values / ops.power(1 + self.alpha / self.size * neighbours, self.beta)
        return ops.cast(normalized, self.compute_dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        own = {"size": self.size, "alpha": self.alpha, "beta": self.beta}
        return {**super().get_config(), **own}


@dataclasses.dataclass(frozen=True)
class Convolutions:
    """Makes the convolutions of one model.

    Attributes:
        width: multiplies every number of channels.
        normalization: "batch" puts batch normalisation behind every convolution.
        weight_decay: λ of the L2 penalty of every kernel.
        scale: whether batch normalisation learns a scale γ. The authors' released Inception V2 to
            V4 have none, since a ReLU and a convolution follow, which can scale too.
    """

    width: float = 1.0
    normalization: Normalization = "batch"
    weight_decay: float = 0.0
    scale: bool = True

    def channels(self, count: int) -> int:
        """`count` channels times the width, in eights as the papers have them."""
        return max(8, round(count * self.width / 8) * 8) if self.width != 1 else count

    def convolution(
        self,
        x: Any,
        channels: int,
        size: int | tuple[int, int],
        name: str,
        strides: int = 1,
        padding: Padding = "same",
    ) -> Any:
        """A convolution with ReLU; `size` is its height and width, or both in one."""
        batch = self.normalization == "batch"
        x = layers.Conv2D(
            self.channels(channels),
            size,
            strides=strides,
            padding=padding,
            use_bias=not batch,
            activation=None if batch else "relu",
            kernel_initializer="he_normal",
            kernel_regularizer=l2_penalty(self.weight_decay),
            name=name,
        )(x)
        if not batch:
            return x
        norm = layers.BatchNormalization(momentum=0.9, scale=self.scale, name=f"{name}_norm")
        return layers.ReLU(name=f"{name}_relu")(norm(x))

    def pooled(self, x: Any, channels: int, name: str) -> Any:
        """An average over 3×3, and a 1×1 convolution of it."""
        x = layers.AveragePooling2D(3, 1, padding="same", name=f"{name}_pool")(x)
        return self.convolution(x, channels, 1, f"{name}_pool_projection")

    def linear(self, x: Any, channels: int, name: str) -> Any:
        """A 1×1 convolution with bias, without normalisation and activation."""
        penalty = l2_penalty(self.weight_decay)
        return layers.Conv2D(channels, 1, kernel_regularizer=penalty, name=name)(x)

    def dense(self, x: Any, units: int, name: str, activation: str | None) -> Any:
        """A fully connected layer with the model's weight decay."""
        penalty = l2_penalty(self.weight_decay)
        return layers.Dense(units, activation, kernel_regularizer=penalty, name=name)(x)

    def classifier(self, x: Any, classes: int, name: str) -> Any:
        """A head: the softmax over the classes, float32 under mixed precision too."""
        penalty = l2_penalty(self.weight_decay)
        softmax = layers.Dense(
            classes, "softmax", kernel_regularizer=penalty, dtype="float32", name=name
        )
        return softmax(x)
