"""One name, one meaning: what a claim speaks of, and what is refused when it is built."""

import pytest
import sympy
from sympy import Trace

from tptheory import AllOf, Backprop, TargetProp, rule_named
from tptheory.errors import InvalidValueError
from tptheory.preamble import *

N = Symbol("N", integer=True)


def size(name):
    """Return a size of that name."""
    return Symbol(name, integer=True, positive=True)


net, other, wide = DeepLinearNetwork(depth=2), DeepLinearNetwork(widths=(2, 2, 1)), DeepLinearNetwork(depth=3)
deep, deeper = DeepLinearNetwork(depth=L), DeepLinearNetwork(depth=N)
bp = Backprop()
undeclared = MatrixSymbol("W_1", *symbols("n_1 n_0"))
W = net.weight(1)
named, product = MatrixSymbol("A*B", n, n), MatrixSymbol("A", n, n) * MatrixSymbol("B", n, n)
ones = Recursion("c", 0, L, 0, lambda _, c: c + 1)
twos = Recursion("c", 0, L, 0, lambda _, c: c + 2)
within = Recursion("d", 0, L, 0, lambda i, d: d + twos(i))
biased = DeepLinearNetwork(depth=L, biases=True)

REFUSED = {
    "one's own eta": lambda: Equal(bp.update(net, 1), -Symbol("eta") * net.error * net.input.T),
    "one's own eta beside a step's": lambda: Zero(Symbol("eta") * bp.step(net).after(W)),
    "one's own eta in a quantity": lambda: Conserved(Symbol("eta") * squared_norm(W), along=bp.step(net)),
    "one's own lambda": lambda: Conserved(
        Symbol("lambda", real=True) * squared_norm(W), along=rule_named("damped-tp").flow(net)
    ),
    "another net's loss along a flow": lambda: Conserved(other.loss, along=bp.flow(net)),
    "another depth's loss along a flow": lambda: Nonincreasing(wide.loss, along=bp.flow(net)),
    "a weight by hand along a flow": lambda: Conserved(squared_norm(undeclared), along=bp.flow(net)),
    "a weight by hand in a step": lambda: Conserved(squared_norm(undeclared), along=bp.step(net)),
    "a weight of a depth along a flow of any": lambda: Conserved(squared_norm(W), along=bp.flow(deep)),
    "a weight of a depth beside one of any": lambda: ForAll(
        Equal(Trace(W.T * W), squared_norm(deep.weight(l))), (l, 1, L)
    ),
    "weights of two depths that are any": lambda: Equal(squared_norm(deep.weight(1)), squared_norm(deeper.weight(1))),
    "activations of two nets": lambda: Equal(squared_norm(deep.activation(1)), squared_norm(biased.activation(1))),
    "another net's weight in a hypothesis": lambda: Zero(W, given=[full_row_rank(other.weight(1))]),
    "another size in an alternative": lambda: AnyOf(Zero(W), Zero(undeclared)),
    "a matrix and a number": lambda: Equal(Trace(W), Symbol("W_1")),
    "a size of two kinds": lambda: Zero(MatrixSymbol("A", n, 1), given=[Zero(MatrixSymbol("B", Symbol("n"), 1))]),
    "a size and an index": lambda: ForAll(Zero(MatrixSymbol("B", size("l"), 1)), (l, 1, L)),
    "two recursions": lambda: ForAll(Equal(ones(l), twos(l)), (l, 0, L)),
    "two recursions, one inside another": lambda: ForAll(Equal(ones(l), within(l)), (l, 0, L)),
    "a size called 2": lambda: RankAtMost(MatrixSymbol("B", size("2"), n), 2),
    "a size called 1": lambda: RankAtMost(MatrixSymbol("v", n, size("1")), 1),
    "a size called 2, and a trace": lambda: Equal(Trace(Identity(size("2"))), 2),
    "a number called 1/2": lambda: Equal(Symbol("1/2"), Symbol("x")),
    "a size called as a sum": lambda: RankAtMost(
        Trace(MatrixSymbol("D", size("a"), size("b")) * MatrixSymbol("E", size("b"), size("a")))
        * MatrixSymbol("C", size("a + b"), size("a + b")),
        size("a") + size("b"),
    ),
    "a matrix called as a product": lambda: Equal(named, product, given=[rank_one(named), rank_one(product)]),
    "norms of what is called alike": lambda: Equal(
        squared_norm(named), squared_norm(product), given=[nonzero(named), nonzero(product)]
    ),
    "matrices of two shapes in two claims": lambda: AllOf(Zero(MatrixSymbol("A", 2, 2)), Zero(MatrixSymbol("A", 3, 3))),
    "a number and a matrix in two claims": lambda: AllOf(Zero(Symbol("A")), Zero(MatrixSymbol("A", n, n))),
    "a shape of numbers beside one of widths": lambda: AllOf(
        Zero(MatrixSymbol("A", n, n)), Zero(MatrixSymbol("A", 2, 2))
    ),
    "numbers of two kinds in two claims": lambda: AllOf(Zero(Symbol("c")), Zero(Symbol("c", real=True))),
    "a matrix called as a member": lambda: ForAll(
        Zero(MatrixSymbol("W[l]", n, n) * Trace(deep.weight(l).T * deep.weight(l))), (l, 1, L)
    ),
}


