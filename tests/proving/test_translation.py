"""The polynomial that an expression becomes has the value of the expression."""

import pytest
import sympy
from flint import fmpq_mat
from oracles.words import Letters, random_values
from sympy import Determinant, Float, MatPow, OneMatrix, Pow
from sympy.matrices.expressions.matexpr import MatrixElement

from tptheory import RULES, Backprop, TargetProp, prove, rule_named, transpose
from tptheory.claims import claim as claim_module
from tptheory.errors import ShapeError, UnsupportedExpressionError
from tptheory.numeric.evaluation import evaluate
from tptheory.preamble import *
from tptheory.proving.letters import Letter
from tptheory.proving.restating import restated
from tptheory.proving.translation import INDEX, Translator

B = MatrixSymbol("B", n, p)
x, y = MatrixSymbol("x", n, 1), MatrixSymbol("y", n, 1)
B_ = Symbol("B", integer=True, positive=True)
sample = DeepLinearNetwork(depth=3)
batch = DeepLinearNetwork(depth=2, batch=B_, biases=True)
thin = DeepLinearNetwork(widths=(2, 1, 3))

EXPRESSIONS = {
    "sum": matadd(A, matmul(2, A, S)),
    "transposes": matmul(transpose(B), S, transpose(A)),
    "pinv of a product": Pinv(matmul(A, B)),
    "pinv of a transpose": matmul(Pinv(transpose(A)), Pinv(S)),
    "inverse": matmul(A, Inverse(matadd(Identity(n), matmul(transpose(A), A)))),
    "power": MatPow(S, 3),
    "ones": matmul(A, OneMatrix(n, p), transpose(B)),
    "trace": trace(matmul(A, S, transpose(A))) * eta + 3,
    "trace of an identity": trace(matadd(matmul(A, Pinv(A)), Identity(m))),
    "norm": squared_norm(matmul(A, x)) / 2,
    "entry": MatrixElement(matmul(transpose(x), S, y), 0, 0) ** 2,
    "reciprocal": inner(x, y) / (1 + squared_norm(x)),
    "scalar times": matmul(inner(x, y), A, x, transpose(y)),
    "loss": sample.loss,
    "batch loss": batch.loss,
    "bp flow of the loss": Backprop().flow(thin).derivative(thin.loss),
    "tp step of the output": TargetProp().step(sample).after(sample.activation(2)),
    **{f"{name} update": rule_named(name).update(sample, 2) for name in RULES if name != "newton"},
    **{f"{name} batch update": rule_named(name).update(batch, 1) for name in RULES},
    **{f"{name} thin update": rule_named(name).update(thin, 1) for name in RULES if name != "newton"},
}


@pytest.mark.parametrize(("name", "expression"), EXPRESSIONS.items(), ids=EXPRESSIONS.keys())
def test_a_polynomial_has_the_value_of_its_expression(name, expression):
    """Both sides of the translation agree on exact random matrices, small and singular ones too."""
    translator = Translator()
    polynomial = translator(expression)
    agreed = 0
    for seed in range(12):
        values = random_values(expression, seed)
        try:
            expected = evaluate(expression, values, arithmetic="exact")
        except ValueError:  # an inverse does not exist here
            continue
        letters = Letters(translator, values)
        found = letters.value(polynomial)
        assert found == (expected if isinstance(expected, fmpq_mat) else fmpq_mat(1, 1, [expected]))
        for hypothesis in translator.hypotheses:
            assert letters.holds(hypothesis), hypothesis.reason
        agreed += 1
    assert agreed >= (3 if "newton" not in name else 1)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        (matmul(sympy.I, A), "must have real numbers"),
        (matmul(Float(1) / 2, A), "exact numbers"),
        (MatPow(S, Symbol("k")), "exponents are integers"),
    ],
)
def test_what_is_not_a_word_is_refused(expression, reason):
    """Imaginary numbers, floats and symbolic powers are outside the language, and the error says so."""
    with pytest.raises(UnsupportedExpressionError, match=reason):
        Translator()(expression)


