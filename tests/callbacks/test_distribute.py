"""`tf.distribute.MirroredStrategy` on two logical devices: steps and losses as of one device."""

import os
import pathlib
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from support.logdir import read_run, scalars

_TESTS = pathlib.Path(__file__).parents[1]
_SCRIPT = textwrap.dedent("""
    import contextlib
    import sys
    import numpy as np
    import tensorflow as tf
    device = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(device, [tf.config.LogicalDeviceConfiguration()] * 2)
    from support.small_models import IMAGES, targets, two_headed_model
    from tb_featuremaps import FeatureMaps, LossTerms

    two = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    x, y = IMAGES[:96], targets(96)
    for name, scope in (("one", contextlib.nullcontext()), ("two", two.scope())):
        directory = f"{sys.argv[1]}/{name}"
        with scope:
            model = two_headed_model(dropout=0.0)
        # Batch statistics are each replica's own, which is Keras's doing and not of interest here.
        model.get_layer("normalization").trainable = False
        history = model.fit(
            x, y, validation_data=(x, y), epochs=2, batch_size=32, shuffle=False, verbose=0,
            callbacks=[FeatureMaps(directory, IMAGES[:2], every=2), LossTerms(directory)])
        np.save(directory + "/val_loss.npy", history.history["val_loss"])
""")


def test_losses_and_steps_are_those_of_one_device(tmp_path: pathlib.Path) -> None:
    environment = {**os.environ, "PYTHONPATH": f"{_TESTS}{os.pathsep}{_TESTS.parent}"}
    command = [sys.executable, "-W", "error::RuntimeWarning", "-c", _SCRIPT, str(tmp_path)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    one, two = (read_run(tmp_path / name / "train") for name in ("one", "two"))
    assert sorted(two["featuremaps/block"]) == [0, 2, 4, 6]
    assert len(list((tmp_path / "two" / "train").iterdir())) == 1
    tags = [tag for tag in one if tag.startswith("loss/")]
    assert len(tags) == 6
    for tag in tags:
        np.testing.assert_allclose(scalars(two, tag), scalars(one, tag), rtol=1e-4)
    total = scalars(two, "loss/total")
    weighted = scalars(two, "loss/main/weighted") + scalars(two, "loss/aux1/weighted")
    assert (np.abs(total - weighted - scalars(two, "loss/penalty")) <= 1e-5 * total).all()
    validation = scalars(read_run(tmp_path / "two" / "validation"), "loss/total")
    assert validation == pytest.approx(np.load(tmp_path / "two" / "val_loss.npy"), rel=1e-4)
