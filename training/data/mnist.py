"""MNIST and Fashion-MNIST from their IDX files.

LeCun et al., "The MNIST database of handwritten digits"; Xiao et al. 2017, "Fashion-MNIST". An IDX
file begins with two zero bytes, the type (8: unsigned byte) and the number of axes, then the size
of each axis as a big-endian 32-bit integer, then the values.
"""

import gzip
import math
import pathlib
import struct
import zlib

import numpy as np
import numpy.typing as npt

from training.data.images import DataError, LabelledImages

DIGITS = tuple(str(digit) for digit in range(10))
FASHION = (
    "T-shirt",
    "trousers",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)
_UNSIGNED_BYTE = 8


def load_mnist(data_dir: pathlib.Path, class_names: tuple[str, ...] = DIGITS) -> LabelledImages:
    """Reads the four files of MNIST or Fashion-MNIST, with or without `.gz`.

    Args:
        data_dir: folder of `train-images-idx3-ubyte`, `train-labels-idx1-ubyte` and the same two
            of `t10k`.
        class_names: names of the ten classes.

    Returns:
        Images `[n, 28, 28, 1]`; their mirror images are not of the same class.

    Raises:
        DataError: a file is missing, cut short or none, or images and labels don't match.
    """
    train = _read_part(data_dir, "train", len(class_names))
    validation = _read_part(data_dir, "t10k", len(class_names))
    return LabelledImages(class_names, *train, *validation, mirrored=False)


def parse_idx(content: bytes, name: str, axes: int) -> npt.NDArray[np.uint8]:
    """Returns the array that an IDX file of unsigned bytes holds.

    Raises:
        DataError: it is none, has another number of axes, or is cut short.
    """
    header = 4 + 4 * axes
    if len(content) < header or content[:4] != bytes((0, 0, _UNSIGNED_BYTE, axes)):
        raise DataError(
            f"{name} is no IDX file of unsigned bytes with {axes} axes: expected it to begin with "
            f"00 00 08 {axes:02x}. Received: {content[:4].hex(' ') or 'nothing'}."
        )
    shape = struct.unpack(f">{axes}I", content[4:header])
    if len(content) != header + math.prod(shape):
        raise DataError(
            f"{name} is cut short or too long: expected {header + math.prod(shape)} bytes for "
            f"{' × '.join(map(str, shape))} values. Received: {len(content)}."
        )
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)


def _read_part(
    folder: pathlib.Path, part: str, classes: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    pixels = _read_file(folder, f"{part}-images-idx3-ubyte", 3)
    labels = _read_file(folder, f"{part}-labels-idx1-ubyte", 1)
    if not len(labels) or len(pixels) != len(labels):
        raise DataError(
            f"Expected as many images as labels in the {part} files of {folder}. "
            f"Received: {len(pixels)} images and {len(labels)} labels."
        )
    if labels.max() >= classes:
        raise DataError(
            f"Expected labels 0…{classes - 1} in the {part} files. Received: {labels.max()}."
        )
    return pixels[..., None].astype(np.float32) / np.float32(255), labels.astype(np.int64)


def _read_file(folder: pathlib.Path, name: str, axes: int) -> npt.NDArray[np.uint8]:
    plain, packed = folder / name, folder / f"{name}.gz"
    try:
        if plain.is_file():
            return parse_idx(plain.read_bytes(), name, axes)
        if packed.is_file():
            return parse_idx(gzip.decompress(packed.read_bytes()), name, axes)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{packed} can't be read: {error}. Download it again.") from error
    raise DataError(
        f"Expected {name} or {name}.gz in {folder}: there is none. Download the data set's four "
        "IDX files into one folder and name it with --data-dir."
    )
