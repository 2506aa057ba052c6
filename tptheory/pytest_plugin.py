"""The plugin by which ``pytest mine.py`` settles the theorems of a file: each theorem and conjecture is a test.

A test passes where the verdict is the one that the theorem or conjecture expects. An open conjecture that nothing
settles is an expected failure; one that is settled passes, and the summary at the end tells that it is. Stored verdicts
beside the file are checked again, and others are searched for, as ``tptheory prove`` does.

Files with theorems are collected where they, or the folder that holds them, are named on the command line. Ordinary
test files, which are those that match ``python_files``, are left as they are. The plugin imports nothing of the library
before there is a file with theorems.

A file, and the function of a theorem, is run in a process of its own first: one that ends that process, or never
returns, is one error, and the others are settled.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tptheory.claims.theorem import Theorem
    from tptheory.deciding.library import Settled

MARKS = (b"\n@theorem(", b"\n@conjecture(")
"""What a file with theorems contains: a decorator at the beginning of a line."""
NEWS = "tptheory news"
"""The name of the property of a test that says what became of an open conjecture that is settled."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that says how long to search."""
    group = parser.getgroup("tptheory", "theorems and conjectures of tptheory")
    group.addoption(
        "--theorem-seconds",
        type=float,
        default=10.0,
        metavar="SECONDS",
        help="How long to search for each proof or counterexample; 10 unless given.",
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a file with theorems whose folder is named on the command line; pytest collects a file that is named."""
    named = parent.session.isinitpath
    if named(file_path) or not named(file_path.parent) or not _holds_theorems(file_path, parent.config):
        return None
    return TheoremFile.from_parent(parent, path=file_path)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Watch a file with theorems that is named on the command line."""
    return TheoremFile.from_parent(parent, path=module_path) if _holds_theorems(module_path, parent.config) else None


def _holds_theorems(path: Path, config: pytest.Config) -> bool:
    """Whether files are named on the command line, and this one has theorems and is no ordinary test file."""
    if config.args_source is not pytest.Config.ArgsSource.ARGS or path.suffix != ".py" or _is_test_file(path, config):
        return False
    text = b"\n" + path.read_bytes().replace(b"\r\n", b"\n")
    return any(mark in text for mark in MARKS)


class TheoremFile(pytest.Module):
    """A file with theorems, which may do whatever Python can."""

    def _getobj(self) -> Any:
        """Import the file, once it is known that it lets a process live.

        Raises:
            CollectError: if it does not, or if it asks this process to exit, or if it lacks an import of tptheory.
        """
        from tptheory.claims.file_hints import hint_of
        from tptheory.import_advice import import_of
        from tptheory.processes import fault_of_trial

        _import_ahead(self.path)
        if said := fault_of_trial(super()._getobj):
            raise self.CollectError(f"{self.path.name} {said}")
        try:
            return super()._getobj()
        except SystemExit as error:
            raise self.CollectError(f"{self.path.name} raised SystemExit: {error}") from None
        except NameError as error:
            if not (mend := hint_of(error, import_of)):
                raise
            raise self.CollectError(f"{self.path.name} raised NameError: {error}. {mend}") from None

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """Return the tests in the order of their lines; a theorem may have a name that the preamble binds before."""
        return sorted(super().collect(), key=_line)


def _import_ahead(path: Path) -> None:
    """Import what a file imports of tptheory, so that the trial of the file, and then the file itself, find it there.

    Else a second would be spent twice: in the process of the trial, and here.
    """
    with suppress(Exception):  # what is wrong with the file is told where it is run
        for node in ast.parse(path.read_bytes()).body:
            if isinstance(node, ast.ImportFrom) and str(node.module).partition(".")[0] == "tptheory" and not node.level:
                module, names = import_module(str(node.module)), [alias.name for alias in node.names]
                for name in getattr(module, "__all__", ()) if names == ["*"] else names:
                    getattr(module, name, None)


def _line(one: pytest.Item | pytest.Collector) -> int:
    """Return the line at which a test stands; 0 where it is not known."""
    return (one.reportinfo()[1] or 0) if hasattr(one, "reportinfo") else 0


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: Any, name: str, obj: object) -> pytest.Item | None:
    """Make a test of a theorem that stands in its own file; leave all else, and ordinary test files, to others."""
    loaded = sys.modules.get("tptheory.claims.theorem")  # a file that holds theorems has imported it
    if loaded is None or not issubclass(type(obj), loaded.Theorem):
        return None
    theorem: Any = obj
    own = name == theorem.name and theorem.path.resolve() == collector.path.resolve()
    if not own or _is_test_file(collector.path, collector.config):
        return None
    return TheoremItem.from_parent(collector, name=name, theorem=theorem)


