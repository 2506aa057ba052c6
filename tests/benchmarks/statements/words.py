"""The symbols and the raw hypotheses that the statements are made of, and all words of theorem files.

``A``, ``D``, ``E`` have shape ``(m, n)``, and ``X``, ``Y`` are inverses of one kind or another of ``A``, ``(n, m)``.
``F`` has shape ``(m, p)``; ``B``, ``U``, ``V`` have shape ``(n, p)``, and ``C``, ``Z`` have ``(p, n)``. All from ``G``
to ``S`` are square, ``(n, n)``; ``u``, ``v``, ``x``, ``y`` are columns of ``n`` numbers, and ``c`` is one of ``m``.
``s``, ``t`` are real numbers, and ``mu`` is a positive one.
"""

from __future__ import annotations

from sympy import MatrixExpr

from tptheory.preamble import *

A, D, E = (MatrixSymbol(name, m, n) for name in "ADE")
X, Y = MatrixSymbol("X", n, m), MatrixSymbol("Y", n, m)
B, U, V = (MatrixSymbol(name, n, p) for name in "BUV")
C, Z = (MatrixSymbol(name, p, n) for name in "CZ")
F = MatrixSymbol("F", m, p)
G, H, J, K, M, N, P, Q, R, S = (MatrixSymbol(name, n, n) for name in "GHJKMNPQRS")
u, v, x, y = (MatrixSymbol(name, n, 1) for name in "uvxy")
c = MatrixSymbol("c", m, 1)
s, t = Symbol("s", real=True), Symbol("t", real=True)
mu = Symbol("mu", positive=True)
I, I1, Im, Ip = Identity(n), Identity(1), Identity(m), Identity(p)


def idempotent(*matrices: MatrixExpr) -> list[Equal]:
    """Say that the square of each matrix is the matrix."""
    return [Equal(P * P, P) for P in matrices]


def self_transpose(*matrices: MatrixExpr) -> list[Equal]:
    """Say that each matrix is its own transpose."""
    return [Equal(S.T, S) for S in matrices]


def orthogonal_projection(*matrices: MatrixExpr) -> list[Equal]:
    """Say that each matrix is an orthogonal projection."""
    return [*idempotent(*matrices), *self_transpose(*matrices)]


def skew(*matrices: MatrixExpr) -> list[Equal]:
    """Say that the transpose of each matrix is its negative."""
    return [Equal(K.T, -K) for K in matrices]


def normal(*matrices: MatrixExpr) -> list[Equal]:
    """Say that each matrix commutes with its transpose."""
    return [Equal(S * S.T, S.T * S) for S in matrices]


def orthonormal_columns(*matrices: MatrixExpr) -> list[Equal]:
    """Say that the columns of each matrix are orthonormal."""
    return [Equal(U.T * U, Identity(U.cols)) for U in matrices]


def penrose(A: MatrixExpr, X: MatrixExpr, equations: str) -> list[Equal]:
    """Return those of the four equations of Penrose (1955) that make ``X`` an inverse such as ``A{1,3}``."""
    every = {
        "1": Equal(A * X * A, A),
        "2": Equal(X * A * X, X),
        "3": Equal((A * X).T, A * X),
        "4": Equal((X * A).T, X * A),
    }
    return [every[number] for number in equations]


def group_inverse(S: MatrixExpr, G: MatrixExpr) -> list[Equal]:
    """Say that ``G`` is the group inverse of ``S``."""
    return [Equal(S * G * S, S), Equal(G * S * G, G), Equal(S * G, G * S)]


def gram(S: MatrixExpr, G: MatrixExpr) -> list[Equal]:
    """Say that ``S`` is positive semidefinite, as the Gram matrix ``G G'``."""
    return [Equal(S, G * G.T)]
