"""Ways to log the channels of 11 layers, from what we do to what people write."""

import math
import pathlib
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from PIL import Image

from benchmarks.capture_case import LAYERS, Case, bare_forward
from benchmarks.way import Way
from tb_featuremaps import FeatureMaps
from tb_featuremaps.capture.selection import select_layers
from tb_featuremaps.reader import read_logdir
from tb_featuremaps.summary.event_writer import open_writer
from training.models.heads import inference_model

BARE = "bare compiled forward"
OURS_FOLDER = "ours"
OURS = "`FeatureMaps`, default options"
GRIDS = "compiled sub-model, one `tf.summary.image` for each layer"


def fast_ways(case: Case, folder: pathlib.Path) -> dict[str, Way]:
    """The bare forward, `FeatureMaps`, and the best that is written by hand."""
    model, probes = case.model(), case.images()
    layers = [named.layer for named in select_layers(model, LAYERS).layers]
    return {
        BARE: Way(bare_forward(model, probes)),
        OURS: feature_maps(model, probes, folder / OURS_FOLDER),
        GRIDS: _grids(keras.Model(model.input, [layer.output for layer in layers]), probes, folder),
    }


def slow_ways(case: Case, folder: pathlib.Path) -> dict[str, Way]:
    """What is found in tutorials; tf-explain if it is installed."""
    model, probes = case.model(), case.images()
    layers = [named.layer for named in select_layers(model, LAYERS).layers]
    tapped = keras.Model(model.input, [layer.output for layer in layers])
    ways = {
        "a `tf.summary.image` for each channel, eagerly": _channels(tapped, probes, folder),
        "`predict`, a PNG file for each channel": _files(tapped, probes, folder / "files"),
    }
    explain = _tf_explain(inference_model(model), probes, layers, folder / "explain")
    return ways if explain is None else {**ways, "tf-explain, a call for each layer": explain}


def feature_maps(
    model: keras.Model, probes: np.ndarray, folder: pathlib.Path, attributions: bool = False
) -> Way:
    """The callback at the end of an epoch, as `fit` calls it."""
    callback = FeatureMaps(folder, probes, layers=LAYERS, attributions=attributions)
    callback.set_params({})
    callback.set_model(model)
    callback.on_train_begin()
    callback.on_epoch_begin(0)
    # A writer of the same directory, whose `flush` waits for all that is written there.
    writer = open_writer(str(folder / "train"))
    return Way(
        lambda: callback.on_epoch_end(0),
        writer.flush,
        lambda: callback.on_train_batch_end(int(model.optimizer.iterations.assign_add(1)) - 1),
    )


def check_written(folder: pathlib.Path, captures: int) -> None:
    """So that nothing is measured that didn't take place: all those, and the one before training.

    Raises:
        RuntimeError: there are more or fewer captures.
    """
    written = len(read_logdir(folder, cache=False).steps("train", "conv1"))
    if written != 1 + captures:
        raise RuntimeError(f"Expected {1 + captures} captures in {folder}. Found: {written}.")


def _grids(tapped: keras.Model, probes: np.ndarray, folder: pathlib.Path) -> Way:
    writer = tf.summary.create_file_writer(str(folder / "grids"))
    constant = tf.constant(probes)
    step = tf.Variable(0, dtype=tf.int64)

    @tf.function(autograph=False)
    def log() -> None:
        with writer.as_default(step=step):
            for index, maps in enumerate(tapped(constant, training=False)):
                tf.summary.image(str(index), _grid(maps), max_outputs=len(probes))

    return Way(log, writer.flush, lambda: step.assign_add(1))


def _grid(maps: Any) -> Any:
    """The channels of `[n, h, w, c]` in one grid, each scaled to 0…1: `[n, height, width, 1]`."""
    _, height, width, channels = maps.shape
    columns = math.isqrt(channels - 1) + 1
    rows = -(-channels // columns)
    low = tf.reduce_min(maps, (1, 2), keepdims=True)
    high = tf.reduce_max(maps, (1, 2), keepdims=True)
    scaled = (maps - low) / tf.maximum(high - low, 1e-9)
    padded = tf.pad(scaled, [[0, 0], [0, 0], [0, 0], [0, rows * columns - channels]])
    tiles = tf.reshape(padded, (-1, height, width, rows, columns))
    tiles = tf.transpose(tiles, (0, 3, 1, 4, 2))
    return tf.reshape(tiles, (-1, rows * height, columns * width, 1))


def _channels(tapped: keras.Model, probes: np.ndarray, folder: pathlib.Path) -> Way:
    writer = tf.summary.create_file_writer(str(folder / "channels"))

    def log() -> None:
        with writer.as_default(step=0):
            for index, maps in enumerate(tapped(probes, training=False)):
                low = tf.reduce_min(maps, (1, 2), keepdims=True)
                high = tf.reduce_max(maps, (1, 2), keepdims=True)
                scaled = (maps - low) / tf.maximum(high - low, 1e-9)
                for channel in range(maps.shape[-1]):
                    picture = scaled[..., channel : channel + 1]
                    tf.summary.image(f"{index}/{channel}", picture, max_outputs=len(probes))

    return Way(log, writer.flush)


def _files(tapped: keras.Model, probes: np.ndarray, folder: pathlib.Path) -> Way:
    folder.mkdir()

    def log() -> None:
        for index, maps in enumerate(tapped.predict(probes, verbose=0)):
            for probe, channel in np.ndindex(len(maps), maps.shape[-1]):
                picture = np.uint8(np.clip(maps[probe, :, :, channel], 0, 1) * 255)
                Image.fromarray(picture).save(folder / f"{index}_{channel}_{probe}.png")

    return Way(log)


def _tf_explain(
    model: keras.Model, probes: np.ndarray, layers: list[keras.Layer], folder: pathlib.Path
) -> Way | None:
    try:
        from tf_explain.callbacks.activations_visualization import (
            ActivationsVisualizationCallback,
        )
    except ImportError:
        return None
    callbacks = []
    for layer in layers:
        callback = ActivationsVisualizationCallback((probes, None), layer.name, folder)
        callback.set_model(model)
        callbacks.append(callback)
    return Way(lambda: [callback.on_epoch_end(0, {}) for callback in callbacks])
