"""The path from the model to the pixels, and the step cursor, in a real browser."""

import pathlib

import numpy as np
import pytest
from browser.conftest import Trained
from playwright.sync_api import expect
from support.chromium import WatchedPage
from support.small_models import IMAGES, targets, two_headed_model
from support.tab import channel_pixels, opened, show_layer
from support.tensorboard_server import TensorBoardServer

from tb_featuremaps import FeatureMaps, LossTerms
from tb_featuremaps.format.measuring import measure


@pytest.mark.parametrize(("layer", "channel"), [("conv1", 0), ("conv1", 7), ("block", 9)])
def test_the_pixels_are_the_activation_of_the_model(
    watched: WatchedPage, server: TensorBoardServer, trained: Trained, layer: str, channel: int
) -> None:
    tab = watched.open_tab(server.url)
    tab.get_by_test_id("grid-canvas").wait_for()
    canvas = show_layer(tab, layer, 8)
    pixels = channel_pixels(canvas, channel)
    levels = measure(trained.activations[layer][8]).levels[0, :, :, channel]
    assert levels.max() == 255
    for color in range(3):
        np.testing.assert_allclose(pixels[..., color], levels, atol=1)
    assert (pixels[..., 3] == 255).all()


def test_the_slider_moves_the_maps_and_the_loss_cursor(
    watched: WatchedPage, server: TensorBoardServer, trained: Trained
) -> None:
    tab = watched.open_tab(server.url)
    slider, plot = tab.get_by_test_id("step-slider"), tab.get_by_test_id("loss-plot")
    expect(plot).to_have_attribute("data-cursor-step", "8")
    before = plot.screenshot()
    slider.fill("1")
    expect(plot).to_have_attribute("data-cursor-step", "4")
    expect(tab.get_by_test_id("step-label")).to_contain_text("step 4")
    assert plot.screenshot() != before
    pixels = channel_pixels(show_layer(tab, "conv1", 4), 3)
    levels = measure(trained.activations["conv1"][4]).levels[0, :, :, 3]
    np.testing.assert_allclose(pixels[..., 0], levels, atol=1)


def test_a_click_on_the_curve_moves_the_maps(
    watched: WatchedPage, server: TensorBoardServer
) -> None:
    tab = watched.open_tab(server.url)
    expect(tab.get_by_test_id("step-label")).to_contain_text("step 8")
    over = tab.locator("[data-testid=loss-plot] .u-over")
    over.click(position={"x": 2, "y": 60})
    # The losses begin at step 1; the capture nearest to it is of step 0, and the page says so.
    expect(tab.get_by_test_id("step-label")).to_contain_text("step 1")
    expect(tab.get_by_test_id("step-slider")).to_have_value("0")
    expect(tab.get_by_test_id("grid-canvas")).to_have_attribute("data-step", "0")
    expect(tab.get_by_test_id("pane-title")).to_contain_text("step 0")
    expect(tab.get_by_test_id("nearest")).to_have_text("nearest to 1")


def test_the_losses_are_split_and_add_up(watched: WatchedPage, server: TensorBoardServer) -> None:
    tab = watched.open_tab(server.url)
    plot = tab.get_by_test_id("loss-plot")
    expect(plot).to_have_attribute("data-terms", '["total","main","aux1","penalty"]')
    legend = tab.get_by_test_id("loss-legend")
    expect(legend).to_contain_text("× 0.3")
    cells = legend.locator("tbody tr td:nth-child(2)").all_inner_texts()
    total, main, auxiliary, penalty = (float(cell) for cell in cells[:4])
    assert total == pytest.approx(main + auxiliary + penalty, rel=1e-3)


def test_scaling_and_colours_change_the_pixels(
    watched: WatchedPage, server: TensorBoardServer, trained: Trained
) -> None:
    tab = watched.open_tab(server.url)
    tab.get_by_test_id("grid-canvas").wait_for()
    with opened(tab, "appearance"):
        tab.get_by_test_id("scaling-select").select_option("layer")
    pixels = channel_pixels(show_layer(tab, "block", 8), 2)
    maps = trained.activations["block"][8][0]
    expected = (maps[..., 2] - maps.min()) / (maps.max() - maps.min()) * 255
    np.testing.assert_allclose(pixels[..., 0], expected, atol=2)
    colored = channel_pixels(show_layer(tab, "block", 8, "viridis"), 2)
    assert (colored[..., 0] != colored[..., 1]).any()


def test_probes_and_predictions_are_shown(watched: WatchedPage, server: TensorBoardServer) -> None:
    tab = watched.open_tab(server.url)
    with opened(tab, "probe"):
        expect(tab.get_by_test_id("probe-item")).to_have_text(["a", "c"])
        tab.get_by_test_id("probe-item").nth(1).click()
    expect(tab.get_by_test_id("grid-canvas")).to_have_attribute("data-probe", "1")
    outputs = tab.get_by_test_id("outputs")
    expect(outputs).to_contain_text("✓ c")
    expect(outputs.locator("h3")).to_contain_text(["main", "aux1"])
    width = tab.get_by_test_id("probe-image").first.evaluate("image => image.naturalWidth")
    assert width == 16


