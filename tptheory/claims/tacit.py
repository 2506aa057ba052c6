"""What a claim takes for granted beside its hypotheses: ranks that stay, inverses that exist, denominators not 0, and
that logarithms and roots are real numbers.

So does a claim about matrices with ``n - m`` rows take for granted that there is a row. Each is data, and is said in
the statement of the claim, unless the form of the expression or a hypothesis shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, count
from typing import Any

from sympy import (
    Add,
    Dummy,
    Identity,
    Inverse,
    MatAdd,
    MatMul,
    MatPow,
    MatrixExpr,
    MatrixSymbol,
    Mul,
    Pow,
    S,
    Symbol,
    Trace,
    log,
    sympify,
)
from sympy.matrices.expressions.special import OneMatrix, ZeroMatrix

from tptheory.claims import goals
from tptheory.claims.hypotheses import (
    Hypothesis,
    invertible,
    nonzero,
    positive_definite,
    positive_semidefinite,
)
from tptheory.symbolic.bound import BoundIndex
from tptheory.symbolic.expressions import LogPdet, Pinv, matmul, transpose
from tptheory.symbolic.layers import LayerScalar, LayerSymbol
from tptheory.symbolic.remembering import remembered

Say = Callable[[Any], str]


@dataclass(frozen=True)
class Premise:
    """Something that a claim takes for granted of a matrix, or of a number.

    Attributes:
        subject: the matrix, or the number.
        limits: if the subject stands in the definition of a sequence, the index of the definition with its first and
            last value: the premise is assumed at every index from the one to the other.
    """

    subject: Any
    limits: tuple[Any, Any, Any] | None = None


class ConstantRank(Premise):
    """The rank of a matrix stays as it is along the flow, so that its pseudo-inverse has a derivative."""


class Exists(Premise):
    """A matrix has an inverse."""

    def as_hypothesis(self) -> Hypothesis:
        """Return the premise as a hypothesis; its indices must be numbers by then."""
        return invertible(self.subject)


class NotZero(Premise):
    """A divisor is not 0."""

    def as_hypothesis(self) -> Hypothesis:
        """Return the premise as a hypothesis; its indices must be numbers by then."""
        return nonzero(matmul(self.subject, Identity(1)))


class Positive(Premise):
    """A number is positive, so that it has a real logarithm, and one over its root is real."""

    def as_hypothesis(self) -> Hypothesis:
        """Return the premise as a hypothesis; its indices must be numbers by then."""
        return positive_definite(matmul(self.subject, Identity(1)))


class NotNegative(Premise):
    """A number is not negative, so that it has a real square root."""

    def as_hypothesis(self) -> Hypothesis:
        """Return the premise as a hypothesis; its indices must be numbers by then."""
        return positive_semidefinite(matmul(self.subject, Identity(1)))


class AtLeastOne(Premise):
    """A size is at least 1: a matrix has a row and a column, although what was declared of the size admits none."""


Existence = Exists | NotZero | Positive | NotNegative
"""What has to be so for an expression to have a real value."""
Tacit = ConstantRank | Existence | AtLeastOne

WORDS = {
    ConstantRank: ("while the rank of {} stays constant", "while the ranks of {} stay constant"),
    Exists: ("where {} is invertible", "where {} are invertible"),
    NotZero: ("where {} is not 0", "where {} are not 0"),
    Positive: ("where {} is positive", "where {} are positive"),
    NotNegative: ("where {} is not negative", "where {} are not negative"),
    AtLeastOne: ("where {} is at least 1", "where {} are at least 1"),
}

SHAPED = (Identity, ZeroMatrix, OneMatrix)
"""The matrices that are given by their shapes."""
FULL_RANK = {"full_row_rank", "full_column_rank", "invertible", "orthogonal"}
"""Hypotheses under which a rank is as high as it can be, so that it does not change at once when the matrix moves."""


def tacit_of(claimed: Iterable[goals.Goal], given: Iterable[Any], typed: Iterable[Any] = ()) -> tuple[Tacit, ...]:
    """Return what goals under hypotheses take for granted; what `shows` finds to be plain is left out.

    Args:
        claimed: the goals.
        given: the hypotheses.
        typed: expressions as they were typed, parts of which may have cancelled in the goals.
    """
    claimed, given = tuple(claimed), tuple(given)
    certain = [goal for goal in (*claimed, *_goals_of(given)) if not isinstance(goal, goals.OneOf)]
    found = dict.fromkeys(_constant_ranks(claimed))
    for expression in (*goals.expressions(certain), *typed):
        found |= dict.fromkeys(existence_premises(expression))
        found |= dict.fromkeys(_sizes_that_may_vanish(expression))
    return tuple(each for each in found if not shows(each, given))


def _goals_of(given: Iterable[Any]) -> list[goals.Goal]:
    """Return the goals of the hypotheses that are claims or properties."""
    return [goal for h in given if hasattr(h, "goals") for goal in h.goals()]


def _constant_ranks(claimed: Iterable[goals.Goal]) -> Iterator[Tacit]:
    """Run through what must keep its rank along a flow for a pseudo-inverse, or a logarithm, to have a rate."""
    for rate in goals.rates(claimed):
        for node, limits in _nodes(rate.quantity):
            if isinstance(node, Pinv | LogPdet) and goals.moving_symbols(node, rate.flow):
                yield ConstantRank(node.arg, limits)


def inverted(node: Any, limits: Any = None) -> Iterator[Tacit]:
    """Return what must exist for a node, apart from what is inside it, to have a value."""
    if isinstance(node, Inverse):
        yield Exists(node.arg, limits)
    elif isinstance(node, MatPow) and node.exp.is_number and node.exp < 0:
        yield Exists(node.base, limits)
    elif isinstance(node, log):
        yield Positive(node.args[0], limits)
    elif isinstance(node, Pow) and node.exp.is_number:
        rooted = node.exp.is_Rational and node.exp.q % 2 == 0
        if node.exp < 0:
            yield Positive(node.base, limits) if rooted else NotZero(node.base, limits)
        elif rooted:
            yield NotNegative(node.base, limits)


@remembered
def existence_premises(expression: Any) -> tuple[Tacit, ...]:
    """Return all that must exist for an expression to have a value, from the outside in."""
    return tuple(dict.fromkeys(each for node, limits in _nodes(expression) for each in inverted(node, limits)))


@remembered
def _sizes_that_may_vanish(expression: Any) -> tuple[Tacit, ...]:
    """Return the sizes of an expression's matrices that may be 0 by what was declared of their symbols."""
    sizes: dict[Any, None] = {}
    for node in nodes(expression):
        if isinstance(node, (MatrixSymbol, *SHAPED)):
            sizes |= dict.fromkeys(node.shape)
    return tuple(AtLeastOne(size) for size in sizes if not _is_positive_size(size))


