"""Orders in the step size are measured to 0.01, coefficients exactly, and wrong ones are told apart."""

import math
import pickle
from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq_mat
from sympy import Determinant, ImmutableMatrix, Inverse, MatrixSymbol, Rational, S, Symbol, log, symbols

from tptheory import (
    Backprop,
    Conserved,
    DampedTargetProp,
    DeepLinearNetwork,
    Equal,
    KolenPollack,
    LogPdet,
    Nonincreasing,
    Pinv,
    RankAtMost,
    TargetProp,
    Zero,
    collect,
    crosscheck,
    eta,
    evaluate,
    full_row_rank,
    inner,
    matadd,
    matmul,
    order_in_eta,
    squared_norm,
    transpose,
)
from tptheory.claims.goals import Rate
from tptheory.errors import InvalidTypeError, InvalidValueError
from tptheory.numeric.leading_term import leading_term

BP, TP = Backprop(), TargetProp()
net, half = DeepLinearNetwork(depth=2), Rational(1, 2)
W, x, d, e = net.weight(2), net.activation(1), TP.error_signal(net, 1), net.error


def minus(first, second):
    """Return a difference."""
    return matadd(first, matmul(-1, second))


BALANCE = minus(matmul(transpose(W), W), matmul(net.weight(1), transpose(net.weight(1))))
G1, G2 = BP.descent(net, 1), BP.descent(net, 2)
BALANCE_STEP = matmul(eta**2, minus(matmul(transpose(G2), G2), matmul(G1, transpose(G1))))
a = inner(x, d)
HIDDEN, OUTSIDE = minus(x, matmul(Pinv(W), W, x)), minus(e, matmul(W, Pinv(W), e))
q = squared_norm(d) * squared_norm(HIDDEN) + squared_norm(matmul(transpose(Pinv(W)), x)) * squared_norm(OUTSIDE)
LAW = LogPdet(W) - half * squared_norm(net.weight(1))

LIBRARY = {
    "balancedness.py::bp_balance": None,
    "balancedness.py::bp_balance_step": True,
    "balancedness.py::bp_balance_step_with_biases": True,
    "balancedness.py::fa_alignment_step": True,
    "log_determinant.py::tp_logdet": None,
    "log_determinant.py::damped_tp_logdet": None,
    "order_of_samples.py::one_layer_commutator": True,
    "order_of_samples.py::one_layer_sequence_against_batch": True,
}


@pytest.mark.parametrize(("node", "agrees"), LIBRARY.items(), ids=LIBRARY.keys())
def test_theorems_of_second_order(node, agrees):
    """The laws of flows are broken by eta^2 in a step, slope 2.00 +- 0.01, with the coefficients that theorems give."""
    found = order_in_eta(collect(f"proofs/{node}")[0], trials=2)
    assert found.slope == pytest.approx(2, abs=0.01)
    assert found.standard_error < 1e-6
    assert (found.agrees, found.expected, found.passed) == (agrees, 2, True)
    assert agrees is None or found.remainder == math.inf


def test_the_balance_step_exactly():
    """The exact leading term is the formula's, entry by entry, in fractions."""
    found = order_in_eta(BALANCE, BP.step(net), formula=BALANCE_STEP)
    assert found.powers == (2, 2, 2, 2)
    assert all((c == f).all() for c, f in zip(found.coefficients, found.claimed, strict=True))
    assert all(isinstance(entry, Fraction) for c in found.coefficients for entry in c.flat)


def test_the_log_determinant_step():
    """One TP step multiplies pdet^2 by (1 - eta a)^2 + eta^2 q: the formula leaves nothing, in 100 digits."""
    exact = half * log((1 - eta * a) ** 2 + eta**2 * q)
    found = order_in_eta(LogPdet(W), TP.step(net), formula=exact)
    assert found.slope == pytest.approx(1, abs=0.01)
    assert (found.remainder, found.agrees) == (math.inf, True)


def test_the_determinant_step_exactly():
    """At full row rank det(W_2 W_2') is multiplied by (1 - eta a)^2 + eta^2 |d|^2 |p|^2, exactly, as rationals say."""
    gram, rest = Determinant(matmul(W, transpose(W))), eta**2 * squared_norm(d) * squared_norm(HIDDEN)

    def left_by(ratio):
        return order_in_eta(gram, TP.step(net), formula=gram * (ratio - 1), given=full_row_rank(W)).remainder

    assert left_by((1 - eta * a) ** 2 + rest) == math.inf
    assert left_by((1 + eta * a) ** 2 + rest) == 1
    assert left_by((1 - eta * a) ** 2) == 2


