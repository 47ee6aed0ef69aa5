"""Thins captures until a report is small enough."""

from collections.abc import Sequence

from tb_featuremaps.report.chosen import ChosenRun, ChosenSeries
from tb_featuremaps.report.errors import TooLargeError
from tb_featuremaps.report.page import encoded_size
from tb_featuremaps.report.sizes import as_text

# What an answer takes in the page besides its body: its place in the list, and its element.
_ANSWER_BYTES = 300
# Step, time and key of an item in the answers.
_ITEM_BYTES = 200
_POINT_BYTES = 24
# One sentence for each run would fill the page.
_MOST_SENTENCES = 5
# How finely the share of the captures that fits is sought.
_HALVINGS = 16


def fit(runs: Sequence[ChosenRun], most: int) -> tuple[list[ChosenRun], list[str]]:
    """As many captures as fit, evenly spread, the first and last always.

    Args:
        runs: what is wanted.
        most: bytes that their answers may take.

    Returns:
        What is left of the runs, and a sentence for each that had more, or one for all of many.

    Raises:
        TooLargeError: even two captures of each series don't fit.
    """
    if estimate(runs) <= most:
        return list(runs), []
    least = [run.thinned(0) for run in runs]
    if (needed := estimate(least)) > most:
        raise TooLargeError(
            f"Expected at most {as_text(most)} for what was logged. Received: {as_text(needed)} "
            "even with the first and the last capture alone. Choose fewer --runs, --layers or "
            "--steps, or a larger --max-size."
        )
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if estimate([run.thinned(middle) for run in runs]) <= most:
            low = middle
        else:
            high = middle
    thinned = [run.thinned(low) for run in runs]
    return thinned, _left_out(runs, thinned)


def estimate(runs: Sequence[ChosenRun]) -> int:
    """At most so many bytes their answers take in the page."""
    return sum(
        sum(map(_series_bytes, run.series))
        + sum(_POINT_BYTES * len(points.steps) for points in run.points.values()) * 4 // 3
        for run in runs
    )


def _series_bytes(chosen: ChosenSeries) -> int:
    items, logged = len(chosen.places), int(chosen.series.sizes[chosen.places].sum())
    answers = 1
    if chosen.kind in ("layer", "probes"):
        answers += items * max(1, chosen.data.probes.count)
    elif chosen.kind == "outputs":
        answers += items
    return (
        encoded_size(logged + items * _ITEM_BYTES)
        + answers * _ANSWER_BYTES
        + 2 * encoded_size(len(chosen.content))
    )


def _left_out(runs: Sequence[ChosenRun], thinned: Sequence[ChosenRun]) -> list[str]:
    counts = {
        run.name: (_captures(left), _captures(run))
        for run, left in zip(runs, thinned, strict=True)
        if _captures(left) < _captures(run)
    }
    if len(counts) > _MOST_SENTENCES:
        now, before = (sum(numbers) for numbers in zip(*counts.values(), strict=True))
        counts = {f"{len(counts)} runs": (now, before)}
    return [
        f"{name}: to keep this report small, {now:,} of {before:,} captures are in it, evenly "
        "spread."
        for name, (now, before) in counts.items()
    ]


def _captures(run: ChosenRun) -> int:
    return max((len(series.places) for series in run.series), default=0)
