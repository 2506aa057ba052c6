"""Laws are found and counted at given parameters and fixed matrices of a rule, exactly."""

from fractions import Fraction

import pytest
from sympy import Rational, Symbol

from tptheory import Momentum, Pinv, Rule, conservation_laws, count_conservation_laws, matadd, matmul, transpose
from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, UnknownNameError

s = Symbol("s", nonnegative=True)


class Mixed(Rule):
    """``s`` times the transpose and ``1 - s`` times the pseudo-inverse."""

    def feedback(self, net, l):
        """Return the mixture."""
        W = net.weight(l)
        return matadd(matmul(s, transpose(W)), matmul(1 - s, Pinv(W)))


@pytest.mark.parametrize(("value", "twin"), [(1, "bp"), (0, "tp")])
def test_at_the_ends_a_mixture_conserves_what_the_ends_conserve(value, twin):
    """The counts agree, and the laws are proved for the rule at that number."""
    mixed, pure = conservation_laws(Mixed(), (2, 2, 1), constants={"s": value}), conservation_laws(twin, (2, 2, 1))
    assert mixed.counted.count == pure.counted.count
    assert mixed.laws == pure.laws
    assert mixed.certified
    assert repr(mixed.rule) == f"Mixed() at s = {value}"
    assert mixed.counted.constants == (("s", str(value)),)


def test_between_the_ends_there_are_fewer():
    """At a number in between, and at a random one, the count is the same; the fraction is read exactly."""
    at_half = count_conservation_laws(Mixed(), (2, 2, 2), constants={s: Fraction(1, 2)})
    assert at_half.count == count_conservation_laws(Mixed(), (2, 2, 2)).count
    assert at_half.count < count_conservation_laws("bp", (2, 2, 2)).count
    assert "s = 1/2" in repr(at_half)


def test_a_count_at_random_values_says_so():
    """What was drawn at random is named in each text: parameters and fixed matrices without a value, and no others."""
    mixed = conservation_laws(Mixed(), (1, 1, 1))
    assert repr(mixed) == (
        "<0 independent conserved quantities of Mixed() at widths (1, 1, 1), but there is 1 for almost every s: "
        "1 has a form that was not tried, such as coefficients that depend on s, which may be given as numbers>"
    )
    damped = conservation_laws("damped-tp", (2, 2, 1))
    assert "which is all there are for almost every lambda: " in repr(damped)
    assert "at widths (2, 2, 1) for almost every lambda: " in repr(damped.counted)
    assert "almost" not in repr(conservation_laws("damped-tp", (2, 2, 1), constants={"lambda": 2}))
    assert "almost" not in repr(conservation_laws("tp", (2, 2, 1)))
    fixed = {"B_2": [[1, 0], [0, 1]]}
    assert count_conservation_laws("fa", (2, 2, 2, 2), constants=fixed).drawn == ("B_3",)


def test_a_state_moves_with_the_parameters_at_a_number():
    """A momentum whose friction is given is the one that was made with it, momenta among what moves."""
    given = count_conservation_laws("momentum", (1, 1, 1), constants={"mu": Fraction(1, 2)})
    made = count_conservation_laws(Momentum(mu=Rational(1, 2)), (1, 1, 1))
    assert (given.count, given.dimension, given.ranks) == (made.count, 4, made.ranks)
    with pytest.raises(UnknownNameError, match=r"'constants' must be one of mu .got 'V_1'"):
        count_conservation_laws("momentum", (1, 1, 1), constants={"V_1": [[1]]})


def test_a_fixed_matrix_changes_the_count():
    """With ``B_2 = 0`` nothing reaches the first layer: ``W_1`` is conserved, which is not proved, for it is false."""
    generic = count_conservation_laws("fa", (2, 2, 2))
    identity = count_conservation_laws("fa", (2, 2, 2), constants={"B_2": [[1, 0], [0, 1]]})
    at_zero = conservation_laws("fa", (2, 2, 2), constants={"B_2": [[0, 0], [0, 0]]})
    assert (generic.count, identity.count, at_zero.counted.count) == (3, 3, 4)
    assert [str(law) for law in at_zero.laws] == ["W_1"]
    assert not at_zero.certified
    (law,) = at_zero.found
    assert law.verdict.word == "undecided"
    assert "for the values that are given; for all matrices it is false" in law.verdict.explain()
    assert law.verdict.evidence["counterexample for all matrices"]
    assert "B_2 = [[0, 0], [0, 0]]" in repr(at_zero.counted)


@pytest.mark.parametrize(
    ("constants", "error", "message"),
    [
        ({"t": 1}, UnknownNameError, r"'constants' must be one of s .got 't'"),
        ({"s": -1}, InvalidValueError, r"'constants\[s\]' must be a number that s, declared nonnegative, may be"),
        ({"s": 0.5}, InvalidTypeError, r"'constants\[s\]' must be made of integers or fractions"),
    ],
)
@pytest.mark.parametrize("function", [conservation_laws, count_conservation_laws])
def test_a_wrong_value_is_refused(function, constants, error, message):
    """What is unknown, not admitted, or not rational."""
    with pytest.raises(error, match=message):
        function(Mixed(), (2, 2, 1), constants=constants)


def test_a_matrix_of_a_wrong_shape_is_refused():
    """The error names the shape, which the widths give."""
    with pytest.raises(ShapeError, match=r"'constants\[B_2\]' must be of shape \(2, 1\) \(got \(1, 2\)\)"):
        count_conservation_laws("fa", (2, 2, 1), constants={"B_2": [[1, 2]]})
    with pytest.raises(UnknownNameError, match="Did you mean 'fa'"):
        count_conservation_laws("ffa", (2, 2, 1))


def test_a_float_is_told_as_the_fraction_to_give():
    """The mend is one that these functions have; the rule is named as its user wrote it."""
    with pytest.raises(InvalidTypeError, match=r"'constants\[s\]' must be .*\(got 0\.3\)\. Give Fraction\('0\.3'\)\.$"):
        conservation_laws(Mixed(), (2, 2, 1), constants={"s": 0.3})
    counted = count_conservation_laws(Mixed(), (1, 1, 1), constants={"s": Fraction("0.3")})
    assert repr(counted).startswith("<1 conservation law of Mixed() at s = 3/10 at widths (1, 1, 1): ")
