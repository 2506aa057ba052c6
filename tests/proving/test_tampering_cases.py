"""Proofs in cases and by induction that were edited are refused, unless a reading of their own finds them sound."""

import copy
import importlib.util
import random
import re
import sys
from functools import cache
from pathlib import Path

import pytest
from sympy import MatrixSymbol, Symbol, symbols

from tptheory import AnyOf, Equal, Pinv, Zero, full_column_rank, full_row_rank, matmul, partial_isometry, prove
from tptheory.proving import checker

QUICK, ALL = 150, 6000
"""How many edits are made at every run of the tests, and in the slow ones."""

SPOKEN = {"theorem", "reasons", "left"}
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
    """Run through the paths to every string and number that something depends on."""
    for key, value in item.items() if isinstance(item, dict) else enumerate(item):
        if key in SPOKEN:
            continue
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))
        yield (*path, key)


def tampered(data, rng):
    """Return a certificate with one value replaced by another of its own, or one entry dropped or doubled."""
    data = copy.deepcopy(data)
    path = rng.choice(list(places(data)))
    inner = data
    for step in path[:-1]:
        inner = inner[step]
    old, kind = inner[path[-1]], rng.randrange(3)
    if kind == 0 and isinstance(inner, list) and len(inner) > 1:
        inner.pop(path[-1])
    elif kind == 1 and isinstance(inner, list):
        inner.insert(path[-1], copy.deepcopy(old))
    elif isinstance(old, str):
        index = re.compile(r"\[([klL]?)([+-]?[0-9]?)\]")
        others = [s for p in places(data) if isinstance(s := at(data, p), str)]
        moved = index.sub(rng.choice(["[k]", "[k+1]", "[k-1]", "[l]", "[L]", "[0]"]), old)
        inner[path[-1]] = rng.choice([*rng.sample(others, min(4, len(others))), moved, "-1", "0", "l+1", "l", "L", "1"])
    elif isinstance(old, int):
        inner[path[-1]] = old + rng.choice([-1, 1, 2])
    else:
        inner[path[-1]] = rng.choice([[], {}, None, "1"])
    return data, path


def at(data, path):
    """Return what stands at a path."""
    for step in path:
        data = data[step]
    return data


def value(index, l, L):
    """Return the number that an index is."""
    base = {"l": l, "L": L}.get(index[:1], 0)
    rest = index[1:] if index[:1] in ("l", "L") else index
    return base + int(rest or 0)


def sound(data):
    """Whether an induction has a base and a step, and uses no law beyond its range: another reading of the rules."""
    laws = [entry[1:] for entry in data["hypotheses"]]
    for part in data["parts"]:
        _, first, last, cases = part
        shape = [(i, own) for i, own, _ in cases]
        if shape not in ([("l", "")], [(first, ""), ("l+1", "l")], [(last, ""), ("l", "l+1")]):
            return False
        for _, own, case in cases:
            for number, index in case["uses"]:
                if number == len(laws):
                    if not own or index != own:
                        return False
                    continue
                for L in range(1, 60):
                    for l in range(value(first, 0, L), value(last, 0, L) + (0 if own else 1)):
                        if not value(laws[number][0], 0, L) <= value(index, l, L) <= value(laws[number][1], 0, L):
                            return False
        laws.append([first, last])
    return "[l" not in str([entry[0] for entry in data["hypotheses"]]) + str([part[0] for part in data["parts"]])


def tamper(edits, seed, second_reading):
    """Count what is refused; what is accepted must be sound, and each of its parts must add up."""
    rng, refused = random.Random(seed), 0
    for k in range(edits):
        data, path = tampered(certificates()[k % len(certificates())], rng)
        try:
            checker.check(data)
        except checker.Refused:
            refused += 1
            continue
        assert data["method"] != "induction" or sound(data), path
        assert all(second_reading(part) for part in plain(data)), path
    sys.stdout.write(f"{edits} edits, {refused} refused, {edits - refused} accepted that are sound\n")
    return refused


def plain(data):
    """Take a certificate apart into proofs by one sum."""
    if data["method"] in ("all", "cases", "induction"):
        return [leaf for part in checker.reduced(data, [checker.WORK]) for leaf in plain(part)]
    return [data]


def test_a_few_edits(second_reading):
    """Most edits are refused, and no other is wrong."""
    assert tamper(QUICK, 1, second_reading) > QUICK / 2


@pytest.mark.slow
def test_many_edits(second_reading):
    """The same of thousands."""
    assert tamper(ALL, 0, second_reading) > ALL / 2
