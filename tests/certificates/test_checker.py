"""The checker accepts what sums to its goal, and nothing else: each of its rules has a certificate that breaks it."""

import copy
import json
from pathlib import Path

import pytest
from oracles.format_words import FORMAT, t, tr
from oracles.multiplying import adds_up
from oracles.theorems import library

from tptheory import prove
from tptheory.certificates import checker

GOOD = {
    "format": FORMAT,
    "title": "AXA = A and XA = YA give AYA = A",
    "method": "identity",
    "sizes": ["m", "n"],
    "letters": {
        "A": ["m", "n"],
        "X": ["n", "m"],
        "Y": ["n", "m"],
        "c": [],
        "S": ["n", "n", "symmetric"],
        "x": ["n", 1],
    },
    "hypotheses": [
        {"zero": [["1", ["A", "X", "A"]], ["-1", ["A"]]]},
        {"zero": [["1", ["X", "A"]], ["-1", ["Y", "A"]]]},
    ],
    "goal": {"zero": [["1", ["A", "Y", "A"]], ["-1", ["A"]]]},
    "cofactors": [["1", [], 0, []], ["-1", ["A"], 1, []]],
}


def certificate(**changes):
    """Return the good certificate with some fields replaced."""
    return {**copy.deepcopy(GOOD), **changes}


def without(data, *names):
    """Return a certificate without some fields."""
    return {key: value for key, value in data.items() if key not in names}


def zero(*terms, **changes):
    """Return the good certificate with another goal, which is to be zero."""
    return certificate(goal={"zero": list(terms)}, **changes)


def shows(*terms, **changes):
    """Return a certificate that needs no hypothesis: its terms cancel, or they do not."""
    return zero(*terms, **{"hypotheses": [], "cofactors": [], **changes})


def given(*terms, cofactor=("1", [], 0, []), **changes):
    """Return a certificate whose only hypothesis is its goal."""
    polynomial = {"zero": list(terms)}
    return certificate(hypotheses=[polynomial], goal=polynomial, cofactors=[list(cofactor)], **changes)


def refused(data, reason):
    """Assert that the checker refuses, and says why."""
    with pytest.raises(checker.Refused, match=reason):
        checker.check(data)


def test_accepts_the_example():
    """The goal is the first hypothesis less ``A`` times the second."""
    checker.check(GOOD)
    assert adds_up(GOOD)


def with_letters(**letters):
    """Return the good certificate with more letters declared."""
    return certificate(letters=GOOD["letters"] | letters)


