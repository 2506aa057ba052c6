"""What is found is conserved, proved, independent, and compared with the count; what is no law is not found."""

import os
from fractions import Fraction
from time import perf_counter

import numpy as np
import pytest
from sympy import Trace

from tptheory import (
    Backprop,
    TargetProp,
    conservation_laws,
    count_conservation_laws,
    decide,
    evaluate,
    simulate,
    transpose,
)
from tptheory.errors import InvalidTypeError, InvalidValueError
from tptheory.invariants import discovery, searching
from tptheory.preamble import *

BP, TP = Backprop(), TargetProp()
FEW_SECONDS = 2
"""The time for each proof; one that is found takes a twentieth of a second, and one that is not takes all there is."""


def texts(laws):
    """Return the laws with symbolic widths, as they print."""
    return [str(law.general) for law in laws.found]


@pytest.mark.parametrize(
    ("rule", "widths", "options", "expected"),
    [
        (BP, (2, 2, 1), {}, ["-W_1*W_1.T + W_2.T*W_2"]),
        (BP, (2, 2, 2, 1), {"degree": 4}, ["-W_1*W_1.T + W_2.T*W_2", "-W_2*W_2.T + W_3.T*W_3"]),
        (TP, (2, 2, 1), {}, ["LogPdet(W_2) - Trace(W_1*W_1.T)/2"]),
        (TP, (2, 2, 2), {"degree": 4}, ["LogPdet(W_2) - Trace(W_1*W_1.T)/2"]),
        (TP, (2, 2, 2), {"biases": True}, ["LogPdet(W_2) - Trace(W_1*W_1.T)/2 - Trace(b_1*b_1.T)/2"]),
        (BP, (2, 2, 2), {"biases": True}, ["W_1*W_1.T + b_1*b_1.T - W_2.T*W_2"]),
        (TP, (1, 3, 2), {}, ["LogPdet(W_2) - Trace(W_1*W_1.T)/2", "LogPdet(W_1*W_1.T + W_2.T*W_2)"]),
        (FA, (2, 2, 2), {}, ["B_2*W_2 - W_1*W_1.T + W_2.T*B_2.T"]),
        (damped, (2, 3, 2), {}, ["LogPdet(lambda*I + W_2*W_2.T) - Trace(W_1*W_1.T)"]),
        (kaczmarz, (2, 2, 2), {}, []),
        (kaczmarz, (2, 2, 2), {"batch": 2}, ["-LogPdet(W_1) + LogPdet(W_2)"]),
    ],
)
def test_the_laws_are_found_and_proved_and_all_there_are(rule, widths, options, expected):
    """Found in the ansatz, certified by the checker, and as many as the count."""
    laws = conservation_laws(rule, widths, seconds=FEW_SECONDS, **options)
    assert texts(laws) == expected
    assert laws.certified
    assert all(certificate.check() for certificate in laws.certificates)
    assert laws.matched
    assert laws.count == count_conservation_laws(rule, widths, **options | {"degree": None}).count


@pytest.mark.parametrize("l", [1, 2])
def test_the_laws_are_those_that_the_library_names(l):
    """`balance` and `log_determinant` are rediscovered, at the widths that were asked for."""
    net = DeepLinearNetwork(widths=(2, 3, 2, 2))
    found = conservation_laws(BP, (2, 3, 2, 2)).laws
    assert any(set(law.args) == set(balance(net, l).args) for law in found)
    found = conservation_laws(TP, (2, 3, 2, 2)).laws
    W = net.weight(l)
    named = log_determinant(net, l).xreplace({Trace(matmul(transpose(W), W)): Trace(matmul(W, transpose(W)))})
    assert named in found


def test_a_law_holds_along_a_trajectory():
    """In small steps the quantities stay as they are, at the order of the step."""
    rng = np.random.default_rng(0)
    weights = [rng.standard_normal((3, 1)), rng.standard_normal((2, 3))]
    laws = conservation_laws(TP, (1, 3, 2))
    run = simulate(TP, weights, rng.standard_normal(1), rng.standard_normal(2), lr=1e-5, steps=200)
    for law in laws.laws:
        ends = [
            evaluate(law, {W: path[t] for W, path in zip(run.net.weights, run.weights, strict=True)}) for t in (0, -1)
        ]
        assert abs(ends[1] - ends[0]) < 1e-6 < np.linalg.norm(run.weights[0][-1] - run.weights[0][0])


