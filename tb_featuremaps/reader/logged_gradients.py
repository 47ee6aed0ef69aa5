"""The gradients of the loss's terms, and what heads owe to channels, as a run holds them."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format.names import CHANNEL_GRADIENT_COLUMNS, GRADIENT_COLUMNS
from tb_featuremaps.reader.logged_arrays import LoggedArrays
from tb_featuremaps.reader.run_log import Series

_Values = npt.NDArray[np.float32]
_Payloads = Mapping[str, pb.FeatureMapPluginData]
_SeriesOf = Callable[[str], Series]


@dataclasses.dataclass(frozen=True)
class TermGradients:
    """The gradient of each weighted term of the loss, layer by layer.

    Attributes:
        layers, terms: names, in the order of the values' axes.
        values: `[layers, terms, 2]` at each step, norm and cosine.
    """

    layers: tuple[str, ...]
    terms: tuple[str, ...]
    values: LoggedArrays

    def norms(self, step: int) -> _Values:
        """The norms of the gradients, float32 `[layers, terms]`.

        Raises:
            NotLoggedError: no such step.
            DamagedSeriesError: it can't be read.
        """
        return self.values.at(step)[..., 0]

    def cosines(self, step: int) -> _Values:
        """The cosines to the main term's gradient, float32 `[layers, terms]`, NaN for none.

        Raises:
            NotLoggedError: no such step.
            DamagedSeriesError: it can't be read.
        """
        return self.values.at(step)[..., 1]

    def shares(self, step: int) -> _Values:
        """What each norm is of the sum of a layer's, float32 `[layers, terms]`.

        NaN where that sum is zero or not finite.

        Raises:
            NotLoggedError: no such step.
            DamagedSeriesError: it can't be read.
        """
        return shares(self.norms(step))


@dataclasses.dataclass(frozen=True)
class LayerUpdates:
    """How far the step before each capture moved the kernels of each layer.

    Attributes:
        layers: names, in the order of the values.
        values: ‖update‖ / ‖weights‖, `[layers]` at each step, NaN where it was not known.
    """

    layers: tuple[str, ...]
    values: LoggedArrays


@dataclasses.dataclass(frozen=True)
class ChannelGradients:
    """The gradient of each term at the channels of a layer.

    Attributes:
        terms: names, in the order of the values' first axis.
        values: `[terms, channels, 2]` at each step: the norm, and the importance, the mean of
            activation × gradient.
    """

    terms: tuple[str, ...]
    values: LoggedArrays


@dataclasses.dataclass(frozen=True)
class LoggedGradients:
    """The gradients of a run.

    Attributes:
        activations, kernels: at what layers return, and at their kernels; None if none.
        updates: of the kernels; None if none.
        channels: by layer; empty if none.
    """

    activations: TermGradients | None
    kernels: TermGradients | None
    updates: LayerUpdates | None
    channels: dict[str, ChannelGradients]


@dataclasses.dataclass(frozen=True)
class LoggedAttributions:
    """What the heads' scores for the probes owe to the channels of a layer.

    Attributes:
        heads: names, in the order of the values' first axis.
        of_logits: for each head whether its score is a logit; else it is the output's value.
        classes: for each head and probe the class whose score it is, -1 for the first choice.
        values: spatial means of the gradient of the score, `[heads, probes, channels]` at each
            step.
    """

    heads: tuple[str, ...]
    of_logits: tuple[bool, ...]
    classes: tuple[tuple[int, ...], ...]
    values: LoggedArrays


def shares(norms: _Values) -> _Values:
    """Norms `[..., terms]` as shares of their sums; NaN where a sum is zero or not finite."""
    totals = norms.sum(axis=-1, keepdims=True)
    totals = np.where((totals > 0) & np.isfinite(totals), totals, np.float32("nan"))
    with np.errstate(invalid="ignore"):
        return (norms / totals).astype(np.float32)


def unknown_columns(data: pb.FeatureMapPluginData) -> list[str] | None:
    """The columns of gradients if they are others than this version reads; else None."""
    if data.HasField("gradients"):
        known, found = GRADIENT_COLUMNS, list(data.gradients.columns)
    elif data.HasField("channel_gradients"):
        known, found = CHANNEL_GRADIENT_COLUMNS, list(data.channel_gradients.columns)
    else:
        return None
    return None if found == list(known) else found


def gradients_of(payloads: _Payloads, series_of: _SeriesOf) -> LoggedGradients:
    """The gradients among the series of a run."""
    places: dict[int, TermGradients] = {}
    updates = None
    channels = {}
    for tag, data in payloads.items():
        if data.HasField("gradients"):
            places[data.gradients.place] = _terms(data.gradients, tag, series_of)
        elif data.HasField("updates"):
            layers = tuple(data.updates.layers)
            updates = LayerUpdates(layers, _arrays(tag, (len(layers),), series_of))
        elif data.HasField("channel_gradients"):
            named = _names(data.channel_gradients.terms)
            shape = (len(named), None, len(CHANNEL_GRADIENT_COLUMNS))
            arrays = _arrays(tag, shape, series_of)
            channels[data.channel_gradients.layer] = ChannelGradients(named, arrays)
    activations, kernels = pb.GradientSeries.ACTIVATIONS, pb.GradientSeries.KERNELS
    return LoggedGradients(places.get(activations), places.get(kernels), updates, channels)


def attributions_of(payloads: _Payloads, series_of: _SeriesOf) -> dict[str, LoggedAttributions]:
    """The attributions among the series of a run, by layer."""
    found = {}
    for tag, data in payloads.items():
        if data.HasField("attributions"):
            heads = data.attributions.heads
            found[data.attributions.layer] = LoggedAttributions(
                tuple(head.head for head in heads),
                tuple(head.of_logits for head in heads),
                tuple(tuple(head.classes) for head in heads),
                _arrays(tag, (len(heads), None, None), series_of),
            )
    return found


def _terms(data: pb.GradientSeries, tag: str, series_of: _SeriesOf) -> TermGradients:
    layers, terms = tuple(data.layers), _names(data.terms)
    shape = (len(layers), len(terms), len(GRADIENT_COLUMNS))
    return TermGradients(layers, terms, _arrays(tag, shape, series_of))


def _names(terms: Sequence[pb.GradientTerm]) -> tuple[str, ...]:
    return tuple(term.name for term in terms)


def _arrays(tag: str, shape: tuple[int | None, ...], series_of: _SeriesOf) -> LoggedArrays:
    series = series_of(tag)
    return LoggedArrays(f"tag {tag}", series.steps, shape, series)
