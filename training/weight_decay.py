"""Weight decay as a term of the loss."""

import keras


def l2_penalty(weight_decay: float) -> keras.regularizers.Regularizer | None:
    """The penalty ½·λ·Σw² of one kernel, None for λ = 0.

    Its gradient is λ·w, so that plain SGD multiplies a weight by 1 − learning rate · λ a step.

    Args:
        weight_decay: λ, at least 0.

    Raises:
        ValueError: λ is negative.
    """
    if weight_decay < 0:
        raise ValueError(f"Expected `weight_decay` to be at least 0. Received: {weight_decay}.")
    return keras.regularizers.L2(weight_decay / 2) if weight_decay else None
