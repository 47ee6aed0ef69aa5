"""Runs of any training loop: the same as the callbacks write, or a clear error."""

import pathlib
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from support.logdir import read_run, scalars
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.compat.proto import summary_pb2

from tb_featuremaps import RunWriter
from tb_featuremaps.format.metadata import parse_plugin_data
from tb_featuremaps.reader import read_logdir

Values = dict[tuple[str, int], summary_pb2.Summary.Value]

_RANDOM = np.random.default_rng(0)
_MAPS = {
    "conv1": _RANDOM.normal(size=(2, 6, 5, 7)).astype(np.float32),
    "conv2": _RANDOM.normal(size=(2, 3, 3, 4)).astype(np.float32),
}


def _values(directory: pathlib.Path) -> Values:
    """What a run's files hold, by tag and step, as it was written."""
    return {
        (value.tag, event.step): value
        for path in sorted(directory.glob("*tfevents*"))
        for event in EventFileLoader(str(path)).Load()
        for value in event.summary.value
    }


def test_what_the_callbacks_write_is_written(tmp_path: pathlib.Path) -> None:
    pytest.importorskip("keras")
    import keras
    from support.small_models import IMAGES, targets, two_headed_model

    from tb_featuremaps import FeatureMaps, LossTerms, MapCapture

    model, probes, labels = two_headed_model(), IMAGES[:2], ["a", "b"]
    names = ["a", "b", "c"]
    capture = MapCapture(model, probes)
    callback = FeatureMaps(
        tmp_path, probes, labels=labels, class_names=names, every=1, images_tab=False
    )
    made: dict[int, Any] = {}

    class Own(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            made[batch + 1] = capture(), model(probes, training=False)

    made[0] = capture(), model(probes, training=False)
    model.fit(
        IMAGES,
        targets(),
        batch_size=50,
        verbose=0,
        callbacks=[callback, Own(), LossTerms(tmp_path)],
    )
    logged = read_run(tmp_path / "train")
    own = tmp_path / "own"
    with RunWriter(own, class_names=names, layer_classes=capture.layer_classes) as writer:
        for step, (maps, _) in made.items():
            writer.write_maps(step, maps, probes=probes, labels=labels)
            if step:
                writer.write_losses(
                    step,
                    main=logged["loss/main"][step],
                    auxiliary={"aux1": (logged["loss/aux1"][step], 0.3)},
                    penalty=logged["loss/penalty"][step],
                )
        for step, (_, outputs) in made.items():
            values = {name: keras.ops.convert_to_numpy(outputs[name]) for name in ("aux1", "main")}
            writer.write_outputs(step, values)
    expected, found = _values(tmp_path / "train"), _values(own)
    assert found.keys() == expected.keys()
    for key, value in expected.items():
        assert found[key].metadata == value.metadata, key
        if key[0].startswith("featuremaps/") and not key[0].startswith("featuremaps/outputs"):
            assert found[key].tensor == value.tensor, key
    for tag, points in logged.items():
        if not tag.startswith("featuremaps/") or "outputs" in tag or "stats" in tag:
            for step, values in points.items():
                np.testing.assert_allclose(read_run(own)[tag][step], values, 1e-5, 1e-6)


def test_maps_of_any_rank_and_format_come_back(tmp_path: pathlib.Path) -> None:
    first = np.moveaxis(_MAPS["conv1"], -1, 1)
    with RunWriter(tmp_path / "first", data_format="channels_first") as writer:
        writer.write_maps(3, {"maps": first, "steps": first[:, :, 0], "units": first[:, :, 0, 0]})
    logs = read_logdir(tmp_path)
    span = float(np.ptp(_MAPS["conv1"])) / 400
    for name, expected in (
        ("maps", _MAPS["conv1"]),
        ("steps", _MAPS["conv1"][:, :1]),
        ("units", _MAPS["conv1"][:, :1, :1]),
    ):
        found = logs.activation("first", name, 3, probe=1)
        assert found.shape == expected[1].shape
        np.testing.assert_allclose(found, expected[1], atol=span)
    payload = parse_plugin_data(
        _values(tmp_path / "first")["featuremaps/maps", 3].metadata.plugin_data.content
    ).layer
    assert (payload.data_format, list(payload.shape)) == ("channels_first", [7, 6, 5])


def test_what_is_given_may_change_at_once(tmp_path: pathlib.Path) -> None:
    maps, outputs = {"conv1": _MAPS["conv1"].copy()}, {"main": np.ones((2, 3), np.float32)}
    with RunWriter(tmp_path) as writer:
        for step in range(5):
            maps["conv1"][:] = step
            outputs["main"][:] = step
            writer.write_maps(step, maps)
            writer.write_outputs(step, outputs)
            maps["conv1"][:] = outputs["main"][:] = -1
    logs = read_logdir(tmp_path)
    assert [float(logs.activation(".", "conv1", step).mean()) for step in range(5)] == [*range(5)]
    assert [float(v.mean()) for v in read_run(tmp_path)["featuremaps/outputs/main"].values()] == [
        *range(5)
    ]


def test_losses_add_up_and_weights_may_change(tmp_path: pathlib.Path) -> None:
    with RunWriter(tmp_path, main="logits") as writer:
        for step in range(1, 4):
            auxiliary = {"aux": (np.float32(2), 0.1 * step), "loss": (float("nan"), 0.0)}
            writer.write_losses(step, main=step, auxiliary=auxiliary, penalty=0.5, main_weight=2)
    run = read_run(tmp_path)
    assert scalars(run, "loss/logits").tolist() == [1, 2, 3]
    np.testing.assert_allclose(scalars(run, "loss/aux/weighted"), [0.2, 0.4, 0.6], rtol=1e-6)
    assert np.isnan(scalars(run, "loss/total")).all()
    weights = [row.tolist() for row in run["featuremaps/losses"].values()]
    np.testing.assert_allclose(weights, [[2, 0.1, 0], [2, 0.2, 0], [2, 0.3, 0]], rtol=1e-6)


def test_probes_are_written_when_they_are_new(tmp_path: pathlib.Path) -> None:
    probes = np.arange(2 * 4 * 4 * 3, dtype=np.uint8).reshape(2, 4, 4, 3)
    with RunWriter(tmp_path, class_names=["cat", "dog"]) as writer:
        for step in range(4):
            writer.write_maps(step, _MAPS, probes=probes + (step > 2), labels=[1, 0])
    written = _values(tmp_path)
    assert [step for tag, step in written if tag == "featuremaps/probes"] == [0, 3]
    payload = written["featuremaps/probes", 0].metadata.plugin_data.content
    assert list(parse_plugin_data(payload).probes.labels) == ["dog", "cat"]


def test_a_session_takes_the_place_of_later_steps(tmp_path: pathlib.Path) -> None:
    for steps in ((0, 10, 20), (10, 15)):
        with RunWriter(tmp_path) as writer:
            for step in steps:
                writer.write_maps(step, _MAPS)
    assert read_logdir(tmp_path).steps(".", "conv1") == [0, 10, 15]


def _writer(directory: pathlib.Path) -> RunWriter:
    writer = RunWriter(directory, class_names=["a", "b", "c"])
    writer.write_maps(5, _MAPS)
    writer.write_outputs(5, {"main": np.ones((2, 3))})
    writer.write_losses(5, main=1, auxiliary={"aux": (1, 0.3)})
    return writer


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda w: w.write_maps(-1, _MAPS), "`step`.*-1"),
        (lambda w: w.write_maps(1.5, _MAPS), "`step`.*1.5"),
        (lambda w: w.write_maps(True, _MAPS), "`step`.*True"),
        (lambda w: w.write_maps(4, _MAPS), "backwards.*step 4"),
        (lambda w: w.write_maps(6, {}), "at least one"),
        (lambda w: w.write_maps(6, list(_MAPS.values())), "dict.*list"),
        (lambda w: w.write_maps(6, {1: _MAPS["conv1"]}), r"names.*\[1\]"),
        (lambda w: w.write_maps(6, {"x": np.ones((2, 3, 4, 5, 6))}), r"`x`.*\(2, 3, 4, 5, 6\)"),
        (lambda w: w.write_maps(6, {"x": np.ones((2, 0, 4, 5))}), "empty"),
        (lambda w: w.write_maps(6, {"x": "text"}), "real numbers.*<U4"),
        (lambda w: w.write_maps(6, {"x": np.ones((2, 3), complex)}), "complex128"),
        (lambda w: w.write_maps(6, {"x": [[1], [2, 3]]}), "`x`.*numpy"),
        (lambda w: w.write_maps(6, {"x": np.ones((2, 10**8), np.uint8)}), "one picture"),
        (lambda w: w.write_maps(6, {"conv1": _MAPS["conv2"]}), r"conv1.*\[n, 6, 5, 7\].*3, 3, 4"),
        (lambda w: w.write_maps(6, {**_MAPS, "x": np.ones((3, 4))}), "same probes.*'x': 3"),
        (lambda w: w.write_maps(6, _MAPS, probes=np.ones((3, 4, 4))), r"2 probes.*\(3, 4, 4\)"),
        (lambda w: w.write_maps(6, _MAPS, probes=np.ones((2, 0, 4, 3))), r"empty.*\(2, 0, 4, 3\)"),
        (lambda w: w.write_maps(6, _MAPS, labels=[1, 2]), "labels alone"),
        (
            lambda w: w.write_maps(6, _MAPS, probes=np.ones((2, 4, 4)), labels=[0, 3]),
            "within the 3 class names.*3",
        ),
        (lambda w: w.write_outputs(6, {"main": np.ones((2, 4))}), r"\[n, 3\].*\(2, 4\)"),
        (lambda w: w.write_outputs(6, {"x": np.ones(3)}), r"\[n, classes\]"),
        (lambda w: w.write_losses(6, main=[1, 2]), r"`main`.*one number.*\(2,\)"),
        (lambda w: w.write_losses(6, main="1"), "real numbers"),
        (lambda w: w.write_losses(6, main=1), r"as at the first: \['aux'\].*\[\]"),
        (lambda w: w.write_losses(6, main=1, auxiliary=[1]), "`auxiliary`.*dict.*list"),
        (lambda w: w.write_losses(6, main=1, auxiliary={1: (1, 1)}), r"names.*\[1\]"),
        (lambda w: w.write_losses(6, main=1, auxiliary={"main": (1, 1)}), "without the main"),
        (lambda w: w.write_outputs(6, np.ones((2, 3))), "`outputs`.*dict.*ndarray"),
        (lambda w: w.write_losses(6, main=1, auxiliary={"aux": 1}), r"\(value, weight\).*1"),
        (lambda w: w.write_losses(6, main=1, auxiliary={"aux": (1, None)}), "aux's weight"),
        (lambda w: w.write_losses(4, main=1, auxiliary={"aux": (1, 0.3)}), "backwards"),
    ],
)
def test_what_does_not_fit_is_an_error_and_is_not_written(
    tmp_path: pathlib.Path, write: Callable[[RunWriter], None], message: str
) -> None:
    with _writer(tmp_path) as writer:
        with pytest.raises(ValueError, match=message):
            write(writer)
        writer.flush()
        assert {step for _, step in _values(tmp_path)} == {5}
        writer.write_maps(6, _MAPS)  # it goes on


