"""The checker on proofs in cases and by induction: every side condition has a certificate that breaks it."""

import copy

import pytest
from oracles.format_words import FORMAT, at, put
from oracles.multiplying import adds_up

from tptheory.certificates import checker


def refused(data, reason):
    """Assert that the checker refuses, and says why."""
    with pytest.raises(checker.Refused, match=reason):
        checker.check(data)


T = {"T": "A"}
CASES = {
    "format": FORMAT,
    "title": "c A = 0 gives c D A = 0: c is zero, or A is",
    "method": "cases",
    "sizes": ["n"],
    "letters": {"c": [], "A": ["n", "n"], "D": ["n", "n"]},
    "hypotheses": [{"zero": [["1", ["c", "A"]]]}],
    "goal": {"zero": [["1", ["c", "D", "A"]]]},
    "split": [[[["1", ["c"], 1]]], [[["1", ["A"]]]]],
    "cofactors": [["1", [T], 0, [], ["c"]]],
    "parts": [
        {"method": "identity", "cofactors": [["1", ["D", "A"], 1, []]]},
        {"method": "identity", "cofactors": [["1", ["c", "D"], 1, []]]},
    ],
}
TWICE = put(CASES, "parts", 0, to={key: CASES[key] for key in ("method", "split", "cofactors", "parts")})
TWICE["parts"][0]["parts"] = [
    {"method": "identity", "cofactors": [["1", ["D", "A"], 1, []]]},
    {"method": "identity", "cofactors": [["1", ["c", "D"], 2, []]]},
]


def test_cases_are_accepted():
    """The product of the squared norms vanishes, so c is zero or A is, and the goal follows from either."""
    for data in (CASES, TWICE):
        checker.check(data)
        assert adds_up(data)


BAD_CASES = {
    "no cofactors": (put(CASES, "cofactors", to=[]), "do not sum"),
    "another split": (put(CASES, "split", to=[[[["1", ["c"], 1]]], [[["1", ["D"]]]]]), "do not sum"),
    "a case without a proof": (put(CASES, "parts", to=CASES["parts"][:1]), "parts has 1 entries"),
    "a proof without a case": (put(CASES, "parts", to=[*CASES["parts"]] * 2), "parts has 4 entries"),
    "one case of two": (put(put(CASES, "split", to=CASES["split"][1:]), "parts", to=CASES["parts"][1:]), "sum"),
    "a proof of nothing": (put(CASES, "parts", 0, "cofactors", to=[]), "do not sum"),
    "what the other case assumes": (
        put(CASES, "parts", 1, "cofactors", to=[["1", ["D", "A"], 1, []]]),
        "do not sum|compose|shape",
    ),
    "a number beyond the case": (
        put(CASES, "parts", 0, "cofactors", to=[["1", ["D", "A"], 4, []]]),
        "names no hypothesis",
    ),
    "several certificates for a case": (
        put(CASES, "parts", 0, to={"method": "all", "parts": [CASES]}),
        "cannot stand here",
    ),
    "an induction for a case": (put(CASES, "parts", 0, "method", to="induction"), "cannot stand here"),
    "another method for a case": (put(CASES, "parts", 0, "method", to="magic"), "cannot stand here"),
    "no method for a case": (put(CASES, "parts", 0, to={"cofactors": []}), "cannot stand here"),
    "a method that is no string": (put(CASES, "parts", 0, "method", to={}), "cannot stand here"),
    "a case that is no object": (put(CASES, "parts", 0, to=[]), "a proof must be an object"),
    "a method for another goal": (
        put(CASES, "parts", 0, to={"method": "descent", "cofactors": [], "squares": []}),
        "descent cannot show such a goal",
    ),
    "an empty case": (put(CASES, "split", 0, to=[]), "a case assumes something"),
    "no case": (put(put(CASES, "split", to=[]), "parts", to=[]), "a case assumes something"),
    "a split that is no list": (put(CASES, "split", to={}), "split must be a list"),
    "a case that is a hypothesis": (put(CASES, "split", 0, to={"zero": [["1", ["c"], 1]]}), "a case must be a list"),
    "no split": ({key: value for key, value in CASES.items() if key != "split"}, "lacks .'split'"),
    "no parts": ({key: value for key, value in CASES.items() if key != "parts"}, "lacks .'parts'"),
    "cases within a case that do not add up": (put(TWICE, "parts", 0, "cofactors", to=[]), "do not sum"),
    "the assumption of a case within a case": (
        put(TWICE, "parts", 1, "cofactors", to=[["1", ["c", "D"], 2, []]]),
        "another shape|do not sum|names no hypothesis",
    ),
}


