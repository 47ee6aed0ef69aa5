from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest
from support.finite_differences import TOLERANCE, Offset, Terms, cosine, double_precision, gradients
from support.small_models import IMAGES, targets, two_headed_model

from tb_featuremaps.capture.gradient_terms import GradientTap
from tb_featuremaps.capture.labelled_batch import LabelledBatch
from tb_featuremaps.capture.selection import select_layers

_N = 3
_RANDOM = np.random.default_rng(3)
_X = _RANDOM.normal(size=(_N, 4, 4, 2))
_LABELS = np.array([0, 2, 1])
_WEIGHTS = np.array([0.5, 2.0, 1.0])
_L2 = 0.05


def _numpy(tensor: Any) -> npt.NDArray[np.float64]:
    return np.array(keras.ops.convert_to_numpy(tensor), np.float64)


def _dense(units: int, name: str, **options: Any) -> keras.layers.Layer:
    return keras.layers.Dense(units, name=name, **options)


def _convolution(name: str, **options: Any) -> keras.layers.Layer:
    return keras.layers.Conv2D(2, 2, name=name, activation="tanh", **options)


def _input() -> Any:
    return keras.Input((4, 4, 2), _N)


def _crossentropy(prediction: Any, sample_weight: Any = None) -> float:
    loss = keras.losses.SparseCategoricalCrossentropy()
    return float(_numpy(loss(_LABELS, prediction, sample_weight)))


def _squares(model: keras.Model) -> float:
    kernels = [_numpy(layer.kernel) for layer in model.layers if hasattr(layer, "kernel")]
    return _L2 * sum(float(np.square(k).sum()) for k in kernels)


def _one_head() -> tuple[keras.Model, Any, Terms]:
    inputs = _input()
    x = _convolution("conv")(inputs)
    x = Offset(name="after")(x)
    x = keras.layers.BatchNormalization(name="normalization")(x)
    x = _dense(3, "head", activation="softmax")(keras.layers.Flatten()(x))
    model = keras.Model(inputs, x)
    model.compile("sgd", "sparse_categorical_crossentropy", loss_weights=0.7)
    return model, _LABELS, lambda: {"head": 0.7 * _crossentropy(model(_X, training=True))}


def _heads_and_penalty() -> tuple[keras.Model, Any, Terms]:
    inputs = _input()
    l2 = keras.regularizers.L2(_L2)
    x = _convolution("conv", kernel_regularizer=l2)(inputs)
    x = Offset(name="after")(x)
    flat = keras.layers.Flatten()(x)
    aux = _dense(3, "aux1", activation="softmax", kernel_regularizer=l2)(flat)
    x = _convolution("deeper", kernel_regularizer=l2)(x)
    flat = keras.layers.Flatten()(x)
    main = _dense(3, "main", activation="softmax", kernel_regularizer=l2)(flat)
    model = keras.Model(inputs, {"main": main, "aux1": aux})
    model.compile(
        "sgd",
        dict.fromkeys(("main", "aux1"), "sparse_categorical_crossentropy"),
        loss_weights={"main": 1.0, "aux1": 0.3},
    )

    def terms() -> dict[str, float]:
        predicted = model(_X, training=True)
        return {
            "main": _crossentropy(predicted["main"], _WEIGHTS),
            "aux1": 0.3 * _crossentropy(predicted["aux1"], _WEIGHTS),
            "penalty": _squares(model),
        }

    return model, dict.fromkeys(("main", "aux1"), _LABELS), terms


def _nested() -> tuple[keras.Model, Any, Terms]:
    inner_input = _input()
    x = _convolution("conv")(inner_input)
    inner = keras.Model(inner_input, Offset(name="after")(x), name="inner")
    inputs = _input()
    x = keras.layers.Flatten()(inner(inputs))
    model = keras.Model(inputs, [_dense(3, "a", activation="softmax")(x), _dense(1, "b")(x)])
    model.compile("sgd", ["sparse_categorical_crossentropy", "mse"], loss_weights=[1.0, 2.0])
    values = np.arange(_N, dtype=np.float64)[:, None]

    def terms() -> dict[str, float]:
        a, b = model(_X, training=True)
        squares = np.square(_numpy(b) - values)
        return {"a": _crossentropy(a), "b": 2 * float(squares.mean())}

    return model, [_LABELS, values], terms


class _AddsLoss(keras.layers.Layer):
    """Adds the mean square of what it is given to the loss."""

    def call(self, inputs: Any) -> Any:
        self.add_loss(0.5 * keras.ops.mean(keras.ops.square(inputs)))
        return inputs


class _Subclassed(keras.Model):
    """No graph; an added loss that depends on the activation."""

    def __init__(self) -> None:
        super().__init__(name="subclassed")  # TensorFlow traces no name with _ first
        self.conv = _convolution("conv")
        self.after = Offset(name="after")
        self.adds = _AddsLoss()
        self.head = _dense(3, "head", activation="softmax")

    def call(self, inputs: Any) -> Any:
        x = self.adds(self.after(self.conv(inputs)))
        return self.head(keras.ops.reshape(x, (_N, -1)))


