"""The equation that a claim is missing: what is left of the difference of its sides, written with few letters.

Where the difference is a product ``c L F R``, the claim holds wherever ``F = 0``. If ``L`` and ``R`` are made of
matrices that stand nowhere else, such as data, these may be anything; then ``F = 0`` is necessary, too, for the claim
to hold for all of them. So is every equation that follows from the claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, count
from time import perf_counter
from typing import Any

from sympy import (
    Expr,
    Identity,
    MatAdd,
    MatMul,
    MatrixExpr,
    MatrixSymbol,
    S,
    Transpose,
    ZeroMatrix,
    postorder_traversal,
    symbols,
)

from tptheory.claims.claim import Claim
from tptheory.claims.compound import ForAll
from tptheory.claims.goals import Rate, Vanishes, minus
from tptheory.claims.vocabulary import Equal, Zero
from tptheory.deciding.answers import prove
from tptheory.deciding.simplifying import Simplified, cost_to_read, simplify
from tptheory.deciding.verdicts import Proved
from tptheory.errors import TptheoryError
from tptheory.symbolic.expressions import Pinv, matadd, matmul, transpose
from tptheory.symbolic.layers import Recursion, Sequence, layer_symbols
from tptheory.symbolic.rebuilding import terms_alone
from tptheory.symbolic.substitution import substitute
from tptheory.typesetting.spelling import text_of

NAMES = ("e", "r", "s")
"""The names that sums get which may be anything; then ``e_1``, ``e_2`` and so on."""
SECONDS_EACH = 1.0
"""The seconds for each expression that is simplified, and for each proof."""


@dataclass(frozen=True)
class MissingEquation:
    """An equation under which a claim holds.

    Attributes:
        equation: the equation, as a claim.
        suffices: the proof that the claim follows from it.
        necessary: the proof that it follows from the claim; None if there is none.
        for_all: the symbols that may be anything: if the claim holds for all of them, the equation holds. Empty where
            nothing is known of that, or where ``necessary`` says more.
        product: the proof that the difference of the claim's sides is a product with the equation's difference as a
            factor, on which ``for_all`` rests; None if it is empty.
        frame_lemmas: the proofs of `frames_detect_zero`, on which it rests as well: a factor that may be anything may
            be each member of a frame.
    """

    equation: Claim
    suffices: Proved
    necessary: Proved | None = None
    for_all: tuple[Any, ...] = ()
    product: Simplified | None = None
    frame_lemmas: tuple[Proved, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether the equation is necessary, too: for these data, or where the claim is to hold for all data."""
        return self.necessary is not None or bool(self.for_all)

    def __str__(self) -> str:
        """Say the equation, and in which sense it is necessary."""
        said = self.equation.conclusion(text_of)
        if self.necessary is not None:
            return f"exactly where {said}"
        if self.for_all:
            return f"for all {', '.join(map(str, self.for_all))} exactly where {said}"
        return f"where {said}"


def missing_equation(claim: Claim, deadline: float) -> MissingEquation | None:
    """Return an equation found under which a claim holds; None if none is shorter than the claim itself.

    One that is necessary, too, comes before the others; among the same kind the shortest is returned.

    Args:
        claim: the claim; only for one that is a single equation, without a flow or a step, something is found.
        deadline: when to end.
    """
    goal = _equation_of(claim)
    if goal is None:
        return None
    residual = goal.residual()
    found: list[MissingEquation] = []
    for factor in (None, *_multipliers(claim)):
        if perf_counter() > deadline:
            break
        one = _equation_from(claim, residual, factor)
        found += [] if one is None else [one]
        if found and found[0].exact:
            break
    return min(found, key=lambda f: (not f.exact, _cost(f.equation)), default=None)


def _equation_of(claim: Claim) -> Vanishes | None:
    """Return the goal of a claim that is one equation, between matrices or numbers; None if it speaks of any depth."""
    goals = claim.goals()
    plain = len(goals) == 1 and isinstance(goals[0], Vanishes) and not isinstance(goals[0].left, Rate)
    if not plain or any(layer_symbols(e) for e in claim.expressions()):
        return None
    return goals[0] if isinstance(goals[0].left, Expr) else None  # type: ignore[union-attr,return-value]


