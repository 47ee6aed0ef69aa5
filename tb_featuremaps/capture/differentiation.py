"""Compiles gradients of several scalars that share one forward pass, on the backend in use.

Each scalar has a backward pass of its own, through what it depends on and nothing else.
"""

import abc
import contextlib
import dataclasses
import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras

_log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Differentiable:
    """A function of tensors and of a model's variables.

    Attributes:
        model: whose variables it reads; what it does to their values, and the losses that it adds,
            are dropped.
        inputs: a structure of arrays, or None, that it is called on.
        variables: those with respect to which it is differentiated.
        zeros: makes tensors of zeros, with respect to which it is differentiated too.
        forward: given the inputs, the zeros and the numbers of `GradientPass.run`, returns scalars
            and what `finish` needs besides.
        finish: given the latter and, for each scalar, its gradients at the variables and at the
            zeros, returns what is wanted. Where a scalar depends on nothing there, zeros.
    """

    model: keras.Model
    inputs: Any
    variables: Sequence[Any]
    zeros: Callable[[], list[Any]]
    forward: Callable[[Any, Sequence[Any], Sequence[Any]], tuple[list[Any], Any]]
    finish: Callable[[Any, list[list[Any]], list[list[Any]]], Any]


class GradientPass(abc.ABC):
    """Runs a `Differentiable` with the weights as they are at each run."""

    def __init__(self, function: Differentiable) -> None:
        self._function = function
        self._inputs = keras.tree.map_structure(
            lambda array: None if array is None else self._on_device(array), function.inputs
        )
        self._eager = False
        self._has_run = False

    def run(self, numbers: Sequence[float] = ()) -> Any:
        """Returns what `finish` returns.

        A model that can't be traced is run eagerly from then on.

        Args:
            numbers: may differ from run to run; `forward` gets them as float32.

        Raises:
            Exception: what the model, its loss or the differentiation raises.
        """
        if self._eager or self._function.model.run_eagerly:
            return self._run_eagerly(_float32(numbers))
        try:
            result = self._run_compiled(_float32(numbers))
        except Exception as error:
            if self._has_run:
                raise
            _log.debug("gradients eagerly: %s", error)
            result = self._run_eagerly(_float32(numbers))
            self._eager = True
        self._has_run = True
        return result

    @abc.abstractmethod
    def _run_compiled(self, numbers: list[Any]) -> Any: ...

    @abc.abstractmethod
    def _run_eagerly(self, numbers: list[Any]) -> Any: ...

    def _on_device(self, array: Any) -> Any:
        return keras.ops.convert_to_tensor(array)

    def _stateless(self, replaced: Sequence[Any], others: Sequence[tuple[Any, Any]] = ()) -> Any:
        """A scope in which the variables have values of ours and nothing is changed."""
        own = list(zip(self._function.variables, replaced, strict=True))
        return keras.StatelessScope(state_mapping=[*others, *own], collect_losses=True)


def gradient_pass(function: Differentiable) -> GradientPass:
    """Returns the pass for the backend that is in use.

    Raises:
        NotImplementedError: for a Keras backend other than TensorFlow, JAX and PyTorch.
    """
    backend = keras.backend.backend()
    if backend not in _PASSES:
        raise NotImplementedError(
            f"Gradients need one of the Keras backends {sorted(_PASSES)}. "
            f"Received: KERAS_BACKEND={backend}."
        )
    return _PASSES[backend](function)


class _TensorFlowPass(GradientPass):
    """One tape, which a `tf.function` unrolls into one forward and several backward passes."""

    _compiled: Any = None

    def _run_compiled(self, numbers: list[Any]) -> Any:
        import tensorflow as tf

        if self._compiled is None:
            self._compiled = tf.function(self._run_eagerly, autograph=False)
        return self._compiled(numbers)

    def _run_eagerly(self, numbers: list[Any]) -> Any:
        import tensorflow as tf

        function = self._function
        values = [tf.convert_to_tensor(variable.value) for variable in function.variables]
        zeros = function.zeros()
        with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
            tape.watch([*values, *zeros])
            with self._stateless(values):
                scalars, rest = function.forward(self._inputs, zeros, numbers)
        found = [
            tape.gradient(scalar, [*values, *zeros], unconnected_gradients="zero")
            for scalar in scalars
        ]
        # An embedding's gradient comes as slices.
        dense = [[tf.convert_to_tensor(part) for part in parts] for parts in found]
        return function.finish(rest, *_split(dense, len(values)))

    def _on_device(self, array: Any) -> Any:
        import tensorflow as tf

        return tf.constant(array)


