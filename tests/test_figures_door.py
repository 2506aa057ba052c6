"""Figures, one call each: they hold the numbers of what they draw, name their axes, and draw where they are told."""

import ast
import inspect
import io
import runpy
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from tptheory import figures, load_rings, simulate, simulate_ensemble, train
from tptheory.errors import InvalidTypeError, InvalidValueError, MissingLibraryError, ShapeError, UnknownNameError
from tptheory.writing.figures.style import MARKS

WEIGHTS = [np.array([[1.0, 0.4], [-0.3, 0.8]]), np.array([[0.9, -0.5], [0.4, 1.1]])]
X, Y = [1.0, 0.5], [-0.5, 1.0]


@pytest.fixture(autouse=True)
def no_windows():
    """Draw without a screen, and close what a test leaves open."""
    mpl.use("Agg")
    yield
    sys.modules["matplotlib.pyplot"].close("all") if "matplotlib.pyplot" in sys.modules else None


@pytest.fixture
def ax():
    """Give axes of a figure of one's own."""
    return Figure().add_subplot()


@pytest.fixture(scope="module")
def runs():
    """Give a run of each rule."""
    return {rule: simulate(rule, WEIGHTS, X, Y, lr=0.05, steps=30) for rule in ("bp", "tp")}


def told(ax):
    """Return the texts of the legend."""
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_the_door_names_what_there_is():
    """Each name is that of the import for type checkers; every figure takes axes, and says what it draws."""
    tree = ast.parse(inspect.getsource(figures))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    imported = {alias.name: node.module for node in block.body for alias in node.names}
    assert sorted(imported) == figures.__all__
    assert all(getattr(figures, name) is getattr(import_module(home), name) for name, home in imported.items())
    plain = {"layer_spaces", "page_style", "paper_style", "save", "step_slider", "subspace_slider"}
    for name in figures.__all__:
        function = getattr(figures, name)
        assert inspect.getdoc(function)
        assert name in plain or "ax" in inspect.signature(function).parameters, name


def test_matplotlib_is_imported_when_a_figure_is_asked_for(python):
    """The door itself loads nothing heavy."""
    code = "import sys, tptheory\ntptheory.figures\nassert 'matplotlib' not in sys.modules\n"
    code += "tptheory.figures.spectrum\nassert 'matplotlib' in sys.modules"
    assert python("-c", code).stderr == ""


def test_loss_curves_hold_the_losses(runs, ax):
    """A curve for each run, in colours and lines that differ; over steps, or over time."""
    assert figures.loss_curves(runs, ax) is ax
    for line, run in zip(ax.lines, runs.values(), strict=True):
        np.testing.assert_array_equal(line.get_ydata(), run.loss)
    assert told(ax) == ["bp", "tp"]
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_yscale()) == ("step", "loss", "log")
    assert [line.get_color() for line in ax.lines] == [mark["color"] for mark in MARKS[:2]]
    timed = figures.loss_curves(runs["bp"], Figure().add_subplot(), against="time")
    np.testing.assert_allclose(timed.lines[0].get_xdata(), runs["bp"].times)
    assert told(timed) == ["Backpropagation"]


def test_an_ensemble_is_a_median_and_a_band(ax):
    """The line is the median of the members, and the band holds most of them."""
    stacked = [np.stack([scale * W for scale in (0.5, 1.0, 1.5)]) for W in WEIGHTS]
    found = simulate_ensemble("bp", stacked, X, Y, lr=0.05, steps=10)
    figures.loss_curves({"three": found}, ax)
    np.testing.assert_allclose(ax.lines[0].get_ydata(), np.median(found.loss, axis=1))
    (band,) = ax.collections
    low, high = band.get_paths()[0].get_extents().get_points()[:, 1]
    assert low < found.loss.min() * 1.5
    assert high > np.median(found.loss[0])


