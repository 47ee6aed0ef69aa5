"""PNG pictures: the atlas with its scale inside, and probes as ordinary pictures."""

import dataclasses
import io
import zlib

import numpy as np
import numpy.typing as npt
from PIL import Image, PngImagePlugin

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format.atlas import columns_of, dequantise, untile
from tb_featuremaps.format.names import FORMAT_VERSION
from tb_featuremaps.format.scale_chunk import SCALE_CHUNK, AtlasError, open_atlas

__all__ = [
    "SCALE_CHUNK",
    "Atlas",
    "AtlasError",
    "decode_atlas",
    "encode_atlas",
    "encode_picture",
]

# Run lengths alone: on feature maps faster than any level of zlib's default strategy, and smaller
# than its level 1.
_COMPRESSION = {"compress_level": 1, "compress_type": zlib.Z_RLE}


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


def encode_atlas(
    picture: npt.NDArray[np.uint8],
    lo: npt.NDArray[np.float32],
    hi: npt.NDArray[np.float32],
    tile_height: int,
    tile_width: int,
) -> bytes:
    """Returns the PNG of one atlas.

    Args:
        picture: uint8 `[rows · tile height, columns · tile width]`, as `tile` lays it out.
        lo, hi: float32 `[channels]`.
        tile_height, tile_width: pixels of one channel.
    """
    scale = pb.AtlasScale(
        version=FORMAT_VERSION,
        channels=len(lo),
        tile_height=tile_height,
        tile_width=tile_width,
        columns=columns_of(len(lo)),
        lo=lo.tolist(),
        hi=hi.tolist(),
    )
    info = PngImagePlugin.PngInfo()
    info.add(SCALE_CHUNK, scale.SerializeToString())
    return _save(Image.fromarray(picture), info)


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


def encode_picture(picture: npt.NDArray[np.uint8]) -> bytes:
    """Returns the PNG of a grey `[h, w]`, RGB `[h, w, 3]` or RGBA `[h, w, 4]` picture."""
    return _save(Image.fromarray(picture), None)


def _save(image: Image.Image, info: PngImagePlugin.PngInfo | None) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format="PNG", pnginfo=info, **_COMPRESSION)
    return buffer.getvalue()
