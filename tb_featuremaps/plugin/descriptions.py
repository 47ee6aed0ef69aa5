"""What the payloads say of layers, heads and probes, as the routes answer it."""

import math
from typing import Any

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.plugin.series import Series, SeriesList

ROLES = {pb.ROLE_MAIN: "main", pb.ROLE_AUXILIARY: "auxiliary"}


def in_order(listed: SeriesList, run: str) -> list[Series]:
    """A run's heads in the order of the model's outputs."""
    return sorted(listed.of(run, "outputs"), key=lambda head: head.data.outputs.order)


def gradient_tags(listed: SeriesList, run: str) -> dict[str, dict[str, str]]:
    """The tags of a run's channel gradients and attributions, by layer."""
    return {
        "gradients_tag": {
            series.data.channel_gradients.layer: series.tag
            for series in listed.of(run, "channel_gradients")
        },
        "attributions_tag": {
            series.data.attributions.layer: series.tag for series in listed.of(run, "attributions")
        },
    }


def layer_of(
    series: Series, stats_tags: set[str], gradients: dict[str, dict[str, str]]
) -> dict[str, Any]:
    """A layer; `stats_tags` are those for which statistics were logged."""
    layer = series.data.layer
    return {
        "tag": series.tag,
        "stats_tag": layer.stats_tag if layer.stats_tag in stats_tags else None,
        **{kind: tags.get(layer.name) for kind, tags in gradients.items()},
        "name": layer.name,
        "class_name": layer.class_name,
        "order": layer.order,
        "shape": list(layer.shape),
        "data_format": layer.data_format,
        "channels": layer.channels,
        **_last(series),
    }


def head_of(series: Series) -> dict[str, Any]:
    """A head, without its classes and what it predicts."""
    head = series.data.outputs
    return {
        "tag": series.tag,
        "name": head.head,
        "role": ROLES.get(head.role),
        "weight": head.weight if math.isfinite(head.weight) else None,
        **_last(series),
    }


def probes_of(series: Series) -> dict[str, Any]:
    """The probes, without their pictures."""
    probes = series.data.probes
    return {
        "tag": series.tag,
        "count": probes.count,
        "labels": list(probes.labels),
        **_last(series),
    }


def _last(series: Series) -> dict[str, Any]:
    return {"last_step": series.last_step, "last_wall_time": series.last_wall_time}
