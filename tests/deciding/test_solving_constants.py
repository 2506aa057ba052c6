"""The constants that make a claim true are found, are all, and are proved."""

import pytest
from flint import fmpq, fmpq_mat
from sympy import Identity, Inverse, MatrixSymbol, Rational, S, Symbol, Trace, symbols

from tptheory import (
    Backprop,
    Conserved,
    DampedTargetProp,
    DeepLinearNetwork,
    Equal,
    LogPdet,
    Pinv,
    RankAtMost,
    TargetProp,
    Zero,
    damping,
    eta,
    holds,
    invertible,
    matadd,
    matmul,
    rank_one,
    squared_norm,
    symmetric,
)
from tptheory.deciding.combinations import find
from tptheory.deciding.equations_at_instances import ConstantsAtParameters
from tptheory.deciding.solving_constants import _interpolated, solve_constants
from tptheory.errors import InvalidTypeError, InvalidValueError, UnsupportedExpressionError
from tptheory.numeric.matrix_fields import LinearRelations

n, m = symbols("n m", integer=True, positive=True)
a, b, c, q = symbols("a b c q", real=True)
s, t = symbols("s t", positive=True)
A, M = MatrixSymbol("A", n, n), MatrixSymbol("M", m, n)
NET = DeepLinearNetwork(depth=2)
W1, W2 = NET.weights
TP, BP = TargetProp(), Backprop()

SCALED = Equal(matmul(W2, W2.T, W2), matmul(s, W2))

SOLVED = {
    "the law of TP": (
        Conserved(LogPdet(W2) - c * squared_norm(W1) - a * squared_norm(W2), along=TP.flow(NET)),
        [a, c],
        {a: 0, c: Rational(1, 2)},
    ),
    "balance": (
        Conserved(matadd(matmul(c, W2.T, W2), matmul(a, W1, W1.T)), along=BP.flow(NET)),
        [c, a],
        {c: -a, a: a},
    ),
    "the size of a step": (Equal(TP.update(NET, 2), matmul(c, NET.error, NET.activation(1).T)), [c], {c: -eta}),
    "a rational function": (
        Equal(matmul(Inverse(matmul(s + s * t, Identity(m))), M), matmul(c, M)),
        [c],
        {c: 1 / (s * (1 + t))},
    ),
    "a size": (Equal(c * Trace(Identity(n)), 1), [c], {c: 1 / n}),
    "under a hypothesis": (
        Equal(matadd(matmul(a, A), matmul(b, A.T)), A, given=[symmetric(A)]),
        [a, b],
        {a: 1 - b, b: b},
    ),
    "Penrose": (Equal(matmul(c, M, Pinv(M), M), M), [c], {c: 1}),
    "a parameter that a hypothesis ties to a matrix": (
        Equal(DampedTargetProp().update(NET, 1), matmul(c, BP.update(NET, 1)), given=[SCALED]),
        [c],
        {c: 1 / (s + damping)},
    ),
    "matrices of any shape that a parameter scales": (
        Equal(Pinv(M), matmul(c, M.T), given=[Equal(matmul(M, M.T, M), matmul(s, M))]),
        [c],
        {c: 1 / s},
    ),
    "a parameter that is tied, of any sign": (
        Equal(matmul(A, A, A), matmul(c, A), given=[Equal(matmul(A, A), matmul(q, A))]),
        [c],
        {c: q**2},
    ),
    "a parameter that is another one": (Equal(matmul(q, A), matmul(c, A), given=[Equal(q, s + 1)]), [c], {c: q}),
    "a parameter that has one value": (Equal(matmul(s, A), matmul(c, A), given=[Equal(s, 2)]), [c], {c: 2}),
    "a parameter that is 0": (Equal(matmul(c, A), matadd(A, matmul(q, A)), given=[Zero(q)]), [c], {c: 1}),
    "the cube of a size": (Equal(c, Trace(Identity(n)) ** 3), [c], {c: n**3}),
    "one over the cube of a size": (Equal(c * Trace(Identity(n)) ** 3, 1), [c], {c: n**-3}),
    "two sizes": (Equal(c * Trace(Identity(n)), Trace(Identity(m)) * Trace(Identity(n)) + 1), [c], {c: m + 1 / n}),
}


