"""axe-core finds nothing in any view, and all can be done from the keyboard."""

import pytest
from playwright.sync_api import expect
from support.chromium import WatchedPage
from support.tab import accessibility_problems, opened
from support.tensorboard_server import TensorBoardServer

_VIEWS = {
    "maps": "",
    "network": "&p.featuremaps.view=network",
    "gradients": "&p.featuremaps.view=gradients",
    "difference": "&p.featuremaps.compare=step%3A0&p.featuremaps.comparing=difference",
    "swipe": "&p.featuremaps.compare=step%3A0&p.featuremaps.comparing=swipe",
    "channel": "&p.featuremaps.channel=2",
    "health": "&p.featuremaps.view=health",
    "compare": "&p.featuremaps.compare=step%3A0&p.featuremaps.lossView=stacked",
}


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("view", _VIEWS)
def test_axe_finds_nothing(
    watched: WatchedPage, server: TensorBoardServer, view: str, dark: bool
) -> None:
    tab = watched.open_tab(f"{server.url}{'?darkMode=true' if dark else ''}", _VIEWS[view])
    tab.locator("canvas").first.wait_for()
    expect(tab.get_by_test_id("loss-legend")).to_be_visible()
    watched.page.wait_for_timeout(300)
    assert accessibility_problems(watched.page) == []


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_in_what_opens_over_the_page(
    watched: WatchedPage, server: TensorBoardServer, dark: bool
) -> None:
    tab = watched.open_tab(f"{server.url}{'?darkMode=true' if dark else ''}")
    tab.locator("canvas[data-ready]").first.wait_for()
    for menu in ("runs", "probe", "appearance", "export"):
        with opened(tab, menu):
            watched.page.wait_for_timeout(200)
            assert accessibility_problems(watched.page) == [], menu
    tab.locator("[data-testid=grid-canvas]").press("?")
    expect(tab.get_by_role("dialog")).to_be_visible()
    assert accessibility_problems(watched.page) == []
    tab.get_by_role("dialog").press("Escape")
    watched.page.set_viewport_size({"width": 640, "height": 600})
    for sheet in ("layers", "side"):
        tab.get_by_test_id(f"sheet-{sheet}").click()
        watched.page.wait_for_timeout(200)
        assert accessibility_problems(watched.page) == [], sheet
        tab.get_by_test_id(f"sheet-{sheet}").press("Escape")


def test_a_channel_is_chosen_and_left_by_the_keyboard(
    watched: WatchedPage, server: TensorBoardServer
) -> None:
    tab = watched.open_tab(server.url)
    canvas = tab.locator("[data-testid=grid-canvas][data-ready]")
    canvas.focus()
    canvas.press("Enter")
    expect(tab.get_by_test_id("channel-detail")).to_contain_text("Channel 0")
    for key, channel in (("]", 1), ("]", 2), ("[", 1)):
        canvas.press(key)
        expect(tab.get_by_test_id("channel-detail")).to_contain_text(f"Channel {channel}")
    canvas.press("Escape")
    expect(tab.get_by_test_id("channel-detail")).to_have_count(0)


def test_play_runs_to_the_end_and_stops(watched: WatchedPage, server: TensorBoardServer) -> None:
    tab = watched.open_tab(server.url)
    tab.locator("[data-testid=grid-canvas][data-ready]").press(" ")
    expect(tab.get_by_role("button", name="Pause")).to_be_visible()
    expect(tab.get_by_test_id("step-label")).to_contain_text("step 8")
    expect(tab.get_by_role("button", name="Play")).to_be_visible()
