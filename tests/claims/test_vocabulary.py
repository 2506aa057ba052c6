"""Claims say what they mean, and refuse what means nothing."""

import pytest
from sympy import Eq, MatAdd, MatMul, MatPow, Matrix, Ne

import tptheory
from tptheory import AllOf, Backprop, TargetProp, decide, transpose
from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, TptheoryError
from tptheory.preamble import *

B, Q = MatrixSymbol("B", m, n), MatrixSymbol("Q", n, n)
net = DeepLinearNetwork(depth=2)
flow, step = Backprop().flow(net), Backprop().step(net)

STATEMENTS = {
    "equal": (Equal(A, B), "A = B"),
    "given": (Equal(A, B, given=[full_row_rank(A, B), Equal(Q, 0)]), "if A, B have full row rank; Q = 0, then A = B"),
    "zero": (Zero(A, given=symmetric(Q)), "if Q is symmetric, then A = 0"),
    "rank": (RankAtMost(A, [1, m, Q]), "rank(A) ≤ min(1, m, rank(Q))"),
    "one bound": (RankAtMost(A, n), "rank(A) ≤ n"),
    "at most": (AtMost(Rank(A) + Rank(B), m), "rank(A) + rank(B) ≤ m"),
    "at least nothing": (NonNegative(trace(Q), given=[symmetric(Q)]), "if Q is symmetric, then 0 ≤ Trace(Q)"),
    "image": (ImageWithin(A, B), "im(A) ⊆ im(B)"),
    "rows": (RowSpaceWithin(A, Q), "row(A) ⊆ row(Q)"),
    "orthogonal": (OrthogonalImages(A, B), "A ⟂ B"),
    "parallel": (Parallel(A, B), "A ∥ B"),
    "conserved": (Conserved(net.weight(1), along=flow), "W_1 is conserved by the flow of backpropagation"),
    "sinks in a step": (
        Nonincreasing(trace(Q), along=step),
        "Trace(Q) does not rise in the step of backpropagation",
    ),
    "decays": (
        Decays(net.weight(1), along=flow, rate=2),
        "W_1 decays at the rate 2 along the flow of backpropagation",
    ),
    "semidefinite": (
        NonNegative(Q, given=positive_definite(Q)),
        "if Q is positive definite, then Q is positive semidefinite",
    ),
    "order": (AtMost(Q, Identity(n)), "I - Q is positive semidefinite"),
    "order of one with itself": (AtMost(Q, Q), "Q and Q are equal"),
    "step": (Conserved(net.weight(1), along=step), "W_1 is conserved by the step of backpropagation"),
    "commute": (Commute(Q, Q), "Q and Q commute"),
    "isometries": (
        Zero(A, given=[partial_isometry(A, B), nonzero(A), rank_one(B), projection(Q), invertible(Q), orthogonal(Q)]),
        "if A, B are partial isometries; A is nonzero; B has rank at most one; Q is a projection; Q is invertible; "
        "Q is orthogonal, then A = 0",
    ),
    "all": (AllOf(Equal(A, B), Zero(Q)), "A = B; and Q = 0"),
}


@pytest.mark.parametrize(("claim", "text"), STATEMENTS.values(), ids=STATEMENTS.keys())
def test_statement(claim, text):
    """A claim reads as a sentence, and has a LaTeX form."""
    assert claim.statement() == text
    assert claim.latex().endswith(".")


