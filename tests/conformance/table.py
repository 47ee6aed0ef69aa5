"""The table of what was compared; `PYTHONPATH=tests python -m conformance.table` prints it."""

import functools
from collections.abc import Iterator

from conformance import (
    application_models,
    feeds,
    fits,
    functional_models,
    generative_models,
    hub_models,
    output_models,
    subclassed_models,
    train_steps,
)
from conformance.limits import LIMITS
from conformance.rows import Row

_INTRODUCTION = """\
# What was compared
Each row is a training that runs twice on one thread, once without the callbacks and once with them.
Afterwards

- all weights and the optimizer's state are **equal bit for bit**. Logs and history agree to 1e-6;
  TensorFlow adds up in another order what is also looked at.
- Nothing is left behind: no attribute of the model or its layers, no metric, thread or open file,
  and no changed function of Keras.
- The warnings are those that the table names, and no others.
- The **feature maps** of all probes at the first and the last capture agree, within one of 255
  levels, with those of a Keras model that returns the layer's output. Where there is no graph, or
  the layer is part of another one, they are compared with a hook on the layer's `call`.
- The **loss terms** of every batch agree with Keras's own losses in a training without the
  callbacks whose metrics are reset at every batch (*Keras*) and, where nothing is random, with
  float64 numpy from the weights before the batch (*numpy*). The total is the sum of the weighted
  terms and the penalty, and the main output is the right one. Validation is compared with what
  `evaluate` returns.

`tests/conformance/` holds the rows and the checks; `make test` runs them on TensorFlow, and
`KERAS_BACKEND=jax python -m pytest tests/conformance` on JAX. This page is printed by
`PYTHONPATH=tests python -m conformance.table > docs/conformance.md`.
"""

SECTIONS: dict[str, list[Row]] = {
    "Functional and sequential models": functional_models.ROWS,
    "Several outputs": output_models.ROWS,
    "Subclassed models": subclassed_models.ROWS,
    "keras.applications": application_models.ROWS,
    "KerasHub": hub_models.ROWS,
    "Train steps of one's own": [*train_steps.ROWS, *generative_models.ROWS],
    "Ways to compile, fit and evaluate": fits.ROWS,
    "Ways in which data come": feeds.ROWS,
}


def rows() -> list[Row]:
    """All rows, in the order of the table."""
    return [row for section in SECTIONS.values() for row in section]


@functools.cache
def _by_name() -> dict[str, Row]:
    return {row.name: row for row in rows()}


def row(name: str) -> Row:
    """The row of a name."""
    return _by_name()[name]


def page() -> str:
    """The page docs/conformance.md."""
    return "\n".join([_INTRODUCTION, *_sections(), *_limits()]) + "\n"


def _sections() -> Iterator[str]:
    for section, rows_of_section in SECTIONS.items():
        yield f"## {section}"
        yield "| training | layers | loss | backends | remarks |"
        yield "|---|---|---|---|---|"
        for row in rows_of_section:
            backends = ", ".join(row.backends)
            yield f"| {row.name} | {_layers(row)} | {_loss(row)} | {backends} | {_remarks(row)} |"
        yield ""


def _layers(row: Row) -> str:
    if callable(row.layers):
        return "4, from first to last"
    names = row.series if row.series is not None else row.layers
    return ", ".join(f"`{name}`" for name in names) or "none"


def _loss(row: Row) -> str:
    if not row.splits:
        reported = ", ".join(f"`{name}`" for name in row.reported)
        return f"not split: {reported} as returned"
    terms = "terms: numpy, Keras" if row.terms is not None else "terms: Keras"
    return terms if row.adds_up else "does not add up"


def _remarks(row: Row) -> str:
    remarks = [row.remark] if row.remark else []
    if row.steps == "batches" and not row.remark:
        remarks.append("steps count batches")
    if row.warns:
        remarks.append(f"warnings: {len(row.warns)}")
    if row.requires is not None:
        remarks.append(f"needs {row.requires}")
    return "; ".join(remarks)


def _limits() -> Iterator[str]:
    yield "## What is not supported"
    yield "| what | how it is noticed | what is shown |"
    yield "|---|---|---|"
    for limit in LIMITS:
        yield f"| {limit.name} | {limit.noticed} | {limit.shown} |"


if __name__ == "__main__":
    print(page(), end="")
