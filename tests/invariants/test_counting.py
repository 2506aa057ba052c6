"""The count is exact, agrees with brackets computed symbol by symbol, and changes when a field is wrong."""

from itertools import product

import pytest
import sympy
from sympy import ImmutableMatrix

from tptheory import (
    Backprop,
    DampedTargetProp,
    DirectFeedbackAlignment,
    FeedbackAlignment,
    GaussNewton,
    Kaczmarz,
    KolenPollack,
    LearnedInverse,
    Momentum,
    Nesterov,
    Newton,
    RecursiveLeastSquares,
    Rule,
    TargetProp,
    WeightDecay,
    WeightMirror,
    count_conservation_laws,
    matmul,
    transpose,
)
from tptheory.errors import InvalidTypeError, InvalidValueError
from tptheory.invariants import counting, orbits

BP, TP = Backprop(), TargetProp()
KNOWN = [
    (BP, (1, 1, 1), 1),
    (BP, (2, 2, 1), 3),
    (BP, (2, 2, 2), 3),
    (BP, (1, 2, 1), 3),
    (TP, (1, 1, 1), 1),
    (TP, (2, 2, 1), 1),
    (TP, (2, 2, 2), 1),
    (TP, (1, 2, 1), 3),
]
"""What THEORY says."""


@pytest.mark.parametrize(("rule", "widths", "expected"), KNOWN)
def test_the_counts_that_are_known(rule, widths, expected):
    """The numbers of THEORY come out."""
    assert count_conservation_laws(rule, widths).count == expected


def brackets(fields, variables, depth):
    """Return the fields and their left-normed brackets, ``[v, w] = Dw v - Dv w``, with SymPy alone."""

    def bracket(v, w):
        return (w.jacobian(variables) * v - v.jacobian(variables) * w).applyfunc(sympy.cancel)

    levels = [list(fields)]
    for _ in range(depth - 1):
        levels.append([bracket(v, w) for v, w in product(fields, levels[-1])])
    return [v for level in levels for v in level]


def symbolic_rank(widths, invert, depth):
    """Return the rank of the Lie algebra of a net with two layers at a point, by brackets written out."""
    n0, n1, n2 = widths
    W1, W2 = sympy.Matrix(n1, n0, sympy.symbols(f"a:{n1 * n0}")), sympy.Matrix(n2, n1, sympy.symbols(f"b:{n2 * n1}"))
    variables = [*W1, *W2]
    fields = []
    for i, j in product(range(n0), range(n2)):
        x, d = sympy.eye(n0)[:, i], sympy.eye(n2)[:, j]
        fields.append(sympy.Matrix([*(-invert(W2) * d * x.T), *(-d * (W1 * x).T)]))
    point = dict(zip(variables, (3, 5, 7, 11, 13, 17, 19, 23), strict=False))
    return sympy.Matrix.hstack(*(v.subs(point) for v in brackets(fields, variables, depth))).rank()


@pytest.mark.parametrize(
    ("rule", "widths", "depth"),
    [
        (BP, (2, 2, 1), 3),
        (BP, (2, 2, 2), 2),
        (BP, (1, 3, 1), 2),
        (TP, (2, 1, 2), 2),
        pytest.param(TP, (2, 2, 1), 4, marks=pytest.mark.slow),
    ],
)
def test_brackets_written_out_have_the_same_rank(rule, widths, depth):
    """An oracle that shares no code: SymPy's Jacobians over the rationals."""
    invert = {BP: lambda W: W.T, TP: lambda W: W.T * (W * W.T).inv() if W.rows <= W.cols else (W.T * W).inv() * W.T}
    assert symbolic_rank(widths, invert[rule], depth) == count_conservation_laws(rule, widths).rank


FIELDS = {
    Momentum: lambda w, u, s, t, x, d: (s, t, -3 * s - u * d * x, -3 * t - d * w * x),
    KolenPollack: lambda w, u, s, t, x, d: (
        *(-t * d * x - 3 * w, -d * w * x - 3 * u),
        *(-t * d * x - 3 * s, -d * w * x - 3 * t),
    ),
    WeightMirror: lambda w, u, s, t, x, d: (-t * d * x, -d * w * x, 4 * w - 3 * s, 4 * u - 3 * t),
    LearnedInverse: lambda w, u, s, t, x, d: (
        *(-t * d * x, -d * w * x),
        *(-(s * w - 1) * w * (x**2 + 4), -(t * u - 1) * u * ((w * x) ** 2 + 4)),
    ),
}
"""By hand, how weights w, u and states s, t move at widths 1-1-1 with mu = c = 3 and sigma = 2, on a datum x, d."""


