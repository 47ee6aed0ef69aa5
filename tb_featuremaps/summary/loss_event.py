"""Loss terms to their event: scalars, and the series that says which is which."""

from collections.abc import Sequence

import numpy as np
from tensorboard.compat.proto import event_pb2

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format import names
from tb_featuremaps.summary import events


class LossEncoder:
    """Encodes the loss terms of one run.

    Args:
        outputs: names of the outputs that have a loss.
        main: which of them is the main one; the others are auxiliary.
    """

    def __init__(self, outputs: Sequence[str], main: str) -> None:
        self._tags: list[tuple[str, str]] = []
        taken = {names.TOTAL_TAG, names.PENALTY_TAG}
        for output in outputs:
            plain = names.unique_tag(names.loss_tag(output), taken)
            weighted = names.unique_tag(names.weighted_loss_tag(output), {*taken, plain})
            taken |= {plain, weighted}
            self._tags.append((plain, weighted))
        self._payload = pb.FeatureMapPluginData(
            losses=pb.LossSeries(terms=self._terms(outputs, main))
        )
        self._written_weights: list[float] | None = None

    def encode(
        self,
        step: int,
        total: float,
        penalty: float,
        losses: Sequence[float],
        weighted: Sequence[float],
        weights: Sequence[float],
    ) -> event_pb2.Event:
        """Returns the event of one interval's means; the loss weights only where they changed."""
        values = [
            events.scalar_value(names.TOTAL_TAG, total),
            events.scalar_value(names.PENALTY_TAG, penalty),
        ]
        for (plain_tag, weighted_tag), loss, product in zip(
            self._tags, losses, weighted, strict=True
        ):
            values.append(events.scalar_value(plain_tag, loss))
            values.append(events.scalar_value(weighted_tag, product))
        if list(weights) != self._written_weights:
            self._written_weights = list(weights)
            array = np.asarray(weights, np.float32)
            values.append(events.tensor_value(names.LOSSES_TAG, self._payload, array))
        return events.event(step, values)

    def _terms(self, outputs: Sequence[str], main: str) -> list[pb.LossTerm]:
        terms = [
            pb.LossTerm(tag=names.TOTAL_TAG, kind=pb.LossTerm.TOTAL),
            pb.LossTerm(tag=names.PENALTY_TAG, kind=pb.LossTerm.PENALTY),
        ]
        for output, (plain, weighted) in zip(outputs, self._tags, strict=True):
            role = pb.ROLE_MAIN if output == main else pb.ROLE_AUXILIARY
            for tag, kind in ((plain, pb.LossTerm.OUTPUT), (weighted, pb.LossTerm.WEIGHTED)):
                terms.append(pb.LossTerm(tag=tag, kind=kind, output=output, role=role))
        return terms
