"""Curves of losses, errors, singular values and conserved quantities over time, measured and predicted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from tptheory.errors import InvalidValueError, ShapeError, complain, unknown_name
from tptheory.keywords import known_keywords
from tptheory.simulation.trajectories import Run
from tptheory.training.trainer import TrainingRun
from tptheory.writing.experiments import Drift, OrderDefect, ray_factors
from tptheory.writing.figures.numbers import every, layer_of, product_above, run_of, sample_of, weights_at
from tptheory.writing.figures.scales import clock_of, moments_of
from tptheory.writing.figures.style import HOLLOW, INK, MARKS, axes_or_new, dots, labelled

RULES = {"tp": ("Target propagation", MARKS[0]), "bp": ("Backpropagation", MARKS[1])}
"""What the two rules are called, and how they are drawn: blue circles for TP, vermillion squares for BP."""
QUANTITIES = {"loss": "training loss of a batch (nats)", "accuracy": "accuracy on a batch"}
"""What `digits` can draw, with its unit."""
SERIES = {"x": "-", "d": "--", "W": "-", "dW": "--"}
"""What `time_series` can draw, and the line it is drawn with."""


def trajectories(runs: Mapping[str, Run], ax: Axes | None = None) -> Axes:
    """Draw the loss of BP and TP over steps (dots), and under TP's the curve that error-ray proves (line).

    Args:
        runs: by rule, ``bp`` and ``tp``; TP's of one sample, with full row rank above the first weight.
        ax: where to draw; a new figure unless given.

    >>> from tptheory.writing.experiments import trajectories as simulated
    >>> trajectories(simulated(steps=20)).get_xlabel()
    'step'
    """
    ax = axes_or_new(ax)
    floor = 1e-16 * max(float(run.loss[0]) for run in runs.values())
    for name, run in runs.items():
        title, mark = RULES[name]
        kept = every(run.steps)
        if name == "tp":
            proved = np.maximum(run.loss[0] * ray_factors(run) ** 2, floor)
            ax.plot(proved, color=INK, linewidth=1.4, label=r"TP, proved: $e_{t+1} = (1 - c_L)\, e_t$", zorder=1)
        dots = mark | {"linestyle": "none"} | HOLLOW
        ax.plot(np.arange(run.steps + 1)[kept], np.maximum(run.loss[kept], floor), **dots, label=f"{title}, simulated")
    ax.set_yscale("log")
    return labelled(ax, "step", r"loss $\frac{1}{2}\,|x_L - y|^2$")


@known_keywords
def error_ray(run: Run, ax: Axes | None = None) -> Axes:
    """Draw the error of the output over steps: its part along the first error, and its part across.

    The line is what error-ray predicts of the part along.

    Under TP with full row rank above the first weight and one sample, ``e_t = a_t e_0`` with
    ``a_{t+1} = (1 - c_L) a_t``, so that the part across is zero. Under another rule it may not be.

    >>> from tptheory.writing.experiments import trajectories as simulated
    >>> error_ray(simulated(steps=20)["tp"]).get_xlabel()
    'step'
    """
    run = run_of(run)
    if run.lr is None:
        raise InvalidValueError(complain("run", "a run in steps, of which error-ray speaks", "a flow", "Give lr=0.01."))
    ax, e = axes_or_new(ax), run.errors[:, :, sample_of(run, 0)]
    size = float(np.linalg.norm(e[0]))
    if not size:
        raise InvalidValueError(complain("run", "a run whose error is not zero at the start", 0.0))
    along = e @ e[0] / size**2
    beside = np.linalg.norm(e - np.outer(along, e[0]), axis=1) / size
    kept = every(run.steps, 24)
    steps = np.arange(run.steps + 1)
    ax.plot(steps, ray_factors(run), color=INK, linewidth=1.4, zorder=1, label=r"error ray: $\prod (1 - c_L)$")
    ax.plot(steps[kept], along[kept], **dots(0), label=r"simulated, along $e_0$")
    ax.plot(steps[kept], beside[kept], **dots(1), label=r"simulated, beside $e_0$")
    ax.axhline(0, color=INK, linewidth=0.6, zorder=0)
    return labelled(ax, "step", r"error $e_t$, in units of $|e_0|$")


@known_keywords
def singular_modes(
    run: Run | Sequence[Any], ax: Axes | None = None, *, l: int | None = None, theory: Any = None
) -> Axes:
    """Draw the singular values of ``W_L ... W_1``, or of ``W_l``, over steps (dots), over curves from theory (lines).

    Those of a flow are drawn over time.

    Args:
        run: a run, or the matrices at steps ``0..T``.
        ax: where to draw; a new figure unless given.
        l: the layer; None for the product of all. Only for a run.
        theory: one curve a row, shape ``(K, T + 1)``; any number of rows.

    Raises:
        ShapeError: if ``theory`` does not have a value for each step.

    >>> singular_modes([np.diag([t, 1.0]) for t in range(4)]).get_ylabel()
    'singular value'
    """
    ax, clock = axes_or_new(ax), clock_of([run])
    values = np.array([np.linalg.svd(M, compute_uv=False) for M in _matrices(run, l)])
    steps = moments_of(run, clock) if isinstance(run, Run) else np.arange(len(values))
    if theory is not None:
        curves = np.atleast_2d(np.asarray(theory, dtype=float))
        if curves.ndim != 2 or curves.shape[1] != len(steps):
            raise ShapeError(complain("theory", f"of shape (K, {len(steps)}), a value for each step", curves.shape))
        for k, curve in enumerate(curves):
            ax.plot(steps, curve, color=INK, linewidth=1.4, zorder=1, label="theory" if k == 0 else None)
    kept = every(len(steps) - 1)
    for k, mode in enumerate(values.T):
        ax.plot(steps[kept], mode[kept], **dots(k), label=rf"$\sigma_{{{k + 1}}}$")
    return labelled(ax, clock, "singular value")


def _matrices(run: Run | Sequence[Any], l: int | None) -> Iterable[np.ndarray]:
    """Return for each step ``W_l``, or ``W_L ... W_1`` if ``l`` is None; matrices that were given stay as they are."""
    if not isinstance(run, Run):
        return weights_at(run)
    if l is not None:
        return run.weights[layer_of(run, l, 1) - 1]
    return [product_above(weights_at(run, t), 0) for t in range(run.steps + 1)]


def conservation_drift(drifts: Sequence[Drift], ax: Axes | None = None) -> Axes:
    """Draw how far conserved quantities have moved after a fixed time, against the step size, and a line of slope 1.

    One step moves them by the order of ``eta^2``, and a fixed time takes ``1 / eta`` steps.

    >>> conservation_drift([Drift("law", (0.5, 0.25), (0.1, 0.05))]).get_xscale()
    'log'
    """
    ax = axes_or_new(ax)
    highest, sizes = 0.0, np.ones(1)
    for k, drift in enumerate(drifts):
        sizes = np.array(drift.step_sizes)
        ax.plot(sizes, drift.changes, **MARKS[k % len(MARKS)] | HOLLOW, label=drift.label)
        highest = max(highest, float(np.max(np.array(drift.changes) / sizes)))
    ax.plot(sizes, 2 * highest * sizes, color=INK, linewidth=1, linestyle=":", label=r"slope 1: $\propto \eta$")
    ax.set_xscale("log", base=2)
    ax.set_yscale("log")
    return labelled(ax, r"step size $\eta$", "change after a fixed time", loc="lower left", bbox_to_anchor=(0, 1))


def rising_loss(runs: Mapping[str, Run], ax: Axes | None = None) -> Axes:
    """Draw the loss of BP and TP over time, from weights at which it rises under TP.

    >>> from tptheory.writing.experiments import rising_loss as simulated
    >>> rising_loss(simulated(steps=20)).get_xlabel()
    'steps times step size'
    """
    ax = axes_or_new(ax)
    for name, run in runs.items():
        title, mark = RULES[name]
        kept = every(run.steps, 24)
        times = np.arange(run.steps + 1) * run.lr
        ax.plot(times[kept], run.loss[kept], **mark | HOLLOW, label=title)
    start = float(next(iter(runs.values())).loss[0])
    ax.axhline(start, color=INK, linewidth=0.6, linestyle=":", zorder=0)
    return labelled(ax, "steps times step size", r"loss $\frac{1}{2}\,|x_L - y|^2$")


def order_of_samples(defects: Sequence[OrderDefect], ax: Axes | None = None) -> Axes:
    """Draw against the step size what the order of two samples changes (dots), and what theory says of it (line).

    >>> order_of_samples([OrderDefect("one layer", (0.5, 0.25), (1.0, 0.25), ())]).get_xscale()
    'log'
    """
    ax = axes_or_new(ax)
    for k, one in enumerate(defects):
        ax.plot(one.step_sizes, one.defects, **dots(k), label=f"{one.label}, simulated")
        if one.predicted:
            label = r"proved: $\eta^2\,|x_1 \cdot x_2|\,|e_1 x_2^{\top} - e_2 x_1^{\top}|$"
            ax.plot(one.step_sizes, one.predicted, color=INK, linewidth=1.4, zorder=1, label=label)
    ax.set_xscale("log", base=2)
    ax.set_yscale("log")
    return labelled(ax, r"step size $\eta$", "1 then 2, against 2 then 1", loc="lower left", bbox_to_anchor=(0, 1))


def digits(runs: Mapping[str, TrainingRun], quantity: str = "loss", ax: Axes | None = None) -> Axes:
    """Draw the training log of each rule on digits: ``loss`` (log scale) or ``accuracy``.

    Raises:
        UnknownNameError: for another quantity.

    >>> from tptheory.training.trainer import train
    >>> digits({"bp": train("bp", steps=2)}, "accuracy").get_ylabel()
    'accuracy on a batch'
    """
    if quantity not in QUANTITIES:
        raise unknown_name("quantity", quantity, QUANTITIES)
    ax = axes_or_new(ax)
    for name, run in runs.items():
        title, mark = RULES[name]
        values = [getattr(line, quantity) for line in run.log]
        ax.plot([line.step for line in run.log], values, **mark | HOLLOW, label=title)
    if quantity == "loss":
        ax.set_yscale("log")
    return labelled(ax, "step", QUANTITIES[quantity])


@known_keywords
def time_series(run: Run, quantity: str, l: int, ax: Axes | None = None, *, sample: int = 0) -> Axes:
    """Draw each entry of ``x_l``, ``d_l``, ``W_l`` or ``dW_l`` over steps; ``d`` and ``dW`` are dashed.

    Those of a flow are drawn over time. Draw two on the same axes to compare them: an entry keeps its colour and its
    marker.

    Args:
        run: what `simulate` returned.
        quantity: ``"x"``, ``"d"`` (``dLoss/dx_l`` under BP), ``"W"`` or ``"dW"``.
        l: the layer, from 0 for ``x`` and ``d``, from 1 for ``W`` and ``dW``.
        ax: where to draw; a new figure unless given.
        sample: of a batch, whose ``x`` and ``d``.

    Raises:
        UnknownNameError: for another quantity.
        InvalidValueError: if there is no such layer or sample.

    >>> from tptheory.writing.experiments import trajectories as simulated
    >>> len(time_series(simulated(steps=20)["tp"], "x", 3).lines)
    2
    """
    if quantity not in SERIES:
        raise unknown_name("quantity", quantity, SERIES)
    ax, run = axes_or_new(ax), run_of(run)
    l = layer_of(run, l, 1 if "W" in quantity else 0)
    if "W" in quantity:
        values = (run.weights if quantity == "W" else run.updates)[l - 1]
    else:
        column = sample_of(run, sample)
        values = (run.activations if quantity == "x" else run.error_signals)[l][:, :, column]
    letter, clock = rf"\Delta W_{l}" if quantity == "dW" else f"{quantity}_{l}", clock_of([run])
    steps = moments_of(run, clock)[: len(values)]
    for k, entry in enumerate(np.ndindex(values.shape[1:])):
        at = ",".join(str(i + 1) for i in entry)
        mark = MARKS[k % len(MARKS)] | {"linestyle": SERIES[quantity], "markersize": 4, "markerfacecolor": "none"}
        spaced = (k * max(1, len(steps) // 40), max(1, len(steps) // 8))
        ax.plot(
            steps, values[(slice(None), *entry)], **mark, markevery=spaced, linewidth=1.2, label=rf"${letter}[{at}]$"
        )
    return labelled(ax, clock, "entries")
