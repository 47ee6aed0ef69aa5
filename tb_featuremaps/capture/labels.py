"""The true classes of the probes, as names."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

# How many names a message lists.
_SHOWN = 8


def label_names(labels: Any, class_names: Any, probes: int) -> list[str]:
    """Returns one name per probe; none if `labels` is None.

    Args:
        labels: class indices or names, `[n]` or `[n, 1]` as `keras.datasets` gives them: a list,
            a numpy array or a tensor.
        class_names: the classes' names in the order of the indices, or None. An index without
            names is shown as a number.
        probes: n.

    Raises:
        ValueError: labels of another length or shape (one-hot ones too), or an index without name.
    """
    if labels is None:
        return []
    names = class_name_list(class_names)
    flat = _flat(_values(labels))
    if len(flat) != probes:
        raise ValueError(
            f"Expected `labels` for each of the {probes} probes. Received: {len(flat)} labels."
        )
    return [_name(label, names) for label in flat]


def why_unknown(labels: list[str], class_names: list[str]) -> str | None:
    """A sentence on labels whose names several classes share; None if there are none."""
    shared = sorted({label for label in labels if class_names.count(label) > 1})
    if not shared:
        return None
    return (
        f"`class_names` holds {', '.join(map(repr, shared[:_SHOWN]))} more than once, so that it "
        "isn't known which class the probes with such a label are. Make the names unique."
    )


def class_name_list(class_names: Any) -> list[str]:
    """Names of classes as a list of `str`, from a list, a numpy array, or None for none.

    Raises:
        ValueError: it is a single text, or nothing that holds several.
    """
    if class_names is None:
        return []
    if isinstance(class_names, (str, bytes)) or not isinstance(class_names, Iterable):
        raise ValueError(
            'Expected `class_names` to be a list of names, such as ["cat", "dog"]. '
            f"Received: {class_names!r}."
        )
    return [_text(name) for name in _values(class_names)]


def _values(values: Any) -> list[Any]:
    if isinstance(values, (str, bytes)):
        return [values]
    return [_value(value) for value in values]


def _value(value: Any) -> Any:
    if isinstance(value, (str, bytes)):
        return value
    array = np.asarray(value)
    return array if array.ndim else array.item()


def _flat(labels: Sequence[Any]) -> list[Any]:
    shapes = {label.shape for label in labels if isinstance(label, np.ndarray)}
    if not shapes:
        return list(labels)
    if shapes != {(1,)}:
        raise ValueError(
            "Expected `labels` to be class indices or names, [n] or [n, 1]. Received: labels of "
            f"shape {(len(labels), *max(shapes))}. For one-hot labels give `labels.argmax(-1)`."
        )
    return [label.item() if isinstance(label, np.ndarray) else label for label in labels]


def _name(label: Any, names: list[str]) -> str:
    if isinstance(label, (str, bytes)):
        text = _text(label)
        if names and text not in names:
            raise ValueError(
                f"Expected `labels` to be among the {len(names)} class names. Received: {text!r}."
            )
        return text
    whole = isinstance(label, int) or (isinstance(label, float) and label.is_integer())
    if isinstance(label, bool) or not whole:
        raise ValueError(f"Expected `labels` to be class indices or names. Received: {label!r}.")
    if not names and label >= 0:
        return str(int(label))
    if not 0 <= label < len(names):
        within = f"within the {len(names)} class names" if names else "to be 0 or more"
        raise ValueError(f"Expected `labels` {within}. Received: {int(label)}.")
    return names[int(label)]


def _text(name: Any) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
