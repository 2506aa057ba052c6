"""Every example in a docstring gives what it says."""

import doctest
import importlib
import importlib.util
import pkgutil
import sys

import pytest

import tptheory

NEEDS_NUMBA = {"tptheory.training.native_algebra", "tptheory.training.fused", "tptheory.training.native"}
"""Modules of the extra ``fast``."""
LEFT_OUT = set() if importlib.util.find_spec("numba") else NEEDS_NUMBA
MODULES = ["tptheory", *(m.name for m in pkgutil.walk_packages(tptheory.__path__, "tptheory."))]
MODULES = [name for name in MODULES if name not in LEFT_OUT]


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples(name):
    """The examples of a module run, and show what they say."""
    result = doctest.testmod(importlib.import_module(name))
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")  # which warns where more than 20 figures are open
    assert result.failed == 0


def test_there_are_examples():
    """The modules have examples at all."""
    finder = doctest.DocTestFinder()
    assert sum(len(t.examples) for name in MODULES for t in finder.find(importlib.import_module(name))) > 20
