"""Answers which captures of a layer there are, and the keys of their pictures."""

from typing import Any

from tensorboard.data.provider import BlobSequenceDatum

from tb_featuremaps.plugin.items import seconds, surviving
from tb_featuremaps.plugin.logged_data import LoggedData
from tb_featuremaps.plugin.pictures import picture_key
from tb_featuremaps.plugin.since import Growth

# An image summary begins with width and height.
_FIRST_PICTURE = 2


def captures(data: LoggedData, run: str, tag: str, since: str | None) -> dict[str, Any]:
    """The captures of a blob sequence that are new to the client."""
    found = data.captures(run, tag)
    present, items = surviving(tag, found)
    growth = Growth([items], since)
    kept = growth.kept(0)
    return {
        "run": run,
        "tag": tag,
        "version": growth.version,
        "reset": growth.reset,
        "kept": None if kept is None else [_identity(present[place]) for place in kept],
        "limit": data.limits.captures or None,
        "all_kept": data.limits.keeps_captures(len(found)),
        "captures": [_capture(present[place]) for place in growth.new(0)],
    }


def _identity(capture: BlobSequenceDatum) -> list[Any]:
    return [capture.step, seconds(capture.wall_time)]


def _capture(capture: BlobSequenceDatum) -> dict[str, Any]:
    return {
        "step": capture.step,
        "wall_time": seconds(capture.wall_time),
        "blob_keys": [
            picture_key(blob.blob_key, capture.wall_time)
            for blob in capture.values[_FIRST_PICTURE:]
        ],
    }
