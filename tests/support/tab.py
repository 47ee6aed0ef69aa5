"""What the browser tests read off the tab."""

import json
import pathlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from playwright.sync_api import FrameLocator, Locator, Page

# In TensorBoard's page a frame, of a report the page itself.
Tab = FrameLocator | Page
_READ_PIXELS = """canvas => ({
    data: Array.from(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data),
    width: canvas.width, ...canvas.dataset })"""
_AXE = pathlib.Path(__file__).parents[2] / "plugin_frontend/node_modules/axe-core/axe.min.js"


def read_canvas(canvas: Locator) -> dict[str, Any]:
    """The pixels of a drawn canvas, and what it says of itself."""
    return canvas.evaluate(_READ_PIXELS)


@contextmanager
def opened(tab: Tab, menu: str) -> Iterator[None]:
    """A menu of the toolbar, open within a `with` block: runs, probe, appearance or export."""
    button = tab.get_by_test_id(f"menu-{menu}")
    button.click()
    yield
    if button.get_attribute("aria-expanded") == "true":
        button.press("Escape")


def choose_run(tab: Tab, name: str) -> None:
    """Goes to a run in the list of runs."""
    with opened(tab, "runs"):
        tab.get_by_test_id("run-item").and_(tab.get_by_title(name, exact=True)).click()


def show_layer(tab: Tab, layer: str, step: int, colors: str = "grey") -> dict[str, Any]:
    """Chooses a layer and waits until a step's pixels are drawn; returns the canvas."""
    tab.locator(f"[data-testid=layer-item][data-layer='{layer}']").click()
    with opened(tab, "appearance"):
        tab.get_by_test_id("colormap-select").select_option(colors)
    canvas = tab.locator(
        f"[data-testid=grid-canvas][data-layer='{layer}'][data-step='{step}'][data-ready]"
    )
    canvas.wait_for()
    canvas.page.wait_for_timeout(100)
    return read_canvas(canvas)


def channel_pixels(canvas: dict[str, Any], channel: int) -> np.ndarray:
    """The RGBA pixels of a channel's map, one a value, `[height, width, 4]`."""
    zoom_x, zoom_y, gap_x, gap_y, columns = (
        int(canvas[key]) for key in ("zoomX", "zoomY", "gapX", "gapY", "columns")
    )
    width, height = int(canvas["tileWidth"]), int(canvas["tileHeight"])
    image = np.array(canvas["data"], np.uint8).reshape(-1, canvas["width"], 4)
    cell = json.loads(canvas["order"]).index(channel)
    left = (cell % columns) * (width * zoom_x + gap_x)
    top = (cell // columns) * (height * zoom_y + gap_y)
    tile = image[top : top + height * zoom_y, left : left + width * zoom_x]
    values = tile[::zoom_y, ::zoom_x]
    assert (tile == np.repeat(np.repeat(values, zoom_y, 0), zoom_x, 1)).all()
    return values


def accessibility_problems(page: Page) -> list[str]:
    """What axe-core finds in the tab's frame against WCAG 2.2 A and AA.

    The rule that names hold what is seen is one of them, but axe asks for it only by name.
    """
    frame = next(frame for frame in page.frames if "plugin_entry" in frame.url)
    frame.evaluate(_AXE.read_text())
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    options = {"runOnly": tags, "rules": {"label-content-name-mismatch": {"enabled": True}}}
    found = frame.evaluate("options => axe.run(options)", options)
    return [
        f"{problem['id']}: {node['target']} {node['failureSummary']}"
        for problem in found["violations"]
        for node in problem["nodes"]
    ]


def download(page: Page, button: Locator, folder: pathlib.Path) -> pathlib.Path:
    """Clicks a button and returns the file that the page hands over."""
    with page.expect_download() as waiting:
        button.click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path
