"""The verdict on a theorem or conjecture of a library: from what is stored beside it, or else from a search."""

from __future__ import annotations

import json
from time import perf_counter
from typing import Any

from flint import fmpq, fmpq_mat
from sympy import MatrixSymbol

from tptheory.certificates import checker, law_counts
from tptheory.checking import check_seconds
from tptheory.claims.ranges import at_small_depths, numbered_parts
from tptheory.claims.theorem import Theorem
from tptheory.clock import time_limit
from tptheory.deciding.answers import (
    LEAST_SECONDS,
    OUT_OF_TIME,
    confirmed_counterexample,
    confirmed_proof,
    decide,
    neither,
    prove,
    refute,
)
from tptheory.deciding.verdicts import Found, Proved, Refuted, RefutedCount, Undecided
from tptheory.errors import InvalidFileError, TptheoryError, complain
from tptheory.measuring.instances import Instances
from tptheory.measuring.premises import Instance
from tptheory.proving.certificate import Certificate
from tptheory.proving.restating import restated
from tptheory.refuting.counterexample import Counterexample
from tptheory.symbolic.remembering import one_question

LOOK_SHARE = 0.05
"""The part of the time that `decide` is given first, whatever is expected."""
EXPECTED_SHARE = 0.7
"""The part of the time that is then spent on what is expected, or on the smallest counterexample."""
FORMAT = "tptheory-counterexample/1"
OWN_SECONDS = 10.0
"""For how many seconds it is searched for a proof that a stored law holds near a point."""


@one_question()
def settle(theorem: Theorem, seconds: float = 10.0) -> Found:
    """Search for the verdict on a theorem.

    After a short look at both sides, most of the time is spent on what is expected: a proof of a theorem, a
    counterexample to a conjecture. What is left is spent on the other side. Where the look finds a counterexample
    that is not known to be the smallest, the search for that takes longer. An open conjecture, and a claim that
    decides itself, are left to `decide`.

    Args:
        theorem: the theorem or conjecture.
        seconds: how long to search.

    Raises:
        InvalidValueError: if ``seconds`` is not a positive number.
    """
    check_seconds(seconds)
    if theorem.expected == "undecided" or theorem.claim.decides_itself:
        return decide(theorem, seconds)
    look = decide(theorem, LOOK_SHARE * seconds)
    if isinstance(look, Proved):
        return look
    if isinstance(look, Refuted) and look.counterexample.minimal:
        return look
    if isinstance(look, Refuted):
        longer = refute(theorem, EXPECTED_SHARE * seconds)
        return longer if isinstance(longer, Refuted) else look
    return _one_side_first(theorem, max(seconds - look.seconds, LEAST_SECONDS))


def _one_side_first(theorem: Theorem, seconds: float) -> Found:
    """Search on the side of what is expected, and then on the other; tell what both say where neither settles it."""
    started = perf_counter()
    proof_first = theorem.expected == "proved"
    sides = (prove, refute) if proof_first else (refute, prove)
    first = sides[0](theorem, EXPECTED_SHARE * seconds)
    if not isinstance(first, Undecided):
        return first
    left = seconds - (perf_counter() - started)
    second = sides[1](theorem, left) if left > 0 else Undecided(theorem.claim, OUT_OF_TIME)
    if not isinstance(second, Undecided):
        return second
    proof, search = (first, second) if proof_first else (second, first)
    return neither(theorem.claim, proof, search, perf_counter() - started)


@one_question()
def recalled(theorem: Theorem, stored: Any) -> Proved | Refuted | RefutedCount | None:
    """Return the stored verdict; None unless it is about this theorem, and passes the checker and the evaluation."""
    started = perf_counter()
    if not isinstance(stored, dict):
        return None
    if stored.get("format") == checker.FORMAT:
        certificate = Certificate(stored)
        fresh = restated(theorem.claim, certificate, theorem.plain_title) if certificate.check() else None
        if fresh is not None:
            proof = confirmed_proof(theorem.claim, fresh, perf_counter() - started, recalled=True)
            return proof if isinstance(proof, Proved) else None
    elif stored.get("format") == law_counts.FORMAT:
        with time_limit(OWN_SECONDS):
            own = theorem.claim.recalled_verdict(stored, OWN_SECONDS)
        return own if isinstance(own, Proved | RefutedCount) else None
    elif stored.get("format") == FORMAT:
        try:
            found = _counterexample(theorem, stored)
            verdict = confirmed_counterexample(theorem.claim, found, perf_counter() - started)
            return verdict if isinstance(verdict, Refuted) else None
        except TptheoryError:
            return None
    return None


def stored_form(theorem: Theorem, verdict: Found) -> dict[str, Any] | None:
    """Return what to keep of a verdict, as plain data: a certificate, a counterexample, or nothing."""
    if isinstance(verdict, Proved | RefutedCount):
        return verdict.certificate.data
    if isinstance(verdict, Refuted):
        found = verdict.counterexample
        return _as_stored(theorem.plain_title, list(at_small_depths(theorem.claim)).index(found.claim), found)
    return None


def _as_stored(title: str, part: int, found: Counterexample) -> dict[str, Any]:
    return {"format": FORMAT, "theorem": title, "part": part, **found.to_json()}


def _counterexample(theorem: Theorem, data: dict[str, Any]) -> Counterexample:
    """Read a counterexample to one of the claims that make up a theorem.

    Raises:
        InvalidFileError: if the data does not give every symbol of the claim a value of its shape, or if writing the
            counterexample again gives other data: so no field is ignored or misread.
    """
    try:
        parts = list(numbered_parts(theorem.claim))
        part, indices = parts[data["part"]]
        source = Instances(part)
        sizes = {n: int(data["sizes"][str(n)]) for n in source.sizes}
        if any(n < 1 for n in sizes.values()):
            raise ValueError("a size is below 1")
        values: Instance = {**sizes}
        for A in source.matrices:
            values[A] = _matrix(A, data["matrices"][str(A)], source.shape(A, sizes))
        values |= {s: _number(data["scalars"][str(s)]) for s in source.scalars}
        swept = data["swept"] if type(data["swept"]) is int else None
        minimal, typed = data["minimal"] is True, theorem.claim
        found = Counterexample(part, values, minimal, swept, stored=True, indices=indices, typed=typed)
        written = _as_stored(str(data["theorem"]), range(len(parts))[data["part"]], found)
        if json.dumps(data, sort_keys=True) != json.dumps(written, sort_keys=True):
            raise ValueError("what is not written so")
        return found
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise InvalidFileError(complain("data", f"a counterexample to {theorem.node}", f"{error}")) from None


def _matrix(A: MatrixSymbol, rows: list[list[str]], shape: tuple[int, int]) -> fmpq_mat:
    if len(rows) != shape[0] or any(len(row) != shape[1] for row in rows):
        raise ValueError(f"{A} is not of shape {shape}")
    return fmpq_mat(*shape, [_number(x) for row in rows for x in row])


def _number(text: str) -> fmpq:
    value = checker.as_rational(text)
    return fmpq(value.numerator, value.denominator)
