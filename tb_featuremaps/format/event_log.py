"""What the event files of one run hold of chosen plugins, by tag and step.

As TensorBoard's data server does, it takes a tag's metadata from the first event that has any, and
lets a value take the place of all that the tag has of the same and of later steps: they are left
from before training was resumed. So does a session-start record, for all tags.
"""

import dataclasses
import pathlib
from collections.abc import Collection, Iterable, Iterator

from google.protobuf.message import DecodeError
from tensorboard.compat.proto import event_pb2, tensor_pb2

from tb_featuremaps.format.records import Record, RecordError, read_records

# Larger values are left in their file until they are asked for.
_KEPT_BYTES = 1024


@dataclasses.dataclass(frozen=True)
class StoredTensor:
    """A tensor that is left in its file: which value of the event at which byte."""

    path: pathlib.Path
    offset: int
    index: int

    def read(self) -> tensor_pb2.TensorProto:
        """Reads it.

        Raises:
            OSError: the file can't be read any more.
            RecordError: the file has changed meanwhile.
        """
        try:
            record = next(read_records(self.path, self.offset))
            return event_pb2.Event.FromString(record.data).summary.value[self.index].tensor
        except (DecodeError, IndexError, StopIteration) as error:
            raise RecordError("it has changed since it was read first.") from error


@dataclasses.dataclass
class Tag:
    """One time series.

    Attributes:
        plugin: name of the plugin that it belongs to.
        content: that plugin's payload.
        tensors: by step, rising; small ones are read already.
    """

    plugin: str
    content: bytes
    tensors: dict[int, tensor_pb2.TensorProto | StoredTensor] = dataclasses.field(
        default_factory=dict
    )

    def forget_from(self, step: int) -> None:
        """Drops what was logged for this step and for later ones."""
        while self.tensors and next(reversed(self.tensors)) >= step:
            self.tensors.popitem()

    def put(self, step: int, tensor: tensor_pb2.TensorProto | StoredTensor) -> None:
        """Adds the newest one."""
        self.forget_from(step)
        self.tensors[step] = tensor


class RunLog:
    """Reads the event files of a run as they are now, in the order in which they were begun.

    Args:
        files: the event files.
        plugins: names of the plugins whose tags are read.

    Attributes:
        tags: by name.
        problems: one sentence for each file that can't be read, or not to its end.
    """

    def __init__(self, files: Iterable[pathlib.Path], plugins: Collection[str]) -> None:
        self._plugins = plugins
        self.tags: dict[str, Tag] = {}
        self.problems: list[str] = []
        for path in sorted(files):
            try:
                for event, record in self._events(path):
                    self._add(event, path, record)
            except (OSError, RecordError) as error:
                reason = error.strerror if isinstance(error, OSError) else str(error)
                self.problems.append(f"{path.name} can't be read: {reason}")

    def _events(self, path: pathlib.Path) -> Iterator[tuple[event_pb2.Event, Record]]:
        for record in read_records(path):
            try:
                yield event_pb2.Event.FromString(record.data), record
            except DecodeError:
                self.problems.append(
                    f"{path.name} holds a record that is no event, at byte {record.offset:,}: it "
                    "is left out."
                )

    def _add(self, event: event_pb2.Event, path: pathlib.Path, record: Record) -> None:
        if event.session_log.status == event_pb2.SessionLog.START:
            for tag in self.tags.values():
                tag.forget_from(event.step)
        for index, value in enumerate(event.summary.value):
            plugin = value.metadata.plugin_data
            if value.tag not in self.tags and plugin.plugin_name in self._plugins:
                self.tags[value.tag] = Tag(plugin.plugin_name, plugin.content)
            known = self.tags.get(value.tag)
            if known is None:
                continue
            if not value.HasField("tensor"):  # how a writer replaces what was there
                known.forget_from(event.step)
            elif value.tensor.ByteSize() > _KEPT_BYTES:
                known.put(event.step, StoredTensor(path, record.offset, index))
            else:
                known.put(event.step, value.tensor)
