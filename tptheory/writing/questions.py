"""The question that a file of theorems asks, and its answer in one sentence."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from tptheory.typesetting.prose import paragraphs


@dataclass(frozen=True)
class Question:
    """The question of a file of theorems: the first paragraph of its docstring.

    Attributes:
        asked: the question.
        answer: the second paragraph; empty without one.
        anchor: the name of the file, by which a page can point at the question.
    """

    asked: str
    answer: str
    anchor: str

    @property
    def unasked(self) -> bool:
        """Whether the file has no docstring, so that its name stands for a question."""
        return self.asked == f"{self.anchor}.py"


def question(path: Path) -> Question:
    """Return what the docstring of a theorem file asks and answers; without a docstring, the file's name stands there.

    >>> question(Path("no_such_file.py")).asked
    'no_such_file.py'
    """
    try:
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    except (OSError, SyntaxError, ValueError):  # a theorem may be made where no file is left
        docstring = None
    said = paragraphs(docstring or "")[:2]
    asked, answer, *_ = [*said, "", ""] if said else [path.name, ""]
    return Question(asked, answer, path.stem)
