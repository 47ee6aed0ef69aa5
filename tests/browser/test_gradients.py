"""The view Gradients: of a real run, in a real browser."""

import csv
import json
import pathlib
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import expect
from support.chromium import WatchedPage
from support.logdir import read_run
from support.small_models import IMAGES, targets, two_headed_model
from support.tab import accessibility_problems, choose_run, download, opened
from support.tensorboard_server import TensorBoardServer

from tb_featuremaps import FeatureMaps, GradientTerms, LossTerms, RunWriter

_RUN = "a/train"
_HERE = "&p.featuremaps.run=a%2Ftrain&p.featuremaps.view=gradients"


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    logdir = tmp_path_factory.mktemp("logs")
    callbacks = [
        FeatureMaps(logdir / "a", IMAGES[:2], labels=[0, 2], attributions=True, every=2),
        GradientTerms(logdir / "a", IMAGES[:8], targets(8), every=2),
        LossTerms(logdir / "a"),
    ]
    fit = {"batch_size": 50, "epochs": 2, "verbose": 0}
    two_headed_model().fit(IMAGES, targets(), callbacks=callbacks, **fit)
    old = FeatureMaps(logdir / "old", IMAGES[:2])
    two_headed_model().fit(IMAGES, targets(), callbacks=[old], **fit)
    only = GradientTerms(logdir / "only", IMAGES[:8], targets(8), every=2)
    two_headed_model().fit(IMAGES, targets(), callbacks=[only], **fit)
    with RunWriter(logdir / "outputs") as writer:
        for step in (1, 2):
            writer.write_outputs(step, {"main": np.array([[0.1, 0.2, 0.7]], np.float32)})
    return logdir


@pytest.fixture(scope="module")
def own_server(logdir: pathlib.Path) -> Iterator[TensorBoardServer]:
    with TensorBoardServer(logdir, load_fast=False, tensorflow=False) as server:
        server.wait_for_runs([_RUN, "old/train", "only/train", "outputs"])
        yield server


def test_shares_and_cosines_at_the_cursor_are_those_of_the_log(
    watched: WatchedPage, own_server: TensorBoardServer, logdir: pathlib.Path
) -> None:
    tab = watched.open_tab(own_server.url, f"{_HERE}&p.featuremaps.step=2")
    canvas = tab.locator("[data-testid=gradients-canvas][data-ready]")
    canvas.wait_for()
    assert canvas.get_attribute("data-cells") == "3x2"
    logged = read_run(logdir / _RUN)["featuremaps/gradients"][2]
    norms = dict(zip(_terms(logdir)[:2], logged[0, :2, 0], strict=True))
    said = tab.locator("[data-testid=gradients-row][data-layer=conv1] .bars").get_attribute("title")
    for name, norm in norms.items():
        share = 100 * norm / sum(norms.values())
        assert f"{name} {share:.{1 if share < 10 else 0}f} %" in str(said)
    expect(tab.get_by_test_id("gradients-row").nth(1)).to_contain_text("block")
    assert watched.problems == []


def _terms(logdir: pathlib.Path) -> list[str]:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    from tb_featuremaps.format.metadata import parse_plugin_data

    accumulator = EventAccumulator(str(logdir / _RUN), size_guidance={"tensors": 0})
    accumulator.Reload()
    content = accumulator.SummaryMetadata("featuremaps/gradients").plugin_data.content
    return [term.name for term in parse_plugin_data(content).gradients.terms]


def test_a_click_on_a_cell_leads_to_the_maps_of_that_layer_and_step(
    watched: WatchedPage, own_server: TensorBoardServer
) -> None:
    tab = watched.open_tab(own_server.url, _HERE)
    canvas = tab.locator("[data-testid=gradients-canvas][data-ready]")
    canvas.wait_for()
    box = canvas.bounding_box()
    assert box is not None
    canvas.click(position={"x": 5, "y": box["height"] - 5})
    tab.locator("[data-testid=grid-canvas][data-layer=block][data-step='0'][data-ready]").wait_for()


