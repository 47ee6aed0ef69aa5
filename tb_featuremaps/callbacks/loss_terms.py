"""The callback that writes the loss split into its terms."""

import os
import warnings
from typing import Any

import keras
from tensorboard.compat.proto import event_pb2

from tb_featuremaps.callbacks import steps
from tb_featuremaps.capture.loss_tap import LossTap
from tb_featuremaps.capture.loss_tap import LossTerms as Means
from tb_featuremaps.capture.model_layers import main_output_index, output_names
from tb_featuremaps.summary.event_writer import EventWriter
from tb_featuremaps.summary.loss_event import LossEncoder


class LossTerms(keras.callbacks.Callback):
    """Writes the loss of a Keras model split into its terms, for TensorBoard.

    Example:
        `model.fit(x, y, callbacks=[LossTerms("logs/run1")])`

    Written are means over each interval of `every` batches: the total, the loss of each output,
    that loss times its weight, and the penalty (regularisers and `add_loss`), so that at every
    step total = Σ weighted + penalty. The terms are taken where the loss is made, inside the train
    step: Keras's logged values are running means since the epoch began, and the penalty after a
    step is not the one in that step's loss.

    The run is `<log_dir>/train`; validation goes to `<log_dir>/validation`, as means over samples.

    Args:
        log_dir: directory of the run, as for `keras.callbacks.TensorBoard`.
        every: batches a point.
        main: name of the main output; by default the one named "main", else the first.
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
        if isinstance(every, bool) or not isinstance(every, int) or every < 1:
            raise ValueError(f"Expected `every` to be a whole number ≥ 1. Received: {every!r}.")
        self._log_dir = log_dir
        self._every = every
        self._main = main
        self._epoch_terms = epoch_terms
        self._tap: LossTap | None = None
        self._train_writer: EventWriter | None = None
        self._validation_writer: EventWriter | None = None
        self._encoders: dict[bool, LossEncoder] = {}
        self._in_fit = False
        self._first = self._next = 0

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        main_output_index(self.model, self._main)
        try:
            self._tap = LossTap.on(self.model)
            self._tap.take(training=True)
        except Exception as error:  # whatever it is, the training goes on
            self._give_up(error)
            return
        self._encoders = {}
        self._in_fit = False

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        # Not earlier: other callbacks may restore weights and steps when the training begins.
        if self._tap is None or self._in_fit:
            return
        self._in_fit = True
        self._first = steps.current_step(self.model)
        self._next = self._first + self._every
        if self._train_writer is None:
            directory = steps.train_directory(self._log_dir)
            self._train_writer = steps.open_run(self.model, directory)
            if self._train_writer is not None:
                self._train_writer.start_session(self._first)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        step = steps.current_step(self.model)
        if step >= self._next:
            self._write(training=True)
            self._next = step + self._every

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        if self._tap is not None and self._in_fit:
            self._tap.take(training=False)

    def on_test_end(self, logs: dict[str, Any] | None = None) -> None:
        if not self._in_fit or not self._epoch_terms:
            return
        if self._validation_writer is None:
            directory = steps.validation_directory(self._log_dir)
            self._validation_writer = steps.open_run(self.model, directory)
            if self._validation_writer is not None:
                self._validation_writer.start_session(self._first)
        self._write(training=False)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        self._write(training=True)
        self._in_fit = False
        for writer in (self._train_writer, self._validation_writer):
            if writer is not None:
                writer.close()
        self._train_writer = self._validation_writer = None

    def _write(self, training: bool) -> None:
        writer = self._train_writer if training else self._validation_writer
        if self._tap is None:
            return
        try:
            # Every worker of a distributed training takes the terms; one has a writer.
            terms = self._tap.take(training)
            if terms is not None and writer is not None:
                event = self._event(self._tap, terms, training)
                writer.submit(lambda: event)
        except Exception as error:  # whatever it is, the training goes on
            self._give_up(error)

    def _event(self, tap: LossTap, terms: Means, training: bool) -> event_pb2.Event:
        if training not in self._encoders:
            outputs = output_names(self.model) or tap.names
            main = outputs[main_output_index(self.model, self._main)]
            self._encoders[training] = LossEncoder(tap.names, main)
        step = steps.current_step(self.model)
        return self._encoders[training].encode(
            step, terms.total, terms.penalty, terms.losses, terms.weighted, terms.weights
        )

    def _give_up(self, error: Exception) -> None:
        self._tap = None
        warnings.warn(
            f"LossTerms can't take the loss terms: {type(error).__name__}: {error}. Training goes "
            "on without them; the model must be compiled with a loss.",
            RuntimeWarning,
            stacklevel=2,
        )
