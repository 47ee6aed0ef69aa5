"""The command `tb-featuremaps`: lists what was logged, and exports channels as image files."""

import argparse
import pathlib
import sys

import numpy as np
from PIL import Image

from tb_featuremaps.command_line import run_command, say
from tb_featuremaps.format.png import AtlasError
from tb_featuremaps.reader import LoggedRuns, NotLoggedError, read_logdir


def main(arguments: list[str] | None = None) -> int:
    """Runs the command; returns the exit status."""
    options = _parse(arguments)
    return run_command(lambda: _run(options), NotLoggedError, AtlasError)


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tb-featuremaps", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    listing = commands.add_parser("list", help="list runs, layers and steps")
    export = commands.add_parser("export", help="write a capture: a PNG a channel, and values.npy")
    for command in (listing, export):
        command.add_argument("logdir", help="a directory, or a URL such as gs://bucket/logs")
        command.add_argument(
            "--no-cache",
            action="store_true",
            help="neither read nor write what earlier looks kept in the user's cache folder",
        )
    export.add_argument("--run", required=True)
    export.add_argument("--layer", required=True)
    export.add_argument("--step", type=int, help="default: the newest")
    export.add_argument("--probe", type=int, default=0)
    export.add_argument("--out", type=pathlib.Path, required=True, help="folder to write to")
    return parser.parse_args(arguments)


def _run(options: argparse.Namespace) -> int:
    logs = read_logdir(options.logdir, cache=not options.no_cache)
    for message in logs.messages:
        if options.command == "list" or message.startswith(f"{options.run}: "):
            say(message, sys.stderr)
    if options.command == "list":
        _list(logs)
    else:
        _export(logs, options)
    return 0


def _list(logs: LoggedRuns) -> None:
    if not logs.runs():
        say("No feature maps or loss terms here.")
    for run in logs.runs():
        say(run)
        for layer in logs.layers(run):
            steps = logs.steps(run, layer)
            between = f", steps {steps[0]} to {steps[-1]}" if steps else ""
            say(f"  {layer}: {len(steps)} captures{between}")


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
    say(f"Wrote {channels} channels of {options.layer} at step {step} to {options.out}")


if __name__ == "__main__":
    sys.exit(main())
