"""The writer for training loops of any kind."""

import os
import time
import warnings
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

import numpy as np

from tb_featuremaps.capture.arguments import flag, log_directory
from tb_featuremaps.capture.labels import class_name_list, label_names, why_unknown
from tb_featuremaps.capture.pictures import pictures_of
from tb_featuremaps.format.finishing import finish_layers
from tb_featuremaps.run_writer.arguments import (
    DataFormat,
    named,
    number,
    numbers,
    texts,
    whole_step,
)
from tb_featuremaps.run_writer.losses import Losses
from tb_featuremaps.run_writer.series import LayerMaps, Layers, Outputs
from tb_featuremaps.run_writer.steps import Steps
from tb_featuremaps.summary.capture_event import (
    CaptureArrays,
    CaptureEncoder,
    CaptureParts,
    probes_event,
)
from tb_featuremaps.summary.event_writer import open_writer


class RunWriter:
    """Writes feature maps, outputs and loss terms of any training loop, for the tab of TensorBoard.

    The files are those that the callbacks write; arrays are numpy's, or what numpy can read. They
    are copied, encoded and written in the background. A disk that fails doesn't end the training:
    it gives a `RuntimeWarning`, and the log says what it lacks.

    Example:
        ```python
        with RunWriter("logs/run1/train") as writer:
            for step, (images, labels) in enumerate(batches):
                main, aux = train_step(images, labels)
                writer.write_losses(step, main=main, auxiliary={"aux1": (aux, 0.3)})
                if step % 100 == 0:
                    writer.write_maps(step, {"conv1": conv1(probes)}, probes=probes)
        ```

    The first step that is written begins a session: what an earlier one has logged in the
    directory for later steps is replaced.

    Args:
        log_dir: directory of the run itself, or its URL ("gs://bucket/run1"). The callbacks'
            training run is `<log_dir>/train`.
        data_format: of maps and probes, "channels_last" or "channels_first".
        main: name of the main output; the others are auxiliary.
        class_names: names of the classes, in the order of the main output's values.
        layer_classes: the layers' classes by their names, as the tab shows them.
        max_tile: average maps whose height or width in pixels exceeds this down.
        images_tab: write the first probe's maps for the stock Images tab too.

    Raises:
        ValueError: an argument is none of these; nothing is written before the first value.
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str],
        *,
        data_format: DataFormat = "channels_last",
        main: str = "main",
        class_names: Sequence[str] | None = None,
        layer_classes: Mapping[str, str] | None = None,
        max_tile: int | None = None,
        images_tab: bool = False,
    ) -> None:
        path = log_directory(log_dir)
        if data_format not in ("channels_last", "channels_first"):
            raise ValueError(
                "Expected `data_format` to be channels_last or channels_first. "
                f"Received: {data_format!r}."
            )
        if max_tile is not None and whole_step(max_tile, "max_tile") < 1:
            raise ValueError(f"Expected `max_tile` to be at least 1. Received: {max_tile!r}.")
        if not isinstance(main, str) or not main:
            raise ValueError(f"Expected `main` to be the name of an output. Received: {main!r}.")
        self._channels_first = data_format == "channels_first"
        self._class_names = class_name_list(class_names)
        self._parts = CaptureParts(maps=True, images_tab=flag(images_tab, "images_tab"))
        self._layers = Layers(data_format, texts(layer_classes, "layer_classes"), max_tile)
        self._outputs = Outputs(main, self._class_names)
        self._losses = Losses(main)
        self._steps = Steps(path)
        self._probes: tuple[bytes, list[str]] | None = None
        self._probe_count: int | None = None
        self._writer = open_writer(path)
        self._is_open = True
        self._has_warned = False

    def write_maps(
        self,
        step: int,
        maps: Mapping[str, Any],
        *,
        probes: Any = None,
        labels: Any = None,
    ) -> None:
        """Writes what layers make of the probes at a step.

        Args:
            step: updates of the weights so far.
            maps: arrays by the layers' names, `[n, height, width, channels]`,
                `[n, steps, channels]` or `[n, units]`; with the channels second where
                `data_format` is "channels_first".
            probes: the inputs, `[n, …]`, shown as pictures. They are written when they are given
                first, and again when they are others.
            labels: the probes' true classes, indices or names, `[n]`.

        Raises:
            ValueError: an array, a step or a label doesn't fit; nothing is written then.
        """
        step = self._check(step)
        layers = self._layers.of(named(maps, "maps"))
        count = len(layers[0].maps)
        pictures = self._pictures(probes, labels, count)
        if probes is None:
            self._check_count(count, "maps")
        self._take(step, [layer.series.tag for layer in layers])
        self._probe_count = self._probe_count if probes is None else count
        if pictures is not None:
            self._writer.submit(
                lambda: probes_event(step, *pictures), pictures[0].nbytes, "the probes"
            )
        self._submit_maps(step, layers)

    def write_outputs(self, step: int, outputs: Mapping[str, Any]) -> None:
        """Writes what the model predicts for the probes at a step.

        Args:
            step: updates of the weights so far.
            outputs: arrays `[n, classes]` by the outputs' names.

        Raises:
            ValueError: an array or a step doesn't fit; nothing is written then.
        """
        step = self._check(step)
        named(outputs, "outputs")
        found = self._outputs.of(outputs, self._losses.weights, self._layers.series)
        series, arrays = [head for head, _ in found], [array for _, array in found]
        self._check_count(len(arrays[0]), "outputs")
        self._take(step, [head.tag for head in series])
        encoder, moment = CaptureEncoder([], series), time.time()
        self._writer.submit(
            lambda: encoder.encode(step, moment, CaptureArrays([], arrays), self._parts),
            sum(array.nbytes for array in arrays),
            f"the outputs at step {step}",
        )

    def write_losses(
        self,
        step: int,
        *,
        main: Any,
        auxiliary: Mapping[str, tuple[Any, float]] | None = None,
        penalty: Any = 0.0,
        main_weight: float = 1.0,
    ) -> None:
        """Writes the loss terms of a step; the total is their weighted sum.

        Args:
            step: updates of the weights so far, this one included.
            main: the main output's loss, a number.
            auxiliary: the loss and its weight, by the names of the auxiliary outputs, the same at
                each step.
            penalty: weight decay and the like, as it is added to the loss.
            main_weight: what the main loss is multiplied by.

        Raises:
            ValueError: a value is no number, the outputs are others than before, or a step
                doesn't fit; nothing is written then.
        """
        step = self._check(step)
        encode = self._losses.encoder(
            main=number(main, "main"),
            main_weight=number(main_weight, "main_weight"),
            auxiliary={} if auxiliary is None else auxiliary,
            penalty=number(penalty, "penalty"),
        )
        self._take(step, ["losses"])
        event = encode(step)
        self._writer.submit(lambda: event)

    def flush(self) -> None:
        """Waits until everything has been written, within bounds."""
        self._writer.flush()

    def close(self) -> None:
        """Writes what waits, within bounds, and closes the file; again without effect."""
        self._is_open = False
        self._steps.close()
        self._writer.close()

    def __enter__(self) -> "RunWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _check(self, step: Any) -> int:
        if not self._is_open:
            raise ValueError("Expected a RunWriter that is open. Received: one that was closed.")
        return whole_step(step)

    def _check_count(self, count: int, what: str) -> None:
        """Passes as many as there are pictures: else a row would stand beside another's picture."""
        if self._probe_count not in (None, count):
            raise ValueError(
                f"Expected {what} of the {self._probe_count} probes that were written. Received: "
                f"{what} of {count}. Give `write_maps` new ones as `probes` first."
            )

    def _take(self, step: int, series: list[str]) -> None:
        shared = self._steps.take(step, series)
        if shared and not self._has_warned:
            self._has_warned = True
            warnings.warn(
                f"RunWriter: another RunWriter that is open writes {', '.join(shared)} to "
                f"{self._writer.directory} too, so that what both write is mixed. Close the other "
                "one first, or give each a directory of its own.",
                RuntimeWarning,
                stacklevel=3,
            )
        if self._steps.is_first():
            self._writer.start_session(step)

    def _pictures(
        self, probes: Any, labels: Any, count: int
    ) -> tuple[np.ndarray[Any, Any], list[str]] | None:
        """The probes' pictures and labels; None if there is nothing new to write."""
        if probes is None:
            if labels is not None:
                raise ValueError("Expected `probes` with `labels`. Received: labels alone.")
            return None
        array = numbers(probes, "probes")
        if not array.size or not array.ndim or len(array) != count:
            raise ValueError(
                f"Expected `probes` [n, …] of the {count} probes of the maps, and not empty. "
                f"Received: shape {array.shape}."
            )
        pictures = pictures_of(array, self._channels_first)
        found = (pictures.tobytes(), label_names(labels, self._class_names or None, count))
        if found == self._probes:
            return None
        self._probes = found
        if (why := why_unknown(found[1], self._class_names)) is not None:
            warnings.warn(f"RunWriter: {why}", RuntimeWarning, stacklevel=3)
        return np.array(pictures), found[1]

    def _submit_maps(self, step: int, layers: list[LayerMaps]) -> None:
        encoder, moment = CaptureEncoder([layer.series for layer in layers], []), time.time()
        maps = [(layer.maps, layer.averaged) for layer in layers]
        place = self._writer.reserve_capture(sum(layer.maps.nbytes for layer in layers), wait=True)
        if place is None:  # the writer has said why
            return
        with place:
            place.submit(
                lambda: encoder.encode(
                    step, moment, CaptureArrays(finish_layers(maps), []), self._parts
                ),
                f"the maps at step {step}",
            )
