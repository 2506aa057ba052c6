"""Claims about networks of any depth: proved by induction, measured at depths 1 to 3, and not proved where false."""

import json

import pytest
from sympy import ZeroMatrix

from tptheory import (
    AllOf,
    Backprop,
    Certificate,
    DirectFeedbackAlignment,
    FeedbackAlignment,
    GaussNewton,
    TargetProp,
    crosscheck,
    decide,
    prove,
    transpose,
)
from tptheory.claims.ranges import at_small_depths
from tptheory.errors import InvalidValueError
from tptheory.preamble import *
from tptheory.proving.certificate_terms import indices_in
from tptheory.proving.restating import restated

net = DeepLinearNetwork(depth=L)
batch = DeepLinearNetwork(depth=L, batch=B)
biased = DeepLinearNetwork(depth=L, batch=B, biases=True, loss="any")
TP, BP = TargetProp(), Backprop()
W, x, X = net.weight, net.activation, batch.activation
full = [ForAll(full_row_rank(W(k)), (k, 2, L))]
isometries = [ForAll(partial_isometry(W(k)), (k, 2, L))]
balance = matadd(matmul(W(l + 1).T, W(l + 1)), matmul(-1, W(l), W(l).T))
c = Recursion(
    "c", 0, L, 0, lambda j, c: c + eta * (squared_norm(x(j - 1)) - c * inner(x(j - 1), TP.error_signal(net, j - 1)))
)
S = Recursion("S", 0, L, 0, lambda j, S: S + squared_norm(x(j - 1)))
K = Recursion(
    "K", 0, L, ZeroMatrix(B, B), lambda j, K: matadd(K, matmul(transpose(X(j - 1)), X(j - 1))), lambda _: (B, B)
)
Q = Recursion("Q", 0, L, 0, lambda j, Q: Q + squared_norm(BP.descent(batch, j)))
descends = ForAll(Equal(inner(BP.flow(batch).derivative(X(l)), matmul(-1, BP.error_signal(batch, l))), Q(l)), (l, 0, L))
moved = matmul(net.product(L, l + 1), matadd(TP.target(net, l), matmul(-1, x(l))))

TRUE = {
    "activations are products": ForAll(Equal(x(l), matmul(net.product(l, 1), net.input)), (l, 0, L)),
    "collapsed gradient": ForAll(
        Equal(
            TP.descent(batch, l),
            matmul(TP.backward(batch, l), batch.error, transpose(batch.input), transpose(batch.product(l - 1, 1))),
        ),
        (l, 1, L),
    ),
    "BP's feedback is the transposed product": ForAll(
        Equal(BP.backward(net, l), transpose(net.product(L, l + 1))), (l, 0, L)
    ),
    "TP is BP": ForAll(Equal(TP.update(net, l), BP.update(net, l)), (l, 1, L), given=isometries),
    "TP is BP for orthogonal weights": ForAll(
        Equal(TP.update(net, l), BP.update(net, l)), (l, 1, L), given=[ForAll(orthogonal(W(k)), (k, 1, L))]
    ),
    "BP conserves the balance": ForAll(Conserved(balance, along=BP.flow(net)), (l, 1, L - 1)),
    "TP conserves the log-determinant": ForAll(
        Conserved(
            LogPdet(biased.weight(l + 1)) - squared_norm(biased.weight(l)) / 2 - squared_norm(biased.bias(l)) / 2,
            along=TP.flow(biased),
        ),
        (l, 1, L - 1),
    ),
    "targets reach": ForAll(Equal(moved, matmul(-alpha, net.error)), (l, 1, L), given=full),
    "error ray, one step": ForAll(
        Equal(TP.step(net).after(x(l)), matadd(x(l), matmul(-c(l), TP.error_signal(net, l)))), (l, 1, L), given=full
    ),
    "error ray, flow": ForAll(
        Equal(TP.flow(net).derivative(x(l)), matmul(-S(l), TP.error_signal(net, l))), (l, 1, L), given=full
    ),
    "batch kernel": ForAll(
        Equal(TP.flow(batch).derivative(X(l)), matmul(-1, TP.error_signal(batch, l), K(l))), (l, 1, L), given=full
    ),
    "BP's activations descend, and the loss": AllOf(descends, Equal(BP.flow(batch).derivative(batch.loss), -Q(L))),
    "one sample, rank one": ForAll(RankAtMost(TP.update(net, l), 1), (l, 1, L)),
    "ranks": ForAll(
        RankAtMost(
            TP.update(biased, l), [B, biased.widths[l], biased.widths[l - 1], biased.error, biased.activation(l - 1)]
        ),
        (l, 1, L),
    ),
    "Gauss-Newton ranks": ForAll(RankAtMost(GaussNewton().update(batch, l), [B, batch.error]), (l, 1, L)),
    "images": ForAll(ImageWithin(FeedbackAlignment().update(net, l), FeedbackAlignment().backward(net, l)), (l, 1, L)),
}

