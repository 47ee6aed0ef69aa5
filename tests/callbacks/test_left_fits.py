"""However a `fit` ends, nothing of ours is left: no file, no thread, nothing on the model."""

import gc
import os
import pathlib
import sys
import threading
import time
from typing import Any

import keras
import numpy as np
import pytest
from support.logdir import read_run
from support.small_models import IMAGES, targets, two_headed_model

from tb_featuremaps import FeatureMaps, LossTerms
from tb_featuremaps.callbacks.fit_scope import FitScope


class _Raise(keras.callbacks.Callback):
    """Raises in a method of a callback."""

    def __init__(self, method: str, error: type[BaseException]) -> None:
        super().__init__()
        self._error = error
        setattr(self, method, self._fail)

    def _fail(self, *args: Any, **kwargs: Any) -> None:
        raise self._error("of the test")


def _batches(error: type[BaseException] | None) -> Any:
    for start in range(0, 96, 32):
        yield IMAGES[start : start + 32], {k: v[start : start + 32] for k, v in targets().items()}
    if error is not None:
        raise error("of the test")


def _callbacks(directory: pathlib.Path) -> list[keras.callbacks.Callback]:
    return [FeatureMaps(directory, IMAGES[:2]), LossTerms(directory)]


def _threads() -> set[str]:
    names = {thread.name for thread in threading.enumerate()}
    return {name for name in names if "tb_featuremaps" in name}


