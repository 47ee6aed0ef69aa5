"""Answers that come late, out of order, or not at all; and what the page says meanwhile."""

import json
import pathlib
import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, Route, expect
from support.chromium import WatchedPage
from support.synthetic_runs import write_run
from support.tab import choose_run, download, opened
from support.tensorboard_server import TensorBoardServer

_MAPS = {"conv1": (6, 6, 8), "block": (4, 4, 8)}
_ROUTES = re.compile(r".*/data/plugin/featuremaps/.*")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TensorBoardServer]:
    """Runs `a` of steps 0 to 50, and `b` of steps 0 and 15."""
    logdir: pathlib.Path = tmp_path_factory.mktemp("late")
    write_run(logdir / "a" / "train", _MAPS, range(0, 60, 10), loss_points=60)
    write_run(logdir / "b" / "train", _MAPS, (0, 15), loss_points=20)
    with TensorBoardServer(logdir, load_fast=True) as running:
        running.wait_for_runs(["a/train", "b/train"])
        yield running


class Held:
    """Holds back the requests that a condition picks, until they are let go."""

    def __init__(self, page: Page, picks: Callable[[str, dict[str, list[str]]], bool]) -> None:
        self._picks = picks
        self._released = False
        self._routes: list[Route] = []
        page.route(_ROUTES, self._handle)

    @property
    def count(self) -> int:
        return len(self._routes)

    def release(self) -> None:
        self._released = True
        for route in self._routes:
            route.continue_()

    def _handle(self, route: Route) -> None:
        address = urlparse(route.request.url)
        if not self._released and self._picks(
            address.path.rsplit("/", 1)[-1], parse_qs(address.query)
        ):
            self._routes.append(route)
        else:
            route.continue_()


def _is_step(blob_keys: dict[str, int], step: int) -> Callable[[str, dict[str, list[str]]], bool]:
    return lambda name, query: (
        name == "image" and blob_keys.get(query.get("blob_key", [""])[0]) == step
    )


def _steps_of(server: TensorBoardServer, run: str, layer: str) -> dict[str, int]:
    """The step of each picture's key."""
    path = f"data/plugin/featuremaps/captures?run={run}/train&tag=featuremaps/{layer}"
    captures = server.get_json(path)["captures"]
    return {key: capture["step"] for capture in captures for key in capture["blob_keys"]}


def test_maps_never_stand_under_another_run(watched: WatchedPage, runs: TensorBoardServer) -> None:
    tab = watched.open_tab(runs.url, "&p.featuremaps.run=a%2Ftrain")
    canvas = tab.get_by_test_id("grid-canvas")
    expect(canvas).to_have_attribute("data-step", "50")
    held = Held(
        watched.page,
        lambda name, query: name == "captures" and query["run"] == ["b/train"],
    )
    choose_run(tab, "b/train")
    expect(tab.locator("[aria-label='Maps']")).to_contain_text("Loading")
    watched.page.keyboard.press("ArrowLeft")
    watched.page.wait_for_timeout(300)
    expect(canvas).to_have_count(0)
    assert held.count
    held.release()
    expect(canvas).to_have_attribute("data-run", "b/train")
    expect(canvas).to_have_attribute("data-step", "15")


def test_a_picture_that_comes_late_is_not_shown_for_another_step(
    watched: WatchedPage, runs: TensorBoardServer
) -> None:
    tab = watched.open_tab(runs.url, "&p.featuremaps.run=a%2Ftrain")
    canvas, title = tab.get_by_test_id("grid-canvas"), tab.get_by_test_id("pane-title")
    expect(canvas).to_have_attribute("data-step", "50")
    held = Held(watched.page, _is_step(_steps_of(runs, "a", "conv1"), 0))
    slider = tab.get_by_test_id("step-slider")
    slider.fill("0")
    expect(tab.get_by_test_id("step-label")).to_contain_text("step 0")
    expect(title).to_contain_text("loading step 0")
    expect(title).to_contain_text("step 50")
    expect(canvas).to_have_attribute("data-step", "50")
    slider.fill("1")
    expect(canvas).to_have_attribute("data-step", "10")
    held.release()
    watched.page.wait_for_timeout(500)
    expect(canvas).to_have_attribute("data-step", "10")
    expect(title).not_to_contain_text("loading")
    slider.fill("0")
    expect(canvas).to_have_attribute("data-step", "0")


