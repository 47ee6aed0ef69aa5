"""Feature maps written during a real `fit`, read back from the event file."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from support.logdir import read_run
from support.small_models import IMAGES, targets, two_headed_model

from tb_featuremaps import FeatureMaps, GradientTerms, LossTerms, MapCapture, RunWriter, Schedule
from tb_featuremaps.format.png import decode_atlas
from tb_featuremaps.reader import read_logdir
from tb_featuremaps.summary import directory_writer, event_log
from tb_featuremaps.summary.event_writer import open_writer
from tb_featuremaps.summary.events import event


def _fit(model: keras.Model, *callbacks: keras.callbacks.Callback, **arguments: Any) -> Any:
    settings = {"epochs": 2, "batch_size": 32, "verbose": 0, **arguments}
    return model.fit(IMAGES, targets(), callbacks=list(callbacks), **settings)


def _steps(directory: pathlib.Path, tag: str = "featuremaps/conv1") -> list[int]:
    return sorted(read_run(directory / "train")[tag])


@pytest.mark.parametrize(
    ("every", "steps"),
    [
        ("epoch", [0, 4, 8]),
        (3, [0, 3, 6, 8]),
        (100, [0, 8]),
        (Schedule.at([1, 5]), [0, 1, 5, 8]),
        (Schedule(epochs=2), [0, 8]),
    ],
)
def test_captures_before_the_first_batch_as_scheduled_and_after_the_last(
    tmp_path: pathlib.Path, every: Any, steps: list[int]
) -> None:
    _fit(two_headed_model(), FeatureMaps(tmp_path, IMAGES[:2], every=every))
    assert _steps(tmp_path) == steps


def test_the_last_capture_is_the_activation_of_the_trained_model(tmp_path: pathlib.Path) -> None:
    model = two_headed_model()
    _fit(model, FeatureMaps(tmp_path, IMAGES[:2], layers=["conv1", "block"]))
    run = read_run(tmp_path / "train")
    for name in ("conv1", "block"):
        expected = keras.Model(model.input, model.get_layer(name).output)(IMAGES[:2])
        _, _, *pngs = run[f"featuremaps/{name}"][8]
        assert len(pngs) == 2
        for png, activation in zip(pngs, keras.ops.convert_to_numpy(expected), strict=True):
            atlas = decode_atlas(png)
            off = np.abs(atlas.values - activation)
            assert (off <= (atlas.hi - atlas.lo) / 510 + 1e-5).all()
    predicted = keras.ops.convert_to_numpy(model(IMAGES[:2], training=False)["main"])
    np.testing.assert_allclose(run["featuremaps/outputs/main"][8], predicted, atol=1e-6)


def test_probes_and_the_images_tab_are_written(tmp_path: pathlib.Path) -> None:
    _fit(two_headed_model(), FeatureMaps(tmp_path, IMAGES[:2], every=3))
    run = read_run(tmp_path / "train")
    assert list(run["featuremaps/probes"]) == [0]
    assert len(run["featuremaps/probes"][0]) == 4
    assert sorted(run["activations/conv1"]) == [4, 8]
    assert len(run["activations/conv1"][4]) == 3


def test_without_the_images_tab_and_outputs(tmp_path: pathlib.Path) -> None:
    callback = FeatureMaps(tmp_path, IMAGES[:1], images_tab=False, outputs=False, layers="conv1")
    _fit(two_headed_model(), callback)
    assert sorted(read_run(tmp_path / "train")) == [
        "featuremaps/conv1",
        "featuremaps/conv1/stats",
        "featuremaps/probes",
    ]


def test_both_callbacks_share_one_event_file(tmp_path: pathlib.Path) -> None:
    _fit(two_headed_model(), FeatureMaps(tmp_path, IMAGES[:1]), LossTerms(tmp_path))
    assert len(list((tmp_path / "train").iterdir())) == 1
    run = read_run(tmp_path / "train")
    assert {"featuremaps/conv1", "loss/total"} <= set(run)


def test_steps_go_on_in_a_second_fit(tmp_path: pathlib.Path) -> None:
    model = two_headed_model()
    callback = FeatureMaps(tmp_path, IMAGES[:1])
    _fit(model, epochs=1)
    _fit(model, callback, epochs=1)
    assert _steps(tmp_path) == [4, 8]


@pytest.mark.parametrize("limit", [2, 5])
def test_captures_can_be_thinned(tmp_path: pathlib.Path, limit: int) -> None:
    callback = FeatureMaps(tmp_path, IMAGES[:1], every=1, max_captures=limit)
    _fit(two_headed_model(), callback, epochs=8)
    steps = _steps(tmp_path)
    assert len(steps) <= limit
    assert (steps[0], steps[-1]) == (0, 32)
    gaps = np.diff(steps)
    assert (np.diff(gaps) >= 0).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"layers": "convv1"}, "Near matches: .*conv1"),
        ({"probes": np.zeros((1, 8, 8, 3))}, r"\(None, 16, 16, 3\).*\(1, 8, 8, 3\)"),
    ],
)
def test_bad_input_is_refused_before_training_starts(
    tmp_path: pathlib.Path, arguments: dict[str, Any], message: str
) -> None:
    model = two_headed_model()
    with pytest.raises(ValueError, match=message):
        _fit(model, FeatureMaps(tmp_path, **{"probes": IMAGES[:1], **arguments}))
    assert int(model.optimizer.iterations) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        {"every": 0},
        {"every": "day"},
        {"labels": [1, 2]},
        {"labels": [4], "class_names": ["a", "b"]},
        {"max_tile": 0},
        {"max_channels": -1},
        {"max_captures": 1},
        {"class_names": "ab"},
        {"training": "no"},
        {"outputs": 1},
        {"images_tab": None},
        {"attributions": "grad-cam"},
    ],
)
def test_arguments_out_of_range_are_refused(
    tmp_path: pathlib.Path, arguments: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="Received"):
        FeatureMaps(tmp_path, IMAGES[:1], **arguments)


def test_a_tilde_is_the_home_of_the_user(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    _fit(two_headed_model(), FeatureMaps("~/logs", IMAGES[:1]), epochs=1)
    assert _steps(tmp_path / "logs") == [0, 4]
    with RunWriter("~/own") as writer:
        writer.write_losses(1, main=1.0)
    assert list((tmp_path / "own").iterdir())


def test_names_that_classes_share_are_warned_of_where_a_label_has_one(
    tmp_path: pathlib.Path,
) -> None:
    names = ["crane", "crane", "owl"]
    with pytest.warns(RuntimeWarning, match="FeatureMaps: .*'crane' more than once"):
        _fit(
            two_headed_model(),
            FeatureMaps(tmp_path, IMAGES[:2], labels=[1, 2], class_names=names),
            epochs=1,
        )
    _fit(
        two_headed_model(),
        FeatureMaps(tmp_path, IMAGES[:2], labels=[2, 2], class_names=names),
        epochs=1,
    )
    with (
        pytest.warns(RuntimeWarning, match="RunWriter: .*'crane' more than once"),
        RunWriter(tmp_path / "own", class_names=names) as writer,
    ):
        writer.write_maps(1, {"x": np.ones((1, 2, 2, 1))}, probes=IMAGES[:1], labels=[0])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda run: FeatureMaps(run, IMAGES[:1]), "this `predict` writes none"),
        (lambda run: GradientTerms(run, IMAGES[:4], targets(4)), "this `predict` writes none"),
        (LossTerms, "`predict` has no loss"),
    ],
)
def test_of_a_prediction_nothing_is_written_which_is_said(
    tmp_path: pathlib.Path, make: Callable[[pathlib.Path], Any], message: str
) -> None:
    model = two_headed_model()
    with pytest.warns(RuntimeWarning, match=message):
        model.predict(IMAGES[:4], verbose=0, callbacks=[make(tmp_path)])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("model", [None, "model", keras.layers.Dense(3)])
def test_what_is_no_model_is_refused(tmp_path: pathlib.Path, model: Any) -> None:
    with pytest.raises(ValueError, match="`model` to be a Keras model"):
        FeatureMaps(tmp_path, IMAGES[:1]).describe(model)
    with pytest.raises(ValueError, match="`model` to be a Keras model"):
        MapCapture(model, IMAGES[:1])


def test_nested_lists_are_refused_in_few_words(tmp_path: pathlib.Path) -> None:
    with pytest.raises(ValueError, match="make an array of numbers") as raised:
        FeatureMaps(tmp_path, IMAGES[:1].tolist())
    assert len(str(raised.value)) < 300


@pytest.mark.parametrize(
    ("every", "length", "last_line"),
    [
        ("epoch", {"epochs": 3}, "in a fit of 4 captures"),
        (2, {"epochs": 1, "steps_per_epoch": 8}, "in a fit of 5 captures"),
        (2, {"epochs": 1}, "give both `epochs` and `steps_per_epoch`"),
        (2, {"steps_per_epoch": 8}, "give both `epochs` and `steps_per_epoch`"),
        (2, {}, "1 layer, 1 probe: at most"),
    ],
)
def test_a_description_tells_the_size_of_a_fit_or_what_it_needs_for_it(
    tmp_path: pathlib.Path, every: Any, length: dict[str, int], last_line: str
) -> None:
    lines: list[str] = []
    callback = FeatureMaps(tmp_path, IMAGES[:1], layers="conv1", every=every)
    callback.describe(two_headed_model(), **length, print_fn=lines.append)
    assert last_line in "\n".join(lines).splitlines()[-1]


def test_a_schedule_that_fails_is_told_from_a_model_that_does(tmp_path: pathlib.Path) -> None:
    def due(before: int, after: int) -> bool:
        raise KeyError(after)

    with pytest.warns(RuntimeWarning, match="given to Schedule raised KeyError: 1.*mend that"):
        _fit(two_headed_model(), FeatureMaps(tmp_path, IMAGES[:1], every=Schedule(due)), epochs=1)


def test_after_the_logs_were_deleted_what_follows_can_still_be_shown(
    tmp_path: pathlib.Path,
) -> None:
    class Delete(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if epoch == 1:
                open_writer(str(tmp_path / "train")).close()  # waits until all is written
                shutil.rmtree(tmp_path / "train")
                time.sleep(event_log.CHECK_SECONDS)

    callback = FeatureMaps(tmp_path, IMAGES[:1], every=1)
    with pytest.warns(RuntimeWarning, match="deleted or moved"):
        _fit(two_headed_model(), callback, LossTerms(tmp_path), Delete(), epochs=3)
    run = read_run(tmp_path / "train")
    assert list(run["loss/total"])[-1] == 12
    first = min(run["loss/total"])
    assert min(run["featuremaps/losses"]) <= first and min(run["featuremaps/probes"]) <= first
    losses = read_logdir(tmp_path).losses("train")
    assert losses["loss/aux1"].steps.tolist() == list(run["loss/total"])


def test_a_directory_that_can_not_be_written_gives_one_warning(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        log_dir = tmp_path / "file"
        history = _fit(two_headed_model(), FeatureMaps(log_dir, IMAGES[:1]), LossTerms(log_dir))
    ours = [warning for warning in caught if "tb_featuremaps" in str(warning.message)]
    assert len(ours) == 1
    assert len(history.history["loss"]) == 2


def test_a_disk_that_stalls_lowers_the_rate_with_one_warning(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory_writer, "MAX_CAPTURE_BYTES", 300_000)
    gate = threading.Event()

    class Stall(keras.callbacks.Callback):
        """The background thread gets stuck at step 2 and goes on at step 30."""

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            step = int(self.model.optimizer.iterations)
            if step == 2:
                open_writer(str(tmp_path / "train")).submit(self._stuck)
            if step == 30:
                gate.set()
                open_writer(str(tmp_path / "train")).flush()

        def _stuck(self) -> Any:
            gate.wait(60)
            return event(0, [])

    maps = FeatureMaps(tmp_path, IMAGES[:1], layers="conv1", every=1, images_tab=False)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        _fit(two_headed_model(), maps, Stall(), LossTerms(tmp_path), epochs=50)
    ours = [str(warning.message) for warning in caught if "tb_featuremaps" in str(warning.message)]
    assert len(ours) == 1
    assert "slower than training" in ours[0]
    steps = _steps(tmp_path)
    assert steps[-1] == 200
    assert not any(10 < step < 30 for step in steps)
    gaps = np.diff([step for step in steps if 30 < step < 200])
    assert gaps[0] > 1  # at a lower rate at first
    assert gaps[-1] == 1  # that comes back
    assert _steps(tmp_path, "loss/total") == [*range(1, 201)]


def test_probes_that_find_no_room_come_with_a_later_capture(tmp_path: pathlib.Path) -> None:
    gate = threading.Event()
    writer = open_writer(str(tmp_path / "train"))

    def stuck() -> Any:
        gate.wait(60)
        return event(0, [])

    # It fills the room for events, so that the probes of the first capture find none.
    writer.submit(stuck, size=directory_writer.MAX_EVENT_BYTES)

    def let_go(epoch: int, logs: Any) -> None:
        gate.set()
        writer.flush()

    opening = keras.callbacks.LambdaCallback(on_epoch_end=let_go)
    with pytest.warns(RuntimeWarning, match="leaves events out"):
        _fit(two_headed_model(), opening, FeatureMaps(tmp_path, IMAGES[:1], layers="conv1"))
    writer.close()
    run = read_run(tmp_path / "train")
    assert list(run["featuremaps/conv1"]) == [0, 4, 8]
    assert list(run["featuremaps/probes"]) == [4]


def test_what_was_logged_outlives_kill_9(tmp_path: pathlib.Path) -> None:
    script = textwrap.dedent("""
        import os, signal, sys
        import keras
        from support.small_models import IMAGES, targets, two_headed_model
        from tb_featuremaps import FeatureMaps, LossTerms

        class Kill(keras.callbacks.Callback):
            def on_epoch_begin(self, epoch, logs=None):
                if epoch == 3:
                    os.kill(os.getpid(), signal.SIGKILL)

        directory = sys.argv[1]
        two_headed_model().fit(IMAGES, targets(), epochs=9, batch_size=32, verbose=0, callbacks=[
            FeatureMaps(directory, IMAGES[:1]), LossTerms(directory), Kill()])
    """)
    tests = pathlib.Path(__file__).parents[1]
    ended = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": f"{tests}{os.pathsep}{tests.parent}"},
        capture_output=True,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    # The capture under way when the process died may be lost; those before may not.
    assert set(_steps(tmp_path)) >= {0, 4, 8}
    assert max(_steps(tmp_path, "loss/total")) >= 8
