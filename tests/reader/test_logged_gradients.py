"""Gradients and attributions of a real run, read back in Python."""

import pathlib

import numpy as np
import pytest
from support.logdir import read_run
from support.small_models import IMAGES, targets, two_headed_model

from tb_featuremaps import FeatureMaps, GradientTerms
from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format.metadata import parse_plugin_data
from tb_featuremaps.reader import DamagedSeriesError, NotLoggedError, read_logdir
from tb_featuremaps.reader.logged_gradients import shares
from tb_featuremaps.summary.event_writer import open_writer
from tb_featuremaps.summary.events import event, tensor_value

_RUN = "a/train"


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    logdir = tmp_path_factory.mktemp("logs")
    maps = FeatureMaps(logdir / "a", IMAGES[:2], labels=[0, 2], attributions=True, every=2)
    gradients = GradientTerms(logdir / "a", IMAGES[:8], targets(8), every=2)
    fit = {"batch_size": 50, "epochs": 2, "verbose": 0}
    two_headed_model().fit(IMAGES, targets(), callbacks=[maps, gradients], **fit)
    two_headed_model().fit(IMAGES, targets(), callbacks=[FeatureMaps(logdir / "b", IMAGES)], **fit)
    return logdir


def test_gradients_come_back_with_their_shares(logdir: pathlib.Path) -> None:
    run = read_run(logdir / _RUN)
    found = read_logdir(logdir).gradients(_RUN)
    for series, tag in (
        (found.activations, "featuremaps/gradients"),
        (found.kernels, "featuremaps/gradients/kernels"),
    ):
        assert series is not None
        assert series.values.steps.tolist() == [0, 2, 4]
        assert sorted(series.terms) == ["aux1", "main", "penalty"]
        logged = run[tag][2].astype(np.float64)
        np.testing.assert_array_equal(series.norms(2), logged[..., 0])
        np.testing.assert_array_equal(series.cosines(2), logged[..., 1])
        np.testing.assert_allclose(
            series.shares(2), logged[..., 0] / logged[..., 0].sum(axis=1, keepdims=True), rtol=1e-6
        )
    assert found.activations is not None
    assert found.activations.layers == ("conv1", "block")
    assert found.kernels is not None and found.updates is not None
    assert found.updates.layers == found.kernels.layers
    np.testing.assert_array_equal(
        found.updates.values.at(4), run["featuremaps/gradients/updates"][4]
    )
    with pytest.raises(NotLoggedError, match=r"step.*\[0, 2, 4\]"):
        found.activations.norms(3)


def test_channels_come_back_by_layer(logdir: pathlib.Path) -> None:
    run = read_run(logdir / _RUN)
    logs = read_logdir(logdir)
    channels = logs.gradients(_RUN).channels
    assert list(channels) == ["conv1", "block"]
    logged = run["featuremaps/block/gradients"][4]
    np.testing.assert_array_equal(channels["block"].values.at(4), logged)
    assert sorted(channels["block"].terms) == ["aux1", "main", "penalty"]
    owed = logs.attributions(_RUN)["block"]
    assert (owed.heads, owed.classes) == (("aux1", "main"), ((0, 2), (0, 2)))
    np.testing.assert_array_equal(owed.values.at(0), run["featuremaps/block/attributions"][0])


def test_a_run_without_gradients_has_none(logdir: pathlib.Path) -> None:
    logs = read_logdir(logdir)
    found = logs.gradients("b/train")
    assert (found.activations, found.kernels, found.updates, found.channels) == (None,) * 3 + ({},)
    assert logs.attributions("b/train") == {}
    with pytest.raises(NotLoggedError, match="run"):
        logs.gradients("c")


def test_shares_of_nothing_are_not_a_number() -> None:
    norms = np.array([[1, 3], [0, 0], [np.inf, 1]], np.float32)
    np.testing.assert_array_equal(shares(norms), [[0.25, 0.75], [np.nan] * 2, [np.nan] * 2])


def _write(directory: pathlib.Path, columns: list[str], values: np.ndarray) -> None:
    series = pb.GradientSeries(
        place=pb.GradientSeries.ACTIVATIONS,
        layers=["a"],
        terms=[pb.GradientTerm(name="main")],
        columns=columns,
    )
    data = pb.FeatureMapPluginData(gradients=series)
    value = tensor_value("featuremaps/gradients", data, values)
    assert parse_plugin_data(value.metadata.plugin_data.content).HasField("gradients")
    writer = open_writer(str(directory))
    writer.submit(lambda: event(1, [value]))
    writer.close()


def test_what_is_not_understood_or_damaged_is_said(tmp_path: pathlib.Path) -> None:
    _write(tmp_path / "newer", ["norm", "angle"], np.zeros((1, 1, 2), np.float32))
    _write(tmp_path / "damaged", ["norm", "cosine"], np.zeros((2, 1, 2), np.float32))
    logs = read_logdir(tmp_path)
    assert logs.gradients("newer").activations is None
    (message,) = logs.messages
    assert message.startswith("newer: ") and "'angle'" in message
    damaged = logs.gradients("damaged").activations
    assert damaged is not None
    with pytest.raises(DamagedSeriesError, match=r"\[1, 1, 2\].*\[2, 1, 2\]"):
        damaged.norms(1)
