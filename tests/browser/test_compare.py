"""Two steps or two runs side by side, with one cursor."""

import pathlib
import re
from collections.abc import Iterator

import keras
import numpy as np
import pytest
from browser.conftest import Trained
from PIL import Image
from playwright.sync_api import FrameLocator, expect
from support.chromium import WatchedPage
from support.logdir import read_run, scalars
from support.small_models import IMAGES, targets, two_headed_model
from support.synthetic_runs import Shape, write_run
from support.tab import channel_pixels, download, opened, read_canvas, show_layer
from support.tensorboard_server import TensorBoardServer

from tb_featuremaps import FeatureMaps, LossTerms
from tb_featuremaps.reader import read_logdir


@pytest.fixture(scope="module")
def two_runs_logdir(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    return tmp_path_factory.mktemp("two")


@pytest.fixture(scope="module")
def two_runs(two_runs_logdir: pathlib.Path) -> Iterator[TensorBoardServer]:
    """Runs `a` of two layers and `b` of one, with another learning rate."""
    logdir = two_runs_logdir
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
    low, high = (
        min(activation.min() for activation in maps.values()),
        max(activation.max() for activation in maps.values()),
    )
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
    for place in (2, 6, 10, 14, 18, 22):  # within the first tile
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


_BACK = "&p.featuremaps.compare=step%3A0&p.featuremaps.layer=featuremaps%2Fblock"


def test_what_changed_is_shown_as_a_difference_in_true_units(
    watched: WatchedPage, server: TensorBoardServer, trained: Trained
) -> None:
    tab = watched.open_tab(server.url, _BACK)
    tab.get_by_test_id("comparing-select").select_option("difference")
    canvas = tab.get_by_test_id("difference-canvas")
    expect(canvas).to_have_attribute("data-ready", "true")
    expect(tab.get_by_test_id("difference-title")).to_contain_text("step 8 − step 0")
    watched.page.wait_for_timeout(300)
    maps = trained.activations["block"]
    change = (maps[8] - maps[0])[0, :, :, 3]
    pixels = channel_pixels(read_canvas(canvas), 3).astype(int)
    clear = np.abs(change) > 0.2 * np.abs(change).max()
    redder = pixels[..., 0] > pixels[..., 2]
    np.testing.assert_array_equal(redder[clear], (change > 0)[clear])
    canvas.hover(position={"x": 5, "y": 5})
    tip = tab.get_by_test_id("grid-tip").inner_text()
    text = tip.split("difference ")[1].split("\n")[0].replace("−", "-")
    value, *spread = (float(part) for part in text.split("±"))
    wanted = float((maps[8] - maps[0])[0, 0, 0, 0])
    assert value == pytest.approx(wanted, abs=2 * (spread[0] if spread else 0) + 1e-6)


def test_a_swipe_has_the_older_maps_on_its_left(
    watched: WatchedPage, server: TensorBoardServer
) -> None:
    tab = watched.open_tab(server.url, _BACK)
    panes = tab.locator("fm-pane")
    expect(panes.nth(0).get_by_test_id("pane-title")).to_contain_text("step 0")
    expect(panes.nth(1).get_by_test_id("pane-title")).to_contain_text("step 8")
    tab.get_by_test_id("comparing-select").select_option("swipe")
    tab.get_by_test_id("swipe").fill("0.25")
    expect(panes.nth(0)).to_have_attribute("style", "clip-path:inset(0 75% 0 0)")
    boxes = [panes.nth(index).bounding_box() for index in (0, 1)]
    assert boxes[0] == boxes[1]
    expect(watched.page).to_have_url(re.compile("swipe=0.25"))


def test_a_range_set_by_hand_holds_for_all_channels(
    watched: WatchedPage, server: TensorBoardServer, trained: Trained
) -> None:
    link = "&p.featuremaps.layer=featuremaps%2Fblock&p.featuremaps.colormap=grey"
    tab = watched.open_tab(server.url, link)
    tab.get_by_test_id("menu-appearance").click()
    for end, value in (("from", "-0.1"), ("to", "0.3")):
        tab.get_by_test_id(f"range-{end}").fill(value)
        tab.get_by_test_id(f"range-{end}").press("Tab")
    watched.page.wait_for_timeout(500)
    maps = trained.activations["block"][8][0]
    canvas = read_canvas(tab.get_by_test_id("grid-canvas"))
    for channel in (0, 3):
        expected = np.clip((maps[..., channel] + 0.1) / 0.4, 0, 1) * 255
        np.testing.assert_allclose(channel_pixels(canvas, channel)[..., 0], expected, atol=2)


def test_the_losses_of_two_runs_are_overlaid_with_their_difference(
    watched: WatchedPage, two_runs: TensorBoardServer, two_runs_logdir: pathlib.Path
) -> None:
    tab = watched.open_tab(two_runs.url, "&p.featuremaps.compare=run%3Ab%2Ftrain")
    legend = tab.get_by_test_id("loss-legend")
    expect(legend.locator("thead")).to_contain_text("difference")
    tab.get_by_test_id("loss-term").select_option("total")
    plot = tab.get_by_test_id("loss-plot")
    expect(plot).to_have_attribute("data-terms", '["a/train","b/train"]')
    totals = [scalars(read_run(two_runs_logdir / run / "train"), "loss/total") for run in "ab"]
    shown = legend.locator("tbody tr", has_text="b/train").first.locator("td").nth(2).inner_text()
    wanted = totals[1][-1] - totals[0][-1]
    assert float(shown.replace("−", "-")) == pytest.approx(wanted, rel=1e-3, abs=1e-6)
    tab.get_by_test_id("loss-axis").select_option("relative")
    expect(plot).to_have_attribute("data-axis", "relative")


def _predicted(tab: FrameLocator, head: str) -> dict[str, list[float | None]]:
    """By class what both sides of a comparison predict, as it is shown."""
    table = tab.locator(f"[data-testid=compared-predictions][data-head={head}]")
    rows = table.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.children].map(cell => cell.innerText.trim()))"
    )
    shown = {}
    for name, _, *values in rows:
        key = name.removeprefix("✓ ")
        shown[key] = [None if value == "–" else float(value) for value in values]
    return shown


