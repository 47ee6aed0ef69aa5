"""What both callbacks share: the run's directories, who writes them, and the step."""

import os
from typing import Any

import keras

from tb_featuremaps.summary.event_writer import EventWriter, open_writer


def train_directory(log_dir: str | os.PathLike[str]) -> str:
    """Where the training run is logged, as `keras.callbacks.TensorBoard` names it."""
    return os.path.join(os.fspath(log_dir), "train")


def validation_directory(log_dir: str | os.PathLike[str]) -> str:
    """Where validation is logged, as `keras.callbacks.TensorBoard` names it."""
    return os.path.join(os.fspath(log_dir), "validation")


def current_step(model: keras.Model) -> int:
    """The optimizer's iterations."""
    # A sum, since under `tf.distribute` the variable itself is no number.
    return int(keras.ops.convert_to_numpy(model.optimizer.iterations + 0))


def last_step(model: keras.Model, params: dict[str, Any], epoch: int = 0) -> int | None:
    """The step at which `fit`, which is about to begin `epoch`, will end, if it says so."""
    if not params.get("steps") or not params.get("epochs"):
        return None
    return current_step(model) + int(params["steps"]) * (int(params["epochs"]) - epoch)


def open_run(model: keras.Model, directory: str) -> EventWriter | None:
    """Returns the writer of a run; None in a worker of a distributed training that writes none.

    One process writes for all of them: the chief, or the first worker.
    """
    return open_writer(directory) if _is_first_process(model) else None


def _is_first_process(model: keras.Model) -> bool:
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
