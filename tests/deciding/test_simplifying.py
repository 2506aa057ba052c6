"""What `simplify` returns is shorter, equal, and proved to be."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Identity, Inverse, MatrixSymbol, Symbol, Trace, symbols

from tptheory import (
    Backprop,
    DeepLinearNetwork,
    Equal,
    Pinv,
    TargetProp,
    crosscheck,
    derivative,
    full_row_rank,
    matadd,
    matmul,
    orthogonal,
    squared_norm,
)
from tptheory.deciding.simplifying import cost_to_read, simplify
from tptheory.errors import InvalidTypeError, InvalidValueError, TptheoryError

m, n, k = symbols("m n k", integer=True, positive=True)
A, B, C = MatrixSymbol("A", m, n), MatrixSymbol("B", n, k), MatrixSymbol("C", m, n)
S, T = MatrixSymbol("S", n, n), MatrixSymbol("T", n, n)
NET = DeepLinearNetwork(depth=2)
W1, W2 = NET.weights
TP, BP = TargetProp(), Backprop()
E = {"e": NET.error}

ODD = ["a b", "1x", "x+y", "Pinv(A)", "A.T", "W[l]", "\n", "_", "-e", "I", "Trace"]

KNOWN = {
    "Penrose": (A * Pinv(A) * A, (), None, "A"),
    "push-through": (Inverse(Identity(n) + A.T * A) * A.T * (Identity(m) + A * A.T), (), None, "A.T"),
    "normal equations": (Pinv(A.T * A) * A.T, (), None, "Pinv(A)"),
    "a projection is its own": (Pinv(A * Pinv(A)), (), None, "A*Pinv(A)"),
    "common factor": (A * B + C * B, (), None, "(A + C)*B"),
    "an orthogonal matrix cancels": (S.T * S * T * S * S.T, [orthogonal(S)], None, "T"),
    "by an equation": (S * T * S, [Equal(S * T, Identity(n))], None, "S"),
    "traces": (Trace(S * T) - Trace(T * S) + Trace(S.T * T.T), (), None, "Trace(T*S)"),
    "a target that is reached": (
        matmul(W2, TP.target(NET, 1) - NET.activation(1)),
        [full_row_rank(W2)],
        E,
        "-alpha*e, where e = W_2*W_1*x - y",
    ),
    "an update": (TP.update(NET, 1), (), E, "-eta*Pinv(W_2)*e*x.T, where e = W_2*W_1*x - y"),
    "a difference of rules": (
        matadd(TP.update(NET, 1), matmul(-1, BP.update(NET, 1))),
        (),
        E,
        "-eta*(Pinv(W_2) - W_2.T)*e*x.T, where e = W_2*W_1*x - y",
    ),
    "a loss": (NET.loss, (), E, "Trace(e.T*e)/2, where e = W_2*W_1*x - y"),
}


@pytest.mark.parametrize(("expression", "given", "names", "short"), KNOWN.values(), ids=KNOWN)
def test_known_simplifications(expression, given, names, short):
    """What is known to be shorter is found, and its certificate says that the two are equal."""
    found = simplify(expression, given=given, names=names)
    assert str(found) == short
    assert found.certificate.check().accepted
    assert found.verdict.claim.lhs == found.original == expression


def test_a_rate_of_change_is_what_a_person_writes():
    """Along TP's flow the loss falls at a rate of six letters, where the derivative as SymPy has it has forty."""
    found = simplify(derivative(NET.loss, along=TP.flow(NET)), given=[full_row_rank(W2)], names=E)
    assert (cost_to_read(found.original)[0], cost_to_read(found.expression)[0]) == (40, 6)


def test_what_is_short_stays():
    """Where nothing shorter is found, the expression itself is returned, with a proof that it equals itself."""
    found = simplify(Pinv(A * B))
    assert found.expression == Pinv(A * B)
    assert found.verdict.proved


