"""Says where maps held what a picture of 8 bits can't hold."""

from collections.abc import Iterator, Sequence

from tb_featuremaps.export.tables import Report
from tb_featuremaps.format.names import STATS_COLUMNS
from tb_featuremaps.reader import DamagedSeriesError, LoggedRuns

_SHARE = STATS_COLUMNS.index("nonfinite")


def report_not_finite(
    logs: LoggedRuns,
    run: str,
    layer: str,
    steps: Sequence[int],
    probes: Sequence[int],
    report: Report,
) -> None:
    """Reports, in a sentence, at which of the steps channels hold NaN or infinite values."""
    found = list(_broken(logs, run, layer, steps, probes))
    if not found:
        return
    step, channels = found[0]
    more = f", and at {len(found) - 1} more of the steps" if len(found) > 1 else ""
    report(
        f"{run}: {layer!r} holds NaN or infinite values at step {step} ({channels} "
        f"{'channel' if channels == 1 else 'channels'}){more}. In pictures and arrays NaN and "
        "−Inf stand as the channel's smallest value, +Inf as its largest."
    )


def _broken(
    logs: LoggedRuns, run: str, layer: str, steps: Sequence[int], probes: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """The steps with such values, and in how many channels they are."""
    statistics = logs.statistics(run, layer)
    logged = set(statistics.steps.tolist())
    for step in steps:
        if step not in logged:
            continue
        try:
            shares = statistics.at(step)[..., _SHARE]
        except DamagedSeriesError:  # the table of statistics says so
            continue
        rows = [probe for probe in probes if probe < len(shares)]
        channels = int((shares[rows] > 0).any(axis=0).sum())
        if channels:
            yield step, channels