FALSE = {
    "TP is BP without isometries": ForAll(Equal(TP.update(net, l), BP.update(net, l)), (l, 1, L)),
    "TP is BP with isometries from the third layer": ForAll(
        Equal(TP.update(net, l), BP.update(net, l)), (l, 1, L), given=[ForAll(partial_isometry(W(k)), (k, 3, L))]
    ),
    "TP conserves the balance": ForAll(Conserved(balance, along=TP.flow(net)), (l, 1, L - 1)),
    "DFA conserves the balance": ForAll(Conserved(balance, along=DirectFeedbackAlignment().flow(net)), (l, 1, L - 1)),
    "targets reach without rank": ForAll(Equal(moved, matmul(-alpha, net.error)), (l, 1, L)),
    "the ray of another constant": ForAll(
        Equal(TP.flow(net).derivative(x(l)), matmul(-2 * S(l), TP.error_signal(net, l))), (l, 1, L), given=full
    ),
    "activations keep their length": ForAll(Equal(squared_norm(x(l)), squared_norm(x(l + 1))), (l, 0, L - 1)),
    "the sum of squares, one layer short": ForAll(
        Equal(inner(BP.flow(batch).derivative(X(l)), matmul(-1, BP.error_signal(batch, l))), Q(l - 1)), (l, 1, L)
    ),
}


@pytest.mark.parametrize("claim", TRUE.values(), ids=TRUE.keys())
def test_what_is_true_at_every_depth_is_proved_and_measured(claim):
    """The checker accepts the induction, and networks of depth 1 to 3 agree on exact numbers."""
    verdict = prove(claim, seconds=20)
    assert verdict.proved, verdict.explain()
    assert verdict.certificate.data["method"] == "induction"
    assert type(verdict.certificate).from_json(verdict.certificate.to_json()).check()
    measured = [crosscheck(part, trials=6) for part in at_small_depths(claim)]
    assert len(measured) >= 2
    assert all(m.passed or m.trials == 0 for m in measured)
    assert any(m.passed for m in measured)


@pytest.mark.parametrize("claim", FALSE.values(), ids=FALSE.keys())
def test_what_is_false_at_some_depth_is_not_proved(claim):
    """The search ends undecided, and some network of depth 1 to 3 shows why."""
    assert not prove(claim, seconds=2).proved
    assert any(crosscheck(part, trials=40).exact_failures for part in at_small_depths(claim))


def test_the_certificate_states_its_laws():
    """Definitions, hypotheses and Penrose's equations stand in the certificate, each with its range."""
    data = json.loads(prove(TRUE["TP is BP"]).certificate.to_json())
    ends = {}
    for law, reason in zip(data["hypotheses"], data["reasons"], strict=True):
        ends.setdefault(tuple(map(str, reason[:2])), []).append([law["from"], law["to"]])
    assert ends["property", "partial_isometry"] == [[["", 2], ["L", 0]]]
    feedback = next(value for key, value in ends.items() if key == ("definition", "the feedback of target propagation"))
    assert all(value in ([["L", 0], ["L", 0]], [None, None], [["", 0], ["L", -1]]) for value in feedback)
    assert any(kind == "penrose" for kind, _ in ends)
    bases = {base for law in data["hypotheses"] for base, _ in indices_in(law["zero"])}
    assert bases <= {"k", "L", ""}


def test_symbols_may_be_called_anything():
    """The layer, the depth and the index of a hypothesis keep the names that their user gave them."""
    depth, i, j = (Symbol(name, integer=True) for name in ("N", "i", "j"))
    other = DeepLinearNetwork(depth=depth)
    given = [ForAll(partial_isometry(other.weight(j)), (j, 2, depth))]
    claim = ForAll(Equal(TP.update(other, i), BP.update(other, i)), (i, 1, depth), given=given)
    assert "i = 1, ..., N" in claim.statement()
    assert prove(claim).proved


