"""The routes of gradients and attributions on a real logdir."""

import pathlib
from collections.abc import Iterator

import numpy as np
import pytest
from support.logdir import read_run
from support.plugin_client import Refused, ask, ask_json, ask_numbers
from support.small_models import IMAGES, targets, two_headed_model
from support.tensorboard_server import TensorBoardServer

from tb_featuremaps import FeatureMaps, GradientTerms, LossTerms

_RUN = "a/train"


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    logdir = tmp_path_factory.mktemp("logs")
    maps = FeatureMaps(logdir / "a", IMAGES[:2], labels=[0, 2], every=2, attributions=True)
    gradients = GradientTerms(logdir / "a", IMAGES[:8], targets(8), every=2)
    fit = {"batch_size": 50, "epochs": 2, "verbose": 0}
    two_headed_model().fit(IMAGES, targets(), callbacks=[maps, gradients], **fit)
    two_headed_model().fit(IMAGES, targets(), callbacks=[LossTerms(logdir / "b")], **fit)
    return logdir


@pytest.fixture(scope="module")
def server(logdir: pathlib.Path) -> Iterator[TensorBoardServer]:
    with TensorBoardServer(logdir, load_fast=False, tensorflow=False) as running:
        yield running


def test_the_runs_say_what_was_logged(server: TensorBoardServer) -> None:
    runs = {run["name"]: run for run in ask_json(server, "runs")["runs"]}
    assert runs[_RUN]["has_gradients"]
    assert not runs["b/train"]["has_gradients"]
    layer = next(layer for layer in runs[_RUN]["layers"] if layer["name"] == "block")
    assert layer["gradients_tag"] == "featuremaps/block/gradients"
    assert layer["attributions_tag"] == "featuremaps/block/attributions"


def test_gradients_are_those_of_the_log(server: TensorBoardServer, logdir: pathlib.Path) -> None:
    logged = read_run(logdir / _RUN)
    answer = ask_numbers(server, "gradients", run=_RUN)
    assert answer.header["messages"] == []
    places = [series["place"] for series in answer.header["series"]]
    assert sorted(places) == ["activations", "kernels", "updates"]
    for index, series in enumerate(answer.header["series"]):
        expected = np.stack([logged[series["tag"]][step] for step in (0, 2, 4)])
        np.testing.assert_array_equal(answer.arrays[f"{index}/values"], expected)
        np.testing.assert_array_equal(answer.arrays[f"{index}/steps"], [0, 2, 4])
        if series["place"] != "updates":
            names = [(term["name"], term["kind"], term["role"]) for term in series["terms"]]
            assert names == [
                ("aux1", "output", "auxiliary"),
                ("main", "output", "main"),
                ("penalty", "penalty", None),
            ] or names == [
                ("main", "output", "main"),
                ("aux1", "output", "auxiliary"),
                ("penalty", "penalty", None),
            ]
    again = ask_numbers(server, "gradients", run=_RUN, since=answer.header["version"])
    assert not again.header["reset"]
    assert all(len(again.arrays[f"{index}/steps"]) == 0 for index in range(3))


@pytest.mark.parametrize("kind", ["gradients", "attributions"])
def test_channels_are_those_of_the_log(
    server: TensorBoardServer, logdir: pathlib.Path, kind: str
) -> None:
    tag = f"featuremaps/block/{kind}"
    route = "channel_gradients" if kind == "gradients" else kind
    answer = ask_numbers(server, route, run=_RUN, tag=tag)
    logged = read_run(logdir / _RUN)[tag]
    np.testing.assert_array_equal(answer.arrays["values"], np.stack(list(logged.values())))
    assert answer.header["layer"] == "block"
    if kind == "attributions":
        assert [head["name"] for head in answer.header["heads"]] == ["aux1", "main"]
        assert answer.header["heads"][0]["classes"] == [0, 2]


def test_what_is_not_there_is_said(server: TensorBoardServer) -> None:
    none = ask(server, "gradients", run="b/train")
    assert isinstance(none, Refused)
    assert none.code == 404
    wrong = ask(server, "attributions", run=_RUN, tag="featuremaps/gradients")
    assert isinstance(wrong, Refused)
    assert wrong.code == 404
