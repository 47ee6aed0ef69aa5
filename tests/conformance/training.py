"""Trains a row's model, with our callbacks or without, and keeps what is to be compared."""

import dataclasses
import os
import pathlib
import threading
import warnings
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from conformance.rows import Batch, Row

Weights = list[np.ndarray[Any, Any]]
PROBES = 2
_FUNCTIONS = ("train_function", "test_function", "train_step", "test_step", "compute_loss")


@dataclasses.dataclass
class Trained:
    """What a training left; noted at once, since another may use the same model."""

    model: keras.Model
    batches: Sequence[Batch]
    spy: "Spy"
    history: dict[str, Any]
    weights: Weights
    optimizer: Weights
    left_on_model: dict[str, Any]
    warnings: list[str]
    threads: set[str]
    open_files: list[str]


class Spy(keras.callbacks.Callback):
    """Keras's own losses batch by batch, and the weights before each; stands first in the list.

    The metrics are reset before each batch, so that the logs are of this batch alone.

    Attributes:
        initial: the weights before the first batch.
        weights: the weights before each batch, if they are kept.
        logs: for each batch, or each execution of several, the step it led to and Keras's logs.
        at_epoch_end: the weights that the first callback finds when the last epoch ends.
        evaluations: Keras's logs of each validation by its step.
    """

    def __init__(self, counts: str, keeps_weights: bool) -> None:
        super().__init__()
        self._counts = counts
        self._keeps_weights = keeps_weights
        self.initial: Weights | None = None
        self.weights: list[Weights] = []
        self.logs: list[tuple[int, dict[str, float]]] = []
        self.at_epoch_end: Weights = []
        self.evaluations: dict[int, dict[str, float]] = {}

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        if self.initial is None:
            self.initial = self.model.get_weights()
        if self._keeps_weights:
            del self.weights[len(self.logs) :]  # the data had ended, and no batch ran
            self.weights.append(self.model.get_weights())
        self.model.reset_metrics()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        step = len(self.logs) + 1 if self._counts == "batches" else self._iterations()
        self.logs.append((step, _as_numbers(logs)))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.at_epoch_end = self.model.get_weights()

    def on_test_end(self, logs: Any = None) -> None:
        step = len(self.logs) if self._counts == "batches" else self._iterations()
        self.evaluations[step] = _as_numbers(logs)

    def _iterations(self) -> int:
        return int(self.model.optimizer.iterations)


def _as_numbers(logs: Any) -> dict[str, float]:
    return {name: float(value) for name, value in (logs or {}).items()}


def train(row: Row, directory: pathlib.Path, *, watched: bool) -> Trained:
    """Trains a row's model, made anew, with our callbacks if `watched`."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(11)
    model, batches = row.make(), row.batches()
    spy = Spy(row.steps, keeps_weights=not watched and row.terms is not None)
    probes, layers = probes_of(batches), layer_names(row, model)
    ours = row.ours(directory, probes, layers) if watched else []
    callbacks = [spy, *row.before(directory), *ours, *row.after(directory)]
    threads = {thread.name for thread in threading.enumerate()}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        history = row.train(model, row, batches, callbacks)
    return Trained(
        model=model,
        batches=batches,
        spy=spy,
        history=getattr(history, "history", None) or {},
        weights=model.get_weights(),
        optimizer=_values(getattr(model, "optimizer", None)),
        left_on_model=_marks(model),
        warnings=[str(warning.message) for warning in caught if _is_ours(warning.message)],
        threads={thread.name for thread in threading.enumerate()} - threads,
        open_files=[name for name in _open_files() if str(directory) in name],
    )


def probes_of(batches: Sequence[Batch]) -> Any:
    """The first inputs of the first batch."""
    return keras.tree.map_structure(lambda array: array[:PROBES], batches[0][0])


def layer_names(row: Row, model: keras.Model) -> list[str]:
    """The names of the layers that the row captures."""
    return list(row.layers(model) if callable(row.layers) else row.layers)


def _marks(model: keras.Model) -> dict[str, Any]:
    """All that callbacks may have changed on a model, but for its state."""
    functions = {name: getattr(model, name) for name in _FUNCTIONS}
    return {
        "attributes": set(vars(model)),
        "classes of layers": [type(layer).__qualname__ for layer in model.layers],
        "attributes of layers": [sorted(vars(layer)) for layer in model.layers],
        "metrics": [metric.name for metric in model.metrics],
        "functions of ours": [
            name for name, function in functions.items() if "tb_featuremaps" in _module(function)
        ],
    }


def _module(function: Any) -> str:
    return str(getattr(function, "__module__", ""))


def _values(owner: Any) -> Weights:
    variables = getattr(owner, "variables", [])
    return [np.asarray(keras.ops.convert_to_numpy(variable)) for variable in variables]


def _is_ours(message: Any) -> bool:
    return str(message).startswith(("FeatureMaps: ", "LossTerms: "))


def _open_files() -> list[str]:
    names = []
    for descriptor in os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else []:
        try:
            names.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        except OSError:  # closed since it was listed
            continue
    return names
