"""What can be found and reached by a key, a filter, and a link."""

import pathlib
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from support.chromium import WatchedPage
from support.synthetic_runs import write_run
from support.tab import opened
from support.tensorboard_server import TensorBoardServer

_PARTS = ("1x1", "3x3_reduce", "3x3", "5x5_reduce", "5x5", "pool", "pool_proj", "relu", "bn", "out")
_NAMES = [f"inception_{n}{a}_{part}" for n in "345" for a in "abcdefghij" for part in _PARTS]


@pytest.fixture(scope="module")
def deep(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TensorBoardServer]:
    logdir: pathlib.Path = tmp_path_factory.mktemp("deep")
    write_run(logdir / "base" / "train", dict.fromkeys(_NAMES, (4, 4, 3)), (0, 10), loss_points=20)
    for name in ("aux", "wide"):
        write_run(logdir / name / "train", {"conv": (4, 4, 3)}, (0, 10), loss_points=20)
    with TensorBoardServer(logdir, load_fast=True) as running:
        running.wait_for_runs(["base/train", "aux/train", "wide/train"])
        yield running


def test_one_layer_of_three_hundred_is_found(watched: WatchedPage, deep: TensorBoardServer) -> None:
    tab = watched.open_tab(deep.url, "&p.featuremaps.run=base%2Ftrain")
    canvas = tab.locator("[data-testid=grid-canvas][data-ready]")
    canvas.wait_for()
    heights = tab.get_by_test_id("layer-item").evaluate_all(
        "rows => rows.slice(0, 5).map(row => row.offsetHeight)"
    )
    assert set(heights) == {28}
    # "/", the name, Enter.
    watched.page.keyboard.press("/")
    expect(tab.get_by_test_id("layer-filter")).to_be_focused()
    watched.page.keyboard.type("4e_3x3")
    expect(tab.get_by_test_id("layer-item")).to_have_count(2)
    watched.page.keyboard.press("ArrowDown")
    tab.locator("[data-layer=inception_4e_3x3]").click()
    expect(tab.get_by_test_id("grid-canvas")).to_have_attribute("data-layer", "inception_4e_3x3")


def test_keys_are_listed_and_work_after_a_click(
    watched: WatchedPage, deep: TensorBoardServer
) -> None:
    tab = watched.open_tab(deep.url, "&p.featuremaps.run=base%2Ftrain")
    tab.locator("[data-testid=grid-canvas][data-ready]").wait_for()
    watched.page.keyboard.press("?")
    expect(tab.get_by_test_id("keys-dialog")).to_be_visible()
    watched.page.keyboard.press("Escape")
    expect(tab.get_by_test_id("keys-dialog")).to_be_hidden()
    tab.get_by_test_id("view-health").click()
    tab.get_by_test_id("view-maps").click()
    watched.page.keyboard.press("ArrowLeft")
    expect(tab.get_by_test_id("grid-canvas")).to_have_attribute("data-step", "0")
    watched.page.keyboard.press("ArrowDown")
    expect(tab.get_by_test_id("grid-canvas")).to_have_attribute("data-layer", _NAMES[1])


def test_runs_are_chosen_by_a_regular_expression(
    watched: WatchedPage, deep: TensorBoardServer
) -> None:
    tab = watched.open_tab(f"{deep.url}?runFilter=%5E(aux%7Cwide)")
    with opened(tab, "runs"):
        runs = tab.get_by_test_id("run-item")
        expect(runs).to_have_count(2)
        colors = runs.locator(".dot").evaluate_all("dots => dots.map(dot => dot.dataset.color)")
        assert all(re.fullmatch(r"--run-[0-6]", color) for color in colors)
        assert len(set(colors)) == 2
        tab.get_by_test_id("run-filter").fill("(")
        expect(tab.locator("fm-runs [role=alert]")).to_contain_text("no regular expression")


def test_a_copied_link_stays_at_its_step(watched: WatchedPage, deep: TensorBoardServer) -> None:
    watched.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab = watched.open_tab(deep.url, "&p.featuremaps.run=base%2Ftrain")
    tab.locator("[data-testid=grid-canvas][data-step='10']").wait_for()
    tab.get_by_test_id("copy-link").click()
    expect(tab.get_by_test_id("copy-link")).to_contain_text("Copied")
    link = watched.page.evaluate("navigator.clipboard.readText()")
    assert "p.featuremaps.step=10" in link
    assert "latest" not in link
    # The page's own address follows the newest step, also after a reload.
    watched.page.wait_for_function("location.hash.includes('p.featuremaps.latest=1')")
