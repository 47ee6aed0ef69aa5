"""What all commands have in common: an error is one line, and nothing that users do a traceback."""

import io
import os
import sys
from collections.abc import Callable
from typing import TextIO

# As shells report a command that SIGINT ended.
_INTERRUPTED = 130


def run_command(action: Callable[[], int], *errors: type[Exception]) -> int:
    """Runs a command; returns the exit status: 1 on an error, or if nobody reads the output.

    Args:
        action: returns the exit status.
        errors: kinds of errors whose messages are for the user, besides those of the operating
            system and want of memory. Others are faults of the program and go through.
    """
    expected: tuple[type[Exception], ...] = (OSError, MemoryError, *errors)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # names may be beyond the terminal's encoding
            stream.reconfigure(errors="backslashreplace")
    try:
        status = action()
        if sys.stdout is not None:
            sys.stdout.flush()
        return status
    except BrokenPipeError:  # as by `| head`
        _discard_output()
        return 1
    except expected as error:
        say(f"error: {str(error) or 'there is not enough memory.'}", sys.stderr)
        _discard_output()
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED


def say(text: str, file: TextIO | None = None) -> None:
    """Prints a line; what a terminal would take for a command is spelt out.

    Args:
        text: the line.
        file: by default the standard output.
    """
    printable = (
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")
        for letter in text
    )
    print("".join(printable), file=file)


def _discard_output() -> None:
    """Lets the interpreter end although what is left can't be written anywhere."""
    if not isinstance(sys.stdout, io.TextIOWrapper):
        return
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
