"""The loss panel: smoothing, zoom, and the table; and what else the tab hands over."""

import csv
import pathlib
import re

import keras
import numpy as np
import pytest
from browser.conftest import Trained
from PIL import Image
from playwright.sync_api import expect
from support.chromium import WatchedPage
from support.logdir import read_run, scalars
from support.synthetic_runs import write_run
from support.tab import download, opened, read_canvas
from support.tensorboard_server import TensorBoardServer

from tb_featuremaps import FeatureMaps, LossTerms
from tb_featuremaps.format.png import decode_atlas
from training.weight_decay import l2_penalty


def test_smoothing_and_zoom_change_the_plot(
    watched: WatchedPage, server: TensorBoardServer
) -> None:
    tab = watched.open_tab(server.url)
    plot, whole = tab.get_by_test_id("loss-plot"), tab.get_by_test_id("zoom-all")
    expect(whole).to_be_disabled()
    pictures = [plot.screenshot()]
    tab.get_by_test_id("smoothing").fill("0.8")
    pictures.append(plot.screenshot())
    tab.get_by_role("button", name="Zoom in").click()
    expect(whole).to_be_enabled()
    pictures.append(plot.screenshot())
    tab.get_by_role("button", name="Stacked").click()
    expect(whole).to_be_enabled()  # the zoom outlives another view
    whole.click()
    expect(whole).to_be_disabled()
    pictures.append(plot.screenshot())
    assert len(set(pictures)) == 4


def test_the_table_holds_what_was_logged(
    watched: WatchedPage, server: TensorBoardServer, trained: Trained, tmp_path: pathlib.Path
) -> None:
    tab = watched.open_tab(server.url)
    path = download(watched.page, tab.get_by_test_id("download-losses"), tmp_path)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    run = read_run(trained.logdir / "run1" / "train")
    assert [int(row["step"]) for row in rows] == [*range(1, 9)]
    for tag in ("loss/total", "loss/aux1/weighted", "loss/penalty"):
        found = [float(row[f"run1/train: {tag}"]) for row in rows]
        np.testing.assert_allclose(found, scalars(run, tag), rtol=1e-6)
    validation = [row["run1/validation: loss/total"] for row in rows]
    assert [step for step, value in enumerate(validation, 1) if value] == [4, 8]


def test_the_grid_is_saved_as_it_is_seen(
    watched: WatchedPage, server: TensorBoardServer, tmp_path: pathlib.Path
) -> None:
    tab = watched.open_tab(server.url)
    canvas = tab.locator("[data-testid=grid-canvas][data-ready]")
    canvas.wait_for()
    watched.page.wait_for_timeout(200)
    with opened(tab, "export"):
        path = download(watched.page, tab.get_by_test_id("download-grid"), tmp_path)
    seen = read_canvas(canvas)
    saved = np.asarray(Image.open(path).convert("RGBA"))
    np.testing.assert_array_equal(saved, np.array(seen["data"]).reshape(saved.shape))


def test_the_atlas_is_saved_with_its_scale(
    watched: WatchedPage, server: TensorBoardServer, trained: Trained, tmp_path: pathlib.Path
) -> None:
    tab = watched.open_tab(server.url)
    tab.locator("[data-testid=grid-canvas][data-ready]").wait_for()
    with opened(tab, "export"):
        path = download(watched.page, tab.get_by_test_id("download-atlas"), tmp_path)
    atlas = decode_atlas(path.read_bytes())
    maps = trained.activations["conv1"][8][0]
    span = float(maps.max() - maps.min())
    assert atlas.values == pytest.approx(maps, abs=span / 400)