@pytest.mark.parametrize(("data", "reason"), BAD_CASES.values(), ids=BAD_CASES.keys())
def test_cases_are_refused(data, reason):
    """A split that no hypothesis gives, a case without a proof, or a proof of something else is refused."""
    refused(data, reason)


@pytest.mark.parametrize("field", ["goal", "hypotheses", "letters", "sizes", "format", "indexed", "squares", "uses"])
def test_a_case_has_no_statement_of_its_own(field):
    """What a case says of its goal, hypotheses or letters is not listened to: it is refused."""
    refused(put(CASES, "parts", 0, field, to=copy.deepcopy(CASES.get(field, []))), "fields that are unknown")
    for remark in sorted(checker.REMARKS):
        checker.check(put(CASES, "parts", 0, remark, to=copy.deepcopy(CASES.get(field, []))))


def step_of(name, base, offset, before):
    """Return that a sequence follows its rule at an index."""
    return [["1", [at(name, offset, base)]], ["-1", [at("W", offset, base), at(name, before, base)]]]


LEMMA = {
    "zero": [["1", ["A", "D"]]],
    "proof": {"method": "cancellation", "squares": [], "cofactors": [["1", [{"T": "D"}], 0, [], []]]},
}
LEMMAS = {
    "format": FORMAT,
    "title": "A'A D = 0 gives c A D A = 0: first A D = 0",
    "method": "lemmas",
    "sizes": ["n"],
    "letters": {"c": [], "A": ["n", "n"], "D": ["n", "n"]},
    "hypotheses": [{"zero": [["1", [T, "A", "D"]]]}],
    "goal": {"zero": [["1", ["c", "A", "D", "A"]]]},
    "lemmas": [LEMMA, {"zero": [["1", ["A", "D", "A"]]], "proof": {"method": "identity", "cofactors": []}}],
    "proof": {"method": "identity", "cofactors": [["1", ["c"], 2, []]]},
}
LEMMAS["lemmas"][1]["proof"]["cofactors"] = [["1", [], 1, ["A"]]]


def test_lemmas_are_accepted():
    """A lemma may use those before it, and the goal may use all of them, transposed too."""
    turned = put(LEMMAS, "goal", to={"zero": [["1", ["c", T, {"T": "D"}, T]]]})
    for data in (LEMMAS, put(turned, "proof", "cofactors", to=[["1", ["c"], 5, []]])):
        checker.check(data)
        assert adds_up(data)


BAD_LEMMAS = {
    "no lemma": (put(LEMMAS, "lemmas", to=[]), "no lemma"),
    "a lemma that is not shown": (put(LEMMAS, "lemmas", 0, "proof", "cofactors", to=[]), "do not sum"),
    "a lemma by another": (put(LEMMAS, "lemmas", 0, "zero", to=[["1", ["D", "A"]]]), "do not sum"),
    "a lemma by itself": (put(LEMMAS, "lemmas", 1, "proof", "cofactors", to=[["1", [], 2, []]]), "do not sum"),
    "a lemma by itself at once": (
        put(LEMMAS, "lemmas", 0, "proof", to={"method": "identity", "cofactors": [["1", [], 1, []]]}),
        "do not sum",
    ),
    "a lemma by a later one": (put(LEMMAS, "lemmas", to=LEMMAS["lemmas"][::-1]), "compose|do not sum|shape"),
    "a lemma beyond all": (put(LEMMAS, "proof", "cofactors", to=[["1", ["c"], 6, []]]), "names no hypothesis"),
    "a goal that is not shown": (put(LEMMAS, "proof", "cofactors", to=[]), "do not sum"),
    "a lemma without a proof": (put(LEMMAS, "lemmas", to=[{"zero": LEMMA["zero"]}]), "lacks"),
    "a lemma with more to say": (put(LEMMAS, "lemmas", 0, to={**LEMMA, "rank": LEMMA["zero"]}), "unknown"),
    "a lemma about a rank": (
        put(LEMMAS, "lemmas", 0, "proof", to={"method": "rank", "factors": [LEMMA["zero"]], "cofactors": []}),
        "cannot show",
    ),
    "cofactors of its own": ({**LEMMAS, "cofactors": []}, "unknown"),
    "a goal by descent": (
        put(LEMMAS, "proof", to={"method": "descent", "squares": [], "cofactors": [["1", ["c"], 2, []]]}),
        "cannot show",
    ),
}


