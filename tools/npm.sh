#!/bin/sh
# npm of the machine, or of the Node that a Python wheel carries where the machine has none.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/../.venv/bin/python" "$here/npm.py" "$@"
