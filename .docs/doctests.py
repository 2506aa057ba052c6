"""Show the examples of docstrings as code: Markdown would take ``>>>`` for a quotation."""

from __future__ import annotations

import re
from typing import Any

import griffe

EXAMPLE = re.compile(r"(?:^[ ]*>>> .*\n?(?:^[ ]*\S.*\n?)*)+", re.MULTILINE)
"""Lines that begin with a prompt, and the lines up to the next empty one."""


class Doctests(griffe.Extension):
    """Put the examples of each docstring into fences."""

    def on_instance(self, *, obj: griffe.Object, **_: Any) -> None:
        """Change the docstring of a module, a class, a function or an attribute."""
        if obj.docstring is not None:
            text = obj.docstring.value.replace("\n    SETTINGS\n", "\n")  # the trainer writes its settings there
            obj.docstring.value = EXAMPLE.sub(lambda found: f"\n```pycon\n{found[0].rstrip()}\n```\n", text)
