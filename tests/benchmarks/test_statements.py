"""The benchmark of statements counts what it says that it counts; no verdict is asked for here but two quick ones."""

from contextlib import suppress
from dataclasses import replace

import pytest

from tests.benchmarks.statements import inverses, run
from tests.benchmarks.statements.hundred import EVERY, HUNDRED
from tests.benchmarks.statements.statement import Statement
from tptheory import TptheoryError
from tptheory.claims.claim import Claim

QUICK = next(s for s in inverses.KNOWN if s.name == "AXA = A gives XAX = X")


def test_the_hundred_are_sixty_and_forty():
    """Sixty of the hundred are true, and every name is its own."""
    assert [s.true for s in HUNDRED].count(True) == 60
    assert len(HUNDRED) == 100
    assert len({s.name for s in EVERY}) == len(EVERY)


@pytest.mark.parametrize("statement", EVERY, ids=lambda s: s.name)
def test_a_statement_is_a_claim_or_refused(statement):
    """It builds a claim, or tptheory refuses it in an error of its own."""
    with suppress(TptheoryError):
        assert isinstance(statement.claim(), Claim)


def test_a_verdict_is_held_against_the_truth():
    """A refuted statement is right if it is false, and wrong if the list says that it is true."""
    assert run.settle(QUICK, 10.0).outcome == "right"
    assert run.settle(replace(QUICK, true=True), 10.0).outcome == "wrong"


def test_what_raises_is_told_apart():
    """A refusal in tptheory's words is no crash."""

    def statement(error: Exception) -> Statement:
        def claim() -> Claim:
            raise error

        return Statement("name", claim, "", "area", True)

    outcomes = [run.settle(statement(error), 1.0) for error in (TptheoryError("no such claim"), ValueError("a bug"))]
    assert [o.outcome for o in outcomes] == ["refused", "crashed"]
    *_, last = run.table(outcomes)
    assert last.split() == ["all", "false", *"00000"]
