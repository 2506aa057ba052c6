"""Train the seed notebook's net on MNIST by every rule at its best step size, and record how each run ended.

    python -m tests.benchmarks.mnist [--into notebooks/records] [--workers 1] [--table]

The net is 784-100-100-100-100-10. At the start its weights are truncated normal entries of deviation 0.01 and its
biases 0.1; it is trained by 10,000 steps of the cross-entropy on batches of 100 images. ``steps.jsonl`` holds a run of
every method at each of its step sizes, with the seed `SEARCHED`. The best step size is that of the lowest loss on the
training images; where it is the smallest or the largest of those tried, the search goes on beyond it. ``runs.jsonl``
holds the runs at that step size with the seeds `PUBLISHED`, which had no part in the search; where one of them does
worse than guessing, the next smaller step size is run too. Beside them,
``plateau.jsonl`` holds how long BP stays on its plateau, predicted and measured; ``pytorch.jsonl`` the same net in
PyTorch, from the same start and on the same batches; and ``least_squares.jsonl`` what the best affine map by least
squares gets right.

What is recorded already is not run again; ``--table`` runs nothing, and prints the table of the README. Run it in the
root of the repository. MNIST is loaded by name; see `load_mnist`. PyTorch is left out where it is not installed.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from tptheory import load_mnist
from tptheory.sweeping.grid import Cell, Grid
from tptheory.sweeping.running import sweep
from tptheory.training.initial import initial_parameters
from tptheory.training.loop import Batches
from tptheory.training.plateau import Setting, study_plateau
from tptheory.training.trainer import STREAMS
from tptheory.writing.plain import plain

HERE = "tests/benchmarks/mnist.py"
RECORDS = Path("notebooks", "records")
SEARCHED, PUBLISHED = 0, (1, 2, 3)
"""The seed with which step sizes are searched, and those of the runs that are published."""
STEPS, BATCH, STD, BIAS, SEED_LR = 10_000, 100, 0.01, 0.1, 0.5
"""The length of a run, and the rest of the seed notebook's setting; the last is its step size."""
SHORT = 3000
"""The length of the runs in the search, of the methods that leave their plateau before it."""
HIDDEN = (100, 100, 100, 100)
COMMON: Cell = {"data": "mnist", "init": "normal", "std": STD, "bias": BIAS}
"""The data and the start of every run."""
MOST_TRIED = 10
"""At how many step sizes a method is tried at most."""
MOST_SMALLER = 3
"""How many step sizes below the best one are run too, where published seeds do worse than guessing."""
METHODS: Mapping[str, tuple[Cell, Sequence[float], int]] = {
    "BP": ({"rule": "bp"}, (0.03, 0.1, 0.2, 0.3, 0.5, 1.0), STEPS),
    "TP": ({"rule": "tp"}, (1e-8, 3e-8, 1e-7, 3e-7, 1e-6), STEPS),
    "damped TP": ({"rule": "damped-tp"}, (3e-3, 1e-2, 3e-2, 1e-1), STEPS),
    "one layer, by BP": ({"rule": "bp", "hidden": ()}, (0.1, 0.3, 1.0), STEPS),
    "FA": ({"rule": "fa"}, (1.0, 3.0, 10.0), SHORT),
    "DFA": ({"rule": "dfa"}, (0.03, 0.1, 0.3), SHORT),
    "GN": ({"rule": "gn"}, (3e-5, 1e-4, 3e-4), SHORT),
    "DTP, linear inverses": ({"rule": "dtp"}, (3e-5, 1e-4, 3e-4), SHORT),
    "DTP, sigmoid inverses": ({"rule": "dtp", "inverse": "sigmoid"}, (3e-2, 1e-1, 3e-1), SHORT),
}
"""By name, what a method is in a sweep, the step sizes at which it is tried first, and the length of these runs."""


def cell_of(method: str, lr: float, seed: int, steps: int = STEPS) -> Cell:
    """Return the cell of one run."""
    return {"hidden": HIDDEN, **METHODS[method][0], **COMMON, "steps": steps, "lr": lr, "seed": seed}


