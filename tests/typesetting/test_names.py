"""Names, letters and what they stand for, in text and in LaTeX."""

import pytest
from oracles.small import certificate, t

from tptheory.certificates.reading import Reader
from tptheory.typesetting.names import dotted, expression_of_sizes, name, name_latex, prose, visible
from tptheory.typesetting.polynomials import Notation, joined

NAMES = [
    *["W_2+'", "(A' B)+", "dW_2/dt'", "u[A]", "1/|x|^2", "ones_B'", "W_3'+", "A*", "x#", "a_b_c", "_x", "x_", "x y"],
    *[
        "100%",
        "\\frac",
        "x^2_1",
        "a~b",
        'a"b',
        "a`b",
        "$x$",
        "&",
        "{a}",
        "[x]",
        "λ",
        "W₂",
        "Ŵ_2",
        "π_μ",
        "中",
        "{",
        "}",
    ],
    *[
        "(Q",
        "tr(",
        "|",
        "^-1",
        "'",
        "+",
        "))((",
        "\t",
        "e\u0329\u0301",
        "<",
        "A__B",
        "\n\n",
        "\\",
        "%",
        "\\end{document}",
    ],
]


def test_names_of_any_shape_compile(pdflatex):
    """Whatever a letter is called, its LaTeX is set, in mathematics and in text, alone, marked and at an index."""
    mark = ("'", r"\top")
    formulas = [
        symbol.with_mark(*mark).written().latex
        for text in NAMES
        for symbol in (name(text), name(text, "l+1"), dotted(text), dotted(text, "0"))
    ]
    formulas += [expression_of_sizes(text).latex for text in NAMES]
    pdflatex([*(f"${code}$" for code in formulas), *(prose(text).latex for text in NAMES)])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("W_2", "W_{2}"),
        ("eta", r"\eta"),
        ("λ", r"\lambda"),
        ("W₂", "W_{2}"),
        ("Ŵ_2", r"\hat{W}_{2}"),
        ("A+", r"\text{A+}"),
    ],
)
def test_names_are_set_as_they_are_spelled(text, code):
    """Greek is Greek, what follows an underscore stands below, and a plus is no pseudo-inverse."""
    assert name_latex(text) == code


@pytest.mark.parametrize(
    ("text", "index", "expected"),
    [
        ("M_tp", "l", ("M_tp[l]'", r"{M^{\mathrm{tp}}_{l}}^{\top}")),
        ("x_dot", "l-1", ("x_dot[l-1]'", r"\dot{x}_{l-1}^{\top}")),
        ("Up", "l", ("Up[l]'", r"(W_{l} \cdots W_{1})^{\top}")),
        ("n", "L", ("n[L]'", r"n_{L}^{\top}")),
        ("q1", "l", ("q1[l]'", r"{q_{1}}_{l}^{\top}")),
        ("M_tp_dot", "l", ("M_tp_dot[l]'", r"{\dot{M}^{\mathrm{tp}}_{l}{}}^{\top}")),
    ],
)
def test_members_of_sequences(text, index, expected):
    """A letter at a layer has its index below."""
    assert name(text, index).with_mark("'", r"\top").written() == expected


def test_nothing_is_hidden_in_text():
    """Control characters are written out."""
    assert visible("A\x1b[2J\r\nB\u202e") == r"A\x1b[2J\r\nB\u202e"
    assert visible("λ ⊆") == "λ ⊆"


PAIR = [["1", ["A", "B"]]]
GRAM = [["1", ["A", t("A")]], ["1", ["c"], "m"]]
NORM = [["1", [{"tr": [t("A"), "A"]}], 1]]
MEANINGS = [
    ({"name": "lambda"}, "lambda", r"\lambda"),
    ({"pinv": [["1", ["A"]]]}, "A+", "A^{+}"),
    ({"pinv": [["1", [t("A")]]]}, "A'+", r"A^{\top+}"),
    ({"pinv": PAIR}, "(A B)+", "(A B)^{+}"),
    ({"inverse": GRAM}, "(A A' + c I)^-1", r"(A A^{\top} + c I)^{-1}"),
    ({"velocity": "A"}, "dA/dt", r"\dot{A}"),
    ({"factor": "u", "of": PAIR}, "u[A B]", "u_{A B}"),
    ({"ones": "m"}, "ones_m", r"\mathbf{1}_{m}"),
    ({"log pdet": [["1", ["A"]]]}, "log pdet(A)", r"\log\operatorname{pdet}(A)"),
    ({"det": PAIR}, "det(A B)", r"\det(A B)"),
    ({"size": "2*n_1 + 1"}, "2 n_1 + 1", r"2\,n_{1}\,+\,1"),
]
LETTERS = {"A": ["m", "n"], "B": ["n", "m"], "K": ["m", "m"], "x": ["m", 1], "c": []}


def notation(meanings):
    """Return a notation of the letters of these tests."""
    return Notation(Reader(certificate(letters=LETTERS)), meanings)


@pytest.mark.parametrize(("meaning", "text", "code"), MEANINGS)
def test_what_a_letter_stands_for_is_shown(meaning, text, code):
    """A letter is shown as what the remark about it says."""
    written = notation({"K": meaning}).symbol(("K",)).written()
    assert written.text == text
    assert code is None or written.latex == code


