"""What people believe of pseudo-inverses and of learning rules, and is false: each claim with its smallest total width.

A claim comes with the least sum of symbolic sizes at which it fails; who doubts a number can check by hand that all
narrower matrices obey the claim. More such claims are decided in ``test_refuting``.
"""

from time import process_time

import pytest
from sympy import Trace

from tptheory import (
    DampedTargetProp,
    refute,
    transpose,
)
from tptheory.preamble import *

B, C = MatrixSymbol("B", n, p), MatrixSymbol("C", p, q)
X, Y = MatrixSymbol("X", n, m), MatrixSymbol("Y", n, m)
Q = MatrixSymbol("Q", n, n)
T = transpose


def minus(first, second):
    """Return the difference."""
    return matadd(first, matmul(-1, second))


GREVILLE = {
    "A+ A B B' A' = B B' A'": Equal(matmul(Pinv(A), A, B, T(B), T(A)), matmul(B, T(B), T(A))),
    "B B+ A' A B = A' A B": Equal(matmul(B, Pinv(B), T(A), A, B), matmul(T(A), A, B)),
}
REVERSED = (Pinv(matmul(A, B)), matmul(Pinv(B), Pinv(A)))

_P, _Q = matmul(Pinv(A), A, B, C, Pinv(C)), matmul(C, Pinv(C), Pinv(B), Pinv(A), A)
HARTWIG = {
    "PQP = P": Equal(matmul(_P, _Q, _P), _P),
    "QPQ = Q": Equal(matmul(_Q, _P, _Q), _Q),
    "A'APQ symmetric": symmetric(matmul(T(A), A, _P, _Q)),
    "QPCC' symmetric": symmetric(matmul(_Q, _P, C, T(C))),
}
REVERSED_TRIPLE = (Pinv(matmul(A, B, C)), matmul(Pinv(C), Pinv(B), Pinv(A)))


def hartwig_without(name):
    """Return the triple reverse-order law under all of Hartwig's conditions but one."""
    return Equal(*REVERSED_TRIPLE, given=[h for key, h in HARTWIG.items() if key != name])


FIRST = Equal(matmul(A, X, A), A)
SECOND = Equal(matmul(X, A, X), X)
THIRD, FOURTH = symmetric(matmul(A, X)), symmetric(matmul(X, A))
STAR = [Equal(matmul(T(A), A), matmul(T(A), D)), Equal(matmul(A, T(A)), matmul(D, T(A)))]
"""The star order A <= D."""
MINUS = [Equal(matmul(A, Pinv(A), D), A), Equal(matmul(D, Pinv(D), A), A)]

