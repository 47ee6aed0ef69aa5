"""Answers with the channel statistics of a layer."""

from tb_featuremaps.format.names import STATS_COLUMNS
from tb_featuremaps.plugin.framing import pack
from tb_featuremaps.plugin.items import identified, surviving
from tb_featuremaps.plugin.logged_data import LoggedData
from tb_featuremaps.plugin.problems import DamagedError
from tb_featuremaps.plugin.since import Growth
from tb_featuremaps.plugin.tensors import check_numbers, of_one_shape, stacked


def statistics(data: LoggedData, run: str, tag: str, since: str | None) -> bytes:
    """The captures' statistics that are new to the client.

    Raises:
        NotFoundError: the tag is not of statistics.
        DamagedError: they are not `[probes, channels, columns]`.
    """
    columns = list(data.only(run, tag, "stats").data.stats.columns)
    if columns != list(STATS_COLUMNS):
        raise DamagedError(
            f"expected statistics with the columns {list(STATS_COLUMNS)}. Received: {columns}. "
            "Update tb_featuremaps."
        )
    found = data.tensors(run, tag)
    what = f"{tag!r} of run {run!r}"
    present, messages = of_one_shape(what, surviving(found))
    for item in present[-1:]:
        check_numbers(what, item.numpy, (None, None, len(STATS_COLUMNS)))
    growth = Growth([identified(tag, present)], since)
    shape = present[-1].numpy.shape if present else (0, 0, len(STATS_COLUMNS))
    header = {
        "run": run,
        "tag": tag,
        "version": growth.version,
        "reset": growth.reset,
        "kept": growth.number_kept(0),
        "limit": data.limits.captures or None,
        "all_kept": data.limits.keeps_captures(len(found)),
        "columns": columns,
        "messages": messages,
    }
    values = {"values": stacked(present, growth.new(0), shape)}
    return pack(header, growth.arrays(0) | values)
