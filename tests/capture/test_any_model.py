"""`fit` with both callbacks on every kind of model that Keras builds."""

import pathlib
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops
from support.logdir import read_run, scalars
from support.small_models import IMAGES, LABELS

from tb_featuremaps import FeatureMaps, LossTerms
from tb_featuremaps.format.png import decode_atlas

_LOSS = "sparse_categorical_crossentropy"


def _fit(
    model: keras.Model, directory: pathlib.Path, x: Any = IMAGES, y: Any = LABELS, **fit: Any
) -> Any:
    """Trains with both callbacks and returns what was written."""
    options = {
        name: fit.pop(name)
        for name in ("layers", "probes", "max_channels", "max_tile")
        if name in fit
    }
    probes = options.pop("probes", None)
    if probes is None:
        probes = keras.tree.map_structure(lambda values: values[:2], x)
    callbacks = [FeatureMaps(directory, probes, **options), LossTerms(directory)]
    fit = {"epochs": 2, "batch_size": 32, "verbose": 0, **fit}
    model.fit(x, y, callbacks=[*callbacks, *fit.pop("callbacks", [])], **fit)
    return read_run(directory / "train")


def _adds_up(run: dict[str, Any]) -> bool:
    weighted = sum(scalars(run, tag) for tag in run if tag.endswith("/weighted"))
    total = scalars(run, "loss/total")
    return bool((abs(total - weighted - scalars(run, "loss/penalty")) <= 1e-5 * total).all())


def _values(run: dict[str, Any], layer: str, step: int = 8, probe: int = 0) -> np.ndarray:
    return decode_atlas(run[f"featuremaps/{layer}"][step][2 + probe]).values


def _close(found: np.ndarray, expected: Any) -> None:
    expected = keras.ops.convert_to_numpy(expected).astype(np.float32)
    span = expected.max((0, 1)) - expected.min((0, 1))
    assert (np.abs(found - expected) <= span / 500 + 1e-5).all()