OPERATORS = {
    "reverse order under Greville's first condition": (Equal(*REVERSED, given=[GREVILLE["A+ A B B' A' = B B' A'"]]), 5),
    "reverse order under Greville's second condition": (Equal(*REVERSED, given=[GREVILLE["B B+ A' A B = A' A B"]]), 5),
    "triple reverse order without A'APQ symmetric": (hartwig_without("A'APQ symmetric"), 6),
    "triple reverse order without QPCC' symmetric": (hartwig_without("QPCC' symmetric"), 6),
    "triple reverse order without PQP = P": (hartwig_without("PQP = P"), 6),
    "triple reverse order without QPQ = Q": (hartwig_without("QPQ = Q"), 6),
    "triple reverse order": (Equal(*REVERSED_TRIPLE), 5),
    "a {1,3}-inverse is the pseudo-inverse": (Equal(X, Pinv(A), given=[FIRST, THIRD]), 2),
    "a {1,4}-inverse is the pseudo-inverse": (Equal(X, Pinv(A), given=[FIRST, FOURTH]), 2),
    "a {1,2}-inverse is the pseudo-inverse": (Equal(X, Pinv(A), given=[FIRST, SECOND]), 3),
    "a {2,3,4}-inverse is the pseudo-inverse": (Equal(X, Pinv(A), given=[SECOND, THIRD, FOURTH]), 2),
    "a {1,2,3}-inverse is the pseudo-inverse": (Equal(X, Pinv(A), given=[FIRST, SECOND, THIRD]), 3),
    "{1,2}-inverses are unique": (
        Equal(X, Y, given=[FIRST, SECOND, Equal(matmul(A, Y, A), A), Equal(matmul(Y, A, Y), Y)]),
        3,
    ),
    "A A+ D = A is the star order": (Equal(matmul(T(A), A), matmul(T(A), D), given=[MINUS[1]]), 2),
    "image and row space within give the star order": (Equal(matmul(A, T(A)), matmul(D, T(A)), given=[STAR[0]]), 3),
    "the minus order gives the star order": (
        Equal(matmul(T(A), A), matmul(T(A), D), given=[Equal(matmul(A, Pinv(D), A), A)]),
        3,
    ),
    "(A + D)+ = A+ + D+ if A'D = 0": (
        Equal(Pinv(matadd(A, D)), matadd(Pinv(A), Pinv(D)), given=[OrthogonalImages(A, D)]),
        3,
    ),
    "A A+ D = D if im(A) lies within im(D)": (Equal(matmul(A, Pinv(A), D), D, given=[ImageWithin(A, D)]), 2),
    "(R^2)+ = (R+)^2": (Equal(Pinv(matmul(R, R)), matmul(Pinv(R), Pinv(R))), 2),
    "(R'R)+ = R+'R+": (Equal(Pinv(matmul(T(R), R)), matmul(T(Pinv(R)), Pinv(R))), 2),
    "R R+ = R+ R": (Commute(R, Pinv(R)), 2),
    "R commutes with its transpose": (Commute(R, T(R)), 2),
    "tr RSQ = tr RQS": (Equal(Trace(matmul(R, S, Q)), Trace(matmul(R, Q, S))), 2),
    "tr RS = tr R tr S": (Equal(Trace(matmul(R, S)), Trace(R) * Trace(S)), 2),
    "projections commute": (Commute(R, S, given=[projection(R, S)]), 2),
    "orthogonal projections commute": (Commute(R, S, given=[projection(R, S), symmetric(R, S)]), 2),
    "a product of orthogonal projections is a projection": (
        Equal(matmul(R, S, R, S), matmul(R, S), given=[projection(R, S), symmetric(R, S)]),
        2,
    ),
    "a sum of orthogonal projections is a projection": (
        Equal(matmul(matadd(R, S), matadd(R, S)), matadd(R, S), given=[projection(R, S), symmetric(R, S)]),
        1,
    ),
    "a product of partial isometries is a partial isometry": (
        Equal(matmul(A, B, T(B), T(A), A, B), matmul(A, B), given=[partial_isometry(A, B)]),
        4,
    ),
    "a partial isometry is orthogonal": (Equal(matmul(T(R), R), Identity(n), given=[partial_isometry(R)]), 1),
    "orthogonal matrices commute": (Commute(R, S, given=[orthogonal(R, S)]), 2),
    "a product of symmetric matrices is symmetric": (Equal(T(matmul(R, S)), matmul(R, S), given=[symmetric(R, S)]), 2),
    "(R + S)+ = R+ + S+": (Equal(Pinv(matadd(R, S)), matadd(Pinv(R), Pinv(S))), 1),
    "rank of a sum is at most that of a term": (RankAtMost(matadd(A, D), A), 2),
    "A+ A = I": (Equal(matmul(Pinv(A), A), Identity(n)), 2),
    "A (A'A)+ A' = I": (Equal(matmul(A, Pinv(matmul(T(A), A)), T(A)), Identity(m)), 2),
    "push-through with A in place of A'": (
        Equal(matmul(Pinv(matmul(R, T(R))), R), matmul(Pinv(matmul(T(R), R)), T(R))),
        2,
    ),
    "AB = 0 makes BA vanish": (Zero(matmul(S, R), given=[Zero(matmul(R, S))]), 2),
    "R^2 = 0 makes R vanish": (Zero(R, given=[Zero(matmul(R, R))]), 2),
    "AB = AC makes B and C equal": (
        Equal(B, MatrixSymbol("E", n, p), given=[Equal(matmul(A, B), matmul(A, MatrixSymbol("E", n, p)))]),
        3,
    ),
    "idempotent of rank one is uu'": (Equal(T(R), R, given=[projection(R), rank_one(R)]), 2),
    "R^3 = R is a projection": (Equal(matmul(R, R), R, given=[Equal(matmul(R, R, R), R), symmetric(R)]), 1),
}

net, two, four = (DeepLinearNetwork(depth=L) for L in (3, 2, 4))
W1, W2, W3 = net.weights
x, y = two.input, two.target
square = DeepLinearNetwork(widths=(n, n, n, n))
bp, tp, gn, fa, damped = BP, TP, GN, FA, DampedTargetProp()


