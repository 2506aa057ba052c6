"""Proofs and counterexamples on a page."""

import re
from pathlib import Path

import pytest
from sympy import MatrixSymbol, symbols

from tptheory import DeepLinearNetwork, Equal, Pinv, Zero, collect, decide, matmul, prove, refute, transpose
from tptheory.certificates import checker
from tptheory.deciding.library import settled_here
from tptheory.typesetting.html_math import html_math
from tptheory.writing import evidence
from tptheory.writing.evidence import METHODS, counterexample_html, counterexample_latex, evidence_of

PROOFS = Path(__file__).parents[2] / "proofs"
m, n = symbols("m n", integer=True, positive=True)
A = MatrixSymbol("A", m, n)
TRUE = Equal(matmul(A, Pinv(A), A, Pinv(A)), matmul(A, Pinv(A)))
FALSE = Equal(Pinv(A), transpose(A))


def test_a_proof_is_a_chain_of_equations_with_reasons():
    """Each line is a formula, and behind it stands why it follows."""
    found = evidence_of(prove(TRUE))
    assert found.title == "The proof"
    assert found.how == METHODS["identity"]
    assert found.length == ""
    lines = re.findall(r"<p class=l>(.*?)(?=<p|$)", found.html)
    assert lines[0].startswith("<i>AA</i>⁺")
    assert lines[1].startswith("= ")
    assert "<small>Penrose" in found.html


def test_a_proof_that_is_too_long_is_shown_in_outline(monkeypatch):
    """Its first and its last line stand there, and between them how many steps there are, and from what."""
    whole = re.findall(r"<p class=l>(.*?)(?= <small|<p|$)", evidence_of(prove(TRUE)).html)
    monkeypatch.setattr(evidence, "MOST_STEPS", 0)
    found = evidence_of(prove(TRUE))
    first, between, last = re.findall(r"<p class=l>(.*?)(?=<p|$)", found.html)
    assert (first, last) == (whole[0], whole[-1])
    assert re.match(r"= ⋯ <small>\d+ steps?: Penrose", between)
    assert re.fullmatch(r"\d+ steps?", found.length)


def test_a_count_of_laws_is_argued_in_words_and_its_laws_are_chains():
    """The argument for the bound is a sentence, and no law is plain text in a box."""
    theorem = next(t for t in collect(PROOFS / "law_counts.py") if t.name == "bp_1_2_1")
    found = evidence_of(settled_here(theorem).verdict)
    assert found.title == "The count"
    assert found.how.startswith("At most ")
    assert "<p class=l>" in found.html
    assert "<pre>" not in found.html


def test_every_method_of_the_checker_is_explained():
    """A reader meets no method without a sentence about it."""
    assert set(METHODS) == {*checker.PROOFS, "induction", "all"}


def test_a_counterexample_is_matrices_and_what_they_break():
    """The matrix stands in a table, the value beside the expression, and the LaTeX has both too."""
    verdict = refute(Equal(matmul(A, transpose(A)), matmul(A, Pinv(A))))
    html, tex = evidence_of(verdict), counterexample_latex(verdict.counterexample)
    assert html.title in ("The smallest counterexample", "A counterexample")
    assert "not 0" in html.html
    assert r"\begin{pmatrix}" in tex
    assert r"\neq 0" in tex
    for value in verdict.counterexample.values_latex():
        assert html_math(value) in html.html


def test_a_long_expression_is_left_out_of_a_counterexample(monkeypatch):
    """Its value is enough."""
    monkeypatch.setattr(evidence, "LONGEST_VALUE", 3)
    found = refute(FALSE).counterexample
    assert "What should be 0 is" in counterexample_html(found)
    assert "the difference of the two sides is" in counterexample_latex(found)


def test_what_is_undecided_is_told_as_text():
    """The reason is escaped, not typeset."""
    found = evidence_of(prove(Zero(DeepLinearNetwork(depth=1).error)))
    assert found.title == "How far the search got"
    assert found.html.startswith("<pre>")


@pytest.mark.parametrize("claim", [TRUE, FALSE])
def test_what_is_shown_is_well_formed_enough_for_a_page(claim):
    """No paragraph holds a table, which would end it."""
    html = str(evidence_of(decide(claim)).html)
    assert not re.search(r"<p[^>]*>(?:(?!<p|<div).)*<table", html)
