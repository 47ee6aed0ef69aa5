"""Patches of real photos and micrographs that scikit-image ships in its wheel; nothing to download.

Ten classes: which photo a patch was cut from. Training patches come from the left of each photo,
validation patches from the right, with no pixel in common.
"""

import importlib.resources

import numpy as np
import numpy.typing as npt
from PIL import Image

from training.data.images import Images, LabelledImages, Labels

_FILES = {
    "cat": "chelsea.png",
    "coffee": "coffee.png",
    "motorcycle": "motorcycle_left.png",
    "retina": "retina.jpg",
    "galaxies": "hubble_deep_field.jpg",
    "tissue": "ihc.png",
    "coins": "coins.png",
    "brick": "brick.png",
    "grass": "grass.png",
    "gravel": "gravel.png",
}
CLASS_NAMES = tuple(_FILES)
SIZES = (32, 64)
# A patch shows that many pixels of the photo, whatever size it is then scaled to.
_CUT = 96
_TRAIN_SHARE = 0.7


def load_photos(
    image_size: int = 32,
    train_per_class: int = 160,
    validation_per_class: int = 32,
    seed: int = 0,
) -> LabelledImages:
    """Cuts the patches.

    Args:
        image_size: 32 or 64 pixels.
        train_per_class: training patches of each photo.
        validation_per_class: validation patches of each photo.
        seed: which patches; the same seed cuts the same ones.

    Raises:
        ValueError: another size.
    """
    if image_size not in SIZES:
        raise ValueError(f"Expected `image_size` to be one of {SIZES}. Received: {image_size}.")
    random = np.random.default_rng(seed)
    photos = [read_photo(name) for name in CLASS_NAMES]
    halves = [split(photo) for photo in photos]
    train = _patches([left for left, _ in halves], train_per_class, image_size, random)
    validation = _patches([right for _, right in halves], validation_per_class, image_size, random)
    return LabelledImages(CLASS_NAMES, *train, *validation)


def read_photo(name: str) -> npt.NDArray[np.uint8]:
    """The photo of a class, uint8 `[height, width, 3]`."""
    with (importlib.resources.files("skimage") / "data" / _FILES[name]).open("rb") as file:
        return np.asarray(Image.open(file).convert("RGB"))


def split(
    photo: npt.NDArray[np.uint8],
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """The parts of a photo to train and to validate on; views, without a common pixel."""
    border = round(photo.shape[1] * _TRAIN_SHARE)
    return photo[:, :border], photo[:, border:]


def _patches(
    parts: list[npt.NDArray[np.uint8]], per_class: int, size: int, random: np.random.Generator
) -> tuple[Images, Labels]:
    images = [_patch(part, size, random) for part in parts for _ in range(per_class)]
    labels = np.repeat(np.arange(len(parts)), per_class)
    return np.stack(images), labels


def _patch(part: npt.NDArray[np.uint8], size: int, random: np.random.Generator) -> Images:
    top = int(random.integers(0, part.shape[0] - _CUT + 1))
    left = int(random.integers(0, part.shape[1] - _CUT + 1))
    cut = Image.fromarray(part[top : top + _CUT, left : left + _CUT])
    scaled = cut.resize((size, size), Image.Resampling.BOX)
    return np.asarray(scaled, np.float32) / np.float32(255)
