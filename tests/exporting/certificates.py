"""Small certificates of format 2, of every method, for the tests of exporters."""

import re
from contextlib import suppress
from importlib.resources import files

from oracles.format_words import FORMAT, at, put, t, tr

from tptheory.certificates import checker


def zero(*terms):
    """Say that a polynomial is 0."""
    return {"zero": [*terms]}


def law(said, first, last):
    """Say something of a range."""
    return {**said, "from": first, "to": last}


def case(index, after, uses, *cofactors, **fields):
    """Return a case, by the method of identities if no other is named."""
    return {"at": index, "after": after, "uses": uses, "method": "identity", "cofactors": [*cofactors], **fields}


def theorem(goal, first, last, *cases):
    """Return a theorem of an induction."""
    return {"goal": goal, "from": first, "to": last, "cases": [*cases]}


def plain(method, letters, hypotheses, goal, **fields):
    """Return a certificate about single matrices."""
    sizes = sorted({n for shape in letters.values() for n in shape[:2] if isinstance(n, str)})
    declared = {"sizes": sizes, "letters": letters, "hypotheses": hypotheses, "goal": goal}
    return {"format": FORMAT, "method": method, **declared, "cofactors": [], **fields}


SHAPES = {"A": ["m", "n"], "B": ["m", "p"], "C": ["p", "n"], "D": ["n", "n", "symmetric"]}
MOVED = plain(
    "identity",
    SHAPES,
    [zero(["1", ["A", "D"]], ["-1", ["B", "C"]]), zero(["1", ["D"]], ["-1/2", [], "n"], ["-1/2", [], "n"])],
    zero(["1", [t("A")]], ["-1", [t("C"), t("B")]]),
    title="A = B C if A D = B C and D = 1/2 I + 1/2 I",
    reasons=["a product", "half of I twice"],
    cofactors=[["1", [], 2, []], ["-1", [], 1, [t("A")]]],
)
SPLIT = plain(
    "cases",
    {"A": ["m", "n"], "x": []},
    [zero(["1", ["x", "A"]]), zero(["1", ["x"], 1], ["-1", ["x", "x"], 1]), zero(["1", ["A"]], ["-1", ["x", "A"]])],
    zero(["1", ["A"]]),
    split=[[[["1", ["x"], 1], ["-1", [], 1]]], [[["1", ["x"], 1]]]],
    cofactors=[["1", [], 1, ["x"]], ["-1", [], 1, ["x", "x"]]],
    parts=[
        {"method": "identity", "cofactors": [["1", [], 0, []], ["-1", [], 3, ["A"]]]},
        {"method": "identity", "cofactors": [["1", [], 2, []], ["1", [], 3, ["A"]]]},
    ],
)
SUM = [["1", [tr(t("A"), "A")], 1], ["2", [tr("B", t("B"))], 1]]
SQUARES = plain(
    "cancellation",
    {"A": ["m", "n"], "B": ["m", "p"]},
    [zero(*SUM)],
    zero(["1", ["A"]]),
    squares=[["2", [["1", [t("B")]]]]],
    cofactors=[["1", [], 0, []]],
)
DESCENT = plain(
    "descent",
    {"A": ["m", "n"]},
    [],
    {"nonpositive": [["-1", [tr(t("A"), "A")], 1]]},
    squares=[["1", [["1", ["A"]]]]],
)
RANK = plain(
    "rank",
    SHAPES,
    MOVED["hypotheses"],
    {"rank": [["1", ["A", "D"]]], "at most": "p"},
    factors=[[["1", ["B"]]], [["1", ["C"]]]],
    cofactors=[["1", [], 0, []]],
)
BOUNDS = [["1", ["C"]]], [["1", ["B"]]], [["1", [t("C")]]], [["1/2", [t("B")]], ["1/2", [t("B")]]]
RANKS = [RANK, *(put(RANK, "goal", "at most", to={"rank": bound}) for bound in BOUNDS)]
"""A rank is bounded by a size, by that of a factor, by that of a transpose, however it is written."""
RANKS += [
    plain(
        "rank",
        {"A": ["m", "n"], "B": ["n", "n"], "C": ["n", "n"]},
        [zero(["1", ["A"]], ["-1", ["A", "B", "C"]])],
        {"rank": [["1", ["A"]]], "at most": {"rank": [["1", ["A", "B"]]]}},
        factors=[[["1", ["A", "B"]]], [["1", ["C"]]]],
        cofactors=[["1", [], 0, []]],
    ),
    plain(
        "rank",
        {"x": ["n", 1], "y": [3, "n"]},
        [],
        {"rank": [["1", [t("x"), "x"]]], "at most": 1},
        factors=[[["1", [t("x"), "x"]]], [["1", [], 1]]],
    ),
]
VECTORS = {"x": ["n", 1], "y": ["n", 1], "s": [], "A": ["n", "n"]}
NUMBERS = [
    plain(
        "identity",
        VECTORS,
        [zero(["1", [t("x"), "y"]])],
        zero(["1", ["x", t("x"), "y", t("y")]]),
        cofactors=[["1", ["x"], 0, [t("y")]]],
    ),
    plain(
        "identity",
        VECTORS,
        [zero(["1", [t("x"), "y"]])],
        zero(["1", [t("x"), "x", t("y"), "x"]], ["0", ["s"], 1]),
        cofactors=[["1", [t("x")], 1, ["x"]], ["0", [], 0, []]],
    ),
    plain(
        "identity",
        VECTORS,
        [zero(["1", ["A"]], ["-1", [], "n"]), zero(["3/2", ["n", "s"], 1])],
        zero(["1", ["s", tr("A", "A"), "x"]]),
        cofactors=[["1", ["s"], 0, ["A"], ["x"]], ["1", ["s"], 0, [], ["x"]], ["2/3", ["x"], 1, []]],
    ),
]
"""A number stands within a product, on either side of matrices, and beside a trace; a size stands as a number."""
BOTH = {"format": FORMAT, "method": "all", "parts": [MOVED, SQUARES]}

