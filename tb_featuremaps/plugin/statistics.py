"""Answers with the channel statistics of a layer."""

from tb_featuremaps.format.names import STATS_COLUMNS
from tb_featuremaps.plugin.framing import pack
from tb_featuremaps.plugin.logged_data import LoggedData
from tb_featuremaps.plugin.problems import DamagedError
from tb_featuremaps.plugin.since import Growth
from tb_featuremaps.plugin.tensors import read_arrays


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
    logged = read_arrays(data, run, tag, (None, None, len(columns)))
    growth = Growth([logged.items], since)
    header = {
        "run": run,
        "tag": tag,
        "version": growth.version,
        "reset": growth.reset,
        "kept": growth.number_kept(0),
        "limit": data.limits.captures or None,
        "all_kept": logged.all_kept,
        "columns": columns,
        "messages": logged.messages,
    }
    return pack(header, growth.arrays(0) | {"values": logged.stacked(growth.new(0))})
