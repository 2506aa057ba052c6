"""Leading terms are proved: their identity, the bound of their remainder, and that their coefficient is not 0."""

import math

import numpy as np
import pytest
from flint import fmpq, fmpq_mat
from sympy import Float, Identity, Inverse, MatPow, MatrixSymbol, S, Symbol, Trace, ZeroMatrix, log, oo, symbols
from sympy.matrices.expressions.matexpr import MatrixElement

from tptheory import (
    Backprop,
    DampedTargetProp,
    DeepLinearNetwork,
    Equal,
    Pinv,
    TargetProp,
    at_least,
    damping,
    decide,
    eta,
    evaluate,
    full_row_rank,
    invertible,
    leading_term,
    matadd,
    matmul,
    nonzero,
    trace,
)
from tptheory.deciding import leading_terms
from tptheory.deciding.boundedness import Continuous, OnImage, bounded
from tptheory.errors import InvalidTypeError, InvalidValueError, UnsupportedExpressionError
from tptheory.numeric.leading_term import leading_term as numeric_leading_term
from tptheory.numeric.rationals import ExactArithmetic
from tptheory.symbolic.expansions import Expander
from tptheory.symbolic.penrose_words import shortened

m, n, k = symbols("m n k", integer=True, positive=True)
A, C, Q = MatrixSymbol("A", m, n), MatrixSymbol("C", m, k), MatrixSymbol("Q", m, m)
I = Identity(m)
P = Pinv(A)


def damped(B, scale=damping):
    """Return (B + scale I)^-1."""
    return Inverse(matadd(B, matmul(scale, Identity(B.rows))))


R, S_ = damped(matmul(A, A.T)), matadd(matmul(A, A.T), matmul(C, C.T))
NET = DeepLinearNetwork(depth=2)
W1, W2 = NET.weights
BALANCE = matadd(matmul(W2.T, W2), matmul(-1, W1, W1.T))
STEP = Backprop().step(NET)
G1, G2 = Backprop().descent(NET, 1), Backprop().descent(NET, 2)
D = MatrixSymbol("D", 2, 2)
TERMS = {
    "damped feedback": (matmul(A.T, R), damping, 0, P, 0),
    "the other side": (matmul(damped(matmul(A.T, A)), A.T), damping, 0, P, 0),
    "a resolvent": (R, damping, 0, matadd(I, matmul(-1, A, P)), -1),
    "its square": (MatPow(R, 2), damping, 0, matadd(I, matmul(-1, A, P)), -2),
    "applied to another": (matmul(R, C), damping, 0, matadd(C, matmul(-1, A, P, C)), -1),
    "how far damping is off": (
        matadd(matmul(A.T, R), matmul(-1, P)),
        damping,
        0,
        matmul(-1, P, P.T, P),
        1,
    ),
    "the next order": (
        matadd(matmul(A.T, R), matmul(-1, P), matmul(damping, P, P.T, P)),
        damping,
        0,
        matmul(P, P.T, P, P.T, P),
        2,
    ),
    "a sum of Gram matrices": (matmul(A.T, damped(S_)), damping, 0, matmul(A.T, Pinv(S_)), 0),
    "a larger power": (matmul(A.T, damped(matmul(A, A.T), 3 * damping**2)), damping, 0, P, 0),
    "a multiple": (matmul(A.T, damped(matmul(2, A, A.T))), damping, 0, matmul(S.Half, P), 0),
    "a product of two": (
        matmul(R, damped(matmul(C, C.T))),
        damping,
        0,
        matmul(matadd(I, matmul(-1, A, P)), matadd(I, matmul(-1, C, Pinv(C)))),
        -2,
    ),
    "a trace": (trace(R), damping, 0, m - trace(matmul(A, P)), -1),
    "a square under a trace": (damping**2 * Trace(MatPow(R, 2)), damping, 0, m - trace(matmul(A, P)), 0),
    "an entry": (MatrixElement(matmul(A.T, R), 0, 0), damping, 0, MatrixElement(P, 0, 0), 0),
    "the update": (DampedTargetProp().update(NET, 1), damping, 0, TargetProp().update(NET, 1), 0),
    "the balance after a step": (
        matadd(STEP.after(BALANCE), matmul(-1, BALANCE)),
        eta,
        0,
        matadd(matmul(G2.T, G2), matmul(-1, G1, G1.T)),
        2,
    ),
    "the loss after a step": (
        STEP.after(NET.loss) - NET.loss,
        eta,
        0,
        -Trace(matmul(G1.T, G1)) - Trace(matmul(G2.T, G2)),
        1,
    ),
    "regular": (Inverse(matadd(I, matmul(eta, Q))), eta, 0, I, 0),
    "regular by its form": (
        matmul(matadd(Inverse(matadd(I, S_, matmul(eta, Q))), matmul(-1, Inverse(matadd(I, S_)))), A),
        eta,
        0,
        matmul(-1, Inverse(matadd(I, S_)), Q, Inverse(matadd(I, S_)), A),
        1,
    ),
    "strong damping": (matmul(A.T, R), damping, oo, A.T, 1),
    "elsewhere": (matmul(A.T, R), damping, 1, matmul(A.T, damped(matmul(A, A.T), 1)), 0),
    "a quotient": (eta**2 / (eta + eta**2 * Trace(matmul(A, A.T))) - eta, eta, 0, -Trace(matmul(A, A.T)), 2),
    "a multiple under Pinv": (Pinv(matmul(eta, A)), eta, 0, P, -1),
    "free of it": (matmul(A, P), eta, 0, matmul(A, P), 0),
}


