"""The Inception family is trained and watched by the code of `python -m training.train`."""

import pathlib

import numpy as np
import pytest
from support.logdir import read_run
from support.training_runs import assert_adds_up

from tb_featuremaps.reader import read_logdir
from training.data.photos import load_photos
from training.options import parse
from training.train import build, fit


@pytest.mark.parametrize(
    ("model", "heads", "layers"),
    [
        ("inception_v2", ("main",), "inception_3a … inception_5b, 10"),
        ("inception_v3", ("main", "aux"), "mixed0 … mixed10, 11"),
        ("inception_v4", ("main", "aux"), "stem … inception_c3, 17"),
        ("inception_resnet_v2", ("main", "aux"), "mixed_5b … conv_7b_relu, 12"),
    ],
)
def test_it_trains_and_its_modules_are_watched(
    tmp_path: pathlib.Path, model: str, heads: tuple[str, ...], layers: str
) -> None:
    options = parse(
        [f"--log-dir={tmp_path}", f"--model={model}", "--width=0.125", "--batch-size=8"]
    )
    few = load_photos(32, train_per_class=2, validation_per_class=1)
    network = build(options, few, 2)
    # Tracing networks of a thousand layers takes a minute.
    network.run_eagerly = True
    before = [np.array(variable) for variable in network.trainable_variables]
    fit(options, network, few, range(2))
    still = [
        variable.path
        for variable, value in zip(network.trainable_variables, before, strict=True)
        if np.array_equal(variable, value)
    ]
    assert not still
    run = read_run(tmp_path / "train")
    logged = read_logdir(tmp_path).layers("train")
    assert f"{logged[0]} … {logged[-1]}, {len(logged)}" == layers
    assert sorted(run[f"featuremaps/{logged[-1]}"]) == [0, 2]
    assert_adds_up(run, heads)