@pytest.mark.parametrize(("data", "reason"), BAD_LEMMAS.values(), ids=BAD_LEMMAS)
def test_lemmas_are_refused(data, reason):
    """Each breaks one side condition."""
    refused(data, reason)


BASE = {
    "at": ["", 0],
    "after": None,
    "uses": [[0, ["", 0]]],
    "method": "identity",
    "cofactors": [["1", [], 0, []]],
}
STEP = {
    "at": ["l", 1],
    "after": ["l", 0],
    "uses": [[1, ["l", 1]], [2, ["l", 1]], [3, ["l", 0]]],
    "method": "identity",
    "cofactors": [["1", [], 0, []], ["-1", [], 1, []], ["1", [at("W", 1, "l")], 2, []]],
}
SAME = {"zero": [["1", [at("x")]], ["-1", [at("u")]]]}
INDUCTION = {
    "format": FORMAT,
    "title": "two sequences that start alike, and follow the same rule, are the same",
    "method": "induction",
    "sizes": ["n", "m"],
    "letters": {
        "W": [at("n"), at("n", -1)],
        "x": [at("n"), "m"],
        "u": [at("n"), "m"],
        "c": [],
        "A": ["m", "m"],
    },
    "indexed": ["n", "W", "x", "u"],
    "hypotheses": [
        {"zero": [["1", [at("x", 0, "")]], ["-1", [at("u", 0, "")]]], "from": ["", 0], "to": ["", 0]},
        {"zero": step_of("x", "k", 0, -1), "from": ["", 1], "to": ["L", 0]},
        {"zero": step_of("u", "k", 0, -1), "from": ["", 1], "to": ["L", 0]},
    ],
    "theorems": [{"goal": SAME, "from": ["", 0], "to": ["L", 0], "cases": [BASE, STEP]}],
}
THEOREM = ("theorems", 0)
FIRST, SECOND = (*THEOREM, "cases", 0), (*THEOREM, "cases", 1)


def downward():
    """Return the same down from the last layer, with transposes."""

    def law(name):
        return [["1", [at(name)]], ["-1", [{"T": at("W", 1)}, at(name, 1)]]]

    last = {"zero": [["1", [at("x", 0, "L")]], ["-1", [at("u", 0, "L")]]], "from": None, "to": None}
    laws = [{"zero": law(name), "from": ["", 0], "to": ["L", -1]} for name in "xu"]
    base = {**BASE, "at": ["L", 0], "uses": [[0, ["L", 0]]]}
    step = {
        **STEP,
        "at": ["l", 0],
        "after": ["l", 1],
        "uses": [[1, ["l", 0]], [2, ["l", 0]], [3, ["l", 1]]],
        "cofactors": [["1", [], 0, []], ["-1", [], 1, []], ["1", [{"T": at("W", 1, "l")}], 2, []]],
    }
    return put(put(INDUCTION, "hypotheses", to=[last, *laws]), *THEOREM, "cases", to=[base, step])


def test_induction_is_accepted():
    """Up from the first layer; and the same down from the last."""
    for data in (INDUCTION, downward()):
        checker.check(data)
        assert adds_up(data)
    refused(put(downward(), *THEOREM, "from", to=["", -1]), "may lie outside")


def use(number, to):
    """Return the path to a use of the step, and its replacement."""
    return put(INDUCTION, *SECOND, "uses", number, to=to)


