"""What a directory holds, read in this process through TensorBoard's own provider."""

import pathlib

from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
from tensorboard.context import RequestContext

from tb_featuremaps.plugin.logged_data import Limits, LoggedData


def logged_data(logdir: pathlib.Path, limits: Limits) -> LoggedData:
    """The directory as it is now."""
    multiplexer = EventMultiplexer(tensor_size_guidance={"featuremaps": limits.captures})
    multiplexer.AddRunsFromDirectory(str(logdir))
    multiplexer.Reload()
    provider = MultiplexerDataProvider(multiplexer, str(logdir))
    return LoggedData(provider, RequestContext(), "", limits)
