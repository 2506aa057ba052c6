"""Proofs by squared norms: a real matrix with ``|D|^2 <= 0`` is zero, and a number that becomes 0 when squares are
added to it is at most 0.

Both say that a number, plus weighted squared norms of polynomials, is a combination of the hypotheses.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from tptheory.proving.completion import Completion
from tptheory.proving.rewriting import traced_cofactors
from tptheory.proving.searching import Proof, combination_of, concluded
from tptheory.proving.squares import WeightedSquare
from tptheory.proving.translation import Translator
from tptheory.proving.unfolding import Membership
from tptheory.proving.words import Polynomial

Squares = Sequence[WeightedSquare]


class VanishingSum(NamedTuple):
    """How a number plus weighted squared norms vanishes: the combination of hypotheses, and the squares."""

    membership: Membership
    squares: Squares = ()

    def cancellation(self, translator: Translator, *goal: Polynomial) -> Proof:
        """Return the proof that a goal, a sum of polynomials, vanishes; the number was its squared norm."""
        return self._proof(translator, goal, "cancellation")

    def descent(self, translator: Translator, number: Polynomial) -> Proof:
        """Return the proof that the number is at most 0."""
        return self._proof(translator, (number,), "descent")

    def _proof(self, translator: Translator, goal: tuple[Polynomial, ...], method: str) -> Proof:
        fields: dict[str, Any] = {"squares": [[str(weight), Q.data()] for weight, Q in self.squares]}
        return concluded(translator, self.membership, lambda origin: Proof(goal, origin, method, fields))


def with_squares(number: Polynomial, squares: Squares) -> Polynomial:
    """Return a number plus weighted squared norms."""
    return sum((Q.norm().scale(weight) for weight, Q in squares), number)


def vanishing_with(basis: Completion, number: Polynomial, squares: Squares) -> VanishingSum | None:
    """Return how a number plus squares vanishes, if the basis as it is rewrites the sum to 0; else None."""
    whole = with_squares(number, squares)
    return VanishingSum(combination_of(basis, whole), squares) if basis.vanishes(whole) else None


def gram(D: Polynomial) -> Polynomial:
    """Return the Gram matrix ``D'D``; its trace is taken once, which makes the letter for its size if it needs one."""
    found = D.transpose() * D
    found.trace()
    return found


def traced(found: Membership, D: Polynomial) -> Membership:
    """Turn how the Gram matrix of ``D`` vanishes into how its trace does, which is the squared norm of ``D``."""
    places = [(c, k, *traced_cofactors(D.alphabet, place, D.columns)) for c, place, k in found.origin]
    return found._replace(origin=[(c * n, place, k) for c, k, place, n in places])
