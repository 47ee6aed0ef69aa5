"""Mean, maximum and the strongest channels' mean, as maps of their own."""

import json
import pathlib
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from browser.conftest import Trained
from PIL import Image, ImageSequence
from playwright.sync_api import FrameLocator, expect
from support.chromium import WatchedPage
from support.synthetic_runs import write_run
from support.tab import download, opened, read_canvas
from support.tensorboard_server import TensorBoardServer

_BLOCK = "&p.featuremaps.layer=featuremaps%2Fblock&p.featuremaps.colormap=grey"


def _joined(maps: np.ndarray, kind: str) -> np.ndarray:
    """What the channels of `[height, width, channels]` are together, `[height, width]`."""
    if kind == "maximum":
        return maps.max(-1)
    if kind == "mean":
        return maps.mean(-1)
    strongest = np.argsort(-maps.mean((0, 1)))[: int(kind.removeprefix("top"))]
    return maps[..., strongest].mean(-1)


def _pixels(tab: FrameLocator, shape: tuple[int, ...]) -> np.ndarray:
    canvas = read_canvas(tab.get_by_test_id("channel-canvas"))
    image = np.array(canvas["data"], np.uint8).reshape(-1, canvas["width"], 4)
    zoom = image.shape[0] // shape[0]
    return image[::zoom, ::zoom, 0]


def test_over_the_timeline_the_same_map_of_another_step_is_previewed(
    watched: WatchedPage, server: TensorBoardServer, trained: Trained
) -> None:
    tab = watched.open_tab(server.url, _BLOCK + "&p.featuremaps.channel=mean")
    expect(tab.get_by_test_id("channel-canvas")).to_have_attribute("data-overlay", "false")
    rail = tab.get_by_test_id("rail")
    box = rail.bounding_box()
    assert box is not None
    rail.hover(position={"x": box["width"] / 2, "y": 8})
    expect(tab.get_by_test_id("preview")).to_have_attribute("data-step", "4")
    preview = tab.locator("[data-testid=preview-canvas][data-map=mean]")
    preview.wait_for()
    canvas = read_canvas(preview)
    wanted = _joined(trained.activations["block"][4][0], "mean")
    image = np.array(canvas["data"], np.uint8).reshape(-1, canvas["width"], 4)
    zoom = image.shape[0] // wanted.shape[0]
    span = wanted.max() - wanted.min()
    shares = (wanted - wanted.min()) / span
    np.testing.assert_allclose(image[::zoom, ::zoom, 0], shares * 255, atol=4)


def test_a_link_to_a_map_that_the_layer_lacks_has_no_colours_of_it(
    watched: WatchedPage, tmp_path: pathlib.Path
) -> None:
    write_run(tmp_path / "run", {"dense": (1, 1, 12)}, (0, 10))
    with TensorBoardServer(tmp_path, load_fast=True) as running:
        running.wait_for_runs(["run"])
        tab = watched.open_tab(running.url, "&p.featuremaps.channel=mean")
        expect(tab.get_by_test_id("channel-missing")).to_contain_text("no map over its channels")
        expect(tab.get_by_test_id("legend")).to_contain_text("each channel:")
        watched.page.goto("about:blank")


@pytest.mark.parametrize("kind", ["mean", "maximum", "top5"])
def test_one_click_shows_what_the_channels_are_together(
    watched: WatchedPage, server: TensorBoardServer, trained: Trained, kind: str
) -> None:
    tab = watched.open_tab(server.url, _BLOCK)
    tab.get_by_test_id(f"aggregate-{kind}").click()
    canvas = tab.get_by_test_id("channel-canvas")
    expect(canvas).to_have_attribute("data-overlay", "false")
    wanted = _joined(trained.activations["block"][8][0], kind)
    span = wanted.max() - wanted.min()
    np.testing.assert_allclose(
        _pixels(tab, wanted.shape), (wanted - wanted.min()) / span * 255, atol=4
    )
    box = canvas.bounding_box()
    assert box is not None
    canvas.hover(position={"x": box["width"] * 0.99, "y": box["height"] * 0.01})
    text = tab.get_by_test_id("channel-value").inner_text().replace("−", "-")
    value, error = (float(part) for part in text.split("±"))
    assert 0 < error < span / 20
    assert abs(value - wanted[0, -1]) <= 1.1 * error  # the error has one digit
    expect(watched.page).to_have_url(re.compile(f"channel={kind}"))


def test_the_strongest_are_named_and_counted(
    watched: WatchedPage, server: TensorBoardServer, trained: Trained
) -> None:
    tab = watched.open_tab(server.url, _BLOCK + "&p.featuremaps.channel=top2")
    names = tab.get_by_test_id("top-channels").get_by_role("button")
    means = trained.activations["block"][8][0].mean((0, 1))
    expect(names).to_have_text([str(channel) for channel in np.argsort(-means)[:2]])
    count = tab.get_by_test_id("top-count")
    count.fill("3")
    count.press("Enter")
    expect(names).to_have_count(3)
    names.nth(2).click()
    title = f"Channel {np.argsort(-means)[2]}"
    expect(tab.get_by_test_id("channel-detail")).to_contain_text(title)


