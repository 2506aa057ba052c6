"""Many theorems at once: what is stored of each is checked anew, and the rest is searched for on every core.

What is stored of ``FOLDER/FILE.py::NAME`` lies in ``FOLDER/certificates/FILE.NAME.json``: a certificate, or a
counterexample. Workers send plain data, and whatever they find is checked again here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import active_children, get_all_start_methods, get_context
from pathlib import Path
from signal import SIG_IGN, SIGINT, signal
from tempfile import NamedTemporaryFile
from time import perf_counter
from typing import Any

from tptheory.claims.theorem import Theorem
from tptheory.errors import InvalidFileError, TptheoryError, check_seconds
from tptheory.proving import checker
from tptheory.proving.certificate import Certificate
from tptheory.proving.verdicts import Proved, Undecided
from tptheory.refuting.counterexample import Refuted
from tptheory.refuting.settling import FORMAT, recalled, settle, stored_form

OPEN_SECONDS = 0.5
"""How long an open conjecture is searched for where other verdicts are recalled rather than searched for."""

Found = Proved | Refuted | Undecided


class WorkerError(TptheoryError, RuntimeError):
    """Report a worker that was ended from outside."""


@dataclass(frozen=True)
class Settled:
    """A theorem, its verdict, and where that comes from; ``distrusted`` says why what is stored was not taken."""

    theorem: Theorem
    verdict: Found
    seconds: float
    recalled: bool = False
    distrusted: str = ""

    @property
    def as_expected(self) -> bool:
        """Whether the verdict is the one that the theorem, or conjecture, expects."""
        return self.verdict.word == self.theorem.expected


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
    with NamedTemporaryFile("wb", dir=path.parent, prefix=f".{path.stem}.", delete=False) as file:
        try:
            file.write(Certificate(data).to_json().encode())
            file.close()
            os.chmod(file.name, 0o644)  # a temporary file is private; this one is for everybody
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise
    return path


@contextmanager
def settling(
    theorems: Sequence[Theorem], seconds: float = 10.0, *, fresh: bool = False, jobs: int | None = None
) -> Iterator[Iterator[Settled]]:
    """Settle theorems in the background, and give the results in the order of the theorems.

    Args:
        theorems: theorems and conjectures, as `collect` returns them.
        seconds: how long to search for each; an open conjecture gets no more than `OPEN_SECONDS` unless ``fresh``.
        fresh: whether to search for all, whatever is stored.
        jobs: how many processes may search at once; one for each core unless given. Where processes cannot be forked
            all work is done in this one, as the results are asked for.

    Raises:
        InvalidValueError: if ``seconds`` is not a positive number.
        InvalidFileError: if a theorem's own function fails.
        WorkerError: if a process that searches is ended from outside.
    """
    check_seconds(seconds)
    for theorem in theorems:
        _ = theorem.claim  # workers inherit the claims, and a theorem that fails is told before the first search
    remembered = [None if fresh else _recall(theorem) for theorem in theorems]
    limits = [seconds if fresh or t.expected != "undecided" else min(seconds, OPEN_SECONDS) for t in theorems]
    waiting = [i for i, found in enumerate(remembered) if found is None or isinstance(found, str)]
    jobs = min(jobs or _cores(), len(waiting)) if "fork" in get_all_start_methods() else 1
    with ExitStack() as stack:
        futures: dict[int, Future[dict[str, Any]]] = {}
        if jobs > 1:
            pool = stack.enter_context(_pool(jobs, theorems))
            futures = {i: pool.submit(_search_numbered, i, limits[i]) for i in waiting}

        def results() -> Iterator[Settled]:
            for i, (theorem, found) in enumerate(zip(theorems, remembered, strict=True)):
                if isinstance(found, Settled):
                    yield found
                    continue
                try:
                    data = futures[i].result() if futures else _search(theorem, limits[i])
                except BrokenProcessPool:
                    raise WorkerError(
                        "a process that searched was ended from outside, perhaps for want of memory. "
                        "Try fewer theorems at once, or fewer seconds."
                    ) from None
                yield Settled(theorem, _verdict(theorem, data), data["seconds"], distrusted=found or "")

        yield results()


def _recall(theorem: Theorem) -> Settled | str | None:
    """Return what is stored of a theorem; or why it is not trusted; or None where nothing is stored."""
    path = stored_path(theorem)
    if not path.exists():
        return None
    started = perf_counter()
    try:
        data = Certificate.load(path).data
        verdict = recalled(theorem, data)
    except InvalidFileError:
        return "it is no JSON object that can be read"
    except Exception as error:  # whatever a stranger's file leads to, it is searched again
        return f"it cannot be checked ({type(error).__name__})"
    if verdict is not None:
        return Settled(theorem, verdict, perf_counter() - started, recalled=True)
    if data.get("format") == checker.FORMAT:
        checked = Certificate(data).check()
        return "it states another claim" if checked else f"the checker refuses it: {checked.reason}"
    if data.get("format") == FORMAT:
        return "it is no counterexample to this claim"
    return "it is of an unknown format"


def _search(theorem: Theorem, seconds: float) -> dict[str, Any]:
    """Search for a verdict, and return it as plain data."""
    started = perf_counter()
    verdict = settle(theorem, seconds)
    data: dict[str, Any] = {"form": stored_form(theorem, verdict)}
    if isinstance(verdict, Undecided):
        data |= {"reason": verdict.reason, "evidence": json.loads(json.dumps(verdict.evidence, default=str))}
    return data | {"seconds": perf_counter() - started}


def _verdict(theorem: Theorem, data: dict[str, Any]) -> Found:
    """Build a verdict anew from plain data: nothing that does not check here is believed."""
    if data["form"] is None:
        return Undecided(theorem.claim, data["reason"], data["evidence"], data["seconds"])
    verdict = recalled(theorem, data["form"])
    if verdict is None:
        return Undecided(theorem.claim, "what was found does not hold when it is checked again: this is a bug")
    return verdict


_inherited: list[Theorem] = []
"""In a worker: the theorems, which it has from the fork; claims hold functions, so that they cannot be sent."""


def _start(theorems: Sequence[Theorem]) -> None:
    """Begin as a worker: the process that forked it is the one that an interrupt is for."""
    signal(SIGINT, SIG_IGN)
    _inherited[:] = theorems


def _search_numbered(number: int, seconds: float) -> dict[str, Any]:
    return _search(_inherited[number], seconds)


@contextmanager
def _pool(jobs: int, theorems: Sequence[Theorem]) -> Iterator[ProcessPoolExecutor]:
    """Give a pool of forked processes, which are ended where the work is given up."""
    others = set(active_children())
    pool = ProcessPoolExecutor(jobs, get_context("fork"), _start, (theorems,))
    try:
        yield pool
    except BaseException:
        for worker in set(active_children()) - others:
            worker.terminate()
        pool.shutdown(cancel_futures=True)
        raise
    pool.shutdown()


def _cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
