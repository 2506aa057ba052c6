"""Letters for the square roots of numbers that are declared to be nonnegative: ``s |Q|^2`` is then ``|r Q|^2``."""

from __future__ import annotations

from sympy import Symbol

from tptheory.proving.letters import Family, Letter
from tptheory.proving.search_aids import ROOT
from tptheory.proving.translation import Translator
from tptheory.proving.words import Polynomial


def assume_roots(translator: Translator) -> None:
    """Give each number ``s`` that is declared to be nonnegative a letter ``r`` with ``r^2 = s``.

    That such an ``r`` exists is what the declaration of ``s`` says, so that nothing else is assumed.
    """
    alphabet = translator.alphabet
    for letter, _ in list(alphabet.letters.values()):
        if _is_nonnegative(letter) and letter.family not in alphabet.named.sizes:
            number = Polynomial.scalar(alphabet, letter)
            family = Family(ROOT, letter, f"sqrt({letter.family.name})", {"root": number.data()})
            root = Polynomial.scalar(alphabet, Letter(family))
            translator.assume(root * root - number, ("nonnegative", number.data()))


def _is_nonnegative(letter: Letter) -> bool:
    subject = letter.family.subject
    return letter.family.kind == "number" and isinstance(subject, Symbol) and bool(subject.is_nonnegative)