def test_a_picture_that_does_not_come_is_said_in_its_place(
    watched: WatchedPage, runs: TensorBoardServer
) -> None:
    tab = watched.open_tab(runs.url, "&p.featuremaps.run=a%2Ftrain")
    canvas = tab.get_by_test_id("grid-canvas")
    expect(canvas).to_have_attribute("data-step", "50")
    is_first = _is_step(_steps_of(runs, "a", "conv1"), 0)

    def abort(route: Route) -> None:
        address = urlparse(route.request.url)
        name = address.path.rsplit("/", 1)[-1]
        if is_first(name, parse_qs(address.query)):
            route.abort()
        else:
            route.continue_()

    watched.page.route(_ROUTES, abort)
    tab.get_by_test_id("step-slider").fill("0")
    expect(tab.get_by_test_id("pane-problem")).to_contain_text("does not answer")
    expect(canvas).to_have_count(0)
    tab.get_by_test_id("step-slider").fill("3")
    expect(canvas).to_have_attribute("data-step", "30")
    watched.page.unroute(_ROUTES)
    tab.get_by_test_id("step-slider").fill("0")
    expect(canvas).to_have_attribute("data-step", "0")
    watched.problems.clear()


def test_figures_wait_for_all_that_they_show(
    watched: WatchedPage, runs: TensorBoardServer, tmp_path: pathlib.Path
) -> None:
    held = Held(
        watched.page,
        lambda name, query: (
            (name == "statistics" and query["tag"] == ["featuremaps/block/stats"])
            or (name in ("captures", "loss_terms") and query["run"] == ["b/train"])
        ),
    )
    compared = "&p.featuremaps.compare=run%3Ab%2Ftrain&p.featuremaps.lossTerm=total"
    tab = watched.open_tab(runs.url, "&p.featuremaps.run=a%2Ftrain" + compared)
    expect(tab.get_by_test_id("grid-canvas")).to_have_attribute("data-step", "50")
    tab.get_by_test_id("loss-legend").wait_for()
    with opened(tab, "export"):
        for kind in ("maps", "losses"):
            expect(tab.get_by_test_id(f"figure-{kind}-SVG")).to_be_disabled()
    tab.get_by_test_id("view-network").click()
    rows = tab.get_by_test_id("network-row")
    expect(rows).to_contain_text(["1 of 8", "Loading"])
    with opened(tab, "export"):
        button = tab.get_by_test_id("figure-network-SVG")
        expect(button).to_be_disabled()
        assert held.count >= 3
        held.release()
        figure = download(watched.page, button, tmp_path).read_text()
    assert ">block</text>" in figure
    assert "not known" not in figure
    tab.get_by_test_id("view-maps").click()
    with opened(tab, "export"):
        maps = download(watched.page, tab.get_by_test_id("figure-maps-SVG"), tmp_path)
        losses = download(watched.page, tab.get_by_test_id("figure-losses-SVG"), tmp_path)
    assert maps.name == "a_train_conv1_probe1_step50_maps_compared.svg"
    assert maps.read_text().count("<image") >= 2
    assert "2 runs" in losses.read_text()


def test_a_server_that_never_answers_is_no_empty_directory(
    watched: WatchedPage, runs: TensorBoardServer
) -> None:
    watched.page.route(re.compile(r".*/featuremaps/runs.*"), lambda route: route.abort())
    tab = watched.open_tab(runs.url)
    expect(tab.get_by_test_id("error-banner")).to_contain_text("does not answer")
    expect(tab.get_by_test_id("live")).to_have_count(0)
    expect(tab.get_by_test_id("empty-state")).to_have_count(0)
    watched.page.unroute(re.compile(r".*/featuremaps/runs.*"))
    tab.get_by_role("button", name="Try again").click()
    expect(tab.get_by_test_id("grid-canvas")).to_have_attribute("data-ready", "true")
    expect(tab.get_by_test_id("error-banner")).to_have_count(0)
    expect(tab.get_by_test_id("live")).to_have_attribute("data-state", "live")
    watched.problems.clear()


