"""The numbers behind the figures: the four fundamental subspaces, products of weights, one sample of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sympy import MatrixSymbol

from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, complain
from tptheory.numeric.equal_values import ComparedByValues
from tptheory.numeric.floats import FloatArithmetic
from tptheory.simulation.trajectories import Run

FLOATS = FloatArithmetic()


@dataclass(frozen=True, eq=False)
class Subspaces(ComparedByValues):
    """Orthonormal bases, in columns, of the four fundamental subspaces of a matrix, and its singular values."""

    kernel: np.ndarray
    coimage: np.ndarray
    image: np.ndarray
    cokernel: np.ndarray
    singular_values: np.ndarray


def subspaces(W: Any, rank: int | None = None) -> Subspaces:
    """Return the fundamental subspaces of ``W``, or those of the nearest matrix of the given rank.

    The coimage is the row space: ``R^n = kernel + coimage``, ``R^m = image + cokernel``, both orthogonal sums.

    >>> four = subspaces([[1.0, 2.0], [0.0, 0.0]])
    >>> four.kernel.shape, four.singular_values.round(3).tolist()
    ((2, 1), [2.236, 0.0])

    Raises:
        InvalidValueError: if ``rank`` is not between 0 and the smaller side.
    """
    A = matrix("W", W)
    U, s, Vh = np.linalg.svd(A)
    if rank is None:
        rank = int(np.linalg.matrix_rank(A))
    rank = _number("rank", rank, 0, len(s), f"an integer from 0 to {len(s)}, or None")
    return Subspaces(Vh[rank:].T, Vh[:rank].T, U[:, :rank], U[:, rank:], s)


def matrix(argument: str, value: Any) -> np.ndarray:
    """Return a matrix of finite floats.

    Raises:
        InvalidTypeError: if it is not numbers.
        ShapeError: if it is no matrix.
        InvalidValueError: if an entry is not finite.
    """
    A = _floats(argument, value, "matrix")
    if A.ndim != 2 or 0 in A.shape:
        raise ShapeError(complain(argument, "a matrix, two-dimensional and not empty", A.shape))
    FLOATS.check(argument, A)
    return A


def target_vector(y: Any, size: int) -> np.ndarray:
    """Return the target ``y`` as a vector of that many finite floats; a column is taken as one.

    Raises:
        InvalidTypeError: if it is not numbers.
        ShapeError: if it has another size.
        InvalidValueError: if an entry is not finite.
    """
    v = _floats("y", y, "vector")
    if v.shape not in ((size,), (size, 1)):
        raise ShapeError(complain("y", f"a vector of size {size}", v.shape))
    FLOATS.check("y", v)
    return v.reshape(size)


def _floats(argument: str, value: Any, noun: str) -> np.ndarray:
    """Return an array of floats."""
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError) as error:
        raise InvalidTypeError(complain(argument, f"a {noun} of numbers", value)) from error


def weights_at(net: Run | Sequence[Any], step: int = 0) -> list[np.ndarray]:
    """Return ``[W_1, ..., W_L]`` of a run after that many steps, or the matrices that were given.

    Raises:
        InvalidValueError: if the run has no such step; matrices have no steps.
    """
    if isinstance(net, Run):
        at = step_of(net, step)
        return [np.asarray(W[at], dtype=float) for W in net.weights]
    _number("step", step, -1, 0, "left out for matrices, which have no steps")
    return [matrix(f"weights[{k}]", W) for k, W in enumerate(net)]


def product_above(weights: Sequence[np.ndarray], l: int) -> np.ndarray:
    """Return ``W_L ... W_{l+1}``, the map from layer ``l`` to the output; the identity for ``l = L``.

    >>> product_above([np.eye(2), 3 * np.eye(2)], 1).tolist()
    [[3.0, 0.0], [0.0, 3.0]]
    """
    M = np.eye(len(weights[-1]))
    for W in reversed(weights[l:]):
        M = M @ W
    return M


def layer_of(net: Run | Sequence[Any], l: int, first: int = 0) -> int:
    """Check the number of a layer.

    Raises:
        InvalidValueError: if the net has no such layer.
    """
    depth = len(net.weights) if isinstance(net, Run) else len(net)
    return _number("l", l, first, depth, f"a layer from {first} to {depth}")


def step_of(run: Run, step: int) -> int:
    """Check the number of a step; -1 is the last.

    Raises:
        InvalidValueError: if the run has no such step.
    """
    return _number("step", step, -1, run.steps, f"an integer from 0 to {run.steps}, or -1 for the last")


def sample_of(net: Run | Sequence[Any], sample: int) -> int:
    """Check the number of a sample; matrices have the one whose target is given with them.

    Raises:
        InvalidValueError: if there is no such sample.
    """
    count = net.activations[0].shape[2] if isinstance(net, Run) else 1
    return _number("sample", sample, 0, count - 1, f"a sample from 0 to {count - 1}")


def _number(argument: str, value: Any, lowest: int, highest: int, expected: str) -> int:
    """Return an integer within bounds; any other value is refused in the words of ``expected``."""
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise InvalidValueError(complain(argument, expected, value))
    return value


def run_of(value: Any) -> Run:
    """Check that something is a run.

    Raises:
        InvalidTypeError: if it is not.
    """
    if not isinstance(value, Run):
        raise InvalidTypeError(complain("run", "a run", value, "Try simulate(TargetProp(), weights, x, y)."))
    return value


def target_of(run: Run, sample: int) -> np.ndarray:
    """Return the target of a sample of a run that descends the squared loss.

    Raises:
        InvalidValueError: if the run has another loss, or no such sample.
    """
    if isinstance(run.net.error, MatrixSymbol):
        raise InvalidValueError(
            complain("run", "a run with the squared loss", "one with another", "Use loss='squared'.")
        )
    return run.target[:, sample_of(run, sample)].astype(float)


def every(steps: int, most: int = 32) -> slice:
    """Return a slice that keeps at most about ``most`` of the steps ``0..steps``."""
    return slice(None, None, max(1, steps // most))
