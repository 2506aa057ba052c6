"""The shell completes commands, files and theorems, without running a file and without importing anything heavy."""

import os

import pytest

from tptheory.cli.options import complete_data, complete_target

FACTS = '''"""Facts."""
raise SystemExit("this file must not be run")

@theorem("One")
def first_fact():
    """One."""

@conjecture(
    "Two (of two)", open=True
)
def second_fact():
    """Two."""

def helper():
    """No theorem."""
'''


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Work in a folder with a file of theorems, another file, and folders."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "facts.py").write_text(FACTS, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no Python", encoding="utf-8")
    (tmp_path / "found").mkdir()
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "found" / "deep.py").write_text("", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("", ["facts.py", "found/"]),
        ("fa", ["facts.py"]),
        ("found/", ["found/deep.py"]),
        ("found/d", ["found/deep.py"]),
        ("nowhere/", []),
        ("facts.py::", ["facts.py::first_fact", "facts.py::second_fact"]),
        ("facts.py::s", ["facts.py::second_fact"]),
        ("none.py::s", []),
    ],
)
def test_targets_are_files_folders_and_theorems(folder, typed, completed):
    """A theorem is found in the text of its file."""
    assert complete_target(typed) == completed


def test_data_are_names_and_folders(folder):
    """The bundled data, MNIST, and folders that may hold it."""
    assert complete_data("") == ["digits", "rings", "mnist", "found/"]
    assert complete_data("r") == ["rings"]


def test_the_shell_is_answered_at_once(python, folder):
    """What typer's script asks: commands by their first letters, theorems of a file; nothing heavy is imported."""
    code = (
        "import sys\nfrom tptheory.cli import main\nsys.argv = ['tptheory']\ntry:\n    main()\nexcept SystemExit:\n"
        "    assert 'sympy' not in sys.modules and 'numpy' not in sys.modules"
    )
    for words, expected in (
        ("tptheory si", "simulate"),
        ("tptheory prove facts.py::f", "facts.py\\\\:\\\\:first_fact"),
    ):
        asked = {**os.environ, "_TPTHEORY_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": words}
        run = python("-c", code, env=asked)
        assert (run.returncode, run.stderr) == (0, "")
        assert expected in run.stdout
