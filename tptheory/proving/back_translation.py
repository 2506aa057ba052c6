"""From polynomials in words back to SymPy expressions, written with few letters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

import sympy
from sympy import Determinant, Identity, Inverse, MatrixExpr, OneMatrix, S, Trace, ZeroMatrix

from tptheory.errors import UnsupportedExpressionError
from tptheory.proving.factoring import Factoring, Product, Sum
from tptheory.proving.knowledge import DIRECTION, PRINCIPAL_ROOT, ROOT
from tptheory.proving.letters import Letter
from tptheory.proving.nonnegative import half_of
from tptheory.proving.translating import size_expression
from tptheory.proving.translation import Translator
from tptheory.proving.words import Polynomial, Rational, divide, rotations, square_root, summed
from tptheory.symbolic.expressions import LogPdet, Pinv, matadd, matmul, transpose

UNSPOKEN = (ROOT, PRINCIPAL_ROOT, DIRECTION)
"""The kinds of letters that a proof brings in, and that no expression stands for."""
FUNCTIONS_OF_A_MATRIX: dict[str, Callable[[Any], Any]] = {
    "named": lambda A: A,
    "pinv": Pinv,
    "inverse": Inverse,
    "det": Determinant,
    "log pdet": LogPdet,
}
"""The kinds of letters that stand for a function of a polynomial; the inverses of a number are its reciprocal."""
MOST_SQUARES = 5
"""A sum of more squares is not tried as one square."""


class BackTranslator:
    """Write polynomials as expressions: the inverse of a translator.

    Args:
        translator: the translator that made the polynomials.
    """

    def __init__(self, translator: Translator) -> None:
        self.alphabet = translator.alphabet
        self._factoring = Factoring(self._weight)
        self._letters: dict[str, Any] = {}
        self._weights: dict[str, int] = {}

    def __call__(self, polynomial: Polynomial, matrix: bool = True) -> Any:
        """Return a polynomial as an expression with few letters.

        Args:
            polynomial: the polynomial.
            matrix: whether a polynomial of shape 1x1 is a matrix, and not a number.

        Raises:
            UnsupportedExpressionError: if it has a letter that stands for no expression, or stands at a layer.
        """
        rows, columns = size_expression(polynomial.rows), size_expression(polynomial.columns)
        if not polynomial:
            return ZeroMatrix(rows, columns) if matrix else S.Zero
        if not matrix:
            return self._number(polynomial)
        if polynomial.is_scalar and not any(word for _, word in polynomial.terms):
            return matmul(self._number(polynomial), Identity(1))
        return self._sum(self._factoring(polynomial), rows)

    def _weight(self, letters: str) -> int:
        """Return how many letters a reader sees in a letter or in a trace."""
        if letters not in self._weights:
            self._weights[letters] = sum(letter_count(self._letter(a)) for a in letters)
        return self._weights[letters]

    def _number(self, polynomial: Polynomial) -> Any:
        """Return a number; traces that share a letter become one trace, and what is a square is written as one."""
        total, rest = S.Zero, dict(polynomial.terms)
        traced = {m: self._trace_of(m[0]) for m in rest if not m[1]}
        opened = {m: cycle for m, cycle in traced.items() if cycle is not None}
        outside = {m: c for m, c in rest.items() if m not in opened}
        if outside:
            total += self._plain(polynomial.with_terms(outside))
        for scalars in sorted({_without(m[0], cycle) for m, cycle in opened.items()}):
            group = {cycle: rest[m] for m, cycle in opened.items() if _without(m[0], cycle) == scalars}
            ways = [self._traces(group), *self._square(group)]
            total += self._scalars(scalars) * min(ways, key=letter_count)
        return total

    def _plain(self, polynomial: Polynomial) -> Any:
        """Return a number whose terms have no trace, or several: words of shape 1x1 as traces."""
        form = self._factoring(polynomial)
        return sum((self._plain_product(product) for product in form.terms), S.Zero)

    def _plain_product(self, product: Product) -> Any:
        numbers, matrices = self._factors(product)
        inside = Trace(matmul(*matrices)) if matrices else S.One
        return _rational(product.coefficient) * numbers * inside

    def _trace_of(self, scalars: Sequence[str]) -> str | None:
        """Return the only trace among scalars; None if there is none, or are several."""
        traces = [s for s in scalars if self.alphabet.is_trace(s)]
        return traces[0] if len(traces) == 1 else None

    def _traces(self, group: dict[str, Any]) -> Any:
        """Return a combination of traces: those with a letter in common are turned to begin with it."""
        total, left = S.Zero, dict(group)
        while left:
            letter = self._most_common(left)
            words: dict[tuple[tuple[str, ...], str], Any] = {}
            sharing = [cycle for cycle in left if letter in self._readings(cycle)]
            for cycle in sharing:
                turned = self._readings(cycle)[letter] if len(sharing) > 1 else self._plainest(cycle)
                words[(), turned] = words.get(((), turned), 0) + left.pop(cycle)
            rows = self.alphabet.shape(turned)[0]
            inside = Polynomial(self.alphabet, rows, rows, words)
            form = self._factoring(inside)
            ((product, *more)) = form.terms
            numbers, matrices = self._factors(product)
            if more or not matrices:
                total += Trace(self._sum(form, size_expression(rows)))
            else:
                total += _rational(product.coefficient) * numbers * Trace(matmul(*matrices))
        return total

    def _square(self, group: dict[str, Any]) -> Iterator[Any]:
        """Run through at most one way to write a combination of traces as a multiple of ``tr(D' D)``."""
        readings = {cycle: self._plainest(cycle) for cycle in group}
        halves = {c: word[len(word) // 2 :] for c, word in readings.items() if half_of(self.alphabet, [word])}
        if not 1 < len(halves) <= MOST_SQUARES:
            return
        first = group[next(iter(halves))]
        wanted = Polynomial(self.alphabet, 1, 1, {((cycle,), ""): divide(c, first) for cycle, c in group.items()})
        D = self._root_of_norm(wanted, {word: divide(group[cycle], first) for cycle, word in halves.items()})
        if D is not None:
            inside = self(D)
            yield _rational(first) * Trace(matmul(transpose(inside), inside))

    def _root_of_norm(self, norm: Polynomial, squares: dict[str, Rational]) -> Polynomial | None:
        """Return a sum of words whose squared norm is a number; None if there is none.

        Args:
            norm: the number.
            squares: the square of each word's coefficient; the signs are looked for.
        """
        roots = {word: root for word, square in squares.items() if (root := square_root(square)) is not None}
        if len(roots) < len(squares) or len({self.alphabet.shape(word) for word in squares}) > 1:
            return None
        words = [Polynomial.word(self.alphabet, word).scale(root) for word, root in roots.items()]
        for signs in product((1, -1), repeat=len(words) - 1):
            D = summed([word.scale(sign) for word, sign in zip(words, (1, *signs), strict=True)])
            if D.norm() == norm:
                return D
        return None

    def _readings(self, cycle: str) -> dict[str, str]:
        """Return the rotations of a trace, and of its transpose, by the letter that they begin with; the least each."""
        found: dict[str, str] = {}
        for word in sorted((*rotations(cycle), *rotations(self.alphabet.transpose(cycle))), reverse=True):
            found[word[0]] = word
        return found

    def _plainest(self, cycle: str) -> str:
        """Return the reading of a trace that a person would write: ``A' A``, ``x' S x``, few transposes, the least."""
        turned = self.alphabet.transpose

        def key(word: str) -> tuple[bool, bool, int, str]:
            square = bool(half_of(self.alphabet, [word]))
            transposes = sum(self.alphabet.letters[a][1] for a in word)
            return (
                self.alphabet.shape(word)[0] != 1,
                not (square and self.alphabet.letters[word[0]][1]),
                transposes,
                word,
            )

        return min((*rotations(cycle), *rotations(turned(cycle))), key=key)

    def _most_common(self, cycles: dict[str, Any]) -> str:
        """Return the letter with which most traces can begin; of several the least."""
        counts: dict[str, int] = {}
        for cycle in cycles:
            for letter in self._readings(cycle):
                counts[letter] = counts.get(letter, 0) + 1
        return min(counts, key=lambda letter: (-counts[letter], letter))

    def _sum(self, form: Sum, size: Any) -> MatrixExpr:
        """Return a sum of matrices; a product without matrices is that multiple of the identity of this size."""
        return matadd(*(self._product(product, size) for product in form.terms))

    def _product(self, product: Product, size: Any) -> MatrixExpr:
        numbers, matrices = self._factors(product)
        return matmul(_rational(product.coefficient) * numbers, *(matrices or [Identity(size)]))

    def _factors(self, product: Product) -> tuple[Any, list[Any]]:
        """Return the number and the matrices whose product a product is, without its coefficient."""
        number, matrices = self._scalars(product.scalars), []
        for factor in product.factors:
            if isinstance(factor, str):
                matrices.append(self._letter(factor))
            elif (size := self._size(factor)) is not None:
                matrices.append(self._sum(factor, size))
            else:
                number *= sum((self._plain_product(p) for p in factor.terms), S.Zero)
        return number, matrices

    def _size(self, form: Sum) -> Any:
        """Return the number of rows of a sum; None if it is a number."""
        for term in form.terms:
            for factor in term.factors:
                size = self._letter(factor).rows if isinstance(factor, str) else self._size(factor)
                if size is not None:
                    return size
        return None

    def _scalars(self, scalars: Sequence[str]) -> Any:
        product = S.One
        for s in scalars:
            product *= self._traces({s: 1}) if self.alphabet.is_trace(s) else self._letter(s)
        return product

    def _letter(self, character: str) -> Any:
        if character not in self._letters:
            letter, turned = self.alphabet.letters[character]
            made = self._made(letter, self.alphabet.shapes[character] is not None)
            self._letters[character] = transpose(made) if turned else made
        return self._letters[character]

    def _made(self, letter: Letter, matrix: bool) -> Any:
        kind, subject = letter.family.kind, letter.family.subject
        if letter.at is not None or kind in UNSPOKEN:
            raise UnsupportedExpressionError(f"'expression' must be written without {letter.family.name} to be shown.")
        if kind in ("symbol", "number", "atom"):
            return subject
        if kind in FUNCTIONS_OF_A_MATRIX:
            return FUNCTIONS_OF_A_MATRIX[kind](self(subject)) if matrix or "det" in kind else 1 / self(subject, False)
        if kind == "function":
            function, *arguments = subject
            return function(*(self(each, matrix=False) for each in arguments)) if arguments else function
        if kind == "ones":
            return OneMatrix(size_expression(subject if isinstance(subject, int) else Letter(subject)), 1)
        raise UnsupportedExpressionError(f"'expression' must be made of sums, products and inverses (got a {kind}).")


def letter_count(expression: Any) -> int:
    """Return how many symbols a reader of an expression sees; a symbol counts as often as it is written."""
    if not getattr(expression, "args", ()) or getattr(expression, "is_symbol", False):
        return int(getattr(expression, "is_symbol", False))
    if isinstance(expression, Identity | ZeroMatrix | OneMatrix):
        return 0
    return sum(map(letter_count, expression.args))


def _without(scalars: Sequence[str], cycle: str) -> tuple[str, ...]:
    """Return scalars without one that stands among them."""
    rest = list(scalars)
    rest.remove(cycle)
    return tuple(rest)


def _rational(number: Any) -> Any:
    return sympy.Rational(number.numerator, number.denominator)
