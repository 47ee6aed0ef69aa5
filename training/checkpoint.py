"""Saving a model while it trains, and loading it elsewhere."""

import contextlib
import os
import pathlib
import warnings
from typing import Any

import keras

# Their layers and losses are registered for loading.
from training.losses import SmoothedCrossentropy
from training.models.blocks import LocalResponseNormalization

CUSTOM = (SmoothedCrossentropy, LocalResponseNormalization)
FILE = "model.keras"


class CheckpointError(ValueError):
    """A `.keras` file that can't be used; the message says why and what to do."""


class SaveEachEpoch(keras.callbacks.Callback):
    """Saves the model and its optimizer at the end of each epoch.

    Args:
        path: the `.keras` file. A process that dies while saving leaves the one before whole.
    """

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__()
        self._path = path

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        save(self.model, self._path)


def save(model: keras.Model, path: pathlib.Path) -> None:
    """Saves a model such that `path` is always a whole file."""
    partial = path.with_name(f".{path.stem}.partial{path.suffix}")
    model.save(partial)
    os.replace(partial, path)


def load(path: pathlib.Path) -> keras.Model:
    """Loads a model for predictions.

    Raises:
        CheckpointError: there is no such file, or it is damaged or of something else.
    """
    _check_exists(path)
    try:
        model = keras.models.load_model(path, compile=False)
    except Exception as error:  # zip, JSON and HDF5 each fail in their own ways
        raise CheckpointError(f"{path} is damaged or no Keras model: {_reason(error)}") from error
    if not isinstance(model, keras.Model):
        raise CheckpointError(f"Expected a model in {path}. Received: {type(model).__name__}.")
    return model


def restore(model: keras.Model, path: pathlib.Path) -> int:
    """Gives a compiled model the weights and optimizer state of a file; returns its steps.

    The learning rate stays as compiled. Built from the same seed, the model goes on as if it had
    never been interrupted.

    Raises:
        CheckpointError: there is no such file, it is damaged, or it is of another model.
    """
    _check_exists(path)
    optimizer = model.optimizer
    optimizer.build(model.trainable_variables)
    rate = float(optimizer.learning_rate)
    try:
        with warnings.catch_warnings():
            # Keras only warns of an optimizer that does not fit.
            warnings.filterwarnings("error", "Skipping variable loading for optimizer")
            model.load_weights(path)
    except Exception as error:  # as above
        raise CheckpointError(
            f"{path} is damaged, or of another model or optimizer than the options describe. "
            f"Resume with the options that it was trained with. {_reason(error)}"
        ) from error
    with contextlib.suppress(TypeError):  # a schedule, which follows the steps
        optimizer.learning_rate = rate
    steps = int(keras.ops.convert_to_numpy(optimizer.iterations))
    _advance_dropout(model, steps)
    return steps


def _advance_dropout(model: keras.Model, steps: int) -> None:
    """Keras does not save what random numbers a layer has drawn; dropout draws once a step."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dropout) and layer.rate > 0:
            state = layer.seed_generator.state
            state.assign(keras.ops.convert_to_numpy(state) * [1, 0] + [0, steps])


def _check_exists(path: pathlib.Path) -> None:
    if not path.is_file():
        raise CheckpointError(f"Expected a .keras file. Received: {path}, which does not exist.")


def _reason(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