UP = {
    "format": FORMAT,
    "method": "induction",
    "title": "Two sequences of one rule that start alike are the same; and what follows",
    "sizes": ["n", "m"],
    "letters": {
        "W": [at("n"), at("n", -1)], "V": [at("n", -1), at("n")], "x": [at("n"), "m"], "u": [at("n"), "m"],
        "S": [at("n"), at("n"), "symmetric"], "P": [at("n", -1), at("n", -1), "symmetric"],
        "Q": ["m", "m", "symmetric"], "z": ["m", 1], "y": [at("n", 0, "L"), 1], "c": [],
    },
    "indexed": ["n", "W", "V", "x", "u", "S", "P", "z", "c"],
    "hypotheses": [
        law(zero(["1", [at("x", 0, "")]], ["-1", [at("u", 0, "")]]), ["", 0], ["", 0]),
        law(zero(["1", [at("x")]], ["-1", [at("c"), at("W"), at("x", -1)]]), ["", 1], ["L", 0]),
        law(zero(["1", [at("u")]], ["-1", [at("c"), at("W"), at("u", -1)]]), ["", 1], ["L", 0]),
        law(zero(["1", [at("V"), at("S")]], ["-1", [at("V")]]), None, None),
        law(zero(["1", [at("P"), t(at("W"))]]), None, None),
        law(zero(["1", [at("z")]], ["-1", ["Q", at("z", -1)]]), None, None),
        law(zero(["1", [at("z")]], ["-1", [at("z", 1)]]), None, None),
        law(zero(["1", [at("z", 0, "")]]), None, None),
        law(zero(["1", [t(at("x", 0, "L")), "y"]]), ["L", 0], None),
    ],
    "reasons": ["a start", "a rule", "the same rule", "a projection"],
    "theorems": [
        theorem(
            zero(["-1", [at("u")]], ["1", [at("x")]]), ["", 0], ["L", 0],
            case(["", 0], None, [[0, ["", 0]]], ["1", [], 0, []]),
            case(["l", 1], ["l", 0], [[1, ["l", 1]], [2, ["l", 1]], [9, ["l", 0]]],
                 ["1", [], 0, []], ["-1", [], 1, []], ["1", [at("c", 1, "l"), at("W", 1, "l")], 2, []]),
        ),
        theorem(
            zero(["1", [t(at("V")), at("x", -1)]], ["-1", [at("S"), t(at("V")), at("u", -1)]]), ["", 1], ["L", 0],
            case(["l", 0], None, [[9, ["l", -1]], [3, ["l", 0]]],
                 ["1", [t(at("V", 0, "l"))], 0, []], ["-1", [], 3, [at("u", -1, "l")]]),
        ),
        theorem(
            {"rank": [["1", [at("V"), at("x"), t(at("x", 0, ""))]]], "at most": at("n")}, ["L", 0], ["L", 0],
            case(["l", 0], None, [], method="rank",
                 factors=[[["1", [at("V", 0, "l")]]], [["1", [at("x", 0, "l"), t(at("x", 0, ""))]]]]),
        ),
        theorem(
            zero(["1", [at("W", 1), at("P", 1)]]), None, None,
            case(["l", 0], None, [[4, ["l", 1]]], ["1", [], 1, []]),
        ),
        theorem(
            zero(["1", [at("z")]]), ["", 0], None,
            case(["", 0], None, [[7, ["l", 9]]], ["1", [], 0, []]),
            case(["l", 1], ["l", 0], [[5, ["l", 1]], [13, ["l", 0]]], ["1", [], 0, []], ["1", ["Q"], 1, []]),
        ),
        theorem(
            zero(["1", [at("z", -2)]], ["1", [at("z", -2)]]), None, ["", 2],
            case(["", 2], None, [[13, ["", 0]]], ["2", [], 0, []]),
            case(["l", 0], ["l", 1], [[6, ["l", -2]], [14, ["l", 1]]], ["2", [], 0, []], ["1", [], 1, []]),
        ),
        theorem(
            {"nonpositive": [["-1", [t(at("z")), "Q", "Q", at("z")]]]}, None, None,
            case(["l", 0], None, [], method="descent", squares=[["1", [["1", ["Q", at("z", 0, "l")]]]]]),
        ),
        theorem(
            zero(["1", [at("x", -1)]], ["-1", [at("c", -1), at("W", -1), at("x", -2)]]), ["", 3], ["", 2],
            case(["l", 0], None, [[1, ["l", -1]]], ["1", [], 0, []]),
        ),
        theorem(
            zero(["1", [at("x")]], ["-1", [at("u")]]), ["", 1], ["L", 0],
            case(["l", 0], None, [[8, ["L", 7]], [9, ["l", 0]]], ["1", [t("y"), at("x", 0, "L")], 0, []],
                 method="cases", split=[[[["1", [t(at("x", 0, "L")), "y"]]]]],
                 parts=[{"method": "identity", "cofactors": [["1", [], 1, []]]}]),
        ),
    ],
}  # fmt: skip
DOWN = {
    "format": FORMAT,
    "method": "induction",
    "title": "What is 0 at the last layer, and is fed back by a rule, is 0 everywhere",
    "sizes": ["n"],
    "letters": {"W": [at("n"), at("n", -1)], "d": [at("n"), 1]},
    "indexed": ["n", "W", "d"],
    "hypotheses": [
        law(zero(["1", [at("d")]]), ["L", 0], ["L", 0]),
        law(zero(["1", [at("d")]], ["-1", [t(at("W", 1)), at("d", 1)]]), ["", 0], ["L", -1]),
    ],
    "theorems": [
        theorem(
            zero(["1", [at("d", -1)]]), ["", 1], ["L", 1],
            case(["L", 1], None, [[0, ["L", 0]]], ["1", [], 0, []]),
            case(["l", 0], ["l", 1], [[1, ["l", -1]], [2, ["l", 1]]],
                 ["1", [], 0, []], ["1", [t(at("W", 0, "l"))], 1, []]),
        ),
        theorem(
            zero(["1", [at("n", 0, "L"), at("d", -1, "L")]]), ["", 0], ["", 0],
            case(["l", 0], None, [[2, ["L", 0]]], ["1", [at("n", 0, "L")], 0, []]),
        ),
    ],
}  # fmt: skip

