"""The private PNG chunk `fmAp`, which holds the scale of an atlas; read before any pixel is.

What a picture claims of itself is checked here, so that decoding it afterwards allocates no more
than its own bounded size.
"""

import io
import math
import struct

from google.protobuf.message import DecodeError
from PIL import Image

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format.atlas import MAX_ATLAS_PIXELS, columns_of, rows_of
from tb_featuremaps.format.versions import unreadable_version

SCALE_CHUNK = b"fmAp"

_START = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_HEADER = struct.Struct(f">{len(_START)}sIIBB")
_GREY_8_BITS = (8, 0)


class AtlasError(ValueError):
    """A picture that is no atlas of ours, or one that this version can't read."""


def open_atlas(png: bytes) -> tuple[Image.Image, pb.AtlasScale]:
    """Returns the picture, whose pixels are not decoded yet, and the scale, which fits it.

    Raises:
        AtlasError: it is no 8-bit grey PNG of at most `MAX_ATLAS_PIXELS`, or no scale in it fits.
    """
    _check_header(png)
    try:
        image = Image.open(io.BytesIO(png), formats=["PNG"])
    except Exception as error:  # Pillow raises many kinds on damaged files, bombs among them
        raise AtlasError(f"The PNG file is damaged: {error}.") from error
    return image, parse_scale(_chunk_of(image), image.size)


def parse_scale(content: bytes, size: tuple[int, int]) -> pb.AtlasScale:
    """Reads the chunk's content, and checks that it fits a picture of `size`, width and height.

    Raises:
        AtlasError: it is damaged, of an unknown version, or does not fit.
    """
    scale = pb.AtlasScale()
    try:
        scale.ParseFromString(content)
    except DecodeError as error:
        raise AtlasError("The scale inside the PNG (chunk fmAp) is damaged.") from error
    _check_scale(scale, size)
    return scale


def _check_header(png: bytes) -> None:
    if len(png) < _HEADER.size or not png.startswith(_START):
        raise AtlasError(f"Expected a PNG file. Received: {len(png)} bytes of something else.")
    _, width, height, depth, colour = _HEADER.unpack_from(png)
    if (depth, colour) != _GREY_8_BITS:
        raise AtlasError(
            "Expected an atlas, a PNG of 8-bit grey (colour type 0). "
            f"Received: a PNG of {depth} bits and colour type {colour}."
        )
    if not 0 < width * height <= MAX_ATLAS_PIXELS:
        raise AtlasError(
            f"Expected an atlas of 1 to {MAX_ATLAS_PIXELS:,} pixels. Received: {width}×{height}. "
            "Log the layer with a smaller `max_tile` or `max_channels`."
        )


def _chunk_of(image: Image.Image) -> bytes:
    """The content of the chunk, which stands before the pixels."""
    chunks = [chunk for chunk in getattr(image, "private_chunks", []) if chunk[0] == SCALE_CHUNK]
    if not chunks:
        raise AtlasError("Expected a PNG with the scale of an atlas inside (chunk fmAp): none.")
    content: bytes = chunks[0][1]
    return content


def _check_scale(scale: pb.AtlasScale, size: tuple[int, int]) -> None:
    problem = unreadable_version(scale.version)
    if problem is not None:
        raise AtlasError(f"The atlas {problem}")
    channels = scale.channels
    if not channels or not len(scale.lo) == len(scale.hi) == channels:
        raise AtlasError(
            f"The scale inside the PNG (chunk fmAp) does not fit its {channels} channels: it holds "
            f"{len(scale.lo)} smallest and {len(scale.hi)} largest values."
        )
    columns, rows = columns_of(channels), rows_of(channels)
    if scale.columns != columns or size != (columns * scale.tile_width, rows * scale.tile_height):
        raise AtlasError(
            f"Expected {channels} channels in {columns} columns and {rows} rows of "
            f"{scale.tile_width}×{scale.tile_height} pixels. "
            f"Received: {scale.columns} columns in a picture of {size[0]}×{size[1]}."
        )
    if not all(-math.inf < lo <= hi < math.inf for lo, hi in zip(scale.lo, scale.hi, strict=True)):
        raise AtlasError("The scale inside the PNG (chunk fmAp) holds values that are no range.")
