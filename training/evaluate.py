"""Tests a trained model: accuracy of each head, a table of the classes, confusion matrices.

python -m training.evaluate --checkpoint logs/run1/model.keras --dataset photos

The auxiliary heads serve training only: the table also has the model without them, whose
predictions are the same, and all heads together, each with its weight in the loss. Options that
are not given are those of the run that the checkpoint lies in.
"""

import argparse
import dataclasses
import json
import math
import pathlib
import sys
from collections.abc import Mapping

import keras
import numpy as np

from tb_featuremaps.capture.outputs import main_output_index, output_names
from tb_featuremaps.command_line import run_command
from training import checkpoint
from training.confusion_picture import draw_confusion
from training.data.images import DataError, LabelledImages
from training.data.matching import load_for
from training.metrics import (
    ClassScore,
    HeadScore,
    Predictions,
    confusion_matrix,
    score_classes,
    score_head,
)
from training.models.googlenet import AUXILIARY_WEIGHT
from training.models.heads import MAIN, inference_model, loss_weights
from training.options import add_data_options, parse_beside_run, positive, rate

ALONE = "main, auxiliary heads removed"
TOGETHER = "all heads together"
_ERRORS = (checkpoint.CheckpointError, DataError)


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """What a model is worth on the validation images of a data set.

    Attributes:
        parameters: of the whole model.
        parameters_alone: without its auxiliary heads.
        heads: by name; with auxiliary heads also `ALONE` and `TOGETHER`.
        classes: by name, of the main head.
        confusion: the main head's counts; a row is what the images are.
    """

    parameters: int
    parameters_alone: int
    heads: dict[str, HeadScore]
    classes: dict[str, ClassScore]
    confusion: list[list[int]]


class EvaluationError(ValueError):
    """The model can't be applied to the images."""


def main(arguments: list[str] | None = None) -> int:
    """Evaluates as the command line says; returns the exit status."""
    return run_command(lambda: _evaluate(arguments), EvaluationError, *_ERRORS)


def _evaluate(arguments: list[str] | None) -> int:
    options = _parse(arguments)
    model = checkpoint.load(options.checkpoint)
    data = load_for(model, options)
    predictions = predict(model, data, options.batch_size, options.aux_weight)
    found = evaluate(model, predictions, data)
    print(report(model.name, found, data, options.dataset))
    out = options.out or options.checkpoint.parent / "evaluation"
    _write(out, found, predictions, data)
    print(f"\nWrote the confusion matrices and evaluation.json to {out}")
    return 0


def predict(
    model: keras.Model,
    data: LabelledImages,
    batch_size: int = 64,
    auxiliary_weight: float = AUXILIARY_WEIGHT,
) -> dict[str, Predictions]:
    """Predictions `[n, classes]` for the validation images, by head, the main one first.

    With auxiliary heads also those of `ALONE` and `TOGETHER`.

    Raises:
        EvaluationError: the model fails on the images.
    """
    how = {"batch_size": batch_size, "verbose": "auto" if sys.stdout.isatty() else 0}
    try:
        given = keras.tree.flatten(model.predict(data.validation_images, **how))
    except Exception as error:  # a model of the user's own may fail in any way
        raise EvaluationError(
            f"{model.name} fails on images of {data.validation_images.shape[1:]}: {error}"
        ) from error
    by_name = dict(zip(output_names(model), given, strict=True))
    first = output_names(model)[main_output_index(model)]
    heads = {first: by_name.pop(first), **by_name}
    if len(heads) == 1 or first != MAIN:
        return heads
    alone = inference_model(model).predict(data.validation_images, **how)
    weights = loss_weights(tuple(heads), auxiliary_weight)
    together = sum(weights[name] * predicted for name, predicted in heads.items()) / sum(
        weights.values()
    )
    return {**heads, ALONE: np.asarray(alone), TOGETHER: together}


def evaluate(
    model: keras.Model, predictions: Mapping[str, Predictions], data: LabelledImages
) -> Evaluation:
    """Scores predictions (see `predict`)."""
    first = next(iter(predictions))
    confusion = confusion_matrix(predictions[first], data.validation_labels)
    classes = score_classes(confusion, data.validation_labels)
    alone = inference_model(model) if ALONE in predictions else model
    return Evaluation(
        parameters=model.count_params(),
        parameters_alone=alone.count_params(),
        heads={
            name: score_head(predicted, data.validation_labels)
            for name, predicted in predictions.items()
        },
        classes=dict(zip(data.class_names, classes, strict=True)),
        confusion=confusion.tolist(),
    )


def report(name: str, found: Evaluation, data: LabelledImages, dataset: str) -> str:
    """The tables, for a terminal."""
    lines = [
        f"{name}, {found.parameters:,} parameters"
        f" ({found.parameters_alone:,} without auxiliary heads),"
        f" on {len(data.validation_labels):,} validation images of {dataset}",
        "",
        f"{'head':<32}{'accuracy':>10}{'top 3':>10}{'cross-entropy':>16}",
    ]
    lines += [
        f"{head:<32}{score.accuracy:>10.2%}{score.top3:>10.2%}{score.cross_entropy:>16.4f}"
        for head, score in found.heads.items()
    ]
    lines += [
        "",
        f"{'class':<16}{'images':>8}{'precision':>11}{'recall':>9}{'F1':>9}  mostly taken for",
    ]
    for row, (label, score) in enumerate(found.classes.items()):
        mistaken = _mistaken(found.confusion[row], row, data.class_names)
        lines.append(
            f"{label:<16}{score.images:>8,}{score.precision:>11.2%}{score.recall:>9.2%}{score.f1:>9.2%}"
            f"  {mistaken}"
        )
    unsure = [head for head, score in found.heads.items() if math.isnan(score.cross_entropy)]
    if unsure:
        lines += ["", f"No cross-entropy of {', '.join(unsure)}: its outputs are no probabilities."]
    return "\n".join(lines)


def _mistaken(counts: list[int], own: int, class_names: tuple[str, ...]) -> str:
    others = {index: count for index, count in enumerate(counts) if index != own}
    worst = max(others, key=lambda index: others[index], default=own)
    return f"{class_names[worst]} ({counts[worst]})" if others.get(worst) else "–"


def _write(
    folder: pathlib.Path,
    found: Evaluation,
    predictions: Mapping[str, Predictions],
    data: LabelledImages,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # What is not a number becomes null: JSON has no NaN.
    plain = json.loads(json.dumps(dataclasses.asdict(found)), parse_constant=lambda _: None)
    text = json.dumps(plain, indent=2, allow_nan=False)
    (folder / "evaluation.json").write_text(f"{text}\n")
    for head, predicted in predictions.items():
        if head not in (ALONE, TOGETHER):
            counts = confusion_matrix(predicted, data.validation_labels)
            title = f"{head}: {found.heads[head].accuracy:.1%} right"
            draw_confusion(counts, data.class_names, title, folder / f"confusion_{head}.png")


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training.evaluate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--checkpoint", type=pathlib.Path, required=True, help="a .keras file")
    add_data_options(parser)
    parser.add_argument("--batch-size", type=positive, default=64)
    parser.add_argument(
        "--aux-weight",
        type=rate,
        default=AUXILIARY_WEIGHT,
        help="weight of the auxiliary heads where all are taken together",
    )
    parser.add_argument(
        "--out", type=pathlib.Path, help="folder to write to; by default beside the checkpoint"
    )
    return parse_beside_run(parser, arguments, ("dataset", "data_dir", "seed", "aux_weight"))


if __name__ == "__main__":
    sys.exit(main())
