"""Determinants in order, and those of blocks that commute: each true claim beside a false one."""

from math import prod

import numpy as np
import pytest
from proving.pairs import check_proved, check_refuted, each_false, each_true
from sympy import BlockMatrix, Determinant, Identity, Inverse, MatrixSymbol, Symbol, ZeroMatrix, symbols, trace

from tptheory import (
    AtMost,
    Equal,
    LogPdet,
    NonNegative,
    Rank,
    Zero,
    at_most,
    positive_definite,
    positive_semidefinite,
    projection,
    prove,
    squared_norm,
    symmetric,
)

n, m = symbols("n m", integer=True, positive=True)
a = Symbol("a", nonnegative=True)
b, c = symbols("b c", real=True)
A = MatrixSymbol("A", m, n)
R, S, K, X, P, Q = (MatrixSymbol(name, n, n) for name in "RSKXPQ")
I, det = Identity(n), Determinant
semidefinite = [positive_semidefinite(R), positive_semidefinite(S)]
skew = [Equal(K.T, -K)]
definite = [positive_definite(R, S)]

PAIRS = {
    "a reflection along an idempotent": (
        Equal(det(2 * P - I) ** 2, 1, given=[projection(P)]),
        Equal(det(3 * P - I) ** 2, 1, given=[projection(P)]),
    ),
    "a reflection on a line": (
        Equal(det(I - 2 * P * P.T) ** 2, 1, given=[Equal(P.T * P * P.T * P, P.T * P)]),
        Equal(det(I - 2 * P * P.T), 1, given=[Equal(P.T * P * P.T * P, P.T * P)]),
    ),
    "the logarithm below the trace": (
        AtMost(LogPdet(R), trace(R) - n, given=[positive_definite(R)]),
        AtMost(LogPdet(R), trace(R) - n, given=[positive_semidefinite(R)]),
    ),
    "the logarithm below the trace at any rank": (
        AtMost(LogPdet(R), trace(R) - Rank(R), given=[positive_semidefinite(R)]),
        AtMost(LogPdet(R), trace(R) - Rank(R), given=[symmetric(R)]),
    ),
    "the logarithm of a Gram matrix": (
        AtMost(LogPdet(A * A.T), squared_norm(A) - Rank(A)),
        AtMost(LogPdet(A * A.T), squared_norm(A) - m),
    ),
    "the logarithm below its tangents": (
        AtMost(LogPdet(R), LogPdet(S) + trace(Inverse(S) * R) - n, given=definite),
        AtMost(
            LogPdet(R),
            LogPdet(S) + trace(Inverse(S) * R) - n,
            given=[positive_semidefinite(R), positive_definite(S)],
        ),
    ),
    "a sum below the tangents": (
        AtMost(LogPdet(R + S), LogPdet(S) + trace(Inverse(S) * (R + S)) - n, given=definite),
        AtMost(LogPdet(a * R), LogPdet(S) + trace(Inverse(S) * a * R) - n, given=definite),
    ),
    "and not above them": (
        AtMost(trace(Inverse(S) * R) - n + LogPdet(R), 2 * trace(Inverse(S) * R) - 2 * n + LogPdet(S), given=definite),
        AtMost(LogPdet(S) + trace(Inverse(S) * R) - n, LogPdet(R), given=definite),
    ),
    "the identity and a Gram matrix": (AtMost(1, det(I + A.T * A)), AtMost(1, det(A.T * A))),
    "a Gram matrix of any shape": (NonNegative(det(A.T * A)), NonNegative(det(A.T * A) - 1)),
    "a sum of two forms": (
        AtMost(det(R) + det(S), det(R + S), given=semidefinite),
        AtMost(det(R) + det(S), det(R + S), given=[symmetric(R, S)]),
    ),
    "and not the other way": (
        AtMost(det(R), det(R + S), given=semidefinite),
        AtMost(det(R + S), det(R) + det(S), given=semidefinite),
    ),
    "a sum of three": (
        AtMost(det(R) + det(S), det(R + S + A.T * A), given=semidefinite),
        AtMost(det(R + S + A.T * A), det(R + S), given=semidefinite),
    ),
    "it is monotone": (
        AtMost(det(R), det(S), given=[positive_semidefinite(R), at_most(R, S)]),
        AtMost(det(R), det(S), given=[symmetric(R, S), at_most(R, S)]),
    ),
    "under a sum, too": (
        AtMost(det(I + R), det(I + S), given=[positive_semidefinite(R), at_most(R, S)]),
        AtMost(det(I + S), det(I + R), given=[positive_semidefinite(R), at_most(R, S)]),
    ),
    "at most the identity": (
        AtMost(det(S), 1, given=[positive_semidefinite(S), at_most(S, I)]),
        AtMost(det(S), 1, given=[positive_semidefinite(S)]),
    ),
    "a skew matrix": (NonNegative(det(K), given=skew), NonNegative(-det(K), given=skew)),
    "the identity and a skew matrix": (AtMost(1, det(I + K), given=skew), AtMost(det(I + K), 1, given=skew)),
    "a form and a skew matrix": (
        AtMost(det(S), det(S + K), given=[positive_semidefinite(S), *skew]),
        AtMost(det(S + K), det(S), given=[positive_semidefinite(S), *skew]),
    ),
    "a difference that is skew": (AtMost(1, det(I + X - X.T)), AtMost(1, det(I + X + X.T))),
}


@each_true(PAIRS)
def test_an_order_is_proved(claim):
    """The exact evaluation of the claim as typed agrees with each proof."""
    check_proved(claim)


