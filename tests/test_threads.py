"""Several proofs, refutations and runs at once, in threads of one process, are those that come one after the other."""

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from oracles.theorems import conjuncts, false, proved

from tptheory import Backprop, TargetProp, crosscheck, prove, refute, simulate

SOME = 24


@pytest.fixture(autouse=True)
def hasty():
    """Let threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def spread(claims):
    """Return some claims from everywhere in the library."""
    claims = list(claims.values())
    return claims[:: max(1, len(claims) // SOME)][:SOME]


def both(function, arguments):
    """Return what comes one after the other, and what comes from four threads, twice."""
    alone = [function(argument) for argument in arguments]
    with ThreadPoolExecutor(4) as pool:
        return alone * 2, list(pool.map(function, arguments * 2))


def test_proofs_do_not_disturb_each_other():
    """The certificates are the same, byte for byte."""

    def certificate(claim):
        verdict = prove(claim, seconds=60)
        assert verdict.proved
        return verdict.certificate.to_json()

    alone, together = both(certificate, spread(conjuncts(proved())))
    assert together == alone


def test_counterexamples_do_not_disturb_each_other():
    """They are the same matrices."""

    def counterexample(claim):
        return str(refute(claim, 60).counterexample)

    alone, together = both(counterexample, spread(conjuncts(false()))[:8])
    assert together == alone


def test_numbers_do_not_disturb_each_other():
    """Simulations and cross-checks are the same bits."""
    claims = spread(proved())

    def numbers(seed):
        rng = np.random.default_rng(seed)
        weights = [rng.standard_normal((3, 3)) for _ in range(3)]
        run = simulate((Backprop(), TargetProp())[seed % 2], weights, np.ones(3), np.zeros(3), steps=20)
        return run.weights[0].tobytes(), crosscheck(claims[seed], trials=3).residual

    alone, together = both(numbers, list(range(6)))
    assert together == alone
