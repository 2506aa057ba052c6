"""From SymPy expressions to polynomials in typed words.

Pseudo-inverses, inverses and reciprocals become letters of their own, each with the equations that define it. What
the checker does not see is this translation: tests compare both sides of it on exact numbers.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import (
    Add,
    Determinant,
    Expr,
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
    S,
    Symbol,
    Trace,
    Transpose,
    ZeroMatrix,
)
from sympy.matrices.expressions.matexpr import MatrixElement

from tptheory.errors import UnsupportedExpressionError
from tptheory.proving.words import AUXILIARY, DEFINED, INVERSE, Alphabet, Polynomial
from tptheory.symbolic.expressions import LogPdet, Pinv
from tptheory.symbolic.layers import LayerScalar, size_text


@dataclass(frozen=True)
class Hypothesis:
    """A polynomial that is zero, why, and the number of the hypothesis that it is the transpose of, if it is one."""

    polynomial: Polynomial
    label: str
    transposes: int | None = None


class Translator:
    """Translate expressions over one alphabet, and collect the equations that define its letters."""

    def __init__(self, thin: bool = True, transposes_last: bool = False) -> None:
        self.alphabet = Alphabet(thin, transposes_last)
        self.hypotheses: list[Hypothesis] = []
        self.alternatives: list[tuple[int, list[list[Polynomial]], list[str]]] = []
        self._seen: set[Polynomial] = set()
        self._inverses: dict[tuple[str, Polynomial], Polynomial] = {}
        self._owners: dict[str, Any] = {}

    def __call__(self, expression: Any) -> Polynomial:
        """Return the polynomial of a matrix or scalar expression.

        Raises:
            UnsupportedExpressionError: for what is not made of sums, products, transposes, inverses and traces.
        """
        if isinstance(expression, MatrixExpr | MatrixBase):
            return self._matrix(expression)
        return self._scalar(S(expression))

    def assume(self, polynomial: Polynomial, label: str) -> None:
        """Add a hypothesis and its transpose, each once."""
        number = None
        for p in (polynomial, polynomial.transpose()):
            if p and p not in self._seen and p.scale(-1) not in self._seen:
                self._seen.add(p)
                self.hypotheses.append(Hypothesis(p, label, number))
                number = len(self.hypotheses) - 1

    def assume_one_of(self, alternatives: list[list[Polynomial]], labels: list[str]) -> None:
        """Assume that in one of several cases all of its polynomials are zero: the product of the norms is."""
        product = Polynomial.identity(self.alphabet, "1")
        for polynomials in alternatives:
            norms = [(p.transpose() * p).trace() for p in polynomials]
            product = product * sum(norms[1:], norms[0])
        self.alternatives.append((len(self.hypotheses), alternatives, labels))
        self.hypotheses.append(Hypothesis(product, " or ".join(labels)))

    def branch(self) -> Translator:
        """Return a translator over the same letters that may assume more."""
        branch = copy(self)
        branch.hypotheses, branch.alternatives = [*self.hypotheses], [*self.alternatives]
        branch._seen, branch._inverses = {*self._seen}, {**self._inverses}
        return branch

    def witness(self, symbol: MatrixSymbol) -> None:
        """Let a symbol be auxiliary: whatever equals a product of such symbols is replaced by it."""
        self._own_matrix(str(symbol.name), symbol)
        self.alphabet.matrix(str(symbol.name), size_text(symbol.rows), size_text(symbol.cols), level=AUXILIARY)

    def define(self, symbol: MatrixSymbol, expression: Any, label: str) -> None:
        """Let a symbol stand for an expression: it will be replaced wherever it stands."""
        name, rows, columns = str(symbol.name), size_text(symbol.rows), size_text(symbol.cols)
        self._own_matrix(name, symbol)
        letter = Polynomial.word(self.alphabet, self.alphabet.matrix(name, rows, columns, level=DEFINED))
        self.assume(letter - self(expression), label)

    def _own(self, name: str, owner: Any) -> None:
        """Let a name stand for one thing: letters are told apart by their names alone.

        Raises:
            UnsupportedExpressionError: if the name already stands for something else.
        """
        if self._owners.setdefault(name, owner) != owner:
            raise UnsupportedExpressionError(
                f"'expression' must give each name one meaning (got {name!r} for two). Rename a symbol, or a size."
            )

    def _own_matrix(self, name: str, owner: Any) -> None:
        """Take a name for a matrix, and the name of its transpose."""
        self._own(name, owner)
        self._own(f"{name}'", ("transpose", owner))

    def _matrix(self, M: Any) -> Polynomial:
        rows, columns = size_text(M.rows), size_text(M.cols)
        for text, size in ((rows, M.rows), (columns, M.cols)):
            self._own(text, size)
        if isinstance(M, MatrixSymbol):
            self._own_matrix(str(M.name), M)
            return Polynomial.word(self.alphabet, self.alphabet.matrix(str(M.name), rows, columns))
        if isinstance(M, Identity):
            return Polynomial.identity(self.alphabet, rows)
        if isinstance(M, ZeroMatrix):
            return Polynomial(self.alphabet, rows, columns, {})
        if isinstance(M, MatMul):
            scalar, factors = M.as_coeff_matrices()
            product = self._matrix(factors[0])
            for factor in factors[1:]:
                product = product * self._matrix(factor)
            return product if scalar == 1 else self._scalar(S(scalar)) * product
        if isinstance(M, MatAdd):
            total = Polynomial(self.alphabet, rows, columns, {})
            for term in M.args:
                total = total + self._matrix(term)
            return total
        if isinstance(M, Transpose):
            return self._matrix(M.arg).transpose()
        if isinstance(M, Pinv):
            return self._pinv(self._matrix(M.arg))
        if isinstance(M, Inverse):
            return self._inverse(self._matrix(M.arg))
        if isinstance(M, MatPow) and M.exp.is_Integer:
            base = self._matrix(M.base) if M.exp >= 0 else self._inverse(self._matrix(M.base))
            power = Polynomial.identity(self.alphabet, rows)
            for _ in range(abs(int(M.exp))):
                power = power * base
            return power
        if isinstance(M, OneMatrix):
            return self._ones(rows, columns)
        raise UnsupportedExpressionError(
            "'expression' must be built from symbols, sums, products, powers, transposes, inverses, Pinv and Trace "
            f"(got {type(M).__name__}: {M}). Name what is inside by a MatrixSymbol."
        )

    def _scalar(self, s: Expr) -> Polynomial:
        one = Polynomial.identity(self.alphabet, "1")
        if s.is_Rational:
            return one.scale(int(s) if s.is_Integer else Fraction(int(s.p), int(s.q)))
        if isinstance(s, Symbol) and s.is_commutative and s.is_real is not False:
            self._own(s.name, s)
            return Polynomial.scalar(self.alphabet, s.name)
        if isinstance(s, Add):
            total = one.scale(0)
            for term in s.args:
                total = total + self._scalar(term)
            return total
        if isinstance(s, Mul):
            product = one
            for factor in s.args:
                product = product * self._scalar(factor)
            return product
        if isinstance(s, Pow) and s.exp.is_Integer:
            base = self._scalar(s.base) if s.exp >= 0 else self._inverse(self._scalar(s.base))
            product = one
            for _ in range(abs(int(s.exp))):
                product = product * base
            return product
        if isinstance(s, LayerScalar):
            self._own_matrix(s.name, s)
            return Polynomial.word(self.alphabet, self.alphabet.matrix(s.name, "1", "1")).trace()
        if isinstance(s, Trace):
            return self._matrix(s.arg).trace()
        if isinstance(s, MatrixElement) and tuple(s.parent.shape) == (1, 1):
            return self._matrix(s.parent)
        if isinstance(s, LogPdet | Determinant):
            self._own(str(s), s)
            return Polynomial.scalar(self.alphabet, str(s))
        raise UnsupportedExpressionError(
            "'expression' must be a polynomial in symbols, traces and entries of 1x1 products "
            f"(got {type(s).__name__}: {s}). Write a squared norm as Trace(e.T*e)."
        )

    def _pinv(self, A: Polynomial) -> Polynomial:
        """Name ``A+`` by a letter and assume the four Penrose equations; ``(A')+`` is ``(A+)'``."""
        if not A:
            return A.transpose()
        if (key := ("pinv", A)) in self._inverses:
            return self._inverses[key]
        if (key := ("pinv", A.transpose())) in self._inverses:
            return self._inverses[key].transpose()
        name = self.inverse_name(A, "+")
        symmetric = A.transpose() == A
        self._own_matrix(name, ("pinv", A))
        P = self._letter(name, A.columns, A.rows, symmetric)
        self._inverses["pinv", A] = P
        penrose = (A * P * A - A, P * A * P - P, (A * P).transpose() - A * P, (P * A).transpose() - P * A)
        for number, equation in enumerate(penrose, 1):
            self.assume(equation, f"Penrose {number} for {A!r}")
        return P

    def _inverse(self, A: Polynomial) -> Polynomial:
        """Name ``A^-1`` by a letter and assume that it is the inverse on both sides."""
        if (key := ("inverse", A)) in self._inverses:
            return self._inverses[key]
        if (key := ("inverse", A.transpose())) in self._inverses:
            return self._inverses[key].transpose()
        name = self.inverse_name(A, "^-1")
        self._own_matrix(name, ("inverse", A))
        K = self._letter(name, A.columns, A.rows, A.transpose() == A)
        self._inverses["inverse", A] = K
        label = f"{A!r} is invertible"
        self.assume(A * K - Polynomial.identity(self.alphabet, A.rows), label)
        self.assume(K * A - Polynomial.identity(self.alphabet, A.columns), label)
        return K

    def inverse_name(self, A: Polynomial, mark: str) -> str:
        """Return what an inverse is called: ``A+``, ``(A B)^-1``."""
        text = repr(A)
        return (text if len(A.terms) == 1 and " " not in text else f"({text})") + mark

    def _letter(self, name: str, rows: str, columns: str, symmetric: bool) -> Polynomial:
        if rows == columns == "1":
            return Polynomial.scalar(self.alphabet, name)
        letter = self.alphabet.matrix(name, rows, columns, level=INVERSE, symmetric=symmetric)
        return Polynomial.word(self.alphabet, letter)

    def _ones(self, rows: str, columns: str) -> Polynomial:
        """Name a matrix of ones as a column times a row."""
        product = Polynomial.identity(self.alphabet, "1")
        for size in {rows, columns} - {"1"}:
            self._own_matrix(f"ones_{size}", ("ones", size))
        if rows != "1":
            product = product * Polynomial.word(self.alphabet, self.alphabet.matrix(f"ones_{rows}", rows, "1"))
        if columns != "1":
            row = Polynomial.word(self.alphabet, self.alphabet.matrix(f"ones_{columns}", columns, "1")).transpose()
            product = product * row
        return product
