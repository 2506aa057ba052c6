"""Statements of the literature on derivatives and gradients of functions of matrices."""

from functools import partial

from sympy import Determinant

from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *

holds = partial(Statement, area="derivatives", true=True)
fails = partial(Statement, area="derivatives", true=False)

N_ = MatrixSymbol("N", p, p)

STATEMENTS: list[Statement] = [
    holds(
        "the derivative of tr R^3 is 3 tr R^2S",
        lambda: Equal(derivative(trace(R**3), R, S), 3 * trace(R**2 * S)),
        "Magnus and Neudecker",
    ),
    fails(
        "the derivative of tr R^3 is 3 tr RSR'",
        lambda: Equal(derivative(trace(R**3), R, S), 3 * trace(R * S * R.T)),
        "numbers, size 2",
    ),
    holds(
        "Jacobi: the derivative of det R is det R tr R^-1S",
        lambda: Equal(derivative(Determinant(R), R, S), Determinant(R) * trace(Inverse(R) * S)),
        "Jacobi's formula",
    ),
    holds(
        "the gradient of |AUN - F|^2 is 2A'(AUN - F)N'",
        lambda: Equal(gradient(squared_norm(A * U * N_ - F), U), 2 * A.T * (A * U * N_ - F) * N_.T),
        "the chain rule",
    ),
    holds(
        "the gradient of tr R^-1 is -(R^-2)'",
        lambda: Equal(gradient(trace(Inverse(R)), R), -(Inverse(R) ** 2).T),
        "Petersen and Pedersen",
    ),
    fails(
        "the gradient of tr R^-1 is -R^-2",
        lambda: Equal(gradient(trace(Inverse(R)), R), -(Inverse(R) ** 2)),
        "[[1, 1], [0, 1]]",
    ),
    holds(
        "the gradient of tr U'SUN is 2SUN for symmetric S, N",
        lambda: Equal(gradient(trace(U.T * S * U * N_), U), 2 * S * U * N_, given=[symmetric(S, N_)]),
        "Magnus and Neudecker",
    ),
    fails(
        "the gradient of tr U'SUN is 2SUN",
        lambda: Equal(gradient(trace(U.T * S * U * N_), U), 2 * S * U * N_),
        "S that is not symmetric",
    ),
    holds(
        "Golub and Pereyra: the derivative of AA+",
        lambda: Equal(
            derivative(A * Pinv(A), A, D), (Im - A * Pinv(A)) * D * Pinv(A) + Pinv(A).T * D.T * (Im - A * Pinv(A))
        ),
        "Golub and Pereyra (1973)",
    ),
    holds(
        "A+A (A+A)' A+A = 0 for the derivative of the projection A+A",
        lambda: Zero(Pinv(A) * A * derivative(Pinv(A) * A, A, D) * Pinv(A) * A),
        "P' = P'P + PP'",
    ),
    holds(
        "the derivative of log pdet A is tr A+D",
        lambda: Equal(derivative(LogPdet(A), A, D), trace(Pinv(A) * D)),
        "along matrices of one rank",
    ),
    fails(
        "the derivative of log pdet A is 2 tr A+D",
        lambda: Equal(derivative(LogPdet(A), A, D), 2 * trace(Pinv(A) * D)),
        "A = D = 1",
    ),
    fails(
        "the derivative of R^2 is 2RS", lambda: Equal(derivative(R**2, R, S), 2 * R * S), "matrices that do not commute"
    ),
    holds(
        "the derivative of R^3 is 3R^2S if RS = SR",
        lambda: Equal(derivative(R**3, R, S), 3 * R**2 * S, given=[Commute(R, S)]),
        "commuting matrices",
    ),
    holds(
        "the gradient of x'Sx is (S + S')x",
        lambda: Equal(gradient(inner(x, S * x), x), (S + S.T) * x),
        "Magnus and Neudecker",
    ),
    holds(
        "the gradient of |Ax - c|^2 vanishes at x = A+c",
        lambda: Zero(gradient(squared_norm(A * x - c), x), given=[Equal(x, Pinv(A) * c)]),
        "the normal equations",
    ),
    fails(
        "the gradient of |Ax - c|^2 vanishes only at x = A+c",
        lambda: Equal(x, Pinv(A) * c, given=[Zero(gradient(squared_norm(A * x - c), x))]),
        "A = 0",
    ),
]