def test_what_is_of_other_probes_than_were_written_is_an_error(tmp_path: pathlib.Path) -> None:
    with RunWriter(tmp_path) as writer:
        writer.write_outputs(0, {"main": np.ones((5, 3))})  # of no probes that are known
        writer.write_maps(1, _MAPS, probes=np.ones((2, 4, 4)))
        with pytest.raises(ValueError, match=r"maps of the 2 probes.*maps of 1\. .*`probes`"):
            writer.write_maps(2, {"conv1": _MAPS["conv1"][:1]})
        with pytest.raises(ValueError, match=r"outputs of the 2 probes.*outputs of 5"):
            writer.write_outputs(2, {"main": np.ones((5, 3))})
        writer.write_maps(3, {"conv1": _MAPS["conv1"][:1]}, probes=np.ones((1, 4, 4)))
        writer.write_outputs(3, {"main": np.ones((1, 3))})
    assert {step for _, step in _values(tmp_path)} == {0, 1, 3}


def test_probes_too_large_to_wait_are_a_warning_that_says_what_to_do(
    tmp_path: pathlib.Path,
) -> None:
    large = np.zeros((1, 6000, 2000, 3), np.uint8)
    said = "the probes of 36 MB.*Give fewer or smaller probes"
    with pytest.warns(RuntimeWarning, match=said), RunWriter(tmp_path) as writer:
        writer.write_maps(1, {"x": np.ones((1, 2))}, probes=large)
    assert {tag for tag, _ in _values(tmp_path)} >= {"featuremaps/x"}


