"""What an expression equals under hypotheses: its normal forms by completion, each written with few letters.

A completion rewrites words into words that come earlier in a term order, shorter words mostly. The order is not the
reader's: a letter may stand for the pseudo-inverse of a product. So the equations of the basis are also used in the
other direction, one at a time, wherever that makes the expression cheaper.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from time import perf_counter
from typing import Any

from sympy import MatrixExpr, MatrixSymbol

from tptheory.claims.claim import Claim
from tptheory.errors import UnsupportedExpressionError
from tptheory.proving.back_translation import BackTranslator
from tptheory.proving.obligations import SearchSetting, translator_of
from tptheory.proving.searching import completion
from tptheory.proving.words import Polynomial, divide

SETTINGS = (
    SearchSetting(cuts=False),
    SearchSetting(cuts=False, transposes_last=True),
    SearchSetting(cuts=False, named=True),
    SearchSetting(cuts=False, eliminated=True),
    SearchSetting(),
    SearchSetting(cuts=False, inverses=True),
)
"""The settings under which normal forms are taken, the quickest first."""
EFFORT, ELEMENTS = 400_000, 300
"""How much work each completion does, and how many elements its basis has."""
LONGEST_EQUATION = 8
"""The number of letters that an equation has at most which is used to rewrite a normal form further."""
ROUNDS, TRIED = 8, 400
"""How often a normal form is rewritten further, and how many ways are tried each time."""
Cost = Callable[[Any], Any]
"""Takes an expression, and returns what orders expressions by how much there is to read."""


def normal_forms(claim: Claim, expression: Any, defined: Sequence[MatrixSymbol], cost: Cost, deadline: float) -> Any:
    """Run through expressions that equal an expression under the hypotheses of a claim, as the completion finds.

    Nothing is proved here: what a translation does not see is for the prover and the checker to judge.

    Args:
        claim: a claim about the expression, whose hypotheses are used.
        expression: the expression.
        defined: symbols of which a hypothesis says what they equal: normal forms are also taken in which the symbols of
            that equation are replaced, where one stands alone.
        cost: what orders expressions.
        deadline: when to end.
    """
    for setting in SETTINGS:
        for replaced in [None, *defined]:
            if perf_counter() > deadline:
                return
            try:
                yield from _found(claim, expression, setting, replaced, cost, deadline)
            except UnsupportedExpressionError:
                continue


def _found(
    claim: Claim, expression: Any, setting: SearchSetting, replaced: MatrixSymbol | None, cost: Cost, deadline: float
) -> Iterator[Any]:
    """Run through what one setting finds."""
    translator = translator_of(claim, setting, () if replaced is None else (replaced,))
    translator.effort = EFFORT
    polynomial = translator(expression)
    if setting.inverses:
        translator.bring_in_inverses()
    basis = completion(translator, deadline, ELEMENTS)
    basis.grow(ELEMENTS)
    translated_back = BackTranslator(translator)
    matrix = isinstance(expression, MatrixExpr)

    def written(p: Polynomial) -> Any:
        return translated_back(p, matrix)

    yield written(polynomial)
    normal = basis.rewritten(polynomial)
    yield written(normal)
    equations = [p for p in basis.consequences() if _letters(p) <= LONGEST_EQUATION]
    yield written(_cheapest(normal, equations, lambda p: cost(written(p)), deadline))


def _letters(p: Polynomial) -> int:
    return sum(len(scalars) + len(word) for scalars, word in p.terms)


def _cheapest(p: Polynomial, equations: list[Polynomial], cost: Cost, deadline: float) -> Polynomial:
    """Return a polynomial after rewriting by equations, in any direction, as long as it gets cheaper."""
    best, least = p, cost(p)
    for _ in range(ROUNDS):
        found = None
        for other in islice(_rewritten(best, equations), TRIED):
            if perf_counter() > deadline:
                return best
            price = cost(other)
            if price < least:
                found, least = other, price
        if found is None:
            return best
        best = found
    return best


def _rewritten(p: Polynomial, equations: list[Polynomial]) -> Iterator[Polynomial]:
    """Run through what becomes of a polynomial if one of its terms is replaced by what an equation says it equals."""
    alphabet = p.alphabet
    for equation in equations:
        for (inner_scalars, inner), c in equation.terms.items():
            for (scalars, word), d in list(p.terms.items()):
                at = word.find(inner) if inner and not inner_scalars else -1
                if at < 0:
                    continue
                left, right = word[:at], word[at + len(inner) :]
                around = Polynomial.number(alphabet, scalars, divide(d, c)) * _between(left, equation, right)
                yield p - around


def _between(left: str, middle: Polynomial, right: str) -> Polynomial:
    """Return a polynomial between two words, each of which may be empty."""
    if left:
        middle = Polynomial.word(middle.alphabet, left) * middle
    return middle * Polynomial.word(middle.alphabet, right) if right else middle
