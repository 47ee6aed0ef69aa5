"""The callback that writes the loss split into its terms."""

import contextlib
import os
import time
from typing import Any

import keras

from tb_featuremaps.callbacks.causes import cause
from tb_featuremaps.callbacks.loss_curve import LossCurve
from tb_featuremaps.callbacks.loss_points import Ends, LossPoints, PointsJob
from tb_featuremaps.callbacks.repeated import Repeated
from tb_featuremaps.callbacks.run_session import RunSession
from tb_featuremaps.capture.arguments import flag, is_whole
from tb_featuremaps.capture.loss_tap import LossTap
from tb_featuremaps.capture.outputs import check_main
from tb_featuremaps.capture.step_functions import Phase
from tb_featuremaps.capture.term_listener import TermListener
from tb_featuremaps.summary.event_writer import EventWriter


class LossTerms(keras.callbacks.Callback):
    """Writes the loss of a Keras model split into its terms, for TensorBoard.

    Example:
        `model.fit(x, y, callbacks=[LossTerms("logs/run1")])`

    Written are means over each interval of `every` steps: the total, the loss of each output, that
    loss times its weight, and the penalty (regularisers and `add_loss`), so that at every step
    total = Σ weighted + penalty. The terms are taken where the loss is made, inside the train
    step: Keras's logged values are running means since the epoch began, and the penalty after a
    step is not the one in that step's loss.

    A step is an update of the weights, as the optimizer counts them. Under gradient accumulation a
    point is the mean over all batches that led to the update; with `steps_per_execution` each step
    has its point all the same. Where a `train_step` of your own
    makes a loss that can't be split (it calls `compute_loss` not once a batch, or adds something
    to it), what it returned is written instead, and one warning says so.

    Terms are recorded inside the step, and the device is read every second and a half and when an
    epoch or a validation ends, so that while batches run a point is on disk within two seconds of
    its step; so it is while a batch waits for its data, too. Steps of a call that runs several
    (`steps_per_execution`) are written when it ends. With several workers the device is read at
    every batch, since all must read together.

    The run is `<log_dir>/train`; validation goes to `<log_dir>/validation`, as means over samples,
    also that of `model.evaluate(…, callbacks=[LossTerms(…)])`.

    Args:
        log_dir: directory of the run, as for `keras.callbacks.TensorBoard`.
        every: steps per point.
        main: name, key or layer of the main output; by default the one named "main", else the one
            with the largest loss weight that is not named "aux…", of equals the first.
        epoch_terms: whether the terms of the validation at epoch ends are written.

    Raises:
        ValueError: `every` is no whole number ≥ 1; before training starts: no output is `main`.
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str],
        *,
        every: int = 1,
        main: str | None = None,
        epoch_terms: bool = True,
    ) -> None:
        super().__init__()
        if not is_whole(every, least=1):
            raise ValueError(f"Expected `every` to be a whole number ≥ 1. Received: {every!r}.")
        self._every = int(every)
        self._main = main
        self._epoch_terms = flag(epoch_terms, "epoch_terms")
        self._session = RunSession("LossTerms", log_dir)
        self._tap: LossTap | None = None
        self._listener: TermListener | None = None
        self._points: dict[Phase, LossPoints] = {}
        self._curve: LossCurve | None = None
        self._overdue: Repeated | None = None
        self._in_fit = self._evaluates = False

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        check_main(self.model, self._main)
        self._listen()

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if self._listener is None:
            return
        try:
            self._listener.tap.install()
            if not self._in_fit:
                self._in_fit = True
                self._session.begin_steps(self.model, epoch)
                self._begin_curve(self._listener)
            if self._curve is not None:
                self._curve.begin_epoch()
        except Exception as error:  # whatever it is, the training goes on
            self._give_up(error)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        curve = self._curve
        if curve is None:
            return
        try:
            if curve.batch_ended(batch, logs):
                self._write_curve()
        except Exception as error:  # whatever it is, the training goes on
            self._give_up(error)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        try:
            self._write_curve()
        except Exception as error:  # whatever it is, the training goes on
            self._give_up(error)

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        if not self._session.is_open:
            self._listen()
            self._evaluates = self._listener is not None
            if self._evaluates:
                self._session.begin_evaluation(self.model)
        if self._listener is not None:
            try:
                self._write_curve()
                self._listener.take_test()  # of an evaluation that was not ours
            except Exception as error:  # whatever it is, the training goes on
                self._give_up(error)

    def on_predict_begin(self, logs: dict[str, Any] | None = None) -> None:
        if not self._session.is_open:
            self._session.warn(
                "predict", "`predict` has no loss, so nothing is written. Pass it to `fit`."
            )

    def on_test_end(self, logs: dict[str, Any] | None = None) -> None:
        if self._listener is None:
            return
        try:
            if self._epoch_terms and (self._in_fit or self._evaluates):
                self._write_validation(dict(logs or {}))
        except Exception as error:  # whatever it is, the training goes on
            self._give_up(error)
        if self._evaluates:
            self._close()

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        try:
            self._write_curve(is_end=True)
        except Exception as error:  # whatever it is, the training goes on
            self._give_up(error)
        self._say_if_nothing_was_written()
        self._close()

    def _listen(self) -> None:
        try:
            self._session.begin(self.model, left=self._leave)
            self._points = {"train": LossPoints("train"), "test": LossPoints("test")}
            self._listener = LossTap.listen(self.model, self._tap, failed=self._session.leave)
            self._tap = self._listener.tap
        except Exception as error:  # whatever it is, the training goes on
            self._give_up(error)

    def _begin_curve(self, listener: TermListener) -> None:
        session = self._session
        self._curve = LossCurve(
            self.model,
            listener,
            self._points["train"],
            session.clock,
            self._every,
            self._main,
            lambda jobs: self._submit(session.writer, jobs),
        )
        if not listener.tap.reads_together:
            with contextlib.suppress(RuntimeError):  # no thread is to be had: such points wait
                self._overdue = Repeated(self._write_overdue, "tb_featuremaps_loss")

    def _write_overdue(self) -> float | None:
        """On a thread of its own, while no batch ends."""
        curve = self._curve
        return None if curve is None else curve.write_overdue()

    def _write_curve(self, is_end: bool = False) -> None:
        """Reads what the steps have recorded and writes the points that it makes."""
        if self._listener is None or self._curve is None:
            return
        if self._overdue is not None:
            self._overdue.check()
        # Every worker of a distributed training takes the terms; one has a writer.
        self._curve.write(is_end)
        lost = self._listener.take_lost()
        if lost:
            self._session.warn(
                "lost",
                f"{lost} steps were recorded and not read in time, since one call ran more steps "
                "than can be held. Use fewer `steps_per_execution` to see them all.",
            )
        self._say_trouble("train")

    def _write_validation(self, logs: dict[str, Any]) -> None:
        assert self._listener is not None
        job = self._points["test"].job(
            self.model,
            self._listener.tap,
            self._listener.take_test(),
            self._main,
            Ends([self._session.step], [time.time()], [logs]),
        )
        self._say_trouble("test")
        if job is not None and self._session.writes:
            self._submit(self._session.validation_writer(resumes=self._in_fit), [job])

    @staticmethod
    def _submit(writer: EventWriter | None, jobs: list[PointsJob]) -> None:
        if jobs and writer is not None:
            events = sum(job.events for job in jobs)
            writer.submit(lambda: [made for job in jobs for made in job.make()], events=events)

    def _say_trouble(self, phase: Phase) -> None:
        trouble = self._points[phase].trouble
        if trouble is not None:
            self._session.warn(f"trouble {phase}", trouble)

    def _say_if_nothing_was_written(self) -> None:
        silent = self._session.writes and not self._session.has_warned
        if silent and not self._points["train"].count:
            self._session.warn(
                "nothing",
                "this fit ended without a point of the loss, since it ran no batch. Check the data "
                "and `epochs`.",
            )

    def _leave(self) -> None:
        """The `fit` was left by an exception or Ctrl-C: what is there is still written."""
        with contextlib.suppress(Exception):  # the one that ended the fit is the one to be seen
            # A read that waits for other workers, who may still train, could wait for ever.
            if self._listener is not None and not self._listener.tap.reads_together:
                self._write_curve(is_end=True)
        self._close()

    def _close(self) -> None:
        self._stop_listening()
        self._in_fit = self._evaluates = False
        self._session.close()

    def _stop_listening(self) -> None:
        overdue, self._overdue = self._overdue, None
        if overdue is not None:
            overdue.stop()
        if self._listener is not None:
            self._listener.stop()
            self._listener = None
        self._curve = None

    def _give_up(self, error: Exception) -> None:
        self._stop_listening()
        self._session.warn(
            "given up",
            f"can't take the loss terms: {cause(error)}. Training goes on without them; check that "
            "the model is compiled with a loss.",
        )
