"""The command line of `python -m training.train`."""

import argparse
import contextlib
import io
import math
import pathlib
import sys
from collections.abc import Collection

from training import run_file
from training.data.augmentation import AUGMENTATIONS
from training.data.photos import SIZES
from training.data.registry import DATASETS
from training.models.registry import MODELS
from training.optimizers import DECAYS, OPTIMIZERS, SCHEDULES

_EPOCHS = 10
_LARGEST_SEED = 2**32 - 1
_LARGEST_COUNT = 2**31 - 1
# The widest networks that are published, Wide ResNets, have some ten times the channels.
_LARGEST_WIDTH = 16


def parse(arguments: list[str] | None, description: str | None = None) -> argparse.Namespace:
    """Returns the options; those that were not given have the model's own values.

    With `--resume` they have the values that the run was begun with. `model_options` is a dict of
    the arguments that the chosen model alone has.

    Raises:
        RunFileError: the run that is resumed has a damaged file of options.
    """
    parser = _parser(description)
    given = sys.argv[1:] if arguments is None else arguments
    options, named = parser.parse_args(given), _named(parser, given)
    if options.resume:
        options = _resumed(parser, given, named, options.log_dir)
    _complete(parser, options, named)
    return options


def parse_beside_run(
    parser: argparse.ArgumentParser, arguments: list[str] | None, shared: Collection[str]
) -> argparse.Namespace:
    """Parses a command line about a `--checkpoint`, which may lie in the log directory of a run.

    Args:
        parser: of the command.
        arguments: the command line.
        shared: names of the options whose values are those of the run unless they are given.
    """
    given = sys.argv[1:] if arguments is None else arguments
    options = parser.parse_args(given)
    log_dir = options.checkpoint.parent
    try:
        kept = run_file.read_arguments(log_dir)
        own = [kept[name] for name in kept.keys() & set(shared) - _named(parser, given)]
        return _parse_with(parser, own, given, log_dir)
    except run_file.RunFileError:
        print(
            f"warning: {log_dir / run_file.FILE} is left out: it does not hold options of a run.",
            file=sys.stderr,
        )
        return options


def _resumed(
    parser: argparse.ArgumentParser, given: list[str], named: set[str], log_dir: pathlib.Path
) -> argparse.Namespace:
    kept = run_file.read_arguments(log_dir)
    unknown = kept.keys() - vars(parser.parse_args(given)).keys()
    if unknown:
        raise run_file.unreadable(log_dir, f"there are no options {sorted(unknown)}")
    overridden = named | ({"steps"} if "epochs" in named else set())
    own = [argument for name, argument in kept.items() if name not in overridden]
    options = _parse_with(parser, own, given, log_dir)
    size = kept.get("batch_size")
    if size not in (None, f"--batch-size={options.batch_size}"):  # progress is counted in batches
        parser.error(f"the run goes on with its own {size}: leave --batch-size out.")
    return options


def _named(parser: argparse.ArgumentParser, given: list[str]) -> set[str]:
    """Names of the options that a sound command line gives."""
    absent = object()
    names = vars(parser.parse_args(given))
    found = parser.parse_args(given, argparse.Namespace(**dict.fromkeys(names, absent)))
    return {name for name, value in vars(found).items() if value is not absent}


def _parse_with(
    parser: argparse.ArgumentParser, kept: list[str], given: list[str], log_dir: pathlib.Path
) -> argparse.Namespace:
    """Parses what was kept in a log directory and then what is given, which alone is sound."""
    message = io.StringIO()
    try:
        with contextlib.redirect_stderr(message):
            return parser.parse_args([*kept, *given])
    except SystemExit as error:
        reason = message.getvalue().strip().rpartition("error: ")[2]
        raise run_file.unreadable(log_dir, reason) from error


