"""Rows of functional and sequential models of many shapes."""

from typing import Any

import keras
import numpy as np
from conformance.data import (
    CLASSES,
    cross_entropy,
    image_batches,
    l2_penalty,
    of_shape,
    with_inputs,
    with_targets,
    word_batches,
)
from conformance.rows import Row, Term
from keras import layers

CROSS_ENTROPY = "sparse_categorical_crossentropy"
PENALTY = 1e-2


def compiled(inputs: Any, outputs: Any, loss: Any = CROSS_ENTROPY, **settings: Any) -> keras.Model:
    """A functional model with momentum, so that the optimizer has state too."""
    model = keras.Model(inputs, outputs)
    settings.setdefault("jit_compile", False)  # XLA compiles for longer than these train
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9), loss, **settings)
    return model


def scores(x: Any, name: str = "scores", **settings: Any) -> Any:
    """A head of probabilities."""
    return layers.Dense(CLASSES, "softmax", name=name, **settings)(x)


def convnet(**settings: Any) -> keras.Model:
    """Convolution, normalisation, pooling, head, and a penalty."""
    decay = keras.regularizers.L2(PENALTY)
    inputs = keras.Input((12, 12, 3))
    x = layers.Conv2D(5, 3, activation="relu", name="conv", kernel_regularizer=decay)(inputs)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(layers.MaxPooling2D(name="smaller")(x))
    return compiled(inputs, scores(x, kernel_regularizer=decay), **settings)


CONVNET_TERMS = (Term("scores", cross_entropy),)
CONVNET_PENALTY = l2_penalty(PENALTY, ("conv", "scores"))


def convnet_row(name: str, **settings: Any) -> Row:
    """A row of the convolutional network, for whatever differs besides the model."""
    given = {"make": convnet, "batches": image_batches, "layers": ("conv", "norm", "pool")}
    given |= {"terms": CONVNET_TERMS, "penalty": CONVNET_PENALTY}
    return Row(name, **{**given, **settings})


def _sequential() -> keras.Model:
    model = keras.Sequential([keras.Input((12, 12, 3)), layers.Conv2D(4, 3, name="conv")])
    model.add(layers.Flatten(name="flat"))
    model.add(layers.Dense(CLASSES, "softmax", name="scores"))
    model.compile("adam", CROSS_ENTROPY, jit_compile=False)
    return model


def _unet() -> keras.Model:
    inputs = keras.Input((12, 12, 3))
    fine = layers.Conv2D(4, 3, padding="same", activation="relu", name="down")(inputs)
    x = layers.MaxPooling2D(name="pool")(fine)
    x = layers.Conv2D(6, 3, padding="same", activation="relu", name="bottom")(x)
    x = layers.Conv2DTranspose(4, 2, strides=2, name="up")(x)
    x = layers.Concatenate(name="skip")([x, fine])
    return compiled(inputs, layers.Conv2D(CLASSES, 1, activation="softmax", name="mask")(x))


def _vit() -> keras.Model:
    inputs = keras.Input((12, 12, 3))
    x = layers.Conv2D(8, 4, strides=4, name="patches")(inputs)
    x = layers.Reshape((9, 8), name="tokens")(x)
    attended = layers.MultiHeadAttention(2, 4, name="attention")(x, x)
    x = layers.LayerNormalization(name="norm")(layers.Add(name="block")([x, attended]))
    return compiled(inputs, scores(layers.GlobalAveragePooling1D(name="pool")(x)))


def _recurrent() -> keras.Model:
    inputs = keras.Input((7, 5))
    x = layers.Bidirectional(layers.LSTM(4, return_sequences=True, name="lstm"), name="both")(
        inputs
    )
    x = layers.TimeDistributed(layers.Dense(6, name="dense"), name="each")(x)
    return compiled(inputs, scores(layers.GRU(4, name="gru")(x)))


def _text() -> keras.Model:
    inputs = keras.Input((7,), dtype="int32")
    x = layers.Embedding(20, 6, name="words")(inputs)
    x = layers.Conv1D(5, 3, activation="relu", name="conv")(x)
    return compiled(inputs, scores(layers.GlobalMaxPooling1D(name="pool")(x)))


def _masked_text() -> keras.Model:
    inputs = keras.Input((7,), dtype="int32")
    x = layers.Embedding(20, 6, mask_zero=True, name="words")(inputs)
    return compiled(inputs, scores(layers.LSTM(4, name="lstm")(x)))


def _video() -> keras.Model:
    inputs = keras.Input((5, 8, 8, 2))
    x = layers.Conv3D(4, 3, activation="relu", name="conv")(inputs)
    return compiled(inputs, scores(layers.GlobalAveragePooling3D(name="pool")(x)))


def _mlp() -> keras.Model:
    inputs = keras.Input((9,))
    x = layers.Dense(8, "relu", name="hidden")(inputs)
    return compiled(inputs, scores(x))


def _shared() -> keras.Model:
    inputs = keras.Input((12, 12, 3))
    conv = layers.Conv2D(3, 3, padding="same", name="conv")
    return compiled(inputs, scores(layers.Flatten(name="flat")(conv(conv(inputs)))))


