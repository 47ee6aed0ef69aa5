"""Trains a network and logs its feature maps and loss terms.

python -m training.train --model googlenet --dataset photos --log-dir logs/run1
"""

import argparse
import dataclasses
import math
import pathlib
import sys
from collections.abc import Callable
from typing import Any

import keras

from tb_featuremaps import FeatureMaps, LossTerms
from training.data.cifar10 import load_cifar10
from training.data.images import DataError, LabelledImages
from training.data.mnist import FASHION, load_mnist
from training.data.photos import load_photos
from training.distributed import (
    ClusterError,
    is_first_process,
    make_strategy,
    prepare_for_workers,
    strategy_scope,
)
from training.models import googlenet as googlenet_module
from training.models import mnist_convnet as mnist_module


@dataclasses.dataclass(frozen=True)
class Trainable:
    """A model that can be trained.

    Attributes:
        build: from input shape, classes, `width` and `weight_decay` to the model.
        heads: its outputs, the main one first.
        layers: which layers are logged, as `FeatureMaps` takes them.
    """

    build: Callable[..., keras.Model]
    heads: tuple[str, ...]
    layers: str = "auto"


MODELS = {
    "googlenet": Trainable(googlenet_module.googlenet, googlenet_module.HEADS),
    "mnist_convnet": Trainable(mnist_module.mnist_convnet, mnist_module.HEADS, mnist_module.LAYERS),
}
DATASETS: dict[str, Callable[[argparse.Namespace], LabelledImages]] = {
    "photos": lambda options: load_photos(options.image_size, seed=options.seed),
    "cifar10": lambda options: load_cifar10(options.data_dir),
    "mnist": lambda options: load_mnist(options.data_dir),
    "fashion_mnist": lambda options: load_mnist(options.data_dir, FASHION),
}
_PROBES = 4


class StopAfter(keras.callbacks.Callback):
    """Ends training after a number of steps.

    Args:
        steps: how many batches to train.
    """

    def __init__(self, steps: int) -> None:
        super().__init__()
        self._left = steps

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self._left -= 1
        if self._left <= 0:
            self.model.stop_training = True


def main(arguments: list[str] | None = None) -> int:
    """Trains as the command line says; returns the exit status."""
    options = parse(arguments)
    try:
        strategy = make_strategy() if options.distributed else None
        keras.utils.set_random_seed(options.seed)
        data = DATASETS[options.dataset](options)
    except (ClusterError, DataError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    with strategy_scope(strategy):
        model = build(options, data)
    print(
        f"Training {options.model} ({model.count_params():,} parameters) on "
        f"{len(data.train_labels):,} images of {options.dataset}; logging to {options.log_dir}",
        flush=True,
    )
    fit(options, model, data)
    if is_first_process():
        path = options.log_dir / "model.keras"
        model.save(path)
        print(f"Saved {path}")
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Returns the options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m training.train", description=__doc__)
    parser.add_argument("--model", choices=sorted(MODELS), default="googlenet")
    parser.add_argument("--dataset", choices=sorted(DATASETS), default="photos")
    parser.add_argument("--log-dir", type=pathlib.Path, required=True, help="directory of the run")
    parser.add_argument("--data-dir", type=pathlib.Path, default=pathlib.Path("data"))
    parser.add_argument("--epochs", type=_positive, default=10)
    parser.add_argument("--steps", type=_positive, help="batches in all; overrides --epochs")
    parser.add_argument("--batch-size", type=_positive, default=32)
    parser.add_argument("--learning-rate", type=_rate, default=0.01)
    parser.add_argument("--momentum", type=_rate, default=0.9)
    parser.add_argument("--weight-decay", type=_rate, default=2e-4, help="λ of ½·λ·Σw²")
    parser.add_argument(
        "--aux-weight",
        type=_rate,
        default=googlenet_module.AUXILIARY_WEIGHT,
        help="loss weight of the auxiliary heads",
    )
    parser.add_argument("--width", type=_rate, default=0.5, help="multiplies all channels")
    parser.add_argument("--image-size", type=int, choices=(32, 64), default=32, help="of photos")
    parser.add_argument("--every", type=_positive, default=20, help="batches a capture")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--distributed",
        action="store_true",
        help="train on all devices of this machine, or on the workers that TF_CONFIG names",
    )
    return parser.parse_args(arguments)


def build(options: argparse.Namespace, data: LabelledImages) -> keras.Model:
    """Builds and compiles the model for the data."""
    model = MODELS[options.model].build(
        data.train_images.shape[1:],
        len(data.class_names),
        width=options.width,
        weight_decay=options.weight_decay,
    )
    heads = MODELS[options.model].heads
    model.compile(
        keras.optimizers.SGD(options.learning_rate, momentum=options.momentum, nesterov=True),
        loss=dict.fromkeys(heads, "sparse_categorical_crossentropy"),
        loss_weights={head: 1.0 if head == "main" else options.aux_weight for head in heads},
        metrics={head: ["accuracy"] for head in heads},
    )
    return model


def fit(options: argparse.Namespace, model: keras.Model, data: LabelledImages) -> None:
    """Trains with both callbacks."""
    trainable = MODELS[options.model]
    heads = trainable.heads
    probes, labels = data.probes(_PROBES)
    steps_per_epoch = math.ceil(len(data.train_labels) / options.batch_size)
    callbacks: list[keras.callbacks.Callback] = [
        FeatureMaps(
            options.log_dir,
            probes,
            layers=trainable.layers,
            every=options.every,
            labels=labels,
            class_names=data.class_names,
        ),
        LossTerms(options.log_dir),
    ]
    epochs = options.epochs
    if options.steps is not None:
        epochs = math.ceil(options.steps / steps_per_epoch)
        callbacks.append(StopAfter(options.steps))
    batches = data.train_batches(options.batch_size, heads, options.seed)
    if options.distributed:
        prepare_for_workers(model, batches)
    model.fit(
        batches,
        validation_data=data.validation_batches(options.batch_size, heads),
        epochs=epochs,
        shuffle=False,  # the data set shuffles itself
        callbacks=callbacks,
        verbose=1 if sys.stdout.isatty() else 2,
    )


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number ≥ 1. Received: {text}")
    return value


def _rate(text: str) -> float:
    value = float(text)
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"expected a number ≥ 0. Received: {text}")
    return value


if __name__ == "__main__":
    sys.exit(main())
