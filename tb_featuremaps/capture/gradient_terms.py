"""The gradient of a model's loss, split by its terms, at activations and at kernels."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from tb_featuremaps.capture import keras_internals
from tb_featuremaps.capture.capturable import SkippedLayer
from tb_featuremaps.capture.compiled import compile_pass
from tb_featuremaps.capture.differentiation import (
    Differentiable,
    GradientPass,
    gradient_pass,
    kept_randomness,
)
from tb_featuremaps.capture.gradient_measures import TermGradients, joined
from tb_featuremaps.capture.kernels import LayerKernels, layer_kernels
from tb_featuremaps.capture.labelled_batch import LabelledBatch
from tb_featuremaps.capture.model_layers import NamedLayer, named_layers
from tb_featuremaps.capture.perturbed import PerturbedModel, Place
from tb_featuremaps.capture.split_loss import SplitLoss, Term, specification


@dataclasses.dataclass(frozen=True)
class Gradients:
    """Gradients at one step, float32.

    Attributes:
        layers: `[layers, terms, 2]`, at activations: the norm of each term's gradient over the
            whole batch, and its cosine to the main term's, NaN where there is none.
        channels: for each layer `[terms, channels, 2]`: the norm of each channel's gradient, and
            the mean of activation × gradient.
        kernels: `[layers with kernels, terms, 2]`, as `layers`, at kernels.
        unexplained: which part of the loss is in none of the terms, 0 to 1.
    """

    layers: npt.NDArray[np.float32]
    channels: list[npt.NDArray[np.float32]]
    kernels: npt.NDArray[np.float32]
    unexplained: float


class GradientTap:
    """Takes the gradients of the weighted terms of a model's loss on a batch.

    The model is called in training mode, as its train step calls it: batch statistics are those of
    the batch, dropout draws from the model's present seeds. Whatever it would update is left as it
    was. Each term, as the model was compiled, is multiplied by its loss weight and differentiated
    alone; where an optimizer scales the loss (mixed precision), the terms are scaled as the loss
    is, and the gradients are divided by the scale.

    Attributes:
        places: the layers' outputs at which there are gradients; known from `prepare` on.
        skipped: what has none, and why; known from `prepare` on.
        kernels: the layers with trainable kernels.
        layer_names: the names of all layers of the model.
        terms: the terms in order; known from `capture` on.
    """

    def __init__(
        self,
        model: keras.Model,
        layers: Sequence[NamedLayer],
        batch: LabelledBatch,
        main: str | None = None,
    ) -> None:
        self.kernels: list[LayerKernels] = layer_kernels(model)
        self.layer_names = [named.name for named in named_layers(model)]
        self._model = model
        self._batch = batch
        self._loss = SplitLoss(model, main)
        inputs = (batch.x, batch.y, batch.sample_weight)
        self._tracing = compile_pass(model, self._find, batch.x)
        self._called = PerturbedModel(model, layers, self._tracing.place, training=True)
        variables = [variable for layer in self.kernels for variable in layer.variables]
        self._function = Differentiable(
            model, inputs, variables, self._zeros, self._forward, self._finish
        )
        self._pass: GradientPass | None = None
        self._predictions: Any = None

    @property
    def places(self) -> list[Place]:
        """The layers' outputs at which there are gradients."""
        return self._called.places

    @property
    def skipped(self) -> list[SkippedLayer]:
        """What has no gradient, and why."""
        return self._called.skipped

    @property
    def terms(self) -> list[Term]:
        """The terms."""
        return self._loss.terms

    @property
    def bytes_per_capture(self) -> int:
        """What the numbers of a capture take, in bytes."""
        terms = len(self.terms) or keras_internals.number_of_losses(self._model) + 1
        rows = len(self.places) + len(self.kernels) + sum(p.channels for p in self.places)
        return 8 * terms * rows

    def prepare(self) -> None:
        """Finds out where there are gradients.

        Raises:
            Exception: whatever the model raises when it is called on the batch.
        """
        if self._pass is None:
            with kept_randomness():
                self._tracing.prepare()
            self._loss.expect(self._batch, self._predictions)
            self._pass = gradient_pass(self._function)

    def capture(self) -> Gradients:
        """Takes the gradients with the weights as they are now.

        Raises:
            Exception: whatever the model, its loss or the differentiation raises.
        """
        self.prepare()
        assert self._pass is not None
        found = self._pass.run([_loss_scale(self._model)])
        layers, channels, kernels, unexplained = keras.tree.map_structure(
            lambda part: np.array(ops.convert_to_numpy(part), np.float32), found
        )
        return Gradients(layers, channels, kernels, float(unexplained))

    def _find(self, x: Any) -> Any:
        predictions = self._called.find_places(x)
        self._predictions = keras.tree.map_structure(
            lambda part: specification(part, self._batch.samples), predictions
        )
        return predictions

    def _zeros(self) -> list[Any]:
        return self._called.zeros(self._batch.samples)

    def _forward(
        self, inputs: Any, zeros: Sequence[Any], numbers: Sequence[Any]
    ) -> tuple[list[Any], Any]:
        x, y, sample_weight = inputs
        (scale,) = numbers
        predictions, activations = self._called.call(x, zeros)
        terms, unexplained = self._loss.compute(x, y, predictions, sample_weight)
        return [term * scale for term in terms], (activations, unexplained, scale)

    def _finish(self, rest: Any, at_kernels: list[list[Any]], at_places: list[list[Any]]) -> Any:
        activations, unexplained, scale = rest
        main = next((n for n, term in enumerate(self.terms) if term.is_main), None)
        layers, channels = [], []
        for number, (place, activation) in enumerate(zip(self.places, activations, strict=True)):
            own = [parts[number] for parts in at_places]
            gradients = TermGradients(own, main, scale, place.channel_axis)
            layers.append(gradients.norms_and_cosines())
            channels.append(gradients.by_channel(activation))
        kernels, begin = [], 0
        for layer in self.kernels:
            end = begin + len(layer.variables)
            own = [joined(parts[begin:end]) for parts in at_kernels]
            kernels.append(TermGradients(own, main, scale).norms_and_cosines())
            begin = end
        return self._stacked(layers), channels, self._stacked(kernels), unexplained

    def _stacked(self, rows: list[Any]) -> Any:
        return ops.stack(rows) if rows else ops.zeros((0, len(self.terms), 2), "float32")


def _loss_scale(model: keras.Model) -> float:
    """What the optimizer multiplies the loss with before it is differentiated."""
    optimizer = model.optimizer
    if not isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        return 1.0
    scale = optimizer.dynamic_scale if optimizer.built else optimizer.initial_scale
    return float(np.asarray(ops.convert_to_numpy(scale + 0.0)))
