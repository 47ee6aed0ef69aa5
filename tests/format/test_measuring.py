import functools
import importlib.util
import pathlib
import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Callable
from types import ModuleType
from typing import Any, Literal, TypeAlias
from unittest import mock

import hypothesis.extra.numpy as hnp
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_featuremaps.format import finishing
from tb_featuremaps.format.atlas import untile
from tb_featuremaps.format.finishing import IS_COMPILED, finish_compiled
from tb_featuremaps.format.measuring import MeasuredMaps, measure
from tb_featuremaps.format.measuring_exactly import measure_exactly
from tb_featuremaps.format.names import STATS_COLUMNS

Measure: TypeAlias = Callable[[npt.NDArray[np.float32]], MeasuredMaps]


def _measure_compiled(maps: npt.NDArray[np.float32]) -> MeasuredMaps:
    _, height, width, channels = maps.shape
    layer = finish_compiled(maps)
    assert (layer.pictures[:, :, 0] == 0).all()
    atlases = layer.pictures[:, :, 1:]
    levels = np.stack([untile(atlas, channels, height, width) for atlas in atlases])
    return MeasuredMaps(levels.astype(np.uint8), layer.lo, layer.hi, layer.statistics)


@functools.cache
def _portable_module() -> ModuleType:
    """The compiled module without what is written for one kind of processor."""
    source = pathlib.Path(finishing.__file__).with_name("_measuring.c")
    include = f"-I{sysconfig.get_path('include')}"
    with tempfile.TemporaryDirectory() as folder:
        built = f"{folder}/_measuring.so"
        flags = ["-O3", "-ffp-contract=off", "-shared", "-fPIC", "-DPORTABLE", include]
        subprocess.run(["cc", *flags, str(source), "-o", built, "-lm"], check=True)
        spec = importlib.util.spec_from_file_location("_measuring", built)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return module


def _measure_portably(maps: npt.NDArray[np.float32]) -> MeasuredMaps:
    with mock.patch.object(finishing, "_measuring", _portable_module()):
        return _measure_compiled(maps)


_needs_module = pytest.mark.skipif(not IS_COMPILED, reason="no C compiler was there")
_needs_compiler = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler is here")
each_way = pytest.mark.parametrize(
    "measure",
    [
        measure,
        pytest.param(_measure_compiled, marks=_needs_module),
        pytest.param(_measure_portably, marks=_needs_compiler),
    ],
)


def test_where_there_is_a_compiler_it_is_used() -> None:
    assert IS_COMPILED or shutil.which("cc") is None, "run setup.py build_ext --inplace"


@each_way
def test_statistics_are_those_of_numpy(measure: Measure) -> None:
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


@each_way
def test_values_that_are_not_finite_are_counted_and_left_out(measure: Measure) -> None:
    values = np.array([1, np.nan, np.inf, 3], np.float32).reshape(1, 2, 2, 1)
    assert measure(values).statistics[0, 0].tolist() == [1, 3, 2, 1, 0, 0.5]


@each_way
def test_a_channel_without_finite_values_has_no_extremes(measure: Measure) -> None:
    stats = measure(np.full((1, 2, 2, 1), np.nan, np.float32)).statistics[0, 0]
    assert np.isnan(stats[:4]).all()
    assert stats[4:].tolist() == [0, 1]


@each_way
def test_the_largest_floats_do_not_overflow_the_mean(measure: Measure) -> None:
    largest = np.finfo(np.float32).max
    stats = measure(np.full((1, 8, 8, 1), largest, np.float32)).statistics[0, 0]
    np.testing.assert_allclose(stats[2], largest, rtol=1e-5)


_SHAPES = [
    (1, 1, 1, 1),
    (2, 1, 1, 4096),
    (3, 1, 9973, 2),  # a prime number of pixels
    (2, 65, 257, 3),
    (5, 7, 7, 416),
    (2, 160, 160, 32),  # several blocks for a probe
    (1, 300, 1100, 1),
    (2, 5, 129, 65),
    (1, 3, 3, 63),
]


def _exactly(maps: npt.NDArray[np.float32]) -> tuple[npt.NDArray[Any], ...]:
    """Levels, lo, hi and statistics of each channel by itself in float64."""
    count, height, width, channels = maps.shape
    planes = maps.transpose(0, 3, 1, 2).reshape(-1, height, width)
    found = measure_exactly(planes, 255)
    levels = found.levels.reshape(count, channels, height, width).transpose(0, 2, 3, 1)
    scales = (scale.reshape(count, channels) for scale in (found.lo, found.hi))
    return levels, *scales, found.statistics.reshape(count, channels, -1)


