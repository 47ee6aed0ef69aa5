"""A run that goes on while it is watched, through both of TensorBoard's data ingesters."""

import pathlib
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from support.plugin_client import Framed, ask_json, ask_numbers
from support.synthetic_runs import predictions, write_run
from support.tensorboard_server import TensorBoardServer

_LAYERS = {"conv": (6, 6, 32), "wide": (2, 2, 256)}
_CONV, _STATS = "featuremaps/conv", "featuremaps/wide/stats"
_RUN = "run/train"
_SECONDS = 30

both_ingesters = pytest.mark.parametrize("fast", [True, False], ids=["data_server", "python"])


def _write(logdir: pathlib.Path, steps: range, losses_from: int = 0) -> None:
    write_run(
        logdir / _RUN,
        _LAYERS,
        steps,
        loss_points=len(steps),
        losses_from=losses_from,
        classes=50,
        labels=["class 3", "class 7"],
    )


def _until(ready: Callable[[], Any]) -> Any:
    """What `ready` returns, once it is true."""
    deadline = time.monotonic() + _SECONDS
    while not (found := ready()):
        assert time.monotonic() < deadline
        time.sleep(0.3)
    return found


def _last_step(server: TensorBoardServer) -> int:
    runs = ask_json(server, "runs")["runs"]
    return int(runs[0]["layers"][0]["last_step"]) if runs else -1


def _ask_all(server: TensorBoardServer, since: dict[str, str | None]) -> dict[str, Any]:
    return {
        "runs": ask_json(server, "runs", since=since.get("runs")),
        "captures": ask_json(server, "captures", run=_RUN, tag=_CONV, since=since.get("captures")),
        "statistics": ask_numbers(
            server, "statistics", run=_RUN, tag=_STATS, since=since.get("statistics")
        ),
        "predictions": ask_numbers(server, "predictions", run=_RUN, since=since.get("predictions")),
        "loss_terms": ask_numbers(server, "loss_terms", run=_RUN, since=since.get("loss_terms")),
    }


def _versions(answers: dict[str, Any]) -> dict[str, str | None]:
    return {
        name: (answer.header if isinstance(answer, Framed) else answer)["version"]
        for name, answer in answers.items()
    }


@both_ingesters
def test_a_reload_brings_what_is_new_and_nothing_else(tmp_path: pathlib.Path, fast: bool) -> None:
    _write(tmp_path, range(0, 40))
    with TensorBoardServer(tmp_path, load_fast=fast) as server:
        server.wait_for_runs([_RUN])
        first = _ask_all(server, {})
        same = _ask_all(server, _versions(first))
        assert same["runs"]["runs"] == same["captures"]["captures"] == []
        assert same["runs"]["kept"] is same["captures"]["kept"] is None
        for name in ("statistics", "predictions", "loss_terms"):
            assert not any(
                array.size for key, array in same[name].arrays.items() if "true" not in key
            ), name
        assert _versions(same) == _versions(first)

        _write(tmp_path, range(40, 42), losses_from=40)
        _until(lambda: _last_step(server) == 41)
        grown = _ask_all(server, _versions(first))
        assert [capture["step"] for capture in grown["captures"]["captures"]] == [40, 41]
        assert grown["statistics"].arrays["values"].shape == (2, 2, 256, 6)
        np.testing.assert_array_equal(grown["statistics"].arrays["steps"], [40, 41])
        np.testing.assert_array_equal(grown["predictions"].arrays["0/steps"], [40, 41])
        assert len(first["predictions"].header["heads"][0]["class_names"]) == 50
        assert grown["predictions"].header["heads"][0]["class_names"] is None
        assert grown["loss_terms"].arrays["0/values"].shape == (4, 2)
        assert not grown["statistics"].header["reset"]
        assert grown["statistics"].header["kept"] is None
        assert grown["statistics"].size < first["statistics"].size / 10
        assert [run["name"] for run in grown["runs"]["runs"]] == [_RUN]

        whole = _ask_all(server, {})
        np.testing.assert_array_equal(
            np.concatenate(
                [first["statistics"].arrays["values"], grown["statistics"].arrays["values"]]
            ),
            whole["statistics"].arrays["values"],
        )
        assert _versions(whole) == _versions(grown)