@pytest.mark.parametrize("build", REFUSED.values(), ids=REFUSED.keys())
def test_two_meanings_of_one_name_are_refused(build):
    """The error says the name, both meanings and the mend; it is a ValueError."""
    with pytest.raises(ValueError, match=r"one meaning \(got two called .* give the other another name") as refusal:
        build()
    assert isinstance(refusal.value, InvalidValueError)


NAMELESS = ["", " ", "-A", "+A", "A.T", "A.I"]


@pytest.mark.parametrize("name", NAMELESS)
def test_what_does_not_read_as_a_name_is_refused(name):
    """A name that cannot be told from an expression, or cannot be seen, is refused with the mend."""
    for build in (
        lambda: Zero(MatrixSymbol(name, 2, 2)),
        lambda: Zero(Symbol(name)),
        lambda: AllOf(Zero(Symbol(name))),
    ):
        with pytest.raises(InvalidValueError, match=r"one that reads as a name.* Call it otherwise"):
            build()


@pytest.mark.parametrize("name", [r"\hat{W}", "W^{(1)}", "α", "A_2", "two words", "A'"])
def test_a_name_may_be_latex_or_words(name):
    """What a person reads as a name is taken."""
    assert name in Zero(MatrixSymbol(name, 2, 2)).statement()


NO_NUMBERS = [0.5, sympy.I, sympy.oo, -sympy.oo, sympy.zoo, sympy.nan]


@pytest.mark.parametrize("number", NO_NUMBERS, ids=str)
def test_numbers_that_are_not_exact_are_refused(number):
    """Floats, imaginary numbers and infinities are refused in claims and in their hypotheses."""
    for build in (lambda: Zero(number * Symbol("x")), lambda: Zero(W, given=[Equal(W, W * number)])):
        with pytest.raises(InvalidValueError, match=r"exact real numbers .* Write Rational\(1, 10\)"):
            build()


TAKEN = {
    "sizes that are not declared": lambda: Zero(MatrixSymbol("A", *symbols("m n"))),
    "the symbols of tptheory": lambda: Zero(eta * alpha * damping * W),
    "a batch called as a matrix of feedback": lambda: Zero(
        rule_named("fa").update(DeepLinearNetwork(depth=L, batch=size("B")), 1)
    ),
    "an input, and the activations": lambda: Equal(deep.activation(0), deep.input),
    "each its own net": lambda: AllOf(
        Conserved(net.loss, along=bp.flow(net)), Conserved(wide.loss, along=bp.flow(wide))
    ),
    "a sample and a batch of one depth": lambda: Equal(
        TargetProp().backward(deep, 1), TargetProp().backward(DeepLinearNetwork(depth=L, batch=3), 1)
    ),
    "an index of a hypothesis": lambda: ForAll(
        Zero(deep.weight(l)), (l, 1, L), given=[ForAll(invertible(deep.weight(k) * deep.weight(k).T), (k, 1, L))]
    ),
    "one recursion, built twice": lambda: Equal(ones(1), Recursion("c", 0, L, 0, lambda _, c: 1 + c)(1)),
}


@pytest.mark.parametrize("build", TAKEN.values(), ids=TAKEN.keys())
def test_one_meaning_of_each_name_is_taken(build):
    """What shares a name and is the same, or is told apart by what it is, may stand in one claim."""
    assert build().statement()


def test_what_is_another_at_each_layer_is_refused():
    """A definition that depends on the layer of the claim, or a symbol whose size does, is another one at each."""
    shifted = Recursion("s", 0, L, l, lambda _, s: s + 1)
    with pytest.raises(InvalidValueError, match="free of definitions that depend on l"):
        ForAll(Zero(shifted(l)), (l, 1, L))
    with pytest.raises(InvalidValueError, match="free of symbols whose size depends on l"):
        ForAll(Zero(matmul(MatrixSymbol("A", n, deep.widths[l]), deep.activation(l))), (l, 1, L))
