"""What a simulation recorded as the columns of a table: a row for each time, and in an ensemble for each member."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from tptheory.simulation.trajectories import Ensemble, Run

Column = np.ndarray


def run_columns(run: Run, entries: bool = False) -> dict[str, Column]:
    """Return the columns of a run: step, an integer; time, loss, norms of the output error and of matrices, floats.

    ``norm_W_1`` is the Frobenius norm of ``W_1`` at that time, and ``norm_dW_1`` that of what was added to it until the
    next, NaN in the last row; ``norm_b_1`` and ``norm_db_1`` are those of a bias, and ``norm_V_1`` and ``norm_dV_1``
    those of a state of the rule.

    Args:
        run: the run.
        entries: whether to give every entry of weights, biases and states a column too: ``W_1[1,2]``, counted from 1.
    """
    steps = len(run.times)
    columns = {"step": np.arange(steps), "time": run.times.astype(float), "loss": run.loss.astype(float)}
    columns["error"] = _norms(run.errors)
    for name, path, changes in _paths(run):
        columns[f"norm_{name}"] = _norms(path)
        columns[f"norm_d{name}"] = np.append(_norms(changes), np.nan)
    if entries:
        for name, path, _ in _paths(run):
            for i, j in product(*map(range, path.shape[1:])):
                columns[f"{name}[{i + 1},{j + 1}]"] = path[:, i, j].astype(float)
    return columns


def ensemble_columns(ensemble: Ensemble, entries: bool = False) -> dict[str, Column]:
    """Return the columns of an ensemble: member, and those of `run_columns`; of a member that stopped, up to there."""
    each = [run_columns(ensemble.member(i), entries) for i in range(len(ensemble))]
    members = np.repeat(np.arange(len(each)), [len(columns["step"]) for columns in each])
    return {"member": members} | {name: np.concatenate([columns[name] for columns in each]) for name in each[0]}


def _paths(run: Run) -> Iterator[tuple[str, Column, Column]]:
    """Yield the name of each weight, bias and state, its path, and what was added to it."""
    values, changes = (*run.weights, *run.biases), (*run.updates, *run.bias_updates)
    yield from zip(map(str, run.net.parameters), values, changes, strict=True)
    for name, path in run.states.items():
        yield name, path, np.diff(path, axis=0)


def _norms(path: Column) -> Column:
    """Return the Frobenius norm of a matrix at each time; the squares of large entries do not overflow."""
    floats = np.abs(path.astype(float))
    largest = floats.max(axis=(1, 2), initial=0.0, keepdims=True)
    scaled = floats / np.where(largest > 0, largest, 1.0)
    return largest[:, 0, 0] * np.sqrt((scaled**2).sum(axis=(1, 2)))
