"""Figures look as they did, keep their text apart and inside, and can be told from one another in grey."""

from functools import cache
from itertools import combinations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from tptheory import DeepLinearNetwork, TargetProp, simulate
from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, UnknownNameError
from tptheory.writing import figures
from tptheory.writing.figures.spaces import size_of_layers

from .pictures import FULL, RANK_ONE, WIDE, drawings, flat_run, read, thumbnail

MEAN, CELL = 2.0, 60.0
"""How far grey levels, of 255, may differ on the average and in a cell: dots and dashes shift by parts of a pixel."""
SMALLEST = 7.0
"""The smallest letters, in points."""
DRAWN = drawings()


@cache
def drawn_small(name):
    """Return the thumbnail of a figure."""
    return thumbnail(*DRAWN[name])


def differences(name, grey):
    """Return the average and the largest difference from what is kept."""
    apart = np.abs(grey - read(name))
    return apart.mean(), apart.max()


@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_looks_as_it_did(name):
    """Lines and dots are where the picture that was looked at has them."""
    mean, cell = differences(name, drawn_small(name))
    assert mean < MEAN
    assert cell < CELL


def test_each_figure_differs_from_each_other_by_more_than_is_allowed():
    """The failing twin: no picture passes for another."""
    for one, other in combinations(DRAWN, 2):
        mean, cell = differences(one, drawn_small(other))
        assert mean > MEAN or cell > CELL, (one, other)


def test_a_kernel_that_is_turned_is_seen():
    """The failing twin: a weight with its columns exchanged has another kernel."""
    turned = thumbnail(lambda ax: figures.kernel_and_coimage(RANK_ONE[:, ::-1], ax))
    assert max(np.subtract(differences("kernel_and_coimage", turned), (MEAN, CELL))) > 0


def boxes(figure):
    """Return the box of each text that is shown, with the text and its size; ticks beyond the limits are not shown."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    texts = {t for t in figure.findobj(mpl.text.Text) if t.get_visible() and t.get_text().strip()}
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis, *([ax.zaxis] if ax.name == "3d" else [])):
            low, high = sorted(axis.get_view_interval())
            for tick in (*axis.majorTicks, *axis.minorTicks):
                if not low <= tick.get_loc() <= high:
                    texts -= {tick.label1, tick.label2}
    return [(t.get_text(), t.get_fontsize(), t.get_window_extent(canvas.get_renderer())) for t in texts]


def legible(figure):
    """Assert that no text is cut off, tiny, or on another."""
    found = boxes(figure)
    assert found
    width, height = figure.canvas.get_width_height()
    for text, size, box in found:
        assert size >= SMALLEST, text
        assert -1 <= box.x0 <= box.x1 <= width + 1, text
        assert -1 <= box.y0 <= box.y1 <= height + 1, text
    for (one, _, first), (other, _, second) in combinations(found, 2):
        shared = (
            min(first.x1, second.x1) - max(first.x0, second.x0),
            min(first.y1, second.y1) - max(first.y0, second.y0),
        )
        assert min(shared) <= 1, (one, other)


@pytest.mark.parametrize("style", [figures.page_style, figures.paper_style])
@pytest.mark.parametrize("name", DRAWN)
def test_text_is_inside_apart_and_not_tiny(name, style):
    """In the report's letters as in a paper's."""
    function, solid = DRAWN[name]
    with style():
        figure = Figure(figsize=(4.6, 3.8), layout="constrained")
        function(figure.add_subplot(projection="3d" if solid else None))
        legible(figure)


def test_the_labels_of_contours_are_apart():
    """They are left out of the small pictures, since the gaps for them depend on the font."""
    with figures.page_style():
        figure = Figure(figsize=(4.6, 3.8), layout="constrained")
        figures.pulled_back_loss(flat_run(), 1, ax=figure.add_subplot())
        legible(figure)


def test_text_that_is_cut_off_is_noticed():
    """The failing twin."""
    figure = Figure(figsize=(2, 2))
    figure.text(0.9, 0.5, "too long to fit")
    with pytest.raises(AssertionError, match="too long"):
        legible(figure)


def test_all_layers_of_a_run_are_drawn():
    """Two rows of layers, each with what belongs to it, one legend, and text that can be read."""
    with figures.page_style():
        figure = Figure(figsize=size_of_layers(2), layout="constrained")
        axes = figures.layer_spaces(flat_run(), figure=figure)
        legible(figure)
    assert axes.shape == (2, 3)
    assert axes[0, 1].get_title() == "layer 1: $W_2$ acts here"
    assert axes[1, 1].get_title() == "layer 1: $W_1$ maps here"
    assert [ax.get_legend() for ax in axes.flat] == [None] * 6
    (legend,) = figure.legends
    assert legend.get_title().get_text() == "before step 1 of 60"
    said = [text.get_text() for text in legend.get_texts()]
    assert len(said) == len(set(said))
    assert {"activation $x_l$", "target $t_l$", "$y$", "image", "cokernel", "kernel: 0", "equal loss"} <= set(said)


def test_settings_of_matplotlib_are_left_alone():
    """Neither drawing nor saving changes them."""
    before = dict(mpl.rcParams)
    figures.draw(figures.kernel_and_coimage, RANK_ONE, style=figures.paper_style)
    figures.kernel_and_coimage(RANK_ONE, Figure().add_subplot())
    assert dict(mpl.rcParams) == before


def test_new_axes_are_made_where_none_are_given():
    """In three dimensions for three columns."""
    import matplotlib.pyplot as plt

    assert figures.kernel_and_coimage(RANK_ONE).name == "rectilinear"
    assert figures.kernel_and_coimage(WIDE).name == "3d"
    plt.close("all")


def test_a_paper_has_the_letters_of_latex(tmp_path):
    """The fonts in the PDF are Computer Modern's, as outlines that editors keep."""
    figure = figures.draw(figures.trajectories, {"tp": flat_run()}, style=figures.paper_style)
    pdf, _ = figures.save(figure, tmp_path / "figure.pdf", style=figures.paper_style)
    fonts = pdf.read_bytes()
    assert b"Cmr10" in fonts or b"cmr10" in fonts
    assert b"DejaVu" not in fonts
    assert b"/Type3" not in fonts


