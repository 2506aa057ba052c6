"""Figures of spaces: the fundamental subspaces of a weight, activations and targets, and the loss at each layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from mpl_toolkits.mplot3d.art3d import Poly3DCollection

from tptheory.errors import InvalidValueError, ShapeError, complain
from tptheory.keywords import known_keywords
from tptheory.simulation.trajectories import Run
from tptheory.writing.figures.axes_of_spaces import axes_of_space, finished_space, reach
from tptheory.writing.figures.numbers import (
    every,
    layer_of,
    matrix,
    product_above,
    run_of,
    sample_of,
    step_of,
    subspaces,
    target_of,
    target_vector,
    weights_at,
)
from tptheory.writing.figures.scales import moment_in_words
from tptheory.writing.figures.style import INK, page_style

KERNEL: dict[str, Any] = {"color": "#D55E00", "linestyle": "--", "linewidth": 2.2}
IMAGE: dict[str, Any] = {"color": "#0072B2", "linestyle": "-", "linewidth": 2.2}
COSET: dict[str, Any] = {"color": "#6e6e74", "linestyle": ":", "linewidth": 0.9}
ACTIVATION: dict[str, Any] = {"color": "#009E73", "marker": "o", "linestyle": "none", "markersize": 6}
TARGET: dict[str, Any] = {"color": "#CC79A7", "marker": "*", "linestyle": "none", "markersize": 9}
GOAL: dict[str, Any] = {"color": INK, "marker": "^", "linestyle": "none", "markersize": 8, "markerfacecolor": "none"}
_CONTOURS = ("#B8860B", "#A07A1F", "#887032", "#726744", "#5D5E55", "#4A5566", "#384C70", "#263F70", "#12306B")
"""The colours of contours, from ochre, where the loss is low, to navy: each is dark enough on white."""
_MOST_COSETS = {2: 17, 3: 7}
"""By dimension of the space, the most parallel lines along one direction: more would hide each other."""


@known_keywords
def kernel_and_coimage(
    W: Any, ax: Axes | None = None, *, rank: int | None = None, spacing: float = 0.5, limit: float | None = None
) -> Axes:
    """Draw the space that ``W`` acts on: kernel (dashed), coimage (solid), and elements of the quotient by the kernel.

    Each thin line, ``x + ker W``, is one element of the quotient. Lines that are neighbours have images that are
    ``spacing`` apart: they lie ``spacing / sigma`` apart.

    Args:
        W: a matrix with 2 or 3 columns.
        ax: where to draw, three-dimensional for 3 columns; a new figure unless given.
        rank: draw the subspaces of the nearest matrix of this rank instead.
        spacing: the distance between the images of neighbouring lines.
        limit: how far the axes reach; 2 unless given.

    >>> kernel_and_coimage([[0.0, 0.0], [1.0, 2.0]]).get_legend().get_texts()[0].get_text()
    'kernel'
    """
    A = matrix("W", W)
    four = subspaces(A, rank)
    steps = spacing / np.maximum(four.singular_values[: four.coimage.shape[1]], 1e-12)
    return _space(ax, (four.kernel, "kernel"), (four.coimage, "coimage"), steps, reach(limit))


@known_keywords
def image_and_cokernel(
    W: Any, ax: Axes | None = None, *, rank: int | None = None, spacing: float = 0.5, limit: float | None = None
) -> Axes:
    """Draw the space that ``W`` maps to: image (solid), cokernel (dashed), elements of the quotient by the cokernel.

    The thin lines are ``spacing`` apart: they meet the image where the lines of `kernel_and_coimage` are sent.

    Args:
        W: a matrix with 2 or 3 rows.
        ax: where to draw, three-dimensional for 3 rows; a new figure unless given.
        rank: draw the subspaces of the nearest matrix of this rank instead.
        spacing: the distance between neighbouring lines.
        limit: how far the axes reach; 2 unless given.

    >>> image_and_cokernel([[0.0, 0.0], [1.0, 2.0]]).get_legend().get_texts()[0].get_text()
    'cokernel'
    """
    four = subspaces(matrix("W", W), rank)
    steps = np.full(four.image.shape[1], spacing)
    return _space(ax, (four.cokernel, "cokernel"), (four.image, "image"), steps, reach(limit))


@known_keywords
def activations_and_targets(
    run: Run,
    l: int,
    ax: Axes | None = None,
    *,
    alpha: float = 1.0,
    sample: int = 0,
    step: int | None = None,
    limit: float | None = None,
) -> Axes:
    """Draw how ``x_l`` (dots) and its target ``t_l = x_l - alpha d_l`` (stars) move during a run.

    The first point of each is large, the later ones are small. At the output layer ``y`` is drawn too, as a triangle.

    Args:
        run: what `simulate` returned.
        l: a layer of width 2 or 3, from 0.
        ax: where to draw, three-dimensional for width 3; a new figure unless given.
        alpha: how far a target lies from its activation, in units of the error signal.
        sample: of a batch.
        step: draw this step alone, -1 for the last, which the heading of the legend then names; all unless given.
        limit: how far the axes reach; 2 unless given, or further where a point lies further out.

    >>> from tptheory import Backprop, simulate
    >>> run = simulate(Backprop(), [np.eye(2)], [1, 0], [0, 1], steps=3)
    >>> [line.get_label() for line in activations_and_targets(run, 1).lines[1::2]]
    ['$x_1$', 'target $t_1$']
    """
    l, column = layer_of(run_of(run), l), sample_of(run, sample)
    shown = np.array([step_of(run, step)]) if step is not None else np.arange(run.steps + 1)[every(run.steps, 16)]
    x, d = run.activations[l][shown, :, column], run.error_signals[l][shown, :, column]
    goal = run.target[:, [column]].astype(float) if l == len(run.weights) else np.empty((x.shape[1], 0))
    ax, targets = axes_of_space(ax, x.shape[1]), x - alpha * d
    for path, look, label in ((x, ACTIVATION, f"$x_{l}$"), (targets, TARGET, f"target $t_{l}$")):
        ax.plot(*path[1:].T, **look | {"markersize": 0.6 * look["markersize"]}, alpha=0.65, zorder=4)
        ax.plot(*path[:1].T, **look, markeredgecolor=INK, markeredgewidth=0.6, label=label, zorder=5)
    if goal.size:
        ax.plot(*goal, **GOAL, label="$y$", zorder=5)
    return finished_space(ax, reach(limit, x, targets, goal), "" if step is None else moment_in_words(run, step))


@known_keywords
def pulled_back_loss(
    net: Run | Sequence[Any],
    l: int,
    ax: Axes | None = None,
    *,
    y: Any = None,
    step: int = 0,
    sample: int = 0,
    levels: int = 9,
    labels: bool = True,
    limit: float | None = None,
) -> Axes:
    """Draw contours of the loss as layer ``l`` sees it: ``1/2 |W_L ... W_{l+1} x_l - y|^2``.

    Args:
        net: a run with the squared loss, or ``[W_1, ..., W_L]``.
        l: a layer of width 2, from 0.
        ax: where to draw; a new figure unless given.
        y: the target, for matrices; a run has its own.
        step: of a run: the weights after that many steps, at the start unless given; -1 for the last. The heading of
            the legend says which.
        sample: of a batch.
        levels: how many contours, at distances that grow evenly.
        labels: whether every second contour bears its loss.
        limit: how far the axes reach; 2 unless given.

    Raises:
        InvalidValueError: if there is no such layer, step or sample, or ``y`` is given with a run.
        ShapeError: if the layer has another width, or ``y`` another size than the output.

    >>> pulled_back_loss([np.eye(2)], 1, y=[1.0, 0.5]).get_aspect()
    1.0
    """
    weights, l = weights_at(net, step), layer_of(net, l)
    M, y = product_above(weights, l), _target(net, y, sample, len(weights[-1]))
    if M.shape[1] != 2:
        raise ShapeError(complain("l", "a layer of width 2", f"width {M.shape[1]}"))
    ax, limit = axes_of_space(ax, 2), reach(limit)
    grid = np.linspace(-limit, limit, 121)
    h, v = np.meshgrid(grid, grid)
    loss = 0.5 * ((np.stack([h, v], axis=-1) @ M.T - y) ** 2).sum(axis=-1)
    low, high = float(loss.min()), float(loss.max())
    if high - low > 1e-12 * max(high, 1.0):
        heights = low + (high - low) * (np.arange(1, levels + 1) / (levels + 1)) ** 2
        colors = [_CONTOURS[k * len(_CONTOURS) // levels] for k in range(levels)]
        drawn = ax.contour(h, v, loss, heights, colors=colors, linewidths=0.9, zorder=0.5)
        if labels:
            ax.clabel(drawn, heights[::2], fmt="%.2g", fontsize="small", inline_spacing=2)
        ax.plot([], [], color=_CONTOURS[len(_CONTOURS) // 2], linewidth=0.9, label="equal loss")
    return finished_space(ax, limit, moment_in_words(net, step) if isinstance(net, Run) else "")


def _target(net: Run | Sequence[Any], y: Any, sample: int, size: int) -> np.ndarray:
    """Return the target of a sample of a run, or the one that was given for matrices, which have one sample."""
    if not isinstance(net, Run):
        sample_of(net, sample)
        return target_vector(y, size)
    if y is not None:
        raise InvalidValueError(complain("y", "left out for a run, which has its own target", y))
    return target_of(net, sample)


@known_keywords
def layer_spaces(
    run: Run,
    step: int = 0,
    *,
    figure: Figure | None = None,
    alpha: float = 1.0,
    sample: int = 0,
    rank: int | None = None,
    limit: float | None = None,
) -> np.ndarray:
    """Draw a run of width 2, one column of spaces a layer, and return the axes, of shape ``(2, L + 1)``.

    Above, layer ``l`` is what ``W_{l+1}`` acts on: kernel, coimage, quotient. Below, it is what ``W_l`` maps to:
    cokernel, image. In each, the activations and targets of the whole run, and the loss pulled back to the layer.

    Args:
        run: what `simulate` returned, every width 2.
        step: whose weights are drawn, the start unless given; -1 for the last. The heading of the legend says which.
        figure: where to draw; a new figure unless given.
        alpha: how far a target lies from its activation, in units of the error signal.
        sample: of a batch.
        rank: draw the subspaces of the nearest matrices of this rank.
        limit: how far the axes reach; of each layer 2 unless given, or further where a point lies further out.

    >>> from tptheory import TargetProp, simulate
    >>> run = simulate(TargetProp(), [np.eye(2), np.eye(2)], [1, 0], [0, 1], steps=3)
    >>> layer_spaces(run).shape
    (2, 3)
    """
    depth = len(run_of(run).weights)
    if set(run.net.widths) != {2}:
        raise ShapeError(complain("run", "a run of width 2 in every layer", run.net.widths))
    if figure is None:
        import matplotlib.pyplot as plt

        with page_style():
            figure = plt.figure(figsize=size_of_layers(depth), layout="constrained")
    axes = figure.subplots(2, depth + 1, squeeze=False)
    weights = weights_at(run, step)
    for l in range(depth + 1):
        far = _drawn_so_far(axes[:, l], run, l, alpha, sample, limit)
        for row in axes[:, l]:
            pulled_back_loss(run, l, row, step=step, sample=sample, labels=False, limit=far)
        if l < depth:
            kernel_and_coimage(weights[l], axes[0, l], rank=rank, limit=far)
        if l > 0:
            image_and_cokernel(weights[l - 1], axes[1, l], rank=rank, limit=far)
        for row in axes[:, l]:
            finished_space(row, far).set(xlabel="", ylabel="")  # the title names the space
        axes[0, l].set_title(f"layer {l}" + (f": $W_{l + 1}$ acts here" if l < depth else ": the output"))
        axes[1, l].set_title(f"layer {l}" + (f": $W_{l}$ maps here" if l > 0 else ": the input"))
    _one_legend(figure, axes, moment_in_words(run, step))
    return axes


def _drawn_so_far(pair: np.ndarray, run: Run, l: int, alpha: float, sample: int, limit: float | None) -> float:
    """Draw the activations and targets of a layer on both axes of it, and return how far these then reach."""
    for ax in pair:
        activations_and_targets(run, l, ax, alpha=alpha, sample=sample, limit=limit)
    return float(pair[0].get_xlim()[1])


def size_of_layers(depth: int) -> tuple[float, float]:
    """Return the size, in inches, of a figure of so many layers beside their input, in which all texts have a place."""
    return 2.7 * (depth + 1), 6.6


def _one_legend(figure: Figure, axes: np.ndarray, heading: str) -> None:
    """Put one legend below all axes, in which labels that differ by the number of a layer alone stand once."""
    names: dict[str, Any] = {}
    for ax in axes.flat:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            if label.startswith("$x_"):
                label = "activation $x_l$"
            names.setdefault("target $t_l$" if label.startswith("target") else label, handle)
        ax.get_legend().remove()
    figure.legend(names.values(), names.keys(), loc="outside lower center", ncols=5, title=heading)


def _space(
    ax: Axes | None, collapsed: tuple[np.ndarray, str], kept: tuple[np.ndarray, str], steps: np.ndarray, limit: float
) -> Axes:
    """Draw two complementary subspaces, and parallels to the first through a lattice on the second."""
    size = len(kept[0])
    ax = axes_of_space(ax, size)
    lattice = _lattice(kept[0], steps, limit)
    for offset in lattice:
        draw_flat(ax, collapsed[0], offset, COSET, limit)
    for (basis, name), look in ((collapsed, KERNEL), (kept, IMAGE)):
        draw_flat(ax, basis, np.zeros(size), look | {"label": name}, limit)
    if lattice:
        ax.plot(*np.empty((size, 0)), **COSET, label=f"$x$ + {collapsed[1]}")
    return finished_space(ax, limit)


def _lattice(basis: np.ndarray, steps: np.ndarray, limit: float) -> list[np.ndarray]:
    """Return points of a subspace that lie within the axes, ``steps`` apart; at most `_MOST_COSETS` a direction."""
    diagonal = limit * np.sqrt(len(basis))
    axes = []
    for step in steps:
        count = min(int(diagonal / step), _MOST_COSETS[len(basis)] // 2)
        axes.append(step * np.arange(-count, count + 1))
    if not axes or basis.shape[1] == len(basis):
        return []
    return [basis @ np.array(point) for point in np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, len(axes))]


def draw_flat(ax: Axes, basis: np.ndarray, offset: np.ndarray, look: dict[str, Any], limit: float) -> None:
    """Draw a point, a line or a plane within the axes; a subspace that is the whole space has a legend alone."""
    size, dimension = basis.shape
    label = look.get("label")
    if dimension == size:
        ax.plot([], [], **look | {"label": f"{label}: all"})
    elif dimension == 0:
        if label:
            dot = {"color": look["color"], "marker": "x", "markersize": 7, "markeredgewidth": 2, "linestyle": "none"}
            ax.plot(*offset[:, None], **dot, label=f"{label}: 0", zorder=3)
    elif dimension == 1:
        ends = _clipped(offset, basis[:, 0], limit)
        if ends is not None:
            ax.plot(*ends, **look, zorder=3 if label else 1)
    else:
        _plane(ax, basis, offset, look, limit)


def _clipped(point: np.ndarray, direction: np.ndarray, limit: float) -> np.ndarray | None:
    """Return the two ends of a line in the box, in columns; None if it misses the box."""
    low, high = -np.inf, np.inf
    for p, d in zip(point, direction, strict=True):
        if abs(d) < 1e-12:
            if abs(p) > limit:
                return None
            continue
        first, second = sorted(((-limit - p) / d, (limit - p) / d))
        low, high = max(low, first), min(high, second)
    return point[:, None] + direction[:, None] * np.array([low, high]) if low < high else None


def _plane(ax: Any, basis: np.ndarray, offset: np.ndarray, look: dict[str, Any], limit: float) -> None:
    """Draw the part of a plane that lies in the box: filled if it has a label, else by its outline."""
    corners = _corners(np.cross(*basis.T), offset, limit)
    if len(corners) < 3:
        return
    flat = (corners - corners.mean(axis=0)) @ basis
    outline = corners[np.argsort(np.arctan2(flat[:, 1], flat[:, 0]))]
    if "label" in look:
        ax.add_collection3d(Poly3DCollection([outline], alpha=0.25, facecolor=look["color"], edgecolor="none"))
        ax.plot([], [], [], **look)
    ax.plot(
        *np.vstack([outline, outline[:1]]).T, **{k: v for k, v in look.items() if k != "label"} | {"linewidth": 0.9}
    )


def _corners(normal: np.ndarray, offset: np.ndarray, limit: float) -> np.ndarray:
    """Return the points, in rows, at which a plane meets the edges of the box."""
    corners = []
    for i, edge in enumerate(np.eye(3)):
        if normal @ edge:
            for middle in _middles(i, limit):
                height = normal @ (offset - middle) / (normal @ edge)
                corners += [middle + height * edge] if abs(height) <= limit else []
    return np.array(corners)


def _middles(i: int, limit: float) -> list[np.ndarray]:
    """Return the middles of the four edges of the box that run along axis ``i``."""
    return [np.insert([a, b], i, 0.0) for a in (-limit, limit) for b in (-limit, limit)]
