"""Shows a report in a notebook's cell."""

import html
import io
import os
from collections.abc import Iterable, Sequence

from tb_featuremaps.export.selection import Selection, Steps
from tb_featuremaps.reader import read_logdir
from tb_featuremaps.report.report import make_report
from tb_featuremaps.report.sizes import parse_size

# The page can't reach the notebook around it, whatever was logged.
_FRAME = (
    '<div><iframe title="Feature maps" style="width: 100%; height: {height}px; border: 0" '
    'sandbox="allow-scripts allow-downloads" srcdoc="{page}"></iframe></div>'
)


def show(
    log_dir: str | os.PathLike[str],
    *,
    height: int = 720,
    runs: Sequence[str] = ("*",),
    layers: Sequence[str] = ("*",),
    steps: str = "all",
    max_size: str = "20MB",
) -> None:
    """Shows the tab with what was logged so far in a notebook's cell; needs no server.

    It works in Jupyter, Colab and VS Code, and stays in the notebook when that is saved.
    `%tensorboard --logdir logs` shows the live tab instead.

    Args:
        log_dir: the log directory, or the URL of one.
        height: of the frame, in pixels.
        runs: names or globs of those to show.
        layers: names or globs of those to show.
        steps: "all", "newest", a range such as "100:500", or a list such as "0,100".
        max_size: what the page may take in the notebook. Captures are left out until it fits,
            evenly, and the page says so.

    Raises:
        ImportError: there is no IPython.
        FileNotFoundError: there is no such directory.
        LookupError: there is nothing to show, a name or glob is of nothing, or no such step was
            logged.
        RuntimeError: the tab was not built.
        ValueError: an argument is none of these, or it does not fit even with two captures of
            each run.
    """
    try:
        from IPython.display import HTML, display
    except ImportError as error:
        raise ImportError(
            "Expected IPython, which notebooks bring along. Received none. Outside of a notebook, "
            "`tb-featuremaps report` writes the same page as a file."
        ) from error
    if isinstance(height, bool) or not isinstance(height, int) or height < 1:
        raise ValueError(f"Expected `height` to be a whole number ≥ 1. Received: {height!r}.")
    selection = Selection(_listed(runs, "runs"), _listed(layers, "layers"), Steps(steps))
    page = io.BytesIO()
    make_report(read_logdir(log_dir), selection, parse_size(max_size), page)
    text = html.escape(page.getvalue().decode())
    display(HTML(_FRAME.format(height=height, page=text)))


def _listed(names: Sequence[str], what: str) -> Sequence[str]:
    """The names; one alone is a sequence of letters else."""
    listed = [names] if isinstance(names, str) or not isinstance(names, Iterable) else list(names)
    if not listed or not all(isinstance(name, str) for name in listed):
        raise ValueError(
            f"Expected `{what}` to be names or globs, at least one. Received: {names!r}."
        )
    return listed