def test_every_law_is_also_decided_at_its_own_widths():
    """The expressions are written in the symbols of the net with these widths."""
    net = DeepLinearNetwork(widths=(2, 2, 1))
    for rule in (BP, TP):
        for law in conservation_laws(rule, (2, 2, 1)).laws:
            assert decide(Conserved(law, along=rule.flow(net))).proved


def test_laws_that_follow_from_others_are_dropped():
    """Up to degree 4 the squares of the balance are conserved too, and say nothing new."""
    search = searching.Search(discovery.DataFields(BP, (2, 2, 1)), np.random.default_rng(0))
    candidates = search.candidates(4, lambda _: None)
    assert len(candidates) > 2
    assert [(str(law.quantity), n) for law, n in search.independent(candidates)] == [("-W_1*W_1.T + W_2.T*W_2", 3)]


def test_a_law_needs_the_usual_ranks_and_says_which():
    """GN keeps TP's law of W_2 by the reverse order law, and no hypothesis is left that the proof can do without."""
    laws = conservation_laws(GN, (2, 2, 2, 2), seconds=FEW_SECONDS)
    assert [[h.conclusion(str) for h in law.given] for law in laws.found] == [
        ["W_2 has full row rank", "W_3 has full column rank"],
        [],
    ]
    assert laws.certified


def test_fixed_matrices_and_their_inverses_are_letters():
    """DFA at depth 3 aligns W_2 with B_1 B_2+, where B_2 has full column rank."""
    laws = conservation_laws(DFA, (2, 2, 2, 2), degree=3, seconds=FEW_SECONDS)
    assert "B_1*Pinv(B_2)*W_2 - W_1*W_1.T + W_2.T*Pinv(B_2).T*B_1.T" in texts(laws)
    assert laws.certified
    assert laws.matched


def test_a_hidden_layer_that_is_too_wide_has_a_fixed_space():
    """Three numbers of a projection beside two volumes are all five laws."""
    laws = conservation_laws(TP, (1, 4, 2))
    assert [law.independent for law in laws.found] == [3, 1, 1]
    assert laws.matched
    assert laws.certified


def test_both_say_so_when_they_differ():
    """At widths 1-2-1 the third law is a quadrature, and lies outside every ansatz of words."""
    laws = conservation_laws(TP, (1, 2, 1))
    assert not laws.matched
    assert "but there are 3: 1 has a form that was not tried" in repr(laws)
    counted = count_conservation_laws(TP, (1, 2, 1), degree=2)
    assert not counted.matched
    assert counted.found is not None
    assert counted.found.laws == laws.laws
    assert "2 found, but there are 3" in repr(counted)
    assert count_conservation_laws(TP, (1, 2, 1)).matched is None


class OneSignWrong(Rule):
    """BP with the sign of one hidden error turned, at hidden width 2 only."""

    name, title = "one-sign-wrong", "One sign wrong"

    def feedback(self, net, l):
        """Return diag(1, -1) W_l'."""
        return matmul(ImmutableMatrix([[1, 0], [0, -1]]), transpose(net.weight(l)))


def test_a_rule_of_ones_own_is_searched_and_a_wrong_sign_loses_the_law():
    """It asks for width 2, so that its laws are looked for at these widths alone; the balance is none of them."""
    laws = conservation_laws(OneSignWrong(), (2, 2, 2))
    assert "-W_1*W_1.T + W_2.T*W_2" not in texts(laws)
    assert laws.counted.count < 3


def test_what_is_no_law_is_not_certified(monkeypatch):
    """Were a wrong coefficient found, the prover would not pass it."""
    monkeypatch.setattr(searching, "_small_rational", lambda c, _: searching.Rational(int(c != 0)))
    laws = conservation_laws(TP, (2, 2, 1), seconds=FEW_SECONDS)
    assert laws.found
    assert not laws.certified
    assert laws.certificates == ()
    assert "(0 of 1 proved)" in repr(laws)


def test_a_coefficient_is_a_small_fraction_or_none():
    """-1/2 is recognised modulo a prime; a random residue is not."""
    prime = 2**61 - 1
    assert searching._small_rational(-pow(2, -1, prime) % prime, prime) == -searching.Rational(1, 2)
    assert searching._small_rational(123456789012345678, prime) is None


