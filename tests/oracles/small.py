"""Small certificates of format 2, written by hand, from which tests start."""

from typing import Any

from oracles.format_words import FORMAT, t


def penrose(A: str, P: str) -> list[dict[str, Any]]:
    """Return Penrose's four equations for a letter and its pseudo-inverse."""
    return [
        {"zero": [["1", [A, P, A]], ["-1", [A]]]},
        {"zero": [["1", [P, A, P]], ["-1", [P]]]},
        {"zero": [["1", [t(P), t(A)]], ["-1", [A, P]]]},
        {"zero": [["1", [t(A), t(P)]], ["-1", [P, A]]]},
    ]


def certificate(**fields: Any) -> dict[str, Any]:
    """Return a certificate by identity of matrices, with these fields instead."""
    data: dict[str, Any] = {"format": FORMAT, "method": "identity", "sizes": ["m", "n"]}
    data |= {"letters": {"A": ["m", "n"], "P": ["n", "m"]}, "hypotheses": [], "cofactors": []}
    return data | fields


OF_A = [["1", ["A"]]]

REACHED = certificate(
    title="if W_2 has full row rank, then alpha W_2 W_2+ (y - W_2 W_1 x) = alpha (y - W_2 W_1 x)",
    sizes=["n_0", "n_1", "n_2"],
    letters={
        "a": [],
        "W_1": ["n_1", "n_0"],
        "W_2": ["n_2", "n_1"],
        "P": ["n_1", "n_2"],
        "x": ["n_0", 1],
        "y": ["n_2", 1],
    },
    meanings={"a": {"name": "alpha"}, "P": {"pinv": [["1", ["W_2"]]]}},
    hypotheses=[{"zero": [["1", ["W_2", "P"]], ["-1", [], "n_2"]]}],
    reasons=[["property", "full_row_rank", [["1", ["W_2"]]]]],
    goal={
        "zero": [
            ["1", ["a", "W_2", "P", "y"]],
            ["-1", ["a", "W_2", "P", "W_2", "W_1", "x"]],
            ["-1", ["a", "y"]],
            ["1", ["a", "W_2", "W_1", "x"]],
        ]
    },
    left=2,
    cofactors=[["1", ["a"], 0, ["y"]], ["-1", ["a"], 0, ["W_2", "W_1", "x"]]],
)
"""The example of the README."""

UNIQUE = certificate(
    title="A X A = A, X A X = X, A X = X' A' and X A = A' X' make X the pseudo-inverse of A",
    letters={"A": ["m", "n"], "P": ["n", "m"], "X": ["n", "m"]},
    meanings={"P": {"pinv": OF_A}},
    hypotheses=[*penrose("A", "P"), *penrose("A", "X")],
    reasons=[*(["penrose", k, OF_A] for k in (1, 2, 3, 4)), *[["given"]] * 4],
    goal={"zero": [["1", ["P"]], ["-1", ["X"]]]},
    left=1,
    cofactors=[
        ["-1", ["P"], 0, ["P"]],
        ["1", ["P", "A"], 8, [t("X"), "P"]],
        ["1", [], 8, [t("X"), "X"]],
        ["1", ["P", t("X")], 8, []],
        ["-1", [], 1, []],
        ["-1", ["P", t("X"), t("A")], 2, []],
        ["-1", ["P", "A"], 3, [t("A"), t("X"), "P"]],
        ["-1", [], 3, [t("A"), t("X"), "X"]],
        ["-1", ["P", "A", "P"], 4, ["P"]],
        ["-1", ["P"], 4, ["X"]],
        ["1", [], 5, []],
        ["-1", ["P"], 6, ["A", "P"]],
        ["1", ["P"], 6, []],
        ["-1", ["P", "A", "P", "A"], 7, ["P"]],
        ["1", ["P", "A"], 7, ["P"]],
        ["-1", ["P", "A"], 7, ["X"]],
        ["1", [], 7, ["X"]],
    ],
)
"""The pseudo-inverse is unique, as completion proves it: 12 of the 17 cofactors are enough."""

