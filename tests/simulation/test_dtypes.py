"""One program, four kinds of numbers: runs in float64, in any digits and in exact rationals say the same."""

from fractions import Fraction
from itertools import pairwise

import mpmath
import numpy as np
import pytest
from sympy import Symbol

from tptheory.errors import InvalidTypeError
from tptheory.numeric.evaluation import evaluate
from tptheory.simulation import steps
from tptheory.simulation.runs import simulate
from tptheory.symbolic.rule_scalars import eta
from tptheory.symbolic.rules import RULES, Backprop, FeedbackAlignment, Newton, TargetProp

ETA = Fraction(1, 20)


def problem(widths, batch=None, seed=0):
    """Draw well-conditioned weights, an input and a target, of eighths."""
    rng = np.random.default_rng(seed)

    def draw(*shape):
        return np.vectorize(lambda v: Fraction(int(v), 8), otypes=[object])(rng.integers(-3, 4, shape))

    weights = [draw(n, m) + np.eye(n, m, dtype=int) for m, n in pairwise(widths)]
    shape = () if batch is None else (batch,)
    return weights, draw(widths[0], *shape), draw(widths[-1], *shape)


def as_fraction(number):
    """Return the rational that an entry of any run is."""
    if hasattr(number, "_mpf_"):
        return Fraction(*mpmath.libmp.to_rational(number._mpf_))
    return number if isinstance(number, Fraction) else Fraction(float(number))


def farthest(run, exact):
    """Return the largest difference of any record from the exact one, relative to the largest entry of that."""
    names = ("weights", "biases", "activations", "updates", "bias_updates")
    pairs = [pair for name in names for pair in zip(getattr(run, name), getattr(exact, name), strict=True)]
    pairs += list(zip(run.error_signals[1:], exact.error_signals[1:], strict=True))
    pairs += [(run.errors, exact.errors), (run.loss, exact.loss)]
    pairs += [(run.states[name], exact.states[name]) for name in exact.states]
    worst = Fraction(0)
    for ours, truth in pairs:
        assert ours.shape == truth.shape
        scale = max(map(abs, truth.flat))
        gaps = (abs(as_fraction(a) - b) for a, b in zip(ours.flat, truth.flat, strict=True))
        worst = max(worst, max(gaps) / max(scale, Fraction(1, 1000)))
    return worst


@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize("name", RULES)
def test_all_dtypes_agree(name, biases):
    """Every record of a run in float64 and in mp50 is the exact one but for rounding: 1e-11, and 45 digits."""
    widths, batch = ((3, 2, 4), 5) if name == "newton" else ((3, 3, 2), 2)
    weights, x, y = problem(widths, batch)
    columns = [[Fraction(1, 8)] * n for n in widths[1:]] if biases else None
    given = {"beta": Fraction(1, 2)} if name == "ep" else None
    runs = {
        dtype: simulate(
            RULES[name](), weights, x, y, lr=ETA, steps=2, dtype=dtype, biases=columns, seed=3, constants=given
        )
        for dtype in ("float32", "float64", "mp50", "exact")
    }
    assert all(isinstance(entry, Fraction) for entry in (*runs["exact"].weights[0].flat, *runs["exact"].loss))
    assert runs["exact"].lr == ETA
    assert farthest(runs["float32"], runs["exact"]) < Fraction(1, 10**3)
    assert farthest(runs["float64"], runs["exact"]) < Fraction(1, 10**11)
    assert farthest(runs["mp50"], runs["exact"]) < Fraction(1, 10**45)


@pytest.mark.parametrize("name", RULES)
def test_an_exact_step_is_the_rules_expression(name):
    """The first exact step adds, to the last digit, what the rule's own expressions say of the whole net."""
    widths, batch = ((3, 2, 4), 5) if name == "newton" else ((3, 3, 2), 2)
    rule, (weights, x, y) = RULES[name](), problem(widths, batch)
    given = {"beta": Fraction(1, 2)} if name == "ep" else None
    run = simulate(rule, weights, x, y, lr=ETA, steps=1, dtype="exact", seed=1, constants=given)
    net = run.net
    values = dict(zip(net.weights, weights, strict=True)) | {net.input: x, net.target: y, eta: ETA}
    for symbol in {s for change in rule.step(net).values() for s in change.free_symbols} - set(values):
        states = {name: state[0] for name, state in run.states.items()}
        values[symbol] = (run.constants | states)[str(symbol)]
    for l in (1, 2):
        change = evaluate(rule.update(net, l), values, arithmetic="exact")
        expected = [[Fraction(int(q.p), int(q.q)) for q in row] for row in change.tolist()]
        assert run.updates[l - 1][0].tolist() == expected
        assert (run.weights[l - 1][1] == run.weights[l - 1][0] + run.updates[l - 1][0]).all()


