"""The callback that writes the loss split into its terms."""

import contextlib
import os
from typing import Any

import keras
import numpy as np

from tb_featuremaps.callbacks.loss_points import LossPoints
from tb_featuremaps.callbacks.run_session import RunSession
from tb_featuremaps.capture.loss_tap import LossTap, TermListener
from tb_featuremaps.capture.outputs import check_main
from tb_featuremaps.capture.step_functions import Phase


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
    point is the mean over all batches that led to the update. Where a `train_step` of your own
    makes a loss that can't be split (it calls `compute_loss` not once a batch, or adds something
    to it), what it returned is written instead, and one warning says so.

    The run is `<log_dir>/train`; validation goes to `<log_dir>/validation`, as means over samples,
    also that of `model.evaluate(…, callbacks=[LossTerms(…)])`.

    Args:
        log_dir: directory of the run, as for `keras.callbacks.TensorBoard`.
        every: steps a point.
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
        if isinstance(every, bool) or not isinstance(every, (int, np.integer)) or every < 1:
            raise ValueError(f"Expected `every` to be a whole number ≥ 1. Received: {every!r}.")
        self._every = int(every)
        self._main = main
        self._epoch_terms = epoch_terms
        self._session = RunSession("LossTerms", log_dir)
        self._tap: LossTap | None = None
        self._listener: TermListener | None = None
        self._points: dict[Phase, LossPoints] = {}
        self._in_fit = self._evaluates = False
        self._written = 0
        self._logs: dict[str, Any] = {}

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        check_main(self.model, self._main)
        self._in_fit = False
        self._listen()

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        if self._listener is None:
            return
        try:
            self._session.begin_epoch()
            self._listener.tap.install()
            if not self._in_fit:
                self._in_fit = True
                self._session.begin_steps(self.model, epoch)
                self._written = self._session.step
        except Exception as error:  # whatever it is, the training goes on
            self._give_up(error)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if self._listener is None or not self._in_fit:
            return
        try:
            self._logs = dict(logs or {})
            step = self._session.after_batch(self.model, batch)
            self._points["train"].compare_once(self.model, self._listener, self._logs)
            if step >= self._written + self._every:
                self._write("train")
        except Exception as error:  # whatever it is, the training goes on
            self._give_up(error)

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        if not self._session.is_open:
            self._listen()
            self._evaluates = self._listener is not None
            if self._evaluates:
                self._session.begin_evaluation(self.model)
        if self._listener is not None:
            self._listener.take("test")  # of an evaluation that was not ours

    def on_test_end(self, logs: dict[str, Any] | None = None) -> None:
        if self._listener is None:
            return
        try:
            if self._epoch_terms and (self._in_fit or self._evaluates):
                self._logs = dict(logs or {})
                self._write("test")
        except Exception as error:  # whatever it is, the training goes on
            self._give_up(error)
        if self._evaluates:
            self._close()

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        try:
            self._write_rest()
        except Exception as error:  # whatever it is, the training goes on
            self._give_up(error)
        self._say_if_nothing_was_written()
        self._close()

    def _listen(self) -> None:
        self._points = {"train": LossPoints("train"), "test": LossPoints("test")}
        self._logs = {}
        try:
            self._session.begin(self.model, left=self._leave)
            self._listener = LossTap.listen(self.model, self._tap, failed=self._session.leave)
            self._tap = self._listener.tap
        except Exception as error:  # whatever it is, the training goes on
            self._give_up(error)

    def _write_rest(self) -> None:
        """Writes the interval that the end of the `fit` cuts short."""
        if self._listener is not None and self._in_fit and self._session.step > self._written:
            self._write("train")

    def _write(self, phase: Phase) -> None:
        assert self._listener is not None
        if phase == "train":
            self._written = self._session.step
        points = self._points[phase]
        # Every worker of a distributed training takes the terms; one has a writer.
        event = points.event(self.model, self._listener, self._session.step, self._logs, self._main)
        if points.trouble is not None:
            self._session.warn(f"trouble {phase}", points.trouble)
        if event is None or not self._session.writes:
            return
        writer = self._session.writer
        if phase == "test":
            writer = self._session.validation_writer(resumes=self._in_fit)
        if writer is not None:
            writer.submit(lambda: event)

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
            if self._listener is not None and self._points["train"].hears_totals(self._listener):
                # A callback before this one has raised: we were not told of the last batch.
                self._session.catch_up(self.model)
            self._write_rest()
        self._close()

    def _close(self) -> None:
        if self._listener is not None:
            self._listener.stop()
            self._listener = None
        self._in_fit = self._evaluates = False
        self._session.close()

    def _give_up(self, error: Exception) -> None:
        if self._listener is not None:
            self._listener.stop()
            self._listener = None
        self._session.warn(
            "given up",
            f"can't take the loss terms: {type(error).__name__}: {error}. Training goes on without "
            "them; check that the model is compiled with a loss.",
        )