def test_training_runs_have_nats(ax):
    """The loss of logged batches; in nats for the cross-entropy."""
    run = train("bp", data=load_rings(), loss="squared", steps=20, log_every=5)
    figures.loss_curves({"rings": run}, ax)
    assert list(ax.lines[0].get_ydata()) == [line.loss for line in run.log]
    assert ax.get_ylabel() == "loss"
    digits = figures.loss_curves({"digits": train("bp", steps=5)}, Figure().add_subplot())
    assert digits.get_ylabel() == "loss of a batch (nats)"


def test_laws_drift_where_they_should(runs, ax):
    """TP's law drifts less under TP than BP's does, and the other way round."""
    figures.law_drift(runs, ax)
    drifts = {line.get_label(): line.get_ydata()[-1] for line in ax.lines}
    assert drifts["tp: TP's log-determinant"] < 0.2 * drifts["tp: BP's balance"]
    assert drifts["bp: BP's balance"] < 0.2 * drifts["bp: TP's log-determinant"]


def test_a_spectrum_holds_singular_values(ax):
    """Of every weight, without those that are 0."""
    figures.spectrum([np.diag([3.0, 2.0]), [[1.0, 0.0], [0.0, 0.0]]], ax)
    for line, expected in zip(ax.lines, ([3.0, 2.0], [1.0]), strict=True):
        np.testing.assert_allclose(line.get_ydata(), expected)
    assert told(ax) == ["$W_{1}$", "$W_{2}$"]


def test_a_sweep_is_drawn_by_its_medians(ax):
    """The median over seeds at each value; one curve for each rule; a failed cell is left out; text stands in order."""
    table = {
        "rule": ["bp"] * 3 + ["tp"] * 4,
        "lr": [0.1] * 3 + [0.1, 0.2, 0.2, 0.2],
        "loss": [1.0, 5.0, 9.0, 2.0, 4.0, 6.0, None],
        "widths": ["2-2"] * 4 + ["4-4"] * 3,
    }
    figures.sweep_curves(table, "lr", "loss", ax, by="rule")
    assert [list(line.get_xydata().ravel()) for line in ax.lines] == [[0.1, 5.0], [0.1, 2.0, 0.2, 5.0]]
    assert (ax.get_xlabel(), ax.get_ylabel(), told(ax)) == ("lr", "loss", ["bp", "tp"])
    by_widths = figures.sweep_curves(table, "widths", "loss", Figure().add_subplot())
    assert [text.get_text() for text in by_widths.get_xticklabels()] == ["2-2", "4-4"]
    with pytest.raises(UnknownNameError, match="Did you mean 'loss'"):
        figures.sweep_curves(table, "lr", "losss", ax)
    with pytest.raises(InvalidValueError, match="'y' must be a column of numbers"):
        figures.sweep_curves(table, "lr", "rule", ax)
    with pytest.raises(InvalidTypeError, match="'table' must be a table of columns"):
        figures.sweep_curves(None, "lr", "loss", ax)


def test_a_preimage_is_a_coset_of_the_kernel(ax):
    """Both ends of the line are sent to y; the point is the pseudo-inverse of y; what has no preimage is refused."""
    W, y = np.array([[1.0, 2.0]]), np.array([1.0])
    figures.preimage(W, y, ax)
    lines = {line.get_label(): np.array(line.get_xydata()) for line in ax.lines}
    np.testing.assert_allclose(lines["$x$ with $Wx = y$"] @ W[0], 1.0)
    np.testing.assert_allclose(lines[r"$\ker W$"] @ W[0], 0.0, atol=1e-12)
    np.testing.assert_allclose(lines["$W^+ y$, of least norm"][0], np.linalg.pinv(W) @ y)
    with pytest.raises(InvalidValueError, match="'y' must be a point of the image of W"):
        figures.preimage([[1.0, 0.0], [0.0, 0.0]], [0.0, 1.0], ax)


