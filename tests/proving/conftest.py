"""What tests of proofs share: a second reading of certificates, and what becomes of them when they are shortened."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from oracles.certificates import Values
from oracles.multiplying import adds_up

from tptheory.typesetting.explanation import chain


@pytest.fixture(scope="session")
def second_reading() -> Callable[[dict[str, Any]], bool]:
    """Return a function that multiplies a certificate out at three random points."""
    return adds_up


@pytest.fixture(scope="session")
def shorter() -> Callable[[Any], tuple[int, int]]:
    """Return a function that shortens a certificate, checks the result and its chains, and counts the cofactors."""

    def shortened(certificate: Any) -> tuple[int, int]:
        found = certificate.shortened()
        assert found.check()
        for old, new in zip(certificate.parts(), found.parts(), strict=True):
            written = chain(new)
            steps = written.steps
            assert list(old) == list(new)
            assert {k: v for k, v in old.items() if k not in ("hypotheses", "reasons", "cofactors")} == {
                k: v for k, v in new.items() if k not in ("hypotheses", "reasons", "cofactors")
            }
            assert len(new["cofactors"]) <= len(old["cofactors"])
            assert sorted(i for step in steps for i in step.uses) == list(range(len(new["cofactors"])))
            assert all(step.reason.text for step in steps[1:])
            for seed in range(2):
                assert Values(new, np.random.default_rng(seed)).follows(steps, written.reader)
        return certificate.cofactors, found.cofactors

    return shortened
