"""The trainers that the benchmark compares, each in a process of its own: ``python -m tests.benchmarks.trainers NAME``.

A trainer is built from one start and one list of batches, and ``run(k)`` makes k steps, batch after batch. The process
reads lines: ``time K`` makes K steps and prints microseconds a step; ``save FILE`` writes the parameters. Of the name
``moments`` it times full-batch steps from second moments, and ends.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from threadpoolctl import ThreadpoolController, threadpool_info, threadpool_limits

from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rules import rule_named
from tptheory.training.blas_buffers import aligned
from tptheory.training.collapsed import CollapsedEngine
from tptheory.training.data import Array
from tptheory.training.initial import initial_parameters
from tptheory.training.layerwise import LayerwiseRule, descent_of, forward, softmax_cross_entropy, squared_error
from tptheory.training.moments import SecondMoments

WIDTHS = (784, 100, 100, 100, 100, 10)
RATE = 0.01
BATCHES = 40
SHARE_OF_INK = 0.2


class Problem(NamedTuple):
    """One start and the batches of every trainer: ``X`` (batches, B, 784), ``labels`` (batches, B)."""

    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    X: Array
    labels: Array

    @property
    def batch(self) -> int:
        """``B``."""
        return int(self.labels.shape[1])


def synthetic(batch: int, dtype: str = "float32", seed: int = 0) -> Problem:
    """Return an orthogonal start, and random images of MNIST's shape: a fifth of the pixels in (0, 1), the rest 0."""
    rng = np.random.default_rng(seed)
    weights, biases = initial_parameters(WIDTHS, dtype="float32", seed=seed)
    X = rng.random((BATCHES, batch, WIDTHS[0])) * (rng.random((BATCHES, batch, WIDTHS[0])) < SHARE_OF_INK)
    labels = rng.integers(0, WIDTHS[-1], (BATCHES, batch))
    weights, biases = (tuple(A.astype(dtype) for A in arrays) for arrays in (weights, biases))
    images = aligned(X.shape, dtype)  # as the other libraries lay out what they are given
    images[:] = X.astype(np.float32)
    return Problem(weights, biases, images, labels)


class Trainer:
    """Steps on the batches in turn."""

    def __init__(self, problem: Problem) -> None:
        self.problem, self.made = problem, 0

    def run(self, steps: int) -> None:
        """Make steps."""
        for _ in range(steps):
            self.step(self.made % BATCHES)
            self.made += 1

    def step(self, at: int) -> None:
        """Make one step on a batch."""
        raise NotImplementedError

    def parameters(self) -> list[Array]:
        """Return all weights, then all biases as columns."""
        raise NotImplementedError


class Layerwise(Trainer):
    """The oracle: `LayerwiseRule`, in numpy."""

    def __init__(self, problem: Problem, rule: str) -> None:
        super().__init__(problem)
        net = DeepLinearNetwork(widths=WIDTHS, batch=problem.batch, biases=True, loss="any")
        self.rule = LayerwiseRule(rule_named(rule), net, lambda rows, columns: np.zeros((rows, columns)), 0.1)
        self.weights, self.biases = [W.copy() for W in problem.weights], [b.copy() for b in problem.biases]

    def step(self, at: int) -> None:
        activations = forward(self.weights, self.biases, self.problem.X[at].T)
        D = softmax_cross_entropy(activations[-1], self.problem.labels[at])[2]
        G, g = descent_of(self.rule.errors(self.weights, D), activations)
        for A, change in zip([*self.weights, *self.biases], [*G, *g], strict=True):
            A -= RATE * change

    def parameters(self) -> list[Array]:
        return [*self.weights, *self.biases]


class Collapsed(Trainer):
    """Ours."""

    def __init__(self, problem: Problem, rule: str, native: bool = False) -> None:
        super().__init__(problem)
        kind = native_engine() if native else CollapsedEngine
        net = DeepLinearNetwork(widths=WIDTHS, batch=problem.batch, biases=True, loss="any")
        layerwise = LayerwiseRule(rule_named(rule), net, lambda rows, columns: np.zeros((rows, columns)), 0.1)
        self.engine = kind(layerwise, problem.weights, problem.biases)

    def step(self, at: int) -> None:
        self.engine.step(self.problem.X[at].T, self.problem.labels[at], RATE)

    def parameters(self) -> list[Array]:
        return [*self.engine.weights, *self.engine.biases]


def native_engine() -> type[CollapsedEngine]:
    """Return the engine that needs Numba."""
    from tptheory.training.native import NativeEngine

    return NativeEngine


