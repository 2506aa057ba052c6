"""Decide random claims, and judge every verdict: ``PYTHONPATH=.:tests python -m deciding.random_claims --count 500``.

Run it at the root of the repository. Every claim is made from its number alone, so that a run can be repeated, taken
apart, or one claim be looked at: ``--first 1234 --count 1 --show``.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from oracles.claims import RandomClaim, random_claim
from oracles.verdicts import ambiguous_names, judge

import tptheory
from tptheory import TptheoryError, decide

PACKAGE = str(Path(tptheory.__file__).parent)
WORDS = ("proved", "refuted", "undecided", "refused", "unbuildable", "crashed", "contradicted")


@dataclass(frozen=True)
class Answer:
    """What became of one claim.

    Attributes:
        seed: the number of the claim.
        kind: its class.
        origin: what it was made from.
        word: one of `WORDS`; "unbuildable" if SymPy itself refuses to build it.
        said: the error, or the contradiction.
        unjudged: why the judge could not tell.
        statement: the claim, as tptheory writes it.
    """

    seed: int
    kind: str
    origin: str
    word: str
    said: str = ""
    unjudged: str = ""
    statement: str = ""


BATCH = 1000
"""How many claims a pool of processes decides before it makes room for a fresh one, since caches grow."""


def answer(seed: int, seconds: float = 0.5, claim: RandomClaim | None = None) -> Answer:
    """Decide the claim of a number, and judge the verdict."""
    claim = claim or random_claim(seed)
    about = (seed, claim.kind, claim.origin)
    statement, at = "", "building"
    try:
        built, simplified = claim.build()
        statement, at = built.statement(), "deciding"
        verdict = decide(built, seconds)
    except TptheoryError as error:
        return Answer(*about, "refused", f"{at}: {type(error).__name__}: {error}", statement=statement)
    except Exception as error:  # any other is a crash, and is told as one
        word = "unbuildable" if at == "building" and not through_package(error) else "crashed"
        where = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{at}: {type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"
        return Answer(*about, word, said, statement=statement)
    if claim.origin == "trap foreign_symbols" and (names := ambiguous_names(claim.term)):
        said = f"{verdict.word}, not refused: several symbols are called {', '.join(sorted(names))}"
        return Answer(*about, "contradicted", said, statement=statement)
    found = judge(claim.term, verdict, seed, simplified)
    word = "contradicted" if found.problem else verdict.word
    return Answer(*about, word, found.problem, found.unjudged, statement)


def through_package(error: Exception) -> bool:
    """Tell whether an error came through the code of tptheory."""
    return any(frame.filename.startswith(PACKAGE) for frame in traceback.extract_tb(error.__traceback__))


def answers(seeds: Iterable[int], seconds: float = 0.5, processes: int = 1) -> list[Answer]:
    """Decide the claims of several numbers, in several processes."""
    decided = partial(answer, seconds=seconds)
    if processes == 1:
        return [*map(decided, seeds)]
    found: list[Answer] = []
    left = iter(seeds)
    while batch := [*islice(left, BATCH)]:  # fresh processes, of which a dead one is an error
        with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
            found += pool.map(decided, batch, chunksize=10)
    return found


def table(found: list[Answer]) -> str:
    """Count what came out, by class."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for one in found:
        for row in (one.kind, "all"):
            counts[row][one.word] += 1
            counts[row]["unjudged"] += bool(one.unjudged)
    words = (*WORDS, "unjudged")
    lines = [" ".join([f"{'':16}", *(f"{word:>12}" for word in words)])]
    for kind in [*sorted(set(counts) - {"all"}), "all"]:
        lines.append(" ".join([f"{kind:16}", *(f"{counts[kind][word]:12}" for word in words)]))
    return "\n".join(lines)


def told(one: Answer) -> str:
    """Write what went wrong with a claim."""
    return f"{one.word} {one.seed} ({one.origin}): {one.statement}\n    {one.said}"


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line; the exit status is 1 if there is a contradiction or a crash."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--processes", type=int, default=1, help="0 for all cores")
    parser.add_argument("--show", action="store_true", help="show every claim, not only what went wrong")
    options = parser.parse_args(arguments)
    seeds = range(options.first, options.first + options.count)
    found = answers(seeds, options.seconds, options.processes or os.cpu_count() or 1)
    wrong = [one for one in found if one.word in ("contradicted", "crashed")]
    for one in found if options.show else wrong:
        sys.stdout.write(told(one) + "\n")
    sys.stdout.write(table(found) + "\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
