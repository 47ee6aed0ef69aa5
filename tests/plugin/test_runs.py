"""What has changed in the list of runs, on real event files."""

import json
import pathlib
from typing import Any

import numpy as np
import pytest
from support.hostile_runs import OUTPUTS, atlas, floats, picture_value, tensor_value, write_values
from support.logged import logged_data

from tb_featuremaps.plugin.logged_data import Limits
from tb_featuremaps.plugin.runs import Listings


def _ask(listings: Listings, logdir: pathlib.Path, since: str | None) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(listings.answer(logged_data(logdir, Limits(0, 0)), since))
    return answer


@pytest.fixture
def logdir(tmp_path: pathlib.Path) -> pathlib.Path:
    """Three runs, of which `a` was written last."""
    for name, time in (("a", 300.0), ("b/train", 200.0), ("c", 100.0)):
        write_values(tmp_path / name, [picture_value(atlas())], wall_time=time)
    return tmp_path


def test_nothing_new_is_nothing_sent(logdir: pathlib.Path) -> None:
    listings = Listings()
    first = _ask(listings, logdir, None)
    again = _ask(listings, logdir, first["version"])
    assert (first["reset"], [run["name"] for run in first["runs"]]) == (True, ["a", "b/train", "c"])
    assert (again["reset"], again["kept"], again["runs"]) == (False, None, [])
    assert again["version"] == first["version"]
    assert again["newest_wall_time"] == 300.0
    assert again["server_time"] >= first["server_time"]


def test_a_run_that_goes_on_is_sent_though_another_is_newer(logdir: pathlib.Path) -> None:
    listings = Listings()
    first = _ask(listings, logdir, None)
    write_values(logdir / "c", [picture_value(atlas())], step=1, wall_time=150.0)
    grown = _ask(listings, logdir, first["version"])
    assert [run["name"] for run in grown["runs"]] == ["c"]
    assert not grown["reset"]
    held = {run["name"]: run["version"] for run in first["runs"]}
    assert grown["kept"] == {name: held[name] for name in ("a", "b/train")}


def test_a_run_of_which_only_the_description_changed_is_sent(logdir: pathlib.Path) -> None:
    listings = Listings()
    first = _ask(listings, logdir, None)
    write_values(logdir / "b/validation", [picture_value(atlas())], wall_time=50.0)
    grown = _ask(listings, logdir, first["version"])
    assert [run["name"] for run in grown["runs"]] == ["b/train", "b/validation"]
    assert grown["runs"][0]["validation_run"] == "b/validation"


def test_a_version_that_is_not_remembered_resets(logdir: pathlib.Path) -> None:
    version = _ask(Listings(), logdir, None)["version"]
    assert _ask(Listings(), logdir, version)["reset"]
    assert len(_ask(Listings(), logdir, "x")["runs"]) == 3


def test_a_weight_that_is_no_number_is_null(tmp_path: pathlib.Path) -> None:
    payload = type(OUTPUTS)()
    payload.CopyFrom(OUTPUTS)
    payload.outputs.weight = np.nan
    value = tensor_value("featuremaps/outputs/main", payload, floats(1, 2))
    write_values(tmp_path / "run", [value])
    (run,) = _ask(Listings(), tmp_path, None)["runs"]
    assert run["heads"][0]["weight"] is None
