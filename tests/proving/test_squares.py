"""Sums of squares: what falls along a flow is proved to fall, and its false siblings are not."""

import pytest

from tptheory import decide, prove
from tptheory.preamble import *
from tptheory.proving.restating import restated
from tptheory.proving.searching import StuckError
from tptheory.proving.tactics import search_proof

mu, q = Symbol("mu", positive=True), Symbol("q", integer=True, positive=True)
real = Symbol("c", real=True)
one, two, three = (DeepLinearNetwork(depth=depth) for depth in (1, 2, 3))
batch, biased = DeepLinearNetwork(depth=2, batch=B), DeepLinearNetwork(depth=2, batch=B, biases=True)
W1, W2 = two.weights
V = matmul(batch.weight(2), FA.feedback(batch, 2))
C = MatrixSymbol("C", V.rows, q)


class Decayed(type(BP)):
    """BP with weight decay."""

    name, title = "decayed", "decayed backpropagation"

    def __init__(self, rate):
        self.rate = rate

    def descent(self, net, l):
        """Return the gradient of the penalised loss."""
        return matadd(super().descent(net, l), matmul(self.rate, net.weight(l)))


class DecayedTP(type(TP)):
    """TP with weight decay."""

    name, title = "decayed-tp", "decayed target propagation"

    def __init__(self, rate):
        self.rate = rate

    def descent(self, net, l):
        """Return TP's update and the decay."""
        return matadd(super().descent(net, l), matmul(self.rate, net.weight(l)))


def penalised(net, rate):
    """The loss plus the penalty that weight decay descends."""
    return net.loss + rate * sum(map(squared_norm, net.weights)) / 2


def falls(quantity, rule, net, *given):
    """The claim that a quantity never rises along a flow."""
    return Nonincreasing(quantity, along=rule.flow(net), given=given)


balance_of_two = matadd(matmul(T(W2), W2), matmul(-1, W1, T(W1)))
TRUE = {
    "a positive number times BP's loss": falls(eta * two.loss, BP, two),
    "a product of positive numbers times BP's loss": falls(eta**3 * mu * three.loss, BP, three),
    "an even power of a real number times BP's loss": falls(real**2 * two.loss, BP, two),
    "a polynomial in positive numbers times BP's loss": falls((1 + eta) ** 2 * two.loss, BP, two),
    "the penalised loss": falls(penalised(two, mu), Decayed(mu), two),
    "the penalised loss of a batch, with biases": falls(penalised(biased, mu), Decayed(mu), biased),
    "the penalised loss at depth 3": falls(penalised(three, mu), Decayed(mu), three),
    "the penalised loss for a decay that is a number": falls(penalised(two, 1), Decayed(1), two),
    "the imbalance under decay": falls(squared_norm(balance_of_two), Decayed(mu), two),
    "damped TP's loss": falls(two.loss, damped, two),
    "damped TP's loss of a batch": falls(batch.loss, damped, batch),
    "TP's loss of a batch, with biases": falls(biased.loss, TP, biased),
    "FA's loss, if W_2 B is a Gram matrix": falls(batch.loss, FA, batch, Equal(V, matmul(C, T(C)))),
    "FA's loss, if a Gram matrix is W_2 B": falls(batch.loss, FA, batch, Equal(matmul(C, T(C)), V)),
}


@pytest.mark.parametrize("claim", TRUE.values(), ids=TRUE)
def test_what_falls_is_proved_to_fall(claim):
    """The certificate is accepted, states the claim, and is found again as a stored one."""
    verdict = decide(claim, seconds=20)
    assert verdict.proved
    assert verdict.method == "descent"
    assert restated(claim, verdict.certificate).check().accepted


FALSE = {
    "a negative number times BP's loss": falls(-eta * two.loss, BP, two),
    "a real number times BP's loss": falls(real * two.loss, BP, two),
    "the loss alone under decay": falls(two.loss, Decayed(mu), two),
    "the penalised loss for another decay": falls(penalised(two, 2 * mu), Decayed(mu), two),
    "damped TP's loss at depth 3": falls(three.loss, damped, three),
    "FA's loss": falls(batch.loss, FA, batch),
    "FA's loss, if W_2 B is minus a Gram matrix": falls(batch.loss, FA, batch, Equal(V, matmul(-1, C, T(C)))),
    "FA's loss, if W_2 B is a square": falls(
        batch.loss, FA, batch, Equal(V, matmul(MatrixSymbol("S", V.rows, V.rows), MatrixSymbol("S", V.rows, V.rows)))
    ),
    "TP's penalised loss": falls(penalised(two, mu), DecayedTP(mu), two),
}


@pytest.mark.parametrize("claim", FALSE.values(), ids=FALSE)
def test_what_may_rise_is_not_proved_to_fall(claim):
    """The search ends without a proof."""
    with pytest.raises(StuckError):
        search_proof(claim, seconds=5)


def test_a_root_is_a_hypothesis_with_its_reason():
    """A certificate that weighs a square by a number says that the number has a square root, and why."""
    certificate = prove(falls(eta * two.loss, BP, two)).certificate
    data = certificate.data
    root = data["hypotheses"][data["reasons"].index(["nonnegative", [["1", ["eta"], 1]]])]
    assert root == {"zero": [["1", ["sqrt(eta)", "sqrt(eta)"], 1], ["-1", ["eta"], 1]]}
    assert "eta >= 0" in certificate.explain()
    assert r"$\eta \ge 0$" in certificate.latex()
    assert r"\sqrt{\eta}" in certificate.latex()


def test_a_number_that_may_be_negative_has_no_root():
    """A certificate that says that any real number has a square root states another claim."""
    certificate = prove(falls(eta * two.loss, BP, two)).certificate
    swapped = type(certificate).from_json(certificate.to_json().replace("eta", "c"))
    assert swapped.check().accepted
    assert restated(falls(eta * two.loss, BP, two), certificate) is not None
    assert restated(falls(real * two.loss, BP, two), swapped) is None


def test_no_certificate_speaks_of_the_letter_for_the_error():
    """The squares are found with a letter for the error, and written in the letters of the claim."""
    data = prove(falls(biased.loss, TP, biased)).certificate.data
    assert not [name for name in data["letters"] if "error" in name]
