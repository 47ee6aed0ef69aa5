"""A channel at large: overlay, film strip, statistics and health over the steps."""

import itertools
import json
import pathlib

import numpy as np
from browser.conftest import Trained
from PIL import Image, ImageSequence
from playwright.sync_api import Position, expect
from support.chromium import WatchedPage
from support.small_models import IMAGES
from support.tab import download, read_canvas
from support.tensorboard_server import TensorBoardServer

_LINK = "&p.featuremaps.layer=featuremaps%2Fblock&p.featuremaps.channel=3"


def test_the_film_has_every_step_and_leads_to_it(
    watched: WatchedPage, server: TensorBoardServer
) -> None:
    tab = watched.open_tab(server.url, _LINK)
    frames = tab.get_by_test_id("film-strip").get_by_role("button")
    expect(frames).to_have_text(["0", "4", "8"])
    expect(frames.nth(2)).to_have_attribute("aria-current", "true")
    frames.nth(1).click()
    expect(tab.get_by_test_id("step-label")).to_contain_text("step 4")
    expect(frames.nth(1)).to_have_attribute("aria-current", "true")


def test_what_is_opened_is_seen_wherever_the_panel_was_scrolled_to(
    watched: WatchedPage, server: TensorBoardServer
) -> None:
    tab = watched.open_tab(server.url, "&p.featuremaps.layer=featuremaps%2Fblock")
    panel = tab.get_by_role("complementary")
    expect(tab.get_by_test_id("outputs-plot")).to_be_visible()
    panel.evaluate("panel => panel.scrollTo(0, panel.scrollHeight)")
    tab.locator("[data-testid=grid-canvas][data-ready]").click(position={"x": 20, "y": 20})
    canvas = tab.get_by_test_id("channel-canvas")
    expect(canvas).to_be_in_viewport(ratio=1)
    expect(tab.get_by_test_id("film-strip")).to_be_in_viewport(ratio=1)
    expect(tab.get_by_test_id("channel-plot")).to_be_in_viewport(ratio=1)
    assert panel.evaluate("panel => panel.scrollTop") == 0


def test_the_animation_holds_the_channel_at_each_step(
    watched: WatchedPage, server: TensorBoardServer, trained: Trained, tmp_path: pathlib.Path
) -> None:
    tab = watched.open_tab(server.url, _LINK + "&p.featuremaps.colormap=grey")
    button = tab.get_by_test_id("download-film")
    expect(button).to_be_enabled()
    path = download(watched.page, button, tmp_path)
    maps = [trained.activations["block"][step][0, :, :, 3] for step in (0, 4, 8)]
    low, high = (
        min(activation.min() for activation in maps),
        max(activation.max() for activation in maps),
    )
    with Image.open(path) as picture:
        frames = [
            np.asarray(frame.convert("RGB"))[..., 0] for frame in ImageSequence.all_frames(picture)
        ]
    assert len(frames) == 3
    for pixels, activation in zip(frames, maps, strict=True):
        zoom = -(-160 // max(activation.shape))
        height, width = (zoom * side for side in activation.shape)
        tile = pixels[8 : 8 + height, 8 : 8 + width]  # below it stand its colours and its caption
        expected = (activation - low) / (high - low) * 255
        np.testing.assert_allclose(tile[zoom // 2 :: zoom, zoom // 2 :: zoom], expected, atol=2)
    assert any((a != b).any() for a, b in itertools.pairwise(frames))


def test_the_overlay_shows_the_probe_under_the_map(
    watched: WatchedPage, server: TensorBoardServer
) -> None:
    tab = watched.open_tab(server.url, _LINK + "&p.featuremaps.colormap=grey")
    canvas = tab.get_by_test_id("channel-canvas")
    expect(canvas).to_have_attribute("data-overlay", "false")
    plain = np.array(read_canvas(canvas)["data"]).reshape(-1, 4)
    tab.get_by_test_id("overlay").click()
    expect(canvas).to_have_attribute("data-overlay", "true")
    laid = read_canvas(canvas)
    pixels = np.array(laid["data"]).reshape(-1, laid["width"], 4)
    probe = np.round(IMAGES[0] * 255)
    expected = 0.45 * probe[0, 0] + 0.55 * plain[0, 0]
    np.testing.assert_allclose(pixels[0, 0, :3], expected, atol=4)


def test_the_channel_is_saved_as_it_is_seen(
    watched: WatchedPage, server: TensorBoardServer, tmp_path: pathlib.Path
) -> None:
    tab = watched.open_tab(server.url, _LINK)
    canvas = tab.get_by_test_id("channel-canvas")
    expect(canvas).to_have_attribute("data-overlay", "false")
    path = download(watched.page, tab.get_by_test_id("download-channel"), tmp_path)
    assert path.name == "featuremaps_block_channel3_step8.png"
    seen = read_canvas(canvas)
    with Image.open(path) as saved:
        pixels = np.asarray(saved.convert("RGBA"))
    np.testing.assert_array_equal(pixels, np.array(seen["data"]).reshape(pixels.shape))


def test_the_health_picture_leads_to_step_and_channel(
    watched: WatchedPage, server: TensorBoardServer
) -> None:
    tab = watched.open_tab(server.url, "&p.featuremaps.layer=featuremaps%2Fblock")
    tab.get_by_test_id("view-health").click()
    canvas = tab.get_by_test_id("health-canvas")
    expect(canvas).to_have_attribute("data-cells", "3x10")
    box = canvas.bounding_box()
    assert box is not None
    place: Position = {"x": box["width"] / 2, "y": box["height"] * 0.75}
    canvas.hover(position=place)
    expect(tab.get_by_test_id("health-under")).to_contain_text("channel 7 · step 4 · active")
    canvas.click(position=place)
    expect(tab.get_by_test_id("channel-detail")).to_contain_text("Channel 7")
    expect(tab.get_by_test_id("step-label")).to_contain_text("step 4")
    expect(tab.get_by_test_id("health-legend")).to_contain_text("0 not finite")


def test_predictions_over_the_steps_of_any_class(
    watched: WatchedPage, server: TensorBoardServer
) -> None:
    tab = watched.open_tab(server.url)
    plot = tab.get_by_test_id("outputs-plot")
    expect(plot).to_have_attribute(
        "aria-label", "What each head predicts for the class a over the steps"
    )
    before = plot.screenshot()
    tab.get_by_test_id("class-select").select_option(label="b")
    expect(plot).to_have_attribute(
        "aria-label", "What each head predicts for the class b over the steps"
    )
    assert plot.screenshot() != before
    expect(tab.get_by_test_id("learned").locator("li")).to_contain_text(["main", "aux1"])


def test_the_way_back_leads_through_the_layers(
    watched: WatchedPage, server: TensorBoardServer
) -> None:
    tab = watched.open_tab(server.url)
    canvas = tab.get_by_test_id("grid-canvas")
    expect(canvas).to_have_attribute("data-layer", "conv1")
    tab.locator("[data-testid=layer-item][data-layer='block']").click()
    expect(canvas).to_have_attribute("data-layer", "block")
    canvas.click(position={"x": 3, "y": 3})
    expect(tab.get_by_test_id("channel-detail")).to_be_visible()
    watched.page.go_back()
    expect(tab.get_by_test_id("channel-detail")).to_have_count(0)
    expect(canvas).to_have_attribute("data-layer", "block")
    watched.page.go_back()
    expect(canvas).to_have_attribute("data-layer", "conv1")
    watched.page.go_forward()
    expect(canvas).to_have_attribute("data-layer", "block")
    assert json.loads(canvas.get_attribute("data-order") or "") == [*range(10)]
