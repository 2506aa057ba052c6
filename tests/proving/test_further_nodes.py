"""Blocks, products by entries, ranks, determinants and functions become polynomials of the same value."""

import pytest
from flint import fmpq_mat
from oracles.words import Letters, random_values
from sympy import (
    Abs,
    Adjoint,
    BlockMatrix,
    Determinant,
    HadamardPower,
    HadamardProduct,
    KroneckerProduct,
    MatPow,
    Max,
    Min,
    OneMatrix,
    Trace,
    ZeroMatrix,
    conjugate,
)
from sympy.matrices.expressions.matexpr import MatrixElement

from tptheory.numeric.evaluation import evaluate
from tptheory.preamble import *
from tptheory.proving.translation import Translator

B, x, y = MatrixSymbol("B", n, p), MatrixSymbol("x", n, 1), MatrixSymbol("y", n, 1)
M, N = MatrixSymbol("M", 2, 2), MatrixSymbol("N", 2, 3)
I_n, O = Identity(n), ZeroMatrix(n, n)
c = Symbol("c", real=True)
left = BlockMatrix([[I_n, O], [R, I_n]])

EXPRESSIONS = {
    "adjoint": Adjoint(A) * Pinv(Adjoint(A)),
    "adjoint of a product": Adjoint(A * B),
    "conjugate": conjugate(Symbol("z")) * A,
    "rank": Rank(A) + 2 * Rank(A * B),
    "rank of a transpose": Rank(A.T),
    "rank of a sum": Rank(R + S),
    "blocks": BlockMatrix([[A, A], [R, S]]),
    "product of blocks": left * BlockMatrix([[R, S], [S, R]]),
    "blocks beside an identity": left * left.T + Identity(2 * n),
    "one row of blocks": BlockMatrix([[R, B]]) * BlockMatrix([[R, B]]).T,
    "trace of blocks": Trace(left.T * left),
    "inverse of blocks": Pinv(BlockMatrix([[M, N], [N.T, ZeroMatrix(3, 3)]])),
    "blocks of blocks": BlockMatrix([[left, ZeroMatrix(2 * n, n)], [ZeroMatrix(n, 2 * n), R]]),
    "Kronecker product": KroneckerProduct(A, M),
    "of sums": KroneckerProduct(A + 2 * A, M - Identity(2)),
    "of products": KroneckerProduct(A, N) * KroneckerProduct(B, N.T),
    "inverse of a Kronecker product": Pinv(KroneckerProduct(x.T, N)),
    "inverse of square factors": Inverse(KroneckerProduct(M, M)) * KroneckerProduct(M, M),
    "transpose of a Kronecker product": KroneckerProduct(A, N).T,
    "three factors": KroneckerProduct(x, N, y.T),
    "nested": KroneckerProduct(KroneckerProduct(x, N) * 2, y.T),
    "trace of a Kronecker product": Trace(KroneckerProduct(R, M)),
    "trace of rectangles": Trace(KroneckerProduct(N, N.T)),
    "with a column": KroneckerProduct(x * y.T, M) * KroneckerProduct(x, N),
    "entrywise": HadamardProduct(A, A * S, A + A * R),
    "entrywise, transposed": HadamardProduct(R, S).T + HadamardProduct(R.T, S),
    "diagonal": HadamardProduct(R, I_n) * x,
    "entrywise power": HadamardPower(R - S, 3),
    "of columns": HadamardProduct(x, y).T * x,
    "determinant": Determinant(M) + 1,
    "of a product": Determinant(R * S * R.T),
    "of rectangles": Determinant(N * N.T) + Determinant(N.T * N),
    "of a multiple": Determinant(c * M * M),
    "of an inverse": Determinant(Inverse(M) * M.T),
    "of a power": Determinant(MatPow(R, 3)),
    "of a sum": Determinant(R + S) - Determinant(R.T + S.T),
    "of accretive sums": Determinant(R.T * R + I_n) + Determinant(S * S.T + R - R.T),
    "of a product of rectangles": Determinant(N * MatrixSymbol("V", 3, 2)),
    "of complex blocks": Determinant(BlockMatrix([[R, S], [-S, R]])),
    "Kronecker product of forms": KroneckerProduct(R * R.T, M.T * M),
    "entrywise product of forms": HadamardProduct(R * R.T, S.T * S),
    "inverses of sums of forms": Pinv(R * R.T + S * S.T) + Inverse(I_n + S.T * S),
    "ones": OneMatrix(n, 1) * OneMatrix(1, n) * R,
    "entries": MatrixElement(M * N, 1, 2) + N[0, 1],
    "numbers": ImmutableMatrix([[1, 2], [c, 0]]) * M,
    "absolute value": Abs(Trace(R)) * Max(c, Trace(S * R)),
    "least of three": Min(c, Trace(R), Trace(S)) + Max(c, Trace(R), Trace(S)),
    "multiple in an inverse": Pinv(-3 * A) + Pinv(eta * A),
    "multiple of an inverse": Inverse(-2 * M) * 3,
}


@pytest.mark.parametrize("thin", [True, False])
@pytest.mark.parametrize("expression", EXPRESSIONS.values(), ids=EXPRESSIONS.keys())
def test_a_polynomial_has_the_value_of_its_expression(expression, thin):
    """Translation and evaluation agree on exact matrices, and every equation that the translation assumes holds."""
    translator = Translator(thin)
    polynomial = translator(expression)
    agreed = 0
    for seed in range(12):
        values = random_values(expression, seed)
        try:
            expected = evaluate(expression, values, arithmetic="exact")
        except ValueError:  # an inverse does not exist here
            continue
        letters = Letters(translator, values)
        assert letters.value(polynomial) == (expected if isinstance(expected, fmpq_mat) else fmpq_mat(1, 1, [expected]))
        for hypothesis in translator.hypotheses:
            assert letters.holds(hypothesis), hypothesis
        agreed += 1
    assert agreed >= 3


GIVEN = {
    "invertible": [invertible(R)],
    "orthogonal": [orthogonal(R)],
    "projection": [projection(R)],
    "an equation": [Equal(R * S, S)],
}


@pytest.mark.parametrize("given", GIVEN.values(), ids=GIVEN.keys())
def test_what_follows_for_determinants_is_assumed_in_either_order(given):
    """Hypotheses that come before a determinant and those that come after it have the same consequences."""

    def assumed(first, then):
        translator = Translator()
        for expression in (*first, *then):
            if expression is Determinant:
                translator(Determinant(R * S))
            else:
                translator.assume(translator(expression), ("given",))
        return {repr(h.polynomial) for h in translator.hypotheses}

    equations = [e for h in given for e in h.residuals()]
    before, after = assumed([Determinant], equations), assumed(equations, [Determinant])
    assert before == after
    assert any("det(R)" in text for text in before)
