"""Train steps of the user's own: what is known is written, and what can't be known is said."""

import pathlib
from typing import Any

import keras
import numpy as np
import pytest
from support.logdir import read_run, scalars
from support.small_models import IMAGES, LABELS

from tb_featuremaps import LossTerms

tf = pytest.importorskip("tensorflow")

_LOSS = "sparse_categorical_crossentropy"


def _built(kind: type[keras.Model], **compiled: Any) -> keras.Model:
    keras.utils.set_random_seed(3)
    inputs = keras.Input((16, 16, 3))
    x = keras.layers.Flatten(name="flat")(inputs)
    outputs = keras.layers.Dense(3, "softmax", name="scores", kernel_regularizer="l2")(x)
    model = kind(inputs, outputs)
    model.compile("sgd", _LOSS, **compiled)
    return model


def _fit(model: keras.Model, directory: pathlib.Path, **fit: Any) -> keras.callbacks.History:
    options = {"batch_size": 32, "verbose": 0, "shuffle": False, **fit}
    terms = LossTerms(directory)
    return model.fit(IMAGES[:96], LABELS[:96], callbacks=[terms], **options)


class Guide(keras.Model):
    """As in Keras's guide: loops over the metrics, and omits what `compute_loss` allows to."""

    def train_step(self, data: Any) -> dict[str, Any]:
        x, y = data
        with tf.GradientTape() as tape:
            predictions = self(x, training=True)
            loss = self.made_loss(y, predictions)
        weights = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return self.updated_metrics(y, predictions, loss)

    def test_step(self, data: Any) -> dict[str, Any]:
        x, y = data
        predictions = self(x, training=False)
        return self.updated_metrics(y, predictions, self.compute_loss(y=y, y_pred=predictions))

    def made_loss(self, y: Any, predictions: Any) -> Any:
        return self.compute_loss(y=y, y_pred=predictions)

    def updated_metrics(self, y: Any, predictions: Any, loss: Any) -> dict[str, Any]:
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, predictions)
        return {metric.name: metric.result() for metric in self.metrics}


class Extended(Guide):
    """Adds to what `compute_loss` returns."""

    def made_loss(self, y: Any, predictions: Any) -> Any:
        return super().made_loss(y, predictions) + 1.0


class Mixing(Guide):
    """Calls `compute_loss` twice, as mixup does."""

    def made_loss(self, y: Any, predictions: Any) -> Any:
        twice = [self.compute_loss(y=labels, y_pred=predictions) for labels in (y, y[::-1])]
        return 0.7 * twice[0] + 0.3 * twice[1]


def test_the_step_of_the_guide_is_split(tmp_path: pathlib.Path) -> None:
    model = _built(Guide, metrics=["accuracy"])
    history = _fit(model, tmp_path, epochs=2, validation_data=(IMAGES, LABELS)).history
    run, validation = read_run(tmp_path / "train"), read_run(tmp_path / "validation")
    total = scalars(run, "loss/total")
    assert len(total) == 6
    np.testing.assert_allclose(total.reshape(2, 3).mean(1), history["loss"], rtol=1e-5)
    split = scalars(run, "loss/scores/weighted") + scalars(run, "loss/penalty")
    np.testing.assert_allclose(split, total, rtol=1e-5)
    assert sorted(validation["loss/total"]) == [3, 6]


@pytest.mark.parametrize(
    ("kind", "why"),
    [(Extended, "returns a loss of"), (Mixing, "calls compute_loss 2 times a batch")],
)
def test_a_loss_that_is_not_the_one_of_compute_loss_is_taken_as_returned(
    tmp_path: pathlib.Path, kind: type[keras.Model], why: str
) -> None:
    returned: list[float] = []
    note = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: returned.append(logs["loss"])
    )
    with pytest.warns(RuntimeWarning, match=why) as warned:
        model = _built(kind)
        terms = LossTerms(tmp_path)
        model.fit(IMAGES[:96], LABELS[:96], batch_size=32, verbose=0, callbacks=[terms, note])
    assert len(warned) == 1
    run = read_run(tmp_path / "train")
    np.testing.assert_allclose(scalars(run, "loss/total"), returned, rtol=1e-6)
    assert "loss/scores" not in run


def test_a_compute_loss_that_adds_something_says_what_is_not_split(tmp_path: pathlib.Path) -> None:
    class Doubling(keras.Model):
        def compute_loss(self, *args: Any, **kwargs: Any) -> Any:
            return 2 * super().compute_loss(*args, **kwargs)

    with pytest.warns(RuntimeWarning, match="the terms don't add up to the loss"):
        _fit(_built(Doubling), tmp_path)
    run = read_run(tmp_path / "train")
    half = scalars(run, "loss/scores") + scalars(run, "loss/penalty")
    np.testing.assert_allclose(scalars(run, "loss/total"), 2 * half, rtol=1e-5)


