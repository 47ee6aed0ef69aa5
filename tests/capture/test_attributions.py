import pathlib
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest
from support.finite_differences import TOLERANCE, Offset, double_precision, gradients
from support.logdir import read_run
from support.small_models import IMAGES, targets, two_headed_model

from tb_featuremaps import FeatureMaps
from tb_featuremaps.capture.attributions import AttributionTap
from tb_featuremaps.capture.selection import select_layers
from tb_featuremaps.format.metadata import parse_plugin_data

_PROBES = IMAGES[:3]


def _numpy(tensor: Any) -> npt.NDArray[np.float64]:
    return np.array(keras.ops.convert_to_numpy(tensor), np.float64)


def _tap(model: keras.Model, layers: Any, labels: Any = (), names: Any = ()) -> AttributionTap:
    chosen = select_layers(model, layers).layers
    return AttributionTap(model, chosen, _PROBES, labels, names, training=False)


def _linear(labels: Any, activation: str | None) -> tuple[keras.Model, npt.NDArray[np.float64]]:
    """A head over pooled maps, and the gradient of its logits by hand: kernel / positions."""
    inputs = keras.Input((16, 16, 3))
    maps = keras.layers.Conv2D(4, 3, name="maps")(inputs)
    pooled = keras.layers.GlobalAveragePooling2D()(maps)
    head = keras.layers.Dense(3, activation, name="head")(pooled)
    model = keras.Model(inputs, head)
    model.compile("sgd", "mse")
    kernel = _numpy(model.get_layer("head").kernel)
    classes = labels if labels is not None else _numpy(model(_PROBES)).argmax(-1)
    return model, kernel[:, classes].T / (14 * 14)


@pytest.mark.parametrize("labels", [None, [2, 0, 1]])
def test_attributions_are_the_mean_gradients_of_the_scores(labels: Any) -> None:
    model, expected = _linear(labels, None)
    tap = _tap(model, ["maps"], [str(label) for label in labels or []])
    (found,) = tap.capture()
    assert found.shape == (1, 3, 4)
    np.testing.assert_allclose(found[0], expected, rtol=1e-5)
    (output,) = tap.outputs
    assert output.classes == (labels or [-1, -1, -1])


def test_the_score_is_the_logit_where_keras_tells_it() -> None:
    model, expected = _linear([2, 0, 1], "softmax")
    tap = _tap(model, ["maps"], ["c", "a", "b"], ["a", "b", "c"])
    (found,) = tap.capture()
    (output,) = tap.outputs
    assert output.of_logits == (keras.backend.backend() != "jax")
    if not output.of_logits:
        p = _numpy(model(_PROBES))
        kernel = _numpy(model.get_layer("head").kernel) / (14 * 14)
        mean = p @ kernel.T
        expected = p[[0, 1, 2], [2, 0, 1]][:, None] * (expected - mean)
    np.testing.assert_allclose(found[0], expected, rtol=1e-4, atol=1e-8)


def _input() -> Any:
    return keras.Input((4, 4, 2), 3)


def _convolution(name: str) -> keras.layers.Layer:
    return keras.layers.Conv2D(2, 2, name=name, activation="tanh")


class _OffsetOfAnyBatch(Offset):
    """On PyTorch the model is first called on one probe, which takes the first part of it."""

    def call(self, inputs: Any) -> Any:
        return inputs + self.offset[: inputs.shape[0]]


def _nested() -> keras.Model:
    """Two heads on an inner model, one of them on a further convolution."""
    inner_input = _input()
    inner = keras.Model(
        inner_input,
        _OffsetOfAnyBatch(name="after")(_convolution("conv")(inner_input)),
        name="inner",
    )
    inputs = _input()
    x = inner(inputs)
    deeper = keras.layers.Flatten()(_convolution("deeper")(x))
    heads = {
        "main": keras.layers.Dense(3, name="main")(deeper),
        "aux1": keras.layers.Dense(3, name="aux1")(keras.layers.Flatten()(x)),
    }
    return keras.Model(inputs, heads)


