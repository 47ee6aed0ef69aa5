"""Ways to take the gradients of the loss's terms and of the heads' scores: by hand, and ours."""

import pathlib
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from benchmarks.capture_case import LAYERS, Case, labels
from benchmarks.capture_ways import feature_maps
from benchmarks.way import Way
from tb_featuremaps import GradientTerms
from tb_featuremaps.capture.selection import select_layers
from tb_featuremaps.summary.event_writer import open_writer
from training.models.googlenet import AUXILIARY_WEIGHT, HEADS
from training.models.heads import loss_weights

BARE, OURS = "bare compiled forward and backward of the terms", "`GradientTerms`"
BARE_SCORES = "bare compiled forward and backward of the scores"
MAPS, ATTRIBUTED = "`FeatureMaps`", "`FeatureMaps(…, attributions=True)`"
GRADIENTS_FOLDER, ATTRIBUTIONS_FOLDER = "gradients", "attributions"


def term_ways(case: Case, samples: int, folder: pathlib.Path) -> dict[str, Way]:
    """The gradients of the terms on a batch of so many samples."""
    return {
        BARE: _bare_terms(case.model(), case.images(samples)),
        OURS: _gradient_terms(case.model(), case.images(samples), folder / GRADIENTS_FOLDER),
    }


def score_ways(case: Case, folder: pathlib.Path) -> dict[str, Way]:
    """The gradients of the heads' scores for the probes; ours beside maps, and the maps alone."""
    model, probes = case.model(), case.images()
    return {
        BARE_SCORES: _bare_scores(model, probes),
        MAPS: feature_maps(model, probes, folder / "maps"),
        ATTRIBUTED: feature_maps(case.model(), probes, folder / ATTRIBUTIONS_FOLDER, True),
    }


def _bare_terms(model: keras.Model, images: np.ndarray) -> Way:
    """What an expert would write: one tape over one forward pass, and a backward pass each."""
    tapped = keras.Model(model.input, [model.output, _outputs(model)])
    kernels = [variable for variable in model.trainable_variables if len(variable.shape) > 1]
    x, y = tf.constant(images), tf.constant(labels(len(images))["main"])
    crossentropy = keras.losses.SparseCategoricalCrossentropy()
    weights = loss_weights(HEADS, AUXILIARY_WEIGHT)

    def gradients() -> list[list[tf.Tensor]]:
        with tf.GradientTape(persistent=True) as tape:
            predictions, activations = tapped(x, training=True)
            terms = [weights[head] * crossentropy(y, predictions[head]) for head in HEADS]
        at = [*activations, *(kernel.value for kernel in kernels)]
        return [tape.gradient(term, at, unconnected_gradients="zero") for term in terms]

    compiled = tf.function(gradients, autograph=False)
    return Way(lambda: _wait(compiled()))


def _bare_scores(model: keras.Model, probes: np.ndarray) -> Way:
    """The scores of the heads' first choices, differentiated at the layers' outputs."""
    tapped = keras.Model(model.input, [model.output, _outputs(model)])
    x = tf.constant(probes)

    def gradients() -> list[list[tf.Tensor]]:
        with tf.GradientTape(persistent=True) as tape:
            predictions, activations = tapped(x, training=False)
            scores = [tf.reduce_max(predictions[head]._keras_logits, axis=-1) for head in HEADS]
        return [tape.gradient(score, activations, unconnected_gradients="zero") for score in scores]

    compiled = tf.function(gradients, autograph=False)
    return Way(lambda: _wait(compiled()))


def _outputs(model: keras.Model) -> list[keras.KerasTensor]:
    return [named.layer.output for named in select_layers(model, LAYERS).layers]


def _wait(gradients: Sequence[Sequence[tf.Tensor]]) -> None:
    """Returns when they are computed, without copying them."""
    for by_layer in gradients:
        tf.experimental.numpy.asarray(by_layer[0])


def _gradient_terms(model: keras.Model, images: np.ndarray, folder: pathlib.Path) -> Way:
    """The callback around the last batch of an epoch, as `fit` calls it."""
    callback = GradientTerms(folder, images, labels(len(images)), layers=LAYERS)
    callback.set_params({"steps": 1})
    callback.set_model(model)
    callback.on_train_begin()
    callback.on_epoch_begin(0)
    # A writer of the same directory, whose `flush` waits for all that is written there.
    writer = open_writer(str(folder / "train"))

    def log() -> None:
        callback.on_train_batch_begin(0)
        callback.on_train_batch_end(int(model.optimizer.iterations.assign_add(1)) - 1)
        callback.on_epoch_end(0)

    return Way(log, writer.flush)