def _is_positive_size(size: Any) -> bool:
    """Whether a size is positive; a symbol of which nothing was told is taken for a positive integer, as sizes are."""
    plain = {s: Dummy(integer=True, positive=True) for s in size.free_symbols if s.is_nonnegative is None}
    return bool(size.xreplace(plain).is_positive)


def words(tacit: Iterable[Tacit], say: Say, taken: Iterable[Any] = ()) -> list[str]:
    """Say what is taken for granted: ``while the rank of W_1 stays constant``.

    Args:
        tacit: what is taken for granted.
        say: turns an expression into text.
        taken: symbols whose names must not be given to the bound index of a definition.
    """
    tacit = tuple(tacit)
    alike: dict[tuple[Any, Any], list[Any]] = {(kind, None): [] for kind in WORDS}
    for each in tacit:
        alike.setdefault((type(each), each.limits), []).append(sympify(each.subject))
    index = _index_beside((*taken, *(s for subjects in alike.values() for e in subjects for s in e.free_symbols)))
    ordered = sorted(alike.items(), key=lambda item: list(WORDS).index(item[0][0]))
    return [_sentence(kind, limits, subjects, index, say) for (kind, limits), subjects in ordered if subjects]


def _sentence(kind: Any, limits: Any, subjects: list[Any], index: Symbol, say: Say) -> str:
    """Word one kind of premise about several subjects, for all indices of a range if there is one."""
    one, many = WORDS[kind]
    shown = {} if limits is None else {limits[0]: index}
    text = (one if len(subjects) == 1 else many).format(", ".join(say(e.xreplace(shown)) for e in subjects))
    return text if limits is None else f"{text} for {say(index)} = {say(limits[1])}, ..., {say(limits[2])}"


