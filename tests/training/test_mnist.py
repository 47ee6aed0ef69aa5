"""The IDX reader on files written here, and the convnet that is trained on them."""

import gzip
import pathlib
import struct

import numpy as np
import pytest
from support.logdir import read_run

from training import train
from training.data.images import DataError, Sampling
from training.data.mnist import FASHION, load_mnist, parse_idx
from training.models.mnist_convnet import mnist_convnet


def _idx(array: np.ndarray) -> bytes:
    return (
        bytes((0, 0, 8, array.ndim))
        + struct.pack(f">{array.ndim}I", *array.shape)
        + (array.astype(np.uint8).tobytes())
    )


def _write(folder: pathlib.Path, count: int = 60) -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    arrays = {}
    for part, packed in (("train", True), ("t10k", False)):
        labels = np.arange(count) % 10
        images = random.integers(0, 256, (count, 28, 28))
        for name, array in (("images-idx3", images), ("labels-idx1", labels)):
            path = folder / f"{part}-{name}-ubyte"
            content = _idx(array)
            if packed:
                path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(content))
            else:
                path.write_bytes(content)
            arrays[f"{part}-{name}"] = array
    return arrays


def test_images_and_labels_are_those_of_the_files(tmp_path: pathlib.Path) -> None:
    arrays = _write(tmp_path)
    data = load_mnist(tmp_path, FASHION)
    assert data.class_names[9] == "ankle boot"
    assert data.train_images.shape == (60, 28, 28, 1)
    np.testing.assert_allclose(data.train_images[..., 0] * 255, arrays["train-images-idx3"])
    np.testing.assert_array_equal(data.validation_labels, arrays["t10k-labels-idx1"])


def test_digits_are_not_mirrored(tmp_path: pathlib.Path) -> None:
    _write(tmp_path)
    data = load_mnist(tmp_path)
    sampling = Sampling(batch_size=60, augmentation="flip")
    batches = list(data.train_batches(("main",), sampling, range(1)))
    found = {image.numpy().tobytes() for images, _ in batches for image in images}
    assert found == {image.tobytes() for image in data.train_images}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Received: nothing"),
        (b"<html>not found</html>", "no IDX file"),
        (_idx(np.zeros((2, 3))), "with 3 axes"),
        (_idx(np.zeros((2, 3, 3)))[:-1], "cut short"),
        (_idx(np.zeros((2, 3, 3))) + b"x", "too long"),
    ],
)
def test_what_is_no_idx_file_is_a_clear_error(content: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        parse_idx(content, "train-images-idx3-ubyte", 3)


def test_files_that_do_not_fit_each_other_are_a_clear_error(tmp_path: pathlib.Path) -> None:
    with pytest.raises(DataError, match="--data-dir"):
        load_mnist(tmp_path)
    _write(tmp_path)
    labels = tmp_path / "t10k-labels-idx1-ubyte"
    labels.write_bytes(_idx(np.zeros(59)))
    with pytest.raises(DataError, match="60 images and 59 labels"):
        load_mnist(tmp_path)
    labels.write_bytes(_idx(np.full(60, 11)))
    with pytest.raises(DataError, match="Received: 11"):
        load_mnist(tmp_path)
    labels.unlink()
    packed = gzip.compress(_idx(np.zeros(60)))
    for broken in (b"\x1f\x8b broken", packed[:20], packed[:12] + b"\xff" * 9 + packed[21:]):
        (tmp_path / f"{labels.name}.gz").write_bytes(broken)
        with pytest.raises(DataError, match="Download it again"):
            load_mnist(tmp_path)


def test_the_convnet_has_the_layers_of_the_notes() -> None:
    model = mnist_convnet()
    assert model.count_params() == 3_274_634
    assert model.get_layer("pool1").output.shape == (None, 14, 14, 32)
    assert model.get_layer("pool2").output.shape == (None, 7, 7, 64)


def test_it_trains_and_logs_the_first_pooling_layer(tmp_path: pathlib.Path) -> None:
    _write(tmp_path)
    log_dir = tmp_path / "logs"
    options = ["--model=mnist_convnet", "--dataset=mnist", f"--data-dir={tmp_path}", "--width=0.25"]
    status = train.main([*options, f"--log-dir={log_dir}", "--batch-size=20", "--steps=4"])
    assert status == 0
    run = read_run(log_dir / "train")
    assert sorted(run["featuremaps/pool1"]) == [0, 4]
    assert sorted(run["loss/main/weighted"]) == [1, 2, 3, 4]
