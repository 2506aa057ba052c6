"""The translation of further nodes: blocks, Kronecker and entrywise products, ranks, determinants, functions."""

from __future__ import annotations

from functools import reduce, singledispatch
from operator import mul
from typing import Any

from sympy import (
    Abs,
    Adjoint,
    BlockMatrix,
    Determinant,
    Expr,
    Float,
    HadamardPower,
    HadamardProduct,
    KroneckerProduct,
    MatMul,
    MatrixBase,
    MatrixExpr,
    Max,
    Min,
    NumberSymbol,
    Pow,
    atan,
    conjugate,
    cos,
    cosh,
    exp,
    sign,
    sin,
    sinh,
    tanh,
)
from sympy.core.function import Application
from sympy.core.numbers import ImaginaryUnit
from sympy.matrices.expressions.matexpr import MatrixElement

from tptheory.errors import UnsupportedExpressionError
from tptheory.proving.block_matrices import block_determinant, block_matrix
from tptheory.proving.determinants import determinant
from tptheory.proving.forms import assume_form
from tptheory.proving.functions import function, is_root
from tptheory.proving.knowledge import Knowledge
from tptheory.proving.kronecker import kronecker
from tptheory.proving.log_determinants import assume_log_order, log_pdet
from tptheory.proving.opaque import atom, entry, entrywise, function_of_numbers, matrix_of_entries
from tptheory.proving.translating import Reason
from tptheory.proving.words import Polynomial
from tptheory.symbolic.expressions import LogPdet
from tptheory.symbolic.rank import Rank

KRONECKER: Reason = ("definition", "Kronecker products of semidefinite matrices are semidefinite")
SCHUR: Reason = ("definition", "entrywise products of semidefinite matrices are semidefinite")


@singledispatch
def matrix_node(M: Any, translator: Knowledge) -> Polynomial:
    """Return the polynomial of a matrix; a node without a translation is a letter of its own."""
    return atom(M, translator)


matrix_node.register(BlockMatrix, block_matrix)
matrix_node.register(MatrixBase, matrix_of_entries)


@matrix_node.register(Adjoint)
def _adjoint(M: Adjoint, translator: Knowledge) -> Polynomial:
    return translator(M.arg).transpose()  # all matrices are real


@matrix_node.register(KroneckerProduct)
def _kronecker_product(M: KroneckerProduct, translator: Knowledge) -> Polynomial:
    factors = [translator(factor) for factor in M.args]
    product = kronecker(translator, factors)
    assume_form(translator, factors, product, KRONECKER)
    return product


@matrix_node.register(HadamardProduct)
def _entrywise_product(M: HadamardProduct, translator: Knowledge) -> Polynomial:
    return _entrywise(translator, [translator(factor) for factor in M.args])


@matrix_node.register(HadamardPower)
def _entrywise_power(M: HadamardPower, translator: Knowledge) -> Polynomial:
    if not (M.exp.is_Integer and 0 < M.exp <= LARGEST_ENTRYWISE_POWER):
        raise UnsupportedExpressionError(
            f"'expression' must have entrywise powers from 1 to {LARGEST_ENTRYWISE_POWER} (got {M})."
        )
    return _entrywise(translator, [translator(M.base)] * int(M.exp))


def _entrywise(translator: Knowledge, factors: list[Polynomial]) -> Polynomial:
    """Return an entrywise product, which is a form where its factors are forms."""
    product = entrywise(translator, factors)
    assume_form(translator, factors, product, SCHUR)
    return product


REAL_EVERYWHERE = (Abs, Max, Min, atan, cos, cosh, exp, sign, sin, sinh, tanh)
"""The functions that are real at every real number."""
LARGEST_ENTRYWISE_POWER = 6
"""The highest entrywise power that is multiplied out."""


@singledispatch
def scalar_node(s: Any, translator: Knowledge) -> Polynomial:
    """Return the polynomial of a number; a node without a translation is a letter of its own.

    Raises:
        UnsupportedExpressionError: if it is no number.
    """
    if not isinstance(s, Expr):
        raise UnsupportedExpressionError(f"'expression' must be a number or a matrix (got {type(s).__name__}: {s}).")
    return atom(s, translator)


@scalar_node.register(Rank)
def _rank(s: Rank, translator: Knowledge) -> Polynomial:
    A = translator(s.arg)
    return translator.trace_of(A * translator.pinv(A))


@scalar_node.register(Determinant)
def _determinant(s: Determinant, translator: Knowledge) -> Polynomial:
    M = s.arg
    if isinstance(M, BlockMatrix):
        return block_determinant(translator, M)
    factors = M.args if isinstance(M, MatMul) else ()
    if len(factors) > 1 and all(isinstance(A, MatrixExpr) and A.rows == A.cols for A in factors):
        return reduce(mul, (translator(Determinant(A)) for A in factors))
    return determinant(translator, translator(M))


@scalar_node.register(LogPdet)
def _log_pdet(s: LogPdet, translator: Knowledge) -> Polynomial:
    A = translator(s.arg)
    value = log_pdet(translator, A, str(s))
    assume_log_order(translator, A, value)
    return value


@scalar_node.register(MatrixElement)
def _entry(s: MatrixElement, translator: Knowledge) -> Polynomial:
    A = translator(s.parent)
    if A.is_scalar:
        return translator.trace_of(A)
    if not (s.i.is_Integer and s.j.is_Integer and s.i >= 0 and s.j >= 0):
        raise UnsupportedExpressionError(
            f"'expression' must have entries whose row and column are numbers from 0 on (got {s}). Write a sum over "
            "all entries by Trace or OneMatrix."
        )
    return entry(translator, A, int(s.i), int(s.j))


@scalar_node.register(conjugate)
def _conjugate(s: Any, translator: Knowledge) -> Polynomial:
    return translator(s.args[0])  # all numbers are real


@scalar_node.register(Float)
def _float(s: Float, _: Knowledge) -> Polynomial:
    raise UnsupportedExpressionError(
        f"'expression' must have exact numbers (got the float {s}). Write Rational(1, 2), not 0.5."
    )


@scalar_node.register(ImaginaryUnit)
def _imaginary(s: Any, _: Knowledge) -> Polynomial:
    raise UnsupportedExpressionError(f"'expression' must have real numbers (got {s}, a root of -1).")


@scalar_node.register(NumberSymbol)
def _constant(s: Any, translator: Knowledge) -> Polynomial:
    return function_of_numbers(translator, s, (), str(s))


@scalar_node.register(Application)
@scalar_node.register(Pow)
def _function(s: Expr, translator: Knowledge) -> Polynomial:
    """Return the letter of a function of numbers, of whose value something may be known (`functions`)."""
    if not (s.is_real or isinstance(s, REAL_EVERYWHERE) or is_root(s)):
        translator.note_nonreal(s)
    if s.is_real is False or any(isinstance(a, MatrixExpr | MatrixBase) or not isinstance(a, Expr) for a in s.args):
        return atom(s, translator)
    return function(translator, s)
