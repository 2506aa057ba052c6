"""What a claim takes for granted beside its hypotheses: ranks that stay, inverses that exist, denominators not 0.

Each is data, and is said in the statement of the claim, unless the form of the expression or a hypothesis shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sympy import Identity, Inverse, MatAdd, MatMul, MatPow, MatrixExpr, Pow, S, sympify

from tptheory.claims import goals
from tptheory.claims.hypotheses import Hypothesis
from tptheory.symbolic.expressions import LogPdet, Pinv, transpose
from tptheory.symbolic.layers import layer_symbols

Say = Callable[[Any], str]


@dataclass(frozen=True)
class ConstantRank:
    """The rank of a matrix stays as it is along the flow, so that its pseudo-inverse has a derivative."""

    matrix: Any


@dataclass(frozen=True)
class Exists:
    """A matrix has an inverse."""

    matrix: Any


@dataclass(frozen=True)
class NotZero:
    """A number by which something is divided is not 0."""

    expression: Any


Tacit = ConstantRank | Exists | NotZero

WORDS = {
    ConstantRank: ("while the rank of {} stays constant", "while the ranks of {} stay constant"),
    Exists: ("where {} is invertible", "where {} are invertible"),
    NotZero: ("where {} is not 0", "where {} are not 0"),
}

FULL_RANK = {"full_row_rank", "full_column_rank", "invertible", "orthogonal"}
"""Hypotheses of a rank that cannot change in a moment, for it is as high as it can be."""


def tacit_of(claimed: Iterable[goals.Goal], given: Iterable[Any]) -> tuple[Tacit, ...]:
    """Return what goals, under hypotheses, take for granted; what shows by itself is left out."""
    claimed, given = tuple(claimed), tuple(given)
    found: dict[Tacit, None] = {}
    for rate in goals.rates(claimed):
        for node in nodes(rate.quantity):
            if isinstance(node, Pinv | LogPdet) and goals.moving(node, rate.flow):
                found[ConstantRank(node.arg)] = None
    spoken = [*goals.expressions(g for g in claimed if not isinstance(g, goals.OneOf))]
    assumed = (a for h in given for a in (h.goals() if hasattr(h, "goals") else ()))
    spoken += goals.expressions(g for g in assumed if not isinstance(g, goals.OneOf))
    for expression in spoken:
        for node in nodes(expression):
            for each in inverted(node):
                found[each] = None
    return tuple(each for each in found if not _shows(each, given))


def inverted(node: Any) -> Iterator[Tacit]:
    """Return what must exist for a node, apart from what is inside it, to have a value."""
    if isinstance(node, Inverse):
        yield Exists(node.arg)
    elif isinstance(node, MatPow) and node.exp.is_number and node.exp < 0:
        yield Exists(node.base)
    elif isinstance(node, Pow) and node.exp.is_number and node.exp < 0:
        yield NotZero(node.base)


def partial(expression: Any) -> set[Tacit]:
    """Return all that must exist for an expression to have a value."""
    return {each for node in nodes(expression) for each in inverted(node)}


def words(tacit: Iterable[Tacit], say: Say) -> list[str]:
    """Say what is taken for granted: ``while the rank of W_1 stays constant``."""
    said: list[str] = []
    for kind, (one, many) in WORDS.items():
        names = [say(next(iter(vars(each).values()))) for each in tacit if type(each) is kind]
        if names:
            said.append((one if len(names) == 1 else many).format(", ".join(names)))
    return said


def nodes(expression: Any) -> Iterator[Any]:
    """Run through the nodes of an expression, and of the recursions that define what it is made of."""
    waiting, seen = [sympify(expression)], set()
    while waiting:
        part = waiting.pop(0)
        if part in seen:
            continue
        seen.add(part)
        yield part
        waiting += part.args
        for symbol in layer_symbols(part) if part.is_symbol else ():
            if symbol.sequence.name not in seen:
                seen.add(symbol.sequence.name)
                waiting += (sympify(law.rhs) for law in symbol.sequence.laws())


def _shows(tacit: Tacit, given: Iterable[Any]) -> bool:
    """Whether a hypothesis says it, or the form of the expression shows it."""
    told = {(h.name, A) for h in given if isinstance(h, Hypothesis) for A in h.matrices}
    if isinstance(tacit, NotZero):
        return sympify(tacit.expression).is_zero is False
    matrix = tacit.matrix
    if isinstance(tacit, ConstantRank):
        names = FULL_RANK | ({"nonzero"} if 1 in matrix.shape else set())
        return any((name, M) in told for name in names for M in (matrix, transpose(matrix)))
    return any((name, matrix) in told for name in ("invertible", "orthogonal")) or _is_definite(matrix)


def _is_definite(matrix: Any) -> bool:
    """Whether a sum of Gram matrices and a positive multiple of the identity, by its form."""
    terms = matrix.args if isinstance(matrix, MatAdd) else (matrix,)
    parts = [term.as_coeff_matrices() if isinstance(term, MatMul) else (S.One, [term]) for term in terms]
    if not all(sympify(scalar).is_nonnegative for scalar, _ in parts):
        return False
    definite = any(all(isinstance(F, Identity) for F in factors) and scalar.is_positive for scalar, factors in parts)
    return definite and all(_is_gram(factors) for _, factors in parts)


def _is_gram(factors: list[MatrixExpr]) -> bool:
    """Whether a product reads ``A A'``."""
    factors = [F for F in factors if not isinstance(F, Identity)]
    half = len(factors) // 2
    left = factors[:half]
    return len(factors) == 2 * half and factors[half:] == [transpose(F) for F in reversed(left)]
