"""Differentials and gradients of matrix expressions, in our own noncommutative calculus.

SymPy 1.14 answers 0 for the derivative of a sum of traces, and recurses for ever on block matrices. Here every
node is differentiated by its own rule, forward (`differential`) or in reverse (`gradient`), and a node
without a rule is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import (
    Determinant,
    Dummy,
    Expr,
    Identity,
    Inverse,
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
from sympy.matrices.expressions.matexpr import MatrixElement

from tptheory.errors import InvalidTypeError, UnsupportedExpressionError, complain
from tptheory.symbolic.expressions import (
    LogPdet,
    Pinv,
    UnspecifiedLoss,
    inner,
    matadd,
    matmul,
    rebuild,
    trace,
    transpose,
)

Velocities = Mapping[MatrixSymbol, MatrixExpr]

_CONSTANT = (Identity, ZeroMatrix, OneMatrix, MatrixBase)
_SCALAR_OF_MATRICES = (Trace, LogPdet, Determinant, MatrixElement, UnspecifiedLoss)


def _refuse(node: Any) -> UnsupportedExpressionError:
    return UnsupportedExpressionError(
        f"'expression' must be built from sums, products, powers, transposes, inverses, Pinv, Trace, LogPdet and "
        f"Determinant (got {type(node).__name__}: {node}). For a squared norm write Trace(e.T*e), not (e.T*e)[0, 0]."
    )


def differential(expression: Any, velocities: Velocities) -> Any:
    """Return the derivative of a matrix or scalar expression when each symbol moves with its velocity.

    A symbol without a velocity stands still. Pseudo-inverses and pseudo-determinants are differentiated at
    constant rank.

    Raises:
        UnsupportedExpressionError: for a node without a rule (a BlockMatrix, an elementwise product, ...).
    """
    if isinstance(expression, MatrixExpr | MatrixBase):
        return _matrix_differential(expression, velocities)
    frozen, atoms = _freeze(expression)
    change: Any = S.Zero
    for dummy, atom in atoms.items():
        rate = _scalar_differential(atom, velocities)
        if rate != 0:
            change += frozen.diff(dummy).xreplace(atoms) * rate
    return change


def _matrix_differential(M: MatrixExpr, velocities: Velocities) -> MatrixExpr:
    zero = ZeroMatrix(M.rows, M.cols)
    if isinstance(M, MatrixSymbol):
        return velocities.get(M, zero)
    if isinstance(M, _CONSTANT):
        return zero
    if isinstance(M, MatAdd):
        return matadd(zero, *(_matrix_differential(term, velocities) for term in M.args))
    if isinstance(M, MatMul):
        scalar, factors = M.as_coeff_matrices()
        terms = [matmul(differential(scalar, velocities), *factors)]
        for i, factor in enumerate(factors):
            change = _matrix_differential(factor, velocities)
            if not isinstance(change, ZeroMatrix):
                terms.append(matmul(scalar, *factors[:i], change, *factors[i + 1 :]))
        return matadd(zero, *terms)
    if isinstance(M, Transpose):
        return transpose(_matrix_differential(M.arg, velocities))
    if isinstance(M, Inverse):
        return matmul(-1, M, _matrix_differential(M.arg, velocities), M)
    if isinstance(M, MatPow):
        return _matrix_differential(_unfold_power(M), velocities)
    if isinstance(M, Pinv):
        change = _matrix_differential(M.arg, velocities)
        return zero if isinstance(change, ZeroMatrix) else M.differential(change)
    raise _refuse(M)


def _scalar_differential(atom: Expr, velocities: Velocities) -> Any:
    if isinstance(atom, MatrixElement):
        change = _matrix_differential(atom.parent, velocities)
        return S.Zero if isinstance(change, ZeroMatrix) else MatrixElement(change, atom.i, atom.j)
    if isinstance(atom, UnspecifiedLoss):
        output, error = atom.args
        return inner(error, _matrix_differential(output, velocities))
    change = _matrix_differential(atom.args[0], velocities)
    if isinstance(change, ZeroMatrix):
        return S.Zero
    if isinstance(atom, Trace):
        return trace(change)
    if isinstance(atom, LogPdet):
        return trace(matmul(Pinv(atom.arg), change))
    return atom * trace(matmul(Inverse(atom.arg), change))  # Jacobi's formula for the determinant


def gradient(expression: Any, symbol: MatrixSymbol) -> MatrixExpr:
    """Return the gradient ``G`` of a scalar expression: ``d expression = <G, d symbol>``, shaped as ``symbol``.

    >>> from sympy import MatrixSymbol, Trace
    >>> A = MatrixSymbol("A", 2, 3)
    >>> str(gradient(Trace(A.T * A) / 2, A))
    'A'

    Raises:
        InvalidTypeError: if ``expression`` is a matrix, or ``symbol`` is not a MatrixSymbol.
        UnsupportedExpressionError: for a node without a rule.
    """
    if not isinstance(symbol, MatrixSymbol):
        raise InvalidTypeError(complain("symbol", "a MatrixSymbol", symbol))
    if isinstance(expression, MatrixExpr | MatrixBase):
        raise InvalidTypeError(complain("expression", "a scalar expression", expression, "Take its Trace."))
    terms: list[MatrixExpr] = []
    _scalar_pullback(expression, S.One, symbol, terms)
    return matadd(ZeroMatrix(*symbol.shape), *terms)


def _scalar_pullback(expression: Any, seed: Any, symbol: MatrixSymbol, terms: list[MatrixExpr]) -> None:
    frozen, atoms = _freeze(expression)
    for dummy, atom in atoms.items():
        weight = seed * frozen.diff(dummy).xreplace(atoms)
        if weight == 0 or not atom.has(symbol):
            continue
        if isinstance(atom, MatrixElement):
            if tuple(atom.parent.shape) != (1, 1):
                raise _refuse(atom)
            _pullback(atom.parent, matmul(weight, Identity(1)), symbol, terms)
        elif isinstance(atom, UnspecifiedLoss):
            _pullback(atom.args[0], matmul(weight, atom.args[1]), symbol, terms)
        elif isinstance(atom, Trace):
            _pullback(atom.arg, matmul(weight, Identity(atom.arg.rows)), symbol, terms)
        elif isinstance(atom, LogPdet):
            _pullback(atom.arg, matmul(weight, transpose(Pinv(atom.arg))), symbol, terms)
        else:
            _pullback(atom.arg, matmul(weight * atom, transpose(Inverse(atom.arg))), symbol, terms)


def _pullback(M: MatrixExpr, seed: MatrixExpr, symbol: MatrixSymbol, terms: list[MatrixExpr]) -> None:
    """Add to ``terms`` what ``<seed, dM>`` contributes to the gradient."""
    if symbol == M:
        terms.append(seed)
    elif isinstance(M, (MatrixSymbol, *_CONSTANT)):
        return
    elif isinstance(M, MatAdd):
        for term in M.args:
            _pullback(term, seed, symbol, terms)
    elif isinstance(M, MatMul):
        scalar, factors = M.as_coeff_matrices()
        if scalar.has(symbol):
            _scalar_pullback(scalar, inner(seed, matmul(*factors)), symbol, terms)
        for i, factor in enumerate(factors):
            if factor.has(symbol):
                left = [transpose(F) for F in reversed(factors[:i])]
                right = [transpose(F) for F in reversed(factors[i + 1 :])]
                _pullback(factor, matmul(scalar, *left, seed, *right), symbol, terms)
    elif isinstance(M, Transpose):
        _pullback(M.arg, transpose(seed), symbol, terms)
    elif isinstance(M, Inverse):
        _pullback(M.arg, matmul(-1, transpose(M), seed, transpose(M)), symbol, terms)
    elif isinstance(M, MatPow):
        _pullback(_unfold_power(M), seed, symbol, terms)
    elif isinstance(M, Pinv):
        _pullback(M.arg, M.pullback(seed), symbol, terms)
    else:
        raise _refuse(M)


def _unfold_power(power: MatPow) -> MatrixExpr:
    """Write ``A**n`` as the product of ``n`` factors, or of ``-n`` inverses."""
    if not power.exp.is_Integer:
        raise _refuse(power)
    if power.exp < 0:
        return matmul(*[Inverse(power.base)] * -int(power.exp))
    return matmul(Identity(power.base.rows), *[power.base] * int(power.exp))


def _freeze(expression: Any) -> tuple[Expr, dict[Dummy, Expr]]:
    """Replace each scalar that is made of matrices by a dummy, so that SymPy sees commuting symbols only."""
    atoms: dict[Expr, Dummy] = {}

    def leaf(part: Any) -> Any:
        if isinstance(part, _SCALAR_OF_MATRICES):
            return atoms.setdefault(part, Dummy(f"s{len(atoms)}"))
        if isinstance(part, MatrixExpr | MatrixBase):
            raise _refuse(expression)
        return part

    return rebuild(S(expression), leaf), {dummy: atom for atom, dummy in atoms.items()}