BAD = {
    "format": (certificate(format="tptheory-certificate/1"), "the format must be"),
    "no format": (without(GOOD, "format"), "the format must be"),
    "method": (certificate(method="magic"), "the method 'magic' is unknown"),
    "a method that is no string": (certificate(method=["identity"]), "the method must be a string"),
    "no method": (without(GOOD, "method"), "the method must be a string"),
    "not an object": ([GOOD], "must be an object"),
    "an unknown field": (certificate(symbols={}), "fields that are unknown: .'symbols'"),
    "a field of another method": (certificate(squares=[]), "fields that are unknown: .'squares'"),
    "an index where none is bound": (certificate(indexed=[]), "fields that are unknown: .'indexed'"),
    **{f"no {name}": (without(GOOD, name), f"lacks .'{name}'") for name in ("sizes", "letters", "hypotheses", "goal")},
    "no cofactors": (without(GOOD, "cofactors"), "lacks .'cofactors'"),
    # declarations
    "sizes that are no list": (certificate(sizes={"m": 1, "n": 1}), "sizes must be a list"),
    "letters that are no object": (certificate(letters=[]), "letters must be an object"),
    "an empty name of a size": (certificate(sizes=["m", "n", ""]), "a name must be a string, not empty"),
    "an empty name of a letter": (with_letters(**{"": []}), "a name must be a string, not empty"),
    "a name that is no string": (certificate(sizes=["m", "n", 2]), "malformed|a name must be a string"),
    "a size and a letter": (with_letters(m=[]), "a name cannot be a size and a letter"),
    "a size twice": (certificate(sizes=["m", "n", "m"]), "a size is declared twice"),
    "half a character": (certificate(sizes=["m", "n", "\ud800"]), "malformed: UnicodeEncodeError"),
    "a shape of one": (with_letters(A=["m"]), "bad shape of A"),
    "a shape of four": (with_letters(A=["n", "n", "symmetric", "symmetric"]), "bad shape of A"),
    "a shape that is no list": (with_letters(A="mn"), "bad shape of A"),
    "a shape of an undeclared size": (with_letters(B=["m", "p"]), "'p' is not declared as a size"),
    "a shape of a letter": (with_letters(B=["m", "c"]), "'c' is not declared as a size"),
    "a size 0": (with_letters(B=["m", 0]), "a size must be"),
    "a size below 0": (with_letters(B=["m", -1]), "a size must be"),
    "a size true": (with_letters(B=["m", True]), "a size must be"),
    "a size too large": (with_letters(B=["m", 10**6 + 1]), "a size must be"),
    "a size as text": (with_letters(B=["m", "1"]), "'1' is not declared as a size"),
    "a size at an index": (with_letters(B=["m", ["n", "k", 0]]), "'n' has no index"),
    "symmetric of a rectangle": (with_letters(B=["m", "n", "symmetric"]), "neither symmetric nor not"),
    "another word than symmetric": (with_letters(B=["n", "n", "orthogonal"]), "neither symmetric nor not"),
    # letters, words, traces
    "an undeclared letter": (zero(["1", ["Q"]]), "'Q' is not declared"),
    "an undeclared letter in a hypothesis": (certificate(hypotheses=[{"zero": [["1", ["Q"]]]}]), "not declared"),
    "an undeclared letter beside": (certificate(cofactors=[["1", ["Q"], 0, []]]), "'Q' is not declared"),
    "a letter that looks transposed": (zero(["1", ["A'"]]), '"A\'" is not declared'),
    "a letter at an index": (zero(["1", [["A", "", 0]]]), "'A' has no index"),
    "an integer for a letter": (zero(["1", [3, "A"]]), "a name at an index must be a list"),
    "a transposed number": (zero(["1", [t("c"), "A"]]), "a scalar cannot be transposed"),
    "a transposed size": (zero(["1", [t("m"), "A"]]), "a scalar cannot be transposed"),
    "a transpose twice": (zero(["1", [t(t("A"))]]), "a name at an index must be a list"),
    "a transposed trace": (zero(["1", [t(tr("S")), "A"]]), "a name at an index must be a list"),
    "an object that is neither": (zero(["1", [{"inverse": "S"}]]), "must be a transpose or a trace"),
    "an object that is both": (zero(["1", [{"T": "A", "tr": ["S"]}]]), "must be a transpose or a trace"),
    "a trace of nothing": (shows(["0", [tr()], 1]), "a trace is of matrices, and of some"),
    "a trace of a number": (shows(["0", [tr("c")], 1]), "a trace is of matrices"),
    "a trace in a trace": (shows(["0", [tr(tr("S"))], 1]), "must be a transpose or a trace"),
    "a trace of a rectangle": (shows(["0", [tr("A")], 1]), "do not compose"),
    "a trace that is not closed": (shows(["0", [tr("A", "X", "A")], 1]), "do not compose"),
    "a word that does not compose": (shows(["0", ["A", "A"]]), "do not compose"),
    "a word that does not compose through 1": (shows(["0", ["x", "A"]]), "do not compose"),
    "a word that is no list": (zero(["1", "A"]), "the items of a term must be a list"),
    # polynomials
    "terms of two shapes": (zero(["1", ["A"]], ["1", ["X"]]), "of one shape"),
    "terms of two shapes that are 0": (shows(["0", ["A"]], ["0", ["X"]]), "of one shape"),
    "no terms": (zero(), "must be some, and of one shape"),
    "a polynomial that is no list": (certificate(goal={"zero": {}}), "a polynomial must be a list"),
    "a term of one entry": (zero(["1"]), "a term has 1 entries"),
    "a term of four entries": (zero(["1", [], "n", "n"]), "a term has 4 entries"),
    "an identity without a size": (zero(["1", []]), "has a size if and only if it has no matrix"),
    "a number without a size": (zero(["1", ["c"]]), "has a size if and only if it has no matrix"),
    "a matrix with a size": (zero(["1", ["A", "X"], "m"]), "has a size if and only if it has no matrix"),
    "an identity of an undeclared size": (zero(["1", [], "p"]), "'p' is not declared as a size"),
    # rationals
    **{
        f"the number {text!r}"[:40]: (certificate(cofactors=[[text, [], 0, []]]), "is no rational")
        for text in (
            "1.0",
            "1e9",
            "+1",
            " 1",
            "1 ",
            "1\n",
            "01",
            "00",
            "1/0",
            "1/01",
            "1/-2",
            "-",
            "",
            "1/",
            "/2",
            "١",
            "1_0",
        )
    },
    "an integer for a rational": (certificate(cofactors=[[1, [], 0, []]]), "is no rational"),
    "too many digits": (certificate(cofactors=[["1" * 1001, [], 0, []]]), "too many digits"),
    "too many digits below 0": (certificate(cofactors=[["-" + "1" * 1001, [], 0, []]]), "too many digits"),
    "too many digits below": (certificate(cofactors=[[f"1/{'1' * 1001}", [], 0, []]]), "too many digits"),
    "endless digits": (certificate(cofactors=[["1" * 5000, [], 0, []]]), "is no rational"),
    # hypotheses and goals
    "hypotheses that are no list": (certificate(hypotheses={}), "hypotheses must be a list"),
    "a hypothesis that is no object": (certificate(hypotheses=[[["1", ["A"]]]]), "must say what is zero"),
    "a hypothesis about a rank": (
        certificate(hypotheses=[{"rank": [["1", ["A"]]], "at most": 1}]),
        "must say what is zero",
    ),
    "a hypothesis with a range": (
        certificate(hypotheses=[{"zero": [["1", ["A"]]], "from": None, "to": None}]),
        "must say what is zero",
    ),
    "a hypothesis with a remark": (certificate(hypotheses=[{"zero": [["1", ["A"]]], "title": ""}]), "what is zero"),
    "a goal that is no object": (certificate(goal=[["1", ["A"]]]), "a goal must be an object"),
    "an empty goal": (certificate(goal={}), "a goal is zero, nonpositive or a rank"),
    "another goal": (certificate(goal={"positive": [["1", ["c"], 1]]}), "a goal is zero, nonpositive or a rank"),
    "two goals": (certificate(goal=GOOD["goal"] | {"nonpositive": [["1", [], 1]]}), "a goal is zero, nonpositive"),
    "a goal with a remark": (certificate(goal=GOOD["goal"] | {"left": 1}), "a goal is zero, nonpositive or a rank"),
    "a rank without a bound": (certificate(goal={"rank": [["1", ["A"]]]}), "a goal is zero, nonpositive or a rank"),
    # cofactors
    "cofactors that are no list": (certificate(cofactors={}), "cofactors must be a list"),
    "a cofactor of three": (certificate(cofactors=[["1", [], 0]]), "a cofactor has 3 entries"),
    "a cofactor of six": (certificate(cofactors=[["1", [], 0, [], [], []]]), "a cofactor has 6 entries"),
    "a missing cofactor": (certificate(cofactors=GOOD["cofactors"][:1]), "do not sum"),
    "another sign": (certificate(cofactors=[["1", [], 0, []], ["1", ["A"], 1, []]]), "do not sum"),
    "another coefficient": (certificate(cofactors=[["2", [], 0, []], ["-1", ["A"], 1, []]]), "do not sum"),
    "a cofactor counted from the end": (certificate(cofactors=[["1", [], -2, []]]), "names no hypothesis"),
    "a cofactor beyond the transposes": (certificate(cofactors=[["1", [], 4, []]]), "names no hypothesis"),
    "a cofactor of no hypothesis": (certificate(hypotheses=[]), "names no hypothesis"),
    "a number that is no integer": (certificate(cofactors=[["1", [], 0.0, []]]), "names no hypothesis"),
    "a number as text": (certificate(cofactors=[["1", [], "0", []]]), "names no hypothesis"),
    "true for a number": (given(["1", ["A"]], cofactor=("1", [], False, [])), "names no hypothesis"),
    "a cofactor of another shape": (certificate(cofactors=[["1", ["X"], 0, []]]), "another shape than the goal"),
    "a transpose of another shape": (certificate(cofactors=[["1", [], 2, []]]), "another shape than the goal"),
    "left does not compose": (certificate(cofactors=[["1", ["A"], 0, []]]), "do not compose"),
    "right does not compose": (certificate(cofactors=[["1", [], 0, ["A"]]]), "do not compose"),
    "left is no word": (certificate(cofactors=[["1", ["A", "A"], 0, []]]), "do not compose"),
    "a trace of what is not square": (given(["1", ["A"]], cofactor=("1", [], 0, [], [])), "taken of what is square"),
    # several at once
    "no parts": ({"format": FORMAT, "method": "all", "parts": []}, "nothing to check"),
    "parts that are no list": ({"format": FORMAT, "method": "all", "parts": {}}, "parts must be a list"),
    "a bad part": ({"format": FORMAT, "method": "all", "parts": [GOOD, certificate(cofactors=[])]}, "do not sum"),
    "a part without a format": ({"format": FORMAT, "method": "all", "parts": [without(GOOD, "format")]}, "the format"),
    "a part of parts": (
        {"format": FORMAT, "method": "all", "parts": [{"format": FORMAT, "method": "all", "parts": [GOOD]}]},
        "a part cannot have parts",
    ),
    "a goal beside parts": ({"format": FORMAT, "method": "all", "parts": [GOOD], "goal": GOOD["goal"]}, "unknown"),
    "letters beside parts": ({"format": FORMAT, "method": "all", "parts": [GOOD], "letters": {}}, "unknown"),
}


