"""Quotients of quantities that decay, from which the time cancels: they are conserved where no divisor is 0.

Where ``dQ/dt = -r Q`` and ``dq/dt = -s q`` with ``r = k s``, ``Q / q^k`` is conserved. So under weight decay the
balance of two layers, divided by its own trace, does not change. Of a matrix that only decays, such as ``W_1`` where
no error reaches it, the entries keep their ratios.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sympy import MatrixExpr, S, Sum, Trace

from tptheory.invariants.ansatz import Candidate
from tptheory.symbolic.expressions import matmul, transpose


def quotients(decaying: Sequence[Candidate], vanishes: Callable[[Any], bool]) -> list[Candidate]:
    """Return decaying quantities divided by a power of one number that decays, the first that is not always 0.

    A quantity is squared where only the rate of its square is an integer multiple of the number's rate; it is left out
    where neither is, and where it is that number itself.

    Args:
        decaying: quantities with their rates.
        vanishes: whether a quantity is 0 at almost every point.
    """
    divisor = next((number for law in decaying for number in _numbers(law) if not vanishes(number.quantity)), None)
    if divisor is None:
        return []
    others = [law for law in decaying if law.quantity != divisor.quantity]
    whole = [law if (law.rate / divisor.rate).is_Integer else _squared(law) for law in others]
    return [
        _divided(law, divisor, int(law.rate / divisor.rate)) for law in whole if (law.rate / divisor.rate).is_Integer
    ]


def _numbers(law: Candidate) -> list[Candidate]:
    """Return numbers that decay as a quantity does, or twice as fast: itself, an entry, a trace or a squared norm."""
    Q = law.quantity
    if not isinstance(Q, MatrixExpr):
        return [law]
    entry = Q[0, 0]
    if not entry.has(Sum):  # of a product it would be a sum over an index
        return [law._replace(quantity=entry)]
    trace = [law._replace(quantity=Trace(Q))] if Q.rows == Q.cols else []
    return [*trace, Candidate(Trace(matmul(transpose(Q), Q)), 2 * law.letters, law.given, 2 * law.rate)]


def _squared(law: Candidate) -> Candidate:
    """Return the square of a quantity, of a matrix ``Q Q'``; it decays twice as fast."""
    Q = law.quantity
    square = matmul(Q, transpose(Q)) if isinstance(Q, MatrixExpr) else Q**2
    return Candidate(square, 2 * law.letters, law.given, 2 * law.rate)


def _divided(law: Candidate, divisor: Candidate, power: int) -> Candidate:
    reciprocal = divisor.quantity**-power
    is_matrix = isinstance(law.quantity, MatrixExpr)
    quantity = matmul(reciprocal, law.quantity) if is_matrix else law.quantity * reciprocal
    given = tuple(dict.fromkeys((*law.given, *divisor.given)))
    return Candidate(quantity, law.letters + power * divisor.letters, given, S.Zero)