def test_marks_follow_what_a_letter_stands_for():
    """A transposed inverse has both marks; a transposed derivative has brackets in text; an inverse within another."""
    shown = notation({"K": {"pinv": PAIR}, "A": {"velocity": "B"}, "x": {"inverse": [["1", ["K"]]]}})
    terms = shown.terms(shown.reader.polynomial([["1", [t("K"), "A", t("A")]]]))
    assert joined(terms) == (r"(dB/dt B)+' dB/dt (dB/dt)'", r"(\dot{B} B)^{+\top} \dot{B} \dot{B}^{\top}")
    assert shown.symbol(("x",)).written().text == "(dB/dt B)+^-1"


def test_what_an_indexed_letter_stands_for_moves_with_its_index():
    """The terms speak of k; at l + 1 they speak of l + 1."""
    data = certificate(
        sizes=["n"],
        indexed=["n", "W", "P", "V"],
        letters={
            "W": [["n", "k", 0], ["n", "k", -1]],
            "P": [["n", "k", -1], ["n", "k", 0]],
            "V": [["n", "k", 0], ["n", "k", -1]],
        },
    )
    pair = [["1", [["W", "k", 0], ["W", "k", -1]]]]
    shown = Notation(Reader(data), {"P": {"pinv": pair}, "V": {"velocity": ["W", "k", 0]}})
    assert shown.symbol(("P", "l", 1)).written() == ("(W[l+1] W[l])+", "(W_{l+1} W_{l})^{+}")
    assert shown.symbol(("P", "", 2)).written().text == "(W[2] W[1])+"
    assert shown.symbol(("V", "L", 0)).written() == ("dW[L]/dt", r"\dot{W}_{L}")


HOSTILE = [
    *[None, 1, "A", [], {}, {"pinv": None}, {"pinv": []}, {"pinv": [["1", ["A"]], ["1", ["B"]]]}, {"pinv": "A"}],
    *[{"inverse": [["x", ["A"]]]}, {"inverse": [["1", ["Z"]]]}, {"inverse": {"a": 1}}, {"velocity": []}],
    *[{"velocity": "Z"}, {"velocity": {"T": {"T": "A"}}}, {"velocity": ["A", "k", 0]}, {"factor": 3, "of": PAIR}],
    *[{"factor": "u"}, {"ones": -1}, {"ones": "A"}, {"ones": []}, {"size": 3}, {"size": ""}, {"name": ""}],
    *[{"name": 3}, {"name": ["A"]}, {"name": "A"}, {"name": "x" * 10_000}, {"det": [["1", ["A"] * 10_000]]}],
    *[{"pinv": [["1", ["K"]]]}, {"unknown": 1}, {"log pdet": [[]]}],
    {"pinv": [["1", ["A", "B"] * 80]]},
    {"index": True},
]


@pytest.mark.parametrize("remark", HOSTILE)
def test_a_remark_that_cannot_be_read_leaves_the_name(remark):
    """Whatever is said of a letter, it is shown: by its name, where nothing can be made of what is said."""
    written = notation({"K": remark}).symbol(("K",)).written()
    assert written.text in ("K", "K+")
    assert notation(remark).symbol(("K",)).written().text == "K"


def test_an_index_that_is_a_number_is_shown_as_itself():
    """A letter for the numbers k is written ``l``, or ``(l+1)`` where it may be a factor."""
    data = certificate(letters={"index": []}, indexed=["index"])
    shown = Notation(Reader(data), {"index": {"index": True}})
    written = [shown.symbol(("index", *at)).written().text for at in (("l", 0), ("l", 1), ("", 2))]
    assert written == ["l", "(l+1)", "2"]


def test_remarks_that_lead_to_each_other_come_to_an_end():
    """A letter that stands for itself by way of another is called by its name; so is what grows without end."""
    shown = notation({"A": {"pinv": [["1", ["B"]]]}, "B": {"pinv": [["1", ["A"]]]}})
    assert shown.symbol(("A",)).written().text == "A++"
    assert shown.symbol(("B",)).written().text == "A+"
    letters = {f"a{i}": ["n", "n"] for i in range(1000)}
    meanings = {f"a{i}": {"pinv": [["1", [f"a{i + 1}"] * 2]]} for i in range(999)}
    reader = Reader(certificate(letters=letters))
    assert len(Notation(reader, meanings).symbol(("a0",)).written().text) < 300


def test_a_letter_and_a_sequence_may_share_a_name():
    """An index tells ``x[0]`` from ``x``, so that neither needs another name."""
    letters = {"x": [["n", "k", 0], 1], "x*": ["n*", 1]}
    data = certificate(letters=letters, sizes=["n", "n*"], indexed=["n", "x"])
    shown = Notation(Reader(data), {"x*": {"name": "x"}, "n*": {"name": "n"}})
    assert [shown.symbol(key).written() for key in (("x", "", 0), ("x*",), ("n*",))] == [
        ("x[0]", "x_{0}"),
        ("x", "x"),
        ("n", "n"),
    ]


def test_two_letters_are_not_called_alike():
    """A name that another letter has, by declaration or by remark, is not taken."""
    shown = notation({"A": {"name": "B"}, "B": {"name": "D"}, "K": {"name": "D"}})
    assert [shown.symbol((a,)).written().text for a in "ABK"] == ["A", "D", "K"]
