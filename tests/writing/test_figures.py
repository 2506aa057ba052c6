"""The figures, and the small runs behind them."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from tptheory.errors import InvalidTypeError, InvalidValueError, UnknownNameError
from tptheory.writing import experiments, figures


@pytest.mark.parametrize("name", ["trajectories", "drifts", "loss", "accuracy"])
def test_figures_return_the_axes_that_they_were_given(name, runs, drifts, trained):
    """A figure draws where it is told to, names both axes, and tells its lines apart without colour."""
    axes = Figure().add_subplot()
    drawn = {
        "trajectories": lambda: figures.trajectories(runs, axes),
        "drifts": lambda: figures.conservation_drift(drifts, axes),
        "loss": lambda: figures.digits(trained, ax=axes),
        "accuracy": lambda: figures.digits(trained, "accuracy", axes),
    }[name]()
    assert drawn is axes
    assert axes.get_xlabel()
    assert axes.get_ylabel()
    looks = [(line.get_marker(), line.get_linestyle()) for line in axes.lines]
    assert len(set(looks)) == len(looks) >= 2
    assert axes.get_legend() is not None


def test_the_error_ray_is_what_the_simulation_finds(runs):
    """TP's loss in float64 follows the recursion of error-ray, to 1e-9 of itself down to a loss of 1e-8."""
    run = runs["tp"]
    large = run.loss > 1e-8
    assert large.sum() > 100
    np.testing.assert_allclose(run.loss[0] * experiments.ray_factors(run)[large] ** 2, run.loss[large], rtol=1e-9)


def test_the_error_ray_is_not_that_of_backpropagation(runs):
    """The failing twin: the same recursion on BP's run misses its loss."""
    run = runs["bp"]
    assert not np.allclose(run.loss[0] * experiments.ray_factors(run) ** 2, run.loss, rtol=1e-2)


def test_drifts_shrink_with_the_step_size(drifts):
    """Over a fixed time, half the step size gives half the change, to a quarter."""
    for drift in drifts:
        ratios = np.array(drift.changes[:-1]) / np.array(drift.changes[1:])
        np.testing.assert_allclose(ratios, 2, rtol=0.25)


def test_another_quantity_is_refused(trained):
    """The message names those that there are."""
    with pytest.raises(UnknownNameError, match="accuracy, loss"):
        figures.digits(trained, "losses", Figure().add_subplot())


def test_saved_files_are_the_same_bytes_each_time(tmp_path, runs):
    """Neither PDF nor PNG carries a date."""
    figure = figures.draw(figures.trajectories, runs)
    first = [path.read_bytes() for path in figures.save(figure, tmp_path / "a.pdf")]
    again = [path.read_bytes() for path in figures.save(figures.draw(figures.trajectories, runs), tmp_path / "b")]
    assert first == again
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.pdf", "a.png", "b.pdf", "b.png"]


def test_axes_are_saved_as_their_figure_is(tmp_path, runs):
    """One axes or several, as figures return them; nothing that is no figure."""
    several = Figure().subplots(1, 2)
    figures.trajectories(runs, several[0])
    for drawn in (several[0].figure, several[0], several, Figure().subfigures(1, 2)[0].add_subplot()):
        assert all(path.stat().st_size for path in figures.save(drawn, tmp_path / "a.pdf"))
    for wrong in (None, 3, [], [several[0], Figure().add_subplot()]):
        with pytest.raises(InvalidTypeError, match="'figure' must be a figure, or axes of one figure"):
            figures.save(wrong, tmp_path / "b")


def test_a_path_without_a_name_is_refused():
    """There is no file to write."""
    with pytest.raises(InvalidValueError, match="'path' must be the path of a file"):
        figures.save(Figure(), "")


def test_a_folder_that_is_not_there_is_named(tmp_path):
    """As on the command line, so that it can be made; where it is there, the files are written."""
    with pytest.raises(InvalidValueError, match=f"'path' must be a file in a folder that exists .* Make {tmp_path}/no"):
        figures.save(Figure(), tmp_path / "no" / "x")
    assert all(path.exists() for path in figures.save(Figure(), tmp_path / "x"))


def test_inline_svg_belongs_to_its_page(drifts, read_xml):
    """The element is XML, the same each time, titled, its ids its own, its ink the page's; it fetches nothing."""
    svg, again = (
        figures.inline_svg(figures.draw(figures.conservation_drift, drifts), "drift", 'A "title" & <more>')
        for _ in range(2)
    )
    assert svg == again
    tree = read_xml(svg)
    assert tree.get("aria-label") == 'A "title" & <more>'
    assert all(node.get("id", "drift-").startswith("drift-") for node in tree.iter())
    assert "currentColor" in svg
    assert figures.INK not in svg
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")
