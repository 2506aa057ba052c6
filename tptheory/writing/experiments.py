"""The small runs behind the figures of a report; they return numbers, which `figures` draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tptheory.invariants.laws import LayerQuantity, balance, drift, log_determinant
from tptheory.simulation.runs import simulate
from tptheory.simulation.trajectories import Run
from tptheory.symbolic.rules import Backprop, Rule, TargetProp
from tptheory.training.data import DataSet
from tptheory.training.modes import ModesStudy, study_modes
from tptheory.training.plateau import SETTINGS, PlateauStudy, Setting, study_plateaus
from tptheory.training.trainer import TrainingRun, train

WIDTHS = (5, 4, 3, 2)
"""The widths of the small net. They fall, so that every weight above the first has full row rank."""
TIME = 1.0
"""The time ``steps * eta`` for which the flow is followed when step sizes are compared."""
STEP_SIZES = tuple(2.0**-k for k in range(4, 11))


@dataclass(frozen=True)
class Drift:
    """By how much a quantity that the flow conserves has changed after `TIME`, for each step size."""

    label: str
    step_sizes: tuple[float, ...]
    changes: tuple[float, ...]


@dataclass(frozen=True)
class DigitsTheory:
    """What training on digits shows of the theorems.

    Attributes:
        probed: by rule, a run that was probed at every step.
        plateaus: for each setting, how long BP stays on the plateau.
        modes: the singular modes of BP, beside their closed form.
    """

    probed: dict[str, TrainingRun]
    plateaus: tuple[PlateauStudy, ...]
    modes: ModesStudy


def digits_theory(
    data: DataSet, seed: int = 0, *, probed: int = 200, settings: Sequence[Setting] = SETTINGS, modes: int = 1200
) -> DigitsTheory:
    """Probe BP and TP at each of ``probed`` steps in float64, and study plateau and modes; some ten seconds."""
    runs = {
        name: train(name, data=data, steps=probed, init="scaled", dtype="float64", seed=seed, log_every=1, probes=True)
        for name in ("bp", "tp")
    }
    return DigitsTheory(runs, study_plateaus(data, settings, seed), study_modes(data, steps=modes, seed=seed))


@dataclass(frozen=True)
class OrderDefect:
    """By how much the order of two samples changes the weights, for each step size, and what theory says of it.

    Attributes:
        label: the network and the samples.
        step_sizes: the step sizes.
        defects: the distance between the weights after 1 then 2 and after 2 then 1.
        predicted: what a theorem says that it is; empty where there is no formula.
    """

    label: str
    step_sizes: tuple[float, ...]
    defects: tuple[float, ...]
    predicted: tuple[float, ...]


def rising_loss(lr: float = 0.002, steps: int = 1200) -> dict[str, Run]:
    """Simulate BP and TP from a network of depth 3 at which the TP flow raises the loss; keys ``bp`` and ``tp``.

    It is the counterexample to "TP's loss never rises at depth 3", with widths 1-1-2-2 (THEORY 4, tp-descent).
    """
    weights = [np.zeros((1, 1)), np.array([[1.0], [0.0]]), np.array([[1.0, -1.0], [0.0, 1.0]])]
    x, y = np.array([1.0]), np.array([1.0, -2.0])
    return {rule.name: simulate(rule, weights, x, y, lr=lr, steps=steps) for rule in (Backprop(), TargetProp())}


def order_defects(seed: int = 0) -> tuple[OrderDefect, OrderDefect]:
    """Measure what the order of two samples does to BP's weights in one layer, and in two on orthogonal inputs."""
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal((2, 4)), rng.standard_normal((2, 3))
    one = [rng.standard_normal((3, 4)) / 2]
    e = [one[0] @ x[k] - y[k] for k in (0, 1)]
    twist = abs(float(x[0] @ x[1])) * float(np.linalg.norm(np.outer(e[0], x[1]) - np.outer(e[1], x[0])))
    apart = np.array([x[0], x[1] - (x[0] @ x[1]) / (x[0] @ x[0]) * x[0]])
    two = [rng.standard_normal((3, 4)) / 2, rng.standard_normal((3, 3)) / 2]
    return (
        _order_defect("one layer", one, x, y, tuple(twist * lr**2 for lr in STEP_SIZES)),
        _order_defect("two layers, orthogonal inputs", two, apart, y, ()),
    )


