"""Compiles a forward pass on the backend that Keras runs on."""

from collections.abc import Callable
from typing import Any

import keras


def compile_forward(
    model: keras.Model, forward: Callable[[Any], Any], probes: Any
) -> Callable[[], Any]:
    """Returns a function that runs `forward(probes)` compiled, with the model's current weights.

    The pass runs in a stateless scope: updates of state and added losses are dropped.

    Raises:
        NotImplementedError: for a Keras backend other than TensorFlow, JAX and PyTorch.
    """
    backend = keras.backend.backend()
    if backend not in _COMPILERS:
        raise NotImplementedError(
            f"FeatureMaps needs one of the Keras backends {sorted(_COMPILERS)}. "
            f"Received: KERAS_BACKEND={backend}."
        )
    return _COMPILERS[backend](model, forward, probes)


def ensure_built(model: keras.Model, probes: Any) -> None:
    """Builds a model whose variables don't exist yet, by calling it on the probes once.

    The TensorFlow trainer builds a subclassed model only while it traces the first step.
    """
    if not all(layer.built for layer in model._flatten_layers()):
        model(probes, training=False)


def _compile_tensorflow(
    model: keras.Model, forward: Callable[[Any], Any], probes: Any
) -> Callable[[], Any]:
    import tensorflow as tf

    tensors = keras.tree.map_structure(tf.constant, probes)

    def stateless(inputs: Any) -> Any:
        with keras.StatelessScope(collect_losses=True):
            return forward(inputs)

    compiled = stateless if model.run_eagerly else tf.function(stateless, autograph=False)
    return lambda: compiled(tensors)


def _compile_jax(
    model: keras.Model, forward: Callable[[Any], Any], probes: Any
) -> Callable[[], Any]:
    import jax

    arrays = keras.tree.map_structure(jax.numpy.asarray, probes)

    def stateless(values: list[Any], inputs: Any) -> Any:
        mapping = list(zip(model.variables, values, strict=True))
        with keras.StatelessScope(state_mapping=mapping, collect_losses=True):
            return forward(inputs)

    compiled = stateless if model.run_eagerly else jax.jit(stateless)
    return lambda: compiled([variable.value for variable in model.variables], arrays)


def _compile_torch(
    model: keras.Model, forward: Callable[[Any], Any], probes: Any
) -> Callable[[], Any]:
    import torch

    tensors = keras.tree.map_structure(keras.ops.convert_to_tensor, probes)

    def run() -> Any:
        with torch.no_grad(), keras.StatelessScope(collect_losses=True):
            return forward(tensors)

    return run


_COMPILERS = {
    "tensorflow": _compile_tensorflow,
    "jax": _compile_jax,
    "torch": _compile_torch,
}
