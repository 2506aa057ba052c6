"""Theorems are collected from files as tests are, and a bad file gets one clear error."""

from pathlib import Path

import pytest
from sympy import Eq, MatrixSymbol, Symbol

from tptheory import AllOf, Equal, Rank, collect, decide, symmetric, theorem
from tptheory.errors import InvalidFileError, InvalidTypeError, TruthValueError, UnknownNameError

HEAD = "from sympy import MatrixSymbol\nfrom tptheory import *\nA = MatrixSymbol('A', 2, 3)\n"
GOOD = (
    HEAD
    + '''
@theorem("First")
def first():
    """A reason."""
    return Equal(A * Pinv(A) * A, A)

@theorem("Second")
def second():
    return [Equal(A, A), Zero(A - A)]

def helper():
    return 3
'''
)


def test_collects_in_order(theorem_file):
    """Theorems come in the order in which they are written, with title, reason and node."""
    first, second = collect(theorem_file(GOOD))
    assert (first.title, first.reason, first.node) == ("First", "A reason.", "facts.py::first")
    assert isinstance(first(), Equal)
    assert isinstance(second.claim, AllOf)


def test_collects_one_and_folders(theorem_file, tmp_path):
    """A node names one theorem; a folder is all of its files by name, those with an underscore left out."""
    path = theorem_file(GOOD)
    theorem_file(GOOD.replace("first", "other"), "a_file.py")
    theorem_file("raise SystemExit", "_private.py")
    assert [t.name for t in collect(f"{path}::second")] == ["second"]
    assert [t.node for t in collect(tmp_path)][:2] == ["a_file.py::other", "a_file.py::second"]


def test_an_imported_theorem_belongs_to_its_own_file(theorem_file):
    """A theorem that a file imports is not collected there again."""
    own = theorem_file(GOOD)
    importing = f"import sys\nsys.path.insert(0, {str(own.parent)!r})\nfrom facts import first\n"
    with pytest.raises(InvalidFileError, match="a file with a @theorem or @conjecture"):
        collect(theorem_file(importing, "importing.py"))


BAD = {
    "does not import": ("import nothing_of_that_name", "it raised ModuleNotFoundError"),
    "syntax": ("def broken(:", "it raised SyntaxError"),
    "leaves": ("raise SystemExit(3)", "it raised SystemExit"),
    "no theorem": ("x = 1", "a file with a @theorem or @conjecture"),
}


@pytest.mark.parametrize(("text", "message"), BAD.values(), ids=BAD.keys())
def test_bad_files(theorem_file, text, message):
    """A file that cannot be used is refused with what it did."""
    with pytest.raises(InvalidFileError, match=message):
        collect(theorem_file(text))


def test_missing_files(tmp_path):
    """A missing file, an empty folder and a folder that is not there are refused."""
    for target in (tmp_path / "none.py", tmp_path, tmp_path / "no" / "where"):
        with pytest.raises(InvalidFileError, match="'target' must be"):
            collect(target)


def test_unknown_name_suggests_the_nearest(theorem_file):
    """A theorem of another name is suggested."""
    with pytest.raises(UnknownNameError, match="Did you mean 'second'"):
        collect(f"{theorem_file(GOOD)}::secnod")


def test_a_theorem_that_returns_no_claim(theorem_file):
    """A function that returns something else, or raises, is refused when the claim is asked for."""
    wrong, raising = collect(
        theorem_file(
            HEAD + "@theorem('x')\ndef wrong():\n    return 3\n@theorem('y')\ndef raising():\n    return 1 / 0\n"
        )
    )
    with pytest.raises(InvalidTypeError, match="a theorem that returns a claim"):
        wrong()
    with pytest.raises(InvalidFileError, match="it raised ZeroDivisionError"):
        raising()


def test_theorem_needs_a_title():
    """The decorator without parentheses, or without words, is refused."""
    for title in (lambda: 1, "", "  "):
        with pytest.raises(InvalidTypeError, match="'title' must be a sentence"):
            theorem(title)


def test_every_file_of_proofs_opens_with_a_question():
    """A theorem file reads like a page: the question first."""
    for path in (Path(__file__).parents[2] / "proofs").glob("*.py"):
        assert "?" in path.read_text(encoding="utf-8").splitlines()[0], path


@pytest.mark.parametrize(
    ("came", "mend"),
    [
        (MatrixSymbol("A", 2, 3) == MatrixSymbol("B", 2, 3), "give Equal"),
        (Eq(MatrixSymbol("A", 2, 3), MatrixSymbol("B", 2, 3)), "Write Equal"),
        (Rank(MatrixSymbol("A", 2, 3)) <= Symbol("r"), "Write AtMost"),
    ],
    ids=["two signs of equality", "an equation of SymPy", "an inequality of SymPy"],
)
def test_a_comparison_is_no_claim(came, mend):
    """What to write in its place is told."""
    with pytest.raises(InvalidTypeError, match=rf"'claim' must be a claim .* {mend}"):
        decide(came)


@pytest.mark.parametrize("said", [Equal(1, 2), symmetric(MatrixSymbol("S", 2, 2))], ids=["a claim", "a hypothesis"])
def test_what_is_said_has_no_truth_value(said):
    """An assertion of a false claim does not pass in silence."""
    with pytest.raises(TruthValueError, match=r"ask decide\((Equal|symmetric)\(\.\.\.\)\)\.proved"):
        bool(said)


def test_a_theorem_is_made_of_a_function():
    """A claim in its place is refused by name."""
    with pytest.raises(InvalidTypeError, match=r"'function' must be a function without arguments"):
        theorem("Squares")(Equal(1, 1))
