import numpy as np
import pytest

from tb_featuremaps.format.names import STATS_COLUMNS
from tb_featuremaps.format.statistics import channel_statistics


def test_statistics_are_those_of_numpy() -> None:
    values = np.random.default_rng(0).normal(3, 2, (2, 7, 5, 4)).astype(np.float32)
    values[:, 0, 0, 1] = 0
    stats = channel_statistics(values)
    assert stats.shape == (2, 4, len(STATS_COLUMNS))
    np.testing.assert_allclose(stats[..., 0], values.min((1, 2)))
    np.testing.assert_allclose(stats[..., 1], values.max((1, 2)))
    np.testing.assert_allclose(stats[..., 2], values.mean((1, 2)), rtol=1e-5)
    np.testing.assert_allclose(stats[..., 3], values.std((1, 2)), rtol=1e-5)
    np.testing.assert_allclose(stats[..., 4], (values == 0).mean((1, 2)), rtol=1e-6)
    assert (stats[..., 5] == 0).all()


def test_values_that_are_not_finite_are_counted_and_left_out() -> None:
    values = np.array([1, np.nan, np.inf, 3], np.float32).reshape(1, 2, 2, 1)
    assert channel_statistics(values)[0, 0].tolist() == [1, 3, 2, 1, 0, 0.5]


def test_a_channel_without_finite_values_has_no_extremes() -> None:
    stats = channel_statistics(np.full((1, 2, 2, 1), np.nan, np.float32))[0, 0]
    assert np.isnan(stats[:4]).all()
    assert stats[4:].tolist() == [0, 1]


@pytest.mark.parametrize("dtype", [np.float32])
def test_the_largest_floats_do_not_overflow_the_mean(dtype: type) -> None:
    values = np.full((1, 8, 8, 1), np.finfo(dtype).max, dtype)
    stats = channel_statistics(values)[0, 0]
    np.testing.assert_allclose(stats[2], np.finfo(dtype).max, rtol=1e-5)
