"""Proofs in cases and by induction that were edited are refused, unless a reading of their own finds them sound."""

import copy
import importlib.util
import json
import random
import sys
from functools import cache
from pathlib import Path

import pytest
from sympy import MatrixSymbol, Symbol, symbols

from tptheory import AnyOf, Equal, Pinv, Zero, full_column_rank, full_row_rank, matmul, partial_isometry, prove
from tptheory.certificates import checker

QUICK, ALL = 150, 6000
"""How many edits are made at every run of the tests, and in the slow ones."""

REMARKS = {"title", "reasons", "left", "meanings"}
"""The fields that nothing depends on."""


@cache
def certificates():
    """Return the certificates of claims about any depth, and of claims with cases."""
    spec = importlib.util.spec_from_file_location("induction_table", Path(__file__).parent / "test_induction.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    m, n = symbols("m n", integer=True, positive=True)
    A, C, c = MatrixSymbol("A", m, n), MatrixSymbol("C", n, m), Symbol("c", real=True)
    either = AnyOf(full_row_rank(C), Zero(C))
    cases = [
        Equal(Pinv(matmul(A, C)), matmul(Pinv(C), Pinv(A)), given=[full_column_rank(A), either]),
        Equal(matmul(A, A.T, A), A, given=[AnyOf(partial_isometry(A), Zero(A))]),
        Equal(matmul(c, C, A), matmul(C, A, c, c), given=[AnyOf(Zero(c), Zero(A), Equal(c, 1))]),
    ]
    found = [prove(claim, seconds=30).certificate.data for claim in (*module.TRUE.values(), *cases)]
    assert {data["method"] for data in found} == {"induction", "cases"}
    return found


def places(item, path=()):
    """Run through the paths to every value that something depends on."""
    for key, value in item.items() if isinstance(item, dict) else enumerate(item):
        if key in REMARKS:
            continue
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))
        yield (*path, key)


def tampered(data, rng):
    """Return a certificate with one value replaced by another, or one entry dropped, doubled or renamed."""
    data = copy.deepcopy(data)
    path = rng.choice(list(places(data)))
    inner = data
    for step in path[:-1]:
        inner = inner[step]
    old, kind = inner[path[-1]], rng.randrange(4)
    if kind == 0:
        inner.pop(path[-1])
    elif kind == 1 and isinstance(inner, list):
        inner.insert(path[-1], copy.deepcopy(old))
    elif kind == 1:
        inner[rng.choice(["zero", "rank", "T", "tr", "to", "parts", "goal", "x"])] = inner.pop(path[-1])
    elif isinstance(old, str):
        others = [s for p in places(data) if isinstance(s := at(data, p), str)]
        inner[path[-1]] = rng.choice([*rng.sample(others, min(4, len(others))), *"klL", "", "-1", "0", 1])
    elif isinstance(old, int):
        inner[path[-1]] = rng.choice([old - 1, old + 1, old + 2, 0, "n", None])
    elif isinstance(old, list) and len(old) == 3 and isinstance(old[-1], int):  # a name at an index
        inner[path[-1]] = rng.choice([old[0], {"T": old}, [old[0], rng.choice(["", *"klL"]), old[2]]])
    elif isinstance(old, list) and len(old) == 2 and isinstance(old[-1], int):  # an index
        inner[path[-1]] = rng.choice([None, [rng.choice(["", *"klL"]), old[1]], [old[0], old[1] + 1]])
    elif old is None:
        inner[path[-1]] = rng.choice([["l", 0], ["l", 1], ["", 0], ["L", 0], []])
    else:
        inner[path[-1]] = rng.choice([[], {}, None, "1", {"tr": old}, old.get("T") if isinstance(old, dict) else old])
    return data, path


def at(data, path):
    """Return what stands at a path."""
    for step in path:
        data = data[step]
    return data


def tamper(edits, seed, second_reading):
    """Count what is refused; what is accepted must be sound, and each of its cases must add up."""
    rng, refused, tried, read = random.Random(seed), 0, 0, {}
    while tried < edits:
        number = tried % len(certificates())
        data, path = tampered(certificates()[number], rng)
        if data == certificates()[number]:
            continue
        tried += 1
        try:
            checker.check(data)
        except checker.Refused:
            refused += 1
            continue
        text = json.dumps(data, sort_keys=True)
        if text not in read:
            read[text] = second_reading(data)
        assert read[text], path
    sys.stdout.write(f"{edits} edits, {refused} refused, {edits - refused} accepted that are sound\n")
    return refused


def test_a_few_edits(second_reading):
    """Most edits are refused, and no other is wrong."""
    assert tamper(QUICK, 1, second_reading) > QUICK / 2


@pytest.mark.slow
def test_many_edits(second_reading):
    """The same of thousands."""
    assert tamper(ALL, 0, second_reading) > ALL / 2
