"""The device is read every second and a half, and nothing of what it holds is lost or misplaced."""

import os
import pathlib
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import pytest
from support.logdir import read_run, scalars
from support.small_models import IMAGES, targets, two_headed_model

from tb_featuremaps import FeatureMaps, LossTerms
from tb_featuremaps.callbacks import loss_curve, step_clock
from tb_featuremaps.capture import loss_tap, step_recorder

_TESTS = pathlib.Path(__file__).parents[1]
_LOSSES = dict.fromkeys(("main", "aux1"), "sparse_categorical_crossentropy")


def _counted(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> list[float]:
    """Times of the calls of a function from now on."""
    calls: list[float] = []
    original: Callable[..., Any] = getattr(owner, name)

    def counting(*args: Any, **kwargs: Any) -> Any:
        calls.append(time.monotonic())
        return original(*args, **kwargs)

    monkeypatch.setattr(owner, name, counting)
    return calls


def _batches() -> Iterator[Any]:
    while True:
        yield IMAGES[:2], targets(2)


def test_the_device_is_read_about_once_a_second(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = two_headed_model()
    model.fit(IMAGES, targets(), batch_size=25, verbose=0)
    clock = _counted(monkeypatch, step_clock, "iterations_of_optimizer")
    drains = _counted(monkeypatch, loss_tap.LossTap, "_drain")
    callbacks = [LossTerms(tmp_path), FeatureMaps(tmp_path, IMAGES[:1], every=500)]
    begin = time.monotonic()
    model.fit(_batches(), steps_per_epoch=600, shuffle=False, verbose=0, callbacks=callbacks)
    seconds = time.monotonic() - begin
    # Few at the beginning and the end, where the schedule says so, and one a second or a buffer.
    assert len(clock) <= 12 + seconds
    assert len(drains) / 2 <= 8 + seconds + 600 / 256
    assert sorted(read_run(tmp_path / "train")["loss/total"]) == [*range(5, 605)]
    assert sorted(read_run(tmp_path / "train")["featuremaps/conv1"]) == [4, 500, 604]


def _fit(
    directory: pathlib.Path, compiled: dict[str, Any], every: int = 1, /, **fit: Any
) -> keras.Model:
    model = two_headed_model(dropout=0.0)
    model.compile(**{"optimizer": "sgd", "loss": _LOSSES, **compiled})
    options = {"batch_size": 16, "shuffle": False, "verbose": 0, "epochs": 2, **fit}
    model.fit(IMAGES, targets(), callbacks=[LossTerms(directory, every=every)], **options)
    return model


@pytest.mark.parametrize("compiled", ["plain", "eager", "accumulating", "executing", "half"])
def test_points_are_those_of_a_read_at_every_batch(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, compiled: str
) -> None:
    if compiled == "executing" and keras.backend.backend() == "torch":
        pytest.skip("on PyTorch Keras executes one step at a time")
    arguments: Callable[[], dict[str, Any]] = {
        "plain": lambda: {},
        "eager": lambda: {"run_eagerly": True},
        "accumulating": lambda: {
            "optimizer": keras.optimizers.SGD(0.01, gradient_accumulation_steps=3)
        },
        "executing": lambda: {"steps_per_execution": 3},
        "half": lambda: {
            "optimizer": keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.01))
        },
    }[compiled]
    validation = {"validation_data": (IMAGES, targets())}
    _fit(tmp_path / "seldom", arguments(), **validation)
    monkeypatch.setattr(loss_curve, "READ_SECONDS", 0.0)
    model = _fit(tmp_path / "always", arguments(), **validation)
    for name in ("train", "validation"):
        seldom, always = (read_run(tmp_path / which / name) for which in ("seldom", "always"))
        assert sorted(seldom) == sorted(always)
        for tag in (tag for tag in always if tag.startswith("loss/")):
            assert sorted(seldom[tag]) == sorted(always[tag])
            np.testing.assert_allclose(scalars(seldom, tag), scalars(always, tag), rtol=1e-4)
    last = step_clock.iterations_of(model)
    assert max(read_run(tmp_path / "seldom" / "train")["loss/total"]) == last


