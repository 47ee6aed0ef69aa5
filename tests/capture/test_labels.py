from typing import Any

import keras
import numpy as np
import pytest

from tb_featuremaps.capture.labels import class_name_list, label_names

_NAMES = ["cat", "dog", "owl"]


@pytest.mark.parametrize(
    "labels",
    [
        [2, 0],
        (np.int64(2), np.uint8(0)),
        np.array([2, 0]),
        np.array([[2], [0]], np.uint8),
        np.array([[2.0], [0.0]]),
        keras.ops.convert_to_tensor([[2], [0]]),
        ["owl", "cat"],
        [b"owl", b"cat"],
        np.array(["owl", "cat"]),
        np.array([b"owl", b"cat"]),
        np.array([["owl"], ["cat"]], object),
    ],
)
@pytest.mark.parametrize("class_names", [_NAMES, np.array(_NAMES), np.array(_NAMES, object)])
def test_labels_of_every_kind(labels: Any, class_names: Any) -> None:
    assert label_names(labels, class_names, 2) == ["owl", "cat"]


def test_without_class_names_indices_are_shown() -> None:
    assert label_names(np.array([[2], [0]]), None, 2) == ["2", "0"]
    assert label_names(None, _NAMES, 2) == []


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([1], "each of the 2 probes. Received: 1"),
        ("ab", "each of the 2 probes. Received: 1"),
        ([0, 3], "within the 3 class names. Received: 3"),
        ([0, -1], "Received: -1"),
        ([0, 0.5], "Received: 0.5"),
        ([0, float("nan")], "Received: nan"),
        ([0, float("inf")], "Received: inf"),
        ([True, False], "Received: True"),
        (np.eye(3)[:2], r"Received: labels of shape \(2, 3\).*argmax"),
        ([0, None], "Received: None"),
    ],
)
def test_what_is_no_label_is_refused(labels: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        label_names(labels, _NAMES, 2)


@pytest.mark.parametrize("names", ["abc", b"abc", 3])
def test_what_is_no_list_of_names_is_refused(names: Any) -> None:
    with pytest.raises(ValueError, match=f"`class_names`.*Received: {names!r}"):
        class_name_list(names)
