"""Blocks, Kronecker and Hadamard products, adjoints, derivatives and deep linear networks from textbooks and papers.

HJ is Horn and Johnson, PSI Puntanen, Styan and Isotalo. The statements were chosen after those of the other modules had
all been tried.
"""

from sympy import Adjoint, BlockMatrix, HadamardProduct, KroneckerProduct, ZeroMatrix

from tests.benchmarks.statements.deep import deep, everywhere, hidden, many, x_
from tests.benchmarks.statements.nets import W1, W2, batch, e, x0
from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.textbook_equations import fails, holds
from tests.benchmarks.statements.words import *

forms, nets, depth = "blocks and products by entries", "networks of depth 1 to 3", "networks of any depth"
O = ZeroMatrix(n, n)
W = deep.weight
imbalance = W2.T * W2 - W1 * W1.T
autoencoder = DeepLinearNetwork(widths=(n, p, n), batch=q)
E1, E2 = autoencoder.weights
white = Equal(batch.input * batch.input.T, Identity(batch.widths[0]))

STATEMENTS: list[Statement] = [
    holds(
        "[[I, 0], [SR^-1, I]] [[R, P], [0, Q - SR^-1 P]] = [[R, P], [S, Q]]",
        lambda: Equal(
            BlockMatrix([[I, O], [S * Inverse(R), I]]) * BlockMatrix([[R, P], [O, Q - S * Inverse(R) * P]]),
            BlockMatrix([[R, P], [S, Q]]),
        ),
        "Schur; HJ, 0.8",
        forms,
    ),
    holds(
        "the inverse of a block triangle",
        lambda: Equal(
            Inverse(BlockMatrix([[R, P], [O, S]])),
            BlockMatrix([[Inverse(R), -Inverse(R) * P * Inverse(S)], [O, Inverse(S)]]),
            given=[invertible(R, S)],
        ),
        "HJ, 0.7",
        forms,
    ),
    holds(
        "rank [A, F] <= rank A + rank F",
        lambda: AtMost(Rank(BlockMatrix([[A, F]])), Rank(A) + Rank(F)),
        "Marsaglia and Styan (1974)",
        forms,
    ),
    holds(
        "(A kron C)(B kron X) = AB kron CX",
        lambda: Equal(KroneckerProduct(A, C) * KroneckerProduct(B, X), KroneckerProduct(A * B, C * X)),
        "HJ2, 4.2",
        forms,
    ),
    holds(
        "(R kron S)^-1 = R^-1 kron S^-1",
        lambda: Equal(
            Inverse(KroneckerProduct(R, S)), KroneckerProduct(Inverse(R), Inverse(S)), given=[invertible(R, S)]
        ),
        "HJ2, 4.2",
        forms,
    ),
    holds(
        "tr R kron S = tr R tr S", lambda: Equal(trace(KroneckerProduct(R, S)), trace(R) * trace(S)), "HJ2, 4.2", forms
    ),
    holds("(A o D)' = A' o D'", lambda: Equal(HadamardProduct(A, D).T, HadamardProduct(A.T, D.T)), "HJ2, 5.1", forms),
    holds(
        "Schur: S o R is positive semidefinite if S and R are",
        lambda: NonNegative(HadamardProduct(S, R), given=[positive_semidefinite(S, R)]),
        "HJ, 7.5",
        forms,
    ),
    holds("(AB)* = B*A*", lambda: Equal(Adjoint(A * B), Adjoint(B) * Adjoint(A)), "HJ, 0.2", forms),
    holds(
        "dR^-1 = -R^-1 dR R^-1",
        lambda: Equal(derivative(Inverse(R), R, S), -Inverse(R) * S * Inverse(R), given=[invertible(R)]),
        "Magnus and Neudecker",
        forms,
    ),
    fails(
        "R kron S = S kron R", lambda: Equal(KroneckerProduct(R, S), KroneckerProduct(S, R)), "diag(1, 0) and I", forms
    ),
    fails(
        "(R o S)P = RP o SP",
        lambda: Equal(HadamardProduct(R, S) * P, HadamardProduct(R * P, S * P)),
        "1, 1, 2",
        forms,
    ),
    holds(
        "BP conserves tr (W_2'W_2 - W_1W_1')^2",
        lambda: Conserved(trace(imbalance**2), along=BP.flow(two)),
        "the imbalance is conserved (Tarmoun et al., 2021)",
        nets,
    ),
    holds(
        "white inputs: BP moves W_1 by W_2'(YX' - W_2W_1)",
        lambda: Equal(
            -BP.descent(batch, 1),
            batch.weight(2).T * (batch.target * batch.input.T - batch.weight(2) * batch.weight(1)),
            given=[white],
        ),
        "Saxe et al. (2014)",
        nets,
    ),
    holds(
        "W_2'W_2 = W_1W_1' + s I gives W_2W_1(W_2W_1)' = (W_2W_2')^2 - s W_2W_2'",
        lambda: Equal(
            W2 * W1 * W1.T * W2.T,
            (W2 * W2.T) ** 2 - s * W2 * W2.T,
            given=[Equal(W2.T * W2, W1 * W1.T + s * Identity(W1.rows))],
        ),
        "Kunin et al. (2024), lambda-balanced weights",
        nets,
    ),
    holds(
        "where BP leaves W_2 at rest the error is orthogonal to the output",
        lambda: Zero(inner(e, W2 * W1 * x0), given=[Zero(BP.descent(two, 2))]),
        "tr W_2' e x_1'",
        nets,
    ),
    holds(
        "a linear autoencoder with W_1 = W_2' and white data keeps it",
        lambda: Equal(
            BP.descent(autoencoder, 1),
            BP.descent(autoencoder, 2).T,
            given=[
                Equal(E1, E2.T),
                Equal(autoencoder.input * autoencoder.input.T, I),
                Equal(autoencoder.target, autoencoder.input),
            ],
        ),
        "Baldi and Hornik (1989)",
        nets,
    ),
    fails(
        "with weight decay TP's penalised loss never rises",
        lambda: Nonincreasing(
            two.loss + mu * (squared_norm(W1) + squared_norm(W2)) / 2, along=WeightDecay(TP, mu).flow(two)
        ),
        "W_1 = -2, W_2 = 3, x = 1, y = -8, mu = 1",
        nets,
    ),
    fails(
        "TP conserves tr (W_2'W_2 - W_1W_1')^2",
        lambda: Conserved(trace(imbalance**2), along=TP.flow(two)),
        "numbers",
        nets,
    ),
    fails(
        "BP's update of W_2 has rank at most that of W_2",
        lambda: RankAtMost(BP.update(batch, 2), batch.weight(2)),
        "W_2 = 0 in one unit: E X_1' is not 0 if W_1 is not",
        nets,
    ),
    fails(
        "where BP leaves W_2 at rest the error vanishes",
        lambda: Zero(e, given=[Zero(BP.descent(two, 2))]),
        "W_1 = 0",
        nets,
    ),
    holds(
        "BP's loss never rises at any depth",
        lambda: Nonincreasing(deep.loss, along=BP.flow(deep)),
        "minus the squared gradients",
        depth,
    ),
    holds("DFA's updates have rank at most 1", lambda: everywhere(RankAtMost(DFA.update(deep, l), 1)), "d x'", depth),
    holds(
        "BP's tr W_l' dW_l is the same in all layers",
        lambda: hidden(Equal(trace(W(l + 1).T * BP.update(deep, l + 1)), trace(W(l).T * BP.update(deep, l)))),
        "Du, Hu and Lee (2018)",
        depth,
    ),
    holds(
        "layers of orthonormal columns keep the length of the input",
        lambda: everywhere(
            Equal(squared_norm(x_(l)), squared_norm(deep.input)),
            ForAll(Equal(W(k).T * W(k), Identity(deep.widths[k - 1])), (k, 1, L)),
        ),
        "Saxe et al. (2014)",
        depth,
    ),
    holds(
        "TP's updates of a batch have rank at most that of the inputs",
        lambda: everywhere(RankAtMost(TP.update(many, l), many.input)),
        "D X_{l-1}', and X_{l-1} is a product",
        depth,
    ),
    fails(
        "TP's tr W_l' dW_l is the same in all layers",
        lambda: hidden(Equal(trace(W(l + 1).T * TP.update(deep, l + 1)), trace(W(l).T * TP.update(deep, l)))),
        "W_2 = 0 at depth 3",
        depth,
    ),
    fails(
        "TP's loss never rises at any depth", lambda: Nonincreasing(deep.loss, along=TP.flow(deep)), "depth 3", depth
    ),
    fails(
        "BP's updates of a batch have rank at most that of the weight",
        lambda: everywhere(RankAtMost(BP.update(many, l), W(l))),
        "W = 0",
        depth,
    ),
]
