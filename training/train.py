"""Trains a network and logs its feature maps and loss terms.

python -m training.train --model googlenet --dataset photos --log-dir logs/run1
python -m training.train --log-dir logs/run1 --resume --epochs 20
"""

import argparse
import math
import pathlib
import sys
import tempfile
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tb_featuremaps import FeatureMaps, GradientTerms, LossTerms
from tb_featuremaps.command_line import run_command
from training import checkpoint, run_file
from training.data.images import DataError, LabelledImages, Sampling
from training.data.registry import load_dataset
from training.distributed import (
    ClusterError,
    is_first_process,
    make_strategy,
    prepare_for_workers,
    strategy_scope,
)
from training.losses import crossentropy
from training.models.heads import loss_weights
from training.models.registry import MODELS
from training.optimizers import Optimisation, make_optimizer
from training.options import parse

_ERRORS = (ClusterError, DataError, checkpoint.CheckpointError, run_file.RunFileError)
# What Keras reports of each epoch, in the log directory.
HISTORY = "history.csv"
# Images on which gradients are taken.
_LABELLED = 64
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


class ModelError(ValueError):
    """The model of the options can't be built for the data."""


def main(arguments: list[str] | None = None) -> int:
    """Trains as the command line says; returns the exit status."""
    return run_command(lambda: _train(arguments), ModelError, *_ERRORS)


def _train(arguments: list[str] | None) -> int:
    options = parse(arguments, __doc__)
    _check_log_dir(options)
    _limit_threads(options.threads)
    strategy = make_strategy() if options.distributed else None
    _prepare_keras(options)
    data = load_dataset(options.dataset, options.data_dir, options.image_size, options.seed)
    steps = _total_steps(options, data)
    with strategy_scope(strategy):
        model = build(options, data, steps)
        done = checkpoint.restore(model, _path(options)) if options.resume else 0
    if done >= steps:
        print(f"{_path(options)} has {done} of {steps} steps; ask for more to go on.")
        return 0
    print(
        f"Training {options.model} ({model.count_params():,} parameters) on "
        f"{len(data.train_labels):,} images of {options.dataset} from step {done} to {steps}; "
        f"logging to {options.log_dir}",
        flush=True,
    )
    if _saves(options):
        run_file.write(options)
    fit(options, model, data, range(done, steps))
    if _saves(options):
        checkpoint.save(model, _path(options), steps)
        print(f"Saved {_path(options)}")
    return 0


def build(options: argparse.Namespace, data: LabelledImages, steps: int) -> keras.Model:
    """Builds and compiles the model for the data and for a training of `steps`.

    Raises:
        ModelError: it is too large for the memory, or the images are too small for it.
    """
    trainable = MODELS[options.model]
    decoupled = options.decay == "decoupled"
    shape = data.train_images.shape[1:]
    try:
        model = trainable.build(
            shape,
            len(data.class_names),
            width=options.width,
            weight_decay=0.0 if decoupled else options.weight_decay,
            **options.model_options,
        )
    except (ValueError, MemoryError, tf.errors.OpError) as error:
        raise ModelError(
            f"{options.model} of width {options.width:g} can't be built for images of "
            f"{'×'.join(map(str, shape))}: {str(error) or 'there is not enough memory'}"
        ) from error
    how = Optimisation(
        options.optimizer,
        options.learning_rate,
        options.momentum,
        options.schedule,
        steps,
        options.weight_decay if decoupled else 0.0,
    )
    heads = trainable.heads
    model.compile(
        make_optimizer(how),
        loss={head: crossentropy(options.label_smoothing) for head in heads},
        loss_weights=loss_weights(heads, options.aux_weight),
        metrics={head: ["accuracy"] for head in heads},
        jit_compile="auto" if options.jit is None else options.jit,
    )
    return model


