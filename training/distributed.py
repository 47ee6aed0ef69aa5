"""Training on several devices or processes with `tf.distribute`."""

import contextlib
import json
import os
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf
from keras import ops

_LONGEST_SHOWN = 400


class ClusterError(ValueError):
    """`TF_CONFIG` does not describe a cluster and this process's place in it."""


def make_strategy() -> tf.distribute.Strategy:
    """A strategy over all workers that `TF_CONFIG` names, else over this machine's devices.

    With `TF_CONFIG` the call returns once it has met the other workers. Call it before TensorFlow
    does anything else.

    Raises:
        ClusterError: `TF_CONFIG` is set and is none.
    """
    if "TF_CONFIG" not in os.environ:
        return tf.distribute.MirroredStrategy()
    _check_cluster(os.environ["TF_CONFIG"])
    return tf.distribute.MultiWorkerMirroredStrategy()


def is_first_process() -> bool:
    """Whether this process is the one that saves: the chief, or the first worker without one."""
    config = json.loads(os.environ.get("TF_CONFIG", "{}"))
    if not config:
        return True
    first = ("chief", 0) if "chief" in config["cluster"] else ("worker", 0)
    return (config["task"]["type"], config["task"]["index"]) == first


def strategy_scope(
    strategy: tf.distribute.Strategy | None,
) -> contextlib.AbstractContextManager[Any]:
    """The strategy's scope; an empty one without a strategy."""
    return contextlib.nullcontext() if strategy is None else strategy.scope()


def prepare_for_workers(model: keras.Model, data: tf.data.Dataset) -> None:
    """Makes `fit` of a compiled model work under `MultiWorkerMirroredStrategy`.

    Keras 3 builds a model from a batch that it reduces over the workers, and takes the mean of the
    logs over an axis that they lack; with several workers both fail. Here the model is built from
    the data's specification, and the logs get that axis.

    Args:
        model: made and compiled in the strategy's scope.
        data: what it will be fitted to.
    """
    specification = keras.tree.map_structure(
        lambda spec: keras.KerasTensor(spec.shape, spec.dtype.name), data.element_spec
    )
    with model.distribute_strategy.scope():
        model._symbolic_build(data_batch=specification)
    model._maybe_symbolic_build = lambda **_: None
    model.train_step = _with_axis(model.train_step)
    model.test_step = _with_axis(model.test_step)


def _with_axis(step: Callable[[Any], dict[str, Any]]) -> Callable[[Any], dict[str, Any]]:
    return lambda data: {name: ops.reshape(value, (1,)) for name, value in step(data).items()}


def _check_cluster(text: str) -> None:
    expected = (
        'Expected TF_CONFIG to be JSON like {"cluster": {"worker": ["host1:2222", "host2:2222"]}, '
        '"task": {"type": "worker", "index": 0}}, the same cluster in every worker. '
    )
    try:
        config = json.loads(text)
        members = config["cluster"][config["task"]["type"]]
        members[config["task"]["index"]]
    except (ValueError, RecursionError, KeyError, TypeError, IndexError) as error:
        raise ClusterError(f"{expected}Received: {text[:_LONGEST_SHOWN]}") from error
