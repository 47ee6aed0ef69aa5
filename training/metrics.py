"""What predictions are worth, as numbers."""

import dataclasses
import math

import numpy as np
import numpy.typing as npt

from training.data.images import Labels

Predictions = npt.NDArray[np.float32]
_SMALLEST = 1e-7
# Of probabilities that were computed in float16.
_SUM_TOLERANCE = 0.02


@dataclasses.dataclass(frozen=True)
class HeadScore:
    """How well one head does.

    Attributes:
        accuracy: share of the images whose likeliest class is theirs.
        top3: share of the images whose class is among the three likeliest.
        cross_entropy: mean of −ln p of the images' own classes, in nats; NaN if a prediction is no
            distribution, as the logits of a network without softmax.
    """

    accuracy: float
    top3: float
    cross_entropy: float


@dataclasses.dataclass(frozen=True)
class ClassScore:
    """How well one class is told from the others; NaN where there is nothing to divide by.

    Attributes:
        images: how many there are.
        precision: share of the images taken for it that are of it.
        recall: share of its images that are taken for it.
        f1: harmonic mean of both.
    """

    images: int
    precision: float
    recall: float
    f1: float


def score_head(predictions: Predictions, labels: Labels) -> HeadScore:
    """Scores predictions `[n, classes]` for labels `[n]`.

    A class that is as likely, or a value that is not finite, counts against an image.
    """
    own = predictions[np.arange(len(labels)), labels]
    ahead = np.count_nonzero(~(predictions < own[:, None]), axis=1) - 1
    sound = np.isfinite(predictions).all(axis=1)
    return HeadScore(
        accuracy=float(np.mean(sound & (ahead == 0))),
        top3=float(np.mean(sound & (ahead < 3))),
        cross_entropy=_cross_entropy(predictions, own) if sound.all() else math.nan,
    )


def _cross_entropy(predictions: Predictions, own: Predictions) -> float:
    sums = predictions.sum(axis=1, dtype=np.float64)
    if (predictions < 0).any() or (np.abs(sums - 1) > _SUM_TOLERANCE).any():
        return math.nan
    return float(-np.mean(np.log(np.maximum(own, _SMALLEST))))


def confusion_matrix(predictions: Predictions, labels: Labels) -> npt.NDArray[np.int64]:
    """Counts `[classes, classes]`: a row is what the images are, a column what they are taken for.

    Images without a single likeliest class, or with a prediction that is not finite, are in no
    column.
    """
    classes = predictions.shape[1]
    counts = np.zeros((classes, classes), np.int64)
    highest = predictions.max(axis=1, keepdims=True)
    sure = np.isfinite(predictions).all(axis=1) & ((predictions == highest).sum(axis=1) == 1)
    np.add.at(counts, (labels[sure], predictions[sure].argmax(axis=1)), 1)
    return counts


def score_classes(counts: npt.NDArray[np.int64], labels: Labels) -> list[ClassScore]:
    """Scores each class of a confusion matrix of images with these labels."""
    images = np.bincount(labels, minlength=len(counts))
    hits, taken = np.diag(counts), counts.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision, recall = hits / taken, hits / images
        f1 = 2 * hits / (images + taken)
    columns = zip(images, precision, recall, f1, strict=True)
    return [ClassScore(int(n), float(p), float(r), float(f)) for n, p, r, f in columns]
