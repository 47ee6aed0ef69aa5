"""What is compared, counted and named is what it says; what is damaged is a message."""

import pathlib

import numpy as np
from playwright.sync_api import expect
from support.chromium import WatchedPage
from support.hostile_runs import PICTURES, write_hostile_runs
from support.synthetic_runs import write_run
from support.tab import choose_run, read_canvas
from support.tensorboard_server import TensorBoardServer

_MAPS = {"conv1": (6, 6, 8)}


def test_a_comparison_of_runs_says_what_differs(
    watched: WatchedPage, tmp_path: pathlib.Path
) -> None:
    write_run(tmp_path / "a" / "train", _MAPS, (0, 50), labels=["cat"], loss_points=50)
    write_run(
        tmp_path / "b" / "train", _MAPS, (0, 15), labels=["cat"], loss_points=20, probe_level=7
    )
    write_run(tmp_path / "c" / "train", _MAPS, (0, 50), labels=["cat"])
    with TensorBoardServer(tmp_path, load_fast=True) as running:
        running.wait_for_runs(["a/train", "b/train", "c/train"])
        tab = watched.open_tab(running.url, "&p.featuremaps.compare=run%3Ab%2Ftrain")
        second = tab.locator("[aria-label='Compared maps']")
        expect(second).to_contain_text("step 15")
        expect(second).to_contain_text("nearest to 50")
        expect(second).to_contain_text("another image")
        # A click on the second pane leads to its channel; what stands beside it is of its run.
        tab.get_by_test_id("compared-canvas").click(position={"x": 3, "y": 3})
        expect(tab.get_by_test_id("channel-of")).to_contain_text("step 15")
        expect(tab.get_by_test_id("channel-of")).to_contain_text("b/train")
        expect(tab.get_by_test_id("loss-plot")).to_have_attribute("data-run", "b/train")
        tab.get_by_test_id("side-runs").get_by_role("button").first.click()
        expect(tab.get_by_test_id("channel-of")).to_contain_text("a/train")
        expect(tab.get_by_test_id("loss-plot")).to_have_attribute("data-run", "a/train")
        tab.get_by_test_id("compare-select").select_option(label="c/train")
        expect(second).to_contain_text("step 50")
        expect(second).not_to_contain_text("nearest")
        expect(second).not_to_contain_text("another image")
        watched.page.goto("about:blank")


def test_losses_alone_have_a_cursor_a_legend_and_their_steps(
    watched: WatchedPage, tmp_path: pathlib.Path
) -> None:
    write_run(tmp_path / "a" / "train", {}, (), loss_points=30)
    write_run(tmp_path / "a" / "validation", {}, (), loss_points=1, losses_from=25)
    with TensorBoardServer(tmp_path, load_fast=True) as running:
        running.wait_for_runs(["a/train", "a/validation"])
        tab = watched.open_tab(running.url)
        legend = tab.get_by_test_id("loss-legend")
        expect(legend).to_contain_text("at step 29")
        tab.get_by_test_id("step-slider").fill("3")
        expect(legend).to_contain_text("at step 3")
        cells = legend.locator("tbody tr").first.locator("td")
        expect(cells.nth(1)).not_to_contain_text("@")
        expect(cells.nth(2)).to_contain_text("@ 25")
        watched.page.goto("about:blank")


def test_a_film_is_seen_from_its_first_frame_on(
    watched: WatchedPage, tmp_path: pathlib.Path
) -> None:
    write_run(tmp_path / "a" / "train", _MAPS, range(6))
    server = TensorBoardServer(tmp_path, load_fast=True, arguments=("--featuremaps_samples=4",))
    with server as running:
        running.wait_for_runs(["a/train"])
        tab = watched.open_tab(running.url, "&p.featuremaps.channel=3")
        frames = tab.get_by_test_id("film-strip").locator("canvas")
        expect(frames).to_have_count(4)
        for index in range(4):
            assert np.any(np.array(read_canvas(frames.nth(index))["data"]))
        # TensorBoard keeps four of the six: nobody can say "4 of 4".
        expect(tab.get_by_test_id("step-label")).to_contain_text("4 of 4 kept")
        watched.page.goto("about:blank")


def test_damaged_pictures_are_a_message_and_never_the_page(
    watched: WatchedPage, tmp_path: pathlib.Path
) -> None:
    write_hostile_runs(tmp_path)
    write_run(tmp_path / "sound", _MAPS, (0, 1))
    with TensorBoardServer(tmp_path, load_fast=True) as running:
        running.wait_for_runs(["sound"])
        tab = watched.open_tab(running.url, "&p.featuremaps.run=sound")
        canvas = tab.get_by_test_id("grid-canvas")
        expect(canvas).to_have_attribute("data-run", "sound")
        listed = tab.get_by_test_id("run-item").evaluate_all(
            "items => items.map(item => item.dataset.run)"
        )
        for name in PICTURES:
            if name in listed:
                choose_run(tab, name)
                expect(tab.get_by_test_id("pane-problem")).to_be_visible()
        for name in ("a million channels", "negative", "rank 5", "enormous"):
            if name in listed:
                choose_run(tab, name)
                watched.page.wait_for_timeout(300)
        assert len([name for name in PICTURES if name in listed]) > 10
        choose_run(tab, "sound")
        expect(canvas).to_have_attribute("data-run", "sound")
        expect(canvas).to_have_attribute("data-ready", "true")
        # The browser tells of each refusal itself.
        watched.problems = [
            problem for problem in watched.problems if "Failed to load" not in problem
        ]
        watched.page.goto("about:blank")


def test_names_keep_their_place(watched: WatchedPage, tmp_path: pathlib.Path) -> None:
    names = ["n" * 200 + "/" + "m" * 200, "run \u202e txt.exe", "\u05d0\u05d1\u05d2/train"]
    for name in names:
        write_run(tmp_path / name, {"l" * 120: (6, 6, 8)}, labels=["p" * 300], loss_points=2)
    with TensorBoardServer(tmp_path, load_fast=True) as running:
        running.wait_for_runs(names)
        for width in (640, 1280):
            watched.page.set_viewport_size({"width": width, "height": 800})
            for name in names:
                watched.page.goto("about:blank")
                tab = watched.open_tab(running.url)
                choose_run(tab, name)
                expect(tab.get_by_test_id("grid-canvas")).to_have_attribute("data-run", name)
                overflow = tab.locator("body").evaluate("body => body.scrollWidth - innerWidth")
                assert overflow <= 0
                order = tab.locator("[data-testid=loss-legend] th").first.evaluate(
                    "cell => getComputedStyle(cell).direction"
                )
                assert order == "ltr"
        watched.page.goto("about:blank")
