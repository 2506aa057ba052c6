"""Statements on linear networks of any depth: what holds at every layer."""

from functools import partial
from typing import Any

from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *
from tptheory.claims.claim import Claim

holds = partial(Statement, area="networks of any depth", true=True)
fails = partial(Statement, area="networks of any depth", true=False)

many = DeepLinearNetwork(depth=L, batch=q)
W, x_, width = deep.weight, deep.activation, deep.widths


def everywhere(claim: Claim, *given: Any) -> ForAll:
    """Say a claim of the layers ``l = 1..L``."""
    return ForAll(claim, (l, 1, L), given=list(given))


def hidden(claim: Claim, *given: Any) -> ForAll:
    """Say a claim of the layers ``l = 1..L-1``."""
    return ForAll(claim, (l, 1, L - 1), given=list(given))


def upper(claim: Any) -> ForAll:
    """Assume something of the layers ``k = 2..L``."""
    return ForAll(claim, (k, 2, L))


rows = Equal(W(k) * W(k).T, Identity(width[k]))
columns = Equal(W(k).T * W(k), Identity(width[k - 1]))
balanced = ForAll(Equal(W(k + 1).T * W(k + 1), W(k) * W(k).T), (k, 1, L - 1))

KNOWN: list[Statement] = [
    holds(
        "BP's error signals keep their length through orthonormal rows",
        lambda: everywhere(Equal(squared_norm(BP.error_signal(deep, l)), squared_norm(deep.error)), upper(rows)),
        "|W'd|^2 = d'WW'd (Saxe et al., 2014)",
    ),
    holds(
        "W_1 = 0 stops all other layers",
        lambda: ForAll(Zero(BP.update(deep, l)), (l, 2, L), given=[Zero(W(1))]),
        "x_l = 0",
    ),
    fails(
        "BP's error signals keep their length through orthonormal columns",
        lambda: everywhere(Equal(squared_norm(BP.error_signal(deep, l)), squared_norm(deep.error)), upper(columns)),
        "W = (1, 0)', e = (0, 1)'",
    ),
]

FURTHER: list[Statement] = [
    holds("no error, no update", lambda: everywhere(Zero(TP.update(deep, l)), Zero(deep.error)), "d_l = 0"),
    holds("no input, no update", lambda: everywhere(Zero(BP.update(deep, l)), Zero(deep.input)), "x_l = 0"),
    holds(
        "FA is BP where B_k = W_k'",
        lambda: everywhere(
            Equal(FA.error_signal(deep, l), BP.error_signal(deep, l)), upper(Equal(FA.feedback(deep, k), W(k).T))
        ),
        "the definition",
    ),
    holds(
        "FA is TP where B_k = W_k+",
        lambda: everywhere(
            Equal(FA.error_signal(deep, l), TP.error_signal(deep, l)), upper(Equal(FA.feedback(deep, k), Pinv(W(k))))
        ),
        "the definition",
    ),
    holds(
        "BP's updates of a batch have rank at most that of the errors",
        lambda: everywhere(RankAtMost(BP.update(many, l), many.error)),
        "a product",
    ),
    holds(
        "the rows of FA's updates lie in the span of activations",
        lambda: everywhere(RowSpaceWithin(FA.update(many, l), many.activation(l - 1).T)),
        "D X'",
    ),
    holds(
        "FA's hidden updates have their columns in im B",
        lambda: hidden(ImageWithin(FA.update(many, l), FA.feedback(many, l + 1))),
        "B d",
    ),
    holds(
        "activations keep their length through orthonormal columns",
        lambda: everywhere(Equal(squared_norm(x_(l)), squared_norm(x_(1))), upper(columns)),
        "|Wx|^2 = x'W'Wx (Saxe et al., 2014)",
    ),
    holds(
        "balanced weights have one length",
        lambda: hidden(Equal(squared_norm(W(l + 1)), squared_norm(W(l))), balanced),
        "traces (Du, Hu and Lee, 2018)",
    ),
    holds(
        "BP's hidden updates have W_{l+1}' dW_{l+1} = dW_l W_l'",
        lambda: hidden(Equal(W(l + 1).T * BP.update(deep, l + 1), BP.update(deep, l) * W(l).T)),
        "Arora, Cohen and Hazan (2018)",
    ),
    holds(
        "TP's error signals are BP's through orthonormal rows",
        lambda: everywhere(Equal(TP.error_signal(deep, l), BP.error_signal(deep, l)), upper(rows)),
        "W+ = W'",
    ),
    holds("W_2 = 0 stops BP in layer 1", lambda: Zero(BP.update(deep, 1), given=[Zero(W(2))]), "d_1 = W_2'd_2"),
    fails(
        "FA's hidden updates have their columns in the rows of W",
        lambda: hidden(ImageWithin(FA.update(deep, l), W(l + 1).T)),
        "W = 0",
    ),
    fails(
        "TP has W_{l+1}' dW_{l+1} = dW_l W_l'",
        lambda: hidden(Equal(W(l + 1).T * TP.update(deep, l + 1), TP.update(deep, l) * W(l).T)),
        "numbers",
    ),
    fails(
        "BP conserves W_{l+1}'W_{l+1} + W_lW_l'",
        lambda: hidden(Conserved(W(l + 1).T * W(l + 1) + W(l) * W(l).T, along=BP.flow(deep))),
        "the wrong sign",
    ),
    fails(
        "activations keep their length through orthonormal rows",
        lambda: everywhere(Equal(squared_norm(x_(l)), squared_norm(x_(1))), upper(rows)),
        "W = (1, 0)",
    ),
    fails(
        "a step of BP conserves |W_{l+1}|^2 - |W_l|^2",
        lambda: hidden(Conserved(squared_norm(W(l + 1)) - squared_norm(W(l)), along=BP.step(deep))),
        "second order in eta",
    ),
    fails(
        "TP's signals are BP's if all weights are invertible",
        lambda: everywhere(Equal(TP.error_signal(deep, l), BP.error_signal(deep, l)), upper(invertible(W(k)))),
        "W = 2",
    ),
]
