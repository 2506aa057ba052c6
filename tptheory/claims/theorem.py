"""Theorems: functions that return a claim, collected from files as pytest collects tests."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

from sympy import Equality
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanAtom

from tptheory.claims.claim import Claim
from tptheory.claims.compound import AllOf, Holds
from tptheory.claims.hypotheses import Hypothesis
from tptheory.claims.python_files import run_file, users_code
from tptheory.errors import InvalidFileError, InvalidTypeError, complain, unknown_name
from tptheory.keywords import known_keywords
from tptheory.typesetting.notebook import ShownAsMathematics
from tptheory.typesetting.prose import prose_markdown, prose_text

THEOREMS = "proofs"
"""The folder whose theorems are taken if the user names none."""


class Theorem(ShownAsMathematics):
    """A claim with a name, a title, a reason and an expected verdict; calling the theorem returns the claim.

    Attributes:
        title: one sentence, which marks mathematics as LaTeX between dollars: ``$W_l^+ = W_l'$``.
        expected: ``proved``, or of a conjecture ``refuted`` or ``undecided``.
        reason: the docstring of the function, with mathematics marked in the same way.

    Raises:
        InvalidTypeError: if it is made of something else than a function.
    """

    def __init__(self, title: str, function: Callable[[], Any], expected: str = "proved") -> None:
        if not inspect.isfunction(function):
            mend = "Write @theorem(...) above a function that returns the claim."
            raise InvalidTypeError(complain("function", "a function without arguments", function, mend))
        self.title, self.expected = title, expected
        self.function = function
        self.name = function.__name__
        self.reason = inspect.getdoc(function) or ""
        self.path = Path(inspect.getsourcefile(function) or "<unknown>")

    @property
    def plain_title(self) -> str:
        """The title with its mathematics in plain notation, for a terminal."""
        return prose_text(self.title)

    @property
    def node(self) -> str:
        """The name on the command line: ``file.py::function``."""
        return f"{self.path.name}::{self.name}"

    @cached_property
    def claim(self) -> Claim:
        """The claim that the function returns.

        Raises:
            InvalidFileError: if the function raises.
            InvalidTypeError: if it returns something else than a claim, or claims.
        """
        with users_code(f"theorem {self.node!r} must return a claim", f"Run {self.name}() in Python to see where."):
            claim = self.function()
        if isinstance(claim, list | tuple) and claim and all(isinstance(c, Claim | Hypothesis) for c in claim):
            return AllOf(*claim)
        if isinstance(claim, Hypothesis):
            return Holds(claim)
        if not isinstance(claim, Claim):
            raise InvalidTypeError(complain(self.node, "a theorem that returns a claim", claim, "Return Equal(...)."))
        return claim

    def __call__(self) -> Claim:
        """Return the claim."""
        return self.claim

    def __repr__(self) -> str:
        """Show the node and the title."""
        return f"<Theorem {self.node}: {self.plain_title}>"

    def _repr_markdown_(self) -> str:
        return f"**{prose_markdown(self.title)}.** {self.claim.latex()}"


def as_claim(claim: Any) -> Claim:
    """Return the claim of a theorem, the claim itself, or the claim that a hypothesis such as ``symmetric(A)`` holds.

    Raises:
        InvalidTypeError: if ``claim`` is none of these.
    """
    claim = claim.claim if isinstance(claim, Theorem) else Holds(claim) if isinstance(claim, Hypothesis) else claim
    if not isinstance(claim, Claim):
        raise InvalidTypeError(complain("claim", "a claim such as Equal(A, B), or a theorem", claim, _mend_of(claim)))
    return claim


def _mend_of(came: Any) -> str:
    """Say what to write in the place of a comparison of SymPy's or of Python's; nothing of anything else."""
    if isinstance(came, bool | BooleanAtom):
        return "A == B and A <= B are compared at once, by how they are written: give Equal(A, B), or AtMost(A, B)."
    if isinstance(came, Equality):
        return "Write Equal(A, B) in the place of Eq(A, B)."
    return "Write AtMost(a, b) in the place of a <= b." if isinstance(came, Relational) else ""


def theorem(title: str) -> Callable[[Callable[[], Any]], Theorem]:
    """Mark a function without arguments that returns a claim, or several, as a theorem.

    Raises:
        InvalidTypeError: if the title is missing (the decorator was written without parentheses).

    >>> from tptheory import DeepLinearNetwork, RankAtMost, TargetProp, decide
    >>> @theorem("One sample makes updates of rank one")
    ... def rank_one_updates():
    ...     '''An update is a column times a row.'''
    ...     return RankAtMost(TargetProp().update(DeepLinearNetwork(depth=2), 1), 1)
    >>> decide(rank_one_updates).proved
    True
    """
    _check_title("theorem", title)
    return lambda function: Theorem(title, function)


@known_keywords
def conjecture(title: str, *, open: bool = False) -> Callable[[Callable[[], Any]], Theorem]:  # noqa: A002
    """Mark a function that returns a claim that is false, or with ``open=True`` one that nobody has settled.

    It is collected as theorems are. A counterexample is expected of it, or with ``open=True`` no verdict.

    Raises:
        InvalidTypeError: if the title is missing (the decorator was written without parentheses).

    >>> from tptheory import Backprop, DeepLinearNetwork, Equal, TargetProp, decide
    >>> @conjecture("TP is BP")
    ... def the_same():
    ...     '''Only where the weights above are partial isometries.'''
    ...     net = DeepLinearNetwork(depth=2)
    ...     return Equal(TargetProp().update(net, 1), Backprop().update(net, 1))
    >>> the_same.expected, decide(the_same).word
    ('refuted', 'refuted')
    """
    _check_title("conjecture", title)
    return lambda function: Theorem(title, function, "undecided" if open else "refuted")


def _check_title(name: str, title: Any) -> None:
    if not isinstance(title, str) or not title.strip():
        raise InvalidTypeError(complain("title", "a sentence", title, f'Write @{name}("What holds").'))


@known_keywords
def collect(target: str | Path | None = None) -> list[Theorem]:
    """Return the theorems of ``file.py``, ``file.py::name`` or a folder, in the order in which they are written.

    Without a target, the theorems of `theorem_folder` are returned. A path that begins with ``proofs`` and does not
    exist is looked up in that folder.
    The files are Python and are run: name only files that you trust.

    >>> [theorem] = collect("proofs/error_ray.py::error_steps_along_a_ray")
    >>> theorem.expected
    'proved'

    Raises:
        InvalidFileError: if there is no such file, it does not import, or it holds no theorem.
        UnknownNameError: if the file has no theorem of that name; the nearest is suggested.
    """
    files, name = named_files(target)
    return of_that_name([t for file in files for t in theorems_of(file)], name)


def named_files(target: str | Path | None = None) -> tuple[list[Path], str]:
    """Return the theorem files that a target of `collect` names, and the name of one theorem, empty for all.

    Raises:
        InvalidFileError: if there are none.
    """
    path_text, _, name = str(THEOREMS if target is None else target).partition("::")
    path = Path(path_text)
    if target is None or (path.parts[:1] == (THEOREMS,) and not path.exists()):
        path = theorem_folder().joinpath(*path.parts[1:])
    return _theorem_files(path), name


def of_that_name(theorems: list[Theorem], name: str) -> list[Theorem]:
    """Return the theorems of a name; all of them if the name is empty.

    Raises:
        UnknownNameError: if there are none; the nearest is suggested.
    """
    named = [t for t in theorems if name in ("", t.name)]
    if not named:
        raise unknown_name("theorem", name, (t.name for t in theorems))
    return named


def _theorem_files(path: Path) -> list[Path]:
    """Return a file by itself, or the theorem files of a folder, sorted by name.

    Raises:
        InvalidFileError: if there are none.
    """
    if path.is_dir():
        files = [file for file in sorted(path.glob("*.py")) if not file.name.startswith("_")]
        if not files:
            raise InvalidFileError(complain("target", "a folder with theorem files (*.py)", str(path)))
        return files
    if not path.is_file():
        near = f"Theorem files here: {', '.join(_neighbours(path))}." if _neighbours(path) else ""
        raise InvalidFileError(complain("target", "a theorem file or a folder of them", str(path), near))
    return [path]


def theorems_of(file: Path) -> list[Theorem]:
    """Run a file, and return the theorems that are written in it.

    Raises:
        InvalidFileError: if there are none.
    """
    found = _own(run_file("target", file).values(), file)
    if not found:
        mend = 'Write @theorem("What holds") above a function that returns a claim.'
        raise InvalidFileError(complain("target", "a file with a @theorem or @conjecture", str(file), mend))
    return found


def theorem_folder() -> Path:
    """Return ``./proofs`` if it holds theorem files, else the folder in the installed package, else the checkout's.

    Raises:
        InvalidFileError: if none of them does.
    """
    package = Path(__file__).parent.parent
    for folder in (Path(THEOREMS), package / THEOREMS, package.parent / THEOREMS):
        if any("@theorem" in file.read_text(encoding="utf-8", errors="replace") for file in folder.glob("*.py")):
            return folder
    raise InvalidFileError(complain("target", "a folder with theorem files (*.py)", THEOREMS, "Name one."))


def _neighbours(path: Path) -> list[str]:
    return sorted(f.name for f in path.parent.glob("*.py") if f.is_file()) if path.parent.is_dir() else []


def _own(values: Iterable[Any], path: Path) -> list[Theorem]:
    """Return the theorems of one file in the order in which they are written.

    Python lists what a file defines by the first time that a name was bound: a theorem whose name the preamble has too,
    such as ``balance``, would stand before all others.
    """
    found = dict.fromkeys(v for v in values if isinstance(v, Theorem) and v.path.resolve() == path.resolve())
    return sorted(found, key=lambda theorem: theorem.function.__code__.co_firstlineno)
