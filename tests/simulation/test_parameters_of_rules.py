"""Parameters of a rule get values by one reader, in simulations and ensembles; rules may be given by their names."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from sympy import Rational, Symbol

from tptheory import DampedTargetProp, Pinv, Rule, damping, matadd, matmul, simulate, simulate_ensemble, transpose
from tptheory.errors import InvalidTypeError, InvalidValueError, UnknownNameError

s, t = Symbol("s", positive=True), Symbol("t")


class Mixed(Rule):
    """``s`` times the transpose and ``t`` times the pseudo-inverse."""

    def feedback(self, net, l):
        """Return the mixture."""
        W = net.weight(l)
        return matadd(matmul(s, transpose(W)), matmul(t, Pinv(W)))


rng = np.random.default_rng(0)
NET = ([rng.standard_normal((3, 4)), rng.standard_normal((2, 3))], rng.standard_normal(4), rng.standard_normal(2))
STACK = ([np.stack([W, 2 * W]) for W in NET[0]], *NET[1:])
EXACT = ([[[1, 2]], [[2]]], [1, 1], [1])


@pytest.mark.parametrize(("function", "net"), [(simulate, NET), (simulate_ensemble, STACK)], ids=["one", "many"])
def test_a_rule_may_be_given_by_its_name(function, net):
    """A name gives what the rule gives; a wrong one is refused with the nearest, a class with its parentheses."""
    named, given = function("damped-tp", *net, steps=3), function(DampedTargetProp(), *net, steps=3)
    np.testing.assert_array_equal(named.loss, given.loss)
    with pytest.raises(UnknownNameError, match=r"'rule' must be one of .*Did you mean 'damped-tp'"):
        function("damped-pt", *net)
    with pytest.raises(InvalidTypeError, match=r"Add parentheses: Mixed\(\)\."):
        function(Mixed, *net)


@pytest.mark.parametrize(("function", "net"), [(simulate, NET), (simulate_ensemble, STACK)], ids=["one", "many"])
def test_values_go_by_symbol_or_name(function, net):
    """The keys are symbols or names, the numbers of any kind; ``damping`` is a name of ``lambda``."""
    runs = [
        function(Mixed(), *net, steps=3, constants=constants)
        for constants in (
            {"s": 0.5, "t": 0.25},
            {s: Fraction(1, 2), t: Rational(1, 4)},
            {"s": np.float64(0.5), t: 0.25},
        )
    ]
    for run in runs[1:]:
        np.testing.assert_array_equal(run.loss, runs[0].loss)
    damped = [function("damped-tp", *net, steps=3, constants={key: 0.3}) for key in ("lambda", "damping", damping)]
    np.testing.assert_array_equal(damped[0].loss, damped[1].loss)
    np.testing.assert_array_equal(damped[0].loss, damped[2].loss)
    assert damped[0].constants == {"lambda": 0.3}


def test_a_parameter_is_what_stands_in_the_formula():
    """At ``s = 1, t = 0`` the rule is backpropagation; in exact arithmetic one step by hand agrees."""
    bp, mixed = simulate("bp", *NET, steps=5), simulate(Mixed(), *NET, steps=5, constants={"s": 1, "t": 0})
    np.testing.assert_allclose(mixed.loss, bp.loss, rtol=1e-13)
    third = {"s": Fraction(1, 3), "t": Fraction(1, 5)}
    run = simulate(Mixed(), *EXACT, lr=Fraction(1, 10), steps=1, dtype="exact", constants=third)
    M = Fraction(1, 3) * 2 + Fraction(1, 5) / 2
    e = 2 * (1 + 2) - 1  # x_2 - y
    assert run.weights[0][1].tolist() == [[1 - Fraction(1, 10) * M * e, 2 - Fraction(1, 10) * M * e]]


REFUSED = [
    (
        {"s": 1},
        InvalidValueError,
        r"a number for t, which Mixed.. uses .got numbers for s.\. Give constants=.'t': 0.5",
    ),
    ({"s": 1, "t": 1, "u": 1}, UnknownNameError, r"'constants' must be one of s, t .got 'u'"),
    ({"s": -1, "t": 1}, InvalidValueError, r"'constants\[s\]' must be a number that s, declared positive, may be"),
    ({"s": 0, "t": 1}, InvalidValueError, r"'constants\[s\]' must be a number that s, declared positive, may be"),
    ({"s": 1, "t": "1/3"}, InvalidTypeError, r"'constants\[t\]' must be a real number"),
    ({"s": 1, "t": True}, InvalidTypeError, r"'constants\[t\]' must be a real number"),
    ({"s": 1, "t": np.nan}, InvalidValueError, r"'constants\[t\]' must be a finite number"),
    ({"s": 1, "t": np.ones((2, 2))}, InvalidTypeError, r"'constants\[t\]' must be a real number"),
    ({"s": 1, s: 2, "t": 1}, InvalidValueError, r"'constants' must be a mapping that gives s once"),
    ({"s": 1, 3: 1}, InvalidTypeError, r"'constants' must be a mapping from symbols or names"),
    ([("s", 1)], InvalidTypeError, r"'constants' must be a mapping from symbols or names"),
]


@pytest.mark.parametrize(("constants", "error", "message"), REFUSED)
@pytest.mark.parametrize(("function", "net"), [(simulate, NET), (simulate_ensemble, STACK)], ids=["one", "many"])
def test_a_wrong_value_is_refused(function, net, constants, error, message):
    """What is missing, unknown, not admitted, of the wrong kind, or given twice."""
    with pytest.raises(error, match=message):
        function(Mixed(), *net, constants=constants)


def test_assumptions_are_read_exactly():
    """A number too small for a float is still positive; an integer may be given as 2.0, and not as 2.5."""

    class Scaled(Rule):
        def feedback(self, net, l):
            return matmul(self.k, transpose(net.weight(l)))

    rule = Scaled()
    rule.k = Symbol("k", positive=True)
    tiny = mpmath.mpf(10) ** -400
    run = simulate(rule, [[[1]], [[1]]], [1], [0], dtype="mp50", steps=1, constants={"k": tiny})
    assert run.constants["k"] == tiny
    rule.k = Symbol("k", integer=True)
    assert simulate(rule, [[[1.0]], [[1.0]]], [1.0], [0.0], steps=1, constants={"k": 2.0}).status == "completed"
    with pytest.raises(InvalidValueError, match="k, declared integer, may be"):
        simulate(rule, [[[1.0]], [[1.0]]], [1.0], [0.0], steps=1, constants={"k": 2.5})
