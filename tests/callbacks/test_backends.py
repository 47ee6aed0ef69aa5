"""A real `fit` with both callbacks on each Keras backend that is installed."""

import importlib.util
import os
import pathlib
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from support.logdir import read_run, scalars

from tb_featuremaps.format.png import decode_atlas

_TESTS = pathlib.Path(__file__).parents[1]
_SCRIPT = textwrap.dedent("""
    import sys
    import keras
    import numpy as np
    from support.small_models import IMAGES, penalty_of, targets, two_headed_model
    from tb_featuremaps import FeatureMaps, LossTerms

    directory = sys.argv[1]
    model = two_headed_model()
    initial = penalty_of(model)
    history = model.fit(
        IMAGES, targets(), validation_data=(IMAGES, targets()), epochs=2, batch_size=32, verbose=0,
        callbacks=[FeatureMaps(directory, IMAGES[:2], every=3), LossTerms(directory)])
    block = keras.Model(model.input, model.get_layer("block").output)
    activation = keras.ops.convert_to_numpy(block(IMAGES[:2]))
    np.savez(directory + "/expected.npz", initial=initial, activation=activation,
             val_loss=history.history["val_loss"])
""")


@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_a_fit_is_logged_in_full(tmp_path: pathlib.Path, backend: str) -> None:
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    environment = {
        **os.environ,
        "KERAS_BACKEND": backend,
        "PYTHONPATH": f"{_TESTS}{os.pathsep}{_TESTS.parent}",
    }
    command = [sys.executable, "-W", "error::RuntimeWarning", "-c", _SCRIPT, str(tmp_path)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    expected = np.load(tmp_path / "expected.npz")
    run = read_run(tmp_path / "train")

    assert sorted(run["featuremaps/block"]) == [0, 3, 6, 8]
    atlas = decode_atlas(run["featuremaps/block"][8][3])
    off = np.abs(atlas.values - expected["activation"][1])
    assert (off <= (atlas.hi - atlas.lo) / 510 + 1e-4).all()
    assert sorted(run["loss/total"]) == [*range(1, 9)]
    weighted = scalars(run, "loss/main/weighted") + scalars(run, "loss/aux1/weighted")
    total, penalty = scalars(run, "loss/total"), scalars(run, "loss/penalty")
    assert (np.abs(total - weighted - penalty) <= 1e-5 * total).all()
    assert penalty[0] == pytest.approx(float(expected["initial"]), rel=1e-5)
    validation = scalars(read_run(tmp_path / "validation"), "loss/total")
    np.testing.assert_allclose(validation, expected["val_loss"], rtol=1e-5)
