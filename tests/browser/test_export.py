"""Figures that the tab hands over: their names, captions and pixels."""

import base64
import io
import pathlib
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from browser.conftest import Trained
from PIL import Image
from playwright.sync_api import FrameLocator, expect
from support.chromium import WatchedPage
from support.logdir import read_run, scalars
from support.synthetic_runs import Shape, write_run
from support.tab import download, opened
from support.tensorboard_server import TensorBoardServer

_LINK = (
    "&p.featuremaps.layer=featuremaps%2Fblock&p.featuremaps.colormap=grey"
    "&p.featuremaps.scaling=layer&p.featuremaps.channel=3"
)
_MARGIN = 8


def _expected(trained: Trained) -> np.ndarray:
    """Channel 3 in the layer's grey levels, `[height, width]`."""
    maps = trained.activations["block"][8][0]
    return (maps[..., 3] - maps.min()) / (maps.max() - maps.min()) * 255


@pytest.mark.parametrize("scale", [1, 4])
def test_a_channel_as_png_has_its_maps_pixels(
    watched: WatchedPage,
    server: TensorBoardServer,
    trained: Trained,
    tmp_path: pathlib.Path,
    scale: int,
) -> None:
    tab = watched.open_tab(server.url, _LINK)
    tab.locator("[data-testid=grid-canvas][data-ready]").wait_for()
    tab.get_by_test_id("menu-export").click()
    button = tab.get_by_test_id(f"figure-channel3-×{scale}")
    path = download(watched.page, button, tmp_path)
    times = "" if scale == 1 else f"_x{scale}"
    assert path.name == f"run1_train_block_probe1_step8_channel3{times}.png"
    wanted = _expected(trained)
    pixels = np.asarray(Image.open(path).convert("L"))
    zoom = scale * -(-4 * 48 // max(wanted.shape))
    start = scale * _MARGIN
    height, width = (zoom * side for side in wanted.shape)
    tile = pixels[start : start + height, start : start + width]
    np.testing.assert_array_equal(
        tile, np.repeat(np.repeat(tile[::zoom, ::zoom], zoom, 0), zoom, 1)
    )
    np.testing.assert_allclose(tile[::zoom, ::zoom], wanted, atol=2)
    assert (pixels[:start] == 255).all()
    assert (pixels[start + height :] < 128).any()  # the caption


def test_a_channel_as_svg_says_what_it_is_of(
    watched: WatchedPage, server: TensorBoardServer, trained: Trained, tmp_path: pathlib.Path
) -> None:
    tab = watched.open_tab(server.url, _LINK)
    tab.locator("[data-testid=grid-canvas][data-ready]").wait_for()
    tab.get_by_test_id("menu-export").click()
    path = download(watched.page, tab.get_by_test_id("figure-channel3-SVG"), tmp_path)
    root = ElementTree.parse(path).getroot()
    space = "{http://www.w3.org/2000/svg}"
    texts = [element.text or "" for element in root.iter(f"{space}text")]
    assert "run1/train · block · channel 3 · step 8 · probe 1 (a)" in texts
    maps = trained.activations["block"][8][0]
    low, high = (float(text.replace("−", "-")) for text in texts[:2])
    assert (low, high) == pytest.approx((maps.min(), maps.max()), abs=1e-3)
    image = next(root.iter(f"{space}image"))
    assert "pixelated" in image.get("style", "")
    data = base64.b64decode((image.get("href") or "").split(",")[1])
    pixels = np.asarray(Image.open(io.BytesIO(data)).convert("L"))
    wanted = _expected(trained)
    zoom = pixels.shape[0] // wanted.shape[0]
    np.testing.assert_allclose(pixels[::zoom, ::zoom], wanted, atol=2)


_SPACE = "{http://www.w3.org/2000/svg}"


def _texts(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{_SPACE}text")]


def _svg(
    watched: WatchedPage, tab: FrameLocator, kind: str, folder: pathlib.Path
) -> ElementTree.Element:
    """The figure of a kind from the menu Export: two clicks."""
    with opened(tab, "export"):
        path = download(watched.page, tab.get_by_test_id(f"figure-{kind}-SVG"), folder)
    return ElementTree.parse(path).getroot()


def test_the_loss_plot_as_svg_has_the_values_that_were_logged(
    watched: WatchedPage, server: TensorBoardServer, trained: Trained, tmp_path: pathlib.Path
) -> None:
    tab = watched.open_tab(server.url)
    tab.get_by_test_id("loss-legend").wait_for()
    root = _svg(watched, tab, "losses", tmp_path)
    texts = _texts(root)
    assert "run1/train · loss terms · steps 1 – 8" in texts
    assert {"total", "main", "aux1", "penalty", "total, validation"} <= set(texts)
    lines = [
        np.array([[float(part) for part in point.split(",")] for point in points.split()])
        for points in (line.get("points") or "" for line in root.iter(f"{_SPACE}polyline"))
    ]
    run = read_run(trained.logdir / "run1" / "train")
    drawn = [line for line in lines if len(line) == 8]
    wanted = [
        scalars(run, f"loss/{tag}")
        for tag in ("total", "main/weighted", "aux1/weighted", "penalty")
    ]
    assert len(drawn) == len(wanted)
    # One affine map leads from all values to all places.
    heights, values = np.concatenate([line[:, 1] for line in drawn]), np.concatenate(wanted)
    slope, start = np.polyfit(values, heights, 1)
    assert slope < 0
    np.testing.assert_allclose(heights, slope * values + start, atol=0.01)


def test_network_and_health_are_figures_that_say_what_they_are_of(
    watched: WatchedPage, server: TensorBoardServer, tmp_path: pathlib.Path
) -> None:
    tab = watched.open_tab(server.url, "&p.featuremaps.view=network")
    expect(tab.get_by_test_id("network-canvas")).to_have_attribute("data-ready", "true")
    texts = _texts(_svg(watched, tab, "network", tmp_path))
    assert {"conv1", "block"} <= set(texts)
    assert any(
        re.fullmatch(r"run1/train · \d layers · steps 0 – 8 · .*\(a\)", text) for text in texts
    )
    tab.get_by_test_id("view-health").click()
    tab.get_by_test_id("health-canvas").wait_for()
    root = _svg(watched, tab, "health", tmp_path)
    texts = _texts(root)
    assert "run1/train · conv1 · 8 channels · steps 0 – 8 · probe 1 (a)" in texts
    assert sum(text.startswith("channel ") for text in texts) == 8
    image = next(root.iter(f"{_SPACE}image"))
    data = base64.b64decode((image.get("href") or "").split(",")[1])
    assert Image.open(io.BytesIO(data)).size == (3, 8)
    with opened(tab, "export"):
        path = download(watched.page, tab.get_by_test_id("figure-health-×2"), tmp_path)
    assert path.name == "run1_train_conv1_probe1_health_x2.png"
    with Image.open(path) as picture:
        assert picture.width == 2 * float(root.get("width") or 0)


def test_channels_of_one_value_are_bars_with_a_scale(
    watched: WatchedPage, tmp_path: pathlib.Path
) -> None:
    values = np.array([0.5, -1.0, 2.0, 0.0, 1.5], np.float32)

    def maps(shape: Shape, step: int, probes: int) -> np.ndarray:
        return np.broadcast_to(values, (probes, *shape))

    write_run(tmp_path / "a", {"dense": (1, 1, 5)}, maps=maps)
    with TensorBoardServer(tmp_path, load_fast=True) as running:
        running.wait_for_runs(["a"])
        tab = watched.open_tab(running.url)
        tab.locator("[data-testid=grid-canvas][data-ready]").wait_for()
        root = _svg(watched, tab, "maps", tmp_path)
        watched.page.goto("about:blank")
    assert not list(root.iter(f"{_SPACE}image"))
    ticks = {
        float(text.text.replace("−", "-")): float(text.get("y") or 0)
        for text in root.iter(f"{_SPACE}text")
        if text.get("text-anchor") == "end" and text.text
    }
    assert set(ticks) >= {-1, 0, 1, 2}
    bars = [rect for rect in root.iter(f"{_SPACE}rect") if rect.get("fill") != "#fff"]
    assert len(bars) == len(values)
    for value, bar in zip(values, bars, strict=True):
        top, height = float(bar.get("y") or 0), float(bar.get("height") or 0)
        ends = sorted((ticks[0], ticks[0] + value * (ticks[1] - ticks[0])))
        np.testing.assert_allclose((top, top + height), ends, atol=0.02)
