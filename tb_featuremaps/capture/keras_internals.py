"""Every private name of Keras that the loss terms need, in one place.

Keras has no public way to the single terms of a compiled loss: `compute_loss` returns their sum.
`missing_names` is asked when a fit begins; where Keras has renamed something, only the split into
terms is lost. Graph-related names stand in `keras_graph.py`.
"""

import contextlib
import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import keras

Path = tuple[Any, ...]


@dataclasses.dataclass(frozen=True)
class CompiledTerm:
    """One loss of a compiled model.

    Attributes:
        path: keys and indices that lead to its output in the model's predictions.
        name: as Keras names it.
        weight: a number, a variable or None.
    """

    path: Path
    name: str
    weight: Any


@dataclasses.dataclass
class RecordedTerms:
    """What one call of `compute_loss` computed, in the order of `terms`."""

    terms: list[CompiledTerm] = dataclasses.field(default_factory=list)
    losses: list[Any] = dataclasses.field(default_factory=list)
    penalties: list[Any] = dataclasses.field(default_factory=list)


def missing_names(model: keras.Model) -> list[str]:
    """The private names that this version of Keras lacks; empty where loss terms can be split."""
    wanted = ["_compile_loss", "_aggregate_additional_loss"]
    missing = [name for name in wanted if not hasattr(model, name)]
    compiled = compiled_loss(model)
    if compiled is not None:
        wanted = ["_flat_losses", "built", "build"]
        missing += [f"CompileLoss.{name}" for name in wanted if not hasattr(compiled, name)]
        try:
            compiled_terms(model)
        except Exception as error:
            missing.append(f"CompileLoss.Loss ({error})")
    return missing


def compiled_loss(model: keras.Model) -> Any:
    """What `compile` made of the model's losses, a new object at each `compile`; None if none."""
    return getattr(model, "_compile_loss", None)


def compiled_terms(model: keras.Model) -> list[CompiledTerm]:
    """The losses that the model was compiled with; none before Keras has resolved them."""
    flat = getattr(compiled_loss(model), "_flat_losses", None) or []
    return [CompiledTerm(tuple(term.path), term.name, term.loss_weights) for term in flat]


@contextlib.contextmanager
def own_compiled_loss(model: keras.Model, own: Any) -> Iterator[None]:
    """Within it, the model computes its loss with `own`, of `copy_of_compiled_loss`."""
    if own is None:
        yield
        return
    with replaced(model, "_compile_loss", own):
        yield


def copy_of_compiled_loss(model: keras.Model) -> Any:
    """What `compile` made of the losses, made anew; None where it was given none.

    Keras resolves losses and makes metrics when they are first called: a copy keeps that away from
    the model.
    """
    compiled = compiled_loss(model)
    if compiled is None:
        return None
    return type(compiled)(
        compiled._user_loss, compiled._user_loss_weights, output_names=compiled.output_names
    )


def number_of_losses(model: keras.Model) -> int:
    """At most so many losses the model was compiled with, before Keras has resolved them too."""
    given = getattr(compiled_loss(model), "_user_loss", None)
    outputs = len(getattr(model, "outputs", None) or [])
    return max(len(keras.tree.flatten(given)), outputs, len(compiled_terms(model)))


def loss_function(model: keras.Model) -> Callable[..., Any]:
    """`compute_loss` as a train step calls it; an override need not take `training`."""
    function: Callable[..., Any] = getattr(model, "_compute_loss", model.compute_loss)
    return function


def given_loss_weights(model: keras.Model) -> Any:
    """The structure of loss weights that `compile` was given; None if none."""
    return getattr(compiled_loss(model), "_user_loss_weights", None)


def is_keras(owner: type, *names: str) -> bool:
    """Whether all these functions of a class are Keras's own."""
    modules = [getattr(getattr(owner, name, None), "__module__", None) for name in names]
    return all(str(module).startswith("keras.") for module in modules)


