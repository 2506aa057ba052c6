"""Certificates are shown as a person would write them: as chains of equations."""

import re

import numpy as np
import pytest
from oracles.certificates import Values
from oracles.small import CANCELLED, DESCENDS, OF_A, RANKS, REACHED, STEP, UNIQUE, certificate, t
from sympy import Identity, MatrixSymbol, Symbol

from tptheory import (
    AtMost,
    Certificate,
    DeepLinearNetwork,
    Equal,
    ForAll,
    Pinv,
    at_most,
    matadd,
    matmul,
    prove,
    squared_norm,
)
from tptheory.certificates.checker import check
from tptheory.certificates.shortening import shortened
from tptheory.typesetting.explanation import COLUMNS, chain, proof_html, proof_latex, proof_text
from tptheory.typesetting.names import Written

EXAMPLES = {
    "reached": REACHED,
    "unique": UNIQUE,
    "short": shortened(UNIQUE),
    "cancelled": CANCELLED,
    "descends": DESCENDS,
    "rank": RANKS[1],
    "step": STEP,
}


@pytest.mark.parametrize("data", EXAMPLES.values(), ids=EXAMPLES.keys())
def test_each_line_follows_from_the_one_before(data):
    """On random matrices each line is the one before less the cofactors that it names; all are used, with a reason."""
    found = chain(data)
    steps = found.steps
    assert sorted(i for step in steps for i in step.uses) == list(range(len(data["cofactors"])))
    assert all(step.reason.text for step in steps[1:])
    for seed in range(2):
        assert Values(data, np.random.default_rng(seed)).follows(steps, found.reader)


def test_an_identity_is_a_chain_from_its_left_side_to_its_right_side():
    """The example of the README."""
    assert chain(REACHED).text().splitlines()[1:] == [
        "  alpha W_2 W_2+ y - alpha W_2 W_2+ W_2 W_1 x",
        "  = alpha y - alpha W_2 W_1 x                  W_2 has full row rank, twice",
    ]
    assert chain(REACHED).latex().splitlines() == [
        r"\begin{align*}",
        r"  & \alpha W_{2} W_{2}^{+} y - \alpha W_{2} W_{2}^{+} W_{2} W_{1} x \\",
        r"  ={} & \alpha y - \alpha W_{2} W_{1} x && \text{$W_{2}$ has full row rank, twice}",
        r"\end{align*}",
    ]


def test_a_longer_chain():
    """The pseudo-inverse is unique: equations of Penrose, and those that are given."""
    lines = chain(shortened(UNIQUE)).text().splitlines()
    assert lines[:2] == [UNIQUE["title"], "  A+"]
    assert lines[-1].split("  ")[1].strip() == "= X"
    assert any("Penrose 2 for A" in line for line in lines)
    assert any("X A X = X" in line for line in lines)


def test_the_step_of_an_induction():
    """Letters stand at their layers, and the chain says for which case it is."""
    assert proof_text([chain(STEP)]).splitlines() == [
        "From l to l+1:",
        "  W[l+1]+ x[l+1]",
        "  = W[l+1]+ W[l+1] x[l]  the layers",
        "  = 0                    shown for the layer before",
    ]
    assert r"W_{l+1}^{+} W_{l+1} x_{l}" in proof_latex([chain(STEP)])
    place = Written("In the case A = 0:", "In the case $A = 0$:")
    assert chain({**REACHED, "place": place}).latex().startswith("In the case $A = 0$:\n")


def test_the_lines_of_a_rank_proof_are_shown_once():
    """Bounds of one matrix follow each other under one display, in text and in LaTeX."""
    chains = [chain(data) for data in RANKS]
    assert proof_text(chains).splitlines()[2:] == [
        "(1)",
        "  A B",
        "It has m rows, so its rank is at most m.",
        "It is A · B, so its rank is at most n.",
        "It is A · B, so its rank is at most that of B.",
    ]
    assert proof_latex(chains).count("align*") == 2
    assert r"It is $A \cdot B$, so its rank is at most $n$." in proof_latex(chains)


def test_opening_and_closing_sentences():
    """Cancellation and descent open and close in LaTeX as they do in text."""
    assert chain(CANCELLED).text().splitlines() == [
        "For the difference D of both sides, A, the squared norm |D|^2 reads",
        "  tr(A A')",
        "  = 0       A' A = 0",
        "A real matrix D whose squared norm is not above zero is zero.",
    ]
    opening = r"For the difference $D$ of both sides, $A$, the squared norm $\lvert D \rvert^{2}$ reads"
    assert chain(CANCELLED).latex().startswith(opening)
    descent = chain(DESCENDS)
    assert descent.text().splitlines() == [
        "The derivative reads",
        "  tr(A (dA/dt)')",
        "  = - 1/2 tr(A A')  the flow of decay",
        "That is -(1/2 |A|^2), which is never positive.",
    ]
    assert descent.latex().startswith("The derivative reads\n")
    assert descent.latex().endswith(r"That is $-(\tfrac{1}{2} \lvert A \rvert^{2})$, which is never positive.")


@pytest.mark.parametrize("left", [None, -1, 4, 5, True, 1.0, "2", [2]])
def test_a_left_side_that_makes_no_sense_is_all(left):
    """Then the chain leads from the whole goal to 0."""
    assert chain({**REACHED, "left": left}).text().splitlines()[-1].startswith("  = 0 ")


def test_a_left_side_of_no_terms_is_zero():
    """Zero is a left side, too."""
    lines = chain({**REACHED, "left": 0}).text().splitlines()
    assert lines[1] == "  0"


