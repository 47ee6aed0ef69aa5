"""How probes look as pictures; no Keras."""

from typing import Any

import numpy as np
import numpy.typing as npt


def pictures_of(probes: npt.NDArray[Any], channels_first: bool) -> npt.NDArray[np.uint8]:
    """Returns probes as uint8 pictures.

    The result is `[n, height, width]` (grey) or `[n, height, width, 3 or 4]`. uint8 is shown as it
    is, floats within 0…1 times 255, anything else stretched from its smallest to its largest value.

    Args:
        probes: numbers `[n, …]`.
        channels_first: whether channels are the second axis of rank 4.
    """
    picture = probes
    if picture.ndim == 4 and channels_first:
        picture = picture.transpose(0, 2, 3, 1)
    while picture.ndim > 4:  # of a volume the middle slice
        picture = picture[:, picture.shape[1] // 2]
    while picture.ndim < 3:
        picture = picture[:, None]
    if picture.ndim == 4 and picture.shape[-1] not in (3, 4):
        picture = picture.mean(axis=-1) if picture.shape[-1] > 1 else picture[..., 0]
    return _as_levels(picture)


def _as_levels(picture: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    if picture.dtype == np.uint8:
        return picture
    values = np.nan_to_num(picture.astype(np.float64), posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    if low < 0 or high > 1:
        values = (values - low) / (high - low) if high > low else np.zeros_like(values)
    return np.round(values * 255).astype(np.uint8)
