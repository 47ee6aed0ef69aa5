"""The plugin: thin routes over the answers; see docs/routes.md."""

from typing import Any

from tensorboard import plugin_util
from tensorboard.backend import http_util
from tensorboard.plugins import base_plugin
from werkzeug import wrappers

from tb_featuremaps.format.names import DEFAULT_SAMPLES, PLUGIN_NAME
from tb_featuremaps.plugin import framing
from tb_featuremaps.plugin.captures import captures
from tb_featuremaps.plugin.gradients import attributions, channel_gradients, gradients
from tb_featuremaps.plugin.logged_data import Limits, LoggedData
from tb_featuremaps.plugin.loss_terms import loss_terms
from tb_featuremaps.plugin.pictures import picture
from tb_featuremaps.plugin.predictions import output, predictions
from tb_featuremaps.plugin.responses import argument, json_of, route, unchanging, whole_number
from tb_featuremaps.plugin.runs import Listings
from tb_featuremaps.plugin.static_files import ENTRY, serve_static
from tb_featuremaps.plugin.statistics import statistics

# TensorBoard's own number, where the user has not asked for another.
_DEFAULT_SCALAR_SAMPLES = 1000


class FeatureMapsPlugin(base_plugin.TBPlugin):
    """Serves feature maps and loss terms to the tab.

    Args:
        context: TensorBoard's own; `data_provider` is required.
        limits: how much there can be of a series; by default what TensorBoard was told to keep.
    """

    plugin_name = PLUGIN_NAME

    def __init__(self, context: base_plugin.TBContext, limits: Limits | None = None) -> None:
        hints = context.sampling_hints or {}
        self._provider = context.data_provider
        self._listings = Listings()
        self._limits = limits or Limits(
            captures=hints.get(PLUGIN_NAME, DEFAULT_SAMPLES),
            scalars=hints.get("scalars", _DEFAULT_SCALAR_SAMPLES),
        )

    def get_plugin_apps(self) -> dict[str, Any]:
        return {
            "/runs": route(self._serve_runs),
            "/captures": route(self._serve_captures),
            "/image": route(self._serve_image),
            "/statistics": route(self._serve_statistics),
            "/predictions": route(self._serve_predictions),
            "/output": route(self._serve_output),
            "/loss_terms": route(self._serve_loss_terms),
            "/gradients": route(self._serve_gradients),
            "/channel_gradients": route(self._serve_channel_gradients),
            "/attributions": route(self._serve_attributions),
            "/static/*": route(serve_static),
        }

    def is_active(self) -> bool:
        return False  # TensorBoard asks `data_plugin_names` itself

    def data_plugin_names(self) -> tuple[str, ...]:
        return (PLUGIN_NAME,)

    def frontend_metadata(self) -> base_plugin.FrontendMetadata:
        return base_plugin.FrontendMetadata(
            es_module_path=f"/static/{ENTRY}", tab_name="Feature Maps"
        )

    def _serve_runs(self, request: wrappers.Request) -> wrappers.Response:
        return json_of(
            request, self._listings.answer(self._data(request), request.args.get("since"))
        )

    def _serve_captures(self, request: wrappers.Request) -> wrappers.Response:
        return json_of(request, captures(self._data(request), *_series(request)))

    def _serve_image(self, request: wrappers.Request) -> wrappers.Response:
        png = picture(self._data(request), argument(request, "blob_key"))
        return unchanging(request, png, "image/png")

    def _serve_statistics(self, request: wrappers.Request) -> wrappers.Response:
        return _numbers(request, statistics(self._data(request), *_series(request)))

    def _serve_predictions(self, request: wrappers.Request) -> wrappers.Response:
        run, since = argument(request, "run"), request.args.get("since")
        return _numbers(request, predictions(self._data(request), run, since))

    def _serve_output(self, request: wrappers.Request) -> wrappers.Response:
        run, tag = argument(request, "run"), argument(request, "tag")
        step = whole_number(request, "step")
        return _numbers(request, output(self._data(request), run, tag, step))

    def _serve_loss_terms(self, request: wrappers.Request) -> wrappers.Response:
        run, since = argument(request, "run"), request.args.get("since")
        return _numbers(request, loss_terms(self._data(request), run, since))

    def _serve_gradients(self, request: wrappers.Request) -> wrappers.Response:
        run, since = argument(request, "run"), request.args.get("since")
        return _numbers(request, gradients(self._data(request), run, since))

    def _serve_channel_gradients(self, request: wrappers.Request) -> wrappers.Response:
        return _numbers(request, channel_gradients(self._data(request), *_series(request)))

    def _serve_attributions(self, request: wrappers.Request) -> wrappers.Response:
        return _numbers(request, attributions(self._data(request), *_series(request)))

    def _data(self, request: wrappers.Request) -> LoggedData:
        environ = request.environ
        ctx, experiment = plugin_util.context(environ), plugin_util.experiment_id(environ)
        return LoggedData(self._provider, ctx, experiment, self._limits)


def _series(request: wrappers.Request) -> tuple[str, str, str | None]:
    return argument(request, "run"), argument(request, "tag"), request.args.get("since")


def _numbers(request: wrappers.Request, content: bytes) -> wrappers.Response:
    return http_util.Respond(request, content, framing.MIME_TYPE)
