"""Which step it is: what `fit` has done to the weights, and never backwards."""

import pathlib
import warnings
from typing import Any

import keras
import numpy as np
import pytest
from support.logdir import read_run, scalars
from support.small_models import IMAGES, LABELS, targets, two_headed_model
from tensorboard.backend.event_processing import event_file_loader

from tb_featuremaps import FeatureMaps, LossTerms, Schedule


def _fit(model: keras.Model, directory: pathlib.Path, **fit: Any) -> None:
    callbacks = [FeatureMaps(directory, IMAGES[:2], every=2), LossTerms(directory)]
    options = {"batch_size": 32, "verbose": 0, **fit}
    model.fit(IMAGES[:96], targets(96), callbacks=callbacks, **options)


def _steps(directory: pathlib.Path) -> tuple[list[int], list[int]]:
    run = read_run(directory / "train")
    return sorted(run["featuremaps/conv1"]), sorted(run["loss/total"])


def test_a_model_that_is_compiled_anew_goes_on(tmp_path: pathlib.Path) -> None:
    model = two_headed_model()
    _fit(model, tmp_path, epochs=2)
    model.get_layer("conv1").trainable = False
    model.compile("sgd", dict.fromkeys(("main", "aux1"), "sparse_categorical_crossentropy"))
    _fit(model, tmp_path)
    assert _steps(tmp_path) == ([0, 2, 4, 6, 8, 9], [*range(1, 10)])


def test_a_new_head_on_trained_layers_goes_on(tmp_path: pathlib.Path) -> None:
    model = two_headed_model()
    _fit(model, tmp_path)
    heads = {"main": model.output["main"], "aux1": model.output["aux1"]}
    tuned = keras.Model(model.input, heads)
    tuned.compile("adam", dict.fromkeys(heads, "sparse_categorical_crossentropy"))
    _fit(tuned, tmp_path)
    assert _steps(tmp_path)[1] == [*range(1, 7)]


def test_other_weights_begin_anew(tmp_path: pathlib.Path) -> None:
    for _ in range(2):
        _fit(two_headed_model(), tmp_path)
    assert _steps(tmp_path)[1] == [1, 2, 3]


def test_a_fit_that_goes_on_captures_where_it_begins(
    tmp_path: pathlib.Path,
) -> None:
    model = two_headed_model()
    callback = FeatureMaps(tmp_path, IMAGES[:2], images_tab=False)
    for _ in range(2):
        model.fit(IMAGES[:96], targets(96), verbose=0, callbacks=[callback])
    loader = event_file_loader.EventFileLoader
    events = [
        event.step
        for file in sorted((tmp_path / "train").iterdir())
        for event in loader(str(file)).Load()
        for value in event.summary.value
        if value.tag == "featuremaps/conv1" and value.HasField("tensor")
    ]
    assert events == [0, 3, 3, 6]


class OwnOptimizer(keras.Model):
    """A model that trains with an optimizer that Keras does not know of, as a GAN does."""

    def __init__(self) -> None:
        super().__init__()
        self.flat = keras.layers.Flatten()
        self.dense = keras.layers.Dense(1)
        self.own = keras.optimizers.SGD(1e-3)

    def call(self, inputs: Any) -> Any:
        return self.dense(self.flat(inputs))

    def train_step(self, data: Any) -> dict[str, Any]:
        import tensorflow as tf

        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(self(data[0], training=True) ** 2)
        weights = self.trainable_variables
        self.own.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return {"loss": loss}


@pytest.mark.parametrize("optimizer", [None, "rmsprop"])
def test_batches_are_counted_where_the_optimizer_does_not_advance(
    tmp_path: pathlib.Path, optimizer: str | None
) -> None:
    pytest.importorskip("tensorflow")
    model = OwnOptimizer()
    model.compile(optimizer=optimizer)
    terms = LossTerms(tmp_path)
    for _ in range(2):  # the second goes on
        with pytest.warns(RuntimeWarning) as warned:
            model.fit(IMAGES[:96], LABELS[:96], batch_size=32, verbose=0, callbacks=[terms])
        messages = [str(warning.message) for warning in warned]
        assert sum("steps count batches" in message for message in messages) == 1
        assert sum("can't be split" in message for message in messages) == 1
    assert sorted(read_run(tmp_path / "train")["loss/total"]) == [*range(1, 7)]


