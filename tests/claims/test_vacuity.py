"""Hypotheses that no matrix of a shape meets are told."""

import pytest
from sympy import MatrixSymbol, Trace, symbols

from tptheory import (
    AllOf,
    AnyOf,
    Equal,
    LogPdet,
    Rank,
    Zero,
    full_column_rank,
    full_row_rank,
    invertible,
    orthogonal,
    symmetric,
)
from tptheory.claims.vacuity import unmeetable

m, n = symbols("m n", integer=True, positive=True)
WIDE, TALL = MatrixSymbol("W", 2, 3), MatrixSymbol("T", n + 1, n)
ANY, SQUARE = MatrixSymbol("A", m, n), MatrixSymbol("S", n, n)

NEVER = {
    "invertible": (
        invertible(WIDE),
        "W is never invertible: it has 2 rows and 3 columns, and only square",
    ),
    "orthogonal": (orthogonal(TALL), "T is never orthogonal: it has n + 1 rows and n columns"),
    "columns": (
        full_column_rank(WIDE),
        "W never has full column rank: it has 2 rows and 3 columns, and no",
    ),
    "rows": (full_row_rank(TALL), "T never has full row rank: it has n + 1 rows and n columns"),
    "one of two": (invertible(SQUARE, WIDE), "W is never invertible"),
    "of a product": (invertible(TALL * SQUARE), "T*S is never invertible"),
}


@pytest.mark.parametrize(("hypothesis", "words"), NEVER.values(), ids=NEVER.keys())
def test_what_a_shape_rules_out(hypothesis, words):
    """The hypothesis, the shape and the reason are named, once."""
    [told] = unmeetable(AllOf(Zero(SQUARE, given=[hypothesis]), Zero(ANY, given=[hypothesis])))
    assert told.startswith(words)


MAY = {
    "sizes that may be equal": invertible(ANY),
    "rank of the shorter side": full_row_rank(WIDE),
    "rank of the shorter symbolic side": full_column_rank(TALL),
    "square": invertible(SQUARE),
    "another property": symmetric(SQUARE),
}


@pytest.mark.parametrize("hypothesis", MAY.values(), ids=MAY.keys())
def test_what_a_shape_allows(hypothesis):
    """Nothing is told of what some matrices meet, nor of what stands in an alternative only."""
    assert unmeetable(Zero(SQUARE, given=[hypothesis])) == ()
    assert unmeetable(Zero(SQUARE, given=[AnyOf(Zero(SQUARE), invertible(WIDE))])) == ()


@pytest.mark.parametrize(
    ("of", "is_told"),
    [(Rank, True), (lambda M: LogPdet(M * M.T), False), (lambda M: Rank(M) * Trace(M * M.T), False)],
    ids=["rank", "logarithm", "product"],
)
def test_signs_of_numbers_are_asked_without_looking_into_matrices(of, is_told):
    """SymPy would write the difference with its sign outside of it, which is no matrix; a rank is not below 0."""
    number = of(SQUARE - SQUARE**2)
    told = unmeetable(Zero(SQUARE, given=[Equal(number, 2 * number + 1)]))
    assert told == ((f"{number} = 2*{number} + 1 is never so",) if is_told else ())
