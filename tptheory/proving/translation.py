"""From SymPy expressions to polynomials in typed words.

Pseudo-inverses, inverses and reciprocals become letters of their own, each with the equations that define it. The
checker does not see this translation. Therefore `deciding.confirming` evaluates each proved claim by another path, and
tests compare expressions with their translations on exact numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import reduce, singledispatchmethod
from operator import mul
from typing import Any, cast

from sympy import (
    Add,
    Identity,
    Inverse,
    MatAdd,
    MatMul,
    MatPow,
    MatrixBase,
    MatrixExpr,
    MatrixSymbol,
    Mul,
    OneMatrix,
    Pow,
    Rational,
    S,
    Symbol,
    Trace,
    Transpose,
    ZeroMatrix,
)
from sympy.core.basic import Basic
from sympy.core.function import AppliedUndef

from tptheory.certificates.reading import BOUND_INDEX
from tptheory.clock import require_time
from tptheory.errors import UnsupportedExpressionError
from tptheory.proving.determinants import determinant
from tptheory.proving.forms import INVERSE_FORM, PINV_FORM, assume_form
from tptheory.proving.further_nodes import matrix_node, scalar_node
from tptheory.proving.knowledge import Knowledge
from tptheory.proving.kronecker import multiplied_out
from tptheory.proving.letters import Family, Index, Letter, Size
from tptheory.proving.term_order import AUXILIARY, DEFINED
from tptheory.proving.translating import Reason
from tptheory.proving.words import Alphabet, Polynomial
from tptheory.symbolic.expressions import Pinv
from tptheory.symbolic.layers import LayerScalar, LayerSymbol, index_parts

CASE: Reason = ("case",)
LEMMA: Reason = ("lemma",)
INDEX = Family("index", None, "index", {"index": True})
"""The numbers ``k`` themselves, at every ``k``."""
ONES: Reason = ("definition", "a column of ones")
LARGEST_POWER = 100
"""The highest power that is multiplied out."""


class Velocity(MatrixSymbol):
    """The velocity of a symbol along a flow; it equals no symbol of a user's, whatever that symbol is called."""

    def __new__(cls, moving: MatrixSymbol) -> Any:
        """Make the velocity, which has the shape of the symbol that moves."""
        return Basic.__new__(cls, moving, *moving.shape)

    @property
    def name(self) -> str:
        """The name under which the velocity is printed."""
        return f"d{self.args[0]}/dt"