ACCEPTED = [MOVED, SPLIT, SQUARES, DESCENT, *RANKS, *NUMBERS, BOTH, UP, DOWN]


def blocks(word):
    """Return the certificates that the description of the format marks with a word, apart from what is no JSON."""
    text = files("tptheory.certificates").joinpath("FORMAT.md").read_text(encoding="utf-8")
    found = []
    for block in re.findall(rf"```json {word}\n(.*?)```", text, re.DOTALL):
        with suppress(checker.Refused):
            found.append(checker.parse(block.encode()))
    return found


def tampered():
    """Run through certificates about single matrices that are false, or that prove nothing."""
    yield put(MOVED, "cofactors", 0, 0, to="2")
    yield put(MOVED, "cofactors", 1, 0, to="1")
    yield put(MOVED, "cofactors", 1, 3, to=[t("C"), t("B")])
    yield put(MOVED, "cofactors", 0, 2, to=0)
    yield put(MOVED, "cofactors", to=[["1", [], 2, []]])
    yield put(MOVED, "hypotheses", 1, "zero", 2, 0, to="-1/3")
    yield put(MOVED, "goal", "zero", 1, 0, to="1")
    yield put(MOVED, "letters", "D", to=["n", "n"])
    yield SPLIT | {"split": SPLIT["split"][:1], "parts": SPLIT["parts"][:1]}
    yield SPLIT | {"cofactors": SPLIT["cofactors"][:1]}
    yield SPLIT | {"parts": [SPLIT["parts"][0], SPLIT["parts"][0]]}
    yield put(SQUARES, "squares", 0, 0, to="-2")
    yield SQUARES | {"squares": []}
    yield put(SQUARES, "hypotheses", 0, "zero", 1, 0, to="-2")
    yield put(put(SQUARES, "hypotheses", 0, "zero", 1, 0, to="-2"), "squares", 0, 0, to="-2")
    yield put(DESCENT, "goal", "nonpositive", 0, 0, to="1")
    yield put(put(DESCENT, "goal", "nonpositive", 0, 0, to="1"), "squares", 0, 0, to="-1")
    yield put(RANK, "factors", 1, to=[["2", ["C"]]])
    yield RANK | {"cofactors": []}
    yield put(RANK, "goal", "at most", to="m")
    yield put(RANK, "goal", "at most", to=1)
    yield put(RANK, "goal", "at most", to={"rank": [["1", ["D"]]]})
    yield put(NUMBERS[0], "cofactors", 0, 1, to=["y"])
    yield put(NUMBERS[2], "cofactors", 1, 4, to=["y"])
    yield put(BOTH, "parts", 1, "cofactors", 0, 0, to="-1")
    yield from blocks("refused")