@pytest.mark.parametrize(("data", "reason"), BAD.values(), ids=BAD.keys())
def test_refuses_with_a_reason(data, reason):
    """Each rule of the checker has a certificate that breaks it, and only it."""
    refused(data, reason)


@pytest.mark.parametrize("term", [["1", ["A", "A"]], ["1", [tr("A")], 1], ["1", [tr("A", "X", "A")], 1]])
def test_what_nothing_uses_composes(term):
    """A hypothesis that no cofactor names is read as any other."""
    refused(certificate(hypotheses=[*GOOD["hypotheses"], {"zero": [term]}]), "compose")


def test_what_is_refused_is_one_edit_away_from_what_is_accepted():
    """Terms of coefficient 0 and equal terms may stand, names may be anything, and sizes may be numbers."""
    checker.check(shows(["0", ["A"]], ["0/7", ["A"]], ["-0", ["A"]]))
    checker.check(shows(["1", ["A"]], ["1/2", ["A"]], ["-6/4", ["A"]]))
    checker.check(given(["1", [" ", "A'", "[k]"]], letters={" ": [], "A'": [1000000, "n"], "[k]": ["n", 3]}))
    checker.check(shows(["1" * 1000, ["A"]], ["-" + "1" * 1000, ["A"]]))
    checker.check({"format": FORMAT, "method": "all", "parts": [GOOD, GOOD]})


