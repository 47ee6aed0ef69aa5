"""Bounds and gaps, on real event files through TensorBoard's own provider in this process."""

import pathlib

import numpy as np
import pytest
from support.hostile_runs import OUTPUTS, floats, tensor_value, write_values
from support.logged import logged_data

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.plugin.gaps import gaps_of
from tb_featuremaps.plugin.logged_data import Limits
from tb_featuremaps.plugin.problems import DamagedError
from tb_featuremaps.plugin.tensors import read_arrays
from tb_featuremaps.summary.event_writer import open_writer
from tb_featuremaps.summary.events import event
from tb_featuremaps.summary.events import tensor_value as float_tensor_value

_TAG = "featuremaps/outputs/main"


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Ten captures of 8 floats, the fourth of another shape."""
    folder = tmp_path_factory.mktemp("logs")
    writer = open_writer(str(folder / "run"))
    for step in range(10):
        value = tensor_value(_TAG, OUTPUTS, floats(2, 3 if step == 4 else 4))
        writer.submit(lambda step=step, value=value: event(step, [value], 1e9 + step))
    writer.close()
    return folder


@pytest.mark.parametrize(
    ("limits", "count", "all_kept", "messages"),
    [
        (Limits(100, 0), 10, True, 0),
        (Limits(0, 0), 10, True, 0),
        (Limits(10, 0), 10, False, 0),
        (Limits(100, 0, series_bytes=32 * 4), 4, False, 1),
        (Limits(3, 0, series_bytes=32 * 4), 3, False, 0),
        (Limits(0, 0, series_bytes=32 * 20), 10, True, 0),
    ],
)
def test_a_series_is_bounded_in_bytes_and_says_what_is_missing(
    logdir: pathlib.Path, limits: Limits, count: int, all_kept: bool, messages: int
) -> None:
    found = logged_data(logdir, limits).tensors("run", _TAG)
    assert (len(found.items), found.all_kept, len(found.messages)) == (count, all_kept, messages)
    assert found.items[-1].step == 9


def test_a_capture_beyond_the_bound_is_refused(logdir: pathlib.Path) -> None:
    with pytest.raises(DamagedError, match="at most 31 bytes"):
        logged_data(logdir, Limits(100, 0, series_bytes=31)).tensors("run", _TAG)


def test_captures_of_another_shape_are_left_out_with_a_message(logdir: pathlib.Path) -> None:
    arrays = read_arrays(logged_data(logdir, Limits(100, 0)), "run", _TAG, (None, None))
    assert arrays.items.steps.tolist() == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    assert len(arrays.messages) == 1
    assert "1 of 10 captures" in arrays.messages[0]


@pytest.mark.skipif(
    "gaps" not in pb.FeatureMapPluginData.DESCRIPTOR.fields_by_name,
    reason="the format has no marks of gaps yet",
)
def test_gaps_are_listed(tmp_path: pathlib.Path) -> None:
    payload = pb.FeatureMapPluginData()
    payload.gaps.SetInParent()
    for step, marks in ((0, [0, 0, 0]), (9, [4, 5, 9])):
        value = float_tensor_value("featuremaps/gaps", payload, np.array(marks, np.float32))
        write_values(tmp_path / "run", [value], step, 1e9 + step)
    data = logged_data(tmp_path, Limits(100, 0))
    gaps, messages = gaps_of(data, data.series(), "run")
    assert (gaps, messages) == ([{"from_step": 5, "to_step": 9, "lost": 4}], [])
