"""What every data set returns."""

import dataclasses

import numpy as np
import numpy.typing as npt
import tensorflow as tf

Images = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]


class DataError(ValueError):
    """Data that can't be read; the message says what to do."""


@dataclasses.dataclass(frozen=True)
class LabelledImages:
    """A data set in memory.

    Attributes:
        class_names: in the order of the labels.
        train_images, validation_images: float32 `[n, height, width, 1 or 3]` within 0…1.
        train_labels, validation_labels: int64 `[n]`.
        mirrored: whether an image and its mirror image are of the same class.
    """

    class_names: tuple[str, ...]
    train_images: Images
    train_labels: Labels
    validation_images: Images
    validation_labels: Labels
    mirrored: bool = True

    def train_batches(self, batch_size: int, heads: tuple[str, ...], seed: int) -> tf.data.Dataset:
        """Shuffled batches, anew each epoch; seeded.

        Images are flipped left to right by chance if their mirror images are of the same class.
        """
        data = _dataset(self.train_images, self.train_labels)
        data = data.shuffle(len(self.train_labels), seed=seed, reshuffle_each_iteration=True)
        if self.mirrored:
            flips = tf.data.Dataset.random(seed=seed, rerandomize_each_iteration=True)
            data = tf.data.Dataset.zip(data, flips).map(_flip)
        data = data.batch(batch_size)
        return data.map(lambda image, label: (image, _for_heads(label, heads))).prefetch(2)

    def validation_batches(self, batch_size: int, heads: tuple[str, ...]) -> tf.data.Dataset:
        """Batches in their order."""
        data = _dataset(self.validation_images, self.validation_labels).batch(batch_size)
        return data.map(lambda image, label: (image, _for_heads(label, heads))).prefetch(2)

    def probes(self, count: int) -> tuple[Images, list[int]]:
        """The first validation image of each of the first `count` classes, and its label."""
        indices = [
            int(np.flatnonzero(self.validation_labels == label)[0])
            for label in range(min(count, len(self.class_names)))
        ]
        return self.validation_images[indices], [int(i) for i in self.validation_labels[indices]]


def _dataset(images: Images, labels: Labels) -> tf.data.Dataset:
    return tf.data.Dataset.from_tensor_slices((images, labels))


def _flip(example: tuple[tf.Tensor, tf.Tensor], chance: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    image, label = example
    return tf.cond(chance % 2 == 0, lambda: tf.reverse(image, [1]), lambda: image), label


def _for_heads(label: tf.Tensor, heads: tuple[str, ...]) -> dict[str, tf.Tensor]:
    return dict.fromkeys(heads, label)
