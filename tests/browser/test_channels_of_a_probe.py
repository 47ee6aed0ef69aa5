"""Which channels respond to this image, and since when? And orders that stand while it plays."""

import pathlib
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image, ImageSequence
from playwright.sync_api import expect
from support.chromium import WatchedPage
from support.synthetic_runs import Shape, write_run
from support.tab import download, opened
from support.tensorboard_server import TensorBoardServer

_STEPS = (0, 10, 20, 30)
_CHANNELS = 5


def _maps(shape: Shape, step: int, probes: int) -> np.ndarray:
    """Channel 3 responds to the probe "b" from step 20 on; the others as much to each probe.

    The means of the others take turns in their order from step to step.
    """
    rows = np.mgrid[0 : shape[0], 0 : shape[1]][0][..., None] / shape[0]
    level = 1 + (np.arange(shape[2]) + step // 10) % shape[2]
    maps = np.repeat((rows + level)[None], probes, axis=0).astype(np.float32)
    maps[..., 3] = rows[..., 0]
    if step >= 20 and probes > 1:
        maps[1, ..., 3] += 9
    return maps


@pytest.fixture(scope="module")
def selective(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TensorBoardServer]:
    logdir = tmp_path_factory.mktemp("selective")
    layers = {"conv": (4, 4, _CHANNELS)}
    write_run(logdir / "a", layers, _STEPS, labels=("a", "b", "c"), maps=_maps, loss_points=31)
    write_run(logdir / "b", layers, _STEPS, labels=("a",), maps=_maps)
    with TensorBoardServer(logdir, load_fast=True) as running:
        running.wait_for_runs(["a", "b"])
        yield running


def test_the_channel_of_a_probe_comes_first_and_says_since_when(
    watched: WatchedPage, selective: TensorBoardServer
) -> None:
    tab = watched.open_tab(selective.url, "&p.featuremaps.run=a&p.featuremaps.probe=1")
    with opened(tab, "appearance"):
        tab.get_by_test_id("sort-select").select_option("selective")
    canvas = tab.get_by_test_id("grid-canvas")
    expect(canvas).to_have_attribute("data-order", "[3,0,1,2,4]")
    canvas.hover(position={"x": 9, "y": 9})
    expect(tab.get_by_test_id("grid-tip")).to_contain_text("selective since step 20")
    canvas.click(position={"x": 9, "y": 9})
    expect(tab.get_by_test_id("selective")).to_contain_text("since step 20")
    expect(tab.get_by_test_id("channel-plot")).to_be_visible()


def test_other_channels_say_that_they_are_not_selective(
    watched: WatchedPage, selective: TensorBoardServer
) -> None:
    place = "&p.featuremaps.run=a&p.featuremaps.probe=1&p.featuremaps.channel=1"
    tab = watched.open_tab(selective.url, place)
    expect(tab.get_by_test_id("selective")).to_contain_text("not selective")


def test_the_first_of_an_order_and_a_channel_by_its_number(
    watched: WatchedPage, selective: TensorBoardServer
) -> None:
    tab = watched.open_tab(selective.url, "&p.featuremaps.run=a&p.featuremaps.sort=mean")
    canvas = tab.get_by_test_id("grid-canvas")
    with opened(tab, "appearance"):
        tab.get_by_test_id("top").fill("2")
        tab.get_by_test_id("top").press("Enter")
        expect(canvas).to_have_attribute("data-order", "[1,0]")
        tab.get_by_test_id("go-to-channel").fill("4")
        tab.get_by_test_id("go-to-channel").press("Enter")
    expect(tab.get_by_test_id("channel-detail")).to_contain_text("Channel 4")


def test_with_one_probe_selectivity_is_not_offered(
    watched: WatchedPage, selective: TensorBoardServer
) -> None:
    tab = watched.open_tab(selective.url, "&p.featuremaps.run=b")
    with opened(tab, "appearance"):
        expect(tab.get_by_test_id("not-selective")).to_contain_text("one probe only")
        expect(tab.locator("[data-testid=sort-select] option[value=selective]")).to_have_count(0)


_WRITE_DOWN = """canvas => {
    const seen = [];
    new MutationObserver(() => seen.push([canvas.dataset.step, canvas.dataset.order]))
        .observe(canvas, { attributeFilter: ['data-step', 'data-order'] });
    return seen; }"""


def test_the_order_stands_while_it_plays(
    watched: WatchedPage, selective: TensorBoardServer
) -> None:
    place = "&p.featuremaps.run=a&p.featuremaps.sort=mean&p.featuremaps.step=0"
    tab = watched.open_tab(selective.url, place)
    canvas = tab.get_by_test_id("grid-canvas")
    kept, newest = "[4,2,1,0,3]", "[1,0,4,2,3]"
    expect(canvas).to_have_attribute("data-order", kept)
    # Each step stands for a quarter of a second, so that the page itself writes them down.
    seen = canvas.evaluate_handle(_WRITE_DOWN)
    tab.get_by_role("button", name="Play").click()
    expect(canvas).to_have_attribute("data-order", newest)
    expect(tab.get_by_role("button", name="Play")).to_be_visible()
    assert list(dict.fromkeys(map(tuple, seen.json_value()))) == [
        *((step, kept) for step in ("10", "20", "30")),
        ("30", newest),
    ]


_GREY = "&p.featuremaps.run=a&p.featuremaps.probe=1&p.featuremaps.colormap=grey"


def test_two_clicks_make_a_film_of_when_it_learned_the_probe(
    watched: WatchedPage, selective: TensorBoardServer, tmp_path: pathlib.Path
) -> None:
    tab = watched.open_tab(selective.url, _GREY)
    tab.get_by_test_id("grid-canvas").wait_for()
    tab.get_by_test_id("menu-export").click()
    path = download(watched.page, tab.get_by_test_id("onset-film"), tmp_path)
    assert path.name == "a_conv_probe2_step30_by_onset_film.png"
    with Image.open(path) as film:
        frames = [np.asarray(frame.convert("L"), float) for frame in ImageSequence.all_frames(film)]
    assert len(frames) == len(_STEPS)
    for step, pixels in zip(_STEPS, frames, strict=True):
        maps = _maps((4, 4, _CHANNELS), step, 3)[1, ..., 3]
        expected = maps / 9.75 * 255  # its largest value at any step
        if step < 20:
            expected = 0.25 * expected + 0.75 * 255
        tile = pixels[26 : 26 + 96, 8 : 8 + 96]  # below its title
        np.testing.assert_allclose(tile[12::24, 12::24], expected, atol=3)


def test_the_figure_by_onset_says_what_it_is_of(
    watched: WatchedPage, selective: TensorBoardServer, tmp_path: pathlib.Path
) -> None:
    tab = watched.open_tab(selective.url, _GREY)
    tab.get_by_test_id("grid-canvas").wait_for()
    with opened(tab, "export"):
        path = download(watched.page, tab.get_by_test_id("figure-onset-SVG"), tmp_path)
    texts = path.read_text()
    assert ">3 · since 20<" in texts
    assert "channels selective for the probe, by onset · step 30 · probe 2 (b)" in texts
    assert "1 of 1 by this step" in texts
    with opened(tab, "probe"):
        tab.get_by_test_id("probe-item").first.click()
    with opened(tab, "export"):
        expect(tab.get_by_test_id("no-onsets")).to_contain_text("No channel is selective")
