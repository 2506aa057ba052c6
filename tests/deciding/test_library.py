"""Many theorems at once: stored verdicts are never trusted, and workers change nothing but the time."""

import json
import os
import signal
import time
from multiprocessing import active_children

import pytest

from tptheory import collect
from tptheory.clock import TimeUpError, require_time
from tptheory.deciding import library
from tptheory.deciding.library import settling, store, stored_path
from tptheory.errors import InvalidFileError, InvalidValueError

FACTS = """
from tptheory.preamble import *

A, B = MatrixSymbol("A", n, n), MatrixSymbol("B", n, n)

@theorem("First")
def first():
    return Equal(matmul(A, Pinv(A), A), A)

@conjecture("They commute")
def commute():
    return Equal(matmul(A, B), matmul(B, A))

@theorem("Second")
def second():
    return Equal(matmul(Pinv(A), A, Pinv(A)), Pinv(A))
"""


@pytest.fixture
def theorems(theorem_file):
    """Return two theorems with a false conjecture between them."""
    return collect(theorem_file(FACTS))


def settled(theorems, **options):
    """Settle theorems, and return the results."""
    with settling(theorems, **options) as results:
        return list(results)


@pytest.fixture
def stored(theorems):
    """Store all verdicts, and return the paths."""
    return [store(one.theorem, one.verdict) for one in settled(theorems)]


@pytest.mark.parametrize("jobs", [None, 1, 2, 7])
def test_results_come_in_order_whoever_searches(theorems, jobs):
    """However many processes search, the results are those of the theorems, in their order."""
    found = settled(theorems, jobs=jobs)
    assert [one.theorem for one in found] == theorems
    assert [one.verdict.word for one in found] == ["proved", "refuted", "proved"]
    assert all(not one.is_surprise and not one.recalled for one in found)
    assert not active_children()


def test_without_fork_one_process_does_it(theorems, monkeypatch):
    """Where processes cannot be forked nothing is lost but time."""
    monkeypatch.setattr(library, "get_all_start_methods", lambda: ["spawn"])
    monkeypatch.setattr(library, "processes", lambda *_: pytest.fail("a pool was made"))
    assert all(not one.is_surprise for one in settled(theorems))


def test_what_is_stored_is_recalled(theorems, stored):
    """Files lie beside the theorems, are the same bytes each time, and are recalled unless all is to be fresh."""
    assert stored == [stored_path(t) for t in theorems]
    assert stored[0] == theorems[0].path.parent / "certificates" / "facts.first.json"
    assert all(one.recalled and not one.is_surprise for one in settled(theorems))
    assert not any(one.recalled for one in settled(theorems, fresh=True))
    before = [path.read_bytes() for path in stored]
    assert [store(one.theorem, one.verdict).read_bytes() for one in settled(theorems, fresh=True)] == before
    assert len(list(stored[0].parent.iterdir())) == 3


def test_a_file_that_cannot_be_written_leaves_the_old_one(theorems, stored, monkeypatch):
    """A result is moved to its place whole, or not at all, and nothing is left beside it."""
    (one,) = settled(theorems[:1])
    before = stored[0].read_bytes()
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        store(one.theorem, one.verdict)
    assert stored[0].read_bytes() == before
    assert len(list(stored[0].parent.iterdir())) == 3


def without_cofactors(text):
    """Return a certificate that shows nothing."""
    return json.dumps(json.loads(text) | {"cofactors": []})


DISTRUSTED = {
    "broken": (lambda text: text[:40], "no JSON object"),
    "empty": ("", "no JSON object"),
    "a list": ("[]", "no JSON object"),
    "deep": ("[" * 100_000, "no JSON object"),
    "a huge number": ("9" * 10_000, "no JSON object"),
    "no field": ("{}", "unknown format"),
    "another format": (lambda text: text.replace("certificate/2", "certificate/9"), "unknown format"),
    "no cofactors": (without_cofactors, "the checker refuses it"),
    "a format that is none": ('{"format": ["tptheory-certificate/2"]}', "unknown format"),
    "only a format": ('{"format": "tptheory-certificate/2"}', "the checker refuses it"),
    "a counterexample": ('{"format": "tptheory-counterexample/1", "part": 0}', "no counterexample"),
}


@pytest.mark.parametrize(("change", "why"), DISTRUSTED.values(), ids=DISTRUSTED)
def test_what_is_broken_or_hostile_is_searched_again(theorems, stored, change, why):
    """Nothing that a file holds can make a verdict: it is searched for again, and the reason is given."""
    text = change if isinstance(change, str) else change(stored[0].read_text(encoding="utf-8"))
    stored[0].write_text(text, encoding="utf-8")
    first, *others = settled(theorems)
    assert (first.verdict.word, first.recalled) == ("proved", False)
    assert why in first.distrusted
    assert all(one.recalled and not one.distrusted for one in others)


