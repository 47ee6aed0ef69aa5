"""PNG pictures: the atlas with its scale inside, and probes as ordinary pictures."""

import dataclasses
import functools
import struct
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format.atlas import MAX_ATLAS_PIXELS, columns_of, dequantise, rows_of, untile
from tb_featuremaps.format.deflate import Deflate, crc32, deflate
from tb_featuremaps.format.names import FORMAT_VERSION
from tb_featuremaps.format.scale_chunk import SCALE_CHUNK, AtlasError, open_atlas
from tb_featuremaps.format.wire import field_key

__all__ = [
    "SCALE_CHUNK",
    "Atlas",
    "AtlasError",
    "atlas_parts",
    "decode_atlas",
    "encode_picture",
    "with_filters",
]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = struct.Struct(">IIBBBBB")
_NUMBER = struct.Struct(">I")
_FLOAT = np.dtype("<f4")
_GREY, _RGB, _RGBA = 0, 2, 6
_COLOURS = {1: _GREY, 3: _RGB, 4: _RGBA}
# A chunk's length is a 31-bit number.
_MOST_BYTES = 2**31 - 1


@dataclasses.dataclass(frozen=True)
class Atlas:
    """A decoded atlas.

    Attributes:
        levels: uint8 `[tile height, tile width, channels]`.
        lo, hi: float32 `[channels]`, the values of levels 0 and 255.
    """

    levels: npt.NDArray[np.uint8]
    lo: npt.NDArray[np.float32]
    hi: npt.NDArray[np.float32]

    @property
    def values(self) -> npt.NDArray[np.float32]:
        """The activation, float32 `[tile height, tile width, channels]`."""
        return dequantise(self.levels, self.lo, self.hi)


