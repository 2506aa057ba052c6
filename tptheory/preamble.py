"""The preamble of a theorem file: all that its statements are made of, by ``from tptheory.preamble import *``.

It holds what can be said and what can be assumed, networks, rules, the builders of expressions, and the symbols that
theorem files share:

- ``L`` is the depth, ``l`` and ``k`` are layers: integers.
- ``B`` is the number of samples of a batch, ``m``, ``n``, ``p``, ``q`` are sizes: positive integers.
- ``A``, ``D`` are matrices of shape ``(m, n)``; ``R``, ``S`` are matrices of shape ``(n, n)``.
- ``one``, ``two``, ``three``, ``deep`` are networks of depth 1, 2, 3 and ``L``, with one sample and the squared loss.
- ``batched`` is the network of depth ``L`` for a batch and any loss; ``biased`` has biases besides.
- ``BP``, ``TP``, ``FA``, ``DFA``, ``GN``, ``RLS``, ``damped``, ``learned``, ``kaczmarz``, ``newton`` are the rules.
- ``T`` is the transpose.

A file that means something else by such a name defines it below the import.

>>> Equal(Pinv(T(A)), T(Pinv(A))).statement()
'Pinv(A.T) = Pinv(A).T'
"""

from collections.abc import Callable
from typing import Any

from sympy import (
    Identity,
    ImmutableMatrix,
    Integer,
    Inverse,
    MatrixExpr,
    MatrixSymbol,
    Rational,
    Symbol,
    ZeroMatrix,
    symbols,
)

from tptheory.claims.claim import Claim
from tptheory.claims.compound import AllOf, AnyOf, ForAll
from tptheory.claims.goals import minus
from tptheory.claims.hypotheses import (
    Hypothesis,
    full_column_rank,
    full_row_rank,
    invertible,
    nonzero,
    orthogonal,
    partial_isometry,
    positive_definite,
    positive_semidefinite,
    projection,
    rank_one,
    symmetric,
)
from tptheory.claims.inequalities import AtMost, NonNegative, at_least, at_most
from tptheory.claims.motions import Commute, Conserved, Decays, Nonincreasing
from tptheory.claims.theorem import conjecture, theorem
from tptheory.claims.vocabulary import Equal, ImageWithin, OrthogonalImages, Parallel, RankAtMost, RowSpaceWithin, Zero
from tptheory.deciding.leading_terms import leading_term
from tptheory.invariants.ansatz import apart, joint_gram
from tptheory.invariants.law_count import LawCount
from tptheory.invariants.laws import balance, log_determinant
from tptheory.symbolic.derivatives import derivative
from tptheory.symbolic.differentiation import differential, gradient
from tptheory.symbolic.dynamics import Step
from tptheory.symbolic.expressions import LogPdet, Pinv, inner, matadd, matmul, squared_norm, trace, transpose
from tptheory.symbolic.layers import Recursion, Sequence
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rank import Rank
from tptheory.symbolic.rebuilding import substitute
from tptheory.symbolic.rules import (
    Backprop,
    DampedTargetProp,
    DirectFeedbackAlignment,
    DynamicInversion,
    EquilibriumPropagation,
    FeedbackAlignment,
    GaussNewton,
    Kaczmarz,
    KolenPollack,
    LearnedInverse,
    Momentum,
    NaturalGradient,
    Nesterov,
    Newton,
    PredictiveCoding,
    RecursiveLeastSquares,
    Rule,
    TargetProp,
    WeightDecay,
    WeightMirror,
    alpha,
    damping,
    eta,
)
from tptheory.symbolic.states import State

