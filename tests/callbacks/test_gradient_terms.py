import os
import pathlib
import subprocess
import sys
import textwrap
import warnings
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest
from support.logdir import read_run
from support.small_models import IMAGES, targets, two_headed_model

from tb_featuremaps import FeatureMaps, GradientTerms, LossTerms
from tb_featuremaps.capture.gradient_terms import GradientTap
from tb_featuremaps.capture.labelled_batch import LabelledBatch
from tb_featuremaps.capture.selection import select_layers

_TESTS = pathlib.Path(__file__).parents[1]
_X, _Y = IMAGES[:16], targets(16)
_TAGS = [
    "featuremaps/block/gradients",
    "featuremaps/conv1/gradients",
    "featuremaps/gradients",
    "featuremaps/gradients/kernels",
    "featuremaps/gradients/updates",
]


def _weights(model: keras.Model) -> list[npt.NDArray[Any]]:
    return [np.array(keras.ops.convert_to_numpy(v)) for v in model.variables]


def _fit(model: keras.Model, *callbacks: keras.callbacks.Callback, **options: Any) -> Any:
    settings = {"epochs": 2, "batch_size": 32, "verbose": 0, **options}
    return model.fit(IMAGES, targets(), callbacks=list(callbacks), **settings).history


def test_what_is_logged_is_what_the_tap_finds(tmp_path: pathlib.Path) -> None:
    model = two_headed_model()
    _fit(model, GradientTerms(tmp_path, _X, _Y, every=3))
    run = read_run(tmp_path / "train")
    assert sorted(run) == _TAGS
    assert all(sorted(run[tag]) == [0, 3, 6, 8] for tag in _TAGS)
    layers = select_layers(model, "auto").layers
    expected = GradientTap(model, layers, LabelledBatch.of(_X, _Y, None)).capture()
    np.testing.assert_allclose(run["featuremaps/gradients"][8], expected.layers, rtol=1e-5)
    np.testing.assert_allclose(run["featuremaps/gradients/kernels"][8], expected.kernels, rtol=1e-5)
    channels = run["featuremaps/block/gradients"][8]
    np.testing.assert_allclose(channels, expected.channels[1], rtol=1e-4, atol=1e-9)


def test_training_is_the_same_with_it(tmp_path: pathlib.Path) -> None:
    found = []
    for directory in (None, tmp_path):
        model = two_headed_model()
        callbacks = [] if directory is None else [GradientTerms(directory, _X, _Y, every=2)]
        history = _fit(model, *callbacks)
        again = _fit(model, epochs=1)
        found.append((history, again, _weights(model), set(vars(model))))
    assert found[0][0] == found[1][0]
    assert found[0][1] == found[1][1]
    for plain, watched in zip(found[0][2], found[1][2], strict=True):
        np.testing.assert_array_equal(plain, watched)
    assert found[0][3] == found[1][3]


class _NotesKernels(keras.callbacks.Callback):
    """Keeps a kernel after every batch."""

    def __init__(self) -> None:
        super().__init__()
        self.kernels: list[npt.NDArray[Any]] = []

    def on_train_begin(self, logs: Any = None) -> None:
        self.on_train_batch_end(0)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        kernel = self.model.get_layer("block_left").kernel
        self.kernels.append(np.array(keras.ops.convert_to_numpy(kernel), np.float64))


@pytest.mark.parametrize("every", [3, "epoch"])
def test_updates_are_those_of_the_last_step(tmp_path: pathlib.Path, every: Any) -> None:
    notes = _NotesKernels()
    _fit(two_headed_model(), notes, GradientTerms(tmp_path, _X, _Y, every=every))
    updates = read_run(tmp_path / "train")["featuremaps/gradients/updates"]
    assert sorted(updates) == ([0, 3, 6, 8] if every == 3 else [0, 4, 8])
    assert np.isnan(updates[0]).all()
    for step in sorted(updates)[1:]:
        before, after = notes.kernels[step - 1 : step + 1]
        ratio = np.linalg.norm(after - before) / np.linalg.norm(before)
        assert updates[step][1] == pytest.approx(ratio, rel=1e-5)


def test_with_the_other_callbacks_in_one_directory(tmp_path: pathlib.Path) -> None:
    callbacks = [
        FeatureMaps(tmp_path, IMAGES[:2], every=4),
        LossTerms(tmp_path),
        GradientTerms(tmp_path, _X, _Y, every=4),
    ]
    model = two_headed_model()
    _fit(model, *callbacks)
    run = read_run(tmp_path / "train")
    assert sorted(run["featuremaps/gradients"]) == sorted(run["featuremaps/conv1"]) == [0, 4, 8]
    assert len(list((tmp_path / "train").iterdir())) == 1
    _fit(model, *callbacks)
    assert sorted(read_run(tmp_path / "train")["featuremaps/gradients"]) == [0, 4, 8, 12, 16]


def _ours(caught: pytest.WarningsRecorder) -> int:
    """How many warnings are ours; Keras on PyTorch has some of its own."""
    return sum(warning.category is RuntimeWarning for warning in caught)


class _OwnStep(keras.Model):
    """Trains by a step that is its own."""

    def train_step(self, *arguments: Any) -> Any:
        return super().train_step(*arguments)


