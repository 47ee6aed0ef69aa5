"""The callback that writes feature maps."""

import os
import time
import warnings
from collections.abc import Sequence
from typing import Any

import keras

from tb_featuremaps.callbacks import steps
from tb_featuremaps.callbacks.schedule import Backoff, Every, Schedule, Thinning
from tb_featuremaps.callbacks.series import layer_series, output_series
from tb_featuremaps.capture import probes as probe_arrays
from tb_featuremaps.capture.compiled import ensure_built
from tb_featuremaps.capture.labels import class_name_list, label_names
from tb_featuremaps.capture.selection import LayerSpecification, select_layers
from tb_featuremaps.capture.tap import ActivationTap, TapOptions
from tb_featuremaps.summary.capture_event import (
    CaptureArrays,
    CaptureEncoder,
    CaptureParts,
    probes_event,
)
from tb_featuremaps.summary.event_writer import EventWriter, Job

_MAPS = CaptureParts(maps=True, images_tab=False)


class FeatureMaps(keras.callbacks.Callback):
    """Writes the activations of selected layers for a few probes, step by step, for TensorBoard.

    Example:
        ```python
        model.fit(x, y, callbacks=[
            FeatureMaps("logs/run1", probes=x_val[:4], layers="inception_??", every=100),
        ])
        ```

    The run is `<log_dir>/train`. Captures are taken before the first batch, as `every` says, and
    after the last batch; steps are the optimizer's iterations. The training thread runs the
    compiled forward pass of the probes; encoding and writing happen in the background.

    Args:
        log_dir: directory of the run, as for `keras.callbacks.TensorBoard`.
        probes: array `[n, height, width, channels]`, float or uint8, fed to the model unchanged;
            a list or dict of arrays for several inputs; or a `tf.data.Dataset`, of which the first
            batch is taken.
        layers: "auto" (what the blocks of the network hand on, after normalisation and activation;
            at most 16), a name, a glob, a compiled regular expression, a layer, a predicate over
            layers, or several of those.
        every: "epoch", a number of batches, or a `Schedule`.
        labels: the probes' true classes, indices or names, `[n]` or `[n, 1]`.
        class_names: names of the classes, in the order of the heads' outputs.
        outputs: whether the heads' predictions for the probes are written too.
        max_channels: capture at most so many channels a layer, the first ones.
        max_tile: average maps whose height or width in pixels exceeds this down.
        training: run the probes in training mode (dropout, batch statistics).
        images_tab: mirror the first probe's maps to the stock Images tab at epoch ends.
        max_captures: thin to at most so many captures, geometrically farther apart.

    Raises:
        ValueError: before training starts: an argument, `probes` or `layers` don't fit the model.
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str],
        probes: Any,
        *,
        layers: LayerSpecification = "auto",
        every: Every = "epoch",
        labels: Sequence[int | str] | None = None,
        class_names: Sequence[str] | None = None,
        outputs: bool = True,
        max_channels: int | None = None,
        max_tile: int | None = None,
        training: bool = False,
        images_tab: bool = True,
        max_captures: int | None = None,
    ) -> None:
        super().__init__()
        self._directory = steps.train_directory(log_dir)
        self._probes = probe_arrays.as_arrays(probes)
        self._layers = layers
        self._schedule = Schedule.of(every)
        self._thinning = Thinning(max_captures)
        self._backoff = Backoff()
        self._class_names = class_name_list(class_names)
        self._labels = label_names(labels, self._class_names, probe_arrays.count(self._probes))
        self._images_tab = images_tab
        self._options = TapOptions(
            training=training,
            max_channels=_at_least_one("max_channels", max_channels),
            max_tile=_at_least_one("max_tile", max_tile),
            outputs=outputs,
        )
        self._writer: EventWriter | None = None
        self._tap: ActivationTap | None = None
        self._tapped_model: keras.Model | None = None
        self._encoder: CaptureEncoder | None = None
        self._broken = False
        self._in_fit = False
        self._step = 0
        self._captured_step: int | None = None

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        probes = probe_arrays.for_model(self.model, self._probes)
        ensure_built(self.model, probes)
        if self._tapped_model is not self.model:
            selected = select_layers(self.model, self._layers).layers
            self._tap = ActivationTap(self.model, selected, probes, self._options)
            self._tapped_model = self.model
            self._encoder = None
        self._broken = self._in_fit = False
        self._captured_step = None

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        # Not earlier: other callbacks may restore weights and steps when the training begins.
        if not self._in_fit:
            self._begin(epoch)

    def _begin(self, epoch: int) -> None:
        self._in_fit = True
        self._step = steps.current_step(self.model)
        self._thinning.plan(self._step, steps.last_step(self.model, self.params or {}, epoch))
        if self._writer is None:
            self._writer = steps.open_run(self.model, self._directory)
        self._write_probes(self._step)
        self._capture(self._step)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        before, self._step = self._step, steps.current_step(self.model)
        if self._schedule.due_after_batch(before, self._step) and self._allows(self._step):
            self._capture(self._step)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._step = steps.current_step(self.model)
        due = self._schedule.due_after_epoch(epoch) and self._captured_step != self._step
        maps = due and self._allows(self._step)
        if maps or self._images_tab:
            self._capture(self._step, CaptureParts(maps, self._images_tab))

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        step = steps.current_step(self.model)
        if self._captured_step != step:
            self._capture(step, wait=True)
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _allows(self, step: int) -> bool:
        return self._thinning.allows(step) and self._backoff.allows()

    def _write_probes(self, step: int) -> None:
        if self._writer is None:
            return
        channels_first = keras.config.image_data_format() == "channels_first"
        pictures = probe_arrays.as_pictures(self._probes, channels_first)
        labels = self._labels
        self._writer.submit(lambda: probes_event(step, pictures, labels))

    def _capture(
        self,
        step: int,
        parts: CaptureParts = _MAPS,
        wait: bool = False,
    ) -> None:
        if self._broken or self._tap is None:
            return
        if self._writer is not None and not self._writer.reserve_capture(wait):
            self._backoff.refused()
            return
        try:
            job = self._job(self._tap, step, parts)
        except Exception as error:  # whatever it is, the training goes on
            self._give_up(error)
            return
        if self._writer is not None:
            self._writer.submit_capture(job)
        if parts.maps:
            self._captured_step = step
            self._thinning.took()
            self._backoff.took()

    def _job(self, tap: ActivationTap, step: int, parts: CaptureParts) -> Job:
        """Captures; returns what is left to the background thread."""
        captured, moment = tap.capture(), time.time()
        if self._encoder is None:
            self._encoder = self._make_encoder(tap)
        encoder, arrays = self._encoder, CaptureArrays(captured.layers, captured.outputs)
        return lambda: encoder.encode(step, moment, arrays, parts)

    def _make_encoder(self, tap: ActivationTap) -> CaptureEncoder:
        layers = layer_series(tap.tapped)
        taken = [tag for series in layers for tag in (series.tag, series.stats_tag)]
        return CaptureEncoder(layers, output_series(self.model, tap, self._class_names, taken))

    def _give_up(self, error: Exception) -> None:
        self._broken = True
        if self._writer is not None:
            self._writer.release_capture()
        warnings.warn(
            f"FeatureMaps can't capture activations: {type(error).__name__}: {error}. Training "
            "goes on without feature maps; check that the model accepts the probes.",
            RuntimeWarning,
            stacklevel=2,
        )


def _at_least_one(name: str, value: int | None) -> int | None:
    if value is not None and value < 1:
        raise ValueError(f"Expected `{name}` to be None or at least 1. Received: {value!r}.")
    return value
