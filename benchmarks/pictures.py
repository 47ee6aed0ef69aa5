"""Makes the README's pictures and film of the tab from a run of the demo.

    python -m training.demo --no-serve
    python -m benchmarks.pictures --log-dir logs/demo --out docs/images

A real TensorBoard and a headless Chromium, as in the benchmarks; the tab must have been built.
"""

import argparse
import io
import pathlib
import sys
from collections.abc import Mapping

from PIL import Image

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "tests"))

from playwright.sync_api import Browser, FrameLocator, Page, expect
from support.chromium import chromium
from support.tensorboard_server import TensorBoardServer

from benchmarks.page import tab_of, wait_for_maps

_RUN = "googlenet/train"
_LAYER = "featuremaps/inception_3a"
_FIRST = "featuremaps/conv1_relu"
_SETTLED = 1500
_HEADER = 64  # of TensorBoard
_FRAME_MILLISECONDS, _LAST_MILLISECONDS = 220, 2500
_GAP = 24


def main() -> None:
    """Makes all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log-dir", type=pathlib.Path, default=pathlib.Path("logs/demo"))
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("docs/images"))
    options = parser.parse_args()
    with TensorBoardServer(options.log_dir, load_fast=True) as server, chromium() as browser:
        server.wait_for_runs([_RUN])
        _make(browser, server.url, options.out)


def _make(browser: Browser, url: str, out: pathlib.Path) -> None:
    maps = picture(browser, url, {"layer": _LAYER}, (1280, 800))
    gradients = picture(browser, url, {"layer": _LAYER, "view": "gradients"}, (1280, 800))
    _above_each_other(maps, gradients).save(out / "maps_and_gradients.png", optimize=True)
    wide = picture(browser, url, {"layer": _LAYER}, (1920, 1080))
    wide.save(out / "tab_1920_light.png", optimize=True)
    compared = picture(browser, url, {"layer": _FIRST, "compare": "step:0"}, (1280, 800))
    compared.save(out / "compare_1280_light.png", optimize=True)
    channel: Mapping[str, str | int] = {"layer": _FIRST, "channel": 3, "overlay": 1}
    large = picture(browser, url, channel, (1280, 800), dark=True, beside="fm-channel")
    large.save(out / "channel_1280_dark.png", optimize=True)
    layer = {"layer": "featuremaps/inception_5a", "view": "health"}
    health = picture(browser, url, layer, (1280, 800), dark=True)
    health.save(out / "health_1280_dark.png", optimize=True)
    _film(browser, url, out / "film.webp")


def picture(
    browser: Browser,
    url: str,
    state: Mapping[str, str | int],
    size: tuple[int, int],
    *,
    dark: bool = False,
    beside: str | None = None,
) -> Image.Image:
    """The whole page.

    Args:
        browser: it gets a page of its own.
        url: of TensorBoard.
        state: what the address says of the tab.
        size: of the window.
        dark: whether TensorBoard is dark.
        beside: the part of the side panel that is scrolled to.
    """
    page = _opened(browser, url, state, size, dark)
    if beside:
        tab_of(page).locator(beside).evaluate("element => element.scrollIntoView()")
        page.wait_for_timeout(_SETTLED)
    image = _shot(page)
    page.close()
    return image


def _opened(
    browser: Browser, url: str, state: Mapping[str, str | int], size: tuple[int, int], dark: bool
) -> Page:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    parameters = "".join(f"&p.featuremaps.{name}={value}" for name, value in state.items())
    page.goto(f"{url}{'?darkMode=true' if dark else ''}#featuremaps{parameters}")
    if state.get("view"):
        tab_of(page).locator("canvas").first.wait_for()
    else:
        wait_for_maps(page)
    page.wait_for_timeout(2 * _SETTLED)
    return page


def _film(browser: Browser, url: str, path: pathlib.Path) -> None:
    """The maps and the cursor on the losses from the first step to the last."""
    page = _opened(browser, url, {"layer": _FIRST, "step": 0}, (1280, 800), False)
    tab = tab_of(page)
    forward = tab.get_by_role("button", name="Next capture")
    frames = [_film_frame(page)]
    while forward.is_enabled():
        forward.click()
        _settle(tab)
        frames.append(_film_frame(page))
    times = [_FRAME_MILLISECONDS] * (len(frames) - 1) + [_LAST_MILLISECONDS]
    frames[0].save(
        path,
        save_all=True,
        append_images=frames[1:],
        duration=times,
        loop=0,
        quality=82,
        method=6,
    )
    page.close()


def _settle(tab: FrameLocator) -> None:
    """Waits until the canvas shows the step that the label says."""
    step = tab.get_by_test_id("step-label").get_attribute("data-step")
    expect(tab.get_by_test_id("grid-canvas")).to_have_attribute("data-step", step or "")
    tab.owner.page.wait_for_timeout(200)


def _film_frame(page: Page) -> Image.Image:
    width, height = page.viewport_size["width"], page.viewport_size["height"]  # type: ignore[index]
    return _shot(page).crop((0, _HEADER, width, height))


def _shot(page: Page) -> Image.Image:
    page.mouse.move(0, 0)
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def _above_each_other(upper: Image.Image, lower: Image.Image) -> Image.Image:
    """One picture over another, without TensorBoard's header on the second."""
    rest = lower.crop((0, _HEADER, lower.width, lower.height))
    both = Image.new("RGB", (upper.width, upper.height + _GAP + rest.height), "white")
    both.paste(upper, (0, 0))
    both.paste(rest, (0, upper.height + _GAP))
    return both


if __name__ == "__main__":
    main()
