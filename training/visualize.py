"""Writes each channel of a layer as an image file.

python -m training.visualize --checkpoint logs/run1/model.keras --layer inception_3a --out maps

For a photo of the data set, `maps/scaled/` holds each channel from its own smallest value (black)
to its largest (white), and `maps/clipped/` holds the values times 255 as they are, which loses
everything above 1 and below 0; `maps/overview.png` shows both side by side. `--dataset` and
`--probe` choose the photo; the data set is by default that of the run that the checkpoint lies in.
"""

import argparse
import pathlib
import sys

import keras
import numpy as np
import numpy.typing as npt
from PIL import Image

from tb_featuremaps.command_line import run_command
from tb_featuremaps.format.atlas import tile
from tb_featuremaps.format.measuring import measure
from training import checkpoint
from training.data.images import DataError, LabelledImages
from training.data.matching import load_for
from training.options import add_data_options, parse_beside_run

# Of the overview: the larger side of a map at least, and what lies between two.
_MAP_PIXELS = 64
_GAP = 4
_WHITE = 255


class LayerError(ValueError):
    """The model has no such layer, or it gives no maps."""


def main(arguments: list[str] | None = None) -> int:
    """Writes the images; returns the exit status."""
    return run_command(
        lambda: _visualize(arguments), LayerError, DataError, checkpoint.CheckpointError
    )


def _visualize(arguments: list[str] | None) -> int:
    options = _parse(arguments)
    model = checkpoint.load(options.checkpoint)
    data = load_for(model, options)
    maps = activation(model, options.layer, _probe(data, options.probe))
    for name, pictures in (("scaled", scaled(maps)), ("clipped", clipped(maps))):
        write_channels(pictures, options.out / name)
    overview(maps).save(options.out / "overview.png")
    lost = float(np.mean(~((maps <= 1) & (maps >= 0))))
    print(
        f"Wrote {maps.shape[-1]} channels of {options.layer} to {options.out}; values lie within "
        f"{maps.min():.4g} … {maps.max():.4g}, and clipping loses {100 * lost:.1f} % of them."
    )
    return 0


def activation(
    model: keras.Model, layer: str, image: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """A layer's maps, float32 `[height, width, channels]`, for an image `[height, width, 1 or 3]`.

    Raises:
        LayerError: the model has no such layer, its output is no stack of maps, or the model fails.
    """
    names = [known.name for known in model.layers]
    if layer not in names:
        raise LayerError(f"Expected one of the layers {names}. Received: {layer!r}.")
    try:
        output = model.get_layer(layer).output
    except (AttributeError, ValueError) as error:
        raise LayerError(
            f"Expected a layer whose output is known. Received: {layer!r}. {error}"
        ) from error
    shape = getattr(output, "shape", None)
    if shape is None or len(shape) != 4:
        what = f"of shape {shape}" if shape is not None else "of several outputs"
        raise LayerError(f"Expected a layer of maps. Received: {layer!r} {what}.")
    try:
        tapped = keras.Model(model.inputs[0], output)
        return np.asarray(tapped(image[None], training=False), np.float32)[0]
    except Exception as error:  # a model of the user's own may fail in any way
        raise LayerError(f"{model.name} fails on an image of {image.shape}: {error}") from error


def scaled(maps: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Each channel from its smallest value, 0, to its largest, 255."""
    return measure(maps[None]).levels[0]


def clipped(maps: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Values times 255; what is beyond 0…1 is lost, and NaN is 0."""
    return (np.nan_to_num(np.clip(maps, 0, 1)) * 255).astype(np.uint8)


def write_channels(pictures: npt.NDArray[np.uint8], folder: pathlib.Path) -> None:
    """Writes `[height, width, channels]` as `channel_000.png` and so on."""
    folder.mkdir(parents=True, exist_ok=True)
    for channel in range(pictures.shape[-1]):
        picture = Image.fromarray(np.ascontiguousarray(pictures[..., channel]))
        picture.save(folder / f"channel_{channel:03d}.png")


def overview(maps: npt.NDArray[np.float32]) -> Image.Image:
    """All channels `[height, width, channels]` in two grids: on the left scaled, right clipped."""
    left, right = _grid(scaled(maps)), _grid(clipped(maps))
    between = np.full((left.shape[0], 4 * _GAP), _WHITE, np.uint8)
    return Image.fromarray(np.concatenate([left, between, right], 1))


def _grid(pictures: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    zoom = max(1, _MAP_PIXELS // max(pictures.shape[:2]))
    enlarged = pictures.repeat(zoom, 0).repeat(zoom, 1)
    framed = np.pad(enlarged, ((0, _GAP), (0, _GAP), (0, 0)), constant_values=_WHITE)
    return np.asarray(tile(framed[None]))[0]


def _probe(data: LabelledImages, index: int) -> npt.NDArray[np.float32]:
    if not 0 <= index < len(data.validation_images):
        last = len(data.validation_images) - 1
        raise DataError(f"Expected a probe within 0…{last}. Received: {index}.")
    return data.validation_images[index]


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m training.visualize",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--checkpoint", type=pathlib.Path, required=True, help="a .keras file")
    parser.add_argument("--layer", required=True, help="name of a layer of maps")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="folder to write to")
    add_data_options(parser)
    parser.add_argument("--probe", type=int, default=0, help="index of a validation image")
    return parse_beside_run(parser, arguments, ("dataset", "data_dir", "seed"))


if __name__ == "__main__":
    sys.exit(main())
