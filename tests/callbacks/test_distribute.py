"""Under `tf.distribute` a run has one writer, and the steps and losses of a single device."""

import json
import os
import pathlib
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from support.logdir import read_run, scalars
from support.tensorboard_server import free_port

pytest.importorskip("tensorflow")
from training.distributed import is_first_process

_TESTS = pathlib.Path(__file__).parents[1]
_TWO_DEVICES = textwrap.dedent("""
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


_ONE_OF_TWO_WORKERS = textwrap.dedent("""
    import os, sys
    import tensorflow as tf
    strategy = tf.distribute.MultiWorkerMirroredStrategy() if "TF_CONFIG" in os.environ else None
    import numpy as np
    from support.small_models import IMAGES, targets, two_headed_model
    from tb_featuremaps import FeatureMaps, LossTerms
    from training.distributed import prepare_for_workers, strategy_scope

    with strategy_scope(strategy):
        model = two_headed_model(dropout=0.0)
    model.get_layer("normalization").trainable = False
    data = tf.data.Dataset.from_tensor_slices((IMAGES[:96], targets(96))).batch(32)
    if strategy:
        prepare_for_workers(model, data)
    directory = sys.argv[1]
    history = model.fit(data, validation_data=data, epochs=2, verbose=0, shuffle=False, callbacks=[
        FeatureMaps(directory, IMAGES[:2], every=2), LossTerms(directory)])
    np.save(directory + "/val_loss.npy", history.history["val_loss"])
""")


def _start(script: str, directory: pathlib.Path, **environment: str) -> subprocess.Popen[str]:
    directory.mkdir(exist_ok=True)
    environment["PYTHONPATH"] = f"{_TESTS}{os.pathsep}{_TESTS.parent}"
    command = [sys.executable, "-W", "error::RuntimeWarning", "-c", script, str(directory)]
    pipe = subprocess.PIPE
    environment = {**os.environ, **environment}
    return subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True)


def _finish(*processes: subprocess.Popen[str]) -> None:
    try:
        for process in processes:
            _, errors = process.communicate(timeout=300)
            assert process.returncode == 0, errors
    finally:
        for process in processes:
            process.kill()


def _assert_same_training(alone: pathlib.Path, together: pathlib.Path) -> None:
    """The run `together` has one file, and the steps and losses of `alone`."""
    expected, found = read_run(alone / "train"), read_run(together / "train")
    assert sorted(found["featuremaps/block"]) == [0, 2, 4, 6]
    assert len(list((together / "train").iterdir())) == 1
    tags = [tag for tag in expected if tag.startswith("loss/")]
    assert len(tags) == 6
    for tag in tags:
        np.testing.assert_allclose(scalars(found, tag), scalars(expected, tag), rtol=1e-4)
    total = scalars(found, "loss/total")
    weighted = scalars(found, "loss/main/weighted") + scalars(found, "loss/aux1/weighted")
    assert (np.abs(total - weighted - scalars(found, "loss/penalty")) <= 1e-5 * total).all()
    validation = scalars(read_run(together / "validation"), "loss/total")
    assert validation == pytest.approx(np.load(together / "val_loss.npy"), rel=1e-4)


def test_two_devices_of_one_process(tmp_path: pathlib.Path) -> None:
    _finish(_start(_TWO_DEVICES, tmp_path))
    _assert_same_training(tmp_path / "one", tmp_path / "two")


def _cluster(workers: int) -> list[str]:
    """`TF_CONFIG` of each worker of a cluster on this machine."""
    addresses = [f"127.0.0.1:{free_port()}" for _ in range(workers)]
    cluster = {"cluster": {"worker": addresses}}
    return [
        json.dumps({**cluster, "task": {"type": "worker", "index": index}})
        for index in range(workers)
    ]


def test_two_processes_that_share_a_log_directory(tmp_path: pathlib.Path) -> None:
    alone, together = tmp_path / "alone", tmp_path / "together"
    _finish(_start(_ONE_OF_TWO_WORKERS, alone))
    _finish(*(_start(_ONE_OF_TWO_WORKERS, together, TF_CONFIG=config) for config in _cluster(2)))
    _assert_same_training(alone, together)


def test_the_command_line_trains_on_two_workers(tmp_path: pathlib.Path) -> None:
    options = ["--model=mnist_convnet", "--width=0.125", "--every=2", "--batch-size=16", "--no-jit"]
    for more in (["--steps=4", *options], ["--steps=6", "--resume"]):
        script = f"""
import sys
from training.train import main
sys.exit(main([{f"--log-dir={tmp_path}"!r}, "--distributed", "--threads=1", *{more!r}]))
"""
        _finish(*(_start(script, tmp_path, TF_CONFIG=config) for config in _cluster(2)))
        assert (tmp_path / "model.keras").is_file()
    assert len(list((tmp_path / "train").iterdir())) == 2  # one each time
    run = read_run(tmp_path / "train")
    assert sorted(run["featuremaps/pool1"]) == [0, 2, 4, 6]
    assert sorted(run["loss/total"]) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("task", "cluster", "first"),
    [
        (("worker", 0), ("worker",), True),
        (("worker", 1), ("worker",), False),
        (("chief", 0), ("chief", "worker"), True),
        (("worker", 0), ("chief", "worker"), False),
    ],
)
def test_one_process_of_a_cluster_saves(
    monkeypatch: pytest.MonkeyPatch, task: tuple[str, int], cluster: tuple[str, ...], first: bool
) -> None:
    config = {
        "cluster": {kind: ["localhost:1", "localhost:2"] for kind in cluster},
        "task": {"type": task[0], "index": task[1]},
    }
    monkeypatch.setenv("TF_CONFIG", json.dumps(config))
    assert is_first_process() == first


def test_a_cluster_that_is_none_is_a_clear_error(tmp_path: pathlib.Path) -> None:
    script = f"""
import sys
from training.train import main
sys.exit(main([{f"--log-dir={tmp_path}"!r}, "--distributed"]))
"""
    process = _start(script, tmp_path, TF_CONFIG='{"cluster": {}}')
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 1
    assert "error: Expected TF_CONFIG" in errors
    assert "Traceback" not in errors
