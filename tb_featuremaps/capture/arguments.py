"""Checks of arguments that several public classes share; needs no Keras."""

import os
from typing import Any

import numpy as np


def log_directory(log_dir: str | os.PathLike[str]) -> str:
    """Returns a path or URL as text; "~" is the user's home, as TensorBoard has it.

    Raises:
        ValueError: it is neither.
    """
    path = os.fspath(log_dir) if isinstance(log_dir, (str, os.PathLike)) else log_dir
    if not isinstance(path, str) or not path:
        raise ValueError(
            f"Expected `log_dir` to be the path of a directory. Received: {log_dir!r}."
        )
    return os.path.expanduser(path)


def flag(value: Any, name: str) -> bool:
    """Returns what is switched on or off.

    Raises:
        ValueError: it is neither True nor False: a text such as "no" would count as True.
    """
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"Expected `{name}` to be True or False. Received: {value!r}.")
    return bool(value)


def is_whole(value: Any, least: int) -> bool:
    """Whether it is a whole number, Python's or numpy's, of at least so much."""
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    return whole and bool(value >= least)
