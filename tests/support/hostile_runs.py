"""Runs whose event files hold what our writer never writes."""

import io
import math
import pathlib
import struct
import zlib
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from PIL import Image, PngImagePlugin
from support.pngs import encode_atlas
from tensorboard.compat.proto import summary_pb2, tensor_pb2, tensor_shape_pb2, types_pb2

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format import names
from tb_featuremaps.format.metadata import create_summary_metadata
from tb_featuremaps.format.png import (
    SCALE_CHUNK,
)
from tb_featuremaps.summary import events
from tb_featuremaps.summary.event_writer import open_writer
from tb_featuremaps.summary.large_event import LargeEvent, PicturesValue

Value: TypeAlias = summary_pb2.Summary.Value

LAYER = pb.FeatureMapPluginData(
    layer=pb.LayerSeries(
        name="layer", channels=4, shape=[4, 4, 4], stats_tag="featuremaps/layer/stats"
    )
)
STATS = pb.FeatureMapPluginData(
    stats=pb.StatsSeries(layer_tag="featuremaps/layer", columns=names.STATS_COLUMNS)
)
OUTPUTS = pb.FeatureMapPluginData(outputs=pb.OutputSeries(head="main", role=pb.ROLE_MAIN))


def write_values(
    directory: pathlib.Path,
    values: list[Value | PicturesValue],
    step: int = 0,
    wall_time: float = 1e9,
) -> None:
    """Writes one event of these values, with the real writer."""
    writer = open_writer(str(directory))
    writer.submit(lambda: LargeEvent(step, values, wall_time))
    writer.close()


def write_hostile_runs(logdir: pathlib.Path) -> None:
    """Writes a run per picture of `PICTURES` and per tensor of `STATISTICS` and `PREDICTIONS`."""
    for name, picture in PICTURES.items():
        write_values(logdir / name, [picture_value(picture())])
    for name, tensor in STATISTICS.items():
        write_values(logdir / name, [tensor_value("featuremaps/layer/stats", STATS, tensor())])
    for name, tensor in PREDICTIONS.items():
        write_values(logdir / name, [tensor_value("featuremaps/outputs/main", OUTPUTS, tensor())])
    write_values(logdir / "no time", [picture_value(atlas())], wall_time=math.nan)
    layer = pb.FeatureMapPluginData(layer=pb.LayerSeries(name="wide", channels=10**6))
    head = events.value_head("featuremaps/wide", layer)
    wide = PicturesValue(head, (1, 1), [[atlas()]])
    write_values(logdir / "a million channels", [wide, picture_value(atlas())])
    term = pb.LossTerm(tag="loss/total", kind=pb.LossTerm.TOTAL)
    future = pb.LossTerm(tag="loss/future", kind=99)  # type: ignore[arg-type]
    reported = pb.LossTerm(tag="loss/reported", kind=5)  # type: ignore[arg-type]  # REPORTED
    losses = pb.FeatureMapPluginData(losses=pb.LossSeries(terms=[term, future, reported]))
    values = [
        events.tensor_value("featuremaps/losses", losses, np.ones(1, np.float32)),
        events.scalar_value("loss/total", math.nan),
        events.scalar_value("loss/future", 1.0),
        events.scalar_value("loss/reported", 2.0),
    ]
    write_values(logdir / "a future loss", values)


def picture_value(png: bytes) -> PicturesValue:
    """A picture of `LAYER`."""
    return PicturesValue(events.value_head("featuremaps/layer", LAYER), (8, 8), [[png]])


def tensor_value(tag: str, data: pb.FeatureMapPluginData, tensor: tensor_pb2.TensorProto) -> Value:
    """A tensor of any kind under a payload of ours."""
    return Value(tag=tag, metadata=create_summary_metadata(data), tensor=tensor)


def atlas() -> bytes:
    """A sound atlas of 4 channels of 4×4."""
    lo = np.zeros(4, np.float32)
    return encode_atlas(np.zeros((8, 9), np.uint8), lo, lo + 1, 4, 4)


def png(mode: str, size: tuple[int, int], scale: pb.AtlasScale | None = None) -> bytes:
    """A PNG with any scale inside."""
    info = PngImagePlugin.PngInfo()
    if scale is not None:
        info.add(SCALE_CHUNK, scale.SerializeToString())
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, format="PNG", pnginfo=info)
    return buffer.getvalue()


