"""What a point of the loss curves is: split into terms, or what the step returned."""

import math
from collections.abc import Mapping
from typing import Any

import keras
from tensorboard.compat.proto import event_pb2

from tb_featuremaps.capture.loss_tap import TermListener
from tb_featuremaps.capture.loss_terms import TermMeans
from tb_featuremaps.capture.step_functions import Phase
from tb_featuremaps.capture.term_names import term_names
from tb_featuremaps.summary.loss_event import LossEncoder, ReportedLossEncoder

# How far two means of the same batches may lie apart: half precision, and a mean over batches
# beside one over samples.
_TOLERANCE = 0.02
_UNEXPLAINED = 1e-3


class LossPoints:
    """Makes the events of one phase of a `fit`.

    Attributes:
        count: how many there were.
        trouble: what can't be shown, why, and what to do; None if there is nothing to say.
    """

    def __init__(self, phase: Phase) -> None:
        self.count = 0
        self.trouble: str | None = None
        self._phase: Phase = phase
        self._step_name = "train_step" if phase == "train" else "test_step"
        self._compared = False
        self._other_loss: str | None = None
        self._encoder: LossEncoder | None = None
        self._reported: ReportedLossEncoder | None = None

    def compare_once(
        self, model: keras.Model, listener: TermListener, logs: Mapping[str, Any]
    ) -> None:
        """Checks after the first batch that a step of the user's own minimises what we listen to.

        After one batch, the mean that the step returns as its loss is the loss of that batch.
        """
        if self._compared:
            return
        self._compared = True
        returned = logs.get("loss")
        if returned is None or _is_keras(getattr(type(model), self._step_name, None)):
            return
        heard = listener.so_far(self._phase)
        if heard is None or not math.isfinite(heard.total):
            return
        if abs(float(returned) - heard.total) > _TOLERANCE * max(abs(heard.total), 1e-6):
            self._other_loss = (
                f"it returns a loss of {float(returned):.4g} where compute_loss returned "
                f"{heard.total:.4g}"
            )

    def hears_totals(self, listener: TermListener) -> bool:
        """Whether the total is known without what the step returns."""
        known = self._other_loss or listener.tap.why_no_total(self._phase)
        return self._compared and known is None

    def event(
        self,
        model: keras.Model,
        listener: TermListener,
        step: int,
        logs: Mapping[str, Any],
        main: str | None,
    ) -> event_pb2.Event | None:
        """The event of the interval that ends at `step`; None if there was no batch.

        Args:
            model: that trains.
            listener: whose means are taken.
            step: the step now.
            logs: what the step, or `evaluate`, returned last.
            main: as for `describe_outputs`.
        """
        means = listener.take(self._phase)
        why_no_split = listener.tap.why_no_split(self._phase)
        why = self._other_loss or listener.tap.why_no_total(self._phase)
        if why is None and means is None:
            why = why_no_split
        if why is not None:
            return self._reported_event(step, logs, why)
        if means is None:
            return None
        if why_no_split is not None:
            self.trouble = (
                f"the loss can't be split into its terms, since {why_no_split}. The total is "
                "written, as the mean over its batches."
            )
            return self._encode_reported(step, {"loss": means.total})
        self._note_unexplained(means)
        if self._encoder is None:
            terms = listener.tap.terms(self._phase)
            self._encoder = LossEncoder(*term_names(model, listener.tap.predictions, terms, main))
        self.count += 1
        return self._encoder.encode(
            step, means.total, means.penalty, means.losses, means.weighted, means.weights
        )

    def _reported_event(
        self, step: int, logs: Mapping[str, Any], why: str
    ) -> event_pb2.Event | None:
        losses = {name: value for name, value in logs.items() if _is_loss(name, value)}
        said = ", ".join(repr(name) for name in losses)
        self.trouble = (
            f"the loss can't be split into its terms, since {why}. "
            + (
                f"Written is what {self._step_name} returned as {said}; where that is a metric's "
                "result, it is a mean since the epoch began."
                if losses
                else f"Nothing is written: {self._step_name} returned no value named 'loss'."
            )
            + " Call compute_loss once a batch and return its result as 'loss' to see the terms."
        )
        return self._encode_reported(step, losses) if losses else None

    def _encode_reported(self, step: int, losses: Mapping[str, float]) -> event_pb2.Event:
        if self._reported is None:
            self._reported = ReportedLossEncoder(list(losses))
        self.count += 1
        return self._reported.encode(step, losses)

    def _note_unexplained(self, means: TermMeans) -> None:
        scale = abs(means.total) + abs(means.penalty) + sum(map(abs, means.weighted))
        if self.count or not abs(means.unexplained) > _UNEXPLAINED * scale:
            return
        self.trouble = (
            f"the terms don't add up to the loss: {means.unexplained:.4g} of {means.total:.4g} is "
            "made outside of the losses that the model was compiled with, by its own compute_loss. "
            "That part is in the total only; add it with add_loss to see it as a penalty."
        )


def _is_keras(function: Any) -> bool:
    return str(getattr(function, "__module__", "")).startswith("keras.")


def _is_loss(name: str, value: Any) -> bool:
    return isinstance(value, (int, float)) and name.endswith("loss")
