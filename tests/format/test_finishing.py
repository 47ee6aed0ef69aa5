import numpy as np

from tb_featuremaps.format.finishing import average, finish_layers
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
    assert finished.atlases.shape == (2, 2 * 3, 3 * 5)
    np.testing.assert_array_equal(finished.lo, shown.lo)
    np.testing.assert_array_equal(finished.hi, shown.hi)
    np.testing.assert_array_equal(finished.statistics, measure(maps).statistics)


def test_layers_that_are_measured_together_are_as_each_alone() -> None:
    rng = np.random.default_rng(0)
    shapes = [
        *((2, 6, 5, channels) for channels in (3, 1, 70)),
        (2, 5, 6, 3),
        *((2, 40, 40, channels) for channels in (8, 64, 9)),  # one too large for its neighbours
        (2, 40, 40, 2),
    ]
    layers = [rng.normal(1, 2, shape).astype(np.float32) for shape in shapes]
    layers[1][0, 0, 0, 0] = np.nan
    windows = [(1, 1), (1, 1), (1, 1), (1, 1), (1, 1), (1, 1), (2, 2), (1, 1)]
    together = list(finish_layers(zip(layers, windows, strict=True)))
    assert len(together) == len(layers)
    for layer, maps, window in zip(together, layers, windows, strict=True):
        (alone,) = finish_layers([(maps, window)])
        np.testing.assert_array_equal(layer.atlases, alone.atlases)
        np.testing.assert_array_equal(layer.lo, alone.lo)
        np.testing.assert_array_equal(layer.hi, alone.hi)
        np.testing.assert_allclose(layer.statistics, alone.statistics, rtol=1e-6, atol=1e-6)


def test_large_values_do_not_overflow_their_average() -> None:
    maps = np.full((1, 4, 4, 1), np.finfo(np.float32).max, np.float32)
    np.testing.assert_array_equal(average(maps, (4, 4)), maps[:, :1, :1])
