"""Random changes to training images that keep their class."""

import keras
import numpy as np

AUGMENTATIONS = ("none", "flip", "shift")
# CIFAR's customary 4 pixels of 32.
_LARGEST_SHIFT = 1 / 8


def make_augmentation(kind: str, mirrored: bool, seed: int, step: int = 0) -> keras.Sequential:
    """Layers that change each batch of a training differently.

    Args:
        kind: "none"; "flip", by chance left to right; "shift", also moved by up to an eighth of
            the image, its border repeated.
        mirrored: whether a mirrored image is of the same class; else nothing is flipped.
        seed: of the chance.
        step: how many batches of the training came before: a training that is resumed goes on
            with the draws that it would have had.

    Raises:
        ValueError: an unknown kind.
    """
    if kind not in AUGMENTATIONS:
        raise ValueError(f"Expected `kind` to be one of {AUGMENTATIONS}. Received: {kind!r}.")
    layers: list[keras.layers.Layer] = []
    if kind != "none" and mirrored:
        layers.append(keras.layers.RandomFlip("horizontal", seed=seed, dtype="float32"))
    if kind == "shift":
        shift = {"fill_mode": "nearest", "seed": seed + 1, "dtype": "float32"}
        layers.append(keras.layers.RandomTranslation(_LARGEST_SHIFT, _LARGEST_SHIFT, **shift))
    augmentation = keras.Sequential([keras.layers.Identity(dtype="float32"), *layers])
    augmentation(np.zeros((1, 8, 8, 1), np.float32), training=True)
    for layer in layers:
        # Its state is the seed and how many numbers it has drawn, now those of one batch.
        state = np.asarray(layer.generator.state)
        layer.generator.state.assign(state * [1, step])
    return augmentation
