"""The demo: TensorBoard serves while GoogLeNet trains on real photos.

python -m training.demo [--port 6006] [--steps 400] [--no-serve]
"""

import argparse
import pathlib
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

from tb_featuremaps.command_line import run_command

LOG_DIR = pathlib.Path("logs") / "demo"
_STEPS = 400
_STARTUP_SECONDS = 60


def main(arguments: list[str] | None = None) -> int:
    """Trains, serving if asked to until interrupted; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m training.demo",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=_port, default=6006)
    parser.add_argument("--steps", type=int, default=_STEPS, help="batches to train")
    parser.add_argument("--no-serve", action="store_true", help="train only, then exit")
    options = parser.parse_args(arguments)
    return run_command(lambda: _demonstrate(options))


def _demonstrate(options: argparse.Namespace) -> int:
    shutil.rmtree(LOG_DIR, ignore_errors=True)
    LOG_DIR.mkdir(parents=True)
    if options.no_serve:
        return train(options.steps)
    port = _free_port(options.port)
    server = _serve(port)
    try:
        url = f"http://localhost:{port}/#featuremaps"
        print(f"\n  TensorBoard serves the feature maps at  {url}\n", flush=True)
        status = train(options.steps)
        if status == 0:
            print(f"\n  Training has ended. Browse {url}; Ctrl-C ends TensorBoard.\n", flush=True)
            server.wait()
        return status
    except KeyboardInterrupt:
        return 0
    finally:
        server.terminate()
        server.wait()


def train(steps: int) -> int:
    """Trains the demo's network; returns the exit status."""
    command = [sys.executable, "-m", "training.train", "--model", "googlenet"]
    data = ["--dataset", "scaled_photos", "--image-size", "64"]
    run = [*data, "--log-dir", str(LOG_DIR / "googlenet"), "--steps", str(steps)]
    return subprocess.run([*command, *run, "--gradients"], check=False).returncode


def _serve(port: int) -> subprocess.Popen[bytes]:
    log = (LOG_DIR / "tensorboard.log").open("wb")
    command = [sys.executable, "-m", "tensorboard.main", f"--logdir={LOG_DIR}", f"--port={port}"]
    server = subprocess.Popen([*command, "--reload_interval=5"], stdout=log, stderr=log)
    deadline = time.monotonic() + _STARTUP_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"http://localhost:{port}/data/environment", timeout=5).close()
            return server
        except OSError:
            time.sleep(0.3)
    server.kill()
    sys.exit(f"TensorBoard did not start; its messages are in {LOG_DIR / 'tensorboard.log'}.")


def _port(text: str) -> int:
    value = int(text)
    if not 0 <= value < 2**16:
        raise argparse.ArgumentTypeError(f"expected a port within 0…65535. Received: {text}")
    return value


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                print(f"Port {wanted} is taken; another one is used.", flush=True)
                continue
            return int(listener.getsockname()[1])
    raise RuntimeError("no free port")


if __name__ == "__main__":
    sys.exit(main())
