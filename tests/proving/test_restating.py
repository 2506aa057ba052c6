"""Whether a certificate states a claim: of decoys, each is not restated, or the checker refuses it."""

import copy
import json
from dataclasses import replace

import pytest

from tptheory import AllOf, Certificate, prove, transpose
from tptheory.certificates.checker import FORMAT
from tptheory.preamble import *
from tptheory.proving.restating import restated

A, B = MatrixSymbol("A", n, n), MatrixSymbol("B", m, n)
net = DeepLinearNetwork(depth=L)
W, x = net.weight, net.activation

NOTHING = {
    "format": FORMAT,
    "title": "0 = 0",
    "method": "identity",
    "sizes": [],
    "letters": {},
    "hypotheses": [],
    "goal": {"zero": [["0", [], 1]]},
    "cofactors": [],
}
FALSE = {"zero": [["1", ["R"]]]}
ONE = ["", 1]
EMPTY = {
    "format": FORMAT,
    "method": "induction",
    "sizes": [],
    "letters": {},
    "indexed": [],
    "hypotheses": [],
    "theorems": [
        {
            "goal": NOTHING["goal"],
            "from": ONE,
            "to": ONE,
            "cases": [{"at": ["l", 0], "after": None, "uses": [], "method": "identity", "cofactors": []}],
        }
    ],
}
RANK_OF_ZERO = {
    **NOTHING,
    "method": "rank",
    "goal": {"rank": [["0", [], 1]], "at most": 1},
    "factors": [[["0", [], 1]], [["0", [], 1]]],
}
ALL = {"format": FORMAT, "method": "all"}


def stands(claim, data):
    """Whether a certificate is taken for a proof of a claim."""
    certificate = Certificate(data)
    return restated(claim, certificate) is not None and certificate.check().accepted


DECOYS = {
    "a goal beside parts": (Zero(A), {**ALL, "goal": FALSE, "parts": [NOTHING]}),
    "a statement beside parts": (Zero(A), {**NOTHING, "method": "all", "goal": FALSE, "parts": [NOTHING]}),
    "parts within parts": (
        Zero(A),
        {**ALL, "parts": [{**NOTHING, "method": "all", "goal": FALSE, "parts": [NOTHING]}]},
    ),
    "a goal beside theorems": (Zero(A), {**EMPTY, "goal": FALSE}),
    "a theorem's goal beside all": (Zero(A), {**EMPTY, **ALL, "goal": FALSE, "parts": [NOTHING]}),
    "an induction for a claim of fixed size": (Zero(A), EMPTY),
    "a rank beside parts": (
        RankAtMost(A, 1),
        {**ALL, "goal": {"rank": [["1", ["A"]]], "at most": 1}, "parts": [RANK_OF_ZERO]},
    ),
    "another rank": (RankAtMost(A, 1), RANK_OF_ZERO),
    "nothing for something": (Zero(A), NOTHING),
    "the title": (Zero(A), {**NOTHING, "title": Zero(A).statement()}),
    "no method": (Zero(A), {key: value for key, value in NOTHING.items() if key != "method"}),
    "no parts": (Zero(A), {**ALL, "parts": []}),
    "theorems in a plain certificate": (
        ForAll(Zero(x(l)), (l, 0, L)),
        {
            **NOTHING,
            "theorems": [{"goal": {"zero": [["1", [["x", "k", 0]]]]}, "from": ["", 0], "to": ["L", 0], "cases": []}],
        },
    ),
    "theorems beside parts": (ForAll(Zero(x(l)), (l, 0, L)), {**EMPTY, **ALL, "parts": [EMPTY]}),
}


@pytest.mark.parametrize(("claim", "data"), DECOYS.values(), ids=DECOYS.keys())
def test_decoys_do_not_stand(claim, data):
    """Outer fields state the theorem, and what is checked proves nothing."""
    assert not stands(claim, data)


@pytest.mark.parametrize("data", [[], None, "identity", 3, {}, {"method": None}, {"method": "all", "parts": 3}])
def test_what_is_no_certificate_states_nothing(data):
    """Neither a list nor a number is taken for a statement."""
    assert not restated(Zero(A), Certificate(data))


PLAIN = {
    "an equation": Equal(matmul(transpose(B), B, Pinv(B)), transpose(B)),
    "hypotheses": Equal(Pinv(B), transpose(B), given=[partial_isometry(B)]),
    "a symmetric matrix": Equal(matmul(S, S), matmul(transpose(S), S), given=[symmetric(S)]),
    "a bound": RankAtMost(matmul(B, S), n),
    "several": AllOf(Equal(matmul(transpose(B), B, Pinv(B)), transpose(B)), RankAtMost(matmul(B, S), [n, S])),
}


