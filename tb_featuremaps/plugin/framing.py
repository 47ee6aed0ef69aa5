"""Binary answers: a JSON header and arrays behind it; see docs/routes.md."""

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

MIME_TYPE = "application/octet-stream"
_MAGIC = b"TBFM"
_ALIGNMENT = 8
# What the page has typed arrays for.
_TYPES = {"f8": "<f8", "f4": "<f4", "i4": "<i4"}


def pack(header: dict[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """Returns a binary answer.

    Args:
        header: what JSON can hold; `arrays` is added to it.
        arrays: float64, float32 or int32, in the order in which they are to follow.
    """
    described, parts = [], []
    for name, array in arrays.items():
        dtype = _TYPES[array.dtype.str[1:]]
        described.append({"name": name, "dtype": dtype, "shape": list(array.shape)})
        content = np.ascontiguousarray(array, dtype).tobytes()
        parts += [content, b"\0" * (-len(content) % _ALIGNMENT)]
    head = json.dumps({**header, "arrays": described}, allow_nan=False).encode()
    head += b" " * (-(len(_MAGIC) + 4 + len(head)) % _ALIGNMENT)
    return b"".join([_MAGIC, struct.pack("<I", len(head)), head, *parts])