def test_a_pseudo_inverse_is_one_letter():
    """A+ and (A')+ share a letter, and so do A+ and its double transpose."""
    translator = Translator()
    assert translator(Pinv(transpose(A))) == translator(Pinv(A)).transpose()
    assert len(translator._inverses) == 1


def test_log_pdet_is_opaque():
    """A logarithm is a scalar without structure, the same for the same matrix and its transpose, however written."""
    translator = Translator()
    assert repr(translator(LogPdet(A) * 2)) == "2 LogPdet(A)"
    assert translator(LogPdet(matmul(A, Identity(n)))) == translator(LogPdet(A))
    assert translator(LogPdet(A)) == translator(LogPdet(transpose(A)))
    assert translator(LogPdet(A)) != translator(LogPdet(matmul(2, A)))


def test_a_determinant_is_no_logarithm():
    """A determinant and a logarithm of one matrix are two numbers."""
    translator = Translator()
    assert translator(Determinant(S)) != translator(LogPdet(S))
    assert len({letter.family for letter, _ in translator.alphabet.letters.values()}) == 3


@pytest.fixture
def any_names(monkeypatch):
    """Let claims give one name several meanings."""
    monkeypatch.setattr(claim_module, "refuse_two_of_one_name", lambda _: None)


def symbols_called(names, sizes):
    """Return what is renamed: two matrices, a square one, a column and a number, of two sizes."""
    rows, columns = (Symbol(name, integer=True, positive=True) for name in sizes)
    one, two, square, column, number = names
    return {
        "A": MatrixSymbol(one, rows, columns),
        "B": MatrixSymbol(two, columns, rows),
        "S": MatrixSymbol(square, columns, columns),
        "x": MatrixSymbol(column, columns, 1),
        "c": Symbol(number, real=True),
    }


def claims_about(A, B, S, x, c):
    """Return claims, and whether they are true: none of them depends on how anything is called."""
    return [
        (Equal(matmul(A, Pinv(A), A), A), True),
        (Equal(Pinv(A), transpose(A)), False),
        (Equal(B, 2 * B), False),
        (Equal(Pinv(A), matmul(Pinv(matmul(transpose(A), A)), transpose(A))), True),
        (Equal(Pinv(A), transpose(A), given=[partial_isometry(A)]), True),
        (Equal(matmul(c, A, x), matmul(A, x, c)), True),
        (Equal(inner(x, matmul(S, x)), inner(matmul(S, x), x)), True),
        (Equal(trace(matmul(A, B)), trace(matmul(B, A))), True),
        (Equal(trace(Identity(A.cols)), A.cols), True),
        (Equal(trace(Identity(A.cols)), A.rows), False),
        (Equal(c, A.rows), False),
        (RankAtMost(matmul(A, B), A.cols), True),
        (RankAtMost(A, 1), False),
    ]


@pytest.mark.parametrize(
    ("names", "sizes"),
    [
        (("A", "B", "S", "x", "c"), ("m", "n")),
        (("A", "A+", "A'", "A*", "(A)+"), ("m", "n")),
        (("A'", "A", "A'+", "A+'", "1"), ("2", "a + b")),
        (("k", "l", "L", "[k]", "W[l]"), ("k", "l")),
        (("1", "2", "I", "tr(A)", "probe"), ("1", "2")),
        (("W[l]", "W[l+1]", "W[k]'", "W", "W_1"), ("n[l]", "n[k]")),
        ((" ", "\n", "A B", '"', "\\"), ("-1", "0")),
        (("T", "tr", "zero", "rank", "at most"), ("size", "symmetric")),
    ],
)
def test_names_never_matter(names, sizes, second_reading, any_names):
    """Whatever symbols and sizes are called, the same is proved, and the certificate holds at random matrices.

    Claims refuse some of these names, for a reader's sake; the prover does not rest on that.
    """
    for (claim, true), (plain, _) in zip(
        claims_about(**symbols_called(names, sizes)), claims_about(**symbols_called("ABSxc", "mn")), strict=True
    ):
        verdict = prove(claim, seconds=2)
        assert verdict.proved == prove(plain, seconds=2).proved == true, claim
        if true:
            assert second_reading(verdict.certificate.data)
            assert restated(claim, verdict.certificate)