@both_ingesters
def test_a_series_that_is_sampled_says_so_and_stays_in_proportion(
    tmp_path: pathlib.Path, fast: bool
) -> None:
    _write(tmp_path, range(0, 30))
    samples = "--samples_per_plugin=featuremaps=10,scalars=20"
    with TensorBoardServer(tmp_path, load_fast=fast, arguments=(samples,)) as server:
        server.wait_for_runs([_RUN])
        first = _ask_all(server, {})
        assert first["captures"]["limit"] == first["statistics"].header["limit"] == 10
        assert len(first["captures"]["captures"]) == 10
        assert first["captures"]["all_kept"] is False
        assert first["loss_terms"].header["limit"] == 20
        assert first["loss_terms"].arrays["0/values"].shape == (4, 20)
        assert not first["loss_terms"].header["groups"][0]["all_kept"]

        _write(tmp_path, range(30, 31), losses_from=30)
        _until(lambda: _last_step(server) == 30)
        grown = _ask_all(server, _versions(first))
        arrays = grown["statistics"].arrays
        np.testing.assert_array_equal(arrays["steps"], [30])
        assert grown["statistics"].header["kept"] == len(arrays["kept_steps"]) == 9
        assert set(arrays["kept_steps"]) < set(first["statistics"].arrays["steps"])
        assert len(grown["loss_terms"].arrays["0/kept_steps"]) == 19


def test_less_than_the_limit_is_all(tmp_path: pathlib.Path) -> None:
    _write(tmp_path, range(0, 5))
    with TensorBoardServer(tmp_path, load_fast=True) as server:
        server.wait_for_runs([_RUN])
        answers = _ask_all(server, {})
    assert answers["captures"]["all_kept"] is True
    assert answers["captures"]["limit"] == 100
    assert answers["predictions"].header["heads"][0]["all_kept"] is True


@both_ingesters
def test_predictions_are_those_of_the_log(tmp_path: pathlib.Path, fast: bool) -> None:
    _write(tmp_path, range(0, 6))
    with TensorBoardServer(tmp_path, load_fast=fast) as server:
        server.wait_for_runs([_RUN])
        answer = ask_numbers(server, "predictions", run=_RUN)
        full = ask_numbers(server, "output", run=_RUN, tag="featuremaps/outputs/main", step=4)
    logged = np.stack([predictions(step, 2, 50) for step in range(6)])
    np.testing.assert_array_equal(full.arrays["values"], logged[4])
    np.testing.assert_array_equal(answer.arrays["0/top_values"], -np.sort(-logged)[..., :5])
    np.testing.assert_array_equal(answer.arrays["0/true_class"], [3, 7])
    truth = logged[:, [0, 1], [3, 7]]
    np.testing.assert_array_equal(answer.arrays["0/true_values"], truth)
    ranks = 1 + (logged > truth[..., None]).sum(-1)
    np.testing.assert_array_equal(answer.arrays["0/true_ranks"], ranks)


def test_a_rerun_into_the_same_directory_takes_the_place_of_the_old_one(
    tmp_path: pathlib.Path,
) -> None:
    _write(tmp_path, range(0, 12))
    with TensorBoardServer(tmp_path, load_fast=True) as server:
        server.wait_for_runs([_RUN])
        first = _ask_all(server, {})
        _write(tmp_path, range(0, 3))
        _until(lambda: _last_step(server) == 2)
        again = _ask_all(server, _versions(first))
    assert again["loss_terms"].header["groups"][0]["kept"] == 0
    np.testing.assert_array_equal(again["loss_terms"].arrays["0/steps"], [0, 1, 2])
