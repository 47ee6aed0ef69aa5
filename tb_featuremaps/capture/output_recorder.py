"""Records steps on JAX, whose steps are pure: what is recorded leaves a step as an output of it."""

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import keras
import numpy as np
import numpy.typing as npt

from tb_featuremaps.capture import keras_internals
from tb_featuremaps.capture.jax_traces import trace_state
from tb_featuremaps.capture.step_recorder import (
    HELD_STEPS,
    NO_ITERATIONS,
    RecordedSteps,
    iterations_in_step,
    recorded_steps,
)

_KEY = "tb_featuremaps"
_EMPTY: npt.NDArray[np.float32] = np.zeros(0, np.float32)


class _Row(threading.local):
    """The row of the step that a thread traces or runs."""

    value: Any = None
    place: Any = None
    carried = False


class _Carrying(tuple[Any, ...]):
    """A tuple that carries a row out of `jax.value_and_grad` unseen.

    Differentiating takes the tuple apart and puts it together again with values of the outer
    trace; then the row is one of these.
    """

    row: _Row


def _flatten(carrying: _Carrying) -> tuple[tuple[Any, ...], _Row]:
    return (*carrying, carrying.row.value), carrying.row


def _unflatten(row: _Row, children: tuple[Any, ...]) -> _Carrying:
    row.value = children[-1]
    return _carrying(children[:-1], row)


def _carrying(parts: tuple[Any, ...], row: _Row) -> _Carrying:
    made = _Carrying(parts)
    made.row = row
    return made


jax.tree_util.register_pytree_node(_Carrying, _flatten, _unflatten)


class OutputRecorder:
    """Returns rows among a step's logs, and takes them out again before anybody sees them.

    Where a loss is differentiated by code that isn't Keras's, no value can be handed out of it;
    there a callback sends the row to the host, which costs more.
    """

    capacity = HELD_STEPS
    reads_together = False

    def __init__(self) -> None:
        self._row = _Row()
        self._outputs: deque[Any] = deque()
        self._sent: list[Any] = []
        self._sends = False

    @contextlib.contextmanager
    def tracing(self, model: keras.Model) -> Iterator[None]:
        name = "compute_loss_and_updates"
        if not keras_internals.is_keras(type(model), name, "train_step"):
            yield
            return
        with keras_internals.replaced(model, name, self._carrying_from(getattr(model, name))):
            yield

    def begin_step(self, data: list[Any]) -> None:
        self._row.value, self._row.place = None, trace_state()

    def add(self, row: Any) -> None:
        row = jax.lax.stop_gradient(row)
        if self._row.carried or trace_state() == self._row.place:
            self._row.value = row
            return
        self._row.value, self._sends = None, True
        jax.debug.callback(self._sent.append, row)

    def end_step(self, model: keras.Model, result: Any) -> Any:
        row, self._row.value = self._row.value, None
        logs, state = result
        iterations = _iterations(model, state)
        return {**logs, _KEY: _packed(_EMPTY if row is None else row, iterations)}, state

    def collect(self, outputs: Any) -> Any:
        if isinstance(outputs, dict) and _KEY in outputs:
            self._outputs.append(outputs.pop(_KEY))
        return outputs

    def take(self) -> RecordedSteps | None:
        # One by one, since a step may be recorded meanwhile on another thread.
        outputs = [self._outputs.popleft() for _ in range(len(self._outputs))]
        if not outputs:
            return None
        if self._sends:
            jax.effects_barrier()
        values = [_unpacked(output) for output in _on_host(outputs)]
        # What was sent besides belongs to a step that runs.
        missing = sum(not len(row) for row, _ in values)
        sent, self._sent[:missing] = self._sent[:missing], []
        waiting = iter(np.asarray(row, np.float32) for row in sent)
        rows = [row if len(row) else next(waiting, _EMPTY) for row, _ in values]
        return recorded_steps(rows, [iterations for _, iterations in values])

    def _carrying_from(self, function: Callable[..., Any]) -> Callable[..., Any]:
        row = self._row

        def carrying(*args: Any, **kwargs: Any) -> Any:
            row.carried = True
            try:
                loss, aux = function(*args, **kwargs)
            finally:
                row.carried = False
            return loss, _carrying(aux, row)

        return carrying


def _packed(row: Any, iterations: Any) -> Any:
    """A step's row and iterations as one array: each output costs a call, and a read, the same.

    Of integers, since what computes with floats may flush the smallest to zero.
    """
    bits = jax.lax.bitcast_convert_type(jnp.asarray(row, jnp.float32), jnp.int32)
    return jnp.concatenate([bits, jnp.reshape(jnp.asarray(iterations, jnp.int32), (1,))])


def _unpacked(packed: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.float32], int]:
    return packed[:-1].view(np.float32), int(packed[-1])


def _on_host(arrays: list[Any]) -> list[npt.NDArray[Any]]:
    """The arrays' values; `device_get` has all copied at once, where there is something to copy."""
    if all(device.platform == "cpu" for device in arrays[-1].devices()):
        return [np.asarray(array) for array in arrays]
    return jax.device_get(arrays)


def _iterations(model: keras.Model, state: Any) -> Any:
    """The iterations in the state that a train step returns; a test step's has no optimizer."""
    if len(state) != 4 or model.optimizer is None:
        return np.int32(NO_ITERATIONS)
    mapping = list(zip(model.optimizer.variables, state[2], strict=True))
    with keras.StatelessScope(state_mapping=mapping):
        iterations = iterations_in_step(model)
    return np.int32(NO_ITERATIONS) if iterations is None else iterations
