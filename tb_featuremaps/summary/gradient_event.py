"""Gradients of the loss's terms to their event."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
from tensorboard.compat.proto import event_pb2, summary_pb2

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format import names
from tb_featuremaps.summary import events

_KINDS = {
    "output": pb.GradientTerm.OUTPUT,
    "penalty": pb.GradientTerm.PENALTY,
    "total": pb.GradientTerm.TOTAL,
}


class NamedPlace(Protocol):
    """An output of a layer; see `capture.perturbed.Place`."""

    @property
    def name(self) -> str: ...


class NamedTerm(Protocol):
    """A term of a loss; see `capture.split_loss.Term`."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def is_main(self) -> bool: ...


class TermGradientArrays(Protocol):
    """Gradients at one step; see `capture.gradient_terms.Gradients`."""

    @property
    def layers(self) -> npt.NDArray[np.float32]: ...
    @property
    def channels(self) -> Sequence[npt.NDArray[np.float32]]: ...
    @property
    def kernels(self) -> npt.NDArray[np.float32]: ...


class GradientEncoder:
    """Encodes the gradients of one run.

    Args:
        places: the layers' outputs at which gradients are taken.
        kernels: names of the layers at whose kernels they are taken.
        terms: the terms of the loss.
        layers: names of all layers, whose tags are left to their maps.
    """

    def __init__(
        self,
        places: Iterable[NamedPlace],
        kernels: Sequence[str],
        terms: Iterable[NamedTerm],
        layers: Iterable[str],
    ) -> None:
        layer_names = [place.name for place in places]
        described = [_term(term) for term in terms]
        self._activations = _series(pb.GradientSeries.ACTIVATIONS, layer_names, described)
        self._kernels = _series(pb.GradientSeries.KERNELS, kernels, described)
        self._updates = pb.FeatureMapPluginData(updates=pb.UpdateSeries(layers=kernels))
        self._channels = list(_channel_series(layer_names, described, layers))

    def encode(
        self,
        step: int,
        wall_time: float,
        gradients: TermGradientArrays,
        updates: npt.NDArray[np.float32],
    ) -> event_pb2.Event:
        """Returns the event of one step.

        Args:
            step: the optimizer's iterations.
            wall_time: seconds since the epoch at which the gradients were taken.
            gradients: in the order of the series.
            updates: ‖update‖ / ‖weights‖ of each layer's kernels, NaN where it isn't known.
        """
        return events.event(step, self._values(gradients, updates), wall_time)

    def _values(
        self, gradients: TermGradientArrays, updates: npt.NDArray[np.float32]
    ) -> Iterator[summary_pb2.Summary.Value]:
        if len(gradients.layers):
            tag = names.GRADIENTS_TAG
            yield events.tensor_value(tag, self._activations, gradients.layers)
        for (tag, data), values in zip(self._channels, gradients.channels, strict=True):
            yield events.tensor_value(tag, data, values)
        if len(gradients.kernels):
            tag = names.KERNEL_GRADIENTS_TAG
            yield events.tensor_value(tag, self._kernels, gradients.kernels)
            yield events.tensor_value(names.UPDATES_TAG, self._updates, updates)


def _series(
    place: pb.GradientSeries.Place, layers: Sequence[str], terms: list[pb.GradientTerm]
) -> pb.FeatureMapPluginData:
    series = pb.GradientSeries(
        place=place, layers=layers, terms=terms, columns=names.GRADIENT_COLUMNS
    )
    return pb.FeatureMapPluginData(gradients=series)


def _channel_series(
    places: Iterable[str], terms: list[pb.GradientTerm], layers: Iterable[str]
) -> Iterator[tuple[str, pb.FeatureMapPluginData]]:
    taken = {names.GRADIENTS_TAG, names.KERNEL_GRADIENTS_TAG, names.UPDATES_TAG}
    for layer in layers:
        taken |= {names.layer_tag(layer), names.stats_tag(layer)}
    for name in places:
        tag = names.unique_tag(names.channel_gradients_tag(name), taken)
        taken.add(tag)
        columns = names.CHANNEL_GRADIENT_COLUMNS
        series = pb.ChannelGradientSeries(layer=name, terms=terms, columns=columns)
        yield tag, pb.FeatureMapPluginData(channel_gradients=series)


def _term(term: NamedTerm) -> pb.GradientTerm:
    role = pb.ROLE_UNSPECIFIED
    if term.kind != "penalty":
        role = pb.ROLE_MAIN if term.is_main else pb.ROLE_AUXILIARY
    return pb.GradientTerm(name=term.name, kind=_KINDS[term.kind], role=role)
