"""Polynomials, equations and tables as Coq data, in the form that the reflexive checker of reflection.v reads."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from tptheory.certificates.checker import Shape, Terms, Word
from tptheory.exporting.coq.reading import CertificateReading, Equation


def sequence(items: Iterable[str]) -> str:
    """Return a Coq sequence of these items.

    >>> sequence(["a", "b"]), sequence([])
    ('[:: a; b]', '[::]')
    """
    text = "; ".join(items)
    return f"[:: {text}]" if text else "[::]"


def boolean(value: bool) -> str:
    """Return a truth value of Coq."""
    return "true" if value else "false"


def coefficient_data(c: Fraction) -> str:
    """Return a rational coefficient as data: its sign, its numerator and its denominator."""
    if not c:
        return "(false, BinNums.N0, 1%positive)"
    return f"number {boolean(c < 0)} {abs(c.numerator)}%positive {c.denominator}%positive"


def word_data(reading: CertificateReading, word: Word) -> str:
    """Return a product of matrices as the sequence of its letters."""
    return sequence(letter_data(reading, number) for number in word)


def letter_data(reading: CertificateReading, number: int) -> str:
    """Return a letter as data: the number of its matrix, and whether it is transposed."""
    key, turned = reading.keys[number]
    return f"({reading.matrices[key]}, {boolean(turned)})"


def factor_data(reading: CertificateReading, word: Word) -> str:
    """Return a scalar factor as data: a trace, a size that stands as a number, or a scalar letter."""
    if reading.matrix[word[0]]:
        return f"(false, 0, {word_data(reading, word)})"
    key, _ = reading.keys[word[0]]
    if reading.is_size(key):
        return f"(true, {reading.size_number(key)}, [::])"
    return f"(false, {reading.scalars[key]}, [::])"


def factors_data(reading: CertificateReading, factors: Iterable[Word]) -> str:
    """Return the scalar factors of a term as a sequence."""
    return sequence(factor_data(reading, word) for word in factors)


def side_data(reading: CertificateReading, side: tuple[Fraction, Iterable[Word], Word]) -> str:
    """Return one side of a cofactor as data: the scalar factors and the product of matrices beside a hypothesis."""
    _, factors, word = side
    return f"({factors_data(reading, factors)}, {word_data(reading, word)})"


def terms_data(reading: CertificateReading, terms: Terms) -> str:
    """Return a sum as the sequence of its terms; terms whose coefficient is 0 are left out, as in the statement."""
    return sequence(
        f"({coefficient_data(c)}, {factors_data(reading, factors)}, {word_data(reading, word)})"
        for c, factors, word in terms
        if c
    )


def shape_data(reading: CertificateReading, shape: Shape) -> str:
    """Return the numbers of the two sizes of a shape."""
    return f"{reading.size_number(shape[0])} {reading.size_number(shape[1])}"


def equation_data(reading: CertificateReading, e: Equation) -> str:
    """Return an equation as data, with both of its sides written out."""
    return relation(reading, e, terms_data(reading, e.left), terms_data(reading, e.right))


def relation(reading: CertificateReading, e: Equation, left: str, right: str) -> str:
    """Return an equation as data, given the Coq text of its sides."""
    return f"Sca {left} {right}" if e.scalar else f"Mat {shape_data(reading, e.shape)} {left} {right}"


def match_table(items: Iterable[str], default: str, clause: str = "") -> str:
    """Return the Coq function of a number ``i`` that has these values at 0, 1, ..., and a default elsewhere.

    >>> match_table(["a", "b"], "c")
    'match i with | 0%N => a | 1%N => b | _ => c end'
    """
    cases = " ".join(f"| {i}%N => {text}" for i, text in enumerate(items))
    return f"match i{clause} with {cases} | _ => {default} end"


def conjunction(proofs: list[str]) -> str:
    """Return the proof of a conjunction of propositions that are nested to the right.

    >>> conjunction(["h0", "h1", "I"])
    '(conj h0 (conj h1 I))'
    """
    *most, text = proofs
    for proof in reversed(most):
        text = f"(conj {proof} {text})"
    return text