@pytest.mark.parametrize(
    ("arguments", "options", "error", "match"),
    [
        ((TP, (2, 2)), {"degree": 0}, InvalidValueError, "'degree' must be a positive integer"),
        ((TP, (2, 2)), {"degree": 2.0}, InvalidTypeError, "'degree' must be a positive integer"),
        ((TP, (2, 2)), {"seconds": 0}, InvalidValueError, "'seconds' must be a positive number"),
        ((FA, (2, 2, 2)), {"degree": 12}, InvalidValueError, "at most 20,000 words .got '12, "),
        ((TP, (40, 40, 40)), {}, InvalidValueError, "minutes of work"),
    ],
)
def test_bad_input_is_told_in_one_sentence(arguments, options, error, match):
    """Which argument, what was expected, what came, and the mend."""
    with pytest.raises(error, match=match):
        conservation_laws(*arguments, **options)


@pytest.mark.slow
@pytest.mark.parametrize("rule", [BP, TP, damped, FA], ids=repr)
@pytest.mark.parametrize("widths", [(4, 4, 4, 4, 4), (2, 4, 3, 4, 2), (4, 3, 2, 3, 4)], ids=str)
@pytest.mark.parametrize("biases", [False, True])
def test_depth_four_and_width_four(rule, widths, biases):
    """Every law that is found is proved, and never are there more than the count."""
    laws = conservation_laws(rule, widths, degree=3, biases=biases)
    assert laws.certified
    assert laws.count <= laws.counted.count


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (WeightDecay(BP), [("-W_1*W_1.T + W_2.T*W_2", "2*c")]),
        (Momentum(BP), [("V_1*W_1.T - W_1*V_1.T + V_2.T*W_2 - W_2.T*V_2", "mu")]),
        (
            KolenPollack(),
            [
                ("-W_1 + B_1.T", "c"),
                ("-W_2 + B_2.T", "c"),
                ("B_2*W_2 - W_1*W_1.T - W_2.T*W_2 + W_2.T*B_2.T", "2*c"),
            ],
        ),
        (BP, []),
        (damped, []),
    ],
    ids=repr,
)
def test_quantities_that_decay_are_found_and_proved(rule, expected):
    """The laws of the literature with their rates: weight decay, heavy ball, Kolen and Pollack; none without a rate."""
    laws = conservation_laws(rule, (2, 2, 1))
    assert [(str(law.general), str(law.rate)) for law in laws.decaying] == expected
    assert laws.certified
    assert len(laws.certificates) == len(laws.found) + len(expected)
    assert all(law.verdict.claim.rate == law.rate for law in laws.decaying)
    assert all(law.rate == 0 for law in laws.found)
    for text, rate in expected:
        assert f"{text} decays at the rate {rate}" in repr(laws)
        assert "decays at the rate" in laws._repr_latex_()


def test_what_decays_is_independent_of_what_decays_slower():
    """The square of a quantity that decays is no law of its own: each adds entries to the differentials before it."""
    laws = conservation_laws(KolenPollack(), (2, 2, 1))
    assert [law.independent for law in laws.decaying] == [4, 2, 3]


QUOTIENTS = {
    "the balance by its trace": (WeightDecay(BP), (2, 2, 1), {}, 2, True),
    "at a number": (WeightDecay(BP), (2, 2, 1), {"c": 1}, 2, True),
    "at a number in the rule": (WeightDecay(BP, Fraction(1, 10)), (2, 2, 1), {}, 2, True),
    "by an entry, and by its square": (KolenPollack(), (2, 2, 1), {}, 8, True),
    "by a squared norm": (Momentum(BP), (3, 3, 1), {}, 2, True),
    "of Nesterov's flow": (Nesterov(BP), (3, 3, 1), {}, 2, True),
    "of weights that only decay": (WeightDecay(FA), (2, 2, 2), {"B_2": [[0, 0], [0, 0]]}, 3, False),
}
"""Rules, widths, constants, how many laws there are, and whether they are proved: no proof is for a given matrix."""


@pytest.mark.parametrize("name", QUOTIENTS)
def test_quotients_of_what_decays_are_laws(name):
    """The time cancels from them, and they are all laws that there are."""
    rule, widths, constants, count, certified = QUOTIENTS[name]
    laws = conservation_laws(rule, widths, constants=constants, seconds=FEW_SECONDS)
    assert (laws.count, laws.matched, laws.certified) == (count, True, certified)
    assert laws.decaying


def test_a_quotient_of_different_rates_is_no_law():
    """A number that decays at c, divided by one that decays at 2 c, is not conserved."""
    net = DeepLinearNetwork(depth=2)
    rule = KolenPollack()
    apart = matadd(transpose(net.weight(1)), matmul(-1, rule.feedback(net, 1)))
    quotient = matmul(1 / squared_norm(apart), apart)
    assert decide(Conserved(quotient, along=rule.flow(net)), seconds=FEW_SECONDS).word == "refuted"


