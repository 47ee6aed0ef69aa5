"""Loss terms to their event: scalars, and the series that says which is which."""

import time
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from tensorboard.compat.proto import event_pb2, summary_pb2

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format import names
from tb_featuremaps.format.loss_values import LossValues
from tb_featuremaps.summary import events
from tb_featuremaps.summary.encoded_event import EncodedEvents, ScalarEncoder


class LossEncoder:
    """Encodes the loss terms of one run.

    Args:
        outputs: names of the outputs that have a loss.
        main: which of them is the main one; the others are auxiliary.
    """

    def __init__(self, outputs: Sequence[str], main: str | None) -> None:
        self._tags: list[tuple[str, str]] = []
        taken = {names.TOTAL_TAG, names.PENALTY_TAG}
        for output in outputs:
            plain = names.unique_tag(names.loss_tag(output), taken)
            weighted = names.unique_tag(names.weighted_loss_tag(output), {*taken, plain})
            taken |= {plain, weighted}
            self._tags.append((plain, weighted))
        tags = [tag for both in self._tags for tag in both]
        self._scalars = ScalarEncoder([names.TOTAL_TAG, names.PENALTY_TAG, *tags])
        self._payload = _payload(self._terms(outputs, main))
        self._written_weights: npt.NDArray[np.float64] | None = None

    def encode(
        self,
        steps: npt.NDArray[np.int64],
        wall_times: npt.NDArray[np.float64],
        points: LossValues,
    ) -> list[EncodedEvents]:
        """Returns the events of points; the loss weights are only where they changed.

        Args:
            steps: `[points]`.
            wall_times: `[points]`, in seconds.
            points: what they show.
        """
        both = np.stack([points.losses, points.weighted], axis=2).reshape(len(steps), -1)
        values = np.concatenate([points.total[:, None], points.penalty[:, None], both], axis=1)
        made: list[EncodedEvents] = []
        for part, weights in self._parts(points.weights):
            more = []
            if weights is not None:
                more = [events.tensor_value(names.LOSSES_TAG, self._payload, weights)]
            made += self._scalars.encode(steps[part], values[part], wall_times[part], more)
        return made

    def encode_point(
        self,
        step: int,
        total: float,
        penalty: float,
        losses: Sequence[float],
        weighted: Sequence[float],
        weights: Sequence[float],
    ) -> EncodedEvents:
        """Returns the event of a single point, as of now; for the terms see `LossValues`."""
        terms = [total, penalty, losses, weighted, weights]
        point = LossValues(*(np.array([term], np.float64) for term in terms))
        [made] = self.encode(np.array([step]), np.array([time.time()]), point)
        return made

    def _parts(
        self, weights: npt.NDArray[np.float64]
    ) -> Iterator[tuple[slice, npt.NDArray[np.float32] | None]]:
        """Yields points together that can be encoded alike, and their weights where they're new."""
        before = self._written_weights
        known = np.concatenate([weights[:1] if before is None else before[None], weights[:-1]])
        is_new = (weights != known).any(axis=1)
        is_new[0] |= before is None
        self._written_weights = weights[-1].copy()
        end = 0
        for index in np.flatnonzero(is_new).tolist():
            if index > end:
                yield slice(end, index), None
            end = index + 1
            yield slice(index, end), weights[index].astype(np.float32)
        if end < len(weights):
            yield slice(end, len(weights)), None

    def _terms(self, outputs: Sequence[str], main: str | None) -> list[pb.LossTerm]:
        terms = [
            pb.LossTerm(tag=names.TOTAL_TAG, kind=pb.LossTerm.TOTAL),
            pb.LossTerm(tag=names.PENALTY_TAG, kind=pb.LossTerm.PENALTY),
        ]
        for output, (plain, weighted) in zip(outputs, self._tags, strict=True):
            role = pb.ROLE_MAIN if output == main else pb.ROLE_AUXILIARY
            for tag, kind in ((plain, pb.LossTerm.OUTPUT), (weighted, pb.LossTerm.WEIGHTED)):
                terms.append(pb.LossTerm(tag=tag, kind=kind, output=output, role=role))
        return terms


class ReportedLossEncoder:
    """Encodes what a train step returned, where the terms of its loss can't be told.

    Args:
        reported: the names under which losses are returned; "loss" is the total.
    """

    def __init__(self, reported: Sequence[str]) -> None:
        self._tags: dict[str, str] = {}
        taken = {names.TOTAL_TAG, names.PENALTY_TAG}
        for name in reported:
            tag = names.TOTAL_TAG
            if name != "loss":
                tag = names.unique_tag(names.loss_tag(name), taken)
            taken.add(tag)
            self._tags[name] = tag
        self._is_described = False

    def encode(
        self, step: int, values: Mapping[str, float], wall_time: float | None = None
    ) -> event_pb2.Event:
        """Returns the event of what was returned at `step`; other names are passed over."""
        return events.event(step, self._values(values), wall_time)

    def _values(self, values: Mapping[str, float]) -> Iterator[summary_pb2.Summary.Value]:
        for name, tag in self._tags.items():
            if name in values:
                yield events.scalar_value(tag, float(values[name]))
        if not self._is_described:
            self._is_described = True
            # No output has a weight that is known: an empty list of weights.
            payload = _payload([self._term(name, tag) for name, tag in self._tags.items()])
            yield events.tensor_value(names.LOSSES_TAG, payload, np.zeros(0, np.float32))

    def _term(self, name: str, tag: str) -> pb.LossTerm:
        if name == "loss":
            return pb.LossTerm(tag=tag, kind=pb.LossTerm.TOTAL)
        return pb.LossTerm(tag=tag, kind=pb.LossTerm.REPORTED, output=name)


def _payload(terms: Sequence[pb.LossTerm]) -> pb.FeatureMapPluginData:
    return pb.FeatureMapPluginData(losses=pb.LossSeries(terms=terms))
