"""What does this pixel excite? The probe to point at, by pointer, touch and keyboard."""

import json
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import FrameLocator, Locator, Position, expect
from support.chromium import WatchedPage
from support.synthetic_runs import Shape, write_run
from support.tab import read_canvas
from support.tensorboard_server import TensorBoardServer

_CHANNELS = 6


def _maps(shape: Shape, step: int, probes: int) -> np.ndarray:
    """Channel c responds with c + 1 in row 1, column 2 alone, reversed in the opposite corner."""
    maps = np.zeros((probes, *shape), np.float32)
    if shape[0] > 1:
        maps[:, 1, 2] = np.arange(_CHANNELS) + 1 + step
        maps[:, 3, 0] = _CHANNELS - np.arange(_CHANNELS)
    return maps


@pytest.fixture(scope="module")
def pointed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TensorBoardServer]:
    logdir = tmp_path_factory.mktemp("pointed")
    layers = {"conv": (4, 4, _CHANNELS), "dense": (1, 1, _CHANNELS)}
    write_run(logdir / "run", layers, (0, 10), maps=_maps, loss_points=11)
    with TensorBoardServer(logdir, load_fast=True) as running:
        running.wait_for_runs(["run"])
        yield running


def _place(image: Locator, row: int, column: int) -> Position:
    image.scroll_into_view_if_needed()
    box = image.bounding_box()
    assert box is not None
    return {"x": box["width"] * (column + 0.5) / 4, "y": box["height"] * (row + 0.5) / 4}


def _order(tab: FrameLocator, order: list[int]) -> None:
    expect(tab.get_by_test_id("grid-canvas")).to_have_attribute(
        "data-order", json.dumps(order, separators=(",", ":"))
    )


def test_pointing_lights_the_channels_up_by_their_value(
    watched: WatchedPage, pointed: TensorBoardServer
) -> None:
    tab = watched.open_tab(pointed.url)
    image = tab.get_by_test_id("point-image")
    image.hover(position=_place(image, 1, 2))
    expect(tab.get_by_test_id("strongest").locator("li").first).to_contain_text("channel 5")
    expect(tab.get_by_test_id("strongest").locator("li").first).to_contain_text("16.00")
    light = tab.get_by_test_id("grid-light")
    expect(light).to_be_visible()
    alpha = np.array(read_canvas(light)["data"]).reshape(-1, 4)[:_CHANNELS, 3]
    assert (np.diff(alpha) < 0).all() and alpha[-1] == 0
    _order(tab, [*range(_CHANNELS)])


def test_a_click_sorts_the_channels_and_a_link_keeps_that(
    watched: WatchedPage, pointed: TensorBoardServer
) -> None:
    tab = watched.open_tab(pointed.url)
    image = tab.get_by_test_id("point-image")
    image.click(position=_place(image, 1, 2))
    _order(tab, [5, 4, 3, 2, 1, 0])
    image.click(position=_place(image, 3, 0))
    _order(tab, [0, 1, 2, 3, 4, 5])
    image.click(position=_place(image, 1, 2))
    watched.page.wait_for_timeout(500)
    watched.page.reload()
    _order(tab, [5, 4, 3, 2, 1, 0])
    tab.get_by_test_id("release-point").click()
    _order(tab, [0, 1, 2, 3, 4, 5])


def test_the_keyboard_points_too(watched: WatchedPage, pointed: TensorBoardServer) -> None:
    tab = watched.open_tab(pointed.url)
    image = tab.get_by_test_id("point-image")
    _order(tab, [*range(_CHANNELS)])  # before the channels are there, no key has a meaning
    image.press("ArrowUp")  # from the middle, row 2 and column 2
    expect(tab.get_by_test_id("strongest").locator("li").first).to_contain_text("channel 5")
    image.press("Enter")
    _order(tab, [5, 4, 3, 2, 1, 0])


def test_a_layer_without_places_says_so(watched: WatchedPage, pointed: TensorBoardServer) -> None:
    tab = watched.open_tab(pointed.url, "&p.featuremaps.layer=featuremaps%2Fdense")
    expect(tab.get_by_test_id("probe-point")).to_contain_text("no places")
    expect(tab.get_by_test_id("grid-canvas")).to_have_attribute("data-kind", "bars")
