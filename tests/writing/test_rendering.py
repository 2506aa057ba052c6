"""Captions that follow from what was measured."""

from types import SimpleNamespace

import pytest

from tptheory.training.plateau import Setting
from tptheory.writing.rendering import _plateau_caption


def studied(kappa, status="completed", depth=4, std=0.01):
    """Return what a caption reads of a study."""
    return SimpleNamespace(
        setting=Setting(depth, 100, std, 0.5), kappa=kappa, run=SimpleNamespace(status=status), predicted=1.0
    )


@pytest.mark.parametrize(
    ("studies", "says"),
    [
        ([studied(0.965), studied(1.374)], r"at $\kappa = 0.96$ to 1.37 times that, the band; no theorem says so."),
        ([studied(None)], "No run has left the plateau."),
        ([studied(1.0, "diverged", 5, 0.02)], "have diverged: $L = 5$ with standard deviation 0.02."),
    ],
)
def test_the_caption_of_the_plateau_says_what_was_measured(studies, says):
    """Between which factors of the prediction, and which runs diverged; every letter is defined."""
    caption = _plateau_caption(studies)
    assert says in caption
    assert all(f"{letter}$" in caption for letter in ("$s", "$h", r"$\sigma_1"))
    assert ("diverged" in caption) is ("diverged" in says)
