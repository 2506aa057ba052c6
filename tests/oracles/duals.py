"""Exact arithmetic of the judge: rationals with rates of change, and logarithms of rationals, by python-flint.

A value is a pair ``(value, rate)``; the rate is the derivative along a flow, and None stands for a rate that is zero.
Pseudo-inverses and pseudo-determinants have a rate only where the rank does not change to first order.
"""

from __future__ import annotations

from math import log
from typing import Any

from flint import fmpq, fmpq_mat

Pair = tuple[Any, Any]


class Undefined(ArithmeticError):  # noqa: N818  no failure: a claim says nothing where its terms mean nothing
    """A term has no value here: something singular is inverted, a rank changes, a layer does not exist."""


class Unjudged(Exception):  # noqa: N818  no failure either: the judge has no exact number for it
    """The judge cannot tell: a product of logarithms, or a loss of which only the gradient is known."""


class Logs:
    """A rational number plus rational multiples of logarithms of primes, and of losses that are left open."""

    def __init__(self, parts: dict[Any, fmpq]) -> None:
        self.parts = {name: c for name, c in parts.items() if c != 0}

    def __add__(self, other: Any) -> Logs:
        """Add."""
        theirs = other.parts if isinstance(other, Logs) else {1: fmpq(other)}
        return Logs({name: self.parts.get(name, fmpq(0)) + theirs.get(name, fmpq(0)) for name in self.parts | theirs})

    def __mul__(self, other: Any) -> Logs:
        """Multiply, where one factor is rational."""
        if isinstance(other, fmpq_mat):
            raise Unjudged("a matrix times a logarithm")
        if isinstance(other, Logs):
            if set(other.parts) <= {1}:
                return self * other.parts.get(1, fmpq(0))
            if set(self.parts) <= {1}:
                return other * self.parts.get(1, fmpq(0))
            raise Unjudged("a product of logarithms")
        return Logs({name: c * other for name, c in self.parts.items()})

    __radd__, __rmul__ = __add__, __mul__

    def sign(self) -> int:
        """Return the sign, by floating point where it is not that of a rational."""
        if set(self.parts) <= {1}:
            return sign(self.parts.get(1, fmpq(0)))
        if any(isinstance(name, tuple) for name in self.parts):
            raise Unjudged("the sign of a loss")
        total = sum(float(c.p) / float(c.q) * (1.0 if name == 1 else log(name)) for name, c in self.parts.items())
        if abs(total) < 1e-9:
            raise Unjudged("the sign of a logarithm")
        return 1 if total > 0 else -1


def sign(a: Any) -> int:
    """Return the sign of a number."""
    return a.sign() if isinstance(a, Logs) else (a > 0) - (a < 0)


def is_zero(a: Any) -> bool:
    """Tell zero: of logarithms of primes and of open losses, no rational combination is."""
    if isinstance(a, Logs):
        return not a.parts
    return not any(a.entries()) if isinstance(a, fmpq_mat) else a == 0


def logarithm(q: fmpq) -> Any:
    """Return the logarithm of a positive rational."""
    parts: dict[Any, fmpq] = {}
    for part, direction in ((q.p, 1), (q.q, -1)):
        for prime, power in part.factor():
            parts[int(prime)] = parts.get(int(prime), fmpq(0)) + direction * int(power)
    return Logs(parts)


def full(rows: int, columns: int, entry: Any) -> fmpq_mat:
    """Fill a matrix."""
    return fmpq_mat(rows, columns, [fmpq(entry(i, j)) for i in range(rows) for j in range(columns)])


def identity(n: int) -> fmpq_mat:
    """Return the identity."""
    return full(n, n, lambda i, j: int(i == j))


def plus(a: Pair, b: Pair) -> Pair:
    """Add."""
    rate = a[1] if b[1] is None else b[1] if a[1] is None else a[1] + b[1]
    return a[0] + b[0], rate


def times(a: Pair, b: Pair) -> Pair:
    """Multiply, with the product rule; one or both may be numbers."""
    left = None if a[1] is None else a[1] * b[0]
    right = None if b[1] is None else a[0] * b[1]
    return a[0] * b[0], left if right is None else right if left is None else left + right


