"""What one event file holds of our series: which tag, which step, and at which bytes.

The values themselves stay in the file.
"""

import dataclasses
from typing import BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt
from google.protobuf.message import DecodeError
from tensorboard.compat.proto import summary_pb2

from tb_featuremaps.format.names import PLUGIN_NAME
from tb_featuremaps.format.records import Record, RecordError, crc32c, read_records
from tb_featuremaps.reader.event_fields import EventError, Value, parse_event
from tb_featuremaps.reader.scalar_events import ScalarEvents

SCALARS = "scalars"

# A row is a value of a tag; the tag -1 stands for a session-start record. Rows without a tensor
# (length -1) only drop what was there of their step and later ones. A checksum of -1 is unknown.
ROW = np.dtype(
    [
        ("tag", "<i4"),
        ("step", "<i8"),
        ("wall_time", "<f8"),
        ("offset", "<i8"),
        ("length", "<i8"),
        ("checksum", "<i8"),
    ]
)
SESSION = -1
Rows = npt.NDArray[np.void]


class TagHead(NamedTuple):
    """What a file says first of a tag: its plugin, "" if that is not said, and its payload."""

    plugin: str
    content: bytes


@dataclasses.dataclass
class FileScan:
    """What is known of an event file, up to a byte.

    Attributes:
        tags: of our plugin and of scalars, in the order in which they came; rows name them by their
            place.
        rows: our plugin's values, as the bytes of an array of `ROW`.
        left_out: a sentence for each record that is no event.
        stopped: why the file can't be read on; None at its end.
        unchecked: how many records' checksums were not compared.
        last: the byte at which the last record begins.
        end: the byte up to which the file was read.
    """

    tags: dict[str, TagHead] = dataclasses.field(default_factory=dict)
    rows: bytearray = dataclasses.field(default_factory=bytearray)
    left_out: list[str] = dataclasses.field(default_factory=list)
    stopped: str | None = None
    unchecked: int = 0
    last: int = 0
    end: int = 0

    def table(self) -> Rows:
        """The rows, as an array of `ROW`."""
        return np.frombuffer(bytes(self.rows), ROW)


def continue_scan(scan: FileScan, file: BinaryIO, size: int) -> None:
    """Scans a file from where the scan ended, up to byte `size`.

    Raises:
        OSError: it can't be read.
    """
    scan.stopped = None
    numbers = {tag: number for number, tag in enumerate(scan.tags)}
    scalars = ScalarEvents()
    try:
        for record in read_records(file, scan.end, size):
            scan.unchecked += not record.is_checked
            if not scalars.matches(record.data):
                _add(scan, record, numbers, scalars)
            scan.last, scan.end = record.offset, record.end
            del record
    except RecordError as error:
        scan.stopped = str(error)


def _add(scan: FileScan, record: Record, numbers: dict[str, int], scalars: ScalarEvents) -> None:
    try:
        event = parse_event(record.data)
        for value in event.values:
            _meet(scan, record.data, value, numbers)
    except (EventError, DecodeError):
        scan.left_out.append(
            f"holds a record that is no event, at byte {record.offset:,}: it is left out."
        )
        return
    rows = [(SESSION, event.step, event.wall_time, 0, -1, -1)] if event.is_session_start else []
    for value in event.values:
        head = scan.tags.get(value.tag)
        if head is not None and head.plugin != SCALARS:
            place = _place(record, value.tensor)
            rows.append((numbers[value.tag], event.step, event.wall_time, *place))
    if rows:
        scan.rows += np.array(rows, ROW).tobytes()
    else:
        scalars.learn(record.data, event)


def _meet(scan: FileScan, data: bytes, value: Value, numbers: dict[str, int]) -> None:
    """Takes note of a tag; only the first file of a run need say what it is of."""
    known = scan.tags.get(value.tag)
    if known is not None and (known.plugin or value.metadata is None):
        return
    if value.metadata is not None:
        metadata = summary_pb2.SummaryMetadata.FromString(data[slice(*value.metadata)])
        plugin = metadata.plugin_data
        if plugin.plugin_name not in (PLUGIN_NAME, SCALARS):
            return
        head = TagHead(plugin.plugin_name, plugin.content)
    elif value.tensor is not None:
        head = TagHead("", b"")
    else:
        return
    numbers.setdefault(value.tag, len(numbers))
    scan.tags[value.tag] = head


def _place(record: Record, tensor: tuple[int, int] | None) -> tuple[int, int, int]:
    """Byte, length and checksum of a tensor."""
    if tensor is None:
        return 0, -1, -1
    start, end = tensor
    checksum = crc32c(record.data[start:end]) if record.is_checked else -1
    return record.data_offset + start, end - start, checksum
