"""An event file holds all bytes of its records, however few the system takes at a time."""

import os
import pathlib
import random
from collections.abc import Sequence

import pytest

from tb_featuremaps.summary import event_file


@pytest.mark.parametrize("chunk_bytes", [1, 7, 64])
@pytest.mark.parametrize("most_parts", [1, 3, 1024])
def test_no_byte_is_lost_or_written_twice(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, chunk_bytes: int, most_parts: int
) -> None:
    rng = random.Random(0)
    file = event_file.LocalEventFile(str(tmp_path))
    header = pathlib.Path(file.path).read_bytes()

    def write_some(descriptor: int, group: Sequence[bytes | memoryview]) -> int:
        joined = b"".join(group)
        assert len(group) <= most_parts
        assert len(joined) <= chunk_bytes
        return os.write(descriptor, joined[: rng.randint(1, len(joined))])

    monkeypatch.setattr(event_file, "_CHUNK_BYTES", chunk_bytes)
    monkeypatch.setattr(event_file, "_most_parts", lambda: most_parts)
    monkeypatch.setattr(event_file.os, "writev", write_some)
    records = [[rng.randbytes(size) for size in rng.sample(range(100), 9)] for _ in range(20)]
    progress = []
    file.append(records, lambda: progress.append(1))
    file.close()

    expected = b"".join(part for record in records for part in record)
    assert pathlib.Path(file.path).read_bytes() == header + expected
    assert len(progress) >= len(expected) / chunk_bytes
