"""Patches of the embedded photos."""

import numpy as np
import pytest

from training.data.photos import CLASS_NAMES, load_photos, load_scaled_photos, read_photo, split


@pytest.mark.parametrize("name", CLASS_NAMES)
def test_training_and_validation_share_no_pixel(name: str) -> None:
    photo = read_photo(name)
    train, validation = split(photo)
    assert train.shape[1] + validation.shape[1] == photo.shape[1]
    np.testing.assert_array_equal(np.concatenate([train, validation], 1), photo)


@pytest.mark.parametrize("size", [32, 64])
def test_patches_are_real_and_balanced(size: int) -> None:
    data = load_photos(size, train_per_class=5, validation_per_class=3)
    assert data.train_images.shape == (50, size, size, 3)
    assert data.validation_images.shape == (30, size, size, 3)
    assert data.train_images.dtype == np.float32
    assert 0 <= data.train_images.min() < 0.1 < 0.9 < data.train_images.max() <= 1
    np.testing.assert_array_equal(np.bincount(data.train_labels), np.full(10, 5))
    assert len({image.tobytes() for image in data.train_images}) == 50


def test_a_seed_cuts_the_same_patches_and_another_one_others() -> None:
    first, same, other = (load_photos(32, 3, 2, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.train_images, same.train_images)
    assert (first.train_images != other.train_images).any()


def test_probes_are_of_different_classes() -> None:
    data = load_photos(32, 2, 2)
    images, labels = data.probes(4)
    assert images.shape == (4, 32, 32, 3)
    assert labels == [0, 1, 2, 3]


def test_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="Received: 48"):
        load_photos(48)


def test_patches_of_all_scales_show_up_to_the_whole_height() -> None:
    data = load_scaled_photos(64, train_per_class=40, validation_per_class=2)
    assert data.train_images.shape == (400, 64, 64, 3)

    # The larger the cut of a texture, the more its neighbouring pixels differ.
    def variety(images: np.ndarray) -> float:
        gravel = images[data.train_labels == CLASS_NAMES.index("gravel")]
        differences = np.abs(np.diff(gravel, axis=2)).mean(axis=(1, 2, 3))
        return float(differences.max() / differences.min())

    of_one_scale = load_photos(64, train_per_class=40, validation_per_class=2).train_images
    assert variety(data.train_images) > 1.15 * variety(of_one_scale)


def test_the_probes_are_the_middles_of_whole_photos() -> None:
    images, labels = load_scaled_photos(64, 1, 1).probes(3)
    assert labels == [0, 1, 2]
    coffee = read_photo("coffee")  # 400 × 600 pixels
    np.testing.assert_allclose(
        images[1].mean((0, 1)), coffee[:, 100:500].mean((0, 1)) / 255, atol=0.01
    )
