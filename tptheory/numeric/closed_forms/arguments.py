"""The arguments of the closed forms: a net with one sample, and times."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from numbers import Real
from typing import Any

import numpy as np

from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, complain
from tptheory.numeric.arithmetic import Arithmetic


@dataclass(frozen=True)
class Sample:
    """A net and one sample, in some arithmetic.

    Attributes:
        weights: ``W_1, ..., W_L``.
        x: ``x_0, ..., x_L``, columns.
        target: ``y``.
        error: ``x_L - y``.
    """

    arithmetic: Arithmetic
    weights: tuple[Any, ...]
    x: tuple[Any, ...]
    target: Any
    error: Any

    @property
    def depth(self) -> int:
        """``L``."""
        return len(self.weights)

    def signals(self) -> list[Any]:
        """Return TP's ``d_1, ..., d_L``."""
        back = lambda d, W: self.arithmetic.product(self.arithmetic.pinv(W), d)  # noqa: E731
        downward = [self.error]
        for W in reversed(self.weights[1:]):
            downward.append(back(downward[-1], W))
        return downward[::-1]


def read_sample(kind: Arithmetic, weights: Any, x: Any, y: Any) -> Sample:
    """Read a net and one sample, and refuse what does not chain.

    Raises:
        InvalidTypeError: if an argument is of the wrong type.
        InvalidValueError: if an entry is not finite.
        ShapeError: if shapes do not chain, or ``x`` or ``y`` is a batch.
    """
    if not isinstance(weights, list | tuple) or not weights:
        raise InvalidTypeError(complain("weights", "a list [W_1, ..., W_L] of matrices", type(weights).__name__))
    named = [(f"weights[{i}]", W) for i, W in enumerate(weights)] + [("x", x), ("y", y)]
    read = [kind.read(name, value, name in "xy") for name, value in named]
    for (name, _), A in zip(named, read, strict=True):
        kind.check(name, A)
    *W, start, target = read
    for l, (below, above) in enumerate(pairwise(map(kind.shape, W)), start=1):
        if above[1] != below[0]:
            expected = f"matrices that chain: {below[0]} columns in W_{l + 1}, as W_{l} has rows"
            raise ShapeError(complain("weights", expected, above, "Is it transposed?"))
    wanted = (("x", start, kind.shape(W[0])[1]), ("y", target, kind.shape(W[-1])[0]))
    for name, column, length in wanted:
        if kind.shape(column) != (length, 1):
            raise ShapeError(complain(name, f"one sample of length {length}", kind.shape(column)))
    activations = [start]
    for A in W:
        activations.append(kind.product(A, activations[-1]))
    return Sample(kind, tuple(W), tuple(activations), target, activations[-1] - target)


def check_full_row_rank(sample: Sample, mend: str) -> None:
    """Refuse a weight from the second on without full row rank, as its arithmetic decides: the trace of ``W W+``.

    Raises:
        InvalidValueError: if there is one.
    """
    kind = sample.arithmetic
    for l, W in enumerate(sample.weights[1:], start=2):
        rows, rank = kind.shape(W)[0], round(float(kind.trace(kind.product(W, kind.pinv(W)))))
        if rank < rows:
            raise InvalidValueError(complain("weights", f"of full row rank {rows} in W_{l}", f"rank {rank}", mend))


def read_times(times: Any) -> np.ndarray:
    """Read increasing, finite times from 0.

    Raises:
        InvalidTypeError: if they are not real numbers.
        InvalidValueError: if there is none, or they are not finite, negative, or do not increase.
    """
    try:
        read = np.asarray(times, dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidTypeError(complain("times", "a list of numbers", times)) from None
    if read.ndim != 1 or not len(read):
        raise InvalidValueError(complain("times", "a list of at least one number", times))
    if not np.isfinite(read).all():
        raise InvalidValueError(complain("times", "finite", read[~np.isfinite(read)][0]))
    if read[0] < 0 or (np.diff(read) <= 0).any():
        raise InvalidValueError(complain("times", "increasing, from 0 or later", read.tolist()))
    return read


def positive(argument: str, value: Any) -> float:
    """Read a positive, finite number.

    Raises:
        InvalidTypeError: if it is not a real number.
        InvalidValueError: if it is not positive and finite.
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise InvalidTypeError(complain(argument, "a positive number", value))
    number = float(value)
    if not 0 < number < math.inf:
        raise InvalidValueError(complain(argument, "a positive finite number", value))
    return number
