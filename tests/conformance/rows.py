"""What a row of the table is: a model, its data, a way to train it, and what must be written."""

import dataclasses
import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import keras
import numpy as np

from tb_featuremaps import FeatureMaps, LossTerms

Batch = tuple[Any, ...]
"""Inputs, targets and perhaps sample weights: structures of numpy arrays."""


@dataclasses.dataclass(frozen=True)
class Term:
    """One loss of a model, computed with numpy.

    Attributes:
        name: of the output, as the log must name it.
        loss: from the predictions, the targets and the sample weights of a batch to the loss.
        weight: its loss weight.
        of: from the predictions to those of this output.
        target: from the targets to those of this output.
        is_main: whether the log must call it the main output.
    """

    name: str
    loss: Callable[[Any, Any, Any], float]
    weight: float = 1.0
    of: Callable[[Any], Any] = lambda predictions: predictions
    target: Callable[[Any], Any] = lambda targets: targets
    is_main: bool = True


def arrays(batches: Sequence[Batch]) -> dict[str, Any]:
    """The batches as arguments of `fit`: one array each, not shuffled."""
    joined = [join([batch[part] for batch in batches]) for part in range(len(batches[0]))]
    names = ("x", "y", "sample_weight")
    size = len(keras.tree.flatten(batches[0][0])[0])
    return {**dict(zip(names, joined, strict=False)), "batch_size": size, "shuffle": False}


def join(parts: Sequence[Any]) -> Any:
    """Structures of arrays, one after the other."""
    return keras.tree.map_structure(lambda *leaves: np.concatenate(leaves), *parts)


def plain_fit(
    model: keras.Model, row: "Row", batches: Sequence[Batch], callbacks: list[Any]
) -> Any:
    """What a row's `train` is by default."""
    arguments = {"epochs": 2, "verbose": 0, **row.feed(batches), **row.fit}
    return model.fit(callbacks=callbacks, **arguments)


def no_callbacks(directory: pathlib.Path) -> list[Any]:
    """Nothing beside our callbacks."""
    return []


def both_callbacks(directory: pathlib.Path, probes: Any, layers: list[str]) -> list[Any]:
    """Our callbacks as README shows them, but that the losses come first."""
    return [LossTerms(directory), FeatureMaps(directory, probes, layers=layers)]


@dataclasses.dataclass(frozen=True)
class Row:
    """A row of the table.

    Attributes:
        name: unique in the table.
        make: makes the compiled model; random numbers are seeded before.
        batches: makes the batches of an epoch.
        layers: names of the layers to capture, or a function from the model to them.
        series: which series these layers must give, where they are not the layers' names.
        terms: the losses in numpy; None where they depend on chance, as under dropout.
        penalty: from a model to its penalty in numpy; None where only Keras can tell.
        splits: whether the loss can be split into its terms.
        adds_up: whether the terms explain all of the loss.
        reported: names under which the step returns losses, where it can't be split.
        executes_several: whether one call of the train function runs several steps.
        warns: regular expressions, one for each warning that must be given, and no other.
        feed: from the batches to the arguments of `fit` that hold the data.
        fit: further arguments of `fit`.
        train: how it is trained.
        before, after: makes callbacks that stand before and after ours.
        steps: what counts the steps; the optimizer's iterations where they advance.
        captured: which weights the last capture must show: those that the training ends with, or
            those that the first callback finds when the last epoch ends.
        ours: makes our callbacks from the run directory, the probes and the layers.
        also: a check of its own, from the training without us and our run directory.
        channels_first: series whose maps have their channels first.
        tolerance: relative; of losses, and of activations as a share of their span.
        backends: on which it is run.
        requires: a package without which it is skipped.
        remark: what the table says about it.
    """

    name: str
    make: Callable[[], keras.Model]
    batches: Callable[[], list[Batch]]
    layers: Sequence[str] | Callable[[keras.Model], Sequence[str]]
    series: Sequence[str] | None = None
    terms: Sequence[Term] | None = None
    penalty: Callable[[keras.Model], float] | None = lambda model: 0.0
    splits: bool = True
    adds_up: bool = True
    reported: Sequence[str] = ("loss",)
    executes_several: bool = False
    warns: Sequence[str] = ()
    feed: Callable[[Sequence[Batch]], dict[str, Any]] = arrays
    fit: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    train: Callable[[keras.Model, "Row", Sequence[Batch], list[Any]], Any] = plain_fit
    before: Callable[[pathlib.Path], list[Any]] = no_callbacks
    after: Callable[[pathlib.Path], list[Any]] = no_callbacks
    steps: Literal["iterations", "batches"] = "iterations"
    captured: Literal["at the end", "when the epoch ends"] = "at the end"
    ours: Callable[[pathlib.Path, Any, list[str]], list[Any]] = both_callbacks
    also: Callable[[Any, pathlib.Path], None] = lambda plain, directory: None
    channels_first: Sequence[str] = ()
    tolerance: float = 1e-4
    backends: Sequence[str] = ("tensorflow", "jax")
    requires: str | None = None
    remark: str = ""
