"""What each head's score for a probe owes to each channel: spatial means of its gradient."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from tb_featuremaps.capture.capturable import SkippedLayer, why_not
from tb_featuremaps.capture.compiled import compile_pass
from tb_featuremaps.capture.differentiation import (
    Differentiable,
    GradientPass,
    gradient_pass,
    kept_randomness,
)
from tb_featuremaps.capture.model_layers import NamedLayer
from tb_featuremaps.capture.perturbed import PerturbedModel, Place
from tb_featuremaps.format.true_classes import true_classes


@dataclasses.dataclass(frozen=True)
class AttributedOutput:
    """An output whose scores are attributed.

    Attributes:
        index: among the model's outputs in flattened order.
        classes: for each probe the class whose score it is, −1 for the head's first choice.
        of_logits: whether the score is the class's logit, before the softmax or sigmoid; else it
            is the output's value.
    """

    index: int
    classes: list[int]
    of_logits: bool


class AttributionTap:
    """Takes the gradients of the heads' scores for the probes at the outputs of chosen layers.

    The score of a head for a probe is its output for the probe's class, or the logit of that class
    where Keras tells it (on TensorFlow and PyTorch it does for its own softmax and sigmoid). Each
    head is differentiated alone. Nothing of the model is changed.

    Args:
        model: a built model.
        layers: at whose outputs.
        probes: a structure of arrays `[n, …]`.
        labels: for each probe the name of its class, or its index as text; empty for none.
        class_names: the classes' names; empty for none.
        training: whether the model is called in training mode.
    """

    def __init__(
        self,
        model: keras.Model,
        layers: Sequence[NamedLayer],
        probes: Any,
        labels: Sequence[str],
        class_names: Sequence[str],
        training: bool,
    ) -> None:
        self._probes = int(keras.tree.flatten(probes)[0].shape[0])
        self._labels = list(labels)
        self._class_names = list(class_names)
        self._tracing = compile_pass(model, self._find, probes)
        self._called = PerturbedModel(model, layers, self._tracing.place, training)
        self._function = Differentiable(model, probes, [], self._zeros, self._forward, self._finish)
        self._pass: GradientPass | None = None
        self._found: list[tuple[int, list[int]]] = []
        self._of_logits: dict[int, bool] = {}

    @property
    def places(self) -> list[Place]:
        """The layers' outputs to which scores are attributed; known from `prepare` on."""
        return self._called.places

    @property
    def skipped(self) -> list[SkippedLayer]:
        """What has no gradient, and why; known from `prepare` on."""
        return self._called.skipped

    @property
    def outputs(self) -> list[AttributedOutput]:
        """The heads, those with one value for each class; known from `capture` on."""
        return [
            AttributedOutput(index, classes, self._of_logits.get(index, False))
            for index, classes in self._found
        ]

    def prepare(self) -> None:
        """Finds the layers' outputs and the heads.

        Raises:
            Exception: whatever the model raises when it is called on the probes.
        """
        if self._pass is None:
            with kept_randomness():
                self._tracing.prepare()
            self._pass = gradient_pass(self._function)

    def capture(self) -> list[npt.NDArray[np.float32]]:
        """Returns for each place float32 `[heads, probes, channels]`.

        Raises:
            Exception: whatever the model or the differentiation raises.
        """
        self.prepare()
        assert self._pass is not None
        if not self._found:
            return []
        return [np.array(ops.convert_to_numpy(part), np.float32) for part in self._pass.run()]

    def _find(self, probes: Any) -> Any:
        predictions = self._called.find_places(probes)
        count = int(keras.tree.flatten(probes)[0].shape[0])
        self._found = [
            (index, self._true_classes(int(output.shape[1])))
            for index, output in enumerate(keras.tree.flatten(predictions))
            if _is_head(output, count)
        ]
        return predictions

    def _true_classes(self, classes: int) -> list[int]:
        return true_classes(self._labels, self._class_names, self._probes, classes).tolist()

    def _zeros(self) -> list[Any]:
        return self._called.zeros(self._probes)

    def _forward(
        self, probes: Any, zeros: Sequence[Any], numbers: Sequence[Any]
    ) -> tuple[list[Any], Any]:
        predictions, _ = self._called.call(probes, zeros)
        outputs = keras.tree.flatten(predictions)
        return [self._score(index, outputs[index], known) for index, known in self._found], ()

    def _score(self, index: int, output: Any, known: list[int]) -> Any:
        """The sum over the probes: each is taught by its own score alone."""
        logits = getattr(output, "_keras_logits", None)
        self._of_logits[index] = logits is not None
        labels = ops.convert_to_tensor(np.array(known, np.int32))
        chosen = ops.where(labels >= 0, labels, ops.cast(ops.argmax(output, axis=-1), "int32"))
        values = ops.cast(output if logits is None else logits, "float32")
        picked = ops.cast(ops.one_hot(chosen, output.shape[1]), "float32")
        return ops.sum(values * picked)

    def _finish(self, rest: Any, at_variables: Any, at_places: list[list[Any]]) -> list[Any]:
        found = []
        for number, place in enumerate(self.places):
            axes = [axis for axis in range(1, len(place.shape) + 1) if axis != place.channel_axis]
            rows = [ops.cast(parts[number], "float32") for parts in at_places]
            found.append(ops.stack([ops.mean(row, axis=axes) if axes else row for row in rows]))
        return found


def _is_head(output: Any, probes: int) -> bool:
    return (
        why_not(output, probes) is None
        and len(output.shape) == 2
        and keras.backend.is_float_dtype(keras.backend.standardize_dtype(output.dtype))
    )
