"""Patches of real photos and micrographs that scikit-image ships in its wheel; nothing to download.

Ten classes: which photo a patch was cut from. Training patches come from the left of each photo,
validation patches from the right, with no pixel in common.

Patches are of one scale (`load_photos`), or of all scales up to the whole height of the photo
(`load_scaled_photos`), so that the network knows whole photos too, which make probes that a
person recognises.
"""

import dataclasses
import importlib.resources
from collections.abc import Callable, Sequence

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
# A patch shows at least that many pixels of the photo, whatever size it is then scaled to.
_CUT = 96
# A cut is a square of so many pixels, drawn for a part of a photo.
_Cut = Callable[[npt.NDArray[np.uint8], np.random.Generator], int]
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
    return _load(image_size, (train_per_class, validation_per_class), seed, lambda *_: _CUT)


def load_scaled_photos(
    image_size: int = 64,
    train_per_class: int = 160,
    validation_per_class: int = 32,
    seed: int = 0,
) -> LabelledImages:
    """Cuts patches of all scales; the probes are the photos' middles, as large as they are high.

    What a probe shows was trained on in part: they are to be looked at, not to be scored.

    Args:
        image_size, train_per_class, validation_per_class, seed: as for `load_photos`.

    Raises:
        ValueError: another size.
    """
    counts = (train_per_class, validation_per_class)
    data = _load(image_size, counts, seed, _any_scale)
    middles = [_scale(_middle(read_photo(name)), image_size) for name in CLASS_NAMES]
    return dataclasses.replace(data, probe_images=np.stack(middles))


def _load(image_size: int, counts: tuple[int, int], seed: int, cut: _Cut) -> LabelledImages:
    if image_size not in SIZES:
        raise ValueError(f"Expected `image_size` to be one of {SIZES}. Received: {image_size}.")
    random = np.random.default_rng(seed)
    halves = [split(read_photo(name)) for name in CLASS_NAMES]
    train, validation = (
        _patches(parts, count, image_size, random, cut)
        for parts, count in zip(zip(*halves, strict=True), counts, strict=True)
    )
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
    parts: Sequence[npt.NDArray[np.uint8]],
    per_class: int,
    size: int,
    random: np.random.Generator,
    cut: _Cut,
) -> tuple[Images, Labels]:
    images = [_patch(part, size, random, cut) for part in parts for _ in range(per_class)]
    labels = np.repeat(np.arange(len(parts)), per_class)
    return np.stack(images), labels


def _patch(
    part: npt.NDArray[np.uint8], size: int, random: np.random.Generator, cut: _Cut
) -> Images:
    side = cut(part, random)
    top = int(random.integers(0, part.shape[0] - side + 1))
    left = int(random.integers(0, part.shape[1] - side + 1))
    return _scale(part[top : top + side, left : left + side], size)


def _any_scale(part: npt.NDArray[np.uint8], random: np.random.Generator) -> int:
    """A side from `_CUT` to the whole part, all scales (octaves) alike."""
    return round(float(np.exp(random.uniform(np.log(_CUT), np.log(min(part.shape[:2]))))))


def _middle(photo: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    height, width = photo.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return photo[top : top + side, left : left + side]


def _scale(square: npt.NDArray[np.uint8], size: int) -> Images:
    scaled = Image.fromarray(square).resize((size, size), Image.Resampling.BOX)
    return np.asarray(scaled, np.float32) / np.float32(255)
