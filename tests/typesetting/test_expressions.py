"""Expressions as LaTeX and as HTML."""

import re
from html import unescape
from unicodedata import normalize

import pytest
from sympy import (
    Identity,
    Integer,
    Inverse,
    Matrix,
    MatrixSymbol,
    OneMatrix,
    Rational,
    Symbol,
    Transpose,
    latex,
    symbols,
)

from tptheory import (
    RULES,
    Backprop,
    DampedTargetProp,
    DeepLinearNetwork,
    LogPdet,
    Pinv,
    Recursion,
    TargetProp,
    alpha,
    eta,
    matadd,
    matmul,
    squared_norm,
    trace,
    transpose,
)
from tptheory.typesetting.expressions import latex_of
from tptheory.typesetting.html_math import html_math, html_of
from tptheory.typesetting.inline_math import NotMathematics
from tptheory.typesetting.names import name

m, n = symbols("m n", integer=True, positive=True)
A, B = MatrixSymbol("A", m, n), MatrixSymbol("B", n, m)
S = MatrixSymbol("S", n, n)
W1, W2 = MatrixSymbol("W_1", n, m), MatrixSymbol("W_2", m, n)
net = DeepLinearNetwork(depth=2)
T = r"{\top}"

TABLE = [
    (net.weight(2), "W_{2}"),
    (eta, r"\eta"),
    (alpha, r"\alpha"),
    (Integer(0), "0"),
    (net.error, "W_{2} W_{1} x - y"),
    (matadd(Identity(n), matmul(-1, S)), "I - S"),
    (matadd(matmul(-1, S), Identity(n)), "- S + I"),
    (transpose(matmul(A, B)), rf"B^{T} A^{T}"),
    (Pinv(net.weight(2)), "W_{2}^{+}"),
    (Pinv(matmul(A, B)), r"\left(A B\right)^{+}"),
    (Pinv(transpose(A)), rf"\left(A^{T}\right)^{{+}}"),
    (transpose(Pinv(A)), rf"\left(A^{{+}}\right)^{T}"),
    (OneMatrix(n, 1), r"\mathbf{1}"),
    (OneMatrix(1, n), rf"\mathbf{{1}}^{T}"),
    (Transpose(OneMatrix(n, 1)), rf"\mathbf{{1}}^{T}"),
    (OneMatrix(m, n), rf"\mathbf{{1}} \mathbf{{1}}^{T}"),
    (transpose(matmul(OneMatrix(m, n), S)), rf"S^{T} \mathbf{{1}} \mathbf{{1}}^{T}"),
    (TargetProp().update(net, 1), rf"- \eta W_{{2}}^{{+}} \left(W_{{2}} W_{{1}} x - y\right) x^{T}"),
    (matmul(-1, A), "- A"),
    (matmul(1 - eta, A), r"\left(1 - \eta\right) A"),
    (matmul(Rational(-1, 2), eta, A), r"- \tfrac{1}{2} \eta A"),
    (matmul(eta**2, A), r"\eta^{2} A"),
    (matmul(squared_norm(A), A), rf"\operatorname{{tr}}\left(A^{T} A\right) A"),
    (matmul(matadd(A, transpose(B)), B), rf"\left(A + B^{T}\right) B"),
    (Inverse(S), "S^{-1}"),
    (S**2, "S^{2}"),
    (transpose(S) ** 2, rf"\left(S^{T}\right)^{{2}}"),
    (trace(S), r"\operatorname{tr}\left(S\right)"),
    (trace(S) ** 2, r"\left(\operatorname{tr}\left(S\right)\right)^{2}"),
    (LogPdet(A), r"\log\operatorname{pdet}\left(A\right)"),
    (LogPdet(A) ** 2, r"\left(\log\operatorname{pdet}\left(A\right)\right)^{2}"),
    (
        LogPdet(W2) - squared_norm(W1) / 2,
        rf"\log\operatorname{{pdet}}\left(W_{{2}}\right) - \tfrac{{1}}{{2}} \operatorname{{tr}}\left(W_{{1}}^{T} "
        r"W_{1}\right)",
    ),
    (DeepLinearNetwork(depth=1, loss="any").loss, r"\mathcal{L}\left(W_{1} x\right)"),
    (
        DampedTargetProp().feedback(net, 2),
        rf"W_{{2}}^{T} \left(W_{{2}} W_{{2}}^{T} + \lambda I\right)^{{-1}}",
    ),
]
SHOWN = [
    (net.weight(2), "W_2"),
    (eta, "η"),
    (Pinv(net.weight(2)), "W_2^+"),
    (transpose(net.weight(2)), "W_2^⊤"),
    (transpose(A), "A^⊤"),
    (Pinv(matmul(A, B)), "(AB)^+"),
    (net.error, "W_2W_1x − y"),
    (matadd(Identity(n), matmul(-1, S)), "I − S"),
    (matmul(-eta, A), "−ηA"),
    (matmul(1 - eta, A), "(1 − η)A"),
    (Inverse(S), "S^−1"),
    (trace(S), "tr(S)"),
    (LogPdet(A), "log pdet(A)"),
    (squared_norm(A) / 2, "½tr(A^⊤A)"),
    (trace(S) ** 2, "(tr(S))^2"),
    (Matrix([[1, -2], [0, 3]]), "1|−2||0|3"),
    (Matrix([[Rational(1, 2), Rational(7, 11)]]), "½|^7⁄_11"),
]
HOSTILE = ["<script>alert(1)</script>", "a&b", "100%", r"\input{x}", "#1", "$x$", '"quoted"', "&lt;"]
TAGS = {"i", "b", "u", "sub", "sup", "table", "tr", "td"}


