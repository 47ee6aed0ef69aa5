"""Damaged, hostile and huge data, through both of TensorBoard's data ingesters."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from support.hostile_runs import OUTPUTS as OUTPUTS_PAYLOAD
from support.hostile_runs import (
    PICTURES,
    PREDICTIONS,
    STATISTICS,
    atlas,
    floats,
    picture_value,
    tensor_value,
    write_hostile_runs,
    write_values,
)
from support.plugin_client import Refused, ask, ask_json, ask_numbers, ask_path
from support.tensorboard_server import TensorBoardServer

_LAYER, _STATS = "featuremaps/layer", "featuremaps/layer/stats"
_MANY = "a million classes"
_ODD = "\u202eright to left \u0007 " + "long " * 45


@pytest.fixture(scope="module", params=[True, False], ids=["data_server", "python"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TensorBoardServer]:
    logdir = tmp_path_factory.mktemp("hostile")
    write_hostile_runs(logdir)
    write_values(logdir / _ODD, [picture_value(atlas())])
    many = tensor_value("featuremaps/outputs/main", OUTPUTS_PAYLOAD, floats(2, 10**6))
    for step in range(3):
        write_values(logdir / _MANY, [many], step, 1e9 + step)
    with TensorBoardServer(logdir, load_fast=request.param) as running:
        running.wait_for_runs([*STATISTICS, *PREDICTIONS, "a million channels", _MANY])
        yield running


def _refused(answer: bytes | Refused) -> Refused:
    assert isinstance(answer, Refused)
    assert 400 <= answer.code < 500
    assert answer.message
    return answer


def _picture(server: TensorBoardServer, run: str) -> bytes | Refused:
    captures = ask_json(server, "captures", run=run, tag=_LAYER)["captures"]
    return ask(server, "image", blob_key=captures[0]["blob_keys"][0])


@pytest.mark.parametrize("run", PICTURES)
def test_a_picture_that_can_not_be_shown_is_refused(server: TensorBoardServer, run: str) -> None:
    assert _refused(_picture(server, run)).code in (404, 422)


@pytest.mark.parametrize("run", STATISTICS)
def test_statistics_that_can_not_be_read_are_refused(server: TensorBoardServer, run: str) -> None:
    assert _refused(ask(server, "statistics", run=run, tag=_STATS)).code == 422


@pytest.mark.parametrize("run", PREDICTIONS)
def test_outputs_that_can_not_be_read_are_a_message(server: TensorBoardServer, run: str) -> None:
    header = ask_numbers(server, "predictions", run=run).header
    assert not header["heads"]
    assert len(header["messages"]) == 1
    answer = ask(server, "output", run=run, tag="featuremaps/outputs/main", step=0)
    assert _refused(answer).code == 422


def test_a_million_classes_are_five(server: TensorBoardServer) -> None:
    answer = ask_numbers(server, "predictions", run=_MANY)
    assert answer.header["heads"][0]["classes"] == 10**6
    assert answer.arrays["0/top_values"].shape == (3, 2, 5)
    assert answer.size < 4096
    full = ask_numbers(server, "output", run=_MANY, tag="featuremaps/outputs/main", step=1)
    assert full.arrays["values"].shape == (2, 10**6)


def test_a_million_channels_are_a_message_and_the_rest_is_listed(
    server: TensorBoardServer,
) -> None:
    answer = ask_json(server, "runs")
    assert any("1,000,000 channels" in message for message in answer["messages"])
    run = next(run for run in answer["runs"] if run["name"] == "a million channels")
    assert [layer["name"] for layer in run["layers"]] == ["layer"]


def test_a_loss_of_an_unknown_kind_is_a_message(server: TensorBoardServer) -> None:
    answer = ask_numbers(server, "loss_terms", run="a future loss")
    terms = [(term["tag"], term["kind"]) for term in answer.header["terms"]]
    assert terms == [("loss/total", "total"), ("loss/reported", "reported")]
    assert "loss/future" in answer.header["messages"][0]
    np.testing.assert_array_equal(answer.arrays["0/values"], [[np.nan], [2.0]])


def test_an_event_without_a_time_is_passed_on_or_skipped(server: TensorBoardServer) -> None:
    runs = {run["name"]: run for run in ask_json(server, "runs")["runs"]}
    if "no time" in runs:  # the Python ingester reads it, the data server skips it
        assert runs["no time"]["last_wall_time"] is None
        answer = ask_json(server, "captures", run="no time", tag=_LAYER)
        assert [capture["wall_time"] for capture in answer["captures"]] == [None]
        again = ask_json(server, "captures", run="no time", tag=_LAYER, since=answer["version"])
        assert again["captures"] == answer["captures"]


def test_an_odd_run_name_passes_as_it_is(server: TensorBoardServer) -> None:
    assert _ODD.strip() in [run["name"].strip() for run in ask_json(server, "runs")["runs"]]


@pytest.mark.parametrize(
    "path",
    [
        "static/%00",
        "static/index.js%00",
        "static/" + "a" * 5000,
        "static/" + "a/" * 2500,
        "static/..%2fplugin.py",
        "captures?run=%00&tag=%00",
        "statistics?run=no&tag=" + "a" * 5000,
        "output?run=no&tag=no&step=x",
        "output?run=no&tag=no&step=" + "9" * 5000,
        "output?run=no&tag=no",
    ],
)
def test_odd_addresses_are_refused(server: TensorBoardServer, path: str) -> None:
    _refused(ask_path(server, path))


def _key(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "key",
    [
        base64.urlsafe_b64encode(b"[" * 20_000).decode(),
        base64.urlsafe_b64encode(b"{}").decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        _key("", "featuremaps", "negative", _STATS, 0, 0),
        _key("", "featuremaps", "rank 2", _STATS, 0, 0),
        _key("", "featuremaps", "half", _LAYER, 0, 10**9),
        _key("", "featuremaps", "half", _LAYER, 0, -1),
        _key("", "featuremaps", "half", _LAYER, 0, "x"),
        _key("", "featuremaps", "half", _LAYER, "x", 0),
        _key("", "featuremaps", "half", _LAYER, 2**70, 0),
        _key("", "featuremaps", "half", _LAYER, [], {}),
        _key("", "featuremaps", "half", [], 0, 0),
        _key("", "featuremaps", {}, _LAYER, 0, 0),
        _key("", "scalars", "a future loss", "loss/total", 0, 0),
        _key(1, 2, 3),
        _key(*[[[]]] * 6),
        "",
        "~",
        "%",
    ],
)
def test_keys_of_no_picture_are_refused(server: TensorBoardServer, key: str) -> None:
    _refused(ask(server, "image", blob_key=key))


@pytest.mark.parametrize("since", ["x", "00", "f" * 40, "0" * 40, "7ff8" * 10, "a" * 5000])
def test_a_version_that_was_never_given_resets(server: TensorBoardServer, since: str) -> None:
    answer = ask_json(server, "captures", run="rgb", tag=_LAYER, since=since)
    assert answer["captures"] or answer["kept"]
