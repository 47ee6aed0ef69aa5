"""Rows of models with several outputs, in every structure that Keras takes."""

from typing import Any

import keras
from conformance.data import CLASSES, cross_entropy, l2_penalty, squared_error, with_targets
from conformance.functional_models import CROSS_ENTROPY, PENALTY, compiled, scores
from conformance.rows import Row, Term
from keras import layers

_LOSSES = {"main": CROSS_ENTROPY, "aux": CROSS_ENTROPY}


def _trunk() -> tuple[Any, Any]:
    """An input, and features for heads."""
    inputs = keras.Input((12, 12, 3))
    x = layers.Conv2D(4, 3, activation="relu", name="conv")(inputs)
    return inputs, layers.GlobalAveragePooling2D(name="pool")(x)


def _two_heads() -> keras.Model:
    inputs, x = _trunk()
    decay = keras.regularizers.L2(PENALTY)
    outputs = {"aux": scores(x, "aux"), "main": scores(x, "main", kernel_regularizer=decay)}
    return compiled(inputs, outputs, _LOSSES, loss_weights={"main": 1.0, "aux": 0.3})


def _keys_are_not_names() -> keras.Model:
    inputs, x = _trunk()
    outputs = {"label": scores(x, "dense_one"), "helper": scores(x, "dense_two")}
    losses = {"label": CROSS_ENTROPY, "helper": CROSS_ENTROPY}
    return compiled(inputs, outputs, losses, loss_weights={"label": 1.0, "helper": 0.25})


def _auxiliary_first() -> keras.Model:
    inputs, x = _trunk()
    outputs = [scores(x, "aux_head"), scores(x, "head")]
    return compiled(inputs, outputs, [CROSS_ENTROPY] * 2, loss_weights=[0.3, 1.0])


def _losses_by_layer() -> keras.Model:
    inputs, x = _trunk()
    losses = {"kind": CROSS_ENTROPY, "size": "mse"}
    outputs = [scores(x, "kind"), layers.Dense(1, name="size")(x)]
    return compiled(inputs, outputs, losses, loss_weights={"kind": 1.0, "size": 0.5})


def _one_loss_for_all() -> keras.Model:
    inputs, x = _trunk()
    return compiled(inputs, [scores(x, "first"), scores(x, "second")])


def _nested() -> keras.Model:
    inputs, x = _trunk()
    outputs = {"heads": {"main": scores(x, "a"), "aux": scores(x, "b")}, "size": scores(x, "c")}
    losses = {"heads": dict(_LOSSES), "size": CROSS_ENTROPY}
    weights = {"heads": {"main": 1.0, "aux": 0.3}, "size": 0.5}
    return compiled(inputs, outputs, losses, loss_weights=weights)


def _called_twice() -> keras.Model:
    inputs, x = _trunk()
    head = layers.Dense(CLASSES, "softmax", name="head")
    return compiled(inputs, [head(x), head(x * 2)], [CROSS_ENTROPY] * 2, loss_weights=[1.0, 0.5])


def _without_loss() -> keras.Model:
    inputs, x = _trunk()
    outputs = {"kind": scores(x, "kind"), "features": x}
    return compiled(inputs, outputs, {"kind": CROSS_ENTROPY, "features": None})


def _term(name: str, *keys: Any, weight: float = 1.0, is_main: bool = False) -> Term:
    def lookup(structure: Any) -> Any:
        for key in keys or (name,):
            structure = structure[key]
        return structure

    return Term(name, cross_entropy, weight, lookup, lookup, is_main)


_MAIN_AND_AUX = (_term("main", is_main=True), _term("aux", weight=0.3))

ROWS = [
    Row(
        "a dict of outputs, one auxiliary, with a penalty",
        _two_heads,
        with_targets(lambda classes: {"main": classes, "aux": classes}),
        ("conv",),
        terms=_MAIN_AND_AUX,
        penalty=l2_penalty(PENALTY, ("main",)),
    ),
    Row(
        "a dict of outputs whose keys are not the layers' names",
        _keys_are_not_names,
        with_targets(lambda classes: {"label": classes, "helper": (classes + 1) % CLASSES}),
        ("conv",),
        terms=(_term("label", is_main=True), _term("helper", weight=0.25)),
    ),
    Row(
        "a list of outputs, the auxiliary one first",
        _auxiliary_first,
        with_targets(lambda classes: [(classes + 1) % CLASSES, classes]),
        ("conv",),
        terms=(_term("aux_head", 0, weight=0.3), _term("head", 1, is_main=True)),
    ),
    Row(
        "a list of outputs, losses by the layers' names",
        _losses_by_layer,
        with_targets(lambda classes: {"kind": classes, "size": classes[:, None] / 2.0}),
        ("conv",),
        terms=(
            Term("kind", cross_entropy, 1.0, lambda p: p[0], lambda y: y["kind"]),
            Term("size", squared_error, 0.5, lambda p: p[1], lambda y: y["size"], is_main=False),
        ),
    ),
    Row(
        "one loss for all outputs",
        _one_loss_for_all,
        with_targets(lambda classes: [classes, (classes + 1) % CLASSES]),
        ("conv",),
        terms=(_term("first", 0, is_main=True), _term("second", 1)),
    ),
    Row(
        "nested dicts of outputs and of loss weights",
        _nested,
        with_targets(lambda y: {"heads": {"main": y, "aux": (y + 1) % CLASSES}, "size": y}),
        ("conv",),
        terms=(
            _term("heads/main", "heads", "main", is_main=True),
            _term("heads/aux", "heads", "aux", weight=0.3),
            _term("size", weight=0.5),
        ),
    ),
    Row(
        "a head called twice",
        _called_twice,
        with_targets(lambda classes: [classes, (classes + 1) % CLASSES]),
        ("conv",),
        terms=(_term("head#0", 0, is_main=True), _term("head#1", 1, weight=0.5)),
    ),
    Row(
        "an output without a loss",
        _without_loss,
        with_targets(lambda classes: {"kind": classes, "features": classes[:, None] * 1.0}),
        ("conv",),
        terms=(_term("kind", is_main=True),),
    ),
]
