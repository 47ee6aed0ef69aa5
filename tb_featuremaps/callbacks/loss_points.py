"""What a point of the loss curves is: split into terms, or what the step returned."""

import functools
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import keras

from tb_featuremaps.capture import keras_internals
from tb_featuremaps.capture.loss_tap import LossTap
from tb_featuremaps.capture.step_functions import Phase
from tb_featuremaps.capture.term_listener import TermListener
from tb_featuremaps.capture.term_names import term_names
from tb_featuremaps.format.loss_values import LossValues
from tb_featuremaps.summary.loss_event import LossEncoder, ReportedLossEncoder
from tb_featuremaps.summary.room import Made

# How far two means of the same batches may lie apart: half precision, and a mean over batches
# beside one over samples.
_TOLERANCE = 0.02
_UNEXPLAINED = 1e-3


Logs: TypeAlias = Mapping[str, Any] | None


class PointsJob(NamedTuple):
    """Makes the events of points, on any thread, but in the order of the points.

    Attributes:
        make: makes them.
        events: how many they are.
    """

    make: Callable[[], Sequence[Made]]
    events: int


class Ends(NamedTuple):
    """Where the intervals end of which points are made.

    Attributes:
        steps: of the points.
        wall_times: in seconds.
        logs: what the step, or `evaluate`, returned last; None if that isn't known.
    """

    steps: Sequence[int]
    wall_times: Sequence[float]
    logs: Sequence[Logs]


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
        if listener.tap.why_no_total(self._phase) is not None:
            return
        if returned is None or keras_internals.is_keras(type(model), self._step_name):
            return
        heard = listener.so_far()
        total = math.nan if heard is None else heard.total[0]
        if not math.isfinite(total):
            return
        if abs(float(returned) - total) > _TOLERANCE * max(abs(total), 1e-6):
            self._other_loss = (
                f"it returns a loss of {float(returned):.4g} where compute_loss returned "
                f"{total:.4g}"
            )

    def needs_logs(self, tap: LossTap) -> bool:
        """Whether a point takes what the step returned; it may change when a step is traced."""
        return not self._compared or self._why_no_total(tap) is not None

    def job(
        self,
        model: keras.Model,
        tap: LossTap,
        means: LossValues | None,
        main: str | None,
        ends: Ends,
    ) -> PointsJob | None:
        """Makes the events of intervals; None if there is nothing to write.

        Args:
            model: that trains.
            tap: that heard the terms.
            means: of the intervals; None if nothing was heard.
            main: as for `describe_outputs`.
            ends: of the intervals.
        """
        why_no_split, why = tap.why_no_split(self._phase), self._why_no_total(tap)
        if why is None and means is None:
            why = why_no_split
        if why is not None:
            return self._reported_job(why, ends)
        if means is None:
            return None
        if why_no_split is not None:
            self.trouble = (
                f"the loss can't be split into its terms, since {why_no_split}. The total is "
                "written, as the mean over its batches."
            )
            return self._encode_reported([{"loss": total} for total in means.total], ends)
        self._note_unexplained(means)
        if self._encoder is None:
            compiled = tap.terms(self._phase)
            self._encoder = LossEncoder(*term_names(model, tap.predictions, compiled, main))
        self.count += len(ends.steps)
        encode = functools.partial(self._encoder.encode, ends.steps, ends.wall_times, means)
        return PointsJob(encode, len(ends.steps))

    def _why_no_total(self, tap: LossTap) -> str | None:
        return self._other_loss or tap.why_no_total(self._phase)

    def _reported_job(self, why: str, ends: Ends) -> PointsJob | None:
        losses = [_losses_in(logs) for logs in ends.logs]
        if all(logs is None for logs in ends.logs):
            return None
        said = ", ".join(repr(name) for name in dict.fromkeys(itertools.chain(*losses)))
        self.trouble = (
            f"the loss can't be split into its terms, since {why}. "
            + (
                f"Written is what {self._step_name} returned as {said}; where that is a metric's "
                "result, it is a mean since the epoch began."
                if said
                else f"Nothing is written: {self._step_name} returned no value named 'loss'."
            )
            + f" Have {self._step_name} call compute_loss once a batch and return its result as "
            "'loss' to see the terms."
        )
        return self._encode_reported(losses, ends)

    def _encode_reported(
        self, losses: Sequence[Mapping[str, float]], ends: Ends
    ) -> PointsJob | None:
        points = [
            (step, values, wall_time)
            for step, values, wall_time in zip(ends.steps, losses, ends.wall_times, strict=True)
            if values
        ]
        if not points:
            return None
        if self._reported is None:
            self._reported = ReportedLossEncoder(list(points[0][1]))
        self.count += len(points)
        encoder = self._reported
        return PointsJob(lambda: [encoder.encode(*point) for point in points], len(points))

    def _note_unexplained(self, means: LossValues) -> None:
        if self.count:
            return
        total, penalty, unexplained = means.total[0], means.penalty[0], means.unexplained(0)
        scale = abs(total) + abs(penalty) + sum(abs(column[0]) for column in means.weighted)
        if not abs(unexplained) > _UNEXPLAINED * scale:
            return
        self.trouble = (
            f"the terms don't add up to the loss: {unexplained:.4g} of {total:.4g} is made outside "
            "of the losses that the model was compiled with, by its own compute_loss. That part is "
            "in the total only; add it with add_loss to see it as a penalty."
        )


def _losses_in(logs: Logs) -> dict[str, float]:
    return {name: value for name, value in (logs or {}).items() if _is_loss(name, value)}


def _is_loss(name: str, value: Any) -> bool:
    return isinstance(value, (int, float)) and name.endswith("loss")
