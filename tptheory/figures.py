"""Figures, one call each: every function draws on the axes ``ax`` that it is given, or on new ones, and returns them.

Curves differ by colours that the colour-blind can tell apart, by markers and by lines. Matplotlib is imported when the
first figure is asked for.

>>> from tptheory import figures, simulate
>>> runs = {rule: simulate(rule, [[[1.0]], [[2.0]]], [1.0], [1.0], steps=20) for rule in ("bp", "tp")}
>>> figures.loss_curves(runs).get_xlabel()
'step'
"""

from typing import TYPE_CHECKING

from tptheory.lazy import lazy_exports

if TYPE_CHECKING:
    from tptheory.writing.figures.curves import error_ray as error_ray
    from tptheory.writing.figures.curves import singular_modes as singular_modes
    from tptheory.writing.figures.curves import time_series as time_series
    from tptheory.writing.figures.linear_maps import disc_and_image as disc_and_image
    from tptheory.writing.figures.linear_maps import error_field as error_field
    from tptheory.writing.figures.linear_maps import gradient_functional as gradient_functional
    from tptheory.writing.figures.linear_maps import preimage as preimage
    from tptheory.writing.figures.runs import law_drift as law_drift
    from tptheory.writing.figures.runs import loss_curves as loss_curves
    from tptheory.writing.figures.runs import spectrum as spectrum
    from tptheory.writing.figures.spaces import activations_and_targets as activations_and_targets
    from tptheory.writing.figures.spaces import image_and_cokernel as image_and_cokernel
    from tptheory.writing.figures.spaces import kernel_and_coimage as kernel_and_coimage
    from tptheory.writing.figures.spaces import layer_spaces as layer_spaces
    from tptheory.writing.figures.spaces import pulled_back_loss as pulled_back_loss
    from tptheory.writing.figures.style import page_style as page_style
    from tptheory.writing.figures.style import paper_style as paper_style
    from tptheory.writing.figures.style import save as save
    from tptheory.writing.figures.sweeps import sweep_curves as sweep_curves
    from tptheory.writing.figures.widgets import step_slider as step_slider
    from tptheory.writing.slider import subspace_slider as subspace_slider

if not TYPE_CHECKING:  # so that a type checker refuses names that there are not
    __getattr__, __dir__, __all__ = lazy_exports("tptheory.figures")