def test_two_writers_of_the_same_series_are_warned_of(tmp_path: pathlib.Path) -> None:
    first, second = RunWriter(tmp_path), RunWriter(tmp_path / "x" / "..")
    first.write_losses(1, main=1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        second.write_maps(1, _MAPS)  # something else
    with pytest.warns(RuntimeWarning, match=f"to {tmp_path} too.*Close the other") as caught:
        second.write_losses(1, main=2.0)
        second.write_losses(2, main=2.0)
        first.write_maps(2, _MAPS)
    said = [str(warning.message).partition("writes ")[2].partition(" to ")[0] for warning in caught]
    assert said == ["losses", "featuremaps/conv1, featuremaps/conv2"]  # each says it once
    first.close()
    second.close()


@pytest.mark.parametrize("forget", [lambda writer: writer.close(), lambda writer: None])
def test_a_writer_after_another_is_not_warned_of(
    tmp_path: pathlib.Path, forget: Callable[[RunWriter], None]
) -> None:
    writer = RunWriter(tmp_path)
    writer.write_losses(1, main=1.0)
    forget(writer)
    writer = RunWriter(tmp_path)  # as when a notebook's cell runs again
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        writer.write_losses(1, main=2.0)
    writer.close()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"log_dir": ""}, "log_dir"),
        ({"log_dir": 3}, "log_dir.*3"),
        ({"data_format": "NHWC"}, "data_format.*NHWC"),
        ({"max_tile": 0}, "max_tile.*0"),
        ({"main": ""}, "`main`.*''"),
        ({"main": 3}, "`main`.*3"),
        ({"class_names": "ab"}, "`class_names`.*list.*'ab'"),
        ({"class_names": 3}, "`class_names`.*3"),
        ({"layer_classes": ["conv1"]}, "`layer_classes`.*dict"),
        ({"layer_classes": {"conv1": 2}}, "`layer_classes`.*2"),
        ({"images_tab": "no"}, "`images_tab`.*True or False.*'no'"),
    ],
)
def test_a_wrong_option_is_an_error(
    tmp_path: pathlib.Path, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        RunWriter(**{"log_dir": tmp_path, **options})


def test_a_closed_writer_says_so(tmp_path: pathlib.Path) -> None:
    writer = _writer(tmp_path)
    writer.close()
    writer.close()
    with pytest.raises(ValueError, match="closed"):
        writer.write_maps(6, _MAPS)


def test_a_directory_that_can_not_be_written_is_a_warning(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").touch()
    with pytest.warns(RuntimeWarning, match="can't write to"):
        _writer(tmp_path / "file").close()


def test_large_maps_are_averaged(tmp_path: pathlib.Path) -> None:
    with RunWriter(tmp_path, max_tile=4, images_tab=True) as writer:
        writer.write_maps(0, {"conv1": np.ones((1, 9, 8, 2))})
    assert read_logdir(tmp_path).activation(".", "conv1", 0).shape == (3, 3, 2)
    assert ("activations/conv1", 0) in _values(tmp_path)


def test_tensors_of_pytorch_are_taken_or_it_is_said_what_to_do(tmp_path: pathlib.Path) -> None:
    torch = pytest.importorskip("torch")
    with RunWriter(tmp_path, data_format="channels_first") as writer:
        maps = torch.ones((2, 3, 4, 5))
        writer.write_maps(0, {"conv": maps})
        writer.write_losses(1, main=torch.tensor(2.0))
        for value in (maps.requires_grad_(), maps.bfloat16()):
            with pytest.raises(ValueError, match=r"`conv`.*detach\(\).cpu\(\).numpy\(\)"):
                writer.write_maps(1, {"conv": value})
    assert read_logdir(tmp_path).activation(".", "conv", 0).shape == (4, 5, 3)