def _is_test_file(path: Path, config: pytest.Config) -> bool:
    """Whether pytest takes a file for a test file because of its name."""
    return any(path.match(pattern) for pattern in config.getini("python_files"))


class UnexpectedVerdictError(Exception):
    """Carry a verdict that was not expected; it is shown without a traceback."""

    def __init__(self, settled: Settled) -> None:
        super().__init__(settled.theorem.node)
        self.settled = settled


class TheoremItem(pytest.Item):
    """A theorem or a conjecture as a test."""

    def __init__(self, *, theorem: Theorem, **options: Any) -> None:
        super().__init__(**options)
        self.theorem = theorem

    def runtest(self) -> None:
        """Settle the theorem.

        Raises:
            InvalidFileError: if the theorem's function ends its process, or does not return.
            UnexpectedVerdictError: if the verdict is not the expected one.
        """
        from tptheory.deciding.library import settling
        from tptheory.errors import InvalidFileError
        from tptheory.processes import fault_of_trial
        from tptheory.writing.chains import in_words

        if said := fault_of_trial(lambda: self.theorem.claim):
            raise InvalidFileError(f"{self.theorem.node!r} must return (it {said}).")
        seconds = self.config.getoption("--theorem-seconds")
        with settling([self.theorem], seconds, jobs=1, say=in_words) as results:
            settled = next(results)
        if settled.is_surprise:
            raise UnexpectedVerdictError(settled)
        if settled.news:
            self.user_properties.append((NEWS, f"{self.theorem.node}: {settled.news}"))
        elif self.theorem.expected == "undecided":
            pytest.xfail("an open question, which nothing settled")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Explain the verdict, or say the error of a theorem that is no claim; trace any other exception."""
        from tptheory.errors import TptheoryError

        if isinstance(excinfo.value, UnexpectedVerdictError):
            return "\n".join(_explanation(excinfo.value.settled))
        if isinstance(excinfo.value, TptheoryError):
            from tptheory.claims.file_hints import told
            from tptheory.import_advice import import_of

            return told(excinfo.value, import_of)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where the theorem stands, and its name."""
        code = getattr(self.theorem.function, "__code__", None)
        return self.path, code.co_firstlineno - 1 if code else None, self.name


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell which open conjectures are settled; the tests may have run in other processes."""
    reports = terminalreporter.getreports("passed")
    news = [said for report in reports for name, said in report.user_properties if name == NEWS]
    if news:
        terminalreporter.section("open conjectures that are settled")
    for said in news:
        terminalreporter.line(str(said))


def _explanation(settled: Settled) -> Iterable[str]:
    """Yield the lines that say what was expected, what came out instead, and why."""
    theorem, verdict = settled.theorem, settled.verdict
    expected = {"undecided": "open"}.get(theorem.expected, theorem.expected)
    yield f"expected: {expected}, found: {verdict.word}"
    yield theorem.plain_title
    if settled.distrusted:
        yield f"what was stored is not used: {settled.distrusted}"
    yield ""
    yield str(settled.said)
