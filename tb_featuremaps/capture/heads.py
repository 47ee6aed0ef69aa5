"""The heads of a model: names, roles and loss weights."""

import dataclasses

import keras

from tb_featuremaps.capture.model_layers import main_output_index, output_names


@dataclasses.dataclass(frozen=True)
class Head:
    """One output of a model.

    Attributes:
        name: the output's name.
        is_main: False for an auxiliary head.
        weight: its loss weight now.
    """

    name: str
    is_main: bool
    weight: float


def heads_of(model: keras.Model, outputs: int, main: str | None = None) -> list[Head]:
    """Returns the model's heads in the order of its outputs.

    Args:
        model: a compiled model.
        outputs: how many outputs there are, for models that do not say.
        main: the main output's name; by default the one named "main", else the first.

    Raises:
        ValueError: the model has no output of the name `main`.
    """
    names = output_names(model)
    if len(names) != outputs:
        names = ["main"] if outputs == 1 else [f"output_{index}" for index in range(outputs)]
    chosen = main_output_index(model, main)
    weights = loss_weights(model, names)
    return [Head(name, i == chosen, weights.get(name, 1.0)) for i, name in enumerate(names)]


def loss_weights(model: keras.Model, names: list[str]) -> dict[str, float]:
    """The loss weights by output name, as `compile` was given them; 1 where it was given none."""
    given = getattr(getattr(model, "_compile_loss", None), "_user_loss_weights", None)
    if given is None:
        return {}
    if not isinstance(given, dict):
        given = dict(
            zip(names, given if isinstance(given, (list, tuple)) else [given], strict=False)
        )
    return {name: float(weight) for name, weight in given.items() if weight is not None}
