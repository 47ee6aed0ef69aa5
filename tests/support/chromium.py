"""A real headless Chromium."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, ConsoleMessage, FrameLocator, Page, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Messages of TensorBoard's own page, and of tests that read pixels back.
_NOT_OURS = ("Multiple instances of Three.js", "Multiple readback operations")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Starts the Chromium on the PATH, else Playwright's own."""
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    flags = [*_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        try:
            yield browser
        finally:
            browser.close()


class WatchedPage:
    """A page that remembers what went wrong on it.

    Attributes:
        page: the page.
        problems: uncaught errors, console errors and warnings.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.problems: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", self._console)

    def open_tab(self, url: str, parameters: str = "") -> FrameLocator:
        """Opens the tab in TensorBoard and returns its frame."""
        self.page.goto(f"{url}#featuremaps{parameters}")
        return self.page.frame_locator("iframe[src*='featuremaps']")

    def _console(self, message: ConsoleMessage) -> None:
        ours = not any(part in message.text for part in _NOT_OURS)
        # TensorBoard asks for its fonts without its own path prefix.
        address = message.location.get("url", "")
        if message.type in ("error", "warning") and ours and "/font-roboto/" not in address:
            self.problems.append(f"{message.type}: {message.text} ({address})")