def every_update():
    """Give each rule's updates and feedback for three layers."""
    deep = DeepLinearNetwork(depth=3)
    for called, rule in RULES.items():
        for l in (1, 2, 3):
            yield pytest.param(rule().update(deep, l), id=f"{called}-dW{l}")
            if l > 1:
                yield pytest.param(rule().feedback(deep, l), id=f"{called}-M{l}")


def shown(html):
    """Read what HTML shows: ``_`` and ``^`` before what stands below and above, ``|`` and ``||`` in matrices."""
    text = re.sub(r"<table><tr><td>|</table>", "", html).replace("<tr><td>", "||").replace("<td>", "|")
    text = re.sub("[ᵀ⁺²³⁻¹]+", lambda raised: f"^{normalize('NFKC', raised[0]).replace('T', '⊤')}", text)
    text = re.sub("[₀-₉]+", lambda lowered: f"_{normalize('NFKC', lowered[0])}", text)
    text = re.sub("[\u200a\u2060]", "", text.replace("<sub>", "_").replace("<sup>", "^")).replace("\u00a0", " ")
    return unescape(re.sub(r"<[^>]*>", "", text))


@pytest.mark.parametrize(("expression", "expected"), TABLE, ids=[tex for _, tex in TABLE])
def test_latex_is_what_the_field_writes(expression, expected):
    """Each node has the notation of THEORY.md, and parentheses where they are needed and nowhere else."""
    assert latex_of(expression) == expected


def test_one_formula_of_sympy_has_one_notation():
    """SymPy writes a sum, and asks our nodes in it: each transpose of the formula looks as SymPy's do."""
    mixed = latex(A * matmul(transpose(A), Pinv(A).T) + matmul(W2, transpose(W2), A))
    assert mixed.count("^{T}") == 3
    assert "top" not in mixed


@pytest.mark.parametrize("expression", [e for e, _ in TABLE], ids=[tex for _, tex in TABLE])
def test_breakable_latex_says_the_same(expression):
    """Leave to break lines, and plain parentheses, change nothing else."""
    plain = latex_of(expression).replace(r"\left(", "(").replace(r"\right)", ")")
    broken = latex_of(expression, breakable=True).replace(r"\allowbreak ", "")
    assert broken.replace(r"\left(", "(").replace(r"\right)", ")") == plain


@pytest.mark.parametrize(("expression", "expected"), SHOWN, ids=[text for _, text in SHOWN])
def test_html_shows_the_expression(expression, expected):
    """Read without its tags, the HTML is the expression from left to right, with space around signs."""
    assert shown(html_of(expression)) == expected


@pytest.mark.parametrize("expression", list(every_update()))
def test_html_has_few_tags_and_closes_them(expression, read_xml):
    """Every rule's mathematics is well-formed, of a handful of elements, and says what the LaTeX says."""
    tree = read_xml(f"<div>{html_of(expression)}</div>")
    assert {node.tag for node in tree.iter()} - {"div"} <= TAGS
    assert html_of(expression).count("ᵀ") == latex_of(expression).count(r"^{\top}")