def test_a_quotient_says_where_it_holds():
    """What it is divided by is not 0: that stands in the claim."""
    (law,) = conservation_laws(WeightDecay(BP), (2, 2, 1)).found
    assert "is not 0" in law.verdict.claim.statement()


def test_a_quantity_that_decays_does_so_in_a_run():
    """After time 1 along the flow the balance under weight decay 1/2 is exp(-1) times what it was, to six digits."""
    (law,) = conservation_laws(WeightDecay(BP), (2, 2, 1)).decaying
    rule = WeightDecay(BP, Fraction(1, 2))
    run = simulate(rule, [[[1.0, 0.5], [-0.3, 0.8]], [[0.7, -0.4]]], [1.0, 2.0], [0.5], times=[0.0, 1.0])
    net = DeepLinearNetwork(widths=(2, 2, 1))
    before, after = (
        evaluate(law.quantity, {W: path[t] for W, path in zip(net.weights, run.weights, strict=True)}) for t in (0, 1)
    )
    np.testing.assert_allclose(after, np.exp(-1) * before, rtol=1e-6)


@pytest.mark.parametrize(
    ("rule", "widths", "options"),
    [
        (TP, (1, 3, 2), {}),
        (BP, (2, 2, 2, 1), {"degree": 4}),
        (damped, (2, 3, 2), {}),
        (kaczmarz, (2, 2, 2), {"batch": 2}),
    ],
)
def test_the_laws_are_one_normal_form(rule, widths, options):
    """Points, data and primes are random, the laws are not: each is what a later candidate is in terms of earlier ones.

    So they are the reduced basis of all relations, in the order of the candidates, and the same for every seed.
    """
    fields = searching.DataFields(rule, widths, batch=options.get("batch"))
    searches = [searching.Search(fields, np.random.default_rng(seed)) for seed in range(4)]
    found = [[law.quantity for law in search.candidates(options.get("degree", 2), str)] for search in searches]
    assert found[0]
    assert all(others == found[0] for others in found)


def test_the_laws_do_not_depend_on_the_hashes_of_a_process(python):
    """Nor on the threads of its linear algebra: two processes write the same."""
    code = (
        "from tptheory import *\n"
        "laws = conservation_laws(TargetProp(), (1, 3, 2), seconds=5)\n"
        "print([str(law) for law in laws.laws], [str(law.general) for law in laws.found])"
    )
    settings = [("0", "1"), ("1", "2")]
    said = [
        python("-c", code, env={**os.environ, "PYTHONHASHSEED": seed, "OPENBLAS_NUM_THREADS": threads}).stdout
        for seed, threads in settings
    ]
    assert said[0] == said[1]
    assert "LogPdet(W_2)" in said[0]


def test_a_search_that_is_too_large_for_its_time_says_so():
    """The words of twenty letters are thousands, and each is evaluated at hundreds of points."""
    started = perf_counter()
    with pytest.raises(InvalidValueError, match="long enough to search words of up to 20 letters") as e:
        conservation_laws("tp", (3, 3, 3), degree=20, seconds=0.5)
    assert perf_counter() - started < 10
    assert str(e.value).endswith(". Give more, or a smaller degree.")
    assert "(got 0.5). It got to " in str(e.value)
    with pytest.raises(InvalidValueError, match="'seconds' must be long enough"):
        count_conservation_laws("tp", (3, 3, 3), degree=20, seconds=0.1)


def test_a_rule_that_inverts_what_is_singular_is_told():
    """Newton's Gram matrix of one sample; what a batch mends is said, and no expression that nobody gave."""
    with pytest.raises(
        InvalidValueError, match=r"It inverts a singular 2x2 matrix there\. Give other widths, or a larger"
    ):
        conservation_laws("newton", (2, 2, 1))
    assert len(conservation_laws("newton", (1, 1, 1), batch=2).laws) == 1


def test_a_law_that_is_not_proved_is_not_said_to_be_conserved():
    """What was found is as many as there can be, and the headline says that not all of it is proved."""
    found = conservation_laws("fa", (2, 2, 1), constants={"B_2": [[1], [2]]}, degree=3)
    assert {law.verdict.word for law in found.found} == {"proved", "undecided"}
    headline = str(found).splitlines()[0]
    assert headline.endswith(": 4 found, as many as there can be, though not all of them are proved")
    assert "which is all there are" not in repr(found)
    proved = conservation_laws("bp", (1, 1, 1))
    assert str(proved).splitlines()[0].endswith(": 1 conserved, which is all there are")
