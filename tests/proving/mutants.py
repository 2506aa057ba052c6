"""A task for sweeps: what becomes of the mutants of the theorems, one a cell.

tptheory sweep tests/proving/mutants.py::judge number=0..1199 --out mutants.jsonl
"""

import sys
from functools import cache
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1])] if str(Path(__file__).parents[1]) not in sys.path else []

from oracles.judging import judged  # noqa: E402
from oracles.mutation import mutants  # noqa: E402
from oracles.theorems import conjuncts, proved  # noqa: E402

from tptheory import decide  # noqa: E402


@cache
def many(count: int) -> tuple:
    """Return the mutants, the same each time."""
    return tuple(mutants(conjuncts(proved()), count, seed=0))


def judge(*, number: int, count: int = 1200, seconds: float = 1.5, draws: int = 24) -> dict[str, str]:
    """Decide mutant ``number`` of ``count``, and say how the verdict stands up to a second evaluation."""
    mutant = many(count)[number]
    word, why = judged(mutant.claim, decide(mutant.claim, seconds), draws)
    return {"operator": mutant.operator, "word": word, "claim": mutant.claim.statement() + why}
