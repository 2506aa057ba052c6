"""Derive learning rules of deep linear networks, state a conjecture, get a certificate or a counterexample.

The imports below are the one list of the public names. Type checkers read them as they stand, and at run time `lazy`
reads them: a name is imported when it is first asked for. The modules ``figures`` and ``strategies`` are public as a
whole.
"""

from typing import TYPE_CHECKING

from tptheory.lazy import lazy_exports

if TYPE_CHECKING:
    from tptheory import figures as figures
    from tptheory import strategies as strategies
    from tptheory.claims.compound import AllOf as AllOf
    from tptheory.claims.compound import AnyOf as AnyOf
    from tptheory.claims.compound import ForAll as ForAll
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
    from tptheory.claims.theorem import collect as collect
    from tptheory.claims.theorem import conjecture as conjecture
    from tptheory.claims.theorem import theorem as theorem
    from tptheory.claims.vocabulary import Equal as Equal
    from tptheory.claims.vocabulary import ImageWithin as ImageWithin
    from tptheory.claims.vocabulary import Orthogonal as Orthogonal
    from tptheory.claims.vocabulary import OrthogonalImages as OrthogonalImages
    from tptheory.claims.vocabulary import Parallel as Parallel
    from tptheory.claims.vocabulary import RankAtMost as RankAtMost
    from tptheory.claims.vocabulary import RowSpaceWithin as RowSpaceWithin
    from tptheory.claims.vocabulary import Zero as Zero
    from tptheory.deciding.answers import decide as decide
    from tptheory.deciding.answers import prove as prove
    from tptheory.deciding.answers import refute as refute
    from tptheory.deciding.combinations import find as find
    from tptheory.deciding.conditions.answer import when as when
    from tptheory.deciding.leading_terms import leading_term as leading_term
    from tptheory.deciding.simplifying import simplify as simplify
    from tptheory.deciding.solving_constants import solve_constants as solve_constants
    from tptheory.deciding.verdicts import Proved as Proved
    from tptheory.deciding.verdicts import Refuted as Refuted
    from tptheory.deciding.verdicts import Undecided as Undecided
    from tptheory.errors import TptheoryError as TptheoryError
    from tptheory.invariants.discovery import conservation_laws as conservation_laws
    from tptheory.invariants.discovery import count_conservation_laws as count_conservation_laws
    from tptheory.invariants.law_count import LawCount as LawCount
    from tptheory.measuring.claim_at_values import holds as holds
    from tptheory.measuring.crosscheck import crosscheck as crosscheck
    from tptheory.measuring.orders import order_in_eta as order_in_eta
    from tptheory.numeric.evaluation import evaluate as evaluate
    from tptheory.proving.certificate import Certificate as Certificate
    from tptheory.refuting.counterexample import Counterexample as Counterexample
    from tptheory.simulation.closed_forms.error_rays import error_ray as error_ray
    from tptheory.simulation.closed_forms.modes import bp_modes as bp_modes
    from tptheory.simulation.closed_forms.modes import plateau_escape as plateau_escape
    from tptheory.simulation.closed_forms.target_prop import tp_closed_form as tp_closed_form
    from tptheory.simulation.ensembles import simulate_ensemble as simulate_ensemble
    from tptheory.simulation.runs import simulate as simulate
    from tptheory.sweeping.frames import sweep_frame as sweep_frame
    from tptheory.symbolic.derivatives import derivative as derivative
    from tptheory.symbolic.derivatives import gradient as gradient
    from tptheory.symbolic.expressions import LogPdet as LogPdet
    from tptheory.symbolic.expressions import Pinv as Pinv
    from tptheory.symbolic.expressions import inner as inner
    from tptheory.symbolic.expressions import matadd as matadd
    from tptheory.symbolic.expressions import matmul as matmul
    from tptheory.symbolic.expressions import squared_norm as squared_norm
    from tptheory.symbolic.expressions import trace as trace
    from tptheory.symbolic.expressions import transpose as transpose
    from tptheory.symbolic.layers import Recursion as Recursion
    from tptheory.symbolic.network import DeepLinearNetwork as DeepLinearNetwork
    from tptheory.symbolic.rank import Rank as Rank
    from tptheory.symbolic.rule_scalars import alpha as alpha
    from tptheory.symbolic.rule_scalars import damping as damping
    from tptheory.symbolic.rule_scalars import eta as eta
    from tptheory.symbolic.rules import RULES as RULES
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
    from tptheory.symbolic.rules import rule_named as rule_named
    from tptheory.symbolic.states import State as State
    from tptheory.training.data import load_digits as load_digits
    from tptheory.training.data import load_rings as load_rings
    from tptheory.training.mnist import load_mnist as load_mnist
    from tptheory.training.trainer import train as train

__version__ = "0.1.0"

if not TYPE_CHECKING:  # so that a type checker refuses names that there are not
    __getattr__, __dir__, __all__ = lazy_exports("tptheory")