class Torch(Trainer):
    """PyTorch with autograd and its own SGD, eager or compiled; or pseudo-inverses at every step."""

    def __init__(self, problem: Problem, how: str) -> None:
        super().__init__(problem)
        import torch

        torch.set_num_threads(2)
        self.torch, self.how = torch, how
        self.W = [torch.tensor(W, requires_grad=how == "eager") for W in problem.weights]
        self.b = [torch.tensor(b[:, 0], requires_grad=how == "eager") for b in problem.biases]
        self.X, self.y = torch.tensor(problem.X), torch.tensor(problem.labels)
        self.optimizer = torch.optim.SGD([*self.W, *self.b], lr=RATE, fused=True) if how == "eager" else None
        self.one = {"eager": self._eager, "compiled": torch.compile(self._functional), "pinv": self._pinv}[how]

    def _loss(self, parameters: Sequence[Any], x: Any, y: Any) -> Any:
        linear, L = self.torch.nn.functional.linear, len(self.W)
        for W, b in zip(parameters[:L], parameters[L:], strict=True):
            x = linear(x, W, b)
        return self.torch.nn.functional.cross_entropy(x, y)

    def _eager(self, x: Any, y: Any) -> None:
        self.optimizer.zero_grad(set_to_none=True)
        self._loss([*self.W, *self.b], x, y).backward()
        self.optimizer.step()

    def _functional(self, x: Any, y: Any) -> None:
        parameters = [*self.W, *self.b]
        for p, g in zip(parameters, self.torch.func.grad(self._loss)(parameters, x, y), strict=True):
            p.sub_(RATE * g)

    def _pinv(self, x: Any, y: Any) -> None:
        torch = self.torch
        activations = [x]
        for W, b in zip(self.W, self.b, strict=True):
            activations.append(torch.nn.functional.linear(activations[-1], W, b))
        D = torch.softmax(activations[-1], 1)
        D[torch.arange(len(y)), y] -= 1
        D /= len(y)
        for l in reversed(range(len(self.W))):
            below = D @ torch.linalg.pinv(self.W[l]).T if l else D
            self.W[l].sub_(D.T @ activations[l], alpha=RATE)
            self.b[l].sub_(D.sum(0), alpha=RATE)
            D = below

    def step(self, at: int) -> None:
        self.one(self.X[at], self.y[at])

    def parameters(self) -> list[Array]:
        return [W.detach().numpy() for W in self.W] + [b.detach().numpy()[:, None] for b in self.b]


class Jax(Trainer):
    """JAX: one jitted scan over all batches, by autograd layer by layer, or collapsed by hand as ours is."""

    def __init__(self, problem: Problem, how: str) -> None:
        super().__init__(problem)
        import jax
        import jax.numpy as jnp

        L = len(WIDTHS) - 1

        def loss(parameters: Any, x: Any, y: Any) -> Any:
            for W, b in zip(*parameters, strict=True):
                x = x @ W.T + b
            return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(x), y[:, None], 1))

        def layerwise(parameters: Any, batch: Any) -> Any:
            gradient = jax.grad(loss)(parameters, *batch)
            return jax.tree.map(lambda p, g: p - RATE * g, parameters, gradient), None

        def collapsed(parameters: Any, batch: Any) -> Any:
            (W, b), (x, y) = parameters, batch
            above, offset = [jnp.eye(WIDTHS[-1], dtype=x.dtype)], b[-1]
            for l in reversed(range(1, L)):
                above.append(above[-1] @ W[l])
                offset = offset + above[-1] @ b[l - 1]
            D = (jax.nn.softmax(x @ (above[-1] @ W[0]).T + offset) - jax.nn.one_hot(y, WIDTHS[-1])) / len(y)
            V, s = D.T @ x, D.sum(0)
            new_W, new_b = [], []
            for l, P in enumerate(reversed(above)):
                new_W.append(W[l] - RATE * P.T @ V)
                new_b.append(b[l] - RATE * P.T @ s)
                V = V @ W[l].T + jnp.outer(s, b[l])
            return (new_W, new_b), None

        step = {"layerwise": layerwise, "collapsed": collapsed}[how]
        self.scan = jax.jit(lambda parameters, X, y: jax.lax.scan(step, parameters, (X, y))[0], donate_argnums=0)
        self.now = jax.device_put(([*problem.weights], [b[:, 0] for b in problem.biases]))
        self.X, self.y = jax.device_put(problem.X), jax.device_put(problem.labels)

    def run(self, steps: int) -> None:
        """Make steps: up to the end of the batches by one call, and so on."""
        left = steps
        while left:
            low = self.made % BATCHES
            high = min(BATCHES, low + left)
            X, y = (self.X, self.y) if high - low == BATCHES else (self.X[low:high], self.y[low:high])
            self.now = self.scan(self.now, X, y)
            self.made, left = self.made + high - low, left - high + low
        self.now[0][0].block_until_ready()

    def parameters(self) -> list[Array]:
        return [np.array(W) for W in self.now[0]] + [np.array(b)[:, None] for b in self.now[1]]


