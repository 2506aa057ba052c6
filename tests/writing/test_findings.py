"""What a report opens with, and the questions that it answers."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from tptheory import collect
from tptheory.typesetting.prose import prose_html
from tptheory.writing.findings import FINDINGS, shown_findings
from tptheory.writing.questions import question

PROOFS = Path(__file__).parents[2] / "proofs"


def results(is_surprise=False, news=""):
    """Give a result for each theorem that a finding rests on."""
    nodes = dict.fromkeys(node for finding in FINDINGS for node in finding.nodes)
    return [SimpleNamespace(theorem=SimpleNamespace(node=node), is_surprise=is_surprise, news=news) for node in nodes]


def test_there_are_eight_and_each_has_its_own_picture():
    """A report opens with a handful of results, and shows none twice."""
    assert len(FINDINGS) == 8
    assert len({finding.picture for finding in FINDINGS}) == 8


@pytest.mark.parametrize("node", sorted({node for finding in FINDINGS for node in finding.nodes}))
def test_what_a_finding_rests_on_is_in_the_library(node):
    """A theorem that is renamed would silently take its finding away."""
    assert [theorem.node for theorem in collect(PROOFS / node)] == [node]


def test_words_of_findings_are_set():
    """No dollar is left, so each formula is one that can be set."""
    for finding in FINDINGS:
        assert "$" not in prose_html(finding.title + finding.words)


def test_a_finding_is_shown_if_its_theorems_are_as_expected():
    """With another verdict on a single theorem, or without it, the finding is not shown."""
    pictures = {finding.picture: finding.picture for finding in FINDINGS}
    assert [finding for finding, *_ in shown_findings(results(), pictures)] == list(FINDINGS)
    assert shown_findings(results(is_surprise=True), pictures) == []
    assert shown_findings(results(news="open, and now proved"), pictures) == []
    fewer = [r for r in results() if r.theorem.node != FINDINGS[0].nodes[-1]]
    assert [finding for finding, *_ in shown_findings(fewer, pictures)] == list(FINDINGS[1:])


def test_a_finding_without_its_picture_is_told_in_words():
    """A report without training has no picture of it."""
    assert [picture for *_, picture in shown_findings(results(), {})] == [None] * 8


@pytest.mark.parametrize("path", sorted(PROOFS.glob("*.py")), ids=lambda path: path.stem)
def test_each_file_asks_and_answers(path):
    """The question is one, and its answer is a sentence that can be set."""
    found = question(path)
    assert found.asked.endswith("?")
    assert "seed question" not in found.asked
    assert found.answer.endswith(".")
    assert 40 <= len(found.answer) <= 260
    assert "$" not in prose_html(found.asked + found.answer)
    assert found.anchor == path.stem


def test_a_file_without_an_answer_has_none(tmp_path):
    """The first paragraph is the question; what follows it is the answer, and then remarks."""
    path = tmp_path / "mine.py"
    for text, asked, answer in (
        ('"""Why?"""', "Why?", ""),
        ('"""Why\nnot?\n\nBecause.\n\nAnd more."""', "Why not?", "Because."),
        ("x = 1", "mine.py", ""),
        ("this is no Python", "mine.py", ""),
    ):
        path.write_text(text, encoding="utf-8")
        assert (question(path).asked, question(path).answer) == (asked, answer)
    assert replace(question(path), answer="x").answer == "x"
