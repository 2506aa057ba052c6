"""Tasks in the background: their results, their errors, their order."""

import os
from contextlib import nullcontext

import pytest

from tptheory.errors import InvalidValueError
from tptheory.writing import tasks
from tptheory.writing.tasks import BackgroundTasks, WorkerError


@pytest.fixture(params=[1, 2], ids=["one core", "two cores"])
def cores(request, monkeypatch):
    """Do the work in this process, or in two others."""
    monkeypatch.setattr(tasks, "cores", lambda: request.param)
    return request.param


def fail():
    """Raise an error of the project."""
    raise InvalidValueError("no")


def test_results_are_those_of_the_functions(cores):
    """Each is asked for by its name, in any order; all names end once."""
    with BackgroundTasks({n: lambda n=n: n * n for n in range(5)}, threads=1) as background:
        assert sorted(background.as_they_end(range(5))) == list(range(5))
        assert [background.result(n) for n in (4, 0, 2)] == [16, 0, 4]


def test_errors_reach_the_one_who_asks(cores):
    """An error of a task is raised where its result is asked for."""
    with pytest.raises(InvalidValueError, match="no"), BackgroundTasks({"a": fail, "b": int}, threads=1) as background:
        background.result("a")


def test_linear_algebra_has_as_many_threads_as_were_asked_for(cores, monkeypatch):
    """Then sums have one order on every machine."""
    asked = []

    def limit(threads):
        asked.append(threads)
        return nullcontext()

    monkeypatch.setattr(tasks, "threadpool_limits", limit)
    with BackgroundTasks({"a": lambda: asked, "b": int}, threads=3) as background:
        assert background.result("a") == [3]


def test_a_process_that_is_ended_is_one_clear_error(monkeypatch):
    """The message says what may help."""
    monkeypatch.setattr(tasks, "cores", lambda: 2)
    work = {"a": lambda: os._exit(1), "b": int}
    with pytest.raises(WorkerError, match="ended from outside"), BackgroundTasks(work, threads=1) as background:
        background.result("a")
