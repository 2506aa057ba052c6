"""Small certificates of every method, each with something that a reader could get wrong: material for edits."""

from typing import Any

from oracles.format_words import FORMAT, t, tr


def _plain(method: str, sizes: str, letters: Any, hypotheses: Any, goal: Any, **proof: Any) -> dict[str, Any]:
    given = [{"zero": h} for h in hypotheses]
    head = {"format": FORMAT, "method": method, "sizes": sizes.split(), "letters": letters}
    return {**head, "hypotheses": given, "goal": goal, **proof}


def _induction(sizes: str, indexed: str, letters: Any, laws: Any, theorems: Any) -> dict[str, Any]:
    head = {"format": FORMAT, "method": "induction", "sizes": sizes.split(), "indexed": indexed.split()}
    given = [{"zero": zero, "from": first, "to": last} for zero, first, last in laws]
    return {**head, "letters": letters, "hypotheses": given, "theorems": theorems}


def _theorem(goal: Any, first: Any, last: Any, *cases: Any) -> dict[str, Any]:
    return {"goal": goal, "from": first, "to": last, "cases": list(cases)}


def _case(at: Any, after: Any, uses: Any, cofactors: Any, method: str = "identity", **more: Any) -> dict[str, Any]:
    return {"at": at, "after": after, "uses": uses, "method": method, "cofactors": cofactors, **more}


def _k(name: str, offset: int = 0, base: str = "k") -> list[Any]:
    return [name, base, offset]


ONE_INVERSE = _plain(
    "identity",
    "n",
    {"A": ["n", "n"], "R": ["n", "n"], "L": ["n", "n"]},
    [[["1", ["A", "R"]], ["-1", [], "n"]], [["1", ["L", "A"]], ["-1", [], "n"]]],
    {"zero": [["1", ["L"]], ["-1", ["R"]]]},
    cofactors=[["-1", ["L"], 0, []], ["1", [], 1, ["R"]]],
)

NILPOTENT_OF_RANK_ONE = _plain(
    "identity",
    "n",
    {"A": ["n", "n"], "u": ["n", 1], "v": ["n", 1]},
    [[["1", ["A"]], ["-1", ["u", t("v")]]], [["1", [t("v"), "u"]]]],
    {"zero": [["1", [tr("A"), "A"]]]},
    cofactors=[["1", [], 0, [], ["A"]], ["1", [], 1, ["A"]]],
)

SYMMETRIC_AND_TRANSPOSED = _plain(
    "identity",
    "n p",
    {"S": ["n", "n", "symmetric"], "A": ["n", "p"], "c": []},
    [[["1/2", ["c", "S", "A"]], ["-1/2", ["A"]]]],
    {"zero": [["1", [t("A"), "S", "c"]], ["-1", [t("A")]]]},
    cofactors=[["2", [], 1, []]],
)

CUT_AT_SIZE_ONE = _plain(
    "identity",
    "m n",
    {"x": ["m", 1], "y": ["n", 1], "A": ["n", "m"], "a": [1, 1], "n'": [], "J": ["m", "m"]},
    [[["1", ["J"]], ["-2", [], "m"]]],
    {
        "zero": [
            ["1", [tr("x", t("y"), "A"), "n'", tr("J")], 1],
            ["-2", ["m", "n'", t("x"), t("A"), "y"]],
            ["1", ["a", t("a")]],
            ["-1", [tr("a"), tr(t("a"))], 1],
        ]
    },
    cofactors=[["1", ["n'"], 0, [], [t("y"), "A", "x"]]],
)

RANK_BY_A_SIZE = _plain(
    "rank",
    "m n r",
    {"A": ["m", "n"], "B": ["m", "r"], "C": ["r", "n"], "S": ["n", "n", "symmetric"]},
    [[["1", ["A"]], ["-1", ["B", "C"]]]],
    {"rank": [["1", ["A", "S"]]], "at most": "r"},
    cofactors=[["1", [], 0, ["S"]]],
    factors=[[["1", ["B"]]], [["1/3", ["C", "S"]], ["2/3", ["C", "S"]]]],
)

