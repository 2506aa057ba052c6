"""Pools of processes end with the work that they are given."""

import os
from multiprocessing import active_children
from time import perf_counter, sleep

import pytest

from tptheory.processes import processes


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
