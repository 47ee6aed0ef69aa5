import re

import numpy as np
import pytest
from support.pngs import encode_atlas

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format import metadata, names, scale_chunk, versions
from tb_featuremaps.format.metadata import UnknownFormatError, parse_plugin_data
from tb_featuremaps.format.png import (
    AtlasError,
    decode_atlas,
    with_filters,
)


@pytest.mark.parametrize(
    ("version", "newest", "message"),
    [
        (1, 1, None),
        (1, 3, None),
        (2, 3, None),
        (3, 3, None),
        (0, 3, "names no format version"),
        (-1, 3, "names no format version"),
        (4, 3, "version 4; .* reads versions 1 to 3. Update"),
        (2, 1, "version 2; .* reads version 1. Update"),
        (2**32 - 1, 1, "Update"),
    ],
)
def test_this_version_and_those_before_it_are_read(
    version: int, newest: int, message: str | None
) -> None:
    problem = versions.unreadable_version(version, newest)
    if message is None:
        assert problem is None
    else:
        assert problem is not None
        assert re.search(message, problem)


def test_logs_of_version_1_are_still_read_by_version_2(monkeypatch: pytest.MonkeyPatch) -> None:
    old = pb.FeatureMapPluginData(version=1, layer=pb.LayerSeries(name="conv1"))
    lo, hi = np.zeros(1, np.float32), np.ones(1, np.float32)
    png = encode_atlas(with_filters(np.full((2, 2), 255, np.uint8)), lo, hi, 2, 2)

    def newer(version: int) -> str | None:
        return versions.unreadable_version(version, newest=2)

    for module in (metadata, scale_chunk):
        monkeypatch.setattr(module, "unreadable_version", newer)
    assert parse_plugin_data(old.SerializeToString()).layer.name == "conv1"
    assert decode_atlas(png).values.tolist() == [[[1], [1]], [[1], [1]]]


def test_a_newer_or_missing_version_is_not_read() -> None:
    for version, message in ((names.FORMAT_VERSION + 1, "Update"), (0, "damaged")):
        data = pb.FeatureMapPluginData(version=version, layer=pb.LayerSeries(name="conv1"))
        with pytest.raises(UnknownFormatError, match=message):
            parse_plugin_data(data.SerializeToString())


def test_an_atlas_of_a_newer_or_missing_version_is_not_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lo, hi = np.zeros(1, np.float32), np.ones(1, np.float32)
    for version, message in ((names.FORMAT_VERSION + 1, "Update"), (0, "damaged")):
        monkeypatch.setattr("tb_featuremaps.format.png.FORMAT_VERSION", version)
        png = encode_atlas(np.zeros((1, 2), np.uint8), lo, hi, 1, 1)
        with pytest.raises(AtlasError, match=message):
            decode_atlas(png)
