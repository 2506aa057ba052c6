"""Arithmetic on jets: exact power series in time that are cut off, with or without a tangent.

A jet ``A = A_0 + A_1 t + ... + A_{K-1} t^{K-1}`` is known modulo ``t^K``; its coefficients are scalars or matrices
over a field. With a tangent it is ``A + epsilon A'``, modulo ``epsilon^2``. An expression evaluated on jets gives its
derivatives along a curve without rounding and without symbolic differentiation. Jets of order 2 over the rationals are
dual numbers: a value and its rate.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NoReturn

from tptheory.errors import InvalidValueError, UnsupportedExpressionError, complain
from tptheory.numeric.arithmetic import Arithmetic, sum_or_none
from tptheory.numeric.matrix_fields import MatrixField, full_rank_pinv, meets_penrose, reduced_rows
from tptheory.numeric.rationals import VerifiedArithmetic, verified


class RankChangesError(InvalidValueError):
    """Raised when a matrix under a pseudo-inverse changes its rank along the curve, so that there is no derivative."""


@cache
def _products(length: int, tangent: bool) -> list[list[tuple[int, int]]]:
    """Return for each coefficient ``i`` the pairs ``(j, k)`` such that coefficient ``i`` times ``j`` adds to ``k``."""
    copies = 2 if tangent else 1
    monomials = [(e, k) for e in range(copies) for k in range(length // copies)]
    place = {monomial: i for i, monomial in enumerate(monomials)}
    return [
        [(j, place[e + f, k + m]) for j, (f, m) in enumerate(monomials) if (e + f, k + m) in place]
        for e, k in monomials
    ]


class Jet:
    """A scalar or a matrix with its Taylor coefficients.

    A coefficient that is None stands for zero; but a scalar whose first coefficient is None, such as a logarithm, has
    a value outside the field, and only its derivatives are known.

    Args:
        parts: the coefficients of ``1, t, t^2, ...``; with a tangent, then those of ``epsilon, epsilon t, ...``.
        tangent: whether there is a tangent.
    """

    __slots__ = ("has_tangent", "parts")

    def __init__(self, parts: Sequence[Any], tangent: bool = False) -> None:
        self.parts, self.has_tangent = tuple(parts), tangent

    @property
    def value(self) -> Any:
        """The value at the start; None if it is outside the field."""
        return self.parts[0]

    @property
    def rate(self) -> Any:
        """The coefficient of ``t``, which is the derivative at the start; None for zero."""
        return self.parts[1]

    @property
    def moves(self) -> bool:
        """Whether a coefficient beside the value is given."""
        return any(part is not None for part in self.parts[1:])

    def __eq__(self, other: object) -> bool:
        """Compare all coefficients."""
        if not isinstance(other, Jet):
            return NotImplemented
        return all(self.coefficient(k) == other.coefficient(k) for k in range(len(self.parts)))

    __hash__ = None  # type: ignore[assignment]

    def __add__(self, other: Jet) -> Jet:
        """Add coefficient by coefficient."""
        value = None if self.value is None or other.value is None else self.value + other.value
        rest = [sum_or_none(A, B) for A, B in zip(self.parts[1:], other.parts[1:], strict=True)]
        return Jet([value, *rest], self.has_tangent)

    def __mul__(self, other: Jet) -> Jet:
        """Multiply as truncated power series do; scalars commute with matrices.

        Raises:
            UnsupportedExpressionError: if a derivative needs a value that is outside the field.
        """
        if (self.value is None and other.moves) or (other.value is None and self.moves):
            _refuse()
        total: list[Any] = [None] * len(self.parts)
        for A, partners in zip(self.parts, _products(len(self.parts), self.has_tangent), strict=True):
            if A is None:
                continue
            for j, k in partners:
                B = other.parts[j]
                if B is not None:
                    total[k] = sum_or_none(total[k], A * B)
        return Jet(total, self.has_tangent)

    def transpose(self) -> Jet:
        """Return the transposed matrix."""
        return self.with_each(lambda part: part.transpose())

    def __getitem__(self, at: tuple[int, int]) -> Jet:
        """Return the entry in a row and a column, counted from 0."""
        return self.with_each(lambda part: part[at])

    def with_each(self, change: Callable[[Any], Any]) -> Jet:
        """Return the jet with a linear map applied to every coefficient."""
        return Jet([None if A is None else change(A) for A in self.parts], self.has_tangent)

    def coefficient(self, k: int) -> Any:
        """Return the coefficient of number ``k``, zeros written out; None for a value outside the field."""
        found = self.parts[k]
        if found is None and k:
            return 0 if self.value is None else self.value * 0
        return found

    @property
    def tangent(self) -> list[Any]:
        """The coefficients of ``epsilon t^k``, zeros written out."""
        return [self.coefficient(k) for k in range(len(self.parts) // 2, len(self.parts))]


class JetArithmetic(Arithmetic):
    """Jets of one order over one field, for `ArrayPrinter`.

    A pseudo-inverse is taken of a matrix whose rank is constant along the curve; if the jet shows another rank than at
    the start, it is refused. A logarithm has derivatives and no value.

    Args:
        field: the field; its characteristic is 0, or larger than every order.
        order: how many powers of ``t`` are kept.
        tangent: whether jets carry a tangent.

    >>> from tptheory.numeric.matrix_fields import PrimeField
    >>> kind = JetArithmetic(PrimeField(101), order=3)
    >>> t = Jet([kind.field.scalar("t", 1), kind.field.scalar("t", 1), None])
    >>> [int(c) for c in kind.power(t, kind.scalar("exponent", -1)).parts]
    [1, 100, 1]
    """

    def __init__(self, field: MatrixField, order: int = 1, tangent: bool = False) -> None:
        self.field, self.order, self.has_tangent = field, order, tangent

    @property
    def length(self) -> int:
        """How many coefficients a jet has."""
        return self.order * (2 if self.has_tangent else 1)

    def jet(self, parts: Sequence[Any]) -> Jet:
        """Return the jet of these coefficients, zeros after the last."""
        return Jet([*parts, *[None] * (self.length - len(parts))], self.has_tangent)

    def scalar(self, argument: str, value: Any) -> Jet:
        """Return a rational number as a constant jet, and a jet as it is."""
        return value if isinstance(value, Jet) else self.jet([self.field.scalar(argument, value)])

    def shape(self, A: Jet) -> tuple[int, int]:
        return self.field.shape(A.value)

    def matrix(self, rows: Sequence[Sequence[Jet]]) -> Jet:
        """Return the matrix of these scalars, whose values must be in the field."""
        if any(entry.value is None for row in rows for entry in row):
            _refuse()
        moves = any(entry.moves for row in rows for entry in row)
        known = range(self.length if moves else 1)
        return self.jet([self.field.matrix([[entry.coefficient(k) for entry in row] for row in rows]) for k in known])

    def full(self, rows: int, columns: int, diagonal: int, rest: int) -> Jet:
        """Return a constant matrix with its diagonal filled."""
        return self.jet([self.field.full(rows, columns, diagonal, rest)])

    def scale(self, scalar: Jet, A: Jet) -> Jet:
        """Return the scalar, whose value must be in the field, times ``A``."""
        return _refuse() if scalar.value is None else A * scalar

    def inverse(self, A: Jet) -> Jet:
        """Return ``A^-1``: at the start by elimination, then coefficient by coefficient from ``A A^-1 = I``.

        Raises:
            InvalidValueError: if ``A`` is singular at the start.
        """
        return self._inverse_from(self.field.inverse(A.value), A)

    def _inverse_from(self, start: Any, A: Jet) -> Jet:
        inverse: list[Any] = [start, *[None] * (self.length - 1)]
        lacking: list[Any] = [None] * self.length
        for k in range(self.length):
            if lacking[k] is not None:
                inverse[k] = start * lacking[k] * -1
            if inverse[k] is None:
                continue
            for j, at in _products(self.length, self.has_tangent)[k]:
                if j and A.parts[j] is not None:
                    lacking[at] = sum_or_none(lacking[at], A.parts[j] * inverse[k])
        return self.jet(inverse)

    def pinv(self, A: Jet) -> Jet:
        """Return ``A+`` at constant rank.

        With ``C`` the columns of ``A`` and ``R`` its rows at pivots, ``U`` where they meet, the factors that
        `full_rank_pinv` takes are ``C`` and ``U^-1 R``.

        Raises:
            RankChangesError: if the rank is not constant.
        """
        rows, columns = reduced_rows(A.value.transpose())[1], reduced_rows(A.value)[1]
        if not rows:
            _check_zero(A, 0)
            return A.transpose()
        F = self._chosen(A, range(self.shape(A)[0]), columns)
        R = self._chosen(A, rows, range(self.shape(A)[1]))
        G = self.inverse(self._chosen(A, rows, columns)) * R
        _check_zero(F * G + A * self.scalar("-1", -1), len(rows))
        return full_rank_pinv(F, G, self.inverse)

    def _chosen(self, A: Jet, rows: Sequence[int], columns: Sequence[int]) -> Jet:
        """Return the block of some rows and columns."""
        return A.with_each(lambda part: self.field.matrix([[part[i, j] for j in columns] for i in rows]))

    def trace(self, A: Jet) -> Jet:
        return A.with_each(self.field.trace)

    def determinant(self, A: Jet) -> Jet:
        """Return ``det A`` (Faddeev and LeVerrier): ``c_k = -tr(A M_k) / k``, ``M_{k+1} = A M_k + c_k I``."""
        size = self.shape(A)[0]
        M = identity = self.full(size, size, 1, 0)
        for k in range(1, size + 1):
            product = A * M
            c = self.trace(product) * self.jet([self.field.scalar("-1", -1) / k])
            M = product + identity * c
        return c if size % 2 == 0 else c * self.scalar("-1", -1)

    def logpdet(self, A: Jet) -> Jet:
        """Return the logarithm of the pseudo-determinant, whose derivative is ``tr(A+ A')``.

        Raises:
            RankChangesError: if the rank is not constant.
            UnsupportedExpressionError: on jets with a tangent.
        """
        return self._integral(A, lambda velocity: self.trace(self.pinv(A) * velocity))

    def log(self, value: Jet) -> Jet:
        """Return the natural logarithm of a scalar, whose derivative is that of the scalar over the scalar.

        Raises:
            InvalidValueError: for a number that is not positive.
            UnsupportedExpressionError: if the value is outside the field, or residues have no logarithm.
        """
        if value.value is None:
            _refuse()
        self.field.check_positive(value.value)
        return self._integral(value, lambda velocity: velocity * self.power(value, self.scalar("exponent", -1)))

    def unspecified_loss(self, output: Jet, error: Jet) -> Jet:
        """Return a loss of which only the gradient is known; its derivative is ``<d_L, x_L'>``."""
        return self._integral(output, lambda velocity: self.trace(error.transpose() * velocity))

    def _integral(self, argument: Jet, rate: Callable[[Jet], Jet]) -> Jet:
        """Return a scalar without a value, from its derivative as a linear function of that of its argument.

        Raises:
            UnsupportedExpressionError: on jets with a tangent.
        """
        if self.has_tangent:
            _refuse()
        if not argument.moves:
            return self.jet([None])
        slopes = [argument.coefficient(k) * k for k in range(1, self.order)]
        derivative = rate(self.jet(slopes))
        return self.jet([None, *(derivative.coefficient(k - 1) / k for k in range(1, self.order))])

    def power(self, base: Jet, exponent: Jet) -> Jet:
        """Return ``base ** exponent`` for an integer exponent.

        Raises:
            InvalidValueError: for a negative power of zero.
            UnsupportedExpressionError: for a root, for an exponent that moves, and modulo a prime for an exponent above
                a thousand.
        """
        open_values = base.value is None or exponent.value is None or exponent.moves
        whole = None if open_values else self.field.integer(exponent.value)
        if whole is None:
            _refuse()
        if whole < 0 and base.value == 0:
            raise InvalidValueError(complain("expression", "defined at these matrices", "a division by zero"))
        factor = self._inverse_from(1 / base.value, base) if whole < 0 else base
        return math.prod([factor] * abs(whole), start=self.scalar("1", 1))

    def exp(self, value: Jet) -> Jet:
        """Return the exponential of a scalar that stands still, whose value is outside the field.

        Raises:
            UnsupportedExpressionError: if the scalar moves.
        """
        return _refuse() if value.moves else self.jet([None])


class DualArithmetic(JetArithmetic):
    """Dual numbers over the rationals, ``a + epsilon a'``, whose inverses are all checked, for the second evaluation.

    >>> kind = DualArithmetic()
    >>> square = kind.power(kind.jet([kind.field.scalar("a", 3), kind.field.scalar("a'", 1)]), kind.scalar("2", 2))
    >>> square.value, square.rate
    (9, 6)
    """

    def __init__(self) -> None:
        super().__init__(VerifiedArithmetic(), order=2)

    def pinv(self, A: Jet) -> Jet:
        """Return ``A+``, after a check that it and its rate meet the four equations of Penrose."""
        P = super().pinv(A)
        return verified(P, meets_penrose(A, P))


def _check_zero(A: Jet, rank: int) -> None:
    """Refuse a residual that is not zero: a matrix of this rank at the start has another one along the curve."""
    if any(part is not None and part.rank() for part in A.parts):
        expected = "of constant rank under every Pinv and LogPdet"
        raise RankChangesError(complain("expression", expected, f"a matrix whose rank changes from {rank}"))


def _refuse() -> NoReturn:
    """Refuse an expression that has no Taylor coefficients in the field."""
    raise UnsupportedExpressionError(
        "'expression' must be rational in its matrices to have exact derivatives (got a root, an exponent that moves, "
        "or what depends on the value of a logarithm or an exponential)."
    )
