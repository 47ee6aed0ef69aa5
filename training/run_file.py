"""The options that a run was trained with, kept beside its logs."""

import argparse
import json
import pathlib
from typing import Any

FILE = "options.json"
# What belongs to one call of the command.
_NOT_KEPT = {"log_dir", "resume", "threads", "distributed"}


def write(options: argparse.Namespace) -> None:
    """Writes the options into their log directory."""
    kept = {name: value for name, value in vars(options).items() if name not in _NOT_KEPT}
    text = json.dumps(kept, indent=2, sort_keys=True, default=str)
    (options.log_dir / FILE).write_text(f"{text}\n")


def read(log_dir: pathlib.Path) -> dict[str, Any]:
    """The options in a log directory; none where there are none."""
    try:
        kept = json.loads((log_dir / FILE).read_text())
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}