TRAINERS: dict[str, Callable[[Problem], Trainer]] = {
    "ours": lambda problem: Collapsed(problem, "bp"),
    "ours TP": lambda problem: Collapsed(problem, "tp"),
    "ours native": lambda problem: Collapsed(problem, "bp", native=True),
    "ours native TP": lambda problem: Collapsed(problem, "tp", native=True),
    "numpy layerwise": lambda problem: Layerwise(problem, "bp"),
    "numpy layerwise TP": lambda problem: Layerwise(problem, "tp"),
    "torch eager": lambda problem: Torch(problem, "eager"),
    "torch.compile": lambda problem: Torch(problem, "compiled"),
    "torch pinv TP": lambda problem: Torch(problem, "pinv"),
    "jax scan": lambda problem: Jax(problem, "layerwise"),
    "jax scan collapsed": lambda problem: Jax(problem, "collapsed"),
}


def hold_threads(name: str) -> None:
    """Give NumPy's OpenBLAS two threads and SciPy's one, ours one each: two pools on two cores collide."""
    for library in ThreadpoolController().lib_controllers:
        if library.user_api == "blas":
            layerwise = name.startswith("numpy") and "numpy.libs" in library.filepath
            library.set_num_threads(2 if layerwise else 1)


def moment_steps(samples: int, steps: int = 200) -> tuple[float, float]:
    """Return seconds to sum the second moments of so many samples, and the median seconds of a full-batch step."""
    rng = np.random.default_rng(0)
    X = rng.random((samples, WIDTHS[0]), dtype=np.float32).T
    labels = rng.integers(0, WIDTHS[-1], samples)
    codes = np.eye(WIDTHS[-1], dtype=np.float32)
    started = perf_counter()
    moments = SecondMoments.of(X, codes[:, labels])
    summed = perf_counter() - started
    net = DeepLinearNetwork(widths=WIDTHS, batch=samples, biases=True, loss="any")
    rule = LayerwiseRule(rule_named("bp"), net, lambda rows, columns: np.zeros((rows, columns)), 0.1)
    engine = CollapsedEngine(rule, *initial_parameters(WIDTHS), squared_error(codes), moments)
    times = []
    with threadpool_limits(1, "blas"):
        for _ in range(steps):
            started = perf_counter()
            engine.step(X, labels, 1e-4)
            times.append(perf_counter() - started)
    return summed, median(times)


def main() -> int:
    """Answer lines until there are no more."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=(*TRAINERS, "moments"))
    parser.add_argument("batch", type=int, help="samples an update; of moments, all samples")
    arguments = parser.parse_args()
    if arguments.name == "moments":
        print(json.dumps(moment_steps(arguments.batch)))  # noqa: T201
        return 0
    try:
        trainer = TRAINERS[arguments.name](synthetic(arguments.batch))
    except ImportError as missing:
        print(json.dumps({"missing": missing.name}), flush=True)  # noqa: T201
        return 0
    hold_threads(arguments.name)
    pools = [library for library in threadpool_info() if library["user_api"] == "blas"]
    kernels = sorted({library["architecture"] for library in pools if library["internal_api"] == "openblas"})
    own = arguments.name.startswith(("ours", "numpy"))
    threads = max(library["num_threads"] for library in pools) if own else 2
    if arguments.name.startswith("ours native"):
        threads = trainer.engine.native_threads
    print(json.dumps({"kernels": kernels if own else [], "threads": threads}), flush=True)  # noqa: T201
    for line in sys.stdin:
        order, _, value = line.strip().partition(" ")
        if order == "time":
            started = perf_counter()
            trainer.run(int(value))
            print((perf_counter() - started) / int(value) * 1e6, flush=True)  # noqa: T201
        elif order == "save":
            np.savez(value, *trainer.parameters())
            print("saved", flush=True)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
