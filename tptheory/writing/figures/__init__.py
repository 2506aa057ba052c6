"""Figures: each function draws on the axes that it is given, or on new ones, and returns them."""

from tptheory.writing.figures.curves import (
    conservation_drift,
    digits,
    error_ray,
    order_of_samples,
    rising_loss,
    singular_modes,
    time_series,
    trajectories,
)
from tptheory.writing.figures.numbers import Subspaces, subspaces
from tptheory.writing.figures.spaces import (
    activations_and_targets,
    image_and_cokernel,
    kernel_and_coimage,
    layer_spaces,
    pulled_back_loss,
)
from tptheory.writing.figures.style import INK, MARKS, Style, draw, inline_svg, page_style, paper_style, save
from tptheory.writing.figures.training import angles, modes, plateaus

__all__ = [
    "INK",
    "MARKS",
    "Style",
    "Subspaces",
    "activations_and_targets",
    "angles",
    "conservation_drift",
    "digits",
    "draw",
    "error_ray",
    "image_and_cokernel",
    "inline_svg",
    "kernel_and_coimage",
    "layer_spaces",
    "modes",
    "order_of_samples",
    "page_style",
    "paper_style",
    "plateaus",
    "pulled_back_loss",
    "rising_loss",
    "save",
    "singular_modes",
    "subspaces",
    "time_series",
    "trajectories",
]
