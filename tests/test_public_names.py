"""The public face is what it is declared to be: complete, documented and typed."""

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


def test_all_is_exact():
    """`__all__` lists every public name of the package, and nothing else."""
    found = {name for name, value in vars(tptheory).items() if not name.startswith("_") and not inspect.ismodule(value)}
    assert found == set(tptheory.__all__)


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