class _Subclassed(keras.Model):
    """No graph; one head."""

    def __init__(self) -> None:
        super().__init__(name="subclassed")  # TensorFlow traces no name with _ first
        self.conv = _convolution("conv")
        self.after = _OffsetOfAnyBatch(name="after")
        self.deeper = _convolution("deeper")
        self.flatten = keras.layers.Flatten()
        self.head = keras.layers.Dense(3, name="head")

    def call(self, inputs: Any) -> Any:
        x = self.deeper(self.after(self.conv(inputs)))
        return self.head(self.flatten(x))


def _subclassed() -> keras.Model:
    model = _Subclassed()
    model(_MAPS)
    return model


_MAPS = np.random.default_rng(3).normal(size=(3, 4, 4, 2))


@double_precision()
@pytest.mark.parametrize(("layer", "make"), [("inner/conv", _nested), ("conv", _subclassed)])
def test_they_are_those_of_finite_differences(layer: str, make: Any) -> None:
    keras.utils.set_random_seed(5)
    model = make()
    model.compile("sgd", "mse")
    classes = [2, 0, 1]
    chosen = select_layers(model, [layer]).layers
    tap = AttributionTap(
        model, chosen, _MAPS, [str(label) for label in classes], (), training=False
    )
    (found,) = tap.capture()

    def scores() -> dict[str, float]:
        outputs = keras.tree.flatten(model(_MAPS, training=False))
        return {
            str(number): float(_numpy(output)[range(3), classes].sum())
            for number, output in enumerate(outputs)
        }

    inner = model.get_layer("inner") if "/" in layer else model
    expected = gradients(scores, inner.get_layer("after").offset)
    assert len(found) == len(expected) == len(tap.outputs)
    for output, values in zip(tap.outputs, found, strict=True):
        mean = expected[str(output.index)].mean((1, 2))
        np.testing.assert_allclose(values, mean, rtol=10 * TOLERANCE, atol=TOLERANCE)
    assert all((values != 0).all() for values in found)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_half_precision_is_near_single_precision(policy: str) -> None:
    keras.config.set_dtype_policy(policy)
    try:
        model, expected = _linear([2, 0, 1], None)
    finally:
        keras.config.set_dtype_policy("float32")
    (found,) = _tap(model, ["maps"], ["2", "0", "1"]).capture()
    np.testing.assert_allclose(found[0], expected, rtol=0.02, atol=1e-5)


def test_each_head_is_attributed_alone_and_the_model_is_untouched() -> None:
    model = two_headed_model()
    before = [_numpy(variable) for variable in model.variables]
    tap = _tap(model, ["conv1", "block"])
    conv1, block = tap.capture()
    assert [output.index for output in tap.outputs] == [0, 1]
    assert conv1.shape == (2, 3, 8)
    assert block.shape == (2, 3, 10)
    assert (block[0] == 0).all(), "aux1 branches off before the block"
    assert (block[1] != 0).any()
    assert (conv1 != 0).any(axis=(1, 2)).all()
    for value, variable in zip(before, model.variables, strict=True):
        np.testing.assert_array_equal(value, _numpy(variable))


def test_they_are_written_beside_the_maps(tmp_path: pathlib.Path) -> None:
    model = two_headed_model()
    callback = FeatureMaps(tmp_path, _PROBES, every=4, labels=[0, 1, 2], attributions=True)
    model.fit(IMAGES, targets(), batch_size=32, epochs=2, verbose=0, callbacks=[callback])
    run = read_run(tmp_path / "train")
    logged = run["featuremaps/block/attributions"]
    assert sorted(logged) == sorted(run["featuremaps/block"]) == [0, 4, 8]
    tap = _tap(model, ["block"], ["0", "1", "2"])
    np.testing.assert_allclose(logged[8], tap.capture()[0], rtol=1e-4, atol=1e-9)
    heads = _payload(tmp_path, "featuremaps/block/attributions").attributions.heads
    assert [head.head for head in heads] == ["aux1", "main"]
    assert all(list(head.classes) == [0, 1, 2] for head in heads)


def _payload(directory: pathlib.Path, tag: str) -> Any:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    accumulator = EventAccumulator(str(directory / "train"), size_guidance={"tensors": 0})
    accumulator.Reload()
    return parse_plugin_data(accumulator.SummaryMetadata(tag).plugin_data.content)
