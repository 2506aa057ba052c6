"""Square roots: ``s |Q|^2`` is ``|r Q|^2`` for ``s = r^2``, and ``tr(Q S Q')`` is ``|Q R|^2`` for ``S = R R'``.

A number that is known not to be below 0 has such a root, and so has a matrix that is known to be positive semidefinite.
Which numbers these are is told by `nonnegative`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sympy import Symbol

from tptheory.proving.auxiliary_letters import AuxiliaryLetters
from tptheory.proving.knowledge import PRINCIPAL_ROOT, ROOT
from tptheory.proving.letters import Family, Letter
from tptheory.proving.nonnegative import half_of_trace, is_nonnegative_letter
from tptheory.proving.term_order import DEFINED, INVERSE, PLAIN, is_defined
from tptheory.proving.translation import Reason, Translator
from tptheory.proving.words import Alphabet, Polynomial

PRINCIPAL: Reason = ("definition", "the principal root commutes with what its square commutes with")


def assume_roots(translator: Translator) -> None:
    """Give each number ``s`` that is known not to be below 0 a letter ``r`` with ``r^2 = s``.

    That such an ``r`` exists is what the declaration of ``s`` says, or the function that it is, so that nothing else is
    assumed.
    """
    alphabet = translator.alphabet
    for letter, _ in list(alphabet.letters.values()):
        if is_nonnegative_letter(letter, translator) and letter.family not in alphabet.named.sizes:
            assume_root(translator, letter)


def assume_root(translator: Translator, letter: Letter) -> Polynomial:
    """Assume what defines the root ``r`` of a number ``s`` that is known not to be below 0; return ``r^2 - s``."""
    equation = root_equation(translator.alphabet, letter)
    translator.assume(equation, ("nonnegative", Polynomial.scalar(translator.alphabet, letter).data()))
    return equation


def assume_positive_integers(translator: Translator, number: Polynomial) -> None:
    """Give each positive integer ``n`` that a number speaks of, such as a size, a letter ``r`` with ``r^2 = n - 1``."""
    alphabet = translator.alphabet
    for character in sorted({s for scalars, _ in number.terms for s in scalars if not alphabet.is_trace(s)}):
        letter, _ = alphabet.letters[character]
        if letter.at is None and _is_positive_integer(letter.family, alphabet):
            above = Polynomial.scalar(alphabet, letter) - Polynomial.identity(alphabet, 1)
            translator.assume(translator.root_defect(above), ("nonnegative", above.data()))


def _is_positive_integer(family: Family, alphabet: Alphabet) -> bool:
    """Whether the letter of a family is a size, or a symbol that is declared to be an integer above 0."""
    if family.kind != "number" or not isinstance(family.subject, Symbol):
        return False
    return family in alphabet.named.sizes or bool(family.subject.is_integer and family.subject.is_positive)


def assume_principal_roots(translator: Translator, matrices: Iterable[Polynomial]) -> None:
    """Give each positive semidefinite ``A`` that commutes with a letter ``M`` a symmetric ``T`` with ``T^2 = A``.

    The principal root is a polynomial in ``A`` (Higham, Functions of Matrices, 2008), and so ``T M = M T``. A itself is
    the principal root of its square, and commutes with what that commutes with.
    """
    alphabet = translator.alphabet
    basis = translator.short_completion()
    for A in matrices:
        symbols = _other_symbols(A)
        commuting = [M for M in symbols if basis.vanishes(A * M - M * A)]
        for M in symbols:
            if M not in commuting and basis.vanishes(A * A * M - M * A * A):
                translator.assume(A * M - M * A, PRINCIPAL)
        if commuting:
            letter = Letter(Family(PRINCIPAL_ROOT, A, f"sqrt({A!r})", {"principal root": A.data()}))
            T = Polynomial.word(alphabet, alphabet.matrix(letter, A.rows, A.rows, level=INVERSE, symmetric=True))
            translator.assume(T * T - A, ("property", "positive_semidefinite", A.data()))
            for M in commuting:
                translator.assume(T * M - M * T, PRINCIPAL)


def _other_symbols(A: Polynomial) -> list[Polynomial]:
    """Return the symbols, and their transposes, that have the shape of a square matrix and are not that matrix."""
    alphabet = A.alphabet
    symbols = [a for a in sorted(alphabet.matrices_of_certificates()) if alphabet.letters[a][0].family.kind == "symbol"]
    fitting = [Polynomial.word(alphabet, a) for a in symbols if alphabet.shapes[a] == (A.rows, A.rows)]
    return [M for M in fitting if not A.is_scalar and M not in (A, A.transpose())]


def equation_of_root(translator: Translator, A: Polynomial) -> tuple[Polynomial, Reason]:
    """Return ``R R' - A`` for the root of what a hypothesis says is not below 0, and the reason that it vanishes."""
    A = A.trace() if A.is_scalar else A
    said: Reason = ("nonnegative", A.data()) if A.is_scalar else ("property", "positive_semidefinite", A.data())
    return translator.root_defect(A), said


def root_of_norm(translator: Translator, word: str) -> str:
    """Return the letter of the square root of the squared norm of a word, and assume what defines it."""
    norm = Polynomial.word(translator.alphabet, word).norm()
    translator.assume(*equation_of_root(translator, norm))
    ((scalars, _),) = translator.root(norm).terms
    return scalars[0]


def root_of_scalar(translator: Translator, s: str) -> str | None:
    """Return the letter of the square root of a number; None if there is no such letter.

    Of a squared norm, and of a number that is declared not to be negative, what defines the letter is assumed; of any
    other there is a letter where a hypothesis, or a case of one, says that it is not below 0. Numbers that are declared
    not to be 0 get reciprocals, by which a multiple of what vanishes can be divided.
    """
    alphabet = translator.alphabet
    if alphabet.is_trace(s):
        half = half_of_trace(alphabet, s)
        return root_of_norm(translator, half) if half else None
    letter, _ = alphabet.letters[s]
    translator.bring_in_reciprocals()
    if is_nonnegative_letter(letter, translator):
        assume_root(translator, letter)
    return AuxiliaryLetters.of(translator).roots.get(s)


def root_equation(alphabet: Alphabet, letter: Letter) -> Polynomial:
    """Return ``r^2 - s`` for the root ``r`` of a number ``s``; the roots of numbers at all indices are one family."""
    number = Polynomial.scalar(alphabet, letter)
    level = DEFINED if is_defined(alphabet.scalar(letter)) else PLAIN
    root = Polynomial.scalar(alphabet, Letter(root_of(letter.family, number.data()), letter.at), level)
    return root * root - number


def root_of(family: Family, terms: list[Any]) -> Family:
    """Return the family of the square roots of numbers, whose terms a certificate remarks."""
    return Family(ROOT, family, f"sqrt({family.name})", {"root": terms})
