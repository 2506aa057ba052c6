"""Expressions as LaTeX and MathML."""

import pytest
from sympy import Identity, Integer, Inverse, Matrix, MatrixSymbol, OneMatrix, Rational, Symbol, Transpose, symbols
from tptheory.typesetting.mathml import NAMESPACE, mathml_of

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
    (Transpose(OneMatrix(1, n)), rf"\mathbf{{1}}^{T}"),
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
TREES = [
    (net.weight(2), "W|2"),
    (eta, "η"),
    (Pinv(net.weight(2)), "W|2|+"),
    (transpose(A), "A|⊤"),
    (Pinv(matmul(A, B)), "(|A|B|)|+"),
    (net.error, "W|2|W|1|x|−|y"),
    (matadd(Identity(n), matmul(-1, S)), "I|−|S"),
    (matmul(-eta, A), "−|η|A"),
    (matmul(1 - eta, A), "(|1|−|η|)|A"),
    (Inverse(S), "S|−|1"),
    (trace(S), "tr|(|S|)"),
    (LogPdet(A), "log|pdet|(|A|)"),
    (squared_norm(A) / 2, "1|2|tr|(|A|⊤|A|)"),
    (trace(S) ** 2, "(|tr|(|S|)|)|2"),
    (Matrix([[1, -2]]), "[|1|−|2|]"),
]
HOSTILE = ["<script>alert(1)</script>", "a&b", "100%", r"\input{x}", "#1", "$x$", '"quoted"', "&lt;"]
CORE = {"math", "mrow", "mi", "mn", "mo", "mspace", "msup", "msub", "msubsup", "mfrac", "mtable", "mtr", "mtd", "msqrt"}


def every_update():
    """Give each rule's updates and feedback for three layers."""
    deep = DeepLinearNetwork(depth=3)
    for called, rule in RULES.items():
        for l in (1, 2, 3):
            yield pytest.param(rule().update(deep, l), id=f"{called}-dW{l}")
            if l > 1:
                yield pytest.param(rule().feedback(deep, l), id=f"{called}-M{l}")


def leaves(tree):
    """Read the characters of a tree, without what is invisible."""
    texts = (node.text for node in tree.iter() if node.text)
    return "|".join(text for text in texts if text not in "\u2061\u2062")


@pytest.mark.parametrize(("expression", "expected"), TABLE, ids=[tex for _, tex in TABLE])
def test_latex_is_what_the_field_writes(expression, expected):
    """Each node has the notation of THEORY.md, and parentheses where they are needed and nowhere else."""
    assert latex_of(expression) == expected


@pytest.mark.parametrize("expression", [e for e, _ in TABLE], ids=[tex for _, tex in TABLE])
def test_breakable_latex_says_the_same(expression):
    """Leave to break lines, and plain parentheses, change nothing else."""
    plain = latex_of(expression).replace(r"\left(", "(").replace(r"\right)", ")")
    broken = latex_of(expression, breakable=True).replace(r"\allowbreak ", "")
    assert broken.replace(r"\left(", "(").replace(r"\right)", ")") == plain


@pytest.mark.parametrize(("expression", "expected"), TREES, ids=[text for _, text in TREES])
def test_mathml_holds_the_same_characters(expression, expected, read_xml):
    """Read without its tags, the MathML is the expression from left to right."""
    assert leaves(read_xml(mathml_of(expression))) == expected


@pytest.mark.parametrize("expression", list(every_update()))
@pytest.mark.parametrize("breakable", [False, True])
def test_mathml_is_well_formed_mathml_core(expression, breakable, read_xml):
    """Every rule's mathematics is XML in the MathML namespace, of elements that browsers draw; no mfenced."""
    text = mathml_of(expression, breakable=breakable)
    tree = read_xml(f"<div>{text}</div>")
    names = {node.tag.removeprefix(f"{{{NAMESPACE}}}") for node in tree.iter()}
    assert names - {"div", "wbr", "span"} <= CORE
    assert "math" in names
    assert "mfenced" not in text
    assert leaves(tree) == leaves(read_xml(mathml_of(expression)))


def test_mathml_scripts_stand_above_one_another():
    """W_2 transposed is one letter with both scripts, not a script on a script."""
    assert "<msubsup><mi>W</mi><mn>2</mn><mo>⊤</mo></msubsup>" in mathml_of(transpose(net.weight(2)))


def test_short_mathml_is_one_element_and_long_is_several():
    """Only what may not fit on a line is cut."""
    assert mathml_of(net.error, breakable=True).count("<math") == 1
    long = mathml_of(TargetProp().update(DeepLinearNetwork(depth=3), 1), breakable=True)
    assert long.count("<math") > 1
    assert "<wbr/>" in long


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("breakable", [False, True])
def test_names_are_shown_and_not_run(name, breakable, read_xml):
    """A symbol's name is text: no markup of it reaches a page, and no command of it reaches LaTeX."""
    symbol = MatrixSymbol(name, 2, 2)
    tree = read_xml(mathml_of(symbol, breakable=breakable))
    assert not list(tree.iter("script"))
    latex = latex_of(Pinv(symbol), breakable=breakable)
    for character in "%#$&":
        assert latex.count(character) == latex.count(f"\\{character}")
    assert r"\input" not in latex


def test_hostile_scalar_names_are_text_too(read_xml):
    """The same holds of scalars, and of names with subscripts."""
    text = mathml_of(Symbol("<b>_<i>"))
    assert "<b>" not in text
    read_xml(text)


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
    """A layer is an index below; certificates write the same; MathML says no more of the name than is read."""
    text, index, transposed = letter
    symbol = name(text, index).with_mark("'", r"\top") if transposed else name(text, index)
    assert latex_of(expression) == latex == symbol.written().latex
    shown = "".join(read_xml(mathml_of(expression)).itertext())
    assert not set("[]_") & set(shown)


def test_what_is_made_of_symbols_of_layers():
    """The rule stands above, a number of a sequence is no trace, and a width is the letter n with an index."""
    signal = matmul(DampedTargetProp().error_signal(deep, l))
    assert latex_of(signal).startswith(r"M^{\text{damped-tp}}_{l} ")
    assert latex_of(transpose(signal)).endswith(r" {M^{\text{damped-tp}}_{l}}^{\top}")
    assert latex_of(matmul(total(l) ** 2, deep.weight(l))) == "S_{l}^{2} W_{l}"
    assert latex_of(deep.widths[l - 1]) == "n_{l-1}"
    assert "tr" not in mathml_of(total(l) ** 2)
    assert mathml_of(deep.widths[l - 1]).endswith("<mn>1</mn></mrow></msub></math>")
