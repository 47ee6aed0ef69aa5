"""Optimizers as the command line makes them."""

from typing import Any

import keras
import numpy as np
import pytest

from training.losses import SmoothedCrossentropy
from training.optimizers import Optimisation, make_optimizer


@pytest.mark.parametrize("name", ["sgd", "adam"])
@pytest.mark.parametrize("scaled", [False, True], ids=["float32", "loss scaling"])
def test_decoupled_decay_shrinks_kernels_alone(name: str, scaled: bool) -> None:
    optimizer = make_optimizer(Optimisation(name, 0.1, decoupled_decay=0.5))
    model = keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(2), keras.layers.BatchNormalization()]
    )
    for variable in model.trainable_variables:
        variable.assign(np.full(variable.shape, 2.0))
    used = keras.optimizers.LossScaleOptimizer(optimizer) if scaled else optimizer
    used.build(model.trainable_variables)
    used.apply([np.zeros(variable.shape, np.float32) for variable in model.trainable_variables])
    for variable in model.trainable_variables:
        expected = 2 * (1 - 0.1 * 0.5) if variable.name == "kernel" else 2
        np.testing.assert_allclose(variable, expected, rtol=1e-6)


def test_the_cosine_schedule_falls_to_nothing() -> None:
    optimizer = make_optimizer(Optimisation(learning_rate=0.2, schedule="cosine", steps=40))
    rates = []
    for step in (0, 10, 20, 40, 50):
        optimizer.iterations.assign(step)
        rates.append(float(optimizer.learning_rate))
    expected = [0.1 * (1 + np.cos(np.pi * min(step, 40) / 40)) for step in (0, 10, 20, 40, 50)]
    np.testing.assert_allclose(rates, expected, atol=1e-8)


@pytest.mark.parametrize("wrong", [{"optimizer": "lion"}, {"schedule": "steps"}])
def test_what_is_unknown_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"Received: '{next(iter(wrong.values()))}'"):
        make_optimizer(Optimisation(**wrong))


@pytest.mark.parametrize("labels", [[2, 0], [[2], [0]]])
def test_label_smoothing_is_that_of_the_paper(labels: list[object]) -> None:
    predictions = np.array([[0.1, 0.2, 0.7], [0.5, 0.25, 0.25]], np.float32)
    targets = np.full((2, 3), 0.1 / 3)
    targets[[0, 1], [2, 0]] += 0.9
    loss = SmoothedCrossentropy(0.1)
    expected = -(targets * np.log(predictions)).sum(1).mean()
    assert float(loss(np.array(labels), predictions)) == pytest.approx(expected, rel=1e-5)
    again = SmoothedCrossentropy.from_config(loss.get_config())
    assert again.label_smoothing == 0.1


def test_without_smoothing_it_is_the_cross_entropy() -> None:
    predictions = np.array([[0.1, 0.2, 0.7], [0.5, 0.25, 0.25]], np.float32)
    expected = keras.losses.SparseCategoricalCrossentropy()(np.array([2, 0]), predictions)
    assert float(SmoothedCrossentropy()(np.array([2, 0]), predictions)) == pytest.approx(
        float(expected), rel=1e-5
    )