class _Block(layers.Layer):
    """A composite layer with layers inside."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self.conv = layers.Conv2D(4, 3, activation="relu", name="conv")
        self.pool = layers.MaxPooling2D(name="pool")

    def call(self, inputs: Any) -> Any:
        return self.pool(self.conv(inputs))


class _Subclassed(keras.Model):
    """A model that Keras knows no graph of."""

    def __init__(self) -> None:
        super().__init__(name="subclassed")
        self.block = _Block("block")
        self.flat = layers.Flatten(name="flat")
        self.scores = layers.Dense(3, "softmax", name="scores")

    def call(self, inputs: Any) -> Any:
        return self.scores(self.flat(self.block(inputs)))


def test_a_subclassed_model(tmp_path: pathlib.Path) -> None:
    model = _Subclassed()
    model.compile("sgd", _LOSS)
    run = _fit(model, tmp_path, layers=["block", "block/conv"])
    _close(_values(run, "block/conv"), model.block.conv(IMAGES[:1])[0])
    assert _values(run, "block").shape == (7, 7, 4)
    assert _adds_up(run)


def test_auto_on_a_subclassed_model(tmp_path: pathlib.Path) -> None:
    model = _Subclassed()
    model.compile("sgd", _LOSS)
    assert "featuremaps/block/conv" in _fit(model, tmp_path)


def test_a_backbone_inside_a_classifier(tmp_path: pathlib.Path) -> None:
    backbone = keras.applications.MobileNetV2(
        input_shape=(32, 32, 3), include_top=False, weights=None, alpha=0.35, name="backbone"
    )
    inputs = keras.Input((32, 32, 3))
    x = layers.GlobalAveragePooling2D(name="pool")(backbone(inputs))
    model = keras.Model(inputs, layers.Dense(3, "softmax", name="scores")(x))
    model.compile("sgd", _LOSS)
    images = np.repeat(np.repeat(IMAGES[:16], 2, 1), 2, 2)
    run = _fit(model, tmp_path, images, LABELS[:16], layers="backbone/block_1_*", epochs=1)
    assert _values(run, "backbone/block_1_expand", step=1).shape[:2] == (16, 16)


def test_a_shared_layer_has_a_series_a_call(tmp_path: pathlib.Path) -> None:
    inputs = keras.Input((16, 16, 3))
    conv = layers.Conv2D(3, 3, padding="same", name="conv")
    x = layers.Flatten(name="flat")(conv(conv(inputs)))
    model = keras.Model(inputs, layers.Dense(3, "softmax", name="scores")(x))
    model.compile("sgd", _LOSS)
    run = _fit(model, tmp_path, layers="conv")
    _close(_values(run, "conv#0"), conv(IMAGES[:1])[0])
    _close(_values(run, "conv#1"), conv(conv(IMAGES[:1]))[0])


def test_a_layer_with_several_outputs_has_a_series_each(tmp_path: pathlib.Path) -> None:
    inputs = keras.Input((16, 16, 3))
    x = layers.Reshape((16, 48), name="rows")(inputs)
    sequence, state, _ = layers.LSTM(4, return_sequences=True, return_state=True, name="lstm")(x)
    x = layers.Concatenate(name="both")([layers.Flatten(name="flat")(sequence), state])
    model = keras.Model(inputs, layers.Dense(3, "softmax", name="scores")(x))
    model.compile("sgd", _LOSS)
    run = _fit(model, tmp_path, layers="lstm")
    sequence, state, _ = model.get_layer("lstm")(IMAGES[:1].reshape(1, 16, 48))
    _close(_values(run, "lstm:0"), sequence)
    _close(_values(run, "lstm:1"), keras.ops.convert_to_numpy(state)[:, None])


@pytest.mark.parametrize("structure", [list, dict])
def test_several_inputs_and_outputs(tmp_path: pathlib.Path, structure: type) -> None:
    image, vector = keras.Input((16, 16, 3), name="image"), keras.Input((4,), name="vector")
    maps = layers.Conv2D(4, 3, name="conv")(image)
    x = layers.Concatenate(name="both")([layers.GlobalMaxPooling2D(name="pool")(maps), vector])
    outputs = [layers.Dense(3, "softmax", name="kind")(x), layers.Dense(1, name="size")(x)]
    model = keras.Model([image, vector], outputs)
    model.compile("sgd", [_LOSS, "mse"], loss_weights=[1.0, 0.25])
    vectors = np.ones((100, 4), np.float32)
    x = [IMAGES, vectors] if structure is list else {"image": IMAGES, "vector": vectors}
    run = _fit(model, tmp_path, x, [LABELS, np.ones((100, 1))], layers=["conv", "both"])
    assert run["featuremaps/outputs/size"][8].shape == (2, 1)
    assert _values(run, "both").shape == (1, 1, 8)
    np.testing.assert_allclose(
        scalars(run, "loss/size/weighted"), 0.25 * scalars(run, "loss/size"), rtol=1e-6
    )
    assert _adds_up(run)


def test_an_output_without_a_loss(tmp_path: pathlib.Path) -> None:
    inputs = keras.Input((16, 16, 3))
    x = layers.GlobalMaxPooling2D(name="pool")(layers.Conv2D(4, 3, name="conv")(inputs))
    outputs = {"kind": layers.Dense(3, "softmax", name="kind")(x), "features": x}
    model = keras.Model(inputs, outputs)
    model.compile("sgd", {"kind": _LOSS, "features": None})
    run = _fit(model, tmp_path, y={"kind": LABELS, "features": np.zeros((100, 4))})
    assert "loss/features" not in run
    assert _adds_up(run)


@pytest.mark.parametrize(
    ("rank", "shape"), [(2, (1, 1, 5)), (3, (1, 6, 5)), (4, (6, 4, 5)), (5, (6, 4, 5))]
)
def test_outputs_of_any_rank(tmp_path: pathlib.Path, rank: int, shape: tuple[int, ...]) -> None:
    size = {2: (3,), 3: (6, 3), 4: (6, 4, 3), 5: (3, 6, 4, 3)}[rank]
    inputs = keras.Input(size)
    x = layers.Dense(5, name="maps")(inputs)
    model = keras.Model(inputs, layers.Dense(3, "softmax", name="s")(layers.Flatten(name="f")(x)))
    model.compile("sgd", _LOSS)
    data = np.random.default_rng(0).normal(0, 1, (100, *size)).astype(np.float32)
    run = _fit(model, tmp_path, data, layers="maps")
    expected = keras.ops.convert_to_numpy(model.get_layer("maps")(data[:1]))[0]
    expected = {2: expected[None, None], 3: expected[None], 4: expected, 5: expected[1]}[
        rank if rank != 2 else 2
    ]
    assert _values(run, "maps").shape == shape
    _close(_values(run, "maps"), expected)


def test_channels_first(tmp_path: pathlib.Path) -> None:
    inputs = keras.Input((3, 16, 16))
    x = layers.MaxPooling2D(2, data_format="channels_first", name="pool")(inputs)
    model = keras.Model(inputs, layers.Dense(3, "softmax", name="s")(layers.Flatten(name="f")(x)))
    model.compile("sgd", _LOSS)
    images = IMAGES.transpose(0, 3, 1, 2)
    run = _fit(model, tmp_path, images, layers="pool")
    assert _values(run, "pool").shape == (8, 8, 3)
    _close(
        _values(run, "pool"),
        keras.ops.convert_to_numpy(model.get_layer("pool")(images[:1]))[0].transpose(1, 2, 0),
    )


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision(tmp_path: pathlib.Path, policy: str) -> None:
    keras.mixed_precision.set_global_policy(policy)
    try:
        run = _fit(_small(activity=0.0), tmp_path)
    finally:
        keras.mixed_precision.set_global_policy("float32")
    assert run["featuremaps/conv/stats"][8].dtype == np.float32
    assert _adds_up(run)


def _small(activity: float = 1e-4, **compiled: Any) -> keras.Model:
    keras.utils.set_random_seed(0)
    inputs = keras.Input((16, 16, 3))
    penalty = keras.regularizers.L1(1e-3)
    x = layers.Conv2D(4, 3, name="conv", kernel_regularizer=penalty, bias_regularizer="l2")(inputs)
    if activity:  # Keras itself can't add an activity's penalty up in mixed precision
        x = layers.ActivityRegularization(l2=activity, name="activity")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    model = keras.Model(inputs, layers.Dense(3, "softmax", dtype="float32", name="scores")(x))
    model.compile("sgd", _LOSS, **compiled)
    return model


@pytest.mark.parametrize(
    ("compiled", "steps"),
    [
        ({}, [0, 4, 8]),
        ({"run_eagerly": True}, [0, 4, 8]),
        ({"jit_compile": True}, [0, 4, 8]),
        ({"steps_per_execution": 3}, [0, 4, 8]),
    ],
)
def test_ways_to_compile(
    tmp_path: pathlib.Path, compiled: dict[str, Any], steps: list[int]
) -> None:
    on_torch = keras.backend.backend() == "torch"
    if "steps_per_execution" in compiled and on_torch:
        pytest.skip("Keras takes one step an execution on PyTorch")
    # With warnings as errors PyTorch fails to compile an activity's penalty, without us too.
    activity = 0.0 if "jit_compile" in compiled and on_torch else 1e-4
    run = _fit(_small(activity, **compiled), tmp_path)
    assert sorted(run["featuremaps/conv"]) == steps
    assert _adds_up(run)
    assert (scalars(run, "loss/penalty") > 0).all()


def test_sample_and_class_weights(tmp_path: pathlib.Path) -> None:
    run = _fit(_small(), tmp_path / "a", sample_weight=np.linspace(0, 2, 100))
    assert _adds_up(run)
    assert _adds_up(_fit(_small(), tmp_path / "b", class_weight={0: 1.0, 1: 3.0, 2: 0.5}))


def test_an_added_loss_is_part_of_the_penalty(tmp_path: pathlib.Path) -> None:
    class Adding(layers.Layer):
        def call(self, inputs: Any) -> Any:
            self.add_loss(0.5 + 0.0 * ops.sum(inputs))
            return inputs

    inputs = keras.Input((16, 16, 3))
    x = layers.Flatten(name="flat")(Adding(name="adding")(inputs))
    model = keras.Model(inputs, layers.Dense(3, "softmax", name="scores")(x))
    model.compile("sgd", _LOSS)
    run = _fit(model, tmp_path, layers="flat")
    np.testing.assert_allclose(scalars(run, "loss/penalty"), 0.5)
    assert _adds_up(run)


@pytest.mark.parametrize("ending", [KeyboardInterrupt, RuntimeError, "early"])
def test_however_fit_ends_what_was_captured_is_readable(
    tmp_path: pathlib.Path, ending: Any
) -> None:
    class End(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if int(self.model.optimizer.iterations) == 6:
                if ending == "early":
                    self.model.stop_training = True
                else:
                    raise ending

    model = _small()
    if ending == "early":
        run = _fit(model, tmp_path, callbacks=[End()])
        assert sorted(run["featuremaps/conv"])[-1] == 6
    else:
        with pytest.raises(ending):
            _fit(model, tmp_path, callbacks=[End()])
        run = _fit(model, tmp_path, epochs=1)
        assert set(run["featuremaps/conv"]) >= {0, 4, 6, 10}
    assert len(ops.shape(model(IMAGES[:1]))) == 2


@pytest.mark.filterwarnings("ignore")  # tf-explain's
def test_beside_the_stock_callback_and_tf_explain_in_one_directory(tmp_path: pathlib.Path) -> None:
    activations = pytest.importorskip("tf_explain.callbacks.activations_visualization")
    stock = keras.callbacks.TensorBoard(tmp_path, update_freq=1)
    explain = activations.ActivationsVisualizationCallback(
        (IMAGES[:1], None), ["conv"], tmp_path / "train"
    )
    run = _fit(_small(), tmp_path, callbacks=[stock, explain])
    assert sorted(run["featuremaps/conv"]) == [0, 4, 8]
    assert sorted(run["loss/total"]) == [*range(1, 9)]
    assert sorted(run["epoch_loss"]) == [0, 1]
    assert len(run["batch_loss"]) == 8
    (theirs,) = (path for path in (tmp_path / "train").iterdir() if path.is_dir())
    assert sorted(read_run(theirs)["Activations Visualization"]) == [0, 1]
