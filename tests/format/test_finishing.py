import numpy as np
import pytest

from tb_featuremaps.format.finishing import average, finish, finish_layers, finish_with_numpy
from tb_featuremaps.format.measuring import measure


def test_averages_are_those_of_the_pixels_there_are() -> None:
    maps = np.random.default_rng(0).normal(size=(2, 5, 4, 3)).astype(np.float32)
    found = average(maps, (2, 2))
    assert found.shape == (2, 3, 2, 3)
    np.testing.assert_allclose(found[:, 1, 0], maps[:, 2:4, :2].mean((1, 2)), atol=1e-6)
    np.testing.assert_allclose(found[:, 2, 1], maps[:, 4:, 2:].mean((1, 2)), atol=1e-6)


def test_what_is_shown_is_averaged_and_the_statistics_are_not() -> None:
    maps = np.random.default_rng(0).normal(size=(2, 7, 9, 5)).astype(np.float32)
    (finished,) = finish_layers([(maps, (3, 2))])
    shown = measure(average(maps, (3, 2)))
    assert finished.pictures.shape == (2, 2 * 3, 1 + 3 * 5)
    np.testing.assert_array_equal(finished.lo, shown.lo)
    np.testing.assert_array_equal(finished.hi, shown.hi)
    expected = measure(maps).statistics
    np.testing.assert_allclose(finished.statistics, expected, rtol=1e-5, atol=1e-7)


def test_large_values_do_not_overflow_their_average() -> None:
    maps = np.full((1, 4, 4, 1), np.finfo(np.float32).max, np.float32)
    np.testing.assert_array_equal(average(maps, (4, 4)), maps[:, :1, :1])


@pytest.mark.parametrize(
    "shape",
    [(1, 1, 1, 1), (2, 7, 9, 5), (2, 14, 14, 20), (2, 7, 7, 16), (3, 16, 24, 64), (1, 3, 40, 67)],
)
def test_a_layer_is_the_same_whatever_finishes_it(shape: tuple[int, ...]) -> None:
    maps = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    maps[0, 0, 0, 0] = np.inf
    by_numpy, layer = finish_with_numpy(maps), finish(maps)
    np.testing.assert_array_equal(by_numpy.pictures, layer.pictures)
    np.testing.assert_array_equal(by_numpy.lo, layer.lo)
    np.testing.assert_array_equal(by_numpy.hi, layer.hi)
    np.testing.assert_allclose(by_numpy.statistics, layer.statistics, rtol=1e-5, atol=1e-7)
