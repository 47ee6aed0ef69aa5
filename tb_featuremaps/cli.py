"""The command `tb-featuremaps`: lists what was logged, exports it, and makes reports of it."""

import argparse
import json
import pathlib
import sys
from typing import Any, NoReturn

from tb_featuremaps.command_line import run_command, say
from tb_featuremaps.export.export import FORMS, Export
from tb_featuremaps.export.pictures import FilmError
from tb_featuremaps.export.selection import Selection, Steps
from tb_featuremaps.format.png import AtlasError
from tb_featuremaps.listing import list_as_text, list_as_values
from tb_featuremaps.reader import LoggedRuns, NotLoggedError, read_logdir
from tb_featuremaps.report.errors import NoTabError, TooLargeError
from tb_featuremaps.report.sizes import DEFAULT_SIZE, as_text, parse_size

_ERRORS = (NotLoggedError, AtlasError, FilmError, TooLargeError, NoTabError)


def main(arguments: list[str] | None = None) -> int:
    """Runs the command; returns the exit status."""
    try:
        options = _parse(arguments)
    except _UsageError as error:
        if "--json" in (sys.argv[1:] if arguments is None else arguments):
            print(json.dumps({"error": str(error)}))
        return error.show()
    return run_command(lambda: _run(options), *_ERRORS)


class _UsageError(Exception):
    """Arguments that can't be understood."""

    def __init__(self, parser: argparse.ArgumentParser, message: str) -> None:
        super().__init__(message)
        self._parser = parser

    def show(self) -> int:
        """Prints usage and error; returns the exit status."""
        self._parser.print_usage(sys.stderr)
        say(f"{self._parser.prog}: error: {self}", sys.stderr)
        return 2


class _Parser(argparse.ArgumentParser):
    """Lets errors be answered as the command answers."""

    def error(self, message: str) -> NoReturn:
        raise _UsageError(self, message)


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = _Parser(prog="tb-featuremaps", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    _add_common(commands.add_parser("list", help="list runs, layers and steps"))
    export = commands.add_parser(
        "export",
        help="write pictures, films, arrays and tables",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="forms:\n" + "\n".join(f"  {form:10}{what}" for form, what in FORMS.items()),
    )
    _add_common(export)
    _add_selection(export)
    export.add_argument("--out", type=pathlib.Path, required=True, help="folder to write to")
    export.add_argument(
        "--as",
        dest="forms",
        action="append",
        choices=FORMS,
        metavar="FORM",
        help="one of the forms below; may be given several times (default: png)",
    )
    export.add_argument(
        "--fps", type=_rate, default=8.0, help="pictures per second of films (default: 8)"
    )
    _add_report(
        commands.add_parser(
            "report", help="write one HTML file that needs no server: the tab with its data"
        )
    )
    return parser.parse_args(arguments)


def _add_report(command: argparse.ArgumentParser) -> None:
    _add_common(command)
    _add_runs_and_layers(command)
    command.add_argument(
        "--steps",
        type=_steps,
        help="newest, all, a range such as 100:500, or a list such as 0,100 (default: all)",
    )
    command.add_argument("--out", type=pathlib.Path, required=True, help="the file to write")
    command.add_argument(
        "--max-size",
        type=_size,
        default=DEFAULT_SIZE,
        metavar="SIZE",
        help="captures are left out, evenly, until the file is no larger "
        f"(default: {as_text(DEFAULT_SIZE)})",
    )


def _add_common(command: argparse.ArgumentParser) -> None:
    command.add_argument("logdir", help="a directory, or a URL such as gs://bucket/logs")
    command.add_argument("--json", action="store_true", help="print one JSON object")
    command.add_argument(
        "--no-cache",
        action="store_true",
        help="neither read nor write what earlier looks kept in the user's cache folder",
    )


def _add_runs_and_layers(command: argparse.ArgumentParser) -> None:
    for name in ("run", "layer"):
        command.add_argument(
            f"--{name}",
            f"--{name}s",
            action="append",
            metavar="GLOB",
            help="a name or glob; may be given several times (default: all)",
        )


def _add_selection(command: argparse.ArgumentParser) -> None:
    _add_runs_and_layers(command)
    command.add_argument(
        "--steps",
        type=_steps,
        help="newest, all, a range such as 100:500, or a list such as 0,100 (default: the newest "
        "for png and channels, else all)",
    )
    command.add_argument(
        "--probes", type=_probes, help="numbers with commas, from 0 on (default: all)"
    )


def _steps(text: str) -> Steps:
    try:
        return Steps(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _probes(text: str) -> list[int]:
    parts = text.split(",")
    if not all(part.strip().isdecimal() for part in parts):
        raise argparse.ArgumentTypeError(f"Expected numbers such as 0,2. Received: {text!r}.")
    return [int(part) for part in parts]


def _size(text: str) -> int:
    try:
        return parse_size(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0.01 <= rate <= 1000:
        raise argparse.ArgumentTypeError(f"Expected 0.01 to 1000 a second. Received: {text!r}.")
    return rate


def _run(options: argparse.Namespace) -> int:
    try:
        logs = read_logdir(options.logdir, cache=not options.no_cache)
        answer = _COMMANDS[options.command](logs, options)
    except (OSError, MemoryError, *_ERRORS) as error:
        if options.json and not isinstance(error, BrokenPipeError):
            print(json.dumps({"error": str(error)}))
        raise
    if options.json:
        print(json.dumps(answer))
    return 0


def _list(logs: LoggedRuns, options: argparse.Namespace) -> dict[str, Any]:
    values = list_as_values(logs)
    _say_messages(logs.messages, options)
    if not options.json:
        for line in list_as_text(values):
            say(line)
    return {**values, "messages": logs.messages}


def _export(logs: LoggedRuns, options: argparse.Namespace) -> dict[str, Any]:
    selection = Selection(
        options.run or ["*"], options.layer or ["*"], options.steps, options.probes
    )
    left_out: list[str] = []
    export = Export(selection, options.forms or ["png"], options.out, options.fps)
    folder = export.run(logs, left_out.append)
    runs = tuple(f"{run}: " for run in selection.runs_of(logs))
    messages = [message for message in logs.messages if message.startswith(runs)] + left_out
    _say_messages(messages, options)
    if not options.json:
        say(f"Wrote {len(folder.written):,} files to {options.out}")
    return {"files": folder.written, "messages": messages}


def _report(logs: LoggedRuns, options: argparse.Namespace) -> dict[str, Any]:
    # Takes a tenth of a second, which the other commands need not wait for.
    from tb_featuremaps.report.report import write_report

    selection = Selection(options.run or ["*"], options.layer or ["*"], options.steps)
    report = write_report(logs, selection, options.out, options.max_size)
    _say_messages(report.messages, options)
    if not options.json:
        say(f"Wrote {options.out} ({as_text(report.size)})")
    return {
        "file": str(options.out),
        "bytes": report.size,
        "runs": report.runs,
        "messages": report.messages,
    }


_COMMANDS = {"list": _list, "export": _export, "report": _report}


def _say_messages(messages: list[str], options: argparse.Namespace) -> None:
    if not options.json:
        for message in messages:
            say(message, sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
