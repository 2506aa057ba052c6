"""Inequalities between numbers and between symmetric matrices: true ones are proved, their false siblings refuted."""

from itertools import pairwise
from time import process_time

import pytest
from sympy import log

from tptheory import crosscheck, decide, prove, refute
from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError
from tptheory.preamble import *
from tptheory.proving.restating import restated

n, k = symbols("n k", integer=True, positive=True)
S, T, P, Q = (MatrixSymbol(name, n, n) for name in "STPQ")
A = MatrixSymbol("A", k, n)
x, y = MatrixSymbol("x", n, 1), MatrixSymbol("y", n, 1)
s, t = symbols("s t", real=True)
c = Symbol("c", positive=True)
one, batch, two = DeepLinearNetwork(depth=1), DeepLinearNetwork(depth=1, batch=k), DeepLinearNetwork(depth=2)
W_1, W_2 = two.weights
psd, definite = positive_semidefinite, positive_definite


def step_descends(net, *given):
    """The claim that a step of gradient descent does not raise the loss."""
    return Nonincreasing(net.loss, along=BP.step(net), given=given)


TRUE = {
    "a trace of two": NonNegative(trace(S * T), given=psd(S, T)),
    "a Gram matrix": NonNegative(A.T * A),
    "a sum": NonNegative(S + T, given=psd(S, T)),
    "transitive": AtMost(S, Q, given=[at_most(S, T), at_most(T, Q)]),
    "congruence": AtMost(A * S * A.T, A * T * A.T, given=at_most(S, T)),
    "a claim as a hypothesis": AtMost(A * S * A.T, A * T * A.T, given=AtMost(S, T)),
    "a projection": AtMost(P, Identity(n), given=[projection(P), symmetric(P)]),
    "an inverse": NonNegative(Inverse(S), given=definite(S)),
    "a pseudo-inverse": NonNegative(Pinv(S), given=psd(S)),
    "between 0 and the identity": AtMost(S * S, S, given=[psd(S), at_most(S, Identity(n))]),
    "a range": AtMost(s**2, s, given=[at_least(s, 0), at_most(s, 1)]),
    "a product": AtMost(0, s * t, given=[at_least(s, 0), at_least(t, 0)]),
    "a square above one": AtMost(1, s**2, given=at_least(s, 1)),
    "a cube": AtMost(0, s**3, given=at_least(s, 0)),
    "Cauchy-Schwarz": AtMost(inner(x, y) ** 2, squared_norm(x) * squared_norm(y)),
    "a null direction": Zero(S * x, given=[psd(S), Zero(x.T * S * x)]),
    "definite": Zero(x, given=[definite(S), Zero(x.T * S * x)]),
    "one of two signs": AtMost(0, s * t, given=AnyOf(Zero(s * Identity(1)), AtMost(0, s * t))),
    "a step for one sample": step_descends(one, at_most(eta * squared_norm(one.input), 2)),
    "a step as a matrix": step_descends(one, at_most(eta * one.input.T * one.input, 2 * Identity(1))),
    "a step for a batch": step_descends(
        batch, at_most(eta * batch.input * batch.input.T, 2 * Identity(batch.input.rows))
    ),
    "an acute angle": AtMost(0, inner(TP.descent(two, 1), BP.descent(two, 1))),
    "a rate from below": AtMost(
        2 * c * two.loss,
        -BP.flow(two).derivative(two.loss),
        given=[at_least(W_2 * W_2.T, c * Identity(W_2.rows)), at_least(squared_norm(two.input), 1)],
    ),
}