def test_under_gradient_accumulation_a_step_is_an_update(tmp_path: pathlib.Path) -> None:
    model = two_headed_model(dropout=0.0)
    batch_losses: list[float] = []

    class EachBatch(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            # Keras logs means over the samples since the epoch began.
            batch_losses.append(logs["loss"] * (batch + 1) - sum(batch_losses))

    model.compile(
        keras.optimizers.SGD(0.05, gradient_accumulation_steps=2),
        dict.fromkeys(("main", "aux1"), "sparse_categorical_crossentropy"),
    )
    model.fit(
        IMAGES[:96],
        targets(96),
        batch_size=16,
        shuffle=False,
        verbose=0,
        callbacks=[LossTerms(tmp_path), EachBatch()],
    )
    run = read_run(tmp_path / "train")
    assert sorted(run["loss/total"]) == [1, 2, 3]
    expected = np.array(batch_losses).reshape(3, 2).mean(1)
    np.testing.assert_allclose(scalars(run, "loss/total"), expected, rtol=1e-4)


@pytest.mark.parametrize("first", [True, False])
def test_weights_that_another_callback_swaps(tmp_path: pathlib.Path, first: bool) -> None:
    """Whoever stands before us in the list has swapped the weights, whoever stands behind not."""
    model = two_headed_model()
    model.compile(
        keras.optimizers.SGD(0.5, use_ema=True, ema_momentum=0.9),
        dict.fromkeys(("main", "aux1"), "sparse_categorical_crossentropy"),
    )
    seen: dict[str, np.ndarray] = {}

    class Note(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            activation = self.model.get_layer("conv1")(IMAGES[:1])
            seen["conv1"] = keras.ops.convert_to_numpy(activation)

    swap = keras.callbacks.SwapEMAWeights(swap_on_epoch=True)
    maps = FeatureMaps(tmp_path, IMAGES[:1], layers="conv1", images_tab=False)
    callbacks = [swap, Note(), maps] if first else [Note(), maps, swap]
    model.fit(IMAGES[:96], targets(96), verbose=0, callbacks=callbacks)
    stats = read_run(tmp_path / "train")["featuremaps/conv1/stats"][3]
    np.testing.assert_allclose(stats[0, :, 2], seen["conv1"].mean((0, 1, 2)), rtol=1e-4)


@pytest.mark.parametrize("eager", [True, False])
def test_an_optimizer_that_is_swapped_in_mid_fit_lets_the_steps_go_on(
    tmp_path: pathlib.Path, eager: bool
) -> None:
    class Swap(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if epoch == 0:
                optimizer = keras.optimizers.SGD(0.01)
                optimizer.build(self.model.trainable_variables)  # JAX needs it
                self.model.optimizer = optimizer

    model = two_headed_model()
    model.run_eagerly = eager
    callbacks = [LossTerms(tmp_path), Swap()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # compiled steps go on with the optimizer before
        model.fit(IMAGES[:64], targets(64), batch_size=32, epochs=3, verbose=0, callbacks=callbacks)
    assert sorted(read_run(tmp_path / "train")["loss/total"]) == [*range(1, 7)]


def test_a_model_that_is_compiled_anew_is_captured_as_it_is_now(tmp_path: pathlib.Path) -> None:
    model = two_headed_model()
    maps = FeatureMaps(tmp_path, IMAGES[:1], layers="conv1", every=1, images_tab=False)
    model.fit(IMAGES[:32], targets(32), batch_size=32, verbose=0, callbacks=[maps])
    model.get_layer("conv1").activation = keras.activations.linear
    model.compile("sgd", dict.fromkeys(("main", "aux1"), "sparse_categorical_crossentropy"))
    model.fit(IMAGES[:32], targets(32), batch_size=32, verbose=0, callbacks=[maps])
    expected = keras.ops.convert_to_numpy(model.get_layer("conv1")(IMAGES[:1]))
    stats = read_run(tmp_path / "train")["featuremaps/conv1/stats"][2]
    np.testing.assert_allclose(stats[0, :, 0], expected.min((0, 1, 2)), rtol=1e-4)


def test_a_fit_inside_a_fit_with_the_same_callbacks_is_said(tmp_path: pathlib.Path) -> None:
    terms = LossTerms(tmp_path)

    class Inner(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            inner = two_headed_model()
            inner.fit(IMAGES[:32], targets(32), batch_size=32, verbose=0, callbacks=[terms])

    with pytest.warns(RuntimeWarning, match="is still running"):
        two_headed_model().fit(
            IMAGES[:32], targets(32), batch_size=32, verbose=0, callbacks=[terms, Inner()]
        )


def test_a_callback_that_replaces_another_models_log_says_so(tmp_path: pathlib.Path) -> None:
    callbacks = [FeatureMaps(tmp_path, IMAGES[:1]), LossTerms(tmp_path)]

    def fit(model: keras.Model) -> list[str]:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            model.fit(IMAGES, targets(), epochs=2, batch_size=32, verbose=0, callbacks=callbacks)
        return [str(warning.message) for warning in caught if warning.category is RuntimeWarning]

    first, second = two_headed_model(), two_headed_model()
    assert fit(first) == []
    assert fit(first) == []  # goes on
    said = fit(second)
    assert [message.partition(":")[0] for message in said] == ["FeatureMaps", "LossTerms"]
    assert all(
        f"logged to {tmp_path} of another model, up to step 16" in message for message in said
    )
    assert fit(second) == []


def test_a_schedule_of_the_users_is_asked_after_each_batch(tmp_path: pathlib.Path) -> None:
    asked: list[tuple[int, int]] = []

    def third_call(before: int, after: int) -> bool:
        asked.append((before, after))
        return len(asked) == 3

    model = two_headed_model()
    optimizer = keras.optimizers.SGD(0.01, gradient_accumulation_steps=4)  # most make no step
    model.compile(optimizer, dict.fromkeys(("main", "aux1"), "sparse_categorical_crossentropy"))
    maps = FeatureMaps(tmp_path, IMAGES[:1], every=Schedule(third_call), images_tab=False)
    model.fit(IMAGES[:64], targets(64), batch_size=8, verbose=0, callbacks=[maps])
    assert [after for _, after in asked] == [0, 0, 0, 1, 1, 1, 1, 2]