@pytest.mark.parametrize("remark", sorted(checker.REMARKS))
def test_remarks_stand_beside_any_certificate_and_say_nothing(remark):
    """Whatever is in a remark, the certificate is accepted as it was, and refused as it was."""
    for value in (None, 1.5, [[[]]], {"goal": []}, "anything"):
        checker.check(certificate(**{remark: value}))
        refused(certificate(**{remark: value}, cofactors=[]), "do not sum")
        checker.check({"format": FORMAT, "method": "all", "parts": [certificate(**{remark: value})], remark: value})


def rank(**changes):
    """Return a rank certificate: A X has rank at most n, because A stands left of X."""
    bound = changes.pop("bound", "n")
    data = {
        "method": "rank",
        "goal": {"rank": [["1", ["A", "X"]]], "at most": bound},
        "hypotheses": [],
        "cofactors": [],
        "factors": [[["1", ["A"]]], [["1", ["X"]]]],
    }
    return certificate(**{**data, **changes})


def of(*items):
    """Return the rank of a word as a bound."""
    return {"rank": [["1", list(items)]]}


def test_rank_accepts_a_size_between_factors_and_a_factor():
    """The rank of a product is at most each size inside it, and at most the rank of each factor or its transpose."""
    checker.check(rank())
    for letter in ("A", "X", t("A"), t("X")):
        checker.check(rank(bound=of(letter)))
    outer = {"goal": {"rank": [["1", ["x", t("x")]]], "at most": 1}, "factors": [[["1", ["x"]]], [["1", [t("x")]]]]}
    checker.check(rank(**outer))
    assert adds_up(rank(**outer))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (rank(bound="m"), "the bound is no size between factors"),
        (rank(bound=1), "the bound is no size between factors"),
        (rank(factors=[[["1", ["A", "X"]]]], bound="m"), "the bound is no size between factors"),
        (rank(bound=of("Y")), "the bound is no factor"),
        (rank(bound={"rank": [["2", ["X"]]]}), "the bound is no factor"),
        (rank(bound={"size": "n"}), "a bound must be a size or a rank"),
        (rank(bound={"rank": [["1", ["X"]]], "title": ""}), "a bound must be a size or a rank"),
        (rank(bound=0), "a size must be"),
        (rank(bound="1"), "'1' is not declared as a size"),
        (rank(bound="c"), "'c' is not declared as a size"),
        (rank(bound=None), "a size must be"),
        (rank(factors=[]), "a product has factors"),
        (rank(factors=[[["1", ["X"]]], [["1", ["X"]]]]), "the factors do not compose"),
        (rank(factors=[[["2", ["A"]]], [["1", ["X"]]]]), "do not sum"),
        (rank(factors=[[["1", ["A"]]], [["1", ["c"], 1]], [["1", ["X"]]]], bound=1), "the factors do not compose"),
        (without(rank(), "factors"), "lacks .'factors'"),
        (rank(method="identity", factors=[]), "unknown"),
        (without(rank(method="identity"), "factors"), "identity cannot show such a goal"),
    ],
)
def test_rank_refuses(data, reason):
    """A bound that the factors do not pass through is refused; a scalar between them is no bottleneck."""
    refused(data, reason)