def _order_defect(
    label: str, weights: list[np.ndarray], x: np.ndarray, y: np.ndarray, predicted: tuple[float, ...]
) -> OrderDefect:
    """Measure the distance between the weights after two steps in one order and in the other."""

    def after(order: tuple[int, int], lr: float) -> list[np.ndarray]:
        current = weights
        for k in order:
            run = simulate(Backprop(), current, x[k], y[k], lr=lr, steps=1)
            current = [W[-1] for W in run.weights]
        return current

    defects = []
    for lr in STEP_SIZES:
        pairs = zip(after((0, 1), lr), after((1, 0), lr), strict=True)
        defects.append(float(np.sqrt(sum(np.sum((one - other) ** 2) for one, other in pairs))))
    return OrderDefect(label, STEP_SIZES, tuple(defects), predicted)


def small_net(seed: int) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    """Draw weights ``[W_1, ..., W_L]``, one input of norm 1 and its target, for a net of `WIDTHS`."""
    rng = np.random.default_rng(seed)
    weights = [
        0.35 * np.linalg.qr(rng.standard_normal((rows, rows)))[0] @ np.eye(rows, columns)
        + 0.1 * rng.standard_normal((rows, columns))
        for columns, rows in pairwise(WIDTHS)
    ]
    x = rng.standard_normal(WIDTHS[0])
    return weights, x / np.linalg.norm(x), rng.standard_normal(WIDTHS[-1])


def trajectories(seed: int = 0, lr: float = 0.01, steps: int = 320) -> dict[str, Run]:
    """Simulate BP and TP from the same small net; keys ``bp`` and ``tp``."""
    weights, x, y = small_net(seed)
    return {rule.name: simulate(rule, weights, x, y, lr=lr, steps=steps) for rule in (Backprop(), TargetProp())}


def ray_factors(run: Run) -> np.ndarray:
    """Return the factors ``a_t`` of ``e_t = a_t e_0``, under TP with one sample and full row rank above ``W_1``.

    ``a_{t+1} = (1 - c_L) a_t`` with ``c_0 = 0`` and ``c_l = c_{l-1} + eta (|x_{l-1}|^2 - c_{l-1} x_{l-1}' d_{l-1})``,
    from the run's ``x`` and ``d``. Shape ``(T + 1,)``, from 1 (THEORY 4, error-ray).

    >>> ray_factors(trajectories(steps=3)["tp"]).round(3).tolist()
    [1.0, 0.989, 0.978, 0.968]
    """
    c = np.zeros(run.steps)
    for x, d in zip(run.activations[:-1], run.error_signals[:-1], strict=True):
        x, d = x[: run.steps, :, 0], d[: run.steps, :, 0]
        c = c + run.lr * ((x * x).sum(axis=1) - c * (x * d).sum(axis=1))
    return np.cumprod(np.concatenate([[1.0], 1 - c]))


def drifts(seed: int = 0) -> tuple[Drift, Drift]:
    """Measure the change of TP's log-determinant law and of BP's balance in the two lowest layers."""
    return (
        _drift(
            TargetProp(),
            log_determinant,
            r"TP: $|\Delta(\log\,\mathrm{pdet}\,W_2 - \frac{1}{2}|W_1|^2)|$",
            seed,
        ),
        _drift(Backprop(), balance, r"BP: $|\Delta(W_2^{\top} W_2 - W_1 W_1^{\top})|$", seed),
    )


def _drift(rule: Rule, law: LayerQuantity, label: str, seed: int) -> Drift:
    """Measure the change of a law of layer 1 after `TIME`, for each step size."""
    weights, x, y = small_net(seed)
    runs = (simulate(rule, weights, x, y, lr=lr, steps=round(TIME / lr)) for lr in STEP_SIZES)
    return Drift(label, STEP_SIZES, tuple(drift(law, run, layers=[1]) for run in runs))
