"""How fast the tab is, in a real TensorBoard and a headless Chromium, beside the Images tab.

    python -m benchmarks.tab [--repeats 15] [--write docs/tab_speed.md]

The same atlases are logged for our tab and for the stock Images tab: 4 layers (one of 1,024
channels of 14×14), 20 steps. Milliseconds are those of the machine that ran it; the two tabs are
to be compared with each other. The listing is of 100 runs × 20 layers × 100 steps.
"""

import argparse
import dataclasses
import pathlib
import shutil
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable

import numpy as np
from playwright.sync_api import Browser, Page

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "tests"))

from support.chromium import chromium
from support.synthetic_runs import write_run
from support.tensorboard_server import TensorBoardServer

_LAYERS = {f"layer{i}": (28, 28, 64) for i in range(3)} | {"wide": (14, 14, 1024)}
_STEPS = range(0, 2000, 100)

# Both run in the page: they act, and resolve with the milliseconds until it is on screen.
_CLICK_LAYER = """name => new Promise(resolve => {
    const app = document.querySelector('fm-app').shadowRoot;
    const layers = app.querySelector('fm-layers').shadowRoot;
    const start = performance.now();
    const poll = () => {
        const grid = app.querySelector('fm-main').shadowRoot.querySelector('fm-grid');
        if (grid?.shadowRoot.querySelector('canvas')?.dataset.layer === name)
            resolve(performance.now() - start);
        else requestAnimationFrame(poll);
    };
    layers.querySelector(`[data-layer='${name}']`).click();
    requestAnimationFrame(poll);
})"""
_MOVE_SLIDER = """index => new Promise(resolve => {
    const app = document.querySelector('fm-app').shadowRoot;
    const slider = app.querySelector('fm-timeline').shadowRoot.querySelector('input');
    const canvas = app.querySelector('fm-main').shadowRoot.querySelector('fm-grid')
        .shadowRoot.querySelector('canvas');
    const start = performance.now();
    new MutationObserver((_, observer) => {
        observer.disconnect();
        resolve(performance.now() - start);
    }).observe(canvas, { attributeFilter: ['data-step'] });
    slider.value = index;
    slider.dispatchEvent(new Event('input'));
})"""


@dataclasses.dataclass
class Opened:
    """What it took to show the first picture."""

    milliseconds: float
    requests: int
    bytes: int


