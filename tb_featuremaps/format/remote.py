"""Files of remote stores, for what writes them and for what reads them.

A scheme that TensorFlow knows is TensorFlow's; others are fsspec's, or of TensorBoard's own layer
over boto3.
"""

import io
import shutil
import tempfile
from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

# Packages that bring fsspec and what it needs for a scheme.
_PACKAGES = {"abfs": "adlfs", "az": "adlfs", "gcs": "gcsfs", "gs": "gcsfs", "s3": "s3fs"}


class Folder(NamedTuple):
    """A folder of a store: its path below the one that was walked, and its files' names."""

    below: str
    files: list[str]


class Store(Protocol):
    """What holds remote files; each method raises what the store's library raises."""

    def is_directory(self, path: str) -> bool:
        """Whether there is something below a path."""

    def folders(self, path: str) -> Iterator[Folder]:
        """A directory and all below it."""

    def names(self, path: str) -> list[str]:
        """What is in a directory, which may be missing."""

    def make_directory(self, path: str) -> None:
        """Makes a directory and those above it, where the store has any."""

    def size(self, path: str) -> int:
        """Bytes of a file."""

    def open_to_read(self, path: str) -> Any:
        """A binary file with `read` and `close`, and `seek` where the store can."""

    def open_to_write(self, path: str) -> Any:
        """A new binary file with `write`, `close`, and `flush`, which hands everything over."""


def is_remote(path: str) -> bool:
    """Whether a path is one of a remote store."""
    return "://" in path


def store_of(path: str) -> Store:
    """The store of a path with a scheme.

    Raises:
        OSError: no library that is installed knows the scheme; it says which one does.
    """
    from tensorboard.compat import tf  # TensorFlow itself, if it is installed

    scheme = path.partition("://")[0]
    if scheme in getattr(tf.io.gfile, "get_registered_schemes", list)():
        return _LayerStore(tf.io.gfile)
    try:
        return _FsspecStore(path)
    except (ImportError, ValueError) as error:
        from tensorboard.compat.tensorflow_stub.io import gfile

        if scheme == "s3" and gfile.S3_ENABLED:
            return _LayerStore(gfile)
        raise OSError(f"{path}: {_advice(scheme, error)}") from error


def _advice(scheme: str, error: Exception) -> str:
    package = _PACKAGES.get(scheme.rpartition("::")[2], "fsspec")
    if isinstance(error, ModuleNotFoundError):
        return f"{scheme}:// needs a package that is missing. Try: pip install {package}"
    return f"{scheme}:// can't be opened. fsspec says: {error}"


class _LayerStore:
    """A store behind TensorFlow's `tf.io.gfile`, or behind what TensorBoard has in its place."""

    def __init__(self, layer: Any) -> None:
        self._layer = layer

    def is_directory(self, path: str) -> bool:
        return bool(self._layer.isdir(path))

    def folders(self, path: str) -> Iterator[Folder]:
        for parent, _, names in self._layer.walk(path):
            yield Folder(str(parent).rstrip("/")[len(path) :], [str(name) for name in names])

    def names(self, path: str) -> list[str]:
        return [str(name).rstrip("/") for name in self._layer.listdir(path)]

    def make_directory(self, path: str) -> None:
        self._layer.makedirs(path)

    def size(self, path: str) -> int:
        return int(self._layer.stat(path).length)

    def open_to_read(self, path: str) -> Any:
        return self._layer.GFile(path, "rb")

    def open_to_write(self, path: str) -> Any:
        return self._layer.GFile(path, "wb")


class _FsspecStore:
    """A store that fsspec knows."""

    def __init__(self, path: str) -> None:
        import fsspec

        self._system, _ = fsspec.core.url_to_fs(path)

    def is_directory(self, path: str) -> bool:
        self._system.invalidate_cache()  # others write there
        return bool(self._system.isdir(self._inside(path)))

    def folders(self, path: str) -> Iterator[Folder]:
        inside = self._inside(path)
        for parent, _, files in self._system.walk(inside, on_error="raise"):
            yield Folder(str(parent).rstrip("/")[len(inside.rstrip("/")) :], list(files))

    def names(self, path: str) -> list[str]:
        try:
            found = self._system.ls(self._inside(path), detail=False)
        except FileNotFoundError:  # object stores have no empty directories
            return []
        return [str(entry).rstrip("/").rpartition("/")[2] for entry in found]

    def make_directory(self, path: str) -> None:
        inside = self._inside(path)
        if inside.startswith("/"):  # others have no directories but buckets, which the user makes
            self._system.makedirs(inside, exist_ok=True)

    def size(self, path: str) -> int:
        return int(self._system.size(self._inside(path)))

    def open_to_read(self, path: str) -> Any:
        return self._system.open(self._inside(path), "rb")

    def open_to_write(self, path: str) -> Any:
        return _WholeFile(self._system, self._inside(path))

    def _inside(self, path: str) -> str:
        return str(self._system._strip_protocol(path.rpartition("::")[2]))


class _WholeFile:
    """A file that is written as a whole each time.

    Object stores can't append: gcsfs, asked to, replaces what was there.
    """

    def __init__(self, system: Any, path: str) -> None:
        self._system, self._path = system, path
        self._kept: Any = tempfile.TemporaryFile()  # noqa: SIM115  (closed by close)

    def write(self, data: bytes) -> None:
        """Keeps bytes until `flush`."""
        self._kept.write(data)

    def flush(self) -> None:
        """Writes all that came so far."""
        self._kept.seek(0)
        with self._system.open(self._path, "wb") as file:
            shutil.copyfileobj(self._kept, file, io.DEFAULT_BUFFER_SIZE << 7)
        self._kept.seek(0, io.SEEK_END)

    def close(self) -> None:
        """Closes; what was not flushed is lost."""
        self._kept.close()
