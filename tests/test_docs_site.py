"""What lays out the documentation site, in the root of the repository, as far as it can be run without mkdocs."""

import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / ".docs"


@pytest.fixture(scope="module")
def mathematics():
    """Read the script that shows formulas."""
    return runpy.run_path(str(DOCS / "mathematics.py"))


def test_formulas_are_shown_as_html(mathematics):
    """By the functions of the report; the lines of a formula are joined, and a matrix has a class."""
    shown = mathematics["shown"]
    assert shown("M_2 = W_2'") == "<i>M</i>₂\xa0=\xa0<i>W</i>₂ᵀ"
    assert shown("W_2\n+ X") == shown("W_2 + X")
    assert '<table class="matrix">' in shown(r"\begin{pmatrix} 1 & 2 \end{pmatrix}")


@pytest.mark.parametrize(
    ("page", "left"),
    [
        ("<p>For $W_2$ and $x\n+ y$</p>", ["$W_2$", "$x\n+ y$"]),
        ("<p>For <i>W</i>₂</p>", []),
        ("<pre>$W_2$</pre> <code>$x$</code> <script>let $a = $b</script> <a title='$x$'>x</a>", []),
        ("<p>It costs 5 $ or 7 $.</p>", []),
    ],
)
def test_formulas_that_are_left_are_found(mathematics, page, left):
    """In what a page says, and in no code."""
    assert mathematics["left"](page) == left
