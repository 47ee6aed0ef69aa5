"""Pictures of atlases in one piece."""

from typing import Any

import numpy as np
import numpy.typing as npt

from tb_featuremaps.format.png import atlas_parts


def encode_atlas(
    picture: npt.NDArray[np.uint8],
    lo: npt.NDArray[np.float32],
    hi: npt.NDArray[np.float32],
    *arguments: Any,
    **named: Any,
) -> bytes:
    """Returns the PNG of one atlas; the arguments are those of `atlas_parts`, for one."""
    [parts] = atlas_parts(picture[None], lo[None], hi[None], *arguments, **named)
    return b"".join(parts)
