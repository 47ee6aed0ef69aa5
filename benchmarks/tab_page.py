"""How fast the page is, beside the stock tabs that show the same."""

import dataclasses
import pathlib
import shutil
import time

from playwright.sync_api import Browser, Page
from support.synthetic_runs import write_run
from support.tensorboard_server import TensorBoardServer

from benchmarks.page import (
    SCROLL,
    STOCK_STEP,
    heap,
    hover,
    opened_page,
    sizes_of,
    step_to_and_fro,
    tab_of,
    until_drawn,
    wait_for_maps,
)
from benchmarks.table import row

_LAYERS = {f"layer{i}": (28, 28, 64) for i in range(3)} | {"wide": (14, 14, 1024)}
_STEPS = range(0, 2000, 100)
_SLIDER = "[data-testid=step-slider]"


def _layer(name: str) -> str:
    return f"[data-testid=layer-item][data-layer='{name}']"


@dataclasses.dataclass
class _Opened:
    """What it took to show the first picture."""

    milliseconds: float
    requests: int
    bytes: int


def measure(
    folder: pathlib.Path, browser: Browser, repeats: int, scrub_minutes: float
) -> list[str]:
    """The rows of the table."""
    run = folder / "one" / "run" / "train"
    write_run(run, _LAYERS, _STEPS, loss_points=1000, classes=10, images_tab=True)
    with TensorBoardServer(folder / "one", load_fast=True) as server:
        server.wait_for_runs(["run/train"])
        lines = [
            *_opening(browser, server, repeats),
            *_our_tab(browser, server, repeats, scrub_minutes),
            *_stock_tabs(browser, server, repeats),
            *_live(browser, server, run),
        ]
    return [*lines, *_scrolling(folder / "many", browser)]


def _opening(browser: Browser, server: TensorBoardServer, repeats: int) -> list[str]:
    lines = []
    for name, tab, ready in (
        ("our tab", "featuremaps", None),
        ("the Images tab", "images", "tf-image-loader img"),
    ):
        opened = [_open(browser, f"{server.url}#{tab}", ready) for _ in range(repeats)]
        lines.append(row(f"open {name}: first picture, ms", [o.milliseconds for o in opened]))
        lines.append(row(f"open {name}: requests", [o.requests for o in opened]))
        lines.append(row(f"open {name}: KiB", [o.bytes / 1024 for o in opened]))
    return lines


def _open(browser: Browser, url: str, ready: str | None) -> _Opened:
    with opened_page(browser) as page:
        sizes = sizes_of(page)
        start = time.perf_counter()
        page.goto(url)
        if ready is None:
            wait_for_maps(page)
        else:
            page.locator(ready).first.wait_for()
        return _Opened(1000 * (time.perf_counter() - start), len(sizes), sum(sizes))


def _our_tab(
    browser: Browser, server: TensorBoardServer, repeats: int, scrub_minutes: float
) -> list[str]:
    with opened_page(browser) as page:
        page.goto(f"{server.url}#featuremaps")
        wait_for_maps(page)
        page.wait_for_timeout(1000)
        clicks, steps = [], []
        for _ in range(repeats):
            clicks.append(until_drawn(page, _layer("wide"), "click", "layer", "wide"))
            page.wait_for_timeout(700)  # the steps beside are fetched ahead
            for index in (len(_STEPS) - 2, len(_STEPS) - 1):
                steps.append(until_drawn(page, _SLIDER, index, "step", str(_STEPS[index])))
            until_drawn(page, _layer("layer0"), "click", "layer", "layer0")
            page.wait_for_timeout(200)
        until_drawn(page, _layer("wide"), "click", "layer", "wide")
        page.wait_for_timeout(700)
        last = {index: str(_STEPS[index]) for index in (len(_STEPS) - 2, len(_STEPS) - 1)}
        busy = [step_to_and_fro(page, _SLIDER, last, 20) for _ in range(5)]
        hovers = hover(page, tab_of(page).get_by_test_id("grid-canvas").bounding_box())
        before, after = _scrub(page, scrub_minutes)
    return [
        row("our tab: a click on a layer of 1,024 channels, ms", clicks),
        row("our tab: a step of 1,024 channels, fetched ahead, until the frame is on, ms", steps),
        row("our tab: main thread of a step of 1,024 channels, ms", busy),
        row("our tab: main thread of a move over 1,024 channels, ms", hovers),
        row("our tab: heap with one layer seen, MiB", [before / 2**20]),
        row(f"our tab: heap after {scrub_minutes:g} minutes of scrubbing, MiB", [after / 2**20]),
    ]


