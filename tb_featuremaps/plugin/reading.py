"""Answers the routes' questions from the data provider, as JSON-ready dicts; see docs/routes.md."""

import base64
import math
from typing import Any

import numpy as np
from tensorboard.context import RequestContext
from tensorboard.data.provider import DataProvider, RunTagFilter

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format.names import PLUGIN_NAME, STATS_COLUMNS
from tb_featuremaps.plugin.problems import NotFoundError
from tb_featuremaps.plugin.series import Series, SeriesList, list_series

_SCALARS = "scalars"
# Between TensorBoard's own key and the wall time that tells a rewritten run's pictures apart.
_KEY_SEPARATOR = "~"
_ROLES = {pb.ROLE_MAIN: "main", pb.ROLE_AUXILIARY: "auxiliary"}
_KINDS = {
    pb.LossTerm.TOTAL: "total",
    pb.LossTerm.OUTPUT: "output",
    pb.LossTerm.WEIGHTED: "weighted",
    pb.LossTerm.PENALTY: "penalty",
}


class FeatureMapReader:
    """Reads our series through a data provider.

    Args:
        provider: TensorBoard's data provider.
        samples: the most captures of a series to return.
        scalar_samples: the most points of a loss term to return.
    """

    def __init__(self, provider: DataProvider, samples: int, scalar_samples: int) -> None:
        self._provider = provider
        self._samples = samples
        self._scalar_samples = scalar_samples

    def steps(self, ctx: RequestContext, experiment: str, run: str, tag: str) -> dict[str, Any]:
        """The captures of a blob sequence: steps, wall times and picture keys."""
        found = self._provider.read_blob_sequences(
            ctx,
            experiment_id=experiment,
            plugin_name=PLUGIN_NAME,
            downsample=self._samples,
            run_tag_filter=RunTagFilter(runs=[run], tags=[tag]),
        )
        captures = _of(found, run, tag)
        return {
            "run": run,
            "tag": tag,
            "steps": [
                {
                    "step": capture.step,
                    "wall_time": capture.wall_time,
                    # An image summary begins with width and height.
                    "blob_keys": [
                        f"{blob.blob_key}{_KEY_SEPARATOR}{capture.wall_time.hex()}"
                        for blob in capture.values[2:]
                    ],
                }
                for capture in captures
            ],
        }

    def stats(self, ctx: RequestContext, experiment: str, run: str, tag: str) -> dict[str, Any]:
        """The channel statistics of a layer."""
        captures = _of(self._tensors(ctx, experiment, run, [tag]), run, tag)
        return {
            "run": run,
            "tag": tag,
            "columns": list(STATS_COLUMNS),
            "steps": [
                {
                    "step": capture.step,
                    "wall_time": capture.wall_time,
                    "shape": list(capture.numpy.shape),
                    "values": _packed(capture.numpy),
                }
                for capture in captures
            ],
        }

    def outputs(self, ctx: RequestContext, experiment: str, run: str) -> dict[str, Any]:
        """What each head predicts for each probe."""
        heads = _in_order(self._listed(ctx, experiment, run), run)
        tags = [head.tag for head in heads]
        found = self._tensors(ctx, experiment, run, tags).get(run, {}) if tags else {}
        return {
            "run": run,
            "heads": [
                _head(head)
                | {
                    "steps": [
                        {
                            "step": capture.step,
                            "wall_time": capture.wall_time,
                            "values": _finite(capture.numpy),
                        }
                        for capture in found.get(head.tag, [])
                    ]
                }
                for head in heads
            ],
        }

    def losses(self, ctx: RequestContext, experiment: str, run: str) -> dict[str, Any]:
        """The loss terms of a run and of its validation run."""
        terms = self._terms(ctx, experiment, run, self._listed(ctx, experiment, run))
        validation = _validation_run(run)
        listed = list_series(self._provider, ctx, experiment, validation) if validation else None
        answer: dict[str, Any] = {"run": run, "terms": terms, "validation": None}
        if validation and listed and listed.of(validation, "losses"):
            found = self._terms(ctx, experiment, validation, listed)
            answer["validation"] = {"run": validation, "terms": found}
        return answer

    def _listed(self, ctx: RequestContext, experiment: str, run: str) -> SeriesList:
        listed = list_series(self._provider, ctx, experiment, run)
        if not listed.series:
            raise NotFoundError(f"no feature maps or loss terms in run {run!r}.")
        return listed

    def _terms(
        self, ctx: RequestContext, experiment: str, run: str, listed: SeriesList
    ) -> list[dict[str, Any]]:
        terms = [term for series in listed.of(run, "losses") for term in series.data.losses.terms]
        if not terms:
            return []
        found = self._provider.read_scalars(
            ctx,
            experiment_id=experiment,
            plugin_name=_SCALARS,
            downsample=self._scalar_samples,
            run_tag_filter=RunTagFilter(runs=[run], tags=[term.tag for term in terms]),
        ).get(run, {})
        return [
            {
                "tag": term.tag,
                "kind": _KINDS.get(term.kind),
                "output": term.output or None,
                "role": _ROLES.get(term.role),
                "points": [
                    [point.step, point.wall_time, _finite(point.value)]
                    for point in found.get(term.tag, [])
                ],
            }
            for term in terms
        ]

    def _tensors(self, ctx: RequestContext, experiment: str, run: str, tags: list[str]) -> Any:
        return self._provider.read_tensors(
            ctx,
            experiment_id=experiment,
            plugin_name=PLUGIN_NAME,
            downsample=self._samples,
            run_tag_filter=RunTagFilter(runs=[run], tags=tags),
        )


def _in_order(listed: SeriesList, run: str) -> list[Series]:
    """The run's heads in the order of the model's outputs."""
    return sorted(listed.of(run, "outputs"), key=lambda head: head.data.outputs.order)


def _head(series: Series) -> dict[str, Any]:
    head = series.data.outputs
    return {
        "tag": series.tag,
        "name": head.head,
        "role": _ROLES.get(head.role),
        "weight": head.weight,
        "class_names": list(head.class_names),
    }


def _validation_run(run: str) -> str | None:
    """The run that `keras.callbacks.TensorBoard` would log validation to, beside `…/train`."""
    head, separator, last = run.rpartition("/")
    return f"{head}{separator}validation" if last == "train" else None


def _of(found: Any, run: str, tag: str) -> Any:
    captures = found.get(run, {}).get(tag)
    if captures is None:
        raise NotFoundError(f"no feature maps of tag {tag!r} in run {run!r}.")
    return captures


def _packed(values: np.ndarray[Any, Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode("ascii")


def _finite(values: Any) -> Any:
    """Numbers as JSON has them: what is not finite becomes None."""
    if isinstance(values, np.ndarray):
        return _finite(values.tolist())
    if isinstance(values, list):
        return [_finite(value) for value in values]
    return float(values) if math.isfinite(values) else None
