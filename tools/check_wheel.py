"""Checks a wheel as its users meet it: a fresh environment without Node, TensorFlow and Keras.

    python tools/check_wheel.py WHEEL

It installs the wheel, runs the command, writes a run with `RunWriter`, makes a report of it, and
asks a TensorBoard for the tab and the run. A wheel for one platform has to hold compiled code, one
for any must not.
"""

import contextlib
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import venv
import zipfile
from collections.abc import Iterator, Sequence

_SECONDS = 120
_WITHOUT = ("keras", "tensorflow", "training", "tests")
_SCRIPT = """
import importlib.util, numpy, sys
import tb_featuremaps
from tb_featuremaps.format.finishing import IS_COMPILED
assert IS_COMPILED == (sys.argv[2] == "compiled"), IS_COMPILED
present = [name for name in sys.argv[3:] if importlib.util.find_spec(name)]
assert not present, present
with tb_featuremaps.RunWriter(sys.argv[1] + "/run") as writer:
    writer.write_maps(1, {"conv": numpy.random.rand(1, 4, 4, 3).astype("float32")})
try:
    tb_featuremaps.FeatureMaps
except ImportError as error:
    assert "tb-featuremaps[keras]" in str(error), error
else:
    raise AssertionError("FeatureMaps without Keras")
"""


def main(wheel: pathlib.Path) -> int:
    """Returns the exit status."""
    top = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    if any(not name.startswith("tb_featuremaps") for name in top):
        print(f"The wheel holds more than tb_featuremaps: {sorted(top)}")
        return 1
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        binaries = _install(wheel, folder / "environment")
        environment = {**os.environ, "PATH": str(binaries), "PYTHONPATH": ""}
        _run([binaries / "tb-featuremaps", "--help"], folder, environment)
        logdir = folder / "logs"
        python = binaries / "python"
        kind = "pure" if wheel.stem.endswith("-any") else "compiled"
        _run([python, "-c", _SCRIPT, str(logdir), kind, *_WITHOUT], folder, environment)
        listed = _run([binaries / "tb-featuremaps", "list", logdir], folder, environment)
        assert listed.splitlines() == ["run", "  conv: 1 capture, step 1"], listed
        page = folder / "report.html"
        _run([binaries / "tb-featuremaps", "report", logdir, "--out", page], folder, environment)
        assert b"featuremaps-answers" in page.read_bytes()
        with _tensorboard(binaries, logdir, environment) as address:
            _check_tab(address)
    print(f"{wheel.name} works in an environment of its own, without Node, TensorFlow and Keras.")
    return 0


def _install(wheel: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    venv.create(folder, with_pip=True)
    binaries = folder / ("Scripts" if os.name == "nt" else "bin")
    install = ["-m", "pip", "install", "--quiet", str(wheel.resolve())]
    _run([binaries / "python", *install], folder, dict(os.environ))
    return binaries


def _run(
    command: Sequence[str | pathlib.Path], folder: pathlib.Path, environment: dict[str, str]
) -> str:
    ended = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        timeout=10 * _SECONDS,
        check=True,
    )
    return ended.stdout


@contextlib.contextmanager
def _tensorboard(
    binaries: pathlib.Path, logdir: pathlib.Path, environment: dict[str, str]
) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [binaries / "tensorboard", "--logdir", logdir, "--port", str(port)]
    with subprocess.Popen([str(part) for part in command], env=environment) as process:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _check_tab(address: str) -> None:
    """Waits until the plugin is active, which it is when it has read the run."""
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            if b'"run"' in _get(f"{address}/data/plugin/featuremaps/runs"):
                tab = _get(f"{address}/data/plugin/featuremaps/static/index.js")
                assert len(tab) > 10_000, len(tab)
                return
        time.sleep(0.5)
    raise TimeoutError(f"TensorBoard showed no run within {_SECONDS} seconds.")


def _get(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=10) as answer:
        content: bytes = answer.read()
    return content


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
