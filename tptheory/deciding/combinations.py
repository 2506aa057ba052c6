"""Linear combinations of some expressions that are conserved, equal to another expression, or parallel to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import MatrixExpr, S, Symbol

from tptheory.claims.claim import Claim
from tptheory.claims.motions import Conserved
from tptheory.claims.vocabulary import Equal, Zero
from tptheory.deciding.solving_constants import SolvedConstants, solve_constants
from tptheory.errors import InvalidTypeError, InvalidValueError, complain
from tptheory.keywords import known_keywords
from tptheory.symbolic.arguments import as_expression
from tptheory.symbolic.dynamics import Flow, Step
from tptheory.symbolic.expressions import inner, matadd, matmul, squared_norm


@known_keywords
def find(
    kind: str,
    words: Sequence[Any],
    *,
    to: Any = None,
    along: Flow | Step | None = None,
    given: Any = (),
    seconds: float = 10.0,
    seed: int = 0,
) -> SolvedConstants:
    """Return the linear combinations of some expressions that are conserved, equal to another, or parallel to it.

    Args:
        kind: ``conserved``, ``equal`` or ``parallel``.
        words: the expressions; the unknowns are ``c_1, c_2, ...`` in their order.
        to: the expression that the combination is to equal, 0 if it is None; or the matrix to be parallel to.
        along: the flow or the step that is to conserve it.
        given: the hypotheses.
        seconds: how long to search for the proof.
        seed: of the instances.

    Raises:
        InvalidTypeError: if an argument is of the wrong type.
        InvalidValueError: if ``kind`` is none of the three, or lacks what it needs.

    >>> from tptheory import Backprop, DeepLinearNetwork, squared_norm
    >>> net = DeepLinearNetwork(depth=3)
    >>> find("conserved", [squared_norm(W) for W in net.weights], along=Backprop().flow(net))
    <c_1 = -c_2 - c_3; c_2, c_3 free (proved)>
    """
    if not isinstance(words, list | tuple) or not words:
        raise InvalidTypeError(complain("words", "a list of expressions", words))
    unknowns = [Symbol(f"c_{k}", real=True) for k in range(1, len(words) + 1)]
    total = _combination(unknowns, [as_expression("words", word) for word in words])
    other = None if to is None else as_expression("to", to)
    return solve_constants(_asserted(kind, total, other, along, given), unknowns, seconds=seconds, seed=seed)


def _asserted(kind: str, total: Any, other: Any, along: Flow | Step | None, given: Any) -> Claim:
    """Return the claim that a combination is conserved, equal to another expression, or parallel to it.

    Raises:
        InvalidValueError: if ``kind`` is none of the three, or lacks what it needs.
    """
    if kind == "conserved" and along is not None:
        return Conserved(total, along, given)
    if kind == "equal":
        return Zero(total, given) if other is None else Equal(total, other, given)
    if kind == "parallel" and isinstance(other, MatrixExpr) and isinstance(total, MatrixExpr):
        rest = matadd(matmul(squared_norm(other), total), matmul(-inner(other, total), other))
        return Zero(rest, given)
    expected = '"conserved" with along=, "equal", or "parallel" with matrices and to='
    raise InvalidValueError(complain("kind", expected, kind))


def _combination(unknowns: list[Symbol], expressions: list[Any]) -> Any:
    """Return the linear combination of matrices, or of numbers."""
    pairs = zip(unknowns, expressions, strict=True)
    if isinstance(expressions[0], MatrixExpr):
        return matadd(*(matmul(c, e) for c, e in pairs))
    return sum((c * e for c, e in pairs), S.Zero)