def test_recursions_of_one_name_are_told_apart():
    """Two recursions with one name in one claim are refused, not confused."""
    one = Recursion("c", 0, L, 0, lambda _, c: c + 1)
    two = Recursion("c", 0, L, 0, lambda _, c: c + 2)
    with pytest.raises(InvalidValueError, match="got two called c"):
        ForAll(Equal(one(l), two(l)), (l, 0, L))


@pytest.mark.parametrize("nets", [(batch, biased), (biased, batch)], ids=["plain first", "biased first"])
def test_networks_are_told_apart(nets):
    """Activations of two networks have one name and one shape; SymPy's caches must not exchange them."""
    for some in nets:
        following = matmul(some.weight(l + 1), some.activation(l))
        claim = ForAll(Equal(squared_norm(some.activation(l + 1)), squared_norm(following)), (l, 1, L - 1))
        assert prove(claim).proved == (some is batch)


def test_names_with_brackets_are_refused():
    """A symbol called x[0] would be read as a member of the sequence x."""
    from sympy import MatrixSymbol

    lie = MatrixSymbol("x[0]", net.widths[0], 1)
    with pytest.raises(InvalidValueError, match=r"got two called x\[0\]"):
        ForAll(Equal(matmul(net.product(l, 1), lie), x(l)), (l, 0, L))


def test_the_same_proof_each_time():
    """A proof by induction is repeated byte for byte."""
    claim = TRUE["error ray, flow"]
    assert prove(claim).certificate.to_json() == prove(claim).certificate.to_json()


def test_a_recursion_is_what_it_was_built_as():
    """A sum that grows twice as fast, under the same name, is another one, whichever of them was met first."""
    double = Recursion("S", 0, L, 0, lambda j, S: S + 2 * squared_norm(x(j - 1)))
    assert double(l) != S(l)
    assert prove(TRUE["error ray, flow"]).proved
    ray = Equal(TP.flow(net).derivative(x(l)), matmul(-double(l), TP.error_signal(net, l)))
    assert not prove(ForAll(ray, (l, 1, L), given=full), seconds=2).proved


def test_a_bound_is_compared_in_every_case():
    """A certificate whose base shows the bound of a claim, and whose step another one, does not state the claim."""
    claim = ForAll(RankAtMost(BP.update(batch, l), B), (l, 1, L))
    verdict = prove(claim)
    assert restated(claim, verdict.certificate)
    data = json.loads(verdict.certificate.to_json())
    (theorem,) = data["theorems"]
    (case,) = theorem["cases"]
    at_last = {**case, "at": ["L", 0], "after": None}
    step = {**case, "after": ["l", 1]}
    for cases in (
        [{**case, "method": "identity"}],
        [],
        [at_last, {**step, "factors": step["factors"][::-1]}],
        [{key: value for key, value in case.items() if key != "factors"}],
    ):
        theorem["cases"] = cases
        assert not (restated(claim, Certificate(data)) and Certificate(data).check())
    theorem["cases"] = [case]
    for bound in (["n", "k", 0], 1, {"rank": theorem["goal"]["rank"]}):
        changed = {**theorem, "goal": {**theorem["goal"], "at most": bound}}
        assert not restated(claim, Certificate({**data, "theorems": [changed]}))


@pytest.mark.parametrize("ends", [(3, 2), (L + 1, L), (L + 2, L)], ids=str)
def test_what_is_said_of_no_layer_holds(ends):
    """Nothing is claimed, which the statement says; a stored proof of that is recalled."""
    claim = ForAll(Equal(W(l), 2 * W(l)), (l, *ends))
    verdict = prove(claim)
    assert verdict.proved
    assert verdict.claim.statement().endswith("(no layer)")
    assert restated(claim, verdict.certificate) is not None


@pytest.mark.parametrize("ends", [(2, 2), (1, L), (L, L)], ids=str)
def test_what_is_said_of_one_layer_need_not_hold(ends):
    """The range that begins where it ends has a layer."""
    claim = ForAll(Equal(W(l), 2 * W(l)), (l, *ends))
    assert decide(claim).refuted
    assert "no layer" not in claim.statement()


