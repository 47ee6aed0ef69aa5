import pytest
from tensorboard.compat.proto import summary_pb2

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format import names
from tb_featuremaps.format.metadata import (
    UnknownFormatError,
    create_summary_metadata,
    parse_plugin_data,
)


def test_the_payload_comes_back_with_its_version() -> None:
    metadata = create_summary_metadata(
        pb.FeatureMapPluginData(layer=pb.LayerSeries(name="conv1", shape=[8, 8, 3]))
    )
    assert metadata.plugin_data.plugin_name == "featuremaps"
    data = parse_plugin_data(metadata.plugin_data.content)
    assert data.version == names.FORMAT_VERSION
    assert data.layer.name == "conv1"


@pytest.mark.parametrize(
    ("data", "data_class"),
    [
        (pb.FeatureMapPluginData(layer=pb.LayerSeries()), summary_pb2.DATA_CLASS_BLOB_SEQUENCE),
        (pb.FeatureMapPluginData(probes=pb.ProbeSeries()), summary_pb2.DATA_CLASS_BLOB_SEQUENCE),
        (pb.FeatureMapPluginData(stats=pb.StatsSeries()), summary_pb2.DATA_CLASS_TENSOR),
        (pb.FeatureMapPluginData(outputs=pb.OutputSeries()), summary_pb2.DATA_CLASS_TENSOR),
        (pb.FeatureMapPluginData(losses=pb.LossSeries()), summary_pb2.DATA_CLASS_TENSOR),
        (pb.FeatureMapPluginData(gaps=pb.GapSeries()), summary_pb2.DATA_CLASS_TENSOR),
    ],
)
def test_every_series_names_its_data_class(data: pb.FeatureMapPluginData, data_class: int) -> None:
    assert create_summary_metadata(data).data_class == data_class


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (pb.FeatureMapPluginData(version=99).SerializeToString(), "version 99.*Update"),
        (b"\xff\xff\xff", "not one of tb_featuremaps"),
        (pb.FeatureMapPluginData(version=1).SerializeToString(), "no kind"),
    ],
)
def test_an_unknown_payload_says_what_to_do(content: bytes, message: str) -> None:
    with pytest.raises(UnknownFormatError, match=message):
        parse_plugin_data(content)


def test_colliding_tags_are_told_apart() -> None:
    assert names.unique_tag("a", {"b"}) == "a"
    assert names.unique_tag("a", {"a", "a~2"}) == "a~3"


def test_tags_hold_nothing_that_keys_of_pictures_must_escape() -> None:
    assert names.layer_tag('a "b"\\c\n') == "featuremaps/a _b__c_"
    assert names.layer_tag("<特徴> 'é'/x") == "featuremaps/<特徴> 'é'/x"
