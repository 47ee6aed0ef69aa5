"""The routes that the tab used before; they go when it no longer asks for them."""

from typing import Any

from tensorboard import plugin_util
from tensorboard.data.provider import DataProvider
from werkzeug import wrappers

from tb_featuremaps.plugin.reading import FeatureMapReader
from tb_featuremaps.plugin.responses import argument, json_of, route


def former_routes(provider: DataProvider, samples: int, scalar_samples: int) -> dict[str, Any]:
    """`/steps`, `/stats`, `/outputs` and `/losses`."""
    reader = FeatureMapReader(provider, samples or 10**6, scalar_samples or 10**6)

    def of_tag(answer: Any) -> Any:
        def serve(request: wrappers.Request) -> wrappers.Response:
            run, tag = argument(request, "run"), argument(request, "tag")
            return json_of(request, answer(*_where(request), run, tag))

        return route(serve)

    def of_run(answer: Any) -> Any:
        def serve(request: wrappers.Request) -> wrappers.Response:
            return json_of(request, answer(*_where(request), argument(request, "run")))

        return route(serve)

    return {
        "/steps": of_tag(reader.steps),
        "/stats": of_tag(reader.stats),
        "/outputs": of_run(reader.outputs),
        "/losses": of_run(reader.losses),
    }


def _where(request: wrappers.Request) -> tuple[Any, str]:
    environ = request.environ
    return plugin_util.context(environ), plugin_util.experiment_id(environ)