def test_a_hypothesis_on_no_layer_says_nothing():
    """Else everything would follow from it."""
    assert decide(ForAll(Zero(W(l)), (l, 1, L), given=[ForAll(Zero(W(k)), (k, 2, 1))])).refuted


def equal_updates(layer):
    """Say that TP and BP make one update at a layer."""
    return Equal(TP.update(net, layer), BP.update(net, layer))


def has_right_inverse(layer):
    """Say that ``W_l W_l+ = I``."""
    return Equal(matmul(W(layer), Pinv(W(layer))), Identity(net.widths[layer]))


NAMED_LAYERS = {
    "layer 2": (has_right_inverse(2).under(full), has_right_inverse(1).under(full)),
    "layer 3": (has_right_inverse(3).under(full), has_right_inverse(3)),
    "a range of one layer": (
        ForAll(has_right_inverse(l), (l, 2, 2), given=full),
        ForAll(has_right_inverse(l), (l, 1, 1), given=full),
    ),
    "a range of two layers": (
        ForAll(equal_updates(l), (l, 3, 4), given=isometries),
        ForAll(equal_updates(l), (l, 3, 4), given=[ForAll(partial_isometry(W(k)), (k, 4, L - 1))]),
    ),
    "above the last layer but one": (
        equal_updates(L - 1).under(isometries),
        equal_updates(L - 1).under([ForAll(partial_isometry(W(k)), (k, 2, L - 1))]),
    ),
    "a named layer among any": (
        ForAll(Zero(BP.update(net, l)), (l, 4, L), given=[Zero(W(2))]),
        ForAll(Zero(BP.update(net, l)), (l, 2, L), given=[Zero(W(2))]),
    ),
}


@pytest.mark.parametrize("name", NAMED_LAYERS)
def test_layers_that_are_named_exist(name):
    """A claim about layer 2 is about networks that have one, and a hypothesis on all layers from 2 holds there."""
    true, false = NAMED_LAYERS[name]
    verdict = prove(true)
    assert verdict.proved
    assert restated(true, verdict.certificate) is not None
    assert decide(false, seconds=20).refuted


def test_a_width_that_is_named_is_that_of_a_layer():
    """A network of one layer has no width of layer 2, which bounds the rank of the product where there is one."""
    assert not decide(RankAtMost(net.product(L, 1), net.widths[2]), seconds=3).refuted
    assert decide(RankAtMost(net.product(L, 1), 1), seconds=5).refuted


def test_an_index_that_is_bound_inside_is_left_alone():
    """The same letter may be bound twice."""
    inside = AnyOf(ForAll(Zero(W(l)), (l, 1, L)), Zero(net.input))
    assert decide(ForAll(inside, (l, 1, 1)), seconds=5).refuted


def test_the_proof_says_how_deep_the_network_is():
    """Nothing is said of a network without the layer."""
    assert "For L >= 2:" in prove(has_right_inverse(2).under(full)).explain()


FAR = {
    "a layer far up": (Zero(net.weight(25)), Equal(transpose(transpose(net.weight(25))), net.weight(25))),
    "a layer far below the last": (Zero(net.weight(L - 30)), Equal(net.weight(L - 30), net.weight(L - 30))),
    "a range that begins far up": (
        ForAll(Zero(net.weight(l)), (l, 22, L)),
        ForAll(Equal(transpose(transpose(net.weight(l))), net.weight(l)), (l, 22, L)),
    ),
    "a range below the last": (
        ForAll(Zero(net.weight(l)), (l, L - 5, L - 4)),
        ForAll(Equal(net.weight(l), net.weight(l)), (l, L - 5, L - 4)),
    ),
}


@pytest.mark.parametrize(("false", "true"), FAR.values(), ids=FAR.keys())
def test_layers_far_up_exist_in_deep_networks(false, true):
    """Nothing is said of networks that do not have them, and a counterexample is looked for in one that has."""
    assert decide(false, 5).refuted
    assert decide(true, 5).proved


def test_layers_that_no_counterexample_would_have_are_refused():
    """No network is built that deep."""
    for layer in (300, L - 300):
        with pytest.raises(InvalidValueError, match="'l' must be 100 or less, or so far below the last one"):
            decide(Zero(net.weight(layer)), 5)
