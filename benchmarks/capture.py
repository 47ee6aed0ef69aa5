"""What a capture costs the training thread, as ratios measured in one run.

    python -m benchmarks.capture [--repeats 15] [--large] [--write docs/capture_cost.md]

On GoogLeNet (half width, 32×32; with --large also full width, 224×224), interleaved: the bare
compiled train step, the bare compiled forward of the probes, `FeatureMaps` on the training thread,
`tf.summary.image` with a channel an image, tf-explain's callback (if it is installed), and
`predict` with an image file a channel.
"""

import argparse
import dataclasses
import pathlib
import tempfile
import time
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from PIL import Image

from tb_featuremaps import FeatureMaps
from tb_featuremaps.capture.selection import select_layers
from training.models.googlenet import AUXILIARY_WEIGHT, HEADS, googlenet
from training.models.heads import inference_model, loss_weights

_BASE = "bare forward"


@dataclasses.dataclass(frozen=True)
class Case:
    """A model, its probes, and the ways to log them."""

    name: str
    ways: dict[str, Callable[[], object]]


def main() -> None:
    """Measures and prints; with --write also writes the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--large", action="store_true", help="GoogLeNet at 224×224 too")
    parser.add_argument("--write", type=pathlib.Path)
    options = parser.parse_args()
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        sizes = [(32, 0.5, 1), (32, 0.5, 4), *([(224, 1.0, 1)] if options.large else [])]
        for size, width, probes in sizes:
            case = _case(size, width, probes, pathlib.Path(folder))
            lines += _table(case, _measure(case, options.repeats))
    text = "\n".join(lines)
    print(text)
    if options.write:
        options.write.write_text(f"# What a capture costs\n\n{_NOTE}\n{text}\n")


_NOTE = """Made by `python -m benchmarks.capture --large --write docs/capture_cost.md`.
Ratios to the bare compiled forward of the probes, all measured interleaved in one run: the median,
and the 10th and 90th percentile. Only ratios within a table can be compared.

What this page does not tell: the row of FeatureMaps is the time of the training thread alone.
Encoding and writing go on in the background and cost more CPU than that. And an expert would not
write an image for each channel, but one grid for each layer from a compiled sub-model, which costs
far less than the row of `tf.summary.image` says. None of this was measured on a GPU.
"""


def _case(size: int, width: float, probe_count: int, folder: pathlib.Path) -> Case:
    keras.utils.set_random_seed(0)
    model = googlenet((size, size, 3), 10, width=width)
    losses = dict.fromkeys(HEADS, "sparse_categorical_crossentropy")
    model.compile("sgd", losses, loss_weights=loss_weights(HEADS, AUXILIARY_WEIGHT))
    images = np.random.default_rng(0).uniform(0, 1, (32, size, size, 3)).astype(np.float32)
    labels = dict.fromkeys(HEADS, np.zeros(32, np.int64))
    probes = images[:probe_count]
    layers = [named.layer for named in select_layers(model, "inception_??").layers]
    layers = [model.get_layer("conv1"), model.get_layer("conv2"), *layers]
    tapped = keras.Model(model.input, [layer.output for layer in layers])
    forward = tf.function(lambda: model(tf.constant(probes), training=False), autograph=False)
    capture = _feature_maps(model, probes, layers, folder / f"ours{size}{probe_count}")
    writer = tf.summary.create_file_writer(str(folder / f"summary{size}{probe_count}"))
    ways: dict[str, Callable[[], object]] = {
        "train step of 32 images": lambda: model.train_on_batch(images, labels),
        _BASE: forward,
        "FeatureMaps, training thread": capture,
        "tf.summary.image, an image a channel": lambda: _summary_images(tapped, probes, writer),
        "predict, a file a channel": lambda: _predict_files(tapped, probes, folder / "files"),
    }
    explain = _tf_explain(inference_model(model), probes, layers, folder / "explain")
    if explain is not None:
        ways["tf-explain, all layers"] = explain
    title = f"GoogLeNet {size}×{size}, width {width}, {len(layers)} layers, {probe_count} probe(s)"
    return Case(title, ways)


def _feature_maps(
    model: keras.Model, probes: np.ndarray, layers: list, folder: pathlib.Path
) -> Callable[[], object]:
    callback = FeatureMaps(folder, probes, layers=layers, images_tab=False)
    callback.set_params({})
    callback.set_model(model)
    callback.on_train_begin()
    callback.on_epoch_begin(0)
    steps = iter(range(1, 10**9))

    def capture() -> None:
        # What the training thread does; the background thread catches up before the next one.
        callback._capture(next(steps))

    capture.settle = callback._writer.flush  # type: ignore[attr-defined]
    return capture


def _summary_images(
    tapped: keras.Model, probes: np.ndarray, writer: tf.summary.SummaryWriter
) -> None:
    with writer.as_default(step=0):
        for index, maps in enumerate(tapped(probes, training=False)):
            low = tf.reduce_min(maps, (1, 2), keepdims=True)
            high = tf.reduce_max(maps, (1, 2), keepdims=True)
            scaled = (maps - low) / tf.maximum(high - low, 1e-9)
            for channel in range(maps.shape[-1]):
                tf.summary.image(f"{index}/{channel}", scaled[..., channel : channel + 1])


def _predict_files(tapped: keras.Model, probes: np.ndarray, folder: pathlib.Path) -> None:
    folder.mkdir(exist_ok=True)
    for index, maps in enumerate(tapped.predict(probes, verbose=0)):
        for channel in range(maps.shape[-1]):
            picture = np.uint8(np.clip(maps[0, :, :, channel], 0, 1) * 255)
            Image.fromarray(picture).save(folder / f"{index}_{channel}.png")


def _tf_explain(
    model: keras.Model, probes: np.ndarray, layers: list, folder: pathlib.Path
) -> Callable[[], object] | None:
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
    return lambda: [callback.on_epoch_end(0, {}) for callback in callbacks]


def _measure(case: Case, repeats: int) -> dict[str, np.ndarray]:
    for way in case.ways.values():
        way()
    seconds: dict[str, list[float]] = {name: [] for name in case.ways}
    for repeat in range(repeats):
        for name, way in case.ways.items():
            if repeat >= 3 and seconds[name][0] > 5:
                continue  # slow ways need fewer repeats to tell
            begin = time.perf_counter()
            way()
            seconds[name].append(time.perf_counter() - begin)
            getattr(way, "settle", lambda: None)()
    return {name: np.array(times) for name, times in seconds.items()}


def _table(case: Case, seconds: dict[str, np.ndarray]) -> list[str]:
    base = float(np.median(seconds[_BASE]))
    rows = ["", f"## {case.name}", "", "| | ratio | 10 % | 90 % |", "|---|---:|---:|---:|"]
    for name, times in seconds.items():
        low, middle, high = np.percentile(times / base, [10, 50, 90])
        rows.append(f"| {name} | {middle:.2f} | {low:.2f} | {high:.2f} |")
    return rows


if __name__ == "__main__":
    main()
