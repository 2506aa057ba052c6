"""The other side: Singular's Letterplace, given the problem as text.

Letterplace has no types, so it gets the words without them. Two tasks: ``member`` is a two-sided standard basis up to
the bound and the normal form of the goal; ``lift`` is the goal's cofactors. A ring for ``lift`` needs a larger bound,
for the places of generators beside the words.
"""

from __future__ import annotations

import shutil
import subprocess
from threading import Timer
from typing import NamedTuple

from tests.benchmarks.own_process import OwnProcess
from tests.benchmarks.problem import Problem
from tptheory.proving.words import Polynomial

SINGULAR = shutil.which("Singular")
COMMAND = [SINGULAR or "Singular", "-q", "--no-rc"]
LIBRARY = 'LIB "freealgebra.so";'  # what freegb.lib rests on, and 10 ms sooner ready
CLOCK = 'system("--ticks-per-sec",1000000); int t;'
TASKS = {
    "member": "t=rtimer; J=twostd(I); f=reduce(g,J); t=rtimer-t; t,int(f==0);",
    "lift": "t=rtimer; M=lift(I,g); t=rtimer-t; t,int(size(ideal(M))>0 or g==0);",
}
MEMBER, LIFT = TASKS


class Ordering(NamedTuple):
    """A term order by length, then by letters from the left (``Dp``) or from the right (``dp``); and the letters'."""

    name: str
    ours: bool

    def __str__(self) -> str:
        """Show the order."""
        return self.name + ("" if self.ours else "'")


ORDERINGS = [Ordering(name, ours) for name in ("Dp", "dp") for ours in (True, False)]


def setup(problem: Problem, task: str, bound: int, ordering: Ordering, number: int = 0) -> str:
    """Return the text that declares a ring, the hypotheses and the goal.

    Singular's first letter is its greatest; ours is the last.
    """
    everything = [*problem.hypotheses, problem.goal]
    letters = sorted({a for p in everything for _, word in p.terms for a in word}, reverse=ordering.ours)
    names = {letter: f"x{i}" for i, letter in enumerate(letters)}
    order, places = ordering.name, ""
    if task == LIFT:
        order, places = f"(c,{order})", f",{len(problem.hypotheses)}"
    hypotheses = ",\n".join(text(p, names) for p in problem.hypotheses)
    return (
        f"ring r{number}=0,({','.join(names.values())}),{order};\n"
        f"def R{number}=freeAlgebra(r{number},{bound}{places}); setring R{number};\n"
        f"ideal I={hypotheses};\npoly g={text(problem.goal, names)};\nideal J; poly f; matrix M;\n"
    )


def text(p: Polynomial, names: dict[str, str]) -> str:
    """Return a polynomial as Singular reads it."""
    terms = ["*".join([f"({c})", *(names[letter] for letter in word)]) for (_, word), c in p.terms.items()]
    return "+".join(terms) or "0"


class Session(OwnProcess):
    """A running Singular that answers line by line, so that its start is not measured.

    Args:
        seconds: how long an answer may take; then the process is ended, and every answer is empty.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        super().__init__(
            subprocess.Popen(
                COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
        )
        self._rings = 0
        self.ask(LIBRARY + CLOCK)

    @property
    def alive(self) -> bool:
        """Whether no answer has taken too long."""
        return self._process.poll() is None

    def ask(self, command: str) -> list[str]:
        """Run a command, and return the lines that it prints."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        if not self.alive:
            return []
        timer = Timer(self._seconds, self._process.kill)
        timer.start()
        stdin.write(f'{command}\n"end of answer";\n')
        stdin.flush()
        lines = []
        while (line := stdout.readline()) and line.strip() != "end of answer":
            lines.append(line.strip())
        timer.cancel()
        timer.join()
        return lines if line else []

    def load(self, problem: Problem, task: str, bound: int, ordering: Ordering) -> int:
        """Declare a problem, and return the number of its ring."""
        self._rings += 1
        self.ask(setup(problem, task, bound, ordering, self._rings))
        return self._rings

    def run(self, ring: int, task: str) -> float | None:
        """Return the seconds that a task took by Singular's own clock, or None where it failed."""
        answer = self.ask(f"setring R{ring}; {TASKS[task]}")
        if len(answer) != 1 or not answer[0].endswith(" 1"):
            return None
        return int(answer[0].split()[0]) / 1e6
