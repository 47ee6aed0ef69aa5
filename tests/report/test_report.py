"""A report holds what the routes of a real TensorBoard answer, within its size."""

import itertools
import json
import os
import pathlib
from collections.abc import Iterator
from typing import Any

import pytest
from support.hostile_runs import write_hostile_runs
from support.plugin_client import ask, ask_json, unpack
from support.report_file import PAGE_BYTES, ReportFile, share_of
from support.small_models import IMAGES, targets, two_headed_model
from support.synthetic_runs import smooth_maps, write_run
from support.tensorboard_server import TensorBoardServer
from tensorboard.plugins.base_plugin import TBContext

from tb_featuremaps import FeatureMaps, GradientTerms, LossTerms
from tb_featuremaps.export.selection import Selection, Steps
from tb_featuremaps.plugin.plugin import FeatureMapsPlugin
from tb_featuremaps.reader import NotLoggedError, read_logdir
from tb_featuremaps.report import choosing
from tb_featuremaps.report.errors import TooLargeError
from tb_featuremaps.report.report import Report, write_report

_RUN = "a/train"
_OTHERS = {"runs", "captures", "image"}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    logdir = tmp_path_factory.mktemp("trained")
    callbacks = [
        FeatureMaps(logdir / "a", IMAGES[:2], labels=[0, 2], attributions=True, every=2),
        GradientTerms(logdir / "a", IMAGES[:8], targets(8), every=2),
        LossTerms(logdir / "a"),
    ]
    validation = (IMAGES, targets())
    two_headed_model().fit(
        IMAGES,
        targets(),
        validation_data=validation,
        callbacks=callbacks,
        batch_size=50,
        epochs=2,
        verbose=0,
    )
    return logdir


