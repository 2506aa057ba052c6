"""Time `simulate_ensemble` against `simulate` in a loop over the same nets.

    python -m tests.benchmarks.ensembles [--members 1000] [--steps 60] [--repetitions 5] [--json FILE]

Both sides get the same nets of widths 4-4-4-4, an input and a target each, and take the same steps; they run in turns
in one process and on one thread, and the medians are reported. The loop compiles the rule for each net, since that is
what a loop over `simulate` does; "steps alone" leaves that out of it: the loop with as many steps again, less the loop.
The runs must be equal to 1e-12 of the largest entry, or nothing is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np  # after the number of threads is set

from tptheory import RULES, simulate, simulate_ensemble
from tptheory.simulation.trajectories import Ensemble, Run

WIDTH, DEPTH = 4, 3
LR = 0.01


def draw(members: int, seed: int = 0) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    """Draw orthogonal weights of size 4, moved a little, and unit inputs and targets, so that no net is chaotic."""
    rng = np.random.default_rng(seed)
    weights = [
        np.linalg.qr(rng.standard_normal((members, WIDTH, WIDTH)))[0]
        + 0.1 * rng.standard_normal((members, WIDTH, WIDTH))
        for _ in range(DEPTH)
    ]
    x, y = (rng.standard_normal((members, WIDTH)) for _ in range(2))
    return weights, x / np.linalg.norm(x, axis=1, keepdims=True), y / np.linalg.norm(y, axis=1, keepdims=True)


def farthest(run: Ensemble, singles: Sequence[Run]) -> float:
    """Return the largest difference of weights, error signals and losses, over the largest entry of each array."""
    worst = 0.0
    for i, single in enumerate(singles):
        member = run.member(i)
        if (member.steps, member.status) != (single.steps, single.status):
            return float("inf")
        pairs = [*zip(member.weights, single.weights, strict=True), (member.loss, single.loss)]
        pairs += zip(member.error_signals, single.error_signals, strict=True)
        worst = max(worst, *(float(np.abs(a - b).max() / np.abs(b).max()) for a, b in pairs))
    return worst


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds that a call takes, and what it returns."""
    started = perf_counter()
    result = run()
    return perf_counter() - started, result


def measure(name: str, members: int, steps: int, repetitions: int) -> dict[str, Any]:
    """Measure one rule, both sides in turns."""
    rule, (weights, x, y) = RULES[name](), draw(members)

    def loop(count: int) -> list[Run]:
        return [simulate(rule, [W[i] for W in weights], x[i], y[i], lr=LR, steps=count) for i in range(members)]

    def stack(count: int) -> Ensemble:
        return simulate_ensemble(rule, weights, x, y, lr=LR, steps=count)

    seconds: dict[str, list[float]] = {"stack": [], "loop": [], "twice": []}
    for _ in range(repetitions):
        taken, run = timed(lambda: stack(steps))
        seconds["stack"].append(taken)
        taken, singles = timed(lambda: loop(steps))
        seconds["loop"].append(taken)
        difference = farthest(run, singles)
        assert difference < 1e-12, f"{name}: the ensemble differs by {difference:.1e}"
        del run, singles
        seconds["twice"].append(timed(lambda: loop(2 * steps))[0])
    middle = {key: median(values) for key, values in seconds.items()}
    return {
        "members": members,
        "steps": steps,
        "ensemble": middle["stack"],
        "loop": middle["loop"],
        "times": middle["loop"] / middle["stack"],
        "steps alone": (middle["twice"] - middle["loop"]) / middle["stack"],
        "difference": difference,
    }


def main() -> int:
    """Run the benchmark, and print one table."""
    parser = argparse.ArgumentParser(description="Ensembles, against a loop.")
    parser.add_argument("--members", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--rules", nargs="+", default=["bp", "tp"])
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    arguments = parser.parse_args()
    rows = {name: measure(name, arguments.members, arguments.steps, arguments.repetitions) for name in arguments.rules}
    print(f"{'rule':10}{'ensemble s':>12}{'loop s':>10}{'times':>8}{'steps alone':>13}{'difference':>12}")  # noqa: T201
    for name, row in rows.items():
        times = f"{row['ensemble']:12.3f}{row['loop']:10.2f}"
        print(f"{name:10}{times}{row['times']:8.1f}{row['steps alone']:13.1f}{row['difference']:12.1e}")  # noqa: T201
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