def test_the_drift_of_the_log_determinant_law():
    """It is eta^2 (q - a^2 - |G_1|^2) / 2 to leading order, and what that leaves is of order 3."""
    formula = eta**2 / 2 * (q - a**2 - squared_norm(TP.descent(net, 1)))
    found = order_in_eta(LAW, TP.step(net), formula=formula)
    assert found.slope == pytest.approx(2, abs=0.01)
    assert found.remainder == pytest.approx(3, abs=0.01)
    assert found.agrees
    assert all(np.allclose(c, f, rtol=1e-9) for c, f in zip(found.coefficients, found.claimed, strict=True))
    assert found.powers == (None,) * 4


@pytest.mark.parametrize("rule", [BP, TP, DampedTargetProp()], ids=repr)
def test_the_loss_falls_to_first_order(rule):
    """By eta times the inner product of what the rule descends with the gradient."""
    slope = sum(inner(rule.descent(net, l), BP.descent(net, l)) for l in (1, 2))
    found = order_in_eta(net.loss, rule.step(net), formula=-eta * slope)
    assert found.slope == pytest.approx(1, abs=0.01)
    assert found.agrees
    assert found.remainder == pytest.approx(2, abs=0.01)
    assert found.powers == (1, 1, 1, 1)


FAULTS = {
    "sign of a matrix": (BALANCE, BP, matmul(-1, BALANCE_STEP)),
    "sign of a term": (
        BALANCE, BP, matmul(eta**2, matadd(matmul(transpose(G2), G2), matmul(G1, transpose(G1))))
    ),
    "power": (BALANCE, BP, matmul(eta, BALANCE_STEP)),
    "sign in the drift": (LAW, TP, eta**2 / 2 * (q + a**2 - squared_norm(TP.descent(net, 1)))),
    "factor in the drift": (LAW, TP, eta**2 * (q - a**2 - squared_norm(TP.descent(net, 1)))),
    "without what is hidden": (LAW, TP, eta**2 / 2 * (-(a**2) - squared_norm(TP.descent(net, 1)))),
    "a part in a million": (BALANCE, BP, matmul(1 + Rational(1, 10**6), BALANCE_STEP)),
}  # fmt: skip


@pytest.mark.parametrize(("quantity", "rule", "formula"), FAULTS.values(), ids=FAULTS.keys())
def test_wrong_coefficients_are_noticed(quantity, rule, formula):
    """A formula with a fault leaves as much as it explains."""
    found = order_in_eta(quantity, rule.step(net), formula=formula)
    assert found.slope == pytest.approx(2, abs=0.01)
    assert (found.agrees, found.passed) == (False, False)


def test_laws_that_no_flow_has_are_of_first_order():
    """TP does not conserve the balance: a step changes it by eta, and the cross-check says that the law fails."""
    found = crosscheck(Conserved(BALANCE, along=TP.flow(net)), trials=10)
    assert found.order.slope == pytest.approx(1, abs=0.01)
    assert (found.order.passed, found.passed) == (False, False)


s, c = symbols("s c", real=True)
A, B, h = MatrixSymbol("A", 2, 2), MatrixSymbol("B", 1, 1), Symbol("h")


@pytest.mark.parametrize("power", [1, 2, 3, 4])
def test_orders_are_told_apart(power):
    """A defect of eta^k + eta^(k+1) has slope k, exactly k as a power; eta^3 is not taken for eta^2, nor back."""
    found = order_in_eta(Zero(matmul(eta**power * (1 + eta), A)))
    assert found.slope == pytest.approx(power, abs=0.01)
    assert set(found.powers) == {power}
    for claimed in (2, 3):
        equation = order_in_eta(Equal(matmul(eta**power * (1 + eta), A), matmul(eta**claimed, A)))
        assert (equation.expected, equation.passed) == (claimed, power == claimed)


def test_no_defect():
    """What a step leaves alone has no order: the slope is infinite, and no instance is regressed."""
    found = order_in_eta(Zero(matmul(eta, minus(matmul(A, Pinv(A), A), A))))
    assert (found.slope, found.instances, found.higher) == (math.inf, 0, 4)
    assert found.residuals.shape == (0, len(found.scales))


