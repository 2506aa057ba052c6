"""The checker on proofs in cases and by induction: every side condition has a certificate that breaks it."""

import copy

import pytest

from tptheory.proving import checker

FORMAT = "tptheory-certificate/1"


def edited(data, *path, to):
    """Return a copy of nested data with one entry replaced."""
    data = copy.deepcopy(data)
    *way, last = path
    inner = data
    for step in way:
        inner = inner[step]
    inner[last] = to
    return data


def refused(data, reason):
    """Assert that the checker refuses, and says why."""
    with pytest.raises(checker.Refused, match=reason):
        checker.check(data)


CASES = {
    "format": FORMAT,
    "theorem": "c A = 0 and c B = 0 and D A = B D give c D A = 0: c is zero, or A is",
    "method": "cases",
    "symbols": {"c": [], "A": ["n", "n"], "A'": ["n", "n"], "D": ["n", "n"], "D'": ["n", "n"]},
    "adjoints": [["A", "A'"], ["D", "D'"]],
    "hypotheses": [[["1", ["c", "A"]]]],
    "goal": [["1", ["c", "D", "A"]]],
    "split": [[[["1", ["c"], "1"]]], [[["1", ["A"]]]]],
    "cofactors": [["1", ["A'"], 0, [], ["c"]]],
    "parts": [
        {"method": "identity", "cofactors": [["1", ["D", "A"], 1, []]]},
        {"method": "identity", "cofactors": [["1", ["c", "D"], 1, []]]},
    ],
}


def test_cases_are_accepted():
    """The product of the squared norms vanishes, so c is zero or A is, and the goal follows from either."""
    checker.check(CASES)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (edited(CASES, "cofactors", to=[]), "do not sum"),
        (edited(CASES, "split", to=[[[["1", ["c"], "1"]]], [[["1", ["D"]]]]]), "do not sum"),
        (edited(CASES, "parts", to=CASES["parts"][:1]), "malformed"),
        (edited(CASES, "split", to=[CASES["split"][1]]), "do not sum"),
        (edited(CASES, "parts", 0, "cofactors", to=[]), "do not sum"),
        (edited(CASES, "parts", 1, "cofactors", to=[["1", ["D", "A"], 1, []]]), "do not sum|compose|shape"),
        (edited(CASES, "parts", 0, to={"method": "all", "parts": [CASES]}), "cannot stand here"),
        (edited(CASES, "split", 0, to=[]), "do not sum"),
        (edited(CASES, "split", to=[]), "malformed"),
    ],
)
def test_cases_are_refused(data, reason):
    """A split that no hypothesis gives, a case without a proof, or a proof of something else is refused."""
    refused(data, reason)


def test_a_case_cannot_change_the_goal_or_the_symbols():
    """What a case says of its goal, hypotheses or symbols is not listened to."""
    for key, value in (
        ("goal", [["0", [], "n"]]),
        ("hypotheses", [CASES["goal"]] * 2),
        ("symbols", {}),
        ("adjoints", []),
    ):
        case = {"method": "identity", "cofactors": [], key: value}
        refused(edited(CASES, "parts", 0, to=case), "do not sum")


INDUCTION = {
    "format": FORMAT,
    "theorem": "two sequences that start alike, and follow the same rule, are the same",
    "method": "induction",
    "symbols": {
        "W[k]": ["n[k]", "n[k-1]"],
        "W[k]'": ["n[k-1]", "n[k]"],
        "x[k]": ["n[k]", "m"],
        "x[k]'": ["m", "n[k]"],
        "u[k]": ["n[k]", "m"],
        "u[k]'": ["m", "n[k]"],
    },
    "adjoints": [["W[k]", "W[k]'"], ["x[k]", "x[k]'"], ["u[k]", "u[k]'"]],
    "hypotheses": [
        [[["1", ["x[0]"]], ["-1", ["u[0]"]]], "0", "0"],
        [[["1", ["x[k]"]], ["-1", ["W[k]", "x[k-1]"]]], "1", "L"],
        [[["1", ["u[k]"]], ["-1", ["W[k]", "u[k-1]"]]], "1", "L"],
    ],
    "parts": [
        [
            [["1", ["x[k]"]], ["-1", ["u[k]"]]],
            "0",
            "L",
            [
                [
                    "0",
                    "",
                    {"method": "identity", "indices": ["0"], "uses": [[0, "0"]], "cofactors": [["1", [], 0, []]]},
                ],
                [
                    "l+1",
                    "l",
                    {
                        "method": "identity",
                        "indices": ["l", "l+1"],
                        "uses": [[1, "l+1"], [2, "l+1"], [3, "l"]],
                        "cofactors": [["1", [], 0, []], ["-1", [], 1, []], ["1", ["W[l+1]"], 2, []]],
                    },
                ],
            ],
        ]
    ],
}
PART = ("parts", 0)
STEP = (*PART, 3, 1)
BASE = (*PART, 3, 0)