def test_a_disc_becomes_an_ellipse(ax):
    """Every point of the second curve is the image of one of the first; its reach is the largest singular value."""
    W = WEIGHTS[1]
    figures.disc_and_image(W, ax)
    circle, ellipse = (np.array(line.get_xydata()) for line in ax.lines)
    np.testing.assert_allclose(np.linalg.norm(circle, axis=1), 1.0)
    np.testing.assert_allclose(ellipse, circle @ W.T)
    assert {text.get_text() for text in ax.texts} >= {"$v_1$", r"$\sigma_2 u_2$"}
    with pytest.raises(ShapeError, match=r"'W' must be of shape \(2, 2\)"):
        figures.disc_and_image(np.eye(3), ax)


def test_a_gradient_is_a_functional(runs, ax):
    """On each level line d . v is the same, and neighbours differ by the spacing; the arrow is -d."""
    run = runs["bp"]
    figures.gradient_functional(run, 1, ax, step=2, spacing=0.25)
    d, x = run.error_signals[1][2, :, 0], run.activations[1][2, :, 0]
    *lines, point = (np.array(line.get_xydata()) for line in ax.lines)
    np.testing.assert_allclose(point[0], x)
    values = np.array([(line - x) @ d for line in lines])
    np.testing.assert_allclose(values[:, 0], values[:, 1], atol=1e-9)
    np.testing.assert_allclose(np.diff(values[:, 0]), 0.25)
    arrow = next(text for text in ax.texts if not text.get_text())
    np.testing.assert_allclose(arrow.xy, x - d)


@pytest.mark.parametrize(("rule", "operator"), [("bp", np.transpose), ("tp", np.linalg.pinv)])
def test_a_field_holds_the_error_signal_of_each_point(rule, operator, ax):
    """An arrow is -M_2 (W_2 p - y) at each point p, with the weights of the step; the dot is x_1 of the run."""
    run = simulate(rule, WEIGHTS, X, Y, lr=0.05, steps=30)
    figures.error_field(run, 1, ax, step=2, arrows=5)
    quiver = next(drawn for drawn in ax.collections if hasattr(drawn, "U"))
    W_2 = run.weights[1][2]
    expected = -operator(W_2) @ (W_2 @ quiver.get_offsets().T - np.array(Y)[:, None])
    np.testing.assert_allclose([quiver.U, quiver.V], expected, atol=1e-12)
    np.testing.assert_allclose(ax.lines[-1].get_xydata()[0], run.activations[1][2, :, 0])
    assert told(ax) == ["equal loss", "$-d_1$", "$x_1$"]


def test_the_field_of_damped_target_prop_has_the_damping_of_the_run(ax):
    """A number of the rule is that of the run; at the output every rule moves towards y."""
    run = simulate("damped-tp", WEIGHTS, X, Y, steps=1, constants={"lambda": 2.0})
    figures.error_field(run, 1, ax, arrows=3)
    quiver, W = next(drawn for drawn in ax.collections if hasattr(drawn, "U")), WEIGHTS[1]
    damped = W.T @ np.linalg.inv(W @ W.T + 2 * np.eye(2))
    expected = -damped @ (W @ quiver.get_offsets().T - np.array(Y)[:, None])
    np.testing.assert_allclose([quiver.U, quiver.V], expected, atol=1e-12)
    output = figures.error_field(run, 2, Figure().add_subplot(), arrows=3)
    quiver = next(drawn for drawn in output.collections if hasattr(drawn, "U"))
    np.testing.assert_allclose(quiver.get_offsets().T + np.array([quiver.U, quiver.V]), np.outer(Y, np.ones(9)))


