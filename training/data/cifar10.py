"""CIFAR-10 from its official binary archive: fixed-length records, never pickles.

Krizhevsky 2009, "Learning Multiple Layers of Features from Tiny Images". A record is one byte of
label and 3,072 bytes of pixels: 32×32 red, then green, then blue, row by row.
"""

import contextlib
import hashlib
import pathlib
import tarfile
import urllib.request
from typing import IO

import numpy as np
import numpy.typing as npt

from training.data.images import DataError, LabelledImages

ARCHIVE = "cifar-10-binary.tar.gz"
URL = f"https://www.cs.toronto.edu/~kriz/{ARCHIVE}"
MD5 = "c32a1d4ab5d03f1284b67883e8d87530"
CLASS_NAMES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
_TRAIN_FILES = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
_TEST_FILES = ("test_batch.bin",)
_RECORD = 1 + 3 * 32 * 32
_BLOCK = 1 << 20


def load_cifar10(data_dir: pathlib.Path, url: str = URL, md5: str = MD5) -> LabelledImages:
    """Reads CIFAR-10 from `data_dir`, which holds the archive or is where it is downloaded to.

    Args:
        data_dir: folder of the archive, or of the files extracted from it.
        url: where to download the archive from if it is not there.
        md5: checksum of the archive, as its authors publish it.

    Raises:
        DataError: truncated, foreign or corrupt data, or a download that failed.
    """
    folder = _extracted(data_dir)
    if folder is not None:
        contents = {name: (folder / name).read_bytes() for name in (*_TRAIN_FILES, *_TEST_FILES)}
    else:
        archive = data_dir / ARCHIVE
        if not archive.is_file():
            download(url, archive)
        _check(archive, md5)
        contents = _read_archive(archive)
    train = [parse_records(contents[name], name) for name in _TRAIN_FILES]
    test = [parse_records(contents[name], name) for name in _TEST_FILES]
    images, labels = (np.concatenate(part) for part in zip(*train, strict=True))
    return LabelledImages(CLASS_NAMES, images, labels, *test[0])


def parse_records(
    content: bytes, name: str
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """Returns the images, float32 `[n, 32, 32, 3]` within 0…1, and labels of one file.

    Raises:
        DataError: the file is cut short, or holds a label that is none.
    """
    if not content or len(content) % _RECORD:
        raise DataError(
            f"{name} is truncated or no CIFAR-10 file: expected a multiple of {_RECORD} bytes. "
            f"Received: {len(content)}. Delete it and let it be downloaded again."
        )
    records = np.frombuffer(content, np.uint8).reshape(-1, _RECORD)
    labels = records[:, 0].astype(np.int64)
    if labels.max() >= len(CLASS_NAMES):
        raise DataError(
            f"{name} is corrupt or no CIFAR-10 file: expected labels 0…9. "
            f"Received: {labels.max()}. Delete it and let it be downloaded again."
        )
    pixels = records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return pixels.astype(np.float32) / np.float32(255), labels


def download(url: str, target: pathlib.Path) -> None:
    """Downloads a file, showing progress; a download that breaks off leaves nothing behind.

    Raises:
        DataError: it failed.
    """
    partial = target.with_suffix(".partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with urllib.request.urlopen(url, timeout=60) as response, partial.open("wb") as file:
            _copy(response, file, int(response.headers.get("Content-Length") or 0), target.name)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise DataError(
            f"Downloading {url} failed: {error}. Download it by other means into {target.parent}, "
            "or name its folder with --data-dir."
        ) from error
    partial.replace(target)


def _copy(source: IO[bytes], target: IO[bytes], size: int, name: str) -> None:
    copied = 0
    while block := source.read(_BLOCK):
        target.write(block)
        copied += len(block)
        share = f"{100 * copied // size} %" if size else f"{copied >> 20} MiB"
        print(f"\rDownloading {name}: {share}", end="", flush=True)
    print()
    if size and copied != size:
        raise OSError(f"it ended after {copied} of {size} bytes")


def _extracted(data_dir: pathlib.Path) -> pathlib.Path | None:
    for folder in (data_dir, data_dir / "cifar-10-batches-bin"):
        if all((folder / name).is_file() for name in (*_TRAIN_FILES, *_TEST_FILES)):
            return folder
    return None


def _check(archive: pathlib.Path, md5: str) -> None:
    with archive.open("rb") as file:
        found = _md5_of(file)
    if found != md5:
        raise DataError(
            f"{archive} is not the official archive: expected the MD5 sum {md5}. "
            f"Received: {found}. Delete it and let it be downloaded again."
        )


def _md5_of(file: IO[bytes]) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()


def _read_archive(archive: pathlib.Path) -> dict[str, bytes]:
    wanted = {*_TRAIN_FILES, *_TEST_FILES}
    contents: dict[str, bytes] = {}
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                name = pathlib.PurePosixPath(member.name).name
                file = tar.extractfile(member) if name in wanted and member.isfile() else None
                if file is not None:
                    contents[name] = file.read()
    except (tarfile.TarError, EOFError, OSError) as error:
        raise DataError(
            f"{archive} is damaged: {error}. Delete it and download it again."
        ) from error
    missing = sorted(wanted - set(contents))
    if missing:
        raise DataError(
            f"{archive} is no CIFAR-10 binary archive: it lacks {', '.join(missing)}. "
            "The pickled Python version is not read; download the binary version."
        )
    return contents
