"""The rules that a report derives: those of theorem files stand before the built-in ones."""

import json

import pytest

from tptheory import RULES, collect
from tptheory.writing.deriving import derived_rules
from tptheory.writing.gathering import ReportSettings
from tptheory.writing.report import build_report

FILE = '''
"""Is half the transpose enough?"""
from tptheory.preamble import *


class Halved(Rule):
    """Half the transpose."""

    def feedback(self, net, l):
        return net.weight(l).T / 2


class Scaled(Rule):
    """The transpose, scaled."""

    def __init__(self, s):
        self.s = s

    def feedback(self, net, l):
        return self.s * net.weight(l).T


class Updated(Rule):
    """An update, and no feedback."""

    def update(self, net, l):
        return -eta * net.weight(l)


class Broken(Rule):
    """A rule that fails."""

    def feedback(self, net, l):
        raise ValueError("no < feedback")


also_halved = Halved()
third = Scaled(Rational(1, 3))
built_in = TargetProp()


@theorem("A pseudo-inverse of a pseudo-inverse")
def twice():
    """Penrose."""
    return Equal(Pinv(Pinv(A)), A)
'''


@pytest.fixture(scope="module")
def theorems(tmp_path_factory):
    """Give a theorem of a file that defines rules."""
    path = tmp_path_factory.mktemp("theorems") / "mine.py"
    path.write_text(FILE, encoding="utf-8")
    return collect(path)


def test_rules_of_a_theorem_file_are_derived(theorems):
    """Classes that take no arguments, and instances of the others; each rule once, the built-in ones after them."""
    found = {derived.name: derived for derived in derived_rules(theorems)}
    own = ["mine.py::Halved", "mine.py::Updated", "mine.py::Broken", "mine.py::third"]
    assert list(found) == [*own, *RULES]
    assert str(found["mine.py::Halved"].feedback[2]) == "(1/2)*W_2.T"
    assert str(found["mine.py::third"].feedback[2]) == "(1/3)*W_2.T"
    assert (found["mine.py::Updated"].feedback, len(found["mine.py::Updated"].updates)) == ({}, 3)
    assert not any(derived.fault for name, derived in found.items() if name != "mine.py::Broken")


def test_a_rule_that_fails_is_told_and_not_derived(theorems):
    """The others are there all the same."""
    broken = next(derived for derived in derived_rules(theorems) if derived.name == "mine.py::Broken")
    assert "no < feedback" in broken.fault
    assert broken.updates == {}


def test_without_rules_of_ones_own_the_built_in_ones_are_derived():
    """In their order, by the names that the command line gives them."""
    assert [derived.name for derived in derived_rules([])] == list(RULES)


def test_the_report_shows_the_rules_of_a_theorem_file(theorems, tmp_path, pictures_left_out):
    """On the page, in the document and in the data, by the name that the command line takes."""
    with pictures_left_out():
        paths = build_report(tmp_path, theorems, ReportSettings(trials=2, steps=0))
    page = paths.html.read_text(encoding="utf-8")
    assert "<code>mine.py::Halved</code>" in page
    assert "no &lt; feedback" in page
    assert f"{len(RULES) + 4} learning rules" in page
    assert "Halved" in paths.tex.read_text(encoding="utf-8")
    rules = {rule["name"]: rule for rule in json.loads(paths.json.read_text(encoding="utf-8"))["rules"]}
    assert "fault" in rules["mine.py::Broken"]
    assert "fault" not in rules["mine.py::Halved"]