def test_what_belongs_to_another_theorem_is_searched_again(theorems, stored):
    """A certificate of another theorem is accepted by the checker, and yet says nothing of this one."""
    stored[0].write_bytes(stored[2].read_bytes())
    stored[1].write_bytes(stored[2].read_bytes())
    first, second, third = settled(theorems)
    assert (first.distrusted, second.distrusted) == ("it states another claim",) * 2
    assert (first.verdict.word, second.verdict.word, third.recalled) == ("proved", "refuted", True)


def test_a_theorem_that_was_changed_is_searched_again(theorems, stored):
    """What was stored of a theorem before it was changed is stale."""
    path = theorems[0].path
    path.write_text(FACTS.replace("matmul(A, Pinv(A), A), A", "matmul(B, Pinv(B), B), B"), encoding="utf-8")
    first, *_ = settled(collect(path))
    assert (first.distrusted, first.verdict.word) == ("it states another claim", "proved")


def test_whatever_a_file_leads_to_it_is_searched_again(theorems, stored, monkeypatch):
    """A file that makes its reader fail in a way that nobody thought of is not trusted either."""
    true, calls = library.recalled, []
    monkeypatch.setattr(library, "recalled", lambda *given: true(*given) if calls else calls.append(1) or 1 // 0)
    (first,) = settled(theorems[:1])
    assert first.distrusted == "it cannot be checked (ZeroDivisionError)"
    assert (first.verdict.word, first.recalled) == ("proved", False)


def test_what_a_worker_sends_is_checked(theorems, monkeypatch):
    """A worker that sends what does not hold proves nothing."""
    monkeypatch.setattr(library, "stored_form", lambda *_: {"format": "tptheory-certificate/2"})
    found = settled(theorems, jobs=2)
    assert [one.verdict.word for one in found] == ["undecided"] * 3
    assert "does not hold when it is checked again" in found[0].verdict.reason


def test_what_cannot_be_checked_again_in_time_is_undecided(theorems, monkeypatch):
    """Where a machine is too busy for the second check, a theorem is undecided, and the others are settled."""

    def late(theorem, data):
        raise TimeUpError("the time was up")

    monkeypatch.setattr(library, "recalled", late)
    found = settled(theorems)
    assert {one.verdict.word for one in found} == {"undecided"}
    assert found[0].verdict.reason.startswith("what was found could not be checked again")


def test_open_conjectures_get_little_time_unless_all_is_fresh(theorems, monkeypatch):
    """Where verdicts are recalled nobody waits for what is open."""
    given, found = [], library.Undecided(theorems[0].claim, "nobody knows")
    monkeypatch.setattr(library, "settle", lambda _, seconds: given.append(seconds) or found)
    theorems[0].expected = "undecided"
    for fresh, seconds in ((False, library.OPEN_SECONDS), (True, 9.0)):
        given.clear()
        assert [one.verdict.word for one in settled(theorems[:1], seconds=9.0, fresh=fresh)] == ["undecided"]
        assert given == [seconds]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system has no SIGKILL")
def test_a_worker_that_is_killed_is_told(theorems, monkeypatch):
    """The end of a worker, as for want of memory, is told of its theorem; the others are settled."""
    search, killed = library.settle, theorems[1]

    def settle(theorem, seconds):
        return os.kill(os.getpid(), signal.SIGKILL) if theorem is killed else search(theorem, seconds)

    monkeypatch.setattr(library, "settle", settle)
    found = settled(theorems, jobs=2)
    expected = [t.expected if t is not killed else "undecided" for t in theorems]
    assert [one.verdict.word for one in found] == expected
    assert "ended from outside" in found[1].verdict.reason
    assert not active_children()


def test_a_stored_verdict_is_checked_within_the_seconds(theorems, monkeypatch):
    """Where the check takes longer it is not used, and why is told; the theorem is searched for."""
    for one in settled(theorems[:1]):
        store(one.theorem, one.verdict)
    asked = library.recalled

    def slow(theorem, data):
        until = time.process_time() + 2.0
        while time.process_time() < until:
            require_time()
        return asked(theorem, data)

    monkeypatch.setattr(library, "recalled", slow)
    (found,) = settled(theorems[:1], seconds=0.3)
    assert not found.recalled
    assert found.distrusted == "it could not be checked within 0.3 seconds"


def test_wrong_input(theorems, tmp_path):
    """Seconds must be positive, and a theorem that fails is told before any search."""
    with pytest.raises(InvalidValueError, match="'seconds' must be a positive number"):
        settled(theorems, seconds=0)
    path = tmp_path / "bad.py"
    path.write_text(FACTS.replace("Equal(matmul(A, B)", "nowhere(matmul(A, B)"), encoding="utf-8")
    with pytest.raises(InvalidFileError, match=r"bad\.py::commute"):
        settled(collect(path))
