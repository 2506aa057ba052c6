"""Statements of the literature on what learning moves, conserves and lowers in linear networks of depth 1 to 3."""

from functools import partial

from sympy import Determinant

from tests.benchmarks.statements.nets import B2, W1, W2, e, x0
from tests.benchmarks.statements.papers_nets import V1, V3, heavy, kp, single
from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *

holds = partial(Statement, area="networks of depth 1 to 3", true=True)
fails = partial(Statement, area="networks of depth 1 to 3", true=False)

still = Momentum(mu=0)
H1, H2 = (heavy.momentum(two, layer) for layer in (1, 2))
K1, K2 = (still.momentum(two, layer) for layer in (1, 2))
X, E = single.input, single.error
gap = W2.T * W2 - W1 * W1.T
turning = W1 * H1.T - H1 * W1.T + W2.T * H2 - H2.T * W2
beyond = Identity(W1.cols) - x0 * Pinv(x0)

STATEMENTS: list[Statement] = [
    holds(
        "BP moves W_2W_1 by -W_2W_2'e x' - e x'W_1'W_1",
        lambda: Equal(BP.flow(two).derivative(W2 * W1), -W2 * W2.T * e * x0.T - e * x0.T * W1.T * W1),
        "the product rule",
    ),
    fails(
        "BP moves W_2W_1 by W_2W_2'e x' - e x'W_1'W_1",
        lambda: Equal(BP.flow(two).derivative(W2 * W1), W2 * W2.T * e * x0.T - e * x0.T * W1.T * W1),
        "the wrong sign",
    ),
    holds(
        "TP moves W_2W_1 by -W_2W_2+e x' - e x'W_1'W_1",
        lambda: Equal(TP.flow(two).derivative(W2 * W1), -W2 * Pinv(W2) * e * x0.T - e * x0.T * W1.T * W1),
        "the product rule",
    ),
    fails(
        "TP moves W_2W_1 by -W_2W_2'e x' - e x'W_1'W_1",
        lambda: Equal(TP.flow(two).derivative(W2 * W1), -W2 * W2.T * e * x0.T - e * x0.T * W1.T * W1),
        "W_2 = 2",
    ),
    holds(
        "BP conserves tr (W_2'W_2 - W_1W_1')^3",
        lambda: Conserved(trace(gap**3), along=BP.flow(two)),
        "the matrix is conserved",
    ),
    holds(
        "BP conserves det(W_2'W_2 - W_1W_1')",
        lambda: Conserved(Determinant(gap), along=BP.flow(two)),
        "the matrix is conserved",
    ),
    fails(
        "damped TP conserves W_1W_1' - W_2'W_2",
        lambda: Conserved(W1 * W1.T - W2.T * W2, along=damped.flow(two)),
        "it is BP's law",
    ),
    holds(
        "with momentum W_1H_1' - H_1W_1' + W_2'H_2 - H_2'W_2 decays",
        lambda: Decays(turning, along=heavy.flow(two), rate=heavy.mu),
        "Marcotte et al.",
    ),
    fails(
        "with momentum W_1H_1' - H_1W_1' + W_2'H_2 - H_2'W_2 is conserved",
        lambda: Conserved(turning, along=heavy.flow(two)),
        "it decays",
    ),
    fails(
        "with momentum W_2'W_2 - W_1W_1' decays",
        lambda: Decays(gap, along=heavy.flow(two), rate=heavy.mu),
        "no law of momentum",
    ),
    holds(
        "momentum without friction conserves the loss and half the squared momenta",
        lambda: Conserved(two.loss + (squared_norm(K1) + squared_norm(K2)) / 2, along=still.flow(two)),
        "energy",
    ),
    fails(
        "momentum with friction conserves the loss and half the squared momenta",
        lambda: Conserved(two.loss + (squared_norm(H1) + squared_norm(H2)) / 2, along=heavy.flow(two)),
        "friction",
    ),
    fails(
        "a step of Nesterov's conserves W_2'W_2 - W_1W_1'",
        lambda: Conserved(gap, along=Nesterov().step(two)),
        "second order",
    ),
    holds(
        "a step of BP leaves W_1(I - xx+) alone",
        lambda: Conserved(W1 * beyond, along=BP.step(two)),
        "the step ends in x'",
    ),
    holds(
        "momentum leaves W_1(I - xx+) alone if it has H_1(I - xx+) = 0",
        lambda: Conserved(W1 * beyond, along=heavy.flow(two), given=[Zero(H1 * beyond)]),
        "the momentum stays in the span of x'",
    ),
    fails("momentum leaves W_1(I - xx+) alone", lambda: Conserved(W1 * beyond, along=heavy.flow(two)), "any momentum"),
    fails(
        "TP leaves (I - W_2+W_2)W_1 alone",
        lambda: Conserved((Identity(W2.cols) - Pinv(W2) * W2) * W1, along=TP.flow(two)),
        "the rows of W_2 turn",
    ),
    holds(
        "FA conserves 2 tr BW_2 - |W_1|^2",
        lambda: Conserved(2 * trace(B2 * W2) - squared_norm(W1), along=FA.flow(two)),
        "Lillicrap et al. (2016)",
    ),
    fails(
        "FA conserves tr BW_2 - |W_1|^2",
        lambda: Conserved(trace(B2 * W2) - squared_norm(W1), along=FA.flow(two)),
        "a factor of 2",
    ),
    fails(
        "a step of FA conserves 2 tr BW_2 - |W_1|^2",
        lambda: Conserved(2 * trace(B2 * W2) - squared_norm(W1), along=FA.step(two)),
        "second order",
    ),
    fails(
        "FA does not raise |W_2|^2 - |W_1|^2",
        lambda: Nonincreasing(squared_norm(W2) - squared_norm(W1), along=FA.flow(two)),
        "either sign",
    ),
    holds(
        "FA lowers the loss if W_2B + B'W_2' >= 0",
        lambda: Nonincreasing(two.loss, along=FA.flow(two), given=[positive_semidefinite(W2 * B2 + B2.T * W2.T)]),
        "e'W_2Be >= 0",
    ),
    fails(
        "FA lowers the loss if W_2B is invertible",
        lambda: Nonincreasing(two.loss, along=FA.flow(two), given=[invertible(W2 * B2)]),
        "W_2B = -1",
    ),
    fails(
        "a step of BP does not raise the loss of two layers",
        lambda: Nonincreasing(two.loss, along=BP.step(two)),
        "a large eta",
    ),
    fails(
        "DFA lowers the loss of three layers", lambda: Nonincreasing(three.loss, along=DFA.flow(three)), "any feedback"
    ),
    holds(
        "a step of one layer with 0 <= eta |x|^2 <= 2 does not raise the loss",
        lambda: Nonincreasing(
            one.loss, along=BP.step(one), given=[at_least(eta, 0), at_most(eta * squared_norm(one.input), 2)]
        ),
        "the error is multiplied by 1 - eta |x|^2",
    ),
    fails(
        "a step of one layer with 0 <= eta |x|^2 <= 3 does not raise the loss",
        lambda: Nonincreasing(
            one.loss, along=BP.step(one), given=[at_least(eta, 0), at_most(eta * squared_norm(one.input), 3)]
        ),
        "eta |x|^2 = 3",
    ),
    holds(
        "white inputs: the gradient EX' of one layer decays at 1",
        lambda: Decays(E * X.T, along=BP.flow(single), rate=1, given=[Equal(X * X.T, Identity(single.widths[0]))]),
        "XX' = I",
    ),
    fails(
        "white inputs: the error of one layer decays at 1",
        lambda: Decays(E, along=BP.flow(single), rate=1, given=[Equal(X * X.T, Identity(single.widths[0]))]),
        "the rest of the target stays",
    ),
    holds(
        "orthonormal samples: the error of one layer decays at 1",
        lambda: Decays(E, along=BP.flow(single), rate=1, given=[Equal(X.T * X, Identity(q))]),
        "X'X = I",
    ),
    holds(
        "TP moves |W_1|^2 at the rate -2<d_1, x_1>",
        lambda: Equal(
            TP.flow(two).derivative(squared_norm(W1)), -2 * inner(TP.error_signal(two, 1), two.activation(1))
        ),
        "tr W_1'd_1 x'",
    ),
    holds(
        "TP conserves log det W_2W_2' - |W_1|^2",
        lambda: Conserved(LogPdet(W2 * W2.T) - squared_norm(W1), along=TP.flow(two)),
        "tr W_2+ dW_2 = <W_1, dW_1>",
    ),
    fails(
        "TP conserves log det W_2W_2' + |W_1|^2",
        lambda: Conserved(LogPdet(W2 * W2.T) + squared_norm(W1), along=TP.flow(two)),
        "the wrong sign",
    ),
    fails(
        "TP conserves log det(W_2W_2' + lambda I) - |W_1|^2",
        lambda: Conserved(LogPdet(W2 * W2.T + damping * Identity(W2.rows)) - squared_norm(W1), along=TP.flow(two)),
        "it is the law of damped TP",
    ),
    holds(
        "BP conserves |W_3|^2 - |W_1|^2 at depth 3",
        lambda: Conserved(squared_norm(V3) - squared_norm(V1), along=BP.flow(three)),
        "Du, Hu and Lee (2018), twice",
    ),
    fails(
        "TP conserves |W_3|^2 - |W_1|^2 at depth 3",
        lambda: Conserved(squared_norm(V3) - squared_norm(V1), along=TP.flow(three)),
        "numbers",
    ),
    holds(
        "Kolen and Pollack's W_2' - B decays",
        lambda: Decays(T(W2) - kp.feedback(two, 2), along=kp.flow(two), rate=kp.decay),
        "Kolen and Pollack",
    ),
    fails(
        "Kolen and Pollack's W_2' - B decays at twice its rate",
        lambda: Decays(T(W2) - kp.feedback(two, 2), along=kp.flow(two), rate=2 * kp.decay),
        "half of that",
    ),
]