def test_the_penalty_shows_the_weight_decay(watched: WatchedPage, tmp_path: pathlib.Path) -> None:
    """Black images give a kernel no gradient but its L2 term's: each step multiplies it alike."""
    rate, decay, steps = 0.1, 0.5, 20
    inputs = keras.Input((4, 4, 1))
    maps = keras.layers.Conv2D(
        2, 1, name="conv", use_bias=False, kernel_regularizer=l2_penalty(decay)
    )(inputs)
    model = keras.Model(inputs, keras.layers.GlobalAveragePooling2D(name="main")(maps))
    model.compile(keras.optimizers.SGD(rate), "mse")
    squares = float(np.square(np.asarray(model.get_layer("conv").kernel)).sum())
    black, nothing = np.zeros((steps, 4, 4, 1), np.float32), np.zeros((steps, 2), np.float32)
    callbacks = [FeatureMaps(tmp_path / "run", black[:1], every=10), LossTerms(tmp_path / "run")]
    model.fit(black, nothing, batch_size=1, verbose=0, callbacks=callbacks)
    with TensorBoardServer(tmp_path, load_fast=True) as running:
        running.wait_for_runs(["run/train"])
        tab = watched.open_tab(running.url)
        row = tab.get_by_test_id("loss-legend").locator("tbody tr", has_text="penalty").first
        for position, step in enumerate((10, 20), 1):
            tab.get_by_test_id("step-slider").fill(str(position))
            expect(tab.get_by_test_id("loss-plot")).to_have_attribute("data-cursor-step", str(step))
            # The loss of a step is made with the weights before its update.
            expected = decay / 2 * squares * (1 - rate * decay) ** (2 * (step - 1))
            shown = float(row.locator("td").nth(1).inner_text())
            assert shown == pytest.approx(expected, rel=1e-3)
        watched.page.goto("about:blank")


def test_a_click_hides_a_term_and_a_double_click_leaves_it_alone(
    watched: WatchedPage, server: TensorBoardServer
) -> None:
    tab = watched.open_tab(server.url)
    plot = tab.get_by_test_id("loss-plot")
    expect(plot).to_have_attribute("data-terms", '["total","main","aux1","penalty"]')
    legend = tab.get_by_test_id("loss-legend")
    legend.get_by_role("button", name="main").click()
    expect(plot).to_have_attribute("data-terms", '["total","aux1","penalty"]')
    legend.get_by_role("button", name="aux1").dblclick()
    expect(plot).to_have_attribute("data-terms", '["aux1"]')
    expect(watched.page).to_have_url(re.compile("hidden="))


def test_the_values_under_the_pointer_are_those_that_were_logged(
    watched: WatchedPage, server: TensorBoardServer, trained: Trained
) -> None:
    tab = watched.open_tab(server.url)
    over = tab.get_by_test_id("loss-plot").locator(".u-over")
    box = over.bounding_box()
    assert box is not None
    over.hover(position={"x": box["width"] - 2, "y": 40})
    tip = tab.get_by_test_id("plot-tip")
    expect(tip).to_contain_text("step 8")
    run = read_run(trained.logdir / "run1" / "train")
    row = tip.locator("tr", has_text="aux1").first
    shown = float(row.locator("td").nth(1).inner_text())
    assert shown == pytest.approx(scalars(run, "loss/aux1/weighted")[-1], rel=1e-3)


@pytest.fixture
def jumping(tmp_path: pathlib.Path) -> pathlib.Path:
    """A run of 100 steps whose loss jumps at step 40."""
    write_run(
        tmp_path / "run" / "train",
        {"conv": (6, 6, 4)},
        range(0, 101, 10),
        loss_points=100,
        losses_from=1,
        jump=40,
    )
    return tmp_path


def test_one_click_shows_the_maps_of_the_step_where_the_loss_jumped(
    watched: WatchedPage, jumping: pathlib.Path
) -> None:
    with TensorBoardServer(jumping, load_fast=True) as running:
        running.wait_for_runs(["run/train"])
        tab = watched.open_tab(running.url)
        expect(tab.get_by_test_id("loss-trace")).to_have_attribute("data-jumps", "1")
        tab.get_by_test_id("jumps").get_by_role("button").click()
        expect(tab.get_by_test_id("grid-canvas")).to_have_attribute("data-step", "40")
        # Over the timeline the maps of another step are previewed, and the grid stays.
        rail = tab.get_by_test_id("rail")
        box = rail.bounding_box()
        assert box is not None
        rail.hover(position={"x": 8 + 0.8 * (box["width"] - 16), "y": 8})
        expect(tab.get_by_test_id("preview")).to_have_attribute("data-step", "80")
        pixels = np.array(read_canvas(tab.get_by_test_id("preview-canvas"))["data"])
        assert len(np.unique(pixels)) > 8
        expect(tab.get_by_test_id("grid-canvas")).to_have_attribute("data-step", "40")
        watched.page.goto("about:blank")
