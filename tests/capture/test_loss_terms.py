"""Rows that steps recorded, as columns of terms and as means of them."""

import math

import numpy as np
import numpy.typing as npt
import pytest

from tb_featuremaps.capture.loss_terms import TermMeans, loss_values, row_length, step_columns

_STEPS = 6


def _rows(outputs: int, replicas: int = 1, more: int = 0) -> npt.NDArray[np.float32]:
    rng = np.random.default_rng(outputs)
    rows = rng.normal(size=(_STEPS, replicas, row_length(outputs) + more)).astype(np.float32)
    rows[..., 0] = rng.integers(1, 9, rows.shape[:2])
    return rows


def _expected(rows: npt.NDArray[np.float32], outputs: int) -> npt.NDArray[np.float64]:
    """Of each row, `[steps, replicas, terms]`."""
    exact = rows.astype(np.float64)
    fixed, losses = exact[..., 1:3], exact[..., 3 : 3 + outputs]
    weights = exact[..., 3 + outputs : 3 + 2 * outputs]
    scaled = [part * rows.shape[1] for part in (fixed, losses, losses * weights)]
    return np.concatenate([*scaled, weights], axis=-1)


def _point(means: TermMeans) -> npt.NDArray[np.float64]:
    """The means, `[terms]`."""
    taken = means.take()
    assert taken is not None
    return np.concatenate(taken)


@pytest.mark.parametrize("outputs", [0, 1, 3])
@pytest.mark.parametrize("replicas", [1, 2])
@pytest.mark.parametrize("more", [0, 4])
def test_columns_are_means_over_the_replicas(outputs: int, replicas: int, more: int) -> None:
    rows = _rows(outputs, replicas, more)
    found = np.array(step_columns(rows, outputs))
    np.testing.assert_allclose(found, _expected(rows, outputs).mean(axis=1).T, rtol=1e-12)


@pytest.mark.parametrize("replicas", [1, 2])
def test_validation_is_weighted_by_its_samples(replicas: int) -> None:
    rows, means = _rows(2, replicas), TermMeans()
    means.add_samples(rows[:4], 2)
    means.add_samples(rows[4:], 2)
    expected = np.average(_expected(rows, 2), axis=(0, 1), weights=rows[..., 0].astype(np.float64))
    np.testing.assert_allclose(_point(means), expected, rtol=1e-12)
    assert means.take() is None


def test_what_is_missing_of_a_row_is_zero() -> None:
    assert step_columns(np.zeros((2, 1, 0), np.float32), 1) == [[0.0, 0.0]] * 5
    assert step_columns(_rows(0), 0)[:2] == step_columns(_rows(0), 2)[:2]


def test_means_go_on_from_part_to_part() -> None:
    columns, means = step_columns(_rows(2), 2), TermMeans()
    assert means.is_empty
    for begin, end in ((0, 1), (1, 1), (1, 6)):
        means.add_batches([column[begin:end] for column in columns])
        assert not means.is_empty
    means.add_batches([])
    np.testing.assert_allclose(_point(means), np.mean(columns, axis=1), rtol=1e-12)
    assert means.is_empty


def test_a_step_that_is_traced_anew_with_other_losses_begins_anew() -> None:
    means = TermMeans()
    means.add_batches(step_columns(_rows(1), 1))
    columns = step_columns(_rows(2), 2)
    means.add_batches(columns)
    np.testing.assert_allclose(_point(means), np.mean(columns, axis=1), rtol=1e-12)


def test_what_no_term_explains() -> None:
    point = loss_values([[5.0], [1.0], [2.0], [3.0], [0.5], [1.0], [0.25], [0.5]])
    assert (point.losses, point.weighted, point.weights) == (
        [[2.0], [3.0]],
        [[0.5], [1.0]],
        [[0.25], [0.5]],
    )
    assert point.unexplained(0) == 2.5
    assert math.isnan(point._replace(total=[math.nan]).unexplained(0))
