"""Statements on linear networks of depth 1, 2 and 3: what rules share, conserve, lower and reach."""

from functools import partial
from typing import Any

from sympy import MatrixExpr

from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *
from tptheory import AllOf
from tptheory.claims.claim import Claim

holds = partial(Statement, area="networks of depth 1 to 3", true=True)
fails = partial(Statement, area="networks of depth 1 to 3", true=False)

W1, W2 = two.weights
e, x0 = two.error, two.input
V2, V3 = three.weight(2), three.weight(3)
batch, batch3 = (DeepLinearNetwork(depth=depth, batch=q) for depth in (2, 3))
biased2 = DeepLinearNetwork(depth=2, batch=q, biases=True)
B2 = FA.feedback(two, 2)
balanced = [Equal(W2.T * W2, W1 * W1.T)]
gain = MatrixSymbol("G", *W2.T.shape)


class Halved(Rule):
    """Half of what backpropagation sends."""

    def feedback(self, net: DeepLinearNetwork, l: Any) -> MatrixExpr:
        """Return half the transpose of the weight."""
        return matmul(Rational(1, 2), T(net.weight(l)))


class Contrary(Rule):
    """What backpropagation sends, with the wrong sign."""

    def feedback(self, net: DeepLinearNetwork, l: Any) -> MatrixExpr:
        """Return minus the transpose of the weight."""
        return matmul(-1, T(net.weight(l)))


class Mixed(Rule):
    """The transpose and the pseudo-inverse together."""

    def feedback(self, net: DeepLinearNetwork, l: Any) -> MatrixExpr:
        """Return the sum of both."""
        return matadd(T(net.weight(l)), Pinv(net.weight(l)))


class TopOnly(Rule):
    """Only the last layer learns."""

    def feedback(self, net: DeepLinearNetwork, l: Any) -> MatrixExpr:
        """Return zero."""
        return matmul(0, T(net.weight(l)))


def moved(rule: Rule, given: list[Any]) -> Claim:
    """Say that the target of layer 1 moves the output of two layers to its own target."""
    return Equal(W2 * (rule.target(two, 1) - two.activation(1)), matmul(-alpha, e), given=given)


KNOWN = [
    holds(
        "BP's W_2' dW_2 = dW_1 W_1'",
        lambda: Equal(W2.T * BP.update(two, 2), BP.update(two, 1) * W1.T),
        "both are W_2'e x'W_1' (Arora, Cohen and Hazan, 2018)",
    ),
    holds(
        "FA is BP where B = W_2'",
        lambda: Equal(FA.update(two, 1), BP.update(two, 1), given=[Equal(B2, W2.T)]),
        "the definition",
    ),
    holds(
        "TP's loss never rises at depth 2, biases and a batch",
        lambda: Nonincreasing(biased2.loss, along=TP.flow(biased2)),
        "minus |E X_1'|^2 + |P E X_0'|^2 + |E1|^2 + |P E1|^2",
    ),
    holds(
        "a stationary point of BP with W_2 of full row rank and x not 0 is a minimum",
        lambda: Zero(e, given=[Zero(BP.descent(two, 1)), full_row_rank(W2), nonzero(x0)]),
        "W_2'e x' = 0; Kawaguchi (2016) for many layers",
    ),
    fails(
        "TP has W_2' dW_2 = dW_1 W_1'",
        lambda: Equal(W2.T * TP.update(two, 2), TP.update(two, 1) * W1.T),
        "numbers other than 1",
    ),
    fails(
        "a stationary point of BP in W_1 with x not 0 is a minimum",
        lambda: Zero(e, given=[Zero(BP.descent(two, 1)), nonzero(x0)]),
        "W_2 = 0",
    ),
]

