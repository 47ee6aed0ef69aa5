"""The tab's own files."""

import mimetypes
import pathlib

from tensorboard.backend import http_util
from werkzeug import wrappers

from tb_featuremaps.plugin.problems import NotFoundError

_STATIC = pathlib.Path(__file__).parent / "static"
ENTRY = "index.js"


def serve_static(request: wrappers.Request) -> wrappers.Response:
    """Answers with a file below `static/`.

    Raises:
        NotFoundError: there is none of the name.
    """
    name = request.path.rpartition("/static/")[2]
    path = static_file(name)
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if path.suffix == ".js":  # some machines map it to text/plain
        kind = "text/javascript"
    return http_util.Respond(request, path.read_bytes(), kind)


def static_file(name: str) -> pathlib.Path:
    """The path of a file of the tab.

    Raises:
        NotFoundError: there is none of the name.
    """
    try:
        path = (_STATIC / name).resolve()
        if path.is_relative_to(_STATIC.resolve()) and path.is_file():
            return path
    except (OSError, ValueError):  # too long, or a NUL inside
        pass
    raise NotFoundError(f"no file {name[:100]!r} in the tab; was it built?")