def test_a_channel_opens_large_with_its_values(
    watched: WatchedPage, server: TensorBoardServer, trained: Trained
) -> None:
    tab = watched.open_tab(server.url)
    tab.get_by_test_id("grid-canvas").click(position={"x": 3, "y": 3})
    detail = tab.get_by_test_id("channel-detail")
    expect(detail).to_contain_text("Channel 0")
    tab.get_by_test_id("channel-canvas").hover(position={"x": 2, "y": 2})
    text = tab.get_by_test_id("channel-value").inner_text().replace("−", "-")
    shown, uncertainty = (float(part) for part in text.split("±"))
    maps = trained.activations["conv1"][8][0, :, :, 0]
    assert uncertainty == pytest.approx(float(maps.max() - maps.min()) / 510, rel=0.5)
    # The uncertainty is shown to one digit, and the value rounded to that digit.
    assert shown == pytest.approx(maps[0, 0], abs=2 * uncertainty)


def test_keys_and_deep_links(watched: WatchedPage, server: TensorBoardServer) -> None:
    link = "&p.featuremaps.layer=featuremaps%2Fblock&p.featuremaps.step=4&p.featuremaps.probe=1"
    tab = watched.open_tab(server.url, link)
    canvas = tab.get_by_test_id("grid-canvas")
    expect(canvas).to_have_attribute("data-layer", "block")
    expect(canvas).to_have_attribute("data-step", "4")
    expect(canvas).to_have_attribute("data-probe", "1")
    tab.get_by_test_id("layer-item").first.press("ArrowLeft")
    expect(canvas).to_have_attribute("data-step", "0")
    tab.get_by_test_id("layer-item").first.press("ArrowUp")
    expect(canvas).to_have_attribute("data-layer", "conv1")
    watched.page.wait_for_url("**step=0*")
    watched.page.reload()
    expect(canvas).to_have_attribute("data-step", "0")
    expect(canvas).to_have_attribute("data-layer", "conv1")


def test_it_follows_the_dark_mode_of_tensorboard(
    watched: WatchedPage, server: TensorBoardServer
) -> None:
    tab = watched.open_tab(f"{server.url}?darkMode=true")
    tab.get_by_test_id("grid-canvas").wait_for()
    surface = "() => getComputedStyle(document.body).backgroundColor"
    frame = next(frame for frame in watched.page.frames if "plugin_entry" in frame.url)
    assert frame.evaluate(surface) == "rgb(32, 33, 36)"


def test_a_run_without_our_data_tells_how_to_log(
    watched: WatchedPage, tmp_path: pathlib.Path
) -> None:
    with TensorBoardServer(tmp_path, load_fast=True) as empty:
        watched.page.goto(f"{empty.url}data/plugin_entry.html?name=featuremaps")
        page = watched.page
        expect(page.get_by_test_id("empty-state")).to_contain_text("FeatureMaps(")
        expect(page.get_by_test_id("empty-state")).to_contain_text("--logdir")
        page.goto("about:blank")  # which asks the server nothing when it ends
        watched.problems = [problem for problem in watched.problems if "favicon" not in problem]


def test_it_works_under_a_path_prefix(watched: WatchedPage, trained: Trained) -> None:
    server = TensorBoardServer(
        trained.logdir, load_fast=False, tensorflow=False, path="/some/where"
    )
    with server as prefixed:
        prefixed.wait_for_runs(["run1/train"])
        tab = watched.open_tab(prefixed.url)
        expect(tab.get_by_test_id("grid-canvas")).to_have_attribute("data-ready", "true")
        watched.page.goto("about:blank")


def test_a_server_that_is_gone_is_said_and_the_maps_stay(
    watched: WatchedPage, trained: Trained
) -> None:
    with TensorBoardServer(trained.logdir, load_fast=True) as passing:
        passing.wait_for_runs(["run1/train"])
        tab = watched.open_tab(passing.url)
        tab.get_by_test_id("grid-canvas").wait_for()
    tab.locator("[data-testid=layer-item][data-layer='block']").click()
    expect(tab.get_by_test_id("error-banner")).to_contain_text("does not answer")
    watched.problems.clear()


def test_a_live_run_is_followed_and_a_chosen_step_kept(
    watched: WatchedPage, tmp_path: pathlib.Path
) -> None:
    model = two_headed_model()

    def train() -> None:
        callbacks = [FeatureMaps(tmp_path / "live", IMAGES[:2]), LossTerms(tmp_path / "live")]
        model.fit(IMAGES, targets(), epochs=1, batch_size=32, verbose=0, callbacks=callbacks)

    train()
    with TensorBoardServer(tmp_path, load_fast=True) as running:
        running.wait_for_runs(["live/train"])
        tab = watched.open_tab(running.url)
        canvas = tab.get_by_test_id("grid-canvas")
        expect(canvas).to_have_attribute("data-step", "4")
        for last in (8, 12):
            train()
            watched.page.wait_for_timeout(3000)
            watched.page.locator(".reload-button").click()
            if last == 8:  # it was on the newest step, and so follows
                expect(canvas).to_have_attribute("data-step", "8", timeout=15_000)
                tab.get_by_test_id("step-slider").fill("0")
                expect(canvas).to_have_attribute("data-step", "0")
        expect(tab.get_by_test_id("step-slider")).to_have_attribute("max", "3", timeout=15_000)
        expect(canvas).to_have_attribute("data-step", "0")
        watched.page.goto("about:blank")
