"""`refute` checks the proofs that are stored beside theorems, and searches where there is none that holds."""

import re

import pytest

from tptheory.cli.theorems import VerdictTable
from tptheory.deciding import library, stored_verdicts

STORED = """from tptheory.preamble import *

@theorem("The inverse of the inverse")
def first():
    return Equal(Pinv(Pinv(A)), A)

@conjecture("Inverses are transposes")
def false():
    return Equal(Pinv(A), T(A))

@theorem("The first of Penrose's equations")
def second():
    return Equal(matmul(A, Pinv(A), A), A)

@conjecture("Inverse and transpose may be exchanged", open=True)
def asked():
    return Equal(Pinv(T(A)), T(Pinv(A)))
"""


@pytest.fixture
def stored(run, theorem_file):
    """Write a file of theorems, with what `prove` stores of them."""
    theorem_file(STORED)
    run("prove", "facts.py", "--store")


def recall_by(monkeypatch, recalled):
    """Let stored verdicts be recalled in another way, wherever they are."""
    for module in (stored_verdicts, library):
        monkeypatch.setattr(module, "recalled", recalled)


def test_a_row_comes_before_the_next_proof_is_checked(run, stored, monkeypatch):
    """Nobody waits for all proofs to see the first row; a counterexample that is stored is not replayed."""
    events, recalled, printed = [], stored_verdicts.recalled, VerdictTable.print

    def print_row(table, node, facts, *others):
        events.append(f"{node.partition('::')[2]} is {facts['verdict']}")
        printed(table, node, facts, *others)

    def recall(theorem, data):
        events.append(f"{theorem.name} is checked")
        return recalled(theorem, data)

    recall_by(monkeypatch, recall)
    monkeypatch.setattr(VerdictTable, "print", print_row)
    assert "looking for counterexamples to 1 theorem, for up to" in run("refute", "facts.py", status=1).stderr
    checked = [[f"{name} is checked", f"{name} is proved"] for name in ("first", "second", "asked")]
    assert events == [*checked[0], "false is refuted", *checked[1], *checked[2]]


def test_whatever_a_stored_file_leads_to_it_is_searched(run, stored, monkeypatch):
    """`refute` goes on as `prove` does, and says why the file is not used."""

    def fail(theorem, data):
        raise AttributeError("a stranger's file")

    recall_by(monkeypatch, fail)
    shown = run("refute", "facts.py::first", "--seconds", 0.2, status=3).stdout
    assert re.search(r"first +undecided ", shown)
    assert "what was stored is not used: it cannot be checked (AttributeError)" in shown
