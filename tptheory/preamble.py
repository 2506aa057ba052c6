"""The preamble of a theorem file: all that its statements are made of, by ``from tptheory.preamble import *``.

These are the words that it brings:

- What can be said: ``AllOf``, ``AnyOf``, ``AtMost``, ``Commute``, ``Conserved``, ``Decays``, ``Equal``, ``ForAll``,
  ``ImageWithin``, ``LawCount``, ``NonNegative``, ``Nonincreasing``, ``OrthogonalImages``, ``Parallel``, ``RankAtMost``,
  ``RowSpaceWithin``, ``Zero``.
- The same at every layer: ``at_every_layer``, ``at_hidden_layers``.
- What can be assumed: ``at_least``, ``at_most``, ``full_column_rank``, ``full_row_rank``, ``invertible``, ``nonzero``,
  ``orthogonal``, ``partial_isometry``, ``positive_definite``, ``positive_semidefinite``, ``projection``, ``rank_one``,
  ``symmetric``.
- The same of every weight but the first: ``from_the_second``.
- Decorators: ``theorem``, ``conjecture``.
- Networks, rules of one's own and their parts: ``DeepLinearNetwork``, ``Rule``, ``State``, ``Step``.
- The classes of rules: ``Backprop``, ``DampedTargetProp``, ``DirectFeedbackAlignment``, ``DynamicInversion``,
  ``EquilibriumPropagation``, ``FeedbackAlignment``, ``GaussNewton``, ``Kaczmarz``, ``KolenPollack``,
  ``LearnedInverse``, ``Momentum``, ``NaturalGradient``, ``Nesterov``, ``Newton``, ``PredictiveCoding``,
  ``RecursiveLeastSquares``, ``TargetProp``, ``WeightDecay``, ``WeightMirror``.
- Expressions: ``LogPdet``, ``Pinv``, ``Rank``, ``T``, ``inner``, ``leading_term``, ``matadd``, ``matmul``, ``minus``,
  ``squared_norm``, ``substitute``, ``trace``; ``T`` is the transpose.
- Derivatives: ``derivative``, ``differential``, ``gradient``.
- Sums and recursions over the layers: ``Recursion``, ``Sequence``, ``grams_below``, ``squared_lengths_below``.
- Conserved quantities, and what their counts assume: ``balance``, ``log_determinant``, ``apart``, ``joint_gram``.
- From SymPy: ``Determinant``, ``Identity``, ``ImmutableMatrix``, ``Integer``, ``Inverse``, ``MatrixSymbol``,
  ``Rational``, ``Symbol``, ``Trace``, ``symbols``.

And these are the symbols and objects that theorem files share:

- ``L`` is the depth, ``l`` and ``k`` are layers: integers.
- ``B`` is the number of samples of a batch, ``m``, ``n``, ``p``, ``q`` are sizes: positive integers.
- ``A``, ``D`` are matrices of shape ``(m, n)``; ``R``, ``S`` are matrices of shape ``(n, n)``.
- ``alpha`` is how far a target lies from an activation, ``eta`` the step size, ``damping`` the ``lambda`` of damped TP.
- ``one``, ``two``, ``three``, ``deep`` are networks of depth 1, 2, 3 and ``L``, with one sample and the squared loss.
- ``batched`` is the network of depth ``L`` for a batch and any loss; ``biased`` has biases besides.
- ``BP``, ``TP``, ``FA``, ``DFA``, ``GN``, ``RLS``, ``damped``, ``learned``, ``kaczmarz``, ``newton`` are the rules.

A file that means something else by such a name defines it below the import. What is imported here as itself is a
word of theorem files; what begins with an underscore is not. What asks for a verdict is no word of theorem files, which
state claims and leave it to others to settle them: ``from tptheory import decide, prove, refute, when``.

>>> Equal(Pinv(T(A)), T(Pinv(A))).statement()
'Pinv(A.T) = Pinv(A).T'
"""

from collections.abc import Callable as _Callable
from typing import Any as _Any

