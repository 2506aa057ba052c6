"""`holds` says of given matrices whether a claim is true there, whether its hypotheses are met, and by how much not."""

import warnings
from fractions import Fraction
from itertools import islice

import numpy as np
import pytest
import sympy
from flint import fmpq_mat
from hypothesis import given, settings

from tptheory import AnyOf, ImageWithin, LawCount, Parallel, Rank, collect, evaluate, holds, strategies
from tptheory.claims.ranges import at_small_depths
from tptheory.deciding.library import settling
from tptheory.errors import (
    InvalidTypeError,
    InvalidValueError,
    ShapeError,
    UnknownNameError,
    UnsupportedExpressionError,
)
from tptheory.measuring.claim_at_values import parts_at
from tptheory.measuring.instances import Instances
from tptheory.measuring.instances import as_floats as as_arrays
from tptheory.preamble import *

W1, W2 = two.weights
NET = {"W_1": [[1, 2], [0, 1]], "W_2": [[1, 0], [1, 1]], "x": [1, 2], "y": [0, 1]}
s, v = Symbol("s", positive=True), MatrixSymbol("v", n, 1)
r, t = (Symbol(name, real=True) for name in "rt")
same = Equal(TP.error_signal(deep, l), BP.error_signal(deep, l))
isometric = ForAll(same, (l, 1, L), given=from_the_second(partial_isometry, deep))

ANSWERS = {
    "equal": (Equal(A, 2 * D), {A: [[2, 4]], D: [[1, 2]]}, True, 0),
    "unequal": (Equal(A, D), {A: [[2, 4]], D: [[1, 2]]}, False, 2),
    "zero": (Zero(matmul(A, T(D))), {A: [[1, 1]], D: [[1, -1]]}, True, 0),
    "rank": (RankAtMost(A, 1), {A: [[1, 2], [2, 4]]}, True, 0),
    "rank, in excess": (RankAtMost(R, 1), {R: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}, False, 2),
    "ranks in sums": (AtMost(Rank(A * T(D)), Rank(A)), {A: [[1, 2]], D: [[3, 4]]}, True, 0),
    "a number at most another": (AtMost(s, s**2), {s: Fraction(1, 2)}, False, Fraction(1, 4)),
    "semidefinite": (NonNegative(S), {S: [[1, 1], [1, 1]]}, True, 0),
    "indefinite": (NonNegative(S), {S: [[1, 2], [2, 1]]}, False, 1),
    "not symmetric": (NonNegative(S), {S: [[1, 2], [0, 5]]}, False, 2),
    "image": (ImageWithin(D, A), {A: [[1], [0]], D: [[3], [0]]}, True, 0),
    "parallel": (Parallel(A, D), {A: [[1, 2]], D: [[2, 3]]}, False, None),
    "orthogonal": (OrthogonalImages(A, D), {A: [[1], [2]], D: [[2], [-1]]}, True, 0),
    "commuting": (Commute(R, S), {R: [[1, 1], [0, 1]], S: [[1, 0], [1, 1]]}, False, 1),
    "one of two": (AnyOf(Zero(A), Zero(D)), {A: [[1]], D: [[0]]}, True, 0),
    "none of two": (AnyOf(Zero(A), Zero(D)), {A: [[3]], D: [[2]]}, False, None),
    "all of two": (AllOf(Zero(A), Zero(D)), {A: [[0]], D: [[2]]}, False, 2),
    "conserved by a flow": (Conserved(T(W2) * W2 - W1 * T(W1), along=BP.flow(two)), NET, True, 0),
    "not by another flow": (Conserved(T(W2) * W2 - W1 * T(W1), along=TP.flow(two)), NET, False, None),
    "descending": (Nonincreasing(two.loss, along=BP.flow(two)), NET, True, 0),
    "ascending": (Nonincreasing(-two.loss, along=BP.flow(two)), NET, False, None),
    "descending in a step": (Nonincreasing(two.loss, along=BP.step(two)), NET | {"eta": Fraction(1, 100)}, True, 0),
    "too long a step": (Nonincreasing(two.loss, along=BP.step(two)), NET | {"eta": 10}, False, None),
    "decaying": (Decays(W1, along=WeightDecay(BP).flow(two), rate=0), NET | {"delta": 1}, False, None),
}


