"""Operations entry by entry, in any arithmetic: entrywise and Kronecker products, blocks, functions of numbers.

They need no more of an arithmetic than its entries, its scalars and how a matrix is made of these.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import Expr, Float, Rational, S

from tptheory.errors import InvalidValueError, ShapeError, UnsupportedExpressionError, complain
from tptheory.numeric.arithmetic import Arithmetic
from tptheory.numeric.floats import FloatArithmetic, StackedArithmetic
from tptheory.numeric.multiprecision import MultiprecisionArithmetic
from tptheory.numeric.rationals import ExactArithmetic, fraction

MOST_ENTRIES = 250_000
"""The most entries of a Kronecker product."""
DIGITS = 17
"""The decimal digits with which a function of floats is computed."""


def rows_of_scalars(kind: Arithmetic, A: Any) -> list[list[Any]]:
    """Return the entries of a matrix, row by row."""
    rows, columns = kind.shape(A)
    return [[kind.element(A, i, j) for j in range(columns)] for i in range(rows)]


def entrywise_product(kind: Arithmetic, A: Any, B: Any) -> Any:
    """Return the entrywise (Hadamard) product of two matrices of one shape.

    Raises:
        ShapeError: if their shapes differ.
    """
    if kind.shape(A) != kind.shape(B):
        raise ShapeError(complain("factors", f"of one shape, {kind.shape(A)}", kind.shape(B)))
    pairs = zip(rows_of_scalars(kind, A), rows_of_scalars(kind, B), strict=True)
    return kind.matrix([[a * b for a, b in zip(left, right, strict=True)] for left, right in pairs])


def kronecker_product(kind: Arithmetic, A: Any, B: Any) -> Any:
    """Return the Kronecker product: every entry of ``A`` times ``B``.

    Raises:
        UnsupportedExpressionError: if it has too many entries to be made one by one.
    """
    rows, columns = (m * n for m, n in zip(kind.shape(A), kind.shape(B), strict=True))
    if rows * columns > MOST_ENTRIES:
        raise UnsupportedExpressionError(
            f"'expression' must have Kronecker products of at most {MOST_ENTRIES:,} entries (got one of {rows} rows "
            f"and {columns} columns). Give its factors sizes that are symbols."
        )
    below = rows_of_scalars(kind, B)
    return kind.matrix([[a * b for a in left for b in right] for left in rows_of_scalars(kind, A) for right in below])


def joined_blocks(kind: Arithmetic, rows: int, columns: int, *blocks: Any) -> Any:
    """Return the matrix that is made of blocks, given row by row."""
    entries: list[list[Any]] = []
    for i in range(rows):
        band = [rows_of_scalars(kind, block) for block in blocks[i * columns : (i + 1) * columns]]
        entries += [[entry for block in band for entry in block[r]] for r in range(len(band[0]))]
    return kind.matrix(entries)


def function_value(kind: Arithmetic, function: Callable[..., Any], *numbers: Any) -> Any:
    """Return a SymPy function of numbers; exactly where it is rational, such as the absolute value.

    Raises:
        InvalidValueError: if the value is no real number.
        UnsupportedExpressionError: if this arithmetic cannot hold the value.
    """
    _refuse_moving(kind, len(numbers))
    value = S(function(*(_as_sympy(kind, number) for number in numbers)))
    if isinstance(kind, ExactArithmetic):
        return kind.scalar("expression", value) if value.is_Rational else kind.log(value)
    value = value.evalf(_digits(kind) + 5)
    if not value.is_Float and not value.is_Rational:
        told = f"{getattr(function, '__name__', function)}{numbers}"
        raise InvalidValueError(complain("expression", "real and finite at these values", told))
    return kind.scalar("expression", value)


def _digits(kind: Arithmetic) -> int:
    return kind.digits if isinstance(kind, MultiprecisionArithmetic) else DIGITS


def _refuse_moving(kind: Arithmetic, arguments: int) -> None:
    """Refuse a function of numbers that move, or of the numbers of many instances at once.

    Raises:
        UnsupportedExpressionError: if the arithmetic holds such numbers; constants are refused only where they move.
    """
    stacked = isinstance(kind, StackedArithmetic) and arguments
    if stacked or not isinstance(kind, ExactArithmetic | FloatArithmetic | MultiprecisionArithmetic):
        raise UnsupportedExpressionError(
            "'expression' must have no functions of numbers but log and exp where its matrices move, or are many "
            "(got one). Evaluate it at one instance."
        )


def _as_sympy(kind: Arithmetic, number: Any) -> Expr:
    """Return a number of an arithmetic as SymPy's."""
    if isinstance(kind, ExactArithmetic):
        exact = fraction(number)
        return Rational(exact.numerator, exact.denominator)
    return Float(number, _digits(kind) + 5)
