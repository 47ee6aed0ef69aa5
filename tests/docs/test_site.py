"""The documentation site: it is built without a warning, and asks nobody else for anything."""

import functools
import http.server
import os
import pathlib
import re
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from support.chromium import WatchedPage

import tb_featuremaps

_FETCHED = re.compile(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=\"?https?:")
_ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    ended = subprocess.run(
        command,
        cwd=_ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert "WARNING" not in ended.stderr
    return folder


class _Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def address(site: pathlib.Path) -> Iterator[str]:
    handler = functools.partial(_Handler, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def test_every_public_name_is_in_the_api_with_its_arguments(site: pathlib.Path) -> None:
    api = "".join(page.read_text() for page in (site / "api").glob("*.html"))
    for name in tb_featuremaps.__all__:
        assert f'id="tb_featuremaps.{name}"' in api, name
    for argument in ("probes", "max_captures", "attributions"):
        assert f"<code>{argument}</code>" in api, argument


def test_tables_and_lists_are_seen_as_such(site: pathlib.Path) -> None:
    """Where the blank line before one is missing, it is text to MkDocs and not to code hosts."""
    for page in site.rglob("*.html"):
        assert not re.search(r"^\|-|^- ", page.read_text(), re.MULTILINE), page


def test_nothing_is_fetched_from_elsewhere(site: pathlib.Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text()
        assert not _FETCHED.findall(text), page


def test_pages_open_without_a_fault_and_are_searched(browser: Browser, address: str) -> None:
    watched = WatchedPage(browser.new_page(viewport={"width": 1280, "height": 900}))
    page, asked = watched.page, []
    page.on("request", lambda request: asked.append(request.url))
    for name in ("index.html", "how_it_works.html", "api/callbacks.html"):
        page.goto(address + name)
        assert page.locator("h1").count() == 1
    # The search is there once its index has been fetched; what is typed before is lost.
    page.wait_for_load_state("networkidle")
    page.locator("[name=query]").click()
    page.locator("[name=query]").press_sequentially("reload_multifile")
    page.locator(".md-search-result__link").first.wait_for()
    page.close()
    assert watched.problems == []
    assert [url for url in asked if not url.startswith(address)] == []
