"""What a capture of a model will hold and cost, before anything is captured."""

import dataclasses
from typing import Any

import keras

from tb_featuremaps.capture import probes as probe_arrays
from tb_featuremaps.capture.capturable import SkippedLayer
from tb_featuremaps.capture.compiled import ensure_built
from tb_featuremaps.capture.selection import (
    AUTOMATIC_LIMIT,
    LayerSpecification,
    Selection,
    select_layers,
)
from tb_featuremaps.capture.tap import ActivationTap, TapOptions, TappedLayer

# A capture of more than this fills a disk within a usual fit.
LARGE_CAPTURE = 256 * 10**6

_MEGABYTE = 10**6
_NAMES_SHOWN = 8


@dataclasses.dataclass(frozen=True)
class Description:
    """What will be captured; `str()` gives a table.

    Attributes:
        layers: what is captured, in order.
        skipped: what can't be captured, and why.
        probes: how many probes there are.
        bytes_per_capture: of one capture, in bytes, before compression: an upper bound.
        peak_bytes: about what making a capture takes on the device, in bytes.
        captures: how many captures a fit makes; None if that isn't known.
        images_tab_bytes: of one mirrored capture in the Images tab, at the end of an epoch.
        thinned_note: how many layers "auto" left out, a sentence; None if none.
        notes: what the user should know besides, a sentence each.
    """

    layers: list[TappedLayer]
    skipped: list[SkippedLayer]
    probes: int
    bytes_per_capture: int
    peak_bytes: int
    captures: int | None
    images_tab_bytes: int
    thinned_note: str | None
    notes: list[str]

    @property
    def bytes_per_fit(self) -> int | None:
        """Of all captures of a fit, in bytes, before compression; None if that isn't known."""
        return None if self.captures is None else self.captures * self.bytes_per_capture

    def __str__(self) -> str:
        rows = [_HEADER, *(_row(layer, self.probes) for layer in self.layers)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADER))]
        lines = [_aligned(row, widths) for row in rows]
        lines.insert(1, "─" * max(map(len, lines)))
        lines += [
            f"{skipped.name.ljust(widths[0])}  not captured: {skipped.reason}"
            for skipped in self.skipped
        ]
        thinned = [self.thinned_note] if self.thinned_note is not None else []
        return "\n".join([*lines, self._totals(), *thinned, *self.notes])

    @property
    def warning(self) -> str | None:
        """What to warn of before training: what can't be captured, and the notes; None if none."""
        sentences = [*([self.skipped_note] if self.skipped_note else []), *self.notes]
        return " ".join(sentences) or None

    @property
    def skipped_note(self) -> str | None:
        """One sentence that names what can't be captured, by reason; None if everything can."""
        by_reason: dict[str, list[str]] = {}
        for layer in self.skipped:
            by_reason.setdefault(layer.reason, []).append(layer.name)
        reasons = [f"{_listed(names)}: {reason}" for reason, names in by_reason.items()]
        return f"Can't be captured: {'; '.join(reasons)}." if reasons else None

    def _totals(self) -> str:
        fit = "" if self.bytes_per_fit is None else f", {megabytes(self.bytes_per_fit)} in a fit"
        fit += f" of {_counted(self.captures or 0, 'capture')}" if fit else ""
        mirror = self.images_tab_bytes
        tab = f", {megabytes(mirror)} an epoch for the Images tab" if mirror else ""
        return (
            f"{_counted(len(self.layers), 'layer')}, {_counted(self.probes, 'probe')}: at most "
            f"{megabytes(self.bytes_per_capture)} in a capture{fit}{tab}, before compression."
        )


