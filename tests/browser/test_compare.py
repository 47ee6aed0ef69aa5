"""Two steps or two runs side by side, with one cursor."""

import pathlib
from collections.abc import Iterator

import keras
import numpy as np
import pytest
from browser.conftest import Trained
from playwright.sync_api import expect
from support.chromium import WatchedPage
from support.small_models import IMAGES, targets, two_headed_model
from support.tab import channel_pixels, read_canvas, show_layer
from support.tensorboard_server import TensorBoardServer

from tb_featuremaps import FeatureMaps, LossTerms


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TensorBoardServer]:
    """Runs `a` of two layers and `b` of one, with another learning rate."""
    logdir: pathlib.Path = tmp_path_factory.mktemp("two")
    for name, layers, rate in (("a", ["conv1", "block"], 0.05), ("b", ["conv1"], 0.5)):
        model = two_headed_model()
        losses = dict.fromkeys(("main", "aux1"), "sparse_categorical_crossentropy")
        model.compile(keras.optimizers.SGD(rate), losses)
        callbacks = [
            FeatureMaps(logdir / name, IMAGES[:2], layers=layers),
            LossTerms(logdir / name),
        ]
        model.fit(IMAGES, targets(), epochs=2, batch_size=32, verbose=0, callbacks=callbacks)
    with TensorBoardServer(logdir, load_fast=True) as running:
        running.wait_for_runs(["a/train", "b/train"])
        yield running


def test_a_kept_step_stays_beside_the_cursor(
    watched: WatchedPage, server: TensorBoardServer, trained: Trained
) -> None:
    tab = watched.open_tab(server.url)
    show_layer(tab, "block", 8)
    tab.get_by_test_id("step-slider").fill("0")
    expect(tab.get_by_test_id("grid-canvas")).to_have_attribute("data-step", "0")
    tab.get_by_test_id("compare-select").select_option(index=1)
    tab.get_by_test_id("step-slider").fill("2")
    expect(tab.get_by_test_id("grid-canvas")).to_have_attribute("data-step", "8")
    compared = tab.get_by_test_id("compared-canvas")
    expect(compared).to_have_attribute("data-step", "0")
    watched.page.wait_for_timeout(200)
    # Equal colours mean equal values: the panes share the range of the channel.
    maps = {step: trained.activations["block"][step][0, :, :, 3] for step in (8, 0)}
    low, high = min(one.min() for one in maps.values()), max(one.max() for one in maps.values())
    for test_id, step in (("grid-canvas", 8), ("compared-canvas", 0)):
        expected = (maps[step] - low) / (high - low) * 255
        pixels = channel_pixels(read_canvas(tab.get_by_test_id(test_id)), 3)
        np.testing.assert_allclose(pixels[..., 0], expected, atol=2)


def test_one_cursor_reads_both_runs(watched: WatchedPage, two_runs: TensorBoardServer) -> None:
    tab = watched.open_tab(two_runs.url)
    show_layer(tab, "conv1", 8)
    tab.get_by_test_id("compare-select").select_option(label="b/train")
    compared = tab.get_by_test_id("compared-canvas")
    expect(compared).to_have_attribute("data-run", "b/train")
    tab.get_by_test_id("step-slider").fill("1")
    expect(compared).to_have_attribute("data-step", "4")
    read = set()
    for place in (5, 25, 45, 65, 85, 105):
        tab.get_by_test_id("grid-canvas").hover(position={"x": place, "y": place})
        tip = tab.get_by_test_id("grid-tip").inner_text()
        values = tip.split("value")[1].split("\n")[0].replace("−", "-").split("|")
        read.add(tuple(float(value.split("±")[0]) for value in values))
        expect(tab.locator("fm-grid .frame")).to_have_count(2)
    assert any(left != right for left, right in read)


def test_a_layer_that_the_other_run_lacks_is_said(
    watched: WatchedPage, two_runs: TensorBoardServer
) -> None:
    tab = watched.open_tab(two_runs.url, "&p.featuremaps.compare=run%3Ab%2Ftrain")
    expect(tab.get_by_test_id("compared-canvas")).to_have_attribute("data-layer", "conv1")
    tab.locator("[data-layer='block']").first.click()
    expect(tab.locator("[aria-label='Compared maps']")).to_contain_text("has no layer block")
    tab.get_by_test_id("compare-select").select_option(label="nothing")
    expect(tab.locator("[aria-label='Compared maps']")).to_have_count(0)


def test_scales_of_the_layer_are_shared_by_both_panes(
    watched: WatchedPage, server: TensorBoardServer, trained: Trained
) -> None:
    link = "&p.featuremaps.compare=step%3A0&p.featuremaps.scaling=layer&p.featuremaps.colormap=grey"
    tab = watched.open_tab(server.url, link)
    compared = tab.get_by_test_id("compared-canvas")
    expect(compared).to_have_attribute("data-step", "0")
    expect(tab.get_by_test_id("grid-canvas")).to_have_attribute("data-step", "8")
    watched.page.wait_for_timeout(200)
    both = np.stack([trained.activations["conv1"][step][0] for step in (0, 8)])
    for test_id, maps in zip(("compared-canvas", "grid-canvas"), both, strict=True):
        expected = (maps[..., 1] - both.min()) / (both.max() - both.min()) * 255
        pixels = channel_pixels(read_canvas(tab.get_by_test_id(test_id)), 1)
        np.testing.assert_allclose(pixels[..., 0], expected, atol=2)
