"""A slider over the steps of a run, for notebooks with ipywidgets."""

from __future__ import annotations

import io
from typing import Any

from matplotlib.figure import Figure

from tptheory.extras import optional_library
from tptheory.simulation.trajectories import Run
from tptheory.writing.figures.numbers import run_of
from tptheory.writing.figures.spaces import layer_spaces, size_of_layers
from tptheory.writing.figures.style import page_style


def step_slider(run: Run, **options: Any) -> Any:
    """Return a slider and below it the figure of `layer_spaces` at the step that it is set to.

    Without ipywidgets, `subspace_slider` writes a page with a slider of its own.

    Args:
        run: what `simulate` returned, every width 2.
        **options: options of `layer_spaces`, such as ``alpha`` and ``rank``.

    Raises:
        MissingLibraryError: if ipywidgets is not installed.
        ShapeError: if a width is not 2.
    """
    widgets = optional_library("ipywidgets", "run", run_of(run), "notebooks")
    image = widgets.Image(value=_picture(run, 0, options), format="png")
    slider = widgets.IntSlider(value=0, min=0, max=run.steps, description="step", continuous_update=False)
    slider.observe(lambda change: setattr(image, "value", _picture(run, change["new"], options)), names="value")
    return widgets.VBox([slider, image])


def _picture(run: Run, step: int, options: dict[str, Any]) -> bytes:
    """Return the figure at a step as PNG."""
    stream = io.BytesIO()
    with page_style():
        figure = Figure(figsize=size_of_layers(len(run.weights)), layout="constrained")
        layer_spaces(run, step, figure=figure, **options)
        figure.savefig(stream, format="png", dpi=110)
    return stream.getvalue()
