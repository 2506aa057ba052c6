"""Polynomials in words, valued at exact matrices, and read out of certificates: for tests of the translation."""

from collections import Counter
from fractions import Fraction
from functools import reduce
from operator import and_
from typing import Any

from flint import fmpq, fmpq_mat
from oracles.exact import Evaluation, diagonal, factors, full, inverse, pseudo_inverse, rank

from tptheory.claims.hypotheses import Hypothesis
from tptheory.proving.translation import Translator
from tptheory.proving.words import Polynomial


def knowing(claim: Any, thin: bool, transposes_last: bool) -> Translator:
    """Return a translator that knows what a claim assumes and defines."""
    translator = Translator(thin, transposes_last)
    for symbol in claim.witnesses():
        translator.witness(symbol)
    for symbol, expression, reason in claim.definitions():
        translator.define(symbol, expression, reason)
    for expression, reason in claim.assumptions():
        translator.assume(translator(expression), reason)
    return translator


def brought_in(claim: Any, values: dict[Any, Any]) -> dict[str, Any]:
    """Return, by name, values of the symbols that hypotheses and flows bring in."""
    at = Evaluation(values)
    found = {str(symbol): at(expression)[0] for symbol, expression, _ in claim.definitions()}
    for h in claim.given:
        for A in h.matrices if isinstance(h, Hypothesis) else ():
            value = at(A)[0]
            if h.name == "rank_one":
                zero = fmpq_mat(value.nrows(), 1), fmpq_mat(1, value.ncols())
                F, G = (p[0] for p in factors((value, value))[:2]) if rank(value) else zero
                found |= {f"u[{A}]": F, f"v[{A}]": G.transpose()}
            elif h.name == "nonzero":
                found[f"1/|{A}|^2"] = 1 / sum((x * x for x in value.entries()), fmpq(0))
    return found


class Letters:
    """The value of every letter of a translator: symbols from a table, inverses in the order they were named."""

    def __init__(self, translator: Translator, values: dict[Any, Any], more: dict[str, Any]) -> None:
        self.alphabet = translator.alphabet
        self.sizes = {str(s): n for s, n in values.items() if isinstance(n, int)}
        self.values: dict[str, Any] = {}
        table = {str(s): fmpq(v) if isinstance(v, int) else v for s, v in values.items()} | more
        for letter, name in self.alphabet.names.items():
            if name in table and letter not in self.values:
                self.put(letter, table[name])
            elif name.startswith("ones_") and not name.endswith("'"):
                k = self.size(name.removeprefix("ones_"))
                self.put(letter, fmpq_mat(k, 1, [1] * k))
        for (kind, argument), named in translator._inverses.items():
            value = self.value(argument)
            found = (pseudo_inverse if kind == "pinv" else inverse)((value, value))[0]
            ((scalars, word),) = named.terms
            self.put(word or scalars[0], found if word else found[0, 0])

    def size(self, name: str) -> int:
        """Return a size in numbers."""
        return int(self.sizes.get(name, name))

    def put(self, letter: str, value: Any) -> None:
        """Give a letter its value, and its transpose the transposed one."""
        self.values[letter] = value
        if letter in self.alphabet.adjoints:
            self.values[self.alphabet.adjoints[letter]] = value.transpose()

    def word(self, letters: str) -> Any:
        """Multiply a word out."""
        return reduce(lambda A, B: A * B, [self.values[letter] for letter in letters])

    def value(self, p: Polynomial) -> fmpq_mat:
        """Multiply a polynomial out, as a matrix; a scalar is a 1x1 one."""
        rows, columns = self.size(p.rows), self.size(p.columns)
        total = fmpq_mat(rows, columns)
        for (scalars, word), c in p.terms.items():
            number = fmpq(c.numerator, c.denominator)
            for s in scalars:
                number *= diagonal(self.word(s)) if self.alphabet.is_trace(s) else self.values[s]
            total += (self.word(word) if word else full(rows, rows, lambda i, j: int(i == j))) * number
        return total


class Reader:
    """Read the polynomials of a certificate in the letters of a translator."""

    def __init__(self, translator: Translator) -> None:
        self.alphabet = translator.alphabet
        self.letters = {name: letter for letter, name in self.alphabet.names.items()}

    def word(self, items: list[Any], size: str) -> Polynomial:
        """Multiply the letters, and the traces, of a word."""
        scalar, matrix = Polynomial.identity(self.alphabet, "1"), None
        for item in items:
            if isinstance(item, list):
                scalar = scalar * self.word(item, "").trace()
            elif self.alphabet.shapes[self.letters[item]] is None:
                scalar = scalar * Polynomial.scalar(self.alphabet, item)
            else:
                letter = Polynomial.word(self.alphabet, self.letters[item])
                matrix = letter if matrix is None else matrix * letter
        return scalar * (Polynomial.identity(self.alphabet, size) if matrix is None else matrix)

    def __call__(self, terms: list[Any]) -> Polynomial:
        """Add the terms up."""
        total = None
        for number, items, *size in terms:
            term = self.word(items, *(size or [""])).scale(Fraction(number))
            total = term if total is None else total + term
        return total


def monic(p: Polynomial, strip: bool = False) -> dict[Any, Any]:
    """Return the terms with the first coefficient 1, and on demand without the scalars that all of them share."""
    if not p.terms:
        return {}
    common = reduce(and_, (Counter(scalars) for scalars, _ in p.terms)) if strip else Counter()
    bare = {(tuple(sorted((Counter(s) - common).elements())), word): c for (s, word), c in p.terms.items()}
    first = bare[min(bare)]
    return {m: Fraction(c) / first for m, c in bare.items()}
