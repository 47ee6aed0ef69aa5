"""Captures of one layer as numpy arrays."""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from tb_featuremaps.capture.compiled import ensure_built
from tb_featuremaps.capture.selection import select_layers
from tb_featuremaps.capture.tap import ActivationTap, Capture, TapOptions, TappedLayer
from tb_featuremaps.format.atlas import dequantise, untile


def tap_of(model: keras.Model, layers: Any, probes: Any, **options: Any) -> ActivationTap:
    """A tap of the layers that a specification selects."""
    ensure_built(model, probes)
    return ActivationTap(model, select_layers(model, layers).layers, probes, TapOptions(**options))


def captured(
    model: keras.Model, layers: Any, probes: Any, index: int = 0
) -> tuple[TappedLayer, npt.NDArray[np.float32]]:
    """Captures, and returns one tapped layer with its maps `[n, h, w, c]`."""
    tap = tap_of(model, layers, probes)
    capture = tap.capture()
    return tap.tapped[index], maps_of(tap, capture, index)


def maps_of(tap: ActivationTap, capture: Capture, index: int) -> npt.NDArray[np.float32]:
    """The maps `[n, h, w, c]` of one tapped layer."""
    tapped = tap.tapped[index]
    pictures, lo, hi, _ = list(capture.layers())[index]
    size = (tapped.channels, tapped.tile_height, tapped.tile_width)
    levels = [untile(atlas, *size).astype(np.uint8) for atlas in pictures[:, :, 1:]]
    return np.stack([dequantise(*layer) for layer in zip(levels, lo, hi, strict=True)])
