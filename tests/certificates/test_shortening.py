"""Certificates are shortened: the same goal from the same hypotheses, with fewer cofactors."""

from pathlib import Path
from time import process_time

import pytest
from oracles.small import CANCELLED, REACHED, STEP, UNIQUE

from tptheory.certificates.checker import check
from tptheory.certificates.reading import accepted
from tptheory.certificates.shortening import shortened

ROOT = Path(__file__).parents[2]


def test_how_short_a_proof_becomes():
    """The pseudo-inverse is unique by 12 steps; a shorter certificate is shortened no further, and not copied."""
    short = shortened(UNIQUE)
    assert len(short["cofactors"]) == 12
    check(short)
    assert shortened(short) is short
    assert {k: v for k, v in short.items() if k not in ("hypotheses", "reasons", "cofactors")} == {
        k: v for k, v in UNIQUE.items() if k not in ("hypotheses", "reasons", "cofactors")
    }


@pytest.mark.parametrize("data", [REACHED, CANCELLED, STEP])
def test_what_cannot_be_shorter_stays_itself(data):
    """A certificate with nothing to spare is returned, not copied."""
    assert shortened(data) is data


def with_detour(data, reasons):
    """Return a certificate whose proof goes to and fro along a hypothesis of its own, the last one."""
    n = len(data["hypotheses"])
    hypotheses = [*data["hypotheses"], {"zero": [["1", ["Z"]]]}]
    cofactors = [[c, left, k + (k >= n), right] for c, left, k, right in data["cofactors"]]
    detour = [["1", [], n, []], ["-1", [], n, []]]
    letters = data["letters"] | {"Z": ["n", "m"]}
    return {
        **data,
        "letters": letters,
        "hypotheses": hypotheses,
        "cofactors": [*cofactors, *detour],
        "reasons": reasons,
    }


def test_a_needless_detour_is_cut_out():
    """A proof that goes to and fro loses what cancels, and hypotheses that only that used, unless all shall stay."""
    short = shortened(UNIQUE)
    longer = with_detour(short, [*short["reasons"], ["given"]])
    check(longer)
    assert shortened(longer) == {**short, "letters": longer["letters"]}
    kept = shortened(longer, keep_hypotheses=True)
    assert kept["hypotheses"] == longer["hypotheses"]
    assert kept["reasons"] == longer["reasons"]
    assert len(kept["cofactors"]) == len(short["cofactors"])
    check(kept)


@pytest.mark.parametrize("reasons", [None, "words", [1], {"a": []}, [[]] * 100])
def test_reasons_of_any_shape_do_not_matter(reasons):
    """Reasons that are not one for each hypothesis are left as they are."""
    short = shortened(with_detour(shortened(UNIQUE), reasons))
    assert len(short["cofactors"]) == 12
    assert short["reasons"] == reasons


def test_what_the_checker_refuses_is_not_made_acceptable():
    """A certificate whose cofactors miss the goal is returned as it is."""
    broken = {**UNIQUE, "cofactors": UNIQUE["cofactors"][1:]}
    assert not accepted(broken)
    assert shortened(broken) is broken


def test_a_case_of_an_induction_is_shortened_too():
    """What goes to and fro at the layers l and l+1 is cut out; the result is accepted as the case was."""
    detour = [["1", [["P", "l", 1]], 0, []], ["-1", [["P", "l", 1]], 0, []]]
    longer = {**STEP, "cofactors": [*STEP["cofactors"], *detour]}
    assert shortened(longer) == STEP


def test_shortening_is_repeated():
    """The same certificate comes out each time."""
    assert shortened(UNIQUE, 30) == shortened(UNIQUE, 30)


def test_numbers_beyond_floats_are_left_alone():
    """Where a coefficient is too large for linear programming, the certificate stays as it is."""
    huge = "7" * 400
    data = {**UNIQUE, "cofactors": [*UNIQUE["cofactors"], [huge, [], 1, []], [f"-{huge}", [], 1, []]]}
    check(data)
    assert accepted(shortened(data))
    hypotheses = [{"zero": [[huge, ["A", "P", "A"]], [f"-{huge}", ["A"]]]}, *UNIQUE["hypotheses"][1:]]
    cofactors = [[f"{c}/{huge}" if k % 8 == 0 else c, left, k, right] for c, left, k, right in UNIQUE["cofactors"]]
    data = {**UNIQUE, "hypotheses": hypotheses, "cofactors": cofactors}
    check(data)
    assert shortened(data) is data


def test_shortening_keeps_its_time():
    """Little time gives less, never something wrong."""
    started = process_time()
    found = shortened(UNIQUE, 0.0001)
    assert process_time() - started < 1
    check(found)


def test_slow_libraries_wait_until_they_are_needed(python):
    """Importing the room, and all of tptheory with it, imports no linear programming, pictures or data."""
    code = (
        "import sys, tptheory.certificates.shortening; "
        "print({'scipy.optimize', 'matplotlib', 'sklearn'} & {*sys.modules})"
    )
    assert python("-c", code, cwd=ROOT).stdout == "set()\n"
