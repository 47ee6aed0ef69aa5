"""The routes on a real logdir, through both of TensorBoard's data ingesters."""

import base64
import json
import pathlib
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import pytest
from support.small_models import IMAGES, targets, two_headed_model
from support.synthetic_runs import write_run
from support.tensorboard_server import TensorBoardServer

from tb_featuremaps import FeatureMaps, LossTerms
from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format.png import decode_atlas
from tb_featuremaps.summary.event_writer import open_writer
from tb_featuremaps.summary.events import event, pictures_value

_CAPTURES = 99


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[pathlib.Path, keras.Model]:
    """A logdir with a run of 100 captures, one of an unknown format, and one that is not ours."""
    logdir = tmp_path_factory.mktemp("logs")
    model = two_headed_model()
    model.fit(
        IMAGES[:32],
        targets(32),
        validation_data=(IMAGES[32:64], targets(32)),
        epochs=_CAPTURES,
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
    value = pictures_value("new", pb.FeatureMapPluginData(layer=pb.LayerSeries()), (1, 1), [b""])
    value.metadata.plugin_data.content = pb.FeatureMapPluginData(version=9).SerializeToString()
    writer = open_writer(str(directory))
    writer.submit(lambda: event(0, [value]))
    writer.close()


@pytest.fixture(scope="module", params=["true", "false"], ids=["data_server", "python"])
def server(
    request: pytest.FixtureRequest, trained: tuple[pathlib.Path, keras.Model]
) -> Iterator[TensorBoardServer]:
    with TensorBoardServer(trained[0], load_fast=request.param == "true") as running:
        running.wait_for_runs(["run 1/train", "run 1/validation"])
        yield running


def _get(server: TensorBoardServer, route: str, **arguments: str) -> Any:
    query = urllib.parse.urlencode(arguments)
    url = f"{server.url}data/plugin/featuremaps/{route}?{query}"
    with urllib.request.urlopen(url) as response:
        content = response.read()
        return json.loads(content) if route != "image" else (response, content)


def test_runs_lists_layers_heads_and_probes(server: TensorBoardServer) -> None:
    answer = _get(server, "runs")
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
    messages = _get(server, "runs")["messages"]
    assert len(messages) == 1
    assert "future: tag new has format version 9" in messages[0]


def test_all_of_a_hundred_captures_are_served(server: TensorBoardServer) -> None:
    steps = _get(server, "steps", run="run 1/train", tag="featuremaps/conv1")["steps"]
    assert [step["step"] for step in steps] == [*range(_CAPTURES + 1)]
    assert all(len(step["blob_keys"]) == 2 for step in steps)


def test_the_last_picture_is_the_activation_of_the_model(
    server: TensorBoardServer, trained: tuple[pathlib.Path, keras.Model]
) -> None:
    steps = _get(server, "steps", run="run 1/train", tag="featuremaps/conv1")["steps"]
    response, png = _get(server, "image", blob_key=steps[-1]["blob_keys"][1])
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
    steps = _get(server, "steps", run="run 1/train", tag="featuremaps/probes")["steps"]
    assert len(steps) == 1
    _, png = _get(server, "image", blob_key=steps[0]["blob_keys"][0])
    assert png.startswith(b"\x89PNG")


def test_stats_are_packed_floats(server: TensorBoardServer) -> None:
    answer = _get(server, "stats", run="run 1/train", tag="featuremaps/conv1/stats")
    assert answer["columns"] == ["min", "max", "mean", "std", "zeros", "nonfinite"]
    last = answer["steps"][-1]
    values = np.frombuffer(base64.b64decode(last["values"]), "<f4").reshape(last["shape"])
    assert values.shape == (2, 8, 6)
    assert (values[..., 0] <= values[..., 2]).all()
    assert (values[..., 2] <= values[..., 1]).all()


def test_outputs_are_probabilities_of_each_head(server: TensorBoardServer) -> None:
    heads = _get(server, "outputs", run="run 1/train")["heads"]
    assert sorted(head["name"] for head in heads) == ["aux1", "main"]
    for head in heads:
        values = np.array([step["values"] for step in head["steps"]])
        assert values.shape == (_CAPTURES + 1, 2, 3)
        np.testing.assert_allclose(values.sum(-1), 1, atol=1e-5)
        assert head["class_names"] == ["a", "b", "c"]


def test_losses_add_up_and_bring_validation_along(server: TensorBoardServer) -> None:
    answer = _get(server, "losses", run="run 1/train")
    by_kind = {(term["kind"], term["output"]): term["points"] for term in answer["terms"]}
    total = np.array([point[2] for point in by_kind["total", None]])
    parts = [by_kind["weighted", "main"], by_kind["weighted", "aux1"], by_kind["penalty", None]]
    summed = sum(np.array([point[2] for point in part]) for part in parts)
    np.testing.assert_allclose(total, summed, rtol=1e-5)
    assert len(total) == _CAPTURES
    assert answer["validation"]["run"] == "run 1/validation"
    assert len(answer["validation"]["terms"]) == len(answer["terms"])


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("steps", 400),
        ("steps?run=run+1/train", 400),
        ("steps?run=nowhere&tag=featuremaps/conv1", 404),
        ("steps?run=run+1/train&tag=nothing", 404),
        ("steps?run=run+1/train&tag=loss/total", 404),
        ("stats?run=run+1/train&tag=featuremaps/conv1", 404),
        ("outputs?run=nowhere", 404),
        ("losses?run=nowhere", 404),
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
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{server.url}data/plugin/featuremaps/{path}")
    with caught.value as error:
        content = error.read().decode()
    assert caught.value.code in (code if isinstance(code, tuple) else (code,))
    assert "\n" not in content
    assert json.loads(content)["error"]


@pytest.mark.parametrize("load_fast", [True, False])
def test_a_run_whose_name_the_data_server_can_not_read_back(
    tmp_path: pathlib.Path, load_fast: bool
) -> None:
    write_run(tmp_path / 'a "quoted" run' / "train", {'layer "x"': (4, 4, 3)})
    run = 'a "quoted" run/train'
    with TensorBoardServer(tmp_path, load_fast=load_fast) as running:
        running.wait_for_runs([run])
        (layer,) = _get(running, "runs")["runs"][0]["layers"]
        assert layer["name"] == 'layer "x"'
        key = _get(running, "steps", run=run, tag=layer["tag"])["steps"][0]["blob_keys"][0]
        if load_fast:
            with pytest.raises(urllib.error.HTTPError) as caught:
                _get(running, "image", blob_key=key)
            with caught.value as error:
                assert "--load_fast=false" in json.loads(error.read())["error"]
        else:
            assert decode_atlas(_get(running, "image", blob_key=key)[1]).values.shape == (4, 4, 3)


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