RANK_BY_A_RANK = _plain(
    "rank",
    "n",
    {"A": ["n", "n"], "B": ["n", "n"]},
    [[["1", ["A", "B"]], ["-1", ["B", "A"]]]],
    {"rank": [["1", ["B", "A"]], ["1", ["B"]]], "at most": {"rank": [["1", [t("A")]], ["1", [], "n"]]}},
    cofactors=[["-1", [], 0, []]],
    factors=[[["1", [], "n"], ["1", ["A"]]], [["1", ["B"]]]],
)

DESCENT = _plain(
    "descent",
    "m n p",
    {"E": ["m", "p"], "W": ["m", "n"], "X": ["n", "p"]},
    [[["1", ["W", "X"]], ["1", ["E"]]]],
    {"nonpositive": [["3/2", [tr(t("E"), "W", "X")], 1]]},
    cofactors=[["3/2", [t("E")], 0, [], []]],
    squares=[["1/2", [["1", ["E"]]]], ["1", [["-1", ["E"]]]]],
)

CANCELLATION = _plain(
    "cancellation",
    "m n p",
    {"A": ["m", "n"], "B": ["p", "n"], "X": ["n", "p"]},
    [[["1", [t("A"), "A"]], ["2", [t("B"), "B"]]]],
    {"zero": [["1", ["A", "X"]]]},
    cofactors=[["1", [t("X")], 0, ["X"], []]],
    squares=[["2", [["1", ["B", "X"]]]]],
)

_IDEMPOTENT_NUMBER: dict[str, Any] = {
    "sizes": "m n",
    "letters": {"s": [], "A": ["m", "n"]},
    "hypotheses": [[["1", ["s", "A"]], ["-1", ["A"]]]],
    "goal": {"zero": [["1", ["s", "s", "A"]], ["-1", ["A"]]]},
}

CASES = _plain(
    "cases",
    **_IDEMPOTENT_NUMBER,
    split=[[[["1", ["s"], 1], ["-1", [], 1]]], [[["1", ["A"]]]]],
    cofactors=[["1", ["s", t("A")], 0, [], []], ["-1", [t("A")], 0, [], []]],
    parts=[
        {"method": "identity", "cofactors": [["1", ["s"], 1, ["A"]], ["1", [], 1, ["A"]]]},
        {"method": "identity", "cofactors": [["1", ["s", "s"], 1, []], ["-1", [], 1, []]]},
    ],
)

CASES_IN_CASES = {
    **CASES,
    "parts": [
        CASES["parts"][0],
        {
            "method": "cases",
            "split": [[[["1", ["A"]]], [["1", [], 1], ["-1", [], 1]]]],
            "cofactors": [["1", [t("A")], 1, [], []]],
            "parts": [{"method": "identity", "cofactors": [["1", ["s", "s"], 2, []], ["-1", [], 2, []]]}],
        },
    ],
}

RANK_IN_CASES = _plain(
    "cases",
    "n",
    {"s": [], "A": ["n", "n"], "u": ["n", 1], "v": ["n", 1]},
    [[["1", ["s", "A"]], ["-1", ["s", "u", t("v")]]], [["1", ["s", "s"], 1], ["-1", ["s"], 1]]],
    {"rank": [["1", ["s", "A"]]], "at most": 1},
    split=[[[["1", ["s"], 1]]], [[["1", ["s"], 1], ["-1", [], 1]]]],
    cofactors=[["1", ["s", "s"], 1, []], ["-1", ["s"], 1, []]],
    parts=[
        {
            "method": "rank",
            "cofactors": [["1", [], 2, ["A"]]],
            "factors": [[["0", ["u"]]], [["1", [t("v")]]]],
        },
        {
            "method": "rank",
            "cofactors": [["1", [], 0, []], ["1", ["u"], 2, [t("v")]]],
            "factors": [[["1", ["u"]]], [["1", [t("v")]]]],
        },
    ],
)

_NETWORK: dict[str, Any] = {
    "W": [_k("n"), _k("n", -1)],
    "P": [_k("n"), _k("n", 0, "")],
    "G": [_k("n"), "p"],
}

