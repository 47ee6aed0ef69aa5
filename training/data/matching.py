"""The data set that a loaded model takes."""

import argparse

import keras

from tb_featuremaps.capture.outputs import output_names
from training.data.images import DataError, LabelledImages
from training.data.photos import SIZES
from training.data.registry import load_dataset


def load_for(model: keras.Model, options: argparse.Namespace) -> LabelledImages:
    """Loads the data set of the options (`add_data_options`) for a model.

    Raises:
        DataError: it can't be read, or the model takes other images or tells other classes apart.
    """
    shape = _image_shape(model)
    size = shape[0] if shape[0] in SIZES else SIZES[0]
    data = load_dataset(options.dataset, options.data_dir, size, options.seed)
    found = data.validation_images.shape[1:]
    if any(wanted not in (None, size) for wanted, size in zip(shape, found, strict=True)):
        raise DataError(
            f"{model.name} takes images of {_by(shape)}; those of {options.dataset} are of "
            f"{_by(found)}. Name the data set that it was trained on with --dataset."
        )
    for name, tensor in zip(output_names(model), model.outputs, strict=True):
        if tensor.shape[1:] != (len(data.class_names),):
            raise DataError(
                f"Output {name!r} of {model.name} is of shape {tuple(tensor.shape)}; expected "
                f"[n, {len(data.class_names)}] for the classes of {options.dataset}. Name the "
                "data set that it was trained on with --dataset."
            )
    return data


def _image_shape(model: keras.Model) -> tuple[int | None, ...]:
    try:
        shape, _ = model.input_shape, model.outputs
    except (AttributeError, ValueError) as error:
        raise DataError(
            "Expected a functional model, or a Sequential one that was built: such know their "
            f"inputs and outputs. Received: {model.name}, of class {type(model).__name__}."
        ) from error
    if isinstance(shape, (list, dict)) or len(shape) != 4:
        raise DataError(
            f"Expected a model of one image, of input shape [n, height, width, channels]. "
            f"Received: {model.name}, which takes {shape}."
        )
    return tuple(shape[1:])


def _by(shape: tuple[int | None, ...]) -> str:
    return "×".join("any" if size is None else str(size) for size in shape)
