import warnings
from typing import Any

import keras
import numpy as np
import pytest
from support.small_models import IMAGES, two_headed_model

from tb_featuremaps.capture import probes


def test_the_first_batch_of_a_dataset_is_taken() -> None:
    tf = pytest.importorskip("tensorflow")
    dataset = tf.data.Dataset.from_tensor_slices((IMAGES, np.zeros(100))).batch(4)
    np.testing.assert_array_equal(probes.as_arrays(dataset), IMAGES[:4])


def test_an_empty_dataset_is_refused() -> None:
    tf = pytest.importorskip("tensorflow")
    with pytest.raises(ValueError, match="empty dataset"):
        probes.as_arrays(tf.data.Dataset.from_tensor_slices(IMAGES[:0]).batch(2))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (np.zeros((0, 4, 4, 1)), "same n ≥ 1"),
        ([np.zeros((2, 3)), np.zeros((1, 3))], r"\(2, 3\), \(1, 3\)"),
        (np.array(["a"]), "dtype"),
    ],
)
def test_probes_that_are_none_are_refused(given: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        probes.as_arrays(given)


def test_a_wrong_shape_names_both_shapes() -> None:
    with pytest.raises(ValueError, match=r"\(None, 16, 16, 3\).*\(2, 8, 8, 3\)"):
        probes.for_model(two_headed_model(), np.zeros((2, 8, 8, 3)))


def test_named_inputs_are_matched_by_name() -> None:
    first, second = keras.Input((2,), name="first"), keras.Input((3,), name="second")
    model = keras.Model([first, second], keras.layers.Concatenate()([first, second]))
    probes.for_model(model, {"second": np.zeros((1, 3)), "first": np.zeros((1, 2))})
    with pytest.raises(ValueError, match="third"):
        probes.for_model(model, {"third": np.zeros((1, 3)), "first": np.zeros((1, 2))})


def test_pictures_show_what_was_given() -> None:
    bytes_ = np.arange(48, dtype=np.uint8).reshape(1, 4, 4, 3)
    np.testing.assert_array_equal(probes.as_pictures(bytes_, False), bytes_)
    np.testing.assert_array_equal(
        probes.as_pictures(bytes_ / np.float32(255), channels_first=False), bytes_
    )
    signed = np.linspace(-2, 2, 16, dtype=np.float32).reshape(1, 4, 4, 1)
    stretched = probes.as_pictures(signed, channels_first=False)
    assert (stretched.shape, stretched.min(), stretched.max()) == ((1, 4, 4), 0, 255)
    first = np.moveaxis(bytes_, -1, 1)
    np.testing.assert_array_equal(probes.as_pictures(first, channels_first=True), bytes_)


def _two_inputs(structure: Any) -> keras.Model:
    first, second = keras.Input((2,), name="first"), keras.Input((3,), name="second")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # keys that aren't names
        inputs = keras.tree.map_structure(lambda name: {"a": first, "b": second}[name], structure)
        return keras.Model(inputs, keras.layers.Concatenate()([first, second]))


_A, _B = np.ones((4, 2)), 2 * np.ones((4, 3))


@pytest.mark.parametrize(
    ("structure", "given"),
    [
        ({"x": "a", "y": "b"}, {"x": _A, "y": _B}),
        ({"x": "a", "y": "b"}, {"y": _B, "other": _B, "x": _A}),
        ({"x": "a", "y": "b"}, [_A, _B]),
        (["a", "b"], {"second": _B, "first": _A}),
        (["a", "b"], {"second": _B, "first": _A, "0": _A}),
        (["a", "b"], (_A, _B)),
        ({"x": "a", "z": ["b"]}, {"x": _A, "z": [_B]}),
        (["a", ["b"]], [_A, _B]),
    ],
)
def test_inputs_are_matched_as_the_model_takes_them(structure: Any, given: Any) -> None:
    model = _two_inputs(structure)
    arranged = probes.for_model(model, probes.as_arrays(given))
    np.testing.assert_array_equal(model(arranged), np.concatenate([_A, _B], axis=1))


@pytest.mark.parametrize(
    ("structure", "given", "message"),
    [
        ({"x": "a", "y": "b"}, {"first": _A, "second": _B}, r"\['x', 'y'\].*'first'"),
        ({"y": "a", "x": "b"}, [_A, _B], "as a dict with the keys"),
        (["a", "b"], [_B, _A], r"\(None, 2\), \(None, 3\).*\(4, 3\), \(4, 2\)"),
        (["a", "b"], [_A], r"\(4, 2\)"),
    ],
)
def test_inputs_that_do_not_match_are_refused(structure: Any, given: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        probes.for_model(_two_inputs(structure), given)


def test_a_last_axis_that_keras_adds_itself_may_be_missing() -> None:
    model = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten()])
    probes.for_model(model, np.zeros((2, 8, 8)))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_short_floats_are_numbers(dtype: str) -> None:
    given = keras.ops.cast(IMAGES[:2], dtype)
    np.testing.assert_allclose(probes.as_arrays(given).astype(np.float32), IMAGES[:2], atol=0.01)


class _Batches(keras.utils.PyDataset):
    def __len__(self) -> int:
        return 3

    def __getitem__(self, index: int) -> Any:
        batch = slice(4 * index, 4 * index + 4)
        return {"image": IMAGES[batch]}, np.zeros(4), np.ones(4)


def test_inputs_are_told_from_labels_and_weights() -> None:
    tf = pytest.importorskip("tensorflow")
    parts = ({"image": IMAGES}, np.zeros(100), np.ones(100))
    dataset = tf.data.Dataset.from_tensor_slices(parts).batch(4)
    for given in (dataset, _Batches()):
        arrays = probes.as_arrays(given)
        assert set(arrays) == {"image"}
        np.testing.assert_array_equal(arrays["image"], IMAGES[:4])


def test_of_volumes_of_any_rank_the_middle_is_shown() -> None:
    volumes = np.zeros((2, 3, 5, 4, 6, 1), np.uint8)
    volumes[:, 1, 2] = 7
    np.testing.assert_array_equal(
        probes.as_pictures(volumes, channels_first=False), np.full((2, 4, 6), 7, np.uint8)
    )