def descent(weight="2", square=(("1", ("A",)),), goal=(("-2", ({"tr": ("A", {"T": "A"})},), 1),)):
    """Return a descent certificate: -2 tr(A A') never rises above zero."""
    data = json.loads(json.dumps({"goal": {"nonpositive": goal}, "squares": [[weight, square]]}))
    return certificate(method="descent", hypotheses=[], cofactors=[], **data)


def test_descent_accepts_minus_a_sum_of_squares():
    """The goal plus positive multiples of squared norms vanishes."""
    checker.check(descent())
    checker.check({**descent(goal=(("0", (), 1),)), "squares": []})


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (descent(weight="-2"), "must be positive"),
        (descent(weight="0"), "must be positive"),
        (descent(weight="1"), "do not sum"),
        (descent(goal=(("2", (tr("A", t("A")),), 1),)), "do not sum"),
        (descent(square=(("1", ("Q",)),)), "'Q' is not declared"),
        (descent(goal=(("-2", ("A", {"T": "A"})),)), "only a number can be nonpositive"),
        ({**descent(), "squares": [["2"]]}, "a square has 1 entries"),
        ({**descent(), "goal": {"zero": descent()["goal"]["nonpositive"]}}, "descent cannot show such a goal"),
        (without(descent(), "squares"), "lacks .'squares'"),
    ],
)
def test_descent_refuses(data, reason):
    """A square of weight zero or less, another sum, or another goal is refused."""
    refused(data, reason)


GRAM = {"hypotheses": [{"zero": [["1", [t("A"), "A"]]]}], "goal": {"zero": [["1", ["A"]]]}}


def test_cancellation():
    """A'A = 0 gives A = 0; the cofactors must sum to the squared norm of the goal, not to the goal."""
    right = {**GRAM, "cofactors": [["1", [], 0, [], []]]}
    checker.check(certificate(method="cancellation", squares=[], **right))
    checker.check(
        certificate(method="cancellation", squares=[["2", [["1", ["A"]]]]], **GRAM, cofactors=[["3", [], 0, [], []]])
    )
    refused(certificate(**right), "another shape than the goal")
    refused(certificate(method="cancellation", squares=[], **GRAM, cofactors=[]), "do not sum")
    refused(certificate(method="cancellation", squares=[["-1", [["1", ["A"]]]]], **GRAM, cofactors=[]), "positive")
    refused(certificate(method="cancellation", **right), "lacks .'squares'")
    goal = {"nonpositive": [["1", [tr("S")], 1]]}
    refused(certificate(method="cancellation", squares=[], **{**right, "goal": goal}), "cancellation cannot show")


def test_scalars_and_traces_commute():
    """A trace may be rotated and transposed, a scalar stands anywhere, and tr(I) is the declared size."""
    checker.check(shows(["1", ["c", tr("A", "X")], 1], ["-1", [tr("X", "A"), "c"], 1]))
    checker.check(shows(["1", [tr("A", t("A"), "A", "X")], 1], ["-1", [tr(t("X"), t("A"), "A", t("A"))], 1]))
    checker.check(shows(["1", ["A", "c", tr("S"), "X"]], ["-1", [tr("S"), "A", "X", "c"]]))
    inverse = [{"zero": [["1", ["X", "A"]], ["-1", [], "n"]]}]
    traced = [["1", [tr("A", "X")], 1], ["-1", ["n"], 1]]
    checker.check(zero(*traced, hypotheses=inverse, cofactors=[["1", [], 0, [], []]]))
    refused(shows(["1", ["c", tr("A", "X")], 1], ["-1", [tr("X", "A", "X", "A"), "c"], 1]), "do not sum")
    refused(shows(["1", [tr("A", "X", "A", "Y")], 1], ["-1", [tr("A", "A", "X", "Y")], 1]), "do not compose")


