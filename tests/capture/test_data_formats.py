"""Channels stand where the layers around say that they do."""

from typing import Any

import keras
import numpy as np
import pytest
from support.atlases import captured

layers = keras.layers
_X = np.random.default_rng(0).normal(size=(2, 3, 8, 8)).astype(np.float32)


def _mixed() -> keras.Model:
    """`channels_first` pooling, as convolutions can't be on a CPU, and what follows it."""
    inputs = keras.Input((3, 8, 8))
    x = layers.Rescaling(0.5, name="scaled")(inputs)
    x = layers.MaxPooling2D(2, data_format="channels_first", name="pool")(x)
    y = layers.BatchNormalization(axis=1, name="normalised")(x)
    y = layers.ReLU(name="relu")(y)
    z = layers.Concatenate(axis=1, name="both")([x, y])
    z = layers.Dropout(0.5, name="dropped")(z)
    z = layers.Permute((2, 3, 1), name="turned")(z)
    z = layers.Conv2D(5, 3, name="conv")(z)
    z = layers.ReLU(name="end")(z)
    return keras.Model(inputs, layers.GlobalMaxPooling2D(name="out")(z))


@pytest.mark.parametrize(
    ("name", "channels_first"),
    [
        *((name, True) for name in ("scaled", "pool", "normalised", "relu", "both", "dropped")),
        *((name, False) for name in ("turned", "conv", "end")),
    ],
)
@pytest.mark.parametrize("nested", [False, True])
def test_layers_have_the_format_of_those_around_them(
    name: str, channels_first: bool, nested: bool
) -> None:
    inner = _mixed()
    expected = keras.ops.convert_to_numpy(
        keras.Model(inner.input, inner.get_layer(name).output)(_X)
    )
    model = inner
    if nested:
        inputs = keras.Input((3, 8, 8))
        inner.name = "inner"
        model = keras.Model(inputs, layers.Dense(2, name="head")(inner(inputs)))
        name = f"inner/{name}"
    tapped, values = captured(model, name, _X)
    expected = expected.transpose(0, 2, 3, 1) if channels_first else expected
    assert tapped.data_format == ("channels_first" if channels_first else "channels_last")
    np.testing.assert_allclose(values, expected, atol=np.ptp(expected) / 500)


class Subclassed(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.pool = layers.MaxPooling2D(2, data_format="channels_first", name="pool")
        self.relu = layers.ReLU(name="relu")
        self.late = layers.ReLU(name="late")
        self.conv = layers.Conv2D(4, 3, name="conv")
        self.end = layers.ReLU(name="end")

    def call(self, inputs: Any) -> Any:
        x = self.relu(self.pool(inputs))
        x = self.late(x * 2.0 + 1.0)  # operations that no layer is called for
        x = self.end(self.conv(keras.ops.transpose(x, (0, 2, 3, 1))))
        return keras.ops.mean(x, axis=(1, 2))


@pytest.mark.parametrize(
    ("name", "shape"),
    [("relu", (4, 4, 3)), ("late", (4, 4, 3)), ("conv", (2, 2, 4)), ("end", (2, 2, 4))],
)
def test_a_subclassed_model(name: str, shape: tuple[int, ...]) -> None:
    _, values = captured(Subclassed(), name, _X)
    assert values.shape[1:] == shape


def test_a_layer_shared_by_both_formats() -> None:
    relu = layers.ReLU(name="relu")
    inputs = keras.Input((3, 8, 8))
    x = relu(layers.MaxPooling2D(2, data_format="channels_first")(inputs))
    x = relu(layers.Conv2D(4, 3)(layers.Permute((2, 3, 1))(x)))
    model = keras.Model(inputs, layers.GlobalMaxPooling2D()(x))
    assert captured(model, "relu", _X, index=0)[1].shape[1:] == (4, 4, 3)
    assert captured(model, "relu", _X, index=1)[1].shape[1:] == (2, 2, 4)


def test_tokens_are_channels_last_whatever_the_global_setting() -> None:
    keras.config.set_image_data_format("channels_first")
    try:
        inputs = keras.Input((4, 6))
        x = layers.Dense(6, name="dense")(layers.LayerNormalization(name="norm")(inputs))
        model = keras.Model(inputs, layers.LSTM(3, name="lstm")(x))
        tokens = np.ones((2, 4, 6), np.float32)
        assert captured(model, "dense", tokens)[1].shape[1:] == (1, 4, 6)
        assert captured(model, "norm", tokens)[1].shape[1:] == (1, 4, 6)
    finally:
        keras.config.set_image_data_format("channels_last")
