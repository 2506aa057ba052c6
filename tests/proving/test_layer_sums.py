"""Inequalities at every layer of a network of any depth, by sums of squares over the layers."""

import pytest
from proving.pairs import check_proved, check_refuted, each_false, each_true
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
    NonNegative,
    Rank,
    RankAtMost,
    TargetProp,
    Zero,
    at_most,
    full_row_rank,
    inner,
    invertible,
    partial_isometry,
    prove,
    squared_norm,
)
from tptheory.proving.layer_sums import bring_in_sums
from tptheory.proving.restating import restated
from tptheory.proving.theory import theory_of

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
sent_back = gauss_newton.error_signal(net, l)


def still_below(*given):
    """State that target propagation moves no layer but the last."""
    return ForAll(Zero(TargetProp().update(net, l)), (l, 1, L - 1), given=given)


def acute(one, other):
    """State that two rules move each layer at an angle of at most 90 degrees."""
    return ForAll(NonNegative(inner(one.descent(net, l), other.descent(net, l))), (l, 1, L))


def same_signals(*given):
    """State that Gauss-Newton and target propagation send the same signals."""
    signals = (rule.error_signal(net, l) for rule in (gauss_newton, TargetProp()))
    return ForAll(Equal(*signals), (l, 0, L), given=given)


PAIRS = {
    "Gauss-Newton moves as backpropagation does, at the last layer too": (
        acute(gauss_newton, Backprop()),
        acute(TargetProp(), Backprop()),
    ),
    "what Gauss-Newton takes back is no longer than the error": (
        at_every_layer(
            squared_norm(net.product(L, l + 1) * gauss_newton.error_signal(net, l)), squared_norm(net.error)
        ),
        at_every_layer(squared_norm(gauss_newton.error_signal(net, l)), squared_norm(net.error)),
    ),
    "a product of inverses is the inverse of a product": (
        same_signals(ForAll(invertible(W), (k, 1, L))),
        same_signals(ForAll(full_row_rank(W), (k, 1, L - 1))),
    ),
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
    "the output alone": (
        AtMost(squared_norm(net.output), squared_norm(whole), given=[narrower]),
        AtMost(squared_norm(whole), squared_norm(net.output), given=[narrower]),
    ),
    "the first layer alone": (
        AtMost(squared_norm(signal.subs(l, 1)), squared_norm(net.error), given=[above]),
        AtMost(squared_norm(signal.subs(l, 1)), squared_norm(net.error), given=[wider]),
    ),
    "with a weight": (
        at_every_layer(2 * squared_norm(x), 3 * squared_norm(whole), narrower),
        at_every_layer(3 * squared_norm(x), 2 * squared_norm(whole), narrower),
    ),
}


@each_true(PAIRS)
def test_what_is_true_is_proved(claim):
    """The checker accepts the proof, and it is known again."""
    check_proved(claim)


@each_false(PAIRS)
def test_what_is_false_beside_it_is_refuted(claim):
    """A hypothesis is missing, or the sides are exchanged."""
    check_refuted(claim)


SUM = "sum of squares"
CLAIM = PAIRS["contractions shrink activations"][0]


@pytest.fixture(scope="module")
def certificate():
    """Return the proof of a claim that rests on one sum of squares."""
    return prove(CLAIM).certificate


def _with_sum(certificate, **changes):
    """Return the certificate with another proposal for its sum of squares."""
    meanings = certificate.data["meanings"]
    (name,) = (n for n, said in meanings.items() if SUM in said)
    said = dict(zip(("direction", "first", "last", "begins", "adds"), meanings[name][SUM], strict=True))
    proposal = {SUM: [*(said | changes).values()]}
    return Certificate({**certificate.data, "meanings": {**meanings, name: proposal}})


def test_a_stored_sum_is_known_again(certificate):
    """The remark that says of what it is the sum is the one that the prover wrote."""
    assert restated(CLAIM, _with_sum(certificate)) is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"adds": [["-1", [["1", [["x", "k", 0]]]]]]},
        {"adds": [["2", [["1", [["x", "k", 0]]]]]]},
        {"adds": [["1", [["1", [["s", "k", 0]], 1]]]]},
        {"adds": [["1", [["1", [["s", "k", 1]], 1]]]]},
        {"begins": [["1", [["1", [["s", "", 0]], 1]]]]},
        {"begins": [["1", [["1", [["W", "k", 0]]]]]]},
        {"begins": [["1", [["1", [], 1]]]], "adds": [["1", [["1", [["s", "k", 0]], 1]]]]},
        {"first": ["k", 0]},
        {"first": ["", True]},
    ],
    ids=str,
)
def test_a_stored_proof_with_another_sum_is_another_claims(certificate, changes):
    """A root that is made of itself, or begins at every layer, may not exist: nothing may be shown from it."""
    changed = _with_sum(certificate, **changes)
    assert restated(CLAIM, changed) is None
    assert restated(ForAll(Zero(W.subs(k, l)), (l, 1, L)), changed) is None


@pytest.mark.parametrize("direction", ["up", "down"])
@pytest.mark.parametrize(
    "squares",
    [
        {"begins": [["1", [["1", [], 1]]]], "adds": [["1", [["1", [["s", "k", 0]], 1]]]]},
        {"begins": [["1", [["1", [["W", "k", 0]]]]]], "adds": []},
        {"begins": [], "adds": [["1", [["1", [["t", "k", 0]], 1]]]]},
    ],
    ids=str,
)
def test_no_law_is_taken_from_a_sum_that_need_not_exist(direction, squares):
    """The proposal is refused before a law of it is known."""
    theory, _ = theory_of([CLAIM])
    known = [*theory.laws]
    proposal = [direction, ["", 0], ["L", 0], squares["begins"], squares["adds"]]
    with pytest.raises(ValueError, match="no sum of squares"):
        bring_in_sums(theory, {"s": {SUM: proposal}, "t": {SUM: ["up", ["", 0], ["L", 0], [], []]}})
    assert theory.laws == known
