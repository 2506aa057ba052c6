"""What users of SymPy type for real matrices: each true statement is proved, and its false sibling never is."""

import copy
import pickle

import pytest
import sympy
from sympy import (
    Abs,
    BlockMatrix,
    Determinant,
    HadamardProduct,
    KroneckerProduct,
    MatPow,
    Sum,
    Trace,
    ZeroMatrix,
    log,
    sqrt,
)
from sympy.matrices.expressions.matexpr import MatrixElement

from tptheory import decide, prove
from tptheory.deciding import contradiction
from tptheory.deciding.verdicts import Cause
from tptheory.preamble import *

k = Symbol("k", integer=True, positive=True)
B, D, X = MatrixSymbol("B", n, k), MatrixSymbol("D", m, n), MatrixSymbol("X", n, n)
J, h, M = MatrixSymbol("J", p, m), MatrixSymbol("h", k, 1), MatrixSymbol("M", 2, 2)
Q, W = MatrixSymbol("Q", n, n), MatrixSymbol("W", 2, 3)
I, O = Identity(n), ZeroMatrix(n, n)
s, x = Symbol("s", positive=True), Symbol("x", real=True)
f = sympy.Function("f")
lower, upper = BlockMatrix([[I, O], [R, I]]), BlockMatrix([[I, O], [-R, I]])

