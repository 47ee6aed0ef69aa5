"""Records what each step computes, inside the step, to be read every so often between steps.

Reading the device costs more than recording, so it must not be done at every batch.
"""

import contextlib
import dataclasses
from collections import deque
from collections.abc import Iterator
from typing import Any, Protocol

import keras
import numpy as np
import numpy.typing as npt

NO_ITERATIONS = -1
# How many steps are held between reads, where the host holds them.
HELD_STEPS = 1024


@dataclasses.dataclass(frozen=True)
class RecordedSteps:
    """What was recorded since the last read, in the order of the steps.

    Attributes:
        rows: float32 `[steps, replicas, length]`, by `loss_terms.term_row`, padded to the longest;
            of a step that added none, whatever was there.
        iterations: of the optimizer after each step; `NO_ITERATIONS` without one.
        lost: how many steps before these were recorded and not read in time.
    """

    rows: npt.NDArray[np.float32]
    iterations: list[int]
    lost: int = 0


class Recorder(Protocol):
    """Records the steps of one phase; `begin_step`, `add` and `end_step` run inside the step.

    Attributes:
        capacity: how many steps it holds until `take` is called.
        reads_together: whether all processes of a training must call `take` alike.
    """

    capacity: int
    reads_together: bool

    def tracing(self, model: keras.Model) -> contextlib.AbstractContextManager[None]:
        """The context in which a step is traced, or run eagerly."""

    def begin_step(self, data: list[Any]) -> None:
        """A step begins; nothing is recorded of it unless the tensors `data` are there."""

    def add(self, row: Any) -> None:
        """Records a float32 vector."""

    def end_step(self, model: keras.Model, result: Any) -> Any:
        """Records that the step has ended; returns what it shall return in place of `result`."""

    def collect(self, outputs: Any) -> Any:
        """Takes what is ours out of what a compiled step returned as logs; returns the rest."""

    def take(self) -> RecordedSteps | None:
        """Returns what was recorded since the last call; None if nothing was.

        It may be called while a step runs.
        """


def make_recorder(model: keras.Model) -> Recorder:
    """Returns a recorder for the backend that Keras runs on; nothing is put on the model."""
    backend = keras.backend.backend()
    if backend == "tensorflow":
        from tb_featuremaps.capture.ring_recorder import RingRecorder

        return RingRecorder(model)
    if backend == "jax":
        from tb_featuremaps.capture.output_recorder import OutputRecorder

        return OutputRecorder()
    return ListRecorder()


def iterations_in_step(model: keras.Model) -> Any:
    """The optimizer's iterations as a tensor of the step; None without an optimizer."""
    iterations = getattr(getattr(model, "optimizer", None), "iterations", None)
    return None if iterations is None else keras.ops.convert_to_tensor(iterations)


def recorded_steps(rows: list[npt.NDArray[np.float32]], iterations: list[int]) -> RecordedSteps:
    """Steps of one replica, whose rows may differ in length."""
    padded = np.zeros((len(rows), 1, max(map(len, rows), default=0)), np.float32)
    for index, row in enumerate(rows):
        padded[index, 0, : len(row)] = row
    return RecordedSteps(padded, iterations)


class ListRecorder:
    """Keeps the tensors of steps that run eagerly, as PyTorch's do, where they were computed."""

    capacity = HELD_STEPS
    reads_together = False

    def __init__(self) -> None:
        self._row: Any = None
        self._steps: deque[tuple[Any, Any]] = deque()

    @contextlib.contextmanager
    def tracing(self, model: keras.Model) -> Iterator[None]:
        yield

    def begin_step(self, data: list[Any]) -> None:
        self._row = None

    def add(self, row: Any) -> None:
        self._row = row.detach()

    def end_step(self, model: keras.Model, result: Any) -> Any:
        iterations = iterations_in_step(model)
        # A sum, since the variable's own tensor changes with it.
        self._steps.append((self._row, None if iterations is None else iterations + 0))
        self._row = None
        return result

    def collect(self, outputs: Any) -> Any:
        return outputs

    def take(self) -> RecordedSteps | None:
        # One by one, since a step may be recorded meanwhile on another thread.
        steps = [self._steps.popleft() for _ in range(len(self._steps))]
        if not steps:
            return None
        rows = [row for row, _ in steps if row is not None]
        values = iter(keras.ops.convert_to_numpy(keras.ops.stack(rows)) if rows else [])
        empty = np.zeros(0, np.float32)
        return recorded_steps(
            [empty if row is None else next(values) for row, _ in steps],
            [NO_ITERATIONS if count is None else int(count) for _, count in steps],
        )
