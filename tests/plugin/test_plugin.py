"""The routes on a real logdir, through both of TensorBoard's data ingesters."""

import json
import pathlib
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import pytest
from support.plugin_client import Refused, ask, ask_json, ask_numbers, ask_path
from support.small_models import IMAGES, targets, two_headed_model
from support.synthetic_runs import write_run
from support.tensorboard_server import TensorBoardServer

from tb_featuremaps import FeatureMaps, LossTerms
from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format.metadata import create_summary_metadata
from tb_featuremaps.format.png import decode_atlas
from tb_featuremaps.summary.event_writer import open_writer
from tb_featuremaps.summary.large_event import LargeEvent, PicturesValue, ValueHead

_EPOCHS, _BATCHES = 3, 33
_CAPTURES = _EPOCHS * _BATCHES
_RUN = "run 1/train"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[pathlib.Path, keras.Model]:
    """A logdir with a run of 100 captures, one of an unknown format, and one that is not ours."""
    logdir = tmp_path_factory.mktemp("logs")
    model = two_headed_model()
    model.fit(
        np.tile(IMAGES[:32], (_BATCHES, 1, 1, 1)),
        {head: np.tile(labels, _BATCHES) for head, labels in targets(32).items()},
        validation_data=(IMAGES[32:64], targets(32)),
        epochs=_EPOCHS,
        batch_size=32,
        verbose=0,
        callbacks=[
            FeatureMaps(
                logdir / "run 1", IMAGES[:2], every=1, labels=[0, 2], class_names=["a", "b", "c"]
            ),
            LossTerms(logdir / "run 1"),
            keras.callbacks.TensorBoard(logdir / "other"),
        ],
    )
    _write_unknown_format(logdir / "future")
    return logdir, model


def _write_unknown_format(directory: pathlib.Path) -> None:
    metadata = create_summary_metadata(pb.FeatureMapPluginData(layer=pb.LayerSeries()))
    metadata.plugin_data.content = pb.FeatureMapPluginData(version=9).SerializeToString()
    value = PicturesValue(ValueHead("new", metadata), (1, 1), [[b""]])
    writer = open_writer(str(directory))
    writer.submit(lambda: LargeEvent(0, [value]))
    writer.close()


@pytest.fixture(scope="module", params=["true", "false"], ids=["data_server", "python"])
def server(
    request: pytest.FixtureRequest, trained: tuple[pathlib.Path, keras.Model]
) -> Iterator[TensorBoardServer]:
    fast = request.param == "true"
    with TensorBoardServer(trained[0], load_fast=fast, tensorflow=True) as running:
        running.wait_for_runs(["run 1/train", "run 1/validation"])
        yield running


def _captures(server: TensorBoardServer, tag: str) -> list[dict[str, Any]]:
    captures: list[dict[str, Any]] = ask_json(server, "captures", run=_RUN, tag=tag)["captures"]
    return captures


def test_runs_lists_layers_heads_and_probes(server: TensorBoardServer) -> None:
    answer = ask_json(server, "runs")
    train, validation = answer["runs"]
    assert (train["name"], validation["name"]) == ("run 1/train", "run 1/validation")
    assert [layer["name"] for layer in train["layers"]] == ["conv1", "block"]
    conv = train["layers"][0]
    assert (conv["shape"], conv["channels"], conv["class_name"]) == ([14, 14, 8], 8, "Conv2D")
    assert conv["last_step"] == _CAPTURES
    heads = {head["name"]: (head["role"], head["weight"]) for head in train["heads"]}
    assert heads == {"main": ("main", 1.0), "aux1": ("auxiliary", 0.3)}
    probes = train["probes"]
    assert (probes["tag"], probes["count"]) == ("featuremaps/probes", 2)
    assert probes["labels"] == ["a", "c"]
    assert train["has_losses"]
    assert train["validation_run"] == "run 1/validation"
    assert not validation["layers"]


def test_an_unknown_format_is_a_message_and_not_a_crash(server: TensorBoardServer) -> None:
    messages = ask_json(server, "runs")["messages"]
    assert len(messages) == 1
    assert "future: tag new has format version 9" in messages[0]


def test_all_of_a_hundred_captures_are_served(server: TensorBoardServer) -> None:
    captures = _captures(server, "featuremaps/conv1")
    assert [capture["step"] for capture in captures] == [*range(_CAPTURES + 1)]
    assert all(len(capture["blob_keys"]) == 2 for capture in captures)


def test_the_last_picture_is_the_activation_of_the_model(
    server: TensorBoardServer, trained: tuple[pathlib.Path, keras.Model]
) -> None:
    key = _captures(server, "featuremaps/conv1")[-1]["blob_keys"][1]
    url = f"{server.url}data/plugin/featuremaps/image?blob_key={key}"
    with urllib.request.urlopen(url) as response:
        png = response.read()
    assert response.headers["Content-Type"] == "image/png"
    assert "immutable" in response.headers["Cache-Control"]
    model = trained[1]
    expected = keras.Model(model.input, model.get_layer("conv1").output)(IMAGES[1:2])
    atlas = decode_atlas(png)
    np.testing.assert_array_less(
        np.abs(atlas.values - np.asarray(expected)[0]),
        np.broadcast_to((atlas.hi - atlas.lo) / 510 + 1e-5, atlas.values.shape),
    )


