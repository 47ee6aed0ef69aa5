"""A confusion matrix as a picture."""

import pathlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure


def draw_confusion(
    counts: npt.NDArray[np.int64], class_names: Sequence[str], title: str, path: pathlib.Path
) -> None:
    """Writes a PNG: colours are shares of a row, numbers are images.

    Args:
        counts: `[classes, classes]`; a row is what the images are.
        class_names: in the order of the rows.
        title: stands above it.
        path: of the PNG.
    """
    classes = len(class_names)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size = 3 + 0.5 * classes
    figure = Figure(figsize=(size + 1, size), layout="constrained", dpi=120)
    axes = figure.subplots()
    picture = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    figure.colorbar(picture, ax=axes, label="share of the row", shrink=0.8)
    axes.set_xticks(range(classes), class_names, rotation=45, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(classes), class_names)
    axes.set_xlabel("taken for")
    axes.set_ylabel("is")
    axes.set_title(title)
    for row, column in zip(*np.nonzero(counts), strict=True):
        colour = "white" if shares[row, column] > 0.6 else "black"
        text = str(counts[row, column])
        axes.text(column, row, text, ha="center", va="center", color=colour)
    figure.savefig(path)
