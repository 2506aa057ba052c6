"""Claims of which there are no instances to try: what is declared rules their hypotheses out, or shapes are too large.

An oblong matrix is not invertible, a wide one has dependent columns, and a number that is declared positive is not 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from sympy import Dummy, Expr, Identity, MatrixExpr, MatrixSymbol, OneMatrix, S, Symbol

from tptheory.claims.claim import Claim
from tptheory.claims.compound import AllOf, Holds
from tptheory.claims.goals import Vanishes
from tptheory.claims.hypotheses import Hypothesis
from tptheory.symbolic.one_meaning import declared
from tptheory.symbolic.rank import Rank
from tptheory.symbolic.rebuilding import rebuild
from tptheory.symbolic.walking import nodes_in
from tptheory.typesetting.spelling import text_of


def unmeetable(claim: Claim) -> tuple[str, ...]:
    """Say which hypotheses of a claim the shapes of their matrices, or the signs of their numbers, rule out, and why.

    >>> from sympy import MatrixSymbol
    >>> from tptheory import Zero, invertible
    >>> C = MatrixSymbol("C", 2, 3)
    >>> unmeetable(Zero(C, given=[invertible(C)]))
    ('C is never invertible: it has 2 rows and 3 columns, and only square matrices are',)
    """
    items = [item for part in claim.conjuncts() for item in part.given]
    by_shape = (text for item in items for h in _named(item) for text in _ruled_out(h))
    return tuple(dict.fromkeys([*by_shape, *(text for item in items for text in _impossible_equations(item))]))


def _impossible_equations(item: Any) -> Iterator[str]:
    """Say which equations between numbers, in an item of ``given``, cannot hold by what is declared of the numbers."""
    for goal in item.goals() if isinstance(item, Claim) else ():
        if not isinstance(goal, Vanishes) or not isinstance(goal.left, Expr) or isinstance(goal.left, MatrixExpr):
            continue
        residual = goal.residual()
        known: dict[Any, Any] = {}
        if rebuild(residual, partial(_number_of_matrices, known)).is_nonzero:
            numbers = sorted((s for s in residual.free_symbols if isinstance(s, Symbol)), key=str)
            because = " and ".join(f"{s} is{declared(s)}" for s in numbers)
            yield f"{item.conclusion(text_of)} is never so" + (f": {because}" if because else "")


def _number_of_matrices(symbols: dict[Any, Any], part: Any) -> Any:
    """Return a symbol for a function of matrices, into which SymPy would look for signs; any other part as it is."""
    if not any(isinstance(argument, MatrixExpr) for argument in part.args):
        return part
    declared_so = {"integer": True, "nonnegative": True} if isinstance(part, Rank) else {"real": True}
    return symbols.setdefault(part, Dummy(**declared_so))


def oversized(claim: Claim) -> tuple[str, ...]:
    """Say which matrices of a claim, constant ones among them, are too large for exact arithmetic.

    >>> from sympy import MatrixSymbol
    >>> from tptheory import Zero
    >>> oversized(Zero(MatrixSymbol("C", 10**30, 2)))
    ('C is too large for exact arithmetic: it has 1000000000000000000000000000000 rows and 2 columns',)
    """
    nodes = (node for expression in claim.expressions() for node in nodes_in(expression))
    constants = {node for node in nodes if isinstance(node, Identity | OneMatrix)}
    matrices = constants | {s for s in claim.symbols() if isinstance(s, MatrixSymbol)}
    large = sorted((A for A in matrices if is_oversized(*A.shape)), key=str)
    said = "too large for exact arithmetic"
    return tuple(f"{A} is {said}: it has {A.rows} rows and {A.cols} columns" for A in large)


def is_oversized(rows: Any, columns: Any) -> bool:
    """Whether a matrix has more than `MOST_ENTRIES` entries, whatever the symbols in its shape stand for."""
    least = [int(size) if S(size).is_Integer else 1 for size in (rows, columns)]
    return least[0] * least[1] > MOST_ENTRIES


def _named(item: Any) -> Iterator[Hypothesis]:
    """Run through the hypotheses by name that an item of ``given`` is made of; alternatives and ranges are left out."""
    if isinstance(item, AllOf):
        for part in item.claims:
            yield from _named(part)
    elif isinstance(item, Holds):
        yield item.hypothesis
    elif isinstance(item, Hypothesis):
        yield item


def _ruled_out(hypothesis: Hypothesis) -> Iterator[str]:
    if hypothesis.name not in SHAPES:
        return
    excess, never, because = SHAPES[hypothesis.name]
    for A in hypothesis.matrices:
        if excess(S(A.rows), S(A.cols)):
            yield f"{A} {never}: it has {A.rows} rows and {A.cols} columns, and {because}"


MOST_ENTRIES = 1_000_000
"""More entries than this has no matrix of an instance."""
Excludes = Callable[[Any, Any], bool]
"""Whether numbers of rows and of columns rule a property out, whatever the symbols in them stand for."""

_SQUARE: tuple[Excludes, str, str] = (
    lambda rows, columns: (rows - columns).is_zero is False,
    "is never invertible",
    "only square matrices are",
)
SHAPES: dict[str, tuple[Excludes, str, str]] = {
    "invertible": _SQUARE,
    "orthogonal": (_SQUARE[0], "is never orthogonal", _SQUARE[2]),
    "full_row_rank": (
        lambda rows, columns: bool((rows - columns).is_positive),
        "never has full row rank",
        "no rank is above the number of columns",
    ),
    "full_column_rank": (
        lambda rows, columns: bool((columns - rows).is_positive),
        "never has full column rank",
        "no rank is above the number of rows",
    ),
}
"""For each property that shapes can rule out: the test, the words for it, and the reason."""