PROVED = {
    # ranks, and inequalities between numbers
    "rank of a Gram matrix": Equal(Rank(A.T * A), Rank(A)),
    "rank of a product": AtMost(Rank(A * B), Rank(A)),
    "a linear bound of a square": AtMost(2 * x, x**2 + 1),
    "rank of an inverse": Equal(Rank(Pinv(A) * A), Rank(A)),
    "full rank": Equal(Rank(A), m, given=[full_row_rank(A)]),
    "a squared norm": AtMost(0, Trace(A.T * A)),
    "a rank": NonNegative(Rank(A)),
    "an inner product": AtMost(2 * Trace(R.T * S), Trace(R.T * R) + Trace(S.T * S)),
    # other spellings
    "adjoint": Equal((A * Pinv(A)).adjoint(), A * Pinv(A)),
    "entry of a sum": Equal((R + S)[0, 0], R[0, 0] + S[0, 0]),
    "trace by entries": Equal(Trace(M), M[0, 0] + M[1, 1]),
    "entry of a product": Equal(MatrixElement(M * M, 0, 1), MatrixElement((M * M).T, 1, 0)),
    "numbers written out": Equal(ImmutableMatrix([[2, 0], [0, 2]]) * M, 2 * M),
    # what is a letter of its own
    "entrywise product commutes": Equal(HadamardProduct(R, S), HadamardProduct(S, R)),
    "entrywise product distributes": Equal(
        HadamardProduct(R, S + 2 * X).T, HadamardProduct(S.T, R.T) + 2 * HadamardProduct(X.T, R.T)
    ),
    "function of a trace": Equal(log(Trace(R * S) + x), log(x + Trace(S * R))),
    "root": Equal(sqrt(Trace(R.T * R)) * S, S * sqrt(Trace(R * R.T))),
    "absolute value": Equal(Abs(Trace(R)), Abs(Trace(R.T))),
    "pi": Equal(sympy.pi * R, R * sympy.pi),
    "any function": Equal(f(x) * R, R * f(x)),
    "any sum": Equal(Sum(x**2, (x, 1, n)), Sum(x**2, (x, 1, n))),
    # blocks
    "inverse of a block triangle": Equal(lower * upper, BlockMatrix([[I, O], [O, I]])),
    "an identity of blocks": Equal(lower * upper, Identity(2 * n)),
    "a row of blocks": Equal(BlockMatrix([[A, D]]) * BlockMatrix([[A, D]]).T, A * A.T + D * D.T),
    "inverse of diagonal blocks": Equal(
        Pinv(BlockMatrix([[A, ZeroMatrix(m, k)], [ZeroMatrix(n, n), B]])),
        BlockMatrix([[Pinv(A), ZeroMatrix(n, n)], [ZeroMatrix(k, m), Pinv(B)]]),
    ),
    "a hypothesis in blocks": Zero(R, given=[Equal(BlockMatrix([[R, S]]), BlockMatrix([[O, S]]))]),
    # Kronecker products
    "inverse of a Kronecker product": Equal(Pinv(KroneckerProduct(h.T, J)), KroneckerProduct(Pinv(h.T), Pinv(J))),
    "mixed product": Equal(KroneckerProduct(A, R) * KroneckerProduct(B, S), KroneckerProduct(A * B, R * S)),
    "what holds of factors": Equal(
        KroneckerProduct(A, R) * Pinv(KroneckerProduct(A, R)) * KroneckerProduct(A, R), KroneckerProduct(A, R)
    ),
    "a hypothesis on a factor": Equal(KroneckerProduct(R, S), KroneckerProduct(X, S), given=[Equal(R, X)]),
    "trace of a Kronecker product": Equal(Trace(KroneckerProduct(R, S)), Trace(R) * Trace(S)),
    "transposed Kronecker product": Equal(KroneckerProduct(A, R).T, KroneckerProduct(A.T, R.T)),
    "of sums": Equal(KroneckerProduct(R + S, X), KroneckerProduct(R, X) + KroneckerProduct(S, X)),
    "of identities": Equal(KroneckerProduct(Identity(n), Identity(m)), Identity(m * n)),
    # determinants
    "determinant of a product": Equal(Determinant(R * S), Determinant(R) * Determinant(S)),
    "determinant of a transpose": Equal(Determinant(R.T), Determinant(R)),
    "determinant of an inverse": Equal(Determinant(Inverse(R)) * Determinant(R), 1),
    "determinant of a power": Equal(Determinant(MatPow(R, 3)), Determinant(R) ** 3),
    "determinant of a multiple": Equal(Determinant(2 * M), 4 * Determinant(M)),
    "of an orthogonal matrix": Equal(Determinant(R) ** 2, 1, given=[orthogonal(R)]),
    "of a projection": Equal(Determinant(R) ** 2, Determinant(R), given=[projection(R)]),
    "of an invertible matrix": Equal(Determinant(R) * Determinant(Pinv(R)), 1, given=[invertible(R)]),
    "of equal products": Equal(Determinant(R) * Determinant(S), Determinant(X), given=[Equal(R * S, X)]),
    # pseudo-determinants
    "log pdet, invertible": Equal(LogPdet(R * S), LogPdet(R) + LogPdet(S), given=[invertible(R, S)]),
    "log pdet, full ranks": Equal(
        LogPdet(A * B), LogPdet(A) + LogPdet(B), given=[full_column_rank(A), full_row_rank(B)]
    ),
    "log pdet of a transpose": Equal(LogPdet(A.T), LogPdet(A)),
    "log pdet of a pseudo-inverse": Equal(LogPdet(Pinv(A)), -LogPdet(A)),
    "log pdet of a Gram matrix": Equal(LogPdet(A.T * A), 2 * LogPdet(A)),
    "log pdet of a matrix, its transpose, and itself": Equal(LogPdet(A * A.T * A), 3 * LogPdet(A)),
    "log pdet of a partial isometry": Equal(LogPdet(A), 0, given=[partial_isometry(A)]),
    "log pdet of an inverse": Equal(LogPdet(Inverse(R) * S), LogPdet(S) - LogPdet(R), given=[invertible(S)]),
    "log pdet, orthogonal": Equal(LogPdet(R), 0, given=[orthogonal(R)]),
    # numbers in inverses
    "a number in an inverse": Equal(s * Pinv(s * A), Pinv(A)),
    "a rational in an inverse": Equal(Pinv(-2 * A), -Pinv(A) / 2),
    "a number in a hypothesis": Equal(Pinv(A), s * Pinv(D), given=[Equal(s * A, D)]),
}


@pytest.mark.parametrize("claim", PROVED.values(), ids=PROVED.keys())
def test_what_is_true_is_proved(claim):
    """The checker accepts a certificate, instances confirm it, and it can be explained and typeset."""
    verdict = decide(claim, seconds=20)
    assert verdict.word == "proved", verdict
    assert verdict.certificate.explain()
    assert verdict.certificate.latex()
    assert claim.latex()


