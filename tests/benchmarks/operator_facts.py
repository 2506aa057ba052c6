"""Time the operator facts of THEORY 8 against Singular's Letterplace.

    python -m tests.benchmarks.operator_facts [--repetitions 7] [--patience 20] [--json FILE]

Both sides get the same polynomials, over the same letters, and the same bound on the length of words: the smallest at
which both succeed. Two tasks are timed, warm and each by its own clock, in turns, and the medians are reported:

- cofactors: ours, the search that stops when the goal is reached, and the goal's combination of hypotheses written out;
  theirs, ``lift``, in a ring with the smallest larger bound at which it succeeds, since it needs places for generators.
  Where it does not within the patience, or twice the bound, nothing is reported, and both totals leave the fact out.
- membership: the whole basis up to the bound without a look at the goal, then the goal reduced to 0; ``twostd`` and
  ``reduce`` on their side, the same on ours.

Of Singular's orderings by length (``Dp``, ``dp``, letters in our order or the reverse, marked ') the quickest is taken
for each fact and task. ``prove`` is everything that a user waits for: translation, both of our term orders where the
proof is long, certificate and checker. Cold figures are whole processes from start to end, with their peak memory:
``prove`` is all of tptheory with SymPy, ``kernel`` is the completion alone and reads words, as Singular does. Hartwig's
law outweighs the rest, so that there is a total without it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from tests.benchmarks.facts import FACTS
from tests.benchmarks.letterplace import (
    CLOCK,
    COMMAND,
    LIBRARY,
    LIFT,
    MEMBER,
    ORDERINGS,
    SINGULAR,
    TASKS,
    Ordering,
    Session,
    setup,
)
from tests.benchmarks.problem import Problem, problem_of
from tptheory import prove

HERE = Path(__file__).parent
WARM = ["ours", "lift", "ours whole", "member", "prove"]
COLD = ["prove cold", "kernel cold", "singular cold"]
MEMORY = ["prove MB", "kernel MB", "singular MB"]
PROCESSES = 5
ROOM = 4
"""How much larger than twice the bound a ring for ``lift`` may be."""


def timed(run: Callable[[], Any]) -> float:
    """Return the seconds that a successful call takes."""
    started = perf_counter()
    result = run()
    seconds = perf_counter() - started
    assert result, "a fact was not proved"
    return seconds


def common_bound(problem: Problem, session: Session) -> int:
    """Return the smallest bound at which both sides succeed."""
    for bound in count(problem.degree):
        if problem.solve(bound) is not None:
            rings = (session.load(problem, MEMBER, bound, ordering) for ordering in ORDERINGS)
            if any(session.run(ring, MEMBER) is not None for ring in rings):
                return bound
    raise AssertionError("the count has no end")


def best(
    problem: Problem, session: Session, task: str, bounds: Iterable[int], patience: float
) -> tuple[int, Ordering, int] | tuple[None, None, None]:
    """Return ring, ordering and bound: the quickest ordering at the first bound at which any succeeds."""
    deadline = perf_counter() + patience
    for bound in bounds:
        found = []
        for ordering in ORDERINGS:
            ring = session.load(problem, task, bound, ordering)
            runs = [session.run(ring, task)]
            if runs[0] is not None:
                runs += [session.run(ring, task), session.run(ring, task)]
                found.append((min(s for s in runs if s is not None), ring, ordering))
            if not session.alive:
                return None, None, None
        if found:
            _, ring, ordering = min(found)
            return ring, ordering, bound
        if perf_counter() > deadline:
            break
    return None, None, None


def warm(repetitions: int, patience: float) -> tuple[dict[str, dict[str, Any]], dict[str, Problem]]:
    """Measure every fact within running processes, ours and theirs in turns."""
    rows: dict[str, dict[str, Any]] = {}
    problems = {name: problem_of(claim) for name, claim in FACTS.items()}
    with ExitStack() as stack:
        session = stack.enter_context(Session(patience))
        lifting = {name: stack.enter_context(Session(patience)) for name in problems}
        rings = {}
        for name, problem in problems.items():
            bound = common_bound(problem, session)
            ring, ordering, _ = best(problem, session, MEMBER, [bound], patience)
            assert ring is not None, f"Singular lost patience with {name}; give it more"
            lift_ring, *lift = best(problem, lifting[name], LIFT, range(bound, 2 * bound + ROOM), patience)
            rings[name] = {MEMBER: ring, LIFT: lift_ring}
            rows[name] = {
                "bound": bound,
                "ordering": str(ordering),
                "lift ordering": "" if lift_ring is None else "{} {}".format(*lift),
                "cofactors": found.cofactors if (found := problem.solve(bound)) else 0,
                **{key: [] for key in WARM},
            }
        for _ in range(repetitions):
            for name, problem in problems.items():
                row = rows[name]
                row["ours"].append(timed(lambda p=problem, b=row["bound"]: p.solve(b) is not None))
                if rings[name][LIFT] is not None:
                    row["lift"].append(lifting[name].run(rings[name][LIFT], LIFT))
                row["ours whole"].append(timed(lambda p=problem, b=row["bound"]: p.member(b)))
                row["member"].append(session.run(rings[name][MEMBER], MEMBER))
                row["prove"].append(timed(lambda c=FACTS[name]: prove(c).proved))
    for row in rows.values():
        if None in row["lift"]:
            row["lift"], row["lift ordering"] = [], "failed"
        row.update({key: median(row[key]) if row[key] else None for key in WARM})
    return rows, problems


def as_data(problem: Problem, bound: int) -> dict[str, Any]:
    """Return a problem as the kernel reads it from a file."""
    size = problem.alphabet.named.item
    letters = [[letter, *map(size, shape)] for letter, shape in problem.alphabet.shapes.items() if shape]
    polynomials = [
        [size(p.rows), size(p.columns), [[word, c] for (_, word), c in p.terms.items()]]
        for p in (*problem.hypotheses, problem.goal)
    ]
    return {"letters": letters, "polynomials": polynomials, "bound": bound}


def singular_text(names: list[str], rows: dict[str, dict[str, Any]], problems: dict[str, Problem]) -> str:
    """Return a file for Singular that decides membership for some facts."""
    parts = [LIBRARY + CLOCK]
    for number, name in enumerate(names):
        ordering = next(o for o in ORDERINGS if str(o) == rows[name]["ordering"])
        parts += [setup(problems[name], MEMBER, rows[name]["bound"], ordering, number), TASKS[MEMBER]]
    return "\n".join([*parts, "quit;\n"])


def cold(names: list[str], rows: dict[str, dict[str, Any]], problems: dict[str, Problem]) -> dict[str, Any]:
    """Measure whole processes that settle some facts, in turns; return medians of milliseconds and megabytes."""
    seconds: dict[str, list[float]] = {"prove": [], "kernel": [], "singular": []}
    memory: dict[str, list[float]] = {key: [] for key in seconds}
    with tempfile.TemporaryDirectory() as folder:
        files = {key: Path(folder) / key for key in seconds}
        files["prove"].write_text(json.dumps(names), encoding="utf-8")
        data = [as_data(problems[name], rows[name]["bound"]) for name in names]
        files["kernel"].write_text(json.dumps(data), encoding="utf-8")
        files["singular"].write_text(singular_text(names, rows, problems), encoding="utf-8")
        python = [sys.executable, str(HERE / "child.py")]
        commands = {
            "prove": [*python, "prove", str(files["prove"])],
            "kernel": [*python, "kernel", str(files["kernel"])],
            "singular": [*COMMAND, str(files["singular"])],
        }
        for _ in range(PROCESSES):
            for key, command in commands.items():
                launcher = [sys.executable, "-I", "-S", str(HERE / "measure.py"), *command]
                done = subprocess.run(launcher, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
                measured = json.loads(done.stdout)
                answers = measured["output"].split("\n")[:-1]
                proved = sum(a.endswith(" 1") for a in answers) if key == "singular" else int(answers[0])
                assert proved == len(names), measured["output"]
                seconds[key].append(measured["seconds"])
                memory[key].append(measured["kilobytes"])
    return {
        **{f"{key} cold": median(values) for key, values in seconds.items()},
        **{f"{key} MB": median(values) / 1024 for key, values in memory.items()},
    }


def table(rows: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Return the lines of the table; times in milliseconds, ratios ours to theirs."""
    columns = [
        ("bound", "bound", 5, "{}", 1),
        ("ours", "ours", 8, "{:.2f}", 1e3),
        ("lift", "lift", 9, "{:.2f}", 1e3),
        ("lift ratio", "ratio", 6, "{:.2f}", 1),
        ("lift ordering", "(order)", 8, "{}", 1),
        ("ours whole", "ours", 9, "{:.2f}", 1e3),
        ("member", "member", 8, "{:.2f}", 1e3),
        ("member ratio", "ratio", 6, "{:.2f}", 1),
        ("ordering", "(order)", 8, "{}", 1),
        ("prove", "prove", 8, "{:.1f}", 1e3),
        *((key, key.split()[0][:6], 8, "{:.0f}", 1e3) for key in COLD),
        *((key, key.split()[0][:6], 7, "{:.0f}", 1) for key in MEMORY),
    ]
    yield f"{'':34}{'cofactors, warm':>36}{'membership, warm':>31}{'':8}{'cold process, ms':>24}{'peak MB':>21}"
    yield f"{'milliseconds':34}" + "".join(f"{head:>{width}}" for _, head, width, _, _ in columns)
    for name, row in rows.items():
        cells = []
        for key, _, width, form, factor in columns:
            value = row.get(key)
            value = value if isinstance(value, str) else "-" if value is None else form.format(value * factor)
            cells.append(f"{value:>{width}}")
        yield f"{name:34}" + "".join(cells)


