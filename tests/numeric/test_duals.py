"""Exact dual numbers: rates by the rules of calculus, where matrices are singular and ranks are low too."""

import pytest
from flint import fmpq, fmpq_mat
from sympy import Determinant, Inverse, MatrixSymbol, Symbol, exp, log, sqrt, symbols

from tptheory import Backprop, DeepLinearNetwork, LogPdet, Pinv, TargetProp, matadd, matmul, squared_norm, trace
from tptheory.claims.goals import Change, Rate
from tptheory.errors import InvalidValueError, UnsupportedExpressionError
from tptheory.measuring.goal_values import AsTyped
from tptheory.measuring.instances import Instances
from tptheory.numeric.evaluation import evaluate, evaluate_with
from tptheory.numeric.jets import DualArithmetic, Jet, RankChangesError
from tptheory.numeric.rationals import VerifiedArithmetic

kind = DualArithmetic()
m, n = symbols("m n", integer=True, positive=True)
A, S, x = MatrixSymbol("A", 2, 3), MatrixSymbol("S", 3, 3), MatrixSymbol("x", 3, 1)
c = Symbol("c")
EPSILON = fmpq(1, 10**12)
START = {
    A: fmpq_mat(2, 3, [1, 2, 0, 3, 1, 1]),
    S: fmpq_mat(3, 3, [2, 1, 0, 1, 3, 1, 0, 1, 1]),
    x: fmpq_mat(3, 1, [1, 0, 2]),
}
SPEED = {
    A: fmpq_mat(2, 3, [0, 1, 1, 2, 0, 1]),
    S: fmpq_mat(3, 3, [1, 0, 2, 0, 1, 1, 3, 0, 1]),
    x: fmpq_mat(3, 1, [1, 1, 0]),
}


def rate(expression):
    """Return the rate along `SPEED`."""
    return evaluate_with(kind, expression, {s: Jet([START[s], SPEED[s]]) for s in START}).rate


def slope(expression):
    """Return a difference quotient in exact rationals, at a distance of 1e-12."""
    ahead = {s: START[s] + SPEED[s] * EPSILON for s in START}
    values = (evaluate(expression, at, arithmetic="exact") for at in (ahead, START))
    difference = next(values) - next(values)
    return difference / EPSILON


EXPRESSIONS = {
    "sum and product": matadd(matmul(A, S), matmul(3, A)),
    "pseudo-inverse": Pinv(A),
    "pseudo-inverse of a column": Pinv(x),
    "inverse": Inverse(S),
    "power": S**3,
    "negative power": S**-2,
    "trace": matmul(squared_norm(A), x),
    "determinant": Determinant(S),
    "fraction": 1 / squared_norm(x) + trace(S) ** 2,
    "entry": S[0, 2] * A[1, 1],
}


@pytest.mark.parametrize("expression", EXPRESSIONS.values(), ids=EXPRESSIONS.keys())
def test_rates_are_slopes(expression):
    """The rate is the difference quotient, up to what its distance leaves."""
    found, close = rate(expression), slope(expression)
    pairs = zip(found.entries(), close.entries(), strict=True) if isinstance(found, fmpq_mat) else [(found, close)]
    assert all(abs(a - b) < fmpq(1, 10**8) for a, b in pairs)


def test_a_logarithm_has_a_rate_and_no_value():
    """The rate is rational; the value is left open, and refused where a rate depends on it."""
    assert evaluate_with(kind, LogPdet(S), {S: Jet([START[S], SPEED[S]])}).value is None
    assert rate(LogPdet(S)) == EXACT_TRACE
    assert rate(log(squared_norm(x))) == rate(squared_norm(x)) / 5
    assert evaluate_with(kind, exp(c) + c, {c: Jet([fmpq(2), None])}).rate is None
    for expression in (LogPdet(S) * trace(S), exp(trace(S)), sqrt(trace(S)), matmul(LogPdet(S), x)):
        with pytest.raises(UnsupportedExpressionError):
            rate(expression)
    with pytest.raises(InvalidValueError, match="logarithms of positive numbers"):
        evaluate_with(kind, log(c), {c: Jet([fmpq(-1), fmpq(1)])})


EXACT_TRACE = evaluate(trace(matmul(Inverse(S), x * x.T)), START, arithmetic="exact") * 0 + sum(
    (START[S].inv() * SPEED[S])[i, i] for i in range(3)
)


def test_a_determinant_moves_where_it_is_singular():
    """Its rate is that of the adjugate: of rank two it moves, of rank one it does not."""
    for diagonal, expected in (((1, 2, 0), 2), ((1, 0, 0), 0), ((0, 0, 0), 0)):
        singular = fmpq_mat(3, 3, [diagonal[0], 0, 0, 0, diagonal[1], 0, 0, 0, diagonal[2]])
        identity = fmpq_mat(3, 3, [1, 0, 0, 0, 1, 0, 0, 0, 1])
        assert kind.determinant(Jet([singular, identity])).rate == expected
    assert kind.determinant(Jet([fmpq_mat(1, 1, [0]), fmpq_mat(1, 1, [7])])).rate == 7


def test_a_rank_that_changes_has_no_rate():
    """Where the rank would rise to first order a pseudo-inverse is refused; where it stays it is not."""
    low = fmpq_mat(2, 2, [1, 0, 0, 0])
    for expression in (kind.pinv, kind.logpdet):
        with pytest.raises(RankChangesError):
            expression(Jet([low, fmpq_mat(2, 2, [0, 0, 0, 1])]))
        assert expression(Jet([low, fmpq_mat(2, 2, [2, 1, 0, 0])])).rate is not None
    assert kind.pinv(Jet([low, fmpq_mat(2, 2, [2, 0, 0, 0])])).rate == fmpq_mat(2, 2, [-2, 0, 0, 0])


@pytest.mark.parametrize("rule", [Backprop(), TargetProp()])
def test_rates_and_changes_of_rules(rule):
    """Followed as they are typed, rates and changes are what their symbolic forms give."""
    import numpy as np

    from tptheory import Conserved

    net = DeepLinearNetwork(depth=2)
    quantity = matadd(matmul(net.weight(1), net.weight(1).T), matmul(2, net.weight(2).T, net.weight(2)))
    for term in (Rate(quantity, rule.flow(net)), Rate(net.loss, rule.flow(net), -1), Change(quantity, rule.step(net))):
        motion = rule.step(net) if isinstance(term, Change) else rule.flow(net)
        source = Instances(Conserved(quantity, along=motion))
        for _ in range(3):
            values = source.draw(np.random.default_rng(3))
            plain, compiled = (look.at(values)(term) for look in (AsTyped(), AsTyped(source.symbols)))
            assert plain == compiled == evaluate(term.symbolic(), values, arithmetic="exact")


def test_inverses_are_held_against_what_defines_them(monkeypatch):
    """A wrong pseudo-inverse, or inverse, is not used."""
    verified = VerifiedArithmetic()
    assert verified.pinv(START[A]) == verified.inverted(START[A])[0]
    monkeypatch.setattr(VerifiedArithmetic, "inverted", lambda _, A: (A.transpose(), 1, 1))
    with pytest.raises(ArithmeticError, match="does not meet the equations"):
        verified.pinv(START[A])