class Translator(Knowledge):
    """Translate expressions over one alphabet, and collect the equations that define its letters.

    Args:
        cuts: whether a part of a product between two sizes 1 is treated as a number.
        transposes_last: which of the two term orders to use.
        named: whether what is inverted becomes a letter of its own, if it is more than a letter.
        traces_as_words: whether a trace that passes through a size 1 is a product of shape 1x1; only
            where 1 is a size like any.
    """

    def __init__(
        self,
        cuts: bool = True,
        transposes_last: bool = False,
        named: bool = False,
        traces_as_words: bool = False,
    ) -> None:
        super().__init__(Alphabet(cuts, transposes_last), named)
        self._opening = traces_as_words
        self.bases: dict[Any, str] = {}

    def __call__(self, expression: Any) -> Polynomial:
        """Return the polynomial of a matrix or scalar expression.

        Raises:
            UnsupportedExpressionError: if it has a node that has no translation here or in `further_nodes`.
        """
        expression = multiplied_out(expression)
        if isinstance(expression, MatrixExpr | MatrixBase):
            return self._matrix(expression)
        return self._of_scalar(S(expression))

    def witness(self, symbol: MatrixSymbol, remark: Mapping[str, Any] | None = None) -> None:
        """Declare a symbol as auxiliary: whatever equals a product of such symbols is replaced by that product."""
        letter = Letter(Family("symbol", symbol, str(symbol.name), dict(remark or {})))
        self.alphabet.matrix(letter, self.size(symbol.rows), self.size(symbol.cols), level=AUXILIARY)

    def define(self, symbol: MatrixSymbol) -> None:
        """Let rewriting replace a symbol by what a hypothesis says that it equals."""
        rows, columns = self.size(symbol.rows), self.size(symbol.cols)
        self.alphabet.matrix(self.letter_of(symbol), rows, columns, level=DEFINED)

    def define_velocity(self, symbol: Velocity, expression: Any, reason: Reason) -> None:
        """Let a symbol stand for the velocity of another; rewriting replaces it by the expression of the velocity."""
        rows, columns = self.size(symbol.rows), self.size(symbol.cols)
        item = self.alphabet.item(self.alphabet.matrix(self.letter_of(symbol.args[0]), rows, columns))
        letter = Letter(Family("symbol", symbol, str(symbol.name), {"velocity": item}))
        word = Polynomial.word(self.alphabet, self.alphabet.matrix(letter, rows, columns, level=DEFINED))
        self.assume(word - self(expression), reason)

    def index(self, index: Any) -> Index:
        """Return an index as letters carry it.

        Raises:
            UnsupportedExpressionError: if it is relative to a symbol that stands for no index here.
        """
        symbol, offset = index_parts(index)
        if symbol is None:
            return "", offset
        if symbol not in self.bases:
            raise UnsupportedExpressionError(
                f"'l' must be bound by ForAll, or relative to the depth (got {index}, and {symbol} is bound nowhere)."
            )
        return self.bases[symbol], offset

    def size(self, size: Any) -> Size:
        """Return a size as shapes of letters use it, and record that its family stands for sizes."""
        found = self._size(size)
        if isinstance(found, Letter):
            self.alphabet.named(found.family)
            self.alphabet.named.sizes.add(found.family)
        return found

    def _size(self, size: Any) -> Size:
        """Return a size as shapes of letters use it: a number, a symbol, or a width at a layer.

        Raises:
            UnsupportedExpressionError: if an index itself is used as a size.
        """
        size = S(size)
        if size.is_Integer:
            return int(size)
        if isinstance(size, Symbol) and size not in self.bases:
            return Letter(Family("number", size, size.name))
        if isinstance(size, AppliedUndef) and len(size.args) == 1:
            return Letter(Family("width", size.func, str(size.func)), self.index(size.args[0]))
        if size.has(AppliedUndef) or size.free_symbols & self.bases.keys():
            raise UnsupportedExpressionError(
                f"'expression' must not have sizes that are made of an index, or of sizes at a layer (got {size})."
            )
        letter = Letter(Family("number", size, str(size), {"size": str(size)}))
        if letter.family not in self.alphabet.named.sizes:
            self.alphabet.named.sizes.add(letter.family)
            made = self._of_scalar(size)
            self.assume(Polynomial.scalar(self.alphabet, letter) - made, ("size", str(size)))
        return letter

    def letter_of(self, symbol: Any) -> Letter:
        """Return the letter of a matrix symbol, or of a member of a sequence."""
        if isinstance(symbol, LayerSymbol | LayerScalar):
            return Letter(Family("sequence", symbol.sequence, symbol.sequence.name), self.index(symbol.index))
        return Letter(Family("symbol", symbol, str(symbol.name)))

    def _matrix(self, M: Any) -> Polynomial:
        require_time()
        return self._of_matrix(M, self.size(M.rows), self.size(M.cols))

    @singledispatchmethod
    def _of_matrix(self, M: Any, rows: Size, columns: Size) -> Polynomial:
        """Translate a matrix of these sizes; a class of nodes has a method of its own here, or in `further_nodes`."""
        return matrix_node(M, self)

    @_of_matrix.register(MatrixSymbol)
    def _matrix_symbol(self, M: MatrixSymbol, rows: Size, columns: Size) -> Polynomial:
        return Polynomial.word(self.alphabet, self.alphabet.matrix(self.letter_of(M), rows, columns))

    @_of_matrix.register(Identity)
    def _identity(self, _: Identity, rows: Size, __: Size) -> Polynomial:
        return Polynomial.identity(self.alphabet, rows)

    @_of_matrix.register(ZeroMatrix)
    def _zero(self, _: ZeroMatrix, rows: Size, columns: Size) -> Polynomial:
        return Polynomial(self.alphabet, rows, columns, {})

    @_of_matrix.register(MatMul)
    def _matrix_product(self, M: MatMul, _: Size, __: Size) -> Polynomial:
        scalar, factors = M.as_coeff_matrices()
        product = reduce(mul, map(self._matrix, factors))
        return product if scalar == 1 else self._of_scalar(S(scalar)) * product

    @_of_matrix.register(MatAdd)
    def _matrix_sum(self, M: MatAdd, rows: Size, columns: Size) -> Polynomial:
        return sum(map(self._matrix, M.args), Polynomial(self.alphabet, rows, columns, {}))

    @_of_matrix.register(Transpose)
    def _transpose(self, M: Transpose, _: Size, __: Size) -> Polynomial:
        return self._matrix(M.arg).transpose()

    @_of_matrix.register(Pinv)
    def _pseudo_inverse(self, M: Pinv, _: Size, __: Size) -> Polynomial:
        A = self._matrix(M.arg)
        P = self.pinv(A)
        assume_form(self, [A], P, PINV_FORM)
        return P

    @_of_matrix.register(Inverse)
    def _matrix_inverse(self, M: Inverse, _: Size, __: Size) -> Polynomial:
        return self._matrix_inverted(self._matrix(M.arg))

    def _matrix_inverted(self, A: Polynomial) -> Polynomial:
        """Return the inverse of a polynomial, which is a form where that is one."""
        K = self.inverse(A)
        assume_form(self, [A], K, INVERSE_FORM)
        return K

    @_of_matrix.register(MatPow)
    def _matrix_power(self, M: MatPow, rows: Size, _: Size) -> Polynomial:
        if not M.exp.is_Integer:
            raise UnsupportedExpressionError(f"'expression' must have powers whose exponents are integers (got {M}).")
        return self._power(self._matrix(M.base), int(M.exp), Polynomial.identity(self.alphabet, rows))

    @_of_matrix.register(OneMatrix)
    def _matrix_of_ones(self, _: OneMatrix, rows: Size, columns: Size) -> Polynomial:
        return self._ones(rows, columns)

    @singledispatchmethod
    def _of_scalar(self, s: Any) -> Polynomial:
        """Translate a number; a class of nodes has a method of its own here, or in `further_nodes`."""
        return scalar_node(s, self)

    @_of_scalar.register(Rational)
    def _rational(self, s: Rational) -> Polynomial:
        value = int(s) if s.is_Integer else Fraction(int(s.p), int(s.q))
        return Polynomial.identity(self.alphabet, 1).scale(value)

    @_of_scalar.register(LayerScalar)
    def _layer_scalar(self, s: LayerScalar) -> Polynomial:
        return Polynomial.scalar(self.alphabet, self.letter_of(s))

    @_of_scalar.register(Symbol)
    def _symbol(self, s: Symbol) -> Polynomial:
        if s in self.bases:
            return Polynomial.scalar(self.alphabet, Letter(INDEX, (self.bases[s], 0)))
        if not s.is_commutative or s.is_real is False or (s.is_complex and not s.is_real):
            raise UnsupportedExpressionError(f"'expression' must have symbols that are real numbers (got {s}).")
        return Polynomial.scalar(self.alphabet, Letter(Family("number", s, s.name)))

    @_of_scalar.register(AppliedUndef)
    def _width(self, s: AppliedUndef) -> Polynomial:
        if not s.is_integer:
            return scalar_node(s, self)
        return Polynomial.scalar(self.alphabet, cast(Letter, self.size(s)))

    @_of_scalar.register(Add)
    def _sum(self, s: Add) -> Polynomial:
        return sum(map(self._of_scalar, s.args), Polynomial.identity(self.alphabet, 1).scale(0))

    @_of_scalar.register(Mul)
    def _product(self, s: Mul) -> Polynomial:
        return reduce(mul, map(self._of_scalar, s.args), Polynomial.identity(self.alphabet, 1))

    @_of_scalar.register(Pow)
    def _scalar_power(self, s: Pow) -> Polynomial:
        if not s.exp.is_Integer:
            return scalar_node(s, self)
        return self._power(self._of_scalar(s.base), int(s.exp), Polynomial.identity(self.alphabet, 1))

    @_of_scalar.register(Trace)
    def _trace(self, s: Trace) -> Polynomial:
        return self.trace_of(self._matrix(s.arg))

    def trace_of(self, A: Polynomial) -> Polynomial:
        """Return the trace; where traces are opened, one that passes through a size 1 is a product of shape 1x1."""
        trace = A.trace()
        return trace.traces_as_words() if self._opening else trace

    def determinant(self, A: Polynomial) -> Polynomial:
        """Return the determinant, as far as factors and hypotheses tell it, or else a letter for it."""
        return determinant(self, A)

    def _power(self, base: Polynomial, exponent: int, one: Polynomial) -> Polynomial:
        """Multiply a power out; the power 0 is the identity, and assumes no inverse."""
        if abs(exponent) > LARGEST_POWER:
            raise UnsupportedExpressionError(
                f"'expression' must have powers up to {LARGEST_POWER} (got {exponent}). Name the power by a symbol."
            )
        base = self._matrix_inverted(base) if exponent < 0 else base
        power = one
        for _ in range(abs(exponent)):
            power = power * base
        return power

    def _ones(self, rows: Size, columns: Size) -> Polynomial:
        """Write a matrix of ones as a column of ones times a row of ones."""
        product = Polynomial.identity(self.alphabet, 1)
        if rows != 1:
            product = product * self._column_of_ones(rows)
        if columns != 1:
            product = product * self._column_of_ones(columns).transpose()
        return product

    def _column_of_ones(self, size: Size) -> Polynomial:
        item = self.alphabet.named.item(size)
        index = None if isinstance(size, int) else size.at
        subject = size if isinstance(size, int) else size.family
        generic = item if index is None else [item[0], *BOUND_INDEX]
        family = Family("ones", subject, f"ones_{item[0] if index else item}", {"ones": generic})
        ones = Polynomial.word(self.alphabet, self.alphabet.matrix(Letter(family, index), size, 1))
        self.assume(ones.norm() - Polynomial.identity(self.alphabet, size).trace(), ONES)
        return ones