def test_induction_is_accepted():
    """Up from the first layer; and the same down from the last."""
    checker.check(INDUCTION)
    down = edited(INDUCTION, "hypotheses", 0, to=[[["1", ["x[L]"]], ["-1", ["u[L]"]]], "L", "L"])
    down = edited(down, "hypotheses", 1, to=[[["1", ["x[k]"]], ["-1", ["W[k+1]'", "x[k+1]"]]], "0", "L-1"])
    down = edited(down, "hypotheses", 2, to=[[["1", ["u[k]"]], ["-1", ["W[k+1]'", "u[k+1]"]]], "0", "L-1"])
    base = {"method": "identity", "indices": ["L"], "uses": [[0, "L"]], "cofactors": [["1", [], 0, []]]}
    step = {
        "method": "identity",
        "indices": ["l", "l+1"],
        "uses": [[1, "l"], [2, "l"], [3, "l+1"]],
        "cofactors": [["1", [], 0, []], ["-1", [], 1, []], ["1", ["W[l+1]'"], 2, []]],
    }
    down = edited(down, *PART, 3, to=[["L", "", base], ["l", "l+1", step]])
    checker.check(down)
    refused(edited(down, *PART, 1, to="-1"), "may lie outside")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (edited(INDUCTION, *PART, 3, to=INDUCTION["parts"][0][3][1:]), "a base and a step"),
        (edited(INDUCTION, *PART, 3, to=INDUCTION["parts"][0][3][:1]), "a base and a step"),
        (edited(INDUCTION, *PART, 3, to=[]), "a base and a step"),
        (edited(INDUCTION, *BASE, 0, to="1"), "a base and a step"),
        (edited(INDUCTION, *STEP, 1, to="l+1"), "a base and a step"),
        (edited(INDUCTION, *BASE, 1, to="0"), "a base and a step"),
        (edited(INDUCTION, *PART, 2, to="L+1"), "may lie outside"),
        (edited(INDUCTION, *PART, 1, to="-1"), "a base and a step"),
        (edited(INDUCTION, "hypotheses", 1, 1, to="2"), "may lie outside"),
        (edited(INDUCTION, "hypotheses", 1, 2, to="L-1"), "may lie outside"),
        (edited(INDUCTION, "hypotheses", 1, 2, to="7"), "may lie outside"),
        (edited(INDUCTION, "hypotheses", 1, 1, to="l"), "malformed"),
        (edited(INDUCTION, *STEP, 2, "uses", 2, to=[3, "l+1"]), "malformed|outside"),
        (edited(INDUCTION, *STEP, 2, "uses", 2, to=[3, "l-1"]), "malformed|outside"),
        (edited(INDUCTION, *BASE, 2, "uses", to=[[3, "0"]]), "malformed|no index|outside"),
        (edited(INDUCTION, *STEP, 2, "uses", 0, to=[1, "l"]), "may lie outside|do not sum|malformed"),
        (edited(INDUCTION, *STEP, 2, "cofactors", to=[]), "do not sum"),
        (edited(INDUCTION, *BASE, 2, "cofactors", to=[]), "do not sum"),
        (edited(INDUCTION, *STEP, 2, "indices", to=["l"]), "malformed"),
        (edited(INDUCTION, *BASE, 2, "method", to="all"), "cannot stand here"),
        (edited(INDUCTION, "hypotheses", 1, 1, to="x"), "no index"),
        (edited(INDUCTION, "hypotheses", 1, 1, to="1e3"), "no index"),
        (edited(INDUCTION, "parts", to=[]), "nothing to check"),
    ],
)
def test_induction_is_refused(data, reason):
    """A missing base or step, a law beyond its range, or the claim assumed where it is to be shown is refused."""
    refused(data, reason)