def test_intervals_go_on_from_read_to_read(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fit(tmp_path / "seldom", {}, 3, batch_size=8)
    monkeypatch.setattr(loss_curve, "READ_SECONDS", 0.0)
    _fit(tmp_path / "always", {}, 3, batch_size=8)
    seldom, always = (read_run(tmp_path / which / "train") for which in ("seldom", "always"))
    assert sorted(always["loss/total"]) == [3, 6, 9, 12, 15, 18, 21, 24, 26]
    for tag in (tag for tag in always if tag.startswith("loss/")):
        assert sorted(seldom[tag]) == sorted(always[tag])
        np.testing.assert_allclose(scalars(seldom, tag), scalars(always, tag), rtol=1e-4)


def test_more_steps_than_are_held_are_all_there(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loss_curve, "READ_SECONDS", 1e9)
    monkeypatch.setattr(step_recorder.ListRecorder, "capacity", 5)
    if keras.backend.backend() == "tensorflow":
        from tb_featuremaps.capture import ring_recorder

        monkeypatch.setattr(ring_recorder, "_CAPACITY", 5)
    elif keras.backend.backend() == "jax":
        from tb_featuremaps.capture import output_recorder

        monkeypatch.setattr(output_recorder.OutputRecorder, "capacity", 5)
    _fit(tmp_path, {}, validation_data=(IMAGES, targets()), batch_size=5)
    run = read_run(tmp_path / "train")
    assert sorted(run["loss/total"]) == [*range(1, 41)]
    assert sorted(read_run(tmp_path / "validation")["loss/total"]) == [20, 40]


def test_wall_times_are_those_of_the_batches(tmp_path: pathlib.Path) -> None:
    times: list[float] = []

    class Slow(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            time.sleep(0.05)
            times.append(time.time())

    model = two_headed_model()
    model.fit(IMAGES, targets(), batch_size=10, verbose=0, callbacks=[Slow(), LossTerms(tmp_path)])
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

    [path] = (tmp_path / "train").iterdir()
    events = [event for event in EventFileLoader(str(path)).Load() if event.summary.value]
    assert [event.step for event in events] == [*range(1, 11)]
    late = [event.wall_time - told for event, told in zip(events, times, strict=True)]
    assert min(late) >= 0
    assert max(late) < 0.05


_KILLED = textwrap.dedent("""
    import itertools, sys, time
    import keras
    from support.small_models import IMAGES, targets, two_headed_model
    from tb_featuremaps import LossTerms

    class Tell(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            time.sleep(0.03)
            print(batch + 1, time.time(), flush=True)

    def batches():
        for step in itertools.count():
            if sys.argv[2] and step == 100:
                time.sleep(1000)
            yield IMAGES[:2], targets(2)

    # Each reads for both.
    both = [LossTerms(f"{sys.argv[1]}/{name}") for name in ("first", "second")]
    two_headed_model().fit(batches(), steps_per_epoch=100000, verbose=0,
                           callbacks=[*both, Tell()])
""")


@pytest.mark.parametrize("stalls", ["", "stalls"], ids=["steady", "data stalls"])
def test_what_is_older_than_two_seconds_outlives_the_process(
    tmp_path: pathlib.Path, stalls: str
) -> None:
    environment = {**os.environ, "PYTHONPATH": f"{_TESTS}{os.pathsep}{_TESTS.parent}"}
    command = [sys.executable, "-c", _KILLED, str(tmp_path), stalls]
    told: list[tuple[int, float]] = []
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            step, moment = line.split()
            told.append((int(step), float(moment)))
            if step == "100":
                break
        time.sleep(2.5 if stalls else 0)
        child.send_signal(signal.SIGKILL)
        killed = time.time()
    old = [step for step, moment in told if moment < killed - 2]
    assert len(old) == 100 if stalls else len(old) > 10
    for name in ("first", "second"):
        assert set(old) <= set(read_run(tmp_path / name / "train")["loss/total"])
