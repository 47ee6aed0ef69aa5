"""A real TensorBoard process on a logdir."""

import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from types import TracebackType
from typing import Any

_STARTUP_SECONDS = 90
# TensorBoard where there is no TensorFlow, which takes it 3 s to import.
_WITHOUT_TENSORFLOW = """
import sys
sys.modules["tensorflow"] = None
from tensorboard.main import run_main
run_main()
"""


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class TensorBoardServer:
    """Runs TensorBoard within a `with` block.

    Args:
        logdir: what it shows.
        load_fast: whether the data server reads it, else Python.
        tensorflow: whether TensorBoard finds TensorFlow; by default if it reads with it.
        arguments: more of its command line.
        path: prefix of all paths.

    Attributes:
        url: where it answers, with a slash at the end.
    """

    def __init__(
        self,
        logdir: pathlib.Path,
        *,
        load_fast: bool,
        tensorflow: bool | None = None,
        arguments: tuple[str, ...] = (),
        path: str = "",
    ) -> None:
        port = free_port()
        self.url = f"http://localhost:{port}{path}/"
        self._load_fast = load_fast
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115  (closed on leaving)
        found = not load_fast if tensorflow is None else tensorflow
        self._command = [
            sys.executable,
            *(["-m", "tensorboard.main"] if found else ["-c", _WITHOUT_TENSORFLOW]),
            f"--logdir={logdir}",
            f"--port={port}",
            f"--load_fast={str(load_fast).lower()}",
            "--reload_interval=1",
            *([f"--path_prefix={path}"] if path else []),
            *arguments,
        ]
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "TensorBoardServer":
        environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
        self._process = subprocess.Popen(
            self._command, stdout=self._log, stderr=self._log, text=True, env=environment
        )
        self._wait(lambda: self.get_json("data/environment"))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._process is not None
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def get_json(self, path: str) -> Any:
        """Returns what a route answers."""
        with urllib.request.urlopen(self.url + path, timeout=20) as response:
            return json.load(response)

    def wait_for_runs(self, names: list[str]) -> None:
        """Waits until the plugin lists these runs with all that was written."""

        def listed() -> bool:
            answer = self.get_json("data/plugin/featuremaps/runs")
            return set(names) <= {run["name"] for run in answer["runs"]}

        self._wait(listed)
        if not self._load_fast:
            time.sleep(2.5)  # the Python ingester reads a run's file on after it has listed it

    def _wait(self, ready: Any) -> None:
        deadline = time.monotonic() + _STARTUP_SECONDS
        while time.monotonic() < deadline:
            assert self._process is not None
            if self._process.poll() is not None:
                break
            try:
                if ready():
                    return
            except urllib.error.HTTPError as error:
                error.close()
            except OSError:
                pass
            time.sleep(0.2)
        self._log.seek(0)
        raise RuntimeError(f"TensorBoard did not get ready:\n{self._log.read()}")
