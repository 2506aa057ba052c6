"""What claims say, woven from words and mathematics."""

import pytest
from sympy import MatrixSymbol, Symbol, symbols

from tptheory import (
    AllOf,
    Conserved,
    DeepLinearNetwork,
    Equal,
    ForAll,
    Pinv,
    RankAtMost,
    Recursion,
    Rule,
    full_row_rank,
    matmul,
    partial_isometry,
    squared_norm,
    transpose,
)
from tptheory.typesetting.claims import statement_html, statement_tex

m, n = symbols("m n", integer=True, positive=True)
A, C, S = MatrixSymbol("A", m, n), MatrixSymbol("C", m, n), MatrixSymbol("S", n, n)
FULL = [full_row_rank(A, C)]

TABLE = [
    (Equal(Pinv(A), transpose(A)), [("", (r"$A^{+} = A^{\top}$",))]),
    (
        Equal(A, C, given=FULL),
        [("If $A$, $C$ have full row rank, then", ("$A = C$",))],
    ),
    (RankAtMost(A, [n, C]), [("", (r"rank($A$) $\le$ min($n$, rank($C$))",))]),
    (
        Equal(A, C, given=[partial_isometry(A), Equal(Pinv(A), transpose(A))]),
        [(r"If $A$ is a partial isometry, $A^{+} = A^{\top}$, then", ("$A = C$",))],
    ),
    (
        AllOf(Equal(A, C, given=FULL), Equal(C, A, given=FULL), Equal(A, A)),
        [("If $A$, $C$ have full row rank, then", ("$A = C$", "$C = A$")), ("", ("$A = A$",))],
    ),
    (AllOf(Equal(A, C), Equal(A, C)), [("", ("$A = C$",))]),
    (
        AllOf(Equal(A, A * S.inverse()), Equal(C, C * S.inverse())),
        [("Where $S$ is invertible,", (r"$A = A \allowbreak S^{-1}$", r"$C = C \allowbreak S^{-1}$"))],
    ),
    (
        AllOf(Equal(A, A * S.inverse(), given=FULL), Equal(C, C * S.inverse(), given=FULL)),
        [
            (
                "If $A$, $C$ have full row rank, where $S$ is invertible, then",
                (r"$A = A \allowbreak S^{-1}$", r"$C = C \allowbreak S^{-1}$"),
            )
        ],
    ),
    (
        AllOf(Equal(A, A * S.inverse()), Equal(C, C)),
        [("", (r"$A = A \allowbreak S^{-1}$, where $S$ is invertible", "$C = C$"))],
    ),
]


@pytest.mark.parametrize(("claim", "expected"), TABLE)
def test_statements_group_conclusions_by_hypotheses(claim, expected):
    """Hypotheses are said once for all the conclusions that follow from them, and nothing is said twice."""
    assert [(s.opening, s.conclusions) for s in statement_tex(claim).sentences] == expected


@pytest.mark.parametrize("claim", [claim for claim, _ in TABLE])
def test_html_statements_are_well_formed(claim, read_xml):
    """Each text is XML, so that it closes what it opens."""
    for statement in statement_html(claim).sentences:
        for text in (statement.opening, *statement.conclusions):
            read_xml(f"<div>{text}</div>")


def test_definitions_say_how_sequences_go_on(read_xml):
    """What a claim about any depth speaks of is defined, and what that speaks of; products of weights need no words."""
    L, l = Symbol("L", integer=True), Symbol("l", integer=True)
    net = DeepLinearNetwork(depth=L)
    total = Recursion("Q", 0, L, 0, lambda k, Q: Q + squared_norm(net.activation(k)))
    claim = ForAll(Equal(squared_norm(net.product(l, 1)), total(l)), (l, 1, L))
    assert statement_tex(claim).where == (
        r"$Q_{0} = 0$ and $Q_{k} = Q_{k-1} + \lvert x_{k} \rvert^{2}$ for $k = 1$, ..., $L$",
        r"$x_{0} = x$ and $x_{k} = W_{k} \allowbreak x_{k-1}$ for $k = 1$, ..., $L$",
    )
    for text in statement_html(claim).where:
        read_xml(f"<div>{text}</div>")
    assert statement_tex(Equal(A, C)).where == ()


@pytest.mark.parametrize(
    "name", ["q1", "q_1", "q1_dot", "50%", "a#b", "x$y", "b\\c", "{", "a_b%", "λ", "W₂", "中", "_"]
)
def test_recursions_of_any_name_can_be_set(name, pdflatex, read_xml):
    """Digits and signs in the name of a recursion stop neither LaTeX nor HTML, with a power or without."""
    L, l = Symbol("L", integer=True), Symbol("l", integer=True)
    total = Recursion(name, 0, L, 0, lambda k, Q: Q + k)
    claim = ForAll(Equal(total(l) ** 2, total(l)), (l, 1, L))
    tex, html = statement_tex(claim), statement_html(claim)
    pdflatex([*(c for s in tex.sentences for c in s.conclusions), *tex.where])
    for text in (*(c for s in html.sentences for c in s.conclusions), *html.where):
        read_xml(f"<div>{text}</div>")


def test_the_first_conclusions_of_a_long_statement_stand_apart():
    """Each conclusion is in one of two parts, under its hypotheses, and the first has no more than is asked."""
    said = statement_tex(AllOf(Equal(A, C, given=FULL), Equal(C, A, given=FULL), Equal(A, A), Equal(C, C)))
    for most in range(6):
        first, rest = said.split(most)
        assert sum(one.number for one in first) == min(most, 4)
        pairs = [(one.opening, conclusion) for one in (*first, *rest) for conclusion in one.conclusions]
        assert pairs == [(one.opening, conclusion) for one in said.sentences for conclusion in one.conclusions]


class Hostile(Rule):
    """A rule whose title is no mathematics."""

    name, title = "hostile", r"<b>%\input"

    def feedback(self, net, l):
        """Return the transpose."""
        return transpose(net.weight(l))


def test_words_of_a_claim_are_escaped():
    """The words around the mathematics may come from anyone's rule."""
    net = DeepLinearNetwork(depth=2)
    claim = Conserved(matmul(transpose(net.weight(2)), net.weight(2)), along=Hostile().flow(net))
    (html,), (tex,) = statement_html(claim).sentences, statement_tex(claim).sentences
    assert "&lt;b&gt;" in html.conclusions[0]
    assert "<b" not in html.conclusions[0]
    assert r"\%\textbackslash{}input" in tex.conclusions[0]