def test_instances_of_higher_order_are_set_apart():
    """c eta + eta^2 vanishes to first order where c = 0; the order is the least, and the rest are counted."""
    integer = Symbol("k", integer=True, nonnegative=True)
    found = order_in_eta(Zero(eta * integer * (integer - 1) + eta**2), trials=40)
    assert found.slope == pytest.approx(1, abs=0.01)
    assert found.instances + found.higher == 40
    assert found.higher > 0


def test_rational_functions_have_exact_leading_terms():
    """With an inverse in it the defect is rational in eta: x^2 / (1 + 2 x) - x^2 is -2 x^3 to leading order."""
    term = leading_term(h**2 / (1 + 2 * h) - h**2, {}, h)
    assert (term.power, term.coefficient.item()) == (3, Fraction(-2))
    matrix = leading_term(ImmutableMatrix([[h**2, h**5 / (3 + h)]]), {}, h)
    assert (matrix.power, matrix.coefficient.tolist()) == (2, [[1, 0]])
    inverse = leading_term(minus(Inverse(matadd(B, matmul(h, B))), Inverse(B)), {B: fmpq_mat(1, 1, [2])}, h)
    assert (inverse.power, inverse.coefficient.tolist()) == (1, [[Fraction(-1, 2)]])
    assert leading_term((1 + h) ** 2 - 1 - 2 * h - h**2, {}, h).power == math.inf
    assert leading_term(h**10 * (1 + h) ** 10, {}, h).power == 10


def test_what_has_no_exact_leading_term():
    """Neither a pole, nor what is singular at 0, nor a power that is too high: these are estimated from floats."""
    assert leading_term((1 + h) / h**2, {}, h) is None
    assert leading_term(Inverse(matmul(h, B)), {B: fmpq_mat(1, 1, [2])}, h) is None
    assert leading_term(h**100, {}, h) is None
    found = order_in_eta(Zero(matmul(1 / eta, A)))
    assert (found.slope, found.powers) == (pytest.approx(-1, abs=0.01), (None,) * 4)


def test_pseudo_inverses_after_a_step():
    """The new signal (W_2 + dW_2)+ e of TP differs by eta to first order, exactly, by a rational function of eta."""
    found = order_in_eta(Pinv(W), TP.step(net), given=full_row_rank(W), trials=2)
    assert found.slope == pytest.approx(1, abs=0.01)
    assert found.powers == (1, 1)


def test_steps_that_change_a_rank_are_left_out():
    """At W_2 = 0 a step raises the rank and pdet jumps: no law of the flow speaks of it, and none is measured there."""
    narrow = DeepLinearNetwork(widths=(1, 1, 1))
    found = order_in_eta(LogPdet(narrow.weight(2)), TP.step(narrow), trials=30)
    assert found.slope == pytest.approx(1, abs=0.01)


def test_cross_checks_say_which_order():
    """Of laws of flows and of formulas in eta^2; of other claims, and where it is not wanted, None."""
    law, formula = (
        collect("proofs/balancedness.py::bp_balance")[0],
        collect("proofs/balancedness.py::bp_balance_step")[0],
    )
    assert crosscheck(law, trials=6).order.slope == pytest.approx(2, abs=0.01)
    assert "order=2.0000" in repr(crosscheck(law, trials=6))
    assert crosscheck(formula, trials=6).order.agrees
    assert crosscheck(law, trials=6, orders=False).order is None
    assert crosscheck(Equal(A, A), trials=2).order is None
    assert crosscheck(Conserved(TP.update(net, 1), along=TP.flow(net)), trials=4).order is None


def test_a_law_that_a_step_keeps_exactly_has_no_order():
    """The difference of a weight and its learned feedback is the same after a step: there is no defect to measure."""
    rule = KolenPollack(decay=0)
    found = crosscheck(Conserved(minus(transpose(W), rule.feedback(net, 2)), along=rule.flow(net)), trials=5)
    assert found.passed
    assert found.order is None


def test_a_wrong_formula_fails_a_cross_check():
    """The order of what it leaves is that of the defect."""
    wrong = Equal(minus(BP.step(net).after(BALANCE), BALANCE), matmul(-1, BALANCE_STEP))
    found = crosscheck(wrong, trials=6)
    assert (found.order.agrees, found.passed) == (False, False)


