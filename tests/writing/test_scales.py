"""What stands on an axis: time where a flow is drawn, zeros below the smallest number, the moment that is drawn."""

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.figure import Figure
from sympy import Symbol

from tptheory import Backprop, Rule, conservation_laws, figures, simulate, squared_norm, train
from tptheory.errors import InvalidTypeError, InvalidValueError, UnknownNameError

WEIGHTS = [np.array([[1.0, 0.4], [-0.3, 0.8]]), np.array([[0.9, -0.5], [0.4, 1.1]])]
X, Y = [1.0, 0.5], [-0.5, 1.0]


class Mixed(Rule):
    """Half the transpose: a rule whose laws nobody has written down."""

    def feedback(self, net, l):
        """Return ``W_l' / 2``."""
        return net.weight(l).T / 2


@pytest.fixture
def ax():
    """Give axes of a figure of one's own."""
    return Figure().add_subplot()


@pytest.fixture(scope="module")
def steps():
    """Give a run in steps."""
    return simulate("bp", WEIGHTS, X, Y, lr=0.05, steps=30)


@pytest.fixture(scope="module")
def flow():
    """Give a run along the flow."""
    return simulate("bp", WEIGHTS, X, Y, times=[0, 0.1, 0.2, 10])


@pytest.mark.parametrize("draw", [figures.loss_curves, figures.law_drift, figures.singular_modes])
def test_a_flow_has_time_and_steps_have_steps(draw, steps, flow):
    """Each over its own."""
    for run, clock, at in ((steps, "step", np.arange(31)), (flow, "time", [0, 0.1, 0.2, 10])):
        ax = draw(run, Figure().add_subplot())
        assert ax.get_xlabel() == clock
        np.testing.assert_allclose(ax.lines[0].get_xdata(), at)


def test_entries_of_a_flow_have_time(flow, ax):
    """What was added until the next time stands at the time before."""
    assert figures.time_series(flow, "W", 1, ax).get_xlabel() == "time"
    np.testing.assert_allclose(ax.lines[0].get_xdata(), flow.times)
    added = figures.time_series(flow, "dW", 1, Figure().add_subplot())
    np.testing.assert_allclose(added.lines[0].get_xdata(), flow.times[:-1])


@pytest.mark.parametrize("draw", [figures.loss_curves, figures.law_drift])
def test_beside_a_flow_steps_stand_at_their_time(draw, steps, flow, ax):
    """Which is eta times their number, so that both share one axis."""
    draw({"flow": flow, "steps": steps}, ax)
    assert ax.get_xlabel() == "time"
    np.testing.assert_allclose(ax.lines[-1].get_xdata(), steps.times)


def test_axes_that_a_run_does_not_have_are_refused(steps, flow, ax):
    """A flow has no steps, a training run no time, and the error ray is about steps."""
    trained = train("bp", steps=2)
    with pytest.raises(InvalidValueError, match="'against' must be 'time' where a flow is drawn"):
        figures.loss_curves({"flow": flow, "steps": steps}, ax, against="step")
    with pytest.raises(InvalidValueError, match="'against' must be 'step' for a training run"):
        figures.loss_curves(trained, ax, against="time")
    with pytest.raises(InvalidValueError, match="Draw them in two pictures"):
        figures.loss_curves({"flow": flow, "trained": trained}, ax)
    with pytest.raises(InvalidValueError, match="'run' must be a run in steps"):
        figures.error_ray(flow, ax)
    assert figures.loss_curves({"steps": steps, "trained": trained}, ax).get_xlabel() == "step"


def heights(band):
    """Return the lowest and the highest point of a band at each place."""
    points = np.concatenate([path.vertices for path in band.get_paths()])
    return {float(x): (points[points[:, 0] == x, 1].min(), points[points[:, 0] == x, 1].max()) for x in points[:, 0]}


def test_a_band_holds_its_median_and_reaches_zero_where_a_result_is_zero(ax):
    """Whatever the positive results are: at 0.1 one is 0, and the median is far below the largest."""
    table = {"lr": [0.01] * 3 + [0.1] * 3, "loss": [1e-3, 1e-2, 1e-1, 0.0, 1e-32, 1e-16]}
    figures.sweep_curves(table, "lr", "loss", ax)
    (band,), (line,) = ax.collections, ax.lines
    assert heights(band) == {0.01: (1e-3, 1e-1), 0.1: (0.0, 1e-16)}
    assert [list(point) for point in line.get_xydata()] == [[0.01, 1e-2], [0.1, 1e-32]]
    ax.figure.draw_without_rendering()
    labels = {tick.get_loc(): tick.label1 for tick in ax.yaxis.get_major_ticks()}
    assert "0" in labels[0.0].get_text()
    assert labels[0.0].get_window_extent().y1 <= labels[1e-32].get_window_extent().y0 + 1
    assert ax.get_ylim()[0] == 0


