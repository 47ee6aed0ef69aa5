import argparse

import pytest
from tensorboard.plugins import base_plugin

from tb_featuremaps.plugin.loader import FeatureMapsLoader


def _flags(arguments: list[str], samples: dict[str, int]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    loader = FeatureMapsLoader()
    loader.define_flags(parser)
    flags = parser.parse_args(arguments)
    flags.samples_per_plugin = samples
    loader.fix_flags(flags)
    return flags


@pytest.mark.parametrize(
    ("arguments", "samples", "expected"),
    [
        ([], {}, {"featuremaps": 100}),
        (["--featuremaps_samples", "0"], {"images": 3}, {"images": 3, "featuremaps": 0}),
        (["--featuremaps_samples", "7"], {"featuremaps": 9}, {"featuremaps": 9}),
    ],
)
def test_the_sampling_hint_yields_to_the_user(
    arguments: list[str], samples: dict[str, int], expected: dict[str, int]
) -> None:
    assert _flags(arguments, samples).samples_per_plugin == expected


def test_a_negative_number_is_refused() -> None:
    with pytest.raises(base_plugin.FlagsError, match="-1"):
        _flags(["--featuremaps_samples", "-1"], {})
