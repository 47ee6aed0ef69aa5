"""Compares the loss terms of a run with Keras's own losses, and with numpy."""

import pathlib
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from conformance.rows import Row, Term
from conformance.training import Trained
from support.logdir import read_run
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tb_featuremaps.format import featuremaps_pb2 as pb
from tb_featuremaps.format.metadata import parse_plugin_data

Run = dict[str, dict[int, Any]]


def check_losses(row: Row, plain: Trained, run: Run, directory: pathlib.Path) -> None:
    """Compares every point of a training run.

    Raises:
        AssertionError: a point is missing, is too many, or holds another value.
    """
    expected = expected_losses(plain)
    if not row.splits:
        _check_reported(row, run, expected)
        return
    total = run.get("loss/total", {})
    told = _means_of_executions(total, expected) if row.executes_several else total
    _assert_close(row, told, {step: logs["loss"] for step, logs in expected.items()}, "total")
    for step, value in total.items():
        parts = [float(run[tag][step]) for tag in run if tag.endswith("/weighted")]
        parts.append(float(run["loss/penalty"][step]))
        off = abs(float(value) - sum(parts)) / (abs(float(value)) + sum(map(abs, parts)) + 1e-12)
        assert (off <= 1e-5) == row.adds_up, f"step {step}: {parts} do not add up to {value}"
    if row.terms is not None:
        _check_terms(row, row.terms, plain, run, expected)
        _check_roles(row.terms, directory)


def expected_losses(plain: Trained) -> dict[int, dict[str, float]]:
    """Keras's losses of each step: of its batch, or the mean over the batches that led to it."""
    grouped: dict[int, list[dict[str, float]]] = {}
    for step, logs in _by_point(plain):
        grouped.setdefault(step, []).append(logs)
    return {
        step: {name: float(np.mean([logs[name] for logs in group])) for name in group[0]}
        for step, group in grouped.items()
    }


def _by_point(plain: Trained) -> Iterator[tuple[int, dict[str, float]]]:
    """Keras's losses with the step of the point that each goes into.

    Under gradient accumulation the optimizer's iterations advance after the last of its batches.
    """
    steps, before = [step for step, _ in plain.spy.logs], 0
    for index, (step, logs) in enumerate(plain.spy.logs):
        yield next((later for later in steps[index:] if later > before), step), logs
        before = step


def _means_of_executions(total: dict[int, Any], expected: dict[int, Any]) -> dict[int, float]:
    """The points' means over the steps of each call of the train function; Keras tells no more."""
    assert sorted(total) == [*range(1, max(expected) + 1)], f"Received: {sorted(total)}."
    ends = sorted(expected)
    return {
        end: float(np.mean([total[step] for step in range(before + 1, end + 1)]))
        for before, end in zip([0, *ends], ends, strict=False)
    }


def check_validation(row: Row, plain: Trained, directory: pathlib.Path) -> None:
    """Compares the points of a validation run with what Keras's `evaluate` gave.

    Raises:
        AssertionError: a point is missing, is too many, or holds another value.
    """
    expected = {step: logs["loss"] for step, logs in plain.spy.evaluations.items()}
    run = read_run(directory) if directory.exists() else {}
    _assert_close(row, run.get("loss/total", {}), expected, "validation")


def _check_reported(row: Row, run: Run, expected: dict[int, dict[str, float]]) -> None:
    split = [tag for tag in run if tag.endswith("/weighted") or tag == "loss/penalty"]
    assert not split, f"Expected no terms. Received: {split}."
    for name in row.reported:
        tag = "loss/total" if name == "loss" else f"loss/{name}"
        losses = {step: logs[name] for step, logs in expected.items()}
        _assert_close(row, run.get(tag, {}), losses, name)


def _check_terms(
    row: Row, terms: Any, plain: Trained, run: Run, expected: dict[int, dict[str, float]]
) -> None:
    names = {f"loss/{term.name}/weighted" for term in terms}
    found = {tag for tag in run if tag.endswith("/weighted")}
    assert found == names, f"Expected {names}. Received: {found}."
    computed = _in_numpy(row, terms, plain)
    points = [step for step, _ in _by_point(plain)]
    for step in expected:
        values = [value for value, of in zip(computed, points, strict=True) if of == step]
        if any(value is None for value in values):
            continue
        *losses, penalty = np.mean(np.asarray(values, np.float64), axis=0)
        for term, loss in zip(terms, losses, strict=True):
            _assert_near(row, run[f"loss/{term.name}"][step], loss, f"{term.name} at {step}")
            weighted = run[f"loss/{term.name}/weighted"][step]
            _assert_near(row, weighted, loss * term.weight, f"{term.name}, weighted, at {step}")
        if row.penalty is not None:
            _assert_near(row, run["loss/penalty"][step], penalty, f"penalty at {step}")


def _in_numpy(row: Row, terms: Any, plain: Trained) -> list[list[float] | None]:
    """The losses and the penalty of each batch, from the weights before it."""
    model = plain.model
    rows: list[list[float] | None] = []
    for index, weights in enumerate(plain.spy.weights[: len(plain.spy.logs)]):
        if len(weights) != len(plain.weights):  # built only by the first step
            rows.append(None)
            continue
        model.set_weights(weights)
        x, y, *w = plain.batches[index % len(plain.batches)]
        predictions = model(keras.tree.map_structure(keras.ops.convert_to_tensor, x), training=True)
        predictions = keras.tree.map_structure(_float64, predictions)
        losses = [_loss(term, predictions, y, w[0] if w else None) for term in terms]
        rows.append([*losses, row.penalty(model) if row.penalty is not None else 0.0])
    if plain.weights:
        model.set_weights(plain.weights)
    return rows


def _loss(term: Term, predictions: Any, targets: Any, weights: Any) -> float:
    return term.loss(term.of(predictions), term.target(targets), weights)


def _check_roles(terms: Any, directory: pathlib.Path) -> None:
    accumulator = EventAccumulator(str(directory))
    accumulator.Reload()
    content = accumulator.SummaryMetadata("featuremaps/losses").plugin_data.content
    logged = parse_plugin_data(content).losses.terms
    mains = {term.output for term in logged if term.role == pb.ROLE_MAIN}
    expected = {term.name for term in terms if term.is_main}
    assert mains == expected, f"Expected the main output {expected}. Received: {mains}."


def _float64(tensor: Any) -> np.ndarray[Any, Any]:
    return np.asarray(keras.ops.convert_to_numpy(keras.ops.cast(tensor, "float32")), np.float64)


def _assert_close(row: Row, found: Any, expected: dict[int, float], what: str) -> None:
    assert set(found) == set(expected), (
        f"{what}: expected points at {sorted(expected)}. Received: {sorted(found)}."
    )
    for step, value in expected.items():
        _assert_near(row, found[step], value, f"{what} at {step}")


def _assert_near(row: Row, found: Any, expected: float, what: str) -> None:
    np.testing.assert_allclose(float(found), expected, rtol=row.tolerance, atol=1e-6, err_msg=what)