FURTHER = [
    holds("in one layer BP and TP are one", lambda: Equal(BP.update(one, 1), TP.update(one, 1)), "no feedback"),
    holds(
        "BP's update of W_1 has its columns in the rows of W_2",
        lambda: ImageWithin(BP.update(batch, 1), batch.weight(2).T),
        "W_2' E X'",
    ),
    holds(
        "W_2 = 0 stops BP and TP in layer 1",
        lambda: AllOf(Zero(BP.update(two, 1), given=[Zero(W2)]), Zero(TP.update(two, 1), given=[Zero(W2)])),
        "0' = 0+ = 0",
    ),
    holds("W_1 = 0 stops layer 2", lambda: Zero(TP.update(two, 2), given=[Zero(W1)]), "x_1 = 0"),
    holds(
        "TP has W_2 dW_1 W_1' = W_2W_2+ dW_2",
        lambda: Equal(W2 * TP.update(two, 1) * W1.T, W2 * Pinv(W2) * TP.update(two, 2)),
        "e x'W_1'",
    ),
    holds(
        "DFA is FA at depth 2, where their matrices agree",
        lambda: Equal(DFA.update(two, 1), FA.update(two, 1), given=[Equal(DFA.feedback(two, 2), B2)]),
        "Nokland (2016)",
    ),
    holds(
        "TP is BP if W_2 W_2' = I",
        lambda: Equal(TP.update(two, 1), BP.update(two, 1), given=[Equal(W2 * W2.T, Identity(W2.rows))]),
        "W_2+ = W_2'",
    ),
    holds(
        "BP leaves W_1 (I - XX+) alone",
        lambda: Conserved(
            batch.weight(1) * (Identity(batch.widths[0]) - batch.input * Pinv(batch.input)), along=BP.flow(batch)
        ),
        "the update ends in X'",
    ),
    holds(
        "FA leaves (I - BB+) W_1 alone",
        lambda: Conserved((Identity(W1.rows) - B2 * Pinv(B2)) * W1, along=FA.flow(two)),
        "the update starts with B",
    ),
    holds(
        "half the feedback lowers the loss",
        lambda: Nonincreasing(two.loss, along=Halved().flow(two)),
        "-|e x_1'|^2 - |W_2'e x'|^2 / 2",
    ),
    holds(
        "transpose plus pseudo-inverse lowers the loss",
        lambda: Nonincreasing(two.loss, along=Mixed().flow(two)),
        "W_2W_2' + W_2W_2+ is a Gram matrix",
    ),
    holds(
        "training the last layer alone lowers the loss",
        lambda: Nonincreasing(three.loss, along=TopOnly().flow(three)),
        "-|e x_2'|^2",
    ),
    holds(
        "FA lowers the loss if W_2 B is a Gram matrix",
        lambda: Nonincreasing(two.loss, along=FA.flow(two), given=[Equal(W2 * B2, gain.T * gain)]),
        "-|e x_1'|^2 - |G e x'|^2",
    ),
    holds(
        "one layer with the target 0 shrinks",
        lambda: Nonincreasing(squared_norm(one.weight(1)), along=BP.flow(one), given=[Zero(one.target)]),
        "-2|Wx|^2",
    ),
    holds(
        "with the target 0 BP shrinks W_1",
        lambda: Nonincreasing(squared_norm(W1), along=BP.flow(two), given=[Zero(two.target)]),
        "-2|W_2W_1x|^2",
    ),
    holds(
        "with the target 0 TP shrinks W_1",
        lambda: Nonincreasing(squared_norm(W1), along=TP.flow(two), given=[Zero(two.target)]),
        "-2|W_2+W_2W_1x|^2",
    ),
    holds(
        "TP reaches at depth 2 if W_2 has a right inverse",
        lambda: moved(TP, [Equal(W2 * gain, Identity(W2.rows))]),
        "W_2W_2+ = I (Meulemans et al., 2020)",
    ),
    holds(
        "TP reaches at depth 2 if the error is W_2 z",
        lambda: moved(TP, [Equal(e, W2 * MatrixSymbol("z", W2.cols, 1))]),
        "Penrose (1956)",
    ),
    holds(
        "GN reaches at depth 3 if W_3 W_2 has a right inverse",
        lambda: Equal(
            V3 * V2 * (GN.target(three, 1) - three.activation(1)),
            matmul(-alpha, three.error),
            given=[Equal(V3 * V2 * MatrixSymbol("G", V2.cols, V3.rows), Identity(V3.rows))],
        ),
        "Meulemans et al. (2020)",
    ),
    holds(
        "one BP step of a layer with eta |x|^2 = 1 solves the sample",
        lambda: Zero(BP.step(one).after(one.error), given=[Equal(matmul(eta, one.input.T, one.input), I1)]),
        "Kaczmarz (1937)",
    ),
    holds(
        "im W_1 lies in the row space of W_2 at balanced weights",
        lambda: ImageWithin(W1, W2.T, given=balanced),
        "W_1W_1' = W_2'W_2",
    ),
    holds(
        "im W_2 lies in im W_2W_1 at balanced weights",
        lambda: ImageWithin(W2, W2 * W1, given=balanced),
        "W_2W_1W_1' = W_2W_2'W_2 (Bah et al., 2019)",
    ),
    holds(
        "balanced weights with product 0 vanish", lambda: Zero(W1, given=[*balanced, Zero(W2 * W1)]), "(W_1'W_1)^2 = 0"
    ),
    holds(
        "balanced weights of two layers have one length",
        lambda: Equal(squared_norm(W2), squared_norm(W1), given=balanced),
        "traces",
    ),
    holds(
        "a stationary point of TP with W_2 of full row rank and x not 0 is a minimum",
        lambda: Zero(e, given=[Zero(TP.descent(two, 1)), Equal(W2 * gain, Identity(W2.rows)), nonzero(x0)]),
        "W_2W_2+e x' = e x'",
    ),
    holds(
        "TP's update at depth 3 has rank at most that of the error",
        lambda: RankAtMost(TP.update(batch3, 1), batch3.error),
        "a product",
    ),
    fails("FA is BP", lambda: Equal(FA.update(two, 1), BP.update(two, 1)), "B = 0"),
    fails(
        "FA's update of W_1 has its columns in the rows of W_2", lambda: ImageWithin(FA.update(two, 1), W2.T), "W_2 = 0"
    ),
    fails(
        "TP is BP if W_2' W_2 is invertible",
        lambda: Equal(TP.update(two, 1), BP.update(two, 1), given=[full_column_rank(W2)]),
        "W_2 = 2",
    ),
    fails(
        "BP leaves (I - W_2+W_2) W_1 alone",
        lambda: Conserved((Identity(W1.rows) - Pinv(W2) * W2) * W1, along=BP.flow(two)),
        "the rows of W_2 turn",
    ),
    fails("minus the feedback lowers the loss", lambda: Nonincreasing(two.loss, along=Contrary().flow(two)), "W_1 = 0"),
    fails(
        "BP shrinks W_1 for every target", lambda: Nonincreasing(squared_norm(W1), along=BP.flow(two)), "a large target"
    ),
    fails(
        "TP reaches at depth 2 if W_2 has a left inverse",
        lambda: moved(TP, [Equal(gain * W2, Identity(W2.cols))]),
        "W_2 = (1, 0)'",
    ),
    fails(
        "BP reaches at depth 2 if the error is W_2 z",
        lambda: moved(BP, [Equal(e, W2 * MatrixSymbol("z", W2.cols, 1))]),
        "W_2 = 2",
    ),
    fails(
        "TP reaches at depth 3 if W_3 W_2 has a right inverse",
        lambda: Equal(
            V3 * V2 * (TP.target(three, 1) - three.activation(1)),
            matmul(-alpha, three.error),
            given=[Equal(V3 * V2 * MatrixSymbol("G", V2.cols, V3.rows), Identity(V3.rows))],
        ),
        "W_3 = (1, 1), W_2 = diag(1, 0)",
    ),
    fails("im W_1 lies in the row space of W_2", lambda: ImageWithin(W1, W2.T), "W_2 = 0"),
    fails("weights with product 0 vanish", lambda: Zero(W1, given=[Zero(W2 * W1)]), "W_2 = 0"),
    fails(
        "TP conserves log pdet W_2 - |W_1|^2 / 2 in a step",
        lambda: Conserved(LogPdet(W2) - squared_norm(W1) / 2, along=TP.step(two)),
        "second order in eta",
    ),
    fails("BP's flow keeps the loss", lambda: Conserved(two.loss, along=BP.flow(two)), "it falls"),
    fails(
        "FA conserves |W_2|^2 - |W_1|^2",
        lambda: Conserved(squared_norm(W2) - squared_norm(W1), along=FA.flow(two)),
        "B = 0",
    ),
    fails(
        "one BP step at eta = 1 solves a sample with x not 0",
        lambda: Zero(BP.step(one).after(one.error), given=[Equal(eta, 1), nonzero(one.input)]),
        "x = 2",
    ),
]
