"""What a point of the loss curves is: split into terms, or what the step returned."""

import functools
import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import keras

from tb_featuremaps.capture import keras_internals
from tb_featuremaps.capture.loss_tap import LossTap
from tb_featuremaps.capture.loss_terms import TermMeans
from tb_featuremaps.capture.step_functions import Phase
from tb_featuremaps.capture.term_listener import TermListener
from tb_featuremaps.capture.term_names import term_names
from tb_featuremaps.summary.loss_event import LossEncoder, ReportedLossEncoder
from tb_featuremaps.summary.room import Made

# How far two means of the same batches may lie apart: half precision, and a mean over batches
# beside one over samples.
_TOLERANCE = 0.02
_UNEXPLAINED = 1e-3


# Makes the event of a point, on any thread, but in the order of the points.
PointJob: TypeAlias = Callable[[], Made]


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
        # Since so many traces, points are split, and take no logs.
        self._split_since = -1
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
        if listener.tap.why_no_total(self._phase) is not None:
            return
        if returned is None or keras_internals.is_keras(type(model), self._step_name):
            return
        heard = listener.so_far()
        if heard is None or not math.isfinite(heard.total):
            return
        if abs(float(returned) - heard.total) > _TOLERANCE * max(abs(heard.total), 1e-6):
            self._other_loss = (
                f"it returns a loss of {float(returned):.4g} where compute_loss returned "
                f"{heard.total:.4g}"
            )

    def needs_logs(self, tap: LossTap) -> bool:
        """Whether a point takes what the step returned; asked after every batch."""
        traces = tap.traces
        if traces == self._split_since:
            return False
        needs = not self._compared or self._why_no_total(tap) is not None
        self._split_since = -1 if needs else traces
        return needs

    def job(
        self,
        model: keras.Model,
        tap: LossTap,
        means: TermMeans | None,
        logs: Mapping[str, Any] | None,
        main: str | None,
        moment: tuple[int, float],
    ) -> PointJob | None:
        """Makes the event of an interval; None if there is nothing to write.

        Args:
            model: that trains.
            tap: that heard the terms.
            means: of the interval; None if nothing was heard.
            logs: what the step, or `evaluate`, returned last; None if that isn't known.
            main: as for `describe_outputs`.
            moment: the step and the wall time in seconds at which the interval ends.
        """
        why_no_split, why = tap.why_no_split(self._phase), self._why_no_total(tap)
        if why is None and means is None:
            why = why_no_split
        if why is not None:
            return None if logs is None else self._reported_job(logs, why, moment)
        if means is None:
            return None
        if why_no_split is not None:
            self.trouble = (
                f"the loss can't be split into its terms, since {why_no_split}. The total is "
                "written, as the mean over its batches."
            )
            return self._encode_reported({"loss": means.total}, moment)
        self._note_unexplained(means)
        if self._encoder is None:
            compiled = tap.terms(self._phase)
            self._encoder = LossEncoder(*term_names(model, tap.predictions, compiled, main))
        self.count += 1
        terms = (means.total, means.penalty, means.losses, means.weighted, means.weights)
        return functools.partial(self._encoder.encode, moment[0], *terms, wall_time=moment[1])

    def _why_no_total(self, tap: LossTap) -> str | None:
        return self._other_loss or tap.why_no_total(self._phase)

    def _reported_job(
        self, logs: Mapping[str, Any], why: str, moment: tuple[int, float]
    ) -> PointJob | None:
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
        return self._encode_reported(losses, moment) if losses else None

    def _encode_reported(self, losses: Mapping[str, float], moment: tuple[int, float]) -> PointJob:
        if self._reported is None:
            self._reported = ReportedLossEncoder(list(losses))
        self.count += 1
        return functools.partial(self._reported.encode, moment[0], losses, wall_time=moment[1])

    def _note_unexplained(self, means: TermMeans) -> None:
        if self.count:
            return
        scale = abs(means.total) + abs(means.penalty) + sum(map(abs, means.weighted))
        if not abs(means.unexplained) > _UNEXPLAINED * scale:
            return
        self.trouble = (
            f"the terms don't add up to the loss: {means.unexplained:.4g} of {means.total:.4g} is "
            "made outside of the losses that the model was compiled with, by its own compute_loss. "
            "That part is in the total only; add it with add_loss to see it as a penalty."
        )


def _is_loss(name: str, value: Any) -> bool:
    return isinstance(value, (int, float)) and name.endswith("loss")