FALSE = {
    "a trace with one": NonNegative(trace(S * T), given=[psd(S), symmetric(T)]),
    "any square matrix": NonNegative(S),
    "any symmetric matrix": NonNegative(S, given=symmetric(S)),
    "a difference": NonNegative(S - T, given=psd(S, T)),
    "a product that is not symmetric": NonNegative(S * T, given=psd(S, T)),
    "a projection that is oblique": AtMost(P, Identity(n), given=projection(P)),
    "a range that is open": AtMost(s**2, s, given=at_least(s, 0)),
    "a product with one sign": AtMost(0, s * t, given=at_least(s, 0)),
    "the other way": AtMost(s, t, given=at_most(t, s)),
    "a null direction of what is singular": Zero(x, given=[psd(S), Zero(x.T * S * x)]),
    "a step that is too long": step_descends(one, at_most(eta * squared_norm(one.input), 3)),
    "a step of any length": step_descends(one),
    "the square of a larger one": AtMost(S * S, T * T, given=[psd(S), at_most(S, T)]),
    "an irrational bound": AtMost(log(2) * S, S / 2, given=psd(S)),
}


@pytest.mark.parametrize("claim", TRUE.values(), ids=TRUE)
def test_true_inequalities_are_proved(claim):
    """What is true is proved, and its certificate states the claim."""
    verdict = decide(claim)
    assert verdict.word == "proved"
    assert restated(claim, verdict.certificate) is not None


@pytest.mark.parametrize("claim", FALSE.values(), ids=FALSE)
def test_false_inequalities_are_refuted(claim):
    """What is false is refuted by an instance that meets the hypotheses."""
    verdict = decide(claim)
    assert verdict.word == "refuted"
    assert verdict.counterexample.check()


def test_a_certificate_of_another_bound_is_not_taken():
    """The certificate of one range does not prove another."""
    found = decide(AtMost(s**2, s, given=[at_least(s, 0), at_most(s, 1)])).certificate
    assert restated(AtMost(s**2, s, given=[at_least(s, 0), at_most(s, 2)]), found) is None
    assert restated(AtMost(s, s**2, given=[at_least(s, 0), at_most(s, 1)]), found) is None


def test_a_hypothesis_that_is_left_out_leaves_no_proof():
    """Each of two signs is needed, and neither is assumed in silence."""
    assert not prove(AtMost(0, s * t, given=at_least(s, 0)), seconds=2).proved
    assert not prove(NonNegative(trace(S * T), given=psd(S)), seconds=2).proved


def test_instances_meet_the_order_at_more_than_one_row():
    """Matrices that are only ordered are drawn with two rows, too, where the square does not keep the order."""
    assert not crosscheck(FALSE["the square of a larger one"]).passed


def test_a_form_in_many_numbers_ends_in_its_time():
    """Powers of thirteen numbers are more candidates than any search tries: they are not even made."""
    a = symbols("a:13", real=True)
    started = process_time()
    assert not prove(NonNegative(sum((u - v) ** 2 for u, v in pairwise(a)) ** 2), seconds=1).refuted
    assert process_time() - started < 3


def test_the_refuter_keeps_to_the_signs():
    """A counterexample meets the hypotheses that are inequalities."""
    found = refute(AtMost(s, 2, given=[at_least(s, 1)])).counterexample
    assert found.values[s] > 2


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: NonNegative(A), ShapeError, "'expression' must be a number or a square matrix"),
        (lambda: AtMost(S, 1), ShapeError, "'greater' must be .* Multiply a number by an identity"),
        (lambda: positive_definite(A), ShapeError, "'matrices' must be square"),
        (lambda: positive_semidefinite(), InvalidTypeError, "'matrices' must be at least one"),
        (lambda: at_most("s", 1), InvalidTypeError, "Text is never evaluated"),
        (lambda: Decays(two.loss, BP.step(two), 1), InvalidTypeError, "'along' must be a flow"),
        (lambda: Decays(two.loss, BP.flow(two), W_1), InvalidTypeError, "'rate' must be a scalar"),
        (lambda: Decays(two.loss, BP.flow(two), two.loss), InvalidValueError, "'rate' must be free of what"),
    ],
)
def test_bad_inequalities(make, error, message):
    """What cannot be compared is refused, with the argument's name and the mend."""
    with pytest.raises(error, match=message):
        make()
