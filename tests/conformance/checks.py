"""Checks one row: the training is as without us, and what was written is right."""

import gc
import pathlib
import re
from typing import Any

import keras
import numpy as np
from conformance.activations import check_activations
from conformance.losses import check_losses, check_validation
from conformance.rows import Row
from conformance.training import Trained, train
from support.logdir import read_run

_LAYER_CALL = keras.layers.Layer.__call__


def check(row: Row, directory: pathlib.Path) -> None:
    """Trains without us and with us, and compares.

    Raises:
        AssertionError: what is shown is not right, or the training not the same.
    """
    plain = train(row, directory / "plain", watched=False)
    watched = train(row, directory / "watched", watched=True)
    _check_same_training(plain, watched)
    _check_nothing_left(plain, watched)
    _check_warnings(row, watched.warnings)
    directory = directory / "watched"
    run = read_run(directory / "train") if (directory / "train").exists() else {}
    check_activations(row, plain, run)
    check_losses(row, plain, run, directory / "train")
    check_validation(row, plain, directory / "validation")
    row.also(plain, directory)
    del plain, watched
    keras.backend.clear_session()
    gc.collect()


def _check_same_training(plain: Trained, watched: Trained) -> None:
    for what in ("weights", "optimizer"):
        pairs = zip(getattr(plain, what), getattr(watched, what), strict=True)
        for index, (expected, found) in enumerate(pairs):
            np.testing.assert_array_equal(found, expected, f"{what} {index} differ")
    _assert_close(watched.history, plain.history, "history")
    _assert_close(watched.spy.logs, plain.spy.logs, "logs")
    _assert_close(watched.spy.evaluations, plain.spy.evaluations, "logs of the validation")


def _check_nothing_left(plain: Trained, watched: Trained) -> None:
    for what, expected in plain.left_on_model.items():
        _assert_equal(watched.left_on_model[what], expected, what)
    _assert_equal(watched.left_on_model["functions of ours"], [], "functions of ours")
    _assert_equal(watched.threads, plain.threads, "threads")
    _assert_equal(watched.open_files, [], "open files")
    assert keras.layers.Layer.__call__ is _LAYER_CALL, "Layer.__call__ is not Keras's"


def _check_warnings(row: Row, given: list[str]) -> None:
    # In any order: a slow machine reads what was recorded sooner.
    waiting = list(given)
    for pattern in row.warns:
        found = next((text for text in waiting if re.search(pattern, text)), None)
        if found is not None:
            waiting.remove(found)
    assert len(given) == len(row.warns) and not waiting, (
        f"Expected the warnings {list(row.warns)}. Received: {given}."
    )


def _assert_close(found: Any, expected: Any, what: str) -> None:
    """Logs may differ in the last bit: TensorFlow sums in another order what we look at too."""
    message = f"{what}: expected {expected}, received {found}"
    pairs = [keras.tree.flatten(values) for values in (found, expected)]
    assert len(pairs[0]) == len(pairs[1]), message
    keras.tree.map_structure(
        lambda value, wanted: np.testing.assert_allclose(value, wanted, rtol=1e-6, err_msg=message),
        found,
        expected,
    )


def _assert_equal(found: Any, expected: Any, what: str) -> None:
    assert found == expected, f"{what}: expected {expected}, received {found}"