def test_what_is_new_appears_without_a_button(watched: WatchedPage, tmp_path: pathlib.Path) -> None:
    write_run(tmp_path / "live" / "train", _MAPS, (0, 10), loss_points=11)
    with TensorBoardServer(tmp_path, load_fast=True) as running:
        running.wait_for_runs(["live/train"])
        tab = watched.open_tab(running.url)
        canvas = tab.get_by_test_id("grid-canvas")
        expect(canvas).to_have_attribute("data-step", "10")
        expect(tab.get_by_test_id("live")).to_have_text("Live")
        requests: list[str] = []
        watched.page.on("request", lambda request: requests.append(request.url))
        write_run(tmp_path / "live" / "train", _MAPS, (20,), loss_points=10, losses_from=11)
        write_run(tmp_path / "other" / "train", _MAPS, (0,))
        expect(canvas).to_have_attribute("data-step", "20", timeout=30_000)
        expect(tab.get_by_test_id("step-label")).to_contain_text("3 of 3")
        expect(tab.get_by_test_id("run-item")).to_have_count(2, timeout=30_000)
        expect(tab.get_by_test_id("loss-legend")).to_contain_text("at step 20")
        ours = [url for url in requests if "/featuremaps/" in url and "/image" not in url]
        known = [url for url in ours if "other" not in url]
        assert all("since=" in url for url in known if "/static/" not in url), known
        # Behind another of TensorBoard's tabs nothing is asked for.
        watched.page.get_by_role("tab", name="scalars").click()
        watched.page.wait_for_timeout(2500)
        requests.clear()
        watched.page.wait_for_timeout(7000)
        assert [url for url in requests if "/plugin/featuremaps/" in url] == []
        watched.page.get_by_role("tab", name="Feature Maps").click()
        expect(tab.get_by_test_id("live")).to_have_attribute("data-state", "live")
        watched.page.goto("about:blank")


def test_a_link_to_what_is_not_there_says_so(watched: WatchedPage, runs: TensorBoardServer) -> None:
    places = {
        "run=gone": "no run “gone”",
        "run=a%2Ftrain&p.featuremaps.layer=featuremaps%2Fgone": "no layer “featuremaps/gone”",
        "run=a%2Ftrain&p.featuremaps.probe=7": "Probe 8 is not there",
    }
    for link, message in places.items():
        watched.page.goto("about:blank")
        tab = watched.open_tab(runs.url, f"&p.featuremaps.{link}")
        expect(tab.get_by_test_id("missing")).to_contain_text(message)
        expect(tab.get_by_test_id("grid-canvas")).to_have_count(0)
    choose_run(tab, "b/train")
    expect(tab.get_by_test_id("grid-canvas")).to_have_attribute("data-run", "b/train")
    watched.page.goto("about:blank")
    tab = watched.open_tab(runs.url, "&p.featuremaps.channel=99")
    expect(tab.get_by_test_id("channel-missing")).to_contain_text("it has 8")


def test_a_link_holds_all_that_is_seen(watched: WatchedPage, runs: TensorBoardServer) -> None:
    tab = watched.open_tab(runs.url, "&p.featuremaps.run=a%2Ftrain&p.featuremaps.channel=2")
    expect(tab.get_by_test_id("grid-canvas")).to_have_attribute("data-step", "50")
    tab.get_by_test_id("overlay").click()
    with opened(tab, "appearance"):
        tab.get_by_label("Hide inactive").check()
    tab.get_by_role("button", name="Log", exact=True).click()
    tab.get_by_test_id("smoothing").fill("0.8")
    watched.page.wait_for_url(re.compile(r"smoothing=0\.8"))
    assert "p.featuremaps.step=50" in watched.page.url
    watched.page.reload()
    expect(tab.get_by_test_id("channel-canvas")).to_have_attribute("data-overlay", "true")
    with opened(tab, "appearance"):
        expect(tab.get_by_label("Hide inactive")).to_be_checked()
    expect(tab.get_by_role("button", name="Log", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(tab.get_by_test_id("smoothing")).to_have_value("0.8")
    order = tab.get_by_test_id("grid-canvas").get_attribute("data-order")
    assert json.loads(order or "") == [*range(1, 8)]