def as_floats(values):
    """Return the same values as NumPy arrays and floats."""
    return {k: np.asarray(v, dtype=float) if isinstance(v, list) else float(v) for k, v in values.items()}


@pytest.mark.parametrize("read", [dict, as_floats], ids=["exact", "float"])
@pytest.mark.parametrize(("claim", "values", "true", "defect"), ANSWERS.values(), ids=ANSWERS)
def test_every_kind_of_claim_is_judged(claim, values, true, defect, read):
    """Exactly and in floats alike: the answer, and by how much it fails, which was worked out by hand."""
    if claim is ANSWERS["decaying"][0]:
        names = {str(symbol) for symbol in claim.symbols()}
        values = {key: value for key, value in values.items() if str(key) in names} | dict.fromkeys(
            names - {*values}, 1
        )
        values = {k: value for k, value in values.items() if not k.startswith("n_")}
    found = holds(claim, read(values))
    assert (found.holds, found.hypotheses_met, found.conclusion) == (true, True, true)
    assert bool(found) == true
    exact = read is dict
    assert (found.arithmetic, found.tolerance) == (("exact", 0.0) if exact else ("float", 1e-6))
    if defect is not None:
        assert found.defect == pytest.approx(float(defect), abs=1e-9)
        assert not exact or found.defect == defect or claim is ANSWERS["indefinite"][0]  # eigenvalues are irrational
    assert (found.defect > 1e-3) == (not true)


def test_a_flow_is_followed_by_its_velocities():
    """The rate of W_1 along BP's flow is minus the gradient, worked out by hand."""
    x, e = np.array([[1], [2]]), np.array([[5], [6]])
    values = {"W_1": [[1, 2], [0, 1]], "W_2": [[1, 0], [1, 1]], "x": x, "y": [0, 1]}
    error = np.array(values["W_2"]) @ np.array(values["W_1"]) @ x - np.array([[0], [1]])
    assert (error == e).all()
    gradient = np.array(values["W_2"]).T @ error @ x.T
    assert holds(Conserved(W1, along=BP.flow(two)), values).defect == np.abs(gradient).max()


def test_hypotheses_are_told_apart_from_the_conclusion():
    """A claim whose hypotheses are not met claims nothing; the answer says so."""
    claim = Equal(matmul(A, Pinv(A)), Identity(m), given=[full_row_rank(A), nonzero(D)])
    met = holds(claim, {A: [[1, 2]], D: [[1, 0]]})
    assert (met.holds, met.hypotheses_met, met.conclusion) == (True, True, True)
    unmet = holds(claim, {A: [[0, 0]], D: [[1, 0]]})
    assert (unmet.holds, unmet.hypotheses_met, unmet.conclusion) == (True, False, False)
    assert [said for said, met in unmet.parts[0].hypotheses if not met] == ["A has full row rank"]
    assert "do not meet all of its hypotheses" in str(unmet)


def test_what_is_taken_for_granted_is_a_hypothesis():
    """An inverse has to exist, and a rank must not be able to rise along the flow."""
    there = holds(Zero(matmul(Inverse(R), S)), {R: [[0]], S: [[1]]})
    assert (there.holds, there.hypotheses_met, there.parts[0].conclusion, there.defect) == (True, False, None, 0)
    assert not there.conclusion
    law = Conserved(trace(matmul(W2, Pinv(W2))), along=TP.flow(two))
    assert holds(law, NET).hypotheses_met
    assert not holds(law, NET | {"W_2": [[0, 0], [0, 0]]}).hypotheses_met
    assert not holds(law, as_floats(NET | {"W_2": [[1, 1], [1, 1]]})).hypotheses_met