def describe(
    model: keras.Model,
    probes: Any,
    layers: LayerSpecification = "auto",
    options: TapOptions | None = None,
    captures: int | None = None,
    images_tab: bool = False,
) -> Description:
    """Describes what a tap of a model will capture, from the same trace that the tap runs.

    The model isn't trained or changed; one that isn't built yet is built on the first probe.

    Args:
        model: the model.
        probes: as `probes.as_arrays` takes them.
        layers: as `select_layers` takes them.
        options: how the tap captures.
        captures: how many captures a fit makes, if that is known.
        images_tab: whether the first probe's maps are mirrored to the Images tab.

    Raises:
        ValueError: `probes` or `layers` don't fit the model.
    """
    arranged = probe_arrays.for_model(model, probe_arrays.as_arrays(probes))
    was_built = model.built
    ensure_built(model, arranged)
    selection = select_layers(model, layers)
    tap = ActivationTap(model, selection.layers, arranged, options or TapOptions())
    description = describe_tap(tap, selection, captures, images_tab)
    if not was_built:
        description.notes.append("The model was not built; it was built on the first probe.")
    return description


def describe_tap(
    tap: ActivationTap,
    selection: Selection,
    captures: int | None = None,
    images_tab: bool = False,
) -> Description:
    """Describes a tap; prepares it first if that hasn't been done."""
    tap.prepare()
    mirrored = sum(layer.bytes_per_probe for layer in tap.tapped) if images_tab else 0
    return Description(
        layers=list(tap.tapped),
        skipped=list(tap.skipped),
        probes=tap.probes,
        bytes_per_capture=tap.bytes_per_capture,
        peak_bytes=tap.peak_bytes,
        captures=captures,
        images_tab_bytes=mirrored,
        thinned_note=_thinned_note(selection),
        notes=_notes(tap),
    )


def _thinned_note(selection: Selection) -> str | None:
    if selection.thinned_from is None:
        return None
    return (
        f'"auto" takes {len(selection.layers)} of the {selection.thinned_from} layers that it '
        f"found (at most {AUTOMATIC_LIMIT}); name layers to choose others."
    )


def _notes(tap: ActivationTap) -> list[str]:
    notes = []
    if tap.bytes_per_capture > LARGE_CAPTURE:
        notes.append(
            f"A capture takes up to {megabytes(tap.bytes_per_capture)} before compression, and "
            f"about {megabytes(tap.peak_bytes)} while it is made. Limit it with `layers`, "
            "`max_channels`, `max_tile`, or fewer probes."
        )
    if not tap.tapped:
        notes.append("No layer can be captured. Select others with `layers`.")
    averaged = [f"{t.name} ({_size(t.averaged)})" for t in tap.tapped if t.averaged != (1, 1)]
    if averaged:
        notes.append(
            "Maps are averaged over so many pixels to be shown, by `max_tile` or since a picture "
            f"would be larger than readers take: {_listed(averaged)}."
        )
    return notes


def _listed(names: list[str]) -> str:
    more = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def megabytes(size: int) -> str:
    """A size in bytes as megabytes, for reading."""
    return f"{size / _MEGABYTE:,.1f} MB" if size >= _MEGABYTE / 10 else f"{size / 1000:,.1f} kB"


_HEADER = ("layer", "class", "shape", "channels", "tile", "kB a capture")


def _row(layer: TappedLayer, probes: int) -> tuple[str, ...]:
    shape = "×".join(map(str, layer.shape))
    shape += " channels_first" if layer.data_format == "channels_first" else ""
    size = f"{probes * layer.bytes_per_probe / 1000:,.1f}"
    tile = _size((layer.tile_height, layer.tile_width))
    return layer.name, layer.class_name, shape, str(layer.channels), tile, size


def _size(size: tuple[int, int]) -> str:
    return f"{size[0]}×{size[1]}"


def _aligned(row: tuple[str, ...], widths: list[int]) -> str:
    left = [text.ljust(width) for text, width in zip(row[:3], widths[:3], strict=True)]
    right = [text.rjust(width) for text, width in zip(row[3:], widths[3:], strict=True)]
    return "  ".join([*left, *right]).rstrip()