@pytest.mark.parametrize(
    "rule", [Momentum(mu=3), KolenPollack(decay=3), WeightMirror(noise=2, decay=3), LearnedInverse(noise=2)], ids=repr
)
def test_states_count_as_the_brackets_of_fields_written_by_hand(rule):
    """At widths 1-1-1 the rank is that of brackets of up to four fields, which SymPy differentiates one by one."""
    p = sympy.symbols("w u s t")
    fields = [sympy.Matrix(FIELDS[type(rule)](*p, x, d)) for x, d in ((1, 0), (1, 1), (2, 1), (1, 3), (3, 5))]
    at = dict(zip(p, map(sympy.Rational, ("2/3", "5/7", "-3/11", "7/5")), strict=True))
    spanned, level, rank = [], fields, 0
    for _ in range(4):
        spanned += [field.xreplace(at) for field in level]
        rank = sympy.Matrix.hstack(*spanned).rank()
        if rank == len(p):
            break
        level = [a.jacobian(p) * b - b.jacobian(p) * a for a in level for b in fields[:3]]
    counted = count_conservation_laws(rule, (1, 1, 1))
    assert (counted.dimension, counted.rank) == (4, rank)


def test_ranks_rise_and_then_stand_still():
    """Brackets are added until two further orders add nothing."""
    ranks = count_conservation_laws(TP, (2, 2, 1)).ranks
    assert ranks == (2, 3, 4, 5, 5, 5)
    assert list(ranks) == sorted(ranks)


def test_a_count_is_repeatable_and_does_not_hang_on_its_primes():
    """Another seed takes other primes and points, and counts the same."""
    first, again, other = (count_conservation_laws(TP, (2, 3, 2), seed=s) for s in (0, 0, 1))
    assert first == again
    assert first.primes != other.primes
    assert first.ranks == other.ranks
    assert all(2**60 < p < 2**61 and sympy.isprime(p) for p in (*first.primes, *other.primes))


@pytest.mark.parametrize(
    ("rule", "widths", "options", "expected"),
    [
        (BP, (2, 2, 2), {"biases": True}, 3),
        (TP, (2, 2, 2), {"biases": True}, 1),
        (TP, (2, 2, 2, 2), {"biases": True}, 2),
        (BP, (4, 4, 4, 4, 4), {}, 30),
        (TP, (4, 4, 4, 4, 4), {}, 3),
        (TP, (2, 2, 2), {"batch": 3}, 1),
        (DampedTargetProp(), (2, 3, 2, 2), {}, 2),
        (FeedbackAlignment(), (2, 3, 2), {}, 7),
        (DirectFeedbackAlignment(), (2, 3, 2, 3), {}, 6),
        (GaussNewton(), (2, 3, 3, 2), {}, 1),
        (Kaczmarz(), (2, 2, 2), {}, 0),
        (Kaczmarz(), (2, 2, 2), {"batch": 2}, 1),
        (Newton(), (2, 2, 2), {"batch": 2}, 1),
        (KolenPollack(decay=0), (1, 1, 1), {}, 3),  # W_1 - B_1, W_2 - B_2, and BP's balance of W and B together
        (KolenPollack(decay=0), (1, 2, 1), {}, 7),  # four differences and three entries of a symmetric balance
        (WeightDecay(decay=0), (2, 2, 1), {}, 3),
        (WeightDecay(), (2, 2, 1), {}, 2),  # the ratios of three entries that decay alike
        (WeightDecay(), (1, 1, 1), {}, 0),
        (Momentum(mu=0), (1, 1, 1), {}, 0),
        (Momentum(mu=0), (2, 2, 1), {}, 1),  # one angular momentum
        (Nesterov(mu=0), (2, 2, 1), {}, 1),
        (LearnedInverse(rate=0), (1, 1, 1), {}, 1),  # of feedback alignment
        (LearnedInverse(), (1, 1, 1), {}, 0),
    ],
)
def test_other_rules_batches_and_biases(rule, widths, options, expected):
    """Every rule that has a flow is counted; a block step is another rule than a step of one sample."""
    assert count_conservation_laws(rule, widths, **options).count == expected