REFUTED = {
    "rank of a product": AtMost(Rank(A), Rank(A * B)),
    "rank of a sum": Equal(Rank(A + D), Rank(A) + Rank(D)),
    "rank above its bound": AtMost(Rank(A), n - 1),
    "a trace": AtMost(Trace(R), 0),
    "a trace from below": NonNegative(Trace(R), given=[symmetric(R)]),
    "three inner products": AtMost(3 * Trace(R.T * S), Trace(R.T * R) + Trace(S.T * S)),
    "adjoint": Equal(R.adjoint(), R),
    "entries": Equal(R[0, 1], R[1, 0]),
    "entry of an entrywise product": Equal(MatrixElement(M * M, 0, 0), M[0, 0] ** 2),
    "numbers do not commute": Equal(ImmutableMatrix([[1, 1], [1, 1]]) * M, M * ImmutableMatrix([[1, 1], [1, 1]])),
    "entrywise product": Equal(HadamardProduct(R, S), R * S),
    "absolute value": Equal(Abs(Trace(R)), Trace(R)),
    "blocks": Equal(lower * lower, BlockMatrix([[I, O], [O, I]])),
    "blocks in another order": Equal(BlockMatrix([[R, S]]), BlockMatrix([[S, R]])),
    "Kronecker products do not commute": Equal(KroneckerProduct(R, S), KroneckerProduct(S, R)),
    "a hypothesis on a product": Equal(R, X, given=[Equal(KroneckerProduct(R, S), KroneckerProduct(X, S))]),
    "determinant of a sum": Equal(Determinant(R + S), Determinant(R) + Determinant(S)),
    "determinants of Gram matrices": Equal(Determinant(A.T * A), Determinant(A * A.T)),
    "determinant of a multiple": Equal(Determinant(2 * R), 2 * Determinant(R)),
    "of an orthogonal matrix": Equal(Determinant(R), 1, given=[orthogonal(R)]),
    "of a singular matrix": Equal(Determinant(R) * Determinant(Pinv(R)), 1),
    "a number that may be 0": Equal(x * Pinv(x * A), Pinv(A)),
}


@pytest.mark.parametrize("claim", REFUTED.values(), ids=REFUTED.keys())
def test_what_is_false_is_refuted(claim):
    """An exact counterexample is found."""
    verdict = decide(claim, seconds=20)
    assert verdict.word == "refuted", verdict


NEVER = {
    "log pdet of any product": Equal(LogPdet(R * S), LogPdet(R) + LogPdet(S)),
    "log pdet, one invertible": Equal(LogPdet(R * S), LogPdet(R) + LogPdet(S), given=[invertible(R)]),
    "log pdet, the other ranks": Equal(
        LogPdet(A * B), LogPdet(A) + LogPdet(B), given=[full_row_rank(A), full_column_rank(B)]
    ),
    "log pdet of a multiple": Equal(LogPdet(2 * R), LogPdet(R)),
    "log pdet of a square": Equal(LogPdet(R * R), 2 * LogPdet(R)),
    "a root of a square": Equal(sqrt(Trace(R.T * R)), Trace(R)),
    "pi is 3": Equal(sympy.pi * R, 3 * R),
    "pi is less than 3": AtMost(sympy.pi, 3),
    "another function": Equal(f(x), f(2 * x)),
    "a shape that rules it out": Zero(W, given=[invertible(W)]),
    "a rank that rules it out": Equal(Rank(W), 3, given=[full_column_rank(W)]),
    "hypotheses that contradict": Zero(W, given=[Equal(W.T * W, Identity(3))]),
}


@pytest.mark.parametrize("claim", NEVER.values(), ids=NEVER.keys())
def test_what_is_false_is_never_proved(claim):
    """Where no exact counterexample can be had, the verdict is left open."""
    assert decide(claim, seconds=2).word in ("refuted", "undecided")


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        (Zero(W, given=[invertible(W)]), "W is never invertible: it has 2 rows and 3 columns"),
        (Equal(W * Pinv(W) * W, W, given=[full_column_rank(W)]), "W never has full column rank"),
        (Zero(W, given=[Equal(W.T * W, Identity(3))]), "does not show that nothing does"),
        (Equal(W * W.T * W, W, given=[Equal(W.T * W, Identity(3))]), "does not show that nothing does"),
    ],
)
def test_hypotheses_that_nothing_meets_are_told(claim, words):
    """Whether a proof was found or not, the verdict says that no instance meets the hypotheses, and why."""
    verdict = decide(claim, seconds=2)
    assert verdict.word == "undecided"
    assert "no instance that meets the hypotheses" in verdict.reason
    assert words in verdict.reason


CONTRADICTING = {
    "zero": [Zero(A), nonzero(A)],
    "multiples": [Equal(R, 2 * S), Equal(R, 3 * S), invertible(S)],
    "invertible and zero": [invertible(R), Zero(R)],
    "orthogonal and nilpotent": [orthogonal(R), Zero(R * R)],
    "of full rank and zero": [full_row_rank(A), Zero(A)],
    "definite, of trace 0": [positive_definite(R), Equal(Trace(R), 0)],
    "definite, and below its negative": [positive_definite(R), at_most(R, -R)],
    "above 2 and below 1": [at_least(x, 2), at_most(x, 1)],
}


