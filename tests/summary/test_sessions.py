"""Resumed runs as TensorBoard shows them, through both of its ingesters."""

import pathlib
import urllib.parse
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from support.plugin_client import ask_json, ask_numbers
from support.pngs import encode_atlas
from support.tensorboard_server import TensorBoardServer

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format.names import STATS_COLUMNS
from tb_featuremaps.summary.event_writer import EventWriter, open_writer
from tb_featuremaps.summary.events import (
    event,
    scalar_value,
    tensor_value,
    value_head,
)
from tb_featuremaps.summary.large_event import LargeEvent, PicturesValue


def _log(
    writer: EventWriter, steps: range, session: int, captures: range, rare: int | None
) -> None:
    """Losses at `steps`, a layer's pictures and statistics at `captures`, one more at `rare`."""
    writer.start_session(min(captures))
    for step in sorted({*steps, *captures}):
        if step in captures:
            made = LargeEvent(step, _capture(session))
            reservation = writer.reserve_capture(1000, wait=True)
            assert reservation is not None
            reservation.submit(lambda made=made: made)
        if step in steps:
            made = event(step, [scalar_value("loss/total", session)])
            writer.submit(lambda made=made: made)
        if step == rare:
            made = event(step, [scalar_value("rare", session)])
            writer.submit(lambda made=made: made)
    writer.close()


def _capture(session: int) -> list[Any]:
    lo, hi = np.zeros(1, np.float32), np.full(1, session, np.float32)
    png = encode_atlas(np.zeros((2, 3), np.uint8), lo, hi, 2, 2)
    layer = pb.LayerSeries(name="conv", stats_tag="featuremaps/conv/stats", channels=1)
    stats = pb.StatsSeries(layer_tag="featuremaps/conv", columns=STATS_COLUMNS)
    values = np.full((1, 1, 6), session, np.float32)
    head = value_head("featuremaps/conv", pb.FeatureMapPluginData(layer=layer))
    return [
        PicturesValue(head, (2, 2), [[png]]),
        tensor_value("featuremaps/conv/stats", pb.FeatureMapPluginData(stats=stats), values),
    ]


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("resumed")
    _log(open_writer(str(folder / "run")), range(1, 401), 1, range(0, 401, 50), 380)
    # Resumed from 300, with losses and the rare series less often.
    _log(open_writer(str(folder / "run")), range(310, 401, 10), 2, range(300, 401, 50), 400)
    _log(open_writer(str(folder / "anew")), range(1, 101), 1, range(0, 101, 50), None)
    _log(open_writer(str(folder / "anew")), range(1, 51), 2, range(0, 51, 50), None)
    return folder


@pytest.fixture(scope="module", params=["true", "false"], ids=["data_server", "python"])
def server(request: pytest.FixtureRequest, logdir: pathlib.Path) -> Iterator[TensorBoardServer]:
    every = ("--samples_per_plugin=scalars=1000",)
    with TensorBoardServer(logdir, load_fast=request.param == "true", arguments=every) as running:
        running.wait_for_runs(["run", "anew"])
        yield running


def _scalars(server: TensorBoardServer, run: str, tag: str) -> dict[int, float]:
    query = urllib.parse.urlencode({"run": run, "tag": tag})
    points = server.get_json(f"data/plugin/scalars/scalars?{query}")
    assert len({step for _, step, _ in points}) == len(points)
    return {step: value for _, step, value in points}


def test_a_resumed_run_shows_every_step_once_with_the_newer_value(
    server: TensorBoardServer,
) -> None:
    found = _scalars(server, "run", "loss/total")
    expected = {step: 1.0 for step in range(1, 301)} | {s: 2.0 for s in range(310, 401, 10)}
    assert found == expected
    assert _scalars(server, "run", "rare") == {400: 2.0}


def test_captures_of_a_resumed_run_are_the_newer_ones(server: TensorBoardServer) -> None:
    answer = ask_json(server, "captures", run="run", tag="featuremaps/conv")
    steps = [capture["step"] for capture in answer["captures"]]
    assert steps == [*range(0, 401, 50)]


def test_a_run_begun_anew_shows_nothing_of_the_old_one(server: TensorBoardServer) -> None:
    assert _scalars(server, "anew", "loss/total") == {step: 2.0 for step in range(1, 51)}
    answer = ask_numbers(server, "statistics", run="anew", tag="featuremaps/conv/stats")
    assert answer.arrays["steps"].tolist() == [0, 50]
    assert (answer.arrays["values"] == 2).all()