def beyond(lr: float, up: bool) -> float:
    """Return the next step size beyond one, along 1, 3, 10, 30, ...

    >>> beyond(3e-05, True), beyond(0.1, False)
    (0.0001, 0.03)
    """
    exponent = int(np.floor(np.log10(lr * 1.001)))
    first = lr / 10.0**exponent < 2
    return float(f"3e{exponent}" if first and up else f"3e{exponent - 1}" if first else f"1e{exponent + up}")


def results(path: Path) -> dict[str, dict[str, Any]]:
    """Return the result of each recorded cell, by the cell as JSON; cells that failed are left out."""
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {as_text(record["cell"]): record["result"] for record in records if "result" in record}


def as_text(cell: Mapping[str, Any]) -> str:
    """Return a cell as JSON, its names in order."""
    return json.dumps(plain(dict(cell)), sort_keys=True)


def best_step_size(method: str, path: Path, workers: int) -> float:
    """Return the step size of the lowest training loss; search beyond the ends as long as that is one of them."""
    _, first, steps = METHODS[method]
    tried = sorted(first)
    while True:
        cells = {lr: cell_of(method, lr, SEARCHED, steps) for lr in tried}
        sweep("training", cells.values(), path, workers=workers)
        known = results(path)
        found = {lr: known[as_text(cell)] for lr, cell in cells.items()}
        learned = {lr: result for lr, result in found.items() if result["status"] == "completed"}
        best = min(learned, key=lambda lr: learned[lr]["train_loss"]) if learned else tried[0]
        for lr, result in found.items():
            note = " *" if lr == best else ""
            say(f"{method:24} {lr:8.0e} {result['status']:10} {result['train_loss']:10.4g}{note}")
        if tried[0] < best < tried[-1] or len(tried) >= MOST_TRIED:
            return best
        tried = sorted([*tried, beyond(best, best == tried[-1])])


def published(method: str, lr: float, path: Path, workers: int) -> float:
    """Record the runs with the seeds `PUBLISHED`, and return their step size.

    Where one of them ends at a higher loss than that of guessing, which the search's own seed may have been lucky to
    escape, the next smaller step size is run too, until none does or `MOST_SMALLER` were run.
    """
    for _ in range(1 + MOST_SMALLER):
        cells = [{**cell_of(method, lr, seed), "curve": True} for seed in PUBLISHED]
        sweep("training", cells, path, workers=workers)
        known = results(path)
        losses = [as_number(known[as_text(cell)]["train_loss"]) for cell in cells]
        say(f"{method:24} {lr:8.0e} published: {losses}")
        if max(losses) < math.log(10):
            break
        lr = beyond(lr, up=False)
    return lr


def plateau(*, seed: int) -> dict[str, Any]:
    """Return after how many steps BP leaves the plateau in the seed notebook's setting, predicted and measured."""
    study = study_plateau(load_mnist(), Setting(1 + len(HIDDEN), HIDDEN[0], STD, SEED_LR), seed)
    return {
        "sigma_1": study.sigma_1,
        "predicted": study.predicted,
        "low": study.interval[0],
        "high": study.interval[1],
        "measured": study.measured,
        "kappa": study.kappa,
    }


def least_squares() -> dict[str, Any]:
    """Return what the affine map gets right that is nearest to the one-hot labels of the training images."""
    data = load_mnist()
    inputs = np.vstack([data.x_train, np.ones_like(data.x_train[:1])]).astype(np.float64)
    map_, _, rank, _ = np.linalg.lstsq(inputs.T, np.eye(data.classes)[data.labels_train], rcond=None)
    right = {}
    for part, x, labels in (("train", data.x_train, data.labels_train), ("test", data.x_test, data.labels_test)):
        outputs = x.T.astype(np.float64) @ map_[:-1] + map_[-1]
        right[f"{part}_accuracy"] = float((outputs.argmax(axis=1) == labels).mean())
    return {**right, "rank": int(rank)}


