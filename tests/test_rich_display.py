"""What a notebook shows of rules, motions, claims, verdicts and proofs: mathematics, and no code of a page."""

import re
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter
from sympy import latex

from tptheory import (
    RULES,
    Backprop,
    Certificate,
    TargetProp,
    bp_modes,
    collect,
    conservation_laws,
    count_conservation_laws,
    crosscheck,
    decide,
    error_ray,
    holds,
    load_rings,
    order_in_eta,
    simulate,
    simulate_ensemble,
    tp_closed_form,
    train,
)
from tptheory.preamble import *
from tptheory.typesetting.expressions import latex_of

BP, TP = Backprop(), TargetProp()
net, pair = DeepLinearNetwork(depth=2), DeepLinearNetwork(depth=1, batch=2)
W2 = net.weight(2)
same = Equal(TP.update(net, 1), BP.update(net, 1))
isometry = Equal(TP.update(net, 1), BP.update(net, 1), given=[partial_isometry(W2)])


class Mixed(Rule):
    """Half the transpose, half the pseudo-inverse."""

    name, title = "mixed", "Mixed"

    def feedback(self, net, l):
        """Return the mean of the two."""
        return matadd(net.weight(l).T / 2, Pinv(net.weight(l)) / 2)


class Numbered(Rule):
    """A rule that knows two layers by number."""

    name, title = "numbered", "Numbered"

    def feedback(self, net, l):
        """Return the transpose, at a layer that is a number."""
        return [None, None, net.weight(2).T][l]


def shown(thing):
    """Return what a notebook shows of a thing: as Markdown if it can, else as LaTeX."""
    data, _ = DisplayFormatter().format(thing)
    return data.get("text/markdown") or data["text/latex"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (BP, r"d_{l-1} = W_{l}^{\top} d_{l},\quad \Delta W_{l} = - \eta d_{l} x_{l-1}^{\top}"),
        (TP, r"d_{l-1} = W_{l}^{+} d_{l},\quad \Delta W_{l} = - \eta d_{l} x_{l-1}^{\top}"),
        (
            Mixed(),
            r"d_{l-1} = \left(\tfrac{1}{2} W_{l}^{\top} + \tfrac{1}{2} W_{l}^{+}\right) d_{l},"
            r"\quad \Delta W_{l} = - \eta d_{l} x_{l-1}^{\top}",
        ),
    ],
)
def test_a_rule_is_shown_as_its_feedback(rule, expected):
    """At a layer l of a network of any depth."""
    assert shown(rule) == rf"$\displaystyle {expected}$"


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_is_shown(rule):
    """No rule of the library falls back to its name."""
    assert r"d_{l-1} = " in shown(rule())
    assert shown(rule()).startswith((r"$\displaystyle d_{l-1} = ", r"$\displaystyle d_{L} = "))


@pytest.mark.parametrize("name", RULES)
def test_the_signal_at_the_top_is_shown_where_it_is_no_output_error(name):
    """Predictive coding, equilibrium propagation and the natural gradient start otherwise, also within other rules."""
    starts = shown(RULES[name]()).startswith(r"$\displaystyle d_{L} = ")
    assert starts == (name in {"pc", "ep", "ng"})
    assert shown(Momentum(RULES[name](), letter="U")).startswith(r"$\displaystyle d_{L} = ") == starts


@pytest.mark.parametrize("name", RULES)
def test_a_recursion_of_a_rule_is_defined_where_it_is_shown(name):
    """``T_l`` is defined by its start and its step, and no rule that has none speaks of it."""
    text = shown(RULES[name]())
    where = r"\text{where } T_{0} = 0,\quad T_{l} = I + W_{l} T_{l-1} W_{l}^{\top}$"
    assert text.endswith(where) == (name in {"pc", "ep"})
    assert ("T_{l" in text) == (name in {"pc", "ep"})


def test_a_rule_for_numbered_layers_is_shown_by_its_name():
    """It has no formula for a layer l, and shows no error."""
    assert Numbered()._repr_latex_() is None
    assert repr(Numbered()) == "Numbered()"