def _logged(logdir: pathlib.Path, run: str, head: str, step: int) -> np.ndarray:
    (series,) = (output for output in read_logdir(logdir).outputs(run) if output.name == head)
    return np.asarray(series.values.at(step)[0])


def test_one_choice_shows_the_predictions_of_both_runs(
    watched: WatchedPage, two_runs: TensorBoardServer, two_runs_logdir: pathlib.Path
) -> None:
    tab = watched.open_tab(two_runs.url)
    tab.get_by_test_id("compare-select").select_option(label="b/train")
    table = tab.locator("[data-testid=compared-predictions][data-head=main]")
    expect(table.locator("thead th")).to_have_text(["a", "b"])
    for head in ("main", "aux1"):
        both = [_logged(two_runs_logdir, f"{run}/train", head, 8) for run in "ab"]
        for name, values in _predicted(tab, head).items():
            wanted = [float(scores[int(name)]) for scores in both]
            assert values == pytest.approx(wanted, abs=6e-4)
    expect(tab.get_by_test_id("learned").locator("bdi")).to_have_text(
        ["main, a", "aux1, a", "main, b", "aux1, b"]
    )


def test_one_choice_shows_the_predictions_at_both_steps(
    watched: WatchedPage, server: TensorBoardServer, trained: Trained
) -> None:
    tab = watched.open_tab(server.url, "&p.featuremaps.step=4&p.featuremaps.compare=step%3A8")
    table = tab.locator("[data-testid=compared-predictions][data-head=main]")
    expect(table.locator("thead th")).to_have_text(["step 4", "step 8"])
    both = [_logged(trained.logdir, "run1/train", "main", step) for step in (4, 8)]
    shown = _predicted(tab, "main")
    assert set(shown) == {"a", "b", "c"}
    for name, values in shown.items():
        wanted = [float(scores["abc".index(name)]) for scores in both]
        assert values == pytest.approx(wanted, abs=6e-4)


# What the keys of the runs in a legend are drawn with.
_KEYS = """rows => rows.map(row => [row.innerText.split('\\t')[0].trim(),
    getComputedStyle(row.querySelector('line')).stroke,
    getComputedStyle(row.querySelector('line')).strokeDasharray])"""
_DOTS = """items => Object.fromEntries(items.map(item =>
    [item.dataset.run, getComputedStyle(item.querySelector('.dot')).backgroundColor]))"""