@pytest.mark.parametrize("name", TERMS)
def test_a_leading_term_is_the_known_one_and_is_proved(name):
    """Power and coefficient are those of theory; identity and equality with theory's form have certificates."""
    expression, parameter, at, coefficient, power = TERMS[name]
    found = leading_term(expression, parameter, at)
    assert found.power == power
    assert decide(Equal(found.coefficient, coefficient)).proved
    assert not found.coefficient.has(parameter)
    assert found.verdict.certificate.check().accepted
    assert all(proof.certificate.check().accepted for proof in found.bounded.proofs)
    assert found.nonzero_at is not None
    difference = matadd(expression, matmul(-1, found.term)) if hasattr(expression, "shape") else expression - found.term
    assert decide(Equal(difference, found.remainder)).proved


def rank_one_values(expression, seed=0):
    """Return exact matrices, those of the symbol A of rank one, for every symbol but the parameters."""
    rng = np.random.default_rng(seed)
    sizes = {m: 3, n: 2, k: 1, **dict.fromkeys(NET.widths, 2)}
    values = {}
    for W in sorted(expression.atoms(MatrixSymbol), key=str):
        rows, columns = (int(size.xreplace(sizes)) for size in W.shape)
        entries = rng.integers(-3, 4, (rows, columns))
        if W == A:
            entries = np.outer(rng.integers(1, 4, rows), rng.integers(1, 4, columns))
        values[W] = entries.tolist()
    return values