def _open_event_files() -> list[str]:
    links = [f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd")]
    paths = [os.readlink(link) for link in links if os.path.islink(link)]
    return [path for path in paths if "tfevents" in path]


def _wait_until_nothing_is_left() -> None:
    """What no exception passes through is noticed within a quarter of a second."""
    deadline = time.monotonic() + 5
    while (_threads() or _open_event_files()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _threads()
    assert not _open_event_files()


def _attributes(model: keras.Model) -> dict[str, int]:
    changing = {"history", "stop_training", "train_function", "test_function", "optimizer"}
    return {name: id(value) for name, value in vars(model).items() if name not in changing}


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
@pytest.mark.parametrize("method", ["on_train_batch_end", "on_epoch_end", "on_test_batch_end"])
def test_an_exception_out_of_a_callback(
    tmp_path: pathlib.Path, method: str, error: type[BaseException]
) -> None:
    model = two_headed_model()
    few = (IMAGES[:32], targets(32))  # so that Keras's own attributes are there
    model.fit(*few, validation_data=few, verbose=0)
    before, functions = _attributes(model), (model.train_function, model.test_function)
    with pytest.raises(error):
        model.fit(
            IMAGES,
            targets(),
            validation_data=(IMAGES, targets()),
            verbose=0,
            callbacks=[*_callbacks(tmp_path), _Raise(method, error)],
        )
    # At once: pytest keeps the traceback, and with it the frame of `fit`.
    assert not _threads()
    assert not _open_event_files()
    after = _attributes(model)
    changed = {name for name in after if after[name] != before.get(name)}
    # Keras's own, on JAX too, and PyTorch's mode
    assert changed <= {"_eval_epoch_iterator", "_losses_override", "training"}
    assert (model.train_function, model.test_function) == functions
    run = read_run(tmp_path / "train")
    assert 1 in run["featuremaps/conv1"]
    assert 2 in run["loss/total"]


@pytest.mark.parametrize("error", [RuntimeError, None])
@pytest.mark.filterwarnings("ignore:Your input ran out of data")
@pytest.mark.filterwarnings("ignore:.*shuffle=True.*")
def test_an_exception_out_of_the_data(
    tmp_path: pathlib.Path, error: type[BaseException] | None
) -> None:
    model = two_headed_model()
    if error is None:
        model.fit(_batches(None), verbose=0, callbacks=_callbacks(tmp_path))
    else:
        with pytest.raises(Exception, match="of the test"):
            model.fit(_batches(error), verbose=0, callbacks=_callbacks(tmp_path))
    _wait_until_nothing_is_left()
    assert "compute_loss" not in vars(model)
    assert sorted(read_run(tmp_path / "train")["loss/total"])[:3] == [1, 2, 3]


def test_eight_fits_that_fail_leave_nothing(tmp_path: pathlib.Path) -> None:
    model = two_headed_model()
    for _ in range(8):
        with pytest.raises(RuntimeError):
            model.fit(
                IMAGES,
                targets(),
                verbose=0,
                callbacks=[*_callbacks(tmp_path), _Raise("on_epoch_end", RuntimeError)],
            )
    _wait_until_nothing_is_left()


def test_a_later_fit_without_us_is_as_if_we_had_never_been_there(tmp_path: pathlib.Path) -> None:
    def weights(with_us: bool) -> list[np.ndarray]:
        model = two_headed_model()
        callbacks = _callbacks(tmp_path) if with_us else []
        model.fit(IMAGES, targets(), verbose=0, shuffle=False, callbacks=callbacks)
        model.fit(IMAGES, targets(), verbose=0, shuffle=False)
        assert not [metric for metric in model.metrics if "featuremaps" in metric.name]
        assert not {"compute_loss", "train_step", "test_step"} & set(vars(model))
        return model.get_weights()

    for ours, theirs in zip(weights(True), weights(False), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def test_the_model_is_let_go(tmp_path: pathlib.Path) -> None:
    import weakref

    model = two_headed_model()
    model.fit(IMAGES, targets(), verbose=0, callbacks=_callbacks(tmp_path))
    reference = weakref.ref(model)
    del model
    keras.backend.clear_session()
    gc.collect()
    assert reference() is None


def test_a_second_fit_with_the_same_callback_traces_nothing_again(tmp_path: pathlib.Path) -> None:
    if keras.backend.backend() == "torch":
        pytest.skip("PyTorch traces nothing")
    traces = []

    class Counting(keras.losses.Loss):
        def call(self, y_true: Any, y_pred: Any) -> Any:
            traces.append(1)
            return keras.losses.sparse_categorical_crossentropy(y_true, y_pred)

    model = two_headed_model()
    model.compile("sgd", loss={"main": Counting(), "aux1": Counting()})
    terms = LossTerms(tmp_path)
    model.fit(IMAGES[:96], targets(96), verbose=0, callbacks=[terms])
    before = len(traces)
    model.fit(IMAGES[:96], targets(96), verbose=0, callbacks=[terms])
    assert len(traces) == before
    assert sorted(read_run(tmp_path / "train")["loss/total"]) == [*range(1, 7)]


def test_a_fit_that_begins_inside_another_leaves_nothing_of_the_outer_one(
    tmp_path: pathlib.Path,
) -> None:
    terms = LossTerms(tmp_path)
    outer, inner = two_headed_model(), two_headed_model()

    class Inner(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            inner.fit(IMAGES[:64], targets(64), verbose=0, callbacks=[terms])
            assert not _threads()
            assert "compute_loss" not in vars(outer)

    with pytest.warns(RuntimeWarning, match="is still running"):
        outer.fit(IMAGES[:96], targets(96), verbose=0, callbacks=[terms, Inner()])
    assert not _threads()
    assert not _open_event_files()


def test_a_fit_whose_data_yields_while_it_is_looked_for_has_not_ended() -> None:
    """The frames of generators that wait lead nowhere, and a look takes many steps."""

    def fit() -> int:
        scope, ended, done = FitScope(None, sys._getframe()), [0], threading.Event()

        def look() -> None:
            while not done.is_set():
                ended[0] += not scope.is_running()

        looking = threading.Thread(target=look)
        looking.start()
        until = time.monotonic() + 2
        for _ in (number for _ in iter(int, 1) for number in range(9)):
            if time.monotonic() > until:
                break
        done.set()
        looking.join()
        return ended[0]

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        assert fit() == 0
    finally:
        sys.setswitchinterval(before)


def _begin_by_hand(
    model: keras.Model, directory: pathlib.Path, in_a_list: bool
) -> keras.callbacks.Callback:
    if in_a_list:
        driven = keras.callbacks.CallbackList(_callbacks(directory), model=model)
    else:
        driven = FeatureMaps(directory, IMAGES[:2])
        driven.set_params({})
        driven.set_model(model)
    driven.on_train_begin()
    driven.on_epoch_begin(0)
    return driven


@pytest.mark.parametrize("in_a_list", [True, False])
def test_a_loop_of_ones_own_may_be_begun_in_a_function(
    tmp_path: pathlib.Path, in_a_list: bool
) -> None:
    model = two_headed_model()
    driven = _begin_by_hand(model, tmp_path, in_a_list)
    time.sleep(0.6)  # longer than the frame of a `fit` goes unwatched
    driven.on_train_batch_begin(0)
    model.train_on_batch(IMAGES[:32], targets(32))
    driven.on_train_batch_end(0, {})
    driven.on_epoch_end(0, {})
    driven.on_train_end()
    assert sorted(read_run(tmp_path / "train")["featuremaps/conv1"]) == [0, 1]
    _wait_until_nothing_is_left()
