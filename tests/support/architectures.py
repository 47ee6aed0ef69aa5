"""Small networks of well-known shapes."""

from collections.abc import Callable
from typing import Any

import keras

layers = keras.layers


def u_net(normalised: bool = True, skip_first: bool = False) -> keras.Model:
    """Three scales down and up, with two convolutions at each."""
    inputs = x = keras.Input((32, 32, 3))
    skips = []
    for depth in range(3):
        x = _two_convolutions(x, 4, f"down{depth}", normalised)
        skips.append(x)
        x = layers.MaxPooling2D(name=f"pool{depth}")(x)
    x = _two_convolutions(x, 8, "bottom", normalised)
    for depth in reversed(range(3)):
        x = layers.Conv2DTranspose(4, 2, strides=2, name=f"enlarged{depth}")(x)
        pair = [skips[depth], x] if skip_first else [x, skips[depth]]
        x = layers.Concatenate(name=f"joined{depth}")(pair)
        x = _two_convolutions(x, 4, f"up{depth}", normalised)
    return keras.Model(inputs, layers.Conv2D(1, 1, activation="sigmoid", name="mask")(x))


def _two_convolutions(x: Any, filters: int, name: str, normalised: bool) -> Any:
    for part in "ab":
        activation = None if normalised else "relu"
        conv = layers.Conv2D(filters, 3, padding="same", activation=activation, name=name + part)
        x = conv(x)
        if normalised:
            x = layers.BatchNormalization(name=f"{name}{part}_norm")(x)
            x = layers.ReLU(name=f"{name}{part}_relu")(x)
    return x


def vision_transformer(blocks: int) -> keras.Model:
    """Patches, then blocks of attention and a small network, each with its shortcut."""
    inputs = keras.Input((16, 16, 3))
    x = layers.Reshape((16, 8))(layers.Conv2D(8, 4, strides=4, name="patches")(inputs))
    for block in range(blocks):
        y = layers.LayerNormalization()(x)
        y = layers.MultiHeadAttention(2, 4, name=f"attention{block}")(y, y)
        x = layers.Add(name=f"block{block}_attended")([x, y])
        y = layers.Dense(16, activation="gelu")(layers.LayerNormalization()(x))
        x = layers.Add(name=f"block{block}")([x, layers.Dense(8)(y)])
    x = layers.LayerNormalization(name="normalised")(x)
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(inputs, layers.Dense(3, name="scores")(x))


def late_fusion() -> keras.Model:
    """A picture, a text and a vector, joined at the end."""
    picture, text, vector = keras.Input((16, 16, 3)), keras.Input((9,)), keras.Input((5,))
    x = layers.Conv2D(4, 3, activation="relu", name="conv1")(picture)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(4, 3, activation="relu", name="conv2")(x)
    y = layers.LSTM(4, name="lstm")(layers.Embedding(9, 4, name="embedding")(text))
    z = layers.Dense(4, activation="relu", name="of_vector")(vector)
    x = layers.Concatenate(name="joined")([layers.GlobalMaxPooling2D()(x), y, z])
    return keras.Model([picture, text, vector], layers.Dense(3, name="scores")(x))


class ResidualBlock(keras.layers.Layer):
    """Two convolutions and a shortcut, in a layer of one's own."""

    def __init__(self, filters: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.conv1 = layers.Conv2D(filters, 3, padding="same", name="conv1")
        self.conv2 = layers.Conv2D(filters, 3, padding="same", name="conv2")
        self.shortcut = layers.Conv2D(filters, 1, name="shortcut")

    def call(self, inputs: Any) -> Any:
        x = self.conv2(keras.ops.relu(self.conv1(inputs)))
        return keras.ops.relu(x + self.shortcut(inputs))


class Subclassed(keras.Model):
    """A model that Keras knows no graph of."""

    def __init__(self, blocks: int) -> None:
        super().__init__(name="subclassed")
        self.blocks = [ResidualBlock(4, name=f"block{index}") for index in range(blocks)]
        self.pool = layers.GlobalAveragePooling2D(name="pool")
        self.scores = layers.Dense(3, name="scores")

    def call(self, inputs: Any) -> Any:
        for block in self.blocks:
            inputs = block(inputs)
        return self.scores(self.pool(inputs))


def sequence(*inside: Callable[[], keras.layers.Layer], shape: tuple[int, ...]) -> keras.Model:
    """A sequential model."""
    return keras.Sequential([keras.Input(shape), *(make() for make in inside)])
