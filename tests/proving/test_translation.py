"""The polynomial that an expression becomes has the value of the expression."""

import numpy as np
import pytest
from flint import fmpq, fmpq_mat
from sympy import HadamardProduct, Identity, Inverse, MatPow, MatrixSymbol, OneMatrix, Symbol, sin, symbols
from sympy.matrices.expressions.matexpr import MatrixElement

from tptheory import (
    RULES,
    Backprop,
    DeepLinearNetwork,
    LogPdet,
    Pinv,
    TargetProp,
    eta,
    inner,
    matadd,
    matmul,
    rule_named,
    squared_norm,
    trace,
    transpose,
)
from tptheory.errors import UnsupportedExpressionError
from tptheory.numeric.evaluation import evaluate
from tptheory.proving.translation import Translator

m, n, p = symbols("m n p", integer=True, positive=True)
A, B, S = MatrixSymbol("A", m, n), MatrixSymbol("B", n, p), MatrixSymbol("S", n, n)
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


def values_of(expression, seed):
    """Return random exact values for the symbols of an expression."""
    rng = np.random.default_rng(seed)
    atoms = expression.atoms(MatrixSymbol, Symbol)
    matrices = sorted((a for a in atoms if isinstance(a, MatrixSymbol)), key=str)
    sizes = {s: int(rng.integers(1, 4)) for a in matrices for s in sorted(sum(a.shape).free_symbols, key=str)}
    values = dict(sizes)
    for a in matrices:
        rows, columns = (int(k.subs(sizes)) for k in a.shape)
        values[a] = fmpq_mat(rows, columns, [int(k) for k in rng.integers(-2, 3, size=rows * columns)])
    for s in sorted(atoms - set(matrices) - set(sizes), key=str):
        values[s] = fmpq(int(rng.integers(1, 5)), 3)
    return values


def polynomial_value(polynomial, letters, sizes):
    """Multiply a polynomial out, reading each letter from a table."""
    alphabet = polynomial.alphabet

    def product(word):
        value = letters[word[0]]
        for letter in word[1:]:
            value = value * letters[letter]
        return value

    total = None
    for (scalars, word), coefficient in polynomial.terms.items():
        number = fmpq(coefficient.numerator, coefficient.denominator)
        for s in scalars:
            value = product(s)
            number *= sum((value[i, i] for i in range(value.nrows())), fmpq(0)) if alphabet.is_trace(s) else value
        if word:
            value = product(word) * number
        else:
            k = int(sizes.get(polynomial.rows, polynomial.rows))
            value = fmpq_mat(k, k, [number * int(i == j) for i in range(k) for j in range(k)])
        total = value if total is None else total + value
    if total is None:
        rows, columns = (int(sizes.get(k, k)) for k in (polynomial.rows, polynomial.columns))
        return fmpq_mat(rows, columns)
    return total


def letters_of(translator, values):
    """Return the value of every letter: symbols from ``values``, inverses computed in the order they were named."""
    names = {str(s): v for s, v in values.items()}
    sizes = {str(s): v for s, v in values.items() if isinstance(v, int)}
    alphabet, letters = translator.alphabet, {}

    def put(letter, value):
        letters[letter] = value
        if letter in alphabet.adjoints:
            letters[alphabet.adjoints[letter]] = value.transpose()

    for letter, name in alphabet.names.items():
        if name in names and letter not in letters:
            value = names[name]
            put(letter, fmpq(value) if isinstance(value, int) else value)
        elif name.startswith("ones_") and not name.endswith("'"):
            put(letter, fmpq_mat(sizes[name[5:]], 1, [1] * sizes[name[5:]]))
    for (kind, argument), named in translator._inverses.items():
        value = polynomial_value(argument, letters, sizes)
        symbol = MatrixSymbol("M", value.nrows(), value.ncols())
        inverse = Pinv(symbol) if kind == "pinv" else Inverse(symbol)
        ((scalars, word),) = named.terms
        found = evaluate(inverse, {symbol: value}, arithmetic="exact")
        put((word or scalars[0]), found[0, 0] if not word else found)
    return letters, sizes


@pytest.mark.parametrize(("name", "expression"), EXPRESSIONS.items(), ids=EXPRESSIONS.keys())
def test_a_polynomial_has_the_value_of_its_expression(name, expression):
    """Both sides of the translation agree on exact random matrices, small and singular ones too."""
    translator = Translator()
    polynomial = translator(expression)
    agreed = 0
    for seed in range(12):
        values = values_of(expression, seed)
        try:
            expected = evaluate(expression, values, arithmetic="exact")
        except ValueError:  # an inverse does not exist here
            continue
        letters, sizes = letters_of(translator, values)
        found = polynomial_value(polynomial, letters, sizes)
        assert found == (expected if isinstance(expected, fmpq_mat) else fmpq_mat(1, 1, [expected]))
        for hypothesis in translator.hypotheses:
            value = polynomial_value(hypothesis.polynomial, letters, sizes)
            assert value == fmpq_mat(value.nrows(), value.ncols()), hypothesis.label
        agreed += 1
    assert agreed >= (3 if "newton" not in name else 1)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        (HadamardProduct(A, A), "got HadamardProduct"),
        (matmul(sin(eta), A), "got sin"),
        (MatPow(S, Symbol("k")), "got MatPow"),
    ],
)
def test_what_is_not_a_word_is_refused(expression, reason):
    """Elementwise products, functions and symbolic powers are outside the language, and the error says so."""
    with pytest.raises(UnsupportedExpressionError, match=reason):
        Translator()(expression)


def test_a_pseudo_inverse_is_one_letter():
    """A+ and (A')+ share a letter, and so do A+ and its double transpose."""
    translator = Translator()
    assert translator(Pinv(transpose(A))) == translator(Pinv(A)).transpose()
    assert len(translator._inverses) == 1


def test_log_pdet_is_opaque():
    """A logarithm is a scalar without structure."""
    assert repr(Translator()(LogPdet(A) * 2)) == "2 LogPdet(A)"
