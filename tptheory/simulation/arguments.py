"""Check the arguments of a simulation, and build from them the network and the initial values of its symbols."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from numbers import Real
from typing import Any

import numpy as np

from tptheory.checking import MOST_STEPS, checked_integer, counted
from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, complain
from tptheory.numeric.arithmetic import RunArithmetic
from tptheory.numeric.floats import FloatArithmetic
from tptheory.symbolic.network import DeepLinearNetwork

STEP_SIZE, STEPS = Fraction(1, 100), 200


def step_size(kind: RunArithmetic, lr: Any) -> Any:
    """Return a step size as a number of this arithmetic; one hundredth for None.

    Raises:
        InvalidTypeError: if it is not a number, or a float in exact arithmetic.
        InvalidValueError: if it is not positive and finite.
    """
    lr = STEP_SIZE if lr is None else lr
    if isinstance(lr, bool) or not (isinstance(lr, Real) or hasattr(lr, "_mpf_")):
        raise InvalidTypeError(complain("lr", "a positive number", lr))
    if not 0 < lr < math.inf:
        raise InvalidValueError(complain("lr", "a positive finite number", lr, "Try lr=0.01."))
    size = kind.scalar("lr", lr)
    if not size > 0:
        raise InvalidValueError(complain("lr", "above 0 in this dtype", lr, "Try lr=0.01."))
    return float(lr) if isinstance(kind, FloatArithmetic) else size


def step_count(steps: Any) -> int:
    """Return a number of steps; 200 for None.

    Raises:
        InvalidTypeError: if it is not an integer.
        InvalidValueError: if it is negative.
    """
    return checked_integer("steps", STEPS if steps is None else steps, lowest=0, limit=MOST_STEPS)


def increasing(times: Any, earliest: float = -math.inf) -> np.ndarray:
    """Return the times of a flow.

    Raises:
        InvalidTypeError: if they are not numbers.
        InvalidValueError: if there is none, one is not finite, they do not increase, or begin before the earliest.
    """
    try:
        found = np.asarray(times, dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidTypeError(complain("times", "a list of numbers that increase", times)) from None
    except OverflowError:
        found = np.array([np.inf])
    if found.ndim != 1 or not found.size or not np.isfinite(found).all() or not (np.diff(found) > 0).all():
        mend = "Try times=np.linspace(0, 1, 11)."
        raise InvalidValueError(complain("times", "finite numbers that increase, one at least", times, mend))
    if found[0] < earliest:
        raise InvalidValueError(complain("times", f"numbers from {earliest}", times))
    return found


def read_network(
    kind: RunArithmetic, weights: Any, x: Any, y: Any, biases: Any, loss: Any, one_sample: bool
) -> tuple[DeepLinearNetwork, dict[str, Any]]:
    """Check the shapes of the arguments, and build the net and the values of its symbols.

    ``one_sample`` says that the network is one without a batch.

    Raises:
        InvalidTypeError: if an argument is not made of real numbers, or of the numbers of this arithmetic.
        InvalidValueError: if a number is not finite.
        ShapeError: if shapes do not chain.
    """
    W = _read_weights(kind, weights)
    widths = [kind.shape(W[0])[1], *(kind.shape(A)[0] for A in W)]
    X, Y = kind.read_finite("x", x, column=True), kind.read_finite("y", y, column=True)
    samples = _count_samples(widths, kind.shape(X), kind.shape(Y))
    batch = None if one_sample else samples
    known = "squared" if loss == "squared" else "any"
    net = DeepLinearNetwork(widths=widths, batch=batch, biases=biases is not None, loss=known)
    values = {str(net.weight(l)): matrix for l, matrix in enumerate(W, start=1)}
    if biases is not None:
        columns = _read_biases(kind, biases, widths)
        values |= {str(net.bias(l)): column for l, column in enumerate(columns, start=1)}
    return net, values | {str(net.input): X, str(net.target): Y}


def _read_weights(kind: RunArithmetic, weights: Any) -> list[Any]:
    """Return the weights as matrices that chain.

    Raises:
        InvalidTypeError: if they are no list, or not made of numbers of this arithmetic.
        ShapeError: if a matrix has not as many columns as the one below has rows.
    """
    if not isinstance(weights, list | tuple) or not weights:
        raise InvalidTypeError(complain("weights", "a list [W_1, ..., W_L] of matrices", type(weights).__name__))
    W = [kind.read_finite(f"weights[{i}]", matrix) for i, matrix in enumerate(weights)]
    for l, (below, above) in enumerate(pairwise(map(kind.shape, W)), start=1):
        if above[1] != below[0]:
            expected = (
                f"matrices that chain: W_{l + 1} has a column for each row of W_{l}, {counted(below[0], 'column')}"
            )
            came = f"W_{l + 1} of shape {above} above W_{l} of shape {below}"
            mend = (
                "Its transpose fits." if above[0] == below[0] else f"Try W_{l + 1} of shape ({above[0]}, {below[0]})."
            )
            raise ShapeError(complain("weights", expected, came, mend))
    return W


def _count_samples(widths: Sequence[int], x: tuple[int, int], y: tuple[int, int]) -> int:
    """Return the number of samples, from the shapes of the input and the target.

    Raises:
        ShapeError: if the input does not fit the first weight, the target the last, or one the other.
    """
    _check_rows("x", x, widths[0], "W_1 has columns")
    _check_rows("y", y, widths[-1], f"W_{len(widths) - 1} has rows")
    if x[1] != y[1]:
        raise ShapeError(complain("y", f"of {counted(x[1], 'column')}, as x has", y[1]))
    return x[1]


def _check_rows(argument: str, shape: tuple[int, int], width: int, reason: str) -> None:
    """Refuse an input or a target whose columns have not the length of its layer.

    Args:
        argument: the name of the input or the target.
        shape: its shape, with samples in columns.
        width: the width of the layer.
        reason: why it must have that width.

    Raises:
        ShapeError: if it has another number of rows; samples that seem to be rows are told to be transposed.
    """
    rows, columns = shape
    if rows == width:
        return
    if columns == 1 and width > 1:
        raise ShapeError(complain(argument, f"of length {width}, as {reason}", rows))
    expected = f"of shape ({width}, B), as {reason}, with a column for each of B samples"
    call = f"np.reshape({argument}, (1, {rows}))" if columns == 1 else f"np.swapaxes({argument}, -1, -2), the transpose"
    mend = f"Samples are columns here, not rows: try {call}." if columns == width else ""
    raise ShapeError(complain(argument, expected, shape, mend))


def _read_biases(kind: RunArithmetic, biases: Any, widths: Sequence[int]) -> list[Any]:
    """Return the biases as columns.

    Raises:
        InvalidTypeError: if they are no list of one for each layer.
        ShapeError: if a column has not the width of its layer.
    """
    depth = len(widths) - 1
    if not isinstance(biases, list | tuple) or len(biases) != depth:
        raise InvalidTypeError(complain("biases", f"a list of {depth} columns, or None", biases))
    columns = []
    for l, column in enumerate(biases, start=1):
        b = kind.read_finite(f"biases[{l - 1}]", column, column=True)
        if kind.shape(b) != (widths[l], 1):
            raise ShapeError(complain("biases", f"of shape ({widths[l]}, 1) in layer {l}", kind.shape(b)))
        columns.append(b)
    return columns


def is_flat(x: Any) -> bool:
    """Return whether a value is one column written as a flat list."""
    rows = x.tolist() if hasattr(x, "tolist") else x
    return not any(isinstance(row, Sequence) for row in rows)