BAD_INDUCTIONS = {
    "no base": (put(INDUCTION, *THEOREM, "cases", to=[STEP]), "a base and a step"),
    "no step": (put(INDUCTION, *THEOREM, "cases", to=[BASE]), "a base and a step"),
    "neither": (put(INDUCTION, *THEOREM, "cases", to=[]), "cases has 0 entries"),
    "the step before the base": (put(INDUCTION, *THEOREM, "cases", to=[STEP, BASE]), "a base and a step"),
    "the base twice": (put(INDUCTION, *THEOREM, "cases", to=[BASE, BASE, STEP]), "cases has 3 entries"),
    "the base twice and no step": (put(INDUCTION, *THEOREM, "cases", to=[BASE, BASE]), "a base and a step"),
    "a base elsewhere": (put(INDUCTION, *THEOREM, "from", to=["", 1]), "a base and a step"),
    "a base at no end": (put(INDUCTION, *THEOREM, "from", to=None), "outside|a base and a step"),
    "a base that has something before it": (
        put(INDUCTION, *FIRST, "after", to=["", 0]),
        "a base and a step",
    ),
    "a base that uses another start": (put(INDUCTION, *FIRST, "at", to=["", 1]), "another shape than the goal"),
    "a step after itself": (put(use(2, [3, ["l", 1]]), *SECOND, "after", to=["l", 1]), "do not compose"),
    "a step of two": (
        put(put(INDUCTION, *SECOND, "after", to=["l", -1]), *SECOND, "uses", 2, to=[3, ["l", -1]]),
        "do not compose|a base and a step|do not sum",
    ),
    "beyond the last layer": (put(INDUCTION, *THEOREM, "to", to=["L", 1]), "may lie outside"),
    "without end": (put(INDUCTION, *THEOREM, "to", to=None), "may lie outside"),
    "a law from later on": (put(INDUCTION, "hypotheses", 1, "from", to=["", 2]), "may lie outside"),
    "a law until before": (put(INDUCTION, "hypotheses", 1, "to", to=["L", -1]), "may lie outside"),
    "a law to a number": (put(INDUCTION, "hypotheses", 1, "to", to=["", 7]), "may lie outside"),
    "a law at another index": (use(0, [1, ["l", 0]]), "may lie outside"),
    "a law at L": (use(0, [1, ["L", 0]]), "do not sum|do not compose|another shape"),
    "an end at l": (put(INDUCTION, "hypotheses", 1, "from", to=["l", 0]), "'l' cannot be a base"),
    "an end at k": (put(INDUCTION, "hypotheses", 1, "from", to=["k", 0]), "'k' cannot be a base"),
    "an end of a theorem at l": (put(INDUCTION, *THEOREM, "to", to=["l", 0]), "'l' cannot be a base"),
    "an end that is no index": (put(INDUCTION, "hypotheses", 1, "from", to=1), "an index must be a list"),
    "an end of text": (put(INDUCTION, "hypotheses", 1, "from", to="L"), "an index must be a list"),
    "an end of another letter": (put(INDUCTION, "hypotheses", 1, "to", to=["N", 0]), "'N' cannot be a base"),
    "an offset of text": (put(INDUCTION, "hypotheses", 1, "to", to=["L", "0"]), "an offset must be an integer"),
    "an offset true": (put(INDUCTION, "hypotheses", 1, "from", to=["", True]), "an offset must be an integer"),
    "an offset too large": (put(INDUCTION, "hypotheses", 1, "to", to=["L", 10**6 + 1]), "not too large"),
    "an index of three": (put(INDUCTION, "hypotheses", 1, "to", to=["L", 0, 0]), "an index has 3 entries"),
    "a base that is a list": (put(INDUCTION, "hypotheses", 1, "to", to=[["L"], 0]), "cannot be a base"),
    "itself where it is to be shown": (use(2, [3, ["l", 1]]), "before it is shown"),
    "itself one earlier": (use(2, [3, ["l", -1]]), "before it is shown"),
    "itself at a number": (use(2, [3, ["", 0]]), "before it is shown"),
    "itself in a base": (put(INDUCTION, *FIRST, "uses", to=[[3, ["", 0]]]), "before it is shown"),
    "what is not known": (use(2, [4, ["l", 0]]), "what is used is not known"),
    "a number below 0": (use(2, [-1, ["l", 0]]), "what is used is not known"),
    "true for a number": (use(2, [True, ["l", 0]]), "what is used is not known"),
    "a use of one": (use(2, [3]), "a use has 1 entries"),
    "a use at k": (use(2, [3, ["k", 0]]), "'k' cannot be a base"),
    "uses that are no list": (put(INDUCTION, *SECOND, "uses", to={}), "uses must be a list"),
    "a step of nothing": (put(INDUCTION, *SECOND, "cofactors", to=[]), "do not sum"),
    "a base of nothing": (put(INDUCTION, *FIRST, "cofactors", to=[]), "do not sum"),
    "a case at k": (put(INDUCTION, *SECOND, "at", to=["k", 0]), "'k' cannot be a base"),
    "a case after k": (put(INDUCTION, *SECOND, "after", to=["k", 0]), "'k' cannot be a base"),
    "several certificates for a case": (put(INDUCTION, *FIRST, "method", to="all"), "lacks|unknown|cannot stand"),
    "an induction for a case": (put(INDUCTION, *FIRST, "method", to="induction"), "unknown|cannot stand here"),
    "a case that is no object": (put(INDUCTION, *FIRST, to=[]), "a case must be a proof"),
    "no theorems": (put(INDUCTION, "theorems", to=[]), "nothing to check"),
    "theorems that are no list": (put(INDUCTION, "theorems", to={}), "theorems must be a list"),
    "a law that is no object": (put(INDUCTION, "hypotheses", 0, to=[]), "a hypothesis must be an object"),
    "a cofactor at k": (put(INDUCTION, *SECOND, "cofactors", 2, 1, to=[at("W", 1)]), "'k' cannot be a base"),
    "a law about a rank": (
        put(INDUCTION, "hypotheses", 0, to={"rank": [["1", [at("x")]]], "at most": 1, "from": None, "to": None}),
        "lacks .'zero'",
    ),
    # declarations
    "a letter without its index": (put(INDUCTION, *THEOREM, "goal", to={"zero": [["1", ["x"]]]}), "must stand at"),
    "a size without its index": (put(INDUCTION, "letters", "W", to=["n", "n"]), "must stand at an index"),
    "an index where none is": (put(INDUCTION, "letters", "A", to=[at("m"), "m"]), "'m' has no index"),
    "a size at k of what has none": (put(INDUCTION, "letters", "A", to=[at("n"), "m"]), "'k' cannot be a base"),
    "a size at l": (put(INDUCTION, "letters", "W", to=[at("n", 0, "l"), at("n", -1)]), "'l' cannot be a base"),
    "an indexed name that is not declared": (
        put(INDUCTION, "indexed", to=["n", "W", "x", "u", "q"]),
        "not declared",
    ),
    "an indexed name twice": (put(INDUCTION, "indexed", to=["n", "W", "x", "u", "x"]), "a name is indexed twice"),
    "indexed that is no list": (put(INDUCTION, "indexed", to={"n": 1}), "indexed must be a list"),
    "indexed that is left out": ({k: v for k, v in INDUCTION.items() if k != "indexed"}, "lacks .'indexed'"),
    "a name with an index of two": (
        put(INDUCTION, *THEOREM, "goal", to={"zero": [["1", [["x", "k"]]]]}),
        "2 entries",
    ),
    "symmetric at two indices": (
        put(INDUCTION, "letters", "W", to=[at("n"), at("n", -1), "symmetric"]),
        "neither symmetric nor not",
    ),
    "the same size, written differently": (
        put(INDUCTION, "letters", "W", to=[at("n", 0, "L"), at("n", -1, "L"), "symmetric"]),
        "neither symmetric nor not",
    ),
}


