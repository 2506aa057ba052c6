"""Curves of runs, and of the weights within them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from tptheory.errors import InvalidTypeError, InvalidValueError, complain
from tptheory.invariants.laws import balance, drift_along, log_determinant
from tptheory.keywords import known_keywords
from tptheory.simulation.trajectories import Ensemble, Run
from tptheory.symbolic.rules import Backprop, TargetProp
from tptheory.training.trainer import TrainingRun
from tptheory.typesetting.spelling import text_of
from tptheory.writing.figures.numbers import run_of, weights_at
from tptheory.writing.figures.scales import (
    clock_of,
    draw_band,
    end_at_zero,
    moment_in_words,
    moments_of,
    set_logarithmic,
)
from tptheory.writing.figures.style import HOLLOW, MARKS, axes_or_new, labelled, labelled_above

LAWS: dict[str, Any] = {"BP's balance": balance, "TP's log-determinant": log_determinant}
"""The laws whose drift is drawn of runs of BP and TP."""
LINES = ("-", "--", ":", "-.")
"""The lines of several laws, in turn."""
POINTS = 40
"""At how many times a drift is evaluated, and how many markers a curve has at most."""
QUANTILES = (0.1, 0.5, 0.9)
"""The members of an ensemble between which its band lies, and the one that is its line."""


@known_keywords
def loss_curves(
    runs: Mapping[str, Any] | Run | Ensemble | TrainingRun, ax: Axes | None = None, *, against: str | None = None
) -> Axes:
    """Draw the loss of each run over steps, or over time, on a logarithmic scale; one of 0 stands at a line of its own.

    Of an ensemble the median is drawn, and a band from the tenth to the ninetieth percentile of its members. Of a
    training run the loss of the logged batches is drawn; it is in nats, where it is a cross-entropy.

    Args:
        runs: by name, runs, ensembles or training runs; or one of them.
        ax: where to draw; a new figure unless given.
        against: ``"step"`` or ``"time"``, which is ``eta`` times the number of steps. Unless told, steps are drawn over
            steps, and flows over time; where one of the runs is a flow, all are drawn over time. Training runs have
            steps alone, and flows time alone.

    Raises:
        InvalidTypeError: if one of them is no run.
        InvalidValueError: if there is none, or one of them has no such axis.
        UnknownNameError: for another ``against``.

    >>> from tptheory import simulate
    >>> run = simulate("tp", [[[1.0]], [[2.0]]], [1.0], [1.0], steps=20)
    >>> loss_curves({"mine": run}).get_legend().get_texts()[0].get_text()
    'mine'
    """
    named = runs if isinstance(runs, Mapping) else {_title(runs): runs}
    if not named:
        raise InvalidValueError(complain("runs", "at least one run", runs))
    clock = clock_of(named.values(), against)
    losses = {name: _losses(name, run, clock) for name, run in named.items()}
    ax = axes_or_new(ax)
    set_logarithmic(ax, np.concatenate([line for _, *lines in losses.values() for line in lines if line is not None]))
    for k, (name, (at, low, middle, high)) in enumerate(losses.items()):
        look = MARKS[k % len(MARKS)] | HOLLOW
        ax.plot(at, middle, **look, markevery=max(1, len(at) // 8), linewidth=1.4, label=name)
        if low is not None:
            draw_band(ax, at, low, high, look["color"])
    end_at_zero(ax)
    nats = all(isinstance(run, TrainingRun) and run.loss == "cross-entropy" for run in named.values())
    return labelled(ax, clock, "loss of a batch (nats)" if nats else "loss")


def _title(run: Any) -> str:
    return run.rule.full_title if isinstance(run, Run | Ensemble) else str(getattr(run, "rule", "run"))


def _losses(name: str, run: Any, clock: str) -> tuple[Any, Any, Any, Any]:
    """Return where the losses of a run lie, the lower end of its band, its line, and the upper end."""
    if isinstance(run, TrainingRun):
        return [line.step for line in run.log], None, [line.loss for line in run.log], None
    if not isinstance(run, Run | Ensemble):
        raise InvalidTypeError(complain(f"runs[{name!r}]", "a run, an ensemble or a training run", run))
    loss, at = run.loss.astype(float), moments_of(run, clock)
    if isinstance(run, Run):
        return at, None, loss, None
    return at, *np.quantile(loss, QUANTILES, axis=1)


@known_keywords
def law_drift(runs: Mapping[str, Run] | Run, ax: Axes | None = None, *, laws: Any = None) -> Axes:
    """Draw how far laws have drifted since the start of each run.

    A drift is the largest change of a law, in Frobenius norm. For runs of BP and TP the two laws that these conserve
    are drawn unless others are given: BP's flow conserves the balance ``W_{l+1}' W_{l+1} - W_l W_l'``, and TP's
    ``log pdet W_{l+1} - 1/2 |W_l|^2``, of which the largest drift over the hidden layers is drawn; steps let them drift
    by the order of ``eta``. Of another rule no law is known here. The scale is logarithmic, and what has not drifted,
    as every law at the start, stands at a line of its own, at 0.

    Args:
        runs: by name, runs; or one run.
        ax: where to draw; a new figure unless given.
        laws: what is drawn of each run: quantities by name, or a list of them, such as
            ``conservation_laws(rule, (2, 2, 1)).laws``. A quantity is an expression that `Run.evaluate` takes, or a
            function of a network and a hidden layer that returns one.

    Raises:
        InvalidTypeError: if ``runs`` holds something else, or ``laws`` are neither a mapping nor a list.
        InvalidValueError: if there is no run or no law, or laws are not given for a run of another rule than BP and TP.
        UnknownNameError: if a law speaks of something that a run does not hold.

    >>> from tptheory import simulate, squared_norm
    >>> run = simulate("tp", [[[1.0]], [[2.0]]], [1.0], [0.0], steps=20)
    >>> law_drift(run).get_ylabel()
    'drift of a law since the start'
    >>> norms = {"|W_1|^2": squared_norm(run.net.weight(1))}
    >>> [line.get_label() for line in law_drift(run, laws=norms).lines]
    ['Target propagation: |W_1|^2']
    """
    named = runs if isinstance(runs, Mapping) else {run_of(runs).rule.full_title: runs}
    if not named:
        raise InvalidValueError(complain("runs", "at least one run", runs))
    drawn = _laws_of(list(map(run_of, named.values())), laws)
    clock = clock_of(named.values())
    ax = axes_or_new(ax)
    for k, (name, run) in enumerate(named.items()):
        kept = sorted(set(np.linspace(0, len(run) - 1, min(len(run), POINTS)).round().astype(int).tolist()))
        for (law, quantity), line in zip(drawn.items(), cycle(LINES), strict=False):
            look = MARKS[k % len(MARKS)] | HOLLOW | {"linestyle": line}
            changes, at = _largest_drifts(quantity, run, kept), moments_of(run, clock)[kept]
            set_logarithmic(ax, changes)
            ax.plot(at, changes, **look, markevery=max(1, len(kept) // 6), linewidth=1.3, label=f"{name}: {law}")
    end_at_zero(ax)
    return labelled_above(ax, clock, "drift of a law since the start")


def _laws_of(runs: Sequence[Run], laws: Any) -> dict[str, Any]:
    """Return the laws to be drawn by name: those that are given, or those of BP and TP.

    Raises:
        InvalidTypeError: if they are neither a mapping nor a list.
        InvalidValueError: if there are none, or none are given and the laws of the rule of a run are not known.
    """
    if laws is None:
        for run in runs:
            if type(run.rule) not in (Backprop, TargetProp):
                expected = "given for a run of another rule than BP and TP, whose laws are known"
                widths = tuple(map(int, run.net.widths))
                mend = f"Try laws=conservation_laws(rule, {widths}).laws, or {{'mine': a quantity}}."
                raise InvalidValueError(complain("laws", expected, run.rule, mend))
        return LAWS
    if not isinstance(laws, Mapping | list | tuple):
        mend = "Try laws={'mine': squared_norm(run.net.weight(1))}."
        raise InvalidTypeError(complain("laws", "a mapping from names to quantities, or a list", laws, mend))
    if not laws:
        raise InvalidValueError(complain("laws", "one quantity at least", laws))
    return dict(laws) if isinstance(laws, Mapping) else {text_of(law): law for law in laws}


def _largest_drifts(quantity: Any, run: Run, at: Sequence[int]) -> np.ndarray:
    """Return how far a law has drifted since the start: of one that is a function of a layer, in the layer of most."""
    parts = [quantity(run.net, l) for l in range(1, run.net.depth)] if callable(quantity) else [quantity]
    return np.max([np.zeros(len(at)), *(drift_along(part, run, at) for part in parts)], axis=0)


@known_keywords
def spectrum(net: Run | Sequence[Any], ax: Axes | None = None, *, step: int = -1) -> Axes:
    """Draw the singular values of every weight, the largest first, on a logarithmic scale; zeros are left out.

    A spectrum is that of the end of a run unless told otherwise, where figures of spaces are those of the start.

    Args:
        net: a run, or ``[W_1, ..., W_L]``.
        ax: where to draw; a new figure unless given.
        step: of a run: the weights after that many steps, or at the time of that number; the last unless given, and 0
            for the start. The title says which.

    >>> spectrum([[[2.0, 0.0], [0.0, 1.0]]]).get_ylabel()
    'singular value'
    """
    weights, ax = weights_at(net, step), axes_or_new(ax)
    for l, W in enumerate(weights, start=1):
        values = np.linalg.svd(W, compute_uv=False)
        kept = values > 1e-14 * max(values.max(initial=0.0), 1e-300)
        ax.plot(np.flatnonzero(kept) + 1, values[kept], **MARKS[(l - 1) % len(MARKS)] | HOLLOW, label=f"$W_{{{l}}}$")
    ax.set_yscale("log")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    if isinstance(net, Run):
        ax.set_title(moment_in_words(net, step))
    return labelled(ax, "number of the singular value", "singular value")
