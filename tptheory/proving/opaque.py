"""What has no algebra of its own becomes a letter: an entrywise product, a function of numbers, a unit vector.

Two of them are one letter if they are the same function of equal polynomials. So everything equals itself, however the
inside is written, and no more is assumed of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

from sympy import ImmutableMatrix, MatrixExpr
from sympy.core.function import AppliedUndef
from sympy.core.numbers import ImaginaryUnit
from sympy.matrices.expressions.fourier import DFT, IDFT

from tptheory.errors import UnsupportedExpressionError
from tptheory.proving.knowledge import Knowledge
from tptheory.proving.letters import Size
from tptheory.proving.term_order import PLAIN
from tptheory.proving.translating import Reason, at_a_layer, letters_in, made_letter, refuse_layers
from tptheory.proving.words import Alphabet, Polynomial, summed, word_text
from tptheory.symbolic.layers import LayerScalar, LayerSymbol


def atom(node: Any, translator: Knowledge) -> Polynomial:
    """Return the letter of a node of which nothing is known but that it equals itself.

    Raises:
        UnsupportedExpressionError: if it is not real, or speaks of a layer.
    """
    if node.has(AppliedUndef, LayerSymbol, LayerScalar) or node.free_symbols & translator.bases.keys():
        raise at_a_layer()
    if node.has(ImaginaryUnit, DFT, IDFT) or node.is_real is False or node.is_finite is False:
        raise UnsupportedExpressionError(f"'expression' must be real (got {type(node).__name__}: {node}).")
    if not isinstance(node, MatrixExpr) and not node.is_real:
        translator.note_nonreal(node)
    letter = made_letter("atom", node, str(node))
    if not isinstance(node, MatrixExpr):
        return Polynomial.scalar(translator.alphabet, letter)
    return Polynomial.word(translator.alphabet, translator.alphabet.matrix(letter, *map(translator.size, node.shape)))


UNIT: Reason = ("definition", "unit vectors")
MOST = 200
"""The largest number of terms that an entrywise product of sums is multiplied out to."""


def entrywise(translator: Knowledge, factors: Sequence[Polynomial]) -> Polynomial:
    """Return the entrywise product of polynomials of one shape, multiplied out into products of words.

    Raises:
        UnsupportedExpressionError: if there are too many of these, or a letter stands at a layer.
    """
    refuse_layers(letters_in(*factors))
    alphabet, (rows, columns) = translator.alphabet, (factors[0].rows, factors[0].columns)
    total = Polynomial.zero(alphabet, rows, columns)
    terms = list(product(*(p.terms.items() for p in factors)))
    if len(terms) > MOST:
        raise UnsupportedExpressionError(
            f"'expression' must have entrywise products of at most {MOST} terms (got {len(terms)}). Name a factor by a "
            "MatrixSymbol."
        )
    for chosen in terms:
        number = Polynomial.identity(alphabet, 1)
        for (scalars, _), c in chosen:
            number = number * Polynomial.number(alphabet, scalars, c)
        total = total + number * _of_words(alphabet, [word for (_, word), _ in chosen], rows, columns)
    return total


def _of_words(alphabet: Alphabet, words: list[str], rows: Size, columns: Size) -> Polynomial:
    """Return the letter of an entrywise product of words; that of the transposed words is its transpose."""
    if not any(words):
        return Polynomial.identity(alphabet, rows)
    straight, turned = sorted(words), sorted(map(alphabet.transpose, words))
    chosen = min(straight, turned)
    subject = tuple(tuple(alphabet.letters[character] for character in word) for word in chosen)
    name = "∘".join(word_text(alphabet, (), word) or "I" for word in chosen)
    shape = (rows, columns) if chosen == straight else (columns, rows)
    letter = made_letter("entrywise", subject, f"({name})")
    made = alphabet.matrix(letter, *shape, level=PLAIN, symmetric=straight == turned)
    return Polynomial.word(alphabet, made if chosen == straight else alphabet.adjoints[made])


def function_of_numbers(
    translator: Knowledge, function: Any, arguments: Sequence[Polynomial], name: str, level: int = PLAIN
) -> Polynomial:
    """Return the letter of a function of polynomials, such as a logarithm or a root, at a level of the term order.

    Raises:
        UnsupportedExpressionError: if a letter stands at a layer.
    """
    refuse_layers(letters_in(*arguments))
    return Polynomial.scalar(translator.alphabet, made_letter("function", (function, *arguments), name), level)


def entry(translator: Knowledge, A: Polynomial, i: int, j: int) -> Polynomial:
    """Return ``e_i' A e_j``, the entry in a row and a column that are counted from 0."""
    left, right = _unit_vectors(translator, A.rows, i), _unit_vectors(translator, A.columns, j)
    return translator.trace_of(left[i].transpose() * A * right[j])


def matrix_of_entries(M: ImmutableMatrix, translator: Knowledge) -> Polynomial:
    """Return the sum of ``M_ij e_i e_j'`` over the entries of a matrix that is written out.

    Raises:
        UnsupportedExpressionError: if it has more than `MOST` entries.
    """
    rows, columns = M.shape
    if rows * columns > MOST:
        raise UnsupportedExpressionError(
            f"'expression' must have matrices of numbers with at most {MOST} entries (got one of shape {M.shape}). "
            "Name it by a MatrixSymbol."
        )
    left, right = _unit_vectors(translator, rows, rows - 1), _unit_vectors(translator, columns, columns - 1)
    total = Polynomial.zero(translator.alphabet, rows, columns)
    for i, e in enumerate(left):
        for j, f in enumerate(right):
            total = total + translator(M[i, j]) * e * f.transpose()
    return total


def _unit_vectors(translator: Knowledge, size: Size, last: int) -> list[Polynomial]:
    """Return the columns of the identity up to the one with number ``last``; the first has number 0.

    Raises:
        UnsupportedExpressionError: if the size stands at a layer, or may be too small.
    """
    alphabet = translator.alphabet
    one = Polynomial.identity(alphabet, 1)
    if size == 1:
        return [one]
    if not isinstance(size, int):
        refuse_layers([size])
        if last:
            raise UnsupportedExpressionError(
                f"'expression' must have entries that exist at every size (got row or column {last}, counted from 0, "
                f"of a size {size.family.subject}, which may be {last}). Give the size a number."
            )
    letters = [made_letter("unit", (size, i), f"e_{i + 1}") for i in range(last + 1)]
    columns = [Polynomial.word(alphabet, alphabet.matrix(letter, size, 1, level=PLAIN)) for letter in letters]
    for i, e in enumerate(columns):
        for j, f in enumerate(columns[: i + 1]):
            square = e.transpose() * f
            translator.assume(square - one if i == j else square, UNIT)
    if last + 1 == size:
        squares = [e * e.transpose() for e in columns]
        translator.assume(summed(squares) - Polynomial.identity(alphabet, size), UNIT)
    return columns