@pytest.mark.parametrize(("data", "reason"), BAD_INDUCTIONS.values(), ids=BAD_INDUCTIONS.keys())
def test_induction_is_refused(data, reason):
    """A missing base or step, a law beyond its range, or the claim assumed where it is to be shown is refused."""
    refused(data, reason)


@pytest.mark.parametrize("path", [(), ("hypotheses", 0), THEOREM, FIRST, SECOND])
def test_remarks_and_no_other_fields(path):
    """Remarks stand in a certificate, a law, a theorem and a case, and nothing else does."""
    for remark in sorted(checker.REMARKS):
        checker.check(put(INDUCTION, *path, remark, to={"goal": 1.5}))
    for field in ("parts", "squares", "range", "symbols", "place"):
        refused(put(INDUCTION, *path, field, to=[]), "fields that are unknown")
    owned = ["format", "goal"] if path in (FIRST, SECOND, ("hypotheses", 0)) else ["zero"]
    for field in owned:
        refused(put(INDUCTION, *path, field, to=INDUCTION["theorems"][0]["goal"]), "fields that are unknown")


def fixed(offset):
    """Return what a sequence that stays as it is at ``k`` and beyond says of two of its members."""
    return [["1", [at("c")]], ["-1", [at("c", offset)]]]


def constant(first, last):
    """Return a law about numbers, which have no shape in the way."""
    return {
        **{key: INDUCTION[key] for key in ("format", "method")},
        "sizes": [],
        "letters": {"c": []},
        "indexed": ["c"],
        "hypotheses": [{"zero": [[c, items, 1] for c, items in fixed(-1)], "from": first, "to": last}],
    }


