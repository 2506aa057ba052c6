"""Laurent expansions of expressions in a small positive number, with an exact remainder.

An expansion of ``f(s)`` is ``f = sum of f_k s^k + s^n R`` with coefficients ``f_k`` that are free of ``s``, and a
remainder ``R`` that is an expression too. Sums and products of expansions are exact. Inverses are of two kinds:

- ``G = s^q (G_0 + s H)`` where ``G_0`` has an inverse: ``G^-1 = s^-q (G_0^-1 - s G_0^-1 H G_0^-1 + ...)``;
- ``G = s^q (B + c s^m I)`` with ``B`` positive semidefinite and ``c > 0``: on the image of ``B``, ``s^q G^-1`` stays
  bounded, since ``(B + c s^m I)^-1 B B+`` has at most the norm of ``B+``; and, with ``u = c s^m``,
  ``s^q G^-1 = (I - B B+) / u + B+ - u B+^2 + ... + (-u)^n (B + u I)^-1 B+^n``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from sympy import (
    Add,
    Adjoint,
    Identity,
    Integer,
    Inverse,
    MatAdd,
    MatMul,
    MatPow,
    MatrixBase,
    MatrixExpr,
    Mul,
    Pow,
    S,
    Symbol,
    Trace,
    Transpose,
    ZeroMatrix,
)
from sympy.matrices.expressions.matexpr import MatrixElement

from tptheory.errors import UnsupportedExpressionError
from tptheory.symbolic.expressions import Pinv, matadd, matmul, trace, transpose
from tptheory.symbolic.layers import Recursion, layer_symbols
from tptheory.symbolic.penrose_words import Word, shortened, turned, words_of


@dataclass(frozen=True)
class Expansion:
    """``sum of terms[k] s^k + s^order rest``: matrices of one shape, or numbers.

    Attributes:
        terms: the coefficients by their powers.
        order: the power of the remainder; None where there is none, and the sum is exact.
        rest: the remainder, an expression in ``s``.
    """

    terms: Mapping[int, Any]
    order: int | None = None
    rest: Any = S.Zero

    @property
    def low(self) -> int:
        """The lowest power that is there."""
        return min([*self.terms, *([] if self.order is None else [self.order])], default=0)

    def shifted(self, power: int) -> Expansion:
        """Return the expansion times ``s^power``."""
        order = None if self.order is None else self.order + power
        return Expansion({k + power: c for k, c in self.terms.items()}, order, self.rest)

    def with_each(self, change: Callable[[Any], Any]) -> Expansion:
        """Return the expansion with a linear map applied to the coefficients and the remainder."""
        terms = {k: change(c) for k, c in self.terms.items()}
        return Expansion(terms, self.order, S.Zero if self.order is None else change(self.rest))


@dataclass(frozen=True)
class Regular:
    """``G = s^power (start + s H)`` where ``start`` has an inverse."""

    power: int
    start: MatrixExpr
    rest: Expansion


@dataclass(frozen=True)
class Damped:
    """``G = s^power (base + scale s^step I)``, where ``base`` is positive semidefinite and ``scale`` positive."""

    power: int
    base: MatrixExpr
    pinv: MatrixExpr
    scale: Any
    step: int


@dataclass(frozen=True)
class Expander:
    """Expand expressions in one small number.

    Args:
        small: the positive symbol that tends to 0.
        terms: up to which power inverses are expanded.
        invertible: the matrices that are known to have an inverse.
        nonzero: the numbers that are known not to be 0.
    """

    small: Symbol
    terms: int
    invertible: Collection[MatrixExpr] = ()
    nonzero: Collection[Any] = ()

    def __call__(self, expression: Any) -> Expansion:
        """Return the expansion of a matrix or a number.

        Raises:
            UnsupportedExpressionError: where there is none that this class can make, with the reason.
        """
        if any(isinstance(member.sequence, Recursion) for member in layer_symbols(expression)):
            raise self._refusal(expression, "what a recursion over the layers defines; give a network of fixed depth")
        return self.of(expression)

    def of(self, e: Any) -> Expansion:
        """Return the expansion of a part."""
        if not e.has(self.small):
            return Expansion({} if e == 0 or isinstance(e, ZeroMatrix) else {0: e})
        if isinstance(e, MatrixExpr | MatrixBase):
            return self._matrix(e)
        return self._number(e)

    def _matrix(self, M: Any) -> Expansion:
        match M:
            case MatAdd():
                return self._sum(map(self.of, M.args))
            case MatMul():
                scalar, factors = M.as_coeff_matrices()
                return self._times(self.of(scalar), reduce(self._times, map(self.of, factors)))
            case Transpose() | Adjoint():
                return self.of(M.arg).with_each(transpose)
            case Inverse():
                return self._inverse(M)
            case MatPow(exp=Integer()):
                return self._power(self.of(M.base if M.exp > 0 else Inverse(M.base)), M.exp)
            case Pinv():
                return self._pseudo_inverse(M)
        raise self._refusal(M, f"{type(M).__name__} of what changes")

    def _number(self, e: Any) -> Expansion:
        if e == self.small:
            return Expansion({1: S.One})
        match e:
            case Add():
                return self._sum(map(self.of, e.args))
            case Mul():
                return reduce(self._times, map(self.of, e.args))
            case Pow(exp=Integer()):
                return self._power(self.of(e.base) if e.exp > 0 else self._reciprocal(e.base), e.exp)
            case Trace():
                return self.of(e.arg).with_each(trace)
            case MatrixElement() if not e.i.has(self.small) and not e.j.has(self.small):
                return self.of(e.parent).with_each(lambda M: MatrixElement(M, e.i, e.j))
        raise self._refusal(e, f"{type(e).__name__} of what changes")

    def _power(self, base: Expansion, exponent: Any) -> Expansion:
        """Return a product of as many factors ``base`` as the size of the exponent says, whose sign ``base`` has."""
        return reduce(self._times, [base] * abs(int(exponent)))

    def _pseudo_inverse(self, M: Pinv) -> Expansion:
        """Return the pseudo-inverse of ``s^power A``, where nothing else changes."""
        inside = self.of(M.arg)
        if inside.order is None and len(inside.terms) == 1:
            (power, A), *_ = inside.terms.items()
            return Expansion({-power: _pinv_of(A)})
        raise self._refusal(M, "a pseudo-inverse of what changes, since its rank may jump at the limit")

    def _refusal(self, part: Any, reason: str) -> UnsupportedExpressionError:
        return UnsupportedExpressionError(
            f"'expression' must be made of sums and products of powers of {self.small}, matrices, traces and inverses: "
            f"of A*A.T + {self.small}*I, or of what has a known inverse at the limit (got {part}: {reason})."
        )

    def _sum(self, summands: Iterable[Expansion]) -> Expansion:
        parts = list(summands)
        orders = [part.order for part in parts if part.order is not None]
        order = min(orders, default=None)
        terms: dict[int, Any] = {}
        rest: list[Any] = []
        for part in parts:
            for power, c in part.terms.items():
                if order is None or power < order:
                    terms[power] = plus(terms[power], c) if power in terms else c
                else:
                    rest.append(self._scaled(power - order, c))
            if part.order is not None and order is not None:
                rest.append(self._scaled(part.order - order, part.rest))
        return Expansion(_not_zero(terms), order, reduce(plus, rest) if rest else S.Zero)

    def _times(self, a: Expansion, b: Expansion) -> Expansion:
        """Multiply; all that is of the order of the remainder goes into it."""
        orders = [low + order for low, order in ((a.low, b.order), (b.low, a.order)) if order is not None]
        order = min(orders, default=None)
        terms: dict[int, Any] = {}
        rest: list[Any] = []
        for i, c, exact in _parts(a):
            for j, d, both in _parts(b):
                product, power = times(c, d), i + j
                if exact and both and (order is None or power < order):
                    terms[power] = plus(terms[power], product) if power in terms else product
                elif order is not None:
                    rest.append(self._scaled(power - order, product))
        return Expansion(_not_zero(terms), order, reduce(plus, rest) if rest else S.Zero)

    def _scaled(self, power: int, e: Any) -> Any:
        """Return ``s^power e``."""
        return times(self.small**power, e)

    def _reciprocal(self, D: Any) -> Expansion:
        """Return ``1/D`` where the first coefficient ``d`` of ``D = s^p (d + s H)`` is known not to be 0."""
        found = self.of(D)
        power = found.low
        d = found.terms.get(power)
        if d is None or not self.is_nonzero(d):
            raise self._refusal(1 / D, "a divisor that may be 0 at the limit")
        H = Expansion({k: c for k, c in found.terms.items() if k != power}, found.order, found.rest).shifted(-power - 1)
        ratio = H.with_each(lambda c: -c / d)
        n = max(self.terms + power, 0)
        total, last = Expansion({0: 1 / d}), Expansion({0: 1 / d})
        for k in range(1, n + 1):
            last = self._times(last, ratio)
            total = self._sum([total, last.shifted(k)])
        tail = self._times(self._times(last, ratio), Expansion({}, 0, d * self.small**power / D))
        return self._sum([total, tail.shifted(n + 1)]).shifted(-power)

    def _inverse(self, M: Inverse) -> Expansion:
        kind = self.classified(M.arg)
        n = max(self.terms + kind.power, 0)
        if isinstance(kind, Regular):
            start = _inverse_of(kind.start)
            ratio = kind.rest.with_each(lambda H: matmul(-1, start, H))
            total = power = Expansion({0: start})
            for k in range(1, n + 1):
                power = self._times(ratio, power)
                total = self._sum([total, power.shifted(k)])
            tail = reduce(self._times, [ratio] * (n + 1))
            tail = self._times(tail, Expansion({}, 0, matmul(self.small**kind.power, M)))
            return self._sum([total, tail.shifted(n + 1)]).shifted(-kind.power)
        B, P, u = kind.base, kind.pinv, kind.scale
        count = n // kind.step + 1
        terms = {kind.step * k: matmul((-u) ** k, *[P] * (k + 1)) for k in range(count)}
        terms[-kind.step] = matmul(1 / u, matadd(Identity(B.rows), matmul(-1, shortened(matmul(B, P)))))
        rest = matmul((-u) ** count * self.small**kind.power, M, *[P] * count)
        return Expansion(_not_zero(terms), kind.step * count, rest).shifted(-kind.power)

    def classified(self, G: MatrixExpr) -> Regular | Damped:
        """Say how a matrix is inverted where the number is small.

        Raises:
            UnsupportedExpressionError: if it is neither regular nor damped.
        """
        found = self.of(G).with_each(shortened)
        power = found.low
        start = found.terms.get(power)
        others = {k: c for k, c in found.terms.items() if k != power}
        if start is not None and self._has_inverse(start):
            return Regular(power, start, Expansion(others, found.order, found.rest).shifted(-power - 1))
        scale = _multiple_of_identity(next(iter(others.values()))) if len(others) == 1 and found.order is None else None
        if start is None or scale is None or not scale.is_positive or not is_semidefinite(start):
            raise self._refusal(Inverse(G), "it may have no inverse at the limit, and is no A*A.T plus a multiple of I")
        return Damped(power, start, _gram_pinv(start), scale, next(iter(others)) - power)

    def is_nonzero(self, number: Any) -> bool:
        """Whether a number is known not to be 0: each of its factors by its form, or because it is said to."""
        factors = (factor.as_base_exp()[0] for factor in Mul.make_args(number))
        return all(factor.is_nonzero or factor in self.nonzero for factor in factors)

    def _has_inverse(self, M: MatrixExpr) -> bool:
        """Whether a matrix is known to have an inverse: by its form, or because it is said to."""
        if M in self.invertible or isinstance(M, Inverse):
            return True
        scale = _multiple_of_identity(M)
        if scale is not None:
            return bool(scale.is_nonzero)
        found = words_of(M)
        if len(found) == 1:
            return self._is_invertible_product(*found[0])
        identity = [c for c, word in found if not word]
        return bool(identity) and sum(identity).is_positive is True and is_semidefinite(M)

    def _is_invertible_product(self, c: Any, word: Word) -> bool:
        """Whether ``c`` is known not to be 0, and each letter, or what it transposes or inverts, to have an inverse."""
        bare = [letter.arg if isinstance(letter, Transpose | Pinv) else letter for letter in word]
        return bool(c.is_nonzero) and all(A in self.invertible or isinstance(A, Inverse) for A in bare)


def is_semidefinite(M: MatrixExpr) -> bool:
    """Whether a matrix is, by its form, a sum of Gram matrices ``c A A'`` and of multiples ``c I``, all ``c > 0``."""
    found = words_of(M)
    return bool(found) and all(c.is_positive and (not word or _root(word) is not None) for c, word in found)