UPWARD = _induction(
    "n p",
    "n W P G",
    _NETWORK,
    [
        ([["1", [_k("P")]], ["-1", [_k("W"), _k("P", -1)]]], ["", 1], ["L", 0]),
        ([["1", [_k("P", 0, "")]], ["-1", [], _k("n", 0, "")]], None, None),
        ([["1", [_k("G", -1)]], ["-1", [t(_k("W")), _k("G")]]], ["", 1], ["L", 0]),
    ],
    [
        _theorem(
            {"zero": [["1", [t(_k("P")), _k("G")]], ["-1", [_k("G", 0, "")]]]},
            ["", 0],
            ["L", 0],
            _case(["", 0], None, [[1, ["", 0]]], [["1", [], 1, [_k("G", 0, "")]]]),
            _case(
                ["l", 1],
                ["l", 0],
                [[0, ["l", 1]], [2, ["l", 1]], [3, ["l", 0]]],
                [
                    ["1", [], 3, [_k("G", 1, "l")]],
                    ["-1", [t(_k("P", 0, "l"))], 1, []],
                    ["1", [], 2, []],
                ],
            ),
        )
    ],
)

DOWNWARD = _induction(
    "n p",
    "n W G",
    {"W": _NETWORK["W"], "G": _NETWORK["G"]},
    [
        ([["1", [_k("G", -1)]], ["-1", [t(_k("W")), _k("G")]]], ["", -11], ["L", 0]),
        ([["1", [_k("G", 0, "L")]]], None, None),
    ],
    [
        _theorem(
            {"zero": [["1", [_k("G")]]]},
            ["", -12],
            ["L", 0],
            _case(["L", 0], None, [[1, ["", 0]]], [["1", [], 0, []]]),
            _case(
                ["l", 0],
                ["l", 1],
                [[0, ["l", 1]], [2, ["l", 1]]],
                [["1", [], 0, []], ["1", [t(_k("W", 1, "l"))], 1, []]],
            ),
        )
    ],
)

ALIKE_AND_USED_AGAIN = _induction(
    "n",
    "n y c",
    {"y": [_k("n", 2, ""), 3], "c": []},
    [([["1", [_k("y")]], ["-2", [_k("c", 2, ""), _k("y", -1)]]], ["", 1], ["L", 0])],
    [
        _theorem(
            {"zero": [["1", [_k("y")]], ["-4", [_k("c", 2, ""), _k("c", 2, ""), _k("y", -2)]]]},
            ["", 2],
            ["L", 0],
            _case(
                ["l", 0],
                None,
                [[0, ["l", 0]], [0, ["l", -1]]],
                [["1", [], 0, []], ["2", [_k("c", 2, "")], 1, []]],
            ),
        ),
        _theorem(
            {"rank": [["1", [_k("y")]]], "at most": {"rank": [["-1", [t(_k("y", -4))]]]}},
            ["", 4],
            ["L", 0],
            _case(
                ["l", 0],
                None,
                [[1, ["l", 0]], [1, ["l", -2]]],
                [["1", [], 0, []], ["4", [_k("c", 2, ""), _k("c", 2, "")], 1, []]],
                "rank",
                factors=[
                    [["-16", [*4 * [_k("c", 2, "")]], _k("n", 2, "")]],
                    [["-1", [_k("y", -4, "l")]]],
                ],
            ),
        ),
    ],
)

WITHOUT_END = _induction(
    "n",
    "x",
    {"x": ["n", 1], "b": ["n", 1]},
    [([["1", [_k("x")]], ["-1", [_k("x", -1)]], ["-1", ["b"]]], ["", 10], None)],
    [
        _theorem(
            {"zero": [["1", [_k("x", 1)]], ["-1", [_k("x", -1)]], ["-2", ["b"]]]},
            ["", 12],
            None,
            _case(["", 12], None, [[0, ["", 13]], [0, ["", 12]]], [["1", [], 0, []], ["1", [], 1, []]]),
            _case(
                ["l", 1],
                ["l", 0],
                [[0, ["l", 2]], [0, ["l", 0]], [1, ["l", 0]]],
                [["1", [], 0, []], ["-1", [], 1, []], ["1", [], 2, []]],
            ),
        )
    ],
)

