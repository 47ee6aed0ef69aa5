"""The loss split into its terms: they add up at every step, and are those of that step."""

import pathlib
import warnings
from typing import Any

import keras
import numpy as np
import pytest
from support.logdir import read_run, scalars
from support.small_models import IMAGES, LABELS, penalty_of, targets, two_headed_model

from tb_featuremaps import LossTerms


class _KerasMeans(keras.callbacks.Callback):
    """What a callback that reads `logs` would see."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[float, float, float]] = []

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        assert logs is not None
        weighted = float(logs["main_loss"]) + 0.3 * float(logs["aux1_loss"])
        self.rows.append((float(logs["loss"]), weighted, penalty_of(self.model)))


def _fit(model: keras.Model, *callbacks: keras.callbacks.Callback, **arguments: Any) -> Any:
    # 100 images in batches of 32: the last batch of each epoch is short.
    settings = {"epochs": 2, "batch_size": 32, "verbose": 0, **arguments}
    return model.fit(IMAGES, targets(), callbacks=list(callbacks), **settings)


@pytest.mark.parametrize("every", [1, 3])
def test_the_terms_add_up_at_every_step(tmp_path: pathlib.Path, every: int) -> None:
    _fit(two_headed_model(), LossTerms(tmp_path, every=every))
    run = read_run(tmp_path / "train")
    total, penalty = scalars(run, "loss/total"), scalars(run, "loss/penalty")
    weighted = scalars(run, "loss/main/weighted") + scalars(run, "loss/aux1/weighted")
    assert sorted(run["loss/total"]) == ([*range(1, 9)] if every == 1 else [3, 6, 8])
    assert (np.abs(total - weighted - penalty) <= 1e-5 * total).all()
    np.testing.assert_allclose(
        scalars(run, "loss/aux1/weighted"), 0.3 * scalars(run, "loss/aux1"), rtol=1e-6
    )


def test_the_means_that_keras_logs_do_not_add_up(tmp_path: pathlib.Path) -> None:
    means = _KerasMeans()
    _fit(two_headed_model(), means, LossTerms(tmp_path))
    off = [abs(total - weighted - penalty) / total for total, weighted, penalty in means.rows]
    assert max(off) > 1e-5


def test_the_first_penalty_is_that_of_the_initial_weights(tmp_path: pathlib.Path) -> None:
    model = two_headed_model()
    initial = penalty_of(model)
    _fit(model, LossTerms(tmp_path), epochs=1)
    first = float(read_run(tmp_path / "train")["loss/penalty"][1])
    assert first == pytest.approx(initial, rel=1e-5)


def test_the_first_terms_are_those_of_the_first_batch(tmp_path: pathlib.Path) -> None:
    model = two_headed_model(dropout=0.0)
    model.get_layer("normalization").trainable = False
    losses = dict.fromkeys(("main", "aux1"), "sparse_categorical_crossentropy")
    model.compile("sgd", losses, loss_weights={"main": 1, "aux1": 0.3})
    predictions = model(IMAGES[:32], training=True)
    _fit(model, LossTerms(tmp_path), epochs=1, shuffle=False)
    run = read_run(tmp_path / "train")
    for head in ("main", "aux1"):
        rows = keras.ops.convert_to_numpy(predictions[head])[np.arange(32), LABELS[:32]]
        assert float(run[f"loss/{head}"][1]) == pytest.approx(-np.log(rows).mean(), rel=1e-4)


def test_validation_terms_are_means_over_samples(tmp_path: pathlib.Path) -> None:
    history = _fit(two_headed_model(), LossTerms(tmp_path), validation_data=(IMAGES, targets()))
    run = read_run(tmp_path / "validation")
    assert sorted(run["loss/total"]) == [4, 8]
    np.testing.assert_allclose(scalars(run, "loss/total"), history.history["val_loss"], rtol=1e-5)


def test_a_model_with_one_output_and_no_penalty(tmp_path: pathlib.Path) -> None:
    model = keras.Sequential([keras.Input((16, 16, 3)), keras.layers.Flatten(name="flatten")])
    model.add(keras.layers.Dense(3, "softmax", name="scores"))
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(IMAGES, LABELS, batch_size=32, verbose=0, callbacks=[LossTerms(tmp_path)])
    run = read_run(tmp_path / "train")
    np.testing.assert_allclose(scalars(run, "loss/total"), scalars(run, "loss/scores"), rtol=1e-6)
    assert (scalars(run, "loss/penalty") == 0).all()


@pytest.mark.parametrize("every", [1, 3])
def test_a_weight_that_changes_is_logged_as_it_was_in_the_step(
    tmp_path: pathlib.Path, every: int
) -> None:
    if keras.backend.backend() == "jax":
        pytest.skip("Keras on JAX compiles a variable that is not the model's in as a constant")
    weight = keras.Variable(0.5, trainable=False, name="weight")

    class Decay(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
            weight.assign(weight * 0.5)

    model = two_headed_model()
    losses = dict.fromkeys(("main", "aux1"), "sparse_categorical_crossentropy")
    model.compile("sgd", losses, loss_weights={"main": 1.0, "aux1": weight})
    _fit(model, Decay(), LossTerms(tmp_path, every=every))  # changed before ours looks
    run = read_run(tmp_path / "train")
    expected = 0.5 ** np.arange(1, 9)
    total, weighted = scalars(run, "loss/total"), scalars(run, "loss/aux1/weighted")
    summed = weighted + scalars(run, "loss/main/weighted") + scalars(run, "loss/penalty")
    assert (np.abs(total - summed) <= 1e-5 * total).all()
    weights = [float(row[1]) for _, row in sorted(run["featuremaps/losses"].items())]
    if every == 1:
        np.testing.assert_allclose(weighted / scalars(run, "loss/aux1"), expected, rtol=1e-5)
        np.testing.assert_allclose(weights, expected, rtol=1e-6)
    else:
        means = [expected[:3].mean(), expected[3:6].mean(), expected[6:].mean()]
        np.testing.assert_allclose(weights, means, rtol=1e-6)


def test_fit_again_goes_on_where_it_stopped(tmp_path: pathlib.Path) -> None:
    model = two_headed_model()
    callback = LossTerms(tmp_path)
    _fit(model, epochs=1)
    _fit(model, callback, epochs=1)
    traced = model.train_function
    _fit(model, callback, epochs=1)
    assert model.train_function is traced
    assert sorted(read_run(tmp_path / "train")["loss/total"]) == [*range(5, 13)]


def test_logs_history_and_the_saved_model_are_as_without_us(tmp_path: pathlib.Path) -> None:
    model = two_headed_model()
    history = _fit(model, LossTerms(tmp_path), epochs=1)
    assert sorted(history.history) == ["aux1_loss", "loss", "main_loss"]
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    saved, read = (trained.predict(IMAGES, verbose=0)["main"] for trained in (model, loaded))
    np.testing.assert_array_equal(saved, read)


def test_training_is_the_same_with_and_without_us(tmp_path: pathlib.Path) -> None:
    plain, watched = two_headed_model(), two_headed_model()
    for model, callbacks in ((plain, []), (watched, [LossTerms(tmp_path)])):
        keras.utils.set_random_seed(3)
        _fit(model, *callbacks, epochs=1)
    for expected, found in zip(plain.weights, watched.weights, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_main_output_that_does_not_exist_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(ValueError, match=r"\['main', 'aux1'\].*'head'"):
        _fit(two_headed_model(), LossTerms(tmp_path, main="head"))


@pytest.mark.parametrize("every", [0, -1, 1.5, True])
def test_an_interval_that_is_none_is_refused(tmp_path: pathlib.Path, every: Any) -> None:
    with pytest.raises(ValueError, match="every"):
        LossTerms(tmp_path, every=every)


def test_a_directory_that_can_not_be_written_gives_one_warning(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        history = _fit(two_headed_model(), LossTerms(tmp_path / "file"))
    ours = [warning for warning in caught if "tb_featuremaps" in str(warning.message)]
    assert len(ours) == 1
    assert "writable" in str(ours[0].message)
    assert len(history.history["loss"]) == 2