def _index_beside(symbols: Iterable[Any]) -> Symbol:
    """Return a symbol for an index, called otherwise than all of these symbols."""
    names = {str(symbol) for symbol in symbols if not isinstance(symbol, BoundIndex)}
    letters = chain("kjim", (f"k_{number}" for number in count(1)))
    return Symbol(next(name for name in letters if name not in names), integer=True)


def nodes(expression: Any) -> Iterator[Any]:
    """Run through the nodes of an expression, and of the definitions of its sequences."""
    return (node for node, _ in _nodes(expression))


def _nodes(expression: Any) -> Iterator[tuple[Any, Any]]:
    """Run through the nodes of an expression and of its sequences' definitions, each with its index range, if any."""
    waiting: list[tuple[Any, Any]] = [(sympify(expression), None)]
    seen: set[Any] = set()
    while waiting:
        part, limits = waiting.pop(0)
        if part in seen:
            continue
        seen.add(part)
        yield part, limits
        if not isinstance(part, LayerSymbol | LayerScalar):
            inner = () if isinstance(part, (MatrixSymbol, *SHAPED)) else part.args  # sizes are no part of the value
            waiting += [(argument, limits) for argument in inner]
        elif part.sequence not in seen:
            seen.add(part.sequence)
            for law in part.sequence.laws():
                rhs = sympify(law.rhs)
                inside = (law.index, law.first, law.last) if law.index in rhs.free_symbols else None
                waiting.append((rhs, inside))


def shows(tacit: Tacit, given: Iterable[Any]) -> bool:
    """Whether a hypothesis states the premise, or the form of its expression shows it."""
    told = {(h.name, A) for h in given if isinstance(h, Hypothesis) for A in h.matrices}
    if isinstance(tacit, NotZero):
        return sympify(tacit.subject).is_zero is False
    if isinstance(tacit, Positive | NotNegative):
        return _is_known_sign(tacit, told)
    if isinstance(tacit, AtLeastOne):
        return goals.NonNegative(tacit.subject - 1) in _goals_of(given)
    if isinstance(tacit, ConstantRank):
        return _is_of_full_rank(tacit.subject, told)
    return any((name, tacit.subject) in told for name in ("invertible", "orthogonal")) or _is_definite(tacit.subject)


def _is_of_full_rank(matrix: MatrixExpr, told: set[Any]) -> bool:
    """Whether a hypothesis says that the rank of a matrix, or of its transpose, is as high as it can be."""
    names = FULL_RANK | ({"nonzero"} if 1 in matrix.shape else set())
    return any((name, M) in told for name in names for M in (matrix, transpose(matrix)))


def _is_known_sign(tacit: Positive | NotNegative, told: set[Any]) -> bool:
    """Whether the declarations of symbols, the form of a sum of squares, or a hypothesis show the sign of a number."""
    number, matrix = sympify(tacit.subject), tacit.as_hypothesis().matrices[0]
    if number.is_positive or ("positive_definite", matrix) in told:
        return True
    if isinstance(tacit, Positive):
        return False
    return ("positive_semidefinite", matrix) in told or _is_sum_of_squares(number)


def _is_sum_of_squares(number: Any) -> bool:
    """Whether a number is, by its form, a sum of traces of Gram matrices, and of numbers that are not negative."""
    return all(term.is_nonnegative or _is_norm(term) for term in Add.make_args(number))


def _is_norm(term: Any) -> bool:
    """Whether a term is a product of traces of Gram matrices, of squares, and of numbers that are not negative."""
    return all(factor.is_nonnegative or _is_square(factor) for factor in Mul.make_args(term))


def _is_square(number: Any) -> bool:
    """Whether a number is the trace of a Gram matrix, or an even power."""
    if isinstance(number, Trace) and isinstance(number.arg, MatMul):
        return _is_gram(list(number.arg.args))
    return isinstance(number, Pow) and bool(number.exp.is_even and number.exp.is_positive)


def _is_definite(matrix: Any) -> bool:
    """Whether a matrix is, by its form, a sum of Gram matrices and a positive multiple of the identity."""
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