def _subclassed() -> tuple[keras.Model, Any, Terms]:
    model = _Subclassed()
    model(_X)
    model.compile("sgd", "sparse_categorical_crossentropy")

    def terms() -> dict[str, float]:
        head = _crossentropy(model(_X, training=True))
        activation = _numpy(model.after(model.conv(_X)))
        return {"main": head, "penalty": 0.5 * float(np.square(activation).mean())}

    return model, _LABELS, terms


class _OwnLoss(keras.Model):
    """Computes a loss of its own, without any that `compile` was given."""

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None
    ) -> Any:
        return keras.ops.mean(keras.ops.square(y_pred)) * 3.0


def _own_loss() -> tuple[keras.Model, Any, Terms]:
    inputs = _input()
    x = Offset(name="after")(_convolution("conv")(inputs))
    model = _OwnLoss(inputs, _dense(2, "head")(keras.layers.Flatten()(x)))
    model.compile("sgd")

    def terms() -> dict[str, float]:
        predicted = _numpy(model(_X, training=True))
        return {"loss": 3 * float(np.square(predicted).mean())}

    return model, None, terms


_MODELS: list[tuple[str, Callable[[], tuple[keras.Model, Any, Terms]], Any]] = [
    ("conv", _one_head, None),
    ("conv", _heads_and_penalty, _WEIGHTS),
    ("inner/conv", _nested, None),
    ("conv", _subclassed, None),
    ("conv", _own_loss, None),
]


def _tap(model: keras.Model, layers: Any, y: Any, x: Any = _X, weights: Any = None) -> GradientTap:
    batch = LabelledBatch.of(x, y, weights)
    return GradientTap(model, select_layers(model, layers).layers, batch)


def _layer(model: keras.Model, name: str) -> Any:
    layer: Any = model
    for part in name.split("/"):
        layer = next(child for child in layer.layers if child.name == part)
    return layer


@double_precision()
@pytest.mark.parametrize(("layer", "make", "weights"), _MODELS)
def test_gradients_are_those_of_finite_differences(
    layer: str, make: Callable[[], tuple[keras.Model, Any, Terms]], weights: Any
) -> None:
    keras.utils.set_random_seed(5)
    model, y, terms = make()
    tap = _tap(model, [layer], y, weights=weights)
    found = tap.capture()
    names = [term.name for term in tap.terms]
    assert found.unexplained < 1e-6
    assert [place.name for place in tap.places] == [layer]

    prefix = layer.rpartition("/")[0]
    offset = _layer(model, f"{prefix}/after".strip("/")).offset
    activation = np.asarray(_numpy(_layer(model, layer)(_X)), np.float64)
    expected = gradients(terms, offset)
    assert set(expected) == set(names)
    main = next((term.name for term in tap.terms if term.is_main), None)
    for number, name in enumerate(names):
        gradient = expected[name]
        np.testing.assert_allclose(
            found.layers[0, number, 0],
            np.linalg.norm(gradient),
            rtol=TOLERANCE,
            atol=TOLERANCE / 100,
        )
        assert found.layers[0, number, 1] == pytest.approx(
            cosine(gradient, expected[str(main)]), abs=TOLERANCE, nan_ok=True
        )
        norms, importance = found.channels[0][number].T
        by_channel = np.sqrt(np.square(gradient).sum((0, 1, 2)))
        np.testing.assert_allclose(norms, by_channel, rtol=TOLERANCE, atol=TOLERANCE / 100)
        np.testing.assert_allclose(
            importance,
            (gradient * activation).mean((0, 1, 2)),
            rtol=5 * TOLERANCE,
            atol=TOLERANCE / 10,
        )

    place = [kernels.name for kernels in tap.kernels].index(layer)
    at_kernel = gradients(terms, _layer(model, layer).kernel)
    for number, name in enumerate(names):
        np.testing.assert_allclose(
            found.kernels[place, number, 0],
            np.linalg.norm(at_kernel[name]),
            rtol=TOLERANCE,
            atol=TOLERANCE / 100,
        )
        assert found.kernels[place, number, 1] == pytest.approx(
            cosine(at_kernel[name], at_kernel[str(main)]), abs=TOLERANCE, nan_ok=True
        )


def _values(variables: Any) -> list[Any]:
    return [_numpy(variable) for variable in variables]