def test_motions_are_shown_line_by_line():
    """A step by its changes, a flow by its velocities, a line for each weight."""
    step, flow = shown(TP.step(net)), shown(TP.flow(net))
    for l in net.layers:
        assert rf"\Delta W_{{{l}}} &= {latex_of(TP.update(net, l))}" in step
        assert rf"\dot{{W}}_{{{l}}} &= {latex_of(TP.flow(net)[net.weight(l)])}" in flow
    assert step.count(r"\\") == flow.count(r"\\") == 1


def test_a_motion_at_any_depth_has_no_list():
    """It is shown by its call."""
    assert TP.flow(DeepLinearNetwork(depth=Symbol("L", integer=True)))._repr_latex_() is None


def test_verdicts_lead_with_the_word():
    """Proved, or refuted with the counterexample and what comes out."""
    assert shown(decide(isometry)) == f"**Proved:** {isometry.latex()}"
    assert shown(decide(same)) == (
        f"**Refuted:** {same.latex()}\n\n"
        r"Counterexample: $W_{1} = \begin{pmatrix} 0 \end{pmatrix}$, $W_{2} = \begin{pmatrix} 2 \end{pmatrix}$, "
        r"$x = \begin{pmatrix} 1 \end{pmatrix}$, $y = \begin{pmatrix} 1 \end{pmatrix}$, $\eta = 1$: "
        r"what should be 0 is $\begin{pmatrix} - \tfrac{3}{2} \end{pmatrix}$."
    )


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (RankAtMost(BP.update(pair, 1), 1), "what should be a rank of at most 1 is $2$."),
        (Nonincreasing(-net.loss, along=BP.flow(net)), "what should be at most 0 is $1$."),
        (Conserved(W2, along=BP.flow(net)), "what should be 0 is $"),
    ],
)
def test_counterexamples_say_what_should_come_out(claim, expected):
    """As each kind of claim has it."""
    assert expected in shown(decide(claim).counterexample)


def test_proofs_are_shown_without_the_code_of_pages():
    """What lets LaTeX break a page is left out, in long proofs of several chains too; environments stay closed."""
    proof = decide(Nonincreasing(net.loss, along=Mixed().flow(net))).certificate
    assert r"\allowdisplaybreaks" in proof.latex()
    text = shown(proof)
    assert r"\allowdisplaybreaks" not in text
    assert text.count(r"\begin{align*}") == text.count(r"\end{align*}") >= 1
    assert text.count("{") == text.count("}")
    assert not re.search(r"^\}$", text, re.MULTILINE)


def test_a_hypothesis_ends_without_a_full_stop():
    """It stands in the middle of a sentence, whether it is a property, an equation or one for all layers."""
    L, l, k = (Symbol(name, integer=True) for name in "Llk")
    deep = DeepLinearNetwork(depth=L)
    given = [ForAll(partial_isometry(deep.weight(k)), (k, 2, L)), Equal(deep.output, deep.target)]
    text = ForAll(Equal(TP.update(deep, l), BP.update(deep, l)), (l, 1, L), given=given).latex()
    assert re.match(r"If .*\$L\$; \$x_\{L\} = y\$, then ", text)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (Rational(1, 2), r"\tfrac{1}{2} W_{1}"),
        (Rational(-3, 2), r"- \tfrac{3}{2} W_{1}"),
        (2, "2 W_{1}"),
        (-1, "- W_{1}"),
    ],
)
def test_coefficients_have_no_brackets(number, expected):
    """A fraction before a matrix is a fraction."""
    assert latex(matmul(number, net.weight(1))) == expected


def test_sums_keep_their_brackets():
    """The fraction multiplies the whole sum."""
    W = net.weight(1)
    assert latex(matmul(Rational(1, 2), matadd(W, 3 * W.T.T, matmul(W, W.T, W)), W.T)).startswith(
        r"\tfrac{1}{2} \left("
    )


def test_layers_in_order():
    """Lines of a motion stand in the order of the layers."""
    places = [shown(TP.step(net)).index(rf"\Delta W_{{{l}}}") for l in net.layers]
    assert all(a < b for a, b in pairwise(places))


def test_a_certificate_shows_itself_in_one_line():
    """Its data are for `to_json`; even of what is no certificate something short is shown."""
    found = decide(isometry).certificate
    title = "if W_2 is a partial isometry, then ..."  # the next word is longer than what is left
    assert repr(found) == f"Certificate(method='identity', cofactors={found.cofactors}, title={title!r})"
    assert repr(Certificate({**found.data, "title": "x" * 99})).endswith(f"title={'x' * 60!r})")
    assert repr(Certificate({"title": "two\nlines " * 99, "method": []})).startswith(
        "Certificate(malformed, title='two lines"
    )
    assert all(len(repr(c)) < 150 for c in (found, Certificate({"title": "x" * 10_000})))


