"""The answer about one series of arrays: what is said of it, and what is new to the client."""

from collections.abc import Sequence
from typing import Any

from tb_featuremaps.plugin.framing import pack
from tb_featuremaps.plugin.logged_data import LoggedData
from tb_featuremaps.plugin.since import Growth
from tb_featuremaps.plugin.tensors import read_arrays


def answer_array(
    data: LoggedData,
    run: str,
    tag: str,
    since: str | None,
    shape: Sequence[int | None],
    said: dict[str, Any],
) -> bytes:
    """Returns the packed answer; its array `values` holds what is new, oldest first.

    Args:
        data: the experiment.
        run, tag: of the series.
        since: the version that the client holds, or None.
        shape: of each value, with None for sizes that are not known beforehand.
        said: what the header says besides.

    Raises:
        DamagedError: values are not of that shape.
    """
    logged = read_arrays(data, run, tag, shape)
    growth = Growth([logged.items], since)
    header = {
        "run": run,
        "tag": tag,
        **said,
        "version": growth.version,
        "reset": growth.reset,
        "kept": growth.number_kept(0),
        "limit": data.limits.captures or None,
        "all_kept": logged.all_kept,
        "messages": logged.messages,
    }
    return pack(header, growth.arrays(0) | {"values": logged.stacked(growth.new(0))})
