"""Creates and parses the summary metadata of our time series."""

from google.protobuf.message import DecodeError
from tensorboard.compat.proto import summary_pb2

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format.names import FORMAT_VERSION, PLUGIN_NAME
from tb_featuremaps.format.versions import unreadable_version

BLOB_SEQUENCES = frozenset({"layer", "probes"})


class UnknownFormatError(ValueError):
    """A payload that this version can't read; the message says what to do."""


def create_summary_metadata(data: pb.FeatureMapPluginData) -> summary_pb2.SummaryMetadata:
    """Returns the metadata of a series: our plugin name, `data` as payload, and the data class.

    TensorBoard's data server drops a series that names no data class.
    """
    kind = data.WhichOneof("content")
    if kind is None:
        raise ValueError("Expected payload data with one of its content fields set. Received none.")
    stamped = pb.FeatureMapPluginData()
    stamped.CopyFrom(data)
    stamped.version = FORMAT_VERSION
    blobs = kind in BLOB_SEQUENCES
    return summary_pb2.SummaryMetadata(
        plugin_data=summary_pb2.SummaryMetadata.PluginData(
            plugin_name=PLUGIN_NAME, content=stamped.SerializeToString()
        ),
        data_class=(
            summary_pb2.DATA_CLASS_BLOB_SEQUENCE if blobs else summary_pb2.DATA_CLASS_TENSOR
        ),
    )


def parse_plugin_data(content: bytes) -> pb.FeatureMapPluginData:
    """Parses a payload.

    Raises:
        UnknownFormatError: it is no payload of ours, or of a newer format version.
    """
    data = pb.FeatureMapPluginData()
    try:
        data.ParseFromString(content)
    except DecodeError as error:
        raise UnknownFormatError("its payload is not one of tb_featuremaps.") from error
    problem = unreadable_version(data.version)
    if problem is not None:
        raise UnknownFormatError(problem)
    if data.WhichOneof("content") is None:
        raise UnknownFormatError("its payload names no kind of series. Update tb_featuremaps.")
    return data
