"""What every data set returns."""

import dataclasses
import math

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.data.augmentation import make_augmentation

Images = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]


class DataError(ValueError):
    """Data that can't be read; the message says what to do."""


@dataclasses.dataclass(frozen=True)
class Sampling:
    """How training batches are drawn.

    Attributes:
        batch_size: images a batch; the last one of an epoch has what is left.
        seed: of order and augmentation.
        augmentation: a kind of `augmentation.make_augmentation`.
        balanced: whether images are weighed by the rarity of their class.
    """

    batch_size: int = 32
    seed: int = 0
    augmentation: str = "none"
    balanced: bool = False


@dataclasses.dataclass(frozen=True)
class LabelledImages:
    """A data set in memory.

    Attributes:
        class_names: in the order of the labels.
        train_images, validation_images: float32 `[n, height, width, 1 or 3]` within 0…1.
        train_labels, validation_labels: int64 `[n]`.
        mirrored: whether an image and its mirror image are of the same class.
        probe_images: an image of each class to be watched while a network trains, in the order of
            the labels; None: the first validation image of each.
    """

    class_names: tuple[str, ...]
    train_images: Images
    train_labels: Labels
    validation_images: Images
    validation_labels: Labels
    mirrored: bool = True
    probe_images: Images | None = None

    def steps_per_epoch(self, batch_size: int) -> int:
        """How many batches hold all training images once."""
        return math.ceil(len(self.train_labels) / batch_size)

    def train_batches(
        self, heads: tuple[str, ...], sampling: Sampling, steps: range
    ) -> tf.data.Dataset:
        """Batches of images, labels by head and, if balanced, weights by head.

        What a batch holds depends on the seed and its step only, so that a training that is
        resumed sees the images that it would have seen.

        Args:
            heads: the model's outputs.
            sampling: how they are drawn.
            steps: the steps of the whole training that are to come; all epochs that they touch are
                made to their end.
        """
        per_epoch = self.steps_per_epoch(sampling.batch_size)
        epochs = tf.data.Dataset.range(steps.start // per_epoch, -(-steps.stop // per_epoch))
        everything = tf.range(len(self.train_labels))

        def shuffled(epoch: tf.Tensor) -> tf.data.Dataset:
            seed = tf.stack([tf.constant(sampling.seed, tf.int64), epoch])
            order = tf.random.experimental.stateless_shuffle(everything, seed)
            return tf.data.Dataset.from_tensor_slices(order).batch(sampling.batch_size)

        order = epochs.flat_map(shuffled).skip(steps.start % per_epoch)
        images, labels = tf.constant(self.train_images), tf.constant(self.train_labels)
        weights = tf.constant(self.class_weights() if sampling.balanced else [], tf.float32)
        augment = make_augmentation(
            sampling.augmentation, self.mirrored, sampling.seed, steps.start
        )

        def batch(indices: tf.Tensor) -> tuple[tf.Tensor | dict[str, tf.Tensor], ...]:
            chosen = tf.gather(labels, indices)
            pictures = augment(tf.gather(images, indices), training=True)
            parts = (pictures, dict.fromkeys(heads, chosen))
            if not sampling.balanced:
                return parts
            return (*parts, dict.fromkeys(heads, tf.gather(weights, chosen)))

        return order.map(batch).prefetch(2)

    def validation_batches(self, batch_size: int, heads: tuple[str, ...]) -> tf.data.Dataset:
        """Batches in their order."""
        parts = (self.validation_images, dict.fromkeys(heads, self.validation_labels))
        return tf.data.Dataset.from_tensor_slices(parts).batch(batch_size).prefetch(2)

    def class_weights(self) -> npt.NDArray[np.float32]:
        """A weight for each class, n / (classes · n of the class): they are 1 if all are as many.

        Their mean over the training images is 1, so that the loss keeps its size. A class without
        images has weight 0.
        """
        counts = np.bincount(self.train_labels, minlength=len(self.class_names))
        present = np.count_nonzero(counts)
        weights = len(self.train_labels) / (present * np.maximum(counts, 1))
        return np.where(counts > 0, weights, 0).astype(np.float32)

    def probes(self, count: int) -> tuple[Images, list[int]]:
        """An image of each of the first `count` classes, and its label."""
        if self.probe_images is not None:
            return self.probe_images[:count], list(range(len(self.probe_images[:count])))
        firsts = [
            np.flatnonzero(self.validation_labels == label)[:1]
            for label in range(len(self.class_names))
        ]
        indices = np.concatenate(firsts)[:count]
        return self.validation_images[indices], [int(i) for i in self.validation_labels[indices]]
