"""Certificates are shortened before they are shown, and shown as a person would write them."""

import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from time import perf_counter

import pytest
from oracles.theorems import library
from sympy import MatrixSymbol, Symbol, symbols

from tptheory import (
    Backprop,
    Certificate,
    DeepLinearNetwork,
    Equal,
    Nonincreasing,
    Pinv,
    RankAtMost,
    TargetProp,
    Zero,
    full_row_rank,
    matmul,
    partial_isometry,
    prove,
    rank_one,
    transpose,
)
from tptheory.errors import InvalidValueError
from tptheory.proving.explanation import COLUMNS
from tptheory.proving.notation import expression_latex, name_latex, text_latex
from tptheory.proving.ordering import Step, ordered
from tptheory.proving.wording import kind, reason, transposed_label

ROOT = Path(__file__).parents[2]
PROOFS = {node: prove(theorem).certificate for node, theorem in library().items()}
m, n, p = symbols("m n p", integer=True, positive=True)
A, B = MatrixSymbol("A", m, n), MatrixSymbol("B", n, p)
net = DeepLinearNetwork(depth=2)
batch = DeepLinearNetwork(depth=2, batch=Symbol("B", integer=True, positive=True))
DESCENTS = {
    "one sample": Nonincreasing(net.loss, along=Backprop().flow(net)),
    "a batch": Nonincreasing(batch.loss, along=TargetProp().flow(batch), given=[full_row_rank(batch.weight(2))]),
}


@pytest.mark.parametrize("certificate", PROOFS.values(), ids=PROOFS.keys())
def test_every_theorem_is_shortened_and_its_chain_follows(certificate, shorter):
    """The checker accepts what is shortened, and each line is the one before less the hypotheses that it names."""
    shorter(certificate)


@pytest.mark.parametrize("claim", DESCENTS.values(), ids=DESCENTS.keys())
def test_a_descent_is_shortened_and_its_chain_follows(claim, shorter):
    """A chain of a descent leads from the derivative to minus a sum of squares."""
    shorter(prove(claim).certificate)


SHORT = {
    "pseudo_inverse.py::pinv_is_unique": 12,
    "pseudo_inverse.py::pinv_of_a_partial_isometry": 6,
}


@pytest.mark.parametrize(("node", "most"), SHORT.items(), ids=SHORT.keys())
def test_how_short_proofs_become(node, most):
    """Cofactors are fewer than completion leaves them."""
    certificate = PROOFS[node]
    assert certificate.shortened().cofactors <= most < certificate.cofactors


def test_what_cannot_be_shorter_stays_itself():
    """A certificate with nothing to spare is returned, not copied; and shortening twice finds no more."""
    certificate = PROOFS["pseudo_inverse.py::push_through"]
    assert certificate.shortened() is certificate
    short = PROOFS["pseudo_inverse.py::pinv_is_unique"].shortened()
    assert short.shortened() is short


def test_a_needless_detour_is_cut_out():
    """A proof that goes to and fro loses what cancels, and the hypotheses that only that used."""
    certificate = prove(Equal(matmul(A, Pinv(A), A), A)).certificate
    part = next(certificate.parts())
    detour = [["1", ["A"], 1, []], ["-1", ["A"], 1, []]]
    hypotheses = [*part["hypotheses"], [["1", ["A+", "A", "A+", "A"]], ["-1", ["A+", "A"]]]]
    longer = Certificate(
        {
            **part,
            "hypotheses": hypotheses,
            "reasons": [*part["reasons"], "a detour"],
            "cofactors": part["cofactors"] + detour,
        }
    )
    assert longer.check()
    assert longer.shortened().data == part


def test_what_the_checker_refuses_is_not_made_acceptable():
    """A certificate whose cofactors miss the goal is returned as it is."""
    data = next(PROOFS["pseudo_inverse.py::pinv_is_unique"].parts())
    broken = Certificate({**data, "cofactors": data["cofactors"][1:]})
    assert not broken.check()
    assert broken.shortened() is broken


def test_hypotheses_without_names_are_numbered():
    """A certificate of another hand, without reasons, is shortened and explained too."""
    data = dict(next(PROOFS["pseudo_inverse.py::pinv_is_unique"].parts()))
    del data["reasons"]
    short = Certificate(data).shortened()
    assert short.check()
    assert (short.cofactors, "reasons" in short.data) == (12, False)
    assert "hypothesis 1" in Certificate(data).explain()