def test_a_symmetric_letter_is_its_own_transpose():
    """So it is in words and in traces, and no other letter is."""
    checker.check(shows(["1", ["S", "X"]], ["-1", [t("S"), "X"]]))
    checker.check(shows(["1", [tr("X", "A", "S")], 1], ["-1", [tr("S", t("A"), t("X"))], 1]))
    plain = GOOD["letters"] | {"S": ["n", "n"]}
    refused(shows(["1", ["S", "X"]], ["-1", [t("S"), "X"]], letters=plain), "do not sum")
    checker.check(shows(["1", [tr("S")], 1], ["-1", [tr(t("S"))], 1], letters=plain))


def test_a_one_by_one_product_is_a_scalar():
    """x'y = y'x, and it commutes with every word; x y' is no scalar."""
    letters = {"x": ["n", 1], "y": ["n", 1], "W": ["m", "n"]}  # one sample
    checker.check(shows(["1", ["x", t("x"), "y"]], ["-1", ["x", t("y"), "x"]], letters=letters))
    checker.check(shows(["1", ["W", "x", t("x"), "y"]], ["-1", [tr(t("y"), "x"), "W", "x"]], letters=letters))
    checker.check(shows(["1", [t("x"), "y"]], ["-1", [tr("y", t("x"))], 1], letters=letters))
    checker.check(shows(["1", ["c"], 1], ["-1", ["c"], 1]))
    refused(shows(["1", ["x", t("y")]], ["-1", ["y", t("x")]], letters=letters), "do not sum")


def test_a_product_of_shape_one_multiplies_from_either_side():
    """A hypothesis that is a number may stand between what does not compose with it."""
    number = {"zero": [["1", [t("x"), "S", "x"]]]}
    goal = [["1", ["A", "X", tr("S", "x", t("x"))]]]
    checker.check(zero(*goal, hypotheses=[number], cofactors=[["1", ["A"], 0, ["X"]]]))
    checker.check(zero(*goal, hypotheses=[number], cofactors=[["1", ["A", "X"], 1, []]]))


def test_products_are_taken_from_the_left():
    """A number that the first two factors make comes out; where the first two do not compose, nothing does."""
    base = {"hypotheses": [{"zero": [["1", ["x"]]]}], "letters": GOOD["letters"] | {"y": ["n", 1]}}
    goal = [["1", [tr(t("y"), "x"), "A"]]]
    checker.check(zero(*goal, **base, cofactors=[["1", [t("y")], 0, ["A"]]]))
    refused(zero(*goal, **base, cofactors=[["1", ["A"], 1, ["y"]]]), "do not compose")


def test_a_size_is_a_number_and_an_integer_is_none():
    """A size stands where a number may; an identity of a size that is a number has that number for a trace."""
    checker.check(shows(["1", ["n", "A"]], ["-1", ["A", "n"]]))
    three = [{"zero": [["1", ["K"]], ["-1", [], 3]]}]
    letters = {"K": [3, 3]}
    goal = [["1", [tr("K")], 1], ["-3", [], 1]]
    checker.check(zero(*goal, letters=letters, hypotheses=three, cofactors=[["1", [], 0, [], []]]))
    checker.check(shows(["1", [tr("S")], 1], ["-1", [tr("S")], 1]))
    refused(shows(["1", [3, "A"]], ["-1", [3, "A"]]), "a name at an index must be a list")
    refused(shows(["1", ["n"], 1], ["-1", ["m"], 1]), "do not sum")


def test_a_size_is_no_trace():
    """tr(I) of a size n is not the trace of a letter, and a number is not the size that it is called after."""
    data = zero(
        ["1", [tr("K")], 1],
        ["-1", [tr("B")], 1],
        sizes=["a"],
        letters={"B": ["a", "a"], "K": ["a", "a"]},
        hypotheses=[{"zero": [["1", ["K"]], ["-1", [], "a"]]}],
        cofactors=[["1", [], 0, [], []]],
    )
    refused(data, "do not sum")


