"""Statements of the literature on linear networks of any depth."""

from functools import partial

from tests.benchmarks.statements.deep import (
    W,
    balanced,
    columns,
    deep,
    everywhere,
    hidden,
    many,
    rows,
    upper,
    width,
    x_,
)
from tests.benchmarks.statements.papers_nets import each, imbalance, whole
from tests.benchmarks.statements.statement import Statement
from tests.benchmarks.statements.words import *

holds = partial(Statement, area="networks of any depth", true=True)
fails = partial(Statement, area="networks of any depth", true=False)

STATEMENTS: list[Statement] = [
    holds(
        "TP's signals have W_{l+1}d_l = W_{l+1}W_{l+1}+ d_{l+1}",
        lambda: hidden(
            Equal(W(l + 1) * TP.error_signal(deep, l), W(l + 1) * Pinv(W(l + 1)) * TP.error_signal(deep, l + 1))
        ),
        "the definition",
    ),
    holds(
        "TP's error signals are BP's through orthonormal columns",
        lambda: everywhere(Equal(TP.error_signal(deep, l), BP.error_signal(deep, l)), upper(columns)),
        "W+ = W'",
    ),
    fails(
        "TP's error signals keep their length through orthonormal columns",
        lambda: everywhere(Equal(squared_norm(TP.error_signal(deep, l)), squared_norm(deep.error)), upper(columns)),
        "an error off the image",
    ),
    fails(
        "TP's and BP's error signals have one length",
        lambda: hidden(Equal(squared_norm(BP.error_signal(deep, l)), squared_norm(TP.error_signal(deep, l)))),
        "W = 2",
    ),
    fails(
        "TP's error signals are BP's at balanced weights",
        lambda: everywhere(Equal(TP.error_signal(deep, l), BP.error_signal(deep, l)), balanced),
        "W = 2",
    ),
    holds(
        "BP's error signals are no longer than e through partial isometries",
        lambda: everywhere(
            AtMost(squared_norm(BP.error_signal(deep, l)), squared_norm(deep.error)), upper(partial_isometry(W(k)))
        ),
        "|W'd| <= |d|",
    ),
    fails(
        "BP's error signals are no longer than e through invertible weights",
        lambda: everywhere(
            AtMost(squared_norm(BP.error_signal(deep, l)), squared_norm(deep.error)), upper(invertible(W(k)))
        ),
        "W = 2",
    ),
    holds(
        "BP's error signals are no longer than e if W_kW_k' <= I",
        lambda: everywhere(
            AtMost(squared_norm(BP.error_signal(deep, l)), squared_norm(deep.error)),
            upper(at_most(W(k) * W(k).T, Identity(width[k]))),
        ),
        "contractions",
    ),
    holds(
        "activations are no longer than the input if W_k'W_k <= I",
        lambda: everywhere(
            AtMost(squared_norm(x_(l)), squared_norm(deep.input)), each(at_most(W(k).T * W(k), Identity(width[k - 1])))
        ),
        "contractions",
    ),
    fails(
        "activations are no shorter than the input if W_k'W_k <= I",
        lambda: everywhere(
            AtMost(squared_norm(deep.input), squared_norm(x_(l))), each(at_most(W(k).T * W(k), Identity(width[k - 1])))
        ),
        "W = 0",
    ),
    holds(
        "activations are no shorter than the input if I <= W_k'W_k",
        lambda: everywhere(
            AtMost(squared_norm(deep.input), squared_norm(x_(l))), each(at_most(Identity(width[k - 1]), W(k).T * W(k)))
        ),
        "expansions",
    ),
    fails(
        "layers of orthonormal rows keep the length of the input",
        lambda: Equal(squared_norm(deep.output), squared_norm(deep.input), given=[each(rows)]),
        "W = (1, 0)",
    ),
    holds(
        "balanced weights: the product has the rank of W_1",
        lambda: Equal(Rank(whole), Rank(W(1)), given=[balanced]),
        "MM' = (W_LW_L')^L",
    ),
    holds(
        "balanced weights have a rank of at most the width of the output",
        lambda: everywhere(RankAtMost(W(l), width[L]), balanced),
        "Ji and Telgarsky: one rank",
    ),
    fails(
        "weights have a rank of at most the width of the output",
        lambda: everywhere(RankAtMost(W(l), width[L])),
        "weights that are not balanced",
    ),
    holds(
        "balanced weights have a rank of at most the width of the input",
        lambda: everywhere(RankAtMost(W(l), width[0]), balanced),
        "one rank",
    ),
    holds(
        "W_L ... W_l has a rank of at most that of W_l",
        lambda: everywhere(RankAtMost(deep.product(L, l), W(l))),
        "a factor",
    ),
    fails("W_L ... W_l has a rank of at most 1", lambda: everywhere(RankAtMost(many.product(L, l), 1)), "I, size 2"),
    holds(
        "tr W_l'G_l = <e, x_L> for BP's gradients in every layer",
        lambda: everywhere(Equal(trace(W(l).T * BP.descent(deep, l)), inner(deep.error, deep.output))),
        "Euler",
    ),
    fails(
        "tr W_l'G_l = <e, x_L> for FA's descents in every layer",
        lambda: everywhere(Equal(trace(W(l).T * FA.descent(deep, l)), inner(deep.error, deep.output))),
        "B = 0",
    ),
    holds(
        "|G_l|^2 = |d_l|^2 |x_{l-1}|^2 for BP's gradients",
        lambda: everywhere(
            Equal(squared_norm(BP.descent(deep, l)), squared_norm(BP.error_signal(deep, l)) * squared_norm(x_(l - 1)))
        ),
        "rank 1",
    ),
    fails(
        "|G_l|^2 = |D_l|^2 |X_{l-1}|^2 for BP's gradients of a batch",
        lambda: everywhere(
            Equal(
                squared_norm(BP.descent(many, l)),
                squared_norm(BP.error_signal(many, l)) * squared_norm(many.activation(l - 1)),
            )
        ),
        "orthogonal samples",
    ),
    holds(
        "|G_l|^2 <= |D_l|^2 |X_{l-1}|^2 for BP's gradients of a batch",
        lambda: everywhere(
            AtMost(
                squared_norm(BP.descent(many, l)),
                squared_norm(BP.error_signal(many, l)) * squared_norm(many.activation(l - 1)),
            )
        ),
        "submultiplicative",
    ),
    holds(
        "W_L'e = 0 stops TP in all hidden layers",
        lambda: hidden(Zero(TP.update(deep, l)), Zero(W(L).T * deep.error)),
        "W_L+ e = 0",
    ),
    fails(
        "W_L'e = 0 stops TP in all layers",
        lambda: everywhere(Zero(TP.update(deep, l)), Zero(W(L).T * deep.error)),
        "the last layer",
    ),
    holds(
        "TP's hidden updates have their columns in the rows of W_{l+1}",
        lambda: hidden(ImageWithin(TP.update(deep, l), W(l + 1).T)),
        "im W+ = im W'",
    ),
    fails(
        "TP's hidden updates have their columns in im W_l",
        lambda: hidden(ImageWithin(TP.update(deep, l), W(l))),
        "W = 0 in layer l",
    ),
    holds(
        "BP's hidden updates have their columns in the rows of W_L ... W_{l+1}",
        lambda: hidden(ImageWithin(BP.update(many, l), many.product(L, l + 1).T)),
        "the chain rule",
    ),
    holds(
        "a product of full column rank gives W_1 full column rank",
        lambda: Equal(Pinv(W(1)) * W(1), Identity(width[0]), given=[full_column_rank(whole)]),
        "the kernel of a factor",
    ),
    holds(
        "a product of full column rank gives all W_l ... W_1 full column rank",
        lambda: everywhere(
            Equal(Pinv(deep.product(l, 1)) * deep.product(l, 1), Identity(width[0])), full_column_rank(whole)
        ),
        "the kernel of a factor",
    ),
    fails(
        "a product of full column rank gives W_L full column rank",
        lambda: Equal(Pinv(W(L)) * W(L), Identity(width[L - 1]), given=[full_column_rank(whole)]),
        "(1, 0), (1, 0)'",
    ),
    holds(
        "a product of full row rank gives W_L full row rank",
        lambda: Equal(W(L) * Pinv(W(L)), Identity(width[L]), given=[full_row_rank(whole)]),
        "the image of a factor",
    ),
    fails(
        "a product of full row rank gives W_1 full row rank",
        lambda: Equal(W(1) * Pinv(W(1)), Identity(width[1]), given=[full_row_rank(whole)]),
        "(1, 0), (1, 0)'",
    ),
    holds(
        "weights of orthonormal rows have a product of full row rank",
        lambda: Equal(whole * Pinv(whole), Identity(width[L]), given=[each(rows)]),
        "MM' = I",
    ),
    fails(
        "the product has full row rank if W_L has",
        lambda: Equal(whole * Pinv(whole), Identity(width[L]), given=[full_row_rank(W(L))]),
        "W_1 = 0",
    ),
    holds(
        "BP conserves |W_L|^2 - |W_1|^2",
        lambda: Conserved(squared_norm(W(L)) - squared_norm(W(1)), along=BP.flow(deep)),
        "both rates are -2<e, x_L>",
    ),
    fails(
        "TP conserves |W_L|^2 - |W_1|^2",
        lambda: Conserved(squared_norm(W(L)) - squared_norm(W(1)), along=TP.flow(deep)),
        "numbers",
    ),
    holds(
        "BP conserves tr (W_{l+1}'W_{l+1} - W_lW_l')^2 in every layer",
        lambda: hidden(Conserved(trace(imbalance**2), along=BP.flow(deep))),
        "the matrix is conserved",
    ),
    fails(
        "TP conserves tr (W_{l+1}'W_{l+1} - W_lW_l')^2 in every layer",
        lambda: hidden(Conserved(trace(imbalance**2), along=TP.flow(deep))),
        "numbers",
    ),
    holds(
        "with weight decay mu |W_{l+1}|^2 - |W_l|^2 decays at 2 mu",
        lambda: hidden(
            Decays(squared_norm(W(l + 1)) - squared_norm(W(l)), along=WeightDecay(BP, mu).flow(deep), rate=2 * mu)
        ),
        "traces",
    ),
    fails(
        "with weight decay mu |W_{l+1}|^2 - |W_l|^2 decays at mu",
        lambda: hidden(
            Decays(squared_norm(W(l + 1)) - squared_norm(W(l)), along=WeightDecay(BP, mu).flow(deep), rate=mu)
        ),
        "2 mu",
    ),
    holds(
        "FA lowers the loss for the moment where B_k = W_k'",
        lambda: Nonincreasing(deep.loss, along=FA.flow(deep), given=[upper(Equal(FA.feedback(deep, k), W(k).T))]),
        "it is BP there",
    ),
    fails("FA's loss never rises at any depth", lambda: Nonincreasing(deep.loss, along=FA.flow(deep)), "any feedback"),
    fails(
        "DFA lowers the loss for the moment where the upper weights are invertible",
        lambda: Nonincreasing(deep.loss, along=DFA.flow(deep), given=[upper(invertible(W(k)))]),
        "any feedback",
    ),
    holds(
        "TP lowers the loss for the moment where the upper weights have full row rank",
        lambda: Nonincreasing(deep.loss, along=TP.flow(deep), given=[upper(full_row_rank(W(k)))]),
        "a sum of |e|^2 |x_l|^2",
    ),
    fails(
        "TP lowers the loss for the moment where the upper weights have full column rank",
        lambda: Nonincreasing(deep.loss, along=TP.flow(deep), given=[upper(full_column_rank(W(k)))]),
        "an oblique projection",
    ),
    holds("GN's loss never rises at any depth", lambda: Nonincreasing(deep.loss, along=GN.flow(deep)), "e'MM+e >= 0"),
    holds(
        "TP's target of the output is x_L - alpha e",
        lambda: Equal(TP.target(deep, L), deep.output - alpha * deep.error),
        "the definition",
    ),
    holds(
        "TP's targets have t_l - x_l = W_{l+1}+(t_{l+1} - x_{l+1})",
        lambda: hidden(Equal(TP.target(deep, l) - x_(l), Pinv(W(l + 1)) * (TP.target(deep, l + 1) - x_(l + 1)))),
        "difference target propagation",
    ),
    fails(
        "TP's targets have t_l = W_{l+1}+ t_{l+1}",
        lambda: hidden(Equal(TP.target(deep, l), Pinv(W(l + 1)) * TP.target(deep, l + 1))),
        "W = 0",
    ),
    holds(
        "TP's targets have t_l = W_{l+1}+ t_{l+1} through columns of full rank",
        lambda: hidden(
            Equal(TP.target(deep, l), Pinv(W(l + 1)) * TP.target(deep, l + 1)), upper(full_column_rank(W(k)))
        ),
        "W+Wx = x",
    ),
    fails(
        "TP's targets have t_l = W_{l+1}+ t_{l+1} through rows of full rank",
        lambda: hidden(Equal(TP.target(deep, l), Pinv(W(l + 1)) * TP.target(deep, l + 1)), upper(full_row_rank(W(k)))),
        "W = (1, 0)",
    ),
    holds(
        "where layer L rests, BP's error signals vanish if x_{L-1} is not 0",
        lambda: everywhere(Zero(BP.error_signal(deep, l)), Zero(BP.descent(deep, L)), nonzero(deep.activation(L - 1))),
        "e = 0",
    ),
    holds(
        "<d_l, x_l> = <e, x_L> for BP's error signals",
        lambda: everywhere(Equal(inner(BP.error_signal(deep, l), x_(l)), inner(deep.error, deep.output))),
        "<W'd, x> = <d, Wx>",
    ),
    holds(
        "<d_l of TP, d_l of BP> = |d_l of TP|^2 through partial isometries",
        lambda: everywhere(
            Equal(inner(TP.error_signal(deep, l), BP.error_signal(deep, l)), squared_norm(TP.error_signal(deep, l))),
            upper(partial_isometry(W(k))),
        ),
        "TP is BP",
    ),
]
