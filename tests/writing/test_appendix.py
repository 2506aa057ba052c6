"""Theorems, proofs and counterexamples as LaTeX that compiles as it is, alone or within a paper."""

import re
from pathlib import Path

import pytest

from tptheory import Backprop, DeepLinearNetwork, Nonincreasing, collect, decide
from tptheory.writing import appendix as module
from tptheory.writing import chains
from tptheory.writing.appendix import appendix


@pytest.fixture(scope="module")
def texts(one_of_each):
    """Give the fragment and the document."""
    return appendix(one_of_each)[0], appendix(one_of_each, standalone=True)[0]


def test_each_verdict_has_its_environment(texts):
    """What is proved is a theorem with a proof; what is refuted or open is a remark with what is known."""
    fragment = texts[0]
    for name, count in (("theorem", 2), ("proof", 2), ("remark", 2), ("document", 0)):
        assert (fragment.count(rf"\begin{{{name}}}"), fragment.count(rf"\end{{{name}}}")) == (count, count), name
    assert r"\label{small:any_depth}" in fragment
    assert r"\begin{remark}[{$A^+ = A^{\top}$: false}]" in fragment
    assert r"$A = \begin{pmatrix} 2 \end{pmatrix}$." in fragment
    assert ": open}]" in fragment
    assert fragment.count(r"\subsection{Is \textless{}b\textgreater{}") == 1
    assert texts[1].count(r"\section{Is \textless{}b\textgreater{}") == 1


def test_a_fragment_says_what_it_needs(texts):
    """The comment of a fragment is the part of the preamble that it needs; a document has it all."""
    fragment, document = texts
    needs = re.findall(r"^%   (.*)$", fragment, re.MULTILINE)
    assert tuple(needs) == module.PACKAGES
    assert all(line in document.splitlines() for line in needs)
    assert document.endswith("\\end{document}\n")


def test_sections_can_be_left_out(one_of_each):
    """Single theorems stand without the question of their file."""
    assert "section{" not in appendix(one_of_each[:1], sections=False)[0]


def test_a_single_file_without_a_question_has_no_heading(tmp_path):
    """The name of a file is none; two files are told apart by it."""
    text = "from tptheory.preamble import *\n\n\n@theorem('It holds')\ndef {0}():\n    return Equal(Pinv(Pinv(A)), A)\n"
    for name in ("one", "two"):
        (tmp_path / f"{name}.py").write_text(text.format(name), encoding="utf-8")
    assert "section{" not in appendix(collect(tmp_path / "one.py"))[0]
    assert appendix(collect(tmp_path))[0].count(r"\subsection{") == 2


def test_a_proof_that_is_too_long_is_outlined(one_of_each, monkeypatch):
    """Nobody reads ten pages of a chain of equations: its ends and reasons stand there, or all of it if it must."""
    monkeypatch.setattr(chains, "LONGEST", 10)
    text, _ = appendix(one_of_each[:1])
    assert "too long to be read here. In outline:" in text
    assert re.search(r"={} & \\cdots .*\d+ steps?: Penrose", text, re.DOTALL)
    whole, _ = appendix(one_of_each[:1], whole_proofs=True)
    monkeypatch.setattr(chains, "LONGEST", 10_000)
    assert whole == appendix(one_of_each[:1])[0]


@pytest.mark.parametrize("limit", ["LONGEST", "MOST"])
def test_an_outline_has_the_sum_of_squares(limit, monkeypatch, said_of):
    """Whether the chain has too many characters or too many cofactors; the outline compiles, and text has it too."""
    net = DeepLinearNetwork(depth=3)
    proved = decide(Nonincreasing(net.loss, along=Backprop().flow(net)))
    squares = [part for part in chains.in_words(proved).splitlines() if part.startswith("That is -(|")]
    monkeypatch.setattr(chains, limit, 0)
    code = chains.in_latex(proved)
    assert r"That is $-(\lvert" in code
    assert "which is never positive." in code
    said_of("\n".join([*module.PREAMBLE, code, r"\end{document}"]))
    if limit == "MOST":
        assert squares == [part for part in chains.in_words(proved).splitlines() if part.startswith("That is -(|")]
        assert "  = ...  " in chains.in_words(proved)


def test_the_verdicts_come_with_the_text(one_of_each):
    """Whoever asks for the text can tell whether all is as expected."""
    told = []
    _, settled = appendix(one_of_each, on_settled=told.append)
    assert told == list(settled)
    assert [one.verdict.word for one in settled] == ["proved", "proved", "refuted", "undecided"]


def test_a_document_compiles_as_it_is(texts, said_of):
    """Whatever titles and docstrings hold, nothing is run, and no line is too long."""
    assert "Overfull" not in said_of(texts[1])


def test_a_fragment_compiles_in_a_paper(texts, said_of):
    """A paper that has what the fragment needs takes it in."""
    needs = re.findall(r"^%   (.*)$", texts[0], re.MULTILINE)
    head = ["\\documentclass{article}", *needs, "\\setlength{\\emergencystretch}{3em}", "\\begin{document}"]
    said_of("\n".join([*head, texts[0], "\\end{document}"]))


@pytest.mark.slow
def test_the_whole_library_compiles(said_of):
    """No line of any theorem, proof or counterexample of the library is too long."""
    text, settled = appendix(collect(Path(__file__).parents[2] / "proofs"), standalone=True)
    assert len(settled) > 300
    assert "Overfull" not in said_of(text)