SINGLE_DESCENT = _induction(
    "n m",
    "n u W",
    {"u": [_k("n"), 1], "W": [_k("n"), _k("n", -1)]},
    [([["1", [t(_k("W")), _k("u")]], ["-1", [_k("u", -1)]]], ["", 1], ["L", 0])],
    [
        _theorem(
            {"nonpositive": [["-1", [t(_k("u")), _k("W"), t(_k("W")), _k("u")]]]},
            ["", 3],
            ["L", -2],
            _case(["l", 0], None, [], [], "descent", squares=[["1", [["1", [t(_k("W", 0, "l")), _k("u", 0, "l")]]]]]),
        ),
        _theorem(
            {"nonpositive": [["-1", [t(_k("u", -1)), t(_k("W")), _k("u")]]]},
            ["", 1],
            ["L", 0],
            _case(
                ["l", 0],
                None,
                [[0, ["l", 0]]],
                [["-1", [t(_k("u", -1, "l"))], 0, []]],
                "descent",
                squares=[["1", [["1", [_k("u", -1, "l")]]]]],
            ),
        ),
    ],
)

LEMMAS = _plain(
    "lemmas",
    "n",
    {"A": ["n", "n"], "B": ["n", "n"]},
    [[["1", [t("A"), "A", t("A"), "A", "B"]]]],
    {"zero": [["1", ["A", "B", "B"]]]},
    lemmas=[
        {
            "zero": [["1", ["A", t("A"), "A", "B"]]],
            "proof": {
                "method": "cancellation",
                "cofactors": [["1", [t("B"), t("A"), "A"], 0, [], []]],
                "squares": [],
            },
        },
        {
            "zero": [["1", [t("A"), "A", "B"]]],
            "proof": {"method": "cancellation", "cofactors": [["1", [t("B"), t("A")], 1, [], []]], "squares": []},
        },
        {
            "zero": [["1", ["A", "B"]]],
            "proof": {"method": "cancellation", "cofactors": [["1", [t("B")], 2, [], []]], "squares": []},
        },
    ],
    proof={"method": "identity", "cofactors": [["1", [], 3, ["B"]]]},
)

RANK_BY_A_LEMMA = _plain(
    "lemmas",
    "m n",
    {"A": ["m", "n"], "B": ["n", "n"]},
    [[["1", [t("A"), "A", "B"]]]],
    {"rank": [["1", ["A", "B"]], ["1", ["A"]]], "at most": {"rank": [["1", ["A"]]]}},
    lemmas=[
        {
            "zero": [["1", ["A", "B"]]],
            "proof": {"method": "cancellation", "cofactors": [["1", [t("B")], 0, [], []]], "squares": []},
        }
    ],
    proof={"method": "rank", "cofactors": [["1", [], 1, []]], "factors": [[["1", ["A"]]], [["1", [], "n"]]]},
)

ALL = {"format": FORMAT, "method": "all", "parts": [ONE_INVERSE, RANK_BY_A_SIZE, DOWNWARD]}

PLAIN: dict[str, dict[str, Any]] = {
    "one inverse": ONE_INVERSE,
    "nilpotent of rank one": NILPOTENT_OF_RANK_ONE,
    "symmetric and transposed": SYMMETRIC_AND_TRANSPOSED,
    "cut at size one": CUT_AT_SIZE_ONE,
    "rank by a size": RANK_BY_A_SIZE,
    "rank by a rank": RANK_BY_A_RANK,
    "descent": DESCENT,
    "cancellation": CANCELLATION,
    "cases": CASES,
    "cases in cases": CASES_IN_CASES,
    "rank in cases": RANK_IN_CASES,
    "lemmas": LEMMAS,
    "rank by a lemma": RANK_BY_A_LEMMA,
}
INDUCTIONS: dict[str, dict[str, Any]] = {
    "upward": UPWARD,
    "downward": DOWNWARD,
    "alike and used again": ALIKE_AND_USED_AGAIN,
    "without end": WITHOUT_END,
    "single descent": SINGLE_DESCENT,
}
SMALL = {**PLAIN, **INDUCTIONS, "all": ALL}