def alike(first, last, index):
    """Return an induction that shows such a law of a range, from the law at one index."""
    goal = {"zero": [[c, items, 1] for c, items in fixed(-1)]}
    case = {"at": ["l", 0], "after": None, "uses": [[0, index]], "method": "identity", "cofactors": [["1", [], 0, []]]}
    return {"theorems": [{"goal": goal, "from": first, "to": last, "cases": [case]}]}


@pytest.mark.parametrize(
    ("law", "theorem", "good"),
    [
        (([None, None]), (None, None), True),
        ((["", 1], None), (["", 1], None), True),
        ((["", 1], None), (["", 0], None), False),
        ((["", 1], None), (None, None), False),
        ((None, ["L", 0]), (None, ["L", 0]), True),
        ((None, ["L", 0]), (["", 0], None), False),
        ((None, ["L", 0]), (None, ["L", 1]), False),
        ((["", 1], ["L", 0]), (["", 1], ["L", 0]), True),
        ((["", 1], ["L", 0]), (["", 1], ["", 1]), True),
        ((["", 1], ["L", 0]), (["", 1], ["", 2]), False),
        ((["", 1], ["L", 0]), (["L", 0], ["L", 0]), True),
        ((["", 2], ["L", 0]), (["L", 0], ["L", 0]), False),
        ((["", 1], ["", 0]), (["", 5], ["", 4]), True),
        ((["", 1], ["", 0]), (["", 5], ["", 5]), False),
    ],
)
def test_a_range_with_or_without_ends(law, theorem, good):
    """A law without an end on one side may be used there, one with an end may not; an empty range needs nothing."""
    data = constant(*law) | alike(*theorem, ["l", 0])
    if good:
        checker.check(data)
        assert adds_up(data)
    else:
        refused(data, "may lie outside the range")


def second(index, number=3):
    """Return the induction, and a second theorem that uses the first."""
    goal = {"zero": [[c, [{"T": at("W")}, *word]] for c, word in SAME["zero"]]}
    proof = {"method": "identity", "cofactors": [["1", [{"T": at("W", 0, "l")}], 0, []]]}
    case = {"at": ["l", 0], "after": None, "uses": [[number, index]], **proof}
    data = copy.deepcopy(INDUCTION)
    data["theorems"].append({"goal": goal, "from": ["", 1], "to": ["L", 0], "cases": [case]})
    return data


def test_what_is_proved_stands_for_the_next_theorem_and_not_for_itself():
    """A lemma is a hypothesis of the theorems that follow it, within its range."""
    data = second(["l", 0])
    checker.check(data)
    assert adds_up(data)
    refused(second(["l", 0], 4), "before it is shown")
    refused(second(["l", 0], 5), "what is used is not known")
    refused(put(data, "theorems", to=data["theorems"][::-1]), "before it is shown")
    refused(put(data, "theorems", 1, "to", to=["L", 1]), "may lie outside")
    refused(put(data, "theorems", 1, "from", to=["", -1]), "may lie outside")


