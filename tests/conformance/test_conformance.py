"""Every row of the table: models × ways of training, compared with independent computations."""

import importlib.util
from collections.abc import Iterator
from concurrent.futures import Future

import keras
import pytest
from conformance import table
from conformance.rows import Row
from conformance.worker import check_row, one_thread_pool


@pytest.fixture(scope="module")
def checks(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[None]]]:
    """The checks of all rows that are to be tested, which run while the tests wait for them."""
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    ours = [item for item in items if item.module is request.module]
    rows = [table.row(str(item.callspec.params["name"])) for item in ours]
    with one_thread_pool() as pool:
        yield {
            row.name: pool.submit(check_row, row.name, tmp_path_factory.mktemp("row"))
            for row in rows
            if why_not(row) is None
        }
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("name", [row.name for row in table.rows()])
def test_row(checks: dict[str, Future[None]], name: str) -> None:
    reason = why_not(table.row(name))
    if reason is not None:
        pytest.skip(reason)
    checks[name].result()


def why_not(row: Row) -> str | None:
    """Why a row can't be checked here; None if it can."""
    if keras.backend.backend() not in row.backends:
        return f"not on the backend {keras.backend.backend()}"
    if row.requires is not None and importlib.util.find_spec(row.requires) is None:
        return f"{row.requires} is not installed"
    return None
