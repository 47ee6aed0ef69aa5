import pytest

from tb_featuremaps.capture.tiles import tile_size, tile_window
from tb_featuremaps.format.atlas import MAX_ATLAS_PIXELS, MAX_ATLAS_SIDE, columns_of, rows_of


@pytest.mark.parametrize(
    ("shape", "max_tile", "window"),
    [
        ((1, 56, 56, 64), None, (1, 1)),
        ((1, 56, 56, 64), 28, (2, 2)),
        ((1, 56, 56, 64), 30, (2, 2)),
        ((1, 1, 1, 4096), None, (1, 1)),
        ((1, 1024, 1024, 64), None, (1, 1)),  # just what an atlas takes
        ((1, 1025, 1024, 64), None, (2, 2)),
        ((1, 2048, 2048, 48), None, (2, 2)),
        ((1, 1, 48_000, 64), None, (1, 24)),  # the sides count too
    ],
)
def test_maps_are_averaged_by_the_smallest_factor_that_fits(
    shape: tuple[int, ...], max_tile: int | None, window: tuple[int, int]
) -> None:
    assert tile_window(shape, max_tile) == window
    height, width = tile_size(shape, window)
    atlas = rows_of(shape[3]) * height, columns_of(shape[3]) * width
    assert atlas[0] * atlas[1] <= MAX_ATLAS_PIXELS
    assert max(atlas) <= MAX_ATLAS_SIDE


def test_more_channels_than_an_atlas_has_pixels_are_refused() -> None:
    with pytest.raises(ValueError, match="100000000 channels"):
        tile_window((1, 8, 8, 10**8), None)