def test_a_count_says_what_it_is_of():
    """Rule, widths, options, dimension, rank, and how the rank was reached."""
    assert repr(count_conservation_laws(Kaczmarz(), (2, 2, 2), batch=2, biases=True)).startswith(
        "<0 conservation laws of Kaczmarz() at widths (2, 2, 2) with biases, batches of 2: dimension 12 - rank 12 "
    )


class OneSignWrong(Rule):
    """BP with the sign of one hidden error turned."""

    name, title = "one-sign-wrong", "One sign wrong"

    def feedback(self, net, l):
        """Return diag(1, -1) W_l'."""
        return matmul(ImmutableMatrix([[1, 0], [0, -1]]), transpose(net.weight(l)))


def test_a_wrong_sign_in_a_field_changes_the_count():
    """BP has three laws at these widths; with one sign wrong the orbits are larger."""
    assert count_conservation_laws(BP, (2, 2, 2)).count == 3
    assert count_conservation_laws(OneSignWrong(), (2, 2, 2)).count < 3


def test_a_wrong_sign_in_the_method_changes_the_count(monkeypatch):
    """Were the flow back the flow forth, orbits would come out too large."""
    right = orbits._flow_back
    monkeypatch.setattr(orbits, "_flow_back", lambda A, kind: right([part * -1 for part in A], kind))
    assert count_conservation_laws(BP, (2, 2, 2)).count != 3


def test_primes_that_disagree_do_not_pass(monkeypatch):
    """A rank that came out too small once is corrected by the primes that follow."""
    right, calls = orbits.orbit_ranks, []

    def unlucky(*arguments):
        calls.append(None)
        ranks = right(*arguments)
        return [rank - 1 for rank in ranks] if len(calls) == 1 else ranks

    monkeypatch.setattr(counting, "orbit_ranks", unlucky)
    assert count_conservation_laws(BP, (2, 2, 1)).count == 3
    assert len(calls) == 3


def test_progress_is_told():
    """A callback hears what is being counted."""
    told = []
    count_conservation_laws(BP, (2, 2, 1), progress=told.append)
    assert len(told) == 2
    assert all("brackets of up to 6 fields modulo" in text for text in told)


@pytest.mark.parametrize(
    ("arguments", "options", "error", "match"),
    [
        (
            (TP, (30, 30, 30)),
            {},
            InvalidValueError,
            r"at most 200 parameters \(got '1,800 parameters .* minutes of work'",
        ),
        ((TargetProp, (2, 2)), {}, InvalidTypeError, r"'rule' must be a name .*Add parentheses: TargetProp\(\)"),
        ((TP, (2, sympy.Symbol("n"))), {}, InvalidTypeError, "'widths' must be integers"),
        ((TP, (2, 0)), {}, InvalidValueError, "'widths' must be positive"),
        ((TP, (2, 2)), {"seed": -1}, InvalidValueError, "'seed' must be an integer, 0 or more"),
        ((TP, (2, 2)), {"seed": 0.5}, InvalidTypeError, "'seed' must be an integer, 0 or more"),
        ((Newton(), (2, 2, 2)), {}, InvalidValueError, "Give other widths, or a larger batch"),
        ((RecursiveLeastSquares(), (2, 2)), {}, InvalidValueError, "a rule whose state has a continuous time"),
    ],
)
def test_bad_input_is_told_in_one_sentence(arguments, options, error, match):
    """Which argument, what was expected, what came, and the mend."""
    with pytest.raises(error, match=match):
        count_conservation_laws(*arguments, **options)


def test_turning_a_net_round_keeps_the_number_of_bp_laws():
    """BP of the transposed weights is BP."""
    assert count_conservation_laws(BP, (2, 3, 1)).count == count_conservation_laws(BP, (1, 3, 2)).count
