"""Compiles a forward pass on the backend that Keras runs on."""

import abc
import logging
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from tb_featuremaps.capture.keras_graph import is_built

_log = logging.getLogger(__name__)


class CompiledPass(abc.ABC):
    """Runs `forward(probes)` with the weights as they are at each run.

    The pass runs in a stateless scope: updates of state and added losses are dropped.
    """

    def __init__(self, model: keras.Model, forward: Callable[[Any], Any], probes: Any) -> None:
        """`probes` is a structure of arrays."""
        self._eager = False
        self._model = model
        self._forward = forward
        self._probes = keras.tree.map_structure(self._on_device, probes)

    def prepare(self) -> None:
        """Calls `forward` once: on tensors without values, or else on the first probe.

        A model that can't be called without values is run eagerly from then on.

        Raises:
            Exception: whatever the model raises when it is called on the first probe.
        """
        try:
            self._trace()
        except Exception as error:
            _log.debug("capturing eagerly: %s", error)
            self._eager = True
            self._run_forward_on_first_probe()

    @abc.abstractmethod
    def _trace(self) -> None:
        """Calls `forward` on tensors without values, where the backend has such."""

    @abc.abstractmethod
    def run(self) -> Any:
        """Returns `forward(probes)`, which training won't change any more."""

    @staticmethod
    def on_host(tensor: Any) -> npt.NDArray[Any]:
        """The values of a tensor that `run` returned, not copied if they are in memory."""
        return np.asarray(tensor)

    def _run_forward_on_first_probe(self) -> None:
        with keras.StatelessScope(collect_losses=True):
            self._forward(keras.tree.map_structure(lambda array: array[:1], self._probes))

    @staticmethod
    def place() -> Any:
        """What is being traced now; equal for two calls whose tensors can be used together."""
        return None

    @property
    def _runs_eagerly(self) -> bool:
        return self._eager or self._model.run_eagerly

    def _on_device(self, array: Any) -> Any:
        return keras.ops.convert_to_tensor(array)


def compile_pass(
    model: keras.Model,
    forward: Callable[[Any], Any],
    probes: Any,
) -> CompiledPass:
    """Returns the pass for the backend that is in use.

    Raises:
        NotImplementedError: for a Keras backend other than TensorFlow, JAX and PyTorch.
    """
    backend = keras.backend.backend()
    if backend not in _PASSES:
        raise NotImplementedError(
            f"FeatureMaps needs one of the Keras backends {sorted(_PASSES)}. "
            f"Received: KERAS_BACKEND={backend}."
        )
    return _PASSES[backend](model, forward, probes)


def ensure_built(model: keras.Model, probes: Any) -> None:
    """Builds a model whose variables don't exist yet, with the first probe's shapes.

    The TensorFlow trainer builds a subclassed model only while it traces the first step. Nothing is
    computed where the model can be traced, so that no random number is drawn: the training that
    follows draws the same ones as without us.
    """
    if is_built(model):
        return
    first = keras.tree.map_structure(lambda array: array[:1], probes)
    try:
        _Inference(model).compute_output_spec(
            keras.tree.map_structure(lambda a: keras.KerasTensor(a.shape, str(a.dtype)), first)
        )
    except Exception:  # it runs only eagerly
        state = [(v, keras.ops.convert_to_numpy(v)) for v in model.variables]
        model(first, training=False)
        for variable, value in state:
            variable.assign(value)


class _Inference(keras.Operation):
    """A call of the model that Keras can trace without running it."""

    def __init__(self, model: keras.Model) -> None:
        super().__init__()
        self._model = model

    def call(self, inputs: Any) -> Any:
        return self._model(inputs, training=False)


class _TensorFlowPass(CompiledPass):
    """A `tf.function`."""

    _function: Any = None

    def _trace(self) -> None:
        import tensorflow as tf

        # Without arguments there is but one trace, and asking for it anew takes time.
        self._function = tf.function(self._body, autograph=False).get_concrete_function()

    def run(self) -> Any:
        if self._runs_eagerly:
            return self._body()
        if self._function is None:
            self._trace()
        return self._function()

    def _body(self) -> Any:
        with keras.StatelessScope(collect_losses=True):
            return self._forward(self._probes)

    @staticmethod
    def place() -> Any:
        import tensorflow as tf

        return tf.compat.v1.get_default_graph()

    def _on_device(self, array: Any) -> Any:
        import tensorflow as tf

        return tf.constant(array)


class _JaxPass(CompiledPass):
    """A jitted function of the model's variables and the probes."""

    def __init__(self, *arguments: Any) -> None:
        import jax

        super().__init__(*arguments)
        self._jitted = jax.jit(self._stateless)

    def _trace(self) -> None:
        self._jitted.eval_shape(self._values(), self._probes)

    def run(self) -> Any:
        body = self._stateless if self._runs_eagerly else self._jitted
        values = self._values()
        # A train step donates the buffers of the variables.
        own = {id(value) for value in values}
        return keras.tree.map_structure(
            lambda tensor: tensor.copy() if id(tensor) in own else tensor,
            body(values, self._probes),
        )

    def _values(self) -> list[Any]:
        return [variable.value for variable in self._model.variables]

    def _stateless(self, values: list[Any], probes: Any) -> Any:
        mapping = list(zip(self._model.variables, values, strict=True))
        with keras.StatelessScope(state_mapping=mapping, collect_losses=True):
            return self._forward(probes)

    @staticmethod
    def place() -> Any:
        from tb_featuremaps.capture.jax_traces import trace_state

        return trace_state()


class _TorchPass(CompiledPass):
    """Runs eagerly: PyTorch has no trace that every model could go through."""

    def _trace(self) -> None:
        import torch

        with torch.no_grad():
            self._run_forward_on_first_probe()

    def run(self) -> Any:
        import torch

        with torch.no_grad(), keras.StatelessScope(collect_losses=True):
            result = self._forward(self._probes)
        # An optimizer writes into the memory of the variables.
        own = {self._memory(variable.value) for variable in self._model.variables}
        return keras.tree.map_structure(
            lambda tensor: tensor.clone() if self._memory(tensor) in own else tensor, result
        )

    @staticmethod
    def on_host(tensor: Any) -> npt.NDArray[Any]:
        return np.asarray(tensor.detach().cpu())

    @staticmethod
    def _memory(tensor: Any) -> int:
        return int(tensor.untyped_storage().data_ptr())


_PASSES: dict[str, type[CompiledPass]] = {
    "tensorflow": _TensorFlowPass,
    "jax": _JaxPass,
    "torch": _TorchPass,
}