@pytest.mark.parametrize("hypotheses", [[], [orthogonal(S)], [Equal(S * T, T * S)]])
@given(words=st.lists(st.lists(st.sampled_from([S, T, S.T, Pinv(S)]), min_size=1, max_size=4), min_size=1, max_size=3))
@settings(max_examples=8, deadline=None)
def test_never_longer_and_equal_on_numbers(hypotheses, words):
    """Whatever is simplified costs no more than before, and has the same value on instances of the hypotheses."""
    expression = matadd(*(matmul(*word) for word in words))
    found = simplify(expression, given=hypotheses, seconds=2)
    assert cost_to_read(found.expression) <= cost_to_read(expression)
    assert crosscheck(Equal(expression, found.expression, given=hypotheses), trials=5).passed


def test_a_cost_of_ones_own_decides():
    """A cost that counts pseudo-inverses above all keeps `Pinv(A*B)`, and one that counts letters opens nothing."""
    expression = matadd(A * B * Pinv(A * B) * A, A)

    def dislikes_sums(e):
        return (str(e).count("+"), len(str(e)))

    found = simplify(expression, cost=dislikes_sums)
    assert dislikes_sums(found.expression) <= dislikes_sums(expression)


def test_an_expression_at_a_layer():
    """At any depth, what stands at a layer is simplified for any matrices in its place."""
    l, L = symbols("l L", integer=True)
    W = DeepLinearNetwork(depth=L).weight(l)
    found = simplify(matmul(W, Pinv(W), W))
    assert found.expression == W
    assert found.verdict.proved
    with pytest.raises(InvalidValueError, match="'given' must be empty"):
        simplify(W, given=[full_row_rank(W)])


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("A + B",), {}, "'expression' must be a SymPy expression"),
        ((A,), {"names": ["e"]}, "'names' must be a dict"),
        ((A,), {"names": {"A": A * B}}, "'names' must be names that no symbol has yet"),
        ((A,), {"names": {"": A}}, "'names' must be a dict whose keys are names"),
        *(((A,), {"names": {odd: A * B}}, "'names' must be names that a symbol could have") for odd in ODD),
        ((A,), {"cost": lambda _: None}, "'cost' must be a function .* real number.* (got None"),
        ((A,), {"cost": lambda _: (1, "short")}, "'cost' must be a function .* real number"),
        ((A,), {"cost": lambda _: float("nan")}, "'cost' must be a function .* real number"),
        ((A,), {"cost": lambda _: Symbol("x")}, "'cost' must be a function .* real number"),
        ((A,), {"cost": lambda _: 1 / 0}, "'cost' must be .* (got one that raised ZeroDivisionError"),
        ((A,), {"cost": 3}, "'cost' must be a function"),
        ((A,), {"seconds": 0}, "'seconds' must be a positive number"),
        ((A,), {"given": "full rank"}, "'given' must be a list of hypotheses"),
    ],
)
def test_bad_input_is_named(arguments, options, message):
    """Each wrong argument is refused by name."""
    with pytest.raises((InvalidTypeError, InvalidValueError), match=message.replace("(", r"\(")):
        simplify(*arguments, **options)


def test_contradicting_hypotheses_are_refused():
    """Under hypotheses that nothing meets, nothing has a verdict, and so nothing is simplified."""
    with pytest.raises(TptheoryError):
        simplify(S * T, given=[orthogonal(S), Equal(S, 2 * S)], seconds=2)


def test_shown_as_text_and_latex():
    """The result says itself in text, in LaTeX and with its proof."""
    found = simplify(squared_norm(W2 * W1), names={"P": W2 * W1})
    assert "where P = W_2*W_1" in str(found)
    assert r"\text{where }" in found.latex()
    assert found._repr_latex_().startswith("$")
    assert "Trace" in found.explain()
    s = Symbol("s", positive=True)
    assert str(simplify(s**2 / s)) == "s"