@each_way
@pytest.mark.parametrize("shape", _SHAPES)
def test_maps_of_any_shape_are_measured_as_exactly_as_float32_holds(
    shape: tuple[int, int, int, int], measure: Measure
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


@each_way
@pytest.mark.parametrize("scale", [1e-30, 1e-9, 1, 1e9, 1e30])
@pytest.mark.parametrize("offset", [0, 1, 10, 20, 1000])
def test_deviations_of_any_size_are_true(scale: float, offset: float, measure: Measure) -> None:
    values = np.random.default_rng(2).normal(offset, 1, (1, 50, 40, 6)) * scale
    maps = values.astype(np.float32)
    expected = maps.astype(np.float64).std((1, 2))
    np.testing.assert_allclose(measure(maps).statistics[..., 3], expected, rtol=1e-5)


@each_way
@pytest.mark.parametrize("outlier", [-1000.0, 1000.0])
def test_one_value_far_away_leaves_the_deviation_true(outlier: float, measure: Measure) -> None:
    maps = np.random.default_rng(3).normal(5, 1, (2, 40, 60, 8)).astype(np.float32)
    maps[0, 3, 4] = outlier
    expected = maps.astype(np.float64).std((1, 2))
    np.testing.assert_allclose(measure(maps).statistics[..., 3], expected, rtol=1e-5)


@each_way
def test_a_constant_has_no_deviation_and_its_mean_is_its_value(measure: Measure) -> None:
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


@each_way
@given(maps=_odd_maps())
@settings(max_examples=200, deadline=None)
def test_odd_channels_are_measured_exactly_and_the_others_as_ever(
    maps: npt.NDArray[np.float32], measure: Measure
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


@each_way
@pytest.mark.parametrize("shape", [(1, 16, 16, 3), (2, 1, 17, 65), (1, 40, 40, 64)])
@pytest.mark.parametrize(("start", "spread"), [(1.0, 0), (1.0, 3), (1000.0, 1), (-3e4, 7)])
def test_deviations_of_values_a_few_steps_apart_are_exact(
    measure: Measure, shape: tuple[int, ...], start: float, spread: int
) -> None:
    step = np.spacing(np.float32(start))
    steps = np.random.default_rng(0).integers(0, spread + 2, shape)
    values = (np.float32(start) + steps.astype(np.float32) * step).astype(np.float32)
    found = measure(values).statistics[..., 3]
    np.testing.assert_allclose(found, values.astype(np.float64).std((1, 2)), rtol=1e-5)


@_needs_module
@pytest.mark.parametrize("order", ["F", "C"])
def test_maps_of_any_layout_in_memory_are_measured(order: Literal["F", "C"]) -> None:
    values = np.random.default_rng(4).normal(size=(2, 6, 5, 7)).astype(np.float32)
    expected = _measure_compiled(values)
    for maps in (np.asarray(values, order=order), values[:, ::-1][:, ::-1], values.astype(">f4")):
        np.testing.assert_array_equal(_measure_compiled(maps).levels, expected.levels)


@_needs_module
@pytest.mark.parametrize(
    "shape", [(2, 3, 4, 6), (1, 3, 4, 5), (2**40, 2**40, 2**40, 5), (-1, -3, 4, 5), (0, 3, 4, 5)]
)
def test_compiled_code_reads_and_writes_no_other_memory(shape: tuple[int, ...]) -> None:
    from tb_featuremaps.format import _measuring

    maps, statistics = np.zeros((2, 3, 4, 5), np.float32), np.zeros((2, 5, 6), np.float32)
    pictures, (lo, hi) = np.zeros((2, 6, 13), np.uint8), np.zeros((2, 2, 5), np.float32)
    _measuring.measure(maps, maps.shape, 3, pictures, lo, hi, statistics)
    with pytest.raises(ValueError, match="sizes"):
        _measuring.measure(maps, shape, 3, pictures, lo, hi, statistics)
    with pytest.raises(ValueError, match="sizes"):
        _measuring.measure(maps, maps.shape, 3, pictures, lo, hi, statistics[:1])
