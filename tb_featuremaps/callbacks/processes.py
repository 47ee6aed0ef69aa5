"""Which process of a distributed training writes what is logged."""

from typing import Any

import keras


def is_first_process(model: keras.Model) -> bool:
    """Whether this process writes for all: the chief, or the first worker."""
    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        return bool(jax.process_index() == 0)
    if backend == "torch":
        import torch.distributed

        started = torch.distributed.is_available() and torch.distributed.is_initialized()
        return not started or torch.distributed.get_rank() == 0
    return _is_chief(getattr(model, "distribute_strategy", None))


def _is_chief(strategy: Any) -> bool:
    """Whether this process has the tasks of the chief under a `tf.distribute` strategy."""
    resolver = getattr(strategy, "cluster_resolver", None)
    if resolver is None or not resolver.cluster_spec().jobs:
        return True
    if "chief" in resolver.cluster_spec().jobs:
        return bool(resolver.task_type == "chief")
    return bool(resolver.task_type == "worker" and resolver.task_id == 0)