def with_filters(pictures: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Puts its filter before each row, as PNG has them: `[…, height, bytes]` with a byte more.

    It is 0, none: others make feature maps no smaller.
    """
    filtered = np.empty((*pictures.shape[:-1], 1 + pictures.shape[-1]), np.uint8)
    filtered[..., 0] = 0
    filtered[..., 1:] = pictures
    return filtered


def atlas_parts(
    pictures: npt.NDArray[np.uint8],
    lo: npt.NDArray[np.float32],
    hi: npt.NDArray[np.float32],
    tile_height: int,
    tile_width: int,
    compress: Deflate = deflate,
) -> list[list[bytes]]:
    """Returns what, joined, is the PNG of an atlas, for each of several.

    All are compressed first: what is put around them is made faster when its code is in the caches,
    and the interpreter's lock is held meanwhile.

    Args:
        pictures: uint8 `[n, rows · tile height, 1 + columns · tile width]`, as `tile` lays them
            out, and contiguous, `with_filters`.
        lo, hi: float32 `[n, channels]`.
        tile_height, tile_width: pixels of one channel.
        compress: makes the zlib stream of the pixels.

    Raises:
        ValueError: the pictures have another size, or more than `MAX_ATLAS_PIXELS`.
    """
    channels = lo.shape[1]
    height, width = rows_of(channels) * tile_height, columns_of(channels) * tile_width
    if pictures.shape[1:] != (height, 1 + width) or height * width > MAX_ATLAS_PIXELS:
        raise ValueError(
            f"Expected atlases of {height}×{width} pixels for {channels} channels of "
            f"{tile_height}×{tile_width}, a byte more in each row, and at most "
            f"{MAX_ATLAS_PIXELS:,} pixels. Received: shape {pictures.shape[1:]}."
        )
    frame = _atlas_frame(FORMAT_VERSION, channels, tile_height, tile_width)
    compressed = [compress(picture) for picture in pictures]
    los, his = (ends.astype(_FLOAT, copy=False).tobytes() for ends in (lo, hi))
    size = channels * _FLOAT.itemsize
    return [
        _png(frame.before_pixels(los[begin : begin + size], his[begin : begin + size]), pixels)
        for begin, pixels in zip(range(0, len(los), size), compressed, strict=True)
    ]


class _AtlasFrame(NamedTuple):
    """What is the same in all atlases of one shape, encoded once.

    Attributes:
        start: up to and with the length of the scale's chunk.
        before_lo: the kind of that chunk, and the scale up to its values.
        before_hi: what stands between the two kinds of values.
    """

    start: bytes
    before_lo: bytes
    before_hi: bytes

    def before_pixels(self, lo: bytes, hi: bytes) -> bytes:
        """An atlas with these values in its scale, up to its pixels."""
        scale = b"".join([self.before_lo, lo, self.before_hi, hi])
        return b"".join([self.start, scale, _NUMBER.pack(crc32(scale))])


@functools.lru_cache(maxsize=1024)
def _atlas_frame(version: int, channels: int, tile_height: int, tile_width: int) -> _AtlasFrame:
    size = rows_of(channels) * tile_height, columns_of(channels) * tile_width
    scale = pb.AtlasScale(
        version=version,
        channels=channels,
        tile_height=tile_height,
        tile_width=tile_width,
        columns=columns_of(channels),
    )
    values = channels * _FLOAT.itemsize
    before_lo = scale.SerializeToString() + field_key(pb.AtlasScale.LO_FIELD_NUMBER, values)
    before_hi = field_key(pb.AtlasScale.HI_FIELD_NUMBER, values)
    length = _NUMBER.pack(len(before_lo) + len(before_hi) + 2 * values)
    return _AtlasFrame(_start(size, _GREY) + length, SCALE_CHUNK + before_lo, before_hi)


def decode_atlas(png: bytes) -> Atlas:
    """Reads the PNG of an atlas.

    Raises:
        AtlasError: it is damaged, no 8-bit grey PNG of at most `MAX_ATLAS_PIXELS`, has no scale
            inside that fits it, or is of a newer format version.
    """
    image, scale = open_atlas(png)
    try:
        picture = np.asarray(image)
    except Exception as error:  # Pillow raises many kinds on damaged files
        raise AtlasError(f"The PNG file is damaged: {error}.") from error
    levels = untile(picture, scale.channels, scale.tile_height, scale.tile_width)
    return Atlas(
        levels=levels.astype(np.uint8, copy=False),
        lo=np.asarray(scale.lo, np.float32),
        hi=np.asarray(scale.hi, np.float32),
    )


def encode_picture(picture: npt.NDArray[np.uint8], compress: Deflate = deflate) -> bytes:
    """Returns the PNG of a grey `[h, w]`, RGB `[h, w, 3]` or RGBA `[h, w, 4]` picture.

    Raises:
        ValueError: it is none of these, is empty, or has 2³¹ bytes or more.
    """
    colours = picture.shape[2] if picture.ndim == 3 else 1
    if picture.ndim not in (2, 3) or colours not in _COLOURS or not 0 < picture.size < _MOST_BYTES:
        raise ValueError(
            "Expected a picture [h, w], [h, w, 3] or [h, w, 4] of 1 to 2³¹ − 1 bytes. "
            f"Received: shape {picture.shape}."
        )
    rows = with_filters(picture.reshape(len(picture), -1))
    return b"".join(_png(_start(picture.shape[:2], _COLOURS[colours]), compress(rows)))


def _start(size: tuple[int, ...], colour: int) -> bytes:
    """How a PNG of `size`, height and width, with 8 bits a colour begins."""
    header = _HEADER.pack(size[1], size[0], 8, colour, 0, 0, 0)
    return _SIGNATURE + _chunk(b"IHDR", header)


def _png(start: bytes, pixels: bytes) -> list[bytes]:
    """What, joined, is a PNG of `start`, whole chunks, and of compressed pixels, not copied."""
    before = b"".join([start, _NUMBER.pack(len(pixels)), _PIXELS])
    return [before, pixels, _NUMBER.pack(crc32(pixels, _PIXELS_CRC)) + _END]


def _chunk(kind: bytes, content: bytes) -> bytes:
    """A whole chunk, copied; not for pixels."""
    checksum = crc32(content, crc32(kind))
    return b"".join([_NUMBER.pack(len(content)), kind, content, _NUMBER.pack(checksum)])


_PIXELS = b"IDAT"
_PIXELS_CRC = crc32(_PIXELS)
_END = _chunk(b"IEND", b"")
