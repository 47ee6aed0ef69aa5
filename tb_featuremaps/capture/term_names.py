"""What the terms of a compiled loss are called."""

from typing import Any

import keras

from tb_featuremaps.capture.keras_internals import CompiledTerm
from tb_featuremaps.capture.outputs import describe_outputs, output_of


def term_names(
    model: keras.Model, predictions: Any, terms: list[CompiledTerm], main: str | None
) -> tuple[list[str], str | None]:
    """The names of the outputs that the terms are of, and which of them is the main one.

    Args:
        model: a compiled model.
        predictions: the structure of what it returns.
        terms: the losses that it was compiled with.
        main: as for `describe_outputs`.
    """
    outputs = describe_outputs(model, predictions, main) if terms else []
    found = [output_of(term, outputs) for term in terms]
    names = [
        output.name if output is not None else term.name
        for term, output in zip(terms, found, strict=True)
    ]
    # Several losses of one output.
    unique = [
        f"{name}#{names[:index].count(name)}" if names.count(name) > 1 else name
        for index, name in enumerate(names)
    ]
    mains = [
        name
        for name, output in zip(unique, found, strict=True)
        if output is not None and output.is_main
    ]
    return unique, mains[0] if mains else None
