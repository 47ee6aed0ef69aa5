"""The callback that writes the gradient split by the terms of the loss."""

import os
import time
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from tb_featuremaps.callbacks.capturing import CapturingCallback, Wording
from tb_featuremaps.callbacks.schedule import Every
from tb_featuremaps.capture import keras_internals
from tb_featuremaps.capture import probes as probe_arrays
from tb_featuremaps.capture.compiled import ensure_built
from tb_featuremaps.capture.gradient_terms import GradientTap
from tb_featuremaps.capture.kernels import KernelSnapshot
from tb_featuremaps.capture.labelled_batch import LabelledBatch
from tb_featuremaps.capture.outputs import check_main
from tb_featuremaps.capture.selection import LayerSpecification, select_layers
from tb_featuremaps.summary.event_writer import Job
from tb_featuremaps.summary.gradient_event import GradientEncoder

# The loss is summed in another order than the terms.
_UNEXPLAINED = 1e-3
_WORDING = Wording(
    name="GradientTerms",
    captures="gradients",
    cannot="take gradients",
    advice="check that the model is compiled with a loss that takes `x` and `y`",
)


class GradientTerms(CapturingCallback):
    """Writes which term of the loss teaches which layer, step by step, for TensorBoard.

    Example:
        `model.fit(x, y, callbacks=[GradientTerms("logs/run1", x_val[:64], y_val[:64])])`

    On one fixed labelled batch, with the model's own loss and loss weights: at each selected
    layer's activation, the norm of the gradient of each *weighted* term (each output's loss, and
    the penalty), the cosine between it and the main term's, and the same norm and the mean of
    activation × gradient by channel; at the trainable kernels of every layer the norms and cosines
    too. A gradient is that of the loss as `fit` computes it, a mean over the batch; its norm is
    taken over all of the batch. The model is called in training mode, and nothing that this would
    change is changed.

    Beside them stands ‖update‖ / ‖weights‖ of each layer's kernels, of the one step that led to
    the capture: weights after it minus weights before it, whatever made the difference (optimizer,
    weight decay, constraints). It is missing (NaN) where that step can't be told beforehand: at
    epoch ends of a `fit` that doesn't know its number of batches, with several steps an execution,
    for a `Schedule` with a function of your own, and before the first batch.

    The run is `<log_dir>/train`. Gradients are taken before the first batch, as `every` says, and
    after the last batch, with the weights as they are then.

    Args:
        log_dir: directory of the run, as for `keras.callbacks.TensorBoard`.
        x: inputs, arrays `[n, …]` as `fit` takes them; 64 samples, say. They go through the model
            at once.
        y: targets, as `fit` takes them; None if the model needs none.
        layers: as for `FeatureMaps`.
        every: "epoch", a number of batches, or a `Schedule`.
        sample_weight: as `fit` takes it.
        main: name, key or layer of the main output, as for `LossTerms`.

    Raises:
        ValueError: before training starts: an argument, `x` or `layers` don't fit the model.
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str],
        x: Any,
        y: Any,
        *,
        layers: LayerSpecification = "auto",
        every: Every = "epoch",
        sample_weight: Any = None,
        main: str | None = None,
    ) -> None:
        super().__init__(log_dir, every, _WORDING)
        self._batch = LabelledBatch.of(x, y, sample_weight)
        # A second fit would find a generator empty.
        self._layers = list(layers) if isinstance(layers, Iterator) else layers
        self._main = main
        self._tap: GradientTap | None = None
        self._tapped: tuple[keras.Model, Any] | None = None
        self._encoder: GradientEncoder | None = None
        self._snapshot: KernelSnapshot | None = None
        self._captured: int | None = None
        self._epoch = 0

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self._captured = self._snapshot = None
        super().on_train_begin(logs)

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if self._in_fit and not self._broken:
            self._guarded(lambda: self._before_batch(batch))

    def _prepare(self, model: keras.Model) -> None:
        """Everything that is wrong with the arguments is said here, before training."""
        check_main(model, self._main)
        compiled = keras_internals.compiled_loss(model)
        tapped = self._tapped
        # Compiled anew, a model may have other layers frozen or other weights of its losses.
        if tapped is not None and tapped[0] is model and tapped[1] is compiled is not None:
            return
        x = probe_arrays.for_model(model, self._batch.x, "x")
        ensure_built(model, x)
        selection = select_layers(model, self._layers)
        batch = LabelledBatch(x, self._batch.y, self._batch.sample_weight)
        self._tap = GradientTap(model, selection.layers, batch, self._main)
        self._tapped, self._encoder = (model, compiled), None

    def _begun(self, epoch: int) -> None:
        self._epoch = epoch
        self._say_of_own_step(self.model)
        self._capture()

    def _capture_due(self) -> None:
        self._capture()

    def _before_batch(self, batch: int) -> None:
        """Keeps the kernels of the step after which a capture is due, if that can be told."""
        if self._schedule.will_be_due(self._step) or self._ends_due_epoch(batch):
            assert self._tap is not None
            self._snapshot = KernelSnapshot(self._tap.kernels, self._read_step())

    def _ends_due_epoch(self, batch: int) -> bool:
        params = self.params or {}
        if params.get("steps") is None or batch != params["steps"] - 1:
            return False
        is_last = self._epoch + 1 == params.get("epochs")
        return is_last or self._schedule.due_after_epoch(self._epoch)

    def _after_epoch(self, epoch: int) -> None:
        due = self._schedule.due_after_epoch(epoch) and self._captured != self._read_step()
        if due and self._allows():
            self._capture()
        self._epoch = epoch + 1

    def _capture_last(self) -> None:
        if self._captured != self._read_step():
            self._capture(wait=True)

    def _capture(self, wait: bool = False) -> None:
        if self._broken or self._tap is None:
            return
        self._tap.prepare()
        self._say_what_is_skipped(self._tap)
        writer = self._session.writer
        if writer is None:  # another process writes
            self._job(self._tap)
            return
        place = writer.reserve_capture(self._tap.bytes_per_capture, wait)
        if place is None:
            self._backoff.refused()
            return
        with place:
            place.submit(self._job(self._tap), f"the gradients at step {self._session.step}")
        self._captured = self._session.step
        self._captures += 1
        self._backoff.took()

    def _job(self, tap: GradientTap) -> Job:
        """Takes the gradients; returns what is left to the background thread."""
        step, snapshot = self._session.step, self._snapshot
        self._snapshot = None
        updates = np.full(len(tap.kernels), np.nan, np.float32)
        if snapshot is not None and snapshot.step == step - 1:
            updates = snapshot.updates()
        gradients, moment = tap.capture(), time.time()
        if gradients.unexplained > _UNEXPLAINED:
            self._session.warn(
                "unexplained",
                f"{gradients.unexplained:.1%} of the loss is made outside of the losses that the "
                "model was compiled with, by its own compute_loss; its gradient is not shown. Add "
                "that part with add_loss to see it as a penalty.",
            )
        if self._encoder is None:
            names = [layer.name for layer in tap.kernels]
            self._encoder = GradientEncoder(tap.places, names, tap.terms, tap.layer_names)
        encoder = self._encoder
        return lambda: encoder.encode(step, moment, gradients, updates)

    def _say_what_is_skipped(self, tap: GradientTap) -> None:
        if tap.skipped:
            said = "; ".join(f"{layer.name}: {layer.reason}" for layer in tap.skipped)
            self._session.warn("skipped", f"no gradient is taken at some layers. {said}.")

    def _say_of_own_step(self, model: keras.Model) -> None:
        module = str(getattr(type(model).train_step, "__module__", ""))
        if not module.startswith("keras."):
            self._session.warn(
                "own step",
                "the model has a train_step of its own. The gradients are those of what "
                "compute_loss returns; what train_step adds to it, or minimises instead, is not "
                "in them.",
            )

    def _close(self) -> None:
        self._snapshot = None
        super()._close()
