"""Long proofs in outline: the ends of each part, and what lies between in a few words."""

import re

import pytest
from oracles.small import CANCELLED, DESCENDS, RANKS, REACHED, STEP, UNIQUE
from sympy import MatrixSymbol

from tptheory import Equal, Pinv, matadd, matmul, prove
from tptheory.typesetting import outline
from tptheory.typesetting.explanation import chain
from tptheory.typesetting.html_math import html_math
from tptheory.typesetting.outline import outline_html
from tptheory.typesetting.polynomials import joined


@pytest.mark.parametrize("data", [REACHED, UNIQUE, CANCELLED, DESCENDS, RANKS[1], STEP])
def test_an_outline_has_the_ends_of_the_chain_and_counts_the_steps(data):
    """Short sums are written as in the chain itself."""
    steps = chain(data).steps
    lines = re.findall(r"<p class=l>(.*?)(?=<p|$)", outline_html([data]))
    first, last = (html_math(joined(list(step.body)).latex) for step in (steps[0], steps[-1]))
    assert lines[0] == first
    if data["cofactors"]:
        assert lines[-1] == f"= {last}"
        assert f"{len(data['cofactors'])} step" in lines[1]


def test_a_long_sum_is_cut_and_says_how_much_is_left_out(monkeypatch):
    """At least one term is shown, and a single one is never left out."""
    A, B, C = (MatrixSymbol(name, 3, 3) for name in "ABC")
    data = prove(Equal(matadd(matmul(A, Pinv(A), A), B, C), matadd(A, B, C))).certificate.data
    monkeypatch.setattr(outline, "LONGEST_SUM", 1)
    said = outline_html([data]).replace("\u200a", "").replace("\u00a0", " ")
    assert re.findall(r"<p class=l>(?!= ⋯)(.*?)(?=<p|$)", said) == [
        "<i>AA</i>⁺<i>A</i> + (2 more terms)",
        "= <i>A</i> + (2 more terms)",
    ]
    monkeypatch.setattr(outline, "LONGEST_SUM", 9)
    assert "more terms" not in outline_html([data])


def test_many_parts_are_the_first_ones_and_the_last():
    """The others are counted."""
    said = outline_html([REACHED] * 7)
    assert re.findall(r"<p>\((\d+)\)", said) == ["1", "2", "7"]
    assert "The 4 parts between are proved in the same way." in said
    assert re.findall(r"<p>\((\d+)\)", outline_html([REACHED] * 4)) == ["1", "2", "3", "4"]


def test_a_reason_is_named_once_with_its_number(monkeypatch):
    """Those beyond the first are counted."""
    monkeypatch.setattr(outline, "MOST_REASONS", 1)
    said = outline_html([UNIQUE])
    assert re.search(r"and \d+ other reasons", said)
