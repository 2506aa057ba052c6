"""A claim, the polynomials that it becomes, and the certificate that is made for it say the same."""

import pytest
from oracles.meaning import WAYS, agree, number_of_parts, stated
from oracles.theorems import conjuncts, false, proved

from tptheory import prove

THEOREMS = conjuncts(proved())
CLAIMS = THEOREMS | {f"false: {name}": claim for name, claim in conjuncts(false()).items()}


@pytest.mark.parametrize("name", CLAIMS)
def test_a_translation_has_the_value_of_its_claim(name):
    """At exact instances, degenerate and of size 1 too, both sides agree, and every assumption vanishes."""
    found = [agree(CLAIMS[name], seed, *WAYS[seed % len(WAYS)]) for seed in range(12)]
    assert False not in found
    assert found.count(True) > 1


@pytest.mark.parametrize("name", THEOREMS)
def test_a_certificate_states_its_claim(name):
    """Goal, hypotheses, bound, sizes and letters of a certificate are those of the claim, translated afresh."""
    claim = THEOREMS[name]
    parts = list(prove(claim).certificate.parts())
    assert len(parts) == number_of_parts(claim)
    assert all(stated(part, claim, k) for k, part in enumerate(parts))
