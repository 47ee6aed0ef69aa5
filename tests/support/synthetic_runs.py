"""Runs of any size and name, written with the real writer without training."""

import math
import pathlib
import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format import names
from tb_featuremaps.format.finishing import finish_layers
from tb_featuremaps.format.loss_values import LossValues
from tb_featuremaps.summary.capture_event import (
    CaptureArrays,
    CaptureEncoder,
    CaptureParts,
    LayerSeries,
    OutputSeries,
    probes_event,
)
from tb_featuremaps.summary.event_writer import open_writer
from tb_featuremaps.summary.loss_event import LossEncoder

Shape = tuple[int, int, int]


def write_run(
    directory: pathlib.Path,
    layers: Mapping[str, Shape],
    steps: Sequence[int] = (0,),
    *,
    loss_points: int = 0,
    losses_from: int = 0,
    jump: int | None = None,
    classes: int = 0,
    labels: Sequence[str] = ("probe",),
    images_tab: bool = False,
    probe_level: int = 90,
    maps: Callable[[Shape, int, int], np.ndarray] | None = None,
) -> None:
    """Writes captures of layers `{name: (height, width, channels)}` at each step.

    Args:
        directory: of the run; what is in it stays, as with a run that goes on.
        layers: their sizes.
        steps: of the captures.
        loss_points: points of each loss term, one per step.
        losses_from: the step of the first of them.
        jump: a step at which the loss is higher by 3, and at it alone.
        classes: of the one head; 0 writes no outputs.
        labels: one for each probe.
        images_tab: whether the stock Images tab gets the same.
        probe_level: of the one grey that all probes are.
        maps: makes the maps `[probes, height, width, channels]` of a layer's shape, a step and a
            number of probes; by default smooth ones that move with the step.
    """
    writer = open_writer(str(directory))
    series = [_series(name, shape, order) for order, (name, shape) in enumerate(layers.items())]
    encoder = CaptureEncoder(series, [_head(classes)] if classes else [])
    count = len(labels)
    if steps:
        pictures = np.full((count, 8, 8, 3), probe_level, np.uint8)
        writer.submit(lambda: probes_event(steps[0], pictures, labels))
    for step in steps:
        made = finish_layers(
            ((maps or smooth_maps)(shape, step, count), (1, 1)) for shape in layers.values()
        )
        arrays = CaptureArrays(made, [predictions(step, count, classes)] if classes else [])
        event = encoder.encode(step, 1e9 + step, arrays, CaptureParts(True, images_tab))
        writer.submit(lambda event=event: event)
    losses = LossEncoder(["main"], "main")
    if loss_points:
        points = range(losses_from, losses_from + loss_points)
        values = [_loss(point) + 3.0 * (point == jump) for point in points]
        total = [value + 0.1 for value in values]
        terms = LossValues(total, [0.1] * loss_points, [values], [values], [[1.0] * loss_points])
        times = [time.time()] * loss_points
        writer.submit(lambda: losses.encode(points, times, terms), events=loss_points, size=0)
    writer.close()


def _loss(step: int) -> float:
    return math.exp(-step / 1000) + 0.1 * math.sin(step)


def _series(name: str, shape: Shape, order: int) -> LayerSeries:
    height, width, channels = shape
    tag, stats_tag = names.layer_tag(name), names.stats_tag(name)
    payload = pb.LayerSeries(
        name=name,
        class_name="Conv2D",
        order=order,
        shape=shape,
        data_format="channels_last",
        channels=channels,
        stats_tag=stats_tag,
    )
    return LayerSeries(tag, stats_tag, names.images_tab_tag(name), payload, height, width)


def predictions(step: int, probes: int, classes: int) -> np.ndarray:
    """What the head predicts at a step, float32 `[probes, classes]`: a softmax that changes."""
    logits = np.random.default_rng(step).normal(size=(probes, classes))
    exponentials = np.exp(logits)
    return (exponentials / exponentials.sum(axis=1, keepdims=True)).astype(np.float32)


def _head(classes: int) -> OutputSeries:
    payload = pb.OutputSeries(
        head="main",
        role=pb.ROLE_MAIN,
        weight=1.0,
        class_names=[f"class {index}" for index in range(classes)],
    )
    return OutputSeries(names.outputs_tag("main"), payload)


def smooth_maps(shape: Shape, step: int, probes: int) -> np.ndarray:
    """Smooth maps that move with the step, the first channel dead; the same for each probe."""
    height, width, channels = shape
    rows, columns = np.mgrid[0:height, 0:width][..., None] / max(height, width)
    channel = np.arange(channels)
    maps = np.sin(6 * rows * (1 + channel % 5) + 5 * columns + channel + step / 10)
    maps = np.maximum(maps, -0.2 * (channel > 0)).astype(np.float32)
    maps[..., 0] = 0
    return np.repeat(maps[None], probes, axis=0)
