"""Figures, one call each: every function draws on the axes ``ax`` that it is given, or on new ones, and returns them.

Curves differ by colours that the colour-blind can tell apart, by markers and by lines. Matplotlib is imported when the
first figure is asked for.

>>> from tptheory import figures, simulate
>>> runs = {rule: simulate(rule, [[[1.0]], [[2.0]]], [1.0], [1.0], steps=20) for rule in ("bp", "tp")}
>>> figures.loss_curves(runs).get_xlabel()
'step'
"""

from typing import TYPE_CHECKING

from tptheory.lazy import importing

if TYPE_CHECKING:
    from tptheory.writing.figures.curves import error_ray, singular_modes, time_series
    from tptheory.writing.figures.linear_maps import disc_and_image, error_field, gradient_functional, preimage
    from tptheory.writing.figures.runs import law_drift, loss_curves, spectrum, sweep_curves
    from tptheory.writing.figures.spaces import (
        activations_and_targets,
        image_and_cokernel,
        kernel_and_coimage,
        layer_spaces,
        pulled_back_loss,
    )
    from tptheory.writing.figures.style import page_style, paper_style, save
    from tptheory.writing.figures.widgets import step_slider
    from tptheory.writing.slider import subspace_slider

__all__ = [
    "activations_and_targets",
    "disc_and_image",
    "error_field",
    "error_ray",
    "gradient_functional",
    "image_and_cokernel",
    "kernel_and_coimage",
    "law_drift",
    "layer_spaces",
    "loss_curves",
    "page_style",
    "paper_style",
    "preimage",
    "pulled_back_loss",
    "save",
    "singular_modes",
    "spectrum",
    "step_slider",
    "subspace_slider",
    "sweep_curves",
    "time_series",
]

_HOMES = {
    "writing.figures.curves": "error_ray singular_modes time_series",
    "writing.figures.linear_maps": "disc_and_image error_field gradient_functional preimage",
    "writing.figures.runs": "law_drift loss_curves spectrum sweep_curves",
    "writing.figures.spaces": (
        "activations_and_targets image_and_cokernel kernel_and_coimage layer_spaces pulled_back_loss"
    ),
    "writing.figures.style": "page_style paper_style save",
    "writing.figures.widgets": "step_slider",
    "writing.slider": "subspace_slider",
}
"""The module that defines each name. A test compares it with the imports above."""

if not TYPE_CHECKING:  # so that a type checker refuses names that there are not
    __getattr__ = importing("tptheory.figures", _HOMES)


def __dir__() -> list[str]:
    """List the figures, whether or not they have been asked for."""
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
