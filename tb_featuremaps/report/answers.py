"""Asks the plugin's own routes all that the tab can ask of a report."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import werkzeug.test
from tensorboard.plugins import base_plugin

from tb_featuremaps.export.progress import with_progress
from tb_featuremaps.plugin.logged_data import Limits
from tb_featuremaps.plugin.plugin import FeatureMapsPlugin
from tb_featuremaps.report.chosen import ChosenRun
from tb_featuremaps.report.log_provider import LogProvider

_RUNS = "runs"
# As the tab asks TensorBoard's own route, from the plugin's.
_RUN_NAMES = "../../runs"
_IMAGE = "image"
# Which field of a layer holds the tag that a route is asked for.
_OF_LAYERS = {
    "statistics": "stats_tag",
    "channel_gradients": "gradients_tag",
    "attributions": "attributions_tag",
}


class Answer(NamedTuple):
    """What a route answered.

    Attributes:
        route: its name, from the address of the plugin's routes.
        query: what was asked of it.
        body: what it answered.
        error: why it did not, in one sentence; else None.
    """

    route: str
    query: dict[str, str]
    body: bytes
    error: str | None = None

    @property
    def is_compressed(self) -> bool:
        """Whether it is a picture."""
        return self.route == _IMAGE


class Answers:
    """The answers of the routes about chosen runs.

    Args:
        runs: which.
        messages: what is to be said beside the runs.
    """

    def __init__(self, runs: Sequence[ChosenRun], messages: Sequence[str]) -> None:
        context = base_plugin.TBContext(data_provider=LogProvider(runs))
        whole = all(run.is_whole for run in runs)
        plugin = FeatureMapsPlugin(context, Limits(captures=0, scalars=0, whole=whole))
        self._apps = {
            path.strip("/"): werkzeug.test.Client(app)
            for path, app in plugin.get_plugin_apps().items()
        }
        self._runs = runs
        self._messages = list(messages)

    def __iter__(self) -> Iterator[Answer]:
        listing = json.loads(self._ask(_RUNS).body)
        listing["messages"] += self._messages
        yield Answer(_RUNS, {}, json.dumps(listing).encode())
        yield Answer(_RUN_NAMES, {}, json.dumps([run["name"] for run in listing["runs"]]).encode())
        for run in listing["runs"]:
            yield from self._of_run(run)

    def _of_run(self, run: dict[str, Any]) -> Iterator[Answer]:
        name: str = run["name"]
        if run["probes"]:
            yield from self._pictures(name, run["probes"]["tag"])
        layers = run["layers"]
        for layer in with_progress(layers, len(layers), f"layers of {name}"):
            yield from self._pictures(name, layer["tag"])
            for route, named in _OF_LAYERS.items():
                if (tag := layer[named]) is not None:
                    yield self._ask(route, run=name, tag=tag)
        if run["heads"]:
            yield self._ask("predictions", run=name)
        for head in run["heads"]:
            yield from self._outputs(name, head["tag"])
        if run["has_losses"]:
            yield self._ask("loss_terms", run=name)
        if run["has_gradients"]:
            yield self._ask("gradients", run=name)

    def _pictures(self, run: str, tag: str) -> Iterator[Answer]:
        captures = self._ask("captures", run=run, tag=tag)
        yield captures
        if captures.error is None:
            for capture in json.loads(captures.body)["captures"]:
                for key in capture["blob_keys"]:
                    yield self._ask(_IMAGE, blob_key=key)

    def _outputs(self, run: str, tag: str) -> Iterator[Answer]:
        steps = (
            step
            for chosen in self._runs
            if chosen.name == run
            for series in chosen.series
            if series.tag == tag
            for step in series.series.steps[series.places].tolist()
        )
        for step in steps:
            yield self._ask("output", run=run, tag=tag, step=str(step))

    def _ask(self, route: str, **query: str) -> Answer:
        response = self._apps[route].get(query_string=query)
        body = response.get_data()
        if response.status_code == 200:
            return Answer(route, query, body)
        return Answer(route, query, b"", json.loads(body)["error"])
