"""Records what chosen layers return while a model is called."""

import contextlib
import dataclasses
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import keras

from tb_featuremaps.capture.model_layers import NamedLayer

# `Layer.__call__` is looked up on the class, so it is the class that is patched while recording.
_PATCH = threading.RLock()


@dataclasses.dataclass(frozen=True)
class RecordedOutput:
    """One tensor that a layer returned.

    `name` is the layer's; a layer called more than once has a call index (`conv#1`), one that
    returns several tensors the tensor's index (`lstm:1`).
    """

    name: str
    layer: keras.layers.Layer
    tensor: Any


@contextlib.contextmanager
def record_outputs(layers: Iterable[NamedLayer]) -> Iterator[list[RecordedOutput]]:
    """Within it, calls of `layers` on this thread are recorded; the list is filled on leaving."""
    names = {id(named.layer): named.name for named in layers}
    calls: list[tuple[keras.layers.Layer, list[Any]]] = []
    recorded: list[RecordedOutput] = []
    thread = threading.get_ident()
    original = keras.layers.Layer.__call__

    def recording_call(layer: keras.layers.Layer, *args: Any, **kwargs: Any) -> Any:
        outputs = original(layer, *args, **kwargs)
        if id(layer) in names and threading.get_ident() == thread:
            calls.append((layer, keras.tree.flatten(outputs)))
        return outputs

    with _PATCH:
        keras.layers.Layer.__call__ = recording_call
        try:
            yield recorded
        finally:
            keras.layers.Layer.__call__ = original
    recorded.extend(_named_calls(names, calls))


def _named_calls(
    names: dict[int, str], calls: list[tuple[keras.layers.Layer, list[Any]]]
) -> Iterator[RecordedOutput]:
    for identity, name in names.items():
        own = [outputs for layer, outputs in calls if id(layer) == identity]
        layer = next((layer for layer, _ in calls if id(layer) == identity), None)
        for call_index, outputs in enumerate(own):
            called = f"{name}#{call_index}" if len(own) > 1 else name
            for index, tensor in enumerate(outputs):
                full = f"{called}:{index}" if len(outputs) > 1 else called
                yield RecordedOutput(full, layer, tensor)
