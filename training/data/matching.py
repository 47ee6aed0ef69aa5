"""The data set that a loaded model takes."""

import argparse

import keras

from tb_featuremaps.capture.outputs import output_names
from training.data.images import DataError, LabelledImages
from training.data.registry import load_dataset


def load_for(model: keras.Model, options: argparse.Namespace) -> LabelledImages:
    """Loads the data set of the options (`add_data_options`) for a model.

    Raises:
        DataError: it can't be read, or the model takes other images or tells other classes apart.
    """
    if isinstance(model.input_shape, (list, dict)) or len(model.input_shape) != 4:
        raise DataError(
            f"Expected a model of one image, of input shape [n, height, width, channels]. "
            f"Received: {model.name}, which takes {model.input_shape}."
        )
    shape = model.input_shape[1:]
    data = load_dataset(options.dataset, options.data_dir, shape[0] or 32, options.seed)
    found = data.validation_images.shape[1:]
    if any(wanted not in (None, size) for wanted, size in zip(shape, found, strict=True)):
        raise DataError(
            f"{model.name} takes images of {_by(shape)}; those of {options.dataset} are of "
            f"{_by(found)}. Name the data set that it was trained on with --dataset."
        )
    for name, tensor in zip(output_names(model), keras.tree.flatten(model.output), strict=True):
        if tensor.shape[1:] != (len(data.class_names),):
            raise DataError(
                f"Output {name!r} of {model.name} is of shape {tuple(tensor.shape)}; expected "
                f"[n, {len(data.class_names)}] for the classes of {options.dataset}. Name the "
                "data set that it was trained on with --dataset."
            )
    return data


def _by(shape: tuple[int | None, ...]) -> str:
    return "×".join("any" if size is None else str(size) for size in shape)
