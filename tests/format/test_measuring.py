from typing import Any

import hypothesis.extra.numpy as hnp
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_featuremaps.format.measuring import measure
from tb_featuremaps.format.measuring_exactly import measure_exactly
from tb_featuremaps.format.names import STATS_COLUMNS


def test_statistics_are_those_of_numpy() -> None:
    values = np.random.default_rng(0).normal(3, 2, (2, 7, 5, 4)).astype(np.float32)
    values[:, 0, 0, 1] = 0
    stats = measure(values).statistics
    assert stats.shape == (2, 4, len(STATS_COLUMNS))
    np.testing.assert_allclose(stats[..., 0], values.min((1, 2)))
    np.testing.assert_allclose(stats[..., 1], values.max((1, 2)))
    np.testing.assert_allclose(stats[..., 2], values.mean((1, 2)), rtol=1e-5)
    np.testing.assert_allclose(stats[..., 3], values.std((1, 2)), rtol=1e-5)
    np.testing.assert_allclose(stats[..., 4], (values == 0).mean((1, 2)), rtol=1e-6)
    assert (stats[..., 5] == 0).all()


def test_values_that_are_not_finite_are_counted_and_left_out() -> None:
    values = np.array([1, np.nan, np.inf, 3], np.float32).reshape(1, 2, 2, 1)
    assert measure(values).statistics[0, 0].tolist() == [1, 3, 2, 1, 0, 0.5]


def test_a_channel_without_finite_values_has_no_extremes() -> None:
    stats = measure(np.full((1, 2, 2, 1), np.nan, np.float32)).statistics[0, 0]
    assert np.isnan(stats[:4]).all()
    assert stats[4:].tolist() == [0, 1]


@pytest.mark.parametrize("dtype", [np.float32])
def test_the_largest_floats_do_not_overflow_the_mean(dtype: type[np.float32]) -> None:
    values = np.full((1, 8, 8, 1), np.finfo(dtype).max, dtype)
    stats = measure(values).statistics[0, 0]
    np.testing.assert_allclose(stats[2], np.finfo(dtype).max, rtol=1e-5)


_SHAPES = [
    (1, 1, 1, 1),
    (2, 1, 1, 4096),
    (3, 1, 9973, 2),  # a prime number of pixels
    (2, 65, 257, 3),
    (5, 7, 7, 416),
    (2, 160, 160, 32),  # several blocks for a probe
    (1, 300, 1100, 1),
]


def _exactly(maps: npt.NDArray[np.float32]) -> tuple[npt.NDArray[Any], ...]:
    """Levels, lo, hi and statistics of each channel by itself in float64."""
    count, height, width, channels = maps.shape
    planes = maps.transpose(0, 3, 1, 2).reshape(-1, height, width)
    found = measure_exactly(planes, 255)
    levels = found.levels.reshape(count, channels, height, width).transpose(0, 2, 3, 1)
    scales = (scale.reshape(count, channels) for scale in (found.lo, found.hi))
    return levels, *scales, found.statistics.reshape(count, channels, -1)


@pytest.mark.parametrize("shape", _SHAPES)
def test_maps_of_any_shape_are_measured_as_exactly_as_float32_holds(
    shape: tuple[int, int, int, int],
) -> None:
    values = np.random.default_rng(1).normal(0.5, 1, shape).astype(np.float32)
    maps = np.maximum(values, 0)
    measured = measure(maps)
    levels, lo, hi, statistics = _exactly(maps)
    np.testing.assert_array_equal(measured.lo, lo)
    np.testing.assert_array_equal(measured.hi, hi)
    np.testing.assert_allclose(measured.statistics, statistics, rtol=3e-6, atol=1e-7)
    # Rounding decides otherwise only in the middle between two levels.
    off = np.abs(measured.levels.astype(int) - levels)
    assert off.max() <= 1
    assert (off > 0).mean() < 1e-4


@pytest.mark.parametrize("scale", [1e-30, 1e-9, 1, 1e9, 1e30])
@pytest.mark.parametrize("offset", [0, 1, 10, 20, 1000])
def test_deviations_of_any_size_are_true(scale: float, offset: float) -> None:
    values = np.random.default_rng(2).normal(offset, 1, (1, 50, 40, 6)) * scale
    maps = values.astype(np.float32)
    expected = maps.astype(np.float64).std((1, 2))
    np.testing.assert_allclose(measure(maps).statistics[..., 3], expected, rtol=1e-5)


@pytest.mark.parametrize("outlier", [-1000.0, 1000.0])
def test_one_value_far_away_leaves_the_deviation_true(outlier: float) -> None:
    maps = np.random.default_rng(3).normal(5, 1, (2, 40, 60, 8)).astype(np.float32)
    maps[0, 3, 4] = outlier
    expected = maps.astype(np.float64).std((1, 2))
    np.testing.assert_allclose(measure(maps).statistics[..., 3], expected, rtol=1e-5)


def test_a_constant_has_no_deviation_and_its_mean_is_its_value() -> None:
    maps = np.full((2, 33, 31, 3), np.float32(0.1))
    statistics = measure(maps).statistics
    assert (statistics[..., :3] == np.float32(0.1)).all()
    assert (statistics[..., 3] == 0).all()


@st.composite
def _odd_maps(draw: st.DrawFn) -> npt.NDArray[np.float32]:
    shape = draw(hnp.array_shapes(min_dims=4, max_dims=4, max_side=6))
    # Of single precision as they are: Hypothesis refuses what it would have to round.
    odd = [np.nan, np.inf, -np.inf, 0.0, 3e38, -3e38, 1e-42, 1.5, -2.0]
    values: list[float] = np.asarray(odd, np.float32).tolist()
    return draw(hnp.arrays(np.float32, shape, elements=st.sampled_from(values)))


@given(_odd_maps())
@settings(max_examples=200, deadline=None)
def test_odd_channels_are_measured_exactly_and_the_others_as_ever(
    maps: npt.NDArray[np.float32],
) -> None:
    measured = measure(maps)
    levels, lo, hi, statistics = _exactly(maps)
    np.testing.assert_array_equal(measured.levels, levels)
    np.testing.assert_array_equal(measured.lo, lo)
    np.testing.assert_array_equal(measured.hi, hi)
    # Where large values cancel out, what is left of small ones depends on the order of the sum.
    size = np.maximum(np.abs(lo), np.abs(hi))[..., None].astype(np.float64)
    difference = np.abs(measured.statistics.astype(np.float64) - statistics)
    unknown = np.isnan(measured.statistics) & np.isnan(statistics)
    assert (unknown | (difference <= 1e-5 * np.abs(statistics) + 1e-12 * size)).all()
