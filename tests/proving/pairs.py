"""What holds of the claims in a table of true ones, each with a false one beside it."""

from tptheory import decide, prove


def check_proved(claim):
    """The checker accepts the proof, and the claim as typed holds on exact matrices."""
    verdict = prove(claim, seconds=60)
    assert verdict.proved, verdict.reason
    assert verdict.certificate.check()


def check_refuted(claim):
    """A counterexample is found."""
    assert decide(claim, seconds=20).refuted
