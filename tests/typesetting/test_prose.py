"""Prose that marks its mathematics, as text, HTML and LaTeX."""

import re
from pathlib import Path

import pytest

from tptheory import collect
from tptheory.typesetting.escaping import tex_escaped
from tptheory.typesetting.prose import paragraphs, prose_html, prose_tex, prose_text

PROOFS = Path(__file__).parents[2] / "proofs"
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
    ('"<>|', r'"\textless{}\textgreater{}$|$'),
]
MARKED = [
    ("$W_{l+1}$ is wide", "W_{l+1} is wide", "$W_{l+1}$ is wide"),
    ("$A' = A' A A^+$", "A' = A' A A+", r"$A^{\top} = A^{\top} A A^+$"),
    ("$(I + A'A)^{-1} A'$", "(I + A'A)^-1 A'", r"$(I + A^{\top}A)^{-1} A^{\top}$"),
    (r"$A^{+\top} = (A^+)' = A^+'$", "A+' = (A+)' = A+'", r"$A^{+\top} = (A^+)^{\top} = A^{+\top}$"),
    (r"by $-\alpha P_l e$", "by -alpha P_l e", r"by $-\alpha P_l e$"),
    ("One sample's $W_2$'s update", "One sample's W_2's update", "One sample's $W_2$'s update"),
    (r"a TP step, $\mathrm{TP}$ and I/O", "a TP step, TP and I/O", r"a TP step, $\mathrm{TP}$ and I/O"),
    (r"$d_l^{\mathrm{GN}}$, $G^{\mathrm{TP}} P$", "d_l^GN, G^TP P", r"$d_l^{\mathrm{GN}}$, $G^{\mathrm{TP}} P$"),
    (r"for $l \ge 2$", "for l >= 2", r"for $l \ge 2$"),
    (r"$\tfrac{d}{dt} |d_l|^2 = -\dot E$", "d/dt |d_l|^2 = -dE/dt", r"$\tfrac{d}{dt} |d_l|^2 = -\dot E$"),
    (r"$\dot W_l$ and $\ddot{W}_{l}$", "dW_l/dt and d^2W_{l}/dt^2", r"$\dot W_l$ and $\ddot{W}_{l}$"),
    (r"$\frac{a + b}{c}$", "(a + b)/c", r"$\frac{a + b}{c}$"),
    (
        r"$A = B' (A B)^+ C D \operatorname{tr} E$",
        "A = B' (A B)+ C D tr E",
        r"$A = B^{\top} \penalty700 (A \penalty700 B)^+ \penalty700 C \penalty700 D \operatorname{tr} E$",
    ),
    (r"$W_2, \dots, W_L$", "W_2, ..., W_L", r"$W_2, \dots, W_L$"),
    (r"$\log\operatorname{pdet} W$", "log pdet W", r"$\log\operatorname{pdet} W$"),
    (r"$\langle x, y\rangle \le \tfrac12$", "<x, y> <= 1/2", r"$\langle x, y\rangle \le \tfrac12$"),
    ("G^TP P, d_l and A' at 1-4-2", "G^TP P, d_l and A' at 1-4-2", r"G\textasciicircum{}TP P, d\_l and A' at 1-4-2"),
    ("see `a_b` and\n`c` .", "see `a_b` and\n`c` .", r"see \texttt{a\_\allowbreak{}b} and \texttt{c} ."),
    ("say 'x' twice", "say 'x' twice", "say `x' twice"),
    ("$5 and $6", "$5 and $6", r"\$5 and \$6"),
]
NO_MATHEMATICS = [
    r"$\input{x}$",
    r"$\write18{rm}$",
    "$a_$",
    "$a^b^c$",
    "$a % b$",
    "$a & b$",
    "$≤$",
    r"$\frac{1}$",
    "${a$",
    "$a}$",
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


@pytest.mark.parametrize(("text", "plain", "code"), MARKED)
def test_mathematics_is_what_stands_between_dollars(text, plain, code):
    """It is typeset, a prime as a transpose, and plain notation in a terminal; nothing else is mathematics."""
    assert prose_text(text) == plain
    assert prose_tex(text) == code
    assert prose_html(text).count("$") == code.count(r"\$")


@pytest.mark.parametrize("text", NO_MATHEMATICS)
def test_what_cannot_be_set_is_shown_as_it_is_typed(text, pdflatex):
    """A command that is not known, or a formula that LaTeX would stumble over, is text, dollars and all."""
    assert prose_text(text) == text
    assert "<i>" not in prose_html(text)
    assert prose_tex(text).startswith(r"\$")
    pdflatex([prose_tex(text)])


def test_all_that_is_marked_in_the_library_is_mathematics():
    """No dollar is left in a title or a reason, and no command in plain notation."""
    for theorem in collect(PROOFS):
        for text in (theorem.title, theorem.reason):
            assert not re.search(r"[$\\]", prose_text(text)), text
            assert "$" not in prose_html(text)


@pytest.mark.parametrize(
    "text", [*HOSTILE, *(text for text, *_ in MARKED), *(text for text, _ in ESCAPED if "\x00" not in text)]
)
def test_html_is_well_formed_and_holds_no_foreign_tag(text, read_xml):
    """Whatever a title holds, only our own elements reach the page."""
    tree = read_xml(f"<div>{prose_html(text)}</div>")
    names = {node.tag.split("}")[-1] for node in tree.iter()}
    assert names <= {"div", "code", "i", "b", "u", "sub", "sup"}


@pytest.mark.parametrize("text", HOSTILE)
def test_html_attributes_are_our_own(text):
    """No attribute of the text becomes one of the page."""
    assert not re.search(r"<[^>]*(onerror|src|href)", prose_html(text))


def test_paragraphs_are_parted_by_blank_lines():
    """Lines are joined, blocks are not."""
    assert paragraphs("one\n  two\n\n three \n\n\n") == ["one two", "three"]
    assert paragraphs("") == []