def test_what_is_proved_stands_for_the_next_part_and_not_for_itself():
    """A lemma is a hypothesis of the parts that follow it, within its range."""
    use = {"method": "identity", "indices": ["l"], "uses": [[3, "l"]], "cofactors": [["1", ["W[l]'"], 0, []]]}
    second = [[["1", ["W[k]'", "x[k]"]], ["-1", ["W[k]'", "u[k]"]]], "1", "L", [["l", "", use]]]
    data = copy.deepcopy(INDUCTION)
    data["parts"].append(second)
    checker.check(data)
    refused(edited(data, "parts", 1, 3, 0, 2, "uses", to=[[4, "l"]]), "malformed|no index")
    refused(edited(data, "parts", to=[second, INDUCTION["parts"][0]]), "malformed|no index")
    refused(edited(data, "parts", 1, 2, to="L+1"), "may lie outside")


@pytest.mark.parametrize("nested", [False, True])
def test_a_bound_is_no_equation(nested):
    """That x[k] has at most the rank of x[k] is true, and must not become x[k] = 0 for what follows."""
    shown = {"method": "rank", "factors": [[["1", ["x[l]"]]]], "bound": [["1", ["x[l]"]]], "cofactors": []}
    if nested:
        shown = {"method": "cases", "split": [[[["0", ["x[l]"]]]]], "parts": [shown], "cofactors": []}
    goal, range_ = [["1", ["x[k]"]]], ["1", "L"]
    bound = [goal, *range_, [["l", "", shown | {"indices": ["l"], "uses": []}]]]
    zero = {"method": "identity", "indices": ["l"], "uses": [[3, "l"]], "cofactors": [["1", [], 0, []]]}
    checker.check(edited(INDUCTION, "parts", to=[bound]))
    refused(edited(INDUCTION, "parts", to=[bound, [goal, *range_, [["l", "", zero]]]]), "not shown to be 0")


def test_a_goal_cannot_name_the_layer_at_hand():
    """x[k] = x[l] is true at l, and must not become a law about every k."""
    lie = [
        [["1", ["x[k]"]], ["-1", ["x[l]"]]],
        "1",
        "L",
        [["l", "", {"method": "identity", "indices": ["l"], "uses": [], "cofactors": []}]],
    ]
    refused(edited(INDUCTION, "parts", to=[lie]), "stands outside of a case")
    refused(edited(INDUCTION, "hypotheses", 0, 0, to=[["1", ["x[l]"]]]), "stands outside of a case")


def test_a_symbol_is_declared_once_for_all_indices():
    """A name at a fixed index has the shape of its sequence: x[1] cannot be declared to be a scalar."""
    refused(edited(INDUCTION, "symbols", "x[1]", to=["1", "1"]), "an index other than k")
    refused(edited(INDUCTION, "symbols", "x[k+1]", to=["1", "1"]), "an index other than k")


def test_ranges_hold_for_every_depth():
    """What holds from 1 to L cannot be used at 2, unless the claim begins at 2, and at L only down to 1."""
    covered = checker.covered
    assert covered("1", "1", "L", "1", "L", False)
    assert not covered("2", "1", "L", "1", "L", False)
    assert covered("2", "1", "L", "2", "L", False)
    assert covered("2", "1", "L", "1", "L", True)
    assert covered("l+1", "2", "L", "1", "L", True)
    assert not covered("l+1", "2", "L", "1", "L", False)
    assert not covered("l-1", "1", "L", "1", "L", False)
    assert covered("L-1", "0", "L", "1", "L", False)
    assert not covered("L-1", "1", "L", "1", "L", False)
    assert covered("L", "3", "L", "3", "L-1", False)


def test_the_work_of_an_induction_is_bounded():
    """A law that is used again and again, at many indices, costs what it costs to read."""
    data = copy.deepcopy(INDUCTION)
    step = data["parts"][0][3][1][2]
    step["uses"] = [[1, "l+1"]] * 30_000
    refused(data, "too much work")
    data = copy.deepcopy(INDUCTION)
    data["parts"][0][3][1][2]["indices"] = ["l"] * 50_000
    refused(data, "too much work")
