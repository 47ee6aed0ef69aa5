"""The table of what was compared; `PYTHONPATH=tests python -m conformance.table` prints it."""

import functools

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
from conformance.rows import Row

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