def test_a_keras_that_lacks_a_private_name_costs_only_the_split(tmp_path: pathlib.Path) -> None:
    class Renamed(keras.Model):
        @property
        def _aggregate_additional_loss(self) -> Any:
            raise AttributeError("renamed")

        @property
        def losses(self) -> list[Any]:
            return []

    with pytest.warns(RuntimeWarning, match="has no _aggregate_additional_loss") as warned:
        history = _fit(_built(Renamed), tmp_path).history
    assert len(warned) == 1
    total = scalars(read_run(tmp_path / "train"), "loss/total")
    np.testing.assert_allclose(total.mean(), history["loss"][0], rtol=1e-5)


def test_a_fit_without_a_batch_says_so(tmp_path: pathlib.Path) -> None:
    with pytest.warns(RuntimeWarning, match="ended without a point"):
        _fit(_built(keras.Model), tmp_path, epochs=0)


def test_an_evaluation_of_its_own_is_written_at_the_model_s_step(tmp_path: pathlib.Path) -> None:
    model = _built(keras.Model)
    _fit(model, tmp_path)
    loss = model.evaluate(IMAGES, LABELS, verbose=0, callbacks=[LossTerms(tmp_path)])
    run = read_run(tmp_path / "validation")
    assert list(run["loss/total"]) == [3]
    np.testing.assert_allclose(scalars(run, "loss/total"), loss, rtol=1e-5)


def test_an_evaluation_inside_a_fit_that_is_not_ours_stays_out(tmp_path: pathlib.Path) -> None:
    class Evaluate(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.model.evaluate(IMAGES[:32] + 5, LABELS[:32], verbose=0)

    losses = {}
    for name, others in (("without", []), ("with", [Evaluate()])):
        model = _built(keras.Model)
        model.fit(
            IMAGES[:96],
            LABELS[:96],
            batch_size=32,
            shuffle=False,
            verbose=0,
            callbacks=[LossTerms(tmp_path / name), *others],
        )
        losses[name] = scalars(read_run(tmp_path / name / "train"), "loss/total")
    np.testing.assert_allclose(losses["with"], losses["without"], rtol=1e-5)


def test_several_of_a_kind_each_have_their_points(tmp_path: pathlib.Path) -> None:
    model = _built(keras.Model)
    with pytest.warns(RuntimeWarning, match="another LossTerms logs to"):
        model.fit(
            IMAGES[:96],
            LABELS[:96],
            batch_size=16,
            epochs=2,
            shuffle=False,
            verbose=0,
            callbacks=[LossTerms(tmp_path / "run"), LossTerms(tmp_path / "run", every=4)],
        )
    each = read_run(tmp_path / "run" / "train")["loss/total"]
    fourth = read_run(tmp_path / "run_2" / "train")["loss/total"]
    assert (sorted(each), sorted(fourth)) == ([*range(1, 13)], [4, 8, 12])
    for step, mean in fourth.items():
        expected = np.mean([each[before] for before in range(step - 3, step + 1)])
        np.testing.assert_allclose(mean, expected, rtol=1e-5)


class OwnFunction(keras.Model):
    """Has XLA compile its step, which Keras knows nothing of."""

    def make_train_function(self, force: bool = False) -> Any:
        @tf.function(jit_compile=True)
        def one_step(data: Any) -> Any:
            return self.train_step(data)

        self.train_function: Any = lambda iterator: one_step(next(iterator))
        return self.train_function


class OtherStep(OwnFunction):
    """Trains by another step than `train_step`."""

    def make_train_function(self, force: bool = False) -> Any:
        step = tf.function(super().train_step)
        self.train_function = lambda iterator: step(next(iterator))
        return self.train_function


@pytest.mark.parametrize("kind", [keras.Model, OwnFunction])
def test_steps_that_xla_compiles(tmp_path: pathlib.Path, kind: type[keras.Model]) -> None:
    model = _built(kind, jit_compile=kind is keras.Model)
    history = _fit(model, tmp_path)
    run = read_run(tmp_path / "train")
    assert sorted(run["loss/total"]) == [1, 2, 3]
    totals, penalties = scalars(run, "loss/total"), scalars(run, "loss/penalty")
    np.testing.assert_allclose(np.mean(totals), history.history["loss"][0], rtol=1e-5)
    np.testing.assert_allclose(scalars(run, "loss/scores") + penalties, totals, rtol=1e-5)


def test_a_function_that_runs_no_train_step_is_said(tmp_path: pathlib.Path) -> None:
    model = _built(OtherStep)
    with pytest.warns(RuntimeWarning, match="its train_function runs no train_step") as caught:
        history = _fit(model, tmp_path)
    assert len([one for one in caught if one.category is RuntimeWarning]) == 1
    run = read_run(tmp_path / "train")
    assert sorted(run["loss/total"]) == [1, 2, 3]
    assert scalars(run, "loss/total")[-1] == pytest.approx(history.history["loss"][0], rel=1e-5)
