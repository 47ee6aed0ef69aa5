"""Keeps scans of event files in the user's cache folder, so that a second look is at once.

What is kept is small, can be deleted at any time, and is believed only where the file is the one
that was scanned: of the same size, time and inode, or grown since and the same in the bytes that
were kept of it. Files are replaced whole, so that processes don't disturb each other; what is
damaged is as if it were not there.
"""

import base64
import contextlib
import hashlib
import json
import os
import pathlib
import tempfile
import zlib
from typing import Any, BinaryIO

import platformdirs

from tb_featuremaps.reader.file_scan import ROW, FileScan, TagHead
from tb_featuremaps.reader.log_files import FileState

# Scans of smaller files are as fast as the cache.
WORTH_BYTES = 1 << 20
_FOLDER_BYTES = 64 << 20
_SUFFIX = ".scan"
# Raised whenever scans mean something else.
_VERSION = 1
_DIGEST_BYTES = 32
# The first record names the time when the file was begun; the header of the last, its checksums.
_HEAD_BYTES = 64


class ScanCache:
    """Scans by the paths of their event files.

    Args:
        folder: where they are kept; made if need be. By default the user's cache folder.
    """

    def __init__(self, folder: pathlib.Path | None = None) -> None:
        self._folder = folder or pathlib.Path(platformdirs.user_cache_dir("tb_featuremaps"))
        self._has_saved = False

    def load(self, path: str, state: FileState, file: BinaryIO) -> FileScan | None:
        """Returns the scan of a file, perhaps of its beginning only; None if there is none.

        Args:
            path: of the event file.
            state: what it is like now.
            file: the same, open for reading.
        """
        kept = self._place(path)
        try:
            scan, known, marks = _decode(kept.read_bytes(), path)
        except (OSError, ValueError, KeyError, TypeError, zlib.error):
            return None
        has_grown = state.size > known.size and scan.end <= state.size
        if state != known and not (has_grown and marks == _marks(file, scan)):
            return None
        with contextlib.suppress(OSError):
            os.utime(kept)  # what was used last is dropped last
        return scan

    def save(self, path: str, state: FileState, file: BinaryIO, scan: FileScan) -> None:
        """Keeps a scan; a folder that can't be written is no error."""
        with contextlib.suppress(OSError):
            content = _encode(path, state, _marks(file, scan), scan)
            if len(content) > _FOLDER_BYTES // 4:
                return
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(suffix=_SUFFIX, dir=self._folder)
            try:
                with open(descriptor, "wb") as new:
                    new.write(content)
                os.replace(name, self._place(path))
            except OSError:
                os.unlink(name)
                raise
            self._has_saved = True

    def prune(self) -> None:
        """Keeps the folder within its bound, if anything was saved."""
        if not self._has_saved:
            return
        kept: list[tuple[int, int, str]] = []
        with contextlib.suppress(OSError), os.scandir(self._folder) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):  # another process may drop it
                    if entry.name.endswith(_SUFFIX):
                        found = entry.stat()
                        kept.append((found.st_mtime_ns, found.st_size, entry.path))
        total = 0
        for _, size, path in sorted(kept, reverse=True):
            total += size
            if total > _FOLDER_BYTES:
                with contextlib.suppress(OSError):
                    os.unlink(path)

    def _place(self, path: str) -> pathlib.Path:
        name = hashlib.sha256(os.path.realpath(path).encode(errors="surrogateescape"))
        return self._folder / (name.hexdigest() + _SUFFIX)


def _marks(file: BinaryIO, scan: FileScan) -> str:
    """Bytes by which the part of a file that was scanned is known again."""
    found = hashlib.sha256()
    for start, end in ((0, min(_HEAD_BYTES, scan.end)), (scan.last, scan.last + 12)):
        file.seek(start)
        found.update(file.read(end - start))
    file.seek(max(0, scan.end - 4))
    found.update(file.read(4))
    return found.hexdigest()


def _encode(path: str, state: FileState, marks: str, scan: FileScan) -> bytes:
    header = {
        "version": _VERSION,
        "path": os.path.realpath(path),
        "state": list(state),
        "marks": marks,
        "tags": [
            [tag, head.plugin, base64.b64encode(head.content).decode()]
            for tag, head in scan.tags.items()
        ],
        "left_out": scan.left_out,
        "stopped": scan.stopped,
        "unchecked": scan.unchecked,
        "last": scan.last,
        "end": scan.end,
    }
    # JSON in ASCII holds no line break.
    content = zlib.compress(json.dumps(header).encode() + b"\n" + bytes(scan.rows), 1)
    return hashlib.sha256(content).digest() + content


def _decode(kept: bytes, path: str) -> tuple[FileScan, FileState, str]:
    """Raises ValueError, KeyError, TypeError or zlib.error where it is not what `_encode` made."""
    digest, content = kept[:_DIGEST_BYTES], kept[_DIGEST_BYTES:]
    if hashlib.sha256(content).digest() != digest:
        raise ValueError("damaged")
    text, _, rows = zlib.decompress(content).partition(b"\n")
    header: dict[str, Any] = json.loads(text)
    if header["version"] != _VERSION or header["path"] != os.path.realpath(path):
        raise ValueError("of another version or file")
    if len(rows) % ROW.itemsize:
        raise ValueError("damaged")
    tags = {
        tag: TagHead(plugin, base64.b64decode(payload)) for tag, plugin, payload in header["tags"]
    }
    scan = FileScan(
        tags=tags,
        rows=bytearray(rows),
        left_out=list(header["left_out"]),
        stopped=header["stopped"],
        unchecked=int(header["unchecked"]),
        last=int(header["last"]),
        end=int(header["end"]),
    )
    return scan, FileState(*header["state"]), str(header["marks"])
