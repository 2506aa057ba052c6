"""Time a training step against PyTorch, JAX and layerwise NumPy.

    python -m tests.benchmarks.training [--rounds 15] [--seconds 0.15] [--json FILE]

The net is 784-100-100-100-100-10 with biases, float32, softmax cross-entropy, from an orthogonal start; the images are
synthetic, of MNIST's shape (`synthetic`), and the same for all. Each trainer is a process of its own that may use two
threads; they are timed in turns, round after round, so that what else the machine does hits all alike. Only ratios
within one run mean something. Data that each library reads in place, and compilation, are not timed; steps are, loss
and accuracy aside. First every trainer makes 100 steps, and what changed is held against the layerwise oracle, in
float32 and in float64, as the largest relative difference (Frobenius norm) of any parameter's whole change.

OPENBLAS_CORETYPE is left out of the children's environment unless --keep-coretype is given: OpenBLAS then chooses its
own kernels, for every trainer that uses it. Trainers whose library is missing (the extras ``fast`` and ``bench``) are
skipped. Full-batch steps from second moments are timed apart, at two numbers of samples, in processes of their own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from tests.benchmarks.own_process import OwnProcess
from tests.benchmarks.trainers import TRAINERS, Layerwise, Trainer, synthetic
from tptheory.training.data import Array

ROOT = Path(__file__).resolve().parents[2]
CHECKED_STEPS = 100
WARM_UP = 80


class Child(OwnProcess):
    """A trainer in a process of its own, which answers line by line."""

    def __init__(self, name: str, batch: int, environment: dict[str, str]) -> None:
        super().__init__(
            subprocess.Popen(
                [sys.executable, "-m", "tests.benchmarks.trainers", name, str(batch)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                cwd=ROOT,
                env=environment,
            )
        )
        answer = self._read()
        self.facts: dict[str, Any] = json.loads(answer) if answer else {"missing": "an answer"}

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def ask(self, order: str) -> str:
        """Return the answer to a line."""
        assert self._process.stdin is not None
        self._process.stdin.write(order + "\n")
        self._process.stdin.flush()
        answer = self._read().strip()
        assert answer, f"a trainer ended at {order!r}"
        return answer


def changes(trainer: Trainer) -> list[Array]:
    """Return how far each parameter has moved after `CHECKED_STEPS` steps."""
    trainer.run(CHECKED_STEPS)
    start = [*trainer.problem.weights, *trainer.problem.biases]
    return [end.astype(np.float64) - A for end, A in zip(trainer.parameters(), start, strict=True)]


def difference(found: list[Array], expected: list[Array]) -> float:
    """Return the largest relative difference of any parameter's change."""
    return max(float(np.linalg.norm(a - b) / np.linalg.norm(b)) for a, b in zip(found, expected, strict=True))


def compared(child: Child, batch: int, oracles: list[list[Array]], folder: str) -> list[float]:
    """Return a trainer's differences from the oracles."""
    child.ask(f"time {CHECKED_STEPS}")
    file = Path(folder) / "parameters.npz"
    child.ask(f"save {file}")
    problem = synthetic(batch)
    with np.load(file, allow_pickle=False) as saved:
        found = [
            saved[name].astype(np.float64) - A
            for name, A in zip(saved.files, [*problem.weights, *problem.biases], strict=True)
        ]
    return [difference(found, oracle) for oracle in oracles]


