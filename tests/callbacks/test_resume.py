"""Training that was interrupted and goes on in another process goes on in the logs."""

import os
import pathlib
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from support.logdir import read_run

from tb_featuremaps.format.png import decode_atlas

_TESTS = pathlib.Path(__file__).parents[1]
# Backup comes last, so that it restores after our callbacks have begun.
_BACKUP = textwrap.dedent("""
    import os, sys
    import keras
    from support.small_models import IMAGES, targets, two_headed_model
    from tb_featuremaps import FeatureMaps, LossTerms

    class Die(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if sys.argv[2] == "die" and epoch == 2:
                os._exit(7)

    directory = sys.argv[1]
    two_headed_model().fit(IMAGES, targets(), epochs=4, batch_size=32, verbose=0, callbacks=[
        FeatureMaps(directory, IMAGES[:1], every=3, max_captures=6), LossTerms(directory),
        keras.callbacks.BackupAndRestore(directory + "/backup"), Die()])
""")
_CHECKPOINT = textwrap.dedent("""
    import os, sys
    import keras
    from support.small_models import IMAGES, targets, two_headed_model
    from tb_featuremaps import FeatureMaps, LossTerms

    directory, path = sys.argv[1], sys.argv[1] + "/model.keras"
    model = keras.models.load_model(path) if os.path.exists(path) else two_headed_model()
    model.fit(IMAGES, targets(), epochs=2, batch_size=32, verbose=0, callbacks=[
        FeatureMaps(directory, IMAGES[:1], every=3), LossTerms(directory)])
    model.save(path)
""")


def _run(script: str, *arguments: str) -> int:
    environment = {**os.environ, "PYTHONPATH": f"{_TESTS}{os.pathsep}{_TESTS.parent}"}
    command = [sys.executable, "-W", "error::RuntimeWarning", "-c", script, *arguments]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode in (0, 7), ended.stderr
    return ended.returncode


def test_a_backup_restored_after_us_is_not_mistaken_for_a_new_run(tmp_path: pathlib.Path) -> None:
    assert _run(_BACKUP, str(tmp_path), "die") == 7
    assert _run(_BACKUP, str(tmp_path), "live") == 0
    files = sorted((tmp_path / "train").iterdir())
    assert len(files) == 2
    run = read_run(tmp_path / "train")
    steps = sorted(run["featuremaps/conv1"])
    assert steps[0] == 0
    assert {8, 16} <= set(steps)
    assert sorted(run["loss/total"]) == [*range(1, 17)]


def test_a_saved_model_goes_on_at_its_step(tmp_path: pathlib.Path) -> None:
    for _ in range(2):
        assert _run(_CHECKPOINT, str(tmp_path)) == 0
    run = read_run(tmp_path / "train")
    assert sorted(run["featuremaps/conv1"]) == [0, 3, 6, 8, 9, 12, 15, 16]
    assert sorted(run["loss/total"]) == [*range(1, 17)]
    maps = [decode_atlas(run["featuremaps/conv1"][step][2]).values for step in (0, 8, 16)]
    assert not np.allclose(maps[0], maps[1])
    assert run["loss/penalty"][9] < run["loss/penalty"][1]
    assert run["loss/penalty"][9] == pytest.approx(float(run["loss/penalty"][8]), rel=0.05)