@pytest.fixture(scope="module")
def server(trained: pathlib.Path) -> Iterator[TensorBoardServer]:
    everything = ("--featuremaps_samples=0", "--samples_per_plugin=scalars=0")
    server = TensorBoardServer(trained, load_fast=False, tensorflow=False, arguments=everything)
    with server as running:
        running.wait_for_runs([_RUN, "a/validation"])
        yield running


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Two runs of 40 and 4 captures, each of about 16 kB, of two probes."""
    logdir = tmp_path_factory.mktemp("long")
    layers = {"conv1": (24, 24, 16), "conv2": (3, 3, 4)}
    for name, count in (("long", 40), ("short", 4)):
        write_run(
            logdir / name,
            layers,
            range(0, 10 * count, 10),
            labels=["cat", "dog"],
            loss_points=30,
            classes=5,
            maps=smooth_maps,
        )
    return logdir


def _report(
    logdir: pathlib.Path, path: pathlib.Path, most: int = 10**8, **chosen: Any
) -> tuple[Report, ReportFile]:
    selection = Selection(**{"runs": ["*"], "layers": ["*"], **chosen})
    report = write_report(read_logdir(logdir, cache=False), selection, path, most)
    assert report.size == path.stat().st_size
    return report, ReportFile(path)


def _steps(report: ReportFile, run: str, layer: str) -> list[int]:
    answer = report.json("captures", run=run, tag=f"featuremaps/{layer}")
    return [capture["step"] for capture in answer["captures"]]


def test_its_answers_are_those_of_the_routes(
    trained: pathlib.Path, server: TensorBoardServer, tmp_path: pathlib.Path
) -> None:
    made, report = _report(trained, tmp_path / "report.html")
    assert made.messages == []
    asked = {answer["route"] for answer in report.listed["answers"]}
    routes = {path.strip("/") for path in FeatureMapsPlugin(TBContext()).get_plugin_apps()}
    assert asked == (routes - {"static/*"}) | {"../../runs"}
    for route in sorted(routes & asked - _OTHERS):
        for query in report.asked(route):
            assert report.answer(route, **query) == ask(server, route, **query), (route, query)
    assert len(report.asked("statistics")) == len(report.asked("attributions")) == 2
    for query in report.asked("captures"):
        here, there = report.json("captures", **query), ask_json(server, "captures", **query)
        pairs = list(zip(here["captures"], there["captures"], strict=True))
        assert pairs and here["all_kept"] and there["all_kept"]
        for reported, served in pairs:
            assert (reported["step"], reported["wall_time"]) == (
                served["step"],
                served["wall_time"],
            )
            for own, theirs in zip(reported["blob_keys"], served["blob_keys"], strict=True):
                assert report.answer("image", blob_key=own) == ask(server, "image", blob_key=theirs)


def test_its_runs_are_those_of_the_routes(
    trained: pathlib.Path, server: TensorBoardServer, tmp_path: pathlib.Path
) -> None:
    _, report = _report(trained, tmp_path / "report.html")
    here, there = report.json("runs"), ask_json(server, "runs")
    assert report.json("../../runs") == [_RUN, "a/validation"]
    for reported, served in zip(here["runs"], there["runs"], strict=True):
        unlike = {"version", "start_time", "last_wall_time"}
        assert {k: v for k, v in reported.items() if k not in unlike} == {
            k: v for k, v in served.items() if k not in unlike
        }
    assert here["messages"] == there["messages"] == []


def test_captures_are_thinned_evenly_until_it_fits_and_that_is_said(
    long: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    _, everything = _report(long, tmp_path / "whole.html")
    assert _steps(everything, "long", "conv1") == [*range(0, 400, 10)]
    most = share_of(tmp_path / "whole.html", 0.3)
    made, report = _report(long, tmp_path / "report.html", most)
    assert 0.8 * most < made.size <= most
    steps = _steps(report, "long", "conv1")
    assert (steps[0], steps[-1]) == (0, 390)
    gaps = {after - before for before, after in itertools.pairwise(steps)}
    assert max(gaps) - min(gaps) <= 10
    assert _steps(report, "long", "conv2") == steps
    stats = unpack(report.answer("statistics", run="long", tag="featuremaps/conv1/stats"))
    assert stats.arrays["steps"].tolist() == steps
    assert not stats.header["all_kept"]
    assert [query["step"] for query in report.asked("output") if query["run"] == "long"] == [
        str(step) for step in steps
    ]
    few = _steps(report, "short", "conv1")
    assert (few[0], few[-1]) == (0, 30)
    losses = unpack(report.answer("loss_terms", run="long"))
    assert len(losses.arrays["0/steps"]) == 30
    said = next(text for text in made.messages if text.startswith("long: "))
    assert f"{len(steps)} of 40 captures" in said
    assert report.json("runs")["messages"] == made.messages


def test_of_many_runs_one_sentence_says_what_was_left_out(tmp_path: pathlib.Path) -> None:
    for number in range(7):
        write_run(tmp_path / "logs" / f"run{number}", {"conv1": (24, 24, 16)}, range(6))
    _report(tmp_path / "logs", tmp_path / "whole.html")
    most = share_of(tmp_path / "whole.html", 0.7)
    made, report = _report(tmp_path / "logs", tmp_path / "report.html", most)
    now = sum(len(_steps(report, f"run{number}", "conv1")) for number in range(7))
    (message,) = made.messages
    assert message.startswith(f"7 runs: to keep this report small, {now} of 42 captures")


def test_what_does_not_fit_is_an_error_and_leaves_no_file(
    long: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    path = tmp_path / "report.html"
    path.write_text("before")
    for most, said in (
        (PAGE_BYTES + 20_000, "even with the first and the last"),
        (1000, "the tab itself"),
    ):
        with pytest.raises(TooLargeError, match=said):
            _report(long, path, most)
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]
    assert path.read_text() == "before"


def test_runs_layers_and_steps_are_chosen(long: pathlib.Path, tmp_path: pathlib.Path) -> None:
    _, report = _report(
        long, tmp_path / "report.html", runs=["sh*"], layers=["conv2"], steps=Steps("10:20")
    )
    (run,) = report.json("runs")["runs"]
    assert (run["name"], [layer["name"] for layer in run["layers"]]) == ("short", ["conv2"])
    assert run["layers"][0]["last_step"] == 20
    assert report.json("../../runs") == ["short"]
    assert _steps(report, "short", "conv2") == [10, 20]
    answer = report.json("captures", run="short", tag="featuremaps/conv2")
    assert not answer["all_kept"]  # more were written
    assert len(report.asked("image")) == 2 * 2 + 2  # two probes, and their own pictures
    assert "long" not in (tmp_path / "report.html").read_text().split("</script>", 1)[1]
    wrongs: dict[str, Any] = {"runs": ["x"], "layers": ["x"], "steps": Steps("5")}
    for kind, wrong in wrongs.items():
        with pytest.raises(NotLoggedError, match="Received"):
            _report(long, tmp_path / "other.html", **{kind: wrong})
    with pytest.raises(NotLoggedError, match="without any"):
        _report(tmp_path, tmp_path / "other.html")


def test_names_end_no_element(tmp_path: pathlib.Path) -> None:
    name = '<!-- <script> & "日'
    logdir = tmp_path / "logs"
    layer = "</script><script>alert(1)</script>"
    write_run(logdir / name, {layer: (4, 4, 2)}, (0, 1), labels=["</title>"])
    _, report = _report(logdir, tmp_path / "report.html")
    (run,) = report.json("runs")["runs"]
    assert (run["name"], run["layers"][0]["name"]) == (name, layer)
    assert run["probes"]["labels"] == ["</title>"]
    assert report.title == f"Feature Maps: {name}"
    kinds = {kind for kind, _ in report.scripts.values()}
    assert kinds == {"module", "text/plain", "application/json"}
    assert [*report.scripts].count("None") == 1  # the tab's own script
    bodies = {name for name in report.scripts if name.startswith("featuremaps-answers-")}
    assert len(bodies) == len(report.listed["answers"])


def test_a_run_whose_name_is_no_text_is_an_error(tmp_path: pathlib.Path) -> None:
    for name in (os.fsdecode(b"\xff"), "text"):
        write_run(tmp_path / "logs" / name, {"conv1": (4, 4, 2)})
    with pytest.raises(NotLoggedError, match="Rename its folder"):
        _report(tmp_path / "logs", tmp_path / "report.html")
    _, report = _report(tmp_path / "logs", tmp_path / "report.html", runs=["text"])
    assert report.json("../../runs") == ["text"]


def test_many_points_of_losses_are_spread_and_that_is_said(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_run(tmp_path / "logs" / "run", {}, (), loss_points=150)
    monkeypatch.setattr(choosing, "_MOST_POINTS", 50)
    made, report = _report(tmp_path / "logs", tmp_path / "report.html")
    loss_terms = unpack(report.answer("loss_terms", run="run"))
    steps = loss_terms.arrays["0/steps"]
    assert (len(steps), steps[0], steps[-1]) == (50, 0, 149)
    assert not loss_terms.header["groups"][0]["all_kept"]
    assert made.messages == ["run: of 150 points of the loss terms 50 are here, evenly spread."]


def test_what_is_damaged_costs_only_itself(tmp_path: pathlib.Path) -> None:
    write_hostile_runs(tmp_path / "logs")
    _, report = _report(tmp_path / "logs", tmp_path / "report.html")
    errors = [answer["error"] for answer in report.listed["answers"] if "error" in answer]
    assert len(errors) > 10
    assert all(error and "\n" not in error for error in errors)
    assert json.dumps(report.json("runs"))