def test_a_field_of_fixed_matrices_is_refused(ax):
    """Feedback alignment's matrices belong to the layers of the whole net."""
    run = simulate("fa", WEIGHTS, X, Y, steps=1)
    with pytest.raises(InvalidValueError, match="'run' must be a run without biases, whose rule keeps no states"):
        figures.error_field(run, 1, ax)


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax, runs: figures.pulled_back_loss(runs["tp"], 1, ax),
        lambda ax, runs: figures.gradient_functional(runs["tp"], 1, ax),
        lambda ax, runs: figures.error_field(runs["tp"], 1, ax),
        lambda ax, runs: figures.activations_and_targets(runs["tp"], 1, ax),
        lambda ax, runs: figures.time_series(runs["tp"], "x", 1, ax),
        lambda ax, _: figures.disc_and_image(WEIGHTS[1], ax),
        lambda ax, _: figures.spectrum([WEIGHTS[1]], ax),
    ],
)
def test_the_axes_stand_after_the_subject(draw, runs, ax):
    """They are drawn on; what are no axes, such as a target or a word, is refused by name."""
    assert draw(ax, runs) is ax
    for wrong in ("junk", [1.0, 0.5], Figure()):
        with pytest.raises(InvalidTypeError, match="'ax' must be axes of Matplotlib"):
            draw(wrong, runs)


def test_matrices_have_no_steps(ax):
    """A step that they do not have is refused, and the one that they have is drawn."""
    with pytest.raises(InvalidValueError, match="'step' must be left out for matrices, which have no steps"):
        figures.spectrum(WEIGHTS, ax, step=3)
    assert len(figures.spectrum(WEIGHTS, ax, step=0).lines) == 2


@pytest.fixture(scope="module")
def far():
    """Give a run whose activations lie far from the origin."""
    return simulate("bp", WEIGHTS, [3.0, 2.5], Y, lr=0.02, steps=30)


@pytest.mark.parametrize(
    "draw", [figures.gradient_functional, figures.error_field, figures.activations_and_targets, figures.preimage]
)
def test_axes_reach_as_far_as_what_is_drawn(draw, far, runs, ax):
    """To a round number beyond every point; where all lie near, to 2; and to a limit that is given."""
    subject, near = (
        ((far, 1), (runs["bp"], 1)) if draw is not figures.preimage else (([[0.1, 0.2]], [1.0]), ([[1, 2]], [1]))
    )
    draw(*subject, ax)
    furthest = max(
        abs(line.get_xydata()).max() for line in ax.lines if line.get_marker() == "o" and len(line.get_xdata())
    )
    assert 3 < furthest < ax.get_xlim()[1] == ax.get_ylim()[1] == 4.5
    assert draw(*near, Figure().add_subplot()).get_xlim() == (-2, 2)
    assert draw(*subject, Figure().add_subplot(), limit=2.5).get_xlim() == (-2.5, 2.5)
    with pytest.raises(InvalidValueError, match="'limit' must be a positive"):
        draw(*subject, Figure().add_subplot(), limit=-1)


def test_all_layers_reach_as_far_as_their_points(far):
    """Both spaces of a layer alike, and no further than a limit that is given."""
    reaches = [[ax.get_xlim()[1] for ax in row] for row in figures.layer_spaces(far, figure=Figure())]
    assert reaches == [[3.5, 4.5, 3.5]] * 2
    assert {ax.get_xlim() for ax in figures.layer_spaces(far, figure=Figure(), limit=1.5).flat} == {(-1.5, 1.5)}


def test_a_run_that_diverged_has_axes_all_the_same(ax):
    """They reach as far as it went, and are drawn."""
    with np.errstate(all="ignore"):
        run = simulate("bp", WEIGHTS, X, Y, lr=1e30, steps=12)
    figures.activations_and_targets(run, 1, ax)
    assert 1e30 < ax.get_xlim()[1] < 1e100
    ax.figure.draw_without_rendering()


def test_an_arrow_ends_where_its_axes_end(far):
    """It is drawn up to there, and not over the axes beside."""
    _, right = Figure().subplots(1, 2)
    figures.gradient_functional(far, 1, right, limit=2)
    (arrow,) = (text.arrow_patch for text in right.texts if not text.get_text())
    assert arrow.get_clip_on()
    right.figure.draw_without_rendering()
    edges = right.get_window_extent()
    assert arrow.get_window_extent().x1 > edges.x1 + 10
    assert arrow.get_tightbbox().x1 <= edges.x1 + 1


