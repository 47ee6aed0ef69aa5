"""What the event files of one run hold of our series and of scalars, by tag and step.

As TensorBoard's data server does, it takes a tag's metadata from the first event that has any, and
lets a value take the place of all that the tag has of the same and of later steps: they are left
from before training was resumed. So does a session-start record, for all tags.
"""

import dataclasses
import os
from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt
from google.protobuf.message import DecodeError
from tensorboard.compat.proto import tensor_pb2

from tb_featuremaps.format.records import RecordError, crc32c
from tb_featuremaps.format.remote import is_remote
from tb_featuremaps.reader.file_scan import (
    ROW,
    SESSION,
    FileScan,
    Rows,
    TagHead,
    continue_scan,
)
from tb_featuremaps.reader.log_files import open_event_file, size_of
from tb_featuremaps.reader.scalar_points import ScalarPoints, read_scalars
from tb_featuremaps.reader.scan_cache import WORTH_BYTES, ScanCache
from tb_featuremaps.reader.surviving import surviving

_TABLE = np.dtype([*ROW.descr, ("file", "<i4")])
# Of a tag whose plugin no file says.
_UNKNOWN = -2


@dataclasses.dataclass(frozen=True)
class Series:
    """One time series, whose values are left in the files.

    Attributes:
        steps: int64 `[items]`, rising.
        wall_times: float64 `[items]`, seconds since 1970.
    """

    steps: npt.NDArray[np.int64]
    wall_times: npt.NDArray[np.float64]
    _rows: Rows
    _paths: Sequence[str]

    @property
    def sizes(self) -> npt.NDArray[np.int64]:
        """How many bytes each item takes in its file, int64 `[items]`."""
        sizes: npt.NDArray[np.int64] = self._rows["length"]
        return sizes

    def read(self, index: int) -> tensor_pb2.TensorProto:
        """Reads the tensor of one item.

        Raises:
            OSError: the file can't be read any more.
            RecordError: the file has changed since it was scanned.
        """
        row = self._rows[index]
        file, _ = open_event_file(self._paths[int(row["file"])])
        with file:
            file.seek(int(row["offset"]))
            data = file.read(int(row["length"]))
        try:
            if len(data) < row["length"] or row["checksum"] not in (-1, crc32c(data)):
                raise RecordError("the file has changed since it was read first.")
            return tensor_pb2.TensorProto.FromString(data)
        except DecodeError as error:
            raise RecordError("it is damaged.") from error


class RunLog:
    """Scans the event files of a run as they are now, in the order in which they were begun.

    Args:
        paths: the event files, in that order.
        cache: where scans are kept; None keeps none.

    Attributes:
        tags: of our plugin and of scalars.
        problems: one sentence for each file that can't be read, or not to its end.
    """

    def __init__(self, paths: Sequence[str], cache: ScanCache | None = None) -> None:
        self._paths = paths
        self._cache = cache
        self.tags: dict[str, TagHead] = {}
        self.problems: list[str] = []
        scans = [self._scan(path) for path in paths]
        self._ends = [scan.end for scan in scans]
        for scan in scans:
            for tag, head in scan.tags.items():
                if tag not in self.tags and head.plugin:
                    self.tags[tag] = head
        self._rows = self._table(scans)

    def series(self, tag: str) -> Series:
        """The items of a series of ours; none if there is no such tag."""
        numbers = {name: number for number, name in enumerate(self.tags)}
        number = numbers.get(tag, SESSION)
        of_tag = self._rows[np.isin(self._rows["tag"], (number, SESSION))]
        kept = of_tag[surviving(of_tag["step"]) & (of_tag["length"] >= 0)]
        return Series(kept["step"], kept["wall_time"], kept, self._paths)

    def scalars(self, tags: Collection[str]) -> dict[str, ScalarPoints | None]:
        """Reads the points of those series that there are; None where they are no numbers.

        Raises:
            OSError: a file can't be read any more.
        """
        return read_scalars(self._paths, self._ends, [tag for tag in tags if tag in self.tags])

    def _scan(self, path: str) -> FileScan:
        scan = FileScan()
        name = path.rpartition("/")[2] if is_remote(path) else os.path.basename(path)
        try:
            scan = self._scanned(path)
            if scan.stopped is not None:
                self.problems.append(f"{name} can't be read: {scan.stopped}")
        except (OSError, RecordError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            self.problems.append(f"{name} can't be read: {reason}")
        if scan.unchecked:
            self.problems.append(
                f"{name} holds {scan.unchecked:,} records whose checksums were not compared, since "
                "google-crc32c has no compiled code for this Python: damage may go unnoticed."
            )
        self.problems += [f"{name} {sentence}" for sentence in scan.left_out]
        return scan

    def _scanned(self, path: str) -> FileScan:
        file, state = open_event_file(path)
        with file:
            if state is None:
                scan = FileScan()
                continue_scan(scan, file, size_of(file))
                return scan
            cache = self._cache if state.size >= WORTH_BYTES else None
            known = cache.load(path, state, file) if cache is not None else None
            scan = known or FileScan()
            if known is None or known.end < state.size:
                continue_scan(scan, file, state.size)
                if cache is not None:
                    cache.save(path, state, file, scan)
        return scan

    def _table(self, scans: Sequence[FileScan]) -> Rows:
        """The rows of all files, whose tags are numbered as in `tags`."""
        numbers = {name: number for number, name in enumerate(self.tags)}
        tables = []
        for file, scan in enumerate(scans):
            rows = scan.table()
            # The last place is that of session-start records, whose number is -1.
            renumbered = np.array([numbers.get(tag, _UNKNOWN) for tag in scan.tags] + [SESSION])
            table = np.empty(len(rows), _TABLE)
            for name in ROW.names or ():
                table[name] = rows[name]
            table["tag"] = renumbered[rows["tag"]]
            table["file"] = file
            tables.append(table)
        return np.concatenate(tables) if tables else np.empty(0, _TABLE)
