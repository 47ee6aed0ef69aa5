"""Compiles a forward pass on the backend that Keras runs on."""

import logging
from collections.abc import Callable
from typing import Any

import keras

_log = logging.getLogger(__name__)


def compile_forward(
    model: keras.Model, forward: Callable[[Any], Any], finish: Callable[[Any], Any], probes: Any
) -> Callable[[], Any]:
    """Returns a function that runs `finish(forward(probes))` compiled, with the current weights.

    The pass runs in a stateless scope: updates of state and added losses are dropped.

    Args:
        model: the model that `forward` calls.
        forward: from the probes to a structure of tensors.
        finish: from those to the structure that is returned; needs no state of the model.
        probes: a structure of arrays.

    Raises:
        NotImplementedError: for a Keras backend other than TensorFlow, JAX and PyTorch.
    """
    backend = keras.backend.backend()
    if backend not in _COMPILERS:
        raise NotImplementedError(
            f"FeatureMaps needs one of the Keras backends {sorted(_COMPILERS)}. "
            f"Received: KERAS_BACKEND={backend}."
        )
    return _COMPILERS[backend](model, forward, finish, probes)


def ensure_built(model: keras.Model, probes: Any) -> None:
    """Builds a model whose variables don't exist yet, by calling it on the probes once.

    The TensorFlow trainer builds a subclassed model only while it traces the first step.
    """
    if not all(layer.built for layer in model._flatten_layers()):
        model(probes, training=False)


def _compile_tensorflow(
    model: keras.Model, forward: Callable[[Any], Any], finish: Callable[[Any], Any], probes: Any
) -> Callable[[], Any]:
    import tensorflow as tf

    tensors = keras.tree.map_structure(tf.constant, probes)

    def compiled(fused: bool) -> Callable[[], Any]:
        # XLA makes one kernel of the many small operations that follow the model.
        end = tf.function(finish, autograph=False, jit_compile=True) if fused else finish

        def run() -> Any:
            with keras.StatelessScope(collect_losses=True):
                outputs = forward(tensors)
            return end(outputs)

        return run if model.run_eagerly else tf.function(run, autograph=False)

    return _with_fallback(lambda: compiled(fused=not model.run_eagerly), lambda: compiled(False))


def _with_fallback(
    preferred: Callable[[], Callable[[], Any]], plain: Callable[[], Callable[[], Any]]
) -> Callable[[], Any]:
    """Runs what `preferred` makes, or what `plain` makes if that fails at first, as without XLA."""
    chosen: list[Callable[[], Any]] = []

    def run() -> Any:
        if chosen:
            return chosen[0]()
        try:
            chosen.append(preferred())
            return chosen[0]()
        except Exception as error:
            _log.debug("capturing without XLA: %s", error)
            chosen[:] = [plain()]
            return chosen[0]()

    return run


def _compile_jax(
    model: keras.Model, forward: Callable[[Any], Any], finish: Callable[[Any], Any], probes: Any
) -> Callable[[], Any]:
    import jax

    arrays = keras.tree.map_structure(jax.numpy.asarray, probes)

    def stateless(values: list[Any], inputs: Any) -> Any:
        mapping = list(zip(model.variables, values, strict=True))
        with keras.StatelessScope(state_mapping=mapping, collect_losses=True):
            return finish(forward(inputs))

    compiled = stateless if model.run_eagerly else jax.jit(stateless)
    return lambda: compiled([variable.value for variable in model.variables], arrays)


def _compile_torch(
    model: keras.Model, forward: Callable[[Any], Any], finish: Callable[[Any], Any], probes: Any
) -> Callable[[], Any]:
    import torch

    tensors = keras.tree.map_structure(keras.ops.convert_to_tensor, probes)

    def run() -> Any:
        with torch.no_grad(), keras.StatelessScope(collect_losses=True):
            return finish(forward(tensors))

    return run


_COMPILERS = {
    "tensorflow": _compile_tensorflow,
    "jax": _compile_jax,
    "torch": _compile_torch,
}
