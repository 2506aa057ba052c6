"""The prover proves what is true, and never what is false."""

from time import process_time

import pytest
from sympy import Trace

from tptheory import AllOf, Backprop, FeedbackAlignment, Kaczmarz, Newton, TargetProp, prove, transpose
from tptheory.errors import InvalidTypeError, InvalidValueError
from tptheory.measuring.crosscheck import crosscheck
from tptheory.preamble import *

A2, B, C = MatrixSymbol("A2", m, n), MatrixSymbol("B", n, p), MatrixSymbol("C", p, q)
P, X = MatrixSymbol("P", n, n), MatrixSymbol("X", n, m)
x, y = MatrixSymbol("x", n, 1), MatrixSymbol("y", n, 1)
net = DeepLinearNetwork(depth=3)
W1, W2, W3 = net.weights
two = DeepLinearNetwork(depth=2)
I_n, I_m = Identity(n), Identity(m)
pinvB, pinvA = Pinv(B), Pinv(A)
T = transpose
greville = [
    Equal(matmul(pinvA, A, B, T(B), T(A)), matmul(B, T(B), T(A))),
    Equal(matmul(B, pinvB, T(A), A, B), matmul(T(A), A, B)),
]

TRUE = {
    "reverse order under Greville's conditions": Equal(Pinv(matmul(A, B)), matmul(pinvB, pinvA), given=greville),
    "Greville's first condition is necessary": Equal(
        matmul(pinvA, A, B, T(B), T(A)), matmul(B, T(B), T(A)), given=[Equal(Pinv(matmul(A, B)), matmul(pinvB, pinvA))]
    ),
    "Greville's second condition is necessary": Equal(
        matmul(B, pinvB, T(A), A, B), matmul(T(A), A, B), given=[Equal(Pinv(matmul(A, B)), matmul(pinvB, pinvA))]
    ),
    "A'A = 0 only for A = 0": Zero(A, given=[Equal(matmul(T(A), A), 0)]),
    "AA' = 0 only for A = 0": Zero(A, given=[Equal(matmul(A, T(A)), 0)]),
    "reverse order for full ranks": Equal(
        Pinv(matmul(A, B)), matmul(pinvB, pinvA), given=[full_column_rank(A), full_row_rank(B)]
    ),
    "pinv of a Gram matrix": Equal(Pinv(matmul(T(A), A)), matmul(pinvA, T(pinvA))),
    "pinv through a Gram matrix": Equal(pinvA, matmul(Pinv(matmul(T(A), A)), T(A))),
    "pinv of full column rank": Equal(pinvA, matmul(Inverse(matmul(T(A), A)), T(A)), given=[full_column_rank(A)]),
    "pinv of an invertible matrix": Equal(Pinv(S), Inverse(S), given=[invertible(S)]),
    "pinv of an orthogonal matrix": Equal(Pinv(S), T(S), given=[orthogonal(S)]),
    "pinv of an orthogonal projection": Equal(Pinv(P), P, given=[projection(P), symmetric(P)]),
    "A+ of a symmetric matrix is symmetric": Equal(T(Pinv(S)), Pinv(S), given=[symmetric(S)]),
    "A A+ is a projection": Equal(matmul(A, pinvA, A, pinvA), matmul(A, pinvA)),
    "trace is cyclic": Equal(Trace(matmul(A, B, T(B), T(A))), Trace(matmul(T(B), T(A), A, B))),
    "square of a Gram matrix": Zero(matadd(matmul(T(A), A) ** 2, matmul(-1, T(A), A, T(A), A))),
    "push-through": Equal(
        matmul(Inverse(matadd(I_n, matmul(T(A), A))), T(A)), matmul(T(A), Inverse(matadd(I_m, matmul(A, T(A)))))
    ),
    "a number is its own transpose": Equal(matmul(T(x), S, y), matmul(T(y), T(S), x)),
    "numbers commute": Equal(matmul(x, T(x), y, T(x)), matmul(inner(x, y), x, T(x))),
    "tr(A+ A) = tr(A A+)": Equal(trace(matmul(pinvA, A)), trace(matmul(A, pinvA))),
    "tr(I) is the size": Equal(trace(matmul(A, pinvA)), m, given=[full_row_rank(A)]),
    "rank one hypothesis": RankAtMost(matmul(A, B), 1, given=[rank_one(A)]),
    "rank of a product": RankAtMost(matmul(A, B, C), [n, p, A, B, C, matmul(A, B), matmul(B, C)]),
    "rank of a sum through a common factor": RankAtMost(matadd(matmul(A, B), matmul(2, A2, B)), [n, B]),
    "rank of a product of sums": RankAtMost(matmul(matadd(A, A2), S, matadd(B, matmul(-3, S, B))), n),
    "image": ImageWithin(matmul(A, B), A),
    "rows": RowSpaceWithin(matmul(A, B), B),
    "residual is orthogonal": OrthogonalImages(A, matadd(I_m, matmul(-1, A, pinvA))),
    "TP parallel to BP for scaled isometries": Parallel(
        TargetProp().update(two, 1),
        Backprop().update(two, 1),
        given=[Equal(Pinv(two.weight(2)), matmul(Symbol("c"), T(two.weight(2))))],
    ),
    "one-sample updates of one layer are parallel for equal errors": Parallel(matmul(3, x, T(y)), matmul(eta, x, T(y))),
    "powers commute": Commute(matmul(S, S), S),
    "balance": Conserved(matadd(matmul(T(W2), W2), matmul(-1, W1, T(W1))), along=Backprop().flow(net)),
    "first layer's rows outside the data stand still": Conserved(
        matmul(W1, matadd(Identity(net.widths[0]), matmul(-1, net.input, Pinv(net.input)))),
        along=TargetProp().flow(net),
    ),
    "Kaczmarz solves its sample in one step": Equal(
        Kaczmarz().step(DeepLinearNetwork(depth=1)).after(DeepLinearNetwork(depth=1).output).subs(eta, 1),
        DeepLinearNetwork(depth=1).target,
        given=[nonzero(net.input)],
    ),
    "Newton is Kaczmarz where both exist": Equal(
        Newton().update(DeepLinearNetwork(depth=1, batch=p), 1),
        Kaczmarz().update(DeepLinearNetwork(depth=1, batch=p), 1),
        given=[full_row_rank(DeepLinearNetwork(depth=1, batch=p).input)],
    ),
    "several at once": AllOf(Equal(matmul(A, pinvA, A), A), RankAtMost(matmul(A, B), n)),
}

