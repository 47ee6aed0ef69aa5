"""The heads' attributions to channels to their event."""

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
from tensorboard.compat.proto import event_pb2

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format import names
from tb_featuremaps.summary import events
from tb_featuremaps.summary.series import DescribedOutput, role_of


class AttributedOutput(Protocol):
    """A head; see `capture.attributions.AttributedOutput`."""

    @property
    def classes(self) -> list[int]: ...
    @property
    def of_logits(self) -> bool: ...


class AttributionEncoder:
    """Encodes the attributions of one run.

    Args:
        places: names of the layers' outputs.
        heads: each head and what is known of it as an output.
        layers: names of all layers, whose tags are left to their maps.
    """

    def __init__(
        self,
        places: Iterable[str],
        heads: Iterable[tuple[AttributedOutput, DescribedOutput]],
        layers: Iterable[str],
    ) -> None:
        described = [
            pb.AttributedHead(
                head=output.name,
                role=role_of(output),
                of_logits=head.of_logits,
                classes=head.classes,
            )
            for head, output in heads
        ]
        taken = {tag for name in layers for tag in (names.layer_tag(name), names.stats_tag(name))}
        self._series: list[tuple[str, pb.FeatureMapPluginData]] = []
        for place in places:
            tag = names.unique_tag(names.attributions_tag(place), taken)
            taken.add(tag)
            series = pb.AttributionSeries(layer=place, heads=described)
            self._series.append((tag, pb.FeatureMapPluginData(attributions=series)))

    def encode(
        self, step: int, wall_time: float, attributions: Sequence[npt.NDArray[np.float32]]
    ) -> event_pb2.Event:
        """Returns the event of one step.

        Args:
            step: the optimizer's iterations.
            wall_time: seconds since the epoch at which the gradients were taken.
            attributions: for each place `[heads, probes, channels]`.
        """
        values = [
            events.tensor_value(tag, data, array)
            for (tag, data), array in zip(self._series, attributions, strict=True)
        ]
        return events.event(step, values, wall_time)
