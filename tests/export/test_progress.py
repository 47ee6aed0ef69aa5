import pytest

from tb_featuremaps.export import progress
from tb_featuremaps.export.progress import with_progress


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
