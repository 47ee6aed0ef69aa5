"""At any size of the window all is there, nothing overlaps, and the maps have room."""

import itertools
import pathlib
from collections.abc import Iterator
from urllib.parse import quote

import numpy as np
import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect
from support.chromium import WatchedPage
from support.synthetic_runs import write_run
from support.tensorboard_server import TensorBoardServer

from tb_featuremaps import RunWriter

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


@pytest.mark.parametrize("view", ["maps", "network", "health", "gradients"])
def test_every_view_fits_the_smallest_and_the_largest_window(
    watched: WatchedPage, many: TensorBoardServer, view: str
) -> None:
    tab = watched.open_tab(many.url, f"&p.featuremaps.view={view}")
    tab.locator("main canvas, main p").first.wait_for()
    for width, height in ((360, 400), (3840, 2160)):
        watched.page.set_viewport_size({"width": width, "height": height})
        watched.page.wait_for_timeout(300)
        overflow = tab.locator("body").evaluate("body => body.scrollWidth - innerWidth")
        assert overflow <= 0, f"the page scrolls sideways at {width}×{height}"
        shown = _box(tab, "main")
        assert shown["height"] >= (200 if height == 400 else 1900)
        wide = tab.locator("main").evaluate("main => main.scrollWidth - main.clientWidth")
        assert wide <= 0, f"the view is cut off at {width}×{height}"


def test_comparing_on_a_phone_cuts_nothing_off(
    watched: WatchedPage, many: TensorBoardServer
) -> None:
    watched.page.set_viewport_size({"width": 360, "height": 740})
    tab = watched.open_tab(many.url, "&p.featuremaps.compare=step%3A0")
    tab.locator("[data-testid=compared-canvas][data-ready]").wait_for()
    for select in ("compare-select", "comparing-select"):
        box = _box(tab, f"[data-testid={select}]")
        assert box["x"] + box["width"] <= 360
    for title in tab.get_by_test_id("pane-title").all():
        expect(title.locator("fm-aggregates")).to_be_hidden()
        wide = title.evaluate("title => title.scrollWidth - title.clientWidth")
        assert wide <= 0, "what stands over the maps overlaps"


def test_at_200_percent_the_maps_have_room_and_can_be_pointed_at(
    browser: Browser, many: TensorBoardServer
) -> None:
    """1280×800 at 200 % are 640×400 pixels of the page."""
    page = browser.new_page(viewport={"width": 640, "height": 400}, device_scale_factor=2)
    tab = WatchedPage(page).open_tab(many.url)
    canvas = tab.locator("[data-testid=grid-canvas][data-ready]")
    canvas.hover(position={"x": 8, "y": 8})
    expect(tab.get_by_test_id("grid-tip")).to_contain_text("channel 0")
    tip = _box(tab, "[data-testid=grid-tip]")
    assert tip["x"] >= 0
    assert tip["x"] + tip["width"] <= 640
    assert tip["y"] + tip["height"] <= 400
    assert tab.locator("body").evaluate("body => body.scrollWidth - innerWidth") <= 0
    tab.get_by_test_id("menu-appearance").click()
    select = tab.get_by_test_id("colormap-select")
    select.scroll_into_view_if_needed()
    expect(select).to_be_in_viewport()
    page.close()


@pytest.fixture
def touched(browser: Browser) -> Iterator[WatchedPage]:
    """A page of a screen without a mouse."""
    context = browser.new_context(viewport={"width": 640, "height": 800}, has_touch=True)
    watched = WatchedPage(context.new_page())
    yield watched
    context.close()
    assert watched.problems == []