def _several_inputs() -> keras.Model:
    image, vector = keras.Input((12, 12, 3), name="image"), keras.Input((4,), name="vector")
    x = layers.GlobalMaxPooling2D(name="pool")(layers.Conv2D(4, 3, name="conv")(image))
    x = layers.Concatenate(name="both")([x, vector])
    return compiled([image, vector], scores(x))


def _named_inputs() -> keras.Model:
    image, vector = keras.Input((12, 12, 3), name="pixels"), keras.Input((4,), name="numbers")
    x = layers.GlobalMaxPooling2D(name="pool")(layers.Conv2D(4, 3, name="conv")(image))
    x = layers.Concatenate(name="both")([x, vector])
    return compiled({"a": image, "b": vector}, scores(x))


def _vectors(images: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return images.reshape(len(images), -1)[:, :4]


def _channels_first() -> keras.Model:
    # Convolutions with their channels first don't train on TensorFlow's CPU; pooling does.
    inputs = keras.Input((3, 12, 12))
    x = layers.MaxPooling2D(2, data_format="channels_first", name="smaller")(inputs)
    x = layers.ReLU(name="relu")(x)
    x = layers.Concatenate(axis=1, name="twice")([x, x])
    x = layers.BatchNormalization(axis=1, name="norm")(x)
    return compiled(inputs, scores(layers.Flatten(name="flat")(x)))


def _mixed(policy: str) -> Any:
    def make() -> keras.Model:
        keras.mixed_precision.set_global_policy(policy)
        try:
            inputs = keras.Input((12, 12, 3))
            x = layers.Conv2D(5, 3, activation="relu", name="conv")(inputs)
            x = layers.GlobalAveragePooling2D(name="pool")(x)
            return compiled(inputs, scores(x, dtype="float32"))
        finally:
            keras.mixed_precision.set_global_policy("float32")

    return make


_SCORES = (Term("scores", cross_entropy),)
_CHANNELS_FIRST = ("smaller", "relu", "twice", "norm")

ROWS = [
    convnet_row("convolutional network with a penalty"),
    Row("Sequential", _sequential, image_batches, ("conv", "flat"), terms=_SCORES),
    Row(
        "U-Net",
        _unet,
        with_targets(lambda classes: np.broadcast_to(classes[:, None, None], (4, 12, 12))),
        ("down", "bottom", "up", "skip"),
        terms=(Term("mask", cross_entropy),),
    ),
    Row("ViT", _vit, image_batches, ("patches", "attention", "block", "norm"), terms=_SCORES),
    Row(
        "LSTM, GRU, Bidirectional, TimeDistributed",
        _recurrent,
        of_shape(7, 5),
        ("both", "each", "gru"),
        terms=_SCORES,
    ),
    Row(
        "layers that can't be captured, beside one that can",
        _recurrent,
        of_shape(7, 5),
        ("gru", "gru/gru_cell", "each/dense"),
        series=("gru",),
        terms=_SCORES,
        warns=("FeatureMaps: .*(?s:gru/gru_cell.*each/dense|each/dense.*gru/gru_cell)",),
    ),
    Row(
        "text: Embedding and Conv1D, integer inputs",
        _text,
        word_batches,
        ("words", "conv"),
        terms=_SCORES,
    ),
    Row("text: a mask and an LSTM", _masked_text, word_batches, ("words", "lstm"), terms=_SCORES),
    Row("Conv3D", _video, of_shape(5, 8, 8, 2), ("conv", "pool"), terms=_SCORES),
    Row("MLP on vectors", _mlp, of_shape(9), ("hidden", "scores"), terms=_SCORES),
    Row(
        "a layer called twice",
        _shared,
        image_batches,
        ("conv",),
        series=("conv#0", "conv#1"),
        terms=_SCORES,
    ),
    Row(
        "several inputs as a list",
        _several_inputs,
        with_inputs(lambda images: [images, _vectors(images)]),
        ("conv", "both"),
        terms=_SCORES,
    ),
    Row(
        "several inputs as a dict",
        _several_inputs,
        with_inputs(lambda images: {"image": images, "vector": _vectors(images)}),
        ("conv", "both"),
        terms=_SCORES,
    ),
    Row(
        "a dict of inputs whose keys are not the inputs' names",
        _named_inputs,
        with_inputs(lambda images: {"a": images, "b": _vectors(images)}),
        ("conv", "both"),
        terms=_SCORES,
    ),
    Row(
        "channels first under channels last",
        _channels_first,
        of_shape(3, 12, 12),
        _CHANNELS_FIRST,
        channels_first=_CHANNELS_FIRST,
        terms=_SCORES,
    ),
    Row(
        "mixed_float16",
        _mixed("mixed_float16"),
        image_batches,
        ("conv",),
        terms=_SCORES,
        tolerance=5e-3,
    ),
    Row(
        "mixed_bfloat16",
        _mixed("mixed_bfloat16"),
        image_batches,
        ("conv",),
        terms=_SCORES,
        tolerance=2e-2,
    ),
]
