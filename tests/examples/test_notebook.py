"""The notebook runs, and shows the tab in its cell at a notebook's width."""

import os
import pathlib
from typing import Any

import pytest

# Before what imports them is imported.
pytest.importorskip("playwright")
nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")

from playwright.sync_api import Browser, expect  # noqa: E402
from support.chromium import WatchedPage  # noqa: E402

_ROOT = pathlib.Path(__file__).parents[2]
# A cell of JupyterLab on a laptop.
_WIDTH = 900


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The outputs of all cells, executed in a folder of its own."""
    folder = tmp_path_factory.mktemp("notebook")
    notebook = nbformat.read(_ROOT / "examples" / "notebook.ipynb", as_version=4)
    path = os.pathsep.join([str(_ROOT), os.environ.get("PYTHONPATH", "")])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", path)
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))
        patch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
        resources = {"metadata": {"path": str(folder)}}
        nbclient.NotebookClient(notebook, timeout=300, resources=resources).execute()
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def test_the_network_learns_and_nothing_is_warned_of(outputs: list[Any]) -> None:
    accuracy, shown = outputs  # no warning
    assert float(accuracy["data"]["text/plain"]) > 0.8
    assert len(shown["data"]["text/html"]) < 20_000_000


def test_its_cell_shows_the_tab(
    browser: Browser, outputs: list[Any], tmp_path: pathlib.Path
) -> None:
    cell = outputs[-1]["data"]["text/html"]
    context = browser.new_context(viewport={"width": _WIDTH, "height": 800}, offline=True)
    page = context.new_page()
    watched = WatchedPage(page)
    path = tmp_path / "cell.html"
    path.write_text(f"<!doctype html><body><input autofocus>{cell}", encoding="utf-8")
    page.goto(path.as_uri())
    tab = page.frame_locator("iframe")
    canvas = tab.locator("[data-testid=grid-canvas][data-ready]")
    expect(canvas).to_have_attribute("data-step", "48")
    assert page.evaluate("document.activeElement.tagName") == "INPUT"  # it takes no focus
    expect(tab.get_by_test_id("live")).to_contain_text("Report, made on ")
    expect(tab.get_by_test_id("copy-link")).to_have_count(0)  # there is no address
    canvas.click(position={"x": 3, "y": 3})
    expect(tab.get_by_test_id("channel-detail")).to_contain_text("Channel")
    page.keyboard.press("Escape")
    tab.locator("h1").click()  # in the grid, arrows move its own cursor
    page.keyboard.press("ArrowLeft")
    expect(canvas).to_have_attribute("data-step", "44")
    frame = page.locator("iframe").bounding_box()
    assert frame and frame["height"] == 720 and frame["width"] > 0.95 * _WIDTH
    assert tab.locator("body").evaluate("body => body.scrollWidth - innerWidth") <= 0
    with pytest.raises(Exception, match=r"cross-origin|Blocked"):
        tab.locator("body").evaluate("() => parent.document.body")
    context.close()
    assert watched.problems == []
