"""Kronecker products as words: ``A (x) B = (A (x) I)(I (x) B)``.

``A -> I (x) A (x) I`` keeps sums, products and transposes. So each letter ``a`` has a letter ``I (x) a (x) I`` for each
pair of sizes; what is known of letters holds for these as well; and letters of different factors commute.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from math import prod
from typing import Any

from sympy import Adjoint, Determinant, Inverse, KroneckerProduct, MatMul, MatPow, MatrixExpr, S, Trace, Transpose

from tptheory.proving.knowledge import Knowledge
from tptheory.proving.letters import Family, item_text
from tptheory.proving.term_order import INVERSE, PLAIN
from tptheory.proving.translating import (
    Consequences,
    Reason,
    made_letter,
    refuse_layers,
    size_expression,
)
from tptheory.proving.words import Polynomial
from tptheory.symbolic.expressions import LogPdet, Pinv, matmul, trace, transpose
from tptheory.symbolic.rank import Rank
from tptheory.symbolic.rebuilding import rebuild

FACTOR: Reason = ("definition", "what holds of a factor holds in a Kronecker product")
COMMUTE: Reason = ("definition", "factors of a Kronecker product commute")
MULTIPLIED = (Pinv, Inverse, MatMul, Transpose, Adjoint, Trace, Rank, LogPdet, Determinant)
"""The nodes that are multiplied out around a Kronecker product."""
INVERSES = ("pinv", "inverse")


def multiplied_out(expression: Any) -> Any:
    """Return an equal expression, with inverses, transposes, products and traces of Kronecker products inside these.

    ``(A (x) B)+ = A+ (x) B+`` and ``(A (x) B)(C (x) D) = AC (x) BD`` hold for real matrices of any shapes that compose;
    ``(A (x) B)^-1 = A^-1 (x) B^-1`` for square factors, which have inverses where the product has one.
    """
    expression = S(expression)
    if not expression.has(KroneckerProduct):
        return expression
    found = rebuild(expression, lambda part: part if not part.args else _inside(part))
    return _outermost(found)


def _inside(part: Any) -> Any:
    """Return the arguments of a node multiplied out, and then the node itself."""
    if not part.has(KroneckerProduct) or not isinstance(part, MULTIPLIED):
        return part
    return _outermost(part.func(*(multiplied_out(argument) for argument in part.args)))


def _outermost(node: Any) -> Any:
    """Multiply a node out whose arguments are multiplied out."""
    if isinstance(node, MatMul):
        scalar, factors = node.as_coeff_matrices()
        return matmul(scalar, *_mixed(factors))
    if isinstance(node, Trace) and isinstance(node.arg, KroneckerProduct) and _are_square(node.arg.args):
        return reduce(lambda a, b: a * b, map(trace, node.arg.args), S.One)
    if isinstance(node, Rank | LogPdet | Determinant) and isinstance(node.args[0], KroneckerProduct):
        return _number(node, node.args[0].args)
    factors = _factors(node)
    return node if factors is None else KroneckerProduct(*factors)


def _number(node: Any, factors: Sequence[MatrixExpr]) -> Any:
    """Return a number of a Kronecker product in those of its factors; a determinant only of square factors.

    The singular values of the product are the products of theirs. So its rank is the product of the ranks, and the
    logarithm of its pseudo-determinant the sum of theirs, each times the ranks of the other factors.
    """
    ranks = [Rank(factor) for factor in factors]
    if isinstance(node, Rank):
        return prod(ranks)
    if isinstance(node, LogPdet):
        return sum(LogPdet(A) * prod(ranks[:i] + ranks[i + 1 :]) for i, A in enumerate(factors))
    if not _are_square(factors):
        return node
    sizes = [A.rows for A in factors]
    return prod(Determinant(A) ** prod(sizes[:i] + sizes[i + 1 :]) for i, A in enumerate(factors))


def _factors(node: Any) -> list[Any] | None:
    """Return the factors of a Kronecker product under a transpose, an inverse or a power -1; None of any other node."""
    inside = node.args[0] if node.args else None
    if not isinstance(inside, KroneckerProduct):
        return None
    if isinstance(node, Transpose | Adjoint):
        return [transpose(factor) for factor in inside.args]
    if isinstance(node, Pinv):
        return [Pinv(factor) for factor in inside.args]
    inverts = isinstance(node, Inverse) or (isinstance(node, MatPow) and node.exp == -1)
    return [Inverse(factor) for factor in inside.args] if inverts and _are_square(inside.args) else None


def _are_square(factors: Sequence[MatrixExpr]) -> bool:
    return all(factor.rows == factor.cols for factor in factors)


def _mixed(factors: Sequence[MatrixExpr]) -> list[MatrixExpr]:
    """Multiply neighbours that are Kronecker products of factors that compose one by one."""
    found: list[MatrixExpr] = []
    for factor in factors:
        if found and _compose(found[-1], factor):
            pairs = zip(found[-1].args, factor.args, strict=True)
            found[-1] = KroneckerProduct(*(matmul(A, B) for A, B in pairs))
        else:
            found.append(factor)
    return found


def _compose(left: Any, right: Any) -> bool:
    """Whether two matrices are Kronecker products whose factors compose one by one."""
    both = isinstance(left, KroneckerProduct) and isinstance(right, KroneckerProduct)
    return (
        both
        and len(left.args) == len(right.args)
        and all(A.cols == B.rows for A, B in zip(left.args, right.args, strict=True))
    )


def kronecker(translator: Knowledge, factors: Sequence[Polynomial]) -> Polynomial:
    """Return the Kronecker product of polynomials."""
    return reduce(lambda A, B: _pair(translator, A, B), factors)


def _pair(translator: Knowledge, A: Polynomial, B: Polynomial) -> Polynomial:
    for a in _letters_of(A):
        for b in _letters_of(B):
            _let_commute(translator, a, b)
    return _lifted(translator, A, 1, B.rows) * _lifted(translator, B, A.columns, 1)


def _letters_of(p: Polynomial) -> list[Polynomial]:
    """Return the letters of a polynomial's words, and their transposes."""
    characters = sorted({c for _, word in p.terms for letter in word for c in (letter, p.alphabet.adjoints[letter])})
    return [Polynomial.word(p.alphabet, character) for character in characters]


