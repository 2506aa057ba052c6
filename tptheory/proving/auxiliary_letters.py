"""What helps a search for sums of squares: velocities, and square roots of numbers and matrices.

Each is found among the letters of a translator, where its family says what it stands for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import mul
from typing import Any

from tptheory.proving.knowledge import PRINCIPAL_ROOT, ROOT
from tptheory.proving.letters import Family, Letter
from tptheory.proving.translation import Translator, Velocity
from tptheory.proving.words import Polynomial


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
    """

    velocities: list[str]
    roots: dict[str, str]
    multipliers: list[str]

    @classmethod
    def of(cls, translator: Translator) -> AuxiliaryLetters:
        """Gather the auxiliary letters of a translator."""
        auxiliary = cls([], {}, [])
        for character, (letter, turned) in list(translator.alphabet.letters.items()):
            kind, subject = letter.family.kind, letter.family.subject
            if turned:
                continue
            if isinstance(subject, Velocity):
                auxiliary.velocities.append(character)
            elif kind in (ROOT, PRINCIPAL_ROOT) and not isinstance(subject, Family):
                auxiliary.multipliers.append(character)
                if (number := plain_number(subject)) is not None:
                    auxiliary.roots.setdefault(number, character)
            elif kind == ROOT:
                auxiliary.roots[translator.alphabet.scalar(Letter(subject, letter.at))] = character
        return auxiliary


def plain_number(p: Any) -> str | None:
    """Return the letter of a number if a polynomial is nothing but that."""
    terms = p.terms if isinstance(p, Polynomial) else {}
    ((scalars, word), coefficient), *others = [*terms.items()] or [(((), ""), 0)]
    return scalars[0] if len(scalars) == 1 and coefficient == 1 and not others and not word else None
