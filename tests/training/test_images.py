"""How batches are drawn: order, augmentation, class balance."""

import keras
import numpy as np
import pytest

from training.data.augmentation import AUGMENTATIONS, make_augmentation
from training.data.images import LabelledImages, Sampling

_COUNTS = (6, 3, 1)


@pytest.fixture
def data() -> LabelledImages:
    labels = np.repeat(np.arange(3), _COUNTS)
    images = np.random.default_rng(0).uniform(0, 1, (10, 16, 16, 3)).astype(np.float32)
    return LabelledImages(("a", "b", "c"), images, labels, images, labels)


def _drawn(data: LabelledImages, sampling: Sampling, steps: range) -> list[np.ndarray]:
    return [images.numpy() for images, *_ in data.train_batches(("main",), sampling, steps)]


@pytest.mark.parametrize("augmentation", AUGMENTATIONS)
@pytest.mark.parametrize("start", [1, 3, 5])
def test_a_resumed_training_sees_what_it_would_have_seen(
    data: LabelledImages, augmentation: str, start: int
) -> None:
    sampling = Sampling(batch_size=4, seed=7, augmentation=augmentation)
    whole = _drawn(data, sampling, range(9))
    later = _drawn(data, sampling, range(start, 9))
    assert [len(images) for images in whole] == [4, 4, 2] * 3
    assert len(later) == 9 - start
    for expected, found in zip(whole[start:], later, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_an_epoch_that_is_begun_is_made_to_its_end(data: LabelledImages) -> None:
    assert len(_drawn(data, Sampling(batch_size=4), range(4))) == 6


def test_each_epoch_has_all_images_in_an_order_of_its_own(data: LabelledImages) -> None:
    drawn = _drawn(data, Sampling(batch_size=10), range(3))
    orders = [
        [int(np.flatnonzero((data.train_images == image).all((1, 2, 3)))[0]) for image in images]
        for images in drawn
    ]
    assert all(sorted(order) == [*range(10)] for order in orders)
    assert len({tuple(order) for order in orders}) == 3


def test_seeds_differ(data: LabelledImages) -> None:
    first, same, other = (
        _drawn(data, Sampling(10, seed, "shift"), range(1))[0] for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, same)
    assert (first != other).any()


def test_balanced_classes_weigh_the_same(data: LabelledImages) -> None:
    sampling = Sampling(batch_size=10, balanced=True)
    _, labels, weights = next(iter(data.train_batches(("main", "aux1"), sampling, range(1))))
    for head in ("main", "aux1"):
        sums = np.bincount(labels[head], weights[head])
        np.testing.assert_allclose(sums, 10 / 3, rtol=1e-6)


def test_a_class_without_images_weighs_nothing() -> None:
    images = np.zeros((2, 16, 16, 3), np.float32)
    labels = np.array([0, 2])
    data = LabelledImages(("a", "b", "c"), images, labels, images, labels)
    np.testing.assert_allclose(data.class_weights(), [1, 0, 1])
    assert data.probes(3)[1] == [0, 2]


def test_flips_are_flips_and_happen_half_the_time() -> None:
    images = np.random.default_rng(0).uniform(0, 1, (400, 4, 4, 1)).astype(np.float32)
    found = np.asarray(make_augmentation("flip", True, seed=3)(images, training=True))
    same = (found == images).all((1, 2, 3))
    flipped = (found == images[:, :, ::-1]).all((1, 2, 3))
    assert (same ^ flipped).all()
    assert 0.4 < flipped.mean() < 0.6


def test_shifts_move_by_up_to_an_eighth_and_mirror_nothing() -> None:
    ramp = np.tile(np.arange(32, dtype=np.float32), (64, 32, 1))[..., None]
    found = np.asarray(make_augmentation("shift", False, seed=3)(ramp, training=True))[..., 0]
    inner = found[:, 16, 8:24] - np.arange(8, 24)
    np.testing.assert_allclose(inner, inner[:, :1].repeat(16, 1), atol=1e-4)
    assert 3 < np.abs(inner).max() <= 4
    assert inner.min() < -2 < 2 < inner.max()


def test_images_stay_float32_under_mixed_precision() -> None:
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        augmentation = make_augmentation("shift", True, seed=0)
        found = augmentation(np.full((1, 8, 8, 3), 1 / 3, np.float32), training=True)
    finally:
        keras.config.set_dtype_policy(policy)
    assert keras.backend.standardize_dtype(found.dtype) == "float32"
    np.testing.assert_allclose(found, 1 / 3, rtol=1e-6)


def test_an_unknown_augmentation_is_refused() -> None:
    with pytest.raises(ValueError, match="'cutout'"):
        make_augmentation("cutout", True, 0)
