"""Maps of a Keras model for those who train it in a loop of their own."""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from tb_featuremaps.capture import probes as probe_arrays
from tb_featuremaps.capture.compiled import ensure_built
from tb_featuremaps.capture.selection import LayerSpecification, select_layers
from tb_featuremaps.capture.tap import ActivationTap, TapOptions


class MapCapture:
    """Captures what layers of a model make of a few probes, each time with the weights of then.

    Example:
        ```python
        capture = MapCapture(model, x_val[:4], layers="auto")
        with RunWriter("logs/run1/train", layer_classes=capture.layer_classes) as writer:
            for step, batch in enumerate(batches):
                train_step(batch)
                if step % 100 == 0:
                    writer.write_maps(step, capture(), probes=x_val[:4])
        ```

    The forward pass is compiled once. What it would update in the model (moving averages, seeds)
    stays as it was.

    Args:
        model: the model; it need not be compiled, and is built if it was not.
        probes: array `[n, …]`, or a list or dict of arrays for several inputs.
        layers: which layers, as for `FeatureMaps`.
        training: run the probes in training mode (dropout, batch statistics).

    Attributes:
        layer_classes: the class of each layer by the layer's name.

    Raises:
        ValueError: `probes` or `layers` don't fit the model, or no layer can be captured.
    """

    def __init__(
        self,
        model: keras.Model,
        probes: Any,
        layers: LayerSpecification = "auto",
        *,
        training: bool = False,
    ) -> None:
        fitting = probe_arrays.for_model(model, probe_arrays.as_arrays(probes))
        ensure_built(model, fitting)
        selection = select_layers(model, layers)
        options = TapOptions(training=training, outputs=False)
        self._tap = ActivationTap(model, selection.layers, fitting, options)
        self._tap.prepare()
        if not self._tap.tapped:
            reasons = [f"{skipped.name}: {skipped.reason}" for skipped in self._tap.skipped]
            raise ValueError(f"Expected layers that can be captured. Received: {reasons}.")
        self.layer_classes = {tapped.name: tapped.class_name for tapped in self._tap.tapped}

    def __call__(self) -> dict[str, npt.NDArray[np.float32]]:
        """Returns each layer's maps, float32 `[n, height, width, channels]`, by its name."""
        return self._tap.capture_maps()


def capture_maps(
    model: keras.Model,
    probes: Any,
    layers: LayerSpecification = "auto",
    *,
    training: bool = False,
) -> dict[str, npt.NDArray[np.float32]]:
    """Returns what layers of a model make of the probes now; `MapCapture` for more than once.

    Args:
        model: as of `MapCapture`.
        probes: as of `MapCapture`.
        layers: as of `MapCapture`.
        training: as of `MapCapture`.

    Returns:
        Each layer's maps, float32 `[n, height, width, channels]`, by the layer's name.

    Raises:
        ValueError: `probes` or `layers` don't fit the model, or no layer can be captured.
    """
    return MapCapture(model, probes, layers, training=training)()