BAD = {
    "shapes": (
        lambda: Equal(A, transpose(A)),
        ShapeError,
        r"'rhs' must have the shape of 'lhs', \(m, n\) \(got \(n, m\)",
    ),
    "matrix and scalar": (lambda: Equal(A, 3), ShapeError, "'rhs' must be a matrix as 'lhs' is"),
    "text": (lambda: Equal("A", A), InvalidTypeError, "Text is never evaluated"),
    "text given": (lambda: Zero(A, given="full rank"), InvalidTypeError, "'given' must be a list of hypotheses"),
    "number given": (lambda: Zero(A, given=[3]), InvalidTypeError, "'given' must be hypotheses such as"),
    "relation given": (lambda: Zero(A, given=[m >= 2]), InvalidTypeError, "Write at_least"),
    "equation given": (lambda: Zero(A, given=[Eq(m, n)]), InvalidTypeError, "Write Equal"),
    "inequation given": (lambda: Zero(A, given=[Ne(m, n)]), InvalidTypeError, "Declare a number as nonzero"),
    "number that is not 0": (lambda: nonzero(m), InvalidTypeError, "Declare a number so: Symbol"),
    "conditional given": (lambda: Zero(A, given=[Zero(A, given=[symmetric(Q)])]), InvalidTypeError, "'given' must be"),
    "negative rank": (lambda: RankAtMost(A, -1), InvalidValueError, "'bound' must be a non-negative integer"),
    "a pair": (lambda: Equal((1, 2), 0), InvalidTypeError, r"'lhs' must be a matrix or a number \(got \(1, 2\)\)"),
    "a relation": (lambda: Zero(Eq(n, 1)), InvalidTypeError, r"'expression' must .* An equation is Equal\(A, B\)"),
    "truth": (lambda: Zero(True), InvalidTypeError, "'expression' must be a matrix or a number"),
    "norm of a number": (lambda: squared_norm(3), InvalidTypeError, "'A' must be a SymPy matrix expression"),
    "trace of a number": (lambda: trace(3), InvalidTypeError, "'expression' must be a SymPy matrix expression"),
    "transposed number": (lambda: transpose(3), InvalidTypeError, "'expression' must be a SymPy matrix expression"),
    "product with a number": (lambda: inner(A, 3), InvalidTypeError, "'B' must be a SymPy matrix expression"),
    "larger matrix": (lambda: AtMost(0, A), ShapeError, "'greater' must be a number or a square matrix"),
    "sign of a matrix": (lambda: NonNegative(A), ShapeError, "'expression' must be a number or a square .* Trace"),
    "a matrix below a number": (lambda: AtMost(Q, 1), ShapeError, "'greater' must be of shape .* Multiply a number"),
    "no bound": (lambda: RankAtMost(A, []), InvalidValueError, "'bound' must be at least one bound"),
    "rank of a number": (lambda: RankAtMost(3, 1), InvalidTypeError, "'matrix' must be a SymPy matrix expression"),
    "image": (lambda: ImageWithin(A, Q), ShapeError, "'space' must have as many rows as 'matrix', m"),
    "rows": (lambda: RowSpaceWithin(A, transpose(A)), ShapeError, "'space' must have as many columns as 'matrix', n"),
    "orthogonal": (lambda: OrthogonalImages(A, Q), ShapeError, "'second' must have as many rows as 'first', m"),
    "parallel": (lambda: Parallel(A, Q), ShapeError, "'rhs' must have the shape of 'lhs'"),
    "no motion": (lambda: Conserved(A, along=Backprop()), InvalidTypeError, "'along' must be a flow or a step"),
    "nothing that moves": (lambda: Nonincreasing(net.loss, along=net), InvalidTypeError, "'along' must be a flow or"),
    "matrix that sinks": (lambda: Nonincreasing(A, along=flow), InvalidTypeError, "'quantity' must be a scalar"),
    "step and matrix": (lambda: Commute(step, A), InvalidTypeError, "'second' must be a step"),
    "rectangles commute": (lambda: Commute(A, B), ShapeError, "must have shapes that compose"),
    "no claims": (lambda: AllOf(), InvalidTypeError, "'claims' must be one or more claims"),
    "rectangular symmetric": (lambda: symmetric(A), ShapeError, "must be square to be symmetric"),
    "rectangular projection": (lambda: projection(A), ShapeError, "must be square to be projection"),
    "trace of a rectangle": (lambda: Zero(Trace(A)), ShapeError, r"traces of square matrices only \(got A of shape"),
    "its determinant": (lambda: Equal(Determinant(A), Determinant(A.T)), ShapeError, "determinants of square matrices"),
    "its inverse": (lambda: Zero(Inverse(A)), ShapeError, "inverses of square matrices only"),
    "its power within a trace": (lambda: Zero(Trace(MatPow(A, 2, evaluate=False))), ShapeError, "square matrices only"),
    "an odd sum": (lambda: Zero(MatAdd(A, transpose(A))), ShapeError, r"terms of one shape \(got .* of shape \(m, n\)"),
    "a matrix without rows": (lambda: Zero(MatrixSymbol("A", 0, n)), ShapeError, "of one row and one column or more"),
    "an odd product": (lambda: Zero(MatMul(A, A)), ShapeError, r"factors of shapes that compose \(got A of shape"),
    "an odd sum in a hypothesis": (lambda: Zero(Q, given=[Zero(MatAdd(A, A.T))]), ShapeError, "terms of one shape"),
    "no matrix": (lambda: invertible(), InvalidTypeError, "'matrices' must be at least one matrix expression"),
    "invertible number": (lambda: invertible(3), InvalidTypeError, "'matrices' must be a SymPy matrix expression"),
}


