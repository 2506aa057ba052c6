"""Certificates that were edited are refused, unless what they say now still adds up."""

import random
import sys
from collections import Counter
from functools import cache

import pytest
from oracles.tampering import EDITS, METHODS, parts, tampered
from oracles.theorems import proved

from tptheory import Backprop, TargetProp, prove, transpose
from tptheory.certificates import checker
from tptheory.preamble import *

QUICK, ALL = 120, 3000
"""How many edits are made of the certificates of one method, at every run of the tests and in the slow ones."""


size = Symbol("n", integer=True, positive=True)

FOREIGN = {
    "identity": {"factors", "bound", "square", "negated"},
    "rank": {"square", "negated"},
    "descent": {"factors", "bound"},
    "cancellation": {"factors", "bound", "square", "size"},
    "all": {"square", "negated"},
}
"""The edits that a method has no field for; in cancellations no identity stands whose size could be
changed, and what is negated everywhere is refused of descents, and of the square of a goal."""


@cache
def certificates():
    """Return certificates by method; one of several parts stands under "all", and its parts under their own."""
    two = DeepLinearNetwork(depth=2)
    A, B, C = (MatrixSymbol(name, size, size) for name in "ABC")
    more = {
        "rank by hypothesis": RankAtMost(matmul(A, B, C), 1, given=[rank_one(B)]),
        "rank of a column by hypothesis": RankAtMost(matmul(A, B), 1, given=[rank_one(B)]),
        "rank of a row by hypothesis": RankAtMost(matmul(transpose(A), C), 1, given=[rank_one(A)]),
        "BP descends": Nonincreasing(two.loss, along=Backprop().flow(two)),
        "BP descends at depth 3": Nonincreasing((net := DeepLinearNetwork(depth=3)).loss, along=Backprop().flow(net)),
        "TP descends": Nonincreasing(two.loss, along=TargetProp().flow(two)),
        "a norm sinks": Nonincreasing(squared_norm(two.error), along=Backprop().flow(two)),
    }
    found = {method: [] for method in METHODS}
    for name, claim in (proved() | more).items():
        data = prove(claim).certificate.data
        found.setdefault(data["method"], []).append((name, data))
        if data["method"] == "all":
            for part in parts(data):
                found.setdefault(part["method"], []).append((name, part))
    return found


def edited(method, edits, seed):
    """Run through random edits of the certificates of one method, each certificate as often as the others."""
    rng = random.Random(seed)
    some = certificates()[method]
    for k in range(edits):
        name, data = some[k % len(some)]
        yield (name, *tampered(data, rng))


def tamper(method, edits, seed, second_reading):
    """Count refused edits by kind; an accepted one must add up on the second reading."""
    refused, accepted = Counter(), Counter()
    for name, data, kind in edited(method, edits, seed):
        try:
            checker.check(data)
        except checker.Refused:
            refused[kind] += 1
        else:
            assert second_reading(data), f"{kind} of {name} was accepted"
            accepted[kind] += 1
    sys.stdout.write(
        f"{method}: {edits} edits, {refused.total()} refused, {accepted.total()} accepted that still add up "
        f"({', '.join(f'{kind} {count}' for kind, count in sorted(accepted.items()))}), 0 accepted wrongly\n"
    )
    return refused


@pytest.mark.parametrize("method", METHODS)
def test_a_few_edits(method, second_reading):
    """What the checker accepts of edited certificates adds up; most edits it refuses."""
    refused = tamper(method, QUICK, 1, second_reading)
    assert refused.total() > QUICK / 2


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_many_edits(method, second_reading):
    """The same of thousands of edits, where each kind that the method has fields for is refused at times."""
    refused = tamper(method, ALL, 0, second_reading)
    assert set(EDITS) - set(refused) <= FOREIGN[method]
    assert refused.total() > ALL / 2
