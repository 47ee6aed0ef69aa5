"""Each channel of a layer as an image file, from a checkpoint of another process."""

import pathlib

import keras
import numpy as np
import pytest
from PIL import Image

from training import visualize
from training.checkpoint import load
from training.data.photos import load_photos
from training.models.googlenet import googlenet


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    keras.utils.set_random_seed(0)
    path = tmp_path_factory.mktemp("saved") / "model.keras"
    googlenet((32, 32, 3), 10, width=0.125, normalization="local_response").save(path)
    return path


def test_the_files_are_the_maps(checkpoint: pathlib.Path, tmp_path: pathlib.Path) -> None:
    options = [f"--checkpoint={checkpoint}", "--layer=conv2", f"--out={tmp_path}", "--probe=3"]
    assert visualize.main(options) == 0
    model = load(checkpoint)
    image = load_photos(32, seed=0).validation_images[3]
    maps = visualize.activation(model, "conv2", image)
    assert len(list((tmp_path / "scaled").iterdir())) == maps.shape[-1]
    for channel in (0, maps.shape[-1] - 1):
        values = maps[..., channel]
        with Image.open(tmp_path / "scaled" / f"channel_{channel:03d}.png") as picture:
            span = float(np.ptp(values)) or 1.0
            np.testing.assert_allclose(
                np.asarray(picture), (values - values.min()) / span * 255, atol=1
            )
        with Image.open(tmp_path / "clipped" / f"channel_{channel:03d}.png") as picture:
            np.testing.assert_allclose(np.asarray(picture), np.clip(values, 0, 1) * 255, atol=1)


def test_the_overview_shows_both_side_by_side() -> None:
    maps = np.random.default_rng(0).uniform(-1, 3, (16, 16, 5)).astype(np.float32)
    picture = np.asarray(visualize.overview(maps))
    half = (picture.shape[1] - 16) // 2
    assert picture.shape == (2 * 68, 2 * half + 16)
    for left, pictures in ((0, visualize.scaled(maps)), (half + 16, visualize.clipped(maps))):
        fourth = picture[68 : 68 + 64 : 4, left : left + 64 : 4]
        np.testing.assert_array_equal(fourth, pictures[..., 3])


def test_clipping_loses_what_scaling_keeps() -> None:
    maps = np.linspace(0, 8, 64, dtype=np.float32).reshape(8, 8, 1)
    assert len(np.unique(visualize.scaled(maps))) == 64
    assert len(np.unique(visualize.clipped(maps))) < 12


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--layer=conv9"], "'conv9'"),
        (["--layer=main"], "layer of maps"),
        (["--layer=conv1", "--probe=100000"], "probe within"),
        (["--layer=conv1", "--checkpoint=nothing.keras"], "does not exist"),
        (["--layer=conv1", "--out=/dev/null/maps"], "/dev/null"),
    ],
)
def test_bad_options_are_clear_errors(
    checkpoint: pathlib.Path,
    tmp_path: pathlib.Path,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    message: str,
) -> None:
    assert visualize.main([f"--checkpoint={checkpoint}", f"--out={tmp_path}", *options]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert message in error


@pytest.mark.parametrize("cut", [0, 100, 5000])
def test_a_damaged_checkpoint_is_a_clear_error(
    checkpoint: pathlib.Path, tmp_path: pathlib.Path, cut: int
) -> None:
    path = tmp_path / "cut.keras"
    path.write_bytes(checkpoint.read_bytes()[:cut])
    with pytest.raises(ValueError, match=r"cut\.keras is damaged or no Keras model"):
        load(path)