@pytest.mark.parametrize(("make", "error", "message"), BAD.values(), ids=BAD.keys())
def test_bad_claims(make, error, message):
    """Each argument is named, with what was expected and what came."""
    with pytest.raises(error, match=message) as caught:
        make()
    assert isinstance(caught.value, TptheoryError)


def test_invertible_needs_equal_sizes_only_where_they_are_known():
    """A symbolic rectangle may turn out square, so that the hypothesis stands; its equations still compose."""
    assert len(invertible(A).equations) == 2


def test_equations_and_residuals_agree():
    """The residual is the left side minus the right side; that of a law is its rate along the flow."""
    claim = Equal(matmul(A, Pinv(A)), Identity(m))
    assert str(claim.residuals()[0]) == "-I + A*Pinv(A)"
    conserved = Conserved(net.weight(1), along=flow)
    (goal,) = conserved.goals()
    assert goal.residual() == flow[net.weight(1)]


def test_claims_are_values():
    """Equal claims compare equal, and can be kept in sets."""
    assert Equal(A, B, given=[full_row_rank(A)]) == Equal(A, B, given=full_row_rank(A))
    assert len({Conserved(A, along=flow), Conserved(A, along=Backprop().flow(net))}) == 1
    assert Conserved(A, along=flow) != Conserved(A, along=TargetProp().flow(net))


def test_commuting_steps_are_taken_in_both_orders():
    """The first step's weights are put into the second's update, and the other way round."""
    claim = Commute(step, TargetProp().step(net))
    assert len(claim.equations()) == 2


def test_a_rank_of_a_matrix_of_numbers_is_bounded():
    """The sizes of an explicit matrix are numbers, beside the symbols of others."""
    column = Matrix([[1], [2]])
    product = matmul(column, MatrixSymbol("v", 1, n))
    assert RankAtMost(product, [1, n]).statement() == "rank(Matrix([[1], [2]])*v) ≤ min(1, n)"
    assert decide(RankAtMost(product, 0)).refuted
    assert decide(RankAtMost(matmul(column, column.T), 1)).proved


def test_the_old_name_of_orthogonal_images_warns():
    """Orthogonal(A, B) and orthogonal(A) differed by a capital: the claim has another name, and the old one says so."""
    with pytest.warns(DeprecationWarning, match="OrthogonalImages") as told:
        claim = tptheory.Orthogonal(A, B)
    assert told[0].filename == __file__  # Python shows the warning to the caller alone
    assert claim == OrthogonalImages(A, B)


def test_a_hypothesis_may_be_claimed():
    """By itself, among other claims, or as what a theorem returns."""
    holds, fails = projection(matmul(A, Pinv(A))), projection(A.T * A)
    assert decide(holds).proved
    assert decide(fails).refuted
    assert decide(AllOf(holds, Equal(A, A))).proved
    assert theorem("Projections")(lambda: [holds, symmetric(A * A.T)]).claim.statement().count(";") == 1
    assert decide(theorem("A projection")(lambda: holds)).proved