def _root(word: tuple[MatrixExpr, ...]) -> tuple[MatrixExpr, ...] | None:
    """Return ``u`` where a word is ``u u'``."""
    half, odd = divmod(len(word), 2)
    u = word[:half]
    return u if not odd and word[half:] == turned(u) else None


def _gram_pinv(B: MatrixExpr) -> MatrixExpr:
    """Return ``B+``, which is ``A+' A+ / c`` for ``B = c A A'``."""
    found = words_of(B)
    root = _root(found[0][1]) if len(found) == 1 else None
    if not root:
        return Pinv(B)
    turned = all(isinstance(letter, Transpose) for letter in root)
    P = transpose(Pinv(transpose(matmul(*root)))) if turned else Pinv(matmul(*root))
    return matmul(1 / found[0][0], transpose(P), P)


def _multiple_of_identity(M: MatrixExpr) -> Any:
    """Return ``c`` where a matrix is ``c I``, else None."""
    found = words_of(M)
    return Add(*(c for c, _ in found)) if found and all(not word for _, word in found) else None


def _inverse_of(M: MatrixExpr) -> MatrixExpr:
    scale = _multiple_of_identity(M)
    return Inverse(M) if scale is None else matmul(1 / scale, Identity(M.rows))


def _pinv_of(A: Any) -> MatrixExpr:
    scalar, factors = A.as_coeff_matrices() if isinstance(A, MatMul) else (S.One, [A])
    return matmul(1 / scalar, Pinv(matmul(*factors))) if scalar.is_nonzero else Pinv(A)


def _parts(e: Expansion) -> list[tuple[int, Any, bool]]:
    """Return the powers with what they multiply, and whether it is a coefficient: the last may be the remainder."""
    known = [(power, c, True) for power, c in e.terms.items()]
    return known if e.order is None else [*known, (e.order, e.rest, False)]


def plus(a: Any, b: Any) -> Any:
    return matadd(a, b) if isinstance(a, MatrixExpr | MatrixBase) else a + b


def times(a: Any, b: Any) -> Any:
    matrices = any(isinstance(x, MatrixExpr | MatrixBase) for x in (a, b))
    return matmul(a, b) if matrices else Mul(a, b)


def _not_zero(terms: dict[int, Any]) -> dict[int, Any]:
    return {k: c for k, c in terms.items() if not (c == 0 or isinstance(c, ZeroMatrix))}
