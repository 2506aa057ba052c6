"""Square roots: ``s |Q|^2`` is ``|r Q|^2`` for ``s = r^2``, and ``tr(Q S Q')`` is ``|Q R|^2`` for ``S = R R'``.

A number that is known not to be below 0 has such a root, and so has a matrix that is known to be positive semidefinite.
"""

from __future__ import annotations

from typing import Any

from sympy import Symbol

from tptheory.proving.knowledge import ROOT
from tptheory.proving.letters import Family, Letter
from tptheory.proving.translation import Reason, Translator
from tptheory.proving.words import Alphabet, Polynomial


def assume_roots(translator: Translator) -> None:
    """Give each number ``s`` that is declared to be nonnegative a letter ``r`` with ``r^2 = s``.

    That such an ``r`` exists is what the declaration of ``s`` says, so that nothing else is assumed.
    """
    alphabet = translator.alphabet
    for letter, _ in list(alphabet.letters.values()):
        if _is_nonnegative(letter) and letter.family not in alphabet.named.sizes:
            number = Polynomial.scalar(alphabet, letter)
            translator.assume(root_equation(alphabet, letter), ("nonnegative", number.data()))


def equation_of_root(translator: Translator, A: Polynomial) -> tuple[Polynomial, Reason]:
    """Return ``R R' - A`` for the root of what a hypothesis says is not below 0, and the reason that it vanishes."""
    A = A.trace() if A.is_scalar else A
    root = translator.root(A)
    said: Reason = ("nonnegative", A.data()) if A.is_scalar else ("property", "positive_semidefinite", A.data())
    return root * root.transpose() - A, said


def root_equation(alphabet: Alphabet, letter: Letter) -> Polynomial:
    """Return ``r^2 - s`` for the root ``r`` of a number ``s``; the roots of numbers at all indices are one family."""
    number = Polynomial.scalar(alphabet, letter)
    root = Polynomial.scalar(alphabet, Letter(root_of(letter.family, number.data()), letter.at))
    return root * root - number


def root_of(family: Family, terms: list[Any]) -> Family:
    """Return the family of the square roots of numbers, whose terms a certificate remarks."""
    return Family(ROOT, family, f"sqrt({family.name})", {"root": terms})


def _is_nonnegative(letter: Letter) -> bool:
    subject = letter.family.subject
    return letter.family.kind == "number" and isinstance(subject, Symbol) and bool(subject.is_nonnegative)
