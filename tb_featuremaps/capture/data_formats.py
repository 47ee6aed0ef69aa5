"""Which axis of a layer's output holds the channels.

Convolutions and the like say so (`data_format`). What says nothing has the format of the layers
around it, as the recorded calls connect them: an activation after a `channels_first` convolution
is `channels_first`, whatever Keras's global setting is.
"""

from collections.abc import Sequence
from typing import Any

import keras

from tb_featuremaps.capture.keras_graph import sublayers
from tb_featuremaps.capture.recording import LayerCall

FORMATS = ("channels_last", "channels_first")

# After these an axis means something else.
_REARRANGING = (keras.layers.Reshape, keras.layers.Permute, keras.layers.Flatten)

# Their `axis` is the channels' one by custom: believed where nothing else is known.
_WITH_CHANNEL_AXIS = (
    keras.layers.BatchNormalization,
    keras.layers.GroupNormalization,
    keras.layers.LayerNormalization,
    keras.layers.Concatenate,
)

# They work on the last axis in every format.
_ON_LAST_AXIS = (
    keras.layers.Dense,
    keras.layers.EinsumDense,
    keras.layers.Embedding,
    keras.layers.RNN,
    keras.layers.Bidirectional,
    keras.layers.MultiHeadAttention,
    keras.layers.Attention,
    keras.layers.AdditiveAttention,
)


def data_formats(calls: Sequence[LayerCall]) -> list[str]:
    """The data format of what each recorded call returned, in the calls' order."""
    formats = _Formats(calls)
    formats.spread()
    formats.believe_weak_evidence()
    return formats.by_call()


def own_format(operation: keras.Operation) -> str | None:
    """The data format that an operation states."""
    stated = getattr(operation, "data_format", None)
    return stated if stated in FORMATS else None


class _Formats:
    """The formats of the tensors that calls pass on; an unknown one has none.

    The calls hold the tensors, so `id` tells these apart.
    """

    def __init__(self, calls: Sequence[LayerCall]) -> None:
        self._calls = calls
        self._known: dict[int, str] = {}
        self._broken: set[int] = set()
        for call in calls:
            stated = own_format(call.layer)
            if isinstance(call.layer, _REARRANGING):
                self._broken |= {id(tensor) for tensor in call.outputs}
            elif stated:
                self._know([*call.outputs, *call.inputs], stated)

    def spread(self) -> None:
        """Hands formats on to later calls and back to earlier ones until none changes."""
        before = -1
        while before != len(self._known):
            before = len(self._known)
            for call in self._calls:
                self._hand_on(call, call.inputs, call.outputs)
            for call in reversed(self._calls):
                self._hand_on(call, call.outputs, call.inputs)

    def believe_weak_evidence(self) -> None:
        for call in self._calls:
            evidence = _weak_evidence(call)
            for tensor in call.outputs:
                if evidence and id(tensor) not in self._known:
                    self._know([tensor], evidence)
                    self.spread()

    def by_call(self) -> list[str]:
        """The formats; what no evidence reaches has that of the call of the same rank before it."""
        found: list[str | None] = []
        last: dict[int, str] = {}
        for call in self._calls:
            ranks = {_rank(tensor): id(tensor) for tensor in call.outputs}
            rank, key = max(ranks.items()) if ranks else (0, 0)
            known = self._known.get(key)
            if known:
                last[rank] = known
            found.append(known or (None if key in self._broken else last.get(rank)))
        return [known or keras.config.image_data_format() for known in found]

    def _hand_on(self, call: LayerCall, given: list[Any], taking: list[Any]) -> None:
        if isinstance(call.layer, _REARRANGING) or own_format(call.layer) or _is_composite(call):
            return
        for tensor in taking:
            if id(tensor) in self._known or id(tensor) in self._broken:
                continue
            same = (
                self._known.get(id(source)) for source in given if _rank(source) == _rank(tensor)
            )
            known = next(filter(None, same), None)
            if known:
                self._know([tensor], known)

    def _know(self, tensors: list[Any], data_format: str) -> None:
        for tensor in tensors:
            if _rank(tensor) >= 3:
                self._known.setdefault(id(tensor), data_format)


def _is_composite(call: LayerCall) -> bool:
    """Whether the calls inside it tell what it returns."""
    return isinstance(call.layer, keras.layers.Layer) and bool(sublayers(call.layer))


def _rank(tensor: Any) -> int:
    try:
        return len(tensor.shape)
    except (AttributeError, TypeError, ValueError):
        return 0


def _weak_evidence(call: LayerCall) -> str | None:
    if isinstance(call.layer, _ON_LAST_AXIS):
        return "channels_last"
    axis = getattr(call.layer, "axis", None)
    if isinstance(axis, (list, tuple)) and len(axis) == 1:
        axis = axis[0]
    if not isinstance(call.layer, _WITH_CHANNEL_AXIS) or not isinstance(axis, int):
        return None
    rank = max(map(_rank, call.outputs), default=0)
    return {rank - 1: "channels_last", 1: "channels_first"}.get(axis % rank) if rank else None