@pytest.mark.parametrize("nested", [False, True])
def test_a_bound_is_no_equation(nested):
    """That x[k] has at most the rank of x[k] is true, and must not become x[k] = 0 for what follows."""
    word = [["1", [at("x", 0, "l")]]]
    shown = {"method": "rank", "factors": [word], "cofactors": []}
    if nested:
        shown = {"method": "cases", "split": [[[["0", [at("x", 0, "l")]]]]], "parts": [shown], "cofactors": []}
    x = [["1", [at("x")]]]
    range_ = {"from": ["", 1], "to": ["L", 0]}
    alone = {"at": ["l", 0], "after": None, "uses": []}
    bound = {"goal": {"rank": x, "at most": {"rank": x}}, **range_, "cases": [alone | shown]}
    zero = {**alone, "method": "identity", "uses": [[3, ["l", 0]]], "cofactors": [["1", [], 0, []]]}
    data = put(INDUCTION, "theorems", to=[bound])
    checker.check(data)
    assert adds_up(data)
    lie = {"goal": {"zero": x}, **range_, "cases": [zero]}
    refused(put(INDUCTION, "theorems", to=[bound, lie]), "must say what is zero")
    step = {**STEP, "uses": [[3, ["l", 0]]], "cofactors": []}
    refused(put(INDUCTION, "theorems", to=[bound | {"cases": [step]}]), "must say what is zero")


def test_a_sign_is_no_equation():
    """What is at most 0 is not 0 for what follows."""
    number = [["-1", [{"tr": [{"T": at("x")}, at("x")]}], 1]]
    shown = {"method": "descent", "squares": [["1", [["1", [at("x", 0, "l")]]]]], "cofactors": []}
    alone = {"at": ["l", 0], "after": None, "uses": []}
    range_ = {"from": ["", 1], "to": ["L", 0]}
    sign = {"goal": {"nonpositive": number}, **range_, "cases": [alone | shown]}
    checker.check(put(INDUCTION, "theorems", to=[sign]))
    proof = {"method": "identity", "uses": [[3, ["l", 0]]], "cofactors": [["1", [], 0, []]]}
    lie = {"goal": {"zero": number}, **range_, "cases": [alone | proof]}
    refused(put(INDUCTION, "theorems", to=[sign, lie]), "must say what is zero")


def test_a_goal_cannot_name_the_layer_at_hand():
    """x[k] = x[l] is true at l, and must not become a law about every k; nor may a bound name it."""
    goal = {"zero": [["1", [at("x")]], ["-1", [at("x", 0, "l")]]]}
    case = {"at": ["l", 0], "after": None, "uses": [], "method": "identity", "cofactors": []}
    lie = {"goal": goal, "from": ["", 1], "to": ["L", 0], "cases": [case]}
    refused(put(INDUCTION, "theorems", to=[lie]), "'l' cannot be a base")
    refused(put(INDUCTION, "hypotheses", 0, "zero", to=[["1", [at("x", 0, "l")]]]), "'l' cannot be a base")
    refused(put(INDUCTION, "hypotheses", 0, "zero", to=[["1", [], at("n", 0, "l")]]), "'l' cannot be a base")
    word = [["1", [at("x")]]]
    shown = {**case, "method": "rank", "factors": [[["1", [], at("n", 0, "l")]], [["1", [at("x", 0, "l")]]]]}
    for size, good in ((at("n"), True), (at("n", 0, "l"), False)):
        bound = {"goal": {"rank": word, "at most": size}, "from": ["", 1], "to": ["L", 0], "cases": [shown]}
        data = put(INDUCTION, "theorems", to=[bound])
        if good:
            checker.check(data)
        else:
            refused(data, "'l' cannot be a base")


@pytest.mark.parametrize(
    ("zero", "reason"),
    [
        ([], "must be some"),
        ([["1", ["q"]]], "'q' is not declared"),
        ([["1", [at("x")]], ["1", ["A"]]], "of one shape"),
        ([["1", [at("x")]], ["1.5", [at("x")]]], "is no rational"),
    ],
)
def test_a_law_that_nothing_uses_is_read(zero, reason):
    """A hypothesis that is not well formed is refused, whether it is used or not."""
    data = copy.deepcopy(INDUCTION)
    data["hypotheses"].append({"zero": zero, "from": None, "to": None})
    data["theorems"][0]["cases"][1]["uses"][2][0] = 4
    refused(data, reason)


def test_a_law_that_nothing_uses_composes():
    """FORMAT: neighbours in a product have shapes that compose, in a hypothesis that is not used too."""
    data = copy.deepcopy(INDUCTION)
    law = {"zero": [["1", [at("x"), at("x")]]], "from": None, "to": None}
    data["hypotheses"].append(law)
    data["theorems"][0]["cases"][1]["uses"][2][0] = 4
    refused(data, "do not compose")