def test_the_model_is_untouched() -> None:
    model = two_headed_model()
    before = _values(model.variables)
    attributes = {name: value for name, value in vars(model).items() if name != "_losses"}
    tap = _tap(model, ["conv1", "block", "dropout"], targets(8), IMAGES[:8])
    first, second = tap.capture(), tap.capture()
    np.testing.assert_array_equal(first.layers, second.layers)
    for value, after in zip(before, _values(model.variables), strict=True):
        np.testing.assert_array_equal(value, after)
    assert {name for name in vars(model) if name != "_losses"} == set(attributes)
    assert not model._compile_loss.built
    assert [metric.name for metric in model.metrics] == ["loss"]
    assert all(type(layer).__module__.startswith("keras.") for layer in model.layers)


def test_a_layer_that_is_called_twice_has_a_gradient_at_each_call() -> None:
    inputs = keras.Input((4,))
    shared = keras.layers.Dense(4, name="shared")
    model = keras.Model(inputs, keras.layers.Dense(1, name="head")(shared(shared(inputs))))
    model.compile("sgd", "mse")
    x = _RANDOM.normal(size=(5, 4)).astype(np.float32)
    y = np.ones((5, 1), np.float32)
    tap = _tap(model, ["shared"], y, x)
    found = tap.capture()
    assert [place.name for place in tap.places] == ["shared#0", "shared#1"]
    kernel, head = (_numpy(layer.kernel) for layer in (shared, model.get_layer("head")))
    residual = 2 * (_numpy(model(x)) - y) / len(x)
    last = residual @ head.T
    np.testing.assert_allclose(found.layers[1, 0, 0], np.linalg.norm(last), rtol=1e-5)
    np.testing.assert_allclose(found.layers[0, 0, 0], np.linalg.norm(last @ kernel.T), rtol=1e-5)


def test_tiny_gradients_do_not_vanish() -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name="a")])
    model.compile("sgd", "mse", loss_weights=1e-30)
    x = np.ones((2, 4), np.float32)
    found = _tap(model, ["a"], np.zeros((2, 3), np.float32), x).capture()
    gradient = 1e-30 * 2 * _numpy(model(x)) / 6
    np.testing.assert_allclose(found.layers[0, 0, 0], np.linalg.norm(gradient), rtol=1e-5)


def test_half_precision_is_near_single_precision() -> None:
    found = []
    for policy in ("float32", "mixed_float16", "mixed_bfloat16"):
        keras.utils.set_random_seed(2)
        dtype = keras.dtype_policies.get(policy)
        model = keras.Sequential(
            [
                keras.Input((4, 4, 2)),
                keras.layers.Conv2D(4, 3, activation="relu", name="conv", dtype=dtype),
                keras.layers.Flatten(dtype=dtype),
                keras.layers.Dense(3, "softmax", dtype="float32", name="head"),
            ]
        )
        optimizer: Any = keras.optimizers.SGD()
        if policy == "mixed_float16":
            optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
        # So small that it is nothing in float16 without a loss scale.
        model.compile(optimizer, "sparse_categorical_crossentropy", loss_weights=1e-6)
        found.append(_tap(model, ["conv"], _LABELS, _X.astype(np.float32)).capture())
    for half in found[1:]:
        np.testing.assert_allclose(half.layers[..., 0], found[0].layers[..., 0], rtol=0.1)
        np.testing.assert_allclose(half.kernels[..., 0], found[0].kernels[..., 0], rtol=0.1)


def test_what_has_no_gradient_is_named() -> None:
    model = two_headed_model()
    tap = _tap(model, ["conv1", "main", "aux1"], targets(4), IMAGES[:4])
    tap.prepare()
    if keras.backend.backend() == "jax":  # losses are computed from probabilities
        assert not tap.skipped
        return
    assert [place.name for place in tap.places] == ["conv1"]
    assert [skipped.name for skipped in tap.skipped] == ["aux1", "main"]
    assert "logits" in tap.skipped[0].reason


def test_a_model_without_a_loss_is_an_error() -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name="a")])
    model.compile("sgd")
    with pytest.raises(ValueError, match="No loss"):
        _tap(model, ["a"], np.zeros((2, 3)), np.ones((2, 4))).capture()


def test_frozen_layers_have_no_kernels_to_teach() -> None:
    model = two_headed_model()
    model.get_layer("block_left").trainable = False
    tap = _tap(model, ["conv1"], targets(4), IMAGES[:4])
    assert [layer.name for layer in tap.kernels] == ["conv1", "block_right", "aux1", "main"]


@pytest.mark.parametrize(
    ("x", "y", "weight", "said"),
    [
        (np.ones((2, 3)), np.ones(3), None, "same n"),
        (np.ones((2, 3)), np.ones(2), np.ones(1), "same n"),
        (None, np.ones(2), None, "`x`"),
        (np.ones((2, 3)), np.array(["a", "b"]), None, "`y`"),
        (np.ones((0, 3)), np.ones(0), None, "n ≥ 1"),
    ],
)
def test_a_batch_that_is_none(x: Any, y: Any, weight: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        LabelledBatch.of(x, y, weight)
