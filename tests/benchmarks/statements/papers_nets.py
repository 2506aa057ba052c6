"""Statements on deep linear networks as papers make them: gradients, balancedness, critical points, feedback, inverses.

The statements were chosen after those of the other modules had all been tried.
"""

from functools import partial
from typing import Any

from sympy import BlockMatrix, MatrixExpr

from tests.benchmarks.statements.deep import W, deep, everywhere, hidden, many, upper
from tests.benchmarks.statements.nets import B2, W1, W2, batch, batch3, e, x0
from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *
from tptheory import AllOf

holds = partial(Statement, area="networks of depth 1 to 3", true=True)
fails = partial(Statement, area="networks of depth 1 to 3", true=False)
deep_holds = partial(Statement, area="networks of any depth", true=True)
deep_fails = partial(Statement, area="networks of any depth", true=False)

V1, V2, V3 = three.weights
E3, X0, X1 = batch3.error, batch3.input, batch3.activation(1)
G = three.error * three.input.T
decaying = WeightDecay(BP, mu)
heavy = Momentum()
mirror, kp, dtp = WeightMirror(), KolenPollack(), LearnedInverse()
single = DeepLinearNetwork(depth=1, batch=q)
S0 = single.weight(1)
turn = MatrixSymbol("Q", W1.rows, W1.rows)
code = MatrixSymbol("W", p, n)
data = MatrixSymbol("X", n, q)
h = MatrixSymbol("h", W1.rows, 1)
i = MatrixSymbol("i", W1.cols, 1)
whole, width = deep.whole_product, deep.widths
imbalance = W(l + 1).T * W(l + 1) - W(l) * W(l).T


def balance(net: DeepLinearNetwork, l: Any) -> MatrixExpr:
    """Return ``W_{l+1}'W_{l+1} - W_l W_l'``."""
    return T(net.weight(l + 1)) * net.weight(l + 1) - net.weight(l) * T(net.weight(l))


def each(hypothesis: Any) -> ForAll:
    """Assume something of all layers ``k``."""
    return ForAll(hypothesis, (k, 1, L))


def kinetic(net: DeepLinearNetwork) -> Any:
    """Return the sum of the squared momenta."""
    return sum(squared_norm(heavy.momentum(net, k)) for k in net.layers)


def moved(W: MatrixExpr, X: MatrixExpr, Y: MatrixExpr) -> MatrixExpr:
    """Return the gradient of one layer."""
    return (W * X - Y) * X.T


parts = [MatrixSymbol(name, n, p) for name in ("X_1", "X_2")]
wanted = [MatrixSymbol(name, m, p) for name in ("Y_1", "Y_2")]

