"""Logged runs read back in Python."""

import os
import pathlib
import shutil
import tracemalloc

import keras
import numpy as np
import pytest
from support.logdir import read_run, scalars
from support.small_models import IMAGES, targets, two_headed_model
from support.synthetic_runs import write_run
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.record_writer import RecordWriter
from tensorboard.util import tensor_util

from tb_featuremaps import FeatureMaps, LossTerms
from tb_featuremaps.format import records
from tb_featuremaps.format.png import AtlasError, encode_picture
from tb_featuremaps.reader import NotLoggedError, read_logdir
from tb_featuremaps.summary.events import event, scalar_value
from tb_featuremaps.summary.gaps import gap_value


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[pathlib.Path, np.ndarray]:
    """A logdir, and the activation of `block` for the second probe after the last step."""
    logdir = tmp_path_factory.mktemp("logs")
    model = two_headed_model()
    callbacks = [FeatureMaps(logdir / "a", IMAGES[:2]), LossTerms(logdir / "a")]
    model.fit(IMAGES, targets(), epochs=2, batch_size=32, verbose=0, callbacks=callbacks)
    block = keras.Model(model.input, model.get_layer("block").output)
    return logdir, keras.ops.convert_to_numpy(block(IMAGES[:2]))[1]


def test_activations_come_back(trained: tuple[pathlib.Path, np.ndarray]) -> None:
    logs = read_logdir(trained[0])
    assert logs.runs() == ["a/train"]
    assert logs.layers("a/train") == ["conv1", "block"]
    assert logs.steps("a/train", "block") == [0, 4, 8]
    activation = logs.activation("a/train", "block", 8, probe=1)
    span = trained[1].max((0, 1)) - trained[1].min((0, 1))
    assert (np.abs(activation - trained[1]) <= span / 510 + 1e-5).all()


def test_loss_terms_come_back(trained: tuple[pathlib.Path, np.ndarray]) -> None:
    logs = read_logdir(trained[0])
    losses = logs.losses("a/train")
    run = read_run(trained[0] / "a" / "train")
    assert losses.keys() == {tag for tag in run if tag.startswith("loss/")}
    for tag, curve in losses.items():
        np.testing.assert_array_equal(curve.steps, sorted(run[tag]))
        np.testing.assert_allclose(curve.values, scalars(run, tag), rtol=1e-6)
    with pytest.raises(NotLoggedError, match=r"run.*a/train.*'b'"):
        logs.losses("b")


@pytest.mark.parametrize(
    ("where", "message"),
    [
        (("b", "block", 8, 0), "run.*a/train"),
        (("a/train", "bloc", 8, 0), "layer.*conv1"),
        (("a/train", "block", 7, 0), r"step.*\[0, 4, 8\]"),
        (("a/train", "block", 8, 2), r"probe.*\[0, 1\]"),
    ],
)
def test_what_was_not_logged_lists_what_was(
    trained: tuple[pathlib.Path, np.ndarray], where: tuple[str, str, int, int], message: str
) -> None:
    with pytest.raises(NotLoggedError, match=message):
        read_logdir(trained[0]).activation(*where)


def _append(directory: pathlib.Path, *events: event_pb2.Event) -> None:
    """Writes events into a new event file, as the process that resumes a training does."""
    before = len(list(directory.glob("*tfevents*")))
    with (directory / f"events.out.tfevents.999999999{before}").open("wb") as file:
        for written in events:
            RecordWriter(file).write(written.SerializeToString())


def _noise(shape: tuple[int, int, int], step: int, probes: int) -> np.ndarray:
    """Maps that no compression makes small."""
    return np.random.default_rng(step).normal(size=(probes, *shape)).astype(np.float32)


def _only_file(directory: pathlib.Path) -> pathlib.Path:
    (path,) = directory.glob("*tfevents*")
    return path


def test_a_step_of_a_resumed_run_is_there_once_as_it_was_logged_last(
    tmp_path: pathlib.Path,
) -> None:
    write_run(tmp_path / "once", {"conv": (4, 4, 3)}, (0, 20, 40, 60), loss_points=5)
    write_run(tmp_path / "again", {"conv": (4, 4, 3)}, (40, 50), loss_points=0)
    _only_file(tmp_path / "again").rename(tmp_path / "once" / "events.out.tfevents.9999999990")
    _append(tmp_path / "once", event(3, [scalar_value("loss/total", 7.0)]))
    logs = read_logdir(tmp_path)
    assert logs.steps("once", "conv") == [0, 20, 40, 50]
    curve = logs.losses("once")["loss/total"]
    assert curve.steps.tolist() == [0, 1, 2, 3]
    assert curve.values[-1] == 7
    assert logs.messages == []


def test_a_session_start_drops_what_the_session_before_it_logged_later(
    tmp_path: pathlib.Path,
) -> None:
    write_run(tmp_path, {"conv": (4, 4, 3)}, (0, 20, 40, 60), loss_points=50)
    start = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
    _append(tmp_path, event_pb2.Event(step=30, session_log=start))
    logs = read_logdir(tmp_path)
    assert logs.steps(".", "conv") == [0, 20]
    assert logs.losses(".")["loss/total"].steps.tolist() == list(range(30))


