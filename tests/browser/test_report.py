"""A report opened from a file, by a Chromium whose network is off."""

import pathlib
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect
from support.chromium import WatchedPage
from support.report_file import share_of
from support.small_models import IMAGES, targets, two_headed_model
from support.synthetic_runs import write_run
from support.tab import channel_pixels, choose_run, download, opened, show_layer

from tb_featuremaps import FeatureMaps, GradientTerms, LossTerms
from tb_featuremaps.cli import main
from tb_featuremaps.reader import read_logdir

_ODD_RUN = '<!-- "日"'
_ODD_LAYER = "</script><script>document.title = 'taken'</script>"


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A trained run with all that is logged, and one of odd names."""
    logdir = tmp_path_factory.mktemp("logs")
    callbacks = [
        FeatureMaps(logdir / "a", IMAGES[:2], labels=[0, 2], attributions=True, every=2),
        GradientTerms(logdir / "a", IMAGES[:8], targets(8), every=2),
        LossTerms(logdir / "a"),
    ]
    two_headed_model().fit(
        IMAGES, targets(), callbacks=callbacks, batch_size=50, epochs=3, verbose=0
    )
    write_run(logdir / _ODD_RUN, {_ODD_LAYER: (6, 6, 4)}, (0, 1, 2), labels=["</title>"])
    return logdir


@pytest.fixture(scope="module")
def report(logdir: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    path = tmp_path_factory.mktemp("reports") / "a report.html"
    assert main(["report", str(logdir), f"--out={path}"]) == 0
    return path


@pytest.fixture
def offline(browser: Browser) -> Iterator[WatchedPage]:
    """A page without a network; a test fails if it asked for anything, or anything went wrong."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True)
    page = context.new_page()
    page.set_default_timeout(15_000)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    watched = WatchedPage(page)
    yield watched
    context.close()
    assert watched.problems == []
    # Pictures and files that the page holds have addresses of their own.
    assert {url.split(":")[0] for url in asked} <= {"file", "data", "blob"}


def _open(watched: WatchedPage, path: pathlib.Path, place: str = "#run=a%2Ftrain") -> Page:
    watched.page.goto(path.as_uri() + place)
    watched.page.locator("canvas").first.wait_for()
    return watched.page


def test_the_pixels_are_those_of_the_log(
    offline: WatchedPage, report: pathlib.Path, logdir: pathlib.Path
) -> None:
    page = _open(offline, report)
    pixels = channel_pixels(show_layer(page, "block", 6), 3)
    levels = read_logdir(logdir).atlas("a/train", "block", 6).levels[..., 3]
    np.testing.assert_array_equal(pixels[..., 0], levels)


def test_every_view_works(offline: WatchedPage, report: pathlib.Path) -> None:
    page = _open(offline, report)
    expect(page.get_by_test_id("loss-plot")).to_have_attribute(
        "data-terms", '["total","main","aux1","penalty"]'
    )
    expect(page.get_by_test_id("outputs").locator("h3")).to_contain_text(["main", "aux1"])
    page.get_by_test_id("grid-canvas").click(position={"x": 3, "y": 3})
    expect(page.get_by_test_id("channel-detail")).to_contain_text("Channel 0")
    expect(page.locator("fm-film canvas").first).to_be_visible()
    page.get_by_test_id("view-network").click()
    expect(page.get_by_test_id("network-canvas")).to_be_visible()
    page.get_by_test_id("view-health").click()
    expect(page.get_by_test_id("health-canvas")).to_have_attribute("data-cells", "4x8")
    page.get_by_test_id("view-gradients").click()
    page.locator("[data-testid=gradients-canvas][data-ready]").wait_for()
    expect(page.get_by_test_id("attention-head").first).to_be_visible()
    page.get_by_test_id("view-maps").click()
    page.get_by_test_id("compare-select").select_option(index=1)
    page.get_by_test_id("step-slider").fill("0")
    expect(page.get_by_test_id("grid-canvas")).to_have_attribute("data-step", "0")
    expect(page.get_by_test_id("compared-canvas")).to_have_attribute("data-step", "6")
    with opened(page, "probe"):
        width = page.get_by_test_id("probe-image").first.evaluate("image => image.naturalWidth")
    assert width == 16


def test_it_says_what_it_is_and_not_that_it_is_live(
    offline: WatchedPage, report: pathlib.Path
) -> None:
    page = _open(offline, report)
    expect(page.get_by_test_id("live")).to_contain_text("Report, made on ")
    expect(page.get_by_test_id("messages")).to_have_count(0)
    page.wait_for_timeout(6000)  # the tab of a server asks again within five seconds
    expect(page.get_by_test_id("error-banner")).to_have_count(0)


