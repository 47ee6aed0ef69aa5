"""The tab's own files."""

import mimetypes
import pathlib

from tensorboard.backend import http_util
from werkzeug import wrappers

from tb_featuremaps.plugin.problems import NotFoundError

_STATIC = pathlib.Path(__file__).parent / "static"


def serve_static(request: wrappers.Request) -> wrappers.Response:
    """Answers with a file below `static/`.

    Raises:
        NotFoundError: there is none of the name.
    """
    name = request.path.rpartition("/static/")[2]
    path = _file(name)
    if path is None:
        raise NotFoundError(f"no file {name[:100]!r} in the tab; was it built?")
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if path.suffix == ".js":  # some machines map it to text/plain
        kind = "text/javascript"
    return http_util.Respond(request, path.read_bytes(), kind)


def _file(name: str) -> pathlib.Path | None:
    try:
        path = (_STATIC / name).resolve()
        return path if path.is_relative_to(_STATIC.resolve()) and path.is_file() else None
    except (OSError, ValueError):  # too long, or a NUL inside
        return None
