"""Rows of ways to train one small model: compile's and fit's options, and other callbacks."""

import pathlib
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from conformance.data import image_batches, weighted_batches
from conformance.functional_models import convnet, convnet_row
from conformance.rows import Batch, Row, arrays, plain_fit
from support.logdir import read_run, scalars

from tb_featuremaps import FeatureMaps, LossTerms

_OTHER = "other"


class Raising(keras.callbacks.Callback):
    """Raises when the second batch of the second epoch has run."""

    def __init__(self, error: type[BaseException]) -> None:
        super().__init__()
        self._error = error
        self._epoch = 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if (self._epoch, batch) == (1, 1):
            raise self._error("the test's")


class Ended:
    """What a training that was left by an exception looks like."""

    def __init__(self, error: BaseException) -> None:
        self.history: dict[str, Any] = {}
        assert "the test's" in str(error), error


def left_fit(model: keras.Model, row: Row, batches: Sequence[Batch], callbacks: list[Any]) -> Any:
    """Trains until an exception leaves `fit`."""
    try:
        plain_fit(model, row, batches, callbacks)
    except (KeyboardInterrupt, Exception) as error:
        return Ended(error)
    raise AssertionError("Expected fit to raise.")


def _fine_tuned(
    model: keras.Model, row: Row, batches: Sequence[Batch], callbacks: list[Any]
) -> Any:
    plain_fit(model, row, batches, callbacks)
    model.get_layer("conv").trainable = False
    model.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", jit_compile=False)
    return plain_fit(model, row, batches, callbacks)


def _fitted_twice(
    model: keras.Model, row: Row, batches: Sequence[Batch], callbacks: list[Any]
) -> Any:
    plain_fit(model, row, batches, callbacks)
    return model.fit(**arrays(batches), epochs=3, initial_epoch=2, verbose=0, callbacks=callbacks)


def _fitted_without_us_afterwards(
    model: keras.Model, row: Row, batches: Sequence[Batch], callbacks: list[Any]
) -> Any:
    plain_fit(model, row, batches, callbacks)
    return plain_fit(model, row, batches, [])


def _evaluated(model: keras.Model, row: Row, batches: Sequence[Batch], callbacks: list[Any]) -> Any:
    arguments = row.feed(batches)
    del arguments["shuffle"]
    model.evaluate(**arguments, verbose=0, callbacks=callbacks)


def _losses_only(directory: pathlib.Path, probes: Any, layers: list[str]) -> list[Any]:
    return [LossTerms(directory)]


def _two_of_each(directory: pathlib.Path, probes: Any, layers: list[str]) -> list[Any]:
    other = directory / _OTHER
    return [
        LossTerms(directory),
        LossTerms(other, every=4),
        FeatureMaps(directory, probes, layers=layers),
        FeatureMaps(other, probes, layers=layers[:1], every=2),
    ]


def _check_the_other_two(plain: Any, directory: pathlib.Path) -> None:
    run = read_run(directory / _OTHER / "train")
    every = np.array([logs["loss"] for _, logs in plain.spy.logs])
    assert sorted(run["loss/total"]) == [4, 6], sorted(run["loss/total"])
    means = [every[:4].mean(), every[4:].mean()]
    np.testing.assert_allclose(scalars(run, "loss/total"), means, rtol=1e-5)
    assert sorted(run["featuremaps/conv"]) == [0, 2, 4, 6], sorted(run["featuremaps/conv"])


def _averaging(directory: pathlib.Path) -> list[Any]:
    return [keras.callbacks.SwapEMAWeights(swap_on_epoch=True)]


def _saving(directory: pathlib.Path) -> list[Any]:
    return [
        keras.callbacks.BackupAndRestore(directory / "backup"),
        keras.callbacks.ModelCheckpoint(directory / "model.keras", monitor="loss"),
        keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=1),
    ]


def _stopping(directory: pathlib.Path) -> list[Any]:
    # Never better than the first epoch, so that its weights come back.
    return [
        keras.callbacks.EarlyStopping(
            "loss", mode="max", baseline=1e9, patience=1, restore_best_weights=True
        )
    ]


