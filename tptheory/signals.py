"""Signals that end a command: each becomes an exception that unwinds it, as Ctrl-C does."""

from __future__ import annotations

import os
import signal
from types import FrameType

ENDING = {signal.SIGINT, signal.SIGTERM, *({signal.SIGHUP} if hasattr(signal, "SIGHUP") else ())}
"""The signals that ask a process to end: Ctrl-C, a request, and a terminal that is closed."""


class Terminated(KeyboardInterrupt):
    """Raised in the place where a command is when a signal asks it to end; ``number`` is that of the signal."""

    def __init__(self, number: int, *said: str) -> None:
        super().__init__(*said)
        self.number = number


def status_of(stop: KeyboardInterrupt) -> int:
    """Return the exit status of a command that was stopped: 128 and the number of the signal.

    >>> status_of(KeyboardInterrupt()), status_of(Terminated(15))
    (130, 143)
    """
    return 128 + (stop.number if isinstance(stop, Terminated) else int(signal.SIGINT))


def with_advice(stop: KeyboardInterrupt, advice: str) -> KeyboardInterrupt:
    """Return the same stop, with a sentence that says how to go on.

    >>> with_advice(KeyboardInterrupt(), "Give the command again.").args
    ('Give the command again.',)
    """
    return Terminated(stop.number, advice) if isinstance(stop, Terminated) else KeyboardInterrupt(advice)


def was_sent(stop: KeyboardInterrupt) -> bool:
    """Whether a signal has raised this; else a user's code has, which then is no more than an error of that code.

    It can be told only after `end_by_exceptions`; before it, the answer is True.
    """
    return isinstance(stop, Terminated) or signal.getsignal(signal.SIGINT) is signal.default_int_handler


def end_by_exceptions() -> None:
    """Let the signals that end this process raise `Terminated`; ignored ones stay ignored."""
    own = os.getpid()

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  the signature of a handler
        if os.getpid() != own:  # a process that was forked just now
            os._exit(128 + number)
        raise Terminated(number)

    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)


def let_interrupts_end_quietly() -> None:
    """Let Ctrl-C end this process without a word, as the other signals do; `end_by_exceptions` ends that."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