def test_shortening_is_repeated_byte_for_byte():
    """The same certificate comes out each time."""
    certificate = PROOFS["tp_equals_bp.py::tp_equals_bp"]
    assert certificate.shortened(30).to_json() == certificate.shortened(30).to_json()


def test_shortening_keeps_its_time():
    """Little time gives less, never something wrong; no time is refused."""
    certificate = PROOFS["tp_equals_bp.py::tp_equals_bp"]
    started = perf_counter()
    found = certificate.shortened(seconds=0.02)
    assert perf_counter() - started < 1
    assert found.check()
    with pytest.raises(InvalidValueError, match="'seconds' must be a positive number"):
        certificate.shortened(seconds=0)


def test_scipy_waits_until_it_is_needed():
    """Neither the package nor a proof imports the linear programming."""
    code = (
        "import sys, tptheory, sympy; A = sympy.MatrixSymbol('A', 2, 2); "
        "tptheory.prove(tptheory.Equal(A, A)); print('scipy.optimize' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def word(*letters):
    """Return the monomial of a word."""
    return ((), letters)


def test_steps_of_one_kind_share_a_line_where_they_do_not_meet():
    """Two places of one hypothesis are one line; a step that needs the result of another waits for it."""
    one = Fraction(1)
    first = {word("a", "b"): one, word("c", "b"): one}
    here, there = ({word(x, "b"): one, word(x, "d"): -one} for x in "ac")
    later = {word("a", "d"): one, word("e"): -one}
    lines = ordered(first, [Step(here, "same"), Step(there, "same"), Step(later, "other")])
    assert [uses for _, uses in lines] == [(0, 1), (2,)]
    assert list(lines[-1][0]) == [word("e"), word("c", "d")]
    lines = ordered({word("a", "b"): one}, [Step(later, "same"), Step(here, "same")])
    assert [uses for _, uses in lines] == [(1,), (0,)]


def test_the_order_avoids_long_lines():
    """Of two orders, the one without a line that grows and shrinks again is taken, though another is listed first."""
    one = Fraction(1)
    grow = {word("x"): one, **{word("x", a): -one for a in "pqr"}}
    shrink = {word("y"): one, word("x"): -one}
    back = {word("x", a): one for a in "pqr"}
    lines = ordered({word("y"): one, word("z"): one}, [Step(back, "3"), Step(grow, "2"), Step(shrink, "1")])
    assert [uses for _, uses in lines] == [(2,), (1,), (0,)]


def test_labels_of_transposes():
    """Penrose's equations transposed are those of the transpose; other labels say that they are transposed."""
    assert transposed_label("Penrose 1 for W_2' W_3") == "Penrose 1 for W_3' W_2"
    assert transposed_label("Penrose 2 for A + B") == "Penrose 2 for A + B, transposed"
    assert transposed_label("the flow, transposed") == "the flow"
    assert kind("Penrose 1 for A") == kind("Penrose 1 for A'") != kind("Penrose 1 for B")


def test_reasons_read_as_a_person_writes_them():
    """Properties name their matrix, equations are written out, and repeated reasons are counted."""
    explained = prove(Equal(Pinv(A), transpose(A), given=[partial_isometry(A)])).explain()
    assert "A is a partial isometry" in explained
    assert "Penrose 1 for A'" in explained
    assert "transposed" not in explained
    equation = prove(Equal(matmul(A, transpose(A), A), A, given=[Equal(Pinv(A), transpose(A))])).explain()
    assert "  A+ = A'" in equation
    assert reason(["W*V has full row rank"] * 2, [[], []]).text == "W V has full row rank, twice"
    assert reason(["Penrose 1 for A", "Penrose 1 for A'"], [[], []]) == (
        "Penrose 1 for A and for A'",
        r"Penrose 1 for $A$ and for $A^{\top}$",
    )
    assert reason(["S*T and P.T commute"], [[]]) == ("S T and P' commute", r"$S T$ and $P^{\top}$ commute")
    assert reason(["im(B) ⊆ im(A)"], [[]]).latex == r"$\operatorname{im}(B) \subseteq \operatorname{im}(A)$"
    assert reason(["the flow of BP & more, transposed"], [[]]) == ("the flow of BP & more", r"the flow of BP \& more")
    twice = PROOFS["targets_reach.py::targets_reach_the_output"].explain()
    assert "W_2 has full row rank, twice" in twice
    assert "W_3 has full row rank, twice" in twice


def test_the_lines_of_a_rank_proof_are_shown_once():
    """Bounds of one matrix follow each other under one display, in text and in LaTeX."""
    certificate = prove(RankAtMost(matmul(A, B), [m, n, B])).certificate
    assert certificate.explain().splitlines()[2:] == [
        "(1)",
        "  A B",
        "It has m rows, so its rank is at most m.",
        "It is A · B, so its rank is at most n.",
        "It is A · B, so its rank is at most that of B.",
    ]
    assert certificate.latex().count("align*") == 2
    assert r"It is $A \cdot B$, so its rank is at most $n$." in certificate.latex()


def test_opening_and_closing_sentences_in_latex():
    """Cancellation and descent open and close in LaTeX as they do in text."""
    cancelled = prove(Zero(A, given=[Equal(matmul(transpose(A), A), 0)])).certificate.latex()
    opening = r"For the difference $D$ of both sides, $A$, the squared norm $\lVert D \rVert^{2}$ reads"
    assert cancelled.startswith(opening)
    assert cancelled.endswith("A real matrix $D$ whose squared norm is not above zero is zero.")
    descent = prove(DESCENTS["one sample"]).certificate.latex()
    assert descent.startswith("The derivative reads\n")
    assert descent.endswith(", which is never positive.")


NAMES = [
    *["W_2+'", "(A' B)+", "((W_2 W_2' + lambda I))^-1", "(1/2 (x' x) + lambda)^-1", "(tr(A A') + 1/2)^-1", "dW_2/dt'"],
    *[
        "u[A]",
        "v[A*B.T]'",
        "1/|x|^2",
        "1/|A + Pinv(B)|^2",
        "ones_B'",
        "LogPdet(W_2)",
        "W_3'+",
        "A*",
        "x#",
        "a_b_c",
        "_x",
    ],
    *[
        "x_",
        "x y",
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
    ],
    *["(Q", "tr(", "|", "1/||^2", "d/dt", "ones_", "^-1", "'", "+", "))((", "LogPdet(Pinv(A", "\t", "é̩", "<", "A__B"],
]


def test_names_of_any_shape_compile(pdflatex):
    """Whatever a symbol is called, its LaTeX is set, in mathematics and in text."""
    pdflatex([f"${name_latex(name)}$ ${expression_latex(name)}$ {text_latex(name)}" for name in NAMES])


def test_ugly_names_are_set_as_what_they_mean():
    """Brackets are not doubled, fractions are fractions, and Greek is Greek."""
    assert name_latex("((W_2 W_2' + lambda I))^-1") == r"(W_{2} W_{2}^{\top} + \lambda I)^{-1}"
    assert name_latex("1/|x|^2") == r"\lvert x \rvert^{-2}"
    assert name_latex("ones_B'") == r"\mathbf{1}_{B}^{\top}"
    assert name_latex("λ") == r"\lambda"
    assert name_latex("W₂") == "W_{2}"


def test_every_chain_compiles(pdflatex):
    """The LaTeX of every theorem and descent is set without a complaint, and nothing sticks out of the page."""
    certificates = [*PROOFS.values(), *(prove(claim).certificate for claim in DESCENTS.values())]
    certificates.append(prove(RankAtMost(matmul(A, B), 1, given=[rank_one(A)])).certificate)
    assert "Overfull" not in pdflatex([certificate.latex() for certificate in certificates])


def test_long_lines_of_text_are_broken_and_reasons_are_in_a_column():
    """A sum is broken at its signs, and every reason of a chain starts in the same column, clear of the sums."""
    for certificate in PROOFS.values():
        for chain in certificate.chains():
            reasons = {step.reason.text for step in chain.steps[1:]}
            columns = set()
            for line in chain.text().splitlines():
                why = next((why for why in reasons if line.endswith(f"  {why}")), "")
                if why:
                    columns.add(len(line) - len(why))
                if line.startswith("  "):
                    assert len(line.removesuffix(why).rstrip()) <= COLUMNS + len("      ")
            assert len(columns) == bool(reasons)
