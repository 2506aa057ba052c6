"""Decide every statement under a time limit, and compare each verdict with the known truth.

    python -m tests.benchmarks.statements.run [--limit 20] [--hundred | --textbooks | --papers | --literature]
        [--area WORD] [--only WORD] [--json FILE]

``decide`` gets the limit for each statement, for proof and counterexample together. A verdict is right, wrong or
undecided; a statement that cannot be built, or that ``decide`` refuses, is refused, and one on which it raises any
other error, or does not come back within three times the limit, has crashed. The exit status is 1 if any verdict is
wrong. Times are those of the statements that were decided, in one process, in the order of the list.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from types import FrameType

from tests.benchmarks.statements.hundred import EVERY, HUNDRED, LITERATURE, PAPERS, TEXTBOOKS
from tests.benchmarks.statements.statement import Statement
from tptheory import TptheoryError, decide
from tptheory.deciding.verdicts import Verdict

OUTCOMES = ("right", "wrong", "undecided", "refused", "crashed")
PATIENCE = 3
"""How many times the limit a statement may take before it counts as crashed."""


class OutOfPatienceError(BaseException):
    """Raised where ``decide`` does not come back; not an ``Exception``, so that no search takes it for its own."""


@dataclass(frozen=True)
class Outcome:
    """What came of one statement: a word of `OUTCOMES`, the seconds that it took, and a remark."""

    name: str
    area: str
    true: bool
    outcome: str
    seconds: float
    remark: str = ""


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise OutOfPatienceError


def judged(statement: Statement, verdict: Verdict) -> tuple[str, str]:
    """Compare a verdict with the truth; return a word of `OUTCOMES`, and the reason of what is undecided."""
    if not (verdict.proved or verdict.refuted):
        return "undecided", str(getattr(verdict, "reason", ""))
    return ("right" if verdict.proved == statement.true else "wrong"), verdict.word


def settle(statement: Statement, limit: float) -> Outcome:
    """Decide one statement."""
    signal.signal(signal.SIGALRM, _interrupt)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE * limit)
    started = perf_counter()
    try:
        outcome, remark = judged(statement, decide(statement.claim(), seconds=limit))
    except TptheoryError as error:
        outcome, remark = "refused", f"{type(error).__name__}: {error}"
    except OutOfPatienceError:
        outcome, remark = "crashed", f"no answer after {PATIENCE * limit:g} s"
    except Exception as error:
        outcome, remark = "crashed", f"{type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return Outcome(statement.name, statement.area, statement.true, outcome, perf_counter() - started, remark)


def table(outcomes: list[Outcome]) -> Iterator[str]:
    """Return the lines of the table: how many statements of each area and truth came to each outcome."""
    yield f"{'area':34}{'truth':7}" + "".join(f"{word:>11}" for word in OUTCOMES)
    areas = dict.fromkeys(outcome.area for outcome in outcomes)
    for area in [*areas, "all"]:
        for true in (True, False):
            of_it = [o.outcome for o in outcomes if o.true == true and area in (o.area, "all")]
            counts = "".join(f"{of_it.count(word):>11}" for word in OUTCOMES)
            yield f"{area:34}{'true' if true else 'false':7}{counts}"
    times = sorted(o.seconds for o in outcomes if o.outcome in ("right", "wrong"))
    if len(times) > 1:
        slow = quantiles(times, n=10, method="inclusive")[-1]
        yield f"decided {len(times)} of {len(outcomes)}: median {median(times):.2f} s, 90th percentile {slow:.2f} s"


def chosen(arguments: argparse.Namespace) -> list[Statement]:
    """Return the statements that were asked for."""
    lists = {"hundred": HUNDRED, "textbooks": TEXTBOOKS, "papers": PAPERS, "literature": LITERATURE}
    statements = next((lists[name] for name in lists if getattr(arguments, name)), EVERY)
    return [s for s in statements if arguments.area in s.area and arguments.only in s.name]


def main() -> int:
    """Run the benchmark, print each verdict as it comes and one table at the end."""
    parser = argparse.ArgumentParser(description="Statements of the literature, true and false, and their verdicts.")
    parser.add_argument("--limit", type=float, default=20.0, help="seconds for each statement")
    parser.add_argument("--hundred", action="store_true", help="only the hundred that are known best")
    parser.add_argument("--textbooks", action="store_true", help="only those that were chosen from textbooks")
    parser.add_argument("--papers", action="store_true", help="only those that were chosen from papers")
    parser.add_argument("--literature", action="store_true", help="only those that were chosen last, from all of these")
    parser.add_argument("--area", default="", help="only areas with this in their name")
    parser.add_argument("--only", default="", help="only statements with this in their name")
    parser.add_argument("--json", type=Path, help="write the outcomes to this file too")
    arguments = parser.parse_args()
    outcomes = []
    for statement in chosen(arguments):
        outcome = settle(statement, arguments.limit)
        outcomes.append(outcome)
        truth = "true " if outcome.true else "false"
        note = f"  [{outcome.remark[:150]}]" if outcome.outcome not in ("right", "undecided") else ""
        print(f"{outcome.outcome:10}{outcome.seconds:7.2f} s  {truth}  {outcome.name}{note}", flush=True)  # noqa: T201
        if arguments.json:
            data = [asdict(o) for o in outcomes]
            arguments.json.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for line in table(outcomes):
        print(line)  # noqa: T201
    return int(any(o.outcome == "wrong" for o in outcomes))


if __name__ == "__main__":
    sys.exit(main())
