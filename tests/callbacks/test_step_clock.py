"""Batches that are placed together lie where they would if each was placed alone."""

import itertools
import pathlib

import keras
import numpy as np
import pytest
from support.small_models import two_headed_model

from tb_featuremaps.callbacks.step_clock import StepClock
from tb_featuremaps.capture.step_recorder import NO_ITERATIONS

# What the optimizer's iterations do from batch to batch, and how often.
_CHANGES = {"update": 0.9, "none": 0.06, "set back": 0.02, "set forward": 0.02}


def _iterations(rng: np.random.Generator, batches: int) -> list[int]:
    found, now = [], 0
    for change in rng.choice(list(_CHANGES), batches, p=list(_CHANGES.values())):
        now = {
            "update": now + 1,
            "none": now,
            "set back": int(rng.integers(0, now + 1)),
            "set forward": now + int(rng.integers(2, 50)),
        }[change]
        found.append(now)
    return found


@pytest.mark.parametrize("seed", range(8))
def test_together_as_alone(tmp_path: pathlib.Path, seed: int) -> None:
    rng, model = np.random.default_rng(seed), two_headed_model()
    iterations = _iterations(rng, 300)
    alone, together = (StepClock(str(tmp_path / name)) for name in ("alone", "together"))
    for clock in (alone, together):
        clock.begin(model, 0, lambda: None)
    expected = [alone.after_batches(model, 1, count) for count in iterations]
    ends = [0, *sorted(rng.choice(np.arange(1, 300), 20, replace=False).tolist()), 300]
    parts = [iterations[begin:end] for begin, end in itertools.pairwise(ends)]
    found = [step for part in parts for step in together.after_each(model, part)]
    assert found == expected
    assert together.step == alone.step == expected[-1]


def test_without_an_optimizer_batches_are_counted(tmp_path: pathlib.Path) -> None:
    warned: list[str] = []
    clock = StepClock(str(tmp_path), warned.append)
    inputs = keras.Input((2,))
    model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
    clock.begin(model, 0, lambda: None)
    assert clock.after_each(model, [NO_ITERATIONS] * 3) == [1, 2, 3]
    assert clock.after_each(model, [NO_ITERATIONS] * 2) == [4, 5]
    assert len(warned) == 1
