"""Captions that follow from what was measured, and titles that say which rule it is."""

from datetime import UTC, datetime
from html import unescape
from types import SimpleNamespace

import pytest
from matplotlib.figure import Figure
from sympy import Rational

from tptheory import Momentum
from tptheory.training.plateau import Setting
from tptheory.writing.deriving import described
from tptheory.writing.gathering import ReportData, ReportSettings
from tptheory.writing.paper import render_paper
from tptheory.writing.rendering import Illustration, _plateau_caption, render_html, render_json, render_tex


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


@pytest.mark.parametrize(
    "render",
    [render_html, render_tex, render_json, lambda *given: render_paper(*given)[0]],
    ids=["html", "tex", "json", "paper"],
)
def test_a_rule_is_told_with_the_values_of_its_parameters(render):
    """Two rules of one class have different titles on every page."""
    rules = [Momentum("bp", Rational(1, n)) for n in (2, 3)]
    data = ReportData(
        rules=tuple(described(rule, rule.name) for rule in rules),
        theorems=(),
        **{name: {} for name in ("trajectories", "rising", "digits", "digits_seconds")},
        **dict.fromkeys(("drifts", "orders"), ()),
        versions={"tptheory": "1"},
        settings=ReportSettings().recorded(),
        theory=None,
        seconds=0.0,
        written=datetime.now(UTC),
    )
    drawn = (Illustration("one", "One", "A picture.", Figure),)
    page = unescape(render(data, {}, drawn))
    assert rules[0].full_title != rules[0].title
    assert all(rule.full_title in page for rule in rules)
