"""One description of a model's outputs, which feature maps and loss terms share."""

import dataclasses
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import keras
import numpy as np

from tb_featuremaps.capture import keras_internals
from tb_featuremaps.capture.keras_internals import CompiledTerm, Path


@dataclasses.dataclass(frozen=True)
class Output:
    """One output of a model.

    Attributes:
        path: keys and indices that lead to it in what the model returns; empty if it is all.
        name: unique in the model: its key if it has one, else its layer's name.
        layer: the layer that makes it; None where the model has no graph that says.
        is_main: whether it is the main output. An output that is not, and has a loss, is an
            auxiliary head.
        has_loss: whether the model was compiled with a loss for it.
        weight: the loss weight now; 1 where `compile` was given none, 0 without a loss.
    """

    path: Path
    name: str
    layer: str | None
    is_main: bool
    has_loss: bool
    weight: float


def describe_outputs(model: keras.Model, predictions: Any, main: str | None = None) -> list[Output]:
    """Describes what a model returns, in the order in which Keras flattens it.

    Args:
        model: a compiled model.
        predictions: what it returned, or anything of that structure.
        main: name, key or layer of the main output. By default the one named "main"; else among
            those with a loss and a name that does not begin with "aux", the one with the largest
            loss weight; of equals the first.

    Raises:
        ValueError: the model has no output of the name `main`.
    """
    # Keras flattens dicts by their sorted keys.
    paths = [path for path, leaf in _leaves(predictions, sorted) if leaf is not None]
    declared = [path for path, leaf in _leaves(predictions) if leaf is not None]
    layers = _layer_names(model, len(paths))
    names = _names(model, paths, layers)
    weights = _weights(model, paths, layers, names)
    outputs = [
        Output(path, name, layer, False, weight is not None, weight or 0.0)
        for path, name, layer, weight in zip(paths, names, layers, weights, strict=True)
    ]
    chosen = _main_output(sorted(outputs, key=lambda output: declared.index(output.path)), main)
    return [dataclasses.replace(output, is_main=output is chosen) for output in outputs]


def output_names(model: keras.Model) -> list[str]:
    """The names of the outputs, in flattened order; none where the model does not say."""
    return [output.name for output in _predicted_outputs(model)]


def main_output_index(model: keras.Model) -> int:
    """Index of the main output among `model.outputs`; 0 where it can't be told."""
    outputs = _predicted_outputs(model)
    return next((index for index, output in enumerate(outputs) if output.is_main), 0)


def _predicted_outputs(model: keras.Model) -> list[Output]:
    structure = predicted_structure(model)
    return describe_outputs(model, structure) if structure is not None else []


def check_main(model: keras.Model, main: str | None) -> None:
    """Checks before training that `main` names an output, where the model says what it has.

    Raises:
        ValueError: naming the outputs that there are.
    """
    structure = predicted_structure(model)
    if main is not None and structure is not None:
        describe_outputs(model, structure, main)


def predicted_structure(model: keras.Model) -> Any:
    """The structure of what a functional or sequential model returns; None if it does not say."""
    if not getattr(model, "outputs", None):
        return None
    try:
        # A sequential model has no `input` before it is called as a layer.
        given = model.inputs[0] if isinstance(model, keras.Sequential) else model.input
        inputs = keras.tree.map_structure(
            lambda tensor: keras.KerasTensor(tensor.shape, tensor.dtype), given
        )
        return model.compute_output_spec(inputs)
    except Exception:
        return list(model.outputs)


def output_of(term: CompiledTerm, outputs: list[Output]) -> Output | None:
    """The output that a compiled loss is of; None if it can't be told.

    Keras names an output of a list by its index, or by its name where the losses are a dict.
    """
    exact = next((output for output in outputs if output.path == term.path), None)
    if exact is not None or not term.path:
        return exact or (outputs[0] if len(outputs) == 1 else None)
    return next((o for o in outputs if term.path[-1] in (o.name, o.layer)), None)


