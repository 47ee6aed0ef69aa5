"""Writes attributions beside the captures of `FeatureMaps`."""

import time

import keras

from tb_featuremaps.callbacks.causes import cause
from tb_featuremaps.callbacks.run_session import RunSession
from tb_featuremaps.capture.attributions import AttributionTap
from tb_featuremaps.capture.model_layers import named_layers
from tb_featuremaps.capture.outputs import describe_outputs
from tb_featuremaps.capture.tap import ActivationTap
from tb_featuremaps.summary.attribution_event import AttributionEncoder


class AttributionLog:
    """Takes and writes the heads' attributions to what a tap captures; never raises.

    Args:
        model: that trains.
        tap: whose layers; prepared.
        taken: the attributions' own pass.
        main: as for `describe_outputs`.
    """

    def __init__(
        self, model: keras.Model, tap: ActivationTap, taken: AttributionTap, main: str | None
    ) -> None:
        self._model = model
        self._tap = tap
        self._taken = taken
        self._main = main
        self._encoder: AttributionEncoder | None = None
        self._broken = False

    def write(self, session: RunSession) -> None:
        """Takes them with the weights as they are now, and queues their event."""
        if self._broken or session.writer is None:
            return
        try:
            self._write(session)
        except Exception as error:  # the maps go on without
            self._broken = True
            session.warn(
                "attributions",
                f"can't attribute the heads' scores: {cause(error)}. Maps are written without "
                "attributions; see that gradients can pass through the model.",
            )

    def _write(self, session: RunSession) -> None:
        attributions, moment, step = self._taken.capture(), time.time(), session.step
        encoder = self._encoder = self._encoder or self._make_encoder(session)
        if session.writer is None or not attributions:
            return
        size = 2 * sum(array.nbytes for array in attributions)
        session.writer.submit(
            lambda: encoder.encode(step, moment, attributions), size, "the attributions"
        )

    def _make_encoder(self, session: RunSession) -> AttributionEncoder:
        _say_what_is_left_out(session, self._taken)
        described = describe_outputs(self._model, self._tap.predictions, self._main)
        heads = [(head, described[head.index]) for head in self._taken.outputs]
        places = [place.name for place in self._taken.places]
        layers = [named.name for named in named_layers(self._model)]
        return AttributionEncoder(places, heads, layers)


def _say_what_is_left_out(session: RunSession, taken: AttributionTap) -> None:
    if taken.skipped:
        said = "; ".join(f"{layer.name}: {layer.reason}" for layer in taken.skipped)
        session.warn("unattributed", f"there are no attributions to some layers. {said}.")
    if not taken.outputs:
        session.warn(
            "no heads",
            "there are no attributions, since no output of the model is [n, classes].",
        )
