"""Maps as pictures: grids, single channels, and films over the steps."""

import pathlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from tb_featuremaps.export.folder import Folder
from tb_featuremaps.export.progress import with_progress
from tb_featuremaps.format.atlas import tile
from tb_featuremaps.format.measuring import LEVELS
from tb_featuremaps.format.png import Atlas
from tb_featuremaps.reader import LoggedRuns

# What Pillow holds of a film before it is written, and WebP's longest side.
_MOST_FILM_PIXELS = 1 << 28
_MOST_WEBP_PIXELS = 16_383


class FilmError(ValueError):
    """A film that can't be made; the message says why and what to do."""


def write_grid(
    logs: LoggedRuns, folder: Folder, run: str, layer: str, step: int, probe: int
) -> None:
    """Writes the atlas as it was logged, with its scale inside: a PNG."""
    png = logs.atlas_png(run, layer, step, probe)
    path = folder.new(run, layer, f"step_{step:08d}_probe_{probe}", suffix=".png")
    folder.written[-1] |= _of(run, layer, step, probe)
    path.write_bytes(png)


def write_channels(
    logs: LoggedRuns, folder: Folder, run: str, layer: str, step: int, probe: int
) -> None:
    """Writes a grey PNG for each channel, scaled from its smallest to its largest value."""
    atlas = logs.atlas(run, layer, step, probe)
    for channel in range(atlas.levels.shape[-1]):
        place = (run, layer, f"step_{step:08d}_probe_{probe}", f"channel_{channel:04d}")
        path = folder.new(*place, suffix=".png", channel=channel)
        folder.written[-1] |= _of(run, layer, step, probe)
        Image.fromarray(np.ascontiguousarray(atlas.levels[..., channel])).save(path)


def write_film(
    logs: LoggedRuns,
    folder: Folder,
    run: str,
    layer: str,
    steps: Sequence[int],
    probe: int,
    kind: str,
    fps: float,
) -> None:
    """Writes the grid over the steps; every channel keeps its scale from first to last.

    Args:
        logs: where it is read from.
        folder: where it is written.
        run, layer, steps, probe: what it shows; steps rising.
        kind: "apng" or "webp".
        fps: pictures per second.

    Raises:
        FilmError: it would be too large, or the maps change their size.
    """
    first, lo, hi = _range(logs, run, layer, steps, probe)
    size = tile(first.levels[None])[0].shape
    _check_size(size, len(steps), kind, f"{layer!r} of {run!r}")
    suffix = ".png" if kind == "apng" else ".webp"
    path = folder.new(run, layer, f"film_probe_{probe}", suffix=suffix)
    folder.written[-1] |= {"run": run, "layer": layer, "steps": list(steps), "probe": probe}
    frames = _Frames(lambda step: _frame(logs.atlas(run, layer, step, probe), lo, hi), steps)
    _save_film(path, frames, kind, max(1, round(1000 / fps)))


class _Frames:
    """The pictures of a film, which Pillow goes through more than once.

    Args:
        make: makes the picture of a step.
        steps: of the pictures.
    """

    def __init__(self, make: Callable[[int], Image.Image], steps: Sequence[int]) -> None:
        self._make = make
        self._steps = steps

    def __iter__(self) -> Iterator[Image.Image]:
        return map(self._make, with_progress(self._steps, len(self._steps), "pictures of a film"))

    @property
    def first(self) -> Image.Image:
        """The first one."""
        return self._make(self._steps[0])

    @property
    def others(self) -> "_Frames":
        """All but the first."""
        return _Frames(self._make, self._steps[1:])


def _save_film(path: pathlib.Path, frames: _Frames, kind: str, duration: int) -> None:
    more: dict[str, Any] = {"lossless": True} if kind == "webp" else {"blend": 0}
    frames.first.save(
        path,
        format="PNG" if kind == "apng" else "WEBP",
        save_all=True,
        append_images=frames.others,
        duration=duration,
        loop=0,
        **more,
    )


def _range(
    logs: LoggedRuns, run: str, layer: str, steps: Sequence[int], probe: int
) -> tuple[Atlas, npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The first atlas, and each channel's smallest and largest value, float64 `[channels]`."""
    first = logs.atlas(run, layer, steps[0], probe)
    lo, hi = first.lo.astype(np.float64), first.hi.astype(np.float64)
    for step in with_progress(steps[1:], len(steps), f"steps of {layer}"):
        atlas = logs.atlas(run, layer, step, probe)
        if atlas.levels.shape != first.levels.shape:
            raise FilmError(
                f"Expected maps of one size. Received: {layer!r} of {run!r} is "
                f"{atlas.levels.shape} at step {step} and {first.levels.shape} at step {steps[0]}. "
                "Choose other --steps."
            )
        lo, hi = np.minimum(lo, atlas.lo), np.maximum(hi, atlas.hi)
    return first, lo, hi


def _frame(atlas: Atlas, lo: npt.NDArray[np.float64], hi: npt.NDArray[np.float64]) -> Image.Image:
    span = np.where(hi > lo, hi - lo, 1)
    levels = np.round((atlas.values - lo) / span * LEVELS)
    return Image.fromarray(tile(np.clip(levels, 0, LEVELS).astype(np.uint8)[None])[0])


def _check_size(size: tuple[int, ...], steps: int, kind: str, what: str) -> None:
    pixels = steps * size[0] * size[1]
    if pixels > _MOST_FILM_PIXELS:
        raise FilmError(
            f"Expected a film of at most {_MOST_FILM_PIXELS:,} pixels. Received: {steps} steps of "
            f"{size[1]}×{size[0]} of {what}. Choose fewer --steps."
        )
    if kind == "webp" and max(size) > _MOST_WEBP_PIXELS:
        raise FilmError(
            f"Expected at most {_MOST_WEBP_PIXELS:,} pixels a side for WebP. Received: "
            f"{size[1]}×{size[0]} of {what}. Choose --as apng."
        )


def _of(run: str, layer: str, step: int, probe: int) -> dict[str, Any]:
    return {"run": run, "layer": layer, "step": step, "probe": probe}