def _way(name: str, compiled: dict[str, Any] | None = None, **settings: Any) -> Row:
    return convnet_row(name, **{"make": lambda: convnet(**(compiled or {})), **settings})


def _averaged_convnet() -> keras.Model:
    model = convnet()
    optimizer = keras.optimizers.SGD(0.05, use_ema=True, ema_momentum=0.5)
    model.compile(optimizer, "sparse_categorical_crossentropy", jit_compile=False)
    return model


def _accumulating_convnet() -> keras.Model:
    model = convnet()
    optimizer = keras.optimizers.SGD(0.05, gradient_accumulation_steps=2)
    model.compile(optimizer, "sparse_categorical_crossentropy", jit_compile=False)
    return model


_VALIDATION = image_batches(2)[1]


def _raising(where: str, error: type[BaseException]) -> dict[str, Any]:
    """Another callback, before ours or after them, that raises."""
    return {where: lambda directory: [Raising(error)]}


_NONE: dict[str, Any] = {"terms": None, "penalty": None}

ROWS = [
    _way("jit_compile=True", {"jit_compile": True}),
    _way("run_eagerly=True", {"run_eagerly": True}),
    _way(
        "steps_per_execution=3, which does not divide the 4 batches",
        {"steps_per_execution": 3},
        batches=lambda: image_batches(4),
        executes_several=True,
        remark="the loss has a point for each of the steps",
        **_NONE,
    ),
    _way("validation_data", {"metrics": ["accuracy"]}, fit={"validation_data": _VALIDATION}),
    _way("validation_split", fit={"validation_split": 1 / 3}, **_NONE),
    _way("validation_freq=2", fit={"validation_data": _VALIDATION, "validation_freq": 2}),
    _way("class_weight", fit={"class_weight": {0: 1.0, 1: 3.0, 2: 0.5}}, **_NONE),
    _way("sample_weight", batches=weighted_batches),
    _way(
        "gradient_accumulation_steps=2",
        make=_accumulating_convnet,
        batches=lambda: image_batches(4),
        remark="a point is the mean over the batches of an update",
    ),
    _way(
        "evaluate(callbacks=[LossTerms]) alone",
        train=_evaluated,
        ours=_losses_only,
        layers=(),
        **_NONE,
    ),
    _way("two LossTerms and two FeatureMaps", ours=_two_of_each, also=_check_the_other_two),
    _way(
        "SwapEMAWeights before ours",
        make=_averaged_convnet,
        before=_averaging,
        **_NONE,
        remark="captures show the averaged weights",
    ),
    _way(
        "SwapEMAWeights after ours",
        make=_averaged_convnet,
        after=_averaging,
        captured="when the epoch ends",
        **_NONE,
        remark="captures show the weights that train",
    ),
    _way("BackupAndRestore, ModelCheckpoint, ReduceLROnPlateau before ours", before=_saving),
    _way("BackupAndRestore, ModelCheckpoint, ReduceLROnPlateau after ours", after=_saving),
    _way(
        "EarlyStopping with restore_best_weights before ours",
        before=_stopping,
        fit={"epochs": 4},
        captured="when the epoch ends",
    ),
    _way(
        "EarlyStopping with restore_best_weights after ours",
        after=_stopping,
        fit={"epochs": 4},
        captured="when the epoch ends",
    ),
    _way(
        "compiled anew for fine-tuning",
        train=_fine_tuned,
        **_NONE,
        steps="batches",
        remark="steps go on",
    ),
    _way("fit twice, with initial_epoch", train=_fitted_twice),
    _way(
        "a fit without us afterwards",
        train=_fitted_without_us_afterwards,
        captured="when the epoch ends",
    ),
    *(
        _way(
            f"fit left by {error.__name__}, raised {where} ours",
            train=left_fit,
            captured="when the epoch ends",
            **_raising(where, error),
        )
        for error in (RuntimeError, KeyboardInterrupt)
        for where in ("before", "after")
    ),
]
