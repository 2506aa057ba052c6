"""Claims about any depth that need a lemma: proved where they are true, and not where they are false."""

import pytest
from proving.decay import Decayed

from tptheory import crosscheck, decide
from tptheory.claims.ranges import at_small_depths
from tptheory.preamble import *
from tptheory.proving.restating import restated
from tptheory.proving.searching import StuckError
from tptheory.proving.tactics import Prover

net = DeepLinearNetwork(depth=L)
batch = DeepLinearNetwork(depth=L, batch=B)
biased = DeepLinearNetwork(depth=L, batch=B, biases=True)
W, n = net.weight, net.widths
moved = BP.flow(net).derivative(net.product(l, 1))


def falls(rule, some, *given, times=1):
    """The claim that a multiple of the loss never rises along a flow."""
    return Nonincreasing(times * some.loss, along=rule.flow(some), given=given)


def stands_still(rule, layer, last, *given):
    """The claim that the weights from a layer to the last do not move along a flow."""
    return ForAll(Equal(rule.flow(net)[W(l)], 0), (l, layer, last), given=given)


def velocity(first, start):
    """The recursion of the velocity of the product of the weights, which begins at any layer."""

    def step(k, V):
        return matadd(matmul(W(k), V), matmul(-1, BP.descent(net, k), net.product(k - 1, 1)))

    return Recursion("V", first, L, start, step, lambda k: (n[k], n[0]))


def follows(first, start):
    """The claim that the velocity of the product is what the recursion says."""
    return ForAll(Equal(moved, velocity(first, start)(l)), (l, first, L))


def penalised_falls(rate, weight):
    """The claim that the loss plus so much of the squared weights never rises under decay at a rate."""
    P = Recursion("P", 0, L, 0, lambda k, P: P + squared_norm(batch.weight(k)))
    return Nonincreasing(batch.loss + weight * P(L) / 2, along=Decayed(rate).flow(batch))


mu = Symbol("mu", positive=True)
whole = net.whole_product
every = (k, 1, L)
resting = ForAll(Zero(WeightDecay(BP, mu).descent(net, k)), every)
balance = minus(matmul(T(W(l + 1)), W(l + 1)), matmul(W(l), T(W(l))))


def lowest_rest(*given):
    """The claim that the error vanishes where the first weight rests and the input is not 0."""
    return Zero(net.error, given=[Zero(BP.descent(net, 1)), nonzero(net.input), *given])


def shrinks(*given):
    """The claim that no weight grows along the flow of BP."""
    return ForAll(Nonincreasing(squared_norm(W(l)), along=BP.flow(net)), (l, 1, L), given=given)


def acute(*given):
    """The claim that the updates of TP and BP make no obtuse angle in any layer."""
    return ForAll(NonNegative(inner(TP.descent(net, l), BP.descent(net, l))), (l, 1, L), given=given)


first_descent, second_descent = BP.descent(net, 1), matmul(BP.descent(net, 2), W(1))
TRUE = {
    "BP's loss": falls(BP, net),
    "BP's loss of a batch": falls(BP, batch),
    "BP's loss of a batch, with biases": falls(BP, biased),
    "a positive number times BP's loss": falls(BP, batch, times=eta),
    "TP's loss at full row rank": falls(TP, batch, *from_the_second(full_row_rank, batch)),
    "TP's loss at full row rank, with biases": falls(TP, biased, *from_the_second(full_row_rank, biased)),
    "TP's loss between partial isometries": falls(TP, net, *from_the_second(partial_isometry, net)),
    "no input passes the first weight": stands_still(BP, 2, L, Zero(W(1))),
    "nor where the feedback is random": stands_still(FA, 2, L, Zero(W(1))),
    "no input passes the second weight": stands_still(BP, 3, L, Zero(W(2))),
    "no error passes the last weight": stands_still(BP, 1, L - 1, Zero(W(L))),
    "outputs are as long as the first activation": Equal(
        squared_norm(net.output), squared_norm(net.activation(1)), given=from_the_second(orthogonal, net)
    ),
    "each gradient of an orthogonal network is as large": ForAll(
        Equal(squared_norm(BP.descent(net, l)), squared_norm(net.activation(1)) * squared_norm(net.error)),
        (l, 2, L),
        given=from_the_second(orthogonal, net),
    ),
    "velocity of the product, from layer 1": follows(1, matmul(-1, first_descent)),
    "velocity of the product, from layer 2": follows(
        2, matadd(matmul(-1, W(2), first_descent), matmul(-1, second_descent))
    ),
    "BP's gradient is a product of weights, the error, the input and weights": at_every_layer(
        Equal(
            BP.descent(net, l),
            matmul(T(net.product(L, l + 1)), net.error, T(net.input), T(net.product(l - 1, 1))),
        )
    ),
    "weights that rest under decay are balanced": ForAll(Zero(balance), (l, 1, L - 1), given=[resting]),
    "orthonormal rows have a product whose transpose is its inverse": Equal(
        Pinv(whole), T(whole), given=[ForAll(Equal(matmul(W(k), T(W(k))), Identity(n[k])), every)]
    ),
    "weights of full row rank have a product of full row rank": Equal(
        matmul(whole, Pinv(whole)), Identity(n[L]), given=[ForAll(full_row_rank(W(k)), every)]
    ),
    "only the input 0 has the output 0": Zero(
        net.input, given=[Zero(net.output), ForAll(full_column_rank(W(k)), every)]
    ),
    "the first weight rests at a minimum alone": lowest_rest(*from_the_second(full_row_rank, net)),
    "no angle is obtuse at full row rank": acute(*from_the_second(full_row_rank, net)),
    "with the target 0 all weights shrink": shrinks(Zero(net.target)),
    "the rank of the product is at most each width": ForAll(RankAtMost(whole, n[l]), (l, 1, L)),
    "the rank of the product is at most that of each weight": at_every_layer(RankAtMost(whole, W(l))),
    "updates above the first weight have at most its rank": ForAll(
        RankAtMost(BP.update(batch, l), batch.weight(1)), (l, 2, L)
    ),
    "updates have at most the rank of the input": at_every_layer(RankAtMost(TP.update(batch, l), batch.input)),
    "updates below the last weight have at most its rank": at_hidden_layers(
        RankAtMost(BP.update(batch, l), batch.weight(L))
    ),
}
FALSE = {
    "minus BP's loss": falls(BP, batch, times=-1),
    "TP's loss at any rank": falls(TP, batch),
    "TP's loss at full column rank": falls(TP, batch, *from_the_second(full_column_rank, batch)),
    "FA's loss": falls(FA, batch),
    "the penalised loss for another decay": penalised_falls(mu, 3 * mu),
    "outputs are as long as the input, the first weight aside": Equal(
        squared_norm(net.output), squared_norm(net.input), given=from_the_second(orthogonal, net)
    ),
    "the first weight moves though it is zero": stands_still(BP, 1, L, Zero(W(1))),
    "weights that rest are balanced without a decay": ForAll(
        Zero(balance), (l, 1, L - 1), given=[ForAll(Zero(BP.descent(net, k)), every)]
    ),
    "weights of full row rank have a product of full column rank": Equal(
        matmul(Pinv(whole), whole), Identity(n[0]), given=[ForAll(full_row_rank(W(k)), every)]
    ),
    "only the input 0 has the output 0 at full row rank": Zero(
        net.input, given=[Zero(net.output), ForAll(full_row_rank(W(k)), every)]
    ),
    "the first weight rests at a minimum alone at full column rank": lowest_rest(
        *from_the_second(full_column_rank, net)
    ),
    "no angle is obtuse": acute(),
    "all weights shrink": shrinks(),
    "the second weight moves though it is zero": stands_still(BP, 2, L, Zero(W(2))),
    "velocity of the product, from another start": follows(1, matmul(-2, first_descent)),
    "velocity of the product, from half a start": follows(2, matmul(-1, W(2), first_descent)),
}


