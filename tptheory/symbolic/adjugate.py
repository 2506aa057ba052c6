"""The adjugate of a matrix whose size is a number, as a polynomial."""

from __future__ import annotations

from sympy import Identity, MatAdd, MatrixExpr

from tptheory.symbolic.expressions import matadd, matmul, trace


def adjugate(A: MatrixExpr) -> MatrixExpr:
    """Return the adjugate of a square matrix whose size is a number: ``A adj(A) = det(A) I``, singular or not.

    It is a polynomial in ``A`` and the traces of its powers (Faddeev and Le Verrier): ``B_1 = I`` and
    ``B_{k+1} = A B_k - tr(A B_k)/k I``, and the adjugate is ``(-1)^(n-1) B_n``.

    >>> from sympy import MatrixSymbol
    >>> str(adjugate(MatrixSymbol("A", 2, 2)))
    'Trace(A)*I - A'
    """
    identity = Identity(A.rows)
    B = identity
    for k in range(1, int(A.rows)):
        product = matmul(A, B)
        if isinstance(B, MatAdd):
            product = matadd(*(matmul(A, term) for term in B.args))
        B = matadd(product, matmul(-trace(product) / k, identity))
    if A.rows % 2:
        return B
    return matadd(*(matmul(-1, term) for term in (B.args if isinstance(B, MatAdd) else (B,))))
