"""The folder that is written to, and the list of what was."""

import dataclasses
import errno
import hashlib
import pathlib
import re
from typing import Any

_LONGEST = 100
# Errors of a disk, a quota or a limit that takes no more; they name no file.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclasses.dataclass
class Folder:
    """A folder of files, whose names come from those of runs and layers.

    Args:
        path: made if need be.

    Attributes:
        written: of each file its path and what it holds.
    """

    path: pathlib.Path
    written: list[dict[str, Any]] = dataclasses.field(default_factory=list)

    def new(self, *names: str, suffix: str, **holds: Any) -> pathlib.Path:
        """Returns the path of a file to write, whose folder is there.

        Args:
            names: of its folders and itself, such as run and layer, of any spelling.
            suffix: of the file.
            holds: what is noted of it.

        Raises:
            OSError: the folder can't be made; the message says of which argument it was.
        """
        path = self.path.joinpath(*map(_plain, names[:-1]), _plain(names[-1]) + suffix)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(self.path, error) from error
        self.written.append({"path": str(path), **holds})
        return path


def cannot_write(path: pathlib.Path, error: OSError) -> OSError:
    """The error that says what to do."""
    return OSError(
        f"Expected --out to be a folder that can be written. Received: {path} ({error})."
    )


def _plain(name: str) -> str:
    """A name that any file system takes and that leads nowhere else; different ones stay so."""
    plain = re.sub(r"[^\w.-]", "_", name).lstrip(".")[:_LONGEST]
    if plain == name:
        return plain
    return f"{plain or 'unnamed'}~{hashlib.sha256(name.encode()).hexdigest()[:6]}"
