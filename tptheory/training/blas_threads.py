"""One thread for BLAS, for as long as anybody in this process needs it."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager


class _Holders:
    """Who needs BLAS to keep to one thread. Its number of threads belongs to the process, and so does this object."""

    def __init__(self) -> None:
        self._lock, self._count, self._limit = threading.Lock(), 0, ExitStack()

    def enter(self) -> None:
        """Limit BLAS for the first who needs it."""
        from threadpoolctl import threadpool_limits

        importlib.import_module("scipy.linalg")  # its BLAS, were it loaded later, would escape the limit
        with self._lock:
            if self._count == 0:
                _take_control()
                self._limit.enter_context(threadpool_limits(1, "blas"))
            self._count += 1

    def leave(self) -> None:
        """Give BLAS its threads back after the last."""
        with self._lock:
            self._count -= 1
            if self._count == 0:
                _take_control()
                self._limit.close()


def _take_control() -> None:
    """Let this thread set the number of threads; threadpoolctl heeds only the one that has set it before."""
    from threadpoolctl import OpenBLASController

    if hasattr(OpenBLASController, "clear_controlling_thread"):  # older versions heed every thread
        OpenBLASController.clear_controlling_thread(force=True)


_HOLDERS = _Holders()


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Let NumPy's and SciPy's BLAS keep to one thread each: sums then have one order, and pools do not fight for cores.

    Blocks in several threads at once overlap: BLAS gets its threads back when the last of them ends.

    >>> with one_blas_thread():
    ...     pass
    """
    _HOLDERS.enter()
    try:
        yield
    finally:
        _HOLDERS.leave()
