"""Looks at what a PNG claims to be, without decoding it."""

import struct
import zlib
from collections.abc import Iterator

from tb_featuremaps.format.atlas import MAX_ATLAS_PIXELS
from tb_featuremaps.format.scale_chunk import SCALE_CHUNK, AtlasError, parse_scale
from tb_featuremaps.plugin.problems import DamagedError, NotFoundError

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHUNK = struct.Struct(">I4s")
_HEADER = struct.Struct(">IIBBBBB")
_GREY, _COLOURS = 0, {0, 2, 3, 4, 6}


def check_picture(png: bytes) -> None:
    """Passes a whole PNG of a bounded size, and an atlas whose scale fits it.

    The pixels are not decoded: the page does that, once it knows that they are not too many.

    Raises:
        NotFoundError: it is no PNG at all.
        DamagedError: it is cut short, damaged, too large, or its scale does not fit.
    """
    if not png.startswith(_SIGNATURE):
        raise NotFoundError("the key does not name a picture.")
    chunks = dict(reversed(list(_chunks(png))))
    width, height, depth, colour = _size(chunks.get(b"IHDR", b""))
    if b"IDAT" not in chunks or b"IEND" not in chunks:
        raise DamagedError("the picture is cut short.")
    if SCALE_CHUNK in chunks:
        if (depth, colour) != (8, _GREY):
            raise DamagedError("expected an atlas in 8-bit grey. Received another kind of PNG.")
        try:
            parse_scale(chunks[SCALE_CHUNK], (width, height))
        except AtlasError as error:
            raise DamagedError(str(error)) from error


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each chunk.

    Raises:
        DamagedError: one is cut short, or its checksum is wrong.
    """
    place = len(_SIGNATURE)
    while place < len(png):
        if place + _CHUNK.size > len(png):
            raise DamagedError("the picture is cut short.")
        length, kind = _CHUNK.unpack_from(png, place)
        end = place + _CHUNK.size + length
        if end + 4 > len(png):
            raise DamagedError("the picture is cut short.")
        if zlib.crc32(memoryview(png)[place + 4 : end]) != int.from_bytes(png[end : end + 4]):
            raise DamagedError("the picture is damaged; its checksum is wrong.")
        yield kind, png[place + _CHUNK.size : end]
        if kind == b"IEND":
            return
        place = end + 4


def _size(header: bytes) -> tuple[int, int, int, int]:
    if len(header) != _HEADER.size:
        raise DamagedError("the picture has no header.")
    width, height, depth, colour, *_ = _HEADER.unpack(header)
    if not 0 < width * height <= MAX_ATLAS_PIXELS or colour not in _COLOURS:
        raise DamagedError(
            f"expected a picture of at most {MAX_ATLAS_PIXELS:,} pixels. "
            f"Received: {width}×{height}."
        )
    return width, height, depth, colour
