import pathlib

import pytest
from support.synthetic_runs import write_run

from tb_featuremaps.export import progress
from tb_featuremaps.export.export import Export
from tb_featuremaps.export.progress import with_progress
from tb_featuremaps.export.selection import Selection, Steps
from tb_featuremaps.reader import read_logdir


def test_a_long_command_says_how_far_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "_SECONDS_IN_FILES", 0.0)
    assert list(with_progress("abc", 3, "layers")) == ["a", "b", "c"]
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == ["0 of 3 layers", "1 of 3 layers", "2 of 3 layers"]


def test_a_short_one_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(with_progress("abc", 3, "layers")) == ["a", "b", "c"]
    assert capsys.readouterr().err == ""


def test_a_series_and_many_layers_say_how_far_they_are(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "_SECONDS_IN_FILES", 0.0)
    layers = {f"conv{index}": (4, 4, 3) for index in range(5)}
    write_run(tmp_path / "run", layers, range(6), labels=["one"])
    logs = read_logdir(tmp_path)
    Export(Selection(["*"], ["*"], Steps("all")), ["png"], tmp_path / "all").run(logs, print)
    assert capsys.readouterr().err.splitlines() == [f"{done} of 35 parts" for done in range(35)]
    Export(Selection(["*"], ["conv1"]), ["npz", "apng"], tmp_path / "one").run(logs, print)
    said = capsys.readouterr().err.splitlines()
    assert {"0 of 3 parts", "2 of 3 parts", "5 of 6 steps of conv1"} <= set(said)
    assert "3 of 5 pictures of a film" in said
