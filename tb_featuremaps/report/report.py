"""Makes a report of a log directory."""

import datetime
import errno
import os
import pathlib
from collections.abc import Sequence
from typing import BinaryIO, NamedTuple

from tb_featuremaps.export.folder import FULL
from tb_featuremaps.export.selection import Selection
from tb_featuremaps.plugin.problems import NotFoundError
from tb_featuremaps.plugin.static_files import ENTRY, static_file
from tb_featuremaps.reader import LoggedRuns
from tb_featuremaps.report.answers import Answers
from tb_featuremaps.report.choosing import choose
from tb_featuremaps.report.errors import NoTabError, TooLargeError
from tb_featuremaps.report.fitting import fit
from tb_featuremaps.report.page import PageWriter
from tb_featuremaps.report.sizes import DEFAULT_SIZE, as_text


class Report(NamedTuple):
    """What was made.

    Attributes:
        runs: which the report holds.
        size: in bytes.
        messages: what can't be read, or was left out.
    """

    runs: list[str]
    size: int
    messages: list[str]


def write_report(
    logs: LoggedRuns, selection: Selection, path: pathlib.Path, most: int = DEFAULT_SIZE
) -> Report:
    """Writes a report to a file, which is replaced once the new one is whole.

    Raises:
        OSError: it can't be written, or an event file can't be read any more.
        NotLoggedError, TooLargeError, NoTabError: as `make_report` does.
    """
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        file = part.open("xb")
    except OSError as error:
        raise _cannot_write(path, error) from error
    try:
        with file:
            report = make_report(logs, selection, most, file)
        part.replace(path)
        return report
    except BaseException as error:
        part.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in FULL:
            raise _cannot_write(path, error) from error
        raise


def _cannot_write(path: pathlib.Path, error: OSError) -> OSError:
    return OSError(
        f"Expected --out to be a file that can be written. Received: {path} ({error.strerror})."
    )


def make_report(logs: LoggedRuns, selection: Selection, most: int, file: BinaryIO) -> Report:
    """Writes a page that holds the tab and its data.

    Args:
        logs: where the data comes from.
        selection: which runs, layers and steps; all probes are taken.
        most: bytes that the page may have. Captures are left out until it fits,
            evenly; the page says so.
        file: where to.

    Raises:
        NotLoggedError: there is nothing, a name or glob is of nothing, or no such step was logged.
        TooLargeError: it does not fit.
        NoTabError: the tab was not built.
        OSError: an event file can't be read any more, or `file` can't be written.
    """
    wanted = choose(logs, selection)
    names = [run.name for run in wanted]
    page = PageWriter(file, _title(names), _script(), datetime.datetime.now(datetime.timezone.utc))
    if page.size >= most:
        raise TooLargeError(
            f"Expected a --max-size of more than {as_text(page.size)}, which the tab itself takes. "
            f"Received: {as_text(most)}."
        )
    runs, left_out = fit(wanted, most - page.size)
    messages = [text for run in runs for text in run.messages] + left_out
    for answer in Answers(runs, messages):
        page.add(answer)
        _check_size(page, most)
    page.close()
    _check_size(page, most)
    return Report(names, page.size, messages)


def _check_size(page: PageWriter, most: int) -> None:
    """Passes a page that is as small as its parts let expect."""
    if page.size > most:
        raise TooLargeError(
            f"Expected at most {as_text(most)}. Received more, which could not be told beforehand. "
            "Choose a larger --max-size, or fewer --layers or --steps."
        )


def _title(runs: Sequence[str]) -> str:
    more = f" and {len(runs) - 1} more" if len(runs) > 1 else ""
    return f"Feature Maps: {runs[0]}{more}"


def _script() -> str:
    try:
        return static_file(ENTRY).read_text(encoding="utf-8")
    except NotFoundError as error:
        raise NoTabError(
            "Expected the tab beside this package. It was not built: run `npm run build` in "
            "plugin_frontend, or install a wheel."
        ) from error