@pytest.mark.parametrize("name", [name for name, case in TERMS.items() if case[2] == 0])
def test_many_digits_agree(name):
    """At 10^-30 and 10^-31, in 150 digits, the remainder over s^(power + 1) stays as it is to ten digits."""
    expression, parameter, _, _, power = TERMS[name]
    found = leading_term(expression, parameter)
    values = rank_one_values(expression) | {s: 2 for s in (eta, m, n, k) if s in expression.free_symbols}
    values |= {m: 3, n: 2, k: 1}
    rests = []
    for digits in (30, 31):
        values[parameter] = fmpq(1, 10**digits)
        left, right = (evaluate(e, values, arithmetic="mp150") for e in (expression, found.term))
        rests.append(np.asarray((left - right) * 10 ** (digits * (power + 1)), dtype=float))
    np.testing.assert_allclose(rests[0], rests[1], rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("name", ["the balance after a step", "regular", "regular by its form"])
def test_exact_taylor_coefficients_agree(name):
    """Where nothing that is inverted is singular at 0, exact jets give the same power and the same numbers."""
    expression, parameter, _, _, power = TERMS[name]
    values = {W: fmpq_mat(M) for W, M in rank_one_values(expression, seed=1).items()} | {m: 3, n: 2, k: 1}
    expected = numeric_leading_term(expression, values, parameter)
    found = leading_term(expression, parameter)
    assert found.power == expected.power == power
    claimed = evaluate(found.coefficient, values, arithmetic="exact")
    assert (ExactArithmetic().entries(claimed) == expected.coefficient).all()


def test_the_remainder_of_damped_feedback():
    """It is lambda times W' (W W' + lambda I)^-1 W+' W+, bounded on the image of W, whatever the rank of W."""
    found = leading_term(matmul(A.T, R), damping)
    assert found.remainder == matmul(-damping, A.T, R, P.T, P)
    assert found.bounded.reasons == (OnImage(R, matmul(A, A.T), matmul(P.T, P)),)
    assert found.verdict.assumptions == ("lambda is positive",)
    assert str(found) == "A.T*(lambda*I + A*A.T)**(-1) = Pinv(A) + O(lambda)"
    assert repr(found) == f"<{found}>"
    assert "A^{+}" in found.latex()
    assert found.latex().endswith(r"+ \mathcal{O}\left(\lambda\right)")
    assert found._repr_latex_() == rf"$\displaystyle {found.latex()}$"


def test_all_parts_of_the_proof_are_explained():
    """The equation and its chain, why the remainder is bounded, and where the term is not 0."""
    told = leading_term(matmul(A.T, R), damping).explain()
    assert told.startswith("A.T*(lambda*I + A*A.T)**(-1) = Pinv(A) + O(lambda)\n")
    assert "Penrose 1 for A'" in told
    assert "stays bounded on the image of A*A.T" in told
    assert told.endswith("The term is not 0 for all values:\nA = [[1]]\nPinv(A) = [[1]], not 0")
    at_infinity = leading_term(eta**4 / (1 + eta), eta, at=oo)
    assert at_infinity.power == -3
    assert "In the proof, eta stands for 1/eta." in at_infinity.explain()
    assert "not 0" not in leading_term(eta - eta, eta).explain()


def test_hypotheses_count():
    """At full row rank the resolvent has a limit, and an inverse that is assumed is expanded."""
    full = leading_term(R, damping, given=[full_row_rank(A)])
    assert full.power == 0
    assert decide(Equal(full.coefficient, matmul(P.T, P))).proved
    shifted = Inverse(matadd(Q, matmul(damping, I)))
    found = leading_term(shifted, damping, given=[invertible(Q)])
    assert (found.power, found.coefficient) == (0, Inverse(Q))
    assert found.bounded.reasons == (Continuous(shifted, Q),)
    with pytest.raises(UnsupportedExpressionError, match="it may have no inverse at the limit"):
        leading_term(shifted, damping)
    c = Symbol("c", real=True)
    with pytest.raises(UnsupportedExpressionError, match="a divisor that may be 0 at the limit"):
        leading_term(1 / (c + eta), eta)
    assert leading_term(1 / (c + eta), eta, given=[nonzero(matmul(c, Identity(1)))]).coefficient == 1 / c


def test_zero_has_no_leading_term():
    """Its power is infinite, whether that is plain or has to be proved."""
    plain = leading_term(matadd(matmul(eta, A), matmul(-eta, A)), eta)
    assert (plain.power, plain.coefficient, plain.remainder) == (oo, ZeroMatrix(m, n), ZeroMatrix(m, n))
    hidden = leading_term(matadd(matmul(damping, R), matmul(A, A.T, R), matmul(-1, I)), damping)
    assert (hidden.power, hidden.nonzero_at, hidden.verdict.proved) == (oo, None, True)
    assert hidden.power == math.inf


small = Symbol("s")
L = DeepLinearNetwork(depth=Symbol("L", integer=True, positive=True))
BAD = {
    "text": (("A", eta), {}, InvalidTypeError, "Text is never evaluated"),
    "no symbol": ((A, 3), {}, InvalidTypeError, "'parameter' must be a Symbol"),
    "not positive": ((A, small), {}, InvalidValueError, r"Declare it as Symbol\('s', positive=True\)"),
    "a size": ((A, m), {}, InvalidValueError, "'parameter' must be no size of a matrix"),
    "a limit below 0": ((A, eta, -1), {}, InvalidValueError, "'at' must be oo, or not negative"),
    "a limit in itself": ((A, eta, eta), {}, InvalidValueError, "free of eta"),
    "a limit in floats": ((A, eta, Float(0.5)), {}, InvalidTypeError, "'at' must be an exact number"),
    "a limit in text": ((A, eta, "0"), {}, InvalidTypeError, "Text is never evaluated"),
    "a matrix tied to the number": (
        (matadd(Q, matmul(damping, I)), damping),
        {"given": [Equal(Q, matmul(damping, I))]},
        InvalidValueError,
        "'given' must be free of lambda .got 'Q = lambda\\*I'.",
    ),
    "a rank at the number": (
        (R, damping),
        {"given": [invertible(matadd(Q, matmul(damping, I)))]},
        InvalidValueError,
        "'given' must be free of lambda",
    ),
    "a number away from the limit": (
        (R, damping),
        {"given": [at_least(damping, 1)]},
        InvalidValueError,
        "'given' must be free of lambda",
    ),
    "no time": ((A, eta), {"seconds": 0}, InvalidValueError, "'seconds'"),
    "a rank that may jump": ((Pinv(A + eta * C * C.T * A), eta), {}, UnsupportedExpressionError, "its rank may jump"),
    "a logarithm": ((log(1 + eta), eta), {}, UnsupportedExpressionError, "log of what changes"),
    "negative damping": ((damped(matmul(A, A.T), -eta), eta), {}, UnsupportedExpressionError, "may have no inverse"),
    "indefinite": ((damped(matadd(matmul(A, A.T), Q), eta), eta), {}, UnsupportedExpressionError, "no inverse"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_refused(name):
    """Each with one clear error."""
    positional, named, error, words = BAD[name]
    with pytest.raises(error, match=words):
        leading_term(*positional, **named)


def test_a_network_of_any_depth_is_refused_where_the_number_moves_its_layers():
    """What a recursion defines may depend on the number at every layer."""
    after = Backprop().step(L).after(L.output)
    with pytest.raises(UnsupportedExpressionError, match="give a network of fixed depth"):
        leading_term(after, eta)


@pytest.mark.parametrize("wrong", [2 * A, A.T.T + P.T, ZeroMatrix(m, n)], ids=str)
def test_a_wrong_coefficient_is_never_returned(wrong, monkeypatch):
    """An expansion that a fault has spoilt is refused: the identity has no proof."""
    monkeypatch.setattr(leading_terms, "shortened", lambda e: shortened(e) if e != matmul(A, P, A) else wrong)
    with pytest.raises(UnsupportedExpressionError, match="leading term that is proved"):
        leading_term(matadd(matmul(A, P, A), matmul(eta, A)), eta)


def test_a_sum_that_is_not_zero_tells_nothing_of_its_terms():
    """That ``a I + M`` is not 0 leaves ``a = 0``, where ``1/(a + e)`` is ``1/e``; that ``a I`` is not 0 does not."""
    a, e, M = Symbol("a", real=True), Symbol("e", positive=True), MatrixSymbol("M", 1, 1)
    with pytest.raises(UnsupportedExpressionError, match="a divisor that may be 0"):
        leading_term(1 / (a + e), e, given=[nonzero(matadd(a * Identity(1), M))])
    assert leading_term(1 / (a + e), e, given=[nonzero(a * Identity(1))]).coefficient == 1 / a


def test_bounds_are_shown_or_refused():
    """A resolvent is bounded on the image only; a power may pay for it; what moves beside it is no witness."""
    expander = Expander(damping, 2)
    for fine in (
        matmul(R, A),
        matmul(A.T, R),
        matmul(R, R, P.T),
        matmul(R, A, P, R, A),
        trace(matmul(R, A, P)),
        damping**2,
        1 / (2 + damping),
    ):
        bounded(fine, expander, (), 5)
    for bad in (
        R,
        matmul(R, C),
        matmul(R, Q, R, A),
        matmul(1 / damping, R, A),
        trace(matmul(R, C, C.T)),
        1 / damping,
        1 / (damping + damping**2),
        damping * R * C * C.T * R,
    ):
        with pytest.raises(UnsupportedExpressionError, match="shown to stay bounded"):
            bounded(bad, expander, (), 5)


@pytest.mark.parametrize(
    ("word", "short"),
    [
        (A * P * A, A),
        (P * A * P, P),
        (P.T * A.T, A * P),
        (A.T * P.T * A.T, A.T),
        (A.T * A * P, A.T),
        (P * A * A.T, A.T),
        (P.T * P * A, P.T),
        (A * P * P.T, P.T),
        (Pinv(A * A.T) * A * A.T * Pinv(A * A.T), Pinv(A * A.T)),
        (2 * A * (P * A - Identity(n)), ZeroMatrix(m, n)),
    ],
    ids=str,
)
def test_words_are_shortened_by_what_is_proved(word, short):
    """Each rule gives the shorter word, and the prover agrees."""
    assert shortened(word) == short
    assert decide(Equal(word, short)).proved


def test_a_power_of_very_many_factors_stays_as_it_is():
    """It is not written as a word of so many letters, which no memory could hold."""
    assert shortened(MatPow(Q, 10**12)) == MatPow(Q, 10**12)
