"""The defaults of a rule's parameters, by symbol or by name: simulation and training read both, and refuse the rest."""

from fractions import Fraction

import numpy as np
import pytest
from sympy import Rational, Symbol

from tptheory import Momentum, Rule, matmul, simulate, train
from tptheory.errors import InvalidTypeError, InvalidValueError

s = Symbol("s", positive=True)
NET = ([[[1.0]], [[2.0]]], [1.0], [1.0])


def scaled(defaults):
    """Return a rule whose feedback is a parameter times the transpose, with these defaults."""

    class Scaled(Rule):
        """A parameter times the transpose."""

        def feedback(self, net, l):
            """Return ``s W_l'``."""
            return matmul(s, net.weight(l).T)

    Scaled.defaults = defaults
    return Scaled()


@pytest.mark.parametrize("key", ["s", s, Symbol("s")], ids=["name", "symbol", "another symbol of that name"])
@pytest.mark.parametrize("number", [0.5, Fraction(1, 2), Rational(1, 2)], ids=repr)
def test_a_default_is_read_by_its_name(key, number):
    """As the value that is given in each call, in rules that are made of the rule too."""
    rule = scaled({key: number})
    run = simulate(rule, *NET, steps=2)
    assert run == simulate(rule, *NET, steps=2, constants={"s": 0.5})
    assert run.constants == {"s": 0.5}
    assert simulate(rule, *NET, steps=2, constants={s: 0.25}).constants == {"s": 0.25}
    assert simulate(Momentum(rule), *NET, steps=1).constants == {"mu": 1, "s": 0.5}
    trained = train(rule, steps=2), train(rule, steps=2, constants={"s": 0.5})
    np.testing.assert_array_equal(trained[0].weights[0], trained[1].weights[0])


@pytest.mark.parametrize(
    ("defaults", "error", "message"),
    [
        ([("s", 0.5)], InvalidTypeError, "'defaults' must be a mapping from symbols or names to numbers"),
        ({3: 0.5}, InvalidTypeError, r"'defaults' must be a mapping .*\(got 3\)\. Write defaults = \{'s': 0\.5\}"),
        ({"s": "0.5"}, InvalidTypeError, r"'defaults\[s\]' must be a number \(got '0\.5'\)"),
        ({"s": True}, InvalidTypeError, r"'defaults\[s\]' must be a number"),
        ({"s": 1, s: 2}, InvalidValueError, "'defaults' must be a mapping that gives each parameter once"),
    ],
)
def test_what_is_no_default_is_refused(defaults, error, message):
    """Where the class is made, and where the attribute is set."""
    with pytest.raises(error, match=message):
        type("Mine", (Rule,), {"defaults": defaults})
    with pytest.raises(error, match=message):
        scaled(defaults)


def test_help_tells_of_defaults():
    """The docstring of `Rule` is where one looks."""
    assert 'defaults = {"s": 0.5}' in " ".join(Rule.__doc__.split())
