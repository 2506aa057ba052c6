"""A second meaning of claims, for tests alone: plain exact evaluation that shares no code with `tptheory.numeric`.

Every value is a pair ``(value, rate)`` of python-flint rationals: the rate is the derivative along a flow, carried by
the rules of sums, products and inverses, so that nothing here trusts tptheory's calculus either. A pseudo-inverse is
computed from a full-rank factorisation.
"""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

from flint import fmpq, fmpq_mat
from oracles.duals import beside, column, full, rank
from sympy import (
    Add,
    Identity,
    Inverse,
    MatAdd,
    MatMul,
    MatPow,
    MatrixBase,
    MatrixExpr,
    MatrixSymbol,
    Mul,
    OneMatrix,
    Pow,
    Rational,
    Symbol,
    Trace,
    Transpose,
    ZeroMatrix,
)
from sympy.matrices.expressions.matexpr import MatrixElement

from tptheory import (
    AllOf,
    Commute,
    Conserved,
    Equal,
    ImageWithin,
    LogPdet,
    Nonincreasing,
    OrthogonalImages,
    Parallel,
    Pinv,
    RankAtMost,
    RowSpaceWithin,
    Zero,
)
from tptheory.claims.hypotheses import Hypothesis
from tptheory.symbolic.dynamics import Flow, Step
from tptheory.symbolic.unspecified_loss import UnspecifiedLoss

Values = Mapping[Any, Any]
Pair = tuple[Any, Any]


class Undefined(ValueError):  # noqa: N818  no failure: a claim says nothing where its terms mean nothing
    """What is to be evaluated has no value here: something singular is inverted, or a rank may jump."""


def add(a: Pair, b: Pair) -> Pair:
    """Add."""
    return a[0] + b[0], a[1] + b[1]


def times(a: Pair, b: Pair) -> Pair:
    """Multiply, with the product rule."""
    return a[0] * b[0], a[1] * b[0] + a[0] * b[1]


def turned(a: Pair) -> Pair:
    """Transpose."""
    return a[0].transpose(), a[1].transpose()


def inverse(a: Pair) -> Pair:
    """Invert a matrix or a number."""
    try:
        v = a[0].inv() if isinstance(a[0], fmpq_mat) else 1 / a[0]
    except ZeroDivisionError:
        raise Undefined("singular") from None
    return v, -1 * (v * a[1] * v)


def diagonal(A: fmpq_mat) -> fmpq:
    """Sum the diagonal."""
    return sum((A[i, i] for i in range(A.nrows())), fmpq(0))


def factors(a: Pair) -> tuple[Pair, Pair, Pair]:
    """Write ``A = F G`` with independent columns and rows; return F, G and the left inverse of F.

    F are the columns of A where its echelon form has its pivots, and G is what the left inverse of F makes of A.
    """
    echelon, rank = a[0].rref()
    pivots = [next(j for j in range(echelon.ncols()) if echelon[i, j] != 0) for i in range(rank)]
    F = tuple(full(M.nrows(), rank, lambda i, k, M=M: M[i, pivots[k]]) for M in a)
    left = times(inverse(times(turned(F), F)), turned(F))
    return F, times(left, a), left


def pseudo_inverse(a: Pair) -> Pair:
    """Return ``G' (G G')^-1 (F'F)^-1 F'`` (MacDuffee), differentiated at constant rank."""
    if a[0].rank() == 0:
        zero = fmpq_mat(a[0].ncols(), a[0].nrows())
        return zero, zero
    _, G, left = factors(a)
    return times(times(turned(G), inverse(times(G, turned(G)))), left)


