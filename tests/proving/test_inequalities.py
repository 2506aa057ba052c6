"""Inequalities between numbers and between symmetric matrices: true ones are proved, their false siblings refuted."""

from itertools import pairwise
from time import process_time

import pytest
from sympy import Abs, Max, Min, cosh, exp, log, sqrt

from tptheory import crosscheck, decide, prove, refute
from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError
from tptheory.preamble import *
from tptheory.proving.restating import restated

n, k = symbols("n k", integer=True, positive=True)
S, T, P, Q = (MatrixSymbol(name, n, n) for name in "STPQ")
A = MatrixSymbol("A", k, n)
x, y = MatrixSymbol("x", n, 1), MatrixSymbol("y", n, 1)
s, t, u = symbols("s t u", real=True)
c, d = symbols("c d", positive=True)
B = MatrixSymbol("B", k, n)
one, batch = DeepLinearNetwork(depth=1), DeepLinearNetwork(depth=1, batch=k)
two, three = DeepLinearNetwork(depth=2), DeepLinearNetwork(depth=3)
(W_1, W_2), x_0 = two.weights, two.input
psd, definite = positive_semidefinite, positive_definite


def step_descends(net, *given):
    """The claim that a step of gradient descent does not raise the loss."""
    return Nonincreasing(net.loss, along=BP.step(net), given=given)


def norm(M):
    """Return the Frobenius norm of a matrix, the root of its squared norm."""
    return sqrt(squared_norm(M))


