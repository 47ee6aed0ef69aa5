import numpy as np
import pytest
from support.plugin_client import unpack

from tb_featuremaps.plugin.framing import pack


@pytest.mark.parametrize("name", ["", "x", "four", "ü" * 7, "a longer name"])
def test_arrays_come_back_and_lie_where_typed_arrays_can(name: str) -> None:
    arrays = {
        "steps": np.array([0, 5.0]),
        "values": np.array([[np.nan, np.inf, -1.5]], np.float32),
        "empty": np.zeros((0, 3), np.float32),
        "classes": np.arange(3, dtype=np.int32),
        "strided": np.arange(12.0).reshape(3, 4)[:, ::2],
    }
    body = pack({"run": name}, arrays)
    framed = unpack(body)
    assert framed.header["run"] == name
    assert [*framed.arrays] == [*arrays]
    for key, expected in arrays.items():
        assert framed.arrays[key].dtype == expected.dtype
        np.testing.assert_array_equal(framed.arrays[key], expected)


def test_big_endian_numbers_are_turned() -> None:
    framed = unpack(pack({}, {"values": np.array([1.5], ">f4")}))
    np.testing.assert_array_equal(framed.arrays["values"], [1.5])


def test_other_types_are_refused() -> None:
    with pytest.raises(KeyError):
        pack({}, {"steps": np.array([1], np.int64)})