class _JaxPass(GradientPass):
    """A jitted function of the model's variables and the inputs."""

    def __init__(self, function: Differentiable) -> None:
        import jax

        super().__init__(function)
        self._jitted = jax.jit(self._differentiated)

    def _run_compiled(self, numbers: list[Any]) -> Any:
        return self._jitted(*self._arguments(), numbers)

    def _run_eagerly(self, numbers: list[Any]) -> Any:
        return self._differentiated(*self._arguments(), numbers)

    def _arguments(self) -> tuple[list[Any], list[Any], Any]:
        function = self._function
        own = {id(variable) for variable in function.variables}
        others = [v.value for v in function.model.variables if id(v) not in own]
        return [variable.value for variable in function.variables], others, self._inputs

    def _differentiated(
        self, values: list[Any], others: list[Any], inputs: Any, numbers: list[Any]
    ) -> Any:
        import jax
        from jax.extend.core import jaxpr_as_fun

        function = self._function
        own = {id(variable) for variable in function.variables}
        rest = [v for v in function.model.variables if id(v) not in own]
        mapping = list(zip(rest, others, strict=True))
        structure: list[Any] = []

        def forward(*parts: Any) -> list[Any]:
            with self._stateless(parts[: len(values)], mapping):
                scalars, besides = function.forward(inputs, parts[len(values) :], numbers)
            flat, definition = jax.tree.flatten(besides)
            structure[:] = [len(scalars), definition]
            return [*scalars, *flat]

        point = [*values, *function.zeros()]
        traced = jaxpr_as_fun(jax.make_jaxpr(forward)(*point))
        count, definition = structure
        # Each scalar is differentiated alone, so that nothing flows back from the others, not
        # even zeros; the compiler makes one of the equal forward passes.
        found = [self._gradient(traced, number, point) for number in range(count)]
        besides = jax.tree.unflatten(definition, traced(*point)[count:])
        return function.finish(besides, *_split(found, len(values)))

    @staticmethod
    def _gradient(traced: Callable[..., Any], number: int, point: list[Any]) -> list[Any]:
        import jax

        return list(jax.grad(lambda parts: traced(*parts)[number].astype("float32"))(point))


class _TorchPass(GradientPass):
    """Runs eagerly: PyTorch has no trace that every model could go through."""

    def _run_compiled(self, numbers: list[Any]) -> Any:
        return self._run_eagerly(numbers)

    def _run_eagerly(self, numbers: list[Any]) -> Any:
        import torch

        function = self._function
        with kept_randomness(), torch.enable_grad():
            values = [v.value.detach().requires_grad_() for v in function.variables]
            zeros = [zero.requires_grad_() for zero in function.zeros()]
            with self._stateless(values):
                scalars, rest = function.forward(self._inputs, zeros, numbers)
            found = [self._gradient(scalar, [*values, *zeros]) for scalar in scalars]
        with torch.no_grad():
            return function.finish(rest, *_split(found, len(values)))

    @staticmethod
    def _gradient(scalar: Any, point: list[Any]) -> list[Any]:
        import torch

        if not scalar.requires_grad:
            return [torch.zeros_like(part) for part in point]
        found = torch.autograd.grad(scalar, point, retain_graph=True, allow_unused=True)
        return [
            torch.zeros_like(part) if gradient is None else gradient
            for part, gradient in zip(point, found, strict=True)
        ]


@contextlib.contextmanager
def kept_randomness() -> Iterator[None]:
    """Within it, random numbers are drawn that the training after it draws again.

    Keras's own seeds are variables, which a stateless scope keeps; but on PyTorch, dropout without
    a seed draws from PyTorch's generators.
    """
    if keras.backend.backend() != "torch":
        yield
        return
    import torch

    with torch.random.fork_rng(range(torch.cuda.device_count())):
        yield


def _float32(numbers: Sequence[float]) -> list[Any]:
    return [keras.ops.convert_to_tensor(number, "float32") for number in numbers]


def _split(gradients: list[list[Any]], variables: int) -> tuple[list[list[Any]], list[list[Any]]]:
    """The gradients of each scalar at the variables, and those at the zeros."""
    return [parts[:variables] for parts in gradients], [parts[variables:] for parts in gradients]


_PASSES: dict[str, type[GradientPass]] = {
    "tensorflow": _TensorFlowPass,
    "jax": _JaxPass,
    "torch": _TorchPass,
}
