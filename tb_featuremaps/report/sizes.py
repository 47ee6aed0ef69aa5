"""Sizes of files as people write them."""

import re

# What mail and chats still take.
DEFAULT_SIZE = 50 * 10**6
# More than browsers open.
LARGEST_SIZE = 10**9

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([kmg]?)b?\s*", re.IGNORECASE)


def parse_size(text: str) -> int:
    """Bytes out of a text such as "50MB", "1.5 GB" or "800000".

    Raises:
        ValueError: it is none, or above a gigabyte.
    """
    found = _SIZE.fullmatch(text) if isinstance(text, str) else None
    if not found:
        raise ValueError(f"Expected a size such as 50MB. Received: {text!r}.")
    size = int(float(found[1]) * _UNITS[found[2].lower()])
    if size > LARGEST_SIZE:
        raise ValueError(
            f"Expected a size of at most {as_text(LARGEST_SIZE)}, since browsers open no larger "
            f"page. Received: {text!r}."
        )
    return size


def as_text(size: int) -> str:
    """The size as people read it, rounded up."""
    for name, unit in (("GB", 10**9), ("MB", 10**6)):
        if size >= unit:
            return f"{-(-size * 10 // unit) / 10:g} {name}"
    return f"{-(-size // 1000):,} kB" if size >= 1000 else f"{size} bytes"
