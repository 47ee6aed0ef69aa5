"""Pictures are read back by Pillow, whoever compressed them."""

import io
import struct
import subprocess
import sys
import zlib

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from support.pngs import encode_atlas

from tb_featuremaps.format import deflate
from tb_featuremaps.format.atlas import columns_of, rows_of, tile
from tb_featuremaps.format.png import (
    decode_atlas,
    encode_picture,
    with_filters,
)

_DEFLATES = [deflate.deflate, deflate.deflate_with_zlib]


def _noise(*shape: int) -> npt.NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)


@pytest.mark.parametrize("compress", _DEFLATES)
@pytest.mark.parametrize(
    "shape",
    [(1, 1), (1, 16_384), (16_384, 1), (7, 13), (300, 500), (5, 4, 3), (1, 1, 4), (64, 63, 4)],
)
def test_pillow_reads_pictures_of_any_size(
    shape: tuple[int, ...], compress: deflate.Deflate
) -> None:
    for picture in (_noise(*shape), np.zeros(shape, np.uint8)):
        image = Image.open(io.BytesIO(encode_picture(picture, compress)))
        assert image.mode == {2: "L", 3: "RGBA" if shape[-1] == 4 else "RGB"}[len(shape)]
        np.testing.assert_array_equal(np.asarray(image), picture)


@pytest.mark.parametrize("compress", _DEFLATES)
@pytest.mark.parametrize(
    "size", [(1, 1, 1), (1, 16_384, 1), (3, 5, 7), (28, 28, 192), (1, 1, 1000)]
)
def test_atlases_come_back(size: tuple[int, int, int], compress: deflate.Deflate) -> None:
    height, width, channels = size
    levels = _noise(1, *size)
    lo = np.arange(channels, dtype=np.float32)
    atlas = decode_atlas(
        encode_atlas(with_filters(tile(levels))[0], lo, lo + 1, height, width, compress)
    )
    np.testing.assert_array_equal(atlas.levels, levels[0])
    np.testing.assert_array_equal(atlas.lo, lo)
    np.testing.assert_array_equal(atlas.hi, lo + 1)


def test_every_chunk_has_its_length_and_checksum() -> None:
    picture, scale = _noise(8, 8), np.zeros(4, np.float32)
    png = encode_atlas(with_filters(picture), scale, scale + 1, 4, 4)
    offset, kinds = 8, []
    while offset < len(png):
        (length,) = struct.unpack_from(">I", png, offset)
        kind, content = png[offset + 4 : offset + 8], png[offset + 8 : offset + 8 + length]
        (checksum,) = struct.unpack_from(">I", png, offset + 8 + length)
        assert checksum == zlib.crc32(kind + content)
        kinds.append(kind)
        offset += 12 + length
    assert kinds == [b"IHDR", b"fmAp", b"IDAT", b"IEND"]
    assert offset == len(png)


def test_maps_are_about_as_small_as_zlib_makes_them() -> None:
    rows, columns = np.mgrid[0:56, 0:56][..., None]
    maps = np.maximum(np.sin(rows / 9 * np.arange(1, 65)) + np.cos(columns / 7), 0)
    picture = tile((maps * 127).astype(np.uint8)[None])[0]
    sizes = [len(encode_picture(picture, compress)) for compress in _DEFLATES]
    assert sizes[0] <= 1.15 * sizes[1]


def test_without_isal_zlib_compresses() -> None:
    script = (
        "import sys; sys.modules['isal'] = None\n"
        "from tb_featuremaps.format import deflate, png\n"
        "import numpy\n"
        "assert deflate.deflate is deflate.deflate_with_zlib\n"
        "sys.stdout.buffer.write(png.encode_picture(numpy.full((9, 9), 7, numpy.uint8)))\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert (np.asarray(Image.open(io.BytesIO(ended.stdout))) == 7).all()


@pytest.mark.parametrize("shape", [(4, 5), (4, 6), (4, 8), (5, 7), (4, 7, 3)])
def test_a_picture_that_is_no_atlas_of_its_channels_is_refused(shape: tuple[int, ...]) -> None:
    lo = np.zeros(5, np.float32)  # 2 rows and 3 columns
    with pytest.raises(ValueError, match=r"4×6 pixels for 5 channels of 2×2.*Received: shape"):
        encode_atlas(np.zeros(shape, np.uint8), lo, lo, 2, 2)


def test_an_atlas_larger_than_readers_take_is_refused_before_anything_is_allocated() -> None:
    lo = np.zeros(1, np.float32)
    picture = np.broadcast_to(np.uint8(0), (8193, 8193))
    assert (rows_of(1), columns_of(1)) == (1, 1)
    with pytest.raises(ValueError, match="at most 67,108,864 pixels"):
        encode_atlas(picture, lo, lo, 8193, 8192)


def test_a_size_that_no_png_can_name_is_refused_as_any_other() -> None:
    lo = np.zeros(1, np.float32)
    with pytest.raises(ValueError, match="at most 67,108,864 pixels"):
        encode_atlas(np.zeros((2, 3), np.uint8), lo, lo, 2**40, 2**40)


@pytest.mark.parametrize("shape", [(4,), (0, 3), (2, 2, 2), (2, 2, 0), (2**16, 2**15)])
def test_what_is_no_picture_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"Expected a picture .* Received: shape"):
        encode_picture(np.broadcast_to(np.uint8(0), shape))
