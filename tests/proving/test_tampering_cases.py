"""Proofs in cases and by induction that were edited are refused, unless a reading of their own finds them sound."""

import importlib.util
import json
import random
import sys
from functools import cache
from pathlib import Path

import pytest
from oracles.tampering import tampered_anywhere

from tptheory import prove
from tptheory.certificates import checker
from tptheory.preamble import *

QUICK, ALL = 150, 6000
"""How many edits are made at every run of the tests, and in the slow ones."""


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


def tamper(edits, seed, second_reading):
    """Count what is refused; what is accepted must be sound, and each of its cases must add up."""
    rng, refused, tried, read = random.Random(seed), 0, 0, {}
    while tried < edits:
        number = tried % len(certificates())
        data, path = tampered_anywhere(certificates()[number], rng)
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
