"""Polynomials in words, valued at exact matrices, and read out of certificates: for tests of the translation."""

from fractions import Fraction
from functools import reduce
from math import prod
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from oracles.exact import Evaluation, diagonal, factors, full, inverse, pseudo_inverse, rank
from sympy import MatrixSymbol, Rational, S, Symbol

from tptheory.claims.goals import rates
from tptheory.claims.hypotheses import Hypothesis
from tptheory.numeric.intervals import is_shown_not_semidefinite
from tptheory.proving.block_matrices import COMPLEX
from tptheory.proving.determinant_order import ABOVE_TRACE, ACCRETIVE, BY_MINORS, FISCHER, ORDERED
from tptheory.proving.forms import INVERSE_FORM, PINV_FORM
from tptheory.proving.further_nodes import KRONECKER, SCHUR
from tptheory.proving.knowledge import ROOT
from tptheory.proving.letters import Letter
from tptheory.proving.obligations import assumed_of
from tptheory.proving.translating import letters_in
from tptheory.proving.translation import Translator, Velocity
from tptheory.proving.words import Polynomial

ROOTS = (ORDERED, ACCRETIVE, ABOVE_TRACE, BY_MINORS, FISCHER, COMPLEX, KRONECKER, SCHUR, INVERSE_FORM, PINV_FORM)
"""Why a root exists that no hypothesis of a claim speaks of."""


def random_values(expression, seed):
    """Return random exact values for the symbols of an expression."""
    rng = np.random.default_rng(seed)
    atoms = expression.atoms(MatrixSymbol, Symbol)
    matrices = sorted((a for a in atoms if isinstance(a, MatrixSymbol)), key=str)
    sizes = {s: int(rng.integers(1, 4)) for a in matrices for s in sorted(sum(a.shape).free_symbols, key=str)}
    values = dict(sizes)
    for a in matrices:
        rows, columns = (int(k.subs(sizes)) for k in a.shape)
        values[a] = fmpq_mat(rows, columns, [int(k) for k in rng.integers(-2, 3, size=rows * columns)])
    for s in sorted(atoms - set(matrices) - set(sizes), key=str):
        values[s] = fmpq(int(rng.integers(1, 5)), 3)
    return values


def knowing(claim: Any, thin: bool, transposes_last: bool) -> Translator:
    """Return a translator that knows what a claim assumes."""
    translator = Translator(thin, transposes_last)
    for h in claim.given:
        for witness, _ in h.owners() if isinstance(h, Hypothesis) else ():
            translator.witness(witness)
    for h in claim.given:
        for expression, reason in assumed_of(h, translator):
            translator.assume(translator(expression), reason)
    return translator


def brought_in(claim: Any, values: dict[Any, Any]) -> dict[Any, Any]:
    """Return values of the symbols that hypotheses and flows bring in."""
    at = Evaluation(values)
    found = {Velocity(W): at(v)[0] for rate in rates(claim.goals()) for W, v in rate.flow.items() if W in values}
    for h in claim.given:
        owners = h.owners() if isinstance(h, Hypothesis) else ()
        for (u, A), (v, _) in zip(owners[::2], owners[1::2], strict=True):
            value = at(A)[0]
            zero = fmpq_mat(value.nrows(), 1), fmpq_mat(1, value.ncols())
            F, G = (p[0] for p in factors((value, value))[:2]) if rank(value) else zero
            found |= {u: F, v: G.transpose()}
    return found


class Letters:
    """The value of every letter of a translator, by what its family is made of: names are not read.

    Args:
        translator: the translator, after everything that is to be valued.
        values: the values of the symbols of SymPy.
    """

    def __init__(self, translator: Translator, values: dict[Any, Any]) -> None:
        self.alphabet = translator.alphabet
        self.table = values
        self.sizes = {s: n for s, n in values.items() if isinstance(n, int)}
        self.values: dict[Letter, Any] = {}

    def size(self, size: Any) -> int:
        """Return a size in numbers."""
        return size if isinstance(size, int) else int(size.family.subject.subs(self.sizes))

    def number(self, size: Any) -> int:
        """Return a size that is an integer, or an expression, in numbers."""
        return size if isinstance(size, int) else int(S(size).subs(self.sizes))

    def letter(self, character: str) -> Any:
        """Return the value of a letter: a matrix, or a number."""
        letter, turned = self.alphabet.letters[character]
        if letter not in self.values:
            self.values[letter] = self.made(letter)
        value = self.values[letter]
        return value.transpose() if turned else value

    def made(self, letter: Letter) -> Any:
        """Compute the value of a family from its subject."""
        assert letter.at is None
        kind, subject = letter.family.kind, letter.family.subject
        if kind in ("symbol", "number"):
            value = self.table[subject] if subject in self.table else int(subject.subs(self.sizes))
            return fmpq(value) if isinstance(value, int) else value
        if kind == "ones":
            k = subject if isinstance(subject, int) else self.size(Letter(subject))
            return fmpq_mat(k, 1, [1] * k)
        if kind in MADE:
            return MADE[kind](self, *subject)
        value = self.value(subject)
        if kind == "det":
            return value.det()
        found = {"pinv": pseudo_inverse, "inverse": inverse}[kind]((value, value))[0]
        return found[0, 0] if subject.is_scalar else found

    def holds(self, hypothesis: Any) -> bool:
        """Whether an equation holds; of roots, which may be irrational, what is under them is evaluated."""
        spoken = [*letters_in(hypothesis.polynomial)]
        squares = [self.value(letter.family.subject) for letter in spoken if letter.family.kind == ROOT]
        if not squares:
            return not any(self.value(hypothesis.polynomial).entries())
        if any(is_shown_not_semidefinite(square) for square in squares):
            return False
        if hypothesis.reason in ROOTS:
            return any(self.defines(hypothesis.polynomial, letter) for letter in spoken if letter.family.kind == ROOT)
        return hypothesis.reason[0] == "nonnegative" or prod(square[0, 0] for square in squares) == 0

    def defines(self, equation: Polynomial, root: Letter) -> bool:
        """Whether an equation says no more of a root than what its square is."""
        alphabet = self.alphabet
        (a,) = (a for a, (letter, turned) in alphabet.letters.items() if letter == root and not turned)
        is_number = alphabet.shapes[a] is None
        square = (
            Polynomial.number(alphabet, (a, a)) if is_number else Polynomial.word(alphabet, a + alphabet.adjoints[a])
        )
        said = square - root.family.subject
        return equation in (said, said.scale(-1), said.transpose())

    def word(self, letters: str) -> Any:
        """Multiply a word out."""
        return reduce(lambda A, B: A * B, map(self.letter, letters))

    def value(self, p: Polynomial) -> fmpq_mat:
        """Multiply a polynomial out, as a matrix; a scalar is a 1x1 one."""
        rows, columns = self.size(p.rows), self.size(p.columns)
        total = fmpq_mat(rows, columns)
        for (scalars, word), c in p.terms.items():
            number = fmpq(c.numerator, c.denominator)
            for s in scalars:
                number *= diagonal(self.word(s)) if self.alphabet.is_trace(s) else self.letter(s)
            total += (self.word(word) if word else full(rows, rows, lambda i, j: int(i == j))) * number
        return total