def test_the_power_zero_is_the_identity():
    """A power 0 says nothing of an inverse, of a matrix or of a number, and what has a power 0 may be singular."""
    translator = Translator()
    c = Symbol("c", real=True)
    assert translator(MatPow(S, 0, evaluate=False)) == translator(Identity(n))
    assert translator(Pow(c, 0, evaluate=False)) == translator(Integer(1))
    assert translator.hypotheses == []


@pytest.mark.parametrize("exponent", [-3, -1, 1, 5])
def test_powers(exponent):
    """A power is a product, of the inverse where it is negative."""
    translator = Translator()
    base = translator(S if exponent > 0 else Inverse(S))
    power = translator(Identity(n))
    for _ in range(abs(exponent)):
        power = power * base
    assert translator(MatPow(S, exponent)) == power
    with pytest.raises(UnsupportedExpressionError, match="powers up to"):
        translator(MatPow(S, 10**6))


def test_an_index_is_a_number():
    """The index that is bound stands as a number, and so does what is added to it; no symbol of a user's is it."""
    k = Symbol("k", integer=True)
    translator = Translator()
    translator.bases[k] = "k"
    one = translator(Integer(1))
    assert translator(k + 1) == translator(k) + one
    assert translator(k) != Translator()(k)
    (letter, _), *_ = translator.alphabet.letters.values()
    assert letter == Letter(INDEX, ("k", 0))
    named = Symbol("index", real=True)
    both = translator(k) * translator(named)
    items = both.data()[0][1]
    assert sorted(map(str, items)) == ["['index', 'k', 0]", "index*"]


@pytest.mark.parametrize("size", [2 * n, n + m, n**2, 2 * n + 1, Symbol("2 n", integer=True, positive=True)], ids=str)
def test_a_size_may_be_made_of_sizes(size):
    """It is a letter, and the number that it is follows: the trace of its identity is what it is made of."""
    translator = Translator()
    traced = translator(trace(Identity(size)))
    values = Letters(translator, {n: 2, m: 3, size: 5} if size.is_Symbol else {n: 2, m: 3})
    assert values.value(traced) == fmpq_mat(1, 1, [5 if size.is_Symbol else int(size.subs({n: 2, m: 3}))])
    assert not any(any(values.value(h.polynomial).entries()) for h in translator.hypotheses)
    claim = Equal(trace(Identity(size)), size)
    verdict = prove(claim)
    assert verdict.proved
    assert restated(claim, verdict.certificate)


def test_a_size_is_not_what_it_looks_like(any_names):
    """A size called ``2 n`` is no double, and a size ``2*n`` called so is no number of its own."""
    lie = Symbol("2*n", integer=True, positive=True)
    assert not prove(Equal(trace(Identity(lie)), 2 * n), seconds=2).proved
    assert prove(Equal(trace(Identity(2 * n)), trace(Identity(n)) * 2)).proved
    M, M2 = MatrixSymbol("M", 2 * n, 2 * n), MatrixSymbol("N", lie, lie)
    assert not prove(Equal(trace(matmul(M, Pinv(M))), trace(matmul(M2, Pinv(M2)))), seconds=2).proved


@pytest.mark.parametrize(
    ("product", "said"),
    [
        (lambda: two.weight(1) * two.weight(1), r"W_1 of shape \(n_1, n_0\)"),
        (lambda: A * A, r"A of shape \(m, n\)"),
    ],
    ids=["weights", "matrices"],
)
def test_shapes_that_do_not_compose_are_told_as_a_person_writes_them(product, said):
    """SymPy lets products of symbolic shapes through; the error tells sizes as they are written."""
    with pytest.raises(ShapeError, match=rf"'expression' must have powers of square matrices only \(got ({said})\)"):
        prove(Equal(product(), product() * 2))