@pytest.mark.parametrize(
    "curves",
    [
        ([1e-9, 1e-9, 1.0], [0.0, 1e-20, 1.0], [0.0, 1e-5, 1.0]),
        ([1e-20, 1e-20, 1.0], [0.0, 1e-5, 1.0]),
        ([0.0, 1e-20, 1.0], [1e-5, 1e-5, 1.0]),
    ],
)
def test_zeros_of_later_curves_have_a_place_too(ax, curves):
    """The smallest number of all curves on the axes decides, whether or not the first of them has a zero."""
    for losses in curves:
        figures.sweep_curves({"lr": [1, 2, 3], "loss": losses}, "lr", "loss", ax)
    assert ax.yaxis.get_transform().linthresh == 1e-20


def test_the_largest_number_of_all_curves_decides_how_far_zeros_are_apart(ax):
    """By the decades from the smallest to it."""
    for losses in ([1e-3, 1.0, 1e200], [0.0, 1e-5, 1.0]):
        figures.sweep_curves({"lr": [1, 2, 3], "loss": losses}, "lr", "loss", ax)
    assert ax.yaxis.get_transform().linscale == pytest.approx(0.08 * 205)


@pytest.mark.parametrize("losses", [[0.0, 1e-30, 1e300], [1e-30, 1.0, 1e300], [0.0, 5e-324, 1e300], [0.0, 1.0, 1e300]])
def test_numbers_whose_ratio_is_no_float_are_drawn(ax, losses):
    """The axis holds them all, and no step on the way to it overflows."""
    figures.sweep_curves({"lr": [1, 2, 3], "loss": losses}, "lr", "loss", ax)
    with np.errstate(over="ignore"):  # Matplotlib looks for ticks beyond the axis
        ax.figure.draw_without_rendering()
    low, high = ax.get_ylim()
    assert low <= min(losses)
    assert 1e300 < high < np.inf


def test_what_is_below_zero_already_keeps_its_scale(ax):
    """A logarithmic one would hide it."""
    ax.plot([0, 1], [-1.0, 1.0])
    figures.sweep_curves({"lr": [1, 2, 3], "loss": [1e-9, 1e-3, 1.0]}, "lr", "loss", ax)
    assert ax.get_yscale() == "linear"


def test_a_loss_of_zero_is_drawn_at_zero(ax):
    """And a loss below 0 on a linear scale."""
    run = simulate("bp", [[[1.0]]], [1.0], [0.0], lr=1.0, steps=3)
    assert run.loss.tolist() == [0.5, 0, 0, 0]
    figures.loss_curves(run, ax)
    assert (ax.get_yscale(), ax.get_ylim()[0]) == ("symlog", 0)
    below = simulate("bp", [[[1.0]]], [1.0], [0.0], steps=3, loss=lambda x, y: (x - y, -1.0))
    assert figures.loss_curves(below, Figure().add_subplot()).get_yscale() == "linear"


@pytest.mark.parametrize("height", [1.6, 2.4, 4.8])
@pytest.mark.parametrize(
    "losses", [[0.0, 0.5], [0.0, 0.04, 1.1], [0.0, 0.62, 0.64], [0.0, 1e-9, 1.0], [0.0, 1e-32, 0.1], [0.0, 3e-5, 2e-4]]
)
def test_labels_above_zero_are_several_and_apart(losses, height):
    """In small pictures too: three at least beside 0 if there is room, and none touches another."""
    figure = Figure(figsize=(4.0, height), layout="constrained")
    ax = figures.sweep_curves({"lr": list(range(len(losses))), "loss": losses}, "lr", "loss", figure.add_subplot())
    figure.draw_without_rendering()
    low, high = ax.get_ylim()
    boxes = [
        tick.label1.get_window_extent()
        for tick in ax.yaxis.get_major_ticks()
        if low <= tick.get_loc() <= high and tick.label1.get_text()
    ]
    assert len(boxes) >= (3 if height < 2 else 4)
    heights = sorted((box.y0, box.y1) for box in boxes)
    assert all(under[1] <= over[0] + 1 for under, over in pairwise(heights))


