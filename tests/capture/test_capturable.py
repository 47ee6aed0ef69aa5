"""A layer that can't be captured costs only itself, and says why."""

import itertools
import re
from typing import Any

import keras
import numpy as np
import pytest
from support.atlases import maps_of, tap_of

from tb_featuremaps.capture.model_layers import NamedLayer
from tb_featuremaps.capture.tap import ActivationTap, TapOptions

tf = pytest.importorskip("tensorflow")

layers = keras.layers
_X = np.random.default_rng(0).normal(size=(2, 6, 4)).astype(np.float32)


class Returning(keras.layers.Layer):
    """Returns what a function makes of its input."""

    def __init__(self, function: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.function = function

    def call(self, inputs: Any) -> Any:
        return self.function(inputs)


class OddModel(keras.Model):
    """Calls a dense layer, a layer that returns something odd, and another dense layer."""

    def __init__(self, odd: keras.layers.Layer) -> None:
        super().__init__()
        self.first = layers.Dense(4, name="first")
        self.odd = odd
        self.never = layers.Dense(4, name="never")
        self.never.build((None, 4))
        self.last = layers.Dense(3, name="last")

    def call(self, inputs: Any) -> Any:
        x = self.first(inputs)
        self.odd(x)
        return self.last(x)


_ODD = {
    "complex": (lambda x: tf.complex(x, x), "dtype complex64"),
    "string": (lambda x: tf.strings.as_string(x), "dtype string"),
    "sparse": (lambda x: tf.sparse.from_dense(x), "SparseTensor"),
    "ragged": (lambda x: tf.RaggedTensor.from_tensor(x), "RaggedTensor"),
    "empty": (lambda x: x[:, :0], r"empty \(shape \(2, 0, 4\)\)"),
    "rank 0": (lambda x: tf.reduce_sum(x), "rank 0"),
    "rank 1": (lambda x: tf.reduce_sum(x, (1, 2)), "rank 1"),
    "rank 6": (lambda x: x[..., None, None, None], "rank 6"),
    "unknown shape": (lambda x: tf.boolean_mask(x, x[:, 0, 0] < 9), "isn't known before"),
    "other first axis": (lambda x: tf.reshape(x, (-1, 4)), "isn't that of the 2 probes"),
    "none": (lambda x: None, "NoneType"),
    "text": (lambda x: {"a": "text"}, "of type str"),
}


@pytest.mark.parametrize("kind", _ODD)
def test_a_layer_that_returns_something_odd_costs_only_itself(kind: str) -> None:
    function, reason = _ODD[kind]
    model = OddModel(Returning(function, name="odd"))
    tap = tap_of(model, ["first", "odd", "last"], _X)
    capture = tap.capture()
    assert [tapped.name for tapped in tap.tapped] == ["first", "last"]
    (skipped,) = tap.skipped
    assert skipped.name == "odd"
    assert re.search(reason, skipped.reason), skipped.reason
    expected = np.asarray(model.first(_X))[:, None]
    np.testing.assert_allclose(maps_of(tap, capture, 0), expected, atol=np.ptp(expected) / 500)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x > 0,
        lambda x: tf.cast(10 * x, "int32"),
        lambda x: tf.cast(x, "float16"),
        lambda x: tf.cast(x, "bfloat16"),
        lambda x: tf.cast(x, "float64"),
    ],
)
def test_real_numbers_of_any_kind_are_captured(function: Any) -> None:
    model = OddModel(Returning(function, name="odd"))
    tap = tap_of(model, "odd", _X)
    capture = tap.capture()
    expected = np.asarray(tf.cast(function(model.first(_X)), "float32"))[:, None]
    found = maps_of(tap, capture, 0)
    np.testing.assert_allclose(found, expected, atol=max(np.ptp(expected), 1) / 250)


def test_a_layer_that_is_never_called_says_so() -> None:
    tap = tap_of(OddModel(layers.ReLU(name="odd")), ["never", "last"], _X)
    tap.capture()
    assert [tapped.name for tapped in tap.tapped] == ["last"]
    assert "never called" in tap.skipped[0].reason