@each_false(PAIRS)
def test_its_neighbour_is_refuted(claim):
    """Without a hypothesis, or the other way round, it is false."""
    check_refuted(claim)


M = BlockMatrix([[R, P], [S, Q]])
COMMUTING = {
    "the first column": (R, S, R * Q - S * P, R * Q - P * S),
    "the second row": (S, Q, R * Q - P * S, R * Q - S * P),
    "the first row": (R, P, Q * R - S * P, R * Q - S * P),
    "the second column": (P, Q, Q * R - P * S, R * Q - P * S),
}


@pytest.mark.parametrize("name", COMMUTING)
def test_two_blocks_that_commute_leave_one_determinant(name):
    """Which order of the factors is right follows from which two commute (Silvester, 2000); the other one is wrong."""
    left, right, whole, other = COMMUTING[name]
    commute = Equal(left * right, right * left)
    check_proved(Equal(det(M), det(whole), given=[commute]))
    check_refuted(Equal(det(M), det(other), given=[commute]))
    check_refuted(Equal(det(M), det(whole)))


@pytest.mark.parametrize("last", [True, False], ids=["told before", "told after"])
def test_what_is_told_of_forms_serves_a_determinant_before_and_after_it(last):
    """The order of the hypotheses makes no difference."""
    zero = Zero(det(R + S))
    check_proved(Zero(det(R), given=[*semidefinite, zero] if last else [zero, *semidefinite]))


CYCLES = {
    "two forms that bound each other": AtMost(
        det(R) + det(S), det(R + S), given=[*semidefinite, at_most(R, S), at_most(S, R)]
    ),
    "the identity beside one": AtMost(1, det(I + R), given=[*semidefinite, at_most(R, S), at_most(S, R)]),
    "a multiple": AtMost(det(R), det(R + S), given=[*semidefinite, at_most(2 * R, S), at_most(S, R)]),
    "a congruence": NonNegative(
        det(X + S), given=[positive_semidefinite(S), at_most(X, X * S * X.T), at_most(X * S * X.T, X)]
    ),
}


@pytest.mark.parametrize("claim", CYCLES.values(), ids=CYCLES)
def test_an_order_that_goes_in_a_circle_ends(claim):
    """An equal sum is brought in for what the claim speaks of, and not for its parts again."""
    assert prove(claim, seconds=60).proved


def test_blocks_on_a_diagonal_are_taken_one_after_the_other():
    """Eight of them do not take factorial time."""
    blocks = [MatrixSymbol(f"R_{i}", n, n) for i in range(8)]
    rows = [[block if i == j else ZeroMatrix(n, n) for j in range(8)] for i, block in enumerate(blocks)]
    check_proved(Equal(det(BlockMatrix(rows)), prod(map(det, blocks))))


def test_what_determinants_exceed_their_parts_by_is_not_negative_in_numbers():
    """The inequality that is taken for granted holds of random accretive matrices, singular ones among them."""
    rng = np.random.default_rng(0)
    for size in (1, 2, 3, 4, 5):
        for rank in range(size + 1):
            B, C, D = (rng.normal(size=(size, k)) for k in (rank, size, size))
            form, accretive = B @ B.T, C @ C.T * rng.integers(0, 2) + D - D.T
            whole = np.linalg.det(form + accretive)
            parts = np.linalg.det(form) + np.linalg.det(accretive)
            assert whole >= parts - 1e-9 * max(1, abs(whole), abs(parts))
            assert np.linalg.det(accretive) >= -1e-9
            assert np.linalg.det(np.eye(size) + form) >= (1 + np.trace(form)) * (1 - 1e-9)
            blocks = np.block([[C, D], [-D, C]])
            assert np.linalg.det(blocks) >= -1e-9 * max(1, abs(np.linalg.det(C))) ** 2
            left, right = rng.normal(size=(size, size + rank)), rng.normal(size=(size + rank, size))
            grams = np.linalg.det(left @ left.T) * np.linalg.det(right.T @ right)
            assert np.linalg.det(left @ right) ** 2 <= grams * (1 + 1e-9)
            whole_form = np.vstack([B, C]) @ np.vstack([B, C]).T if rank == size else np.zeros((2 * size, 2 * size))
            first, second = whole_form[:size, :size], whole_form[size:, size:]
            assert np.linalg.det(whole_form) <= np.linalg.det(first) * np.linalg.det(second) + 1e-9


@pytest.mark.parametrize(
    ("number", "given"),
    [
        (b**2, [Equal(b, c - 7)]),
        (b**2, [Equal(b, c**2 - 2)]),
        (b**2, [Equal(b, c**2 - 91)]),
        (squared_norm(X), [Equal(X, Q * Q - 2 * I)]),
        (squared_norm(X), [Equal(X, Q * Q + 3 * I)]),
        (squared_norm(X), [Equal(X, Q * Q - 3 * Q - 11 * I)]),
        (a, []),
    ],
)
def test_a_number_that_may_be_zero_leaves_nothing_definite(number, given):
    """Where the number is 0, which few instances show, the left side is 0, and the right one may be below that."""
    bound = LogPdet(S) + trace(Inverse(S) * number * R) - n
    assert not prove(AtMost(LogPdet(number * R), bound, given=[*definite, *given]), seconds=2).proved


def test_a_multiple_that_may_be_zero_has_no_inverse():
    """``a R`` is no positive definite matrix for ``a >= 0``: no inverse of it is taken for granted."""
    squares = LogPdet(S) ** 2 + LogPdet(a * R) ** 2
    found = prove(AtMost(n - squares, Rank(a * R), given=definite), seconds=5)
    assert not found.proved
    assert "disagree" not in found.reason
