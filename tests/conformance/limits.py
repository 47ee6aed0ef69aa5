"""What is not supported, by name, and how it is noticed."""

from typing import NamedTuple


class Limit(NamedTuple):
    """One thing that can't be shown."""

    name: str
    noticed: str
    shown: str


LIMITS = [
    Limit(
        "a `train_step` that does not call `compute_loss`",
        "calls are counted while the step is traced; one warning",
        "what the step returns under names that end in `loss`; no terms",
    ),
    Limit(
        "a `train_step` that calls `compute_loss` several times a batch",
        "calls are counted while the step is traced; one warning",
        "what the step returns as `loss`; no terms",
    ),
    Limit(
        "a `make_train_function` of the model's own whose function does not run `train_step`; on "
        "JAX, any that does not call Keras's",
        "no `train_step` has run when the first batch has ended; one warning",
        "what the function returns under names that end in `loss`; no terms",
    ),
    Limit(
        "a `train_step` that changes the loss after `compute_loss`",
        "after the first batch its `loss` is compared with what `compute_loss` returned; one "
        "warning",
        "what the step returns as `loss`; no terms",
    ),
    Limit(
        "a `compute_loss` that adds what is no compiled loss and no `add_loss`",
        "the terms do not add up to the total; one warning",
        "the total, and the terms that there are",
    ),
    Limit(
        "an optimizer whose iterations do not advance (GAN, `optimizer=None`, gradients "
        "accumulated by hand)",
        "the iterations are read after each batch; one warning from each callback",
        "steps count batches",
    ),
    Limit(
        "data of unknown length on TensorFlow",
        "not noticed: Keras's optimizer itself counts one iteration more when the data end",
        "steps are the optimizer's iterations, so one number is left out after each epoch",
    ),
    Limit(
        "a model without a `call`",
        "its first call raises; one warning from `FeatureMaps`",
        "the losses",
    ),
    Limit(
        "a layer of which no maps can be made: its output is sparse, ragged, a string, empty, of "
        "unknown size or of a rank other than 2 to 5; it is a cell inside an RNN's loop; it is not "
        "called, or called by `TimeDistributed`",
        "while the pass is traced, before training; one warning names all of them",
        "all other layers",
    ),
    Limit(
        "training without `fit` (`train_on_batch`, a loop of one's own)",
        "not noticed: Keras calls no callback",
        "nothing",
    ),
]