def test_contours_bear_their_loss(runs, ax):
    """Every second one, unless told otherwise; a label stands on the contour of that loss."""
    figures.pulled_back_loss(runs["bp"], 1, ax)
    assert ax.texts
    for text in ax.texts:
        found = 0.5 * np.sum((WEIGHTS[1] @ text.get_position() - Y) ** 2)
        assert float(text.get_text()) == pytest.approx(found, rel=0.08, abs=0.02)
    bare = figures.pulled_back_loss(runs["bp"], 1, Figure().add_subplot(), labels=False)
    assert not bare.texts


def test_spaces_name_their_axes():
    """In the plane and in space."""
    flat, solid = figures.kernel_and_coimage([[1.0, 2.0]]), figures.kernel_and_coimage([[1.0, 2.0, 3.0]])
    assert (flat.get_xlabel(), flat.get_ylabel()) == ("first entry", "second entry")
    assert solid.get_zlabel() == "third\nentry"


def test_step_sizes_stand_on_a_logarithmic_scale(ax):
    """Where the largest is thirty times the smallest or more; not where one of them is 0."""
    table = {"lr": [0.001, 0.01, 0.03], "near": [1, 2, 3], "zero": [0, 1, 50], "loss": [3.0, 2.0, 1.0]}
    scales = {name: figures.sweep_curves(table, name, "loss", Figure().add_subplot()).get_xscale() for name in table}
    assert scales == {"lr": "log", "near": "linear", "zero": "linear", "loss": "linear"}


def test_results_of_which_one_diverges_stand_on_a_logarithmic_scale(ax):
    """Else the others would lie on one line; zeros stand below, and numbers below 0 need a linear scale."""
    table = {
        "lr": [0.1, 0.2, 0.3],
        "near": [1.0, 900.0, 2.0],
        "huge": [2.0, 1e200, 3.0],
        "zero": [0.0, 2.0, 1e200],
        "one": [0.0, 0.0, 1e200],
        "zeros": [0.0, 0.0, 0.0],
        "below": [-1.0, 1.0, 1e200],
    }
    scales = {y: figures.sweep_curves(table, "lr", y, Figure().add_subplot()).get_yscale() for y in table if y != "lr"}
    assert {y: scale for y, scale in scales.items() if scale != "linear"} == {"huge": "log", "zero": "symlog"}


def test_zeros_stand_below_a_logarithmic_scale(ax):
    """On a line that is labelled 0: a median that is 0, and the end of a band that reaches down to 0."""
    table = {"lr": [1, 1, 2, 2, 3, 3], "loss": [1e-9, 1.0, 0.0, 1e-5, 0.0, 0.0]}
    figures.sweep_curves(table, "lr", "loss", ax)
    assert ax.get_yscale() == "symlog"
    (band,) = ax.collections
    heights = np.concatenate([path.vertices for path in band.get_paths()])[:, 1]
    assert (heights.min(), heights.max()) == (0.0, 1.0)
    assert ax.lines[0].get_ydata()[-1] == 0.0


def test_losses_that_are_all_0_stand_on_a_linear_scale(ax):
    """A logarithmic one has no place for any."""
    runs = simulate_ensemble("bp", [np.zeros((2, 1, 1)), np.ones((2, 1, 1))], [1.0], [0.0], lr=0.05, steps=10)
    assert figures.loss_curves(runs, ax).get_yscale() == "linear"
    ax.figure.draw_without_rendering()


