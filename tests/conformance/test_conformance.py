"""Every row of the table: models × ways of training, compared with independent computations."""

import pathlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import keras
import pytest
from conformance import table
from conformance.worker import check_row, one_thread_pool


@pytest.fixture(scope="module")
def one_thread() -> Iterator[ProcessPoolExecutor]:
    with one_thread_pool() as pool:
        yield pool


@pytest.mark.parametrize("name", [row.name for row in table.rows()])
def test_row(one_thread: ProcessPoolExecutor, tmp_path: pathlib.Path, name: str) -> None:
    row = table.row(name)
    if keras.backend.backend() not in row.backends:
        pytest.skip(f"not on the backend {keras.backend.backend()}")
    if row.requires is not None:
        pytest.importorskip(row.requires)
    one_thread.submit(check_row, name, tmp_path).result()
