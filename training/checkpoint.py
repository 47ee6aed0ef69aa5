"""Saving a model while it trains, and loading it elsewhere."""

import contextlib
import json
import os
import pathlib
import warnings
import zipfile
from typing import Any

import keras
from keras import ops

import training.losses
import training.models.blocks  # noqa: F401  (both register what loading needs)
from tb_featuremaps.callbacks.step_clock import iterations_of

FILE = "model.keras"
# Beside Keras's own entries in the file.
_PROGRESS = "training_progress.json"
_LONGEST_REASON = 400


class CheckpointError(ValueError):
    """A `.keras` file that can't be used; the message says why and what to do."""


class SaveEachEpoch(keras.callbacks.Callback):
    """Saves the model and its optimizer at the end of each epoch.

    Args:
        path: the `.keras` file. A process that dies while saving leaves the one before whole.
        batches: how many were trained before.
    """

    def __init__(self, path: pathlib.Path, batches: int = 0) -> None:
        super().__init__()
        self._path = path
        self._batches = batches

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self._batches += 1

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        save(self.model, self._path, self._batches)


def save(model: keras.Model, path: pathlib.Path, batches: int) -> None:
    """Saves a model such that `path` is always a whole file.

    Args:
        model: a compiled model.
        path: the `.keras` file.
        batches: how many it was trained on. The optimizer's iterations may be fewer: under loss
            scaling, a step whose gradients overflow is left out.
    """
    partial = path.with_name(f".{path.stem}.partial{path.suffix}")
    model.save(partial)
    with zipfile.ZipFile(partial, "a") as archive:
        archive.writestr(_PROGRESS, json.dumps({"batches": batches}))
    os.replace(partial, path)


def load(path: pathlib.Path) -> keras.Model:
    """Loads a model for predictions.

    Raises:
        CheckpointError: there is no such file, or it is damaged or of something else.
    """
    _check_is_file(path)
    try:
        model = keras.models.load_model(path, compile=False)
    except Exception as error:  # zip, JSON and HDF5 each fail in their own ways
        raise CheckpointError(f"{path} is damaged or no Keras model: {_reason(error)}") from error
    if not isinstance(model, keras.Model):
        raise CheckpointError(f"Expected a model in {path}. Received: {type(model).__name__}.")
    return model


def restore(model: keras.Model, path: pathlib.Path) -> int:
    """Gives a compiled model the weights and optimizer state of a file; returns its batches.

    The learning rate stays as compiled. Built from the same seed, the model goes on as if it had
    never been interrupted.

    Raises:
        CheckpointError: there is no such file, it is damaged, or it is of another model.
    """
    _check_is_file(path, "There is nothing to resume: leave out --resume to begin.")
    optimizer = model.optimizer
    optimizer.build(model.trainable_variables)
    rate = float(_numpy(optimizer.learning_rate))
    try:
        with warnings.catch_warnings():
            # Keras only warns of an optimizer that does not fit.
            warnings.filterwarnings("error", "Skipping variable loading for optimizer")
            model.load_weights(path)
        batches = _batches(path, iterations_of(model) or 0)
    except Exception as error:  # as above
        raise CheckpointError(
            f"{path} is damaged, or of another model or optimizer than the options describe. "
            f"Resume with the options that it was trained with. {_reason(error)}"
        ) from error
    with contextlib.suppress(TypeError):  # a schedule, which follows the steps
        optimizer.learning_rate = rate
    _advance_dropout(model, batches)
    return batches


def _batches(path: pathlib.Path, steps: int) -> int:
    with zipfile.ZipFile(path) as archive:
        if _PROGRESS not in archive.namelist():
            return steps
        return int(json.loads(archive.read(_PROGRESS))["batches"])


def _advance_dropout(model: keras.Model, batches: int) -> None:
    """Keras does not save what random numbers a layer has drawn; dropout draws once a batch."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dropout) and layer.rate > 0:
            state = layer.seed_generator.state
            state.assign(_numpy(state) * [1, 0] + [0, batches])


def _numpy(variable: Any) -> Any:
    # A sum, since under `tf.distribute` the variable itself is no array.
    return ops.convert_to_numpy(variable + 0)


def _check_is_file(path: pathlib.Path, remedy: str = "") -> None:
    if not path.is_file():
        what = "is a directory" if path.is_dir() else "does not exist"
        raise CheckpointError(
            f"Expected a .keras file. Received: {path}, which {what}. {remedy}".rstrip()
        )


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:_LONGEST_REASON]
