"""Smallest means smallest: compared with plain exhaustive searches that share no code with the refuter's."""

from itertools import permutations, product

import pytest
from flint import fmpq_mat

from tptheory import Backprop, TargetProp, evaluate, refute, transpose
from tptheory.measuring.instances import Instances
from tptheory.preamble import *
from tptheory.refuting.enumeration import IntegerInstances, level_of

B, V = MatrixSymbol("B", n, p), MatrixSymbol("V", m, m)
two = DeepLinearNetwork(depth=2)
W = two.weight(2)

CLAIMS = {
    "A+ = A'": Equal(Pinv(A), transpose(A)),
    "(R^2)+ = (R+)^2": Equal(Pinv(matmul(R, R)), matmul(Pinv(R), Pinv(R))),
    "matrices commute": Commute(R, S),
    "a product of symmetric matrices is symmetric": Equal(
        transpose(matmul(R, S)), matmul(R, S), given=[symmetric(R, S)]
    ),
    "full row rank makes A'A the identity": Equal(
        matmul(Pinv(A), A), matmul(transpose(A), A), given=[full_row_rank(A)]
    ),
    "R^2 = 0 makes R vanish": Zero(R, given=[Zero(matmul(R, R))]),
    "TP's feedback is BP's": Equal(TargetProp().feedback(two, 2), Backprop().feedback(two, 2)),
    "(AB)+ = B+ A+": Equal(Pinv(matmul(A, B)), matmul(Pinv(B), Pinv(A))),
}


def smallest(claim, most):
    """Return the least total width, and there the least sum of absolute entries, by trying small integers."""
    matrices = sorted({M for e in claim.expressions() for M in e.atoms(MatrixSymbol)}, key=str)
    widths = sorted({size for M in matrices for size in M.shape}, key=str)
    residuals = [lhs if rhs == 0 else matadd(lhs, matmul(-1, rhs)) for lhs, rhs in claim.equations()]
    hypotheses = [e for h in claim.given for e in (h.residuals() if hasattr(h, "residuals") else h.equations)]
    for total in range(len(widths), most + 1):
        best = None
        for choice in product((1, 2, 3), repeat=len(widths)):
            if sum(choice) != total:
                continue
            shapes = [tuple(dict(zip(widths, choice, strict=True))[size] for size in M.shape) for M in matrices]
            places = sum(r * c for r, c in shapes)
            bound = 2 if 5**places < 4000 else 1
            for numbers in product(range(-bound, bound + 1), repeat=places):
                weight = sum(map(abs, numbers))
                if best is not None and weight >= best:
                    continue
                rest, values = list(numbers), {}
                for M, (r, c) in zip(matrices, shapes, strict=True):
                    values[M], rest = fmpq_mat(r, c, rest[: r * c]), rest[r * c :]
                if all(vanishes(e, values) for e in hypotheses) and not all(vanishes(e, values) for e in residuals):
                    best = weight
        if best is not None:
            return total, best
    return None


def vanishes(expression, values):
    """Tell whether an expression is zero at exact values."""
    return not any(evaluate(expression, values, arithmetic="exact").entries())


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS.keys())
def test_nothing_is_smaller(claim):
    """Total width and sum of entries are those of a plain search through all small integers."""
    found = refute(claim).counterexample
    assert found.minimal
    assert found.smallness.startswith("Smallest: ")
    assert (found.total_width, level_of(found.values)) == smallest(claim, 4)


def turned(matrix, shape, choice):
    """Apply a signed permutation of rows and one of columns."""
    (rows, signs), (columns, flips) = choice
    return tuple(
        matrix[i * shape[1] + j] * s * t
        for i, s in zip(rows, signs, strict=True)
        for j, t in zip(columns, flips, strict=True)
    )


def signed(size):
    """Return all signed permutations of a width."""
    return [(order, signs) for order in permutations(range(size)) for signs in product((1, -1), repeat=size)]


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (2, 2), (3, 2)])
@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_one_of_each_class_is_enough(shape, level):
    """Signed permutations of what is run through give every integer matrix of that sum, and nothing else."""
    grid = IntegerInstances(Instances(Zero(A)), dict(zip((m, n), shape, strict=True)))
    found = {tuple(int(x) for x in values[A].entries()) for values in grid.level(level) if values is not None}
    choices = list(product(signed(shape[0]), signed(shape[1])))
    everything = {turned(matrix, shape, choice) for matrix in found for choice in choices}
    bound = range(-level, level + 1)
    assert everything == {
        numbers for numbers in product(bound, repeat=shape[0] * shape[1]) if sum(map(abs, numbers)) == level
    }


@pytest.mark.parametrize("level", [1, 2])
def test_square_matrices_are_turned_on_both_sides_at_once(level):
    """Where rows and columns are of one width a class holds P R P' only: R and RP' may differ in what they are."""
    grid = IntegerInstances(Instances(Zero(R)), {n: 2})
    found = {tuple(int(x) for x in values[R].entries()) for values in grid.level(level) if values is not None}
    everything = {turned(matrix, (2, 2), (choice, choice)) for matrix in found for choice in signed(2)}
    bound = range(-level, level + 1)
    assert everything == {numbers for numbers in product(bound, repeat=4) if sum(map(abs, numbers)) == level}


def test_coordinates_forbid_symmetry():
    """A claim that names an entry is not the same after a permutation: every matrix is run through."""
    grid = IntegerInstances(Instances(Equal(A[0, 0], 0)), {m: 1, n: 2})
    assert len([values for values in grid.level(1) if values is not None]) == 4
    assert refute(Equal(A[0, 0], 0)).counterexample.minimal


def test_hypotheses_between_symbols_are_met():
    """What is run through meets the hypotheses; dead ends are told apart."""
    source = Instances(Zero(A, given=[Equal(matmul(V, A), A)]))
    grid = IntegerInstances(source, {m: 2, n: 1})
    listed = [values for level in range(4) for values in grid.level(level)]
    assert None in listed
    kept = [values for values in listed if values is not None]
    assert any(level_of(values) == 3 for values in kept)
    assert all(values[V] * values[A] == values[A] for values in kept)


def test_descent_says_that_it_is_descent():
    """Where too many instances would have to be tried the counterexample claims no more than was done."""
    net = DeepLinearNetwork(depth=2)
    claim = Equal(TargetProp().update(net, 1), Backprop().update(net, 1), given=[full_row_rank(net.weight(2))])
    found = refute(claim, seconds=10).counterexample
    hasty = type(found)(found.claim, found.values)
    assert hasty == found
    assert not hasty.minimal
    assert "descent" in hasty.smallness
