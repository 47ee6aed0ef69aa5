"""Directories with a scheme, written through TensorBoard's file layer."""

import time
from typing import Any

import pytest
from tensorboard.compat.proto import event_pb2

from tb_featuremaps.summary import write_thread
from tb_featuremaps.summary.event_file import RemoteEventFile
from tb_featuremaps.summary.event_writer import open_writer
from tb_featuremaps.summary.events import event, scalar_value

tf = pytest.importorskip("tensorflow")


def _steps(directory: str) -> list[list[int]]:
    """The steps of each file, in the order of their names."""
    paths = sorted(f"{directory}/{name}" for name in tf.io.gfile.listdir(directory))
    return [
        [
            parsed.step
            for record in tf.data.TFRecordDataset(path)
            if (parsed := event_pb2.Event.FromString(record.numpy())).HasField("summary")
        ]
        for path in paths
    ]


@pytest.mark.parametrize("sessions", [1, 2])
def test_a_remote_directory_is_written(sessions: int) -> None:
    directory = f"ram://bucket{sessions}/run"
    for session in range(sessions):
        writer = open_writer(directory)
        assert writer.directory == directory
        for step in range(3):
            made = event(10 * session + step, [scalar_value("value", step)])
            writer.submit(lambda made=made: made)
        writer.flush()
        writer.close()
    assert _steps(directory) == [[10 * n, 10 * n + 1, 10 * n + 2] for n in range(sessions)]


def test_a_store_that_is_not_there_is_one_warning_and_an_end() -> None:
    writer = open_writer("nosuchscheme://bucket/run")
    made = event(1, [scalar_value("value", 1)])
    with pytest.warns(RuntimeWarning) as caught:
        writer.submit(lambda: made)
        writer.close()
    texts = [str(warning.message) for warning in caught]
    assert "can't write to nosuchscheme://bucket/run" in texts[0]
    assert "Check that the store is there" in texts[0] and "disk" not in texts[0]
    assert len(texts) == 1


def test_a_remote_file_is_written_seldom_and_whole_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each write uploads the whole file again."""
    writes: list[int] = []
    original = RemoteEventFile.append

    def append(file: RemoteEventFile, records: Any, progress: Any) -> None:
        writes.append(len(records))
        original(file, records, progress)

    monkeypatch.setattr(RemoteEventFile, "append", append)
    monkeypatch.setattr(write_thread, "REMOTE_SECONDS", 1.0)
    directory = "ram://bucket/seldom"
    writer = open_writer(directory)
    for step in range(30):
        made = event(step, [scalar_value("value", step)])
        writer.submit(lambda made=made: made)
        time.sleep(0.1)
    in_time = sum(writes) - 1  # the header
    writer.close()
    assert 10 <= in_time <= 30
    assert len(writes) <= 1 + 3 + 1
    assert _steps(directory) == [[*range(30)]]