def test_a_law_is_read_at_k():
    """What composes at the one index at which it is used, and not at every k, is refused."""
    data = copy.deepcopy(INDUCTION)
    law = {"zero": [["1", [at("W", 1, ""), at("x")]]], "from": ["", 0], "to": ["", 0]}
    data["hypotheses"].append(law)
    data["theorems"][0]["cases"][1]["uses"][2][0] = 4
    refused(data, "do not compose")
    data["hypotheses"][-1]["zero"] = [["1", [at("W", 1, ""), at("x", 0, "")]]]
    checker.check(data)


def test_indices_that_are_written_differently_are_different():
    """x[L] and x[l] are different letters, even where l can only be L."""
    goal = {"zero": [["1", [at("x")]], ["-1", [at("x", 0, "L")]]]}
    case = {"at": ["l", 0], "after": None, "uses": [], "method": "identity", "cofactors": []}
    theorem = {"goal": goal, "from": ["L", 0], "to": ["L", 0], "cases": [case]}
    refused(put(INDUCTION, "theorems", to=[theorem]), "do not sum|of one shape")
    alone = put(INDUCTION, "letters", "x", to=["m", "m"]) | {
        "hypotheses": []
    }  # nor where only the letters differ, and not their shapes
    refused(put(alone, "theorems", to=[theorem]), "do not sum")
    same = {**theorem, "goal": {"zero": [["1", [at("x", 0, "L")]], ["-1", [at("x", 0, "L")]]]}}
    checker.check(put(alone, "theorems", to=[same]))


def test_ranges_hold_for_every_depth():
    """What holds from 1 to L cannot be used at 2, unless the claim begins at 2, and at L only down to 1."""

    def covered(index, law, theorem, step):
        return checker.lies_within(index, *law, *theorem, step)

    one, two, three, L = ("", 1), ("", 2), ("", 3), ("L", 0)
    assert covered(("", 1), (one, L), (one, L), False)
    assert not covered(("", 2), (one, L), (one, L), False)
    assert covered(("", 2), (one, L), (two, L), False)
    assert covered(("", 2), (one, L), (one, L), True)
    assert covered(("l", 1), (two, L), (one, L), True)
    assert not covered(("l", 1), (two, L), (one, L), False)
    assert not covered(("l", -1), (one, L), (one, L), False)
    assert covered(("L", -1), (("", 0), L), (one, L), False)
    assert not covered(("L", -1), (one, L), (one, L), False)
    assert covered(L, (three, L), (three, ("L", -1)), False)


ENDS = [None, *(("", c) for c in (-1, 0, 1, 3)), *(("L", c) for c in (-2, 0, 1))]


@pytest.mark.parametrize("step", [False, True])
def test_ranges_hold_where_they_are_tried_out(step):
    """An index lies in a range by the checker if and only if it does at every depth and layer up to some size."""

    def value(index, l, L):
        return index[1] + {"": 0, "l": l, "L": L}[index[0]]

    def tried(index, law, theorem):
        for L in range(1, 12):
            first = -30 if theorem[0] is None else value(theorem[0], 0, L)
            last = 30 if theorem[1] is None else value(theorem[1], 0, L) - step
            for l in range(first, last + 1):
                low = law[0] is None or value(law[0], 0, L) <= value(index, l, L)
                high = law[1] is None or value(index, l, L) <= value(law[1], 0, L)
                if not (low and high):
                    return False
        return True

    for base in ("", "l", "L"):
        for offset in (-1, 0, 2):
            for law in ((a, b) for a in ENDS for b in ENDS):
                for theorem in ((a, b) for a in ENDS for b in ENDS):
                    said = checker.lies_within((base, offset), *law, *theorem, step)
                    assert said == tried((base, offset), law, theorem), (base, offset, law, theorem)


def test_the_work_of_an_induction_is_bounded():
    """A law that is used again and again costs what it costs to read."""
    data = copy.deepcopy(INDUCTION)
    data["theorems"][0]["cases"][1]["uses"] = [[1, ["l", 1]]] * 30_000
    with pytest.raises(checker.Refused, match="too much work"):
        checker.check(data, checker.Work(300_000))
