"""The callback that writes feature maps."""

import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy.typing as npt

from tb_featuremaps.callbacks.attribution_log import AttributionLog
from tb_featuremaps.callbacks.capturing import CapturingCallback, Wording
from tb_featuremaps.callbacks.schedule import Every, Thinning, planned_captures
from tb_featuremaps.capture import keras_internals
from tb_featuremaps.capture import probes as probe_arrays
from tb_featuremaps.capture.arguments import flag
from tb_featuremaps.capture.attributions import AttributionTap
from tb_featuremaps.capture.compiled import ensure_built
from tb_featuremaps.capture.description import Description, describe_tap
from tb_featuremaps.capture.labels import class_name_list, label_names, why_unknown
from tb_featuremaps.capture.outputs import check_main, describe_outputs
from tb_featuremaps.capture.selection import LayerSpecification, select_layers
from tb_featuremaps.capture.tap import ActivationTap, TapOptions
from tb_featuremaps.summary.capture_event import (
    CaptureArrays,
    CaptureEncoder,
    CaptureParts,
    probes_event,
)
from tb_featuremaps.summary.event_writer import EventWriter, Job
from tb_featuremaps.summary.series import layer_series, output_series

_log = logging.getLogger("tb_featuremaps")
_MAPS = CaptureParts(maps=True, images_tab=False)
_WORDING = Wording(
    name="FeatureMaps",
    captures="feature maps",
    cannot="capture activations",
    advice="check that the model accepts the probes",
)


