"""Claims made of claims: one of several, and one at every layer."""

import pytest

from tptheory import AllOf, Backprop, TargetProp, crosscheck, decide, prove, refute, transpose
from tptheory.claims.ranges import at_small_depths, depth_symbols, is_layered
from tptheory.errors import InvalidTypeError, InvalidValueError
from tptheory.preamble import *

C = MatrixSymbol("C", n, m)
c = Symbol("c", real=True)
net = DeepLinearNetwork(depth=L)
W = net.weight
same = Equal(TargetProp().update(net, l), Backprop().update(net, l))
either = AnyOf(full_row_rank(C), Zero(C))
isometries = ForAll(partial_isometry(W(k)), (k, 2, L))


def test_one_of_several_is_a_product():
    """AnyOf vanishes where the product of the squared norms does."""
    claim = AnyOf(Zero(c), Equal(A, transpose(C)))
    ((product, zero),) = claim.equations()
    assert zero == 0
    assert product.has(c)
    assert claim.statement() == "c = 0, or A = C.T"


def test_cases_are_proved_and_refuted():
    """From c A = 0 one of both vanishes; from A or C full rank not both do."""
    assert prove(AnyOf(Zero(c), Zero(A), given=[Zero(matmul(c, A))])).proved
    assert decide(Zero(A, given=[AnyOf(Zero(c), Zero(A))]), seconds=5).refuted
    assert refute(AnyOf(Zero(A), Zero(C)), seconds=5).refuted
    assert prove(Equal(matmul(A, transpose(A), A), A, given=[AnyOf(partial_isometry(A), Zero(A))])).proved


def test_neighbours_name_what_they_share_once():
    """Hypotheses, and what is taken for granted, are said once; a semicolon ends what they reach."""
    full, inverse = [full_row_rank(A)], (A * A.T).inverse()
    claim = AllOf(Zero(A, given=full), Zero(C, given=full), Zero(c))
    assert claim.statement() == "if A has full row rank, then A = 0, and C = 0; and c = 0"
    assert claim.latex() == "If $A$ has full row rank, then $A = 0$, and $C = 0$; and $c = 0$."
    claim = AllOf(Equal(A, inverse * A), Equal(transpose(A), transpose(A) * inverse))
    assert claim.statement() == "A = (A*A.T)**(-1)*A, and A.T = A.T*(A*A.T)**(-1), where A*A.T is invertible"


def test_hypotheses_of_all_join_those_of_each():
    """What is given for all claims is assumed in each of them, beside what is given there; a bad one is refused."""
    full = full_row_rank(A)
    both = AllOf(Zero(C), Zero(c, given=[Zero(A)]), given=[full])
    assert both == AllOf(Zero(C, given=[full]), Zero(c, given=[Zero(A), full]))
    assert AllOf(Zero(C), given=full) == AllOf(Zero(C, given=[full]))
    with pytest.raises(InvalidTypeError, match="'given' must be"):
        AllOf(Zero(C), given=[3])


@pytest.mark.parametrize("claims", [(), (Zero(A),), (Zero(A), 3), (Zero(A), Zero(A, given=[invertible(A * C)]))])
def test_one_of_several_takes_equations_and_hypotheses(claims):
    """One alternative is none, and an alternative is an equation or a hypothesis."""
    with pytest.raises(InvalidTypeError, match="two or more equations or hypotheses"):
        AnyOf(*claims)


def test_every_layer_in_words():
    """The statement says for which layers, and what is assumed of which."""
    claim = ForAll(same, (l, 1, L), given=[isometries])
    assert claim.statement().startswith("if W[k] is a partial isometry for k = 2, ..., L, then ")
    assert claim.statement().endswith(" for l = 1, ..., L")
    assert is_layered(claim)
    assert depth_symbols(claim) == {L}
    assert "for $l = 1$, ..., $L$" in claim.latex()


def test_fixed_depths():
    """A claim about any depth says something of depth 1, of depth 2 and of depth 3, with the hypotheses there."""
    said = [part.statement() for part in at_small_depths(ForAll(same, (l, 1, L), given=[isometries]))]
    assert len(said) == 1 + 2 + 3
    assert said[1].startswith("if W_2 is a partial isometry, then -eta*Pinv(W_2)*(W_2*W_1*x - y)*x.T")
    balance = ForAll(Conserved(squared_norm(W(l + 1)) - squared_norm(W(l)), along=Backprop().flow(net)), (l, 1, L - 1))
    assert len(list(at_small_depths(balance))) == 0 + 1 + 2
    assert crosscheck(balance, trials=20).passed
    both = ForAll(AllOf(RankAtMost(W(l), [net.widths[l]]), RankAtMost(W(l), [net.widths[l - 1]])), (l, 1, L))
    assert len(list(both.conjuncts())) == 2
    assert prove(both).proved


def test_hypotheses_of_every_layer_under_a_claim_about_one():
    """A claim that is itself about no layer may assume something of all layers; both are written out."""
    claim = Equal(TargetProp().error_signal(net, 1), Backprop().error_signal(net, 1), given=[isometries])
    first, second, third = at_small_depths(claim)
    assert (len(first.given), len(second.given), len(third.given)) == (0, 1, 2)
    assert third.statement().startswith("if W_2 is a partial isometry; W_3 is a partial isometry, then ")
    assert crosscheck(claim, trials=10).passed


def test_a_claim_of_fixed_depth_is_itself():
    """What speaks of no depth is not changed."""
    claim = Equal(A, A)
    assert list(at_small_depths(claim)) == [claim]
    assert not is_layered(claim)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((3, (l, 1, L)), InvalidTypeError, "'claim' must be a claim about one layer"),
        ((ForAll(same, (l, 1, L)), (k, 1, L)), InvalidTypeError, "'claim' must be a claim about one layer"),
        ((Equal(A, A, given=[full_row_rank(A)]), (l, 1, L)), InvalidValueError, "without hypotheses of its own"),
        ((same, (1, L)), InvalidTypeError, "'limits' must be a triple"),
        ((same, (1, 1, L)), InvalidTypeError, "'limits' must be a triple"),
        ((same, (l, 1, 2 * L)), InvalidTypeError, "a layer: an integer"),
    ],
)
def test_bad_arguments(arguments, error, message):
    """What is no claim, or no range, is refused by name."""
    with pytest.raises(error, match=message):
        ForAll(*arguments)


def test_refuting_at_the_smallest_depth():
    """A claim that fails from depth 2 on is refuted at depth 2."""
    found = refute(ForAll(same, (l, 1, L)), seconds=5).counterexample
    assert {str(s) for s in found.matrices} == {"W_1", "W_2", "x", "y"}
    assert found.total_width == 3
    assert found.check()


def test_full_rank_of_either_kind():
    """A hypothesis of two ranks is used case by case, and the certificate has a part for each."""
    reversed_order = Equal(Pinv(matmul(A, C)), matmul(Pinv(C), Pinv(A)), given=[full_column_rank(A), either])
    verdict = prove(reversed_order)
    assert verdict.proved
    assert verdict.certificate.data["method"] == "cases"
    assert "In the case C = 0:" in verdict.explain()


def test_a_statement_is_one_line():
    """Rows of numbers, which SymPy prints one a line, are no reason for another."""
    row = ImmutableMatrix([[1, 0]])
    assert Equal(matmul(row, row.T), row * row.T).statement() == "Matrix([[1, 0]])*Matrix([[1], [0]]) = Matrix([[1]])"
