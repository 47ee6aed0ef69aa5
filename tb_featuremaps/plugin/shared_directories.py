"""Run directories into which others write too, as TensorBoard's Python ingester reads them.

That ingester follows only the newest event file of a directory unless `--reload_multifile` is set,
so that of two programs which write into one directory only one would stay up to date.
"""

import argparse
import os
from typing import Any

from tensorboard.data import server_ingester
from tensorboard.util import tb_logging

from tb_featuremaps.format.names import EVENT_FILE_SUFFIX
from tb_featuremaps.format.remote import is_remote

_log = tb_logging.get_logger()


def follow_all_writers(flags: argparse.Namespace) -> None:
    """Sets `reload_multifile` where it is needed and the user has not set it, and says so.

    It is needed where the Python ingester is used and a local directory holds event files of ours
    and of others. Nothing else reads the flag. What is written later is not known here.
    """
    given = vars(flags)
    if given.get("reload_multifile", False) is not None or not _uses_python_ingester(given):
        return
    if (directory := _shared_directory(os.path.expanduser(flags.logdir))) is not None:
        flags.reload_multifile = True
        _log.warning(
            "tb_featuremaps sets --reload_multifile=true, since another program writes event files "
            "into %s too. --reload_multifile=false keeps TensorBoard's default.",
            directory,
        )


def _uses_python_ingester(given: dict[str, Any]) -> bool:
    """Whether it reads a local `--logdir`; as TensorBoard itself decides."""
    logdir = given.get("logdir")
    if given.get("grpc_data_provider") or not logdir or is_remote(logdir):
        return False
    if given.get("load_fast") != "auto":
        return given.get("load_fast") == "false"
    if given.get("detect_file_replacement") is True:
        return True
    try:
        server_ingester.get_server_binary()
    except server_ingester.NoDataServerError:
        return True
    return False


def _shared_directory(logdir: str) -> str | None:
    """The first directory with event files of ours and of others."""
    for directory, _, names in os.walk(logdir):
        events = [name for name in names if "tfevents" in name]
        ours = sum(name.endswith(EVENT_FILE_SUFFIX) for name in events)
        if 0 < ours < len(events):
            return directory
    return None
