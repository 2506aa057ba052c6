"""What a certificate states is what the checker reads."""

import pytest
from oracles.small import CANCELLED, DESCENDS, LAYERS, RANKS, REACHED, UNIQUE, certificate

from tptheory.certificates.checker import Refused, check
from tptheory.typesetting.statements import statement_text

ALL = [REACHED, UNIQUE, CANCELLED, DESCENDS, *RANKS, LAYERS]


def test_a_statement_has_letters_hypotheses_and_a_goal():
    """Letters have their shapes; none that stand in neither hypothesis nor goal."""
    assert statement_text(UNIQUE).splitlines() == [
        "For all sizes and all real A (m x n), P (n x m), X (n x m):",
        "if",
        "  (1) A P A = A",
        "  (2) P A P = P",
        "  (3) P' A' = A P",
        "  (4) A' P' = P A",
        "  (5) A X A = A",
        "  (6) X A X = X",
        "  (7) X' A' = A X",
        "  (8) A' X' = X A",
        "then",
        "  P = X",
    ]
    assert statement_text(RANKS[1]).splitlines() == [
        "For all sizes and all real A (m x n), B (n x p):",
        "  rank(A B) <= n",
    ]
    assert statement_text(RANKS[2]).splitlines() == [
        "For all sizes and all real A (m x n), B (n x p):",
        "  rank(A B) <= rank(B)",
    ]
    assert statement_text(DESCENDS).endswith("then\n  tr(A G') <= 0")


def test_the_statement_of_an_induction():
    """Ranges are said; what holds at one index stands at it."""
    assert statement_text(LAYERS).splitlines() == [
        "For every depth L, all sizes and all real W[k] (n[k] x n[k-1]), x[k] (n[k] x 1):",
        "if",
        "  (1) x[k] = W[k] x[k-1], for every k from 1 to L",
        "  (2) x[0] = 0",
        "then",
        "  x[k] = 0, for every k from 0 to L",
    ]


def test_parts_are_numbered():
    """A certificate by all says what each part says."""
    data = {"format": "tptheory-certificate/2", "method": "all", "parts": [REACHED, LAYERS]}
    check(data)
    assert statement_text(data) == f"(1)\n{statement_text(REACHED)}\n\n(2)\n{statement_text(LAYERS)}"


@pytest.mark.parametrize("data", ALL)
def test_no_remark_is_shown(data):
    """Titles, reasons, meanings and left sides change nothing."""
    loud = {"title": "LOUD", "reasons": [["given", "LOUD"]] * 9, "left": 1}
    loud["meanings"] = {a: {"name": f"LOUD_{a}"} for a in data["letters"]}
    bare = {k: v for k, v in data.items() if k not in loud}
    assert statement_text({**data, **loud}) == statement_text(bare)
    assert "LOUD" not in statement_text({**data, **loud})


LIKE = [
    "A",
    "A'",
    "A+",
    "A ",
    " A",
    "I",
    "tr",
    "rank",
    "0",
    "1/2",
    "А",
    "A\n",
    "A_1",
    "A1",
    "lambda",
    "λ",
    "tr(A)",
    "]",
]


def test_no_two_names_look_alike():
    """A name that looks like another, or like something that is no letter, stands in quotation marks."""
    said = []
    for name in LIKE:
        letters = {other: ["n", "n"] for other in LIKE}
        said.append(certificate(letters=letters, goal={"zero": [["1", [name]]]}))
    assert len({statement_text(data) for data in said}) == len(LIKE)
    assert all("\n" not in line for data in said for line in statement_text(data).splitlines())
    transposed = certificate(letters={"A": ["n", "n"], "A'": ["n", "n"]}, goal={"zero": [["1", [{"T": "A"}]]]})
    assert statement_text(transposed) not in {statement_text(data) for data in said}


def test_shapes_are_said():
    """Symmetric matrices and numbers are called so; sizes are what they are."""
    letters = {"S": ["n", "n", "symmetric"], "c": [], "y": [3, 1]}
    goal = {"zero": [["1", ["c", "S"]], ["0", ["S", {"tr": ["y", {"T": "y"}]}]]]}
    assert statement_text(certificate(letters=letters, goal=goal)).splitlines()[0] == (
        "For all sizes and all real S (n x n, symmetric), c (a number), y (3 x 1):"
    )


def test_what_cannot_be_read_is_refused():
    """A letter that is not declared has no statement."""
    with pytest.raises(Refused, match="not declared"):
        statement_text(certificate(goal={"zero": [["1", ["Z"]]]}))