class Evaluation:
    """Evaluate expressions at exact values, and their derivatives where some symbols have a velocity."""

    def __init__(self, values: Values, velocities: Values | None = None) -> None:
        self.values, self.velocities = values, velocities or {}
        self.sizes = {s: n for s, n in values.items() if isinstance(n, int)}

    def __call__(self, e: Any) -> Pair:
        """Return the value and its rate."""
        return self.matrix(e) if isinstance(e, MatrixExpr | MatrixBase) else self.scalar(e)

    def shape(self, e: Any) -> tuple[int, int]:
        """Return the shape in numbers."""
        return tuple(int(n.subs(self.sizes)) for n in e.shape)

    def constant(self, e: Any, entry: Any) -> Pair:
        """Return a matrix that stands still."""
        rows, columns = self.shape(e)
        return full(rows, columns, entry), fmpq_mat(rows, columns)

    def matrix(self, e: Any) -> Pair:
        """Evaluate a matrix expression."""
        if isinstance(e, MatrixSymbol):
            value = self.values[e]
            return value, self.velocities.get(e, fmpq_mat(value.nrows(), value.ncols()))
        if isinstance(e, Identity | ZeroMatrix | OneMatrix):
            kind = (Identity, ZeroMatrix, OneMatrix).index(type(e))
            return self.constant(e, lambda i, j: (int(i == j), 0, 1)[kind])
        if isinstance(e, MatMul | MatAdd):
            parts = [self(part) for part in e.args]
            total = parts[0]
            for part in parts[1:]:
                total = times(total, part) if isinstance(e, MatMul) else add(total, part)
            return total
        if isinstance(e, Transpose):
            return turned(self(e.arg))
        if isinstance(e, Pinv):
            return pseudo_inverse(self(e.arg))
        if isinstance(e, Inverse):
            return inverse(self(e.arg))
        if isinstance(e, MatPow):
            base, power = self(e.base), self.constant(e, lambda i, j: int(i == j))
            for _ in range(abs(int(e.exp))):
                power = times(power, base)
            return power if e.exp >= 0 else inverse(power)
        raise NotImplementedError(type(e).__name__)

    def scalar(self, e: Any) -> Pair:
        """Evaluate a scalar expression; a logarithm and an open loss count by their rates alone."""
        if isinstance(e, Symbol):
            return fmpq(self.values[e]), fmpq(0)
        if isinstance(e, Rational | int):
            return fmpq(int(e.p), int(e.q)) if isinstance(e, Rational) else fmpq(e), fmpq(0)
        if isinstance(e, Add | Mul):
            total = self(e.args[0])
            for part in e.args[1:]:
                total = times(total, self(part)) if isinstance(e, Mul) else add(total, self(part))
            return total
        if isinstance(e, Pow):
            base, power = self(e.base), (fmpq(1), fmpq(0))
            for _ in range(abs(int(e.exp))):
                power = times(power, base)
            return power if e.exp >= 0 else inverse(power)
        if isinstance(e, Trace):
            return tuple(diagonal(A) for A in self(e.arg))
        if isinstance(e, MatrixElement):
            return tuple(A[int(e.i), int(e.j)] for A in self(e.parent))
        if isinstance(e, LogPdet):
            return fmpq(0), self.log_rate(self(e.arg))
        if isinstance(e, UnspecifiedLoss):
            output, error = (self(part) for part in e.args)
            return fmpq(0), diagonal(error[0].transpose() * output[1])
        raise NotImplementedError(type(e).__name__)

    def log_rate(self, a: Pair) -> fmpq:
        """Return half the rate of ``log det F'F + log det GG'``."""
        if a[0].rank() == 0:
            return fmpq(0)
        F, G, _ = factors(a)
        grams = times(turned(F), F), times(G, turned(G))
        return sum((diagonal(inverse(g)[0] * g[1]) for g in grams), fmpq(0)) / 2


def vanishes(value: Any) -> bool:
    """Tell zero."""
    return not any(value.entries()) if isinstance(value, fmpq_mat) else value == 0


def moved(step: Step, values: Values) -> Values:
    """Take one step."""
    here = Evaluation(values)
    return {**values, **{W: values[W] + here(change)[0] for W, change in step.items() if W in values}}


def rate_along(claim: Any, values: Values) -> Any:
    """Return the derivative of a quantity along its flow, where no pseudo-inverse can jump."""
    here = Evaluation(values)
    for node in claim.quantity.atoms(Pinv, LogPdet):
        A = here(node.arg)[0]
        if rank(A) < min(A.nrows(), A.ncols()):
            raise Undefined("a rank may jump")
    velocities = {W: here(v)[0] for W, v in claim.along.items() if claim.quantity.has(W)}
    return Evaluation(values, velocities)(claim.quantity)[1]