def test_a_train_step_of_the_models_own_is_said(tmp_path: pathlib.Path) -> None:
    model = two_headed_model()
    own = _OwnStep(model.inputs, model.output)
    own.compile("sgd", dict.fromkeys(("main", "aux1"), "sparse_categorical_crossentropy"))
    with pytest.warns(RuntimeWarning, match="train_step of its own") as caught:
        _fit(own, GradientTerms(tmp_path, _X, _Y))
    assert _ours(caught) == 1
    assert sorted(read_run(tmp_path / "train")["featuremaps/gradients"]) == [0, 4, 8]


def test_targets_that_do_not_fit_are_one_warning(tmp_path: pathlib.Path) -> None:
    model = two_headed_model()
    with pytest.warns(RuntimeWarning, match="can't take gradients") as caught:
        _fit(model, GradientTerms(tmp_path, _X, {"main": _Y["main"], "other": _Y["main"]}))
    assert _ours(caught) == 1
    assert int(model.optimizer.iterations) == 8


class _NoGradient(keras.layers.Layer):
    """Rounds what it is given, so that nothing before it is taught."""

    def call(self, inputs: Any) -> Any:
        return keras.ops.stop_gradient(keras.ops.round(inputs))


def test_what_no_gradient_passes_is_zero(tmp_path: pathlib.Path) -> None:
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((16, 16, 3)),
            layers.Conv2D(2, 3, name="untaught"),
            _NoGradient(),
            layers.Conv2D(2, 3, name="taught"),
            layers.Flatten(),
            layers.Dense(3, "softmax"),
        ]
    )
    model.compile("sgd", "sparse_categorical_crossentropy")
    callback = GradientTerms(tmp_path, _X, _Y["main"], layers=["untaught", "taught"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # Keras says that gradients do not exist
        model.fit(IMAGES, targets()["main"], verbose=0, callbacks=[callback])
    found = read_run(tmp_path / "train")["featuremaps/gradients"][0]
    assert found[0, 0, 0] == 0
    assert found[1, 0, 0] > 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"layers": "none_such"}, "none_such"),
        ({"main": "none_such"}, "main"),
        ({"x": np.ones((16, 8, 8, 3), np.float32)}, "`x` of the shape.*of samples"),
    ],
)
def test_bad_arguments_end_before_training(
    tmp_path: pathlib.Path, options: dict[str, Any], said: str
) -> None:
    model = two_headed_model()
    arguments = {"x": _X, "y": _Y, **options}
    with pytest.raises(ValueError, match=said):
        _fit(model, GradientTerms(tmp_path, **arguments))
    assert int(model.optimizer.iterations) == 0
    assert not list(tmp_path.iterdir())


_TWO_DEVICES = textwrap.dedent("""
    import contextlib
    import sys
    import tensorflow as tf
    device = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(device, [tf.config.LogicalDeviceConfiguration()] * 2)
    from support.small_models import IMAGES, targets, two_headed_model
    from tb_featuremaps import FeatureMaps, GradientTerms

    two = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    for name, scope, around in (
        ("one", contextlib.nullcontext(), contextlib.nullcontext()),
        ("two", two.scope(), contextlib.nullcontext()),
        ("inside", two.scope(), two.scope()),
    ):
        with scope:
            model = two_headed_model(dropout=0.0)
        model.get_layer("normalization").trainable = False
        with around:
            model.fit(
                IMAGES[:96], targets(96), epochs=1, batch_size=32, shuffle=False, verbose=0,
                callbacks=[
                    GradientTerms(f"{sys.argv[1]}/{name}", IMAGES[:8], targets(8), every=1),
                    FeatureMaps(f"{sys.argv[1]}/{name}", IMAGES[:2], attributions=True, every=1)])
""")


def test_two_devices_log_what_one_does(tmp_path: pathlib.Path) -> None:
    pytest.importorskip("tensorflow")
    environment = {**os.environ, "PYTHONPATH": f"{_TESTS}{os.pathsep}{_TESTS.parent}"}
    command = [sys.executable, "-W", "error::RuntimeWarning", "-c", _TWO_DEVICES, str(tmp_path)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    expected = read_run(tmp_path / "one/train")
    for other in ("two", "inside"):
        found = read_run(tmp_path / other / "train")
        assert sorted(found) == sorted(expected)
        taken = {tag: values for tag, values in expected.items() if "/gradients" in tag}
        owed = {tag: values for tag, values in expected.items() if tag.endswith("/attributions")}
        assert len(taken) == len(_TAGS) and len(owed) == 2
        for tag, values in {**taken, **owed}.items():
            for step, value in values.items():
                np.testing.assert_allclose(found[tag][step], value, rtol=2e-3, atol=1e-7)


def test_where_nothing_is_written_one_warning_says_so(tmp_path: pathlib.Path) -> None:
    model = two_headed_model()
    with pytest.warns(RuntimeWarning, match="without a capture, since no epoch began"):
        _fit(model, GradientTerms(tmp_path, _X, _Y), epochs=0)
    with pytest.warns(RuntimeWarning, match="gradients are written while `fit` trains"):
        model.evaluate(IMAGES, targets(), callbacks=[GradientTerms(tmp_path, _X, _Y)], verbose=0)


@pytest.mark.parametrize(("x", "received"), [(3.0, "one float"), (object(), "one object")])
def test_what_holds_no_arrays_is_named(tmp_path: pathlib.Path, x: Any, received: str) -> None:
    with pytest.raises(ValueError, match=f"`x` to be arrays .*Received: {received}"):
        GradientTerms(tmp_path, x, None)