def _stock_tabs(browser: Browser, server: TensorBoardServer, repeats: int) -> list[str]:
    with opened_page(browser) as page:
        page.goto(f"{server.url}#images")
        page.locator("tf-image-loader img").first.wait_for()
        page.wait_for_timeout(1000)
        loader = page.locator("tf-image-loader").last
        steps = [float(loader.evaluate(STOCK_STEP)) for _ in range(repeats)]
        page.goto("about:blank")
        page.goto(f"{server.url}#timeseries")
        chart = page.locator("line-chart").first
        chart.wait_for()
        page.wait_for_timeout(1500)
        hovers = hover(page, chart.bounding_box())
    return [
        row("the Images tab: a step, ms", steps),
        row("the Time Series tab: main thread of a move over a chart, ms", hovers),
    ]


def _live(browser: Browser, server: TensorBoardServer, run: pathlib.Path) -> list[str]:
    """What the page fetches of a run that goes on, against what it fetched at first."""
    with opened_page(browser) as page:
        sizes = sizes_of(page)
        page.goto(f"{server.url}#featuremaps")
        wait_for_maps(page)
        page.wait_for_timeout(3000)
        first = sum(sizes)
        sizes.clear()
        step = _STEPS[-1] + 100
        write_run(run, _LAYERS, [step], classes=10, images_tab=True)
        newest = f"canvas[data-testid=grid-canvas][data-step='{step}']"
        tab_of(page).locator(newest).wait_for(timeout=60_000)
        page.wait_for_timeout(3000)
        return [
            row("our tab: all that was fetched to open it, KiB", [first / 1024]),
            row("our tab: fetched for one more capture, KiB", [sum(sizes) / 1024]),
        ]


def _scrolling(logdir: pathlib.Path, browser: Browser) -> list[str]:
    first = logdir / "run0" / "train"
    write_run(first, {f"layer{index}": (4, 4, 8) for index in range(300)}, range(2))
    for index in range(1, 100):
        shutil.copytree(first, logdir / f"run{index}" / "train")
    with TensorBoardServer(logdir, load_fast=True) as server, opened_page(browser) as page:
        server.wait_for_runs([f"run{index}/train" for index in range(100)])
        page.goto(f"{server.url}#featuremaps")
        wait_for_maps(page)
        lines = []
        for name, item in (("300 layers", "layer-item"), ("100 runs", "run-item")):
            if item == "run-item":
                tab_of(page).get_by_test_id("menu-runs").click()
            frames = tab_of(page).get_by_test_id(item).first.evaluate(SCROLL)
            lines.append(row(f"our tab: a frame while {name} scroll, ms", frames))
        return lines


def _scrub(page: Page, minutes: float) -> tuple[float, float]:
    """Bytes of JavaScript's heap before and after going to and fro over all layers and steps."""
    before = heap(page)
    deadline = time.monotonic() + 60 * minutes
    slider = tab_of(page).get_by_test_id("step-slider")
    while time.monotonic() < deadline:
        for layer in _LAYERS:
            tab_of(page).locator(_layer(layer)).click()
            for index in range(len(_STEPS)):
                slider.evaluate(
                    "(element, index) => { element.value = index;"
                    " element.dispatchEvent(new Event('input')); }",
                    index,
                )
                page.wait_for_timeout(20)
    return before, heap(page)
