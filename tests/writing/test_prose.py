"""Plain text as HTML and as LaTeX."""

import re

import pytest

from tptheory.writing.prose import paragraphs, prose_html, prose_tex, tex_escaped

ESCAPED = [
    ("50%", r"50\%"),
    ("a_b^c", r"a\_b\textasciicircum{}c"),
    ("a & b # c $ d ~ e", r"a \& b \# c \$ d \textasciitilde{} e"),
    (r"\input{x}", r"\textbackslash{}input\{x\}"),
    ("≤ ⊆ ⟂ ∥ −", r"$\le$ $\subseteq$ $\perp$ $\parallel$ $-$"),
    ("Nøkland, Ø, Erdős, é", r"N\o{}kland, \O{}, Erd\H{o}s, \'{e}"),
    ("η Λ Α ο", r"$\eta$ $\Lambda$ $\mathrm{A}$ $o$"),
    ("ℝ x² y₃ A⁺", r"$\mathbb{R}$ x$^{2}$ y$_{3}$ A$^{+}$"),
    ("中", r"{\ttfamily [U+4E2D]}"),
    ("--", "-{}-"),
    ("a\x00\x1bb", "ab"),
    ('"<>|', r"\textquotedbl{}\textless{}\textgreater{}$|$"),
]
SYMBOLS = [
    ("W_{l+1} is wide", "$W_{l+1}$ is wide"),
    ("A' = A' A A+", r"$A^{\prime }$ = $A^{\prime }$ $A$ $A^{+}$"),
    ("(I + A'A)^-1 A'", r"($I$ + $A^{\prime }$$A$)$^{-1}$ $A^{\prime }$"),
    ("by -alpha P_l e", r"by $-$$\alpha$ $P_{l}$ $e$"),
    ("One sample's update", "One sample'{}s update".replace("{}", "")),
    ("exactly eta^2", r"exactly $\eta^{2}$"),
    ("a TP step, BP and I/O", "a TP step, BP and $I$/O"),
    ("dW_l = 0", "$dW_{l}$ = 0"),
    ("for l >= 2 and R of a matrix", "for $l$ $\\ge$ 2 and $R$ of a matrix"),
    ("d/dt |d_l|^2 = -dE/dt", "$d$/$dt$ $|$$d_{l}$$|$$^{2}$ = $-$$dE$/$dt$"),
    ("dW_l/dt of dt, data and a delta", "$dW_{l}$/$dt$ of $dt$, data and a $\\delta$"),
    ("by -(I - P), at 1-4-2", r"by $-$($I$ $-$ $P$), at 1-4-2"),
    ("see `a_b` and\n`c` .", r"see \texttt{a\_\allowbreak{}b} and \texttt{c} ."),
    ("say 'x' twice", "say 'x' twice"),
]
HOSTILE = [
    "<script>x</script>",
    "<img src=http://e/x onerror=y>",
    "&lt;b&gt;",
    "W_{<b>}",
    "A'<i>",
    "x^{</math>}",
    '"><b>',
]


@pytest.mark.parametrize(("text", "expected"), ESCAPED)
def test_escaped_text_shows_itself(text, expected):
    """Each character that LaTeX would act on, or that its fonts lack, has a form that shows it."""
    assert tex_escaped(text) == expected


@pytest.mark.parametrize(("text", "expected"), SYMBOLS)
def test_symbols_of_docstrings_are_typeset(text, expected):
    """What THEORY.md writes as W_{l+1}, A' and A+ is mathematics; an apostrophe is none."""
    assert prose_tex(text) == expected


@pytest.mark.parametrize(
    "text", [*HOSTILE, *(text for text, _ in SYMBOLS), *(text for text, _ in ESCAPED if "\x00" not in text)]
)
def test_html_is_well_formed_and_holds_no_foreign_tag(text, read_xml):
    """Whatever a title holds, only our own elements reach the page."""
    tree = read_xml(f"<div>{prose_html(text)}</div>")
    names = {node.tag.split("}")[-1] for node in tree.iter()}
    assert names <= {"div", "span", "code", "sup", "math", "mrow", "mi", "mn", "mo", "msub", "msup", "msubsup"}


@pytest.mark.parametrize("text", HOSTILE)
def test_html_attributes_are_our_own(text):
    """No attribute of the text becomes one of the page."""
    assert not re.search(r"<[^>]*(onerror|src|href)", prose_html(text))


def test_paragraphs_are_parted_by_blank_lines():
    """Lines are joined, blocks are not."""
    assert paragraphs("one\n  two\n\n three \n\n\n") == ["one two", "three"]
    assert paragraphs("") == []
