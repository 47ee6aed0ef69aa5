"""Bounds of what a payload may claim, checked before the page makes room for it."""

from tb_featuremaps.format import featuremaps_pb2 as pb

# More than any layer has; an atlas of so many channels is one of 256 × 256 tiles.
MAX_CHANNELS = 65536
MAX_RANK = 6
# A million class names, about.
MAX_PAYLOAD_BYTES = 16 * 2**20


def size_problem(data: pb.FeatureMapPluginData) -> str | None:
    """What is wrong with the sizes that a payload claims, to follow the tag's name."""
    if data.WhichOneof("content") == "layer":
        channels, rank = data.layer.channels, len(data.layer.shape)
        if not 1 <= channels <= MAX_CHANNELS:
            return f"claims {channels:,} channels; expected 1 to {MAX_CHANNELS:,}. Log fewer."
        if rank > MAX_RANK:
            return f"claims a shape of {rank:,} axes; expected at most {MAX_RANK}."
    elif (size := data.ByteSize()) > MAX_PAYLOAD_BYTES:
        return f"has a payload of {size >> 20} MiB; expected at most {MAX_PAYLOAD_BYTES >> 20} MiB."
    return None
