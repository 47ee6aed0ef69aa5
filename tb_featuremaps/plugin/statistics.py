"""Answers with the channel statistics of a layer."""

from tb_featuremaps.format.names import STATS_COLUMNS
from tb_featuremaps.plugin.array_answer import answer_array
from tb_featuremaps.plugin.logged_data import LoggedData
from tb_featuremaps.plugin.problems import DamagedError


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
    shape = (None, None, len(columns))
    return answer_array(data, run, tag, since, shape, {"columns": columns})