def test_a_claim_about_any_depth_is_asked_at_a_depth():
    """At depth 2 and 3, at every layer of the range; without a depth it is refused, with the mend."""
    U = [[Fraction(3, 5), Fraction(4, 5)], [Fraction(-4, 5), Fraction(3, 5)]]
    found = holds(isometric, NET | {"W_2": U}, depth=2)
    assert (found.holds, found.hypotheses_met, len(found.parts)) == (True, True, 2)
    assert not holds(ForAll(same, (l, 1, L)), NET, depth=2)
    three_layers = NET | {"W_2": U, "W_3": U}
    assert holds(isometric, three_layers, depth=3).hypotheses_met
    assert len(holds(isometric, three_layers, depth={"L": 3}).parts) == 3
    with pytest.raises(InvalidValueError, match=r"'depth' must be positive integers for L .* Try depth=\{'L': 2\}"):
        holds(isometric, NET)
    with pytest.raises(InvalidValueError, match="'depth' must be left out"):
        holds(Zero(A), {A: [[0]]}, depth=2)


def test_irrational_values_are_judged_in_fifty_digits():
    """A logarithm of rational values has no exact value; the answer says in what it was computed."""
    claim = Equal(LogPdet(matmul(R, S)), LogPdet(R) + LogPdet(S), given=[invertible(R, S)])
    values = {R: [[1, 2], [3, 4]], S: [[2, 1], [0, 1]]}
    found = holds(claim, values)
    assert (found.holds, found.arithmetic, found.tolerance) == (True, "mp50", 1e-25)
    assert 0 < holds(Equal(LogPdet(R), LogPdet(S)), values).defect < 1
    law = Conserved(LogPdet(W2) - squared_norm(W1) / 2, along=TP.flow(two))
    assert holds(law, NET).arithmetic == "exact"  # its rate is rational
    grown = Nonincreasing(-LogPdet(W2) * LogPdet(W2), along=TP.flow(two))
    assert holds(grown, NET | {"W_2": [[2, 0], [0, 3]]}).arithmetic == "mp50"


def test_the_tolerance_is_the_users():
    """What is off by a little is true or false according to the tolerance, which the answer names."""
    values = {A: np.array([[1.0]]), D: np.array([[1.001]])}
    assert not holds(Equal(A, D), values)
    loose = holds(Equal(A, D), values, tolerance=0.01)
    assert (loose.holds, loose.tolerance) == (True, 0.01)
    assert loose.defect == pytest.approx(0.001)


@pytest.mark.parametrize(
    "value",
    [[[1, 2]], ((1, 2),), sympy.Matrix([[1, 2]]), fmpq_mat(1, 2, [1, 2]), np.array([[1, 2]]), [[Fraction(1), 2]]],
)
def test_matrices_of_any_make_are_read_exactly(value):
    """Lists, SymPy's matrices, python-flint's, integer arrays, fractions."""
    assert holds(RankAtMost(A, 1), {A: value}).arithmetic == "exact"


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ({"W_1": [[1]]}, InvalidValueError, r"Add W_2 of shape \(n_2, n_1\), x of shape \(n_0, 1\), y of shape"),
        (NET | {"W_3": [[1]]}, UnknownNameError, r"'values' must be one of .* Did you mean 'W_"),
        (NET | {"W_2": [[1, 2, 3]]}, ShapeError, r"'W_2' must be of shape \(n_2, n_1\) with n_1 = 2, set by W_1"),
        (NET | {"W_2": [[1, 2], [3]]}, ShapeError, "'W_2' must be rows of one length"),
        (NET | {"W_2": "abc"}, InvalidTypeError, "'W_2' must be a matrix"),
        (NET | {"W_2": np.array([[np.nan, 1.0]])}, InvalidValueError, "'W_2'"),
        ([NET], InvalidTypeError, "'values' must be a mapping"),
        ({3: [[1]]}, InvalidTypeError, "'values' must be a mapping from symbols or names"),
    ],
)
def test_bad_values_are_named(values, error, message):
    """An error says which symbol, what was expected, what came, and the mend."""
    with pytest.raises(error, match=message):
        holds(Conserved(W1, along=BP.flow(two)), values)


def test_a_symbol_that_is_given_twice_is_refused():
    """A symbol and its name, or two names of one number: neither wins silently, whatever the order."""
    for twice in ({A: [[0]], "A": [[1]]}, {"A": [[1]], A: [[0]]}):
        with pytest.raises(InvalidValueError, match="'values' must be a mapping that gives A once"):
            holds(Zero(A), twice)
    with pytest.raises(InvalidValueError, match="'values' must be a mapping that gives lambda once"):
        holds(AtMost(0, damping), {"damping": 1, damping: 2})