def test_the_table_holds_every_number(
    watched: WatchedPage,
    own_server: TensorBoardServer,
    logdir: pathlib.Path,
    tmp_path: pathlib.Path,
) -> None:
    tab = watched.open_tab(own_server.url, f"{_HERE}&p.featuremaps.gradientPlace=kernels")
    tab.locator("[data-testid=gradients-canvas][data-ready]").wait_for()
    with opened(tab, "export"):
        path = download(watched.page, tab.get_by_test_id("gradients-csv"), tmp_path)
    with path.open() as file:
        rows = list(csv.DictReader(file))
    assert [row["step"] for row in rows] == ["0", "2", "4"]
    logged = read_run(logdir / _RUN)["featuremaps/gradients/kernels"][4]
    name = _terms(logdir)[0]
    assert float(rows[2][f"conv1: {name} norm"]) == pytest.approx(float(logged[0, 0, 0]), rel=1e-6)


def test_each_head_has_a_map_of_where_it_looks(
    watched: WatchedPage, own_server: TensorBoardServer, logdir: pathlib.Path
) -> None:
    tab = watched.open_tab(own_server.url, f"{_HERE}&p.featuremaps.layer=featuremaps%2Fblock")
    heads = tab.get_by_test_id("attention-head")
    expect(heads).to_have_count(2)
    main = tab.locator("[data-testid=attention-head][data-head=main] canvas[data-largest]")
    weights = read_run(logdir / _RUN)["featuremaps/block/attributions"][4][1, 0]
    expected = _activation(logdir) @ weights.astype(np.float64)
    largest = float(str(main.get_attribute("data-largest")))
    assert largest == pytest.approx(max(0.0, float(expected.max())), abs=0.02 * abs(expected).max())
    aux = tab.locator("[data-testid=attention-head][data-head=aux1] canvas[data-largest]")
    assert float(str(aux.get_attribute("data-largest"))) == 0, "aux1 branches off before it"


def _activation(logdir: pathlib.Path) -> np.ndarray:
    from tb_featuremaps.reader import read_logdir

    return np.asarray(read_logdir(logdir).activation(_RUN, "block", step=4, probe=0), np.float64)


def _json(order: list[int]) -> str:
    return json.dumps(order, separators=(",", ":"))


def _importance(logdir: pathlib.Path, layer: str, step: int, term: str) -> np.ndarray:
    logged = read_run(logdir / _RUN)[f"featuremaps/{layer}/gradients"][step]
    return np.asarray(logged[_terms(logdir).index(term), :, 1])


def test_channels_stand_by_their_importance_for_a_head_with_its_sign(
    watched: WatchedPage, own_server: TensorBoardServer, logdir: pathlib.Path
) -> None:
    place = "&p.featuremaps.run=a%2Ftrain&p.featuremaps.layer=featuremaps%2Fconv1"
    tab = watched.open_tab(own_server.url, f"{place}&p.featuremaps.step=2")
    canvas = tab.get_by_test_id("grid-canvas")
    with opened(tab, "appearance"):
        tab.get_by_test_id("sort-select").select_option("importance")
        terms = tab.get_by_test_id("sort-term-select")
        expect(terms.locator("option")).to_have_text(["main", "aux1"])
        for term in ("main", "aux1"):
            terms.select_option(term)
            importance = _importance(logdir, "conv1", 2, term)
            order = np.argsort(-np.abs(importance), kind="stable").tolist()
            expect(canvas).to_have_attribute("data-order", _json(order))
            signs = ["+" if importance[channel] > 0 else "−" for channel in order]
            expect(tab.locator("fm-grid-signs span")).to_have_text(signs)
    canvas.hover(position={"x": 9, "y": 20})
    first = importance[order[0]]
    shown = f"{abs(first):.2e}" if abs(first) < 1e-3 else f"{abs(first):.4g}"
    said = f"gradient of aux1 {'+' if first > 0 else '−'}{shown.replace('e-0', 'e−')}"
    expect(tab.get_by_test_id("grid-tip")).to_contain_text(said)
    watched.page.wait_for_function("location.href.includes('sortTerm=aux1')")
    link = watched.page.url
    watched.page.goto("about:blank")
    watched.page.goto(link)
    expect(canvas).to_have_attribute("data-order", _json(order))


