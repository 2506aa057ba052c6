"""The operations that evaluation and simulation ask of a kind of numbers, and those that several kinds share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np

from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, UnsupportedExpressionError, complain

FLOAT_EXPONENT = 1024
"""Numbers from ``2 ** 1024`` on are beyond the range of float64; simulations stop there in every arithmetic."""


class Arithmetic(ABC):
    """The operations of a kind of numbers.

    Sums, and products of two scalars, are Python's ``+`` and ``*``. What has an implementation here fits the kinds that
    never round, whose matrices multiply by ``*`` too: rationals, and jets over a field.
    """

    @abstractmethod
    def scalar(self, argument: str, value: Any) -> Any:
        """Return ``value``, a finite real number, as a scalar."""

    def in_precision_of(self, matrices: Sequence[Any]) -> Arithmetic:
        """Return this arithmetic in the precision of operations on these matrices; most kinds have only one."""
        return self

    def signature(self, A: Any) -> Any:
        """Return all that a compiled expression may depend on, beside the entries: the shape, and the precision."""
        return self.shape(A)

    @abstractmethod
    def shape(self, A: Any) -> tuple[int, int]:
        """Return ``(rows, columns)``."""

    @abstractmethod
    def matrix(self, rows: Sequence[Sequence[Any]]) -> Any:
        """Return the matrix of these scalars."""

    @abstractmethod
    def full(self, rows: int, columns: int, diagonal: int, rest: int) -> Any:
        """Return a matrix with one number on its diagonal and one number off it."""

    def product(self, A: Any, B: Any) -> Any:
        """Return ``AB``."""
        return A * B

    def scale(self, scalar: Any, A: Any) -> Any:
        """Return the scalar times ``A``."""
        return A * scalar

    def transpose(self, A: Any) -> Any:
        """Return ``A'``."""
        return A.transpose()

    @abstractmethod
    def inverse(self, A: Any) -> Any:
        """Return ``A^-1``; refuse a singular ``A``."""

    @abstractmethod
    def pinv(self, A: Any) -> Any:
        """Return ``A+``."""

    def matrix_power(self, A: Any, exponent: int) -> Any:
        """Return ``A`` to an integer power, by repeated squaring; a negative exponent inverts."""
        square, left, total = self.inverse(A) if exponent < 0 else A, abs(exponent), self.full(*self.shape(A), 1, 0)
        while left:
            if left % 2:
                total = total * square
            square, left = square * square if left > 1 else square, left // 2
        return total

    @abstractmethod
    def trace(self, A: Any) -> Any:
        """Return ``tr A``."""

    def determinant(self, A: Any) -> Any:
        """Return ``det A``."""
        return A.det()

    def rank(self, A: Any) -> Any:
        """Return the rank of ``A`` as a scalar.

        Raises:
            UnsupportedExpressionError: of numbers that move, whose rank has no rate.
        """
        raise UnsupportedExpressionError(
            "'expression' must not hold a Rank where its matrices move (got one). Use RankAtMost for a bound."
        )

    @abstractmethod
    def logpdet(self, A: Any) -> Any:
        """Return the sum of the logarithms of the nonzero singular values; 0 where there are none."""

    def element(self, A: Any, i: int, j: int) -> Any:
        """Return the entry in row ``i`` and column ``j``, counted from 0."""
        return A[i, j]

    @abstractmethod
    def power(self, base: Any, exponent: Any) -> Any:
        """Return a scalar to the power of a scalar."""

    @abstractmethod
    def log(self, value: Any) -> Any:
        """Return the natural logarithm of a scalar."""

    @abstractmethod
    def exp(self, value: Any) -> Any:
        """Return the exponential of a scalar."""


