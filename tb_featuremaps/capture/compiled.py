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
        NotImplementedError: for a Keras backend other than TensorFlow.
    """
    if keras.backend.backend() == "tensorflow":
        return _compile_tensorflow(model, forward, probes)
    raise NotImplementedError(
        "FeatureMaps needs the TensorFlow backend of Keras. "
        f"Received: KERAS_BACKEND={keras.backend.backend()}."
    )


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
