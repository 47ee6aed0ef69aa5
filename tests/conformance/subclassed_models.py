"""Rows of subclassed models, of which Keras knows no graph."""

from collections.abc import Callable
from typing import Any

import keras
from conformance.data import CLASSES, cross_entropy, image_batches, with_targets
from conformance.functional_models import CROSS_ENTROPY
from conformance.rows import Row, Term
from keras import layers, ops


class Block(layers.Layer):
    """A layer with layers inside."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self.conv = layers.Conv2D(4, 3, activation="relu", name="conv")
        self.pool = layers.MaxPooling2D(name="pool")

    def call(self, inputs: Any) -> Any:
        return self.pool(self.conv(inputs))


class Classifier(keras.Model):
    """One output."""

    def __init__(self) -> None:
        super().__init__()
        self.block = Block("block")
        self.pool = layers.GlobalAveragePooling2D(name="mean")
        self.scores = layers.Dense(CLASSES, "softmax", name="scores")

    def call(self, inputs: Any) -> Any:
        return self.scores(self.pool(self.block(inputs)))


class Heads(Classifier):
    """Two outputs, in a structure."""

    def __init__(self, structure: Callable[[Any, Any], Any]) -> None:
        super().__init__()
        self.other = layers.Dense(CLASSES, "softmax", name="other")
        self.structure = structure

    def call(self, inputs: Any) -> Any:
        x = self.pool(self.block(inputs))
        return self.structure(self.scores(x), self.other(x))


class Adding(Classifier):
    """Adds a loss of its own, and one of an activity."""

    def __init__(self) -> None:
        super().__init__()
        self.activity = layers.ActivityRegularization(l2=1e-2, name="activity")

    def call(self, inputs: Any) -> Any:
        x = self.activity(self.block(inputs))
        self.add_loss(0.1 * ops.mean(ops.square(x)))
        return self.scores(self.pool(x))


class Dropping(Classifier):
    """Has dropout, whose random numbers must be those of a training without us."""

    def __init__(self) -> None:
        super().__init__()
        self.dropout = layers.Dropout(0.4, name="dropout")

    def call(self, inputs: Any) -> Any:
        return self.scores(self.dropout(self.pool(self.block(inputs))))


def _made(
    make: Callable[[], keras.Model], loss: Any = CROSS_ENTROPY, built: bool = True, **settings: Any
) -> Callable[[], keras.Model]:
    def compiled() -> keras.Model:
        model = make()
        if built:
            model(ops.zeros((1, 12, 12, 3)))
        model.compile("adam", loss, jit_compile=False, **settings)
        return model

    return compiled


def _as_dict(first: Any, second: Any) -> Any:
    return {"kind": first, "aux": second}


_BLOCK = ("block", "block/conv", "mean")
_ONE = (Term("main", cross_entropy),)

ROWS = [
    Row("subclassed", _made(Classifier), image_batches, _BLOCK, terms=_ONE),
    Row(
        "subclassed, not built before fit",
        _made(Classifier, built=False),
        image_batches,
        _BLOCK,
        terms=_ONE,
    ),
    Row(
        "subclassed, a tuple of outputs",
        _made(lambda: Heads(lambda a, b: (a, b)), [CROSS_ENTROPY] * 2, loss_weights=[1.0, 0.5]),
        with_targets(lambda classes: (classes, (classes + 1) % CLASSES)),
        _BLOCK,
        terms=(
            Term("output_0", cross_entropy, 1.0, lambda p: p[0], lambda y: y[0]),
            Term("output_1", cross_entropy, 0.5, lambda p: p[1], lambda y: y[1], is_main=False),
        ),
    ),
    Row(
        "subclassed, a dict of outputs",
        _made(
            lambda: Heads(_as_dict),
            {"kind": CROSS_ENTROPY, "aux": CROSS_ENTROPY},
            loss_weights={"aux": 0.5, "kind": 1.0},
        ),
        with_targets(lambda classes: _as_dict(classes, (classes + 1) % CLASSES)),
        _BLOCK,
        terms=(
            Term("kind", cross_entropy, 1.0, lambda p: p["kind"], lambda y: y["kind"]),
            Term("aux", cross_entropy, 0.5, lambda p: p["aux"], lambda y: y["aux"], is_main=False),
        ),
    ),
    Row("add_loss and an activity's penalty", _made(Adding), image_batches, _BLOCK, penalty=None),
    Row("dropout", _made(Dropping), image_batches, _BLOCK, penalty=None),
]
