"""The polynomials of a certificate, as people are shown them."""

from fractions import Fraction

import numpy as np
import pytest
from oracles.certificates import Values
from oracles.small import CANCELLED, DESCENDS, LAYERS, RANKS, REACHED, STEP, UNIQUE, certificate, t

from tptheory.certificates.checker import Refused, check
from tptheory.certificates.reading import Reader, accepted

PLAIN = {"reached": REACHED, "unique": UNIQUE, "cancelled": CANCELLED, "descends": DESCENDS, "rank": RANKS[0]}


@pytest.mark.parametrize("data", [*PLAIN.values(), *RANKS, LAYERS])
def test_the_examples_are_certificates(data):
    """The checker accepts what the tests of this room start from."""
    check(data)


@pytest.mark.parametrize("data", [*PLAIN.values(), STEP], ids=[*PLAIN, "step"])
def test_a_proof_is_accepted_as_the_checker_accepts_it(data):
    """A case of an induction is judged like a plain certificate; a wrong coefficient is found in both."""
    assert accepted(data)
    if data["cofactors"]:
        (coefficient, *rest), *others = data["cofactors"]
        assert not accepted({**data, "cofactors": [[f"{Fraction(coefficient) * 2}", *rest], *others]})
    assert not accepted({**data, "method": "nothing"})
    assert not accepted({"method": "identity"})


THIN = certificate(letters={"A": ["m", "n"], "x": ["n", 1], "y": ["n", 1], "z": ["m", 1], "c": []}, sizes=["m", "n"])
EQUAL = [
    ([["1", [{"tr": ["x", t("y")]}], 1]], [["1", [t("x"), "y"]]]),
    ([["1", ["z", t("x"), "y"]]], [["1", [{"tr": ["x", t("y")]}, "z"]]]),
    ([["1", ["A", "x", t("y"), "x"]]], [["1", [{"tr": ["x", t("y")]}, "A", "x"]]]),
    ([["1", ["A", "c"]], ["2", ["c", "A"]]], [["3", ["c", "A"]]]),
    ([["1", [{"tr": ["A", t("A")]}], 1]], [["1", [{"tr": [t("A"), "A"]}], 1]]),
]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_equal_polynomials_are_read_alike(one, other):
    """Numbers come out of products, traces have one name, and like terms are collected."""
    reader = Reader(THIN)
    p, q = reader.polynomial(one), reader.polynomial(other)
    assert p == q
    assert len(p[0]) == 1
    assert reader.transpose(reader.transpose(p)) == p


def test_terms_that_cancel_leave_nothing():
    """Zero has no terms; terms of two shapes are refused."""
    assert Reader(THIN).polynomial([["1", ["A"]], ["-1", ["A"]]]) == ({}, (("m",), ("n",)))
    with pytest.raises(Refused, match="of one shape"):
        Reader(THIN).polynomial([["1", ["A"]], ["-1", ["x"]]])
    with pytest.raises(Refused, match="do not compose"):
        Reader(THIN).polynomial([["1", ["A", "A"]]])


@pytest.mark.parametrize("data", [*PLAIN.values(), *RANKS, STEP])
def test_cofactors_add_up_on_the_second_reading(data):
    """What a cofactor adds up to is what it is on random matrices."""
    reader = Reader(data)
    read = reader.cofactors(reader.hypotheses())
    for seed in range(3):
        values = Values(data, np.random.default_rng(seed))
        for (terms, _), entry in zip(read, data["cofactors"], strict=True):
            expected = values.cofactor(entry)
            assert values.line(terms, reader, expected) == expected
