"""Arithmetic on jets over a prime field: power series in time that are cut off, with or without a tangent.

A jet ``A = A_0 + A_1 t + ... + A_{K-1} t^{K-1}`` of matrices over F_p is a list of `nmod_mat`, modulo ``t^K``; with a
tangent it is ``A + epsilon A'``, modulo ``epsilon^2``. Every operation on them is exact, so that an expression
evaluated on jets gives its derivatives along a curve without rounding and without differentiation by hand.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from flint import nmod, nmod_mat

from tptheory.errors import InvalidTypeError, InvalidValueError, UnsupportedExpressionError, complain
from tptheory.numeric.arithmetic import UnroundedArithmetic, added
from tptheory.numeric.row_reduction import full_rank_pinv, reduced_rows

_LARGEST_EXPONENT = 1000


class Jet:
    """A scalar or a matrix with its Taylor coefficients, `nmod` or `nmod_mat`; None stands for a zero.

    The first coefficient is never None, so that the shape is known.
    """

    __slots__ = ("kind", "parts")

    def __init__(self, kind: JetArithmetic, parts: Sequence[Any]) -> None:
        self.kind, self.parts = kind, tuple(parts)

    def __add__(self, other: Jet) -> Jet:
        """Add coefficient by coefficient."""
        return Jet(self.kind, [added(A, B) for A, B in zip(self.parts, other.parts, strict=True)])

    def __mul__(self, other: Jet) -> Jet:
        """Multiply as truncated power series do; scalars commute with matrices."""
        total: list[Any] = [None] * len(self.parts)
        for A, partners in zip(self.parts, self.kind.partners, strict=True):
            if A is None:
                continue
            for j, k in partners:
                B = other.parts[j]
                if B is not None:
                    total[k] = added(total[k], A * B)
        return Jet(self.kind, total)

    def transpose(self) -> Jet:
        """Return the transposed matrix."""
        return self.mapped(lambda part: part.transpose())

    def __getitem__(self, at: tuple[int, int]) -> Jet:
        """Return the entry in a row and a column, counted from 0."""
        return self.mapped(lambda part: part[at])

    def mapped(self, change: Any) -> Jet:
        """Return the jet with a linear map applied to every coefficient."""
        return Jet(self.kind, [None if A is None else change(A) for A in self.parts])

    def coefficient(self, k: int) -> Any:
        """Return the coefficient of ``t^k``, zeros written out."""
        found = self.parts[k]
        return self.parts[0] * 0 if found is None else found

    @property
    def tangent(self) -> list[Any]:
        """The coefficients of ``epsilon t^k``, zeros written out."""
        order = self.kind.order
        return [self.coefficient(order + k) for k in range(order)]


class JetArithmetic(UnroundedArithmetic):
    """Jets of one order over one prime field, for `ArrayPrinter`: expressions that are rational in their matrices.

    A pseudo-inverse is taken of a matrix whose rank is constant along the curve; if the jet shows another rank than at
    the start, it is refused. `logpdet` sets the constant term to 0: a logarithm has no value in F_p, but its
    derivatives have.

    Args:
        prime: the characteristic, below ``2^63``; larger than every order.
        order: how many powers of ``t`` are kept.
        tangent: whether jets carry a tangent.

    >>> kind = JetArithmetic(prime=101, order=3)
    >>> t = Jet(kind, [nmod(1, 101), nmod(1, 101), None])
    >>> [int(c) for c in kind.power(t, kind.scalar("exponent", -1)).parts]
    [1, 100, 1]
    """

    def __init__(self, prime: int, order: int = 1, tangent: bool = False) -> None:
        self.prime, self.order, self.has_tangent = prime, order, tangent

    @property
    def length(self) -> int:
        """How many coefficients a jet has."""
        return self.order * (2 if self.has_tangent else 1)

    @cached_property
    def partners(self) -> list[list[tuple[int, int]]]:
        """For each coefficient ``i`` the pairs ``(j, k)`` such that coefficient ``i`` times ``j`` adds to ``k``."""
        monomials = [(e, k) for e in range(2 if self.has_tangent else 1) for k in range(self.order)]
        place = {monomial: i for i, monomial in enumerate(monomials)}
        return [
            [(j, place[e + f, k + m]) for j, (f, m) in enumerate(monomials) if (e + f, k + m) in place]
            for e, k in monomials
        ]

    def constant(self, value: Any) -> Jet:
        """Return the constant jet of an `nmod` or an `nmod_mat`."""
        return Jet(self, [value, *[None] * (self.length - 1)])

    def residue(self, value: int) -> nmod:
        """Return an integer modulo the prime."""
        return nmod(value, self.prime)

    def read(self, argument: str, value: Any, column: bool = False) -> Jet:
        """Return a jet as it is.

        Raises:
            InvalidTypeError: for anything else.
        """
        if not isinstance(value, Jet):
            raise InvalidTypeError(complain(argument, "a Jet", value))
        return value

    def scalar(self, argument: str, value: Any) -> Jet:
        """Return a rational number as a constant jet.

        Raises:
            UnsupportedExpressionError: if it is not rational.
        """
        if isinstance(value, Jet):
            return value
        if isinstance(value, int):
            return self.constant(self.residue(value))
        if not getattr(value, "is_Rational", False):
            raise UnsupportedExpressionError(complain(argument, "rational in its matrices", value))
        return self.constant(self.residue(int(value.p)) / self.residue(int(value.q)))

    def shape(self, A: Jet) -> tuple[int, int]:
        """Return ``(rows, columns)``."""
        return (A.parts[0].nrows(), A.parts[0].ncols())

    def matrix(self, rows: Sequence[Sequence[Jet]]) -> Jet:
        """Return the matrix of these scalars."""
        shape, entries = (len(rows), len(rows[0])), [entry for row in rows for entry in row]
        parts = [[int(e.coefficient(k)) for e in entries] for k in range(self.length)]
        return Jet(self, [nmod_mat(*shape, part, self.prime) for part in parts])

    def full(self, rows: int, columns: int, diagonal: int, rest: int) -> Jet:
        """Return a constant matrix with its diagonal filled."""
        entries = [diagonal if i == j else rest for i in range(rows) for j in range(columns)]
        return self.constant(nmod_mat(rows, columns, entries, self.prime))

    def inverse(self, A: Jet) -> Jet:
        """Return ``A^-1``: at the start by elimination, then coefficient by coefficient from ``A A^-1 = I``.

        Raises:
            InvalidValueError: if ``A`` is singular at the start.
        """
        try:
            start = A.parts[0].inv()
        except ZeroDivisionError:
            raise _singular(f"a singular {A.parts[0].nrows()}x{A.parts[0].ncols()} matrix") from None
        return self._inverse_from(start, A)

    def _inverse_from(self, start: Any, A: Jet) -> Jet:
        inverse: list[Any] = [None] * self.length
        lacking: list[Any] = [None] * self.length
        for k in range(self.length):
            if k == 0:
                inverse[k] = start
            elif lacking[k] is not None:
                inverse[k] = start * lacking[k] * self.residue(-1)
            if inverse[k] is None:
                continue
            for j, at in self.partners[k]:
                if j and A.parts[j] is not None:
                    lacking[at] = added(lacking[at], A.parts[j] * inverse[k])
        return Jet(self, inverse)

    def pinv(self, A: Jet) -> Jet:
        """Return ``A+`` at constant rank.

        With ``C`` the columns of ``A`` and ``R`` its rows at pivots, ``U`` where they meet, the factors that
        `full_rank_pinv` takes are ``C`` and ``U^-1 R``.

        Raises:
            InvalidValueError: if the rank is not constant.
        """
        rows, columns = reduced_rows(A.parts[0].transpose())[1], reduced_rows(A.parts[0])[1]
        if not rows:
            if any(part is not None and part.rank() for part in A.parts):
                raise _singular("a matrix whose rank changes from 0")
            return A.transpose()
        F = self._chosen(A, range(self.shape(A)[0]), columns)
        R = self._chosen(A, rows, range(self.shape(A)[1]))
        G = self.inverse(self._chosen(A, rows, columns)) * R
        residual = F * G + A * self.scalar("-1", -1)
        if any(part is not None and part.rank() for part in residual.parts):
            raise _singular(f"a matrix whose rank changes from {len(rows)}")
        return full_rank_pinv(F, G, self.inverse)

    def _chosen(self, A: Jet, rows: Sequence[int], columns: Sequence[int]) -> Jet:
        def choose(part: Any) -> Any:
            entries = [part[i, j] for i in rows for j in columns]
            return nmod_mat(len(rows), len(columns), [int(e) for e in entries], self.prime)

        return A.mapped(choose)

    def trace(self, A: Jet) -> Jet:
        """Return ``tr A``."""
        size = A.parts[0].nrows()
        return A.mapped(lambda part: sum((part[i, i] for i in range(size)), self.residue(0)))

    def determinant(self, A: Jet) -> Jet:
        """Return ``det A`` (Faddeev and LeVerrier): ``c_k = -tr(A M_k) / k``, ``M_{k+1} = A M_k + c_k I``."""
        size = self.shape(A)[0]
        identity, minus = self.full(size, size, 1, 0), self.scalar("determinant", -1)
        M = identity
        for k in range(1, size + 1):
            product = A * M
            c = self.trace(product).mapped(lambda part, k=k: part * (self.residue(-1) / self.residue(k)))
            M = product + identity * c
        return c if size % 2 == 0 else c * minus

    def logpdet(self, A: Jet) -> Jet:
        """Return the logarithm of the pseudo-determinant minus its value at the start: ``(log pdet A)' = tr(A+ A')``.

        Raises:
            UnsupportedExpressionError: on jets with a tangent.
        """
        if self.has_tangent:
            return self.log(A)
        slope = [A.coefficient(k) * self.residue(k) for k in range(1, self.order)] + [None]
        velocity = Jet(self, [A.parts[0] * 0 if self.order == 1 else slope[0], *slope[1:]])
        rate = self.trace(self.pinv(A) * velocity)
        rises = [rate.coefficient(k - 1) / self.residue(k) for k in range(1, self.order)]
        return Jet(self, [self.residue(0), *rises])

    def power(self, base: Jet, exponent: Jet) -> Jet:
        """Return ``base ** exponent`` for an integer exponent.

        Raises:
            InvalidValueError: for a negative power of zero.
            UnsupportedExpressionError: for a root, or an exponent above a thousand.
        """
        residue = int(exponent.parts[0])
        whole = residue - self.prime if residue > self.prime // 2 else residue
        if abs(whole) > _LARGEST_EXPONENT or any(part is not None for part in exponent.parts[1:]):
            return self.log(base)
        if whole < 0 and int(base.parts[0]) == 0:
            raise _singular("a division by zero")
        factor = self._inverse_from(self.residue(1) / base.parts[0], base) if whole < 0 else base
        return math.prod([factor] * abs(whole), start=self.constant(self.residue(1)))

    def log(self, value: Any) -> Jet:
        """Refuse: logarithms, exponentials and roots are not rational.

        Raises:
            UnsupportedExpressionError: always.
        """
        raise UnsupportedExpressionError(
            "'expression' must be rational in its matrices to be evaluated over a prime field (got a logarithm, an "
            "exponential or a root)."
        )

    exp = log


def _singular(came: str) -> InvalidValueError:
    return InvalidValueError(
        complain("expression", "one whose inverses exist, and whose ranks are constant, near random matrices", came)
    )
