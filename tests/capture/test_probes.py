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
        probes.check_against_model(two_headed_model(), np.zeros((2, 8, 8, 3)))


def test_named_inputs_are_matched_by_name() -> None:
    first, second = keras.Input((2,), name="first"), keras.Input((3,), name="second")
    model = keras.Model([first, second], keras.layers.Concatenate()([first, second]))
    probes.check_against_model(model, {"second": np.zeros((1, 3)), "first": np.zeros((1, 2))})
    with pytest.raises(ValueError, match="third"):
        probes.check_against_model(model, {"third": np.zeros((1, 3)), "first": np.zeros((1, 2))})


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