def balance(net, l=1):
    """Return what BP's flow conserves: W_{l+1}' W_{l+1} - W_l W_l'."""
    return minus(matmul(T(net.weight(l + 1)), net.weight(l + 1)), matmul(net.weight(l), T(net.weight(l))))


def on_another_sample(rule, net):
    """Return the rule's step on a second sample of its own."""
    other = {net.input: MatrixSymbol("x_2", *net.input.shape), net.target: MatrixSymbol("y_2", *net.target.shape)}
    return Step(rule, net, {W: substitute(change, other) for W, change in rule.step(net).items()})


def commuting(rule, net, given=()):
    """Return the claim that a rule's steps on two samples leave W_1 the same in either order."""
    first, second, W = rule.step(net), on_another_sample(rule, net), net.weight(1)
    return Equal(first.after(second.after(W)), second.after(first.after(W)), given=given)


def moved(rule, net, l):
    """Return how far the output moves if layer l reaches its target."""
    return matmul(net.product(net.depth, l + 1), minus(rule.target(net, l), net.activation(l)))


def turned(rule, net, l):
    """Return the error signal of a layer after one step, and before it."""
    signal = rule.error_signal(net, l)
    return rule.step(net).after(signal), signal


one = DeepLinearNetwork(depth=1)
apart = OrthogonalImages(x, MatrixSymbol("x_2", *x.shape))

NETS = {
    "TP is BP at depth 2": (Equal(tp.update(two, 1), bp.update(two, 1)), 3),
    "partial isometry is necessary at depth 3": (
        Equal(matmul(W2, T(W2), W2), W2, given=[Equal(tp.update(net, l), bp.update(net, l)) for l in (1, 2)]),
        4,
    ),
    "the same, with the operators instead of the updates": (
        Equal(
            matmul(W2, T(W2), W2),
            W2,
            given=[
                Equal(matmul(Pinv(W2), Pinv(W3)), matmul(T(W2), T(W3))),
                Equal(matmul(Pinv(W3), W3), matmul(T(W3), W3)),
            ],
        ),
        3,
    ),
    "TP is parallel to BP at depth 2": (Parallel(tp.update(two, 1), bp.update(two, 1)), 5),
    "TP is parallel to BP below a layer of rank one": (
        Parallel(tp.update(net, 1), bp.update(net, 1), given=[rank_one(W3)]),
        6,
    ),
    "damped TP is TP": (Equal(damped.update(two, 1), tp.update(two, 1)), 3),
    "damped TP is parallel to BP": (Parallel(damped.update(two, 1), bp.update(two, 1)), 5),
    "TP is GN for full row rank": (Equal(tp.backward(net, 1), gn.backward(net, 1), given=[full_row_rank(W2, W3)]), 5),
    "TP is GN for full column rank below": (
        Equal(tp.backward(net, 1), gn.backward(net, 1), given=[full_column_rank(W2)]),
        4,
    ),
    "targets are reached": (Equal(moved(tp, two, 1), matmul(-alpha, two.error)), 3),
    "targets are reached for full column rank": (
        Equal(moved(tp, two, 1), matmul(-alpha, two.error), given=[full_column_rank(two.weight(2))]),
        4,
    ),
    "targets are reached if the product has full row rank": (
        Equal(moved(tp, net, 1), matmul(-alpha, net.error), given=[full_row_rank(matmul(W3, W2))]),
        5,
    ),
    "BP's targets are reached": (
        Equal(moved(bp, two, 1), matmul(-alpha, two.error), given=[full_row_rank(two.weight(2))]),
        3,
    ),
    "full row rank is necessary to reach targets": (
        Equal(
            matmul(W2, Pinv(W2)),
            Identity(W2.rows),
            given=[Equal(matmul(W3, W2, Pinv(W2), Pinv(W3)), Identity(W3.rows))],
        ),
        4,
    ),
    "DFA's loss never rises": (Nonincreasing(two.loss, along=DFA.flow(two)), 3),
    "hidden activations move straight downhill": (
        Parallel(bp.flow(net).derivative(net.activation(2)), bp.error_signal(net, 2)),
        5,
    ),
    "BP's error signals keep their direction": (Parallel(*turned(bp, two, 1), given=[invertible(two.weight(2))]), 5),
    "TP's hidden error signals keep their direction for full row rank": (
        Parallel(*turned(tp, two, 1), given=[full_row_rank(two.weight(2))]),
        4,
    ),
    "TP's error signals keep their direction in a step from invertible layers": (
        Parallel(*turned(tp, square, 2), given=[invertible(*square.weights[1:])]),
        2,
    ),
    "log pdet W_2 - 1/2 |W_1|^2 is BP's law": (Conserved(LogPdet(W2) - squared_norm(W1) / 2, along=bp.flow(net)), 4),
    "TP conserves the balance": (Conserved(balance(two), along=tp.flow(two)), 3),
    "FA conserves the balance": (Conserved(balance(two), along=fa.flow(two)), 3),
    "GN conserves the balance": (Conserved(balance(two), along=gn.flow(two)), 3),
    "damped TP conserves the balance": (Conserved(balance(two), along=damped.flow(two)), 3),
    "a step of BP conserves the balance": (Conserved(balance(two), along=bp.step(two)), 3),
    "two samples of one layer commute": (Commute(bp.step(one), on_another_sample(bp, one)), 2),
    "orthogonal samples commute at depth 2 under BP": (commuting(bp, two, [apart]), 4),
    "orthogonal samples commute at depth 2 under TP": (commuting(tp, two, [apart]), 4),
    "updates of a batch have rank one": (RankAtMost(bp.update(DeepLinearNetwork(depth=1, batch=p), 1), 1), 6),
    "Kaczmarz removes the error whatever the weights": (
        Zero(matadd(two.error, matmul(two.weight(2), kaczmarz.flow(two)[two.weight(1)], x)), given=[nonzero(x)]),
        3,
    ),
    "a minimum has W_2 W_1 = Y X+": (
        Equal(matmul(two.weight(2), two.weight(1)), matmul(y, Pinv(x)), given=[Zero(bp.update(two, 2))]),
        3,
    ),
}