def scale(channels: int = 4, tile: int = 4, columns: int = 2, levels: int = 4) -> pb.AtlasScale:
    """A scale that fits `atlas` unless told otherwise."""
    return pb.AtlasScale(
        version=1,
        channels=channels,
        tile_height=tile,
        tile_width=tile,
        columns=columns,
        lo=[0.0] * levels,
        hi=[1.0] * levels,
    )


def claiming(width: int, height: int) -> bytes:
    """A small file whose header claims a size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 64)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )


def flipped(content: bytes) -> bytes:
    """The file with one bit of its pixels turned."""
    place = content.index(b"IDAT") + 6
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def proto(dtype: int, shape: tuple[int, ...], **fields: object) -> tensor_pb2.TensorProto:
    """A tensor with any shape claimed."""
    dims = [tensor_shape_pb2.TensorShapeProto.Dim(size=size) for size in shape]
    shaped = tensor_shape_pb2.TensorShapeProto(dim=dims)
    return tensor_pb2.TensorProto(dtype=dtype, tensor_shape=shaped, **fields)


def floats(*shape: int) -> tensor_pb2.TensorProto:
    """A float32 tensor whose content fits its shape."""
    content = np.zeros(shape, "<f4").tobytes()
    return proto(types_pb2.DT_FLOAT, shape, tensor_content=content)


PICTURES: dict[str, Callable[[], bytes]] = {
    "huge atlas": lambda: claiming(20_000, 20_000),
    "huge claim": lambda: claiming(2**31 - 1, 2**31 - 1),
    "no pixels": lambda: claiming(0, 5),
    "tile 0": lambda: png("L", (8, 8), scale(tile=0)),
    "tile 2³¹": lambda: png("L", (8, 8), scale(tile=2**31)),
    "million in scale": lambda: png("L", (8, 8), scale(channels=10**6)),
    "other columns": lambda: png("L", (8, 8), scale(columns=3)),
    "wrong size": lambda: png("L", (9, 8), scale()),
    "rgb": lambda: png("RGB", (8, 8), scale()),
    "16 bit": lambda: png("I;16", (8, 8), scale()),
    "truncated": lambda: atlas()[:-30],
    "half": lambda: atlas()[:40],
    "flipped": lambda: flipped(atlas()),
    "no picture": lambda: b"",
    "text": lambda: b"hello",
}
STATISTICS: dict[str, Callable[[], tensor_pb2.TensorProto]] = {
    "negative": lambda: proto(types_pb2.DT_FLOAT, (-2, 4, 6), tensor_content=b"\0" * 92),
    "negative twice": lambda: proto(types_pb2.DT_FLOAT, (-1, -1, 6), tensor_content=b"\0" * 96),
    "negative without values": lambda: proto(types_pb2.DT_FLOAT, (1, -4, 6)),
    "too few values": lambda: proto(types_pb2.DT_FLOAT, (1, 4, 6), tensor_content=b"\0" * 92),
    "rank 2": lambda: floats(4, 6),
    "five columns": lambda: floats(1, 4, 5),
    "no channels": lambda: floats(1, 0, 6),
    "strings": lambda: proto(types_pb2.DT_STRING, (1, 1, 6), string_val=[b"a"] * 6),
    "complex": lambda: proto(types_pb2.DT_COMPLEX64, (1, 1, 6), scomplex_val=[0.0] * 12),
    "unknown dtype": lambda: proto(types_pb2.DT_VARIANT, (1, 1, 6)),
    "enormous": lambda: proto(types_pb2.DT_FLOAT, (2**20, 2**20, 6), float_val=[0.0]),
}
PREDICTIONS: dict[str, Callable[[], tensor_pb2.TensorProto]] = {
    "rank 5": lambda: floats(1, 1, 1, 1, 3),
    "rank 1": lambda: floats(3),
    "no classes": lambda: floats(2, 0),
    "words": lambda: proto(types_pb2.DT_STRING, (1, 2), string_val=[b"a", b"b"]),
    "negative classes": lambda: proto(types_pb2.DT_FLOAT, (-1, -3), tensor_content=b"\0" * 12),
}
