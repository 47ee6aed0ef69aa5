"""What is exported is what was logged."""

import csv
import pathlib
from typing import Any

import numpy as np
import pytest
from PIL import Image
from support.logdir import read_run, scalars
from support.synthetic_runs import write_run
from tensorboard.compat.proto import summary_pb2

from tb_featuremaps import RunWriter
from tb_featuremaps.export import pictures
from tb_featuremaps.export.export import Export
from tb_featuremaps.export.pictures import FilmError
from tb_featuremaps.export.selection import Selection, Steps
from tb_featuremaps.format.atlas import untile
from tb_featuremaps.format.png import AtlasError
from tb_featuremaps.format.records import encode_record
from tb_featuremaps.reader import LoggedRuns, NotLoggedError, read_logdir
from tb_featuremaps.summary.events import event

_STEPS = (0, 5, 10, 15)


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    directory = tmp_path_factory.mktemp("logs")
    layers = {"conv1": (6, 5, 7), "block/conv2": (3, 3, 4)}
    write_run(
        directory / "a" / "train", layers, _STEPS, loss_points=3, classes=3, labels=("x", "y")
    )
    write_run(directory / "b", {"conv1": (6, 5, 7)}, _STEPS[:2])
    return directory


def _export(
    logs: LoggedRuns | pathlib.Path, out: pathlib.Path, *forms: str, **selected: Any
) -> tuple[list[dict[str, Any]], list[str]]:
    if isinstance(logs, pathlib.Path):
        logs = read_logdir(logs)
    selection = Selection(selected.pop("runs", ["*"]), selected.pop("layers", ["*"]), **selected)
    messages: list[str] = []
    folder = Export(selection, forms, out).run(logs, messages.append)
    for file in folder.written:
        assert pathlib.Path(file["path"]).is_relative_to(out)
    return folder.written, messages