@pytest.mark.parametrize(("claim", "unknowns", "values"), SOLVED.values(), ids=SOLVED)
def test_known_constants(claim, unknowns, values):
    """What is known comes out, whole, and has a proof."""
    found = solve_constants(claim, unknowns)
    assert {k: S(v - values[k]).simplify() for k, v in found.values.items()} == dict.fromkeys(values, 0)
    assert found.verdict.certificate.check().accepted
    assert found.free == tuple(k for k, v in values.items() if k == v)


def test_where_there_are_none():
    """No multiple of the norm makes the log-determinant a law of BP; that is said, with the instances it rests on."""
    found = solve_constants(Conserved(LogPdet(W2) - c * squared_norm(W1), along=BP.flow(NET)), [c])
    assert found.values is None
    assert found.verdict is None
    assert found.instances > 0
    assert "no value of c makes it true" in str(found)


def test_what_only_singular_matrices_break_has_no_constant():
    """Invertible matrices admit c = 1, singular ones nothing: no constant is read off the invertible ones alone."""
    found = solve_constants(Equal(matmul(c, A, Pinv(A)), Identity(n)), [c])
    assert (found.values, found.verdict) == (None, None)
    assert solve_constants(Equal(matmul(c, A, Pinv(A)), Identity(n), given=[invertible(A)]), [c]).values == {c: 1}


def at(number, *rows):
    """Return equations at one value of t: the coefficient of each unknown, and then what has none."""
    relations = LinearRelations(len(rows[0]), fmpq_mat)
    relations.add([[fmpq(x) for x in row] for row in rows])
    return ConstantsAtParameters({t: fmpq(number)}, relations, 1)


def test_one_choice_of_parameters_can_rule_all_constants_out():
    """A few values without a solution are enough for none, unless the function has a pole there."""
    ones = [at(k, (1, -1)) for k in range(2, 12)]
    assert _interpolated([c], [t], ones) == {c: 1}
    assert _interpolated([c], [t], [*ones, at(1, (0, 1))]) is None
    assert _interpolated([c], [t], [at(k, (k - 1, -1)) for k in range(1, 12)]) == {c: 1 / (t - 1)}


def test_a_function_that_fails_somewhere_is_not_given():
    """Where other constants than those of the function are right at one value, no function is given."""
    found = [at(k, (1, 0, -1), (0, 1, 0)) for k in range(2, 12)]
    assert _interpolated([c, a], [t], found) == {c: 1, a: 0}
    with pytest.raises(UnsupportedExpressionError, match="other values where t = 1"):
        _interpolated([c, a], [t], [*found, at(1, (1, 1, -2))])


def test_what_no_function_of_low_degree_is_has_no_value_that_is_guessed():
    """Where more points would be needed than there are, that is said; no other function is put through those."""
    for claim in (Equal(c, Trace(Identity(n)) ** 5), Equal(c * (1 + s**3), s)):
        with pytest.raises(UnsupportedExpressionError, match="degree at most 2"):
            solve_constants(claim, [c])


def test_the_basis_of_a_space_of_laws():
    """At depth 3 the log-determinants of TP give two laws; each free constant alone is one of them."""
    net = DeepLinearNetwork(depth=3)
    words = [LogPdet(W) for W in net.weights] + [squared_norm(W) for W in net.weights]
    found = find("conserved", words, along=TP.flow(net))
    assert found.verdict.proved
    assert len(found.basis) == 2
    assert [sum(value != 0 for value in one.values()) for one in found.basis] == [2, 2]


def test_combinations_that_are_equal_or_parallel():
    """A matrix is found among others; under a rank-one layer above, TP's update is parallel to BP's."""
    assert find("equal", [M * Pinv(M) * M, M], to=M).free == (Symbol("c_2", real=True),)
    ways = [TP.update(NET, 1)]
    target = BP.update(NET, 1)
    assert find("parallel", ways, to=target, given=[rank_one(W2)]).free == (Symbol("c_1", real=True),)
    assert find("parallel", ways, to=target).values == {Symbol("c_1", real=True): 0}


