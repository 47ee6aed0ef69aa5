"""Records what layers return while a model is called.

`layer(x)` looks `__call__` up on the layer's class, so while a model is called each watched layer
has a class of its own, made from its class, whose `__call__` notes what it returned. Keras's
classes, and all other layers, stay as they are.
"""

import collections
import dataclasses
import itertools
import threading
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias, TypeVar

import keras

_Result = TypeVar("_Result")
Replace: TypeAlias = Callable[[keras.Operation, list[Any], Any], list[Any]]

# A layer's class can be changed by one recording at a time.
_RECORDING = threading.RLock()


@dataclasses.dataclass(frozen=True)
class LayerCall:
    """One call of a watched layer.

    Attributes:
        layer: the layer or operation that was called.
        inputs: everything that it was given, flat.
        outputs: everything that it returned, flat.
        place: what `where` returned then.
    """

    layer: keras.Operation
    inputs: list[Any]
    outputs: list[Any]
    place: Any


@dataclasses.dataclass(frozen=True)
class Recording:
    """Attributes:
    calls: the calls of watched layers by the recording thread, in the order in which they ended.
    unwatched: for layers that can't be watched, the reason, by `id(layer)`.
    """

    calls: list[LayerCall]
    unwatched: dict[int, str]


class _Plain:
    """What a class is made from before its true base is set, so that no hook of the base runs."""


class _Recorder:
    """Changes the classes of layers and changes them back."""

    def __init__(self, where: Callable[[], Any], replace: Replace | None) -> None:
        self.recording = Recording([], {})
        self._where = where
        self._replace = replace
        self._thread = threading.get_ident()
        self._layers: list[keras.Operation] = []
        self._classes: list[type] = []
        self._made: dict[type, type | str] = {}

    def watch(self, layer: keras.Operation) -> None:
        own = type(layer)
        if own not in self._made:
            self._made[own] = self._recording_class(own)
        made = self._made[own]
        if isinstance(made, str):
            self.recording.unwatched[id(layer)] = made
            return
        self._layers.append(layer)
        self._classes.append(own)
        try:
            object.__setattr__(layer, "__class__", made)
        except TypeError as error:
            self.recording.unwatched[id(layer)] = f"its class {own.__name__} is fixed ({error})"

    def taken(self) -> Recording:
        """Hands the recording over; the made classes, which are cyclic, keep nothing of it."""
        taken, self.recording = self.recording, Recording([], {})
        return taken

    def restore(self) -> None:
        """Gives all layers their classes back; may be run again."""
        # One call of C code: no KeyboardInterrupt can come between two layers.
        collections.deque(
            map(object.__setattr__, self._layers, itertools.repeat("__class__"), self._classes),
            maxlen=0,
        )

    def _recording_class(self, own: type) -> type | str:
        recorder = self

        def __call__(self: Any, *args: Any, **kwargs: Any) -> Any:
            return recorder._note(self, (args, kwargs), own.__call__(self, *args, **kwargs))

        space = {"__call__": __call__, "__module__": own.__module__, "__doc__": own.__doc__}
        try:
            made = type(own)(own.__name__, (_Plain,), {**space, "__qualname__": own.__qualname__})
            made.__bases__ = (own,)
        except Exception as error:
            return f"its class {own.__name__} can't be extended ({error})"
        return made

    def _note(self, layer: keras.Operation, given: Any, outputs: Any) -> Any:
        """Notes a call; returns what the caller gets."""
        if threading.get_ident() != self._thread:
            return outputs
        place, flat = self._where(), keras.tree.flatten(outputs)
        if self._replace is not None:
            flat = self._replace(layer, flat, place)
            outputs = keras.tree.pack_sequence_as(outputs, flat)
        self.recording.calls.append(LayerCall(layer, keras.tree.flatten(given), flat, place))
        return outputs


def record_calls(
    layers: Iterable[keras.Operation],
    function: Callable[[], _Result],
    where: Callable[[], Any] = lambda: None,
    replace: Replace | None = None,
) -> tuple[_Result, Recording]:
    """Runs `function` and records the calls that this thread makes of `layers` meanwhile.

    Args:
        layers: what is watched.
        function: calls the model.
        where: tells the place of a call, such as the graph that is being traced.
        replace: given a layer, what it returned (flat) and the place, returns what it is to return.

    Returns:
        What `function` returned, and the recording. However it ends, all classes are as they were.
    """
    recorder = _Recorder(where, replace)
    with _RECORDING:
        try:
            try:
                for layer in {id(layer): layer for layer in layers}.values():
                    recorder.watch(layer)
                result = function()
            finally:
                recorder.restore()
        finally:
            recorder.restore()
    return result, recorder.taken()
