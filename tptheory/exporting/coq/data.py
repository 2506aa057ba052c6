"""Polynomials, equations and tables as the Coq data that reflection.v checks, and what the numbers in them mean."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from tptheory.certificates.checker import Shape, Terms, Word
from tptheory.exporting.coq.reading import CertificateReading, Equation
from tptheory.exporting.coq.text import CoqWriter


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


def meaning_of(writer: CoqWriter, name: str, shape: Shape) -> list[str]:
    """Return the definitions that say which matrices, sizes and scalars the numbers mean.

    Args:
        writer: what writes the letters, all of which have been read.
        name: what the name of every definition begins with.
        shape: the shape of the goal; matrix number 0 is a probe, which has the shape of its transpose.
    """
    reading, probe = writer.reading, shape[::-1]
    shapes = [probe, *map(reading.shape, reading.matrices)]
    rows, columns = ([f"{reading.size_number(each[i])}%N" for each in shapes] for i in (0, 1))
    numbers = [f"{writer.size(n)}%N" for n in reading.sizes]
    kind = f"'M[R]_({name}_d ({name}_src i), {name}_d ({name}_tgt i))"
    symmetric = sequence(f"{reading.matrices[a]}%N" for a in reading.symmetric())
    matrices = match_table(["probe", *map(writer.key, reading.matrices)], "0", f" return {kind}")
    return [
        f"Definition {name}_d (i : nat) : nat := {match_table(numbers, '0%N')}.",
        f"Definition {name}_src (i : nat) : nat := {match_table(rows, '0%N')}.",
        f"Definition {name}_tgt (i : nat) : nat := {match_table(columns, '0%N')}.",
        f"Definition {name}_M (probe : {writer.matrices(probe)}) (i : nat) : {kind} :=",
        f"  {matrices}.",
        f"Definition {name}_sc (i : nat) : R := {match_table([writer.key(a) for a in reading.scalars], '0')}.",
        f"Definition {name}_syms : seq nat := {symmetric}.",
    ]


def conjunction(proofs: list[str]) -> str:
    """Return the proof of a conjunction of propositions that are nested to the right.

    >>> conjunction(["h0", "h1", "I"])
    '(conj h0 (conj h1 I))'
    """
    *most, text = proofs
    for proof in reversed(most):
        text = f"(conj {proof} {text})"
    return text