def test_two_clicks_lay_the_maximum_over_the_probe(
    watched: WatchedPage, server: TensorBoardServer
) -> None:
    tab = watched.open_tab(server.url, _BLOCK)
    tab.get_by_test_id("aggregate-maximum").click()
    tab.get_by_test_id("overlay").click()
    expect(tab.get_by_test_id("channel-canvas")).to_have_attribute("data-overlay", "true")


def test_its_film_has_the_mean_of_each_step(
    watched: WatchedPage, server: TensorBoardServer, trained: Trained, tmp_path: pathlib.Path
) -> None:
    tab = watched.open_tab(server.url, _BLOCK + "&p.featuremaps.channel=mean")
    button = tab.get_by_test_id("download-film")
    expect(button).to_be_enabled()
    path = download(watched.page, button, tmp_path)
    assert path.name == "run1_train_block_probe1_step8_mean_film.png"
    maps = [_joined(trained.activations["block"][step][0], "mean") for step in (0, 4, 8)]
    low, high = (
        min(activation.min() for activation in maps),
        max(activation.max() for activation in maps),
    )
    with Image.open(path) as picture:
        frames = [
            np.asarray(frame.convert("RGB"))[..., 0] for frame in ImageSequence.all_frames(picture)
        ]
    for pixels, activation in zip(frames, maps, strict=True):
        zoom = -(-160 // max(activation.shape))
        tile = pixels[8 : 8 + zoom * activation.shape[0], 8 : 8 + zoom * activation.shape[1]]
        expected = (activation - low) / (high - low) * 255
        np.testing.assert_allclose(tile[zoom // 2 :: zoom, zoom // 2 :: zoom], expected, atol=4)


def test_a_figure_says_what_it_is_of(
    watched: WatchedPage, server: TensorBoardServer, trained: Trained, tmp_path: pathlib.Path
) -> None:
    tab = watched.open_tab(server.url, _BLOCK + "&p.featuremaps.channel=top4")
    expect(tab.get_by_test_id("top-channels")).to_be_visible()
    with opened(tab, "export"):
        path = download(watched.page, tab.get_by_test_id("figure-top4-SVG"), tmp_path)
    space = "{http://www.w3.org/2000/svg}"
    texts = [
        element.text or "" for element in ElementTree.parse(path).getroot().iter(f"{space}text")
    ]
    wanted = "mean of the 4 channels with the largest mean"
    assert f"run1/train · block · {wanted} · step 8 · probe 1 (a)" in texts
    joined = _joined(trained.activations["block"][8][0], "top4")
    low, high = (float(text.replace("−", "-")) for text in texts[:2])
    assert (low, high) == pytest.approx((joined.min(), joined.max()), abs=5e-3)


def test_both_steps_of_a_comparison_share_their_range(
    watched: WatchedPage, server: TensorBoardServer, trained: Trained
) -> None:
    link = _BLOCK + "&p.featuremaps.channel=mean&p.featuremaps.compare=step%3A0"
    tab = watched.open_tab(server.url, link)
    maps = {step: _joined(trained.activations["block"][step][0], "mean") for step in (0, 8)}
    low = min(activation.min() for activation in maps.values())
    high = max(activation.max() for activation in maps.values())
    expect(tab.get_by_test_id("compared-canvas")).to_have_attribute("data-step", "0")
    watched.page.wait_for_timeout(300)
    expected = (maps[8] - low) / (high - low) * 255
    np.testing.assert_allclose(_pixels(tab, maps[8].shape), expected, atol=4)


def _with_a_nan(shape: tuple[int, int, int], step: int, probes: int) -> np.ndarray:
    channels = np.arange(1, shape[2] + 1, dtype=np.float32)
    rows = np.mgrid[0 : shape[0], 0 : shape[1]][0][..., None]
    maps = np.repeat((channels * (1 + rows))[None], probes, axis=0).astype(np.float32)
    maps[:, 0, 0, 2] = np.nan
    return maps


def test_what_is_not_finite_and_what_has_no_places(
    watched: WatchedPage, tmp_path: pathlib.Path
) -> None:
    write_run(tmp_path / "a", {"conv": (4, 4, 6), "dense": (1, 1, 6)}, maps=_with_a_nan)
    with TensorBoardServer(tmp_path, load_fast=True) as running:
        running.wait_for_runs(["a"])
        tab = watched.open_tab(running.url, "&p.featuremaps.channel=maximum")
        expect(tab.get_by_test_id("left-out")).to_contain_text("1 channel is left out")
        facts = tab.get_by_test_id("aggregate-facts").inner_text()
        assert float(facts.split("Maximum")[1].split("±")[0]) == pytest.approx(24, abs=0.1)
        order = tab.get_by_test_id("grid-canvas").get_attribute("data-order")
        assert json.loads(order or "") == [*range(6)]
        dense = "&p.featuremaps.channel=maximum&p.featuremaps.layer=featuremaps%2Fdense"
        tab = watched.open_tab(running.url, dense)
        expect(tab.get_by_test_id("channel-missing")).to_contain_text("is one value")
        expect(tab.get_by_test_id("aggregate-mean")).to_have_count(0)
        watched.page.goto("about:blank")