def test_one_exact_step_of_target_propagation_by_hand():
    """W_2 = (2), W_1 = (1, 1/2), x = (1, 2), y = 1: e = 3, d_1 = 3/2, and the step subtracts eta d x'."""
    run = simulate(TargetProp(), [[[1, Fraction(1, 2)]], [[2]]], [1, 2], [1], lr=Fraction(1, 3), steps=1, dtype="exact")
    assert run.errors[0, 0, 0] == 3
    assert run.error_signals[1][0, 0, 0] == Fraction(3, 2)
    assert run.weights[0][1].tolist() == [[Fraction(1, 2), Fraction(-1, 2)]]
    assert run.weights[1][1].tolist() == [[0]]
    assert run.loss.tolist() == [Fraction(9, 2), Fraction(1, 2)]


def test_one_step_changes_the_balance_by_the_stated_square():
    """THEORY 4, bp-balance: one step changes W_2'W_2 - W_1W_1' by exactly eta^2 (G_2'G_2 - G_1G_1')."""
    run = simulate(Backprop(), *problem((3, 3, 2)), lr=ETA, steps=3, dtype="exact")
    (W, V), (dW, dV) = run.weights, run.updates
    for t in range(3):
        before, after = (V[s].T @ V[s] - W[s] @ W[s].T for s in (t, t + 1))
        assert (after - before == dV[t].T @ dV[t] - dW[t] @ dW[t].T).all()
        assert (dV[t] != 0).any()


def test_the_error_ray_is_exact():
    """THEORY 4, error-ray: e+ = (1 - c_L) e to the last digit, at full row rank."""
    run = simulate(TargetProp(), *problem((4, 3, 2), seed=2), lr=ETA, steps=2, dtype="exact")
    for t in range(2):
        c = Fraction(0)
        for l in (1, 2):
            below, d = run.activations[l - 1][t], run.error_signals[l - 1][t]
            c += ETA * ((below**2).sum() - c * (below * d).sum())
        assert (run.errors[t + 1] == (1 - c) * run.errors[t]).all()


def test_draws_are_the_same_in_every_dtype():
    """A seed draws one set of matrices; in exact arithmetic they are the rationals that the floats are."""
    weights, x, y = problem((3, 3, 2))
    drawn = [
        simulate(FeedbackAlignment(), weights, x, y, lr=ETA, steps=1, dtype=dtype, seed=5).constants["B_2"]
        for dtype in ("float64", "mp50", "exact")
    ]
    for other in drawn[1:]:
        assert [as_fraction(entry) for entry in other.flat] == [Fraction(entry) for entry in drawn[0].flat]


def test_many_digits_are_kept():
    """At 50 digits a conserved quantity drifts in step with eta, and not with the rounding of floats."""
    weights, x, y = problem((2, 2, 2))
    run = simulate(TargetProp(), weights, x, y, lr=Fraction(1, 10**30), steps=2, dtype="mp50")
    moved = run.weights[0][2] - run.weights[0][0]
    assert 0 < max(map(abs, moved.flat)) < 1e-28
    assert run.lr == evaluate(Symbol("s"), {Symbol("s"): Fraction(1, 10**30)}, arithmetic="mp50")


def test_an_exact_run_stops_before_its_numbers_fill_the_memory(monkeypatch):
    """Numerators grow with each step; past the limit the run stops, says so, and keeps what it has."""
    monkeypatch.setattr(steps, "MOST_BITS", 500)
    run = simulate(TargetProp(), *problem((3, 3, 2)), lr=ETA, steps=50, dtype="exact")
    assert run.status == "stopped"
    assert 0 < run.steps < 10
    assert len(run.loss) == run.steps + 1
    assert run.message.startswith(f"Stopped after {run.steps} of 50 steps: a number is longer than 500 bits.")
    assert "take fewer steps, or dtype='mp200'" in run.message


@pytest.mark.parametrize("dtype", ["mp50", "exact"])
def test_divergence_stops_where_floats_would(dtype):
    """Numbers without a largest one stop at float64's, with the step and the norm."""
    start = [[[Fraction(3)]], [[Fraction(3)]]]
    floats, run = (simulate(Backprop(), start, [1], [0], lr=1, steps=40, dtype=name) for name in ("float64", dtype))
    assert (run.status, run.steps) == (floats.status, floats.steps) == ("diverged", run.steps)
    assert run.message == floats.message


def test_what_does_not_exist_is_nan():
    """d_0 of Newton's method at a singular Gram matrix is NaN in every dtype."""
    for dtype in ("float64", "mp50", "exact"):
        run = simulate(Newton(), *problem((3, 2, 4), 5), lr=ETA, steps=1, dtype=dtype)
        assert run.error_signals[0].shape == (2, 3, 5)
        assert all(entry != entry for entry in run.error_signals[0].flat)


def test_exact_runs_refuse_floats():
    """A float is no exact number, wherever it stands; the default step size is a hundredth."""
    weights, x, y = problem((2, 2))
    with pytest.raises(
        InvalidTypeError, match=r"'lr' must be made of integers or fractions \(got 0\.1\)\. Give Fraction\('0\.1'\)"
    ):
        simulate(Backprop(), weights, x, y, lr=0.1, steps=1, dtype="exact")
    with pytest.raises(InvalidTypeError, match=r"'x' must be made of integers or fractions"):
        simulate(Backprop(), weights, [0.5, 1], y, steps=1, dtype="exact")
    assert simulate(Backprop(), weights, x, y, steps=1, dtype="exact").lr == Fraction(1, 100)
