"""A file is written whole, or not at all; pools end their processes; what only an extra brings is asked for by name."""

import os
import sys
from importlib import import_module
from multiprocessing import active_children
from time import perf_counter, sleep

import pytest

from tptheory.errors import MissingLibraryError
from tptheory.extras import optional_library
from tptheory.files import write_whole
from tptheory.processes import processes


def test_a_file_is_replaced_and_is_for_everybody(tmp_path):
    """The old bytes are gone, and others may read the new ones."""
    path = tmp_path / "file"
    path.write_bytes(b"an older and longer file")
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o644
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("fails", ["fsync", "chmod", "replace"])
def test_what_cannot_be_written_leaves_the_old_file(tmp_path, monkeypatch, fails):
    """Whatever goes wrong, the old file stays and nothing lies beside it."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, fails, lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def give_up():
    """Give a process a minute's work, and do not wait for it."""
    with processes(1, "fork") as pool:
        pool.submit(sleep, 60)
        raise KeyboardInterrupt


def test_a_pool_ends_with_the_work_that_is_given_up():
    """A process that sleeps for a minute is not waited for."""
    started = perf_counter()
    with pytest.raises(KeyboardInterrupt):
        give_up()
    assert perf_counter() - started < 30
    assert not active_children()


def test_a_pool_begins_as_it_is_told():
    """Each process calls the function at its start."""
    with processes(1, "fork", os.chdir, "/") as pool:
        assert pool.submit(os.getcwd).result() == "/"


def test_a_library_that_is_not_there_is_named():
    """The error says for what it is wanted, and how to install it."""
    message = r"'out' must be used only where nowhere is installed \(got 'a'\)\. .*'tptheory\[dask\]'"
    with pytest.raises(MissingLibraryError, match=message):
        optional_library("nowhere.at_all", "out", "a", "dask")


def test_native_code_asks_for_its_library(monkeypatch):
    """Without Numba the module of native steps says which extra brings it."""
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.delitem(sys.modules, "tptheory.training.fused", raising=False)
    with pytest.raises(MissingLibraryError, match=r"numba is installed .*'tptheory\[fast\]'"):
        import_module("tptheory.training.fused")
