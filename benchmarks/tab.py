"""How fast the tab is, in a real TensorBoard and a headless Chromium, beside the stock tabs.

    python -m benchmarks.tab [--repeats 15] [--scrub-minutes 2] [--write docs/tab_speed.md]

Milliseconds are those of the machine that ran it, which should do nothing else meanwhile; the
stock tabs show the same data, so that the two are to be compared with each other.
"""

import argparse
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "tests"))

from support.chromium import chromium

from benchmarks import tab_page, tab_routes
from benchmarks.environment import describe
from benchmarks.table import HEAD


def main() -> None:
    """Measures and prints; with --write also writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--scrub-minutes", type=float, default=2.0)
    parser.add_argument("--write", type=pathlib.Path)
    options = parser.parse_args()
    lines = list(HEAD)
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        lines += tab_routes.measure(folder / "routes", options.repeats)
        with chromium() as browser:
            version = browser.version
            lines += tab_page.measure(
                folder / "page", browser, options.repeats, options.scrub_minutes
            )
    text = "\n".join(lines)
    print(text)
    if options.write:
        command = "python -m benchmarks.tab --write docs/tab_speed.md"
        made = describe(command, ("tensorboard", "playwright"))
        chromium_version = f"Chromium {version}, headless, without a GPU.\n"
        options.write.write_text(f"# How fast the tab is\n\n{made}\n{chromium_version}{text}\n")


if __name__ == "__main__":
    main()
