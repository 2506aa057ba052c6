"""Differentials and gradients of matrix expressions, in our own noncommutative calculus.

SymPy 1.14 answers 0 for the derivative of a sum of traces, and recurses for ever on block matrices. Here every
node is differentiated by its own rule, forward (`differential`) or in reverse (`gradient`), and a node
without a rule is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import singledispatchmethod
from typing import Any

from sympy import (
    Adjoint,
    BlockMatrix,
    Derivative,
    Determinant,
    Dummy,
    Expr,
    HadamardProduct,
    Identity,
    Inverse,
    KroneckerProduct,
    MatAdd,
    MatMul,
    MatPow,
    MatrixBase,
    MatrixExpr,
    MatrixSymbol,
    OneMatrix,
    S,
    Trace,
    Transpose,
    ZeroMatrix,
)
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.matrices.expressions.matexpr import MatrixElement

from tptheory.errors import InvalidTypeError, UnsupportedExpressionError, complain
from tptheory.symbolic.adjugate import adjugate
from tptheory.symbolic.arguments import as_expression
from tptheory.symbolic.bound import BoundScalar
from tptheory.symbolic.expressions import LogPdet, Pinv, inner, matadd, matmul, trace, transpose
from tptheory.symbolic.members import LayerScalar, LayerSymbol
from tptheory.symbolic.real_derivatives import real_derivative
from tptheory.symbolic.rebuilding import rebuild
from tptheory.symbolic.unit_matrices import embeddings, unit_matrix, with_entries_gathered
from tptheory.symbolic.unspecified_loss import UnspecifiedLoss

Velocities = Mapping[Any, Any]
"""How symbols move: a matrix for a MatrixSymbol, a number for a Symbol."""
Matrices = Collection[MatrixExpr]

_SCALAR_OF_MATRICES = (Trace, LogPdet, Determinant, MatrixElement, UnspecifiedLoss, LayerScalar, BoundScalar)


def _refuse(node: Any) -> UnsupportedExpressionError:
    return UnsupportedExpressionError(
        "'expression' must be built from sums, products, powers, transposes, inverses, Pinv, Trace, LogPdet, "
        f"Determinant, entries and blocks (got {type(node).__name__}: {node}). For a squared norm write Trace(e.T*e), "
        "not (e.T*e)[0, 0]."
    )


def differential(expression: Any, velocities: Velocities, invertible: Matrices = ()) -> Any:
    """Return the derivative of a matrix or scalar expression when each symbol moves with its velocity.

    A symbol without a velocity stands still. Pseudo-inverses and pseudo-determinants are differentiated at
    constant rank. Determinants are differentiated by the adjugate, which needs no inverse: it is a polynomial where the
    size is a number, and ``det(A) A+`` where ``A`` is known to be invertible.

    Args:
        expression: the matrix or scalar to differentiate.
        velocities: how each symbol moves.
        invertible: the matrices that are known to have an inverse.

    Raises:
        InvalidTypeError: if ``velocities`` is no mapping.
        UnsupportedExpressionError: for a node without a rule (an entrywise power, a sum over an index, ...), or the
            determinant of a matrix of any size that is not known to be invertible.
    """
    if not isinstance(velocities, Mapping):
        mend = "Try differential(f, {W: V}), or derivative(f, W, V)."
        raise InvalidTypeError(complain("velocities", "a mapping from symbols to how they move", velocities, mend))
    return _Differential(velocities, invertible).of(as_expression("expression", expression))


@dataclass(frozen=True)
class _Differential:
    """The derivative of an expression when symbols move: each class of nodes has a method of its own."""

    velocities: Velocities
    invertible: Matrices

    def of(self, expression: Any) -> Any:
        """Return the change of a matrix or a number."""
        if isinstance(expression, MatrixExpr | MatrixBase):
            return self.matrix(expression)
        frozen, atoms = _freeze(expression)
        moving = [s for s in sorted(frozen.free_symbols, key=str) if s in self.velocities]
        change: Any = sum((real_derivative(frozen, s, atoms) * self.velocities[s] for s in moving), S.Zero)
        for dummy, atom in atoms.items():
            rate = self.scalar(atom)
            if rate != 0:
                change += real_derivative(frozen, dummy, atoms) * rate
        return change

    @singledispatchmethod
    def matrix(self, M: Any) -> MatrixExpr:
        """Return the change of a matrix."""
        raise _refuse(M)

    @matrix.register(MatrixSymbol)
    def _symbol(self, M: MatrixSymbol) -> MatrixExpr:
        return self.velocities.get(M, ZeroMatrix(*M.shape))

    @matrix.register(Identity)
    @matrix.register(ZeroMatrix)
    @matrix.register(OneMatrix)
    def _constant(self, M: MatrixExpr) -> MatrixExpr:
        return ZeroMatrix(*M.shape)

    @matrix.register(MatrixBase)
    def _explicit(self, M: MatrixBase) -> MatrixExpr:
        change = M.applyfunc(self.of).as_immutable()
        return ZeroMatrix(*M.shape) if change.is_zero_matrix else change

    @matrix.register(MatAdd)
    def _sum(self, M: MatAdd) -> MatrixExpr:
        return matadd(ZeroMatrix(*M.shape), *map(self.matrix, M.args))

    @matrix.register(MatMul)
    def _product(self, M: MatMul) -> MatrixExpr:
        scalar, factors = M.as_coeff_matrices()
        terms = [matmul(self.of(scalar), *factors)]
        for i, factor in enumerate(factors):
            change = self.matrix(factor)
            if not isinstance(change, ZeroMatrix):
                terms.append(matmul(scalar, *factors[:i], change, *factors[i + 1 :]))
        return matadd(ZeroMatrix(*M.shape), *terms)

    @matrix.register(Transpose)
    @matrix.register(Adjoint)
    def _transpose(self, M: Transpose) -> MatrixExpr:
        return transpose(self.matrix(M.arg))

    @matrix.register(Inverse)
    def _inverse(self, M: Inverse) -> MatrixExpr:
        return matmul(-1, M, self.matrix(M.arg), M)

    @matrix.register(MatPow)
    def _power(self, M: MatPow) -> MatrixExpr:
        return self.matrix(_unfold_power(M))

    @matrix.register(Pinv)
    def _pseudo_inverse(self, M: Pinv) -> MatrixExpr:
        change = self.matrix(M.arg)
        return ZeroMatrix(*M.shape) if isinstance(change, ZeroMatrix) else M.differential(change)

    @matrix.register(BlockMatrix)
    def _blocks(self, M: BlockMatrix) -> MatrixExpr:
        rows, columns = M.blockshape
        changes = [[self.matrix(M.blocks[i, j]) for j in range(columns)] for i in range(rows)]
        still = all(isinstance(change, ZeroMatrix) for row in changes for change in row)
        return ZeroMatrix(*M.shape) if still else BlockMatrix(changes)

    @matrix.register(HadamardProduct)
    @matrix.register(KroneckerProduct)
    def _other_product(self, M: MatrixExpr) -> MatrixExpr:
        terms = []
        for i, factor in enumerate(M.args):
            change = self.matrix(factor)
            if not isinstance(change, ZeroMatrix):
                terms.append(M.func(*M.args[:i], change, *M.args[i + 1 :]))
        return matadd(ZeroMatrix(*M.shape), *terms)

    @singledispatchmethod
    def scalar(self, atom: Any) -> Any:
        """Return the change of a number that depends on one matrix."""
        change = self.matrix(atom.args[0])
        return S.Zero if isinstance(change, ZeroMatrix) else self._along(atom, change)

    @scalar.register(LayerScalar)
    @scalar.register(BoundScalar)
    def _of_a_layer(self, atom: Expr) -> Any:
        return self.velocities.get(atom, S.Zero)

    @scalar.register(MatrixElement)
    def _entry(self, atom: MatrixElement) -> Any:
        change = self.matrix(atom.parent)
        return S.Zero if isinstance(change, ZeroMatrix) else MatrixElement(change, atom.i, atom.j)

    @scalar.register(UnspecifiedLoss)
    def _loss(self, atom: UnspecifiedLoss) -> Any:
        output, error = atom.args
        return inner(error, self.matrix(output))

    def _along(self, atom: Any, change: MatrixExpr) -> Any:
        """Return how a trace, a pseudo-determinant or a determinant changes with its matrix."""
        if isinstance(atom, Trace):
            return trace(change)
        if isinstance(atom, LogPdet):
            return trace(matmul(Pinv(atom.arg), change))
        return trace(matmul(_adjugate(atom, self.invertible), change))  # Jacobi's formula


def _adjugate(determinant: Determinant, invertible: Matrices) -> MatrixExpr:
    """Return the adjugate of the matrix of a determinant, without an inverse that may not exist.

    Raises:
        UnsupportedExpressionError: if its size is no number, or too large, and it is not known to be invertible.
    """
    A = determinant.arg
    if A.rows.is_Integer and A.rows <= LARGEST_ADJUGATE:
        return adjugate(A)
    if A in invertible:
        return matmul(determinant, Pinv(A))
    raise UnsupportedExpressionError(
        f"'expression' must not move a determinant of a matrix that may be singular (got {determinant}, of size "
        f"{A.rows}). In a claim about a rate, assume invertible({A}); elsewhere give invertible=[{A}], "
        f"take LogPdet({A}), or give sizes up to {LARGEST_ADJUGATE}."
    )


LARGEST_ADJUGATE = 4
"""The largest size at which the adjugate is written out: it has as many terms as there are partitions of numbers below
the size."""


def pulled_back(expression: Any, symbol: MatrixSymbol, invertible: Matrices = ()) -> MatrixExpr:
    """Return the gradient of a scalar expression in a matrix, gathered from the outside in."""
    terms: list[MatrixExpr] = []
    _Pullback(symbol, terms, invertible).scalar(expression, S.One)
    return matadd(ZeroMatrix(*symbol.shape), *with_entries_gathered(terms))


@dataclass(frozen=True)
class _Pullback:
    """The gradient of an expression in one symbol, gathered term by term from the outside in."""

    symbol: MatrixSymbol
    terms: list[MatrixExpr]
    invertible: Matrices

    def scalar(self, expression: Any, seed: Any) -> None:
        """Add what ``seed * d expression`` contributes."""
        frozen, atoms = _freeze(expression)
        for dummy, atom in atoms.items():
            if not atom.has(self.symbol):
                continue
            weight = seed * real_derivative(frozen, dummy, atoms)
            if weight == 0:
                continue
            if isinstance(atom, MatrixElement):
                self.matrix(atom.parent, matmul(weight, unit_matrix(atom)))
            elif isinstance(atom, UnspecifiedLoss):
                self.matrix(atom.args[0], matmul(weight, atom.args[1]))
            elif isinstance(atom, Trace):
                self.matrix(atom.arg, matmul(weight, Identity(atom.arg.rows)))
            elif isinstance(atom, LogPdet):
                self.matrix(atom.arg, matmul(weight, transpose(Pinv(atom.arg))))
            elif isinstance(atom, Determinant):
                self.matrix(atom.arg, matmul(weight, transpose(_adjugate(atom, self.invertible))))
            else:
                raise _refuse(atom)

    def matrix(self, M: MatrixExpr, seed: MatrixExpr) -> None:
        """Add what ``<seed, dM>`` contributes."""
        if self.symbol == M:
            self.terms.append(seed)
        elif M.has(self.symbol) and (isinstance(M, LayerSymbol) or not isinstance(M, MatrixSymbol)):
            self._inside(M, seed)

    @singledispatchmethod
    def _inside(self, M: Any, seed: MatrixExpr) -> None:
        raise _refuse(M)

    @_inside.register(MatAdd)
    def _sum(self, M: MatAdd, seed: MatrixExpr) -> None:
        for term in M.args:
            self.matrix(term, seed)

    @_inside.register(MatMul)
    def _product(self, M: MatMul, seed: MatrixExpr) -> None:
        scalar, factors = M.as_coeff_matrices()
        if scalar.has(self.symbol):
            self.scalar(scalar, inner(seed, matmul(*factors)))
        for i, factor in enumerate(factors):
            if factor.has(self.symbol):
                left = [transpose(F) for F in reversed(factors[:i])]
                right = [transpose(F) for F in reversed(factors[i + 1 :])]
                self.matrix(factor, matmul(scalar, *left, seed, *right))

    @_inside.register(Transpose)
    @_inside.register(Adjoint)
    def _transpose(self, M: Transpose, seed: MatrixExpr) -> None:
        self.matrix(M.arg, transpose(seed))

    @_inside.register(Inverse)
    def _inverse(self, M: Inverse, seed: MatrixExpr) -> None:
        self.matrix(M.arg, matmul(-1, transpose(M), seed, transpose(M)))

    @_inside.register(MatPow)
    def _power(self, M: MatPow, seed: MatrixExpr) -> None:
        self.matrix(_unfold_power(M), seed)

    @_inside.register(Pinv)
    def _pseudo_inverse(self, M: Pinv, seed: MatrixExpr) -> None:
        self.matrix(M.arg, M.pullback(seed))

    @_inside.register(BlockMatrix)
    def _blocks(self, M: BlockMatrix, seed: MatrixExpr) -> None:
        for i, left in enumerate(embeddings(M.rowblocksizes)):
            for j, right in enumerate(embeddings(M.colblocksizes)):
                self.matrix(M.blocks[i, j], matmul(transpose(left), seed, right))

    @_inside.register(HadamardProduct)
    def _entrywise_product(self, M: HadamardProduct, seed: MatrixExpr) -> None:
        for i, factor in enumerate(M.args):
            self.matrix(factor, HadamardProduct(seed, *M.args[:i], *M.args[i + 1 :]))


def _unfold_power(power: MatPow) -> MatrixExpr:
    """Write ``A**n`` as the product of ``n`` factors, or of ``-n`` inverses."""
    if not power.exp.is_Integer:
        raise _refuse(power)
    if power.exp < 0:
        return matmul(*[Inverse(power.base)] * -int(power.exp))
    return matmul(Identity(power.base.rows), *[power.base] * int(power.exp))


def _freeze(expression: Any) -> tuple[Expr, dict[Dummy, Expr]]:
    """Replace each scalar that is made of matrices by a real dummy, so that SymPy sees commuting symbols only.

    Raises:
        UnsupportedExpressionError: for a matrix that stands where a number is due, and for a sum over an index, or an
            integral, of what is made of matrices: a dummy would not depend on the index.
    """
    atoms: dict[Expr, Dummy] = {}

    def leaf(part: Any) -> Any:
        if isinstance(part, _SCALAR_OF_MATRICES):
            return atoms.setdefault(part, Dummy(f"s{len(atoms)}", real=True))
        bound = isinstance(part, ExprWithLimits | Derivative) and part.has(MatrixExpr, *_SCALAR_OF_MATRICES)
        of_matrices = any(isinstance(A, MatrixExpr | MatrixBase) for A in part.args)  # such as a rank
        if bound or of_matrices or isinstance(part, MatrixExpr | MatrixBase):
            raise _refuse(part)
        return part

    return rebuild(S(expression), leaf), {dummy: atom for atom, dummy in atoms.items()}