@pytest.mark.parametrize("curves", [2, 3, 4, 9])
def test_the_legend_of_many_curves_covers_none(curves):
    """It stands beside the axes; of few it stands within, where there is most room."""
    table = {"lr": [0.1, 0.2] * curves, "loss": list(range(2 * curves)), "rule": [k // 2 for k in range(2 * curves)]}
    ax = figures.sweep_curves(table, "lr", "loss", by="rule")
    ax.figure.draw_without_rendering()
    legend, inside = ax.get_legend().get_window_extent(), ax.get_window_extent()
    assert bool(legend.x0 >= inside.x1) is (curves > 3)
    assert legend.x1 <= ax.figure.bbox.x1


def test_of_many_values_not_each_bears_a_marker(ax):
    """A curve over 200 steps would be a row of markers; all of a few bear one."""
    many = {"step": list(range(200)), "loss": [1.0] * 200}
    assert figures.sweep_curves(many, "step", "loss", ax).lines[0].get_markevery() == 16
    few = {"step": list(range(20)), "loss": [1.0] * 20}
    assert figures.sweep_curves(few, "step", "loss", Figure().add_subplot()).lines[0].get_markevery() == 1


def test_what_is_no_run_is_refused(runs, ax):
    """By name, with what was expected."""
    with pytest.raises(InvalidTypeError, match=r"\"runs\['a'\]\" must be a run, an ensemble or a training run"):
        figures.loss_curves({"a": 3}, ax)
    with pytest.raises(InvalidValueError, match="'runs' must be at least one run"):
        figures.loss_curves({}, ax)
    with pytest.raises(UnknownNameError, match="'against' must be one of step, time"):
        figures.loss_curves(runs, ax, against="hours")


def test_figures_have_axes_of_their_own_unless_told():
    """Without ax a new figure is made."""
    ax = figures.disc_and_image(np.eye(2))
    assert ax.figure is not None
    assert ax.figure.axes == [ax]


def test_without_ipywidgets_the_mend_is_named(runs, monkeypatch):
    """The extra that brings it."""
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    with pytest.raises(MissingLibraryError, match=r"ipywidgets is installed .*tptheory\[notebooks\]"):
        figures.step_slider(runs["bp"])


def test_a_slider_shows_the_step_that_it_is_set_to(runs):
    """Each step has a picture of its own."""
    pytest.importorskip("ipywidgets")
    slider, image = figures.step_slider(runs["bp"]).children
    first = image.value
    slider.value = 30
    assert image.value != first
    assert mpl.image.imread(io.BytesIO(image.value)).ndim == 3


@pytest.fixture(scope="module")
def gallery():
    """Read the script that lays out the gallery of the site, in the root of the repository, as mkdocs does."""
    root = Path(__file__).parents[1]
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(root)
        yield runpy.run_path(str(root / ".docs" / "gallery.py"), run_name="gallery")


def test_the_gallery_has_every_figure(gallery):
    """What draws nothing of its own aside; each call is shown as it is made."""
    before, calls = gallery["sources"]()
    assert set(figures.__all__) - set(calls) == {"page_style", "paper_style", "save"}
    assert all(f"figures.{name}(" in call for name, call in calls.items())
    assert "from tptheory import" in before
    assert "lambda" not in before


def test_every_call_of_the_gallery_draws(gallery):
    """A picture with something on it, or a page."""
    for name in gallery["CALLS"]:
        if name == "step_slider" and find_spec("ipywidgets") is None:
            continue
        file, content = gallery["shown"](name)
        if file.endswith(".png"):
            assert mpl.image.imread(io.BytesIO(content)).std() > 0.01, name
        else:
            assert content.startswith(b"<!"), name


@pytest.mark.parametrize("draw", [figures.error_field, figures.pulled_back_loss], ids=lambda draw: draw.__name__)
def test_contours_of_the_squared_loss_are_drawn_for_no_other_loss(draw):
    """The output error of another loss does not tell the target."""
    run = simulate("bp", [np.eye(2), np.eye(2)], [1.0, 0.0], [0.0, 1.0], steps=3, loss="cross-entropy")
    with pytest.raises(InvalidValueError, match="'run' must be a run with the squared loss"):
        draw(run, 1)