def test_people_keep_their_capital_within_a_sentence():
    """The flow of Kaczmarz is no flow of kaczmarz."""
    of = {
        name: Conserved(W2, along=RULES[name]().flow(net)).statement().partition("flow of ")[2]
        for name in ("tp", "gn", "kaczmarz")
    }
    assert of["tp"] == "target propagation"
    assert of["gn"].startswith("Gauss-Newton targets")
    assert of["kaczmarz"].startswith("Kaczmarz")


WEIGHTS, SAMPLE, WANTED = (
    [np.array([[1.0, 0.2], [0.0, 1.0]]), np.array([[1.0, 0.0], [0.3, 1.0]])],
    [1.0, 1.0],
    [0.0, 1.0],
)
STACKED = [np.stack([W, 2 * W]) for W in WEIGHTS]
law = Conserved(W2.T * W2 - net.weight(1) * net.weight(1).T, along=BP.flow(net))
END_OF_A_CELL = {
    "run": lambda: simulate("tp", WEIGHTS, SAMPLE, WANTED, steps=300),
    "flow": lambda: simulate("bp", WEIGHTS, SAMPLE, WANTED, times=[0, 0.5, 1]),
    "exact run": lambda: simulate("bp", [[[1]], [[2]]], [1], [1], lr=Rational(1, 9), steps=2, dtype="exact"),
    "ensemble": lambda: simulate_ensemble("tp", STACKED, SAMPLE, WANTED, steps=30),
    "training run": lambda: train("bp", data=load_rings(), loss="squared", steps=5),
    "data": load_rings,
    "error ray": lambda: error_ray(WEIGHTS, SAMPLE, WANTED, lr=0.1, steps=50),
    "closed form": lambda: tp_closed_form(WEIGHTS, SAMPLE, WANTED, np.linspace(0, 1, 50)),
    "modes": lambda: bp_modes([2.0, 1.0], [0.1, 0.1], np.linspace(0, 3, 50), depth=2),
    "cross-check": lambda: crosscheck(law, trials=5),
    "order": lambda: order_in_eta(net.loss, BP.step(net)),
    "count": lambda: count_conservation_laws(BP, (2, 2, 1)),
    "laws": lambda: conservation_laws(BP, (2, 2, 1)),
    "claim at values": lambda: holds(isometry, {"W_1": [[1]], "W_2": [[2]], "x": [1], "y": [1], "eta": 1}),
}
"""What a person ends a cell with, beside mathematics: each shows a small table."""


@cache
def made(name):
    """Make an object once for all tests."""
    return END_OF_A_CELL[name]()


@pytest.mark.parametrize("name", END_OF_A_CELL)
def test_what_ends_a_cell_is_short(name, read_xml):
    """One line of text, however long the arrays are; a table of a few rows in HTML, in LaTeX and in print."""
    data, _ = DisplayFormatter().format(made(name))
    assert "\n" not in data["text/plain"]
    assert len(data["text/plain"]) < 300
    assert len(data["text/html"]) < 9_000
    table = read_xml(data["text/html"])
    assert table.tag == "table"
    assert 1 <= len(list(table.iter("tr"))) <= 12
    assert not re.search("http(?!://www.w3.org/1998/Math/MathML)|<script|src=", data["text/html"])
    assert data["text/latex"].count("{") == data["text/latex"].count("}")
    assert 2 <= len(str(made(name)).splitlines()) <= 14


def test_the_table_of_a_run_holds_its_numbers():
    """The rows are times of the run, with the loss that it has there; the last one is the end."""
    run = made("run")
    *_, last = run.table().rows
    assert last[0] == 300
    assert last[2] == run.loss[-1]
    assert last[3] == pytest.approx(np.linalg.norm(run.errors[-1]))
    assert f"{run.loss[-1]:.4g}" in repr(run)


def test_the_table_of_an_ensemble_holds_its_spread():
    """The least, the median and the largest loss at the end."""
    ensemble = made("ensemble")
    *_, last = ensemble.table().rows
    np.testing.assert_allclose(last[2:], np.quantile(ensemble.loss[-1], [0, 0.5, 1]))


