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


def lazy_exports():
    """Return the module of each name that `tptheory/__init__.py` imports, which it does for type checkers alone."""
    tree = ast.parse(inspect.getsource(tptheory))
    first, last = (node for node in tree.body if isinstance(node, ast.If))
    assert [ast.unparse(block.test) for block in (first, last)] == ["TYPE_CHECKING", "not TYPE_CHECKING"]
    aliases = [(alias, node.module) for node in first.body for alias in node.names]
    assert all(alias.asname == alias.name for alias, _ in aliases), "only a name as itself is public to type checkers"
    return {alias.name: home for alias, home in aliases}


def test_the_imports_of_type_checkers_are_the_public_names():
    """`__all__` holds each name that is imported, and nothing else; modules are public beside it, and `dir` has all."""
    imported = lazy_exports()
    modules = {name for name, home in imported.items() if home == "tptheory"}
    assert modules == {"figures", "strategies"}
    assert tptheory.__all__ == sorted(imported.keys() - modules)
    assert {name for name in dir(tptheory) if not name.startswith("_")} >= imported.keys()
    assert "__version__" in dir(tptheory)


def test_a_name_comes_from_where_type_checkers_find_it():
    """What Python gives for a name is what the module holds from which type checkers import it."""
    for name, home in lazy_exports().items():
        assert getattr(tptheory, name) is getattr(importlib.import_module(home), name)


def test_an_unknown_name_is_no_attribute():
    """What the package does not have is refused as Python refuses it, so that `hasattr` and `copy` work."""
    assert not hasattr(tptheory, "Backpropp")
    with pytest.raises(AttributeError, match="'tptheory' has no attribute 'Backpropp'"):
        _ = tptheory.Backpropp


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


def test_the_checker_is_reached_where_it_was():
    """Scripts of version 0.1 import it from the room of proofs."""
    from tptheory.certificates import checker
    from tptheory.proving import checker as before

    assert before is checker
