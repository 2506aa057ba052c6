"""Figures of training on digits: singular modes beside their closed form, and plateaus."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from matplotlib.axes import Axes

from tptheory.training.modes import ModesStudy
from tptheory.training.plateau import PlateauStudy
from tptheory.training.trainer import TrainingRun
from tptheory.writing.figures.style import ABOVE, INK, MARKS, axes_or_new, dots, labelled

POINTS = 160
"""About how many points of a training log are drawn."""


def modes(study: ModesStudy, ax: Axes | None = None) -> Axes:
    """Draw the strength of each singular mode over time: as measured (dots) and by the closed form (lines)."""
    axes = axes_or_new(ax)
    for k in range(study.singular_values.size):
        first = k == 0
        axes.plot(study.times, study.predicted[:, k], color=INK, linewidth=0.9, label="Saxe et al." if first else None)
        mark = dots(0) | {"markersize": 3, "label": "measured" if first else None}
        axes.plot(study.times[::3], study.measured[::3, k], **mark)
    return labelled(axes, r"steps $\times$ step size", "strength of a mode")


def angles(run: TrainingRun, ax: Axes | None = None) -> Axes:
    """Draw the cosine between TP's update and BP's at each layer of a probed run, over steps."""
    axes = axes_or_new(ax)
    readings = [reading for reading in run.readings if reading.probe == "angle"]
    for k, layer in enumerate(sorted({reading.layer for reading in readings})):
        own = [reading for reading in readings if reading.layer == layer]
        mark = MARKS[k % len(MARKS)] | {"marker": None}
        axes.plot([r.step for r in own], [r.measured for r in own], **mark, linewidth=1.2, label=f"layer {layer}")
    axes.set_ylim(0, 1.02)
    return labelled(axes, "step", "cosine between the updates of TP and BP")


def plateaus(studies: Sequence[PlateauStudy], ax: Axes | None = None) -> Axes:
    """Draw the loss of runs over steps, in units of the predicted step; the band is where they leave the plateau."""
    axes = axes_or_new(ax)
    for study, mark in zip(studies, itertools.cycle(MARKS), strict=False):
        log = study.run.log[:: max(1, len(study.run.log) // POINTS)]
        steps = [line.step / study.predicted for line in log]
        L, hidden, std, lr = study.setting
        label = f"$L$={L}, $h$={hidden}, std {std:g}, $\\eta$={lr:g}"
        axes.plot(steps, [line.loss for line in log], **mark | {"marker": None}, linewidth=1, label=label)
    left = [study.kappa for study in studies if study.kappa is not None]
    if left:
        axes.axvspan(min(left), max(left), color=INK, alpha=0.12, linewidth=0)
    axes.set_ylim(0, 3)
    small = {"fontsize": 7, "handlelength": 1.4}
    return labelled(axes, "step / predicted step", "training loss of a batch (nats)", **ABOVE | small)
