"""A process that ends with the block that started it."""

from __future__ import annotations

import subprocess
from types import TracebackType
from typing import Self


class OwnProcess:
    """What talks to a process of its own, line by line, and ends it when its `with` block ends.

    Args:
        process: the process, whose input and output are pipes.
    """

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __enter__(self) -> Self:
        """Return what talks to the process."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()