class FeatureMaps(CapturingCallback):
    """Writes the activations of selected layers for a few probes, step by step, for TensorBoard.

    Example:
        ```python
        model.fit(x, y, callbacks=[
            FeatureMaps("logs/run1", probes=x_val[:4], layers="inception_??", every=100),
        ])
        ```

    The run is `<log_dir>/train`. Captures are taken before the first batch, as `every` says, and
    after the last batch; steps are the optimizer's iterations, or batches where those do not
    advance. A capture shows the weights as they are when this callback is called: of callbacks
    that swap or restore weights (`SwapEMAWeights`, `BackupAndRestore`), those that stand before it
    in the list have done so. The training thread runs the compiled forward pass of the probes;
    encoding and writing happen in the background.

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
        main: name, key or layer of the main output, as for `LossTerms`.
        max_channels: capture at most so many channels a layer, the first ones.
        max_tile: average maps whose height or width in pixels exceeds this down.
        training: run the probes in training mode (dropout, batch statistics).
        images_tab: mirror the first probe's maps to the stock Images tab at epoch ends.
        max_captures: thin to at most so many captures, geometrically farther apart.
        attributions: whether it is also written what each head's score for each probe owes to each
            channel: the spatial mean of the score's gradient, from which the tab makes Grad-CAM.
            The score is that of the probe's label, or of the head's first choice where there is
            none: its logit where Keras tells it, else the output's value.

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
        labels: Sequence[int | str] | npt.NDArray[Any] | None = None,
        class_names: Sequence[str] | npt.NDArray[Any] | None = None,
        outputs: bool = True,
        main: str | None = None,
        max_channels: int | None = None,
        max_tile: int | None = None,
        training: bool = False,
        images_tab: bool = True,
        max_captures: int | None = None,
        attributions: bool = False,
    ) -> None:
        super().__init__(log_dir, every, _WORDING)
        self._probes = probe_arrays.as_arrays(probes)
        # A second fit would find a generator empty.
        self._layers = list(layers) if isinstance(layers, Iterator) else layers
        self._thinning = Thinning(max_captures)
        self._class_names = class_name_list(class_names)
        self._labels = label_names(labels, self._class_names, probe_arrays.count(self._probes))
        self._main = main
        self._images_tab = flag(images_tab, "images_tab")
        self._attributes = flag(attributions, "attributions")
        self._attributions: AttributionLog | None = None
        self._options = TapOptions(
            training=training,
            max_channels=max_channels,
            max_tile=max_tile,
            outputs=outputs,
        )
        self._tap: ActivationTap | None = None
        self._tapped_model: keras.Model | None = None
        self._description: Description | None = None
        self._compiled: Any = None
        self._encoder: CaptureEncoder | None = None
        self._captured: tuple[str, int] | None = None
        self._shows_probes = False

    def describe(
        self,
        model: keras.Model,
        *,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        print_fn: Callable[[str], Any] = print,
    ) -> None:
        """Prints what a `fit` of this model would capture, before it trains.

        A table of the layers with shapes, channels and sizes, what can't be captured and why, and
        the megabytes of a capture; of a fit too, if its length is given. The model is not changed,
        but built if it was not.

        Args:
            model: the model; it need not be compiled.
            epochs: of the fit.
            steps_per_epoch: batches of each of them; not needed if captures are taken at ends of
                epochs only.
            print_fn: prints the table.

        Raises:
            ValueError: `probes` or `layers` don't fit the model, or a length is no whole number
                ≥ 1.
        """
        captures = planned_captures(self._schedule, self._thinning, epochs, steps_per_epoch)
        print_fn(str(self._tap_model(model, captures)))
        if captures is None and (epochs, steps_per_epoch) != (None, None):
            print_fn("For the size of a whole fit give both `epochs` and `steps_per_epoch`.")

    def _prepare(self, model: keras.Model) -> None:
        """Everything that is wrong with the arguments is said here, before training."""
        check_main(model, self._main)
        if (why := why_unknown(self._labels, self._class_names)) is not None:
            self._session.warn("labels", why)
        compiled = keras_internals.compiled_loss(model)
        # Compiled anew, a model may have other layers frozen or other weights of its losses.
        if self._tapped_model is not model or compiled is None or compiled is not self._compiled:
            self._tap_model(model, None)
            self._compiled = compiled
        description = self._description
        if description is None:
            return
        if description.thinned_note is not None:
            # No fault, so no Python warning, which may be set to raise; printed all the same.
            _log.warning("FeatureMaps: %s", description.thinned_note)
        if description.warning is not None:
            self._session.warn("described", description.warning)

    def _tap_model(self, model: keras.Model, captures: int | None) -> Description:
        probes = probe_arrays.for_model(model, self._probes)
        ensure_built(model, probes)
        selection = select_layers(model, self._layers)
        tap = ActivationTap(model, selection.layers, probes, self._options)
        self._description = describe_tap(tap, selection, captures, self._images_tab)
        self._tap, self._tapped_model, self._encoder = tap, model, None
        if self._attributes:
            training = self._options.training
            names = (self._labels, self._class_names)
            taken = AttributionTap(model, selection.layers, probes, *names, training)
            self._attributions = AttributionLog(model, tap, taken, self._main)
        return self._description

    def _begun(self, epoch: int) -> None:
        self._thinning.plan(self._session.step, self._session.last_step(self.params, epoch))
        self._shows_probes = False
        # Also where a fit before has captured this step: the weights may have been set since.
        self._capture()

    def _capture_due(self) -> None:
        self._capture()

    def _after_epoch(self, epoch: int) -> None:
        self._read_step()
        due = self._schedule.due_after_epoch(epoch) and not self._is_captured()
        maps = due and self._allows()
        if maps or self._images_tab:
            self._capture(CaptureParts(maps, self._images_tab))

    def _capture_last(self) -> None:
        self._read_step()
        if not self._is_captured():
            self._capture(wait=True)

    def _is_captured(self) -> bool:
        return self._captured == (self._session.log_dir, self._session.step)

    def _allows(self) -> bool:
        return self._thinning.allows(self._session.step) and super()._allows()

    def _write_probes(self, writer: EventWriter) -> None:
        """Writes the probes, with the first capture of a fit for which there is room."""
        step, labels = self._session.step, self._labels
        channels_first = keras.config.image_data_format() == "channels_first"
        pictures = probe_arrays.as_pictures(self._probes, channels_first)
        self._shows_probes = writer.submit(
            lambda: probes_event(step, pictures, labels), pictures.nbytes, "the probes"
        )

    def _capture(self, parts: CaptureParts = _MAPS, wait: bool = False) -> None:
        if self._broken or self._tap is None:
            return
        writer = self._session.writer
        if writer is None:  # another process writes, but all take part in a distributed pass
            self._job(self._tap, parts)
            return
        if not self._shows_probes:
            self._write_probes(writer)
        place = writer.reserve_capture(self._tap.held_bytes, wait)
        if place is None:
            self._backoff.refused()
            return
        with place:
            place.submit(self._job(self._tap, parts), f"the capture at step {self._session.step}")
        if parts.maps:
            if self._attributions is not None:
                self._attributions.write(self._session)
            self._captured = (self._session.log_dir, self._session.step)
            self._captures += 1
            self._thinning.took()
            self._backoff.took()

    def _job(self, tap: ActivationTap, parts: CaptureParts) -> Job:
        """Captures; returns what is left to the background thread."""
        step = self._session.step
        captured, moment = tap.capture(), time.time()
        if self._encoder is None:
            self._encoder = self._make_encoder(tap, captured.classes)
        encoder, probes = self._encoder, None if parts.maps else 1
        return lambda: encoder.encode(
            step, moment, CaptureArrays(captured.layers(probes), captured.outputs()), parts
        )

    def _make_encoder(self, tap: ActivationTap, classes: list[int]) -> CaptureEncoder:
        names = len(self._class_names)
        if names and classes and names not in classes:
            self._session.warn(
                "classes",
                f"`class_names` holds {names} names, but the outputs have {classes} values, so "
                "classes are shown under wrong names or none. Give a name for each value.",
            )
        layers = layer_series(tap.tapped)
        outputs = describe_outputs(self.model, tap.predictions, self._main)
        tapped = [(index, outputs[index]) for index in tap.tapped_outputs]
        return CaptureEncoder(layers, output_series(tapped, self._class_names, layers))