def _let_commute(translator: Knowledge, a: Polynomial, b: Polynomial) -> None:
    """Assume ``(a (x) I)(I (x) b) = (I (x) b)(a (x) I)``, with identities of the sizes that fit."""
    left = _lifted(translator, a, 1, b.rows) * _lifted(translator, b, a.columns, 1)
    right = _lifted(translator, b, a.rows, 1) * _lifted(translator, a, 1, b.columns)
    translator.assume(left - right, COMMUTE)


def _lifted(translator: Knowledge, p: Polynomial, before: Any, after: Any) -> Polynomial:
    """Return ``I (x) p (x) I`` with identities of these sizes."""
    before, after = (n if isinstance(n, int) else size_expression(n) for n in (before, after))
    if (before, after) == (1, 1):
        return p

    for family in dict.fromkeys(letter.family for letter in _matrix_letters(p)):
        translator.conclude(("kronecker", before, after, family), _of_factors(translator, family, before, after))
    return _with_identities(translator, p, before, after)


def _of_factors(translator: Knowledge, family: Family, before: Any, after: Any) -> Consequences:
    """Return what concludes, from an equation of factors that speaks of a family, the same of Kronecker products."""

    def consequences(zero: Polynomial) -> Iterator[tuple[Polynomial, Reason]]:
        letters = list(_matrix_letters(zero))
        spoken = any(letter.family == family for letter in letters)
        if spoken and not zero.is_scalar and all(letter.at is None for letter in letters):
            yield _with_identities(translator, zero, before, after), FACTOR

    return consequences


def _matrix_letters(p: Polynomial) -> Iterator[Any]:
    return (p.alphabet.letters[character][0] for _, word in p.terms for character in word)


def _with_identities(translator: Knowledge, p: Polynomial, before: Any, after: Any) -> Polynomial:
    """Replace each letter ``a`` of a polynomial's words by ``I (x) a (x) I``."""
    rows, columns = (translator.size(before * size_expression(n) * after) for n in (p.rows, p.columns))
    total = Polynomial.zero(p.alphabet, rows, columns)
    for (scalars, word), c in p.terms.items():
        number = Polynomial.number(p.alphabet, scalars, c)
        letters = [_letter(translator, character, before, after) for character in word]
        product = reduce(lambda A, B: A * B, letters) if letters else Polynomial.identity(p.alphabet, rows)
        total = total + number * product
    return total


def _letter(translator: Knowledge, character: str, before: Any, after: Any) -> Polynomial:
    """Return the letter ``I (x) a (x) I``; of a letter that is such a product itself, the sizes are multiplied."""
    alphabet = translator.alphabet
    letter, turned = alphabet.letters[character]
    refuse_layers([letter])
    plain = alphabet.adjoints[character] if turned else character
    rows, columns = (translator.size(before * size_expression(n) * after) for n in alphabet.shapes[plain] or ())
    left, inner, right = letter.family.subject if letter.family.kind == "kronecker" else (1, letter.family, 1)
    subject = (before * left, inner, right * after)
    name = "⊗".join([*_identity(subject[0]), alphabet.named(inner), *_identity(subject[2])])
    name = f"({name})"
    level = INVERSE if inner.kind in INVERSES else PLAIN
    symmetric = alphabet.adjoints[plain] == plain
    made = alphabet.matrix(made_letter("kronecker", subject, name), rows, columns, level=level, symmetric=symmetric)
    return Polynomial.word(alphabet, alphabet.adjoints[made] if turned else made)


def _identity(size: Any) -> list[str]:
    return [] if size == 1 else [f"I({item_text(size)})"]