@pytest.mark.parametrize("claim", PLAIN.values(), ids=PLAIN.keys())
def test_what_is_proved_is_restated_and_nothing_else(claim):
    """A certificate states its claim, and none of the others."""
    data = prove(claim).certificate.data
    assert [stands(other, data) for other in PLAIN.values()] == [other is claim for other in PLAIN.values()]


def leaf(data):
    """Return the first part of a certificate that has a statement."""
    return data["parts"][0] if data["method"] == "all" else data


@pytest.mark.parametrize("claim", PLAIN.values(), ids=PLAIN.keys())
@pytest.mark.parametrize(
    "change",
    [
        lambda part: part["letters"].update(B=["n", "n"]),
        lambda part: part["letters"].update(S=["n", "n", "symmetric"]),
        lambda part: part["letters"].update(S=["n", "n", "symmetric"], B=["n", "n", "symmetric"]),
        lambda part: part["sizes"].append("q"),
        lambda part: part["letters"].update(q=[]),
        lambda part: part["hypotheses"].append({"zero": [["1", ["B"]]]}),
        lambda part: part["hypotheses"].append({"zero": [["1", ["S"]]]}),
        lambda part: part["hypotheses"].append({"zero": next(iter(part["goal"].values()))}),
        lambda part: part.update(goal=NOTHING["goal"], method="identity", cofactors=[]),
        lambda part: part["goal"].update({"at most": 1}),
        lambda part: part["goal"].update({"at most": "m"}),
        lambda part: part.update(method="all", parts=[NOTHING]),
        lambda part: part.update(method="induction", theorems=EMPTY["theorems"], indexed=[]),
    ],
)
def test_another_statement_is_not_restated(claim, change):
    """Another shape, a letter that is declared symmetric, one more assumption, another bound or method."""
    data = copy.deepcopy(prove(claim).certificate.data)
    assert stands(claim, data)
    change(leaf(data))
    assert not stands(claim, data)


def test_parts_are_as_many_as_are_claimed_and_in_their_order():
    """A part that is left out, put twice or exchanged is noticed."""
    claim = PLAIN["several"]
    data = prove(claim).certificate.data
    one, *others = data["parts"]
    for parts in (others, [one, one, *others], [*others, one], [*data["parts"], one], [one] * len(data["parts"])):
        assert not restated(claim, Certificate({**data, "parts": parts}))


def test_remarks_say_nothing():
    """A title or a reason makes no statement, and unmakes none."""
    claim = PLAIN["hypotheses"]
    data = prove(claim).certificate.data
    bare = {key: value for key, value in data.items() if key not in ("title", "reasons", "left", "meanings")}
    assert stands(claim, bare)
    assert stands(claim, {**data, "title": "1 = 0", "reasons": 1, "left": [], "meanings": {"B": {"name": "A"}}})


isometries = [ForAll(partial_isometry(W(k)), (k, 2, L))]
ADJOINT = ForAll(Equal(Pinv(W(l)), transpose(W(l))), (l, 2, L), given=isometries)
PRODUCTS = ForAll(Equal(x(l), matmul(net.product(l, 1), net.input)), (l, 0, L))
WIDTHS = ForAll(RankAtMost(matmul(W(l), x(l - 1)), W(l)), (l, 1, L))
LAYERED = {"given at a range": ADJOINT, "by induction": PRODUCTS, "a bound": WIDTHS}


@pytest.mark.parametrize("claim", LAYERED.values(), ids=LAYERED.keys())
def test_an_induction_states_its_claim_and_no_other(claim):
    """So it is at any depth."""
    data = prove(claim).certificate.data
    assert data["method"] == "induction"
    assert [stands(other, data) for other in LAYERED.values()] == [other is claim for other in LAYERED.values()]


LAW = {"zero": [["1", [["W", "k", 0], {"T": ["W", "k", 0]}, ["W", "k", 0]]], ["-1", [["W", "k", 0]]]]}
"""That every weight is a partial isometry, as a law without its range."""


@pytest.mark.parametrize("limits", [(l, 1, L), (l, 2, L + 1), (l, 3, L), (l, 2, L - 1), (l, 2, 2)])
def test_another_range_is_another_claim(limits):
    """The range of the theorem is that of the claim: neither wider nor narrower."""
    data = prove(ADJOINT).certificate.data
    assert not stands(ForAll(ADJOINT.claim, limits, given=isometries), data)


