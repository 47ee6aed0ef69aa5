"""Reads a run back as its event files hold it, through TensorBoard's own reader."""

import pathlib
from typing import Any

import numpy as np
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util


def read_run(directory: pathlib.Path) -> dict[str, dict[int, Any]]:
    """Returns `{tag: {step: array}}` of everything in the run."""
    accumulator = EventAccumulator(str(directory), size_guidance={"tensors": 0})
    accumulator.Reload()
    return {
        tag: {
            event.step: tensor_util.make_ndarray(event.tensor_proto)
            for event in accumulator.Tensors(tag)
        }
        for tag in accumulator.Tags()["tensors"]
    }


def scalars(run: dict[str, dict[int, Any]], tag: str) -> np.ndarray[Any, Any]:
    """The values of a scalar series in the order of its steps."""
    return np.array([float(value) for _, value in sorted(run[tag].items())])
