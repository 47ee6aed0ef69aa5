"""At any size of the window all is there, nothing overlaps, and the maps have room."""

import itertools
import pathlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, expect
from support.chromium import WatchedPage
from support.synthetic_runs import write_run
from support.tensorboard_server import TensorBoardServer

_WIDTHS = (360, 640, 900, 1280, 1920, 3840)
_HEADER = 64  # of TensorBoard
_TOOLBAR = 40
# Visible boxes of the toolbar's items, through the shadow roots.
_ITEMS = """toolbar => Array.from(toolbar.shadowRoot.querySelector('.row').children)
    .filter(item => !item.classList.contains('space'))
    .map(item => item.getBoundingClientRect())
    .filter(box => box.width > 0)
    .map(box => [box.left, box.top, box.right, box.bottom])"""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TensorBoardServer]:
    logdir: pathlib.Path = tmp_path_factory.mktemp("sizes")
    layers = {f"inception_{block}_{name}": (8, 8, 32) for block in "ab" for name in ("1x1", "3x3")}
    write_run(logdir / "a-run-of-a-long-name" / "train", layers, (0, 10), loss_points=20, classes=5)
    with TensorBoardServer(logdir, load_fast=True) as running:
        running.wait_for_runs(["a-run-of-a-long-name/train"])
        yield running


def _box(tab: FrameLocator, selector: str) -> dict[str, float]:
    box = tab.locator(selector).first.bounding_box()
    assert box is not None, f"{selector} is not seen"
    return {side: float(box[side]) for side in ("x", "y", "width", "height")}


@pytest.mark.parametrize("height", [400, 800, 2160])
def test_nothing_overlaps_or_is_lost(
    watched: WatchedPage, many: TensorBoardServer, height: int
) -> None:
    page = watched.page
    tab = watched.open_tab(many.url)
    for width in _WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        expect(tab.get_by_test_id("grid-canvas")).to_have_attribute("data-ready", "true")
        page.wait_for_timeout(300)
        overflow = tab.locator("body").evaluate("body => body.scrollWidth - innerWidth")
        assert overflow <= 0, f"the page scrolls sideways at {width}×{height}"
        items = tab.locator("fm-toolbar").evaluate(_ITEMS)
        for left, right in itertools.pairwise(items):
            assert left[2] <= right[0] + 0.5, f"items of the toolbar overlap at {width}"
        assert items[0][0] >= 0
        assert items[-1][2] <= width + 0.5, f"the toolbar is cut off at {width}"
        assert _box(tab, "header")["height"] == pytest.approx(_TOOLBAR, abs=1)
        view, time = _box(tab, "main"), _box(tab, "footer")
        assert view["y"] >= _HEADER + _TOOLBAR - 1
        assert view["y"] + view["height"] <= time["y"] + 1
        assert time["y"] + time["height"] <= height + 1
        if width < 900:
            assert view["width"] == pytest.approx(width, abs=1)
        else:
            layers, side = _box(tab, "nav"), _box(tab, "aside")
            assert layers["x"] + layers["width"] <= view["x"] + 1
            assert view["x"] + view["width"] <= side["x"] + 1
            assert view["width"] >= 300


def test_where_it_is_narrow_the_panels_are_sheets(
    watched: WatchedPage, many: TensorBoardServer
) -> None:
    watched.page.set_viewport_size({"width": 640, "height": 600})
    tab = watched.open_tab(many.url)
    expect(tab.locator("aside")).to_be_hidden()
    tab.get_by_test_id("sheet-layers").click()
    tab.locator("[data-testid=layer-item][data-layer=inception_b_3x3]").click()
    expect(tab.get_by_test_id("grid-canvas")).to_have_attribute("data-layer", "inception_b_3x3")
    expect(tab.locator("nav")).to_be_hidden()
    tab.get_by_test_id("sheet-side").click()
    expect(tab.get_by_test_id("loss-plot")).to_be_visible()
    tab.get_by_test_id("sheet-side").press("Escape")
    expect(tab.locator("aside")).to_be_hidden()
