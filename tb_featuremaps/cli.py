"""The command `tb-featuremaps`: lists what was logged, and exports channels as image files."""

import argparse
import pathlib
import sys

import numpy as np
from PIL import Image

from tb_featuremaps.reader import LoggedRuns, NotLoggedError, read_logdir


def main(arguments: list[str] | None = None) -> int:
    """Runs the command; returns the exit status."""
    options = _parse(arguments)
    try:
        logs = read_logdir(options.logdir)
        if options.command == "list":
            _list(logs)
        else:
            _export(logs, options)
    except (FileNotFoundError, NotLoggedError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
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


def _list(logs: LoggedRuns) -> None:
    if not logs.runs():
        print("No feature maps or loss terms here.")
    for run in logs.runs():
        print(run)
        for layer in logs.layers(run):
            steps = logs.steps(run, layer)
            print(f"  {layer}: {len(steps)} captures, steps {steps[0]} to {steps[-1]}")


def _export(logs: LoggedRuns, options: argparse.Namespace) -> None:
    step = options.step if options.step is not None else logs.steps(options.run, options.layer)[-1]
    atlas = logs.atlas(options.run, options.layer, step, options.probe)
    options.out.mkdir(parents=True, exist_ok=True)
    np.save(options.out / "values.npy", atlas.values)
    channels = atlas.levels.shape[-1]
    for channel in range(channels):
        path = options.out / f"channel_{channel:04d}.png"
        Image.fromarray(np.ascontiguousarray(atlas.levels[..., channel])).save(path)
    print(f"Wrote {channels} channels of {options.layer} at step {step} to {options.out}")


if __name__ == "__main__":
    sys.exit(main())
