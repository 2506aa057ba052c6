"""Equations by squares of a residual: ``D = 0`` where a hypothesis times ``D`` is a sum of squares, which all vanish.

So positive semidefinite roots are unique: ``S^2 - R^2 = S D + D R`` for ``D = S - R``, and ``tr D'(S D + D R)`` is
``|G'D|^2 + |H'D|^2`` for ``S = G G'`` and ``R = H H'``. Equations of Sylvester are of this kind, matrices that commute
with a square, and symmetric roots of a cube.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from tptheory.proving.completion import Completion
from tptheory.proving.equations import equation, squares_modulo
from tptheory.proving.limits import Limits
from tptheory.proving.norms import Squares, vanishing_with
from tptheory.proving.searching import LemmaChain, Proof, StuckError, completion, refuse_when_late
from tptheory.proving.square_words import SquareCandidate
from tptheory.proving.translating import Assumption
from tptheory.proving.translation import Translator
from tptheory.proving.words import Polynomial

MOST_TERMS = 4
"""A residual with more terms is left alone, and so is a hypothesis with more."""


def equal_by_residual(left: Polynomial, right: Polynomial, translator: Translator, deadline: float) -> Proof:
    """Show ``left = right`` after the squares that a hypothesis times the difference is the sum of.

    Raises:
        StuckError: if no such squares are found, or the equation does not follow from them.
    """
    D = left - right
    for h in _of_the_shape(D, translator):
        refuse_when_late(deadline)
        squares = _squares_without(h, D, translator, deadline)
        chain = LemmaChain(translator)
        _add_lemmas(chain, squares, deadline)
        if chain.lemmas:
            return chain.close(equation(left, right, chain.branch, deadline))
    raise StuckError("no hypothesis times the difference is a sum of squares")


def _of_the_shape(D: Polynomial, translator: Translator) -> Iterator[Assumption]:
    """Run through the short hypotheses of the shape of a residual, if that is a short matrix."""
    if translator.maybe_nonreal is None and not D.is_scalar and len(D.terms) <= MOST_TERMS:
        for h in translator.hypotheses:
            p = h.polynomial
            if h.transposes is None and (p.rows, p.columns) == (D.rows, D.columns) and 1 < len(p.terms) <= MOST_TERMS:
                yield h


def _squares_without(h: Assumption, D: Polynomial, translator: Translator, deadline: float) -> Squares:
    """Return squares that a hypothesis times ``D`` is the sum of, or minus it, by the other hypotheses; maybe none."""
    number, branch = (D.transpose() * h.polynomial).trace(), translator.branch()
    branch.completed = [*_products(D, h.polynomial)]
    left_out = translator.hypotheses.index(h)
    others = [k.polynomial for i, k in enumerate(translator.hypotheses) if left_out not in (i, k.transposes)]
    basis = Completion(translator.alphabet, others, Limits(effort=translator.effort))
    for signed in (number, number.scale(-1)):
        if squares := squares_modulo(basis, branch, signed, deadline):
            return squares
    return []


def _products(D: Polynomial, h: Polynomial) -> Iterator[SquareCandidate]:
    """Run through the products of letters of a hypothesis with the words of ``D``, from the left."""
    letters = sorted({letter for _, word in h.terms for letter in word})
    for letter, (_, word) in product(letters, D.terms):
        if D.alphabet.shape(letter)[1] == D.rows:
            yield SquareCandidate((), (), letter + word)


def _add_lemmas(chain: LemmaChain, squares: Squares, deadline: float) -> None:
    """Add that each of some squares vanishes, whose sum does."""
    basis = completion(chain.translator, deadline)
    for weight, Q in squares:
        rest = [(other / weight, P) for other, P in squares if P is not Q]
        vanishing = vanishing_with(basis, Q.norm(), rest)
        if vanishing is not None:
            chain.add(Q, vanishing.cancellation(chain.translator, Q))