def looking_up_late(
    model: keras.Model, name: str, step: Callable[..., Any], function: Callable[..., Any]
) -> Callable[..., Any]:
    """A step function that finds `step` where it looks its step up when it is called.

    Keras's do so on PyTorch only, and those that a model makes itself may.
    """
    makes_own = not is_keras(type(model), f"make_{name.removesuffix('_step')}_function")
    if keras.backend.backend() != "torch" and not makes_own:
        return function

    def looking_up(*args: Any, **kwargs: Any) -> Any:
        with replaced(model, name, step):
            return function(*args, **kwargs)

    return looking_up


@contextlib.contextmanager
def collecting_outputs(
    model: keras.Model, collect: Callable[[Any], Any]
) -> Iterator[Callable[[], bool]]:
    """Within it, the step functions that a model makes pass each step's logs through `collect`.

    On JAX only, where a step returns its logs and the new state; several steps may make up a call
    of a step function, which returns the last one's logs.

    Yields:
        Tells whether the logs of the functions that were made are collected, or need not be. On JAX
        they are not if the model makes them in a way of its own.
    """
    if keras.backend.backend() != "jax":
        yield lambda: True
        return
    make: Any = getattr(model, "_make_function", None)
    made: list[Any] = []

    def making(step_function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        def collecting(*state_and_data: Any) -> Any:
            logs, state = step_function(*state_and_data)
            return collect(logs), state

        made.append(collecting)
        return make(collecting, *args, **kwargs)

    with contextlib.nullcontext() if make is None else replaced(model, "_make_function", making):
        yield lambda: bool(made)


@contextlib.contextmanager
def record_terms(model: keras.Model) -> Iterator[RecordedTerms]:
    """Within it, each loss and each penalty is recorded as `compute_loss` computes it.

    The objects are as they were afterwards, whatever was raised.
    """
    recorded = RecordedTerms()
    with contextlib.ExitStack() as stack:
        stack.enter_context(_recording_penalties(model, recorded))
        compiled = compiled_loss(model)
        if compiled is not None:
            stack.enter_context(_recording_losses(compiled, recorded))
        yield recorded


@contextlib.contextmanager
def _recording_penalties(model: keras.Model, into: RecordedTerms) -> Iterator[None]:
    aggregate = model._aggregate_additional_loss

    def recording(loss: Any) -> Any:
        into.penalties.append(aggregate(loss))
        return into.penalties[-1]

    with replaced(model, "_aggregate_additional_loss", recording):
        yield


@contextlib.contextmanager
def _recording_losses(compiled: Any, into: RecordedTerms) -> Iterator[None]:
    """Keras may resolve the losses only at the first call: then they are swapped right after."""
    build = compiled.build
    originals: list[Any] = []

    def swap() -> None:
        originals[:] = [list(compiled._flat_losses)]
        compiled._flat_losses = [
            term._replace(loss=_recording(term, into)) for term in compiled._flat_losses
        ]

    def recording_build(*args: Any, **kwargs: Any) -> None:
        build(*args, **kwargs)
        swap()

    try:
        if compiled.built:
            swap()
        with replaced(compiled, "build", recording_build):
            yield
    finally:
        if originals:
            compiled._flat_losses = originals[0]


def _recording(term: Any, into: RecordedTerms) -> Callable[..., Any]:
    def recording(y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        into.terms.append(CompiledTerm(tuple(term.path), term.name, term.loss_weights))
        into.losses.append(term.loss(y_true, y_pred, sample_weight))
        return into.losses[-1]

    return recording


@contextlib.contextmanager
def replaced(instance: Any, name: str, value: Any) -> Iterator[None]:
    """Within it, `instance.name` is `value`; an instance attribute only, never the class's.

    Written past `__setattr__`, so that neither Keras nor PyTorch tracks it.
    """
    attributes = vars(instance)
    had, before = name in attributes, attributes.get(name)
    try:
        attributes[name] = value
        yield
    finally:
        if had:
            attributes[name] = before
        else:
            attributes.pop(name, None)
