"""What both callbacks share: the run's directories and the step."""

import os
from typing import Any

import keras


def train_directory(log_dir: str | os.PathLike[str]) -> str:
    """Where the training run is logged, as `keras.callbacks.TensorBoard` names it."""
    return os.path.join(os.fspath(log_dir), "train")


def validation_directory(log_dir: str | os.PathLike[str]) -> str:
    """Where validation is logged, as `keras.callbacks.TensorBoard` names it."""
    return os.path.join(os.fspath(log_dir), "validation")


def current_step(model: keras.Model) -> int:
    """The optimizer's iterations."""
    # A sum, since under `tf.distribute` the variable itself is no number.
    return int(keras.ops.convert_to_numpy(model.optimizer.iterations + 0))


def last_step(model: keras.Model, params: dict[str, Any]) -> int | None:
    """The step at which `fit` will end, if it says so."""
    if not params.get("steps") or not params.get("epochs"):
        return None
    return current_step(model) + int(params["steps"]) * int(params["epochs"])
