"""Prove facts in a process of its own, from nothing: ``python child.py prove|kernel FILE`` prints how many it proved.

``prove`` imports the whole of tptheory and its facts, and proves claims with certificates that the checker accepts;
FILE names the facts. ``kernel`` imports the completion alone, without SymPy, and reads polynomials in words from FILE,
as Singular does.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def prove_claims(names: list[str]) -> int:
    """Prove facts by name."""
    from tests.benchmarks.facts import FACTS
    from tptheory import prove

    return sum(prove(FACTS[name]).proved for name in names)


def solve_problems(problems: list[dict[str, Any]]) -> int:
    """Solve problems with the kernel alone: the packages around it are not run."""
    for name in ("tptheory", "tptheory.proving"):
        sys.modules[name] = ModuleType(name)
        sys.modules[name].__path__ = [str(ROOT.joinpath(*name.split(".")))]
    from tptheory.proving.completion import Completion
    from tptheory.proving.letters import Family, Letter, Size
    from tptheory.proving.limits import Limits
    from tptheory.proving.words import Alphabet, Polynomial

    solved = 0
    for problem in problems:
        alphabet = Alphabet()
        sizes: dict[str, Letter] = {}

        def size(name: int | str, sizes: dict[str, Letter] = sizes) -> Size:
            return name if isinstance(name, int) else sizes.setdefault(name, Letter(Family("number", name, name)))

        alphabet.shapes = {letter: (size(rows), size(columns)) for letter, rows, columns in problem["letters"]}
        *hypotheses, goal = (
            Polynomial(alphabet, size(rows), size(columns), {((), word): c for word, c in terms})
            for rows, columns, terms in problem["polynomials"]
        )
        limits = Limits(length=problem["bound"])
        solved += Completion(alphabet, hypotheses, limits).prove(goal) is not None
    return solved


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    run = {"prove": prove_claims, "kernel": solve_problems}[sys.argv[1]]
    print(run(json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))))  # noqa: T201
