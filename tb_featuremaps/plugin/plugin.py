"""The plugin: thin routes over `FeatureMapReader`."""

import mimetypes
import pathlib
from collections.abc import Callable
from typing import Any

import werkzeug
from tensorboard import errors, plugin_util
from tensorboard.backend import http_util
from tensorboard.plugins import base_plugin
from werkzeug import wrappers

from tb_featuremaps.format.names import PLUGIN_NAME
from tb_featuremaps.plugin.loader import DEFAULT_SAMPLES
from tb_featuremaps.plugin.reading import FeatureMapReader, NotFoundError

_STATIC = pathlib.Path(__file__).parent / "static"
_DEFAULT_SCALAR_SAMPLES = 1000
# What a sampling hint of 0, "all", means as a number of samples.
_ALL = 10**6
_A_YEAR = 365 * 24 * 3600

_Answer = Callable[[wrappers.Request], wrappers.Response]


class FeatureMapsPlugin(base_plugin.TBPlugin):
    """Serves feature maps and loss terms to the tab.

    Args:
        context: TensorBoard's own; `data_provider` is required.
    """

    plugin_name = PLUGIN_NAME

    def __init__(self, context: base_plugin.TBContext) -> None:
        hints = context.sampling_hints or {}
        self._reader = FeatureMapReader(
            context.data_provider,
            samples=hints.get(PLUGIN_NAME, DEFAULT_SAMPLES) or _ALL,
            scalar_samples=hints.get("scalars", _DEFAULT_SCALAR_SAMPLES) or _ALL,
        )

    def get_plugin_apps(self) -> dict[str, Any]:
        return {
            "/runs": _route(self._serve_runs),
            "/steps": _route(self._serve_steps),
            "/image": _route(self._serve_image),
            "/stats": _route(self._serve_stats),
            "/outputs": _route(self._serve_outputs),
            "/losses": _route(self._serve_losses),
            "/static/*": _route(_serve_static),
        }

    def is_active(self) -> bool:
        return False  # TensorBoard asks `data_plugin_names` itself

    def data_plugin_names(self) -> tuple[str, ...]:
        return (PLUGIN_NAME,)

    def frontend_metadata(self) -> base_plugin.FrontendMetadata:
        return base_plugin.FrontendMetadata(
            es_module_path="/static/index.js", tab_name="Feature Maps"
        )

    def _serve_runs(self, request: wrappers.Request) -> wrappers.Response:
        return _json(request, self._reader.runs(*_where(request)))

    def _serve_steps(self, request: wrappers.Request) -> wrappers.Response:
        run, tag = _argument(request, "run"), _argument(request, "tag")
        return _json(request, self._reader.steps(*_where(request), run, tag))

    def _serve_image(self, request: wrappers.Request) -> wrappers.Response:
        key = _argument(request, "blob_key")
        try:
            png = self._reader.image(_where(request)[0], key)
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise NotFoundError(f"no picture has the key {key!r}.") from error
        response = http_util.Respond(request, png, "image/png", expires=_A_YEAR)
        response.headers["Cache-Control"] = f"private, max-age={_A_YEAR}, immutable"
        return response

    def _serve_stats(self, request: wrappers.Request) -> wrappers.Response:
        run, tag = _argument(request, "run"), _argument(request, "tag")
        return _json(request, self._reader.stats(*_where(request), run, tag))

    def _serve_outputs(self, request: wrappers.Request) -> wrappers.Response:
        return _json(request, self._reader.outputs(*_where(request), _argument(request, "run")))

    def _serve_losses(self, request: wrappers.Request) -> wrappers.Response:
        return _json(request, self._reader.losses(*_where(request), _argument(request, "run")))


def _serve_static(request: wrappers.Request) -> wrappers.Response:
    name = request.path.rpartition("/static/")[2]
    path = (_STATIC / name).resolve()
    if not path.is_relative_to(_STATIC.resolve()) or not path.is_file():
        raise NotFoundError(f"no file {name!r} in the tab; was it built?")
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if path.suffix == ".js":  # some machines map it to text/plain
        kind = "text/javascript"
    return http_util.Respond(request, path.read_bytes(), kind)


def _route(answer: _Answer) -> Any:
    """A WSGI application that answers, or says in one line of JSON what was wrong."""

    @wrappers.Request.application
    def application(request: wrappers.Request) -> wrappers.Response:
        if request.method not in ("GET", "HEAD"):
            return _error(request, 405, f"expected GET. Received: {request.method}.")
        try:
            return answer(request)
        except werkzeug.exceptions.BadRequest as error:
            return _error(request, 400, error.description or "bad request.")
        except NotFoundError as error:
            return _error(request, 404, str(error))
        except errors.PublicError as error:
            return _error(request, error.http_code, str(error))

    return application


def _where(request: wrappers.Request) -> tuple[Any, str]:
    environ = request.environ
    return plugin_util.context(environ), plugin_util.experiment_id(environ)


def _argument(request: wrappers.Request, name: str) -> str:
    value = request.args.get(name)
    if not value:
        raise werkzeug.exceptions.BadRequest(f"expected a query argument {name!r}; it is missing.")
    return value


def _json(request: wrappers.Request, content: dict[str, Any]) -> wrappers.Response:
    return http_util.Respond(request, content, "application/json")


def _error(request: wrappers.Request, code: int, message: str) -> wrappers.Response:
    return http_util.Respond(request, {"error": message}, "application/json", code=code)
