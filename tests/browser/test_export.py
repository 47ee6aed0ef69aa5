"""Figures that the tab hands over: their names, captions and pixels."""

import base64
import io
import pathlib
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from browser.conftest import Trained
from PIL import Image
from support.chromium import WatchedPage
from support.tab import download
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