from sympy import Determinant as Determinant
from sympy import Identity as Identity
from sympy import ImmutableMatrix as ImmutableMatrix
from sympy import Integer as Integer
from sympy import Inverse as Inverse
from sympy import MatrixExpr as _MatrixExpr
from sympy import MatrixSymbol as MatrixSymbol
from sympy import Rational as Rational
from sympy import Symbol as Symbol
from sympy import Trace as Trace
from sympy import ZeroMatrix as _ZeroMatrix
from sympy import symbols as symbols

from tptheory.claims.claim import Claim as _Claim
from tptheory.claims.compound import AllOf as AllOf
from tptheory.claims.compound import AnyOf as AnyOf
from tptheory.claims.compound import ForAll as ForAll
from tptheory.claims.goals import minus as minus
from tptheory.claims.hypotheses import Hypothesis as _Hypothesis
from tptheory.claims.hypotheses import full_column_rank as full_column_rank
from tptheory.claims.hypotheses import full_row_rank as full_row_rank
from tptheory.claims.hypotheses import invertible as invertible
from tptheory.claims.hypotheses import nonzero as nonzero
from tptheory.claims.hypotheses import orthogonal as orthogonal
from tptheory.claims.hypotheses import partial_isometry as partial_isometry
from tptheory.claims.hypotheses import positive_definite as positive_definite
from tptheory.claims.hypotheses import positive_semidefinite as positive_semidefinite
from tptheory.claims.hypotheses import projection as projection
from tptheory.claims.hypotheses import rank_one as rank_one
from tptheory.claims.hypotheses import symmetric as symmetric
from tptheory.claims.inequalities import AtMost as AtMost
from tptheory.claims.inequalities import NonNegative as NonNegative
from tptheory.claims.inequalities import at_least as at_least
from tptheory.claims.inequalities import at_most as at_most
from tptheory.claims.motions import Commute as Commute
from tptheory.claims.motions import Conserved as Conserved
from tptheory.claims.motions import Decays as Decays
from tptheory.claims.motions import Nonincreasing as Nonincreasing
from tptheory.claims.theorem import conjecture as conjecture
from tptheory.claims.theorem import theorem as theorem
from tptheory.claims.vocabulary import Equal as Equal
from tptheory.claims.vocabulary import ImageWithin as ImageWithin
from tptheory.claims.vocabulary import OrthogonalImages as OrthogonalImages
from tptheory.claims.vocabulary import Parallel as Parallel
from tptheory.claims.vocabulary import RankAtMost as RankAtMost
from tptheory.claims.vocabulary import RowSpaceWithin as RowSpaceWithin
from tptheory.claims.vocabulary import Zero as Zero
from tptheory.deciding.leading_terms import leading_term as leading_term
from tptheory.invariants.ansatz import apart as apart
from tptheory.invariants.ansatz import joint_gram as joint_gram
from tptheory.invariants.law_count import LawCount as LawCount
from tptheory.invariants.laws import balance as balance
from tptheory.invariants.laws import log_determinant as log_determinant
from tptheory.symbolic.derivatives import derivative as derivative
from tptheory.symbolic.derivatives import gradient as gradient
from tptheory.symbolic.differentiation import differential as differential
from tptheory.symbolic.dynamics import Step as Step
from tptheory.symbolic.expressions import LogPdet as LogPdet
from tptheory.symbolic.expressions import Pinv as Pinv
from tptheory.symbolic.expressions import inner as inner
from tptheory.symbolic.expressions import matadd as matadd
from tptheory.symbolic.expressions import matmul as matmul
from tptheory.symbolic.expressions import squared_norm as squared_norm
from tptheory.symbolic.expressions import trace as trace
from tptheory.symbolic.expressions import transpose as _transpose
from tptheory.symbolic.layers import Recursion as Recursion
from tptheory.symbolic.layers import Sequence as Sequence
from tptheory.symbolic.network import DeepLinearNetwork as DeepLinearNetwork
from tptheory.symbolic.rank import Rank as Rank
from tptheory.symbolic.rule_scalars import alpha as alpha
from tptheory.symbolic.rule_scalars import damping as damping
from tptheory.symbolic.rule_scalars import eta as eta
from tptheory.symbolic.rules import Backprop as Backprop
from tptheory.symbolic.rules import DampedTargetProp as DampedTargetProp
from tptheory.symbolic.rules import DirectFeedbackAlignment as DirectFeedbackAlignment
from tptheory.symbolic.rules import DynamicInversion as DynamicInversion
from tptheory.symbolic.rules import EquilibriumPropagation as EquilibriumPropagation
from tptheory.symbolic.rules import FeedbackAlignment as FeedbackAlignment
from tptheory.symbolic.rules import GaussNewton as GaussNewton
from tptheory.symbolic.rules import Kaczmarz as Kaczmarz
from tptheory.symbolic.rules import KolenPollack as KolenPollack
from tptheory.symbolic.rules import LearnedInverse as LearnedInverse
from tptheory.symbolic.rules import Momentum as Momentum
from tptheory.symbolic.rules import NaturalGradient as NaturalGradient
from tptheory.symbolic.rules import Nesterov as Nesterov
from tptheory.symbolic.rules import Newton as Newton
from tptheory.symbolic.rules import PredictiveCoding as PredictiveCoding
from tptheory.symbolic.rules import RecursiveLeastSquares as RecursiveLeastSquares
from tptheory.symbolic.rules import Rule as Rule
from tptheory.symbolic.rules import TargetProp as TargetProp
from tptheory.symbolic.rules import WeightDecay as WeightDecay
from tptheory.symbolic.rules import WeightMirror as WeightMirror
from tptheory.symbolic.states import State as State
from tptheory.symbolic.substitution import substitute as substitute

