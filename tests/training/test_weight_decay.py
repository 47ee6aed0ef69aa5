"""What weight decay does to one weight that the data say nothing about."""

import keras
import numpy as np
import pytest

from training.experiments.weight_decay import DECAY, FORMS, RATE, START, Curve, follow_weight
from training.optimizers import Optimisation, make_optimizer
from training.weight_decay import l2_penalty

_STEPS = 5


def _decayed(optimizer: keras.optimizers.Optimizer, decay: float = 0.0) -> Curve:
    """The weight after each step."""
    return follow_weight(optimizer, decay, _STEPS)[1:]


_FACTOR = 1 - RATE * DECAY
_SHRINKING = [START * _FACTOR ** (step + 1) for step in range(_STEPS)]


def test_the_penalty_multiplies_a_weight_under_plain_sgd() -> None:
    weights = _decayed(keras.optimizers.SGD(RATE), DECAY)
    np.testing.assert_allclose(weights, _SHRINKING, rtol=1e-5)


def test_under_momentum_the_penalty_gathers_speed() -> None:
    weights = _decayed(keras.optimizers.SGD(RATE, momentum=0.9), DECAY)
    expected, weight, velocity = [], START, 0.0
    for _ in range(_STEPS):
        velocity = 0.9 * velocity - RATE * DECAY * weight
        weight += velocity
        expected.append(weight)
    np.testing.assert_allclose(weights, expected, rtol=1e-5)
    assert weights[0] == pytest.approx(_SHRINKING[0])
    assert all(weight < plain for weight, plain in zip(weights[1:], _SHRINKING[1:], strict=True))


def test_under_adam_the_penalty_loses_its_strength() -> None:
    weak, strong = (_decayed(keras.optimizers.Adam(RATE), decay) for decay in (0.01, 1.0))
    # Adam divides the gradient by its size: a step is the learning rate, whatever λ is.
    np.testing.assert_allclose(weak, strong, rtol=1e-3)
    np.testing.assert_allclose(weak[0], START - RATE, rtol=1e-4)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"], ids=["SGDW", "AdamW"])
def test_decoupled_decay_is_the_same_for_every_optimizer(optimizer: str) -> None:
    how = Optimisation(optimizer, RATE, momentum=0.9, decoupled_decay=DECAY)
    np.testing.assert_allclose(_decayed(make_optimizer(how)), _SHRINKING, rtol=1e-5)


def test_momentum_alone_shrinks_nothing() -> None:
    assert _decayed(keras.optimizers.SGD(RATE, momentum=0.9)).tolist() == [START] * _STEPS


def _nesterov(penalty: float) -> list[float]:
    weights, weight, velocity = [START], START, 0.0
    for _ in range(_STEPS):
        gradient = penalty * weight
        velocity = 0.9 * velocity - RATE * gradient
        weight += 0.9 * velocity - RATE * gradient
        weights.append(weight)
    return weights


def test_the_curves_of_the_figure() -> None:
    curves = {
        name: follow_weight(make_optimizer(form.how), form.penalty, _STEPS)
        for name, form in FORMS.items()
    }
    for name in ("SGD, L2", "SGDW, Nesterov 0.9", "AdamW"):
        np.testing.assert_allclose(curves[name][1:], _SHRINKING, rtol=1e-5)
    np.testing.assert_allclose(curves["Nesterov 0.9, L2"], _nesterov(DECAY), rtol=1e-5)
    np.testing.assert_array_equal(curves["Nesterov 0.9, no decay"], START)
    np.testing.assert_allclose(curves["Adam, L2 with λ"], curves["Adam, L2 with λ / 50"], rtol=1e-3)


def test_a_negative_weight_decay_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 0"):
        l2_penalty(-0.1)