@pytest.mark.parametrize("width", [3.0, 4.0, 9.0])
def test_the_legend_of_several_laws_is_no_wider_than_the_picture(width, steps):
    """In two columns where there is room; else in one, in small letters, or in several lines."""
    figure = Figure(figsize=(width, 4.0), layout="constrained")
    long = "a law with a name of many words, which a legend of one line has no room for"
    for laws in (None, {long: lambda net, l: squared_norm(net.weight(l))}):
        figure.clear()
        ax = figures.law_drift({"backprop": steps, "again": steps}, figure.add_subplot(), laws=laws)
        figure.draw_without_rendering()
        assert ax.get_legend().get_window_extent().x1 <= figure.bbox.x1 + 1
        assert ax.get_window_extent().width > 0.5 * figure.bbox.width
    assert ("\n" in ax.get_legend().get_texts()[0].get_text()) is (width < 9)


def test_the_laws_of_another_rule_are_asked_for(steps, ax):
    """BP's and TP's are not its own; what is given is drawn, by name, function or expression."""
    run = simulate(Mixed(), WEIGHTS, X, Y, lr=0.01, steps=10)
    with pytest.raises(
        InvalidValueError, match=r"'laws' must be given .*\(got Mixed\(\)\)\. Try laws=conservation_laws"
    ):
        figures.law_drift({"bp": steps, "mine": run}, ax)
    laws = conservation_laws(Mixed(), (2, 2, 2)).laws
    figures.law_drift(run, ax, laws=laws)
    assert len(ax.lines) == len(laws) == 1
    assert (ax.get_yscale(), ax.get_ylim()[0]) == ("symlog", 0)  # at the start nothing has drifted
    values = run.evaluate(laws[0])
    np.testing.assert_allclose(ax.lines[0].get_ydata(), np.linalg.norm(values - values[0], axis=(1, 2)))
    named = {"norm": lambda net, l: squared_norm(net.weight(l)), "mine": laws[0]}
    drawn = figures.law_drift({"bp": steps, "mine": run}, Figure().add_subplot(), laws=named)
    assert [line.get_label() for line in drawn.lines] == ["bp: norm", "bp: mine", "mine: norm", "mine: mine"]


@pytest.mark.parametrize(
    ("laws", "error", "message"),
    [
        ({}, InvalidValueError, "'laws' must be one quantity at least"),
        (3, InvalidTypeError, "'laws' must be a mapping from names to quantities, or a list"),
        ([Symbol("q")], UnknownNameError, r"what the run holds: W_1, W_2, eta, x, y \(got 'q'\)"),
        (["W_1"], InvalidTypeError, "'expression' must be a SymPy expression"),
    ],
)
def test_what_is_no_law_is_refused(steps, laws, error, message):
    """By name, with what was expected."""
    with pytest.raises(error, match=message):
        figures.law_drift(steps, Figure().add_subplot(), laws=laws)


def test_a_spectrum_is_that_of_the_end_and_says_so(steps, flow, ax):
    """Of the start where it is asked for; matrices have no moment."""
    figures.spectrum(steps, ax)
    np.testing.assert_allclose(ax.lines[1].get_ydata(), np.linalg.svd(steps.weights[1][-1], compute_uv=False))
    assert ax.get_title() == "after step 30 of 30"
    start = figures.spectrum(steps, Figure().add_subplot(), step=0)
    np.testing.assert_allclose(start.lines[1].get_ydata(), np.linalg.svd(WEIGHTS[1], compute_uv=False))
    assert start.get_title() == "before step 1 of 30"
    assert figures.spectrum(flow, Figure().add_subplot()).get_title() == "at time 10"
    assert figures.spectrum(WEIGHTS, Figure().add_subplot()).get_title() == ""


@pytest.mark.parametrize("draw", [figures.gradient_functional, figures.error_field])
def test_a_space_says_which_moment_it_shows(draw, steps, ax):
    """In the title of the legend, which stands above the axes."""
    assert draw(steps, 1, ax, step=7).get_legend().get_title().get_text() == "after step 7 of 30"
    last = figures.pulled_back_loss(steps, 1, ax=Figure().add_subplot(), step=-1)
    assert last.get_legend().get_title().get_text() == "after step 30 of 30"
    alone = figures.activations_and_targets(steps, 1, Figure().add_subplot(), step=0)
    assert alone.get_legend().get_title().get_text() == "before step 1 of 30"


def test_the_target_is_drawn_whatever_the_loss(ax):
    """Under the cross-entropy the output error is not the output less the target."""
    run = simulate(Backprop(), WEIGHTS, X, [0.25, 0.75], steps=2, loss="cross-entropy")
    figures.activations_and_targets(run, 2, ax)
    (goal,) = (line for line in ax.lines if line.get_label() == "$y$")
    np.testing.assert_allclose(np.ravel(goal.get_xydata()), [0.25, 0.75])