def measure(
    batch: int, rounds: int, seconds: float, environment: dict[str, str], names: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Return, for each trainer, microseconds a step and differences from the oracles."""
    rows: dict[str, dict[str, Any]] = {}
    with threadpool_limits(1):  # two pools on two cores collide
        oracles = {
            rule: [changes(Layerwise(synthetic(batch, dtype), rule)) for dtype in ("float32", "float64")]
            for rule in ("bp", "tp")
        }
    children: dict[str, Child] = {}
    try:
        with tempfile.TemporaryDirectory() as folder:
            for name in names:
                print(f"starting {name}", file=sys.stderr, flush=True)  # noqa: T201
                child = children[name] = Child(name, batch, environment)
                if "missing" in child.facts:
                    rows[name] = {"skipped": child.facts["missing"]}
                    children.pop(name).__exit__(None, None, None)
                    continue
                oracle = oracles["tp" if name.endswith("TP") else "bp"]
                rows[name] = {**child.facts, "differences": compared(child, batch, oracle, folder), "times": []}
        steps = {}
        for name, child in children.items():
            rest = -CHECKED_STEPS % 40
            once = float(child.ask(f"time {WARM_UP + rest}"))
            steps[name] = max(1, round(seconds * 1e6 / once / 40)) * 40
        for _ in range(rounds):
            for name, child in children.items():
                rows[name]["times"].append(float(child.ask(f"time {steps[name]}")))
    finally:
        for child in children.values():
            child.__exit__(None, None, None)
    for row in rows.values():
        if "times" in row:
            row["median"], row["minimum"] = median(row["times"]), min(row["times"])
    return rows


def ratio(rows: dict[str, dict[str, Any]], slow: str, fast: str) -> str:
    """Return how many times faster, by the median over rounds of the quotient within a round, and by minima."""
    if not all("times" in rows.get(name, {}) for name in (slow, fast)):
        return "-"
    within = median(a / b for a, b in zip(rows[slow]["times"], rows[fast]["times"], strict=True))
    return f"{within:.2f} ({rows[slow]['minimum'] / rows[fast]['minimum']:.2f})"


def table(batch: int, rows: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Return the lines of the report on one size of batch."""
    yield f"batch {batch:<16}{'median us':>10}{'minimum':>9}{'off float32':>13}{'off float64':>13}  threads, kernels"
    for name, row in rows.items():
        if "skipped" in row:
            yield f"  {name:20} skipped: {row['skipped']} is not installed"
            continue
        off32, off64 = row["differences"]
        yield (
            f"  {name:20}{row['median']:>10.1f}{row['minimum']:>9.1f}{off32:>13.1e}{off64:>13.1e}  "
            f"{row['threads']} {'/'.join(row['kernels'])}"
        )
    yield "  times faster: median of the rounds' ratios (ratio of minima)"
    for ours in ("ours", "ours native"):
        others = ("torch eager", "torch.compile", "jax scan", "jax scan collapsed", "numpy layerwise")
        told = ", ".join(f"{other} {ratio(rows, other, ours)}" for other in others)
        yield f"  {ours} BP against {told}"
        tp = f"{ours} TP"
        told = ", ".join(f"{other} {ratio(rows, other, tp)}" for other in ("torch pinv TP", "numpy layerwise TP"))
        yield f"  {tp} against {told}; TP costs {ratio(rows, tp, ours)} BP steps"


def main() -> int:
    """Run the benchmark, and print its tables."""
    parser = argparse.ArgumentParser(description="Training steps, against PyTorch, JAX and layerwise NumPy.")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=0.15, help="about how long a trainer runs in a round")
    parser.add_argument("--batches", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--only", nargs="+", choices=TRAINERS, default=list(TRAINERS), help="the trainers to time")
    parser.add_argument("--keep-coretype", action="store_true", help="leave OPENBLAS_CORETYPE as it is set")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    arguments = parser.parse_args()
    left_out = set() if arguments.keep_coretype else {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"}
    left_out |= {"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"}
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    environment["XLA_FLAGS"] = ""
    print("784-100-100-100-100-10, float32, synthetic images of MNIST's shape, trainers in turns")  # noqa: T201
    results = {}
    for batch in arguments.batches:
        results[str(batch)] = rows = measure(batch, arguments.rounds, arguments.seconds, environment, arguments.only)
        for line in table(batch, rows):
            print(line, flush=True)  # noqa: T201
    for samples in (2_000, 20_000):
        command = [sys.executable, "-m", "tests.benchmarks.trainers", "moments", str(samples)]
        told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, env=environment)
        sums, step = json.loads(told.stdout)
        print(  # noqa: T201
            f"full batch of {samples}: moments summed once in {sums * 1e3:.0f} ms; then {step * 1e6:.0f} us a step"
        )
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
