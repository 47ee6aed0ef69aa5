"""How long the routes take, and how many bytes they send."""

import json
import pathlib
import shutil
import time
import urllib.parse
import urllib.request
from functools import partial
from typing import Any

from support.plugin_client import unpack
from support.synthetic_runs import write_run
from support.tensorboard_server import TensorBoardServer

from benchmarks.table import milliseconds, row

_POINTS = 1000
_PROBES = ("class 0", "class 1", "class 2", "class 3")
_WIDE = {f"layer{index}": (2, 2, 512) for index in range(20)}
_CAPTURES = 50
_CLASSES = 21_841


def measure(folder: pathlib.Path, repeats: int) -> list[str]:
    """The rows of the table."""
    return [
        *_listing(folder / "many", repeats),
        *_losses(folder / "losses", repeats),
        *_reload(folder / "live"),
        *_predictions(folder / "classes", repeats),
    ]


def _listing(logdir: pathlib.Path, repeats: int) -> list[str]:
    first = logdir / "run0" / "train"
    write_run(first, {f"layer{index}": (2, 2, 2) for index in range(20)}, range(100))
    for index in range(1, 100):
        shutil.copytree(first, logdir / f"run{index}" / "train")
    lines = []
    for fast, name in ((True, "data server"), (False, "Python ingester")):
        with TensorBoardServer(logdir, load_fast=fast) as server:
            server.wait_for_runs([f"run{index}/train" for index in range(100)])
            what = f"({name}), ms"
            version = json.loads(_ours(server, "runs"))["version"]
            for case, since in (("lists", None), ("finds nothing new in", version)):
                times = milliseconds(
                    lambda since=since: _ours(server, "runs", since=since), repeats
                )
                lines.append(row(f"server {case} 100 runs × 20 layers × 100 steps {what}", times))
    return lines


def _losses(logdir: pathlib.Path, repeats: int) -> list[str]:
    write_run(logdir / "run" / "train", {"layer": (2, 2, 2)}, loss_points=_POINTS)
    with TensorBoardServer(logdir, load_fast=True) as server:
        server.wait_for_runs(["run/train"])
        terms = len(unpack(_ours(server, "loss_terms", run="run/train")).header["terms"])
        ours = milliseconds(lambda: _ours(server, "loss_terms", run="run/train"), repeats)
        stock = milliseconds(lambda: _scalars(server), repeats)
        # The stock route's text has so many bytes for each point.
        text = len(_scalars(server)) / _POINTS
    return [
        row(f"/loss_terms: {terms} terms of {_POINTS:,} points, ms", ours),
        row(f"the stock scalars route: 1 term of {_POINTS:,} points, ms", stock),
        row("/loss_terms: thousand points a second", [_POINTS * terms / time for time in ours]),
        row("the stock scalars route: thousand points a second", [_POINTS / t for t in stock]),
        row(
            "/loss_terms: MB a second, its points counted as the stock route's text",
            [text * _POINTS * terms / time / 1000 for time in ours],
        ),
        row("the stock scalars route: MB a second", [text * _POINTS / t / 1000 for t in stock]),
    ]


def _reload(logdir: pathlib.Path) -> list[str]:
    """Bytes of all statistics, captures, predictions and losses of a run, and of what is new."""
    run = logdir / "run" / "train"
    write = partial(write_run, run, _WIDE, labels=_PROBES, classes=1000)
    write(steps=range(_CAPTURES), loss_points=_CAPTURES)
    with TensorBoardServer(logdir, load_fast=True) as server:
        server.wait_for_runs(["run/train"])
        first, versions = _everything(server, {})
        nothing, versions = _everything(server, versions)
        write_run(
            run,
            _WIDE,
            [_CAPTURES],
            loss_points=1,
            losses_from=_CAPTURES,
            labels=_PROBES,
            classes=1000,
        )
        while json.loads(_ours(server, "runs"))["runs"][0]["layers"][-1]["last_step"] < _CAPTURES:
            time.sleep(0.5)
        time.sleep(2)
        new, _ = _everything(server, versions)
    name = f"20 layers of 512 channels, 4 probes, {_CAPTURES} captures"
    return [
        row(f"{name}: all that the tab can ask for, KiB", [first / 1024]),
        row("the same when nothing is new, KiB", [nothing / 1024]),
        row("the same when one capture is new, KiB", [new / 1024]),
    ]


def _everything(server: TensorBoardServer, versions: dict[str, str]) -> tuple[int, dict[str, str]]:
    asked: dict[str, dict[str, str]] = {"runs": {}}
    for route in ("predictions", "loss_terms"):
        asked[route] = {"run": "run/train"}
    for layer in _WIDE:
        for route, tag in (("captures", layer), ("statistics", f"{layer}/stats")):
            asked[f"{route} {tag}"] = {"run": "run/train", "tag": f"featuremaps/{tag}"}
    size, found = 0, {}
    for name, arguments in asked.items():
        route = name.split()[0]
        body = _ours(server, route, **arguments, since=versions.get(name))
        size += len(body)
        binary = body.startswith(b"TBFM")
        found[name] = (unpack(body).header if binary else json.loads(body))["version"]
    return size, found


def _predictions(logdir: pathlib.Path, repeats: int) -> list[str]:
    write_run(
        logdir / "run" / "train",
        {"layer": (2, 2, 2)},
        range(100),
        classes=_CLASSES,
        labels=_PROBES,
    )
    with TensorBoardServer(logdir, load_fast=True) as server:
        server.wait_for_runs(["run/train"])
        times = milliseconds(lambda: _ours(server, "predictions", run="run/train"), min(repeats, 5))
        size = len(_ours(server, "predictions", run="run/train"))
    name = f"/predictions: {_CLASSES:,} classes, 4 probes, 100 captures"
    return [row(f"{name}, ms", times), row(f"{name}, KiB", [size / 1024])]


def _ours(server: TensorBoardServer, route: str, **arguments: Any) -> bytes:
    query = urllib.parse.urlencode({k: v for k, v in arguments.items() if v is not None})
    return _fetch(f"{server.url}data/plugin/featuremaps/{route}?{query}")


def _scalars(server: TensorBoardServer) -> bytes:
    return _fetch(f"{server.url}data/plugin/scalars/scalars?run=run%2Ftrain&tag=loss%2Ftotal")


def _fetch(url: str) -> bytes:
    with urllib.request.urlopen(url) as response:
        return bytes(response.read())