STATEMENTS: list[Statement] = [
    deep_holds(
        "BP's gradient is (W_L ... W_{l+1})' e x'(W_{l-1} ... W_1)'",
        lambda: everywhere(
            Equal(BP.descent(deep, l), deep.product(L, l + 1).T * deep.error * (deep.product(l - 1, 1) * deep.input).T)
        ),
        "the chain rule (Saxe et al., 2014)",
    ),
    deep_fails(
        "TP's error signal is (W_L ... W_{l+1})+ e",
        lambda: everywhere(Equal(TP.error_signal(deep, l), Pinv(deep.product(L, l + 1)) * deep.error)),
        "the reverse order law fails at depth 3",
    ),
    holds(
        "the end-to-end map of three layers moves by three terms",
        lambda: Equal(
            BP.flow(three).derivative(V3 * V2 * V1),
            -V3 * V2 * V2.T * V3.T * G - V3 * V3.T * G * V1.T * V1 - G * V1.T * V2.T * V2 * V1,
        ),
        "the product rule (Arora, Cohen and Hazan, 2018)",
    ),
    fails(
        "the end-to-end map of three layers moves by three terms, the last without W_2",
        lambda: Equal(
            BP.flow(three).derivative(V3 * V2 * V1),
            -V3 * V2 * V2.T * V3.T * G - V3 * V3.T * G * V1.T * V1 - G * V1.T * V1,
        ),
        "W = (1, 2, 1)",
    ),
    holds(
        "balanced weights of three layers: first and last have one length",
        lambda: Equal(squared_norm(V3), squared_norm(V1), given=[Zero(balance(three, k)) for k in (1, 2)]),
        "traces",
    ),
    deep_holds(
        "balanced weights: W_{l+1}W_l(W_{l+1}W_l)' = (W_{l+1}W_{l+1}')^2",
        lambda: hidden(
            Equal(W(l + 1) * W(l) * W(l).T * W(l + 1).T, (W(l + 1) * W(l + 1).T) ** 2),
            ForAll(Zero(balance(deep, k)), (k, 1, L - 1)),
        ),
        "Arora, Cohen and Hazan (2018)",
    ),
    deep_holds(
        "with biases BP conserves |W_{l+1}|^2 - |W_l|^2 - |b_l|^2",
        lambda: hidden(
            Conserved(
                squared_norm(biased.weight(l + 1)) - squared_norm(biased.weight(l)) - squared_norm(biased.bias(l)),
                along=BP.flow(biased),
            )
        ),
        "Du, Hu and Lee (2018)",
    ),
    deep_fails(
        "with biases BP conserves |W_{l+1}|^2 - |W_l|^2 + |b_l|^2",
        lambda: hidden(
            Conserved(
                squared_norm(biased.weight(l + 1)) - squared_norm(biased.weight(l)) + squared_norm(biased.bias(l)),
                along=BP.flow(biased),
            )
        ),
        "b_l g_l is not 0",
    ),
    holds(
        "the gradient of a batch is the sum of those of its halves",
        lambda: Equal(
            moved(A, BlockMatrix([parts]), BlockMatrix([wanted])),
            sum((moved(A, X, Y) for X, Y in zip(parts[1:], wanted[1:], strict=True)), moved(A, parts[0], wanted[0])),
        ),
        "sums over samples",
    ),
    deep_holds(
        "with weight decay mu the imbalance decays at 2 mu",
        lambda: hidden(Decays(imbalance, along=decaying.flow(deep), rate=2 * mu)),
        "Arora et al. (2019)",
    ),
    deep_fails(
        "with weight decay mu the imbalance decays at mu",
        lambda: hidden(Decays(imbalance, along=decaying.flow(deep), rate=mu)),
        "2 mu",
    ),
    holds(
        "critical points of the penalised loss are balanced",
        lambda: Zero(balance(two, 1), given=[Zero(decaying.descent(two, 1)), Zero(decaying.descent(two, 2))]),
        "W_2' G_2 = G_1 W_1' (Kunin et al., 2019)",
    ),
    deep_holds(
        "critical points of the penalised loss are balanced at every depth",
        lambda: ForAll(Zero(imbalance), (l, 1, L - 1), given=[ForAll(Zero(decaying.descent(deep, k)), (k, 1, L))]),
        "W_{l+1}' G_{l+1} = G_l W_l'",
    ),
    fails(
        "critical points of the loss are balanced",
        lambda: Zero(balance(two, 1), given=[Zero(BP.descent(two, 1)), Zero(BP.descent(two, 2))]),
        "e = 0 and W = (1, 2)",
    ),
    holds(
        "W_1 = W_2 = 0 is a critical point at depth 3",
        lambda: AllOf(*(Zero(BP.descent(three, k), given=[Zero(V1), Zero(V2)]) for k in (1, 2, 3))),
        "every gradient has one of them",
    ),
    fails(
        "W_2 = 0 is a critical point at depth 3",
        lambda: AllOf(*(Zero(BP.descent(three, k), given=[Zero(V2)]) for k in (1, 2, 3))),
        "W_1 = W_3 = 1: W_3'e x_1'",
    ),
    holds(
        "a critical point in W_1 with W_3W_2 of full row rank and x not 0 is a minimum",
        lambda: Zero(three.error, given=[Zero(BP.descent(three, 1)), full_row_rank(V3 * V2), nonzero(three.input)]),
        "(W_3W_2)'e x' = 0 (Kawaguchi, 2016)",
    ),
    fails(
        "a critical point in W_1 with W_2 of full row rank and x not 0 is a minimum",
        lambda: Zero(three.error, given=[Zero(BP.descent(three, 1)), full_row_rank(V2), nonzero(three.input)]),
        "W_3 = 0",
    ),
    holds(
        "TP is GN at depth 3 if W_3 has full column rank and W_2 full row rank",
        lambda: Equal(TP.update(three, 1), GN.update(three, 1), given=[full_column_rank(V3), full_row_rank(V2)]),
        "the reverse order law (Greville, 1966)",
    ),
    fails(
        "TP is GN at depth 3 if W_3 is invertible",
        lambda: Equal(TP.update(three, 1), GN.update(three, 1), given=[invertible(V3)]),
        "W_3 = [[1, 1], [0, 1]], W_2 = (1, 0)'",
    ),
    holds(
        "DFA conserves B_2W_3 + W_3'B_2' - W_2W_2'",
        lambda: Conserved(
            DFA.feedback(three, 3) * V3 + V3.T * DFA.feedback(three, 3).T - V2 * V2.T, along=DFA.flow(three)
        ),
        "B_2 e x_2' = G_2 W_2'",
    ),
    fails(
        "DFA conserves W_3'W_3 - W_2W_2'",
        lambda: Conserved(balance(three, 2), along=DFA.flow(three)),
        "B = 0",
    ),
    fails(
        "Kolen and Pollack's W_{l+1}' - B_{l+1} is conserved",
        lambda: hidden(Conserved(W(l + 1).T - kp.feedback(deep, l + 1), along=kp.flow(deep))),
        "it decays",
    ),
    holds(
        "a weight mirror rests where c B = sigma^2 W'",
        lambda: Zero(
            mirror.flow(two)[mirror.feedback(two, 2)],
            given=[Equal(mirror.decay * mirror.feedback(two, 2), mirror.noise**2 * W2.T)],
        ),
        "Akrout et al. (2019)",
    ),
    holds(
        "a learned inverse rests where it is a left inverse",
        lambda: Zero(dtp.flow(two)[dtp.feedback(two, 2)], given=[Equal(dtp.feedback(two, 2) * W2, Identity(W2.cols))]),
        "nothing is left to reconstruct",
    ),
    holds(
        "a learned inverse rests at W_2+ if the activations are white",
        lambda: Zero(
            dtp.flow(batch)[dtp.feedback(batch, 2)],
            given=[
                Equal(dtp.feedback(batch, 2), Pinv(batch.weight(2))),
                Equal(batch.activation(1) * batch.activation(1).T, mu * Identity(batch.widths[1])),
            ],
        ),
        "(W+W - I)W' = 0 (Meulemans et al., 2020)",
    ),
    fails(
        "a learned inverse without noise rests at W_2+",
        lambda: Zero(
            LearnedInverse(noise=0).flow(two)[dtp.feedback(two, 2)], given=[Equal(dtp.feedback(two, 2), Pinv(W2))]
        ),
        "W_2 = (1, 0), x_1 = (1, 1)'",
    ),
    holds(
        "GN's signal is no longer than TP's if W_2 and W_3 have full row rank",
        lambda: AtMost(
            squared_norm(GN.error_signal(three, 1)),
            squared_norm(TP.error_signal(three, 1)),
            given=[full_row_rank(V2), full_row_rank(V3)],
        ),
        "both are right inverses, and the pseudo-inverse is the shortest",
    ),
    fails(
        "TP's signal is no longer than GN's if W_2 and W_3 have full row rank",
        lambda: AtMost(
            squared_norm(TP.error_signal(three, 1)),
            squared_norm(GN.error_signal(three, 1)),
            given=[full_row_rank(V2), full_row_rank(V3)],
        ),
        "W_3 = (1, 0), W_2 = [[1, 1], [0, 1]]",
    ),
    holds(
        "TP's and BP's updates of layer 1 make no obtuse angle at depth 2",
        lambda: NonNegative(inner(TP.descent(two, 1), BP.descent(two, 1))),
        "e'WW+e |x|^2",
    ),
    fails(
        "TP's and BP's updates of layer 1 make no obtuse angle at depth 3",
        lambda: NonNegative(inner(TP.descent(three, 1), BP.descent(three, 1))),
        "e'W_3W_2W_2+W_3+e, an oblique projection",
    ),
    holds(
        "with momentum the loss of three layers and half the squared momenta never rise",
        lambda: Nonincreasing(three.loss + kinetic(three) / 2, along=heavy.flow(three)),
        "Polyak (1964)",
    ),
    fails(
        "with momentum the loss and the squared momenta never rise",
        lambda: Nonincreasing(two.loss + kinetic(two), along=heavy.flow(two)),
        "-<G, V> is left",
    ),
    holds(
        "a step of one layer with eta XX' <= 2I does not raise the loss",
        lambda: Nonincreasing(
            single.loss,
            along=BP.step(single),
            given=[at_most(eta * single.input * single.input.T, 2 * Identity(single.widths[0]))],
        ),
        "the descent lemma",
    ),
    fails(
        "a step of one layer with eta XX' <= 3I does not raise the loss",
        lambda: Nonincreasing(
            single.loss,
            along=BP.step(single),
            given=[at_most(eta * single.input * single.input.T, 3 * Identity(single.widths[0]))],
        ),
        "x = 1, eta = 3",
    ),
    deep_holds(
        "BP moves |W_l|^2 at the rate -2<e, x_L> in every layer",
        lambda: everywhere(
            Equal(BP.flow(deep).derivative(squared_norm(W(l))), -2 * inner(deep.error, deep.activation(L)))
        ),
        "tr W_l' d_l x_{l-1}' = d_l'x_l (Du, Hu and Lee, 2018)",
    ),
    deep_fails(
        "TP moves |W_l|^2 at the rate -2<e, x_L> in every layer",
        lambda: everywhere(
            Equal(TP.flow(deep).derivative(squared_norm(W(l))), -2 * inner(deep.error, deep.activation(L)))
        ),
        "W_2 = 2",
    ),
    deep_holds(
        "TP keeps the imbalance for the moment where the upper weights are partial isometries",
        lambda: ForAll(
            Conserved(imbalance, along=TP.flow(deep)),
            (l, 1, L - 1),
            given=[ForAll(partial_isometry(W(k)), (k, 2, L))],
        ),
        "TP is BP there",
    ),
    holds(
        "TP through rows of full rank: E' = -E (X'X + X_1'X_1 + X_2'X_2)",
        lambda: Equal(
            TP.flow(batch3).derivative(E3),
            -E3 * (X0.T * X0 + X1.T * X1 + batch3.activation(2).T * batch3.activation(2)),
            given=[full_row_rank(batch3.weight(2)), full_row_rank(batch3.weight(3))],
        ),
        "W_3W_2W_2+W_3+ = I",
    ),
    fails(
        "TP: E' = -E (X'X + X_1'X_1 + X_2'X_2)",
        lambda: Equal(
            TP.flow(batch3).derivative(E3),
            -E3 * (X0.T * X0 + X1.T * X1 + batch3.activation(2).T * batch3.activation(2)),
        ),
        "W_3 = 0",
    ),
    holds(
        "one layer keeps W (I - XX+)",
        lambda: Conserved(S0 * (Identity(S0.cols) - single.input * Pinv(single.input)), along=BP.flow(single)),
        "the gradient ends in X'",
    ),
    fails(
        "one layer keeps W XX+",
        lambda: Conserved(S0 * single.input * Pinv(single.input), along=BP.flow(single)),
        "this part learns",
    ),
    holds(
        "BP keeps h'W_1 for the moment where W_2h = 0",
        lambda: Conserved(h.T * W1, along=BP.flow(two), given=[Zero(W2 * h)]),
        "h'W_2' = 0",
    ),
    fails(
        "BP keeps W_1i for the moment where W_1i = 0",
        lambda: Conserved(W1 * i, along=BP.flow(two), given=[Zero(W1 * i)]),
        "x'i = 1",
    ),
    holds(
        "a tied autoencoder rests at orthonormal rows that span a space of principal directions",
        lambda: Zero(
            gradient(squared_norm(code.T * code * data - data) / 2, code),
            given=[
                Equal(code * code.T, Ip),
                Equal(code * data * data.T * code.T * code, code * data * data.T),
            ],
        ),
        "W XX'(W'W - I) (Baldi and Hornik, 1989)",
    ),
    fails(
        "a tied autoencoder rests at all orthonormal rows",
        lambda: Zero(gradient(squared_norm(code.T * code * data - data) / 2, code), given=[Equal(code * code.T, Ip)]),
        "W = (1, 0), X = (1, 1)'",
    ),
    holds(
        "BP turns with the hidden layer",
        lambda: Equal(
            substitute(BP.descent(two, 1), {W1: turn * W1, W2: W2 * turn.T}),
            turn * BP.descent(two, 1),
            given=[orthogonal(turn)],
        ),
        "the loss does not notice Q",
    ),
    fails(
        "BP goes along with every change of basis of the hidden layer",
        lambda: Equal(
            substitute(BP.descent(two, 1), {W1: turn * W1, W2: W2 * Inverse(turn)}),
            turn * BP.descent(two, 1),
            given=[invertible(turn)],
        ),
        "Q = 2",
    ),
    holds(
        "|G_1|^2 >= mu |e|^2 |x|^2 if W_2W_2' >= mu I",
        lambda: AtMost(
            mu * squared_norm(e) * squared_norm(x0),
            squared_norm(BP.descent(two, 1)),
            given=[at_most(mu * Identity(W2.rows), W2 * W2.T)],
        ),
        "e'W_2W_2'e (Polyak and Lojasiewicz)",
    ),
    fails(
        "|G_1|^2 >= mu^2 |e|^2 |x|^2 if W_2W_2' >= mu I",
        lambda: AtMost(
            mu**2 * squared_norm(e) * squared_norm(x0),
            squared_norm(BP.descent(two, 1)),
            given=[at_most(mu * Identity(W2.rows), W2 * W2.T)],
        ),
        "W_2 = 2, mu = 4",
    ),
    holds(
        "FA is TP's direction on the image of W_2 if B_2W_2 = W_2+W_2",
        lambda: Equal(FA.update(two, 1), TP.update(two, 1), given=[Equal(B2 * W2, Pinv(W2) * W2), ImageWithin(e, W2)]),
        "e = W_2z",
    ),
    fails(
        "FA is TP if B_2W_2 = W_2+W_2",
        lambda: Equal(FA.update(two, 1), TP.update(two, 1), given=[Equal(B2 * W2, Pinv(W2) * W2)]),
        "W_2 = (1, 0)', B_2 = (1, 1)",
    ),
    holds(
        "balanced W_1, W_2 in the penalty: |W_1|^2 + |W_2|^2 >= 2<W_2', W_1> for an autoencoder",
        lambda: AtMost(2 * inner(U.T, C), squared_norm(U) + squared_norm(C)),
        "|U' - C|^2",
    ),
    deep_holds(
        "FA keeps B_{l+1}W_{l+1} + W_{l+1}'B_{l+1}' - W_lW_l'",
        lambda: hidden(
            Conserved(
                FA.feedback(many, l + 1) * many.weight(l + 1)
                + T(many.weight(l + 1)) * T(FA.feedback(many, l + 1))
                - many.weight(l) * T(many.weight(l)),
                along=FA.flow(many),
            )
        ),
        "Lillicrap et al. (2016)",
    ),
    deep_holds(
        "BP's updates of a batch have rank at most the number of samples",
        lambda: everywhere(RankAtMost(BP.update(many, l), q)),
        "E has q columns",
    ),
    deep_fails(
        "BP's updates of a batch have rank at most the number of samples less one",
        lambda: everywhere(RankAtMost(BP.update(many, l), q - 1)),
        "one sample",
    ),
    deep_holds(
        "W_L ... W_{l+1} takes x_l to the output",
        lambda: everywhere(Equal(deep.output, deep.product(L, l + 1) * deep.activation(l))),
        "x_k = W_k x_{k-1}",
    ),
    deep_holds(
        "the whole product has at most the rank of each weight",
        lambda: everywhere(RankAtMost(whole, W(l))),
        "it is a factor",
    ),
    deep_holds(
        "the whole product has at most each width as its rank",
        lambda: everywhere(RankAtMost(whole, width[l])),
        "a bottleneck",
    ),
    deep_holds(
        "BP's updates above layer 1 have at most the rank of W_1",
        lambda: ForAll(RankAtMost(BP.update(many, l), many.weight(1)), (l, 2, L)),
        "x_{l-1} goes through W_1",
    ),
    deep_holds(
        "BP's updates below layer L have at most the rank of W_L",
        lambda: hidden(RankAtMost(BP.update(many, l), many.weight(L))),
        "d_l goes through W_L",
    ),
    deep_fails(
        "all of BP's updates have at most the rank of W_L",
        lambda: everywhere(RankAtMost(BP.update(many, l), many.weight(L))),
        "W_L = 0",
    ),
    deep_holds(
        "orthogonal weights have an orthogonal product",
        lambda: Equal(whole.T * whole, Identity(width[0]), given=[each(orthogonal(W(k)))]),
        "Saxe et al. (2014)",
    ),
    deep_holds(
        "weights of orthonormal rows: the transpose of the product is its inverse",
        lambda: Equal(Pinv(whole), whole.T, given=[each(Equal(W(k) * W(k).T, Identity(width[k])))]),
        "the product has orthonormal rows",
    ),
    deep_fails(
        "partial isometries: the transpose of the product is its inverse",
        lambda: Equal(Pinv(whole), whole.T, given=[each(partial_isometry(W(k)))]),
        "lines at 45 degrees",
    ),
    deep_holds(
        "weights of full row rank have a product of full row rank",
        lambda: Equal(whole * Pinv(whole), Identity(width[L]), given=[each(full_row_rank(W(k)))]),
        "right inverses",
    ),
    deep_fails(
        "weights of full row rank have a product of full column rank",
        lambda: Equal(Pinv(whole) * whole, Identity(width[0]), given=[each(full_row_rank(W(k)))]),
        "W = (1, 0)",
    ),
    deep_holds(
        "balanced weights have one rank",
        lambda: hidden(Equal(Rank(W(l + 1)), Rank(W(l))), ForAll(Zero(balance(deep, k)), (k, 1, L - 1))),
        "rank W'W = rank WW' (Bah et al., 2019)",
    ),
    deep_holds(
        "damped TP conserves log det(W_{l+1}W_{l+1}' + lambda I) - |W_l|^2",
        lambda: hidden(
            Conserved(
                LogPdet(W(l + 1) * W(l + 1).T + damping * Identity(width[l + 1])) - squared_norm(W(l)),
                along=damped.flow(deep),
            )
        ),
        "tr M_{l+1} G_{l+1} = <W_l, G_l>",
    ),
    deep_holds(
        "the error is orthogonal to the output where the last layer rests",
        lambda: Zero(inner(deep.error, deep.output), given=[Zero(BP.descent(deep, L))]),
        "tr W_L' e x_{L-1}'",
    ),
    deep_holds(
        "where layer 1 rests the error vanishes, if x is not 0 and all above has full row rank",
        lambda: Zero(deep.error, given=[Zero(BP.descent(deep, 1)), upper(full_row_rank(W(k))), nonzero(deep.input)]),
        "Kawaguchi (2016)",
    ),
    deep_fails(
        "where layer 1 rests the error vanishes, if x is not 0 and all above has full column rank",
        lambda: Zero(deep.error, given=[Zero(BP.descent(deep, 1)), upper(full_column_rank(W(k))), nonzero(deep.input)]),
        "W_2 = (1, 0)', e = (0, 1)'",
    ),
    deep_holds(
        "only the input 0 has the output 0, if all weights have full column rank",
        lambda: Zero(deep.input, given=[Zero(deep.output), each(full_column_rank(W(k)))]),
        "left inverses",
    ),
    deep_holds(
        "TP's targets reach each other through rows of full rank: W_{l+1} t_l = t_{l+1}",
        lambda: hidden(Equal(W(l + 1) * TP.target(deep, l), TP.target(deep, l + 1)), upper(full_row_rank(W(k)))),
        "W W+ = I (Meulemans et al., 2020)",
    ),
    deep_fails(
        "TP's targets reach each other through columns of full rank: W_{l+1} t_l = t_{l+1}",
        lambda: hidden(Equal(W(l + 1) * TP.target(deep, l), TP.target(deep, l + 1)), upper(full_column_rank(W(k)))),
        "W = (1, 0)'",
    ),
    deep_holds(
        "<d_l of TP, d_l of BP> = |e|^2 through rows of full rank",
        lambda: everywhere(
            Equal(inner(TP.error_signal(deep, l), BP.error_signal(deep, l)), squared_norm(deep.error)),
            upper(full_row_rank(W(k))),
        ),
        "W W+ = I",
    ),
    deep_holds(
        "TP's and BP's updates make no obtuse angle through rows of full rank",
        lambda: everywhere(NonNegative(inner(TP.descent(deep, l), BP.descent(deep, l))), upper(full_row_rank(W(k)))),
        "|e|^2 |x_{l-1}|^2",
    ),
    deep_holds(
        "DFA is BP where its matrices are the transposed products",
        lambda: hidden(
            Equal(DFA.error_signal(deep, l), BP.error_signal(deep, l)),
            ForAll(Equal(DFA.feedback(deep, k + 1), deep.product(L, k + 1).T), (k, 1, L - 1)),
        ),
        "the definitions",
    ),
    deep_holds(
        "with the target 0 BP shrinks every weight",
        lambda: everywhere(Nonincreasing(squared_norm(W(l)), along=BP.flow(deep)), Zero(deep.target)),
        "-2|x_L|^2 in each",
    ),
    deep_fails(
        "TP has <d_l, x_l> = <e, x_L>",
        lambda: everywhere(Equal(inner(TP.error_signal(deep, l), deep.activation(l)), inner(deep.error, deep.output))),
        "W = 2",
    ),
    deep_holds(
        "with weight decay BP's penalised loss never rises at any depth",
        lambda: Nonincreasing(deep.penalised_loss(mu), along=decaying.flow(deep)),
        "minus the squared velocities",
    ),
]