def holds(claim: Any, values: Values) -> bool:
    """Whether the conclusion of a claim holds at these values, by what it means.

    Raises:
        Undefined: where the claim says nothing.
    """
    at = Evaluation(values)

    def value(e: Any) -> Any:
        return at(e)[0]

    match claim:
        case AllOf():
            return all(holds(part, values) for part in claim.conjuncts())
        case Equal():
            left, right = (value(side) for side in (claim.lhs, claim.rhs))
            if isinstance(left, fmpq_mat) != isinstance(right, fmpq_mat):  # the number 0 is a zero matrix
                return vanishes(left) and vanishes(right)
            return left == right
        case Zero():
            return vanishes(value(claim.expression))
        case RankAtMost():
            bounds = [rank(value(b)) if isinstance(b, MatrixExpr) else int(b.subs(at.sizes)) for b in claim.bound]
            return rank(value(claim.matrix)) <= min(bounds)
        case ImageWithin():
            A, C = value(claim.matrix), value(claim.space)
            return rank(beside(C, A)) == rank(C)
        case RowSpaceWithin():
            A, C = value(claim.matrix).transpose(), value(claim.space).transpose()
            return rank(beside(C, A)) == rank(C)
        case OrthogonalImages():
            return vanishes(value(claim.first).transpose() * value(claim.second))
        case Parallel():
            return rank(beside(column(value(claim.first)), column(value(claim.second)))) <= 1
        case Conserved(along=Flow()):
            return vanishes(rate_along(claim, values))
        case Conserved():
            return Evaluation(moved(claim.along, values))(claim.quantity)[0] == value(claim.quantity)
        case Nonincreasing():
            return bool(rate_along(claim, values) <= 0)
        case Commute(first=Step()):
            one, other = claim.first, claim.second
            return moved(one, moved(other, values)) == moved(other, moved(one, values))
        case Commute():
            A, B = value(claim.first), value(claim.second)
            return A * B == B * A
    raise NotImplementedError(type(claim).__name__)


def has(name: str, A: fmpq_mat) -> bool:
    """Whether a matrix has the property that a hypothesis names, by another definition than tptheory's."""
    rows, columns, T = A.nrows(), A.ncols(), A.transpose()
    eye = full(columns, columns, lambda i, j: int(i == j))
    return {
        "full_row_rank": lambda: (A * T).det() != 0,
        "full_column_rank": lambda: (T * A).det() != 0,
        "invertible": lambda: rows == columns and A.det() != 0,
        "orthogonal": lambda: rows == columns and eye == T * A,
        "partial_isometry": lambda: pseudo_inverse((A, A))[0] == T,
        "symmetric": lambda: rows == columns and vanishes(A - T),
        "projection": lambda: rows == columns and vanishes(A * (eye - A)),
        "rank_one": lambda: len(factors((A, A))[0][0].tolist()[0]) <= 1 if not vanishes(A) else True,
        "nonzero": lambda: not vanishes(A),
        "positive_definite": lambda: rows == columns and vanishes(A - T) and min(principal_minors(A), default=1) > 0,
        "positive_semidefinite": lambda: (
            rows == columns and vanishes(A - T) and min(principal_minors(A), default=0) >= 0
        ),
    }[name]()


def principal_minors(A: fmpq_mat) -> list[fmpq]:
    """Return the determinants of the parts of a square matrix in rows and columns of the same numbers."""
    n = A.nrows()
    chosen = [rows for count in range(1, n + 1) for rows in combinations(range(n), count)]
    return [fmpq_mat(len(rows), len(rows), [A[i, j] for i in rows for j in rows]).det() for rows in chosen]


def meets(claim: Any, values: Values) -> bool:
    """Whether these values meet every hypothesis of a claim."""
    at = Evaluation(values)
    try:
        return all(
            all(has(h.name, at(A)[0]) for A in h.matrices) if isinstance(h, Hypothesis) else holds(h, values)
            for h in claim.given
        )
    except Undefined:
        return False