_PLOTTED = """plot => { const canvas = plot.querySelector('canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Set();
    for (let i = 0; i < data.length; i += 4)
        if (data[i + 3] === 255) seen.add(`rgb(${data[i]}, ${data[i + 1]}, ${data[i + 2]})`);
    return [...seen]; }"""


@pytest.mark.parametrize("dark", [False, True])
def test_overlaid_runs_have_the_colours_that_tensorboard_has_for_them(
    watched: WatchedPage, two_runs: TensorBoardServer, dark: bool
) -> None:
    theme = "?darkMode=true" if dark else ""
    link = "&p.featuremaps.compare=run%3Ab%2Ftrain&p.featuremaps.lossTerm=total"
    tab = watched.open_tab(f"{two_runs.url}{theme}", link)
    legend = tab.get_by_test_id("loss-legend")
    expect(legend.locator("tbody tr")).to_have_count(2)
    tab.get_by_test_id("menu-runs").click()
    dots = tab.get_by_test_id("run-item").evaluate_all(_DOTS)
    keys = legend.locator("tbody tr").evaluate_all(_KEYS)
    assert {name: stroke for name, stroke, _ in keys} == dots
    assert len(set(dots.values())) == 2
    assert len({dash for *_, dash in keys}) == 2
    watched.page.wait_for_timeout(300)
    plotted = tab.get_by_test_id("loss-plot").evaluate(_PLOTTED)
    assert set(dots.values()) <= set(plotted)
    # All terms of one run are told apart by the palette of terms.
    watched.page.keyboard.press("Escape")
    tab.get_by_test_id("loss-term").select_option("")
    expect(legend.locator("tbody tr").first).to_contain_text("total")
    terms = [stroke for _, stroke, _ in legend.locator("tbody tr").evaluate_all(_KEYS)]
    assert not set(terms) & set(dots.values())


def _diverging(shape: Shape, step: int, probes: int) -> np.ndarray:
    """Values from 5 to 6, of which channel 1 becomes NaN and channel 3 infinite."""
    maps = np.random.default_rng(0).uniform(5, 6, (probes, *shape)).astype(np.float32)
    if step:
        maps[..., 1], maps[..., 3] = np.nan, np.inf
    return maps


def test_what_is_no_longer_finite_is_no_difference(
    watched: WatchedPage, tmp_path: pathlib.Path
) -> None:
    write_run(tmp_path / "a", {"conv": (6, 6, 4)}, (0, 10), maps=_diverging)
    with TensorBoardServer(tmp_path, load_fast=True) as running:
        running.wait_for_runs(["a"])
        look = "&p.featuremaps.scaling=layer&p.featuremaps.colormap=grey"
        tab = watched.open_tab(running.url, look)
        canvas = tab.get_by_test_id("grid-canvas")
        expect(tab.get_by_test_id("legend")).to_contain_text(re.compile(r"5\.\d+\s+5\.\d+"))
        seen = channel_pixels(read_canvas(canvas), 3)
        with opened(tab, "export"):
            path = download(watched.page, tab.get_by_test_id("figure-maps-×1"), tmp_path)
        with Image.open(path) as image:
            figure = np.asarray(image.convert("L"))
        # Its four maps stand in two rows; the last is as bright as on the screen.
        assert (seen[..., 0] == 255).all()
        side = 48
        assert (figure[8 + side + 2 :, 8 + side + 2 :][:side, :side] == 255).all()
        compared = "&p.featuremaps.compare=step%3A0&p.featuremaps.comparing=difference"
        tab = watched.open_tab(running.url, look + compared)
        canvas = tab.get_by_test_id("difference-canvas")
        expect(canvas).to_have_attribute("data-ready", "true")
        expect(tab.locator("fm-grid-signs span")).to_have_text(["⚠", "⚠"])
        pixels = [channel_pixels(read_canvas(canvas), channel) for channel in range(4)]
        for changed in pixels[1:]:
            np.testing.assert_array_equal(changed, pixels[0])  # which did not change
        box = canvas.bounding_box()
        assert box is not None
        canvas.hover(position={"x": box["width"] / 2, "y": 9})
        expect(tab.get_by_test_id("grid-tip")).to_contain_text("difference not finite")
        with opened(tab, "export"):
            svg = download(watched.page, tab.get_by_test_id("figure-maps-SVG"), tmp_path)
        assert "⚠ Channels 1, 3 have values that are not finite" in svg.read_text()
