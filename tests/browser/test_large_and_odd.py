"""Layers, runs and names that are large or odd."""

import pathlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from support.chromium import WatchedPage
from support.synthetic_runs import write_run
from support.tab import choose_run, opened
from support.tensorboard_server import TensorBoardServer

_LAYERS = {
    "many": (7, 7, 2048),
    "units": (1, 1, 1000),
    "large": (512, 512, 4),
    "single": (16, 16, 1),
    "wide": (1, 300, 8),
}
_ODD_NAMES = [
    "slashes/in/it",
    "two words",
    "quotes \"double\" 'single'",
    "<b>brackets</b> & ampersand",
    "特徴マップ",
    "n" * 200,
]
_ODD_RUN = "run <1> 'é' & 日本"


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TensorBoardServer]:
    logdir: pathlib.Path = tmp_path_factory.mktemp("odd")
    write_run(logdir / "sizes" / "train", _LAYERS, (0, 50), loss_points=10_000)
    write_run(logdir / "one" / "train", {"single": (16, 16, 1)})
    layers = dict.fromkeys(_ODD_NAMES, (4, 4, 3))
    write_run(logdir / _ODD_RUN / "train", layers, (0, 1), labels=["<i>label</i>"])
    with TensorBoardServer(logdir, load_fast=True) as running:
        running.wait_for_runs(["sizes/train", "one/train", f"{_ODD_RUN}/train"])
        yield running


@pytest.mark.parametrize("layer", _LAYERS)
def test_maps_of_any_size_are_drawn(
    watched: WatchedPage, odd: TensorBoardServer, layer: str
) -> None:
    tab = watched.open_tab(odd.url, "&p.featuremaps.run=sizes%2Ftrain")
    tab.locator(f"[data-testid=layer-item][data-layer='{layer}']").click()
    canvas = tab.locator(f"[data-testid=grid-canvas][data-layer='{layer}'][data-ready]")
    canvas.wait_for()
    channels = _LAYERS[layer][2]
    assert canvas.get_attribute("data-channels") == str(channels)
    drawn = canvas.evaluate(
        "canvas => new Set(new Uint32Array(canvas.getContext('2d').getImageData("
        "0, 0, canvas.width, canvas.height).data.buffer)).size"
    )
    assert drawn > (1 if channels > 1 else 0)
    canvas.click(position={"x": 3, "y": 0})
    expect(tab.get_by_test_id("channel-detail")).to_contain_text("Channel 0")
    tab.get_by_test_id("view-health").click()
    expect(tab.get_by_test_id("health-canvas")).to_have_attribute("data-cells", f"2x{channels}")
    expect(tab.get_by_test_id("health-legend")).to_contain_text("1 dead")


def test_one_step_and_one_channel(watched: WatchedPage, odd: TensorBoardServer) -> None:
    tab = watched.open_tab(odd.url, "&p.featuremaps.run=one%2Ftrain")
    expect(tab.get_by_test_id("grid-canvas")).to_have_attribute("data-channels", "1")
    expect(tab.get_by_test_id("step-slider")).to_be_disabled()
    expect(tab.get_by_test_id("step-label")).to_contain_text("1 of 1")
    with opened(tab, "appearance"):
        tab.get_by_label("Hide inactive").check()
    expect(tab.locator("fm-grid")).to_contain_text("All channels are inactive for this probe")


def test_ten_thousand_points_are_plotted(watched: WatchedPage, odd: TensorBoardServer) -> None:
    tab = watched.open_tab(odd.url, "&p.featuremaps.run=sizes%2Ftrain")
    expect(tab.get_by_test_id("loss-plot")).to_have_attribute(
        "data-terms", '["total","main","penalty"]'
    )
    # TensorBoard keeps a thousand of the points; the one nearest to the cursor says its step.
    residual = tab.get_by_test_id("residual").inner_text().replace("−", "-").split("@")[0]
    assert abs(float(residual)) < 1e-6


def test_names_are_shown_as_they_are(watched: WatchedPage, odd: TensorBoardServer) -> None:
    tab = watched.open_tab(odd.url)
    choose_run(tab, f"{_ODD_RUN}/train")
    items = tab.get_by_test_id("layer-item").locator(".name")
    expect(items).to_have_text(_ODD_NAMES)
    expect(tab.get_by_test_id("menu-probe")).to_contain_text("<i>label</i>")
    for index, name in enumerate(_ODD_NAMES):
        items.nth(index).click()
        expect(tab.locator("h1")).to_have_text(name)
        expect(tab.get_by_test_id("grid-canvas")).to_have_attribute("data-layer", name)
    watched.page.reload()
    expect(tab.locator("h1")).to_have_text(_ODD_NAMES[-1])
    expect(tab.get_by_test_id("grid-canvas")).to_have_attribute("data-run", f"{_ODD_RUN}/train")
    width = tab.locator("body").evaluate("body => body.scrollWidth - innerWidth")
    assert width <= 0


def test_many_runs_leave_room_for_the_layers(watched: WatchedPage, tmp_path: pathlib.Path) -> None:
    names = [f"run{number:02d}/train" for number in range(30)]
    for name in names:
        write_run(tmp_path / name, {"single": (16, 16, 1)})
    with TensorBoardServer(tmp_path, load_fast=True) as many:
        many.wait_for_runs(names)
        tab = watched.open_tab(many.url, f"&p.featuremaps.run={names[-1].replace('/', '%2F')}")
        expect(tab.locator("[data-testid=layer-item]").first).to_be_in_viewport()
        tab.get_by_test_id("menu-runs").click()
        expect(tab.locator(f"[data-testid=run-item][data-run='{names[-1]}']")).to_be_in_viewport()
        expect(
            tab.locator(f"[data-testid=run-item][data-run='{names[0]}']")
        ).not_to_be_in_viewport()
        watched.page.goto("about:blank")