FALSE = {
    "reverse order for full row rank": Equal(
        Pinv(matmul(A, B)), matmul(pinvB, pinvA), given=[full_row_rank(A), full_row_rank(B)]
    ),
    "TP is BP": Equal(TargetProp().update(net, 1), Backprop().update(net, 1)),
    "TP is BP with one isometry": Equal(
        TargetProp().update(net, 1), Backprop().update(net, 1), given=[partial_isometry(W2)]
    ),
    "targets reach without rank": Equal(
        matmul(W3, matadd(TargetProp().target(net, 2), matmul(-1, net.activation(2)))), matmul(-alpha, net.error)
    ),
    "A+ = A'": Equal(pinvA, T(A)),
    "A A+ = I": Equal(matmul(A, pinvA), I_m),
    "matrices commute": Commute(S, P),
    "columns commute": Equal(matmul(x, T(y)), matmul(y, T(x))),
    "rank too low": RankAtMost(matmul(A, B), 1),
    "rank of a sum of two outer products": RankAtMost(matadd(matmul(x, T(x)), matmul(y, T(y))), 1),
    "rank of a factor that is not one": RankAtMost(matmul(A, B), S),
    "image the other way": ImageWithin(A, matmul(A, B)),
    "trace of a product": Equal(trace(matmul(S, P)), trace(S) * trace(P)),
    "TP conserves the balance": Conserved(
        matadd(matmul(T(W2), W2), matmul(-1, W1, T(W1))), along=TargetProp().flow(net)
    ),
    "FA conserves the balance": Conserved(
        matadd(matmul(T(W2), W2), matmul(-1, W1, T(W1))), along=FeedbackAlignment().flow(net)
    ),
    "norms are conserved": Conserved(squared_norm(W1), along=Backprop().flow(net)),
    "symmetric is orthogonal": Equal(matmul(S, S), I_n, given=[symmetric(S)]),
    "projection is symmetric": Equal(T(P), P, given=[projection(P)]),
    "one wrong of several": AllOf(Equal(matmul(A, pinvA, A), A), Equal(pinvA, T(A))),
}