def _multipliers(claim: Claim) -> Iterator[tuple[MatrixExpr, bool]]:
    """Run through the matrices by which the difference is multiplied, each with whether from the left."""
    spoken = sorted((s for e in claim.expressions() for s in S(e).atoms(MatrixSymbol) if 1 not in s.shape), key=str)
    for A in dict.fromkeys(spoken):
        for factor in (A, transpose(A), Pinv(A)):
            yield factor, True
            yield factor, False


def _equation_from(claim: Claim, residual: Any, multiplier: tuple[MatrixExpr, bool] | None) -> MissingEquation | None:
    """Return what a difference, or a multiple of it, says with fewer letters than the claim; None if nothing suffices.

    Where that does not follow from the claim, it may follow from the claim for all data.
    """
    names, free = _names(claim)
    short = _shortened(claim, residual if multiplier is None else _multiplied(residual, *multiplier), names)
    if short is None:
        return None
    core, outside = _core(short.expression)
    core = substitute(core, dict(short.where))  # what a name hides in it is not free
    equation = _as_equation(core)
    suffices = _proof_that_it_suffices(equation, claim, residual)
    if suffices is None:
        return None
    necessary = prove(equation.under([*claim.given, claim.under(())]), SECONDS_EACH) if claim.is_hypothesis else None
    if isinstance(necessary, Proved):
        return MissingEquation(equation, suffices, necessary)
    data = _stand_for(outside, free)
    if multiplier is None and _may_be_anything(core, outside, data, claim):
        lemmas = _frame_lemmas()
        if lemmas:
            return MissingEquation(equation, suffices, None, data, short, lemmas)
    return MissingEquation(equation, suffices)


def _shortened(claim: Claim, expression: Any, names: Mapping[str, Any]) -> Simplified | None:
    """Return an expression simplified under the hypotheses of a claim; None if it is 0, or nothing is known of it."""
    try:
        short = simplify(expression, claim.given, names=names, seconds=SECONDS_EACH)
    except TptheoryError:  # the shapes do not compose, or nothing is known of it
        return None
    return None if short.expression == 0 or isinstance(short.expression, ZeroMatrix) else short


def _proof_that_it_suffices(equation: Claim, claim: Claim, residual: Any) -> Proved | None:
    """Return a proof of a claim from an equation; None if none is found, or there is not less to read in it."""
    if _cost(equation) >= cost_to_read(residual):
        return None
    suffices = prove(claim.under([*claim.given, equation]), SECONDS_EACH)
    return suffices if isinstance(suffices, Proved) else None


def _frame_lemmas() -> tuple[Proved, ...]:
    """Return the proofs of `frames_detect_zero`; none if one of them is not found."""
    proofs = [prove(lemma, SECONDS_EACH) for lemma in frames_detect_zero()]
    found = tuple(proof for proof in proofs if isinstance(proof, Proved))
    return found if len(found) == len(proofs) else ()


def _multiplied(residual: Any, factor: MatrixExpr, left: bool) -> Any:
    """Return the product of a difference with a matrix on its left or right; of a number the number itself."""
    if not isinstance(residual, MatrixExpr):
        return residual
    fits = factor.cols == residual.rows if left else residual.cols == factor.rows
    if not fits:
        return ZeroMatrix(*residual.shape)
    return matmul(factor, residual) if left else matmul(residual, factor)


def _cost(equation: Claim) -> Any:
    """Return what there is to read in the difference of the sides of an equation."""
    ((left, right),) = equation.equations()
    return cost_to_read(minus(left, right))


def _names(claim: Claim) -> tuple[dict[str, Any], dict[str, MatrixSymbol]]:
    """Return a name for each sum that a symbol stands alone in, and that symbol: ``e`` for ``W x - y``, by ``y``.

    The symbol stands nowhere else; so the sum may be anything.
    """
    expressions = [S(e) for e in (*claim.expressions(), *(e for h in claim.given for e in h.expressions()))]
    alone = {s: total for total in _sums_in(expressions) for s, _ in terms_alone(total)}
    taken = {str(s) for s in claim.symbols()}
    names: dict[str, Any] = {}
    free: dict[str, MatrixSymbol] = {}
    for symbol, total in sorted(alone.items(), key=str):
        if all(_only_within(e, symbol, total) for e in expressions):
            name = next(name for name in chain(NAMES, map("e_{}".format, count(1))) if name not in {*taken, *names})
            names[name], free[name] = total, symbol
    return names, free