def test_a_number_that_its_symbol_does_not_admit_is_refused():
    """A positive symbol is given a negative number."""
    with pytest.raises(InvalidValueError, match=r"'s' must be a number that s, .*positive"):
        holds(AtMost(s, 2), {s: -1})


def test_a_size_that_no_matrix_has_is_asked_for():
    """The identity of size n has no matrix to read n off."""
    claim = Equal(trace(Identity(n)), s)
    with pytest.raises(InvalidValueError, match="Add n"):
        holds(claim, {s: 3})
    assert holds(claim, {s: 3, n: 3})


def test_a_count_of_laws_speaks_of_no_matrices():
    """It is decided, not evaluated."""
    with pytest.raises(UnsupportedExpressionError, match="Decide it alone"):
        holds(LawCount(TP, (1, 1, 1), number=1), {})


def test_counterexamples_break_what_they_refute():
    """Of every conjecture of two files, the stored counterexample meets the hypotheses and breaks the conclusion."""
    conjectures = collect("proofs/reverse_order.py") + collect("proofs/tp_equals_bp.py")
    with settling([t for t in conjectures if t.expected == "refuted"], jobs=1) as settled:
        found = [one.verdict.counterexample for one in settled]
    assert len(found) > 5
    for example in found:
        answer = holds(example.claim, example.values)
        assert (answer.holds, answer.hypotheses_met, answer.conclusion) == (False, True, False), example
        assert answer.defect > 0


def evaluated(theorems):
    """Count the parts of theorems, at depths 1 and 2, that were evaluated at an instance, exactly and in floats."""
    counts, rng = {"exact": 0, "float": 0}, np.random.default_rng(0)
    for theorem in theorems:
        for part in islice(at_small_depths(theorem.claim, 2), 3):
            values = Instances(part).draw(rng, tries=20)
            if values is None:
                continue
            for kind, own in (("exact", values), ("float", as_arrays(values))):
                assert holds(part, own).holds, (theorem.node, kind, values)
                counts[kind] += 1
    return counts


@pytest.mark.slow
def test_every_theorem_holds_where_it_is_looked_at():
    """What is proved of matrices holds on given ones that meet its hypotheses, by a reader that no proof has used."""
    proved = [theorem for theorem in collect() if theorem.expected == "proved"]
    theorems = [theorem for theorem in proved if not isinstance(theorem.claim, LawCount)]  # which speaks of no matrix
    counts = evaluated(theorems)
    assert min(counts.values()) > len(theorems)


def test_some_theorems_hold_where_they_are_looked_at():
    """The same, of one file."""
    assert min(evaluated(collect("proofs/balancedness.py")[:4]).values()) > 3


TRUE = {
    "any depth": isometric,
    "two at once": AllOf(Equal(A, D, given=[Equal(2 * A, 2 * D)]), RankAtMost(R, 1, given=[rank_one(R)])),
    "a flow": Conserved(T(W2) * W2 - W1 * T(W1), along=BP.flow(two)),
    "inequalities": NonNegative(trace(R * S), given=[positive_semidefinite(R, S)]),
    "cases": Equal(matmul(A, T(D)), 0 * matmul(A, T(D)), given=[AnyOf(Zero(A), Zero(D))]),
}


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("claim", TRUE.values(), ids=TRUE)
def test_what_is_true_holds_at_instances_that_are_drawn_for_it(claim, exact):
    """Hypothesis draws instances of every kind of claim, with values for all of its symbols; its hypotheses are met."""
    depth = 2 if claim is isometric else None

    @settings(max_examples=25)
    @given(strategies.instances(claim, depth=depth, exact=exact))
    def one(values):
        found = holds(claim, values, depth=depth)
        assert found.holds
        assert any(part.hypotheses_met for part in found.parts)
        assert found.arithmetic == ("exact" if exact else "float")

    one()