@pytest.mark.parametrize("claim", TRUE.values(), ids=TRUE.keys())
def test_what_is_true_is_proved_and_measured(claim, shorter):
    """The claim comes out proved, the checker accepts, each line of its chain follows, and random instances agree."""
    verdict = prove(claim)
    assert verdict.proved, verdict.explain()
    assert not verdict.refuted
    assert verdict.certificate.check()
    shorter(verdict.certificate)
    measured = crosscheck(claim, trials=40)
    assert measured.passed, measured


@pytest.mark.parametrize("claim", FALSE.values(), ids=FALSE.keys())
def test_what_is_false_is_not_proved(claim):
    """The claim is left undecided with a reason; exact random instances show that it is false."""
    verdict = prove(claim, seconds=1)
    assert not verdict.proved
    assert verdict.explain()
    measured = crosscheck(claim, trials=40)
    assert not measured.passed
    assert measured.exact_failures > 0


@pytest.mark.parametrize("matrix", [matmul(A, T(A)), matmul(A, T(A), A)], ids=str)
def test_a_bound_whose_matrix_stands_in_it_twice(matrix):
    """The rank of A A' is at most that of A."""
    assert prove(RankAtMost(matrix, A)).proved


def test_a_verdict_is_no_truth_value():
    """Undecided is neither true nor false, so a verdict refuses to be used as either."""
    with pytest.raises(TypeError, match=r"verdict\.proved"):
        bool(prove(Equal(A, A)))


def test_time_is_kept():
    """A search without end stops when its time is up, and says how far it got."""
    u, v = MatrixSymbol("u", n, n), MatrixSymbol("v", n, n)
    claim = Equal(u, v, given=[Equal(u * v * u * u * v, v * u * v), Equal(u * u * v * u, v * v * u * v)])
    started = process_time()
    assert prove(claim, seconds=0.5).word == "undecided"
    assert process_time() - started < 2


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((3,), InvalidTypeError, "'claim' must be a claim such as"),
        ((Equal(A, A), 0), InvalidValueError, "'seconds' must be a positive number"),
        ((Equal(A, A), float("nan")), InvalidValueError, "'seconds' must be a positive number"),
        ((Equal(A, A), "fast"), InvalidValueError, "'seconds' must be a positive number"),
    ],
)
def test_bad_arguments(arguments, error, message):
    """What is no claim, or no time, is refused by name."""
    with pytest.raises(error, match=message):
        prove(*arguments)


def test_the_same_proof_each_time():
    """A proof is repeated byte for byte."""
    claim = TRUE["reverse order under Greville's conditions"]
    assert prove(claim).certificate.to_json() == prove(claim).certificate.to_json()


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("reverse order under Greville's conditions", 33),
        ("reverse order for full ranks", 15),
        ("pinv of full column rank", 3),
    ],
)
def test_how_short_long_proofs_become(name, most):
    """Half of what completion leaves is not needed, or more."""
    certificate = prove(TRUE[name]).certificate
    assert certificate.shortened(seconds=10).cofactors <= most < certificate.cofactors / 1.5


def test_every_chain_compiles(pdflatex):
    """The LaTeX of every proof is set without a complaint, and nothing sticks out of the page."""
    log = pdflatex([prove(claim).certificate.latex() for claim in TRUE.values()])
    assert "Overfull" not in log


def test_explain_is_a_chain_from_one_side_to_the_other():
    """Each line uses one hypothesis, which it names; the last line is the other side of the claim."""
    lines = prove(Equal(pinvA, T(A), given=[partial_isometry(A)])).explain().splitlines()
    assert lines[1].strip() == "A+"
    assert lines[-1].split("  ")[1].strip() == "= A'"
    assert any("A is a partial isometry" in line for line in lines)
    assert all("Penrose" in line or "isometry" in line for line in lines[2:])


def test_the_chain_in_latex():
    """Pseudo-inverses and transposes are set as superscripts, and reasons as text."""
    latex = prove(Equal(pinvA, T(A), given=[partial_isometry(A)])).certificate.latex()
    assert latex.startswith("\\begin{align*}")
    assert r"A^{+\top}" in latex
    assert r"\text{$A$ is a partial isometry}" in latex


def test_a_chain_of_another_certificate_is_refused():
    """A chain is built from what the checker accepts; of anything else it does not arrive."""
    certificate = prove(Equal(matmul(A, pinvA, A), A)).certificate
    broken = {**certificate.data, "cofactors": []}
    with pytest.raises(AssertionError, match="do not lead"):
        type(certificate)(broken).explain()