@pytest.mark.parametrize("given", CONTRADICTING.values(), ids=CONTRADICTING.keys())
def test_hypotheses_that_contradict_each_other_end_the_search(given):
    """Where 1 = 0 is shown to follow from them, that is said, and the rest of the time is not spent."""
    verdict = decide(Equal(R, R.T, given=given), seconds=60)
    assert verdict.word == "undecided"
    assert "it is proved that they contradict each other" in verdict.reason
    assert verdict.seconds < 30


CAUSES = {
    "nothing was found": (
        AtMost(squared_norm(R * S - S * R), 2 * squared_norm(R) * squared_norm(S)),
        Cause.NOT_FOUND,
    ),
    "no matrix of the shape": (Zero(W, given=[invertible(W)]), Cause.UNMEETABLE),
    "nothing meets it, and nobody knows why": (Zero(W, given=[Equal(W.T * W, Identity(3))]), Cause.UNMET),
    "a contradiction": (Equal(R, R.T, given=CONTRADICTING["multiples"]), Cause.CONTRADICTION),
    "no word of the prover": (Zero(R.applyfunc(sympy.sin)), Cause.OUTSIDE),
}


@pytest.mark.parametrize(("claim", "cause"), CAUSES.values(), ids=CAUSES.keys())
def test_why_a_claim_is_undecided_is_data(claim, cause):
    """Nobody has to read the words of the reason."""
    verdict = decide(claim, seconds=2)
    assert verdict.cause is cause
    assert verdict.cause.is_vacuous is (cause in (Cause.UNMEETABLE, Cause.UNMET, Cause.CONTRADICTION))


def test_the_look_for_a_contradiction_is_not_cut_by_the_turn(monkeypatch):
    """It has the rest of the whole time, so that what is told does not depend on how busy the machine is."""
    allowed = []
    monkeypatch.setattr(contradiction, "_is_absurd", lambda claim, seconds: allowed.append(seconds) or True)
    decide(Equal(R, R.T, given=[Equal(R, 2 * S), Equal(R, 3 * S), invertible(S)]), seconds=60)
    assert min(allowed, default=0) > 45


def test_a_bound_of_a_rank_says_of_which_matrix_it_is():
    """A counterexample shows the rank and its bound, in text, in LaTeX and in a notebook."""
    found = decide(AtMost(Rank(A), Rank(A + D))).counterexample
    assert found.text().splitlines()[-1] == "rank(A) = 1, not a rank of at most 0, that of A + D"
    assert "what should be a rank of at most 0, that of $A + D$ is $1$" in found._repr_markdown_()
    assert decide(RankAtMost(R, 1)).counterexample.text().endswith("rank(R) = 2, not a rank of at most 1")
    size = decide(RankAtMost(BlockMatrix([[R, S], [S, R]]), n)).counterexample
    assert size.text().endswith("not a rank of at most 1, which is n")
    assert r"\text{, not a rank of at most 1, which is $n$}" in size.latex()


def test_what_has_no_value_is_not_confirmed():
    """Sides that are written differently and have no value are left open though they have a proof; it is said why."""
    verdict = prove(Equal(f(Trace(R)), f(Trace(R.T))))
    assert verdict.word == "undecided"
    assert "the claim could not be evaluated beside it" in verdict.reason


def test_a_layer_that_nothing_binds_is_told():
    """The reason stands in the verdict, with what to write."""
    law = deep.weight(l + 1).T * deep.weight(l + 1) - deep.weight(l) * deep.weight(l).T
    verdict = decide(Conserved(law, along=BP.flow(deep)), seconds=0.2)
    assert "let ForAll bind l, as in ForAll(claim, (l, 1, L))" in repr(verdict)


def test_verdicts_can_be_kept():
    """They are pickled, copied and hashed, and the counterexample gives matrices of SymPy."""
    found = decide(Equal(Pinv(M), M.T))
    assert pickle.loads(pickle.dumps(found)) == copy.deepcopy(found) == found  # noqa: S301
    assert {found: 1}[copy.copy(found)] == 1
    assert found.counterexample.matrices == {M: sympy.ImmutableMatrix([[2, 0], [0, 0]])}
    proved = decide(Equal(Pinv(Pinv(M) * M), Pinv(M) * M))
    assert hash(proved) == hash(pickle.loads(pickle.dumps(proved)))  # noqa: S301
