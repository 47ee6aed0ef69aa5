"""Gradients and attributions as tables and arrays."""

import csv
import pathlib
from typing import Any

import numpy as np
import pytest
from support.small_models import IMAGES, targets, two_headed_model

from tb_featuremaps import FeatureMaps, GradientTerms
from tb_featuremaps.cli import main
from tb_featuremaps.export.export import Export
from tb_featuremaps.export.selection import Selection, Steps
from tb_featuremaps.reader import read_logdir

_RUN = "a/train"


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    logdir = tmp_path_factory.mktemp("logs")
    maps = FeatureMaps(logdir / "a", IMAGES[:2], labels=[0, 2], attributions=True, every=2)
    gradients = GradientTerms(logdir / "a", IMAGES[:8], targets(8), every=2)
    alone = GradientTerms(logdir / "alone", IMAGES[:8], targets(8), layers=["conv1"])
    fit = {"batch_size": 50, "epochs": 2, "verbose": 0}
    two_headed_model().fit(IMAGES, targets(), callbacks=[maps, gradients], **fit)
    two_headed_model().fit(IMAGES, targets(), callbacks=[alone], **fit)
    return logdir


def _export(logdir: pathlib.Path, out: pathlib.Path, form: str, **chosen: Any) -> dict[str, Any]:
    """What was written, by the path within the run's folder."""
    run = chosen.pop("run", _RUN)
    selection = Selection([run], chosen.pop("layers", ["*"]), **chosen)
    messages: list[str] = []
    folder = Export(selection, [form], out).run(read_logdir(logdir), messages.append)
    assert messages == []
    paths = [pathlib.Path(file["path"]) for file in folder.written]
    return {"/".join(path.relative_to(out).parts[1:]): path for path in paths}


def _rows(path: pathlib.Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def _column(rows: list[dict[str, str]], name: str, *shape: int) -> np.ndarray:
    return np.array([float(row[name]) for row in rows], np.float32).reshape(shape)


def test_a_table_holds_each_term_at_each_layer(
    logdir: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    written = _export(logdir, tmp_path, "csv")
    gradients = read_logdir(logdir).gradients(_RUN)
    rows = _rows(written["gradients.csv"])
    for place in ("activations", "kernels"):
        logged = getattr(gradients, place)
        own = [row for row in rows if row["place"] == place and row["step"] == "4"]
        shape = (len(logged.layers), len(logged.terms))
        names = [(layer, term) for layer in logged.layers for term in logged.terms]
        assert [(row["layer"], row["term"]) for row in own] == names
        np.testing.assert_array_equal(_column(own, "norm", *shape), logged.norms(4))
        np.testing.assert_array_equal(_column(own, "share", *shape), logged.shares(4))
        np.testing.assert_array_equal(_column(own, "cosine", *shape), logged.cosines(4))
    updates = [row for row in _rows(written["updates.csv"]) if row["step"] == "2"]
    assert gradients.updates is not None
    np.testing.assert_array_equal(
        _column(updates, "update_ratio", -1), gradients.updates.values.at(2)
    )


def test_tables_of_channels(logdir: pathlib.Path, tmp_path: pathlib.Path) -> None:
    written = _export(logdir, tmp_path, "csv", layers=["block"], steps=Steps("2"), probes=[1])
    logs = read_logdir(logdir)
    rows = _rows(written["block/gradients.csv"])
    logged = logs.gradients(_RUN).channels["block"].values.at(2)
    np.testing.assert_array_equal(_column(rows, "importance", 3, 10), logged[..., 1])
    np.testing.assert_array_equal(_column(rows, "norm", 3, 10), logged[..., 0])
    rows = _rows(written["block/attributions.csv"])
    owed = logs.attributions(_RUN)["block"].values.at(2)
    np.testing.assert_array_equal(_column(rows, "value", 2, 10), owed[:, 1])
    assert {row["probe"] for row in rows} == {"1"}
    assert {row["layer"] for row in _rows(written["gradients.csv"])} == {"block"}
    assert "updates.csv" not in written and "conv1/gradients.csv" not in written


def test_arrays_say_what_their_axes_are(logdir: pathlib.Path, tmp_path: pathlib.Path) -> None:
    written = _export(logdir, tmp_path, "npz", layers=["conv1"], probes=[1])
    logs = read_logdir(logdir)
    found = np.load(written["conv1/gradients.npz"])
    channels = logs.gradients(_RUN).channels["conv1"]
    assert found["terms"].tolist() == list(channels.terms)
    assert found["columns"].tolist() == ["norm", "importance"]
    np.testing.assert_array_equal(found["4"], channels.values.at(4))
    found = np.load(written["conv1/attributions.npz"])
    owed = logs.attributions(_RUN)["conv1"]
    assert found["heads"].tolist() == list(owed.heads)
    assert found["classes"].tolist() == [[2], [2]]
    np.testing.assert_array_equal(found["0"], owed.values.at(0)[:, [1]])


def test_a_run_of_gradients_alone(logdir: pathlib.Path, tmp_path: pathlib.Path) -> None:
    chosen = {"run": "alone/train", "layers": ["conv?"]}
    tables = _export(logdir, tmp_path, "csv", **chosen)
    assert sorted(tables) == ["conv1/gradients.csv", "gradients.csv", "updates.csv"]
    arrays = _export(logdir, tmp_path, "npz", **chosen)
    assert list(arrays) == ["conv1/gradients.npz"]


def test_they_are_listed(logdir: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", str(logdir)]) == 0
    lines = capsys.readouterr().out.splitlines()
    gradients = next(line for line in lines if "gradients at activations" in line)
    assert "main" in gradients and gradients.endswith("3 captures, steps 0 to 4")
    assert "  attributions of aux1, main, 2 layers: 3 captures, steps 0 to 4" in lines
