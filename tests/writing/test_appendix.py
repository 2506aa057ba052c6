"""Theorems, proofs and counterexamples as LaTeX that compiles as it is, alone or within a paper."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tptheory import collect
from tptheory.writing import appendix as module
from tptheory.writing import chains
from tptheory.writing.appendix import appendix

FILE = r'''
"""Is <b>50%</b> of $A_1 & B#2 ~ \\input{/etc/passwd} ≤ ⊆ Ø?"""
from sympy import Identity, MatrixSymbol, Symbol, symbols
from tptheory import *

L, l, k = (Symbol(name, integer=True) for name in "Llk")
m, n = symbols("m n", integer=True, positive=True)
A, B = MatrixSymbol("A", m, n), MatrixSymbol("B", n, n)
net = DeepLinearNetwork(depth=L)


@theorem("<script> ] \\input{x} 100% & #1 _{x} ^2 $y$ ~z \\\\ “q” ≤ 中 {")
def hostile():
    """<img src=http://evil/x> $\\write18{rm}$ % & # _ ^ ~ { } \\

    A second paragraph -- "quoted", ``ticked'', by Nøkland. \\end{proof}
    """
    return [Equal(matmul(A, Pinv(A)), Identity(m), given=[full_row_rank(A)]), Equal(matmul(A, Pinv(A), A), A)]


@theorem("TP is BP at any depth for partial isometries")
def any_depth():
    """$W^+ = W'$ (Penrose, 1955)."""
    same = Equal(TargetProp().update(net, l), Backprop().update(net, l))
    return ForAll(same, (l, 1, L), given=[ForAll(partial_isometry(net.weight(k)), (k, 2, L))])


@conjecture("$A^+ = A'$")
def not_true():
    """It would make every matrix a partial isometry."""
    return Equal(Pinv(A), A.T)


@conjecture("A symmetric cube root of I is I", open=True)
def unknown():
    """Nobody asked."""
    return Equal(B, Identity(n), given=[Equal(matmul(B, B, B), Identity(n)), symmetric(B)])
'''


@pytest.fixture(scope="module")
def theorems(tmp_path_factory):
    """Give two theorems, a false conjecture and an open one, of one file."""
    path = tmp_path_factory.mktemp("theorems") / "small.py"
    path.write_text(FILE, encoding="utf-8")
    return collect(path)


@pytest.fixture(scope="module")
def texts(theorems):
    """Give the fragment and the document."""
    return appendix(theorems)[0], appendix(theorems, standalone=True)[0]


def compiled(text, folder):
    """Compile a document, and return what pdflatex said."""
    (folder / "paper.tex").write_text(text, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "paper.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=60)
    said = done.stdout.decode("latin-1")
    assert done.returncode == 0, said[-2000:]
    return said


def test_each_verdict_has_its_environment(texts):
    """What is proved is a theorem with a proof; what is refuted or open is a remark with what is known."""
    fragment = texts[0]
    for name, count in (("theorem", 2), ("proof", 2), ("remark", 2), ("document", 0)):
        assert (fragment.count(rf"\begin{{{name}}}"), fragment.count(rf"\end{{{name}}}")) == (count, count), name
    assert r"\label{small:any_depth}" in fragment
    assert r"\begin{remark}[{$A^+ = A^{\top}$: false}]" in fragment
    assert r"$A = \begin{pmatrix} 2 \end{pmatrix}$." in fragment
    assert ": open}]" in fragment
    assert fragment.count(r"\section{Is \textless{}b\textgreater{}") == 1


def test_a_fragment_says_what_it_needs(texts):
    """The comment of a fragment is the part of the preamble that it needs; a document has it all."""
    fragment, document = texts
    needs = re.findall(r"^%   (.*)$", fragment, re.MULTILINE)
    assert tuple(needs) == module.PACKAGES
    assert all(line in document.splitlines() for line in needs)
    assert document.endswith("\\end{document}\n")


def test_sections_can_be_left_out(theorems):
    """Single theorems stand without the question of their file."""
    assert r"\section" not in appendix(theorems[:1], sections=False)[0]


def test_a_proof_that_is_too_long_is_said_to_be(theorems, monkeypatch):
    """Nobody reads ten pages of a chain of equations: the certificate has them."""
    monkeypatch.setattr(chains, "LONGEST", 10)
    text, _ = appendix(theorems[:1])
    assert "too long to be read here" in text
    assert "align" not in text


def test_the_verdicts_come_with_the_text(theorems):
    """Whoever asks for the text can tell whether all is as expected."""
    told = []
    _, settled = appendix(theorems, on_settled=told.append)
    assert told == list(settled)
    assert [one.verdict.word for one in settled] == ["proved", "proved", "refuted", "undecided"]


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_a_document_compiles_as_it_is(texts, tmp_path):
    """Whatever titles and docstrings hold, nothing is run, and no line is too long."""
    assert "Overfull" not in compiled(texts[1], tmp_path)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_a_fragment_compiles_in_a_paper(texts, tmp_path):
    """A paper that has what the fragment needs takes it in."""
    needs = re.findall(r"^%   (.*)$", texts[0], re.MULTILINE)
    head = ["\\documentclass{article}", *needs, "\\setlength{\\emergencystretch}{3em}", "\\begin{document}"]
    compiled("\n".join([*head, texts[0], "\\end{document}"]), tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_the_whole_library_compiles(tmp_path):
    """No line of any theorem, proof or counterexample of the library is too long."""
    text, settled = appendix(collect(Path(__file__).parents[2] / "proofs"), standalone=True)
    assert len(settled) > 300
    assert "Overfull" not in compiled(text, tmp_path)
