"""What helps a search for sums of squares: velocities, square roots of numbers, and short letters for polynomials.

Each is found among the letters of a translator, where its family says what it stands for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from itertools import product
from operator import mul
from typing import Any, NamedTuple

from tptheory.proving.knowledge import PRINCIPAL_ROOT, ROOT
from tptheory.proving.letters import Family, Letter
from tptheory.proving.rewriting import Cofactors, Combination
from tptheory.proving.translation import Translator
from tptheory.proving.velocities import Velocity
from tptheory.proving.words import Alphabet, Polynomial

ABBREVIATION = "abbreviation"
"""The kind of the letters that abbreviate polynomials during a search; they never reach a certificate."""


def replaced(p: Polynomial, letter: str, by: Polynomial) -> Polynomial:
    """Return a polynomial with a matrix, and its transpose, replaced by a polynomial of the same shape."""
    alphabet = p.alphabet
    stands_for = {alphabet.adjoints[letter]: by.transpose(), letter: by}

    def multiplied_out(word: str) -> Polynomial:
        return reduce(mul, (stands_for[a] if a in stands_for else Polynomial.word(alphabet, a) for a in word))

    total = Polynomial.zero(alphabet, p.rows, p.columns)
    for (scalars, word), coefficient in p.terms.items():
        untouched = tuple(s for s in scalars if not any(a in stands_for for a in s))
        if len(untouched) == len(scalars) and not any(a in stands_for for a in word):
            total = total + p.with_terms({(scalars, word): coefficient})
            continue
        term = multiplied_out(word) if word else Polynomial.identity(alphabet, p.rows)
        for s in scalars:
            if s not in untouched:
                term = multiplied_out(s).trace() * term
        total = total + Polynomial.number(alphabet, untouched, coefficient) * term
    return total


@dataclass(frozen=True)
class AuxiliaryLetters:
    """The letters of a translator that help a search for sums of squares.

    Attributes:
        velocities: the letters that stand for velocities.
        roots: for each number that a declaration or a hypothesis says is nonnegative, the letter of its square root.
        multipliers: the letters of the square roots of numbers and matrices that hypotheses say are not below 0.
        abbreviations: letters that stand for polynomials in searches; no certificate speaks of them.
    """

    velocities: list[str]
    roots: dict[str, str]
    multipliers: list[str]
    abbreviations: list[Abbreviation]

    @classmethod
    def of(cls, translator: Translator) -> AuxiliaryLetters:
        """Gather the auxiliary letters of a translator."""
        auxiliary = cls([], {}, [], [])
        for character, (letter, turned) in list(translator.alphabet.letters.items()):
            kind, subject = letter.family.kind, letter.family.subject
            if turned:
                continue
            if isinstance(subject, Velocity):
                auxiliary.velocities.append(character)
            elif kind in (ROOT, PRINCIPAL_ROOT) and not isinstance(subject, Family):
                auxiliary.multipliers.append(character)
                if (number := _plain_number(subject)) is not None:
                    auxiliary.roots.setdefault(number, character)
            elif kind == ROOT:
                auxiliary.roots[translator.alphabet.scalar(Letter(subject, letter.at))] = character
            elif kind == ABBREVIATION:
                auxiliary.abbreviations.append(Abbreviation.of(character, *subject))
        return auxiliary

    def without_abbreviations(self) -> AuxiliaryLetters:
        """Return the letters without the abbreviations."""
        return AuxiliaryLetters(self.velocities, self.roots, self.multipliers, [])

    def abbreviated(self, p: Polynomial) -> Polynomial:
        """Write a polynomial in terms of the abbreviations."""
        return reduce(lambda p, abbreviation: abbreviation.abbreviated(p), self.abbreviations, p)

    def expanded(self, p: Polynomial) -> Polynomial:
        """Put what is meant in the place of the abbreviations."""
        return reduce(lambda p, abbreviation: abbreviation.expanded(p), self.abbreviations, p)


def _plain_number(p: Any) -> str | None:
    """Return the letter of a number if a polynomial is nothing but that."""
    terms = p.terms if isinstance(p, Polynomial) else {}
    ((scalars, word), coefficient), *others = [*terms.items()] or [(((), ""), 0)]
    return scalars[0] if len(scalars) == 1 and coefficient == 1 and not others and not word else None


class Abbreviation(NamedTuple):
    """A letter for a polynomial in which another letter stands alone, such as ``E = W x - y``.

    A search may write the letter for the polynomial, by putting ``W x - E`` in the place of ``y``.
    """

    letter: str
    meaning: Polynomial
    solved: str
    solution: Polynomial

    @classmethod
    def of(cls, letter: str, meaning: Polynomial, solved: str) -> Abbreviation:
        """Solve ``letter = meaning`` for a letter that stands alone in the meaning, with the coefficient -1."""
        A = meaning.alphabet
        return cls(letter, meaning, solved, meaning + Polynomial.word(A, solved) - Polynomial.word(A, letter))

    def abbreviated(self, p: Polynomial) -> Polynomial:
        """Write a polynomial in terms of the letter."""
        return replaced(p, self.solved, self.solution)

    def expanded(self, p: Polynomial) -> Polynomial:
        """Put the polynomial back in the place of the short letter."""
        return replaced(p, self.letter, self.meaning)

    def expanded_in(self, origin: Combination, alphabet: Alphabet) -> Combination:
        """Put the polynomial back in the cofactors of a combination of hypotheses."""
        found: Combination = []
        for coefficient, place, number in origin:
            around = self._terms(alphabet, place.scalars, "")
            left, right = (self._terms(alphabet, (), word) for word in (place.left, place.right))
            outer = [(((), None), 1)] if place.outer is None else self._terms(alphabet, (), place.outer)
            for ((a, _), b), ((c, u), d), ((e, v), f), ((g, w), h) in product(around, left, right, outer):
                scalars = tuple(sorted((*a, *c, *e, *g)))
                found.append((coefficient * b * d * f * h, Cofactors(scalars, u, v, w), number))
        return found

    def _terms(self, alphabet: Alphabet, scalars: tuple[str, ...], word: str) -> list[Any]:
        """Return the terms of a product in which the letter is expanded."""
        rows, columns = alphabet.shape(word) if word else (1, 1)
        return list(self.expanded(Polynomial(alphabet, rows, columns, {(scalars, word): 1})).terms.items())
