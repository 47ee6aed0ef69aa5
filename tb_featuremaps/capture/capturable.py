"""What can be captured of what layers return, and why not the rest."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import keras

from tb_featuremaps.capture.data_formats import data_formats
from tb_featuremaps.capture.model_layers import NamedLayer
from tb_featuremaps.capture.recording import LayerCall, Recording

# A layer that is called more often in one pass is the step of a loop rather than shared.
MOST_CALLS = 64

_RANKS = (2, 3, 4, 5)


@dataclasses.dataclass(frozen=True)
class SkippedLayer:
    """A layer, or one of its outputs, that can't be captured.

    Attributes:
        name: as `LayerOutput.name`.
        reason: completes "it can't be captured: …".
    """

    name: str
    reason: str


@dataclasses.dataclass(frozen=True)
class LayerOutput:
    """One tensor that a layer returned.

    Attributes:
        name: the layer's; a layer called more than once has a call index (`conv#1`), one that
            returns several tensors the tensor's index (`lstm:1`).
        layer: the layer.
        tensor: what it returned.
        data_format: "channels_last" or "channels_first".
        call: which of the layer's calls in the pass returned it, from 0.
        index: which of the tensors that this call returned it is, from 0.
    """

    name: str
    layer: keras.Operation
    tensor: Any
    data_format: str
    call: int
    index: int


def capturable_outputs(
    layers: Sequence[NamedLayer], recording: Recording, place: Any, probes: int
) -> tuple[list[LayerOutput], list[SkippedLayer]]:
    """Sorts what the layers returned into what can be captured and what can't.

    Args:
        layers: the layers that are wanted.
        recording: the calls of one pass, of these layers and of those around them.
        place: where the pass itself was traced, as `LayerCall.place`.
        probes: how many probes the model was called on.
    """
    formats = data_formats(recording.calls)
    calls: dict[int, list[tuple[LayerCall, str]]] = {}
    for call, data_format in zip(recording.calls, formats, strict=True):
        calls.setdefault(id(call.layer), []).append((call, data_format))
    outputs: list[LayerOutput] = []
    skipped: list[SkippedLayer] = []
    for named in layers:
        own = calls.get(id(named.layer), [])
        here = [pair for pair in own if pair[0].place == place]
        reason = _why_no_call(named, recording, own, here)
        if reason:
            skipped.append(SkippedLayer(named.name, reason))
            continue
        for output in _named_outputs(named, here):
            reason = why_not(output.tensor, probes)
            if reason:
                skipped.append(SkippedLayer(output.name, reason))
            else:
                outputs.append(output)
    return outputs, skipped


def _why_no_call(
    named: NamedLayer, recording: Recording, own: Sequence[Any], here: Sequence[Any]
) -> str | None:
    if id(named.layer) in recording.unwatched:
        return recording.unwatched[id(named.layer)]
    if not own:
        return "the model never called it for the probes (a layer around it may call its parts)"
    if len(here) < len(own):  # Keras calls a cell once before its loop too
        return "it runs inside a loop or a function of its own, as a recurrent layer's cell does"
    if len(here) > MOST_CALLS:
        return f"it was called {len(here)} times in one pass; the limit is {MOST_CALLS}"
    return None


def _named_outputs(
    named: NamedLayer, calls: Sequence[tuple[LayerCall, str]]
) -> Iterator[LayerOutput]:
    for call_index, (call, data_format) in enumerate(calls):
        called = f"{named.name}#{call_index}" if len(calls) > 1 else named.name
        several = len(call.outputs) > 1
        for index, tensor in enumerate(call.outputs):
            if tensor is None and several:
                continue  # an optional output that wasn't asked for
            full = f"{called}:{index}" if several else called
            yield LayerOutput(full, named.layer, tensor, data_format, call_index, index)


def why_not(tensor: Any, probes: int) -> str | None:
    """Why a returned value can't be shown as maps of each probe; None if it can.

    Args:
        tensor: anything that a layer returned.
        probes: the length that its first axis must have.
    """
    kind = type(tensor).__name__
    if any(word in kind for word in ("Ragged", "Sparse", "IndexedSlices", "BCOO")):
        return f"it returns a {kind}, not a dense tensor"
    if not keras.ops.is_tensor(tensor):
        return f"it returns a value of type {kind}, not a tensor"
    return _why_not_dtype(tensor) or _why_not_shape(tensor, probes)


def _why_not_dtype(tensor: Any) -> str | None:
    dtype = getattr(tensor.dtype, "name", str(tensor.dtype)).removeprefix("torch.")
    if dtype.startswith(("float", "bfloat", "int", "uint", "bool")):
        return None
    return f"its values are of dtype {dtype}, not real numbers"


def _why_not_shape(tensor: Any, probes: int) -> str | None:
    try:
        shape = tuple(tensor.shape)
    except ValueError:
        return "the rank of its output isn't known before it runs"
    if None in shape:
        return f"its shape {shape} isn't known before it runs"
    if len(shape) not in _RANKS:
        return f"its output has rank {len(shape)} (shape {shape}); ranks 2 to 5 can be shown"
    if 0 in shape:
        return f"its output is empty (shape {shape})"
    if shape[0] != probes:
        return f"the first axis of its output (shape {shape}) isn't that of the {probes} probes"
    return None