def tampered_inductions():
    """Run through inductions that prove nothing: a base, a range, an index, a direction, a law, a cofactor changed."""
    base, step = UP["theorems"][0]["cases"]
    yield put(UP, "theorems", 0, "cases", 0, "at", to=["", 1])
    yield put(UP, "theorems", 0, "from", to=["", 1])
    yield put(UP, "theorems", 0, "to", to=["L", 1])
    yield put(UP, "theorems", 0, "to", to=None)
    yield put(put(UP, "theorems", 0, "cases", 1, "at", to=["l", 0]), "theorems", 0, "cases", 1, "after", to=["l", 1])
    yield put(UP, "theorems", 0, "cases", to=[step, base])
    yield put(UP, "theorems", 0, "cases", to=[step | {"at": ["l", 0], "after": None}])
    yield put(UP, "theorems", 0, "cases", 1, "uses", 0, to=[1, ["l", 0]])
    yield put(UP, "theorems", 0, "cases", 1, "uses", 2, to=[9, ["l", 1]])
    yield put(UP, "theorems", 0, "cases", 1, "uses", 1, to=[1, ["l", 1]])
    yield put(UP, "theorems", 0, "cases", 1, "cofactors", 2, 0, to="-1")
    yield put(UP, "theorems", 0, "cases", 1, "cofactors", 1, 0, to="2")
    yield put(UP, "hypotheses", 0, "from", to=["L", 0])
    yield put(UP, "hypotheses", 1, "from", to=["", 2])
    yield put(UP, "hypotheses", 1, "to", to=["L", -1])
    yield put(UP, "hypotheses", 3, "to", to=["L", -1])
    yield put(UP, "hypotheses", 4, "from", to=["", -99])
    yield put(UP, "hypotheses", 5, "to", to=["L", 99])
    yield put(UP, "hypotheses", 6, "from", to=["", -99])
    yield put(UP, "theorems", 1, "from", to=["", 0])
    yield put(UP, "theorems", 1, "cases", 0, "uses", 0, to=[10, ["l", -1]])
    yield put(UP, "theorems", slice(0, 2), to=UP["theorems"][1::-1])
    yield put(UP, "theorems", 2, "goal", "at most", to=at("n", 1))
    yield put(UP, "theorems", 4, "from", to=["", -1])
    yield put(UP, "theorems", 5, "to", to=["", 3])
    yield put(UP, "theorems", 7, "to", to=["", 3])
    yield put(UP, "letters", "S", to=[at("n"), at("n")])
    yield put(UP, "letters", "P", to=[at("n", -1), at("n", -1)])
    yield put(DOWN, "theorems", 0, "cases", 0, "at", to=["L", 0])
    yield put(put(DOWN, "theorems", 0, "cases", 1, "at", to=["l", 1]), "theorems", 0, "cases", 1, "after", to=["l", 0])
    yield put(DOWN, "hypotheses", 1, "from", to=["", 1])
    yield put(DOWN, "hypotheses", 1, "to", to=["L", -2])
    yield put(DOWN, "theorems", 1, "cases", 0, "uses", 0, to=[2, ["L", 1]])
