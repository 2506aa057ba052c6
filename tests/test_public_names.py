"""The public face is what it is declared to be: complete, documented and typed."""

import ast
import doctest
import importlib
import inspect
import re
from importlib.metadata import version
from importlib.resources import files

import pytest

import tptheory

# fmt: off
CONTRACT = [
    "AllOf", "Backprop", "Certificate", "Commute", "Conserved", "Counterexample", "DampedTargetProp",
    "DeepLinearNetwork", "DirectFeedbackAlignment", "Equal", "FeedbackAlignment", "GaussNewton", "ImageWithin",
    "Kaczmarz", "KolenPollack", "LearnedInverse", "Momentum", "Nesterov", "Newton", "Nonincreasing", "Orthogonal",
    "OrthogonalImages", "Parallel", "Pinv", "Proved", "RankAtMost", "RecursiveLeastSquares", "Refuted",
    "RowSpaceWithin", "Rule", "State", "TargetProp", "TptheoryError", "Undecided", "WeightDecay", "WeightMirror",
    "Zero", "collect", "crosscheck", "decide", "evaluate", "prove", "refute", "simulate", "theorem",
    "full_column_rank", "full_row_rank", "invertible", "nonzero", "orthogonal", "partial_isometry", "projection",
    "rank_one", "symmetric",
]
# fmt: on
"""The names that notebooks and papers are written against, of those that exist by now."""

FUNCTIONS = [name for name in tptheory.__all__ if inspect.isfunction(getattr(tptheory, name))]
CLASSES = [name for name in tptheory.__all__ if inspect.isclass(getattr(tptheory, name))]


@pytest.mark.parametrize("name", CONTRACT)
def test_promised_names_are_public(name):
    """Every name of the contract is importable from `tptheory` and declared."""
    assert getattr(tptheory, name) is not None
    assert name in tptheory.__all__


def imported_for_type_checkers(module=tptheory):
    """Return the module of each name that `tptheory/__init__.py` imports, which it does for type checkers alone."""
    tree = ast.parse(inspect.getsource(module))
    first, last = (node for node in tree.body if isinstance(node, ast.If))
    assert [ast.unparse(block.test) for block in (first, last)] == ["TYPE_CHECKING", "not TYPE_CHECKING"]
    assert not any(isinstance(node, ast.FunctionDef) and node.name == "__getattr__" for node in tree.body)
    return {alias.name: node.module for node in first.body for alias in node.names}


def test_all_is_exact():
    """`__all__` lists every public name of the package, and nothing else; `dir` adds modules that are public."""
    assert set(imported_for_type_checkers()) == set(tptheory.__all__)
    shown = {name for name in dir(tptheory) if not name.startswith("_")}
    assert {name for name in shown if not inspect.ismodule(getattr(tptheory, name))} == set(tptheory.__all__)


def test_a_name_comes_from_where_type_checkers_find_it():
    """The table that Python reads, and the imports that type checkers read, name the same module for each name.

    Only Python sees the function that looks names up: to a type checker, a name that is not imported is an error.
    """
    homes = {name: f"tptheory.{home}" for home, names in tptheory._HOMES.items() for name in names.split()}
    assert homes == imported_for_type_checkers()
    for name, home in homes.items():
        assert getattr(tptheory, name) is getattr(importlib.import_module(home), name)


def test_an_unknown_name_is_no_attribute():
    """What the package does not have is refused as Python refuses it, so that `hasattr` and `copy` work."""
    assert not hasattr(tptheory, "Backpropp")
    with pytest.raises(AttributeError, match="'tptheory' has no attribute 'Backpropp'"):
        _ = tptheory.Backpropp


def test_all_is_sorted():
    """Names stand in the order that the linter keeps: constants, classes, functions; each once."""
    kinds = [0 if name.isupper() else 1 if name[0].isupper() else 2 for name in tptheory.__all__]
    assert sorted(zip(kinds, tptheory.__all__, strict=True)) == list(zip(kinds, tptheory.__all__, strict=True))
    assert len(set(tptheory.__all__)) == len(tptheory.__all__)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_open_with_an_imperative(name):
    """A function says what it does: a verb in the imperative, in a sentence of its own."""
    first = (inspect.getdoc(getattr(tptheory, name)) or "").split("\n\n")[0]
    verb = first.split(" ")[0]
    assert re.fullmatch(r"[A-Z][a-z]+", verb), first
    assert not verb.endswith("s"), first
    assert verb not in {"A", "An", "The", "This", "It", "Get", "Compute", "Function"}, first
    assert first.endswith((".", ":")), first


@pytest.mark.parametrize("name", CLASSES)
def test_classes_say_what_they_are(name):
    """A class has a docstring of its own, and it opens with a sentence."""
    own = vars(getattr(tptheory, name)).get("__doc__") or ""
    assert re.match(r"[A-Z].*[.:]", own.split("\n\n")[0], re.DOTALL), own


def example_of(name):
    """Return the code of the example of a public name: in its own docstring, or for a constant in its module's."""
    value = getattr(tptheory, name)
    if name in FUNCTIONS:
        text = inspect.getdoc(value)
    elif name in CLASSES:
        text = vars(value).get("__doc__")
    else:
        text = importlib.import_module("tptheory.symbolic.rules").__doc__
    return "".join(example.source for example in doctest.DocTestParser().get_examples(text or ""))


@pytest.mark.parametrize("name", tptheory.__all__)
def test_every_name_has_an_example(name):
    """It uses the name; `test_doctests` runs it, as it runs all of them."""
    assert re.search(rf"\b{name}\b", example_of(name)), f"{name} has no example"


def test_a_name_without_an_example_is_seen(monkeypatch):
    """The failing twin: a sentence alone is no example, and neither is that of the base class."""

    class Bare(tptheory.Backprop):
        pass

    monkeypatch.setattr(tptheory, "Backprop", Bare)
    assert example_of("Backprop") == ""


def test_annotations_are_complete():
    """Every public function annotates all that it takes and what it returns; the package says that it is typed."""
    for name in FUNCTIONS:
        signature = inspect.signature(getattr(tptheory, name))
        parts = [p.annotation for p in signature.parameters.values()] + [signature.return_annotation]
        assert inspect.Signature.empty not in parts, name
    assert files("tptheory").joinpath("py.typed").is_file()


def test_version_is_one():
    """The version in the package is a version, and the one that is installed."""
    assert re.fullmatch(r"\d+\.\d+\.\d+", tptheory.__version__)
    assert tptheory.__version__ == version("tptheory")
