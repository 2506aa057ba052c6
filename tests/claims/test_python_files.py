"""Files of users' rules and expressions: what they define themselves is what is suggested."""

import os
import py_compile

import pytest

from tptheory import collect
from tptheory.claims.python_files import written_in
from tptheory.claims.rule_files import rule_from
from tptheory.errors import UnknownNameError

FILE = """from tptheory import *
from tptheory.preamble import Rational as _Rational

class Halved(Backprop):
    share = _Rational(1, 2)

half = Halved()
third, (fourth, _) = Halved(), (Halved(), 0)
other: object = Halved()
for skipped in ():
    inner = 1
"""


def test_names_that_a_file_defines_are_told_from_those_it_imports(tmp_path):
    """Classes, functions and what is assigned at the top; nothing that an import brings in."""
    path = tmp_path / "mine.py"
    path.write_text(FILE, encoding="utf-8")
    assert written_in(path) == {"Halved", "half", "third", "fourth", "_", "other"}


def test_an_unknown_rule_of_a_file_is_answered_with_the_rules_of_that_file(tmp_path):
    """The built-in rules that it imports are not listed."""
    path = tmp_path / "mine.py"
    path.write_text(FILE, encoding="utf-8")
    with pytest.raises(UnknownNameError, match="'rule' must be one of Halved, fourth, half, other, third"):
        rule_from(f"{path}::Halve")


THEOREM = """from tptheory.preamble import *

@theorem("One")
def one_law():
    \"\"\"A reason.\"\"\"
    return Equal(A * Pinv(A) * A, {} * A)
"""


def test_a_file_is_read_as_it_is_written(tmp_path):
    """Bytecode that Python kept of another text of the same size and time is not taken for the file."""
    path = tmp_path / "mine.py"
    path.write_text(THEOREM.format(1), encoding="utf-8")
    py_compile.compile(str(path))
    first, before = collect(path), path.stat()
    path.write_text(THEOREM.format(2), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    second = collect(path)
    assert [theorem.claim.statement() for (theorem,) in (first, second)] == [
        "A*Pinv(A)*A = A",
        "A*Pinv(A)*A = 2*A",
    ]


def test_no_bytecode_of_a_file_is_kept(tmp_path, monkeypatch):
    """A file that is run leaves nothing beside it."""
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    path = tmp_path / "mine.py"
    path.write_text(THEOREM.format(1), encoding="utf-8")
    collect(path)
    assert [*tmp_path.iterdir()] == [path]
