"""Tuners hand each trial copies of the callbacks that they were given."""

import copy
import pathlib
import pickle
from collections.abc import Callable
from typing import Any

import keras
import pytest
from support.logdir import read_run
from support.small_models import IMAGES, targets, two_headed_model

from tb_featuremaps import FeatureMaps, GradientTerms, LossTerms, Schedule

_TAGS = ("featuremaps/conv1", "loss/total", "featuremaps/gradients")


def _callbacks(directory: pathlib.Path) -> list[keras.callbacks.Callback]:
    return [
        FeatureMaps(directory, IMAGES[:2], layers="conv1", every=2),
        LossTerms(directory),
        GradientTerms(directory, IMAGES[:8], targets(8), every=Schedule.at([1, 3])),
    ]


def _fit(callbacks: list[keras.callbacks.Callback]) -> None:
    two_headed_model().fit(IMAGES, targets(), batch_size=25, verbose=0, callbacks=callbacks)


def _steps(directory: pathlib.Path) -> dict[str, list[int]]:
    run = read_run(directory / "train")
    return {tag: sorted(run[tag]) for tag in _TAGS}


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda made: pickle.loads(pickle.dumps(made))], ids=["copy", "pickle"]
)
def test_copies_made_before_a_fit_log_what_the_originals_would(
    tmp_path: pathlib.Path, copied: Callable[[Any], Any]
) -> None:
    originals = _callbacks(tmp_path / "copied")
    _fit(copied(originals))
    _fit(_callbacks(tmp_path / "made"))

    steps = _steps(tmp_path / "copied")
    assert steps == _steps(tmp_path / "made")
    assert steps["loss/total"] == [1, 2, 3, 4]
    # The fit of the copies has left nothing on the originals.
    assert all(getattr(original, "_model", None) is None for original in originals)
