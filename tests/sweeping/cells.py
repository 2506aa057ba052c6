"""Tasks for the tests of sweeps: quick, slow, wrong, and deadly to the process that does them."""

import os
import signal
import time
from pathlib import Path


def square(*, n: int, pause: float = 0.0):
    """Square a number, after a pause."""
    time.sleep(pause)
    return {"square": n * n, "ratio": 1 / n if n else float("inf")}


def picky(*, n: int):
    """Refuse every third number."""
    if n % 3 == 0:
        raise ValueError(f"{n} is a multiple of 3")
    return {"n": n}


def wild(*, n: int):
    """Return what no record can hold as it is, or end as no task should."""
    if n == 1:
        raise SystemExit(3)
    if n == 2:
        raise KeyboardInterrupt
    if n == 3:
        raise UnspeakableError
    results = {4: lambda: None, 5: float("-inf"), 6: "text", 7: [1, {"a": float("nan")}], 8: 10**400, 9: True}
    return {"value": results.get(n, 0.5), "\udcff": "\udcff"}


class UnspeakableError(Exception):
    """An error without a message."""

    def __str__(self):
        """Fail."""
        raise ValueError("no words")


def checked(*, n: int):
    """Pass at even numbers."""
    return {"passed": n % 2 == 0}


def deadly(*, n: int, folder: str, times: int = 1):
    """Kill the own process at n = 5, as often as asked."""
    died = Path(folder, "died")
    before = len(died.read_text()) if died.exists() else 0
    if n == 5 and before < times:
        died.write_text("x" * (before + 1))
        os.kill(os.getpid(), signal.SIGKILL)
    return {"n": n}
