"""Forms: matrices that are known to be positive semidefinite, and the products and inverses of them that are forms."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tptheory.proving.knowledge import ROOT, Knowledge
from tptheory.proving.nonnegative import half_of, is_nonnegative, squares_of_letters
from tptheory.proving.term_order import Monomial
from tptheory.proving.translating import Reason
from tptheory.proving.transposes import signs_of_transposes, without_transposes
from tptheory.proving.words import Polynomial, Rational

INVERSE_FORM: Reason = ("definition", "inverses of semidefinite matrices are semidefinite")
PINV_FORM: Reason = ("definition", "pseudo-inverses of semidefinite matrices are semidefinite")
Follows = Callable[[], Iterator[tuple[Polynomial, Reason]]]
"""Returns what follows from what is known now."""


class Forms:
    """Tells positive semidefinite terms and accretive sums, as far as hypotheses say so of their letters."""

    def __init__(self, translator: Knowledge) -> None:
        self._translator = translator
        self._squares = squares_of_letters(translator)
        self._signs = signs_of_transposes(translator)

    def is_accretive(self, A: Polynomial) -> bool:
        """Whether a square matrix is a sum of positive semidefinite terms and a skew matrix."""
        rest = A.with_terms({m: c for m, c in A.terms.items() if not self.is_semidefinite(m, c)})
        return not without_transposes(rest + rest.transpose(), self._signs)

    def is_form(self, A: Polynomial) -> bool:
        """Whether each term of a square matrix, which has no letters at a layer, is positive semidefinite."""
        return A.rows == A.columns and not has_layers(A) and all(self.is_semidefinite(m, c) for m, c in A.terms.items())

    def is_semidefinite(self, monomial: Monomial, c: Rational) -> bool:
        """Whether a term is a Gram matrix, or a letter that is one between a matrix and its transpose."""
        (scalars, word), alphabet = monomial, self._translator.alphabet
        number = Polynomial.number(alphabet, scalars, c)
        whole = "".join(self._squares.get(letter, letter) for letter in word)
        return is_nonnegative(number, self._translator) and (not word or bool(half_of(alphabet, [whole])))


def has_layers(A: Polynomial) -> bool:
    """Whether a letter of a polynomial stands at a layer."""
    return A.alphabet.has_layers("".join("".join(scalars) + word for scalars, word in A.terms))


def assume_form(translator: Knowledge, factors: Sequence[Polynomial], whole: Polynomial, reason: Reason) -> None:
    """Assume that an inverse, or a product of some kind, has a root where its factors are forms.

    Of a number that is not below 0 more is known already: it has a root, and so has its reciprocal.
    """
    if whole.rows != whole.columns or whole.is_scalar:
        return

    def follows() -> Iterator[tuple[Polynomial, Reason]]:
        forms = Forms(translator)
        if all(map(forms.is_form, factors)):
            yield translator.root_defect(whole), reason

    assume_once_known(translator, ("form", whole, tuple(factors)), follows)


def assume_once_known(translator: Knowledge, key: object, follows: Follows) -> None:
    """Assume what follows of forms, now or when a later hypothesis tells that something is one."""
    found = list(follows())
    for polynomial, reason in found:
        translator.assume(polynomial, reason)
    if not found:
        translator.conclude(key, lambda zero: follows() if _may_tell_a_form(zero) else (), later=True)


def _may_tell_a_form(zero: Polynomial) -> bool:
    """Whether an equation has the root of a matrix, or equates two words, as ``P P = P`` and ``K' = -K`` do."""
    letters = zero.alphabet.letters
    roots = any(letters[a][0].family.kind == ROOT for _, word in zero.terms for a in word)
    return roots or (len(zero.terms) == 2 and not zero.is_scalar)