@pytest.mark.parametrize("limits", [(k, 3, L), (k, 2, L - 1), (k, 2, 2)])
def test_a_law_of_a_wider_range_is_not_assumed(limits):
    """What is given from 3 on does not give what rests on 2; a certificate that assumes it states another claim."""
    data = prove(ADJOINT).certificate.data
    assert not stands(ForAll(ADJOINT.claim, (l, 2, L), given=[ForAll(partial_isometry(W(k)), limits)]), data)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data["hypotheses"].append({**LAW, "from": ["", 3], "to": ["L", 1]}),
        lambda data: [law.update({"from": ["", -9], "to": ["L", 9]}) for law in data["hypotheses"] or [data]],
        lambda data: data["hypotheses"].append({"zero": [["1", [["W", "k", 0]]]], "from": None, "to": None}),
        lambda data: data["theorems"][-1].update({"from": ["", 3]}),
        lambda data: data["theorems"][-1].update({"to": ["L", -1]}),
        lambda data: data["theorems"][-1].update({"goal": NOTHING["goal"]}),
        lambda data: data.update(theorems=EMPTY["theorems"]),
        lambda data: data["letters"].update(W=[["n", "k", 0], ["n", "k", 0]]),
        lambda data: data["letters"].update(W=[["n", "k", 0], ["n", "k", 0], "symmetric"]),
        lambda data: data["indexed"].remove("W"),
        lambda data: data["letters"].update(q=[]),
        lambda data: data.update(method="identity"),
        lambda data: data.update(method="all", parts=[EMPTY]),
    ],
)
@pytest.mark.parametrize("claim", LAYERED.values(), ids=LAYERED.keys())
def test_another_induction_is_not_restated(claim, change):
    """Another range of a law or of the theorem, one more assumption, another declaration."""
    data = copy.deepcopy(prove(claim).certificate.data)
    assert stands(claim, data)
    before = copy.deepcopy(data)
    change(data)
    assert data != before
    assert not stands(claim, data)


@pytest.mark.parametrize("bound", [["n", "k", 0], ["n", "k", -1], 1, {"rank": [["1", [["W", "k", 1]]]]}])
def test_another_bound_is_not_restated(bound):
    """The bound of a rank is part of what is said."""
    data = copy.deepcopy(prove(WIDTHS).certificate.data)
    data["theorems"][-1]["goal"]["at most"] = bound
    assert not stands(WIDTHS, data)


def test_full_row_rank_somewhere_is_not_everywhere():
    """A plain certificate that assumes what one matrix has does not state it of another."""
    R = MatrixSymbol("R", m, n)
    equation = Equal(matmul(R, Pinv(R), R, Pinv(R)), Identity(m), given=[full_row_rank(R)])
    data = prove(equation).certificate.data
    assert stands(equation, data)
    assert not stands(replace(equation, given=[full_row_rank(B)]), data)
    assert not stands(replace(equation, given=[]), data)


SUBADDITIVE = RankAtMost(R + S, Rank(R) + Rank(S))


def put(meanings, name, terms):
    """Say of a name that it stands for something else."""
    return meanings | {name: {next(iter(meanings[name])): terms}}


@pytest.mark.parametrize("name", ["[S + R]", "(S + R)+", "[R R+ - I]"])
def test_what_a_remark_says_of_a_letter_proves_nothing(name):
    """A letter is defined anew, as its remark proposes; the equations of the proof then have to be these."""
    data = prove(SUBADDITIVE).certificate.data
    assert restated(SUBADDITIVE, Certificate(data)) is not None
    other = Certificate(data | {"meanings": put(data["meanings"], name, [["1", ["A"]]])})
    assert other.check()
    again = restated(SUBADDITIVE, other)
    assert again is None or again.data["meanings"] == data["meanings"]


def test_a_letter_that_is_defined_otherwise_is_no_definition():
    """An equation about a letter of the proof alone that is more than what its name says is none of the claim's."""
    data = prove(SUBADDITIVE).certificate.data
    added = {"zero": [["1", ["[S + R]"]]]}
    assert restated(SUBADDITIVE, Certificate(data | {"hypotheses": [*data["hypotheses"], added]})) is None


def test_columns_exist_only_beside_a_matrix_that_is_not_0():
    """That ``x'Ry = 1`` for some columns is no definition of the claim that does not assume it of ``R``."""
    claim = AtMost(1, Rank(R), given=[nonzero(R)])
    data = prove(claim).certificate.data
    assert restated(claim, Certificate(data)) is not None
    assert restated(claim.under(()), Certificate(data)) is None
    without = [h for h in data["hypotheses"] if "x" in json.dumps(h)]
    assert restated(claim.under(()), Certificate(data | {"hypotheses": without})) is None