def _layer_names(model: keras.Model, count: int) -> list[str | None]:
    """The layers that make the outputs, in flattened order."""
    names = getattr(model, "output_names", None)
    if names and len(names) == count:
        return list(names)
    if isinstance(model, keras.Sequential) and count == 1 and model.layers:
        return [model.layers[-1].name]
    return [None] * count


def _names(model: keras.Model, paths: list[Path], layers: list[str | None]) -> list[str]:
    names: list[str] = []
    for index, (path, layer) in enumerate(zip(paths, layers, strict=True)):
        keyed = any(isinstance(part, str) for part in path)
        if keyed:
            name = "/".join(str(part) for part in path)
        else:
            name = layer or ("main" if len(paths) == 1 else f"output_{index}")
        names.append(name)
    # A head that is called twice gives two outputs of one layer.
    return [
        f"{name}#{names[:index].count(name)}" if names.count(name) > 1 else name
        for index, name in enumerate(names)
    ]


def _weights(
    model: keras.Model, paths: list[Path], layers: list[str | None], names: list[str]
) -> list[float | None]:
    """The loss weight of each output; None for one without a loss."""
    if keras_internals.compiled_loss(model) is None:
        # A train step of the user's own: which outputs it has a loss for can't be known.
        return [1.0] * len(paths)
    terms = keras_internals.compiled_terms(model) or _terms_as_given(model, paths)
    bare = [
        Output(path, name, layer, False, True, 1.0)
        for path, name, layer in zip(paths, names, layers, strict=True)
    ]
    weights: dict[Path, float] = {}
    for term in terms:
        output = output_of(term, bare)
        if output is not None:
            weights.setdefault(output.path, _number(term.weight))
    return [weights.get(path) for path in paths]


def _terms_as_given(model: keras.Model, paths: list[Path]) -> list[CompiledTerm]:
    """Losses and weights as `compile` was given them, before Keras has resolved them."""
    losses = model.loss
    weights = dict(_leaves(keras_internals.given_loss_weights(model)))
    if losses is None:
        return []
    given = dict(_leaves(losses))
    if list(given) == [()]:
        return [CompiledTerm(path, "", weights.get(path, weights.get(()))) for path in paths]
    return [
        CompiledTerm(path, "", weights.get(path))
        for path, loss in given.items()
        if loss is not None
    ]


def _leaves(
    structure: Any, order: Callable[[Iterable[Any]], Iterable[Any]] = list, before: Path = ()
) -> Iterator[tuple[Path, Any]]:
    """The leaves of a structure with the keys and indices that lead to them."""
    if isinstance(structure, Mapping):
        for key in order(structure):
            yield from _leaves(structure[key], order, (*before, key))
    elif isinstance(structure, (list, tuple)):
        for index, part in enumerate(structure):
            yield from _leaves(part, order, (*before, index))
    else:
        yield before, structure


def _number(weight: Any) -> float:
    if weight is None:
        return 1.0
    value = float(np.asarray(keras.ops.convert_to_numpy(weight)))
    return value if math.isfinite(value) else 0.0


def _main_output(outputs: list[Output], main: str | None) -> Output | None:
    if main is not None:
        for output in outputs:
            if main in _names_of(output):
                return output
        raise ValueError(
            f"Expected `main` to name an output, one of {[output.name for output in outputs]}. "
            f"Received: {main!r}."
        )
    return max(outputs, key=_preference, default=None)  # of equals the first


def _preference(output: Output) -> tuple[bool, bool, bool, float]:
    names = _names_of(output)
    auxiliary = any(name.lower().startswith("aux") for name in names)
    return output.has_loss, "main" in names, not auxiliary, output.weight


def _names_of(output: Output) -> set[str]:
    return {output.name, output.layer or output.name, *map(str, output.path[-1:])}