def pytorch(*, lr: float, seed: int) -> dict[str, Any]:
    """Train the same net by PyTorch's autograd and SGD, from the start and on the batches of `train` with that seed."""
    import torch

    torch.set_num_threads(1)
    data = load_mnist()
    widths = (len(data.x_train), *HIDDEN, data.classes)
    seeds = dict(zip(STREAMS, np.random.SeedSequence(seed).spawn(len(STREAMS)), strict=True))
    start = np.random.default_rng(seeds["weights"])
    weights, biases = initial_parameters(widths, init="normal", std=STD, bias=BIAS, seed=start)
    layers = [torch.nn.Linear(n, m) for n, m in pairwise(widths)]
    with torch.no_grad():
        for layer, W, b in zip(layers, weights, biases, strict=True):
            layer.weight.copy_(torch.tensor(W))
            layer.bias.copy_(torch.tensor(b[:, 0]))
    net, loss = torch.nn.Sequential(*layers), torch.nn.functional.cross_entropy
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    batches = Batches(data.x_train, data.labels_train, BATCH, np.random.default_rng(seeds["batches"]))
    for _ in range(STEPS):
        X, labels = batches.next()
        optimizer.zero_grad()
        loss(net(torch.tensor(X.T.copy())), torch.tensor(labels)).backward()
        optimizer.step()
    ends = {}
    with torch.no_grad():
        for part, x, answers in (("train", data.x_train, data.labels_train), ("test", data.x_test, data.labels_test)):
            outputs, expected = net(torch.tensor(x.T.copy())), torch.tensor(answers)
            ends[f"{part}_loss"] = float(loss(outputs, expected))
            ends[f"{part}_accuracy"] = float((outputs.argmax(1) == expected).double().mean())
    return ends


def summary(folder: Path) -> list[str]:
    """Return the lines of a table in Markdown: what each method gets right, over the published seeds."""
    lines = ["| method | step size | test accuracy: mean, range | seeds worse than guessing |", "|---|---|---|---|"]
    runs = results(folder / "runs.jsonl")
    for method, (kind, _, _) in METHODS.items():
        mine = {"rule": kind["rule"], "inverse": kind.get("inverse"), "hidden": list(kind.get("hidden", HIDDEN))}
        found: dict[float, list[dict[str, Any]]] = {}
        for cell, result in ((json.loads(text), result) for text, result in runs.items()):
            if all(cell.get(name) == value for name, value in mine.items()):
                found.setdefault(cell["lr"], []).append(result)
        lines += [row(method, lr, ends) for lr, ends in found.items()]
    torch = results(folder / "pytorch.jsonl")
    lines.append(
        row("BP in PyTorch, same start and batches", json.loads(next(iter(torch)))["lr"], list(torch.values()))
    )
    [least] = results(folder / "least_squares.jsonl").values()
    return [*lines, f"| least squares | | {least['test_accuracy']:.1%} | |"]


def row(method: str, lr: float, ends: Sequence[Mapping[str, Any]]) -> str:
    """Return a line of that table, of the runs of a method at one step size."""
    lost = sum(not as_number(end["train_loss"]) < math.log(10) for end in ends)
    return f"| {method} | {lr:g} | {spread([end['test_accuracy'] for end in ends])} | {lost} of {len(ends)} |"


def spread(shares: Sequence[float]) -> str:
    """Return the mean of shares in percent, with the least and the largest.

    >>> spread([0.5, 0.75, 0.7])
    '65.0%, 50.0% to 75.0%'
    """
    return f"{sum(shares) / len(shares):.1%}, {min(shares):.1%} to {max(shares):.1%}"


def as_number(value: Any) -> float:
    """Return a number of a record, in which infinity and NaN are no numbers."""
    return float(value) if isinstance(value, int | float) else math.inf


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)  # noqa: T201


def main(arguments: Sequence[str] | None = None) -> None:
    """Make all records."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, default=RECORDS, metavar="FOLDER")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--table", action="store_true")
    options = parser.parse_args(arguments)
    into, workers = options.into, options.workers
    if options.table:
        say("\n".join(summary(into)))
        return
    sweep(f"{HERE}::least_squares", Grid({}), into / "least_squares.jsonl", workers=workers)
    sweep(f"{HERE}::plateau", Grid({"seed": PUBLISHED}), into / "plateau.jsonl", workers=workers)
    best = {}
    for method in METHODS:
        found = best_step_size(method, into / "steps.jsonl", workers)
        best[method] = published(method, found, into / "runs.jsonl", workers)
    if find_spec("torch") is None:
        sys.exit("PyTorch is not installed: pytorch.jsonl is left as it was")
    sweep(f"{HERE}::pytorch", Grid({"lr": [best["BP"]], "seed": PUBLISHED}), into / "pytorch.jsonl", workers=workers)


if __name__ == "__main__":
    main()
