"""Rows of models that train in a way of their own: the Keras guides on customising `fit`.

They are written as the guides write them, for TensorFlow, and for JAX where the guide has one.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from conformance.data import cross_entropy, image_batches, weighted_batches
from conformance.functional_models import CROSS_ENTROPY
from conformance.rows import Batch, Row, Term
from keras import layers, ops

_TENSORFLOW = ("tensorflow",)
_NO_COMPUTE_LOSS = r"LossTerms: the loss can't be split.*does not call compute_loss"


class CallingComputeLoss(keras.Model):
    """The guide's first example, with sample weights as in its third, and its `test_step`."""

    def train_step(self, data: Any) -> Any:
        import tensorflow as tf

        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred, sample_weight=sample_weight)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        return self.update_metrics(loss, y, y_pred, sample_weight)

    def test_step(self, data: Any) -> Any:
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        y_pred = self(x, training=False)
        loss = self.compute_loss(y=y, y_pred=y_pred, sample_weight=sample_weight)
        return self.update_metrics(loss, y, y_pred, sample_weight)

    def update_metrics(self, loss: Any, y: Any, y_pred: Any, sample_weight: Any) -> Any:
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred, sample_weight=sample_weight)
        return {metric.name: metric.result() for metric in self.metrics}


class LowLevel(keras.Model):
    """The guide's second example: no loss in `compile`, trackers of its own, `metrics`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.mae_metric = keras.metrics.MeanAbsoluteError(name="mae")
        self.loss_fn = keras.losses.MeanSquaredError()

    def train_step(self, data: Any) -> Any:
        import tensorflow as tf

        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.loss_fn(y, y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        self.loss_tracker.update_state(loss)
        self.mae_metric.update_state(y, y_pred)
        return {"loss": self.loss_tracker.result(), "mae": self.mae_metric.result()}

    @property
    def metrics(self) -> list[Any]:
        return [self.loss_tracker, self.mae_metric]


class Mixup(CallingComputeLoss):
    """Two targets, `compute_loss` called for each."""

    def train_step(self, data: Any) -> Any:
        import tensorflow as tf

        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(0.7 * x + 0.3 * x[::-1], training=True)
            first = self.compute_loss(x=x, y=y, y_pred=y_pred)
            loss = 0.7 * first + 0.3 * self.compute_loss(x=x, y=y[::-1], y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        return self.update_metrics(loss, y, y_pred, None)


class AddingToTheLoss(CallingComputeLoss):
    """Minimises more than `compute_loss` returns."""

    def train_step(self, data: Any) -> Any:
        import tensorflow as tf

        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
            loss += 0.5 * ops.mean(ops.square(y_pred))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        return self.update_metrics(loss, y, y_pred, None)


class Accumulating(CallingComputeLoss):
    """Adds gradients up over two batches by hand."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sums = [
            self.add_weight(shape=weight.shape, initializer="zeros", trainable=False)
            for weight in self.trainable_variables
        ]
        self.count = self.add_weight(shape=(), initializer="zeros", trainable=False, dtype="int32")

    def train_step(self, data: Any) -> Any:
        import tensorflow as tf

        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        for total, gradient in zip(
            self.sums, tape.gradient(loss, self.trainable_variables), strict=True
        ):
            total.assign_add(gradient)
        self.count.assign_add(1)
        tf.cond(self.count % 2 == 0, self.apply, lambda: tf.constant(False))
        return self.update_metrics(loss, y, y_pred, None)

    def apply(self) -> Any:
        import tensorflow as tf

        self.optimizer.apply([total / 2 for total in self.sums], self.trainable_variables)
        for total in self.sums:
            total.assign(ops.zeros_like(total))
        return tf.constant(True)


class OwnOptimizer(CallingComputeLoss):
    """Compiled without an optimizer; has one of its own."""

    def train_step(self, data: Any) -> Any:
        import tensorflow as tf

        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.own.apply(gradients, self.trainable_variables)
        return self.update_metrics(loss, y, y_pred, None)