def test_a_damaged_file_costs_what_lies_behind_the_damage(tmp_path: pathlib.Path) -> None:
    write_run(tmp_path / "good", {"conv": (4, 4, 3)}, (0, 1))
    write_run(tmp_path / "flipped", {"conv": (4, 4, 3)}, (0, 1))
    write_run(tmp_path / "cut", {"conv": (4, 4, 3)}, (0, 1))
    shutil.copytree(tmp_path / "good", tmp_path / "text")
    path = _only_file(tmp_path / "flipped")
    content = bytearray(path.read_bytes())
    content[-9] ^= 1
    path.write_bytes(content)
    path = _only_file(tmp_path / "cut")
    path.write_bytes(path.read_bytes()[:-1])
    _only_file(tmp_path / "text").write_text("These are not the events that you look for.")
    logs = read_logdir(tmp_path)
    assert logs.runs() == ["cut", "flipped", "good"]
    assert [logs.steps(run, "conv") for run in logs.runs()] == [[0], [0], [0, 1]]
    cut, flipped, text = sorted(logs.messages)
    assert "cut: events.out" in cut and "last record is cut short" in cut
    assert "flipped: events.out" in flipped and "damaged from byte" in flipped
    assert "text: events.out" in text and "no event file, from byte 0" in text


def test_what_is_no_file_or_may_not_be_read_is_said(tmp_path: pathlib.Path) -> None:
    write_run(tmp_path / "good", {"conv": (4, 4, 3)})
    os.mkfifo(tmp_path / "good" / "pipe.tfevents")
    (tmp_path / "good" / "gone.tfevents").symlink_to(tmp_path / "nowhere")
    (tmp_path / "good" / "around").symlink_to(tmp_path)
    (tmp_path / "nothing").mkdir()
    (tmp_path / "nothing" / "empty.tfevents").touch()
    logs = read_logdir(tmp_path)
    assert logs.runs() == ["good"]
    gone, pipe, empty = logs.messages
    assert "gone.tfevents can't be read: No such file" in gone
    assert "pipe.tfevents can't be read: it is no regular file" in pipe
    assert empty == "nothing: no feature maps or loss terms of tb_featuremaps in this run."


def test_a_record_or_series_that_is_not_ours_costs_only_itself(tmp_path: pathlib.Path) -> None:
    write_run(tmp_path, {"conv": (4, 4, 3)}, (0, 1), loss_points=3)
    odd = scalar_value("loss/total", 0)
    odd.tensor.CopyFrom(tensor_util.make_tensor_proto("text"))
    _append(tmp_path, event(9, [odd]))
    logs = read_logdir(tmp_path)
    assert logs.messages == []
    assert "loss/total" not in logs.losses(".")
    assert logs.messages == [".: tag loss/total can't be read: expected numbers."]
    assert logs.losses(".")["loss/penalty"].steps.tolist() == [0, 1, 2]
    assert logs.steps(".", "conv") == [0, 1]


def test_a_damaged_picture_names_its_place(tmp_path: pathlib.Path) -> None:
    write_run(tmp_path, {"conv": (4, 4, 3)}, (0,))
    for step, pictures in ((1, [encode_picture(np.zeros((9, 9, 3), np.uint8))]), (2, [])):
        value = summary_pb2.Summary.Value(tag="featuremaps/conv")
        value.tensor.string_val.extend([b"9", b"9", *pictures])
        _append(tmp_path, event(step, [value]))
    logs = read_logdir(tmp_path)
    assert logs.activation(".", "conv", 0).shape == (4, 4, 3)
    with pytest.raises(AtlasError, match=r"'conv' of '.' at step 1 .* 8-bit grey"):
        logs.activation(".", "conv", 1)
    with pytest.raises(NotLoggedError, match="probe"):
        logs.activation(".", "conv", 2)


def test_a_file_that_is_gone_when_its_picture_is_wanted(tmp_path: pathlib.Path) -> None:
    write_run(tmp_path, {"conv": (64, 64, 30)}, (0,))
    logs = read_logdir(tmp_path)
    _only_file(tmp_path).write_bytes(b"")
    with pytest.raises(AtlasError, match="has changed"):
        logs.activation(".", "conv", 0)
    _only_file(tmp_path).unlink()
    with pytest.raises(AtlasError, match="No such file"):
        logs.activation(".", "conv", 0)


def test_what_the_log_itself_lacks_is_said(tmp_path: pathlib.Path) -> None:
    write_run(tmp_path, {"conv": (4, 4, 3)}, (0,))
    gaps = [event(5, [gap_value(2, 3, 5)]), event(7, [gap_value(0, 7, 7)])]
    _append(tmp_path, *gaps, event(9, [gap_value(1, 9, -1)]))
    assert read_logdir(tmp_path).messages == [
        ".: 2 events between steps 3 and 5 are missing: they could not be written.",
        ".: 1 event after step 9 is missing: it could not be written.",
    ]


def test_of_a_large_log_one_record_is_held_at_a_time(tmp_path: pathlib.Path) -> None:
    write_run(tmp_path, {"conv": (64, 64, 256)}, (1,), loss_points=100, maps=_noise)
    path = _only_file(tmp_path)
    content = path.read_bytes()
    with path.open("ab") as file:
        for _ in range(100):
            file.write(content)
    read_logdir(tmp_path, cache=False)
    tracemalloc.start()
    assert read_logdir(tmp_path, cache=False).steps(".", "conv") == [1]
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert held < 3 * len(content) + 1_000_000 < path.stat().st_size / 10


def test_without_compiled_checksums_large_records_are_read_and_it_is_said(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_run(tmp_path, {"conv": (64, 64, 60)}, (0, 1), loss_points=3, maps=_noise)
    expected = read_logdir(tmp_path).activation(".", "conv", 1)
    monkeypatch.setattr(records, "CRC32C_IS_COMPILED", False)
    logs = read_logdir(tmp_path)
    np.testing.assert_array_equal(logs.activation(".", "conv", 1), expected)
    (message,) = logs.messages
    assert "2 records whose checksums were not compared" in message
