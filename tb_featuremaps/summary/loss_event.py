"""Loss terms to their event: scalars, and the series that says which is which."""

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from tensorboard.compat.proto import event_pb2, summary_pb2

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format import names
from tb_featuremaps.format.loss_values import Column, LossValues
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
        self._written_weights: tuple[float, ...] | None = None

    def encode(
        self, steps: Sequence[int], wall_times: Sequence[float], points: LossValues
    ) -> list[EncodedEvents]:
        """Returns the events of points; the loss weights are only where they changed.

        Args:
            steps: of the points.
            wall_times: of the points, in seconds.
            points: what they show.
        """
        both = itertools.chain.from_iterable(zip(points.losses, points.weighted, strict=True))
        columns = [points.total, points.penalty, *both]
        made: list[EncodedEvents] = []
        for part, weights in self._parts(points.weights, len(steps)):
            more = []
            if weights is not None:
                array = np.array(weights, np.float32)
                more = [events.tensor_value(names.LOSSES_TAG, self._payload, array)]
            numbers = [column[part] for column in columns]
            made.append(self._scalars.encode(steps[part], numbers, wall_times[part], more))
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
        terms = ([[value] for value in values] for values in (losses, weighted, weights))
        [made] = self.encode([step], [time.time()], LossValues([total], [penalty], *terms))
        return made

    def _parts(
        self, columns: Sequence[Column], points: int
    ) -> Iterator[tuple[slice, tuple[float, ...] | None]]:
        """Yields points together that can be encoded alike, and their weights where they're new."""
        if self._are_written(columns, points):
            yield slice(points), None
            return
        weights = [*zip(*columns, strict=True)] or [()] * points
        end = 0
        for index, found in enumerate(weights):
            if found == self._written_weights:
                continue
            self._written_weights = found
            if index > end:
                yield slice(end, index), None
            end = index + 1
            yield slice(index, end), found
        if end < points:
            yield slice(end, points), None

    def _are_written(self, columns: Sequence[Column], points: int) -> bool:
        """Whether the weights of all points are those written last, as mostly they are."""
        written = self._written_weights
        return written is not None and all(
            list(column).count(weight) == points
            for column, weight in zip(columns, written, strict=True)
        )

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
