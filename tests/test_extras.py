"""What only an extra brings is asked for by name."""

import sys
from importlib import import_module

import pytest

from tptheory.errors import MissingLibraryError
from tptheory.extras import optional_library


def test_a_library_that_is_not_there_is_named():
    """The error says for what it is wanted, and how to install it."""
    message = r"'out' must be used only where nowhere is installed \(got 'a'\)\. .*'tptheory\[dask\]'"
    with pytest.raises(MissingLibraryError, match=message):
        optional_library("nowhere.at_all", "out", "a", "dask")


def test_native_code_asks_for_its_library(monkeypatch):
    """Without Numba the module of native steps says which extra brings it."""
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.delitem(sys.modules, "tptheory.training.native_algebra", raising=False)
    with pytest.raises(MissingLibraryError, match=r"numba is installed .*'tptheory\[fast\]'"):
        import_module("tptheory.training.native_algebra")