def test_it_says_which_run_has_no_capture_at_the_steps(
    logdir: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    written, messages = _export(logdir, tmp_path, "png", steps=Steps("10:15"), probes=[0])
    assert {file["run"] for file in written} == {"a/train"}
    assert messages == ["b: no capture at the steps 10:15 of ['conv1']."]


def test_loss_tables_are_of_the_chosen_steps(logdir: pathlib.Path, tmp_path: pathlib.Path) -> None:
    def steps_of(**selected: Any) -> list[int]:
        written, _ = _export(logdir, tmp_path, "csv", runs=["a/train"], **selected)
        path = next(file["path"] for file in written if file.get("table") == "losses")
        with open(path, newline="") as file:
            return [int(row["step"]) for row in csv.DictReader(file)]

    assert steps_of() == [0, 1, 2]
    assert steps_of(steps=Steps("0:1")) == [0, 1]
    assert steps_of(steps=Steps("newest")) == [2]


@pytest.mark.parametrize("form", ["png", "channels", "apng", "npz"])
def test_it_says_where_values_are_not_finite(tmp_path: pathlib.Path, form: str) -> None:
    maps = np.arange(24, dtype=np.float32).reshape(1, 2, 3, 4)
    with RunWriter(tmp_path / "run") as writer:
        for step in range(3):
            broken = maps.copy()
            if step:
                broken[0, 0, 0, :step] = np.nan
            writer.write_maps(step, {"conv1": broken, "conv2": maps})
    _, messages = _export(tmp_path, tmp_path / "out", form)
    (message,) = messages
    many = form in ("apng", "npz")
    assert message.startswith(
        "run: 'conv1' holds NaN or infinite values at step "
        + ("1 (1 channel), and at 1 more of the steps." if many else "2 (2 channels).")
    )


def test_grids_are_of_the_chosen_runs_layers_steps_and_probes(
    logdir: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    written, messages = _export(logdir, tmp_path, "png")
    assert messages == []
    assert [(file["run"], file["layer"], file["step"], file["probe"]) for file in written] == [
        ("a/train", "conv1", 15, 0),
        ("a/train", "conv1", 15, 1),
        ("a/train", "block/conv2", 15, 0),
        ("a/train", "block/conv2", 15, 1),
        ("b", "conv1", 5, 0),
    ]
    some, _ = _export(logdir, tmp_path, "png", layers=["*conv2"], steps=Steps("4:10"), probes=[1])
    assert [(file["step"], file["probe"]) for file in some] == [(5, 1), (10, 1)]


@pytest.mark.parametrize(("form", "kind"), [("apng", "PNG"), ("webp", "WEBP")])
def test_a_film_keeps_each_channels_scale(
    logdir: pathlib.Path, tmp_path: pathlib.Path, form: str, kind: str
) -> None:
    ((file),) = _export(logdir, tmp_path, form, runs=["b"])[0]
    logs = read_logdir(logdir)
    values = np.stack([logs.activation("b", "conv1", step) for step in _STEPS[:2]])
    lo, hi = values.min((0, 1, 2)), values.max((0, 1, 2))
    with Image.open(file["path"]) as film:
        assert (film.format, getattr(film, "n_frames", 1)) == (kind, 2)
        for frame, expected in enumerate(values):
            film.seek(frame)
            levels = untile(np.asarray(film.convert("L")), 7, 6, 5).astype(np.uint8)
            wanted = (expected - lo) / np.where(hi > lo, hi - lo, 1) * 255
            np.testing.assert_allclose(levels, wanted, atol=0.51)


def test_arrays_are_one_a_step(logdir: pathlib.Path, tmp_path: pathlib.Path) -> None:
    ((file),) = _export(logdir, tmp_path, "npz", runs=["a/*"], layers=["block/conv2"])[0]
    arrays = np.load(file["path"])
    assert sorted(map(int, arrays)) == list(_STEPS) == file["steps"]
    expected = read_logdir(logdir).activation("a/train", "block/conv2", 10, 1)
    np.testing.assert_array_equal(arrays["10"][1], expected)


def _rows(file: dict[str, Any]) -> list[dict[str, str]]:
    with open(file["path"], newline="") as opened:
        return list(csv.DictReader(opened))


def test_tables_hold_losses_statistics_and_outputs(
    logdir: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    written, messages = _export(logdir, tmp_path, "csv", runs=["a/train"])
    assert messages == []
    run = read_run(logdir / "a" / "train")
    losses, outputs, statistics = written[:3]
    assert [file["table"] for file in written] == ["losses", "outputs", *["statistics"] * 2]
    totals = [float(row["loss/total"]) for row in _rows(losses)]
    np.testing.assert_allclose(totals, scalars(run, "loss/total"))
    for row in _rows(outputs):
        expected = run["featuremaps/outputs/main"][int(row["step"])]
        assert float(row["value"]) == expected[int(row["probe"]), int(row["class"])]
        assert row["class_name"] == f"class {row['class']}"
    rows = _rows(statistics)
    assert len(rows) == len(_STEPS) * 2 * 7
    for row in rows:
        expected = run["featuremaps/conv1/stats"][int(row["step"])]
        found = [float(row[name]) for name in ("min", "max", "mean", "std", "zeros", "nonfinite")]
        np.testing.assert_array_equal(found, expected[int(row["probe"]), int(row["channel"])])


def test_a_run_of_losses_alone_is_a_table_and_no_picture(tmp_path: pathlib.Path) -> None:
    write_run(tmp_path / "logs", {}, (), loss_points=3)
    written, _ = _export(tmp_path / "logs", tmp_path / "out", "csv")
    assert [file["table"] for file in written] == ["losses"]
    with pytest.raises(NotLoggedError, match="without any"):
        _export(tmp_path / "logs", tmp_path / "out", "png")


def test_names_lead_nowhere_else_and_stay_apart(tmp_path: pathlib.Path) -> None:
    names = ["../up", "a/b", "a_b", "a b", "..", "=1+1", "n" * 300, "ü"]
    write_run(tmp_path / "logs", dict.fromkeys(names, (2, 2, 2)))
    written, _ = _export(tmp_path / "logs", tmp_path / "out", "png", "csv", "npz")
    paths = {file["path"] for file in written}
    assert len(paths) == len(written) == 3 * len(names)
    assert not (tmp_path / "up").exists()


def test_names_that_a_spreadsheet_would_run_are_quoted(tmp_path: pathlib.Path) -> None:
    with RunWriter(tmp_path / "logs", class_names=["=1+1", "plain", "@x"]) as writer:
        writer.write_outputs(0, {"main": np.ones((1, 3))})
    ((file),) = _export(tmp_path / "logs", tmp_path / "out", "csv")[0]
    assert [row["class_name"] for row in _rows(file)] == ["'=1+1", "plain", "'@x"]


def test_damage_costs_only_itself(tmp_path: pathlib.Path) -> None:
    write_run(tmp_path / "logs", {"conv": (4, 4, 3)}, (0, 1))
    odd = summary_pb2.Summary.Value(tag="featuremaps/conv")
    odd.tensor.string_val.extend([b"9", b"9", b"no picture"])
    with open(tmp_path / "logs" / "events.out.tfevents.9999999999", "wb") as file:
        file.write(encode_record(event(2, [odd]).SerializeToString()))
    written, messages = _export(
        tmp_path / "logs", tmp_path / "out", "channels", "npz", steps=Steps("all")
    )
    assert [file["steps"] for file in written if "steps" in file] == [[0, 1]]
    assert {file["step"] for file in written if "step" in file} == {0, 1}
    assert len(messages) == 2 and all("step 2" in message for message in messages)
    with pytest.raises(AtlasError, match="step 2"):
        _export(tmp_path / "logs", tmp_path / "out", "channels")


def test_a_film_that_is_too_large_is_refused_before_it_is_made(
    logdir: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "_MOST_FILM_PIXELS", 500)
    with pytest.raises(FilmError, match=r"at most 500 pixels.*4 steps of 15×18 .*--steps"):
        _export(logdir, tmp_path, "apng", runs=["a/train"], layers=["conv1"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("newest", [15]),
        ("all", [0, 5, 10, 15]),
        ("5:10", [5, 10]),
        ("6:", [10, 15]),
        (":5", [0, 5]),
        ("15,0,3", [0, 15]),
    ],
)
def test_steps_are_chosen(text: str, expected: list[int]) -> None:
    assert Steps(text).of([0, 5, 10, 15]) == expected
