"""Reasons read as a person writes them."""

import pytest
from oracles.small import OF_A, UNIQUE, certificate, t

from tptheory.certificates.reading import Reader
from tptheory.typesetting.polynomials import Notation
from tptheory.typesetting.reasons import Reasons, case_opening

EQUATION = [["1", ["A", "P", "A"]], ["-1", ["A"]]]
LONG = [["1", ["A", "P"] * 12 + ["A"]], ["-1", ["A"]]]


def reasons(*remarks, polynomials=(EQUATION,) * 2, meanings=None):
    """Return the reasons of a certificate with these remarks."""
    data = certificate(hypotheses=[{"zero": p} for p in polynomials])
    reader = Reader(data)
    return Reasons(Notation(reader, meanings), list(remarks), reader.hypotheses())


def said(remark, transposed=False, **more):
    """Return what is said of the first of two hypotheses."""
    return reasons(remark, None, **more).of_line([2 if transposed else 0])


TABLE = [
    (["penrose", 1, OF_A], "Penrose 1 for A", "Penrose 1 for A'"),
    (["penrose", 2, OF_A], "Penrose 2 for A", "Penrose 2 for A'"),
    (["penrose", 3, OF_A], "Penrose 3 for A", "Penrose 3 for A"),
    (["penrose", 1, [["1", ["A", "P"]]]], "Penrose 1 for A P", "Penrose 1 for P' A'"),
    (["inverse", [["1", ["A", "P"]], ["2", [], "m"]]], "A P + 2 I is invertible", None),
    (["property", "full_row_rank", OF_A], "A has full row rank", None),
    (["property", "partial_isometry", [["1", ["P", "A"]]]], "P A is a partial isometry", None),
    (["property", "rank_one", OF_A], "A has rank at most one", None),
    (["property", "nonzero", OF_A], "A is nonzero", None),
    (["commute", [["1", ["A", "P"]]], [["1", [t("P"), t("A")]]]], "A P and P' A' commute", None),
    (["given"], "A P A = A", "A' P' A' = A'"),
    (["given", "im(B) ⊆ im(A)"], "im(B) ⊆ im(A)", None),
    (["case"], "the case A P A = A", "the case A' P' A' = A'"),
    (["definition", "the layers"], "the layers", None),
    (["motion", "the flow of BP & more"], "the flow of BP & more", None),
    (["size", "n = 2 m"], "n = 2 m", None),
    (["shown"], "shown above", None),
    (["before"], "shown for the layer before", None),
]


@pytest.mark.parametrize(("remark", "text", "transposed"), TABLE)
def test_reasons_read_as_a_person_writes_them(remark, text, transposed):
    """Properties name their matrix, equations are written out; where it makes no difference, nothing is transposed."""
    assert said(remark).text == text
    assert said(remark, transposed=True).text == (transposed or text)


def test_reasons_in_latex():
    """Matrices are mathematics, words are text."""
    meanings = {"P": {"pinv": OF_A}}
    code = said(["property", "invertible", [["1", ["A", "P"]]]], meanings=meanings).latex
    assert code == "$A A^{+}$ is invertible"
    assert said(["motion", "BP & more"]).latex == r"BP \& more"
    assert said(["given", "im(B) ⊆ im(A)"]).latex == r"im(B) $\subseteq$ im(A)"
    assert said(["given"]).latex == "$A P A = A$"


HOSTILE = [
    *[None, 1, True, "Penrose 1 for A", {}, {"penrose": 1}, [], [[]], [None], ["unknown"], ["penrose"], ["penrose", 1]],
    *[["penrose", 5, OF_A], ["penrose", True, OF_A], ["penrose", "1", OF_A], ["penrose", 1, OF_A, 1]],
    *[["penrose", 1, [["1", ["Z"]]]], ["penrose", 1, [["1", ["A", "A"]]]], ["penrose", 1, None], ["penrose", 1, []]],
    *[["inverse"], ["inverse", "A"], ["property", "nice", OF_A], ["property", [], OF_A], ["property", OF_A]],
    *[["commute", OF_A], ["given", 3], ["given", ""], ["given", " \n "], ["given", "a", "b"], ["definition"]],
    *[["definition", None], ["motion", ["x"]], ["size", {}], ["case", 1, 2], ["motion", "x" * 10_000]],
    ["inverse", [["1", ["A", "P"] * 1000]]],
]


@pytest.mark.parametrize("remark", HOSTILE)
def test_reasons_that_cannot_be_read_are_numbers(remark):
    """Whatever is there, the reason is the number of the hypothesis; so it is where there are too few reasons."""
    found = reasons(["shown"], remark)
    assert [found.of_line([k]).text for k in (1, 3)] == ["hypothesis 2"] * 2
    assert reasons(["shown"]).of_line([1]).text == "hypothesis 2"


@pytest.mark.parametrize("remarks", [None, 1, "shown", {"0": ["shown"]}])
def test_what_is_no_list_is_no_reasons(remarks):
    """Reasons are a list, or there are none."""
    reader = Reader(UNIQUE)
    assert Reasons(Notation(reader), remarks, reader.hypotheses()).of_line([0]).text == "hypothesis 1"


def test_nothing_is_hidden_in_a_reason():
    """Line breaks and control characters of a file are written out."""
    assert said(["motion", "x\n  = 0\x1b[2J"]).text == r"x\n  = 0\x1b[2J"


def test_long_equations_are_no_reasons():
    """An equation that would be a burden is called a hypothesis; steps by two of them do not share a line."""
    found = reasons(["given"], ["given"], polynomials=[LONG, LONG])
    assert found.of_line([0]).text == "by hypothesis"
    assert found.line_key(0) == found.line_key(2) != found.line_key(1)
    assert said(["case"], polynomials=[LONG, LONG]).text == "in this case"


def test_neighbours_share_words_and_repeated_reasons_are_counted():
    """What is said twice is counted; Penrose's equation for two matrices is named once."""
    found = reasons(["penrose", 1, OF_A], ["property", "symmetric", OF_A])
    assert found.of_line([0, 2]) == ("Penrose 1 for A and for A'", r"Penrose 1 for $A$ and for $A^{\top}$")
    assert found.of_line([1, 1]).text == "A is symmetric, twice"
    assert found.of_line([1, 3, 1, 0]).text == "A is symmetric, three times and Penrose 1 for A"
    assert found.of_line([1] * 5).text == "A is symmetric, 5 times"
    assert found.line_key(0) == found.line_key(2) != found.line_key(1)


def test_what_a_case_assumes_is_said():
    """A case is introduced by its equations, unless they are long."""
    reader = Reader(certificate())
    shown = Notation(reader)
    short = [reader.polynomial(OF_A), reader.polynomial([["1", ["P"]], ["-1", [t("A")]]])]
    assert case_opening(shown, short) == ("In the case A = 0 and P = A':", r"In the case $A = 0$ and $P = A^{\top}$:")
    assert case_opening(shown, [reader.polynomial(LONG)] * 3).text == "In this case:"
