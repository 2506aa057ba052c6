"""Inequalities at every layer of a network of any depth, by sums of squares over the layers."""

import pytest
from proving.pairs import check_proved, check_refuted
from sympy import Identity, Symbol

from tptheory import (
    RULES,
    AtMost,
    Backprop,
    Certificate,
    DeepLinearNetwork,
    Equal,
    ForAll,
    Nonincreasing,
    Rank,
    RankAtMost,
    TargetProp,
    Zero,
    at_most,
    partial_isometry,
    prove,
    squared_norm,
)
from tptheory.proving.restating import restated

L, l, k = (Symbol(name, integer=True) for name in ("L", "l", "k"))
net = DeepLinearNetwork(depth=L)
W, signal = net.weight(k), Backprop().error_signal(net, l)
x, whole = net.activation(l), net.input
narrower = ForAll(at_most(W.T * W, Identity(net.widths[k - 1])), (k, 1, L))
wider = ForAll(at_most(Identity(net.widths[k - 1]), W.T * W), (k, 1, L))
above = ForAll(at_most(W * W.T, Identity(net.widths[k])), (k, 2, L))


def at_every_layer(lesser, greater, *given):
    """State an inequality at all layers."""
    return ForAll(AtMost(lesser, greater), (l, 1, L), given=given)


balanced = ForAll(Equal(net.weight(k + 1).T * net.weight(k + 1), W * W.T), (k, 1, L - 1))
gauss_newton = RULES["gn"]()


def still_below(*given):
    """State that target propagation moves no layer but the last."""
    return ForAll(Zero(TargetProp().update(net, l)), (l, 1, L - 1), given=given)


PAIRS = {
    "balanced weights have the rank of the narrowest end": (
        ForAll(RankAtMost(net.weight(l), net.widths[L]), (l, 1, L), given=[balanced]),
        ForAll(RankAtMost(net.weight(l), net.widths[L]), (l, 1, L)),
    ),
    "and of the other end": (
        ForAll(AtMost(Rank(net.weight(l)), net.widths[0]), (l, 1, L), given=[balanced]),
        ForAll(AtMost(Rank(net.weight(l)), net.widths[0] - 1), (l, 1, L), given=[balanced]),
    ),
    "Gauss-Newton's loss falls": (
        Nonincreasing(net.loss, along=gauss_newton.flow(net)),
        Nonincreasing(net.loss, along=TargetProp().flow(net)),
    ),
    "what the last weight does not see": (
        still_below(Zero(net.weight(L).T * net.error)),
        still_below(Zero(net.weight(1) * net.input)),
    ),
    "contractions shrink activations": (
        at_every_layer(squared_norm(x), squared_norm(whole), narrower),
        at_every_layer(squared_norm(x), squared_norm(whole), above),
    ),
    "expansions do not": (
        at_every_layer(squared_norm(whole), squared_norm(x), wider),
        at_every_layer(squared_norm(x), squared_norm(whole), wider),
    ),
    "contractions shrink errors": (
        at_every_layer(squared_norm(signal), squared_norm(net.error), above),
        at_every_layer(squared_norm(net.error), squared_norm(signal), above),
    ),
    "isometries on a space": (
        at_every_layer(squared_norm(signal), squared_norm(net.error), ForAll(partial_isometry(W), (k, 2, L))),
        at_every_layer(squared_norm(signal), squared_norm(net.error)),
    ),
    "with a weight": (
        at_every_layer(2 * squared_norm(x), 3 * squared_norm(whole), narrower),
        at_every_layer(3 * squared_norm(x), 2 * squared_norm(whole), narrower),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_what_is_true_is_proved(name):
    """The checker accepts the proof, and it is known again."""
    check_proved(PAIRS[name][0])


@pytest.mark.parametrize("name", PAIRS)
def test_what_is_false_beside_it_is_refuted(name):
    """A hypothesis is missing, or the sides are exchanged."""
    check_refuted(PAIRS[name][1])


def test_a_sum_of_other_squares_is_not_taken():
    """A stored proof whose remark proposes another sum, or one with a negative weight, is not one of the claim."""
    claim = PAIRS["contractions shrink activations"][0]
    certificate = prove(claim).certificate
    (name,) = (n for n, said in certificate.data["meanings"].items() if "sum of squares" in said)
    for weight in ("-1", "2"):
        said = {"sum of squares": _with_weight(certificate.data["meanings"][name], weight)}
        changed = {**certificate.data, "meanings": {**certificate.data["meanings"], name: said}}
        assert restated(claim, Certificate(changed)) is None


def _with_weight(remark, weight):
    """Return a remark on a sum with another weight."""
    direction, first, last, begins, ((_, terms),) = remark["sum of squares"]
    return [direction, first, last, begins, [[weight, terms]]]
