"""Optimizers, their schedules, and decoupled weight decay."""

import dataclasses

import keras

OPTIMIZERS = ("sgd", "adam")
SCHEDULES = ("constant", "cosine")
DECAYS = ("l2", "decoupled")
# What has no weight decay in either form: the penalty is one of kernels alone.
_WITHOUT_DECAY = ["bias", "gamma", "beta"]


@dataclasses.dataclass(frozen=True)
class Optimisation:
    """How a model is optimised.

    Attributes:
        optimizer: "sgd" with Nesterov momentum, or "adam".
        learning_rate: of the first step.
        momentum: of SGD.
        schedule: "constant", or "cosine", which falls to 0 at `steps` (Loshchilov and Hutter 2017,
            "SGDR", equation 5, without restarts).
        steps: how many steps there will be.
        decoupled_decay: λ of decoupled weight decay: each step multiplies every kernel by
            1 − learning rate · λ beside what the optimizer does. This is SGDW and AdamW as Keras
            and PyTorch have them; Loshchilov and Hutter 2019, "Decoupled Weight Decay
            Regularization", leave the learning rate out and keep the schedule's factor.
    """

    optimizer: str = "sgd"
    learning_rate: float = 0.01
    momentum: float = 0.9
    schedule: str = "constant"
    steps: int = 1
    decoupled_decay: float = 0.0


def make_optimizer(how: Optimisation) -> keras.optimizers.Optimizer:
    """The optimizer, not yet built.

    Raises:
        ValueError: an unknown optimizer or schedule.
    """
    rate = _learning_rate(how)
    decay = how.decoupled_decay or None
    optimizer: keras.optimizers.Optimizer
    if how.optimizer == "sgd":
        nesterov = how.momentum > 0
        optimizer = keras.optimizers.SGD(rate, how.momentum, nesterov, weight_decay=decay)
    elif how.optimizer == "adam":
        optimizer = keras.optimizers.Adam(rate, weight_decay=decay)
    else:
        raise ValueError(f"Expected `optimizer` of {OPTIMIZERS}. Received: {how.optimizer!r}.")
    if decay:
        optimizer.exclude_from_weight_decay(var_names=_WITHOUT_DECAY)
    return optimizer


def _learning_rate(how: Optimisation) -> float | keras.optimizers.schedules.LearningRateSchedule:
    if how.schedule == "constant":
        return how.learning_rate
    if how.schedule == "cosine":
        return keras.optimizers.schedules.CosineDecay(how.learning_rate, max(1, how.steps))
    raise ValueError(f"Expected `schedule` of {SCHEDULES}. Received: {how.schedule!r}.")
