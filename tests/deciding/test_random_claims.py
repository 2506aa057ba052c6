"""Random claims, decided: no proof of a false one, no counterexample to a true one, no crash.

They come from a grammar (`oracles.claims`), and every verdict is judged by a reading of it that shares no code with the
search (`oracles.verdicts`). ``PYTHONPATH=.:tests python -m deciding.random_claims`` runs others.
"""

import os
import sys
from collections import Counter

import pytest
from deciding.random_claims import Answer, answers, table, told
from oracles.claims import random_claim
from oracles.terms import CLAIMS, HYPOTHESES, RULES, has_tag, walk

FEW, MANY = 150, 20_000


@pytest.fixture(scope="module")
def few() -> list[Answer]:
    """Decide a few claims."""
    return answers(range(FEW))


def wrong(found: list[Answer], *words: str) -> str:
    """Write out what went wrong."""
    return "\n".join(told(one) for one in found if one.word in words)


def test_no_verdict_is_contradicted(few):
    """Every proof stands on all instances, and every counterexample evaluates to one."""
    assert not wrong(few, "contradicted")


def test_nothing_crashes(few):
    """A claim is refused by an error of tptheory's own, or it is answered."""
    assert not wrong(few, "crashed")


def test_every_class_and_every_verdict_occurs(few):
    """A few claims reach every class, and are proved as well as refuted."""
    assert {one.kind for one in few} == set(CLAIMS)
    words = Counter(one.word for one in few)
    assert words["proved"] > FEW / 5
    assert words["refuted"] > FEW / 5
    assert sum(bool(one.unjudged) for one in few) < FEW / 20


def test_the_grammar_speaks_of_everything():
    """Classes, hypotheses, rules, ranges, recursions, networks, colliding names, sizes as numbers, all occur."""
    claims = [random_claim(seed) for seed in range(3000)]
    parts = {part for claim in claims for part in walk(claim.term) if isinstance(part, str)}
    assert {*CLAIMS, *HYPOTHESES, *RULES, "own", "flow", "step", "rec", "net", "if"} <= parts
    tags = ("pow", "inv", "det", "logpdet", "trace", "ones", "explicit", "size", "spow", "entry", "velocity", "after")
    assert all(any(has_tag(claim.term, tag) for claim in claims) for tag in tags)
    assert {"A+", "A'", "W_1", "k", "l"} <= {
        part[1] for claim in claims for part in walk(claim.term) if is_symbol(part)
    }
    limits = [part[2] for claim in claims for part in walk(claim.term) if isinstance(part, tuple) and is_range(part)]
    lengths = {last - first for _, first, last in limits if isinstance(first, int) and isinstance(last, int)}
    assert {-2, -1, 0, 1, 2} <= lengths
    assert any(isinstance(last, tuple) for _, _, last in limits)
    assert {claim.style for claim in claims} == {"tptheory", "operators", "mixed"}
    built = sum(claim.true is True or "," in claim.origin for claim in claims) / len(claims)
    assert 0.4 < built < 0.75


def is_symbol(part: object) -> bool:
    """Tell a symbol of a matrix or a number."""
    return isinstance(part, tuple) and bool(part) and part[0] in ("M", "S")


def is_range(part: tuple) -> bool:
    """Tell a claim for a range."""
    return bool(part) and part[0] == "ForAll"


def test_a_claim_is_its_number():
    """The same number makes the same claim."""
    assert [random_claim(seed) for seed in range(50)] == [random_claim(seed) for seed in range(50)]


@pytest.mark.slow
def test_no_verdict_of_many_is_contradicted():
    """Of 20,000 claims none is wrongly proved or refuted, and none crashes."""
    found = answers(range(MANY), processes=os.cpu_count() or 1)
    sys.stdout.write(table(found) + "\n")
    assert not wrong(found, "contradicted", "crashed")