__all__ = [
    "BP",
    "DFA",
    "FA",
    "GN",
    "RLS",
    "TP",
    "A",
    "AllOf",
    "AnyOf",
    "AtMost",
    "B",
    "Backprop",
    "Commute",
    "Conserved",
    "D",
    "DampedTargetProp",
    "Decays",
    "DeepLinearNetwork",
    "DirectFeedbackAlignment",
    "DynamicInversion",
    "Equal",
    "EquilibriumPropagation",
    "FeedbackAlignment",
    "ForAll",
    "GaussNewton",
    "Identity",
    "ImageWithin",
    "ImmutableMatrix",
    "Integer",
    "Inverse",
    "Kaczmarz",
    "KolenPollack",
    "L",
    "LawCount",
    "LearnedInverse",
    "LogPdet",
    "MatrixSymbol",
    "Momentum",
    "NaturalGradient",
    "Nesterov",
    "Newton",
    "NonNegative",
    "Nonincreasing",
    "OrthogonalImages",
    "Parallel",
    "Pinv",
    "PredictiveCoding",
    "R",
    "Rank",
    "RankAtMost",
    "Rational",
    "Recursion",
    "RecursiveLeastSquares",
    "RowSpaceWithin",
    "Rule",
    "S",
    "Sequence",
    "State",
    "Step",
    "Symbol",
    "T",
    "TargetProp",
    "WeightDecay",
    "WeightMirror",
    "Zero",
    "alpha",
    "apart",
    "at_every_layer",
    "at_hidden_layers",
    "at_least",
    "at_most",
    "balance",
    "batched",
    "biased",
    "conjecture",
    "damped",
    "damping",
    "deep",
    "derivative",
    "differential",
    "eta",
    "from_the_second",
    "full_column_rank",
    "full_row_rank",
    "gradient",
    "grams_below",
    "inner",
    "invertible",
    "joint_gram",
    "k",
    "kaczmarz",
    "l",
    "leading_term",
    "learned",
    "log_determinant",
    "m",
    "matadd",
    "matmul",
    "minus",
    "n",
    "newton",
    "nonzero",
    "one",
    "orthogonal",
    "p",
    "partial_isometry",
    "positive_definite",
    "positive_semidefinite",
    "projection",
    "q",
    "rank_one",
    "squared_lengths_below",
    "squared_norm",
    "substitute",
    "symbols",
    "symmetric",
    "theorem",
    "three",
    "trace",
    "two",
]

L, l, k = symbols("L l k", integer=True)
B, m, n, p, q = symbols("B m n p q", integer=True, positive=True)
A, D = MatrixSymbol("A", m, n), MatrixSymbol("D", m, n)
R, S = MatrixSymbol("R", n, n), MatrixSymbol("S", n, n)
one, two, three, deep = (DeepLinearNetwork(depth=depth) for depth in (1, 2, 3, L))
batched = DeepLinearNetwork(depth=L, batch=B, loss="any")
biased = DeepLinearNetwork(depth=L, batch=B, biases=True, loss="any")
T = transpose
BP, TP, FA, DFA = Backprop(), TargetProp(), FeedbackAlignment(), DirectFeedbackAlignment()
GN, RLS, kaczmarz, newton = GaussNewton(), RecursiveLeastSquares(), Kaczmarz(), Newton()
damped, learned = DampedTargetProp(), LearnedInverse()


def at_every_layer(claim: Claim, given: Any = ()) -> ForAll:
    """Return the claim about layer ``l`` at every layer, ``l = 1..L``, of a network of any depth ``L``.

    >>> at_every_layer(Equal(deep.activation(l), matmul(deep.product(l, 1), deep.input))).statement()
    'x[l] = Up[l]*x for l = 1, ..., L'
    """
    return ForAll(claim, (l, 1, L), given=given)


def at_hidden_layers(claim: Claim, given: Any = ()) -> ForAll:
    """Return the claim about layer ``l`` at every hidden layer, ``l = 1..L-1``, of a network of any depth ``L``.

    >>> at_hidden_layers(Conserved(balance(batched, l), along=BP.flow(batched))).limits
    (l, 1, L - 1)
    """
    return ForAll(claim, (l, 1, L - 1), given=given)


def from_the_second(hypothesis: Callable[[MatrixExpr], Hypothesis], net: DeepLinearNetwork) -> list[ForAll]:
    """Return the hypothesis of every weight from the second on, ``W_2, ..., W_L``, of a network of any depth ``L``.

    >>> [full] = from_the_second(full_row_rank, deep)
    >>> full.claim.matrices, full.limits
    ((W[k],), (k, 2, L))
    """
    return [ForAll(hypothesis(net.weight(k)), (k, 2, L))]


def squared_lengths_below(net: DeepLinearNetwork) -> Recursion:
    """Return ``S``, whose value ``S_l`` is the sum of ``|x_k|^2`` over the layers ``k < l``, the input's ``x_0`` first.

    >>> squared_lengths_below(deep)(l)
    S[l]
    """
    return Recursion("S", 0, L, 0, lambda k, S: S + squared_norm(net.activation(k - 1)))


def grams_below(net: DeepLinearNetwork) -> Recursion:
    """Return ``K``, whose value ``K_l``, of shape ``(B, B)``, is the sum of ``X_k' X_k`` over the layers ``k < l``.

    >>> grams_below(batched)(l).shape
    (B, B)
    """

    def with_layer(k: Any, K: MatrixExpr) -> MatrixExpr:
        return matadd(K, matmul(T(net.activation(k - 1)), net.activation(k - 1)))

    return Recursion("K", 0, L, ZeroMatrix(B, B), with_layer, lambda _: (B, B))
