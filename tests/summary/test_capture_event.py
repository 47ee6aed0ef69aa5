"""What encoding a capture costs, counted rather than timed."""

import cProfile
import pstats
import tracemalloc
from typing import Any

import numpy as np
import pytest
from support.synthetic_runs import smooth_maps

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format.finishing import finish_layers
from tb_featuremaps.format.measuring import measure
from tb_featuremaps.summary import capture_event
from tb_featuremaps.summary.capture_event import (
    CaptureArrays,
    CaptureEncoder,
    CaptureParts,
    LayerSeries,
)

_SHAPES = [(32, 32, 96), (16, 16, 240), (8, 8, 416), (4, 4, 512)]
# numpy and protobuf are called so often for a layer, and every probe adds its picture.
_MOST_CALLS = 400


def _series(index: int, height: int, width: int) -> LayerSeries:
    payload = pb.LayerSeries(name=str(index))
    return LayerSeries(f"tag{index}", f"stats{index}", f"mirror{index}", payload, height, width)


def _encoder() -> CaptureEncoder:
    return CaptureEncoder([_series(i, h, w) for i, (h, w, _) in enumerate(_SHAPES)], [])


def test_the_calls_for_a_layer_do_not_grow_with_its_channels() -> None:
    encoder = _encoder()
    layers = finish_layers((smooth_maps(shape, 0, 1), (1, 1)) for shape in _SHAPES)
    profile = cProfile.Profile()
    profile.runcall(encoder.encode, 1, 1.0, CaptureArrays(layers, []), CaptureParts(True, True))
    assert vars(pstats.Stats(profile))["total_calls"] <= _MOST_CALLS * len(_SHAPES)


def test_pictures_are_not_copied_into_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[list[bytes]] = []
    encode = capture_event.atlas_parts

    def noting(*arguments: Any) -> list[list[bytes]]:
        pngs = encode(*arguments)
        made.extend(pngs)
        return pngs

    monkeypatch.setattr(capture_event, "atlas_parts", noting)
    layers = finish_layers((smooth_maps(shape, 0, 2), (1, 1)) for shape in _SHAPES)
    event = _encoder().encode(1, 1.0, CaptureArrays(layers, []), CaptureParts(True, True))
    held = {id(part) for part in event.parts()}
    assert len(made) == 2 * len(_SHAPES)
    assert all(id(max(png, key=len)) in held for png in made)


def test_maps_are_measured_without_copies_as_large_as_they_are() -> None:
    maps = np.random.default_rng(0).normal(size=(4, 112, 112, 32)).astype(np.float32)
    tracemalloc.start()
    try:
        measured = measure(maps)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak - measured.levels.nbytes < maps.nbytes / 4
