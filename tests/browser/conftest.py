"""What the browser tests share: a run trained for real, a real TensorBoard, a real Chromium."""

import dataclasses
import pathlib
from collections.abc import Iterator

import keras
import numpy as np
import pytest
from playwright.sync_api import Browser, expect
from support.chromium import WatchedPage
from support.small_models import IMAGES, targets, two_headed_model
from support.tensorboard_server import TensorBoardServer

from tb_featuremaps import FeatureMaps, LossTerms

_MILLISECONDS = 15_000
expect.set_options(timeout=_MILLISECONDS)


@dataclasses.dataclass
class Trained:
    """A logged run and what it ought to show.

    `activations` are float32 `[probes, height, width, channels]` by layer and step, computed
    beside the callback with a model of its own.
    """

    logdir: pathlib.Path
    activations: dict[str, dict[int, np.ndarray]]


class _KeepActivations(keras.callbacks.Callback):
    def __init__(self, layers: tuple[str, ...]) -> None:
        super().__init__()
        self.kept: dict[str, dict[int, np.ndarray]] = {layer: {} for layer in layers}

    def on_train_begin(self, logs: object = None) -> None:
        self._keep()

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        self._keep()

    def _keep(self) -> None:
        for name, steps in self.kept.items():
            tap = keras.Model(self.model.input, self.model.get_layer(name).output)
            steps[int(self.model.optimizer.iterations)] = np.asarray(tap(IMAGES[:2]))


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    logdir = tmp_path_factory.mktemp("logs")
    keep = _KeepActivations(("conv1", "block"))
    two_headed_model().fit(
        IMAGES,
        targets(),
        validation_data=(IMAGES, targets()),
        epochs=2,
        batch_size=32,
        verbose=0,
        callbacks=[
            FeatureMaps(logdir / "run1", IMAGES[:2], labels=[0, 2], class_names=["a", "b", "c"]),
            LossTerms(logdir / "run1"),
            keep,
        ],
    )
    return Trained(logdir, keep.kept)


@pytest.fixture(scope="session")
def server(trained: Trained) -> Iterator[TensorBoardServer]:
    with TensorBoardServer(trained.logdir, load_fast=True) as running:
        running.wait_for_runs(["run1/train", "run1/validation"])
        yield running


@pytest.fixture
def watched(browser: Browser) -> Iterator[WatchedPage]:
    """A page of 1280×800; a test fails if anything went wrong on it."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(_MILLISECONDS)
    watched = WatchedPage(page)
    yield watched
    page.close()
    assert watched.problems == []
