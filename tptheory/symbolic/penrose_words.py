"""Sums of products of matrices, multiplied out and shortened by Penrose's equations.

With ``P = A+`` the eight rules ``APA = A``, ``PAP = P``, ``P'A' = AP``, ``A'P' = PA``, ``A'AP = A'``, ``PAA' = A'``,
``P'PA = P'`` and ``APP' = P'`` follow from Penrose's four equations; each makes a word shorter, or replaces a
transposed projection by the plain one, so that rewriting ends. The result is for people to read: that it equals what
it came from is not assumed anywhere, but proved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sympy import (
    Identity,
    Integer,
    Inverse,
    MatAdd,
    MatMul,
    MatPow,
    MatrixBase,
    MatrixExpr,
    S,
    Trace,
    Transpose,
    ZeroMatrix,
)

from tptheory.symbolic.expressions import Pinv, matadd, matmul, trace, transpose
from tptheory.symbolic.rebuilding import rebuild
from tptheory.symbolic.walking import nodes_in

Word = tuple[MatrixExpr, ...]
Rewriting = tuple[Word, Word]
LARGEST_SUM = 4000
"""A product that would have more terms than this is left as it is, and so is a power of more factors."""


def shortened(expression: Any) -> Any:
    """Return an expression with words shortened and equal traces collected.

    Sums are multiplied out where the result is shorter.

    >>> from sympy import MatrixSymbol
    >>> A, B = MatrixSymbol("A", 2, 3), MatrixSymbol("B", 2, 3)
    >>> shortened(A.T * Pinv(A).T * Pinv(A) * (A + B)), shortened(A.T * (A * Pinv(A) * B - B))
    (Pinv(A)*(A + B), 0)
    """
    if isinstance(expression, MatrixExpr | MatrixBase):
        forms = [_matrix(expression, multiply_out) for multiply_out in (False, True)]
        return min(forms, key=lambda form: sum(1 for _ in nodes_in(form)))

    def leaf(part: Any) -> Any:
        return _trace(part.arg) if isinstance(part, Trace) else part

    return rebuild(S(expression), leaf).expand()


def _matrix(M: MatrixExpr, multiply_out: bool) -> MatrixExpr:
    found = words_of(M, multiply_out)
    rules = list(dict.fromkeys(rule for _, word in found for rule in _rewritings(word)))
    return matadd(ZeroMatrix(*M.shape), *(_product(c, _rewritten(word, rules), M) for c, word in found))


def _product(coefficient: Any, word: Word, like: MatrixExpr) -> MatrixExpr:
    return matmul(coefficient, *word) if word else matmul(coefficient, Identity(like.rows))


def _trace(M: MatrixExpr) -> Any:
    """Return the trace of a sum of words, each rotated or transposed so that equal traces look alike."""
    total = S.Zero
    for coefficient, word in words_of(_matrix(M, multiply_out=True)):
        if not word:
            total += coefficient * M.rows
            continue
        first = min(words_of_same_trace(word), key=lambda letters: tuple(map(str, letters)))
        total += coefficient * trace(matmul(*first))
    return total


def words_of(M: MatrixExpr, multiply_out: bool = True) -> list[tuple[Any, Word]]:
    """Return a matrix as a sum of coefficients times words; the empty word is the identity.

    A word's letters are no products, and no powers from 0 on with up to `LARGEST_SUM` factors; sums are
    letters only if they are not to be multiplied out, or if there would be more than `LARGEST_SUM` words.
    """
    match M:
        case ZeroMatrix():
            return []
        case Identity() | Inverse(arg=Identity()):
            return [(S.One, ())]
        case MatAdd():
            return [term for part in M.args for term in words_of(part, multiply_out)]
        case MatPow(exp=Integer()) if 0 <= M.exp <= LARGEST_SUM:
            return _words_of_product(S.One, [M.base] * int(M.exp), multiply_out)
        case Transpose() if transpose(M.arg) != M:
            return words_of(transpose(M.arg), multiply_out)
        case MatMul():
            scalar, factors = M.as_coeff_matrices()
            return _words_of_product(scalar, factors, multiply_out)
    return [(S.One, (M,))]


def _words_of_product(scalar: Any, factors: Iterable[MatrixExpr], multiply_out: bool) -> list[tuple[Any, Word]]:
    total: list[tuple[Any, Word]] = [(scalar, ())]
    for factor in factors:
        parts = words_of(factor, multiply_out)
        if len(parts) > 1 and (not multiply_out or len(total) * len(parts) > LARGEST_SUM):
            parts = [(S.One, (_matrix(factor, multiply_out),))]
        total = [(c * d, u + v) for c, u in total for d, v in parts]
    return total


def _rewritings(word: Word) -> Iterator[Rewriting]:
    """Run through the rules for the pseudo-inverses of products that stand in a word."""
    for letter in word:
        P = letter.arg if isinstance(letter, Transpose) else letter
        if not isinstance(P, Pinv):
            continue
        inside = words_of(P.arg)
        if len(inside) != 1 or inside[0][0] != 1 or not inside[0][1]:
            continue
        A, p = inside[0][1], (P,)
        At, pt = turned(A), turned(p)
        yield from (
            (A + p + A, A),
            (p + A + p, p),
            (pt + At, A + p),
            (At + pt, p + A),
            (At + A + p, At),
            (p + A + At, At),
            (pt + p + A, pt),
            (A + p + pt, pt),
        )


def turned(word: Word) -> Word:
    """Return the transpose of a word."""
    return tuple(transpose(letter) for letter in reversed(word))


def words_of_same_trace(word: Word) -> Iterator[Word]:
    """Run through the rotations of a word and of its transpose, whose traces are the same."""
    return (turn[i:] + turn[:i] for turn in (word, turned(word)) for i in range(len(turn)))


def _rewritten(word: Word, rules: Iterable[Rewriting]) -> Word:
    """Return a word in which no rule applies any more."""
    rules = list(rules)
    i = 0
    while i < len(word):
        for old, new in rules:
            if word[i : i + len(old)] == old:
                word, i = word[:i] + new + word[i + len(old) :], -1
                break
        i += 1
    return word
