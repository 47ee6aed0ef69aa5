"""axe-core finds nothing in any view, and all can be done from the keyboard."""

import pytest
from playwright.sync_api import expect
from support.chromium import WatchedPage
from support.tab import accessibility_problems
from support.tensorboard_server import TensorBoardServer

_VIEWS = {
    "maps": "",
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
