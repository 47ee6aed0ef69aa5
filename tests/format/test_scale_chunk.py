"""Pictures that are damaged, or claim to be what they are not."""

import io
import struct
import tracemalloc
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin
from support.pngs import encode_atlas

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format.atlas import MAX_ATLAS_PIXELS
from tb_featuremaps.format.png import (
    SCALE_CHUNK,
    AtlasError,
    decode_atlas,
    with_filters,
)


def _atlas() -> bytes:
    """Three channels of 4×5 pixels, in two columns and two rows."""
    picture = np.random.default_rng(0).integers(0, 256, (8, 10)).astype(np.uint8)
    return encode_atlas(
        with_filters(picture), np.zeros(3, np.float32), np.ones(3, np.float32), 4, 5
    )


def _with_scale(image: Image.Image, **changes: Any) -> bytes:
    """A picture with the scale of `_atlas`, but for the changes."""
    sizes = {"version": 1, "channels": 3, "tile_height": 4, "tile_width": 5, "columns": 2}
    fields: dict[str, Any] = {**sizes, "lo": [0.0] * 3, "hi": [1.0] * 3}
    scale = pb.AtlasScale(**(fields | changes))
    info = PngImagePlugin.PngInfo()
    info.add(SCALE_CHUNK, scale.SerializeToString())
    buffer = io.BytesIO()
    image.save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


def _claiming(png: bytes, width: int, height: int) -> bytes:
    """The PNG with another size in its header, whose checksum is right."""
    header = b"IHDR" + struct.pack(">II", width, height) + png[24:29]
    return png[:12] + header + struct.pack(">I", zlib.crc32(header)) + png[33:]


_GREY = Image.new("L", (10, 8))


def test_the_untouched_picture_is_read() -> None:
    assert decode_atlas(_with_scale(_GREY)).values.shape == (4, 5, 3)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"channels": 0, "lo": [], "hi": []}, "0 channels"),
        ({"channels": 2**31}, "2147483648 channels: it holds 3"),
        ({"lo": [0.0]}, "1 smallest and 3 largest"),
        ({"tile_height": 0}, "5×0 pixels"),
        ({"tile_width": 2**32 - 1}, "4294967295×4"),
        ({"columns": 3}, "Received: 3 columns"),
        ({"columns": 0}, "Received: 0 columns"),
        ({"lo": [0.0, float("nan"), 0.0]}, "no range"),
        ({"hi": [float("inf")] * 3}, "no range"),
        ({"lo": [2.0] * 3}, "no range"),
    ],
)
def test_a_scale_that_does_not_fit_is_a_clear_error(
    changes: dict[str, object], message: str
) -> None:
    with pytest.raises(AtlasError, match=message):
        decode_atlas(_with_scale(_GREY, **changes))


@pytest.mark.parametrize("mode", ["1", "LA", "P", "RGB", "RGBA", "I;16"])
def test_only_8_bit_grey_is_an_atlas(mode: str) -> None:
    with pytest.raises(AtlasError, match="8-bit grey"):
        decode_atlas(_with_scale(Image.new(mode, (10, 8))))


@pytest.mark.parametrize(
    ("width", "height"), [(2**31 - 1, 2**31 - 1), (MAX_ATLAS_PIXELS + 1, 1), (0, 5), (2**32 - 1, 1)]
)
def test_a_size_beyond_bounds_is_refused_before_it_is_allocated(width: int, height: int) -> None:
    png = _claiming(_atlas(), width, height)
    tracemalloc.start()
    try:
        with pytest.raises(AtlasError, match=f"Received: {width}×{height}"):
            decode_atlas(png)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


def test_a_size_that_the_scale_does_not_bear_out_is_refused() -> None:
    with pytest.raises(AtlasError, match="8192×8192"):
        decode_atlas(_claiming(_atlas(), 8192, 8192))


def test_the_bound_of_pillow_is_an_atlas_error_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    with pytest.raises(AtlasError, match=r"damaged: .*limit"):
        decode_atlas(_atlas())


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_damage_anywhere_is_an_atlas_error_or_harmless(data: st.DataObject) -> None:
    png = bytearray(_atlas())
    for _ in range(data.draw(st.integers(1, 4))):
        png[data.draw(st.integers(0, len(png) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(png)))
    for content in (bytes(png), bytes(png[:cut])):
        try:
            values = decode_atlas(content).values
        except AtlasError:
            continue
        assert values.shape[:2] == (4, 5)
        assert np.isfinite(values).all()