@pytest.mark.parametrize("claim", TRUE.values(), ids=TRUE)
def test_what_needs_a_lemma_is_proved(claim):
    """The certificate is accepted, states the claim, and is found again as a stored one; numbers agree."""
    verdict = decide(claim, seconds=20)
    assert verdict.proved, verdict.explain()
    assert restated(claim, verdict.certificate).check().accepted
    assert all(found.passed or found.trials == 0 for found in (crosscheck(c, trials=4) for c in at_small_depths(claim)))


@pytest.mark.parametrize("claim", FALSE.values(), ids=FALSE)
def test_what_is_false_is_not_proved(claim):
    """The search ends without a proof."""
    with pytest.raises(StuckError):
        Prover(claim).run(seconds=2)


def test_a_penalised_loss_falls_under_decay():
    """The penalties up to a layer belong to the lemma."""
    assert Prover(penalised_falls(mu, mu)).run(seconds=20).check().accepted


def test_a_certificate_holds_no_lemma_that_nothing_uses():
    """Every theorem but the last is used by a later one."""
    data = decide(TRUE["TP's loss at full row rank"], seconds=20).certificate.data
    laws, theorems = len(data["hypotheses"]), data["theorems"]
    used = {j - laws for theorem in theorems for case in theorem["cases"] for j, _ in case["uses"] if j >= laws}
    assert used >= {*range(len(theorems) - 1)}
    assert len(theorems) == 3


def test_the_root_of_a_sum_of_squares_stands_in_the_certificate():
    """The sum is defined by a recursion from 0, and its root is a law with its reason, which is shown."""
    certificate = decide(TRUE["BP's loss"], seconds=20).certificate
    [law] = [
        law
        for law, reason in zip(certificate.data["hypotheses"], certificate.data["reasons"], strict=True)
        if reason[0] == "nonnegative"
    ]
    root, total = ["sqrt(S)", "k", 0], ["S", "k", 0]
    assert law == {"zero": [["1", [root, root], 1], ["-1", [total], 1]], "from": ["", 0], "to": ["L", 0]}
    assert "S[L] >= 0" in certificate.explain()


def test_a_sum_that_is_no_sum_of_squares_has_no_root():
    """A certificate that defines the sum otherwise states another claim."""
    claim = TRUE["BP's loss"]
    certificate = decide(claim, seconds=20).certificate
    start = {"zero": [["1", [["S", "", 0]], 1]], "from": None, "to": None}
    hypotheses = [
        h if h != start else {**h, "zero": [*start["zero"], ["1", [], 1]]} for h in certificate.data["hypotheses"]
    ]
    assert hypotheses != certificate.data["hypotheses"]
    assert restated(claim, type(certificate)({**certificate.data, "hypotheses": hypotheses})) is None


def test_a_lemma_whose_shapes_differ_at_other_layers_is_left_aside():
    """Orthonormal rows from the second layer on say nothing of the first; no error of the search comes out."""
    product = deep.product(L, l)
    rows = ForAll(Equal(deep.weight(k) * deep.weight(k).T, Identity(deep.widths[k])), (k, 2, L))
    claim = ForAll(Equal(product * product.T, Identity(deep.widths[L])), (l, 1, L), given=[rows])
    assert decide(claim, seconds=20).refuted
