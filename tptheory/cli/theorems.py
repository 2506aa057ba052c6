"""What the commands about theorems share: collecting theorems, and showing verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.text import Text

from tptheory.cli.guarding import Guard
from tptheory.cli.shell import (
    PROVED,
    REFUTED,
    STYLES,
    UNDECIDED,
    WRONG_INPUT,
    current_progress,
    printable,
    tell_fault,
    words_of,
)
from tptheory.cli.watching import CommandProgress
from tptheory.deciding.outcomes import OUTCOMES
from tptheory.errors import TptheoryError, raised
from tptheory.signals import was_sent

if TYPE_CHECKING:
    from tptheory.claims.theorem import Theorem
    from tptheory.deciding.verdicts import Verdict

VERDICTS = ("proved", "refuted", "undecided")
MOST_TOLD = 5
"""How many theorems are named, at the most, where the exit status is explained."""


def collected(targets: Sequence[str] | None) -> dict[str, Theorem]:
    """Return the theorems that the targets name, each by its node, ``FILE.py::NAME``, on the command line.

    A file that does not import, and a theorem that returns no claim, is told in one line and left out: the command
    settles the others, and ends with the status of wrong input.

    Raises:
        TptheoryError: if a target names nothing.
        Exit: if nothing is left.
    """
    progress, faults = current_progress(), dict[str, str]()
    theorems: dict[str, Theorem] = {}
    with closing(Guard()) as guard:
        for target in targets or (None,):
            for node, theorem in _found(target, _Trial(progress, guard, faults)):
                theorems.setdefault(node, theorem)
    progress.finish()
    for said in faults.values():
        tell_fault(said)
    if faults and not theorems:
        raise typer.Exit(WRONG_INPUT)
    return theorems


def _found(target: str | None, tried: _Trial) -> Iterator[tuple[str, Theorem]]:
    """Yield the theorems of a target, each with its node; those of the package where no target is given."""
    from tptheory.claims.theorem import named_files, of_that_name, theorems_of

    files, name = named_files(target)
    found: list[Theorem] = []
    for file in files:
        found += tried(_as_typed(target, file), partial(theorems_of, file)) or []
    for theorem in of_that_name(found, name) if found or not tried.faults else []:
        node = f"{_as_typed(target, theorem.path)}::{theorem.name}"
        if tried(node, partial(getattr, theorem, "claim")) is not None:
            yield node, theorem


def _as_typed(target: str | None, file: Path) -> str:
    """Return the path of a file of a target as the user wrote it; in a folder, with the name of the file."""
    from tptheory.claims.theorem import THEOREMS

    path = Path((target or THEOREMS).partition("::")[0])
    return str(path if path.suffix == ".py" else path / file.name)


@dataclass(frozen=True)
class _Trial:
    """Runs files and theorems of users, one after the other.

    Attributes:
        progress: where it is told which is run.
        guard: what each must leave as it was.
        faults: by name, why one is left out.
    """

    progress: CommandProgress
    guard: Guard
    faults: dict[str, str]

    def __call__(self, name: str, run: Callable[[], Any]) -> Any:
        """Return what a file or theorem gives; None if it is faulty, and why is then noted."""
        self.progress.begin(name)
        found = None
        if name in self.progress.faults:
            self.faults[name] = f"{name!r} must return (it {self.progress.faults[name]})."
            return None
        try:
            found = run()
        except TptheoryError as error:
            self.faults[name] = words_of(error)
        except KeyboardInterrupt as stop:
            if was_sent(stop):
                raise
            self.faults[name] = f"{name!r} must return (it raised {raised(stop)})."
        except (OSError, ValueError) as error:  # what it printed could not be written
            self.faults[name] = f"{name!r} must return (it raised {raised(error)})."
        changed = self.guard.mended(self.progress)
        if changed:
            self.faults[name] = f"{name!r} must leave the command as it is (it {changed})."
        return None if name in self.faults else found


LEGEND = {
    "cofactors": "the multiples of hypotheses that a proof adds up",
    "width": "the sum of the sizes of a counterexample",
    "minimal": "whether nothing smaller breaks the claim",
}
"""What the words of a table of verdicts mean."""


class VerdictTable:
    """A table of verdicts whose rows are printed as they come.

    A row begins with the theorem's node where all nodes fit the screen. Else the rows are grouped: the name of each
    file has a line of its own, and a row begins with the name of the theorem. A name that is too long for its column
    has a line of its own too.

    Args:
        out: where to print.
        nodes: all nodes that will be printed.
        columns: the keys of the facts that stand between verdict and time, and the alignment of each.
    """

    def __init__(self, out: Console, nodes: Sequence[str], columns: Mapping[str, str]) -> None:
        self.out, self.columns = out, columns
        self._file, self._width = "", 0
        room = out.width - len(self._row("", "", [""] * len(columns), ""))
        self._grouped = max(map(len, nodes)) > room
        self._width = min(max(len(self._label(node)) for node in nodes), max(room, len("theorem")))
        self._head = self._row("theorem", "verdict", list(columns), "ms")

    def _label(self, node: str) -> str:
        return f"  {node.partition('::')[2]}" if self._grouped else node

    def _row(self, label: str, verdict: str, values: Sequence[Any], time: str) -> str:
        cells = "".join(f"  {v:{align}}" for v, align in zip(values, self.columns.values(), strict=True))
        return f"{label:{self._width}}  {verdict:9}{cells}  {time:>7}"

    def print(self, node: str, facts: Mapping[str, Any], mark: Text | None = None) -> None:
        """Print one row, with a mark at its end."""
        if self._head:
            self.out.print(Text(self._head, "dim"))
        self._head = ""
        file = node.partition("::")[0]
        if self._grouped and file != self._file:
            self.out.print(file)
        self._file = file
        values = ["-" if facts[key] is None else facts[key] for key in self.columns]
        verdict = facts["verdict"]
        label = self._label(node)
        if len(label) > self._width:
            self.out.print(label)
            label = ""
        row = Text(self._row(label, verdict, values, f"{1000 * facts['seconds']:,.0f}"))
        row.stylize(facts.get("style", STYLES[verdict]), self._width, self._width + 2 + len(verdict))
        self.out.print(row.append_text(mark) if mark else row)

    def print_legend(self, *keys: str) -> None:
        """Say what the words of a table mean, each in a line."""
        for key in keys:
            self.out.print(Text(f"{key}: {LEGEND[key]}", "dim"))

    def print_distrusted(self, facts: Mapping[str, Any]) -> None:
        """Say under a row why the stored verdict was not used, if there is one."""
        if "distrusted" in facts:
            self.print_below(f"what was stored is not used: {facts['distrusted']}", cut=False)

    def print_below(self, text: str, cut: bool) -> None:
        """Print text under a row, its lines cut to the screen or whole."""
        for line in text.splitlines():
            self.out.print("    " + (shorten(printable(line), self.out.width - 4) if cut else printable(line)))


def style_of(expected: str, found: str) -> str:
    """Return the style of a verdict, given what was expected and found."""
    outcome = OUTCOMES[expected, found]
    if found == "undecided":
        return STYLES[found]
    return "bold red" if outcome.is_surprise else "bold green" if outcome.news else "green"


def settled_summary(pairs: Sequence[tuple[str, str]], seconds: float) -> Text:
    """Say how many verdicts there are of each kind, given what was expected and found, and how long they took."""
    counts = Counter(OUTCOMES[pair].words for pair in pairs)
    styles = {outcome.words: style_of(*pair) for pair, outcome in OUTCOMES.items()}
    said = [Text(f"{counts[words]} {words}", style) for words, style in styles.items() if counts[words]]
    return Text(", ").join(said or [Text("0 proved")]).append(f" in {seconds:.1f} s")


def settled_status(pairs: Iterable[tuple[str, str]]) -> int:
    """Return the exit status of several verdicts, given what was expected and found: the worst of theirs."""
    surprises = {found for expected, found in pairs if OUTCOMES[expected, found].is_surprise}
    return REFUTED if surprises - {"undecided"} else UNDECIDED if surprises else PROVED


def told_outcomes(outcomes: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    """Yield what became of each open conjecture that is settled, and then in one line why the status is not 0.

    Args:
        outcomes: what was expected and found of each theorem, by its node.
    """
    for node, pair in outcomes.items():
        if OUTCOMES[pair].news:
            yield f"{node}: {OUTCOMES[pair].news}"
    status = settled_status(outcomes.values())
    reasons = [f"{node} is {OUTCOMES[pair].words}" for node, pair in outcomes.items() if OUTCOMES[pair].is_surprise]
    more = [f"and {len(reasons) - MOST_TOLD} more"] if len(reasons) > MOST_TOLD else []
    if status != PROVED:
        yield f"exit status {status}: {'; '.join([*reasons[:MOST_TOLD], *more])}"


def facts_of(verdict: Verdict) -> dict[str, Any]:
    """Return what a verdict says, as data."""
    from tptheory.deciding.verdicts import Proved, Undecided
    from tptheory.typesetting.claims import definitions_text

    facts: dict[str, Any] = {
        "verdict": verdict.word,
        "statement": verdict.claim.statement(),
        "definitions": definitions_text(verdict.claim),
        "assumptions": list(verdict.assumptions),
        "method": None,
        "cofactors": None,
        "seconds": getattr(verdict, "seconds", 0.0),
    }
    if isinstance(verdict, Proved):
        return facts | {"method": verdict.method, "cofactors": verdict.certificate.cofactors}
    if isinstance(verdict, Undecided):
        return facts | {"reason": verdict.reason, "evidence": verdict.evidence}
    return facts


def in_brief(verdict: Verdict, width: int) -> str:
    """Explain a verdict; of a refuted one say what is false, where, and in which sense nothing smaller breaks it."""
    from tptheory.deciding.verdicts import Refuted
    from tptheory.typesetting.claims import definitions_text

    if not isinstance(verdict, Refuted):
        return verdict.explain()
    found = verdict.counterexample
    title = shorten(f"Counterexample to: {found.claim.statement()}", width)
    where = definitions_text(found.claim)
    return "\n".join([title, found.text(width), found.smallness, *([where] if where else [])])
