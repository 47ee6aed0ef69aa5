"""Loads the plugin into TensorBoard and gives it a sampling hint that fits."""

import argparse

from tensorboard.plugins import base_plugin

from tb_featuremaps.format.names import DEFAULT_SAMPLES, PLUGIN_NAME
from tb_featuremaps.plugin.shared_directories import follow_all_writers


class FeatureMapsLoader(base_plugin.TBLoader):
    """Defines the plugin's flags and makes it.

    TensorBoard keeps at most ten steps of a plugin that it does not know; ours asks for
    `--featuremaps_samples` of them unless the user has set `--samples_per_plugin featuremaps=…`.
    """

    def define_flags(self, parser: argparse.ArgumentParser) -> None:
        group = parser.add_argument_group("feature maps plugin")
        group.add_argument(
            "--featuremaps_samples",
            metavar="NUM",
            type=int,
            default=DEFAULT_SAMPLES,
            help="Captures to keep of each layer; 0 keeps all. (default: %(default)s)",
        )

    def fix_flags(self, flags: argparse.Namespace) -> None:
        if flags.featuremaps_samples < 0:
            raise base_plugin.FlagsError(
                "--featuremaps_samples must be a number of captures, or 0 for all of them. "
                f"Received: {flags.featuremaps_samples}."
            )
        samples = dict(flags.samples_per_plugin or {})
        samples.setdefault(PLUGIN_NAME, flags.featuremaps_samples)
        flags.samples_per_plugin = samples
        follow_all_writers(flags)

    def load(self, context: base_plugin.TBContext) -> base_plugin.TBPlugin:
        from tb_featuremaps.plugin.plugin import FeatureMapsPlugin

        return FeatureMapsPlugin(context)
