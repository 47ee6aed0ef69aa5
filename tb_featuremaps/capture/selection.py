"""Resolves the `layers` argument to layers of the model."""

import difflib
import fnmatch
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import keras

from tb_featuremaps.capture.model_layers import NamedLayer, automatic_layers, named_layers

AUTOMATIC_LIMIT = 16

LayerSpecification: TypeAlias = (
    str
    | re.Pattern[str]
    | keras.layers.Layer
    | Callable[[keras.layers.Layer], bool]
    | Sequence["LayerSpecification"]
)


def select_layers(model: keras.Model, specification: LayerSpecification) -> list[NamedLayer]:
    """Returns the layers that a specification selects, in the model's order, each once.

    Args:
        model: a built model.
        specification: "auto", a name, a glob (`"inception_??"`), a compiled regular expression
            (matched anywhere in the name), a layer, a predicate over layers, or a list of those.

    Raises:
        ValueError: a part of the specification selects nothing; near names are listed.
        TypeError: a part is none of these kinds.
    """
    everything = named_layers(model)
    parts = specification if isinstance(specification, (list, tuple, set)) else [specification]
    if not parts:
        raise ValueError('Expected `layers` to select layers, for example "auto". Received: none.')
    chosen: set[str] = set()
    for part in parts:
        chosen |= {named.name for named in _select(model, everything, part)}
    return [named for named in everything if named.name in chosen]


def _select(model: keras.Model, everything: list[NamedLayer], part: Any) -> list[NamedLayer]:
    if isinstance(part, str):
        found = _select_by_name(model, everything, part)
    elif isinstance(part, re.Pattern):
        found = [named for named in everything if part.search(named.name)]
    elif isinstance(part, keras.layers.Layer):
        found = [named for named in everything if named.layer is part]
    elif callable(part):
        found = [named for named in everything if part(named.layer)]
    else:
        raise TypeError(
            'Expected `layers` to be "auto", a name, a glob, a regular expression, a layer, a '
            f"predicate, or a list of those. Received: {part!r} of type {type(part).__name__}."
        )
    if not found:
        raise ValueError(_nothing_found(everything, part))
    return found


def _select_by_name(
    model: keras.Model, everything: list[NamedLayer], name: str
) -> list[NamedLayer]:
    exact = [named for named in everything if named.name == name]
    if exact:
        return exact
    if name == "auto":
        return automatic_layers(model, AUTOMATIC_LIMIT)
    return [named for named in everything if fnmatch.fnmatchcase(named.name, name)]


def _nothing_found(everything: list[NamedLayer], part: Any) -> str:
    names = [named.name for named in everything]
    if isinstance(part, str) and part != "auto":
        near = difflib.get_close_matches(part, names, n=5, cutoff=0.4) or names[:5]
        return (
            f"Expected `layers` to match a layer of the model. Received: {part!r}, which matches "
            f"none. Near matches: {', '.join(near)}."
        )
    described = "a layer that" if isinstance(part, keras.layers.Layer) else "a rule that"
    shown = getattr(part, "name", None) or getattr(part, "pattern", None) or repr(part)
    return (
        f"Expected `layers` to match a layer of the model. Received: {shown}, {described} selects "
        f"none of the model's {len(names)} layers ({', '.join(names[:5])}, …). "
        "Name the layers to capture."
    )