def _recurrent() -> keras.Model:
    inputs = keras.Input((6, 4))
    x = layers.RNN(layers.LSTMCell(5, name="cell"), return_sequences=True, name="rnn")(inputs)
    x = layers.Bidirectional(layers.GRU(3, return_sequences=True, name="gru"), name="both")(x)
    x = layers.TimeDistributed(layers.Dense(2, name="each"), name="distributed")(x)
    return keras.Model(inputs, layers.Dense(2, name="end")(x))


@pytest.mark.parametrize("run_eagerly", [False, True])
def test_what_runs_inside_recurrent_layers(run_eagerly: bool) -> None:
    model = _recurrent()
    model.compile("sgd", "mse", run_eagerly=run_eagerly)
    tap = tap_of(model, "*", _X)
    capture = tap.capture()
    reasons = {skipped.name: skipped.reason for skipped in tap.skipped}
    assert "loop" in reasons["rnn/cell"]
    assert "never called" in reasons["distributed/each"]
    for index, tapped in enumerate(tap.tapped):
        if tapped.name in ("rnn", "both", "distributed", "end"):
            layer = model.get_layer(tapped.name)
            expected = np.asarray(keras.Model(model.input, layer.output)(_X))[:, None]
            found = maps_of(tap, capture, index)
            np.testing.assert_allclose(found, expected, atol=np.ptp(expected) / 500 + 1e-6)
    assert {"rnn", "both", "distributed", "end"} <= {tapped.name for tapped in tap.tapped}


def test_prepare_knows_what_capture_will_hold_and_runs_nothing() -> None:
    ran = []

    def note(x: Any) -> Any:
        def run(value: Any) -> Any:
            ran.append(1)
            return value

        return tf.py_function(run, [x], tf.float32)

    model = OddModel(Returning(lambda x: tf.ensure_shape(note(x), x.shape), name="odd"))
    tap = tap_of(model, ["first", "odd", "last"], _X)
    ran.clear()
    tap.prepare()
    assert ran == []
    tapped, size = list(tap.tapped), tap.bytes_per_capture
    capture = tap.capture()
    assert len(ran) == 1
    arrays: list[Any] = [*itertools.chain(*capture.layers()), *capture.outputs()]
    assert size == sum(array.nbytes for array in arrays)
    assert tap.tapped == tapped


def test_a_model_that_needs_values_is_captured_eagerly() -> None:
    model = OddModel(Returning(lambda x: x * float(x.numpy().max()), name="odd"))
    model.compile("sgd", "mse", run_eagerly=True)
    tap = tap_of(model, ["first", "odd"], _X)
    capture = tap.capture()
    first = np.asarray(model.first(_X))
    expected = (first * first.max())[:, None]
    found = maps_of(tap, capture, 1)
    np.testing.assert_allclose(found, expected, atol=np.ptp(expected) / 500)


def test_a_model_that_fails_names_all_layers_with_the_reason() -> None:
    def fail(_: Any) -> Any:
        raise ValueError("nothing works")

    odd = Returning(fail, name="odd")
    model = OddModel(odd)
    named = [NamedLayer("first", model.first), NamedLayer("odd", odd)]
    tap = ActivationTap(model, named, _X, TapOptions())
    tap.prepare()
    assert tap.tapped == []
    assert [skipped.name for skipped in tap.skipped] == ["first", "odd"]
    assert all("nothing works" in skipped.reason for skipped in tap.skipped)


def test_a_layer_called_very_often_is_taken_for_a_loop() -> None:
    class Looping(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.step = layers.Dense(4, name="step")

        def call(self, x: Any) -> Any:
            for _ in range(70):
                x = self.step(x)
            return x

    tap = tap_of(Looping(), "step", _X)
    tap.prepare()
    assert "70 times" in tap.skipped[0].reason
