"""What claims say, woven from words and mathematics."""

import pytest
from sympy import MatrixSymbol, symbols

from tptheory import (
    AllOf,
    Conserved,
    DeepLinearNetwork,
    Equal,
    Pinv,
    RankAtMost,
    Rule,
    full_row_rank,
    matmul,
    partial_isometry,
    transpose,
)
from tptheory.writing.statements import statements_html, statements_tex

m, n = symbols("m n", integer=True, positive=True)
A, C = MatrixSymbol("A", m, n), MatrixSymbol("C", m, n)
FULL = [full_row_rank(A, C)]

TABLE = [
    (Equal(Pinv(A), transpose(A)), [((), (r"$A^{+} = A^{\top}$",))]),
    (
        Equal(A, C, given=FULL),
        [(("$A$, $C$ have full row rank",), ("$A = C$",))],
    ),
    (RankAtMost(A, [n, C]), [((), (r"rank($A$) $\le$ min($n$, rank($C$))",))]),
    (
        Equal(A, C, given=[partial_isometry(A), Equal(Pinv(A), transpose(A))]),
        [(("$A$ is a partial isometry", r"$A^{+} = A^{\top}$"), ("$A = C$",))],
    ),
    (
        AllOf(Equal(A, C, given=FULL), Equal(C, A, given=FULL), Equal(A, A)),
        [(("$A$, $C$ have full row rank",), ("$A = C$", "$C = A$")), ((), ("$A = A$",))],
    ),
    (AllOf(Equal(A, C), Equal(A, C)), [((), ("$A = C$",))]),
]


@pytest.mark.parametrize(("claim", "expected"), TABLE)
def test_statements_group_conclusions_by_hypotheses(claim, expected):
    """Hypotheses are said once for all the conclusions that follow from them, and nothing is said twice."""
    assert [(s.given, s.conclusions) for s in statements_tex(claim)] == expected


@pytest.mark.parametrize("claim", [claim for claim, _ in TABLE])
def test_html_statements_are_well_formed(claim, read_xml):
    """Each text is XML, so that it closes what it opens."""
    for statement in statements_html(claim):
        for text in (*statement.given, *statement.conclusions):
            read_xml(f"<div>{text}</div>")


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
    (html,), (tex,) = statements_html(claim), statements_tex(claim)
    assert "&lt;b&gt;" in html.conclusions[0]
    assert "<b" not in html.conclusions[0]
    assert r"\%\textbackslash{}input" in tex.conclusions[0]