def test_an_identity_without_hypotheses_is_multiplied_out():
    """Where nothing is used, one line is shown, and it is said why."""
    data = certificate(goal={"zero": [["1", ["A", "P"]], ["-1", ["A", "P"]]]}, left=1)
    check(data)
    lines = chain(data).text().splitlines()
    assert lines == ["Multiplied out, without scalars that all terms share, both sides read", "  A P"]


def test_a_root_of_a_sum_over_the_layers_is_told_by_its_squares():
    """A proof over the layers says of which squares its root is: at the first layer, and from layer to layer."""
    L, l, k = (Symbol(name, integer=True) for name in ("L", "l", "k"))
    net = DeepLinearNetwork(depth=L)
    narrow = ForAll(at_most(net.weight(k).T * net.weight(k), Identity(net.widths[k - 1])), (k, 1, L))
    shrinks = ForAll(AtMost(squared_norm(net.activation(l)), squared_norm(net.input)), (l, 1, L), given=[narrow])
    verdict = prove(shrinks)
    said = (
        "That is -(|s[l]|^2), which is never positive. Here s[1]^2 = |x' sqrt(I - W[1]' W[1])|^2, "
        "and s[l]^2 = s[l-1]^2 + |x[l-1]' sqrt(I - W[l]' W[l])|^2."
    )
    assert verdict.explain().splitlines()[-1] == said
    remark = next(r for r in verdict.certificate.data["meanings"].values() if "sum of squares" in r)
    for other in ([], ["up"], ["up", [], [], 0, 0], 5, ["sideways", ["", 1], ["L", 0], [["w", []]], []]):
        remark["sum of squares"] = other
        assert "Here" not in Certificate(verdict.certificate.data).explain()


HOSTILE = [None, 0, True, "words", "\x1b[2J\n", [], [[]], {}, {"A": {"pinv": OF_A}}, [["given", "\n= 0"]] * 3, [{}] * 9]


@pytest.mark.parametrize("remark", HOSTILE)
@pytest.mark.parametrize("field", ["title", "reasons", "left", "meanings"])
def test_remarks_of_any_shape_are_shown_or_left_out(field, remark):
    """Whatever JSON a remark is, there is a chain; it has no control characters."""
    for data in (REACHED, UNIQUE, DESCENDS, STEP):
        found = chain(shortened({**data, field: remark}, keep_hypotheses=True))
        assert all(line.isprintable() for line in proof_text([found]).split("\n"))
        assert proof_latex([found])
        steps = found.steps
        assert all(step.reason.text for step in steps[1:])


def test_a_number_is_that_of_the_hypothesis_in_the_certificate():
    """Where a shorter proof does without some hypotheses, the others keep their numbers."""
    without = {k: v for k, v in UNIQUE.items() if k != "reasons"}
    text = chain(shortened(without, keep_hypotheses=True)).text()
    assert "hypothesis 8" in text


def test_every_chain_compiles(pdflatex):
    """The LaTeX is set without a complaint, and nothing sticks out of the page."""
    assert "Overfull" not in pdflatex([proof_latex([chain(data)]) for data in (*EXAMPLES.values(), *RANKS)])


@pytest.mark.parametrize("data", [*EXAMPLES.values(), *RANKS])
def test_a_chain_in_html_has_the_lines_and_reasons_of_the_text(data):
    """One paragraph for each step, its reason behind it, in a handful of elements; no dollar and no command is left."""
    found = chain(data)
    html = proof_html([found])
    lines = re.findall(r"<p class=l>(.*?)(?=<p|$)", html)
    assert len(lines) == len(found.steps)
    assert ["<small>" in line for line in lines] == [bool(step.reason.text) for step in found.steps]
    assert all(line.startswith("= ") for line in lines[1:])
    assert {*re.findall(r"</?(\w+)", html)} <= {"p", "i", "b", "u", "sub", "sup", "small"}
    assert not set("$\\{}") & set(html)


def test_long_lines_of_text_are_broken_and_reasons_are_in_a_column():
    """A sum is broken at its signs, a long product between its letters; reasons start in one column."""
    product = ["A", "P"] * 40
    data = certificate(
        hypotheses=[{"zero": [["1", ["A"]], ["-1", [t("P")]]]}],
        reasons=[["given"]],
        goal={"zero": [["1", product], ["1", ["A", "P"]], ["-1", [t("P"), "P", *product[2:]]], ["-1", ["A", "P"]]]},
        left=2,
        cofactors=[["1", [], 0, product[1:]]],
    )
    check(data)
    rows = chain(data).text().splitlines()
    reason = "A = P'"
    assert len([row for row in rows if row.endswith(reason)]) == 1
    assert all(len(row.removesuffix(reason).rstrip()) <= COLUMNS + len("      ") for row in rows)
    assert len(rows) == 4


def test_terms_that_stand_in_every_line_have_a_letter_on_a_page():
    """It is one that stands nowhere else, and its meaning is said once."""
    A, B, C = (MatrixSymbol(name, 3, 3) for name in "ABR")
    claim = Equal(matadd(matmul(A, Pinv(A), A, Pinv(A), A), B, matmul(B, C)), matadd(A, B, matmul(B, C)))
    found = chain(prove(claim).certificate.data)
    assert len(found.steps) > 2
    html = found.html().replace("\u00a0", " ")
    assert html.count("<i>BR</i>") == 1
    assert "<p>where <i>S</i> stands for <i>BR</i> + <i>B</i>" in html
    assert re.findall(r"<p class=l>(.*?)(?= <small|<p|$)", html)[-1] == "= <i>A</i> + <i>S</i>"