def test_importance_of_another_layer_or_run_is_its_own(
    watched: WatchedPage, own_server: TensorBoardServer, logdir: pathlib.Path
) -> None:
    asked = "&p.featuremaps.sort=importance&p.featuremaps.sortTerm=aux1&p.featuremaps.step=2"
    place = f"&p.featuremaps.run=a%2Ftrain&p.featuremaps.layer=featuremaps%2Fblock{asked}"
    tab = watched.open_tab(own_server.url, place)
    order = tab.get_by_test_id("grid-canvas")
    main = _importance(logdir, "block", 2, "main")
    by_main = np.argsort(-np.abs(main), kind="stable").tolist()
    expect(order).to_have_attribute("data-order", _json(by_main))
    with opened(tab, "appearance"):  # aux1 branches off before it
        terms = tab.get_by_test_id("sort-term-select")
        expect(terms.locator("option")).to_have_text(["main"])
    old = watched.open_tab(own_server.url, f"&p.featuremaps.run=old%2Ftrain{asked}")
    expect(old.get_by_test_id("unsorted")).to_contain_text("GradientTerms logs it")
    with opened(old, "appearance"):
        expect(old.get_by_test_id("no-importance")).to_contain_text("GradientTerms logs it")
        expect(old.locator("[data-testid=sort-select] option[value=importance]")).to_have_count(0)


def test_a_run_without_gradients_says_how_to_log_them(
    watched: WatchedPage, own_server: TensorBoardServer
) -> None:
    here = "&p.featuremaps.run=old%2Ftrain&p.featuremaps.view=gradients"
    tab = watched.open_tab(own_server.url, here)
    expect(tab.get_by_test_id("gradients-message")).to_contain_text("GradientTerms")


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing(watched: WatchedPage, own_server: TensorBoardServer, dark: bool) -> None:
    tab = watched.open_tab(f"{own_server.url}{'?darkMode=true' if dark else ''}", _HERE)
    tab.locator("[data-testid=gradients-canvas][data-ready]").wait_for()
    watched.page.wait_for_timeout(300)
    assert accessibility_problems(watched.page) == []


def test_a_run_without_maps_shows_its_gradients(
    watched: WatchedPage, own_server: TensorBoardServer
) -> None:
    tab = watched.open_tab(own_server.url, "&p.featuremaps.run=a%2Ftrain")
    tab.get_by_test_id("grid-canvas").wait_for()
    choose_run(tab, "only/train")
    expect(tab.get_by_test_id("menu-runs")).to_have_attribute("aria-expanded", "false")
    expect(tab.get_by_test_id("no-maps")).to_contain_text("has gradients but no feature maps")
    tab.get_by_role("button", name="Show its gradients").click()
    canvas = tab.locator("[data-testid=gradients-canvas][data-ready]")
    canvas.wait_for()
    assert str(canvas.get_attribute("data-cells")).startswith("3x")
    tab.get_by_test_id("step-slider").fill("1")
    expect(tab.get_by_test_id("step-label")).to_contain_text("step 2")


def test_the_gradients_are_a_figure(
    watched: WatchedPage, own_server: TensorBoardServer, tmp_path: pathlib.Path
) -> None:
    tab = watched.open_tab(own_server.url, _HERE)
    tab.locator("[data-testid=gradients-canvas][data-ready]").wait_for()
    with opened(tab, "export"):
        path = download(watched.page, tab.get_by_test_id("figure-gradients-SVG"), tmp_path)
    text = path.read_text()
    assert path.name == "a_train_gradients_activations.svg"
    for wanted in (">conv1<", ">block<", ">main<", ">aux1<", "a/train · 2 layers · steps 0 – 4"):
        assert wanted in text


def test_a_run_without_maps_says_what_it_has(
    watched: WatchedPage, own_server: TensorBoardServer
) -> None:
    here = "&p.featuremaps.run=outputs&p.featuremaps.layer="
    tab = watched.open_tab(own_server.url, here)
    expect(tab.get_by_test_id("no-maps")).to_contain_text("has predictions but no feature maps")
