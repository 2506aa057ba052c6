"""Statements of the literature on linear networks of depth 2 and 3: rules side by side, balance, points of rest."""

from functools import partial

from tests.benchmarks.statements.nets import W1, W2, balanced, batch, e, x0
from tests.benchmarks.statements.papers_nets import V1, V2, V3, balance, decaying, turn
from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *

holds = partial(Statement, area="networks of depth 1 to 3", true=True)
fails = partial(Statement, area="networks of depth 1 to 3", true=False)

M = V3 * V2 * V1
square = DeepLinearNetwork(widths=(n, n, n, n), batch=n)
w1, w2 = DeepLinearNetwork(widths=(n, p, 1)).weights
U1, U2 = batch.weights
data, wanted = batch.input, batch.target
explained = wanted * Pinv(data) * data * wanted.T
balanced1 = [Equal(w2.T * w2, w1 * w1.T)]
balanced3 = [Zero(balance(three, layer)) for layer in (1, 2)]
changed = {W1: turn * W1, W2: W2 * Inverse(turn)}
turned = {W1: turn * W1, W2: W2 * turn.T}

STATEMENTS: list[Statement] = [
    holds(
        "BP's gradient goes along with every change of basis of the hidden layer",
        lambda: Equal(
            substitute(BP.descent(two, 1), changed), Inverse(turn).T * BP.descent(two, 1), given=[invertible(turn)]
        ),
        "the chain rule",
    ),
    holds(
        "TP's gradient turns with the hidden layer",
        lambda: Equal(substitute(TP.descent(two, 1), turned), turn * TP.descent(two, 1), given=[orthogonal(turn)]),
        "(W_2Q')+ = QW_2+",
    ),
    fails(
        "TP's gradient goes along with every change of basis of the hidden layer",
        lambda: Equal(substitute(TP.descent(two, 1), changed), turn * TP.descent(two, 1), given=[invertible(turn)]),
        "the reverse order law fails",
    ),
    holds(
        "TP's gradient goes along with every change of basis if W_2 has full column rank and e lies in its image",
        lambda: Equal(
            substitute(TP.descent(two, 1), changed),
            turn * TP.descent(two, 1),
            given=[invertible(turn), full_column_rank(W2), ImageWithin(e, W2)],
        ),
        "e = W_2z, and z is found on both sides",
    ),
    holds("GN is TP at depth 2", lambda: Equal(GN.update(two, 1), TP.update(two, 1)), "one factor"),
    holds(
        "GN is TP at depth 3 if W_3'W_3 = I",
        lambda: Equal(GN.update(three, 1), TP.update(three, 1), given=[Equal(V3.T * V3, Identity(V3.cols))]),
        "an isometry on the left",
    ),
    holds(
        "GN is TP at depth 3 if W_2W_2' = I",
        lambda: Equal(GN.update(three, 1), TP.update(three, 1), given=[Equal(V2 * V2.T, Identity(V2.rows))]),
        "an isometry on the right",
    ),
    holds(
        "GN is TP at depth 3 if W_3'W_3 and W_2W_2' commute",
        lambda: Equal(GN.update(three, 1), TP.update(three, 1), given=[Commute(V3.T * V3, V2 * V2.T)]),
        "the reverse order law",
    ),
    fails(
        "GN is TP at depth 3 if W_2 and W_3 are partial isometries",
        lambda: Equal(GN.update(three, 1), TP.update(three, 1), given=[partial_isometry(V3), partial_isometry(V2)]),
        "lines at an angle",
    ),
    holds(
        "damped TP sends W_2'(W_2W_2' + lambda I)^-1 e",
        lambda: Equal(damped.error_signal(two, 1), W2.T * Inverse(W2 * W2.T + damping * Identity(W2.rows)) * e),
        "push through",
    ),
    holds(
        "damped TP's signal is no longer than TP's",
        lambda: AtMost(squared_norm(damped.error_signal(two, 1)), squared_norm(TP.error_signal(two, 1))),
        "s / (s^2 + lambda) <= 1 / s",
    ),
    fails(
        "TP's signal is no longer than damped TP's",
        lambda: AtMost(squared_norm(TP.error_signal(two, 1)), squared_norm(damped.error_signal(two, 1))),
        "lambda > 0",
    ),
    holds(
        "damped TP's and BP's signals make no obtuse angle",
        lambda: NonNegative(inner(damped.error_signal(two, 1), BP.error_signal(two, 1))),
        "e'W_2(W_2'W_2 + lambda I)^-1 W_2'e",
    ),
    holds(
        "damped TP's and TP's signals make no obtuse angle",
        lambda: NonNegative(inner(damped.error_signal(two, 1), TP.error_signal(two, 1))),
        "a product that commutes",
    ),
    fails(
        "TP's signal is no longer than BP's",
        lambda: AtMost(squared_norm(TP.error_signal(two, 1)), squared_norm(BP.error_signal(two, 1))),
        "W_2 = 1/2",
    ),
    holds(
        "TP's signal is no longer than BP's if W_2W_2' >= I",
        lambda: AtMost(
            squared_norm(TP.error_signal(two, 1)),
            squared_norm(BP.error_signal(two, 1)),
            given=[at_most(Identity(W2.rows), W2 * W2.T)],
        ),
        "the singular values are 1 or more",
    ),
    holds(
        "<d_1 of TP, d_1 of BP> <= |e|^2",
        lambda: AtMost(inner(TP.error_signal(two, 1), BP.error_signal(two, 1)), squared_norm(e)),
        "e'W_2W_2+e <= |e|^2",
    ),
    fails(
        "<d_1 of TP, d_1 of BP> = |e|^2 if W_2 has full column rank",
        lambda: Equal(
            inner(TP.error_signal(two, 1), BP.error_signal(two, 1)), squared_norm(e), given=[full_column_rank(W2)]
        ),
        "an error off the image",
    ),
    holds(
        "|G_1|^2 |x_1|^2 <= |G_2|^2 |W_2|^2 |x|^2 for BP's gradients",
        lambda: AtMost(
            squared_norm(BP.descent(two, 1)) * squared_norm(two.activation(1)),
            squared_norm(BP.descent(two, 2)) * squared_norm(W2) * squared_norm(x0),
        ),
        "|W_2'e| <= |W_2| |e|",
    ),
    holds(
        "balanced weights of three layers: MM' = (W_3W_3')^3 for the product M",
        lambda: Equal(M * M.T, (V3 * V3.T) ** 3, given=balanced3),
        "Arora, Cohen and Hazan (2018)",
    ),
    holds(
        "balanced weights of three layers: M'M = (W_1'W_1)^3 for the product M",
        lambda: Equal(M.T * M, (V1.T * V1) ** 3, given=balanced3),
        "Arora, Cohen and Hazan (2018)",
    ),
    fails(
        "balanced weights of three layers: MM' = (W_3W_3')^2 for the product M",
        lambda: Equal(M * M.T, (V3 * V3.T) ** 2, given=balanced3),
        "2, 2, 2",
    ),
    holds(
        "balanced weights of three layers: the product has the rank of W_2",
        lambda: Equal(Rank(M), Rank(V2), given=balanced3),
        "Bah et al. (2019)",
    ),
    fails(
        "W_2'W_2 = W_1W_1' alone gives the product of three layers the rank of W_2",
        lambda: Equal(Rank(M), Rank(V2), given=[balanced3[0]]),
        "W_3 = 0",
    ),
    holds(
        "balanced weights of three layers: tr (W_2W_2')^2 = tr (W_1'W_1)^2",
        lambda: Equal(trace(V2 * V2.T * V2 * V2.T), trace(V1.T * V1 * V1.T * V1), given=balanced3),
        "one spectrum",
    ),
    holds(
        "three layers at I move alike",
        lambda: Equal(BP.descent(square, 1), BP.descent(square, 3), given=[Equal(W, I) for W in square.weights]),
        "Bartlett et al. (2018)",
    ),
    holds(
        "three layers at a symmetric S that commutes with the target move alike, if X = I",
        lambda: Equal(
            BP.descent(square, 1),
            BP.descent(square, 3),
            given=[
                *(Equal(W, S) for W in square.weights),
                Equal(square.input, I),
                symmetric(S),
                Commute(S, square.target),
            ],
        ),
        "Bartlett et al. (2018)",
    ),
    fails(
        "three layers at any S that commutes with the target move alike, if X = I",
        lambda: Equal(
            BP.descent(square, 1),
            BP.descent(square, 3),
            given=[*(Equal(W, S) for W in square.weights), Equal(square.input, I), Commute(S, square.target)],
        ),
        "S that is not symmetric",
    ),
    fails(
        "three layers at any S move alike, if X = I",
        lambda: Equal(
            BP.descent(square, 1),
            BP.descent(square, 3),
            given=[*(Equal(W, S) for W in square.weights), Equal(square.input, I)],
        ),
        "a target that does not commute",
    ),
    holds(
        "balanced weights with one output: W_1 has rank at most 1",
        lambda: RankAtMost(w1, 1, given=balanced1),
        "Ji and Telgarsky",
    ),
    fails("W_1 has rank at most 1 if there is one output", lambda: RankAtMost(w1, 1), "weights that are not balanced"),
    holds(
        "balanced weights with one output: |W_1|^4 = |W_1W_1'|^2",
        lambda: Equal(squared_norm(w1) ** 2, squared_norm(w1 * w1.T), given=balanced1),
        "rank 1",
    ),
    holds(
        "balanced weights with one output: |W_2W_1| = |W_1| |W_2|",
        lambda: Equal(squared_norm(w2 * w1), squared_norm(w1) * squared_norm(w2), given=balanced1),
        "Ji and Telgarsky: aligned layers",
    ),
    fails(
        "balanced weights: |W_2W_1| = |W_1| |W_2|",
        lambda: Equal(squared_norm(W2 * W1), squared_norm(W1) * squared_norm(W2), given=balanced),
        "I, I",
    ),
    holds(
        "|W_2W_1| <= |W_1| |W_2|",
        lambda: AtMost(squared_norm(W2 * W1), squared_norm(W1) * squared_norm(W2)),
        "submultiplicative",
    ),
    holds(
        "balanced weights: |W_1W_1'| <= |W_2W_1|",
        lambda: AtMost(squared_norm(W1 * W1.T), squared_norm(W2 * W1), given=balanced),
        "both are tr (W_1W_1')^2",
    ),
    holds(
        "where weight decay leaves W_2 at rest, <e, W_2x_1> = -mu |W_2|^2",
        lambda: Equal(inner(e, two.output), -mu * squared_norm(W2), given=[Zero(decaying.descent(two, 2))]),
        "tr W_2'G_2",
    ),
    holds(
        "critical points of the penalised loss have |W_1| = |W_2|",
        lambda: Equal(
            squared_norm(W1), squared_norm(W2), given=[Zero(decaying.descent(two, 1)), Zero(decaying.descent(two, 2))]
        ),
        "balanced at rest",
    ),
    fails(
        "|W_1| = |W_2| where weight decay leaves W_2 at rest",
        lambda: Equal(squared_norm(W1), squared_norm(W2), given=[Zero(decaying.descent(two, 2))]),
        "one layer at rest",
    ),
    holds(
        "where BP leaves W_2 at rest, the output is YX_1+X_1",
        lambda: Equal(
            batch.output, wanted * Pinv(batch.activation(1)) * batch.activation(1), given=[Zero(BP.descent(batch, 2))]
        ),
        "least squares",
    ),
    fails(
        "where BP leaves W_2 at rest, the output is YX+X",
        lambda: Equal(batch.output, wanted * Pinv(data) * data, given=[Zero(BP.descent(batch, 2))]),
        "hidden features only",
    ),
    holds(
        "where BP leaves W_1 at rest and W_2 has full row rank, the output is YX+X",
        lambda: Equal(batch.output, wanted * Pinv(data) * data, given=[Zero(BP.descent(batch, 1)), full_row_rank(U2)]),
        "a global minimum",
    ),
    holds(
        "where BP leaves W_2 at rest, |E|^2 = |Y|^2 - |W_2X_1|^2",
        lambda: Equal(
            squared_norm(batch.error),
            squared_norm(wanted) - squared_norm(batch.output),
            given=[Zero(BP.descent(batch, 2))],
        ),
        "Pythagoras",
    ),
    fails(
        "where BP leaves W_2 at rest, |E|^2 = |Y|^2 + |W_2X_1|^2",
        lambda: Equal(
            squared_norm(batch.error),
            squared_norm(wanted) + squared_norm(batch.output),
            given=[Zero(BP.descent(batch, 2))],
        ),
        "the wrong sign",
    ),
    holds(
        "where BP leaves W_2 at rest, |E| <= |Y|",
        lambda: AtMost(squared_norm(batch.error), squared_norm(wanted), given=[Zero(BP.descent(batch, 2))]),
        "no worse than the output 0",
    ),
    holds(
        "where BP leaves W_1 at rest, W_2W_1 = W_2W_2+ YX+ if X has full row rank",
        lambda: Equal(
            U2 * U1, U2 * Pinv(U2) * wanted * Pinv(data), given=[Zero(BP.descent(batch, 1)), full_row_rank(data)]
        ),
        "Baldi and Hornik (1989)",
    ),
    holds(
        "at critical points W_2W_2+ commutes with YX+XY' if X has full row rank",
        lambda: Commute(
            U2 * Pinv(U2),
            explained,
            given=[Zero(BP.descent(batch, 1)), Zero(BP.descent(batch, 2)), full_row_rank(data)],
        ),
        "Baldi and Hornik (1989)",
    ),
    fails(
        "where BP leaves W_1 at rest, W_2W_2+ commutes with YX+XY' if X has full row rank",
        lambda: Commute(U2 * Pinv(U2), explained, given=[Zero(BP.descent(batch, 1)), full_row_rank(data)]),
        "W_2 is not at rest",
    ),
]