class RunArithmetic(Arithmetic):
    """The operations on numbers that a user gives, and those that a simulation needs: ranks, and recorded numbers."""

    @abstractmethod
    def read(self, argument: str, value: Any, column: bool = False) -> Any:
        """Return ``value`` as a matrix; a flat list of numbers passes where a ``column`` is expected."""

    def check(self, argument: str, A: Any) -> None:
        """Refuse a matrix whose entries are not all finite; where nothing is rounded, there are none to refuse."""

    def read_finite(self, argument: str, value: Any, column: bool = False) -> Any:
        """Return ``value`` as `read` does, and refuse what `check` refuses."""
        A = self.read(argument, value, column)
        self.check(argument, A)
        return A

    @property
    @abstractmethod
    def eps(self) -> float:
        """The distance from 1 to the next number; 0 where there is no rounding."""

    @abstractmethod
    def inverted(self, A: Any) -> tuple[Any, Any, Any]:
        """Return ``A+``, the rank of ``A``, and the smallest singular value that is kept over the largest.

        The last may be a bound from below where it is far from deciding the rank. It is 1 where no rounding decides
        the rank, and where ``A`` is 0.
        """

    def pinv(self, A: Any) -> Any:
        """Return ``A+``."""
        return self.inverted(A)[0]

    def rank(self, A: Any) -> Any:
        """Return the rank of ``A`` as a scalar; where numbers are rounded, it is decided as `inverted` does."""
        return self.scalar("rank", int(self.inverted(A)[1]))

    @abstractmethod
    def in_range(self, A: Any) -> Any:
        """Return whether all entries, or the scalar, are finite and within the range of floats, 1.8e308."""

    @abstractmethod
    def entries(self, A: Any) -> np.ndarray:
        """Return a matrix or scalar as a NumPy array of the numbers that this arithmetic computes with."""


def sum_or_none(A: Any, B: Any) -> Any:
    """Return ``A + B``, where None stands for zero; None if both are None."""
    return B if A is None else A if B is None else A + B


def not_finite() -> InvalidValueError:
    """Build the error for NaN or infinity under a Pinv or LogPdet."""
    return InvalidValueError(complain("expression", "finite under every Pinv and LogPdet", "NaN or infinity"))


class SingularMatrixError(InvalidValueError):
    """Report an inverse that does not exist."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self.shape = shape
        super().__init__(complain("expression", "one whose inverses exist", self.matrix, "Try Pinv."))

    def __reduce__(self) -> tuple[type[SingularMatrixError], tuple[tuple[int, int]]]:
        """Pickle it by what it is made of."""
        return type(self), (self.shape,)

    @property
    def matrix(self) -> str:
        """The matrix in words."""
        return f"a singular {self.shape[0]}x{self.shape[1]} matrix"

    def of_a_rule(self, rule: Any) -> InvalidValueError:
        """Return the error for someone who gave a rule, and no expression."""
        expected, came = "one whose inverses exist", f"{rule}, which inverts {self.matrix}"
        return InvalidValueError(complain("rule", expected, came, "Give other weights, or a batch of more samples."))


def singular(shape: tuple[int, int]) -> InvalidValueError:
    """Build the error for a matrix that has no inverse."""
    return SingularMatrixError(shape)


def rows_of(argument: str, value: Any, column: bool, numbers: str) -> Sequence[Sequence[Any]]:
    """Return the rows of a matrix given as nested lists or as an object with ``tolist``; a flat list may be a column.

    >>> rows_of("x", [1, 2], True, "integers")
    [[1], [2]]

    Raises:
        InvalidTypeError: if it has no rows.
        ShapeError: if the rows differ in length, or there are none.
    """
    rows = value.tolist() if hasattr(value, "tolist") else value
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise InvalidTypeError(complain(argument, f"a matrix of {numbers}", value))
    if column and not any(isinstance(row, Sequence) for row in rows):
        rows = [[entry] for entry in rows]
    if not rows or not all(isinstance(row, Sequence) and len(row) == len(rows[0]) > 0 for row in rows):
        raise ragged_rows_error(argument, rows)
    return rows


def shape_of(value: Any) -> tuple[int, ...]:
    """Return the shape of an array or of nested lists, as far as it is one.

    >>> shape_of([[1, 2, 3], [4, 5, 6]]), shape_of([[1, 2], [3]]), shape_of(7)
    ((2, 3), (2,), ())
    """
    if hasattr(value, "shape"):
        return tuple(value.shape)
    if not isinstance(value, list | tuple):
        return ()
    inner = {shape_of(part) for part in value}
    return (len(value), *inner.pop()) if len(inner) == 1 else (len(value),)


def ragged_rows_error(argument: str, value: Any) -> ShapeError:
    """Build the error for rows that differ in length; it shows their shapes, and not all of their numbers.

    >>> str(ragged_rows_error("A", [[1, 2], [3]]))
    "'A' must be rows of one length (got 'rows of shapes (2,), (1,)')."
    """
    shapes = list(dict.fromkeys(map(shape_of, value))) if isinstance(value, list | tuple) else []
    shown = f"rows of shapes {', '.join(map(str, shapes))}" if len(shapes) > 1 else value
    return ShapeError(complain(argument, "rows of one length", shown))