@pytest.mark.parametrize(
    ("claim", "unknowns", "message"),
    [
        (Zero(A), [], "'unknowns' must be at least one symbol"),
        (Zero(c * A), ["c"], "'unknowns' must be a list of symbols"),
        (Zero(c * A), [a], "'unknowns' must be symbols in the claim"),
        (Zero(c**2 * A), [c], "must be affine in the unknowns"),
        (RankAtMost(c * A, 1), [c], "must be made of equations"),
        (Zero(c * A, given=[Equal(A, A + Identity(n))]), [c], "something meets"),
        (Zero(c * A, given=[Zero(s)]), [c], "something meets .*s = 0 is never so: s is declared positive"),
        ("c = 1", [c], "'claim' must be a claim"),
        (Equal(2 * s * A, -A), [s], "must be any real number, not declared positive"),
        (Equal(c * A, M.T * M, given=[Equal(M.T * M, c * A)]), [c], "symbols of which no hypothesis speaks"),
        (Zero(A, given=[Zero(c * A)]), [c], "symbols of which no hypothesis speaks|symbols in the claim"),
        (Equal(n * A, 2 * A), [n], "'unknowns' must be no size of a matrix"),
    ],
)
def test_bad_input_is_named(claim, unknowns, message):
    """Each wrong argument is refused by name."""
    with pytest.raises((InvalidTypeError, InvalidValueError, UnsupportedExpressionError), match=message):
        solve_constants(claim, unknowns)


@pytest.mark.parametrize(
    ("kind", "words", "options"),
    [("constant", [A], {}), ("conserved", [A], {}), ("parallel", [Trace(A)], {"to": Trace(A)}), ("equal", [], {})],
)
def test_a_question_that_lacks_something_is_refused(kind, words, options):
    """An unknown kind, a flow that is missing and an empty list are refused."""
    with pytest.raises((InvalidTypeError, InvalidValueError)):
        find(kind, words, **options)


def test_a_wrong_constant_would_not_be_proved():
    """The verdict is that of the claim with the values: a claim with another constant has no proof."""
    claim = Conserved(LogPdet(W2) - c * squared_norm(W1), along=TP.flow(NET))
    found = solve_constants(claim, [c])
    assert found.claim.quantity == LogPdet(W2) - squared_norm(W1) / 2
    assert found._repr_latex_().startswith("$")
    assert "proved" in found.explain()


def test_a_value_at_one_point_is_not_taken_for_a_constant():
    """Where instances are at one value of a number only, and nothing is proved there, a constant is not known."""
    claim = Equal(matmul(t, A), matmul(c, A), given=[Equal(t**2, 4)])
    with pytest.raises(UnsupportedExpressionError, match=r"instances at several values .* t = 2 only"):
        solve_constants(claim, [c])


def test_a_value_with_a_pole_says_where_it_is_a_number():
    """At the pole no constant does; a divisor that is never 0 is not told."""
    c, x = symbols("c x", real=True)
    n = Symbol("n", integer=True, positive=True)
    S_n = MatrixSymbol("S", n, n)
    told = {
        Equal(S_n, c * x * S_n): "x is not 0",
        Equal((n - 1) * c * S_n, n * S_n): "n - 1 is not 0",
        Equal((1 + x**2) * c * S_n, x * S_n): "",
        Equal(n * c * S_n, S_n): "",
    }
    for claim, pole in told.items():
        found = solve_constants(claim, [c])
        assert found.verdict.proved
        assert found.assumptions == ((f"where {pole}",) if pole else ())
        assert str(found).endswith(f"(proved, where {pole})" if pole else "(proved)")
    assert not holds(Equal(S_n, c * x * S_n), {S_n: [[1]], c: 5, x: 0}).holds


def test_only_zeros_and_free_constants_are_told():
    """A combination of nothing is no answer, and what is free stands with no equation of its own."""
    weights = [squared_norm(W1), squared_norm(W2)]
    nothing = find("conserved", weights, along=TP.flow(NET))
    assert str(nothing) == "only zeros make it true: c_1 = 0, c_2 = 0 (proved)"
    found = find("conserved", weights, along=BP.flow(NET))
    assert found._repr_latex_() == r"$\displaystyle c_{1} = - c_{2},\quad c_{2} \text{ free}$"