def summed(rows: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the sum of times, of the facts that both sides settle, and the most memory."""
    total = {key: sum(row[key] for row in rows.values()) for key in ("ours whole", "member", "prove", *COLD)}
    lifted = [row for row in rows.values() if row["lift"] is not None]
    total |= {key: sum(row[key] for row in lifted) for key in ("ours", "lift")}
    total |= {key: max(row[key] for row in rows.values()) for key in MEMORY}
    return total


def main() -> int:
    """Run the benchmark, and print one table."""
    parser = argparse.ArgumentParser(description="Operator facts, against Singular's Letterplace.")
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--patience", type=float, default=20.0, help="seconds that Singular may take for one fact")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    arguments = parser.parse_args()
    if SINGULAR is None:
        print("skipped: Singular is not installed (package singular in Debian)")  # noqa: T201
        return 0
    rows, problems = warm(arguments.repetitions, arguments.patience)
    for name in FACTS:
        rows[name].update(cold([name], rows, problems))
    together = cold(list(FACTS), rows, problems)
    rest = summed({name: row for name, row in rows.items() if not name.startswith("Hartwig")})
    rows["total; the most memory"] = summed(rows)
    rows["the same without Hartwig's law"] = rest
    for row in rows.values():
        row["lift ratio"] = row["ours"] / row["lift"] if row["lift"] else None
        row["member ratio"] = row["ours whole"] / row["member"]
    rows["all facts in one process"] = together
    for line in table(rows):
        print(line)  # noqa: T201
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
