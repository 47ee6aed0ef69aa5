"""Resolves the `layers` argument to layers of the model."""

import dataclasses
import difflib
import fnmatch
import re
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import keras

from tb_featuremaps.capture.automatic import automatic_layers
from tb_featuremaps.capture.keras_graph import operations
from tb_featuremaps.capture.model_layers import NamedLayer, named_layers

AUTOMATIC_LIMIT = 16

LayerSpecification: TypeAlias = (
    str
    | re.Pattern[str]
    | keras.layers.Layer
    | Callable[[keras.layers.Layer], bool]
    | Iterable["LayerSpecification"]
)


@dataclasses.dataclass(frozen=True)
class Selection:
    """Attributes:
    layers: what is selected, in the model's order, each once.
    thinned_from: of how many layers "auto" took these; None if it took all that it found.
    """

    layers: list[NamedLayer]
    thinned_from: int | None = None


def select_layers(model: keras.Model, specification: LayerSpecification) -> Selection:
    """Selects layers of a model; its inputs are never among them.

    Args:
        model: a built model.
        specification: "auto", a name, a glob (`"inception_??"`), a compiled regular expression
            (matched anywhere in the name), a layer, a predicate over layers, or several of those:
            a list, a numpy array, a generator.

    Raises:
        ValueError: a part of the specification selects nothing; near names are listed.
        TypeError: a part is none of these kinds.
    """
    everything = named_layers(model)
    parts = _parts(specification)
    if not parts:
        raise ValueError('Expected `layers` to select layers, for example "auto". Received: none.')
    chosen: dict[int, NamedLayer] = {}
    thinned_from: int | None = None
    for part in parts:
        if isinstance(part, str) and part == "auto" and not _by_name(everything, part):
            found, of = automatic_layers(model, AUTOMATIC_LIMIT)
            thinned_from = of if of > len(found) else thinned_from
        else:
            found = _select(model, everything, part)
        chosen |= {id(named.layer): named for named in found}
    return Selection(_in_order(model, everything, chosen), thinned_from)


def _parts(specification: Any) -> list[Any]:
    single = isinstance(specification, (str, re.Pattern, keras.layers.Layer))
    if single or not isinstance(specification, Iterable):
        return [specification]
    return [str(part) if isinstance(part, str) else part for part in specification]


def _in_order(
    model: keras.Model, everything: list[NamedLayer], chosen: dict[int, NamedLayer]
) -> list[NamedLayer]:
    """In the order of `everything`; operations, which aren't in it, where the model has them."""
    if all(isinstance(named.layer, keras.layers.Layer) for named in chosen.values()):
        order = {id(named.layer): place for place, named in enumerate(everything)}
    else:
        order = {id(layer): place for place, layer in enumerate(_with_operations(model))}
    return sorted(chosen.values(), key=lambda named: order.get(id(named.layer), len(order)))


def _with_operations(model: keras.Model) -> Iterable[keras.Operation]:
    for operation in getattr(model, "operations", None) or model.layers:
        yield operation
        if isinstance(operation, keras.Model):
            yield from _with_operations(operation)
        elif isinstance(operation, keras.layers.Layer):
            yield from (named.layer for named in named_layers(operation))


def _select(model: keras.Model, everything: list[NamedLayer], part: Any) -> list[NamedLayer]:
    if isinstance(part, str):
        found = _by_name(everything, part) or _by_name(_named_operations(model), part)
        found = found or [n for n in everything if fnmatch.fnmatchcase(n.name, part)]
    elif isinstance(part, re.Pattern):
        found = [named for named in everything if part.search(named.name)]
    elif isinstance(part, keras.layers.InputLayer):
        return []
    elif isinstance(part, keras.Operation):
        found = [n for n in (*everything, *_named_operations(model)) if n.layer is part]
    elif callable(part):
        found = [named for named in everything if _is_wanted(part, named.layer)]
    else:
        raise TypeError(
            'Expected `layers` to be "auto", a name, a glob, a regular expression, a layer, a '
            f"predicate, or a list of those. Received: {part!r} of type {type(part).__name__}."
        )
    if not found:
        raise ValueError(_nothing_found(everything, part))
    return found


def _is_wanted(predicate: Callable[[Any], bool], layer: Any) -> bool:
    try:
        return bool(predicate(layer))
    except Exception as error:
        raise ValueError(
            f"Expected `layers` to be a predicate over layers. Received: {predicate!r}, which "
            f"raised {type(error).__name__} on layer {layer.name!r}: {error}."
        ) from error


def _by_name(layers: list[NamedLayer], name: str) -> list[NamedLayer]:
    return [named for named in layers if named.name == name]


def _named_operations(model: keras.Model) -> list[NamedLayer]:
    return [NamedLayer(operation.name, operation) for operation in operations(model)]


def _nothing_found(everything: list[NamedLayer], part: Any) -> str:
    names = [named.name for named in everything]
    if isinstance(part, str):
        near = difflib.get_close_matches(part, names, n=5, cutoff=0.4) or names[:5]
        return (
            f"Expected `layers` to match a layer of the model. Received: {part!r}, which matches "
            f"none. Near matches: {', '.join(near)}."
        )
    described = "a layer that" if isinstance(part, keras.Operation) else "a rule that"
    shown = getattr(part, "name", None) or getattr(part, "pattern", None) or repr(part)
    return (
        f"Expected `layers` to match a layer of the model. Received: {shown}, {described} selects "
        f"none of the model's {len(names)} layers ({', '.join(names[:5])}, …). "
        "Name the layers to capture."
    )