class JaxStep(keras.Model):
    """The guide's example for JAX."""

    def compute_loss_and_updates(self, *arguments: Any, **keywords: Any) -> Any:
        trainable, non_trainable, x, y = arguments
        y_pred, non_trainable = self.stateless_call(trainable, non_trainable, x, **keywords)
        return self.compute_loss(x, y, y_pred), (y_pred, non_trainable)

    def train_step(self, state: Any, data: Any) -> Any:
        import jax

        trainable, non_trainable, optimizer, metrics = state
        x, y = data
        grad = jax.value_and_grad(self.compute_loss_and_updates, has_aux=True)
        (loss, (y_pred, non_trainable)), gradients = grad(
            trainable, non_trainable, x, y, training=True
        )
        trainable, optimizer = self.optimizer.stateless_apply(optimizer, gradients, trainable)
        new_metrics: list[Any] = []
        logs = {}
        for metric in self.metrics:
            own = metrics[len(new_metrics) : len(new_metrics) + len(metric.variables)]
            if metric.name == "loss":
                own = metric.stateless_update_state(own, loss)
            else:
                own = metric.stateless_update_state(own, y, y_pred)
            logs[metric.name] = metric.stateless_result(own)
            new_metrics += own
        return logs, (trainable, non_trainable, optimizer, new_metrics)


def step_model(kind: Any, loss: Any = CROSS_ENTROPY, **settings: Any) -> Callable[[], keras.Model]:
    """A function that makes a small model of a class with a step of its own."""

    def make() -> keras.Model:
        inputs = keras.Input((12, 12, 3))
        x = layers.Conv2D(4, 3, activation="relu", name="conv")(inputs)
        x = layers.GlobalAveragePooling2D(name="pool")(x)
        model = kind(inputs, layers.Dense(3, "softmax", name="scores")(x))
        given = {"optimizer": keras.optimizers.SGD(0.05), "jit_compile": False, **settings}
        model.compile(loss=loss, **given)
        return model

    return make


def _without_optimizer() -> keras.Model:
    model = step_model(OwnOptimizer, optimizer=None)()
    model.own = keras.optimizers.Adam(0.01)
    model.own.build(model.trainable_variables)
    return model


def _regression_batches() -> list[Batch]:
    return [(x, np.eye(3, dtype=np.float32)[y]) for x, y in image_batches()]


def _four_batches() -> list[Batch]:
    return image_batches(4)


_SCORES = (Term("scores", cross_entropy),)

ROWS = [
    Row(
        "guide: train_step and test_step that call compute_loss",
        step_model(CallingComputeLoss, metrics=["accuracy"]),
        image_batches,
        ("conv",),
        terms=_SCORES,
        fit={"validation_data": image_batches(1)[0]},
        backends=_TENSORFLOW,
    ),
    Row(
        "guide: train_step with sample weights",
        step_model(CallingComputeLoss, weighted_metrics=["accuracy"]),
        weighted_batches,
        ("conv",),
        terms=_SCORES,
        backends=_TENSORFLOW,
    ),
    Row(
        "guide: low-level train_step with trackers of its own",
        step_model(LowLevel, loss=None),
        _regression_batches,
        ("conv",),
        splits=False,
        warns=(_NO_COMPUTE_LOSS,),
        backends=_TENSORFLOW,
    ),
    Row(
        "mixup: compute_loss called twice a batch",
        step_model(Mixup),
        image_batches,
        ("conv",),
        splits=False,
        warns=("LossTerms: the loss can't be split.*calls compute_loss 2 times",),
        backends=_TENSORFLOW,
    ),
    Row(
        "a train_step that adds to the loss",
        step_model(AddingToTheLoss),
        image_batches,
        ("conv",),
        splits=False,
        warns=("LossTerms: the loss can't be split.*it returns a loss of",),
        backends=_TENSORFLOW,
    ),
    Row(
        "gradient accumulation by hand",
        step_model(Accumulating),
        _four_batches,
        ("conv",),
        terms=_SCORES,
        warns=("steps count batches",) * 2,
        backends=_TENSORFLOW,
        steps="batches",
    ),
    Row(
        "optimizer=None and an optimizer of its own",
        _without_optimizer,
        image_batches,
        ("conv",),
        terms=_SCORES,
        warns=("has no optimizer, so steps count batches",) * 2,
        backends=_TENSORFLOW,
        steps="batches",
    ),
    Row(
        "guide for JAX: train_step",
        step_model(JaxStep, metrics=["accuracy"]),
        image_batches,
        ("conv",),
        terms=_SCORES,
        backends=("jax",),
    ),
]
