"""The small convolutional network that is trained on MNIST: two convolutions, two dense layers."""

import keras
from keras import layers

from training.weight_decay import l2_penalty

HEADS = ("main",)
# The maps to look at: the first pooling layer's 32 channels.
LAYERS = "pool1"


def mnist_convnet(
    input_shape: tuple[int, int, int] = (28, 28, 1),
    classes: int = 10,
    *,
    width: float = 1.0,
    weight_decay: float = 0.0,
    dropout: float = 0.5,
) -> keras.Model:
    """Convolution 5×5×32, pool, convolution 5×5×64, pool, 1,024 units with dropout, softmax.

    Its output is a dict of the softmax of `main`.

    Args:
        input_shape: height, width, channels.
        classes: number of classes.
        width: multiplies every number of channels and units.
        weight_decay: λ of the penalty ½·λ·Σw² of every kernel.
        dropout: rate behind the 1,024 units.
    """
    penalty = l2_penalty(weight_decay)
    common = {"activation": "relu", "kernel_regularizer": penalty}
    channels = [max(1, round(count * width)) for count in (32, 64, 1024)]
    inputs = keras.Input(input_shape, name="image")
    x = layers.Conv2D(channels[0], 5, padding="same", name="conv1", **common)(inputs)
    x = layers.MaxPooling2D(2, padding="same", name="pool1")(x)
    x = layers.Conv2D(channels[1], 5, padding="same", name="conv2", **common)(x)
    x = layers.MaxPooling2D(2, padding="same", name="pool2")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(channels[2], name="dense", **common)(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    main = layers.Dense(
        classes, "softmax", kernel_regularizer=penalty, dtype="float32", name="main"
    )(x)
    return keras.Model(inputs, {"main": main}, name="mnist_convnet")