def main() -> None:
    """Measures and prints; with --write also writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--write", type=pathlib.Path)
    options = parser.parse_args()
    lines = ["", "| | median | 90 % |", "|---|---:|---:|"]
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        lines += _tab(pathlib.Path(folder) / "one", browser, options.repeats)
        lines += _listing(pathlib.Path(folder) / "many", browser, options.repeats)
    text = "\n".join(lines)
    print(text)
    if options.write:
        command = "Made by `python -m benchmarks.tab --write docs/tab_speed.md`, on 2 cores.\n"
        options.write.write_text(f"# How fast the tab is\n\n{command}{text}\n")


def _tab(logdir: pathlib.Path, browser: Browser, repeats: int) -> list[str]:
    write_run(logdir / "run" / "train", _LAYERS, _STEPS, loss_points=1000, images_tab=True)
    with TensorBoardServer(logdir, load_fast=True) as server:
        server.wait_for_runs(["run/train"])
        lines = []
        for name, tab, ready in (
            ("our tab", "featuremaps", "iframe"),
            ("the Images tab", "images", "tf-image-loader img"),
        ):
            opened = [_open(browser, f"{server.url}#{tab}", ready) for _ in range(repeats)]
            lines.append(_row(f"open {name}: first picture, ms", [o.milliseconds for o in opened]))
            lines.append(_row(f"open {name}: requests", [o.requests for o in opened]))
            lines.append(_row(f"open {name}: KiB", [o.bytes / 1024 for o in opened]))
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{server.url}#featuremaps")
        lines += _in_our_tab(page, repeats)
        page.goto("about:blank")
        page.goto(f"{server.url}#images")
        return [*lines, _row("the Images tab: a step, ms", _images_tab_steps(page, repeats))]


def _open(browser: Browser, url: str, ready: str) -> Opened:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    start = time.perf_counter()
    page.goto(url)
    if ready == "iframe":
        page.frame_locator("iframe").locator("canvas[data-ready]").wait_for()
    else:
        page.locator(ready).first.wait_for()
    elapsed = 1000 * (time.perf_counter() - start)
    opened = Opened(elapsed, len(sizes), sum(sizes))
    context.close()
    return opened


def _in_our_tab(page: Page, repeats: int) -> list[str]:
    page.frame_locator("iframe").locator("canvas[data-ready]").wait_for()
    frame = next(frame for frame in page.frames if "plugin_entry" in frame.url)
    page.wait_for_timeout(1000)
    clicks, steps = [], []
    for repeat in range(repeats):
        clicks.append(float(frame.evaluate(_CLICK_LAYER, "wide")))
        page.wait_for_timeout(700)  # the steps beside are fetched ahead
        if repeat == 0:
            for index in reversed(range(len(_STEPS) - 1)):
                frame.evaluate(_MOVE_SLIDER, index)
                page.wait_for_timeout(100)
        last = len(_STEPS) - 1
        for index in (1, 2, 3, last):
            steps.append(float(frame.evaluate(_MOVE_SLIDER, index)))
        frame.evaluate(_CLICK_LAYER, "layer0")
        page.wait_for_timeout(200)
    return [
        _row("our tab: a click on a layer of 1,024 channels, ms", clicks),
        _row("our tab: a step of 1,024 channels, fetched ahead, ms", steps),
    ]


def _images_tab_steps(page: Page, repeats: int) -> list[float]:
    page.locator("tf-image-loader img").first.wait_for()
    page.wait_for_timeout(1000)
    loader = page.locator("tf-image-loader").last
    move = """element => new Promise(resolve => {
        const root = element.shadowRoot ?? element;
        const slider = root.querySelector('paper-slider');
        const address = root.querySelector('img').src;
        const start = performance.now();
        const poll = () => {
            const image = root.querySelector('img');
            if (image?.complete && image.src !== address) resolve(performance.now() - start);
            else if (performance.now() - start > 5000) resolve(NaN);
            else requestAnimationFrame(poll);
        };
        slider.value = slider.value > 0 ? slider.value - 1 : slider.max;
        requestAnimationFrame(poll);
    })"""
    return [float(loader.evaluate(move)) for _ in range(repeats)]


def _listing(logdir: pathlib.Path, browser: Browser, repeats: int) -> list[str]:
    layers = {f"layer{i}": (2, 2, 2) for i in range(20)}
    first = logdir / "run0" / "train"
    write_run(first, layers, range(100))
    for index in range(1, 100):
        shutil.copytree(first, logdir / f"run{index}" / "train")
    lines = []
    for fast, name in ((True, "data server"), (False, "Python ingester")):
        with TensorBoardServer(logdir, load_fast=fast) as server:
            server.wait_for_runs([f"run{index}/train" for index in range(100)])
            lines.append(
                _row(
                    f"server lists 100 runs × 20 layers × 100 steps ({name}), ms",
                    _timed(lambda: _fetch(f"{server.url}data/plugin/featuremaps/runs"), repeats),
                )
            )
            if fast:
                opened = [_open(browser, f"{server.url}#featuremaps", "iframe") for _ in range(3)]
                times = [one.milliseconds for one in opened]
                lines.append(_row("open our tab on those 100 runs: first picture, ms", times))
    return lines


def _fetch(url: str) -> bytes:
    with urllib.request.urlopen(url) as response:
        return bytes(response.read())


def _timed(work: Callable[[], object], repeats: int) -> list[float]:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - start))
    return times


def _row(name: str, values: list[float]) -> str:
    middle, high = np.nanpercentile(values, [50, 90])
    return f"| {name} | {middle:.1f} | {high:.1f} |"


if __name__ == "__main__":
    main()