def _parser(description: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.train",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _add_data(parser.add_argument_group("data"))
    _add_model(parser.add_argument_group("model"))
    _add_optimisation(parser.add_argument_group("optimisation"))
    _add_run(parser.add_argument_group("run"))
    return parser


def add_data_options(parser: argparse._ActionsContainer) -> None:
    """Adds the options that say which images, as all commands have them."""
    parser.add_argument(
        "--dataset", choices=sorted(DATASETS), default="photos", help="photos are embedded"
    )
    parser.add_argument(
        "--data-dir",
        type=pathlib.Path,
        default=pathlib.Path("data"),
        help="folder of the files of the other data sets",
    )
    parser.add_argument("--seed", type=_seed, default=0, help="of all randomness")


def _add_data(group: argparse._ArgumentGroup) -> None:
    add_data_options(group)
    group.add_argument("--image-size", type=int, choices=SIZES, default=32, help="of photos")
    group.add_argument(
        "--augmentation",
        choices=AUGMENTATIONS,
        default="flip",
        help="flip: left to right, where a mirrored image is of the same class; "
        "shift: also moved by up to an eighth",
    )
    group.add_argument(
        "--balance-classes",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="weigh each image by the rarity of its class",
    )


def _add_model(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--model", choices=sorted(MODELS), default="googlenet")
    group.add_argument("--width", type=_width, help="multiplies all channels")
    group.add_argument("--aux-weight", type=rate, help="loss weight of the auxiliary heads")
    group.add_argument(
        "--normalization",
        choices=("batch", "local_response", "none"),
        help="of googlenet: batch normalisation, or the paper's",
    )
    group.add_argument(
        "--factorize-early",
        action=argparse.BooleanOptionalAction,
        help="of inception_v3: 1×n and n×1 convolutions on the early grid too",
    )
    group.add_argument(
        "--residual-scale", type=rate, help="of inception_resnet_v2: of all residuals but the last"
    )


def _add_optimisation(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--epochs", type=positive, help=f"{_EPOCHS} unless --steps is given")
    group.add_argument("--steps", type=positive, help="batches in all; overrides --epochs")
    group.add_argument("--batch-size", type=positive, default=32)
    group.add_argument("--optimizer", choices=OPTIMIZERS, default="sgd")
    group.add_argument("--learning-rate", type=rate, default=0.01)
    group.add_argument("--momentum", type=_below_one, default=0.9, help="Nesterov's, of sgd")
    group.add_argument(
        "--schedule",
        choices=SCHEDULES,
        default="constant",
        help="cosine: the learning rate falls to 0 at the last step",
    )
    group.add_argument("--weight-decay", type=rate, default=2e-4, help="λ")
    group.add_argument(
        "--decay",
        choices=DECAYS,
        default="l2",
        help="l2: ½·λ·Σw² in the loss; decoupled: w − rate·λ·w (SGDW, AdamW)",
    )
    group.add_argument("--label-smoothing", type=_below_one, help="ε")
    group.add_argument(
        "--mixed-precision",
        nargs="?",
        const="float16",
        default="float32",
        choices=("float32", "float16", "bfloat16"),
        help="layers compute in it (float16 with loss scaling); weights stay float32",
    )
    group.add_argument(
        "--jit",
        action=argparse.BooleanOptionalAction,
        help="compile the train step with XLA; by default as Keras decides",
    )
    group.add_argument(
        "--distributed",
        action="store_true",
        help="train on all devices of this machine, or on the workers that TF_CONFIG names",
    )
    group.add_argument(
        "--threads",
        type=positive,
        help="of TensorFlow; with 1, two runs with one seed give equal losses",
    )


def _add_run(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--log-dir", type=pathlib.Path, required=True, help="directory of the run")
    group.add_argument("--every", type=positive, default=20, help="batches a capture")
    group.add_argument(
        "--gradients",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="log too which term of the loss teaches which layer, and where each head looks",
    )
    group.add_argument(
        "--resume",
        action="store_true",
        help="go on where the run in --log-dir was left, with its options but for those given",
    )


def _complete(
    parser: argparse.ArgumentParser, options: argparse.Namespace, named: set[str]
) -> None:
    trainable = MODELS[options.model]
    everyones = {name for model in MODELS.values() for name in model.options}
    foreign = everyones - set(trainable.options)
    if foreign & named:
        flags = ", ".join("--" + name.replace("_", "-") for name in sorted(foreign & named))
        parser.error(f"{options.model} has no {flags}.")
    values = {name: getattr(options, name) for name in trainable.options}
    options.model_options = {name: value for name, value in values.items() if value is not None}
    if options.width is None:
        options.width = trainable.width
    if options.aux_weight is None:
        options.aux_weight = trainable.auxiliary_weight
    if options.label_smoothing is None:
        options.label_smoothing = trainable.label_smoothing
    if options.epochs is None:
        options.epochs = _EPOCHS


def positive(text: str) -> int:
    """A whole number of at least 1, as TensorFlow counts with 32 bits."""
    value = int(text)
    if not 1 <= value <= _LARGEST_COUNT:
        raise argparse.ArgumentTypeError(
            f"expected a whole number within 1…{_LARGEST_COUNT}. Received: {text}"
        )
    return value


def rate(text: str) -> float:
    """A finite number of at least 0."""
    value = float(text)
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"expected a number ≥ 0. Received: {text}")
    return value


def positive_rate(text: str) -> float:
    """A finite number above 0."""
    value = float(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"expected a number > 0. Received: {text}")
    return value


def _width(text: str) -> float:
    value = positive_rate(text)
    if value > _LARGEST_WIDTH:
        raise argparse.ArgumentTypeError(f"expected a number ≤ {_LARGEST_WIDTH}. Received: {text}")
    return value


def _seed(text: str) -> int:
    value = int(text)
    if not 0 <= value <= _LARGEST_SEED:
        raise argparse.ArgumentTypeError(
            f"expected a whole number within 0…{_LARGEST_SEED}. Received: {text}"
        )
    return value


def _below_one(text: str) -> float:
    value = float(text)
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError(f"expected a number ≥ 0 and < 1. Received: {text}")
    return value