def test_hypotheses_laws_states_and_theorems_are_shown_as_mathematics():
    """In words and formulas; a hypothesis and a law also as one short line."""
    hypothesis = full_row_rank(W2)
    assert shown(hypothesis) == "$W_{2}$ has full row rank"
    assert repr(hypothesis) == "full_row_rank(W_2)"
    found = made("laws").found[0]
    assert re.fullmatch(r"\*\*Proved:\*\* \$.*\$ is conserved", shown(found))
    assert repr(found) == f"<Proved: {found.general} is conserved>"
    (state,) = Momentum(BP).states(net, 2)[:1]
    assert shown(state).startswith(r"$\displaystyle \tfrac{d}{dt} V_{2} = ")
    assert shown(state).endswith(r"\text{starts: zero}$")
    (theorem,) = collect("proofs/error_ray.py::error_steps_along_a_ray")
    assert shown(theorem).startswith("**")
    assert theorem.claim.latex() in shown(theorem)


def test_names_are_escaped_in_tables(read_xml):
    """Data with a hostile name, and a rule with a hostile title."""

    class Hostile(Rule):
        """Half the transpose."""

        name, title = "hostile", "<script>alert(1)</script> & %"

        def feedback(self, net, l):
            """Return half the transpose."""
            return net.weight(l).T / 2

    run = simulate(Hostile(), WEIGHTS, SAMPLE, WANTED, steps=1)
    read_xml(run._repr_html_())
    assert "<script" not in run._repr_html_()
    assert r"\%" in run._repr_latex_()


MATHEMATICS = {
    "network": (lambda: net, "x_{l} = W_{l} x_{l-1}"),
    "rule": (lambda: TP, "d_{l-1} = W_{l}^{+} d_{l}"),
    "flow": (lambda: TP.flow(net), r"\dot{W}_{1} &= - W_{2}^{+}"),
    "step": (lambda: TP.step(net), r"\Delta W_{1} &= "),
    "claim": (lambda: isometry, r"\text{If $W_{2}$ is"),
    "hypothesis": (lambda: full_row_rank(W2), r"\text{$W_{2}$ has full row rank}"),
    "verdict": (lambda: decide(isometry), r"\text{\textbf{Proved:} If"),
}
"""Objects that a notebook shows as mathematics, each with the beginning, or a part, of its LaTeX."""


@pytest.mark.parametrize("name", MATHEMATICS)
def test_latex_of_sympy_shows_what_a_notebook_shows(name):
    """`latex(...)` gives mathematics for what is no expression of SymPy, alone and within a list."""
    make, part = MATHEMATICS[name]
    code = latex(make())
    assert part in code
    assert "mathtt" not in code + latex([make(), W2])
    assert code.count("{") == code.count("}")


def test_latex_that_sympy_gives_compiles(pdflatex):
    """Within dollars, words and paragraphs too."""
    pdflatex([f"${latex(make())}$" for make, _ in MATHEMATICS.values()] + [f"${latex(decide(law))}$"])


def test_latex_of_what_shows_no_mathematics_is_its_code():
    """The flow of a network of any depth is shown by the call that builds it, as SymPy shows any object."""
    any_depth = BP.flow(DeepLinearNetwork(depth=Symbol("L", integer=True)))
    assert latex(any_depth).startswith(r"\mathtt{\text{Backprop().flow")


def test_print_shows_a_statement_and_equations():
    """`repr` stays the call that builds a claim or a flow; `str` is what it says."""
    assert str(isometry) == isometry.statement()
    assert str(isometry).startswith("if W_2 is a partial isometry, then ")
    assert repr(isometry).startswith("Equal(lhs=")
    first, second = str(TP.flow(net)).splitlines()
    assert first == "dW_1/dt = -Pinv(W_2)*(W_2*W_1*x - y)*x.T"
    assert second.startswith("dW_2/dt = ")
    assert str(TP.step(net)).startswith("Delta W_1 = -eta*Pinv(W_2)")
    assert str(net) == repr(net)
    any_depth = BP.flow(DeepLinearNetwork(depth=Symbol("L", integer=True)))
    assert str(any_depth) == repr(any_depth)
