"""The command `tb-featuremaps`: lists what was logged, and exports channels as image files."""

import argparse
import io
import os
import pathlib
import sys
from typing import TextIO

import numpy as np
from PIL import Image

from tb_featuremaps.format.png import AtlasError
from tb_featuremaps.reader import LoggedRuns, NotLoggedError, read_logdir

# As shells report a command that SIGINT ended.
_INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Runs the command; returns the exit status."""
    options = _parse(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # names may be beyond the terminal's encoding
            stream.reconfigure(errors="backslashreplace")
    try:
        _run(options)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:  # as by `| head`
        _discard_output()
        return 1
    except (OSError, NotLoggedError, AtlasError, MemoryError) as error:
        _say(f"error: {str(error) or 'there is not enough memory.'}", sys.stderr)
        _discard_output()
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED
    return 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tb-featuremaps", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    listing = commands.add_parser("list", help="list runs, layers and steps")
    export = commands.add_parser("export", help="write a capture: a PNG a channel, and values.npy")
    for command in (listing, export):
        command.add_argument("logdir", type=pathlib.Path)
    export.add_argument("--run", required=True)
    export.add_argument("--layer", required=True)
    export.add_argument("--step", type=int, help="default: the newest")
    export.add_argument("--probe", type=int, default=0)
    export.add_argument("--out", type=pathlib.Path, required=True, help="folder to write to")
    return parser.parse_args(arguments)


def _run(options: argparse.Namespace) -> None:
    logs = read_logdir(options.logdir)
    for message in logs.messages:
        if options.command == "list" or message.startswith(f"{options.run}: "):
            _say(message, sys.stderr)
    if options.command == "list":
        _list(logs)
    else:
        _export(logs, options)


def _list(logs: LoggedRuns) -> None:
    if not logs.runs():
        _say("No feature maps or loss terms here.")
    for run in logs.runs():
        _say(run)
        for layer in logs.layers(run):
            steps = logs.steps(run, layer)
            between = f", steps {steps[0]} to {steps[-1]}" if steps else ""
            _say(f"  {layer}: {len(steps)} captures{between}")


def _export(logs: LoggedRuns, options: argparse.Namespace) -> None:
    steps = logs.steps(options.run, options.layer)
    if not steps:
        raise NotLoggedError(f"{options.layer!r} of {options.run!r} has no captures.")
    step = options.step if options.step is not None else steps[-1]
    atlas = logs.atlas(options.run, options.layer, step, options.probe)
    channels = atlas.levels.shape[-1]
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        np.save(options.out / "values.npy", atlas.values)
        for channel in range(channels):
            path = options.out / f"channel_{channel:04d}.png"
            Image.fromarray(np.ascontiguousarray(atlas.levels[..., channel])).save(path)
    except OSError as error:
        raise OSError(
            f"Expected --out to be a folder that can be written. Received: {options.out} ({error})."
        ) from error
    _say(f"Wrote {channels} channels of {options.layer} at step {step} to {options.out}")


def _say(text: str, file: TextIO | None = None) -> None:
    """Prints a line; what a terminal would take for a command is spelt out."""
    printable = (
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")
        for letter in text
    )
    print("".join(printable), file=file)


def _discard_output() -> None:
    """Lets the interpreter end although what is left can't be written anywhere."""
    if sys.stdout is None or not isinstance(sys.stdout, io.TextIOWrapper):
        return
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
