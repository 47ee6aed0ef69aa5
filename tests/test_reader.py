"""Logged runs read back in Python and on the command line."""

import pathlib

import keras
import numpy as np
import pytest
from PIL import Image
from support.logdir import read_run, scalars
from support.small_models import IMAGES, targets, two_headed_model

from tb_featuremaps import FeatureMaps, LossTerms
from tb_featuremaps.cli import main
from tb_featuremaps.reader import NotLoggedError, read_logdir


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[pathlib.Path, np.ndarray]:
    """A logdir, and the activation of `block` for the second probe after the last step."""
    logdir = tmp_path_factory.mktemp("logs")
    model = two_headed_model()
    callbacks = [FeatureMaps(logdir / "a", IMAGES[:2]), LossTerms(logdir / "a")]
    model.fit(IMAGES, targets(), epochs=2, batch_size=32, verbose=0, callbacks=callbacks)
    block = keras.Model(model.input, model.get_layer("block").output)
    return logdir, np.asarray(block(IMAGES[:2]))[1]


def test_activations_come_back(trained: tuple[pathlib.Path, np.ndarray]) -> None:
    logs = read_logdir(trained[0])
    assert logs.runs() == ["a/train"]
    assert logs.layers("a/train") == ["conv1", "block"]
    assert logs.steps("a/train", "block") == [0, 4, 8]
    activation = logs.activation("a/train", "block", 8, probe=1)
    span = trained[1].max((0, 1)) - trained[1].min((0, 1))
    assert (np.abs(activation - trained[1]) <= span / 510 + 1e-5).all()


def test_loss_terms_come_back(trained: tuple[pathlib.Path, np.ndarray]) -> None:
    logs = read_logdir(trained[0])
    losses = logs.losses("a/train")
    run = read_run(trained[0] / "a" / "train")
    assert losses.keys() == {tag for tag in run if tag.startswith("loss/")}
    for tag, curve in losses.items():
        np.testing.assert_array_equal(curve.steps, sorted(run[tag]))
        np.testing.assert_allclose(curve.values, scalars(run, tag), rtol=1e-6)
    with pytest.raises(NotLoggedError, match=r"run.*a/train.*'b'"):
        logs.losses("b")


@pytest.mark.parametrize(
    ("where", "message"),
    [
        (("b", "block", 8, 0), "run.*a/train"),
        (("a/train", "bloc", 8, 0), "layer.*conv1"),
        (("a/train", "block", 7, 0), r"step.*\[0, 4, 8\]"),
        (("a/train", "block", 8, 2), r"probe.*\[0, 1\]"),
    ],
)
def test_what_was_not_logged_lists_what_was(
    trained: tuple[pathlib.Path, np.ndarray], where: tuple[str, str, int, int], message: str
) -> None:
    with pytest.raises(NotLoggedError, match=message):
        read_logdir(trained[0]).activation(*where)


def test_the_command_lists_and_exports(
    trained: tuple[pathlib.Path, np.ndarray],
    tmp_path: pathlib.Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["list", str(trained[0])]) == 0
    assert "block: 3 captures, steps 0 to 8" in capsys.readouterr().out
    export = ["export", str(trained[0]), "--run=a/train", "--layer=block", f"--out={tmp_path}"]
    assert main([*export, "--probe=1"]) == 0
    values = np.load(tmp_path / "values.npy")
    assert values.shape == trained[1].shape
    picture = np.asarray(Image.open(tmp_path / "channel_0003.png"))
    assert picture.shape == values.shape[:2]
    assert np.unravel_index(picture.argmax(), picture.shape) == np.unravel_index(
        trained[1][..., 3].argmax(), picture.shape
    )


@pytest.mark.parametrize(
    "arguments", [["list", "/nowhere"], ["export", ".", "--run=x", "--layer=y", "--out=z"]]
)
def test_the_command_says_what_is_missing(
    arguments: list[str], tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [str(tmp_path) if argument == "." else argument for argument in arguments]
    assert main(arguments) == 1
    assert "error: Expected" in capsys.readouterr().err
