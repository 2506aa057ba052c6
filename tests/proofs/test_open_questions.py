"""The evidence for what is open is what the count says today, and the formulas that it suggests fit it."""

from itertools import pairwise, product

import numpy as np
import pytest
from oracles.theorems import PROOFS

from tptheory import Backprop, TargetProp, collect, count_conservation_laws, decide
from tptheory.invariants.law_count import LawCount

RULES = {"TP": TargetProp(), "BP": Backprop()}
CLAIMS = [theorem.claim for theorem in collect(PROOFS / "law_counts.py")]
NAMES = {rule: name for name, rule in RULES.items()}
ROWS = [(NAMES[c.rule], c.widths, c.number if c.at_most is None else c.at_most) for c in CLAIMS]
SMALL = [row for row in ROWS if sum(row[1]) <= 10]


def balances(widths):
    """How many independent numbers the balances give: n (n + 1) / 2 a layer, less the part that no neighbour sees."""
    unseen = [max(0, n - a - c) for a, n, c in zip(widths, widths[1:], widths[2:], strict=False)]
    return sum(n * (n + 1) // 2 - k * (k + 1) // 2 for n, k in zip(widths[1:], unseen, strict=False))


def bp_laws(widths):
    """Cut the net at its layers of width 1, between any two of which all weights move along one curve."""
    units = [l for l, n in enumerate(widths) if n == 1]
    if not units:
        return balances(widths)
    hidden = sum(0 < l < len(widths) - 1 for l in units)
    curves = sum(sum(m * n for m, n in pairwise(widths[i : j + 1])) - 1 for i, j in pairwise(units))
    return balances(widths[: units[0] + 1]) + balances(widths[units[-1] :]) + hidden + curves


def tp_laws_of_two_layers(n0, n1, n2):
    """One log-determinant; and the minors of (W_1, W_2') of the largest size, if these are independent columns."""
    s = n0 + n2
    return 1 + (1 + s * (n1 - s) if n1 >= s else 0)


def is_narrow(widths):
    """Whether each hidden layer is narrower than the narrowest before it and the narrowest after it together."""
    return all(widths[l] < min(widths[:l]) + min(widths[l + 1 :]) for l in range(1, len(widths) - 1))


def nets(depth, widest):
    """Return all widths of nets of that depth."""
    return list(product(range(1, widest + 1), repeat=depth + 1))


def count(rule, widths):
    """Count, over two primes."""
    return count_conservation_laws(RULES[rule], widths).count


def test_the_counts_are_there():
    """The theorems hold what THEORY says is known."""
    assert len(ROWS) == 39
    known = {
        ("BP", (1, 1, 1)): 1,
        ("BP", (2, 2, 1)): 3,
        ("TP", (1, 1, 1)): 1,
        ("BP", (1, 2, 1)): 3,
        ("TP", (1, 2, 1)): 3,
    }
    assert {(name, widths): count for name, widths, count in ROWS}.items() >= known.items()


@pytest.mark.parametrize(("rule", "widths", "expected"), SMALL)
def test_the_theorems_are_what_is_counted(rule, widths, expected):
    """Each small net has as many laws as its theorem says."""
    assert count(rule, widths) == expected


def test_a_bound_says_that_laws_are_missing():
    """Where only a bound is claimed, the number is not proved."""
    bounds = [claim for claim in CLAIMS if claim.at_most is not None]
    assert len(bounds) == 6
    assert decide(LawCount(TargetProp(), (1, 2, 1), number=3)).word == "undecided"


@pytest.mark.slow
@pytest.mark.parametrize(("rule", "widths", "expected"), [row for row in ROWS if row not in SMALL])
def test_the_rest_of_the_theorems_are_what_is_counted(rule, widths, expected):
    """So has each larger one."""
    assert count(rule, widths) == expected


@pytest.mark.parametrize("widths", [*nets(2, 3), *nets(3, 2), (1, 2, 2, 1, 2), (3, 1, 3, 2, 1), (1, 5, 2)], ids=str)
def test_the_number_of_bp_laws(widths):
    """The conjectured number is the count."""
    assert count("BP", widths) == bp_laws(widths)


def test_the_balances_alone_are_the_wrong_number():
    """Where weights move along one curve only there are more laws than balances."""
    assert bp_laws((1, 2, 2, 1, 2)) == 8 > balances((1, 2, 2, 1, 2))


@pytest.mark.parametrize("widths", [w for w in nets(2, 3) if w[0] * w[2] > 1] + [(1, 4, 2), (1, 5, 2)], ids=str)
def test_the_number_of_tp_laws_of_two_layers(widths):
    """The conjectured number is the count, and 1 where the hidden layer is narrow."""
    assert count("TP", widths) == tp_laws_of_two_layers(*widths)
    assert (tp_laws_of_two_layers(*widths) == 1) == is_narrow(widths)


@pytest.mark.parametrize("widths", [w for w in nets(3, 3) if is_narrow(w) and sum(w) <= 9], ids=str)
def test_narrow_nets_have_one_tp_law_a_hidden_layer(widths):
    """L - 1, which is what is conjectured."""
    assert count("TP", widths) == 2


@pytest.mark.slow
def test_all_that_the_text_says_was_measured():
    """The numbers of nets that it names, and that the formulas fit all of them."""
    every = [*nets(2, 5), *nets(3, 4), *nets(4, 3), *nets(5, 2)]
    assert len(every) == 688
    assert [w for w in every if count("BP", w) != bp_laws(w)] == []
    two = [(a, n, b) for a, n, b in product(range(1, 4), range(1, 7), range(1, 4)) if a * b > 1]
    assert len(two) == 48
    assert [w for w in two if count("TP", w) != tp_laws_of_two_layers(*w)] == []
    narrow = [w for w in (*nets(3, 4), *nets(4, 3)) if is_narrow(w)]
    assert [w for w in narrow if count("TP", w) != len(w) - 2] == []


def directions_of_the_proof(n0, n1, n2):
    """Return the directions that `narrow_target_prop.py` lists for a wide net, as vectors, at a point."""
    r = n1 - n2
    U, V = np.zeros((n1, n0)), np.eye(n2, n1)
    U[n2:, :r] = np.eye(r)

    def units(rows, columns):
        return [np.outer(a, b) for a in np.eye(rows) for b in np.eye(columns)]

    found = [(V.T @ K, K @ U.T) for K in units(n2, n0)]
    found += [(0 * U, K @ U.T) for K in units(n2, n0)]
    found += [(0 * U, (Y - Y.T) @ V) for Y in units(n2, n2)] + [(U @ (Z - Z.T), 0 * V) for Z in units(n0, n0)]
    found += [(0 * U, (S + S.T) @ V) for S in units(n2, n2) if not np.trace(S)]
    found += [(0 * U, (np.outer(a, a) - np.outer(b, b)) @ V) for a, b in product(np.eye(n2), np.eye(n2))]
    apart = [np.outer(m, n) for m, n in product(np.eye(n0)[:-1], np.eye(n0)[:-1])]
    found += [(U @ R, np.sum(U * (U @ R)) / n2 * V) for R in apart]
    return np.array([np.concatenate([dU.ravel(), dV.ravel()]) for dU, dV in found])


@pytest.mark.parametrize("widths", [(2, 2, 1), (3, 3, 1), (2, 3, 2), (3, 4, 2), (4, 5, 2), (3, 5, 3)], ids=str)
def test_the_directions_of_the_proof_are_all_but_one(widths):
    """They span all dimensions but one, which is orthogonal to them: the differential of the law."""
    n0, n1, n2 = widths
    found = directions_of_the_proof(*widths)
    assert np.linalg.matrix_rank(found) == n1 * (n0 + n2) - 1
    assert count("TP", widths) == 1