def test_the_probe_is_the_picture_that_was_given(server: TensorBoardServer) -> None:
    captures = _captures(server, "featuremaps/probes")
    assert len(captures) == 1
    png = ask(server, "image", blob_key=captures[0]["blob_keys"][0])
    assert isinstance(png, bytes) and png.startswith(b"\x89PNG")


def test_statistics_are_those_of_each_channel(server: TensorBoardServer) -> None:
    answer = ask_numbers(server, "statistics", run=_RUN, tag="featuremaps/conv1/stats")
    assert answer.header["columns"] == ["min", "max", "mean", "std", "zeros", "nonfinite"]
    values = answer.arrays["values"]
    assert values.shape == (_CAPTURES + 1, 2, 8, 6)
    assert (values[..., 0] <= values[..., 2]).all()
    assert (values[..., 2] <= values[..., 1]).all()


def test_the_last_predictions_are_those_of_the_model(
    server: TensorBoardServer, trained: tuple[pathlib.Path, keras.Model]
) -> None:
    answer = ask_numbers(server, "predictions", run=_RUN)
    heads = answer.header["heads"]
    assert sorted(head["name"] for head in heads) == ["aux1", "main"]
    predicted = trained[1].predict(IMAGES[:2], verbose=0)
    for index, head in enumerate(heads):
        assert head["class_names"] == ["a", "b", "c"]
        top, classes = (answer.arrays[f"{index}/top_{name}"] for name in ("values", "classes"))
        assert top.shape == (_CAPTURES + 1, 2, 5)
        np.testing.assert_array_equal(classes[..., 3:], -1)
        expected = -np.sort(-predicted[head["name"]])
        np.testing.assert_allclose(top[-1, :, :3], expected, atol=1e-5)
        np.testing.assert_array_equal(answer.arrays[f"{index}/true_class"], [0, 2])


def test_losses_add_up_and_validation_is_a_run_of_its_own(server: TensorBoardServer) -> None:
    answer = ask_numbers(server, "loss_terms", run=_RUN)
    by_kind = {
        (term["kind"], term["output"]): answer.arrays[f"{term['group']}/values"][term["row"]]
        for term in answer.header["terms"]
    }
    parts = [by_kind["weighted", "main"], by_kind["weighted", "aux1"], by_kind["penalty", None]]
    np.testing.assert_allclose(by_kind["total", None], sum(parts), rtol=1e-5)
    assert len(by_kind["total", None]) == _CAPTURES
    validation = ask_numbers(server, "loss_terms", run="run 1/validation")
    assert len(validation.header["terms"]) == len(answer.header["terms"])


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("captures", 400),
        ("captures?run=run+1/train", 400),
        ("captures?run=nowhere&tag=featuremaps/conv1", 404),
        ("captures?run=run+1/train&tag=nothing", 404),
        ("captures?run=run+1/train&tag=loss/total", 404),
        ("statistics?run=run+1/train&tag=featuremaps/conv1", 404),
        ("predictions?run=nowhere", 404),
        ("loss_terms?run=nowhere", 404),
        ("image", 400),
        ("image?blob_key=garbage", (400, 404)),
        ("image?blob_key=%E2%82%AC", (400, 404)),
        ("image?blob_key=WyIiLCJpbWFnZXMiLCJhIiwiYiIsMCwwXQ", (400, 404)),
        ("static/../plugin.py", 404),
        ("static/nothing.js", 404),
    ],
)
def test_bad_requests_are_answered_with_one_line_of_json(
    server: TensorBoardServer, path: str, code: Any
) -> None:
    answer = ask_path(server, path)
    assert isinstance(answer, Refused)
    assert answer.code in (code if isinstance(code, tuple) else (code,))
    assert answer.message


@pytest.mark.parametrize("load_fast", [True, False])
def test_a_run_whose_name_the_data_server_can_not_read_back(
    tmp_path: pathlib.Path, load_fast: bool
) -> None:
    write_run(tmp_path / 'a "quoted" run' / "train", {'layer "x"': (4, 4, 3)})
    run = 'a "quoted" run/train'
    with TensorBoardServer(tmp_path, load_fast=load_fast) as running:
        running.wait_for_runs([run])
        (layer,) = ask_json(running, "runs")["runs"][0]["layers"]
        assert layer["name"] == 'layer "x"'
        captures = ask_json(running, "captures", run=run, tag=layer["tag"])["captures"]
        answer = ask(running, "image", blob_key=captures[0]["blob_keys"][0])
        if load_fast:
            assert isinstance(answer, Refused)
            assert "--load_fast=false" in answer.message
        else:
            assert isinstance(answer, bytes)
            assert decode_atlas(answer).values.shape == (4, 4, 3)


def test_only_get_is_answered(server: TensorBoardServer) -> None:
    request = urllib.request.Request(f"{server.url}data/plugin/featuremaps/runs", method="POST")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    caught.value.close()
    assert caught.value.code == 405


def test_the_stock_tabs_see_losses_and_images(server: TensorBoardServer) -> None:
    with urllib.request.urlopen(f"{server.url}data/plugin/scalars/tags") as response:
        assert "loss/aux1/weighted" in json.load(response)["run 1/train"]
    with urllib.request.urlopen(f"{server.url}data/plugin/images/tags") as response:
        assert "activations/conv1" in json.load(response)["run 1/train"]
    with urllib.request.urlopen(f"{server.url}data/plugins_listing") as response:
        listing = json.load(response)["featuremaps"]
    assert (listing["enabled"], listing["tab_name"]) == (True, "Feature Maps")