def negative(a: Pair) -> Pair:
    """Negate."""
    return times((fmpq(-1), None), a)


def turned(a: Pair) -> Pair:
    """Transpose."""
    return a[0].transpose(), None if a[1] is None else a[1].transpose()


def inverse(a: Pair) -> Pair:
    """Invert a matrix or a number."""
    if isinstance(a[0], Logs):
        raise Unjudged("one over a logarithm")
    try:
        v = a[0].inv() if isinstance(a[0], fmpq_mat) else 1 / a[0]
    except (ZeroDivisionError, ValueError):
        raise Undefined("singular") from None
    return v, None if a[1] is None else fmpq(-1) * (v * a[1] * v)


def power(a: Pair, exponent: int) -> Pair:
    """Raise a matrix or a number to an integer power; to the power 0 anything is one."""
    one = (identity(a[0].nrows()) if isinstance(a[0], fmpq_mat) else fmpq(1), None)
    for _ in range(abs(exponent)):
        one = times(one, a)
    return one if exponent >= 0 else inverse(one)


def diagonal_sum(a: Pair) -> Pair:
    """Return the trace."""
    n = a[0].nrows()
    value, rate = (None if A is None else sum((A[i, i] for i in range(n)), fmpq(0)) for A in a)
    return value, rate


def determinant(a: Pair) -> Pair:
    """Return the determinant; its rate is a sum over the rows, each replaced by its rate."""
    A, dA = a
    if dA is None:
        return A.det(), None
    n = A.nrows()
    mixed = (full(n, n, lambda i, j, r=r: dA[i, j] if i == r else A[i, j]) for r in range(n))
    return A.det(), sum((M.det() for M in mixed), fmpq(0))


def factors(a: Pair) -> tuple[Pair, Pair, Pair]:
    """Write ``A = F G`` with independent columns and rows; return F, G and the left inverse of F.

    F are the columns of A where its echelon form has its pivots, and G is what the left inverse of F makes of A.

    Raises:
        Undefined: where the rank of A changes to first order, so that F G has not the rate of A.
    """
    echelon, rank = a[0].rref()
    pivots = [next(j for j in range(echelon.ncols()) if echelon[i, j] != 0) for i in range(rank)]
    F = tuple(None if M is None else full(M.nrows(), rank, lambda i, k, M=M: M[i, pivots[k]]) for M in a)
    left = times(inverse(times(turned(F), F)), turned(F))
    G = times(left, a)
    if a[1] is not None and times(F, G)[1] != a[1]:
        raise Undefined("a rank changes")
    return F, G, left


def pseudo_inverse(a: Pair) -> Pair:
    """Return ``G' (G G')^-1 (F'F)^-1 F'`` (MacDuffee)."""
    if is_zero(a[0]):
        if a[1] is not None and not is_zero(a[1]):
            raise Undefined("a rank changes")
        return fmpq_mat(a[0].ncols(), a[0].nrows()), None
    _, G, left = factors(a)
    return times(times(turned(G), inverse(times(G, turned(G)))), left)


def log_pseudo_determinant(a: Pair) -> Pair:
    """Return half the logarithm of ``det F'F det GG'``."""
    if is_zero(a[0]):
        if a[1] is not None and not is_zero(a[1]):
            raise Undefined("a rank changes")
        return fmpq(0), None
    F, G, _ = factors(a)
    grams = times(turned(F), F), times(G, turned(G))
    value = logarithm(grams[0][0].det() * grams[1][0].det()) * fmpq(1, 2)
    if a[1] is None:
        return value, None
    rates = (diagonal_sum((inverse((g[0], None))[0] * g[1], None))[0] for g in grams if g[1] is not None)
    return value, sum(rates, fmpq(0)) / 2


def rank(A: fmpq_mat) -> int:
    """Count independent rows."""
    return int(A.rank())


def beside(A: fmpq_mat, B: fmpq_mat) -> fmpq_mat:
    """Put two matrices side by side."""
    k = A.ncols()
    return full(A.nrows(), k + B.ncols(), lambda i, j: A[i, j] if j < k else B[i, j - k])


def column(A: fmpq_mat) -> fmpq_mat:
    """Stack all entries."""
    return fmpq_mat(A.nrows() * A.ncols(), 1, A.entries())