@pytest.mark.parametrize(("claim", "total"), (OPERATORS | NETS).values(), ids=(OPERATORS | NETS).keys())
def test_the_refuter_finds_it_by_itself(claim, total):
    """A counterexample of the least total width is found well within ten seconds of CPU time."""
    started = process_time()
    verdict = refute(claim, seconds=60)  # of the clock, which on a busy machine runs ahead of the search
    assert process_time() - started < 8
    assert verdict.refuted, verdict.explain()
    assert verdict.counterexample.check()
    assert verdict.counterexample.total_width == total


TRUE = {
    "reverse order under both of Greville's conditions": Equal(*REVERSED, given=list(GREVILLE.values())),
    "triple reverse order under Hartwig's conditions": Equal(*REVERSED_TRIPLE, given=list(HARTWIG.values())),
    "push-through of pseudo-inverses": Equal(matmul(Pinv(matmul(T(A), A)), T(A)), matmul(T(A), Pinv(matmul(A, T(A))))),
    "Penrose's four equations": Equal(X, Pinv(A), given=[FIRST, SECOND, THIRD, FOURTH]),
    "the star order gives A+ A = A+ D": Equal(matmul(Pinv(A), A), matmul(Pinv(A), D), given=STAR),
    "GN is TP for square invertible layers": Equal(
        gn.update(square, 1), tp.update(square, 1), given=[invertible(*square.weights[1:])]
    ),
    "TP is parallel to BP right above a layer of rank one": Parallel(
        tp.update(net, 1), bp.update(net, 1), given=[rank_one(W2)]
    ),
    "orthogonal samples of one layer commute": commuting(bp, one, [apart]),
    "TP's error signals keep their direction where layers are invertible before and after": Parallel(
        *turned(tp, square, 2), given=[invertible(*square.weights[1:], tp.step(square).after(square.weight(3)))]
    ),
}


@pytest.mark.parametrize("claim", TRUE.values(), ids=TRUE.keys())
def test_what_is_true_is_not_refuted(claim):
    """Close to the false claims are true ones, on which the search stays silent and keeps its time."""
    for seconds in (1, 4, 16):  # of the clock, of which a busy machine gives the search a part
        started = process_time()
        verdict = refute(claim, seconds=seconds)
        assert process_time() - started < seconds + 1
        assert verdict.word == "undecided"
        if verdict.evidence["instances tried"] > 100:
            break
    assert verdict.evidence["instances tried"] > 100
