"""One description of a model's outputs: key, layer, role, loss and loss weight."""

from typing import Any

import keras
import pytest
from keras import layers

from tb_featuremaps.capture.outputs import Output, describe_outputs, predicted_structure


def _model(outputs: Any, **compiled: Any) -> keras.Model:
    """A model whose outputs are dense layers, named by the leaves of `outputs`."""
    inputs = keras.Input((3,))
    made: dict[str, Any] = {}

    def tensor(name: str) -> Any:
        layer = made.setdefault(name, layers.Dense(2, name=name))
        return layer(inputs)

    model = keras.Model(inputs, keras.tree.map_structure(tensor, outputs))
    model.compile("sgd", **compiled)
    return model


def _described(model: keras.Model, main: str | None = None) -> dict[str, Output]:
    outputs = describe_outputs(model, predicted_structure(model), main)
    assert sum(output.is_main for output in outputs) == 1
    return {output.name: output for output in outputs}


def test_keys_that_are_not_the_layers_names() -> None:
    model = _model(
        {"main": "dense_9", "aux1": "dense_1"},
        loss={"main": "mse", "aux1": "mse"},
        loss_weights={"main": 1.0, "aux1": 0.3},
    )
    outputs = _described(model)
    assert outputs["main"] == Output(("main",), "main", "dense_9", True, True, 1.0)
    assert outputs["aux1"] == Output(("aux1",), "aux1", "dense_1", False, True, 0.3)
    for name in ("aux1", "dense_1"):  # by key and by layer
        assert _described(model, main=name)["aux1"].is_main


def test_nested_outputs_and_nested_weights() -> None:
    model = _model(
        {"main": "a", "aux": {"low": "b", "high": "c"}},
        loss={"main": "mse", "aux": {"low": "mse", "high": "mse"}},
        loss_weights={"main": 1.0, "aux": {"low": 0.1, "high": 0.2}},
    )
    outputs = _described(model)
    assert {name: output.weight for name, output in outputs.items()} == {
        "aux/high": 0.2,
        "aux/low": 0.1,
        "main": 1.0,
    }
    assert outputs["main"].is_main


@pytest.mark.parametrize(
    ("outputs", "compiled", "main"),
    [
        (["a", "b"], {"loss": ["mse", "mse"]}, "a"),
        (["a", "b"], {"loss": ["mse", "mse"], "loss_weights": [0.3, 1.0]}, "b"),
        (["a", "b"], {"loss": {"a": "mse", "b": "mse"}, "loss_weights": {"b": 0.5}}, "a"),
        (["aux", "logits"], {"loss": ["mse", "mse"]}, "logits"),
        ({"logits": "z", "aux": "y"}, {"loss": {"logits": "mse", "aux": "mse"}}, "logits"),
        ({"z": "z", "y": "y"}, {"loss": {"z": "mse", "y": "mse"}}, "z"),  # as it was declared
        (["features", "scores"], {"loss": [None, "mse"]}, "scores"),
        (["scores", "main"], {"loss": ["mse", "mse"], "loss_weights": [2.0, 1.0]}, "main"),
    ],
)
def test_which_output_is_the_main_one(outputs: Any, compiled: dict[str, Any], main: str) -> None:
    described = _described(_model(outputs, **compiled))
    assert [name for name, output in described.items() if output.is_main] == [main]


def test_an_output_without_a_loss_has_none() -> None:
    outputs = _described(_model(["features", "scores"], loss=[None, "mse"]))
    assert (outputs["features"].has_loss, outputs["features"].weight) == (False, 0.0)
    assert (outputs["scores"].has_loss, outputs["scores"].weight) == (True, 1.0)


def test_a_head_that_is_called_twice_is_two_outputs() -> None:
    outputs = _described(_model(["head", "head"], loss=["mse", "mse"]))
    assert list(outputs) == ["head#0", "head#1"]


def test_a_weight_that_is_a_variable_has_its_value() -> None:
    weight = keras.Variable(0.25)
    outputs = _described(_model(["a", "b"], loss=["mse", "mse"], loss_weights=[1.0, weight]))
    assert outputs["b"].weight == 0.25


def test_a_model_that_does_not_say_is_described_by_what_it_returns() -> None:
    class Two(keras.Model):
        def call(self, inputs: Any) -> Any:
            return {"kind": inputs, "size": [inputs, inputs]}

    model = Two()
    model.compile("sgd", "mse")
    assert predicted_structure(model) is None
    names = [output.name for output in describe_outputs(model, model(keras.ops.ones((1, 2))))]
    assert names == ["kind", "size/0", "size/1"]


def test_a_main_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"one of \['a', 'b'\]. Received: 'c'"):
        _described(_model(["a", "b"], loss=["mse", "mse"]), main="c")