CANCELLED = certificate(
    letters={"A": ["m", "n"]},
    hypotheses=[{"zero": [["1", [t("A"), "A"]]]}],
    reasons=[["given"]],
    goal={"zero": [["1", ["A"]]]},
    method="cancellation",
    cofactors=[["1", [], 0, [], []]],
    squares=[],
)

DESCENDS = certificate(
    letters={"A": ["m", "n"], "G": ["m", "n"]},
    meanings={"G": {"velocity": "A"}},
    hypotheses=[{"zero": [["1", ["G"]], ["1/2", ["A"]]]}],
    reasons=[["motion", "the flow of decay"]],
    goal={"nonpositive": [["1", [{"tr": [t("A"), "G"]}], 1]]},
    method="descent",
    cofactors=[["1", [t("A")], 0, [], []]],
    squares=[["1/2", OF_A]],
)

RANKS = [
    certificate(
        title="rank(A B) <= m, n, rank(B)",
        sizes=["m", "n", "p"],
        letters={"A": ["m", "n"], "B": ["n", "p"]},
        goal={"rank": [["1", ["A", "B"]]], "at most": bound},
        method="rank",
        factors=factors,
    )
    for bound, factors in (
        ("m", [[["1", [], "m"]], [["1", ["A", "B"]]]]),
        ("n", [OF_A, [["1", ["B"]]]]),
        ({"rank": [["1", ["B"]]]}, [OF_A, [["1", ["B"]]]]),
    )
]

LAYERS = {
    "format": FORMAT,
    "method": "induction",
    "sizes": ["n"],
    "indexed": ["n", "W", "x"],
    "letters": {"W": [["n", "k", 0], ["n", "k", -1]], "x": [["n", "k", 0], 1]},
    "hypotheses": [
        {"zero": [["1", [["x", "k", 0]]], ["-1", [["W", "k", 0], ["x", "k", -1]]]], "from": ["", 1], "to": ["L", 0]},
        {"zero": [["1", [["x", "", 0]]]], "from": ["", 0], "to": ["", 0]},
    ],
    "theorems": [
        {
            "goal": {"zero": [["1", [["x", "k", 0]]]]},
            "from": ["", 0],
            "to": ["L", 0],
            "cases": [
                {
                    "at": ["", 0],
                    "after": None,
                    "uses": [[1, ["", 0]]],
                    "method": "identity",
                    "cofactors": [["1", [], 0, []]],
                },
                {
                    "at": ["l", 1],
                    "after": ["l", 0],
                    "uses": [[0, ["l", 1]], [2, ["l", 0]]],
                    "method": "identity",
                    "cofactors": [["1", [], 0, []], ["1", [["W", "l", 1]], 1, []]],
                },
            ],
        }
    ],
}

STEP = {
    "method": "identity",
    "place": "From l to l+1:",
    "sizes": ["n"],
    "indexed": ["n", "W", "x", "P"],
    "letters": {
        "W": [["n", "k", 0], ["n", "k", -1]],
        "P": [["n", "k", -1], ["n", "k", 0]],
        "x": [["n", "k", 0], 1],
    },
    "meanings": {"P": {"pinv": [["1", [["W", "k", 0]]]]}},
    "hypotheses": [
        {"zero": [["1", [["x", "l", 1]]], ["-1", [["W", "l", 1], ["x", "l", 0]]]]},
        {"zero": [["1", [["x", "l", 0]]]]},
    ],
    "reasons": [["definition", "the layers"], ["before"]],
    "goal": {"zero": [["1", [["P", "l", 1], ["x", "l", 1]]]]},
    "left": 1,
    "cofactors": [["1", [["P", "l", 1]], 0, []], ["1", [["P", "l", 1], ["W", "l", 1]], 1, []]],
}
"""The step of an induction, made to look like a plain certificate."""
