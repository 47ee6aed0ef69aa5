"""Small models that several tests capture."""

import keras
import numpy as np
import numpy.typing as npt

PENALTY = 1e-3
IMAGES: npt.NDArray[np.float32] = (
    np.random.default_rng(7).uniform(0, 1, (100, 16, 16, 3)).astype(np.float32)
)
LABELS: npt.NDArray[np.int64] = np.random.default_rng(8).integers(0, 3, 100)


def two_headed_model(dropout: float = 0.3, loss_weight: float = 0.3) -> keras.Model:
    """A compiled model with the heads `main` and `aux1`, an L2 penalty and state in its layers."""
    keras.utils.set_random_seed(1)
    penalty = keras.regularizers.L2(PENALTY)
    layers = keras.layers
    inputs = keras.Input((16, 16, 3))
    x = layers.Conv2D(8, 3, activation="relu", name="conv1", kernel_regularizer=penalty)(inputs)
    auxiliary = layers.Dense(3, "softmax", name="aux1", kernel_regularizer=penalty)(
        layers.Flatten(name="flatten")(x)
    )
    x = layers.BatchNormalization(name="normalization")(x)
    left = layers.Conv2D(4, 1, name="block_left")(x)
    right = layers.Conv2D(6, 3, padding="same", name="block_right")(x)
    x = layers.Concatenate(name="block")([left, right])
    x = layers.Dropout(dropout, name="dropout")(layers.GlobalAveragePooling2D(name="pool")(x))
    main = layers.Dense(3, "softmax", name="main", kernel_regularizer=penalty)(x)
    model = keras.Model(inputs, {"main": main, "aux1": auxiliary})
    model.compile(
        keras.optimizers.SGD(0.05, momentum=0.9),
        loss=dict.fromkeys(("main", "aux1"), "sparse_categorical_crossentropy"),
        loss_weights={"main": 1.0, "aux1": loss_weight},
    )
    return model


def targets(count: int = 100) -> dict[str, npt.NDArray[np.int64]]:
    """The labels for both heads."""
    return {"main": LABELS[:count], "aux1": LABELS[:count]}


def penalty_of(model: keras.Model) -> float:
    """The L2 sum of the kernels that are regularised, in float64."""
    kernels = [layer.kernel for layer in model.layers if getattr(layer, "kernel_regularizer", None)]
    return sum(PENALTY * float(np.square(np.asarray(k, np.float64)).sum()) for k in kernels)