L, l, k = symbols("L l k", integer=True)
B, m, n, p, q = symbols("B m n p q", integer=True, positive=True)
A, D = MatrixSymbol("A", m, n), MatrixSymbol("D", m, n)
R, S = MatrixSymbol("R", n, n), MatrixSymbol("S", n, n)
one, two, three, deep = (DeepLinearNetwork(depth=depth) for depth in (1, 2, 3, L))
batched = DeepLinearNetwork(depth=L, batch=B, loss="any")
biased = DeepLinearNetwork(depth=L, batch=B, biases=True, loss="any")
T = _transpose
BP, TP, FA, DFA = Backprop(), TargetProp(), FeedbackAlignment(), DirectFeedbackAlignment()
GN, RLS, kaczmarz, newton = GaussNewton(), RecursiveLeastSquares(), Kaczmarz(), Newton()
damped, learned = DampedTargetProp(), LearnedInverse()


def at_every_layer(claim: _Claim, given: _Any = ()) -> ForAll:
    """Return the claim about layer ``l`` at every layer, ``l = 1..L``, of a network of any depth ``L``.

    >>> at_every_layer(Equal(deep.activation(l), matmul(deep.product(l, 1), deep.input))).statement()
    'x[l] = Up[l]*x for l = 1, ..., L'
    """
    return ForAll(claim, (l, 1, L), given=given)


def at_hidden_layers(claim: _Claim, given: _Any = ()) -> ForAll:
    """Return the claim about layer ``l`` at every hidden layer, ``l = 1..L-1``, of a network of any depth ``L``.

    >>> at_hidden_layers(Conserved(balance(batched, l), along=BP.flow(batched))).limits
    (l, 1, L - 1)
    """
    return ForAll(claim, (l, 1, L - 1), given=given)


def from_the_second(hypothesis: _Callable[[_MatrixExpr], _Hypothesis], net: DeepLinearNetwork) -> list[ForAll]:
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

    def with_layer(k: _Any, K: _MatrixExpr) -> _MatrixExpr:
        return matadd(K, matmul(T(net.activation(k - 1)), net.activation(k - 1)))

    return Recursion("K", 0, L, _ZeroMatrix(B, B), with_layer, lambda _: (B, B))
