"""What training on digits shows: singular modes beside their closed form, and plateaus."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from matplotlib.axes import Axes

from tptheory.training.modes import ModesStudy
from tptheory.training.plateau import PlateauStudy
from tptheory.writing.figures.style import INK, MARKS, axes_or_new


def modes(study: ModesStudy, ax: Axes | None = None) -> Axes:
    """Draw the strength of each singular mode over time: measured (dots), and what the closed form says (lines)."""
    axes = axes_or_new(ax)
    for k in range(study.singular_values.size):
        first = k == 0
        axes.plot(study.times, study.predicted[:, k], color=INK, linewidth=0.9, label="Saxe et al." if first else None)
        mark = MARKS[0] | {"linestyle": "none", "label": "measured" if first else None}
        axes.plot(study.times[::3], study.measured[::3, k], **mark, markersize=3, markerfacecolor="none")
    axes.set_xlabel(r"steps $\times$ step size")
    axes.set_ylabel("strength of a mode")
    axes.legend()
    return axes


def plateaus(studies: Sequence[PlateauStudy], ax: Axes | None = None) -> Axes:
    """Draw the loss of each run over its step in units of the predicted one; the band is kappa 1.0 to 1.3."""
    axes = axes_or_new(ax)
    for study, mark in zip(studies, itertools.cycle(MARKS), strict=False):
        steps = [line.step / study.predicted for line in study.run.log]
        L, hidden, std, lr = study.setting
        label = f"L={L}, h={hidden}, s={std:g}, $\\eta$={lr:g}"
        axes.plot(steps, [line.loss for line in study.run.log], **mark | {"marker": None}, linewidth=1, label=label)
    axes.axvspan(1.0, 1.3, color=INK, alpha=0.12, linewidth=0)
    axes.set_xlabel("step / predicted step")
    axes.set_ylabel("training loss of a batch (nats)")
    axes.set_ylim(0, 3)
    axes.legend(fontsize=8)
    return axes
