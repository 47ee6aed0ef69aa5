"""Property tests of the channel atlas: tile, untile, levels and the scale inside the PNG."""

import hypothesis.extra.numpy as hnp
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.pngs import encode_atlas

from tb_featuremaps.format.atlas import columns_of, dequantise, rows_of, tile, untile
from tb_featuremaps.format.measuring import measure
from tb_featuremaps.format.png import (
    AtlasError,
    decode_atlas,
    encode_picture,
    with_filters,
)

_ANY_FLOAT = st.floats(width=32, allow_nan=True, allow_infinity=True)
_FINITE = st.floats(width=32, allow_nan=False, allow_infinity=False, allow_subnormal=False)


@st.composite
def activations(draw: st.DrawFn, elements: st.SearchStrategy[float]) -> npt.NDArray[np.float32]:
    """Activations `[n, h, w, c]` of 1 to 2,048 channels; many channels only on small maps."""
    channels = draw(st.one_of(st.integers(1, 70), st.sampled_from([255, 256, 257, 1024, 2048])))
    longest = 9 if channels <= 70 else 2
    size = draw(st.tuples(st.integers(1, 2), st.integers(1, longest), st.integers(1, longest)))
    return draw(hnp.arrays(np.float32, (*size, channels), elements=elements, fill=elements))


@given(st.integers(1, 2048))
def test_grid_is_the_smallest_near_square_that_holds_all_channels(channels: int) -> None:
    assert (columns_of(channels) - 1) ** 2 < channels <= columns_of(channels) ** 2
    assert (rows_of(channels) - 1) * columns_of(channels) < channels


@given(st.integers(1, 2048), st.integers(1, 5), st.integers(1, 5), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_untile_undoes_tile(channels: int, height: int, width: int, probes: int) -> None:
    levels = np.random.default_rng(channels).integers(0, 256, (probes, height, width, channels))
    atlases = tile(levels)
    assert atlases.shape == (probes, rows_of(channels) * height, columns_of(channels) * width)
    for atlas, original in zip(atlases, levels, strict=True):
        np.testing.assert_array_equal(untile(atlas, channels, height, width), original)


def test_a_channel_lies_where_the_format_says() -> None:
    levels = np.broadcast_to(np.arange(5), (1, 2, 3, 5))
    atlas = tile(levels)[0]
    assert atlas.shape == (4, 9)
    assert (atlas[2:4, 3:6] == 4).all()
    assert (atlas[2:4, 6:9] == 0).all()


@given(activations(_FINITE))
@settings(max_examples=60, deadline=None)
def test_values_come_back_within_half_a_level(values: npt.NDArray[np.float32]) -> None:
    quantised = measure(values)
    assert quantised.levels.min() >= 0
    assert quantised.levels.max() <= 255
    lo, hi = quantised.lo[:, None, None, :], quantised.hi[:, None, None, :]
    back = dequantise(quantised.levels, lo, hi)
    half_level = (hi.astype(np.float64) - lo) / 510
    slack = np.maximum(np.abs(lo), np.abs(hi)).astype(np.float64) * 2e-6 + 1e-37
    assert (np.abs(back.astype(np.float64) - values) <= half_level * 1.001 + slack).all()


@given(activations(_ANY_FLOAT))
@settings(max_examples=60, deadline=None)
def test_values_that_are_not_finite_have_their_own_levels(values: npt.NDArray[np.float32]) -> None:
    quantised = measure(values)
    assert np.isfinite(quantised.lo).all()
    assert np.isfinite(quantised.hi).all()
    assert (quantised.levels[np.isnan(values)] == 0).all()
    assert (quantised.levels[np.isneginf(values)] == 0).all()
    assert (quantised.levels[np.isposinf(values)] == 255).all()


def test_a_constant_channel_keeps_its_value() -> None:
    quantised = measure(np.full((1, 3, 3, 2), -7.5, np.float32))
    assert (quantised.lo == -7.5).all()
    assert (quantised.hi == -7.5).all()
    assert (quantised.levels == 0).all()


@given(activations(_ANY_FLOAT))
@settings(max_examples=40, deadline=None)
def test_the_png_brings_levels_and_scale_back(values: npt.NDArray[np.float32]) -> None:
    quantised = measure(values)
    picture = with_filters(tile(quantised.levels))[0]
    height, width = values.shape[1:3]
    atlas = decode_atlas(encode_atlas(picture, quantised.lo[0], quantised.hi[0], height, width))
    np.testing.assert_array_equal(atlas.levels, quantised.levels[0])
    np.testing.assert_array_equal(atlas.lo, quantised.lo[0])
    np.testing.assert_array_equal(atlas.hi, quantised.hi[0])


def test_the_chunk_is_private_ancillary_and_safe_to_copy() -> None:
    lo, hi = np.zeros(1, np.float32), np.ones(1, np.float32)
    png = encode_atlas(np.zeros((1, 2), np.uint8), lo, hi, tile_height=1, tile_width=1)
    position = png.index(b"fmAp")
    assert position < png.index(b"IDAT")
    assert [bool(byte & 32) for byte in png[position : position + 4]] == [True, True, False, True]


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"no picture", "Expected a PNG"), (encode_picture(np.zeros((2, 2), np.uint8)), "fmAp")],
)
def test_what_is_no_atlas_is_a_clear_error(content: bytes, message: str) -> None:
    with pytest.raises(AtlasError, match=message):
        decode_atlas(content)


def test_an_atlas_cut_short_is_a_clear_error() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (64, 64)).astype(np.uint8)
    png = encode_atlas(
        with_filters(picture), np.zeros(4, np.float32), np.ones(4, np.float32), 32, 32
    )
    with pytest.raises(AtlasError):
        decode_atlas(png[: len(png) // 2])


def test_untile_names_both_sizes() -> None:
    with pytest.raises(ValueError, match=r"4×4.*\(3, 4\)"):
        untile(np.zeros((3, 4)), 4, 2, 2)
