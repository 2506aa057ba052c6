"""Processes that work for this one, and that end when it does, however it ends.

A worker watches its parent: a thread waits for the parent's end, and on Linux the kernel kills the worker, whatever it
computes. An interrupt is for the parent, which then ends its workers.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import active_children, get_context, parent_process, resource_tracker
from multiprocessing.connection import wait
from pathlib import Path
from select import select
from time import monotonic, sleep
from typing import Any, NoReturn

from tptheory.signals import ENDING

_PR_SET_PDEATHSIG = 1
"""The option of Linux's ``prctl`` that names the signal which a process gets when its parent ends."""
LONGEST_SECONDS = 20.0
"""For how many seconds a theorem file, or the function of one theorem, may run."""
LOOKS = 1.0
"""After how many seconds a process looks again whether the one that started it is there, if the kernel cannot tell."""
END_POLL_SECONDS = 0.05
"""After how many seconds it is looked again whether a process has ended that tells nothing."""
_BACK = b"."
"""What a process tells in which a user's code came back."""


def cores() -> int:
    """Return how many cores this process may use.

    >>> cores() > 0
    True
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Pool(ProcessPoolExecutor):
    """A pool whose workers start, at the first calls, while signals wait: they would meet them without handlers."""

    def submit(self, function: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        """Hand a call to a worker."""
        with _signals_waiting():
            return super().submit(function, *given, **named)


@contextmanager
def processes(
    count: int, method: str, begin: Callable[..., Any] | None = None, *given: Any
) -> Iterator[ProcessPoolExecutor]:
    """Give a pool of processes, which end with the block, with an exception in it, and with this process.

    Args:
        count: how many.
        method: how they start: ``"fork"`` or ``"spawn"``.
        begin: called in each at its start.
        *given: what ``begin`` is called with.
    """
    if method == "spawn" and os.name == "posix":
        resource_tracker.ensure_running()  # its own start would let the signals through that wait in `submit`
    others = set(active_children())
    death_signal = _ParentDeathSignal.of_this_thread()
    pool = _Pool(count, get_context(method), _started, (death_signal, begin, *given))
    try:
        yield pool
    except BaseException:
        for worker in set(active_children()) - others:
            worker.kill()
        pool.shutdown(cancel_futures=True)
        raise
    pool.shutdown()


def run_to_end(command: Sequence[str], folder: Path, seconds: float) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder and return what it printed; it ends after so many seconds.

    On Linux, run from the main thread, it ends with this process too, however that ends.

    Raises:
        subprocess.TimeoutExpired: if it takes longer.
        OSError: if it cannot be started.
    """
    death_signal = _ParentDeathSignal.of_this_thread()
    begin = partial(death_signal.request, _prctl()) if death_signal.available else None
    return subprocess.run(  # noqa: S603  no shell; the caller names the program
        command, cwd=folder, capture_output=True, text=True, timeout=seconds, check=False, preexec_fn=begin
    )


def fault_of_trial(run: Callable[[], object], seconds: float = LONGEST_SECONDS) -> str:
    """Try a user's code in a process of its own, and say how it ended or held up that process; empty if it did not.

    What it prints there is dropped, and an exception is no end of a process. Where none can be forked nothing is tried.

    >>> import os
    >>> fault_of_trial(int), fault_of_trial(lambda: os._exit(0))
    ('', 'ended the process, with status 0')
    """
    if not hasattr(os, "fork"):
        return ""
    read, write = os.pipe()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # threads are not in the fork, nor their locks needed
            parent, child = os.getpid(), os.fork()
        if not child:
            _tried(run, parent, write)
        return _fault_of(child, read, seconds)
    finally:
        os.close(read)
        os.close(write)


def _fault_of(child: int, read: int, seconds: float) -> str:
    """Say how a process ended, or that it had to be stopped; empty if it tells that a user's code came back."""
    deadline, ended = monotonic() + seconds, 0
    try:
        while not ended and monotonic() < deadline:
            if select([read], [], [], END_POLL_SECONDS)[0] and os.read(read, 1) == _BACK:
                return ""
            ended, status = os.waitpid(child, os.WNOHANG)
        return how_ended(os.waitstatus_to_exitcode(status)) if ended else stopped_after(seconds)
    finally:
        if not ended:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _tried(run: Callable[[], object], parent: int, write: int) -> NoReturn:
    """Run a function in a process that was forked for it, and tell when it comes back; it never returns here."""
    try:
        end_with_the_parent(parent)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        own = os.getpid()
        with suppress(BaseException):
            run()
        if os.getpid() == own:  # and not a process that the user's code has forked
            os.write(write, _BACK)
            sleep(LONGEST_SECONDS)  # it is stopped by then: an end would be taken for one that the user's code caused
    finally:
        os._exit(1)


def how_ended(code: int) -> str:
    """Say how a user's code ended its process, by the exit status, or by the number of a signal with a minus.

    >>> how_ended(-9)
    'ended the process, by signal 9'
    """
    return f"ended the process, by signal {-code}" if code < 0 else f"ended the process, with status {code}"


def stopped_after(seconds: float) -> str:
    """Say that a user's code was stopped because it took too long.

    >>> stopped_after(20.0)
    'did not return within 20 seconds, and was stopped'
    """
    return f"did not return within {seconds:g} seconds, and was stopped"


class _ParentDeathSignal:
    """The signal by which Linux kills a child whose parent has ended.

    The kernel sends it when the thread ends that started the child; it is requested only where that is the main thread,
    which ends with its process.

    Args:
        parent: the id of the parent.
        available: whether it can be requested.
    """

    def __init__(self, parent: int, available: bool) -> None:
        self.parent, self.available = parent, available

    @classmethod
    def of_this_thread(cls) -> _ParentDeathSignal:
        """Return the signal for children that this thread starts."""
        main = threading.current_thread() is threading.main_thread()
        return cls(os.getpid(), main and sys.platform == "linux")

    def request(self, prctl: Callable[..., int]) -> None:
        """Let the kernel kill this process when its parent ends; end now if that has happened already."""
        prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
        if os.getppid() != self.parent:
            os._exit(1)


def end_with_the_parent(parent: int) -> None:
    """Let this process, which was forked, end with the one that started it, which may be killed without notice.

    Args:
        parent: the id of that process.
    """
    if sys.platform == "linux":
        _ParentDeathSignal(parent, available=True).request(_prctl())
        return

    def look() -> None:
        while os.getppid() == parent:
            sleep(LOOKS)
        os._exit(1)

    threading.Thread(target=look, daemon=True).start()


def _prctl() -> Callable[..., int]:
    return ctypes.CDLL(None).prctl


def _started(death_signal: _ParentDeathSignal, begin: Callable[..., Any] | None, *given: Any) -> None:
    """Begin a worker: it ends with its parent, and leaves interrupts to it."""
    for number in ENDING - {signal.SIGTERM}:
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
    if death_signal.available:
        death_signal.request(_prctl())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if begin is not None:
        begin(*given)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


@contextmanager
def _signals_waiting() -> Iterator[None]:
    """Let the signals that end a process wait until the block ends, here and in the processes that start in it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
