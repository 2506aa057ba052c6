"""Every figure drawn from fixed numbers, and small pictures of them without text, which `baseline` keeps.

Fonts, legends and layout differ between versions of Matplotlib; lines, dots and planes hardly do. A thumbnail has the
latter alone, on axes that fill it, averaged over cells of 4 by 4 pixels and kept as grey levels.
``python tests/writing/pictures.py`` draws the baseline anew: look at the pictures before you keep them.
"""

from functools import cache
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from tptheory import Backprop, TargetProp, simulate
from tptheory.training.plateau import Setting
from tptheory.training.trainer import train
from tptheory.writing import experiments, figures

BASELINE = Path(__file__).parent / "baseline"
RANK_ONE = np.outer([1, 0], [1, 2]) / np.sqrt(5)
FULL = np.array([[1.0, 0.3], [-0.2, 0.7]])
WIDE = np.array([[1.0, 2.0, 0.5], [0.3, -1.0, 1.0]])
MODES = np.array([[1.5], [1.0], [0.6]])


@cache
def trajectories():
    """Return a run of each rule."""
    return experiments.trajectories()


@cache
def drifts():
    """Return the drifts of both rules."""
    return experiments.drifts()


@cache
def trained():
    """Train a little by both rules."""
    return {name: train(name, steps=20, log_every=5) for name in ("bp", "tp")}


@cache
def flat_run():
    """Run a net of width 2, whose second weight has full rank, under TP."""
    return simulate(TargetProp(), [RANK_ONE, FULL], [-1.5, -1.15], [1.0, 0.5], lr=0.02, steps=60)


@cache
def modes():
    """Run aligned weights under BP, and give the logistic curves of Saxe et al. beside, in time ``eta * steps``."""
    run = simulate(Backprop(), [0.2 * np.eye(3)] * 2, np.eye(3), np.diag(MODES[:, 0]), lr=0.05, steps=120)
    grown = np.exp(2 * MODES * 0.05 * np.arange(121))
    return run, MODES * grown / (grown - 1 + MODES / 0.04)


def small_study(data, seed):
    """Study the digits as a report does, in a tenth of the time."""
    return experiments.digits_theory(data, seed, probed=9, settings=(Setting(3, 50, 0.02, 0.1),), modes=120)


def drawings():
    """Give for each name a function that takes axes, and whether they are three-dimensional.

    What is drawn is run when it is first drawn, so that the names alone cost nothing.
    """
    return {
        "kernel_and_coimage": (lambda ax: figures.kernel_and_coimage(RANK_ONE, ax), False),
        "image_and_cokernel": (lambda ax: figures.image_and_cokernel(RANK_ONE, ax), False),
        "kernel_of_full_rank": (lambda ax: figures.kernel_and_coimage(FULL, ax), False),
        "nearest_rank_one": (lambda ax: figures.kernel_and_coimage(FULL, ax, rank=1), False),
        "kernel_in_space": (lambda ax: figures.kernel_and_coimage(WIDE, ax), True),
        "kernel_plane": (lambda ax: figures.kernel_and_coimage(WIDE, ax, rank=1), True),
        "image_in_space": (lambda ax: figures.image_and_cokernel(WIDE.T, ax), True),
        "activations": (lambda ax: figures.activations_and_targets(flat_run(), 2, ax), False),
        "pulled_back_loss": (lambda ax: figures.pulled_back_loss(flat_run(), 1, ax=ax, labels=False), False),
        "trajectories": (lambda ax: figures.trajectories(trajectories(), ax), False),
        "error_ray": (lambda ax: figures.error_ray(trajectories()["tp"], ax), False),
        "error_ray_of_bp": (lambda ax: figures.error_ray(trajectories()["bp"], ax), False),
        "singular_modes": (lambda ax: figures.singular_modes(modes()[0], ax, theory=modes()[1]), False),
        "conservation_drift": (lambda ax: figures.conservation_drift(drifts(), ax), False),
        "rising_loss": (lambda ax: figures.rising_loss(experiments.rising_loss(), ax), False),
        "order_of_samples": (lambda ax: figures.order_of_samples(experiments.order_defects(), ax), False),
        "digits": (lambda ax: figures.digits(trained(), ax=ax), False),
        "time_series": (lambda ax: figures.time_series(flat_run(), "W", 1, ax), False),
        "time_series_of_errors": (lambda ax: figures.time_series(flat_run(), "d", 1, ax), False),
    }


def thumbnail(function, solid=False):
    """Return grey levels of what a function draws, without text, of shape ``(48, 64)``."""
    with figures.page_style():
        figure = Figure(figsize=(2.56, 1.92), dpi=100)
        ax = figure.add_axes((0.02, 0.02, 0.96, 0.96), projection="3d" if solid else None)
        function(ax)
    for text in (*([ax.get_legend()] if ax.get_legend() else []), *ax.texts):
        text.remove()
    for axis in (ax.xaxis, ax.yaxis, *([ax.zaxis] if solid else [])):
        axis.set_ticks([], minor=False)
        axis.set_ticks([], minor=True)
        axis.label.set_visible(False)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    grey = np.asarray(Image.fromarray(np.asarray(canvas.buffer_rgba())[:, :, :3]).convert("L"), dtype=float)
    return grey.reshape(48, 4, 64, 4).mean(axis=(1, 3))


def read(name):
    """Return the thumbnail that is kept."""
    return np.asarray(Image.open(BASELINE / f"{name}.png"), dtype=float)


if __name__ == "__main__":
    BASELINE.mkdir(exist_ok=True)
    for name, (function, solid) in drawings().items():
        grey = thumbnail(function, solid).round().astype(np.uint8)
        Image.fromarray(grey).save(BASELINE / f"{name}.png", optimize=True)
