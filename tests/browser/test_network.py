"""Is it dying, and where? The health of all layers over the steps, and the way to one of them."""

import pathlib
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import FrameLocator, Locator, Position, expect
from support.chromium import WatchedPage
from support.synthetic_runs import Shape, smooth_maps, write_run
from support.tab import accessibility_problems, read_canvas
from support.tensorboard_server import TensorBoardServer

_STEPS = (0, 10, 20, 30)
_DYING: Shape = (6, 6, 8)


def _maps(shape: Shape, step: int, probes: int) -> np.ndarray:
    """Lively maps, but for one layer: three of its channels are zero from step 20 on."""
    maps = np.abs(smooth_maps(shape, step, probes)) + 0.1
    if shape == _DYING and step >= 20:
        maps[..., [1, 4, 6]] = 0
    return maps


def _healthy(shape: Shape, step: int, probes: int) -> np.ndarray:
    return np.abs(smooth_maps((*shape[:2], shape[2] + 1), step, probes))[..., 1:] + 0.1


@pytest.fixture(scope="module")
def dying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TensorBoardServer]:
    logdir = tmp_path_factory.mktemp("dying")
    layers = {"first": (8, 8, 4), "second": _DYING, "third": (4, 4, 6)}
    write_run(logdir / "run", layers, _STEPS, labels=("a", "b"), loss_points=31, maps=_maps)
    with TensorBoardServer(logdir, load_fast=True) as running:
        running.wait_for_runs(["run"])
        yield running


def _network(tab: FrameLocator) -> Locator:
    tab.get_by_test_id("view-network").click()
    canvas = tab.locator("[data-testid=network-canvas][data-cells='4x3']")
    canvas.wait_for()
    return canvas


def _place(canvas: Locator, row: int, column: int) -> Position:
    box = canvas.bounding_box()
    assert box is not None
    return {"x": box["width"] * (column + 0.5) / 4, "y": box["height"] * (row + 0.5) / 3}


def test_where_it_dies_is_seen_at_once(watched: WatchedPage, dying: TensorBoardServer) -> None:
    tab = watched.open_tab(dying.url)
    canvas = _network(tab)
    rows = tab.get_by_test_id("network-row")
    expect(rows).to_contain_text(["0 of 4", "3 of 8", "0 of 6"])
    seen = read_canvas(canvas)
    pixels = np.array(seen["data"], np.uint8).reshape(3, 4, 4)
    plain = pixels[0, 0]
    ill = (pixels != plain).any(axis=-1)
    assert ill.tolist() == [[False] * 4, [False, False, True, True], [False] * 4]


def test_of_a_healthy_network_it_is_said_that_it_is(
    watched: WatchedPage, tmp_path: pathlib.Path
) -> None:
    layers = {"first": (8, 8, 4), "second": (6, 6, 8), "third": (4, 4, 6)}
    write_run(tmp_path / "run", layers, _STEPS, maps=_healthy)
    with TensorBoardServer(tmp_path, load_fast=True) as running:
        running.wait_for_runs(["run"])
        tab = watched.open_tab(running.url)
        _network(tab)
        none = tab.get_by_test_id("network-none")
        expect(none).to_have_text("No channel is ever dead, inactive, constant or not finite.")
        watched.page.goto("about:blank")


def test_a_click_leads_to_the_layer_and_the_step(
    watched: WatchedPage, dying: TensorBoardServer
) -> None:
    tab = watched.open_tab(dying.url)
    canvas = _network(tab)
    expect(tab.get_by_test_id("network-row")).to_contain_text(["0 of 4", "3 of 8", "0 of 6"])
    watched.page.wait_for_timeout(500)  # the view before it gives its line of messages up
    before = canvas.bounding_box()
    canvas.hover(position=_place(canvas, 1, 2))
    tip = tab.get_by_test_id("network-tip")
    expect(tip).to_contain_text("second · step 20")
    expect(tip).to_contain_text("3 of 8 dead (37.5 %)")
    assert canvas.bounding_box() == before
    canvas.click(position=_place(canvas, 1, 2))
    expect(tab.get_by_test_id("health-legend")).to_contain_text("3 dead")
    expect(tab.get_by_test_id("step-label")).to_contain_text("step 20")
    expect(tab.locator("[data-testid=layer-item][data-layer=second]")).to_have_attribute(
        "aria-current", "true"
    )


def test_it_is_accessible_and_comes_back_from_a_link(
    watched: WatchedPage, dying: TensorBoardServer
) -> None:
    tab = watched.open_tab(dying.url, "&p.featuremaps.view=network&p.featuremaps.ill=constant")
    expect(tab.get_by_test_id("network-canvas")).to_have_attribute("data-ill", "constant")
    expect(tab.get_by_test_id("ill-select")).to_have_value("constant")
    watched.page.wait_for_timeout(300)
    assert accessibility_problems(watched.page) == []