def _kronecker(letters: Letters, before: Any, family: Any, after: Any) -> fmpq_mat:
    """Return ``I (x) a (x) I``."""
    one, other = (full(n, n, lambda i, j: int(i == j)) for n in (letters.number(before), letters.number(after)))
    return tensor(tensor(one, letters.made(Letter(family))), other)


def tensor(A: fmpq_mat, B: fmpq_mat) -> fmpq_mat:
    """Return the Kronecker product."""
    m, n, p, q = A.nrows(), A.ncols(), B.nrows(), B.ncols()
    return fmpq_mat(m * p, n * q, [A[i // p, j // q] * B[i % p, j % q] for i in range(m * p) for j in range(n * q)])


def _coordinates(letters: Letters, number: int, parts: Any, whole: Any) -> fmpq_mat:
    """Return the columns of the identity that belong to a block."""
    widths = [letters.size(size) for size in parts]
    start = sum(widths[:number])
    return full(letters.size(whole), widths[number], lambda i, j: int(i == start + j))


def _unit(letters: Letters, size: Any, number: int) -> fmpq_mat:
    return full(letters.size(size), 1, lambda i, _: int(i == number))


def _entrywise(letters: Letters, *words: Any) -> fmpq_mat:
    """Multiply words entry by entry; the empty word is the identity."""

    def value(word: Any) -> Any:
        factors = [letters.made(letter).transpose() if turned else letters.made(letter) for letter, turned in word]
        return reduce(lambda A, B: A * B, factors) if factors else None

    found = [value(word) for word in words]
    rows, columns = next((A.nrows(), A.ncols()) for A in found if A is not None)
    total = full(rows, columns, lambda i, j: 1)
    for A in found:
        total = full(
            rows, columns, lambda i, j, A=A, total=total: total[i, j] * (A[i, j] if A is not None else int(i == j))
        )
    return total


def _function(letters: Letters, function: Any, *arguments: Polynomial) -> fmpq:
    """Return a function of numbers that is rational, such as the absolute value."""
    numbers = [letters.value(p)[0, 0] for p in arguments]
    found = function(*(Rational(int(x.p), int(x.q)) for x in numbers))
    return fmpq(int(found.p), int(found.q))


MADE = {
    "kronecker": _kronecker,
    "coordinates": _coordinates,
    "unit": _unit,
    "entrywise": _entrywise,
    "function": _function,
}


class Reader:
    """Read the polynomials of a certificate in the letters of a translator."""

    def __init__(self, translator: Translator) -> None:
        self.alphabet = translator.alphabet
        self.named = translator.alphabet.named
        letters = self.alphabet.letters
        self.letters = {letter: character for character, (letter, turned) in letters.items() if not turned}

    def size(self, item: Any) -> Any:
        """Return a size."""
        return item if isinstance(item, int) else Letter(self.named.families[item])

    def character(self, item: Any) -> str:
        """Return the character of a letter."""
        if isinstance(item, dict):
            return self.alphabet.adjoints[self.character(item["T"])]
        letter = Letter(self.named.families[item])
        return self.letters[letter] if letter in self.letters else self.alphabet.scalar(letter)

    def word(self, items: list[Any], size: Any = None) -> Polynomial:
        """Multiply the letters, and the traces, of a word."""
        scalar, matrix = Polynomial.identity(self.alphabet, 1), None
        for item in items:
            if isinstance(item, dict) and "tr" in item:
                scalar = scalar * self.word(item["tr"]).trace()
                continue
            character = self.character(item)
            if self.alphabet.shapes[character] is None:
                scalar = scalar * Polynomial.scalar(self.alphabet, self.alphabet.letters[character][0])
            else:
                letter = Polynomial.word(self.alphabet, character)
                matrix = letter if matrix is None else matrix * letter
        return scalar * (Polynomial.identity(self.alphabet, self.size(size)) if matrix is None else matrix)

    def __call__(self, terms: list[Any]) -> Polynomial:
        """Add the terms up."""
        total = None
        for number, items, *size in terms:
            term = self.word(items, *size).scale(Fraction(number))
            total = term if total is None else total + term
        return total
