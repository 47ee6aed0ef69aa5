"""Says on what a benchmark ran, for the page that holds its figures."""

import datetime
import importlib.metadata
import os
import pathlib
import platform
import re
from collections.abc import Sequence

from tb_featuremaps.format.finishing import IS_COMPILED


def describe(command: str, packages: Sequence[str] = ()) -> str:
    """A paragraph: the command, the hardware, the versions and the date.

    Args:
        command: what made the figures, as it is typed.
        packages: names of the packages whose versions matter.
    """
    versions = [f"{package} {importlib.metadata.version(package)}" for package in packages]
    measuring = "compiled" if IS_COMPILED else "by numpy"
    software = ", ".join(
        [f"Python {platform.python_version()}", *versions, f"measuring {measuring}"]
    )
    system = f"{platform.system()} {platform.release()}"
    hardware = f"{_processor()}, {os.cpu_count()} cores, {_memory()}, {system}"
    made = f"Made by `{command}` on {datetime.date.today().isoformat()}: {hardware}; {software}."
    return f"{made}{_load()}"


def _load() -> str:
    """What else the machine did; figures of a busy one are too high."""
    if not hasattr(os, "getloadavg"):
        return ""
    return f" Load of the machine when it ended: {os.getloadavg()[0]:.1f}."


def _processor() -> str:
    with_names = pathlib.Path("/proc/cpuinfo")
    if with_names.exists():
        found = re.search(r"^model name\s*:\s*(.+)$", with_names.read_text(), re.MULTILINE)
        if found:
            return found.group(1)
    return platform.processor() or platform.machine()


def _memory() -> str:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not on this system
        return "memory unknown"
    return f"{size / 2**30:.0f} GB of memory"