def test_the_letter_that_stands_for_anything_is_nobodys():
    """No name that a certificate can declare is that of the letter by which the checker compares matrices."""
    probes = {"": ["n", "m"], "probe": ["n", "m"]}
    refused(shows(["1", ["A"]], letters=GOOD["letters"] | {"probe": ["n", "m"]}), "do not sum")
    refused(shows(["1", ["A"]], letters=GOOD["letters"] | probes), "a name must be a string, not empty")


@pytest.mark.parametrize("theorem", library().values(), ids=library().keys())
def test_every_theorem_has_a_certificate_that_a_second_reading_confirms(theorem):
    """The checker accepts it, and it holds when multiplied out at exact random matrices."""
    found = prove(theorem).certificate
    assert found.check()
    assert adds_up(found.data)


def test_runs_alone_and_prints_what_it_read(python, tmp_path):
    """The file needs nothing but the standard library: it runs isolated, from another folder, on a path."""
    alone = tmp_path / "alone.py"
    alone.write_text(Path(checker.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    good, bad, torn = tmp_path / "good.json", tmp_path / "bad.json", tmp_path / "torn.json"
    good.write_text(json.dumps(GOOD))
    bad.write_text(json.dumps(certificate(cofactors=[])))
    torn.write_text(json.dumps(GOOD)[:50])
    for path, status, word in (
        (good, 0, "accepted"),
        (bad, 1, "refused"),
        (torn, 1, "refused"),
        (tmp_path, 1, "refused"),
    ):
        for flags in (["-I"], ["-I", "-O"]):
            run = python(*flags, alone, path)
            assert run.returncode == status
            assert run.stdout.startswith(word)
            assert run.stderr == ""
            if status == 0:
                assert run.stdout.splitlines()[1:] == [
                    *("  A is a matrix, m x n", "  X is a matrix, n x m", "  Y is a matrix, n x m", "  c is a number"),
                    *("  S is a symmetric matrix, n x n", "  x is a matrix, n x 1"),
                    "  hypothesis 1: A X A - A = 0",
                    "  hypothesis 2: X A - Y A = 0",
                    "  shown: A Y A - A = 0",
                ]
    assert python("-I", alone).returncode == 2
    assert python("-I", alone, good, bad).returncode == 1


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (rank(), "shown: rank(A X) <= n"),
        (rank(bound=of(t("X"))), "shown: rank(A X) <= rank(X')"),
        (descent(), "shown: - 2 tr(A A') <= 0"),
        (shows(["1/2", [], "n"], ["-1/2", [], "n"]), "shown: 1/2 I[n] - 1/2 I[n] = 0"),
        (shows(["1", [], 1], ["-1", [], 1]), "shown: 1 - 1 = 0"),
    ],
)
def test_prints_the_statement(data, line):
    """What is shown is printed from what was read, whatever the title says."""
    checker.check({**data, "title": "P = NP"})
    assert list(checker.statements(data))[-1] == line


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a": ' * 50_000,
        "null",
        "3",
        '"x"',
        "[]",
        "{}",
        "\x00",
        "{'format': 1}",
        '{"format": NaN}',
        '{"format": 1.0}',
        '{"format": 1e3}',
        '{"format": Infinity}',
    ],
    ids=range(13),
)
def test_hostile_json_is_refused(tmp_path, text, capsys):
    """Deep nesting, other types and broken text are refused without a traceback."""
    path = tmp_path / "hostile.json"
    path.write_text(text)
    assert checker.main([str(path)]) == 1
    assert capsys.readouterr().out.startswith("refused")


def test_a_field_stands_once(tmp_path, capsys):
    """Of two fields of one name readers take different ones; so both are refused, and at any depth."""
    path = tmp_path / "twice.json"
    text = json.dumps(GOOD)
    for twice in (text[:-1] + ', "cofactors": []}', text.replace('"c": []', '"c": [], "c": ["n", "n"]')):
        path.write_text(twice)
        assert checker.main([str(path)]) == 1
        assert "a field twice" in capsys.readouterr().out


@pytest.mark.parametrize("number", ["0.0", "1e2", "NaN", "-Infinity", "1E-2"])
def test_a_number_is_an_integer(tmp_path, capsys, number):
    """A number with a point or an exponent is refused, in a remark too."""
    path = tmp_path / "number.json"
    path.write_text(json.dumps(GOOD)[:-1] + f', "left": {number}}}')
    assert checker.main([str(path)]) == 1
    assert "is no integer" in capsys.readouterr().out


