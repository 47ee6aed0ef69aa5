"""The data sets, by name."""

import pathlib
from collections.abc import Callable

from training.data.cifar10 import load_cifar10
from training.data.images import LabelledImages
from training.data.mnist import FASHION, load_mnist
from training.data.photos import load_photos, load_scaled_photos

DATASETS: dict[str, Callable[[pathlib.Path, int, int], LabelledImages]] = {
    "photos": lambda _, image_size, seed: load_photos(image_size, seed=seed),
    "scaled_photos": lambda _, image_size, seed: load_scaled_photos(image_size, seed=seed),
    "cifar10": lambda data_dir, *_: load_cifar10(data_dir),
    "mnist": lambda data_dir, *_: load_mnist(data_dir),
    "fashion_mnist": lambda data_dir, *_: load_mnist(data_dir, FASHION),
}


def load_dataset(
    name: str, data_dir: pathlib.Path, image_size: int = 32, seed: int = 0
) -> LabelledImages:
    """Loads a data set.

    Args:
        name: a key of `DATASETS`.
        data_dir: folder of the files of those that are not embedded.
        image_size: of photos.
        seed: which patches of the photos.

    Raises:
        DataError: the files are missing, damaged or others.
    """
    return DATASETS[name](data_dir, image_size, seed)