def test_subspaces_are_what_they_are_called():
    """``W`` sends the kernel to 0 and the coimage onto the image; the two halves are orthogonal and fill the space."""
    for W, rank in ((RANK_ONE, 1), (FULL, 2), (WIDE, 2), (WIDE.T, 2), (np.zeros((2, 3)), 0)):
        four = figures.subspaces(W)
        assert four.image.shape[1] == four.coimage.shape[1] == rank
        np.testing.assert_allclose(W @ four.kernel, 0, atol=1e-14)
        np.testing.assert_allclose(W.T @ four.cokernel, 0, atol=1e-14)
        for parts in ((four.kernel, four.coimage), (four.cokernel, four.image)):
            Q = np.hstack(parts)
            np.testing.assert_allclose(Q.T @ Q, np.eye(len(Q)), atol=1e-14)
        assert np.linalg.matrix_rank(np.hstack([W @ four.coimage, four.image])) == rank


def test_quotient_lines_are_sent_where_the_lines_of_the_image_are():
    """The image of the k-th line of one figure is where the k-th line of the other meets the image."""
    W = 2.0 * RANK_ONE
    above, below = (
        [line.get_xydata() for line in function(W, Figure().add_subplot()).lines if line.get_linestyle() == ":"][:-1]
        for function in (figures.kernel_and_coimage, figures.image_and_cokernel)
    )
    (image,) = figures.subspaces(W).image.T
    sent = sorted(float(image @ W @ line[0]) for line in above)
    np.testing.assert_allclose([image @ W @ line[0] for line in above], [image @ W @ line[1] for line in above])
    meet = sorted(float(image @ line[0]) for line in below)
    np.testing.assert_allclose(np.diff(sent), 0.5)
    np.testing.assert_allclose(np.diff(meet), 0.5)


def test_contours_are_those_of_the_loss_of_the_net():
    """On each contour the loss that the network has, from the layer up, is one number, to the grid's precision."""
    run = flat_run()
    net = DeepLinearNetwork(depth=2)
    assert str(net.loss)
    ax = figures.pulled_back_loss(run, 1, ax=Figure().add_subplot())
    (contours,) = ax.collections
    M, y = run.weights[1][0], run.activations[-1][0, :, 0] - run.errors[0, :, 0]
    seen = 0
    for level, path in zip(contours.levels, contours.get_paths(), strict=True):
        points = path.vertices
        np.testing.assert_allclose(0.5 * ((points @ M.T - y) ** 2).sum(axis=1), level, atol=2e-3)
        seen += len(points)
    assert seen > 100


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda ax: figures.kernel_and_coimage("W", ax), InvalidTypeError, "'W' must be a matrix of numbers"),
        (lambda ax: figures.kernel_and_coimage([1, 2], ax), ShapeError, "'W' must be a matrix"),
        (lambda ax: figures.kernel_and_coimage([[1, np.nan]], ax), InvalidValueError, "finite"),
        (lambda ax: figures.kernel_and_coimage(np.eye(4), ax), ShapeError, "of dimension 2 or 3"),
        (lambda ax: figures.kernel_and_coimage(WIDE, ax), InvalidValueError, "projection='3d'"),
        (lambda ax: figures.kernel_and_coimage(FULL, ax, rank=3), InvalidValueError, "'rank' must be an integer"),
        (lambda ax: figures.activations_and_targets(FULL, 1, ax), InvalidTypeError, "'run' must be a run"),
        (lambda ax: figures.activations_and_targets(flat_run(), 3, ax), InvalidValueError, "layer from 0"),
        (lambda ax: figures.pulled_back_loss([FULL], 0, ax), ShapeError, "'y' must be a vector"),
        (lambda ax: figures.pulled_back_loss([FULL], 0, ax, y=[1, 2, 3]), ShapeError, "'y' must be a vector of size 2"),
        (lambda ax: figures.pulled_back_loss(flat_run(), 1, ax, y=[1, 2]), InvalidValueError, "left out for a run"),
        (lambda ax: figures.pulled_back_loss([FULL], 0, ax, y=[1, 2], step=3), InvalidValueError, "have no steps"),
        (lambda ax: figures.pulled_back_loss([FULL], 0, ax, y=[1, 2], sample=1), InvalidValueError, "from 0 to 0"),
        (lambda ax: figures.time_series(flat_run(), "b", 1, ax), UnknownNameError, "dW, W, d, x|W, d, dW"),
        (lambda ax: figures.time_series(flat_run(), "W", 0, ax), InvalidValueError, "layer from 1 to 2"),
        (lambda ax: figures.singular_modes([FULL], ax, theory=[1, 2]), ShapeError, "a value for each step"),
        (lambda ax: figures.layer_spaces(wide_run(), figure=ax.figure), ShapeError, "width 2 in every layer"),
    ],
)
def test_what_cannot_be_drawn_is_said(call, error, match):
    """Each message names the argument."""
    with pytest.raises(error, match=match):
        call(Figure().add_subplot())


def wide_run():
    """Run a net that is not flat."""
    return simulate(TargetProp(), [np.eye(3, 2)], [1, 0], [0, 1, 0], steps=1)
