"""Rows of ways in which the data of one small model come."""

from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np
from conformance.data import image_batches, short_last_batch
from conformance.fits import left_fit
from conformance.functional_models import convnet_row
from conformance.rows import Batch, arrays

_TENSORFLOW = ("tensorflow",)


class Batches(keras.utils.PyDataset):
    """The batches as a `PyDataset`."""

    def __init__(self, batches: Sequence[Batch], **settings: Any) -> None:
        super().__init__(**settings)
        self._batches = batches

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> Batch:
        return self._batches[index]


def _samples(batches: Sequence[Batch]) -> Any:
    import tensorflow as tf

    given = arrays(batches)
    return tf.data.Dataset.from_tensor_slices((given["x"], given["y"]))


def _dataset(batches: Sequence[Batch]) -> dict[str, Any]:
    return {"x": _samples(batches).batch(len(batches[0][1]))}


def _filtered(batches: Sequence[Batch]) -> dict[str, Any]:
    return {"x": _samples(batches).filter(lambda x, y: y >= 0).batch(len(batches[0][1]))}


def _generated_dataset(batches: Sequence[Batch]) -> dict[str, Any]:
    import tensorflow as tf

    signature = (
        tf.TensorSpec((None, *batches[0][0].shape[1:]), tf.float32),
        tf.TensorSpec((None,), tf.int64),
    )
    dataset = tf.data.Dataset.from_generator(lambda: iter(batches), output_signature=signature)
    return {"x": dataset}


def _repeated(batches: Sequence[Batch]) -> dict[str, Any]:
    return {"x": _dataset(batches)["x"].repeat(), "steps_per_epoch": len(batches)}


def _generator(batches: Sequence[Batch]) -> dict[str, Any]:
    def endless() -> Iterator[Batch]:
        while True:
            yield from batches

    return {"x": endless(), "steps_per_epoch": len(batches)}


def _ending_generator(batches: Sequence[Batch]) -> dict[str, Any]:
    return {"x": (batch for batch in batches), "epochs": 1}


def _raising_generator(batches: Sequence[Batch]) -> dict[str, Any]:
    def raising() -> Iterator[Batch]:
        yield from batches
        yield batches[0]
        raise RuntimeError("the test's")

    return {"x": raising(), "steps_per_epoch": len(batches)}


def _pydataset(batches: Sequence[Batch]) -> dict[str, Any]:
    return {"x": Batches(batches), "shuffle": False}


def _pydataset_of_workers(batches: Sequence[Batch]) -> dict[str, Any]:
    return {"x": Batches(batches, workers=2, max_queue_size=2), "shuffle": False}


def _shuffled(batches: Sequence[Batch]) -> dict[str, Any]:
    return {**arrays(batches), "shuffle": True}


def _column_targets() -> list[Batch]:
    return [(x, np.asarray(y)[:, None]) for x, y in image_batches()]


_NONE: dict[str, Any] = {"terms": None, "penalty": None}

ROWS = [
    convnet_row("arrays, shuffled", feed=_shuffled, **_NONE),
    convnet_row("arrays, a short last batch", batches=short_last_batch),
    convnet_row("arrays, targets [n, 1]", batches=_column_targets, **_NONE),
    convnet_row("tf.data of known length", feed=_dataset, backends=_TENSORFLOW),
    convnet_row(
        "tf.data of known length, a short last batch",
        feed=_dataset,
        batches=short_last_batch,
        backends=_TENSORFLOW,
    ),
    convnet_row("tf.data of unknown length: filter", feed=_filtered, backends=_TENSORFLOW),
    convnet_row(
        "tf.data of unknown length: from_generator, a short last batch",
        feed=_generated_dataset,
        batches=short_last_batch,
        backends=_TENSORFLOW,
    ),
    convnet_row("tf.data without an end, steps_per_epoch", feed=_repeated, backends=_TENSORFLOW),
    convnet_row("a generator without an end, steps_per_epoch", feed=_generator),
    convnet_row("a generator that ends", feed=_ending_generator),
    convnet_row(
        "a generator that raises",
        feed=_raising_generator,
        train=left_fit,
        captured="when the epoch ends",
    ),
    convnet_row("PyDataset", feed=_pydataset),
    convnet_row("PyDataset with two workers", feed=_pydataset_of_workers),
]
