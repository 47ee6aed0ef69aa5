"""Sizes of files as people write them."""

import re

# What mail and chats still take.
DEFAULT_SIZE = 50 * 10**6

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([kmg]?)b?\s*", re.IGNORECASE)


def parse_size(text: str) -> int:
    """Bytes out of a text such as "50MB", "1.5 GB" or "800000".

    Raises:
        ValueError: it is none.
    """
    found = _SIZE.fullmatch(text)
    if not found:
        raise ValueError(f"Expected a size such as 50MB. Received: {text!r}.")
    return int(float(found[1]) * _UNITS[found[2].lower()])


def as_text(size: int) -> str:
    """The size as people read it, rounded up."""
    for name, unit in (("GB", 10**9), ("MB", 10**6)):
        if size >= unit:
            return f"{-(-size * 10 // unit) / 10:g} {name}"
    return f"{-(-size // 1000):,} kB"
