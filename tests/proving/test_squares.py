"""Sums of squares: what falls along a flow is proved to fall, and its false siblings are not."""

from dataclasses import dataclass
from typing import Any

import pytest
from proving.decay import Decayed, DecayedTP

from tptheory import decide, prove
from tptheory.claims import goals as kinds
from tptheory.claims.claim import Claim
from tptheory.claims.goals import Change
from tptheory.preamble import *
from tptheory.proving.restating import restated
from tptheory.proving.searching import StuckError
from tptheory.proving.tactics import EFFORTS, Prover

FIRST_ROUND = EFFORTS[:1]
"""The least effort: every setting of the search is tried once. All that is true here is proved with it."""

mu, q = Symbol("mu", positive=True), Symbol("q", integer=True, positive=True)
real = Symbol("c", real=True)
one, two, three = (DeepLinearNetwork(depth=depth) for depth in (1, 2, 3))
batch, biased = DeepLinearNetwork(depth=2, batch=B), DeepLinearNetwork(depth=2, batch=B, biases=True)
W1, W2 = two.weights
V = matmul(batch.weight(2), FA.feedback(batch, 2))
C = MatrixSymbol("C", V.rows, q)


def penalised(net, rate):
    """The loss plus the penalty that weight decay descends."""
    return net.loss + rate * sum(map(squared_norm, net.weights)) / 2


def falls(quantity, rule, net, *given):
    """The claim that a quantity never rises along a flow."""
    return Nonincreasing(quantity, along=rule.flow(net), given=given)


@dataclass(frozen=True)
class Least(Claim):
    """The claim that a number, or its change in a step, is at least 0."""

    number: Any
    given: Any = ()

    def goals(self):
        """Return the number as the goal."""
        return (kinds.NonNegative(self.number),)

    def conclusion(self, say):
        """Say it."""
        return "a number is at least 0"


def angle(net):
    """TP's update of the first layer times BP's."""
    return inner(TP.descent(net, 1), BP.descent(net, 1))


def searched(claim):
    """Search for a proof with the least effort, whatever time that takes here."""
    return Prover(claim, "").run(60, FIRST_ROUND)


def lowered(given):
    """The claim that a step of BP lowers the loss of one layer, if a matrix is a Gram matrix."""
    net = DeepLinearNetwork(depth=1, batch=B)
    R = MatrixSymbol("R", net.input.rows, net.input.rows)
    return Least(Change(-net.loss, BP.step(net)), given=[Equal(given(net.input), matmul(R, T(R)))])


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
    "FA's loss, where it is least": falls(batch.loss, FA, batch, Equal(batch.output, batch.target)),
    "FA's loss, if W_2 B is a Gram matrix": falls(batch.loss, FA, batch, Equal(V, matmul(C, T(C)))),
    "FA's loss, if a Gram matrix is W_2 B": falls(batch.loss, FA, batch, Equal(matmul(C, T(C)), V)),
}


NUMBERS = {
    "a square of a difference": (Least(squared_norm(A) + squared_norm(D) - 2 * inner(A, D)), True),
    "a difference of squares": (Least(squared_norm(A) - squared_norm(D)), False),
    "a form in positive numbers": (Least(eta**2 + alpha**2 - eta * alpha), True),
    "a form in positive numbers, below 0 at their ratio 1": (Least(eta**2 + alpha**2 - 3 * eta * alpha), False),
    "a product of positive numbers": (Least(eta * alpha**3 + eta), True),
    "a real number": (Least(real), False),
    "the angle of TP and BP": (Least(angle(biased)), True),
    "the angle of TP and FA": (Least(inner(TP.descent(two, 1), FA.descent(two, 1))), False),
    "a short step": (lowered(lambda X: matadd(2 * Identity(X.rows), -eta * X * T(X))), True),
    "a long step": (lowered(lambda X: matadd(3 * Identity(X.rows), -eta * X * T(X))), False),
}


@pytest.mark.parametrize(("claim", "holds"), NUMBERS.values(), ids=NUMBERS)
def test_numbers_that_are_at_least_zero(claim, holds):
    """A number is shown to be a sum of squares where it is one."""
    if holds:
        assert searched(claim).check().accepted
    else:
        with pytest.raises(StuckError):
            searched(claim)


@pytest.mark.parametrize("claim", TRUE.values(), ids=TRUE)
def test_what_falls_is_proved_to_fall(claim):
    """The certificate is accepted, states the claim, and is found again as a stored one; little effort finds it."""
    verdict = decide(claim, seconds=20)
    assert verdict.proved
    assert searched(claim).data == verdict.certificate.data
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
    """The search ends without a proof, with the effort that proves every true claim beside it."""
    with pytest.raises(StuckError, match="not found to be a sum of squares"):
        searched(claim)


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
