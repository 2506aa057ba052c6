"""What holds of the claims in a table of true ones, each with a false one beside it."""

import pytest

from tptheory import decide, prove
from tptheory.proving.restating import restated


def each_true(pairs):
    """Run a test for the true claim of each pair."""
    return pytest.mark.parametrize("claim", [true for true, _ in pairs.values()], ids=pairs)


def each_false(pairs):
    """Run a test for the false claim of each pair."""
    return pytest.mark.parametrize("claim", [false for _, false in pairs.values()], ids=pairs)


def check_proved(claim):
    """The checker accepts the proof, the claim as typed holds on exact matrices, and the proof is known again."""
    verdict = prove(claim, seconds=60)
    assert verdict.proved, verdict.reason
    assert verdict.certificate.check()
    assert restated(claim, verdict.certificate) is not None  # a stored proof is known again


def check_refuted(claim):
    """A counterexample is found."""
    assert decide(claim, seconds=20).refuted