def test_keys_links_and_the_way_back(offline: WatchedPage, report: pathlib.Path) -> None:
    page = _open(offline, report, "#run=a%2Ftrain&layer=featuremaps%2Fblock&step=2")
    canvas = page.get_by_test_id("grid-canvas")
    expect(canvas).to_have_attribute("data-layer", "block")
    expect(canvas).to_have_attribute("data-step", "2")
    page.keyboard.press("ArrowRight")
    expect(canvas).to_have_attribute("data-step", "4")
    page.keyboard.press("ArrowUp")
    expect(canvas).to_have_attribute("data-layer", "conv1")
    page.wait_for_url("**step=4*")
    page.reload()
    expect(canvas).to_have_attribute("data-layer", "conv1")
    expect(canvas).to_have_attribute("data-step", "4")
    page.go_back()
    expect(canvas).to_have_attribute("data-layer", "block")
    expect(page.get_by_test_id("copy-link")).to_be_visible()


def test_light_and_dark_are_switched(offline: WatchedPage, report: pathlib.Path) -> None:
    offline.page.emulate_media(color_scheme="dark")
    page = _open(offline, report)
    surface = "() => getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(surface) == "rgb(32, 33, 36)"
    page.get_by_test_id("switch-theme").click()
    assert page.evaluate(surface) == "rgb(255, 255, 255)"


@pytest.mark.parametrize("width", [360, 640, 730, 890, 1010, 1120])
def test_the_toolbar_has_room_for_all(
    offline: WatchedPage, report: pathlib.Path, width: int
) -> None:
    offline.page.set_viewport_size({"width": width, "height": 700})
    page = _open(offline, report)
    parts = page.locator("fm-toolbar .row > *:visible")
    boxes = parts.evaluate_all("all => all.map(part => part.getBoundingClientRect().toJSON())")
    assert max(box["right"] for box in boxes) <= width
    assert min(box["left"] for box in boxes) >= 0
    room = page.locator("fm-runs-menu").evaluate("menu => menu.clientWidth")
    assert room >= (34 if width < 480 else 70)


def test_files_can_be_taken_away(
    offline: WatchedPage, report: pathlib.Path, logdir: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    page = _open(offline, report, "#run=a%2Ftrain&layer=featuremaps%2Fblock&step=4")
    page.locator("[data-testid=grid-canvas][data-step='4'][data-ready]").wait_for()
    with opened(page, "export"):
        taken = download(page, page.get_by_test_id("download-atlas"), tmp_path)
    assert taken.read_bytes() == read_logdir(logdir).atlas_png("a/train", "block", 4)


def test_names_are_text(offline: WatchedPage, report: pathlib.Path) -> None:
    page = _open(offline, report)
    choose_run(page, _ODD_RUN)
    expect(page.locator("h1")).to_have_text(_ODD_LAYER)
    expect(page.get_by_test_id("menu-probe")).to_contain_text("</title>")
    assert page.title() == f"Feature Maps: {_ODD_RUN} and 1 more"


def test_what_was_left_out_is_said(offline: WatchedPage, tmp_path: pathlib.Path) -> None:
    write_run(tmp_path / "logs" / "long", {"conv1": (24, 24, 16)}, range(0, 400, 10))
    path = tmp_path / "report.html"
    report = ["report", str(tmp_path / "logs"), f"--out={path}"]
    assert main(report) == 0
    most = share_of(path, 0.5)
    assert main([*report, f"--max-size={most}"]) == 0
    assert path.stat().st_size <= most
    page = _open(offline, path, "")
    expect(page.get_by_test_id("messages")).to_contain_text("of 40 captures are in it")
    label = page.get_by_test_id("step-label")
    expect(label).to_contain_text("kept")
    title = label.locator("[title]").get_attribute("title")
    assert str(title).startswith("The report holds only some")


def test_a_run_without_the_chosen_layers_is_said(
    offline: WatchedPage, logdir: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    path = tmp_path / "report.html"
    assert main(["report", str(logdir), "--layers", _ODD_LAYER, f"--out={path}"]) == 0
    page = _open(offline, path)
    expect(page.get_by_test_id("no-maps")).to_contain_text(
        "In this report the run has loss terms, predictions and gradients but no feature maps."
    )
    page.get_by_test_id("no-maps").get_by_role("button").click()
    page.locator("[data-testid=gradients-canvas][data-ready]").wait_for()


def test_a_file_that_is_cut_short_says_so(
    offline: WatchedPage, report: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    path = tmp_path / "cut.html"
    whole = report.read_bytes()
    for end, said in ((len(whole) - 2000, "This report is cut short"), (100_000, "not whole")):
        path.write_bytes(whole[:end])
        offline.page.goto(path.as_uri())
        expect(offline.page.locator("body")).to_contain_text(said)
