"""Steps that are counted on the host are those of the device as soon as it is read."""

import pathlib

import keras
import pytest
from support.small_models import two_headed_model

from tb_featuremaps.callbacks import counted_steps, step_clock
from tb_featuremaps.callbacks.counted_steps import CountedSteps
from tb_featuremaps.callbacks.step_clock import StepClock


class _Training:
    """A model whose optimizer advances as it is told, and the steps counted of it."""

    def __init__(self, directory: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.model = two_headed_model()
        self.clock = StepClock(str(directory))
        self.clock.begin(self.model, 0, lambda: None)
        self.steps = CountedSteps(self.clock, self.model)
        self.reads = 0
        self._batch = -1
        original = step_clock.iterations_of_optimizer

        def counting(optimizer: object) -> int | None:
            self.reads += 1
            return original(optimizer)

        for module in (step_clock, counted_steps):
            monkeypatch.setattr(module, "iterations_of_optimizer", counting)

    def train(self, batches: int, updates: int = 1) -> list[int]:
        """Runs batches of so many updates each; returns the steps that are counted."""
        found = []
        for _ in range(batches):
            iterations = self.model.optimizer.iterations
            iterations.assign(iterations + updates)
            self._batch += 1
            found.append(self.steps.batch_ended(self._batch))
        return found


@pytest.fixture
def training(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> _Training:
    monkeypatch.setattr(counted_steps, "_READ_SECONDS", 1e9)
    return _Training(tmp_path, monkeypatch)


def test_an_optimizer_that_keeps_pace_is_read_a_few_times(training: _Training) -> None:
    assert training.train(100) == [*range(1, 101)]
    assert training.reads == 3
    assert training.steps.read() == 100


def test_an_optimizer_that_never_keeps_pace_is_read_each_time(training: _Training) -> None:
    assert training.train(5, updates=2) == [2, 4, 6, 8, 10]


def test_updates_that_are_skipped_are_noticed_when_the_device_is_read(training: _Training) -> None:
    training.train(10)
    assert training.train(2, updates=0) == [11, 12]
    assert training.steps.read() == 10
    assert training.train(3) == [11, 12, 13]  # each of them read
    assert training.reads == 3 + 1 + 3
    assert training.train(3) == [14, 15, 16]
    assert training.reads == 3 + 1 + 3


def test_another_optimizer_goes_on_from_what_was_counted(training: _Training) -> None:
    training.train(10)
    training.model.optimizer = keras.optimizers.SGD(0.01)
    assert training.train(5) == [11, 12, 13, 14, 15]
    assert training.steps.read() == 15


def test_iterations_that_are_set_back_let_the_steps_go_on(training: _Training) -> None:
    training.train(10)
    training.steps.read()
    training.model.optimizer.iterations.assign(2)
    training.train(5)
    assert training.steps.read() == 15


def test_batches_that_are_only_counted_are_read_once(training: _Training) -> None:
    steps = CountedSteps(training.clock, training.model, only_counts=True)
    for batch in range(50):
        training.model.optimizer.iterations.assign(batch + 1)
        steps.batch_ended(batch)
    assert training.reads == 1
    assert steps.read() == 50


def test_updates_in_every_second_batch_only_are_counted_as_batches(training: _Training) -> None:
    steps = CountedSteps(training.clock, training.model, only_counts=True)
    for batch in range(8):
        training.model.optimizer.iterations.assign((batch + 1) // 2)
        steps.batch_ended(batch)
    assert steps.read() == 8


def test_batches_that_no_callback_saw_are_counted(training: _Training) -> None:
    steps = CountedSteps(training.clock, training.model, only_counts=True)
    for epoch in range(2):
        steps.begin_epoch()
        for batch in (2, 5, 6):
            training.model.optimizer.iterations.assign(7 * epoch + batch + 1)
            assert steps.batch_ended(batch) == 7 * epoch + batch + 1
