"""Read a plain certificate in order to show it to people: the checker's polynomials, with like terms collected.

What is read is one statement and one proof: a certificate that has no parts, or one case of a proof by cases or by
induction that was made to look like it. In a case of an induction, letters stand at the bases ``l`` and ``L``.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from tptheory.certificates import checker
from tptheory.certificates.checker import PROOFS, Algebra, Index, Name, Names, Shape, Word, Work, as_goal, as_zero

Monomial = tuple[tuple[Word, ...], Word]
"""Scalars and traces, sorted, each a word of its own; then the product of matrices."""
Terms = dict[Monomial, Fraction]
Polynomial = tuple[Terms, Shape]
"""A coefficient, never 0, for each monomial; and the shape."""

MALFORMED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError, MemoryError)
"""What reading can raise where data is not what `FORMAT.md` describes; `checker.Refused` is one of them."""

PATIENCE = 100
"""How many times the work of checking a certificate may be spent on showing it."""

BASES = "lL"
"""The bases, besides ``k``, at which the letters of a case of an induction stand."""

BOUND_INDEX: Index = ("k", 0)
"""The index k, at which laws and the goals of theorems are written in an induction."""


def letter_count(monomial: Monomial) -> int:
    """Count the letters of a monomial."""
    return len(monomial[1]) + sum(map(len, monomial[0]))


class Letter(NamedTuple):
    """The letter that a number of the checker stands for: a declared name, with its index if any, or its transpose."""

    name: Name
    transposed: bool


class Reader:
    """Read the polynomials of one plain certificate, each in normal form.

    Raises:
        Refused: if the declarations are not as they should be.
    """

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.names = Names(data, work := Work(checker.WORK * PATIENCE))
        self.algebra = Algebra(self.names, work, BASES)
        self._letters: dict[int, Letter] = {}
        self._closed: dict[Word, list[Word]] = {}

    def letter(self, number: int) -> Letter:
        """Return the letter that a number in a word stands for."""
        if number not in self._letters:  # a symmetric letter is never called its own transpose
            numbers = self.algebra.numbers
            self._letters = {number: Letter(name, turned) for (name, turned), number in reversed(numbers.items())}
        return self._letters[number]

    def item(self, number: int) -> Any:
        """Return a letter as certificates write it."""
        name, transposed = self.letter(number)
        written: Any = name[0] if len(name) == 1 else list(name)
        return {"T": written} if transposed else written

    def is_matrix(self, number: int) -> bool:
        """Tell a matrix from a number."""
        return self.algebra.matrix[number]

    def shape(self, number: int) -> Shape:
        """Return the shape of a letter; a number has the shape (1, 1)."""
        return self.algebra.shapes[number]

    def polynomial(self, terms: Any, at: Index | None = None) -> Polynomial:
        """Read terms of one shape; the index ``k``, where it may stand, is put at ``at``."""
        return self.normal(self.algebra.polynomial(terms, at, BASES))

    def hypotheses(self) -> list[Polynomial]:
        """Return the polynomials that are assumed to vanish."""
        return [self.normal(as_zero(h, self.algebra)) for h in self.data["hypotheses"]]

    def goal(self) -> Polynomial:
        """Return the polynomial that the goal is about."""
        return self.normal(as_goal(self.data["goal"], self.algebra).polynomial)

    def goal_terms(self) -> list[Any]:
        """Return the terms of the goal as the certificate writes them."""
        goal = self.data["goal"]
        return list(next(goal[kind] for kind in ("zero", "nonpositive", "rank") if kind in goal))

    def ends(self) -> tuple[Polynomial, Polynomial]:
        """Return the polynomial that a proof starts from, and the one that is left when all cofactors are subtracted.

        The first is the goal, or for a cancellation its squared norm. The last is 0, or minus a sum of squares, or for
        a rank a product.
        """
        summands = checker.SUMMANDS[self.data["method"]](
            as_goal(self.data["goal"], self.algebra), self.data, self.algebra
        )
        first = self.normal(next(summands)[1])
        last: Terms = {}
        for coefficient, p in summands:
            for m, c in self.normal(p)[0].items():
                last[m] = last.get(m, Fraction(0)) - coefficient * c
        return first, ({m: c for m, c in last.items() if c}, first[1])

    def cofactors(self, hypotheses: list[Polynomial]) -> list[Polynomial]:
        """Return for each cofactor the polynomial that it contributes: a hypothesis, multiplied from both sides."""
        count, found = len(hypotheses), []
        for coefficient, left, k, right, *outer in self.data["cofactors"]:
            h = raw(hypotheses[k % count])
            h = h if k < count else self.algebra.transpose(h)
            beside, product = self.algebra.beside, self.algebra.product
            p = product(product(beside(left), h), beside(right))
            p = product(beside(outer[0]), self.algebra.trace(p)) if outer else p
            found.append(self.normal(p, Fraction(coefficient)))
        return found

    def transpose(self, p: Polynomial) -> Polynomial:
        """Return the transpose."""
        return self.normal(self.algebra.transpose(raw(p)))

    def transposed(self, word: Word) -> Word:
        """Return the transpose of a word."""
        return self.algebra.turned(word)

    def normal(self, p: checker.Polynomial, factor: Fraction = Fraction(1)) -> Polynomial:
        """Add up like terms, once the scalars are taken out of each word and every trace is written in one way."""
        total: Terms = {}
        for coefficient, scalars, word in p[0]:
            between, rest = self._cut(word)
            named = [name for w in (*scalars, *between) for name in self._trace(w)]
            monomial = tuple(sorted(named)), rest
            total[monomial] = total.get(monomial, Fraction(0)) + factor * coefficient
        return {m: c for m, c in total.items() if c}, p[1]

    def _trace(self, word: Word) -> list[Word]:
        if word not in self._closed:
            self._closed[word] = self.algebra.closed(word)
        return self._closed[word]

    def _cut(self, word: Word) -> tuple[list[Word], Word]:
        """Split a product into the scalars that stand between two sizes 1, and the rest."""
        shapes = self.algebra.shapes
        composed = all(shapes[a][1] == shapes[b][0] for a, b in pairwise(word))
        checker.require(composed, "the shapes of two letters do not compose")
        at = [i for i, a in enumerate(word) if self.shape(a)[0] == 1]
        if word and self.shape(word[-1])[1] == 1:
            at.append(len(word))
        if len(at) < 2:
            return [], word
        return [word[i:j] for i, j in pairwise(at)], word[: at[0]] + word[at[-1] :]

    def turns(self, scalar: Word) -> Iterable[Word]:
        """Run through all ways to write a trace: its rotations and their transposes; a number has only one."""
        if self.is_matrix(scalar[0]):
            for w in (scalar, self.transposed(scalar)):
                for i in range(len(w)):
                    yield w[i:] + w[:i]
        else:
            yield scalar


def raw(p: Polynomial) -> checker.Polynomial:
    """Return a polynomial in the form that the checker uses."""
    return [(c, list(scalars), word) for (scalars, word), c in p[0].items()], p[1]


def accepted(data: dict[str, Any]) -> bool:
    """Tell whether the checker accepts the proof of a plain certificate, or of a case that was made to look like it."""
    try:
        algebra = Algebra(Names(data, work := Work()), work, BASES)
        hypotheses = [as_zero(h, algebra) for h in data["hypotheses"]]
        goal = as_goal(data["goal"], algebra)
        checker.check_proof(goal, hypotheses, {key: data[key] for key in PROOFS[data["method"]]}, algebra)
    except MALFORMED:
        return False
    return True
