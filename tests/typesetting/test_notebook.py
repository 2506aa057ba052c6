"""What a notebook shows is on a page without a network too: plain HTML, in which no LaTeX is left and nothing runs."""

import re

import pytest
from IPython.core.formatters import DisplayFormatter

from tptheory import RULES, collect, decide, leading_term, prove, simplify
from tptheory.preamble import *
from tptheory.typesetting.notebook import notebook_html

W2 = two.weight(2)
same = Equal(TP.update(two, 1), BP.update(two, 1))
isometry = Equal(TP.update(two, 1), BP.update(two, 1), given=[partial_isometry(W2)])
THINGS = {
    "net": lambda: two,
    "step": lambda: TP.step(two),
    "flow": lambda: TP.flow(two),
    "claim": lambda: isometry,
    "hypothesis": lambda: partial_isometry(W2),
    "proved": lambda: decide(isometry),
    "refuted": lambda: decide(same),
    "undecided": lambda: prove(same),
    "certificate": lambda: decide(isometry).certificate,
    "counterexample": lambda: decide(same).counterexample,
    "simplified": lambda: simplify(TP.update(two, 1), names={"e": two.error}),
    "leading term": lambda: leading_term(DampedTargetProp().feedback(two, 2), damping),
    "theorem": lambda: collect("proofs/error_ray.py")[0],
    "state": lambda: Momentum(TP).states(two, 1)[0],
    **{rule: lambda rule=rule: RULES[rule]() for rule in RULES},
}


@pytest.mark.parametrize("name", THINGS)
def test_a_page_without_a_network_shows_it(name):
    """There is HTML, which has no dollar and no command of LaTeX, and names what it is about."""
    data, _ = DisplayFormatter().format(THINGS[name]())
    html = data["text/html"]
    assert "$" not in html
    assert "\\" not in html
    assert re.search(r"<i>\w", html)
    assert "text/markdown" in data or "text/latex" in data


def test_words_stand_where_markdown_has_them():
    """The verdict is bold, and the counterexample a paragraph of its own with matrices in brackets."""
    html = decide(same)._repr_html_()
    assert html.startswith("<p><b>Refuted:</b> ")
    assert "</p><p>Counterexample: " in html
    matrix = notebook_html(r"$A = \begin{pmatrix} 0 & 1 \\ 2 & 3 \end{pmatrix}$")
    assert "border-left:1px solid" in matrix
    assert re.findall(r"<td>(\d)", matrix) == ["0", "1", "2", "3"]


def test_lines_of_a_motion_are_lines():
    """One for each weight."""
    assert TP.step(two)._repr_html_().count("<p>") == 2


def test_an_undecided_verdict_says_why():
    """In a notebook as in `explain`."""
    verdict = prove(same)
    assert verdict.reason in verdict._repr_markdown_().replace("\\", "")
    assert verdict._repr_html_().count("<p>") == 2


def test_names_do_not_act_on_the_page():
    """A symbol may have any name, and what is no mathematics is shown as it is written."""
    html = Equal(MatrixSymbol("<b>x</b>", 2, 2), MatrixSymbol("A", 2, 2))._repr_html_()
    assert "<b>" not in html
    assert "&lt;" in html
