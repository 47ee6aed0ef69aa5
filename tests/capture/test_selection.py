import re

import keras
import numpy as np
import pytest
from support.small_models import two_headed_model

from tb_featuremaps.capture.selection import select_layers


@pytest.fixture(scope="module")
def model() -> keras.Model:
    return two_headed_model()


def _names(model: keras.Model, specification: object) -> list[str]:
    return [named.name for named in select_layers(model, specification).layers]


@pytest.mark.parametrize(
    ("specification", "expected"),
    [
        ("conv1", ["conv1"]),
        ("block*", ["block_left", "block_right", "block"]),
        (re.compile("left|right"), ["block_left", "block_right"]),
        (lambda layer: isinstance(layer, keras.layers.Dense), ["aux1", "main"]),
        (["block", "conv1"], ["conv1", "block"]),
        (["conv*", "conv1"], ["conv1"]),
        (("conv1", "block"), ["conv1", "block"]),
        (np.array(["conv1", "block"]), ["conv1", "block"]),
        ((name for name in ["conv1", "block"]), ["conv1", "block"]),
    ],
)
def test_selects_in_the_order_of_the_model(
    model: keras.Model, specification: object, expected: list[str]
) -> None:
    chosen = _names(model, specification)
    assert sorted(chosen) == sorted(expected)
    positions = {layer.name: position for position, layer in enumerate(model.layers)}
    assert chosen == sorted(chosen, key=positions.__getitem__)


def test_selects_a_layer_object(model: keras.Model) -> None:
    assert _names(model, model.get_layer("block")) == ["block"]


def test_auto_takes_blocks_and_not_their_branches_or_auxiliary_heads(model: keras.Model) -> None:
    assert _names(model, "auto") == ["conv1", "block"]


def test_auto_thins_evenly_to_at_most_sixteen_and_keeps_the_ends() -> None:
    inputs = x = keras.Input((8, 8, 1))
    for index in range(40):
        x = keras.layers.Conv2D(2, 1, name=f"conv{index}")(x)
    assert _names(keras.Model(inputs, x), "auto") == [f"conv{i}" for i in range(0, 40, 3)]


def test_nested_models_are_reached_by_path() -> None:
    backbone_input = keras.Input((8, 8, 1))
    x = keras.layers.Conv2D(2, 3, name="block1_conv")(backbone_input)
    backbone = keras.Model(backbone_input, keras.layers.ReLU(name="act")(x), name="backbone")
    model = keras.Sequential([keras.Input((8, 8, 1)), backbone, keras.layers.Flatten(name="f")])
    assert _names(model, "backbone/block1_conv") == ["backbone/block1_conv"]
    assert _names(model, "auto") == ["backbone/act"]


def test_a_name_that_matches_nothing_lists_near_names(model: keras.Model) -> None:
    with pytest.raises(ValueError, match=r"'blok'.*Near matches: .*block"):
        select_layers(model, "blok")


def test_a_layer_of_another_model_is_refused(model: keras.Model) -> None:
    with pytest.raises(ValueError, match="stranger"):
        select_layers(model, keras.layers.Conv2D(1, 1, name="stranger"))


def test_what_is_no_specification_is_refused(model: keras.Model) -> None:
    with pytest.raises(TypeError, match="Received: 3"):
        select_layers(model, 3)


def test_all_layers_of_the_model_can_be_given() -> None:
    model = two_headed_model()
    names = [layer.name for layer in model.layers if layer.name != model.layers[0].name]
    assert sorted(_names(model, model.layers)) == sorted(names)


def test_operations_that_are_no_layers_have_names_too() -> None:
    inputs = keras.Input((8, 8, 1))
    x = keras.layers.Conv2D(1, 1, name="first")(inputs)
    x = x + keras.layers.Conv2D(1, 1, name="second")(x)
    model = keras.Model(inputs, keras.layers.Conv2D(1, 1, name="third")(x))
    (added,) = (op for op in model.operations if not isinstance(op, keras.layers.Layer))
    assert _names(model, ["third", added.name, "first"]) == ["first", added.name, "third"]
    assert _names(model, "auto") == ["first", added.name, "third"]
