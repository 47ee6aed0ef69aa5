"""The options that a run was trained with, kept beside its logs."""

import argparse
import json
import os
import pathlib

FILE = "options.json"
# What belongs to one call of the command, or is made of other options.
_NOT_KEPT = {"log_dir", "resume", "threads", "distributed", "model_options"}
# Ours has some 800 letters.
_LONGEST_FILE = 2**16
_LONGEST_SHOWN = 80


class RunFileError(ValueError):
    """The options of a run can't be read; the message says what to do."""


def write(options: argparse.Namespace) -> None:
    """Writes the options into their log directory."""
    kept = {name: value for name, value in vars(options).items() if name not in _NOT_KEPT}
    text = json.dumps(kept, indent=2, sort_keys=True, default=str)
    partial = options.log_dir / f".{FILE}.partial"
    partial.write_text(f"{text}\n")
    os.replace(partial, options.log_dir / FILE)


def read_arguments(log_dir: pathlib.Path) -> dict[str, str]:
    """The options in a log directory by name, as arguments of the command line.

    There are none where there is no file.

    Raises:
        RunFileError: there is a file, and it is damaged or of something else.
    """
    try:
        kept = json.loads(_text(log_dir / FILE))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise unreadable(log_dir, str(error)) from error
    if not isinstance(kept, dict):
        raise unreadable(log_dir, f"expected an object, received {type(kept).__name__}")
    for name, value in kept.items():
        if isinstance(value, (dict, list)) or not _may_be_argument(value):
            shown = repr(value)[:_LONGEST_SHOWN]
            raise unreadable(log_dir, f"expected a number or a text as {name}, received {shown}")
    return {name: _argument(name, value) for name, value in kept.items() if value is not None}


def unreadable(log_dir: pathlib.Path, reason: str) -> RunFileError:
    """The error of a file that holds no options of a run."""
    return RunFileError(
        f"{log_dir / FILE} does not hold the options of a run: {reason}. Delete it and give the "
        "options that the run was begun with."
    )


def _text(path: pathlib.Path) -> str:
    if path.exists() and not path.is_file():
        raise ValueError("it is no file")
    with path.open(encoding="utf-8") as file:
        text = file.read(_LONGEST_FILE + 1)
    if len(text) > _LONGEST_FILE:
        raise ValueError(f"it is longer than {_LONGEST_FILE:,} letters")
    return text


def _may_be_argument(value: object) -> bool:
    """Whether the operating system could have passed it to the command."""
    try:
        return b"\0" not in os.fsencode(str(value))
    except UnicodeEncodeError:
        return False


def _argument(name: str, value: object) -> str:
    flag = name.replace("_", "-")
    if isinstance(value, bool):
        return f"--{flag}" if value else f"--no-{flag}"
    return f"--{flag}={value}"