def _sums_in(expressions: list[Any]) -> list[MatAdd]:
    """Return the sums of matrices that stand in expressions."""
    return sorted({node for e in expressions for node in postorder_traversal(e) if isinstance(node, MatAdd)}, key=str)


def _only_within(expression: Any, symbol: MatrixSymbol, total: MatAdd) -> bool:
    """Whether a symbol stands in an expression only within a sum, or within its transpose."""
    stand_in = MatrixSymbol("_", *total.shape)
    replaced = substitute(expression, {total: stand_in, transpose(total): transpose(stand_in)})
    return not replaced.has(symbol)


def _core(expression: Any) -> tuple[Any, list[Any]]:
    """Return the sum that is a factor of a product, and the other factors; of what is no such product, all of it."""
    if not isinstance(expression, MatMul):
        return expression, []
    scalar, matrices = expression.as_coeff_matrices()
    sums = [i for i, A in enumerate(matrices) if isinstance(A, MatAdd)]
    if not sums or not (S(scalar).is_nonzero or S(scalar).is_number):
        return expression, []
    first, last = sums[0], sums[-1]
    return matmul(*matrices[first : last + 1]), [*matrices[:first], *matrices[last + 1 :]]


def _as_equation(core: Any) -> Claim:
    """Return the equation that a sum is 0; of a sum of two terms, that one equals the other."""
    if isinstance(core, MatAdd) and len(core.args) == 2:
        first, second = core.args
        return Equal(first, matmul(-1, second))
    return Zero(core)


def _may_be_anything(core: Any, outside: list[Any], symbols: tuple[Any, ...], claim: Claim) -> bool:
    """Whether the factors outside may be anything, whatever the sum is.

    Each is a symbol, once, or the name of a sum that a symbol makes anything; neither the sum nor a hypothesis speaks
    of it. If ``L F R = 0`` for all ``L`` and ``R``, among them the members of frames, then ``F = 0``.
    """
    plain = [A.arg if isinstance(A, Transpose) else A for A in outside]
    if not plain or len(set(plain)) < len(plain) or not all(isinstance(A, MatrixSymbol) for A in plain):
        return False
    assumed = [S(e) for h in claim.given for e in (*h.expressions(), *h.residuals())]
    fixed = {s for e in (core, *assumed) for s in S(e).atoms(MatrixSymbol)}
    return fixed.isdisjoint(plain) and fixed.isdisjoint(symbols)


def frames_detect_zero() -> tuple[Claim, Claim]:
    """Return two claims that together say: if all ``Q_k F = 0``, and the ``Q_k' Q_k`` add up to I, then ``F = 0``.

    The first one, by induction, is that ``S_l F = 0`` for the sum ``S_l`` of the first of these; the second takes the
    whole sum for G. For ``F R_k = 0`` they are applied to the transposes. Rows of the identity, each beside
    rows of zeros, are a frame.

    >>> [claim.statement() for claim in frames_detect_zero()][0]
    'if Q[k]*F = 0 for k = 1, ..., N, then S[l]*F = 0 for l = 0, ..., N'
    """
    N, k, l = symbols("N k l", integer=True)
    m, n, p = symbols("m n p", integer=True, positive=True)
    F, Q = MatrixSymbol("F", m, n), Sequence("Q", lambda _: (p, m), 1, N)

    def longer(k: Any, shorter: MatrixExpr) -> MatrixExpr:
        return matadd(shorter, matmul(transpose(Q(k)), Q(k)))

    total = Recursion("S", 0, N, ZeroMatrix(m, m), longer, lambda _: (m, m))
    each = ForAll(Zero(matmul(Q(k), F)), (k, 1, N))
    sums = ForAll(Zero(matmul(total(l), F)), (l, 0, N), given=[each])
    G = MatrixSymbol("G", m, m)
    return sums, Zero(F, given=[Zero(matmul(G, F)), Equal(G, Identity(m))])


def _stand_for(outside: list[Any], free: Mapping[str, MatrixSymbol]) -> tuple[Any, ...]:
    """Return the symbols of the claim that make the factors outside anything."""
    plain = [A.arg if isinstance(A, Transpose) else A for A in outside]
    return tuple(sorted((free.get(str(A), A) for A in plain), key=str))
