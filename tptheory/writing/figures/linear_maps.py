"""Figures of what a linear map does: the preimage of a point, the image of a disc, a gradient as a functional."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from tptheory.checking import checked_integer
from tptheory.errors import InvalidValueError, ShapeError, complain
from tptheory.keywords import known_keywords
from tptheory.simulation.runs import simulate
from tptheory.simulation.trajectories import Run
from tptheory.writing.figures.axes_of_spaces import axes_of_space, finished_space, reach
from tptheory.writing.figures.numbers import (
    layer_of,
    matrix,
    run_of,
    sample_of,
    step_of,
    subspaces,
    target_of,
    target_vector,
    weights_at,
)
from tptheory.writing.figures.scales import moment_in_words
from tptheory.writing.figures.spaces import (
    ACTIVATION,
    COSET,
    IMAGE,
    KERNEL,
    draw_flat,
    pulled_back_loss,
)
from tptheory.writing.figures.style import INK

FAR = 1e-9
"""A target further than this from the image, in units of its length, has no preimage."""
MOST_LEVELS = 9
"""The most level lines to either side."""


@known_keywords
def preimage(W: Any, y: Any, ax: Axes | None = None, *, limit: float | None = None) -> Axes:
    r"""Draw all ``x`` with ``W x = y``: the coset ``W+ y + ker W``, and its point of least norm, ``W+ y``.

    Args:
        W: a matrix with 2 or 3 columns.
        y: a point of its image.
        ax: where to draw, three-dimensional for 3 columns; a new figure unless given.
        limit: how far the axes reach; 2 unless given, or further where the point lies further out.

    Raises:
        InvalidValueError: if ``y`` is not in the image of ``W``, so that it has no preimage.
        ShapeError: if shapes do not fit.

    >>> [text.get_text() for text in preimage([[1.0, 2.0]], [1.0]).get_legend().get_texts()]
    ['$\\ker W$', '$x$ with $Wx = y$', '$W^+ y$, of least norm']
    """
    A = matrix("W", W)
    target = target_vector(y, len(A))
    ax = axes_of_space(ax, A.shape[1])
    point = np.linalg.pinv(A) @ target
    off = float(np.linalg.norm(A @ point - target))
    if off > FAR * max(1.0, float(np.linalg.norm(target))):
        mend = "Project it on the image: W @ pinv(W) @ y."
        raise InvalidValueError(complain("y", "a point of the image of W", target.tolist(), mend))
    kernel, limit = subspaces(A).kernel, reach(limit, point)
    draw_flat(ax, kernel, np.zeros(A.shape[1]), KERNEL | {"label": r"$\ker W$", "linewidth": 1.2}, limit)
    draw_flat(ax, kernel, point, IMAGE | {"label": "$x$ with $Wx = y$"}, limit)
    ax.plot(*point[:, None], **ACTIVATION, label="$W^+ y$, of least norm", zorder=5)
    return finished_space(ax, limit)


@known_keywords
def disc_and_image(W: Any, ax: Axes | None = None, *, limit: float | None = None) -> Axes:
    """Draw the unit circle (dashed) and its image under ``W`` (solid), with the singular directions of both.

    The arrows ``v_i`` are the right singular vectors, and ``sigma_i u_i`` their images, the semi-axes of the ellipse.

    Args:
        W: a matrix of shape ``(2, 2)``.
        ax: where to draw; a new figure unless given.
        limit: how far the axes reach; a little beyond both curves unless given.

    Raises:
        ShapeError: if ``W`` has another shape.

    >>> len(disc_and_image([[2.0, 0.0], [0.0, 1.0]]).lines)
    2
    """
    A = matrix("W", W)
    if A.shape != (2, 2):
        raise ShapeError(complain("W", "of shape (2, 2)", A.shape, "Draw the block of two coordinates."))
    U, sizes, Vt = np.linalg.svd(A)
    limit = reach(1.15 * max(1.0, float(sizes[0])) if limit is None else limit)
    ax = axes_of_space(ax, 2)
    angles = np.linspace(0.0, 2 * np.pi, 241)
    circle = np.stack([np.cos(angles), np.sin(angles)])
    ax.plot(*circle, **KERNEL | {"linewidth": 1.4, "label": "unit circle"})
    ax.plot(*(A @ circle), **IMAGE | {"label": "its image under $W$"})
    for i in (0, 1):
        _arrow(ax, np.zeros(2), Vt[i], KERNEL["color"], f"$v_{i + 1}$")
        _arrow(ax, np.zeros(2), sizes[i] * U[:, i], IMAGE["color"], rf"$\sigma_{i + 1} u_{i + 1}$")
    return finished_space(ax, limit)


@known_keywords
def gradient_functional(
    run: Run,
    l: int,
    ax: Axes | None = None,
    *,
    step: int = 0,
    sample: int = 0,
    spacing: float = 0.5,
    limit: float | None = None,
) -> Axes:
    """Draw the error signal ``d_l`` as what it is, a functional ``v -> d_l . v``: level lines, and an arrow ``-d_l``.

    The level lines through ``x_l + v`` are those of ``d_l . v``, ``spacing`` apart in value, so that a long gradient
    has dense lines. Under BP ``d_l`` is the gradient of the loss with respect to ``x_l``, and the arrow the direction
    of steepest descent.

    Args:
        run: what `simulate` returned.
        l: a layer of width 2, from 0.
        ax: where to draw; a new figure unless given.
        step: at which step, the start unless given; -1 for the last. The heading of the legend says which.
        sample: of a batch.
        spacing: how far apart neighbouring lines are in value.
        limit: how far the axes reach; 2 unless given, or further where ``x_l`` or the arrow lies further out.

    Raises:
        InvalidValueError: if there is no such layer, step or sample.
        ShapeError: if the layer has another width.

    >>> from tptheory import simulate
    >>> run = simulate("bp", [np.eye(2)], [1, 0], [0, 1], steps=3)
    >>> gradient_functional(run, 1).get_legend().get_texts()[0].get_text()
    'level lines of $d_1$'
    """
    l, at, column = layer_of(run_of(run), l), step_of(run, step), sample_of(run, sample)
    x = run.activations[l][at, :, column].astype(float)
    d = run.error_signals[l][at, :, column].astype(float)
    if len(d) != 2:
        raise ShapeError(complain("l", "a layer of width 2", f"width {len(d)}"))
    ax, limit = axes_of_space(ax, 2), reach(limit, x, x - d)
    size = float(np.linalg.norm(d))
    if size:
        along = np.array([[-d[1]], [d[0]]]) / size
        for k in range(-MOST_LEVELS, MOST_LEVELS + 1):
            look = COSET | ({"label": f"level lines of $d_{l}$"} if k == 0 else {})
            draw_flat(ax, along, x + k * spacing * d / size**2, look, limit)
        _arrow(ax, x, -d, IMAGE["color"], f"$-d_{l}$")
    ax.plot(*x[:, None], **ACTIVATION, label=f"$x_{l}$", zorder=5)
    return finished_space(ax, limit, moment_in_words(run, at))


@known_keywords
def error_field(
    run: Run,
    l: int,
    ax: Axes | None = None,
    *,
    step: int = 0,
    sample: int = 0,
    arrows: int = 11,
    limit: float | None = None,
) -> Axes:
    """Draw where the rule would move layer ``l`` from each of its points: a field of arrows ``-d_l``, over the loss.

    The contours are those of `pulled_back_loss`, at which BP's arrows stand at right angles, and another rule's may
    not. The arrows are as long as the grid allows, and their lengths compare with one another. The dot is ``x_l`` of
    the run.

    Args:
        run: what `simulate` returned for the squared loss and a net without biases; its rule keeps no states, and its
            feedback is made of weights.
        l: a layer of width 2, from 0, below the output or the output itself.
        ax: where to draw; a new figure unless given.
        step: at which step, the start unless given; -1 for the last. The heading of the legend says which.
        sample: of a batch.
        arrows: how many arrows stand in a row.
        limit: how far the axes reach; 2 unless given, or further where ``x_l`` lies further out.

    Raises:
        InvalidValueError: if there is no such layer, step or sample, or the run is not such a one.
        ShapeError: if the layer has another width.

    >>> from tptheory import simulate
    >>> run = simulate("tp", [np.eye(2), np.eye(2)], [1, 0], [0, 1], steps=3)
    >>> len(error_field(run, 1, arrows=5).collections[-1].U)
    25
    """
    l, at, column = layer_of(run_of(run), l), step_of(run, step), sample_of(run, sample)
    x = run.activations[l][at, :, column].astype(float)
    arrows, limit = checked_integer("arrows", arrows), reach(limit, x)
    ax = pulled_back_loss(run, l, ax, step=at, sample=column, limit=limit)
    places = limit * (2 * np.arange(arrows) + 1 - arrows) / arrows
    points = np.stack([entries.ravel() for entries in np.meshgrid(places, places)])
    moves = -_errors_at(run, l, at, column, points)
    ax.quiver(*points, *moves, color=IMAGE["color"], angles="xy", width=0.005, zorder=2)
    ax.plot([], [], color=IMAGE["color"], marker=r"$\rightarrow$", markersize=10, linestyle="none", label=f"$-d_{l}$")
    ax.plot(*x[:, None], **ACTIVATION, label=f"$x_{l}$", zorder=5)
    return finished_space(ax, limit, moment_in_words(run, at))


def _errors_at(run: Run, l: int, step: int, sample: int, points: np.ndarray) -> np.ndarray:
    """Return ``d_l`` at points of layer ``l``, in columns: ``d_0`` of the part of the net above that layer."""
    if run.states or run.biases or any(np.ndim(value) for value in run.constants.values()):
        expected = "a run without biases, whose rule keeps no states and no matrices but the weights"
        raise InvalidValueError(complain("run", expected, run.rule))
    y = target_of(run, sample)[:, None]
    above = weights_at(run, step)[l:]
    if not above:
        return points - y
    part = simulate(run.rule, above, points, np.tile(y, points.shape[1]), steps=0, constants=run.constants)
    return part.error_signals[0][0]


def _arrow(ax: Any, start: np.ndarray, vector: np.ndarray, color: str, label: str) -> None:
    """Draw what lies within the axes of a vector from a point, with its name at the tip."""
    look = {"arrowstyle": "-|>", "color": color, "shrinkA": 0, "shrinkB": 0, "linewidth": 1.6}
    drawn = ax.annotate("", xy=start + vector, xytext=start, arrowprops=look, zorder=4, annotation_clip=False)
    drawn.arrow_patch.set_clip_path(ax.patch)  # an annotation may reach beyond its axes, and over others
    ax.annotate(label, xy=start + vector, xytext=(4, 4), textcoords="offset points", color=INK, annotation_clip=True)