def test_a_finger_reads_values_and_opens_a_channel(
    touched: WatchedPage, many: TensorBoardServer
) -> None:
    tab = touched.open_tab(many.url)
    canvas = tab.locator("[data-testid=grid-canvas][data-ready]")
    canvas.wait_for()
    box = _box(tab, "[data-testid=grid-canvas]")
    finger = touched.page.context.new_cdp_session(touched.page)
    point = {"x": box["x"] + 10, "y": box["y"] + 10}
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    expect(tab.get_by_test_id("grid-tip")).to_contain_text("channel 0 · value")
    touched.page.wait_for_timeout(1000)  # longer than a tap
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(tab.get_by_test_id("grid-tip")).to_have_count(0)
    canvas.tap(position={"x": 10, "y": 10})
    tab.get_by_test_id("sheet-side").tap()
    expect(tab.get_by_test_id("channel-detail")).to_contain_text("Channel 0")


def test_a_finger_moves_the_step_and_the_swipe(
    touched: WatchedPage, many: TensorBoardServer
) -> None:
    state = "&p.featuremaps.compare=step%3A0&p.featuremaps.comparing=swipe"
    tab = touched.open_tab(many.url, state)
    tab.locator("[data-testid=grid-canvas][data-ready]").wait_for()
    _drag(touched.page, _box(tab, "[data-testid=swipe]"), 0.5, 0.8)
    expect(tab.get_by_test_id("swipe")).not_to_have_value("0.5")
    assert float(tab.get_by_test_id("swipe").input_value()) == pytest.approx(0.8, abs=0.1)
    expect(tab.get_by_test_id("step-label")).to_have_attribute("data-step", "10")
    _drag(touched.page, _box(tab, "[data-testid=step-slider]"), 0.98, 0.02)
    expect(tab.get_by_test_id("step-label")).to_have_attribute("data-step", "0")


def test_a_finger_points_at_the_probe(touched: WatchedPage, many: TensorBoardServer) -> None:
    tab = touched.open_tab(many.url)
    tab.locator("[data-testid=grid-canvas][data-ready]").wait_for()
    tab.get_by_test_id("sheet-side").tap()
    tab.get_by_test_id("point-image").tap()
    expect(tab.get_by_test_id("strongest")).to_be_visible()
    expect(tab.get_by_test_id("release-point")).to_be_visible()


def _drag(page: Page, box: dict[str, float], start: float, end: float) -> None:
    """A finger goes along a box, from one share of its width to another."""
    finger = page.context.new_cdp_session(page)
    places = [start + (end - start) * i / 8 for i in range(9)]
    for i, share in enumerate(places):
        point = {"x": box["x"] + share * box["width"], "y": box["y"] + box["height"] / 2}
        kind = "touchMove" if i else "touchStart"
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


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


@pytest.mark.parametrize("comparing", ["difference", "beside"])
def test_names_of_runs_give_way_to_what_is_wrong(
    watched: WatchedPage, tmp_path: pathlib.Path, comparing: str
) -> None:
    other = "sweep_of_the_learning_rate_and_the_weight_decay/rate_0.0003_decay_0.01_seed_3"
    random = np.random.default_rng(0)
    for name in ("a", other):
        maps, image = random.uniform(size=(1, 4, 4, 3)), random.uniform(size=(1, 8, 8, 3))
        with RunWriter(tmp_path / name) as writer:
            writer.write_maps(0, {"conv": maps.astype(np.float32)}, probes=image)
    with TensorBoardServer(tmp_path, load_fast=True) as running:
        running.wait_for_runs(["a", other])
        link = f"&p.featuremaps.run=a&p.featuremaps.compare={quote(f'run:{other}', safe='')}"
        tab = watched.open_tab(running.url, f"{link}&p.featuremaps.comparing={comparing}")
        note = tab.get_by_test_id("other-probe")
        for width in _WIDTHS:
            watched.page.set_viewport_size({"width": width, "height": 800})
            expect(note).to_contain_text("image")
            watched.page.wait_for_timeout(200)
            box = note.bounding_box()
            assert box is not None
            assert box["width"] > 60, f"the note is lost at {width}"
            pane = tab.locator("main").bounding_box()
            assert pane is not None
            assert box["x"] + box["width"] <= pane["x"] + pane["width"], f"cut off at {width}"
