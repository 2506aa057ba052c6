"""LaTeX for anything, tables of verdicts, and the bibliography."""

import re
from pathlib import Path

import pytest
from sympy import MatrixSymbol

from tptheory import Backprop, DeepLinearNetwork, Equal, Pinv, TargetProp, collect, decide, full_row_rank, matmul
from tptheory.claims.theorem import Theorem
from tptheory.errors import InvalidTypeError
from tptheory.symbolic.rules import RULES, rule_named
from tptheory.typesetting.prose import prose_tex
from tptheory.writing.appendix import appendix
from tptheory.writing.bibliography import SPELLINGS, bibliography, cited, entries
from tptheory.writing.latex import latex

PROOFS = Path(__file__).parents[2] / "proofs"
A = MatrixSymbol("A", 2, 3)
TRUE = Equal(matmul(A, Pinv(A)), matmul(A, Pinv(A), A, Pinv(A)), given=[full_row_rank(A)])
FALSE = Equal(Pinv(A), A.T)
UNSURE = {"Tian, 2017"}
"""What is cited without an entry: we are not sure of the paper's particulars."""


def test_each_kind_has_its_latex():
    """Expressions and counterexamples for math mode, the rest for text mode."""
    proved, refuted = decide(TRUE), decide(FALSE)
    net = DeepLinearNetwork(depth=2)
    assert latex(TargetProp().update(net, 1)) == r"- \eta W_{2}^{+} \left(W_{2} W_{1} x - y\right) x^{\top}"
    assert latex(TRUE) == latex(Theorem("It holds", lambda: TRUE))
    assert latex(TRUE).startswith("If $A$ has full row rank, then $A ")
    assert "align*" in latex(proved)
    assert latex(proved.certificate) == latex(proved)
    assert "Counterexample" in latex(refuted)
    assert r"A_{2}" not in latex(refuted.counterexample)
    assert "pmatrix" in latex(refuted) or "matrix" in latex(refuted.counterexample)


@pytest.mark.parametrize("thing", ["A", 3, None, [TRUE]])
def test_what_has_no_latex_is_said(thing):
    """Text is never read as mathematics."""
    with pytest.raises(InvalidTypeError, match="'thing' must be an expression, a claim"):
        latex(thing)


def test_a_table_has_a_row_for_each_verdict(one_of_each):
    """With the word of the verdict and the method of the proof, the question once; escaped."""
    text, settled = appendix(one_of_each, table=True)
    assert [one.said for one in settled] == [None] * 4
    rows = [line for line in text.splitlines() if line.endswith(r" \\")]
    assert [re.split(" & ", row)[-2] for row in rows] == ["proved", "proved", "false", "open"]
    methods = [re.split(" & ", row)[-1].removesuffix(r" \\") for row in rows]
    assert methods == [one.verdict.method if one.verdict.proved else "--" for one in settled]
    assert "--" in methods[2:]
    assert text.count(r"Is \textless{}b\textgreater{}") == 1
    assert r"\input" not in text
    assert r"\begin{theorem}" not in text


def test_a_table_compiles(one_of_each, said_of):
    """No line is too long, whatever titles hold."""
    text, _ = appendix(one_of_each, table=True, standalone=True)
    assert "Overfull" not in said_of(text)


def test_citations_are_found_where_they_stand():
    """The longest spelling counts, several stand in one pair of parentheses, and what has no entry stays as it is."""
    said = cited(prose_tex("It holds (Hartwig, 1980; Hartwig and Styan, 1986), by Nøkland, 2016 (Tian, 2017)."))
    keys = r"\citealp{hartwig1980}; \citealp{hartwigstyan1986}), by \citealp{nokland2016} (Tian, 2017)."
    assert said == f"It holds ({keys}"
    assert cited("(Xu and Hartwig, 1986) (Penrose, 19556)") == "(Xu and Hartwig, 1986) (Penrose, 19556)"


def test_every_spelling_has_its_entry_and_back():
    """Each entry is of the year that it is cited with, and begins with its first author."""
    assert set(SPELLINGS.values()) == set(entries())
    for spelling, key in SPELLINGS.items():
        assert f"year = {{{spelling[-4:]}}}" in entries()[key]
        first = re.match(r"[^\s,]+", spelling)[0]
        author = re.search(r"author = \{(.*)\},", entries()[key])[1]
        plain = author.replace(r"{\o}", "ø").split(" and ")[0]
        assert first in plain, key


def test_a_bibliography_has_what_is_cited():
    """In the order of the keys, each once."""
    text = bibliography(r"\citealp{penrose1955} \citealp{greville1966} \citealp{penrose1955}")
    assert re.findall(r"@[a-z]+\{(.*),", text) == ["greville1966", "penrose1955"]
    assert bibliography("nothing") == ""


def test_what_rules_and_theorems_cite_is_known():
    """A source in parentheses, (Author, year), has an entry, or is one that we are not sure of."""
    texts = [theorem.reason for theorem in collect(PROOFS)] + [type(rule_named(name)).__doc__ for name in RULES]
    found = {
        name for text in texts for name in re.findall(r"[A-ZØ][^();.]*?, (?:1[89]|20)\d\d\b", " ".join(text.split()))
    }
    assert len(found) > 30
    left = {name for name in found if "citealp" not in cited(prose_tex(name))}
    assert left == UNSURE
    assert Backprop.__doc__
