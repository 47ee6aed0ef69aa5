"""The loss terms of a run, whose outputs are the same at each step."""

from collections.abc import Callable, Mapping
from typing import Any

from tb_featuremaps.run_writer.arguments import named, number
from tb_featuremaps.summary.encoded_event import EncodedEvents
from tb_featuremaps.summary.loss_event import LossEncoder


class Losses:
    """The terms by their outputs.

    Args:
        main: name of the main output.

    Attributes:
        weights: the loss weights, as they were last.
    """

    def __init__(self, main: str) -> None:
        self._main = main
        self._names: list[str] = []
        self._encoder: LossEncoder | None = None
        self.weights: dict[str, float] = {}

    def encoder(
        self,
        *,
        main: float,
        main_weight: float,
        auxiliary: Mapping[str, tuple[Any, float]],
        penalty: float,
    ) -> Callable[[int], EncodedEvents]:
        """Returns what makes the event of a step.

        Raises:
            ValueError: an auxiliary term is no pair of numbers, or they are others than before.
        """
        if auxiliary != {}:
            named(auxiliary, "auxiliary")
        if self._main in auxiliary:
            raise ValueError(
                f"Expected `auxiliary` without the main output, {self._main!r}, whose loss is "
                f"`main`. Received: {list(auxiliary)}."
            )
        names = [self._main, *auxiliary]
        if self._names and set(names) != set(self._names):
            raise ValueError(
                "Expected `auxiliary` to be of the same outputs at each step, as at the first: "
                f"{self._names[1:]}. Received: {list(auxiliary)}. Give one that has no loss at a "
                "step the weight 0."
            )
        terms = {self._main: (main, main_weight)}
        terms |= {name: _term(name, auxiliary[name]) for name in auxiliary}
        if self._encoder is None:
            self._names, self._encoder = names, LossEncoder(names, self._main)
        self.weights = {name: terms[name][1] for name in self._names}
        encoder = self._encoder
        losses = [terms[name][0] for name in self._names]
        weighted = [terms[name][0] * terms[name][1] for name in self._names]
        total = sum(weighted) + penalty
        return lambda step: encoder.encode_point(
            step, total, penalty, losses, weighted, list(self.weights.values())
        )


def _term(name: str, term: Any) -> tuple[float, float]:
    if not isinstance(term, (tuple, list)) or len(term) != 2:
        raise ValueError(
            f"Expected the auxiliary loss `{name}` as (value, weight). Received: {term!r}."
        )
    return number(term[0], name), number(term[1], f"{name}'s weight")
