"""Derive learning rules of deep linear networks, state a conjecture, get a certificate or a counterexample."""

from typing import TYPE_CHECKING

from tptheory.lazy import importing

if TYPE_CHECKING:
    from tptheory.claims.compound import AllOf, AnyOf, ForAll
    from tptheory.claims.hypotheses import (
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
    from tptheory.claims.theorem import collect, conjecture, theorem
    from tptheory.claims.vocabulary import (
        Equal,
        ImageWithin,
        Orthogonal,
        OrthogonalImages,
        Parallel,
        RankAtMost,
        RowSpaceWithin,
        Zero,
    )
    from tptheory.deciding.answers import decide, prove, refute
    from tptheory.deciding.combinations import find
    from tptheory.deciding.conditions.answer import when
    from tptheory.deciding.leading_terms import leading_term
    from tptheory.deciding.simplifying import simplify
    from tptheory.deciding.solving_constants import solve_constants
    from tptheory.deciding.verdicts import Proved, Refuted, Undecided
    from tptheory.errors import TptheoryError
    from tptheory.invariants.discovery import conservation_laws, count_conservation_laws
    from tptheory.invariants.law_count import LawCount
    from tptheory.measuring.claim_at_values import holds
    from tptheory.measuring.crosscheck import crosscheck
    from tptheory.measuring.orders import order_in_eta
    from tptheory.numeric.evaluation import evaluate
    from tptheory.proving.certificate import Certificate
    from tptheory.refuting.counterexample import Counterexample
    from tptheory.simulation.closed_forms.error_rays import error_ray
    from tptheory.simulation.closed_forms.modes import bp_modes, plateau_escape
    from tptheory.simulation.closed_forms.target_prop import tp_closed_form
    from tptheory.simulation.ensembles import simulate_ensemble
    from tptheory.simulation.runs import simulate
    from tptheory.sweeping.frames import sweep_frame
    from tptheory.symbolic.derivatives import derivative
    from tptheory.symbolic.differentiation import gradient
    from tptheory.symbolic.expressions import LogPdet, Pinv, inner, matadd, matmul, squared_norm, trace, transpose
    from tptheory.symbolic.layers import Recursion
    from tptheory.symbolic.network import DeepLinearNetwork
    from tptheory.symbolic.rank import Rank
    from tptheory.symbolic.rules import (
        RULES,
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
        rule_named,
    )
    from tptheory.symbolic.states import State
    from tptheory.training.data import load_digits, load_rings
    from tptheory.training.mnist import load_mnist
    from tptheory.training.trainer import train

__version__ = "0.1.0"

__all__ = [
    "RULES",
    "AllOf",
    "AnyOf",
    "AtMost",
    "Backprop",
    "Certificate",
    "Commute",
    "Conserved",
    "Counterexample",
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
    "ImageWithin",
    "Kaczmarz",
    "KolenPollack",
    "LawCount",
    "LearnedInverse",
    "LogPdet",
    "Momentum",
    "NaturalGradient",
    "Nesterov",
    "Newton",
    "NonNegative",
    "Nonincreasing",
    "Orthogonal",
    "OrthogonalImages",
    "Parallel",
    "Pinv",
    "PredictiveCoding",
    "Proved",
    "Rank",
    "RankAtMost",
    "Recursion",
    "RecursiveLeastSquares",
    "Refuted",
    "RowSpaceWithin",
    "Rule",
    "State",
    "TargetProp",
    "TptheoryError",
    "Undecided",
    "WeightDecay",
    "WeightMirror",
    "Zero",
    "alpha",
    "at_least",
    "at_most",
    "bp_modes",
    "collect",
    "conjecture",
    "conservation_laws",
    "count_conservation_laws",
    "crosscheck",
    "damping",
    "decide",
    "derivative",
    "error_ray",
    "eta",
    "evaluate",
    "find",
    "full_column_rank",
    "full_row_rank",
    "gradient",
    "holds",
    "inner",
    "invertible",
    "leading_term",
    "load_digits",
    "load_mnist",
    "load_rings",
    "matadd",
    "matmul",
    "nonzero",
    "order_in_eta",
    "orthogonal",
    "partial_isometry",
    "plateau_escape",
    "positive_definite",
    "positive_semidefinite",
    "projection",
    "prove",
    "rank_one",
    "refute",
    "rule_named",
    "simplify",
    "simulate",
    "simulate_ensemble",
    "solve_constants",
    "squared_norm",
    "sweep_frame",
    "symmetric",
    "theorem",
    "tp_closed_form",
    "trace",
    "train",
    "transpose",
    "when",
]

_HOMES = {
    "claims.compound": "AllOf AnyOf ForAll",
    "claims.hypotheses": (
        "full_column_rank full_row_rank invertible nonzero orthogonal partial_isometry positive_definite "
        "positive_semidefinite projection rank_one symmetric"
    ),
    "claims.inequalities": "AtMost NonNegative at_least at_most",
    "claims.motions": "Commute Conserved Decays Nonincreasing",
    "claims.theorem": "collect conjecture theorem",
    "claims.vocabulary": "Equal ImageWithin Orthogonal OrthogonalImages Parallel RankAtMost RowSpaceWithin Zero",
    "deciding.answers": "decide prove refute",
    "deciding.combinations": "find",
    "deciding.conditions.answer": "when",
    "deciding.leading_terms": "leading_term",
    "deciding.simplifying": "simplify",
    "deciding.solving_constants": "solve_constants",
    "deciding.verdicts": "Proved Refuted Undecided",
    "errors": "TptheoryError",
    "invariants.discovery": "conservation_laws count_conservation_laws",
    "invariants.law_count": "LawCount",
    "measuring.claim_at_values": "holds",
    "measuring.crosscheck": "crosscheck",
    "measuring.orders": "order_in_eta",
    "numeric.evaluation": "evaluate",
    "proving.certificate": "Certificate",
    "refuting.counterexample": "Counterexample",
    "simulation.closed_forms.error_rays": "error_ray",
    "simulation.closed_forms.modes": "bp_modes plateau_escape",
    "simulation.closed_forms.target_prop": "tp_closed_form",
    "simulation.ensembles": "simulate_ensemble",
    "simulation.runs": "simulate",
    "sweeping.frames": "sweep_frame",
    "symbolic.derivatives": "derivative",
    "symbolic.differentiation": "gradient",
    "symbolic.expressions": "LogPdet Pinv inner matadd matmul squared_norm trace transpose",
    "symbolic.layers": "Recursion",
    "symbolic.network": "DeepLinearNetwork",
    "symbolic.rank": "Rank",
    "symbolic.rules": (
        "RULES Backprop DampedTargetProp DirectFeedbackAlignment DynamicInversion EquilibriumPropagation "
        "FeedbackAlignment GaussNewton Kaczmarz KolenPollack LearnedInverse Momentum NaturalGradient Nesterov "
        "Newton PredictiveCoding RecursiveLeastSquares Rule TargetProp WeightDecay WeightMirror alpha damping eta "
        "rule_named"
    ),
    "symbolic.states": "State",
    "training.data": "load_digits load_rings",
    "training.mnist": "load_mnist",
    "training.trainer": "train",
}
"""The module that defines each public name, below the package. A test compares it with the imports above."""

_MODULES = ("figures", "strategies")
"""The modules that are public as a whole."""

if not TYPE_CHECKING:  # so that a type checker refuses names that there are not
    __getattr__ = importing("tptheory", _HOMES, _MODULES)


def __dir__() -> list[str]:
    """List the public names, whether or not they have been asked for."""
    return sorted({*__all__, *_MODULES, "__version__", *(n for n in globals() if n.startswith("__"))})