def test_a_short_formula_stays_on_one_line_and_a_long_one_breaks_between_terms_and_factors():
    """A space at which a line may break stands before a sign, and a thin one between factors."""
    assert not {" ", "\u200a"} & set(html_of(net.error))
    long = html_of(TargetProp().update(DeepLinearNetwork(depth=3), 1))
    assert " −\u00a0" in long
    assert "₂\u200a<i>" in long
    assert html_math("|W|^2").endswith("|\u2060²")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (r"\dot W_l = -d_l x_{l-1}^{\top}", "Ẇ_l = −d_lx_l−1^⊤"),
        (r"\langle E, \dot X_L\rangle \ge 0", "⟨E, Ẋ_L⟩ ≥ 0"),
        (r"\lVert E \rVert^{2}", "‖E‖^2"),
        (r"|{-x}|^2 \le \tfrac{1}{2} \log\operatorname{pdet} A^{-1}", "|−x|^2 ≤ ½log pdet A^−1"),
        (r"\frac{a + b}{c}", "(a + b)/c"),
        (r"\sqrt{x + y}", "√x + y"),
        (r"M^{\mathrm{tp}}_{l}", "M_l^tp"),
        (r"(W_{l} \cdots W_{1})", "(W_l⋯W_1)"),
        (r"\text{a\_b < \%}", "a_b < %"),
        (r"\mathcal{L}(x)", "ℒ(x)"),
    ],
)
def test_html_of_latex(code, expected):
    """Accents sit on their letter, bars are brackets, an index comes first, and words are words."""
    assert shown(html_math(code)) == expected


@pytest.mark.parametrize(
    "code", ["}", "{", r"\frac{1}", "x^", r"\text{", r"\begin{align} 1 \end{align}", r"\begin{pmatrix} 1"]
)
def test_what_is_no_formula_is_refused(code):
    """A brace without its pair, and a command without its argument, raise; nothing is guessed."""
    with pytest.raises(NotMathematics):
        html_math(code)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("breakable", [False, True])
def test_names_are_shown_and_not_run(name, breakable, read_xml):
    """A symbol's name is text: no markup of it reaches a page, and no command of it reaches LaTeX."""
    symbol = MatrixSymbol(name, 2, 2)
    tree = read_xml(f"<div>{html_of(symbol)}</div>")
    assert {node.tag for node in tree.iter()} <= {"div", "i", "sub"}
    latex = latex_of(Pinv(symbol), breakable=breakable)
    for character in "%#$&":
        assert latex.count(character) == latex.count(f"\\{character}")
    assert r"\input" not in latex


def test_hostile_scalar_names_are_text_too(read_xml):
    """The same holds of scalars, and of names with subscripts."""
    text = html_of(Symbol("<b>_<i>"))
    assert "<b>" not in text
    read_xml(f"<div>{text}</div>")


L, l = (Symbol(name, integer=True) for name in "Ll")
deep = DeepLinearNetwork(depth=L)
flow, step = TargetProp().flow(deep), TargetProp().step(deep)
total = Recursion("S", 0, L, 0, lambda k, S: S + squared_norm(deep.weight(k)))
LAYERS = [
    (deep.weight(l + 1), "W_{l+1}", ("W", "l+1", False)),
    (deep.activation(0), "x_{0}", ("x", "0", False)),
    (transpose(deep.activation(l - 1)), rf"x_{{l-1}}^{T}", ("x", "l-1", True)),
    (Backprop().feedback(deep, l), rf"W_{{l}}^{T}", ("W", "l", True)),
    (flow.derivative(deep.activation(l)), r"\dot{x}_{l}", ("x_dot", "l", False)),
    (step.after(deep.activation(l)), r"x^{\mathrm{next}}_{l}", ("x_next", "l", False)),
    (deep.product(l, 1), r"(W_{l} \cdots W_{1})", ("Up", "l", False)),
    (transpose(deep.product(L, l + 1)), rf"(W_{{L}} \cdots W_{{l+1}})^{T}", ("Down", "l+1", True)),
    (total(l), "S_{l}", ("S", "l", False)),
]


@pytest.mark.parametrize(("expression", "latex", "letter"), LAYERS, ids=[str(letter) for *_, letter in LAYERS])
def test_symbols_of_layers(expression, latex, letter, read_xml):
    """A layer is an index below; certificates write the same; HTML says no more of the name than is read."""
    text, index, transposed = letter
    symbol = name(text, index).with_mark("'", r"\top") if transposed else name(text, index)
    assert latex_of(expression) == latex == symbol.written().latex
    assert not set("[]_") & set("".join(read_xml(f"<div>{html_of(expression)}</div>").itertext()))


def test_what_is_made_of_symbols_of_layers():
    """The rule stands above, a number of a sequence is no trace, and a width is the letter n with an index."""
    signal = matmul(DampedTargetProp().error_signal(deep, l))
    assert latex_of(signal).startswith(r"M^{\text{damped-tp}}_{l} ")
    assert latex_of(transpose(signal)).endswith(r" {M^{\text{damped-tp}}_{l}}^{\top}")
    assert latex_of(matmul(total(l) ** 2, deep.weight(l))) == "S_{l}^{2} W_{l}"
    assert latex_of(deep.widths[l - 1]) == "n_{l-1}"
    assert shown(html_of(total(l) ** 2)) == "S_l^2"
    assert shown(html_of(deep.widths[l - 1])) == "n_l−1"
