import pathlib

import pytest
from tensorboard.compat.proto import event_pb2
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import crc32c
from tensorboard.summary.writer.record_writer import RecordWriter

from tb_featuremaps.format.records import encode_record


@pytest.mark.parametrize("data", [b"", b"x", bytes(range(256)) * 40])
def test_records_are_those_of_tensorboard(data: bytes, tmp_path: pathlib.Path) -> None:
    with (tmp_path / "records").open("wb") as file:
        RecordWriter(file).write(data)
    expected = (tmp_path / "records").read_bytes()
    assert encode_record(data) == expected
    assert encode_record(data, crc32c) == expected


def test_a_record_holds_a_length_two_checksums_and_its_data() -> None:
    data = event_pb2.Event(step=7).SerializeToString()
    record = encode_record(data)
    assert record[:8] == len(data).to_bytes(8, "little")
    assert record[12:-4] == data
