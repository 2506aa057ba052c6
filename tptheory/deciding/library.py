"""Settle many theorems at once: stored verdicts are checked anew, and the others are searched for on every core.

The verdict on ``FOLDER/FILE.py::NAME`` is stored in ``FOLDER/certificates/FILE.NAME.json``: a certificate, or a
counterexample. Workers are forked, so that they inherit the theorems. They send back plain data, and what they found by
a search is checked again here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing import get_all_start_methods
from pathlib import Path
from time import perf_counter
from typing import Any

from tptheory.certificates import checker, law_counts
from tptheory.checking import check_seconds
from tptheory.claims.theorem import Theorem
from tptheory.clock import TimeUpError, time_limit
from tptheory.deciding.outcomes import OUTCOMES
from tptheory.deciding.stored_verdicts import FORMAT, recalled, settle, stored_form
from tptheory.deciding.verdicts import Cause, Found, Proved, Refuted, Undecided
from tptheory.errors import InvalidFileError
from tptheory.files import write_whole
from tptheory.processes import cores, processes
from tptheory.proving.certificate import Certificate, LawCountCertificate

OPEN_SECONDS = 0.5
"""For how many seconds an open conjecture is searched, unless stored verdicts are ignored (``fresh``)."""


@dataclass(frozen=True)
class Settled:
    """A theorem, its verdict, and where that comes from.

    Attributes:
        recalled: whether the verdict was stored.
        distrusted: why the stored verdict was not used; empty if it was used, or if none is stored.
        said: what the function ``say`` of `settling` returned for the verdict.
    """

    theorem: Theorem
    verdict: Found
    seconds: float
    recalled: bool = False
    distrusted: str = ""
    said: Any = None

    @property
    def is_surprise(self) -> bool:
        """Whether the verdict is neither the expected one nor news of an open conjecture."""
        return OUTCOMES[self.theorem.expected, self.verdict.word].is_surprise

    @property
    def news(self) -> str:
        """What became of an open conjecture that is settled; empty for every other result."""
        return OUTCOMES[self.theorem.expected, self.verdict.word].news


def settled_here(theorem: Theorem, seconds: float = 10.0) -> Settled:
    """Settle one theorem in this process: its stored verdict is taken if it passes its checks, or else searched for.

    Args:
        theorem: a theorem or conjecture.
        seconds: how long to search; an open conjecture gets no more than `OPEN_SECONDS`.

    Raises:
        InvalidValueError: if ``seconds`` is not a positive number.
        InvalidFileError: if the theorem's own function fails.
    """
    check_seconds(seconds)
    return _looked_up(Settling(theorem, _search_seconds(theorem, seconds)))


def stored_verdict(theorem: Theorem, seconds: float = 10.0) -> tuple[Found | None, str]:
    """Return the verdict that is stored of a theorem, if it passes its checks; or None, and why it is not trusted.

    The reason is empty where nothing is stored. Whatever a stranger's file leads to is a reason, and no error.

    Args:
        theorem: a theorem or conjecture.
        seconds: how long the checks may take.

    Raises:
        InvalidValueError: if ``seconds`` is not a positive number.
        InvalidFileError: if the theorem's own function fails.
    """
    check_seconds(seconds)
    _ = theorem.claim  # a theorem that fails is told, and is no fault of what is stored
    path = stored_path(theorem)
    if not path.exists():
        return None, ""
    try:
        data = Certificate.load(path).data
    except InvalidFileError:
        return None, "it is no JSON object that can be read"
    return _checked(theorem, data, seconds)


def _checked(theorem: Theorem, data: dict[str, Any], seconds: float) -> tuple[Found | None, str]:
    """Return the verdict that stored data give, or None and the reason why they are not trusted."""
    try:
        with time_limit(seconds):
            verdict = recalled(theorem, data)
            certified = data.get("format") in (checker.FORMAT, law_counts.FORMAT)
            checked = Certificate.from_json(json.dumps(data)).check() if certified and verdict is None else None
    except TimeUpError:
        return None, f"it could not be checked within {seconds:g} seconds"
    except Exception as error:  # whatever a stranger's file leads to, it is searched again
        return None, f"it cannot be checked ({type(error).__name__})"
    if verdict is not None:
        return verdict, ""
    if checked is not None:
        return None, "it states another claim" if checked else f"the checker refuses it: {checked.reason}"
    if data.get("format") == FORMAT:
        return None, "it is no counterexample to this claim"
    return None, "it is of an unknown format"


def stored_path(theorem: Theorem) -> Path:
    """Return where the verdict on a theorem is stored."""
    return theorem.path.parent / "certificates" / f"{theorem.path.stem}.{theorem.name}.json"


def store(theorem: Theorem, verdict: Found) -> Path | None:
    """Write a verdict beside its theorem, the same bytes each time, and return where; None if it has no evidence.

    Raises:
        OSError: if the file cannot be written; an older one is then left as it was.
    """
    data = stored_form(theorem, verdict)
    if data is None:
        return None
    path = stored_path(theorem)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, Certificate(data).to_json().encode())
    return path


@contextmanager
def settling(
    theorems: Sequence[Theorem],
    seconds: float = 10.0,
    *,
    fresh: bool = False,
    jobs: int | None = None,
    say: Callable[[Found], Any] | None = None,
) -> Iterator[Iterator[Settled]]:
    """Settle theorems in the background, and give the results in the order of the theorems.

    Args:
        theorems: theorems and conjectures, as `collect` returns them.
        seconds: how long to search for each; an open conjecture gets no more than `OPEN_SECONDS` unless ``fresh``.
        fresh: whether to search for all verdicts, and ignore those that are stored.
        jobs: how many processes may search at once; one for each core unless given. Where processes cannot be forked
            all work is done in this one, as the results are asked for.
        say: a function of a verdict, such as one that returns its explanation. It may take long, so workers call it;
            they must be able to send its result.

    Raises:
        InvalidValueError: if ``seconds`` is not a positive number.
        InvalidFileError: if a theorem's own function fails.
    """
    check_seconds(seconds)
    for theorem in theorems:
        _ = theorem.claim  # workers inherit the claims, and a theorem that fails is told before the first search
    tasks = [
        Settling(theorem, seconds if fresh else _search_seconds(theorem, seconds), fresh, say) for theorem in theorems
    ]
    jobs = min(jobs or cores(), len(tasks)) if "fork" in get_all_start_methods() else 1
    with ExitStack() as stack:
        futures: list[Future[_Result]] = []
        if jobs > 1:
            pool = stack.enter_context(processes(jobs, "fork", _inherit, tasks))
            futures = [pool.submit(_settle_numbered, i) for i in range(len(tasks))]

        def results() -> Iterator[Settled]:
            for i, task in enumerate(tasks):
                try:
                    found = futures[i].result() if futures else _settle(task)
                except BrokenProcessPool:  # it breaks for all at once, so that each of the rest is tried by itself
                    found = _settled_alone(task)
                yield _settled(task, found)

        yield results()


@dataclass(frozen=True)
class Settling:
    """The task of settling one theorem, within so many seconds; ``fresh`` if what is stored of it is passed by."""

    theorem: Theorem
    seconds: float
    fresh: bool = False
    say: Callable[[Found], Any] | None = None


@dataclass(frozen=True)
class _Result:
    """What a worker found of a theorem, as plain data that a process can send.

    Attributes:
        form: the verdict as it is stored; None if it is undecided.
        seconds: how long it took.
        reason: why it is undecided, in words.
        cause: why it is undecided, as data.
        evidence: how far the search got, if it is undecided.
        confirmed: at how many instances the claim was evaluated beside its proof.
        recalled: whether the verdict was stored.
        distrusted: why a stored verdict was not trusted.
        said: what the caller's function said of the verdict.
    """

    form: dict[str, Any] | None
    seconds: float
    reason: str = ""
    cause: Cause = Cause.NOT_FOUND
    evidence: dict[str, Any] = field(default_factory=dict)
    confirmed: int = 0
    recalled: bool = False
    distrusted: str = ""
    said: Any = None


def _settled_alone(task: Settling) -> _Result:
    """Settle one theorem in a process of its own, and say so if that process is ended from outside, too."""
    started = perf_counter()
    with processes(1, "fork", _inherit, [task]) as pool:
        try:
            return pool.submit(_settle_numbered, 0).result()
        except BrokenProcessPool:
            reason = "the process that searched was ended from outside, perhaps for want of memory"
            return _Result(None, perf_counter() - started, reason)


def _search_seconds(theorem: Theorem, seconds: float) -> float:
    """Return how long to search for a verdict that is not stored."""
    return min(seconds, OPEN_SECONDS) if theorem.expected == "undecided" else seconds


def _looked_up(task: Settling) -> Settled:
    """Check the stored verdict, or else search."""
    started = perf_counter()
    verdict, distrusted = (None, "") if task.fresh else stored_verdict(task.theorem, task.seconds)
    held = verdict is not None
    if verdict is None:
        started = perf_counter()
        verdict = settle(task.theorem, task.seconds)
    return Settled(task.theorem, verdict, perf_counter() - started, held, distrusted)


def _settle(task: Settling) -> _Result:
    """Settle a theorem, and return the result as plain data."""
    found = _looked_up(task)
    verdict = found.verdict
    result = _Result(
        stored_form(task.theorem, verdict),
        found.seconds,
        confirmed=verdict.confirmed if isinstance(verdict, Proved) else 0,
        recalled=found.recalled,
        distrusted=found.distrusted,
        said=None if task.say is None else task.say(verdict),
    )
    if isinstance(verdict, Undecided):
        evidence = json.loads(json.dumps(verdict.evidence, default=str))
        return replace(result, reason=verdict.reason, cause=verdict.cause, evidence=evidence)
    return result


def _settled(task: Settling, found: _Result) -> Settled:
    """Build a verdict from plain data; what a worker found by a search must pass its check here once more."""
    theorem, form, seconds = task.theorem, found.form, found.seconds
    verdict: Found | None
    if form is None:
        verdict = Undecided(theorem.claim, found.reason, found.evidence, seconds, found.cause)
    elif found.recalled and form["format"] == checker.FORMAT:
        verdict = Proved(theorem.claim, Certificate(form), seconds, found.confirmed)
    elif found.recalled and form["format"] == law_counts.FORMAT:
        verdict = theorem.claim.verdict_of(LawCountCertificate(form), seconds, found.confirmed)
    else:
        verdict = _found_again(theorem, form, seconds)
        if isinstance(verdict, Refuted) and not found.recalled:  # it was searched for just now, by a worker
            verdict = replace(verdict, counterexample=replace(verdict.counterexample, stored=False))
    if verdict is None:
        reason = "what was found does not hold when it is checked again: this is a bug"
        verdict = Undecided(theorem.claim, reason, {}, seconds, Cause.FAULT)
    return Settled(theorem, verdict, seconds, found.recalled, found.distrusted, found.said)


def _found_again(theorem: Theorem, form: dict[str, Any], seconds: float) -> Found | None:
    """Return the verdict that evidence from a worker gives when it is checked here; None if it does not hold."""
    try:
        return recalled(theorem, form)
    except TimeUpError as late:
        return Undecided(theorem.claim, f"what was found could not be checked again: {late.reason}", {}, seconds)


_inherited: list[Settling] = []
"""The tasks, which a worker inherits by the fork: claims hold functions, and therefore cannot be sent to it."""


def _inherit(tasks: Sequence[Settling]) -> None:
    _inherited[:] = tasks


def _settle_numbered(number: int) -> _Result:
    return _settle(_inherited[number])
