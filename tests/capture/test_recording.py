import pickle
import sys
import threading
import types
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from tb_featuremaps.capture import recording
from tb_featuremaps.capture.model_layers import named_layers
from tb_featuremaps.capture.recording import record_calls

_X = np.random.default_rng(0).normal(size=(2, 5, 3)).astype(np.float32)


class _Registered(keras.layers.Dense):
    """A layer whose class notes the classes made from it."""

    made: list[type] = []

    def __init_subclass__(cls, **kwargs: Any) -> None:
        _Registered.made.append(cls)


def _model() -> keras.Model:
    layers = keras.layers
    inner = keras.Sequential([keras.Input((5, 4)), layers.Dense(4, name="inside")], name="nested")
    return keras.Sequential(
        [
            keras.Input((5, 3)),
            layers.LSTM(4, return_sequences=True, name="lstm"),
            inner,
            layers.Bidirectional(layers.GRU(3, return_sequences=True), name="both_ways"),
            layers.TimeDistributed(layers.Dense(2, name="each"), name="distributed"),
            _Registered(2, name="registered"),
        ]
    )


def _layers(model: keras.Model) -> list[keras.layers.Layer]:
    return [model, *(named.layer for named in named_layers(model))]


def test_what_layers_return_is_recorded_and_the_model_computes_the_same() -> None:
    model = _model()
    expected = keras.ops.convert_to_numpy(model(_X))
    result, recorded = record_calls(_layers(model), lambda: model(_X))
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(result), expected)
    by_name = {call.layer.name: call for call in recorded.calls}
    assert {"lstm", "inside", "nested", "both_ways", "distributed", "registered"} <= set(by_name)
    registered = keras.ops.convert_to_numpy(by_name["registered"].outputs[0])
    np.testing.assert_array_equal(registered, expected)
    assert by_name["inside"].outputs[0] is by_name["nested"].outputs[0]
    assert recorded.unwatched == {}


def _traced(function: Callable[[], Any]) -> Any:
    tf = pytest.importorskip("tensorflow")
    return tf.function(function, autograph=False)()


@pytest.mark.parametrize("call", [lambda function: function(), _traced])
def test_nothing_stays_on_layers_or_classes(call: Callable[[Any], Any]) -> None:
    model = _model()
    model(_X)
    layers = _layers(model)
    classes = [type(layer) for layer in layers]
    attributes = [set(vars(layer)) for layer in layers]
    originals = [own.__call__ for own in classes]
    record_calls(layers, lambda: call(lambda: model(_X)))
    assert [type(layer) for layer in layers] == classes
    assert [set(vars(layer)) for layer in layers] == attributes
    assert [own.__call__ for own in classes] == originals
    assert _Registered.made == []
    rebuilt = keras.Sequential.from_config(
        model.get_config(), custom_objects={"_Registered": _Registered}
    )
    assert [type(layer) for layer in _layers(rebuilt)] == classes


def test_a_recorded_model_can_be_saved_cloned_and_pickled() -> None:
    model = keras.Sequential([keras.Input((5, 3)), keras.layers.Dense(2)])
    before = model.to_json()
    record_calls(_layers(model), lambda: model(_X))
    assert model.to_json() == before
    loaded = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(*map(keras.ops.convert_to_numpy, (loaded(_X), model(_X))))
    assert type(keras.models.clone_model(model).layers[0]) is keras.layers.Dense


def test_a_shared_layer_is_recorded_at_every_call() -> None:
    dense = keras.layers.Dense(3)
    _, recorded = record_calls([dense, dense], lambda: dense(dense(_X)))
    first, second = recorded.calls
    assert second.inputs[0] is first.outputs[0]


def test_calls_of_other_threads_are_not_recorded() -> None:
    dense = keras.layers.Dense(2)
    dense(_X)

    def both() -> None:
        other = threading.Thread(target=lambda: dense(_X))
        other.start()
        other.join(60)
        dense(_X)

    _, recorded = record_calls([dense], both)
    assert len(recorded.calls) == 1


def test_a_layer_that_fails_leaves_no_mark() -> None:
    class Failing(keras.layers.Layer):
        def call(self, inputs: Any) -> Any:
            raise ValueError("no")

    layer = Failing()
    with pytest.raises(ValueError, match="no"):
        record_calls([layer], lambda: layer(_X))
    assert type(layer) is Failing


def test_an_interrupt_at_any_line_leaves_no_mark() -> None:
    layers = [keras.layers.Dense(2), keras.layers.ReLU()]
    classes = [type(layer) for layer in layers]
    lines = 0
    while True:
        interrupt = _Interrupt(lines)
        sys.settrace(interrupt.trace)
        try:
            record_calls(layers, lambda: None)
        except KeyboardInterrupt:
            pass
        finally:
            sys.settrace(None)
        assert [type(layer) for layer in layers] == classes, f"line event {lines}"
        if not interrupt.happened:
            break
        lines += 1
    assert lines > 30


class _Interrupt:
    """Raises KeyboardInterrupt before the n-th line that `recording` runs."""

    def __init__(self, line: int) -> None:
        self.left = line
        self.happened = False

    def trace(self, frame: types.FrameType, event: str, _: Any) -> Any:
        if frame.f_code.co_filename != recording.__file__:
            return None
        if event == "line":
            if self.left == 0 and not self.happened:
                self.happened = True
                raise KeyboardInterrupt
            self.left -= 1
        return self.trace