TRUE = {
    "a norm": NonNegative(norm(A)),
    "Minkowski": AtMost(norm(A + B), norm(A) + norm(B)),
    "Minkowski, the other triangle": AtMost(norm(A) - norm(B), norm(A - B)),
    "Cauchy-Schwarz of norms": AtMost(inner(A, B), norm(A) * norm(B)),
    "Cauchy-Schwarz under one root": AtMost(inner(A, B), sqrt(squared_norm(A) * squared_norm(B))),
    "a norm of a product": AtMost(norm(A * S), norm(A) * norm(S)),
    "a norm of a product of three": AtMost(norm(W_2 * W_1 * x_0), norm(W_2) * norm(W_1) * norm(x_0)),
    "a trace by the norm": AtMost(trace(S), sqrt(n) * norm(S)),
    "a norm of a sum by its square": AtMost(norm(A + B), sqrt(2) * sqrt(squared_norm(A) + squared_norm(B))),
    "a projection shortens": AtMost(norm(P * x), norm(x), given=[projection(P), symmetric(P)]),
    "a projection by its size": AtMost(squared_norm(P), n, given=[projection(P), symmetric(P)]),
    "two projections by their size": AtMost(
        trace(P) + trace(Q) - n, trace(P * Q), given=[projection(P, Q), symmetric(P, Q)]
    ),
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
    "of both orders, matrices": Equal(S, T, given=[at_most(S, T), at_most(T, S)]),
    "of both orders, numbers": Equal(s, t, given=[at_most(s, t), at_most(t, s)]),
    "round three matrices": Equal(S, T, given=[at_most(S, T), at_most(T, Q), at_most(Q, S)]),
    "a trace that is not above 0": Zero(S, given=[psd(S), at_most(trace(S), 0)]),
    "a number has a sign": AnyOf(at_least(s, 0), at_most(s, 0)),
    "numbers compare": AnyOf(at_least(s, t), at_most(s, t)),
    "no three numbers fall in a circle": AnyOf(at_least(s, t), at_least(t, u), at_least(u, s)),
    "two numbers or their product": AnyOf(NonNegative(s), NonNegative(t), NonNegative(s * t)),
    "zero or a square above 0": AnyOf(Zero(s), at_least(s**2, 0)),
    "a chain": AtMost(s, u, given=[at_most(s, t), at_most(t, u)]),
    "a trace by Cauchy-Schwarz": AtMost(trace(S) ** 2, n * squared_norm(S)),
    "the square of a mean": AtMost((trace(S) / n) ** 2, squared_norm(S) / n),
    "a trace, divided by the size": AtMost(trace(S) ** 2 / n, trace(S * S), given=symmetric(S)),
    "Cauchy-Schwarz, divided": AtMost(trace(A.T * B) ** 2 / squared_norm(B), squared_norm(A), given=nonzero(B)),
    "a gradient below three norms": AtMost(
        squared_norm(W_2.T * two.error * x_0.T), squared_norm(W_2) * squared_norm(two.error) * squared_norm(x_0)
    ),
    "a gradient through bounded layers (Polyak and Lojasiewicz)": AtMost(
        c * d * squared_norm(three.error * x_0.T),
        squared_norm(BP.descent(three, 1)),
        given=[at_least(W * W.T, bound * Identity(W.rows)) for W, bound in zip(three.weights[1:], (c, d), strict=True)],
    ),
    "a gradient through layers that are bounded above": AtMost(
        squared_norm(BP.descent(three, 1)),
        c * d * squared_norm(three.error * x_0.T),
        given=[at_most(W * W.T, bound * Identity(W.rows)) for W, bound in zip(three.weights[1:], (c, d), strict=True)],
    ),
    "norms with a difference": AtMost(squared_norm(A * (S - T)), squared_norm(A) * squared_norm(S - T)),
    "a trace of a symmetric square": AtMost(trace(S) ** 2, n * trace(S * S), given=symmetric(S)),
    "Cauchy-Schwarz of matrices": AtMost(trace(A.T * B) ** 2, squared_norm(A) * squared_norm(B)),
    "Cauchy-Schwarz in a metric": AtMost(
        trace(x.T * S * y) ** 2, trace(x.T * S * x) * trace(y.T * S * y), given=psd(S)
    ),
    "Cauchy-Schwarz in a metric and in its inverse": AtMost(
        trace(x.T * y) ** 2, trace(x.T * S * x) * trace(y.T * Inverse(S) * y), given=definite(S)
    ),
    "Cauchy-Schwarz on an image": AtMost(
        trace(x.T * y) ** 2,
        trace(x.T * Pinv(S) * x) * trace(y.T * S * y),
        given=[psd(S), Equal(S * Pinv(S) * x, x)],
    ),
    "Cauchy-Schwarz at a unit vector": AtMost(
        1, trace(x.T * S * x) * trace(x.T * Inverse(S) * x), given=[definite(S), Equal(inner(x, x), 1)]
    ),
    "Cauchy-Schwarz at a known length": AtMost(inner(x, y) ** 2, n * squared_norm(x), given=Equal(inner(y, y), n)),
    "the image of a smaller matrix": ImageWithin(S, T, given=[psd(S), at_most(S, T)]),
    "the kernel of a larger matrix": Zero(S * x, given=[psd(S), at_most(S, T), Zero(T * x)]),
    "projections that keep a length, one after the other": Equal(
        Q * x, x, given=[projection(P, Q), symmetric(P, Q), Equal(squared_norm(P * Q * x), squared_norm(x))]
    ),
    "a damped projection": AtMost(A.T * Inverse(A * A.T + c * Identity(k)) * A, Identity(n)),
    "an exponential": NonNegative(exp(s)),
    "a decaying norm": NonNegative(exp(-c * s) * squared_norm(x)),
    "a hyperbolic cosine": NonNegative(cosh(s)),
    "a root": NonNegative(sqrt(c)),
    "means": AtMost(sqrt(c * d), (c + d) / 2),
    "a reciprocal": NonNegative(squared_norm(x) / c),
    "reciprocals fall": AtMost(1 / d, 1 / c, given=at_most(c, d)),
    "a modulus": NonNegative(Abs(s)),
    "a modulus is above": AtMost(-s, Abs(s)),
    "a triangle": AtMost(Abs(s + t), Abs(s) + Abs(t)),
    "a modulus of a product": Equal(Abs(s * t), Abs(s) * Abs(t)),
    "a maximum": AtMost(t, Max(s, t)),
    "a maximum that is bounded": AtMost(Max(s, t), u, given=[at_most(s, u), at_most(t, u)]),
    "a minimum": AtMost(Min(s, t, u), t),
    "a maximum and a minimum": Equal(Max(s, t) + Min(s, t), s + t),
    "a trace of an inverse": NonNegative(trace(Inverse(S)), given=definite(S)),
    "an inverse as a form": NonNegative(x.T * Inverse(S) * x, given=definite(S)),
    "inverses fall": AtMost(Inverse(T), Inverse(S), given=[definite(S, T), at_most(S, T)]),
    "an inverse below one": AtMost(Inverse(S), Identity(n), given=[definite(S), at_least(S, Identity(n))]),
    "an inverse above one": AtMost(Identity(n), Inverse(S), given=[definite(S), at_most(S, Identity(n))]),
    "the inverse of a sum": AtMost(Inverse(S + T), Inverse(S), given=[definite(S), psd(T)]),
    "a damped inverse": AtMost(Inverse(Identity(n) + A.T * A), Identity(n)),
    "the inverse is convex": AtMost(4 * Inverse(S + T), Inverse(S) + Inverse(T), given=definite(S, T)),
    "Gauss and Markov": AtMost(
        Inverse(A * Inverse(S) * A.T), A * S * A.T, given=[definite(S), Equal(A * A.T, Identity(k))]
    ),
    "a parallel sum": AtMost(S * Pinv(S + T) * T, S, given=psd(S, T)),
    "a step by the Gram matrix of samples": step_descends(
        batch, at_most(eta * batch.input.T * batch.input, 2 * Identity(k))
    ),
    "a contraction and its transpose": AtMost(A * A.T, Identity(k), given=at_most(A.T * A, Identity(n))),
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
    "a gradient through layers that are bounded on the other side": AtMost(
        c * d * squared_norm(three.error * x_0.T),
        squared_norm(BP.descent(three, 1)),
        given=[at_least(W.T * W, bound * Identity(W.cols)) for W, bound in zip(three.weights[1:], (c, d), strict=True)],
    ),
    "the square of a mean, of another matrix": AtMost((trace(S) / n) ** 2, squared_norm(S) / n**2),
    "a trace, divided by the size, without symmetry": AtMost(trace(S) ** 2 / n, trace(S * S)),
    "Cauchy-Schwarz, divided by half": AtMost(
        2 * trace(A.T * B) ** 2 / squared_norm(B), squared_norm(A), given=nonzero(B)
    ),
    "norms with half a difference": AtMost(2 * squared_norm(A * (S - T)), squared_norm(A) * squared_norm(S - T)),
    "Cauchy-Schwarz in one metric": AtMost(
        trace(x.T * y) ** 2, trace(x.T * S * x) * trace(y.T * S * y), given=definite(S)
    ),
    "Cauchy-Schwarz off an image": AtMost(
        trace(x.T * y) ** 2, trace(x.T * Pinv(S) * x) * trace(y.T * S * y), given=psd(S)
    ),
    "Cauchy-Schwarz at another length": AtMost(inner(x, y) ** 2, n * squared_norm(x), given=Equal(inner(y, y), n + 1)),
    "the image of a smaller symmetric matrix": ImageWithin(S, T, given=[symmetric(S), at_most(S, T)]),
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
    "of one order, matrices": Equal(S, T, given=[symmetric(S, T), at_most(S, T)]),
    "of one order, numbers": Equal(s, t, given=at_most(s, t)),
    "of both orders, but for 1": Equal(s, t, given=[at_most(s, t), at_most(t, s + 1)]),
    "a chain of three that is open": Equal(S, T, given=[at_most(S, T), at_most(T, Q)]),
    "a trace that is 0": Zero(S, given=[symmetric(S), Zero(trace(S))]),
    "a number above 1 or below 0": AnyOf(at_least(s, 1), at_most(s, 0)),
    "symmetric matrices have a sign": AnyOf(at_least(S, 0), at_most(S, 0), given=symmetric(S)),
    "three numbers": AnyOf(at_least(s, t), at_least(t, u), at_least(s, u)),
    "two numbers or a square below 0": AnyOf(NonNegative(s), NonNegative(t), NonNegative(-s * t)),
    "zero or a square below 0": AnyOf(Zero(s), at_most(s**2, 0)),
    "a broken chain": AtMost(s, u, given=[at_most(s, t), at_most(u, t)]),
    "a trace without the size": AtMost(trace(S) ** 2, squared_norm(S)),
    "a trace of a square": AtMost(trace(S) ** 2, n * trace(S * S)),
    "a trace, the other way": AtMost(n * squared_norm(S), trace(S) ** 2),
    "half of Cauchy-Schwarz": AtMost(2 * trace(A.T * B) ** 2, squared_norm(A) * squared_norm(B)),
    "Cauchy-Schwarz in what is no metric": AtMost(
        trace(x.T * S * y) ** 2, trace(x.T * S * x) * trace(y.T * S * y), given=symmetric(S)
    ),
    "an exponential above 1": AtMost(1, exp(s)),
    "a hyperbolic cosine above 2": AtMost(2, cosh(s)),
    "a root above 1": AtMost(1, sqrt(c)),
    "a norm above 1": AtMost(1, norm(A)),
    "a norm of a sum is no less": AtMost(norm(A) + norm(B), norm(A + B)),
    "norms that are subtracted": AtMost(norm(A - B), norm(A) - norm(B)),
    "half of Cauchy-Schwarz of norms": AtMost(2 * inner(A, B), norm(A) * norm(B)),
    "a norm of a product is no more": AtMost(norm(A) * norm(S), norm(A * S)),
    "a trace by the norm alone": AtMost(trace(S), norm(S)),
    "a norm of a sum without the 2": AtMost(norm(A + B), sqrt(squared_norm(A) + squared_norm(B))),
    "a matrix that is no projection shortens": AtMost(norm(P * x), norm(x), given=symmetric(P)),
    "a matrix by its size": AtMost(squared_norm(P), n, given=projection(P)),
    "two projections by less than their size": AtMost(
        trace(P) + trace(Q) - n + 1, trace(P * Q), given=[projection(P, Q), symmetric(P, Q)]
    ),
    "means, the other way": AtMost((c + d) / 2, sqrt(c * d)),
    "a root above its square": AtMost(c, sqrt(c)),
    "a reciprocal of any sign": NonNegative(1 / (1 - 2 * c)),
    "reciprocals rise": AtMost(1 / c, 1 / d, given=at_most(c, d)),
    "a modulus is below": AtMost(Abs(s), s),
    "a triangle, the other way": AtMost(Abs(s) + Abs(t), Abs(s + t)),
    "a modulus of a sum": Equal(Abs(s + t), Abs(s) + Abs(t)),
    "a maximum is below": AtMost(Max(s, t), t),
    "a maximum that is not bounded": AtMost(Max(s, t), u, given=at_most(s, u)),
    "a minimum is above": AtMost(t, Min(s, t)),
    "a maximum and a minimum apart": Equal(Max(s, t) - Min(s, t), s - t),
    "a trace of an indefinite inverse": NonNegative(trace(Inverse(S)), given=[symmetric(S), invertible(S)]),
    "an inverse as a form of two": NonNegative(x.T * Inverse(S) * y, given=definite(S)),
    "inverses rise": AtMost(Inverse(S), Inverse(T), given=[definite(S, T), at_most(S, T)]),
    "an inverse below one, the other way": AtMost(
        Inverse(S), Identity(n), given=[definite(S), at_most(S, Identity(n))]
    ),
    "a damped inverse above one": AtMost(Identity(n), Inverse(Identity(n) + A.T * A)),
    "the inverse is not that convex": AtMost(5 * Inverse(S + T), Inverse(S) + Inverse(T), given=definite(S, T)),
    "Gauss and Markov, the other way": AtMost(
        A * S * A.T, Inverse(A * Inverse(S) * A.T), given=[definite(S), Equal(A * A.T, Identity(k))]
    ),
    "a parallel sum is above": AtMost(S, S * Pinv(S + T) * T, given=psd(S, T)),
    "a step by a Gram matrix that is too long": step_descends(
        batch, at_most(eta * batch.input.T * batch.input, 3 * Identity(k))
    ),
    "a contraction and a larger transpose": AtMost(A * A.T, Identity(k), given=at_most(A.T * A, 2 * Identity(n))),
    "an irrational bound": AtMost(log(2) * S, S / 2, given=psd(S)),
}


@pytest.mark.parametrize("claim", TRUE.values(), ids=TRUE)
def test_true_inequalities_are_proved(claim):
    """What is true is proved, and its certificate states the claim."""
    verdict = decide(claim, seconds=60)
    assert verdict.word == "proved"
    assert restated(claim, verdict.certificate) is not None


@pytest.mark.parametrize("claim", FALSE.values(), ids=FALSE)
def test_false_inequalities_are_refuted(claim):
    """What is false is refuted by an instance that meets the hypotheses."""
    verdict = decide(claim, seconds=60)
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