def test_an_answer_is_shown_in_one_table():
    """As text, HTML and LaTeX; what a symbol is called is escaped."""
    hostile = MatrixSymbol("<b>x</b>_%", 2, 2)
    found = holds(Zero(hostile, given=[symmetric(hostile)]), {hostile: [[0, 1], [1, 0]]})
    assert repr(found) == (
        "ClaimAtValues(holds=False, hypotheses_met=True, conclusion=False, defect=1, arithmetic='exact', tolerance=0)"
    )
    assert str(found).startswith("The claim does not hold on these matrices (exactly)")
    html = found._repr_html_()
    assert "<b>" not in html
    assert html.startswith("<table")
    assert r"\emph{(does not hold on these matrices)}" in found.latex()


def test_parts_are_those_that_the_depth_gives():
    """An empty range has no part, and holds."""
    hidden = ForAll(Equal(deep.activation(l), deep.activation(l)), (l, 1, L - 1))
    assert list(parts_at(hidden, 1)) == []
    assert holds(hidden, {}, depth=1).holds
    assert evaluate(trace(R), {R: [[2]]}, arithmetic="exact") == 2


@pytest.mark.parametrize(
    "claim",
    [
        Equal(matmul(R, S, Pinv(matmul(R, S))), matmul(R, Pinv(R)), given=[invertible(S)]),
        AtMost(Rank(R * S), Rank(R)),
    ],
    ids=["images", "ranks"],
)
def test_rounding_in_float32_is_no_rank_beside_float64(claim):
    """A matrix of rank 2 that was rounded to float32 keeps its rank in a product with a float64 matrix."""
    rng = np.random.default_rng(0)
    Q = np.linalg.qr(rng.standard_normal((4, 4)))[0][:, :2]
    low, other = (Q @ Q.T).astype(np.float32), rng.standard_normal((4, 4))
    for dtype in (np.float32, np.float64):
        found = holds(claim, {R: low, S: other.astype(dtype)})
        assert found.holds
        assert found.hypotheses_met


def test_what_no_float32_holds_is_refused_beside_one():
    """It would be infinite."""
    with pytest.raises(InvalidValueError, match="'S' must be within float32"):
        holds(Equal(R, S), {R: np.eye(2, dtype=np.float32), S: 1e300 * np.eye(2)})


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        (AtMost(squared_norm(A), squared_norm(D)), {"A": np.full((2, 3), 1e300), "D": np.full((2, 3), 1e200)}),
        (NonNegative(squared_norm(D) - squared_norm(A)), {"A": np.full((2, 3), 1e300), "D": np.full((2, 3), 1e200)}),
        (NonNegative(S * S.T), {"S": np.full((4, 4), 1e200)}),
        (Equal(S * S.T * S - S, S * S.T), {"S": np.full((4, 4), 1e200)}),
        (Equal(t, 0, given=[Equal(s**2, r**2)]), {"s": 1e200, "r": 1e200, "t": 1.0}),
        (Zero(R, given=[at_most(S * S, 4 * S * S)]), {"S": 1e200 * np.eye(4), "R": np.eye(4)}),
        (AnyOf(Equal(s**2, r**2), Equal(t, 0)), {"s": 1e200, "r": 1e200, "t": 1.0}),
        (AtMost(r + t, s**2), {"s": 1.42e154, "r": 1.5e308, "t": 1.5e308}),
        (Equal(r * t / (s**2 + r), 0), {"s": 1e160, "r": 1e160, "t": 1e160}),
    ],
    ids=["at most", "not negative", "definite", "equal", "given", "given an order", "either", "a sum", "a divisor"],
)
def test_what_overflows_has_no_answer(claim, values):
    """Two numbers beyond the floats are not compared, and neither yes nor no is said, nor a warning shown."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(InvalidValueError, match="does not overflow in float"):
            holds(claim, values)


def test_an_exact_defect_of_many_digits_is_shown():
    """Python writes no integer of more than 4,300 digits."""
    assert "e+9998" in str(holds(Zero(squared_norm(A)), {"A": [[10**4999]]}).table())


def test_a_defect_beyond_the_floats_is_shown():
    """An exact defect may be of any length."""
    answer = holds(AtMost(squared_norm(A), squared_norm(D)), {"A": [[10**200]], "D": [[1]]})
    assert not answer.holds
    assert "1.00e+400" in str(answer)
