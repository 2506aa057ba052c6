"""Statements as Coq text, in the notation of MathComp, as a mathematician would write them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from tptheory.certificates.checker import Goal, Name, Polynomial, Shape, Size, Terms, Word
from tptheory.errors import UnsupportedExpressionError
from tptheory.exporting.coq.reading import LARGEST_NUMERAL, CertificateReading, Equation, equation


class CoqWriter:
    """Writes polynomials, equations and goals as Coq text.

    Args:
        reading: the letters of the certificate.
        letter: returns the Coq term of a letter of a shape.
        size: returns the Coq term of a size.
    """

    def __init__(
        self, reading: CertificateReading, letter: Callable[[Name, Shape], str], size: Callable[[Size], str]
    ) -> None:
        """Keep the letters, and the functions that write letters and sizes."""
        self.reading, self.letter, self.size = reading, letter, size

    def key(self, key: Name) -> str:
        """Return a letter that was read, not transposed."""
        return self.letter(key, self.reading.shape(key))

    def matrix(self, number: int) -> str:
        """Return a matrix, or its transpose."""
        key, turned = self.reading.keys[number]
        return f"{parenthesised(self.key(key))}^T" if turned else self.key(key)

    def product(self, word: Word) -> str:
        """Return a product of matrices; the empty product is the identity."""
        return " *m ".join(map(self.matrix, word)) or "1%:M"

    def factor(self, word: Word) -> str:
        """Return a scalar factor: a trace, a size that stands as a number, or a scalar letter."""
        if self.reading.matrix[word[0]]:
            return rf"\tr ({self.product(word)})"
        key, _ = self.reading.keys[word[0]]
        return f"{parenthesised(self.size(key))}%:R" if self.reading.is_size(key) else self.key(key)

    def term(self, coefficient: Fraction, factors: Sequence[Word], word: Word, scalar: bool) -> str:
        """Return a term with a positive coefficient; ``scalar`` says whether it is a number and not a matrix."""
        numeral = number(coefficient)
        if factors and " " in numeral:
            numeral = f"({numeral})"
        numbers = [numeral] * (numeral != "1" or not factors) + [self.factor(f) for f in factors]
        if scalar:
            return " * ".join(numbers)
        product = self.product(word)
        if numbers == ["1"]:
            return product
        return f"{parenthesised(' * '.join(numbers))} *: {f'({product})' if len(word) > 1 else product}"

    def total(self, terms: Terms, scalar: bool) -> str:
        """Return a sum of terms; a sum without terms is 0."""
        text = ""
        for c, factors, word in terms:
            one = self.term(abs(c), factors, word, scalar)
            if c < 0:
                text += f" - ({one})" if text else f"- ({one})"
            elif c > 0:
                text += f" + {one}" if text else one
        return text or "0"

    def matrices(self, shape: Shape) -> str:
        """Return the Coq type of the matrices of a shape."""
        return f"'M[R]_({self.size(shape[0])}, {self.size(shape[1])})"

    def typed(self, p: Polynomial) -> str:
        """Return a polynomial of matrices with its type."""
        return f"({self.total(p[0], False)} : {self.matrices(p[1])})%R"

    def equality(self, e: Equation) -> str:
        """Return an equation, with the type of its sides."""
        kind = "R" if e.scalar else self.matrices(e.shape)
        return f"{self.total(e.left, e.scalar)} = {self.total(e.right, e.scalar)} :> {kind}"

    def goal(self, goal: Goal) -> str:
        """Return a goal: a bounded rank, an inequality between numbers, or an equation."""
        e = equation(goal.polynomial)
        if goal.kind == "zero":
            return self.equality(e)
        if goal.kind == "nonpositive":
            return f"{self.total(e.left, True)} <= {self.total(e.right, True)} :> R"
        size = is_bounded_by_size(goal)
        limit = self.size(goal.bound) if size else rf"\rank {self.typed(goal.bound)}"
        return rf"(\rank {self.typed(goal.polynomial)} <= {limit})%N"


def is_bounded_by_size(goal: Goal) -> bool:
    """Return whether a rank is bounded by a size, and not by another rank."""
    return isinstance(goal.bound, int) or isinstance(goal.bound[0], str)


def parenthesised(text: str) -> str:
    """Return a Coq term in parentheses, unless it is a single word, so that an operation may follow.

    >>> parenthesised("W"), parenthesised("W k")
    ('W', '(W k)')
    """
    return f"({text})" if " " in text else text


def number(coefficient: Fraction) -> str:
    """Return a positive rational as a numeral of MathComp.

    >>> number(Fraction(1)), number(Fraction(3)), number(Fraction(1, 2))
    ('1', '3%:R', '1 / 2%:R')

    Raises:
        UnsupportedExpressionError: if a numerator or denominator is too large for a unary numeral.
    """
    top, bottom = coefficient.numerator, coefficient.denominator
    if max(top, bottom) > LARGEST_NUMERAL:
        found = f"(got {str(coefficient)[:40]})"
        raise UnsupportedExpressionError(f"A number of a statement must be at most {LARGEST_NUMERAL} for Coq {found}.")
    return ("1" if top == 1 else f"{top}%:R") + (f" / {bottom}%:R" if bottom != 1 else "")