def test_the_order_trusts_no_calculus(monkeypatch):
    """A law off by 1e-9 passes central differences; were its derivative wrong too, its step would still break it."""
    monkeypatch.setattr(Rate, "symbolic", lambda _: S.Zero)
    found = crosscheck(Conserved(LAW + squared_norm(W) / 10**9, along=TP.flow(net)), trials=10)
    assert found.residual < 1e-6
    assert (found.exact_trials, found.exact_failures) == (10, 0)
    assert (found.order.passed, found.passed) == (False, False)
    assert crosscheck(Conserved(LAW, along=TP.flow(net)), trials=10).passed


def test_degenerate_instances_are_reported_apart():
    """A claim that holds at generic matrices alone fails on degenerate ones, and the report says where."""
    m, n = symbols("m n", integer=True, positive=True)
    M = MatrixSymbol("M", m, n)
    half_true = crosscheck(Equal(matmul(M, Pinv(M), M), M), trials=40)
    assert (half_true.degenerate_trials, half_true.trials) == (20, 40)
    assert half_true.degenerate_residual <= half_true.residual
    square = MatrixSymbol("Q", 2, 2)
    generic = crosscheck(Equal(matmul(Pinv(square), square, square), square), trials=200)
    assert generic.degenerate_residual == generic.residual > 0.1
    assert not generic.passed


def test_the_same_seed_gives_the_same_figures():
    """Bit for bit; and what was measured can be sent to another process."""
    first, second = (order_in_eta(BALANCE, BP.step(net), seed=3) for _ in range(2))
    assert first == second
    assert (first.residuals == second.residuals).all()
    assert pickle.loads(pickle.dumps(first)) == first  # noqa: S301  our own bytes
    assert order_in_eta(BALANCE, BP.step(net), seed=4).coefficients[0].shape != () != first.coefficients[0].shape


def as_rows(value):
    """Return the rows of a matrix, or of a column that is given as a flat list."""
    return value if isinstance(value[0], list) else [[entry] for entry in value]


def test_the_estimate_is_the_exact_coefficient():
    """In 100 digits the extrapolated coefficient of the TP loss step is the exact one to 1e-9."""
    values = {net.weight(1): [[1, 2], [0, 1]], W: [[1, 1]], net.input: [1, 2], net.target: [3]}
    step = TP.step(net).after(net.loss)
    sizes = [Fraction(1, 2**k) for k in (40, 42)]
    before = evaluate(net.loss, values, arithmetic="mp100")
    coarse, fine = ((evaluate(step, {**values, eta: h}, arithmetic="mp100") - before) / float(h) for h in sizes)
    exact = leading_term(step - net.loss, {s: fmpq_mat(as_rows(v)) for s, v in values.items()}, eta)
    assert float((4 * fine - coarse) / 3) == pytest.approx(float(exact.coefficient), rel=1e-9)


@pytest.mark.parametrize(
    ("arguments", "settings", "error", "message"),
    [
        ((A,), {}, InvalidTypeError, "'along' must be a step or a flow"),
        ((A, "step"), {}, InvalidTypeError, "'along' must be a step or a flow"),
        (("A", BP.step(net)), {}, InvalidTypeError, "Text is never evaluated"),
        ((Equal(A, A),), {}, InvalidValueError, "'subject' must be one in which eta stands"),
        ((A, BP.step(net)), {}, InvalidValueError, "'subject' must be one in which eta stands"),
        ((RankAtMost(A, 1),), {}, InvalidTypeError, "'subject' must be an expression, or a claim"),
        ((Nonincreasing(net.loss, along=BP.flow(net)),), {}, InvalidTypeError, "'subject' must be an expression"),
        ((Zero(eta * A), BP.step(net)), {}, InvalidTypeError, "'along' must be left out"),
        ((net.loss, BP.step(net)), {"trials": 0}, InvalidValueError, "'trials' must be a positive integer"),
    ],
)
def test_bad_arguments(arguments, settings, error, message):
    """What has no order is refused by name."""
    with pytest.raises(error, match=message):
        order_in_eta(*arguments, **settings)


def test_impossible_hypotheses():
    """Where nothing meets the hypotheses, nothing is measured, and that is said; a cross-check has no order then."""
    tall = MatrixSymbol("T", 3, 2)
    claim = Equal(matmul(eta**2, tall), matmul(eta**2, tall), given=[full_row_rank(tall)])
    with pytest.raises(InvalidValueError, match="hypotheses that some instance meets"):
        order_in_eta(claim)
    assert crosscheck(claim, trials=2).order is None