def fit(
    options: argparse.Namespace, model: keras.Model, data: LabelledImages, steps: range
) -> None:
    """Trains the given steps of the whole training, with both callbacks."""
    heads = MODELS[options.model].heads
    sampling = Sampling(
        options.batch_size, options.seed, options.augmentation, options.balance_classes
    )
    validation = data.validation_batches(options.batch_size, heads)
    callbacks = _callbacks(options, data, steps)
    if options.distributed:
        prepare_for_workers(model, data.train_batches(heads, sampling, steps))
    else:
        _make_variables(model, heads, len(data.class_names))
    per_epoch = data.steps_per_epoch(options.batch_size)
    for part in _parts(steps, per_epoch):
        model.fit(
            data.train_batches(heads, sampling, part),
            validation_data=validation,
            initial_epoch=part.start // per_epoch,
            epochs=math.ceil(part.stop / per_epoch),
            steps_per_epoch=per_epoch - part.start % per_epoch,
            shuffle=False,  # the data set shuffles itself
            callbacks=callbacks,
            verbose=1 if sys.stdout.isatty() else 2,
        )


def _make_variables(model: keras.Model, heads: tuple[str, ...], classes: int) -> None:
    """Makes those of optimizer and metrics: TensorFlow traces a step that makes some twice."""
    labels = dict.fromkeys(heads, np.zeros(1, np.int64))
    scores = dict.fromkeys(heads, np.full((1, classes), 1 / classes, np.float32))
    model.optimizer.build(model.trainable_variables)
    model.compute_loss(None, labels, scores)
    model.compute_metrics(None, labels, scores)
    model.reset_metrics()


def _parts(steps: range, per_epoch: int) -> list[range]:
    """The rest of an epoch that was begun, and the epochs after it."""
    begun = steps.start % per_epoch
    border = min(steps.start + per_epoch - begun, steps.stop) if begun else steps.start
    parts = (range(steps.start, border), range(border, steps.stop))
    return [part for part in parts if part]


def _callbacks(
    options: argparse.Namespace, data: LabelledImages, steps: range
) -> list[keras.callbacks.Callback]:
    probes, labels = data.probes(_PROBES)
    maps = FeatureMaps(
        options.log_dir,
        probes,
        layers=MODELS[options.model].layers,
        every=options.every,
        labels=labels,
        class_names=data.class_names,
        attributions=options.gradients,
    )
    callbacks = [maps, LossTerms(options.log_dir), StopAfter(len(steps))]
    if options.gradients:
        callbacks.insert(2, _gradients(options, data))
    if _saves(options):
        history = options.log_dir / HISTORY
        if not options.resume:
            history.unlink(missing_ok=True)
        callbacks.append(checkpoint.SaveEachEpoch(_path(options), steps.start))
        callbacks.append(keras.callbacks.CSVLogger(str(history), append=True))
    return callbacks


def _gradients(options: argparse.Namespace, data: LabelledImages) -> GradientTerms:
    """On validation images from all over the set, which may be sorted by class."""
    count = len(data.validation_labels)
    chosen = np.unique(np.linspace(0, count - 1, min(count, _LABELLED)).astype(np.int64))
    trainable = MODELS[options.model]
    return GradientTerms(
        options.log_dir,
        data.validation_images[chosen],
        dict.fromkeys(trainable.heads, data.validation_labels[chosen]),
        layers=trainable.layers,
        every=options.every,
    )


def _saves(options: argparse.Namespace) -> bool:
    return not options.distributed or is_first_process()


def _limit_threads(threads: int | None) -> None:
    if threads is not None:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)


def _prepare_keras(options: argparse.Namespace) -> None:
    precision = options.mixed_precision
    keras.config.set_dtype_policy(precision if precision == "float32" else f"mixed_{precision}")
    keras.utils.set_random_seed(options.seed)


def _check_log_dir(options: argparse.Namespace) -> None:
    try:
        holds_a_model = _path(options).exists()
        options.log_dir.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=options.log_dir).close()
    except OSError as error:
        raise checkpoint.CheckpointError(
            f"Expected a --log-dir that can be written. Received: {options.log_dir} ({error})."
        ) from error
    if holds_a_model and not options.resume:
        raise checkpoint.CheckpointError(
            f"{options.log_dir} holds a trained model already. Add --resume to go on with it, or "
            "name another --log-dir."
        )


def _total_steps(options: argparse.Namespace, data: LabelledImages) -> int:
    if options.steps is not None:
        return int(options.steps)
    return int(options.epochs) * data.steps_per_epoch(options.batch_size)


def _path(options: argparse.Namespace) -> pathlib.Path:
    return pathlib.Path(options.log_dir) / checkpoint.FILE


if __name__ == "__main__":
    sys.exit(main())
