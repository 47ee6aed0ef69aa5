"""Builds the events: arrays and payloads to TensorBoard's summary protos."""

import time
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from tensorboard.compat.proto import (
    event_pb2,
    summary_pb2,
    tensor_pb2,
    tensor_shape_pb2,
    types_pb2,
)
from tensorboard.plugins.image import metadata as image_metadata
from tensorboard.plugins.scalar import metadata as scalar_metadata
from tensorboard.util import tensor_util

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format.metadata import create_summary_metadata
from tb_featuremaps.summary.large_event import ValueHead

# How the stock Images tab reads pictures.
IMAGES_TAB = image_metadata.create_summary_metadata(
    display_name=None, description="Channel atlas of the first probe; every channel scaled alone."
)


def event(
    step: int, values: Iterable[summary_pb2.Summary.Value], wall_time: float | None = None
) -> event_pb2.Event:
    """An event of all `values` at one step; `wall_time` in seconds, by default now."""
    moment = time.time() if wall_time is None else wall_time
    return event_pb2.Event(
        wall_time=moment, step=step, summary=summary_pb2.Summary(value=list(values))
    )


def value_head(tag: str, data: pb.FeatureMapPluginData) -> ValueHead:
    """The tag and metadata of a series of our plugin, for values of any step."""
    return ValueHead(tag, create_summary_metadata(data))


def tensor_value(
    tag: str, data: pb.FeatureMapPluginData, values: npt.NDArray[np.float32]
) -> summary_pb2.Summary.Value:
    """A float32 tensor of our plugin."""
    dimensions = [tensor_shape_pb2.TensorShapeProto.Dim(size=size) for size in values.shape]
    # As `make_tensor_proto` makes it, which takes ten times as long.
    tensor = tensor_pb2.TensorProto(
        dtype=types_pb2.DT_FLOAT,
        tensor_shape=tensor_shape_pb2.TensorShapeProto(dim=dimensions),
        tensor_content=np.ascontiguousarray(values, "<f4").tobytes(),
    )
    return summary_pb2.Summary.Value(tag=tag, metadata=create_summary_metadata(data), tensor=tensor)


def scalar_value(tag: str, value: float) -> summary_pb2.Summary.Value:
    """A scalar, as the stock Scalars tab reads it."""
    metadata = scalar_metadata.create_summary_metadata(display_name=None, description=None)
    tensor = tensor_util.make_tensor_proto(np.float32(value))
    return summary_pb2.Summary.Value(tag=tag, metadata=metadata, tensor=tensor)