def test_an_integer_is_not_endless(tmp_path, capsys):
    """An integer of 1,000 digits is read, and one of 1,001 is not, in a remark too."""
    path = tmp_path / "long.json"
    for digits, status in ((1000, 0), (1001, 1)):
        path.write_text(json.dumps(GOOD)[:-1] + f', "left": -{"1" * digits}}}')
        assert checker.main([str(path)]) == status
    assert "too many digits" in capsys.readouterr().out


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig", "latin-1"])
def test_the_text_is_utf_8(tmp_path, capsys, encoding):
    """Another encoding, and a mark before the text, are refused."""
    path = tmp_path / "encoded.json"
    text = json.dumps(certificate(title="Übung"), ensure_ascii=False)
    path.write_text(text, encoding="utf-8")
    assert checker.main([str(path)]) == 0
    path.write_text(text, encoding=encoding)
    assert checker.main([str(path)]) == 1
    assert "no JSON in UTF-8" in capsys.readouterr().out


def test_a_letter_that_the_proof_brings_in_is_told():
    """A root stands in the hypothesis that defines it and nowhere else; what is said of other letters is as it was."""
    root = {"zero": [["1", ["r", "r"], 1], ["-1", ["c"], 1]]}
    data = {
        **certificate(method="descent", goal={"nonpositive": [["-1", ["c", {"tr": ["A", t("A")]}], 1]]}),
        "letters": {"c": [], "r": [], "A": ["m", "n"]},
        "hypotheses": [root],
        "cofactors": [["1", [{"tr": ["A", t("A")]}], 0, []]],
        "squares": [["1", [["1", ["r", "A"]]]]],
    }
    checker.check(data)
    assert "hypothesis 1: r r - c = 0, and r stands nowhere else" in list(checker.statements(data))
    twice = {**data, "hypotheses": [root, root], "title": "r"}
    assert list(checker.statements(twice))[-3:-1] == [f"hypothesis {k}: r r - c = 0" for k in (1, 2)]


def test_digits_count_as_work():
    """A number of a thousand digits costs a hundred units where it is read, and more where it is added up."""
    spent = []
    for digits in (1, 1000):
        number = "1" * digits
        work = checker.Work()
        data = shows(*[[f"{sign}{number}/{number[:-1]}7", ["A"]] for sign in ("", "-")] * 20)
        checker.check(data, work)
        spent.append(checker.WORK - work.left)
    assert spent[1] - spent[0] > 20 * 2 * 300


def test_a_file_that_is_too_large_is_not_read(tmp_path, capsys):
    """The largest file is read, and one byte more is not."""
    path = tmp_path / "large.json"
    text = json.dumps(GOOD)
    path.write_text(text + " " * (checker.BYTES - len(text)))
    assert checker.main([str(path)]) == 0
    path.write_text(text + " " * (checker.BYTES - len(text) + 1))
    assert checker.main([str(path)]) == 1
    assert "larger" in capsys.readouterr().out


def test_work_is_bounded():
    """A certificate that multiplies long polynomials beyond the budget is refused, not run for hours."""
    long = [["1", ["A", "X"] * k] for k in range(1, 400)]
    data = zero(*long, hypotheses=[{"zero": long}], cofactors=[["1", [], 0, []]] * 2000)
    refused(data, "too much work")


def test_squares_of_long_polynomials_are_bounded():
    """So is what is squared, and what a split multiplies."""
    long = [["1", ["A", "X"] * k] for k in range(1, 60)]
    refused(certificate(method="descent", goal={"nonpositive": [["1", [], 1]]}, squares=[["1", long]] * 40), "work")
    split = {"method": "cases", "split": [[long]] * 4, "parts": [{"method": "identity", "cofactors": []}] * 4}
    refused(certificate(**split), "too much work")


def test_numbers_do_not_grow_without_end():
    """Products of long numbers are refused beyond a limit, not computed."""
    big = "1" * 1000
    squares = [["1", [[big, ["A"]]]]]
    refused(descent(goal=(("0", (), 1),)) | {"squares": squares * 2}, "do not sum")
    data = rank(factors=[[[big, ["S"]]]] * 4, goal={"rank": [["1", ["S"]]], "at most": "n"})
    refused(data, "grows to too many digits")
