"""docs/conformance.md is the table that is checked."""

import pathlib

from conformance import table

_PAGE = pathlib.Path(__file__).parents[2] / "docs" / "conformance.md"


def test_the_page_is_the_table() -> None:
    assert _PAGE.read_text() == table.page(), (
        "Print it anew: PYTHONPATH=tests python -m conformance.table > docs/conformance.md"
    )


def test_names_are_unique() -> None:
    names = [row.name for row in table.rows()]
    assert len(names) == len(set(names))
