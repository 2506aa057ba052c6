"""Decide whether goals hold at exact numbers: there are two ways to compute the numbers, and one way to judge them.

`Compiled` evaluates the symbolic derivatives, compiled once; the search for counterexamples uses it. `AsTyped` follows
the claim as it was typed. It computes a rate along a flow by dual numbers that move with the rule's own velocities, and
the change in a step as the quantity at the weights after the step, minus the quantity before it.

Numbers are rational, or certified intervals where logarithms, exponentials and roots make them irrational. An interval
shows that a number is not 0, or below 0; it never shows that a number is 0. `broken_at` raises the precision until the
intervals of a broken goal show that it is broken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flint import arb_mat, ctx, fmpq, fmpq_mat
from sympy import Integer, MatrixExpr, MatrixSymbol, S, ZeroMatrix, sympify

from tptheory.claims.goals import Change, Goal, NonNegative, OneOf, RankAtMost, Rate, Vanishes, moving_symbols, symbolic
from tptheory.errors import InvalidValueError, UnsupportedExpressionError
from tptheory.measuring.enclosures import readable
from tptheory.measuring.premises import Instance
from tptheory.numeric.arithmetic import Arithmetic
from tptheory.numeric.evaluation import compile_with, evaluate_with
from tptheory.numeric.interval_duals import IntervalDualArithmetic
from tptheory.numeric.intervals import (
    VerifiedIntervalArithmetic,
    is_shown_negative,
    is_shown_nonzero,
    is_shown_not_semidefinite,
)
from tptheory.numeric.jets import DualArithmetic, Jet
from tptheory.numeric.rationals import ExactArithmetic, VerifiedArithmetic
from tptheory.symbolic.rank import Rank

Value = Callable[[Any], Any]
"""Returns the exact value of a term; raises InvalidValueError where it has none."""


@dataclass(frozen=True)
class Violation:
    """One broken statement.

    Attributes:
        expression: the expression that was evaluated.
        expected: what its value should be, in words.
        value: its exact value; an `Enclosure` or an `EnclosedMatrix` where it is irrational.
        bound: the matrix whose rank bounds it, or the size that does; None where a number was claimed.
        alone: whether it was claimed by itself, and not as one of several alternatives.
        defined: whether everything that it rests on has a value. An alternative that inverts a singular matrix does not
            hold. If no other one holds either, that contradicts a proof of the claim, but it is no counterexample.
    """

    expression: Any
    expected: str
    value: Any
    defined: bool = True
    bound: Any = None
    alone: bool = True

    def told(self, say: Callable[[Any], str]) -> str:
        """Return what the value should be; ``say`` writes an expression."""
        whose = "that of" if isinstance(self.bound, MatrixExpr) else "which is"
        told = self.expected if self.bound is None else f"{self.expected}, {whose} {say(self.bound)}"
        return told if self.alone else f"{told}, and no other alternative holds"


def violation(goals: Iterable[Goal], value: Value, values: Instance) -> Violation | None:
    """Return the violation of the first goal that fails, preferably one that is defined; None if all goals hold.

    Raises:
        InvalidValueError: if a term has no value here, as an inverse of a singular matrix.
    """
    without_value: Violation | None = None
    for goal in goals:
        found = _violation(goal, value, values)
        if found is not None and found.defined:
            return found
        without_value = without_value or found
    return without_value


def _violation(goal: Goal, value: Value, values: Instance) -> Violation | None:
    if isinstance(goal, RankAtMost):
        return _larger_rank(goal, rank_of(value(goal.expression)), value, values)
    if isinstance(goal, NonNegative):
        found = value(goal.expression)
        if isinstance(found, fmpq_mat | arb_mat):
            return _not_semidefinite(goal, found)
        return _negative(goal, found) if is_shown_negative(found) else None
    if isinstance(goal, Vanishes):
        found = difference(goal, value)
        return Violation(goal.residual(), "0", readable(found)) if is_shown_nonzero(found) else None
    return _no_alternative(goal, value, values)


def _larger_rank(goal: RankAtMost, rank: int, value: Value, values: Instance) -> Violation | None:
    """Return the violation that a rank is larger than one of its bounds, and say what that bound is."""
    bounds = _bounds(goal, lambda A: rank_of(value(A)), values)
    least = min(bounds, key=lambda bound: bounds[bound])
    if rank <= bounds[least]:
        return None
    bound = None if sympify(least).is_Integer else least
    return Violation(Rank(goal.expression), f"a rank of at most {bounds[least]}", fmpq(rank), bound=bound)


def _negative(goal: NonNegative, found: Any) -> Violation:
    """Return the violation that a value is negative; of a quantity that must not rise, that it does."""
    if isinstance(goal.expression, Rate | Change) and goal.expression.sign == -1:
        return Violation(replace(goal.expression, sign=1).symbolic(), "at most 0", readable(-found))
    return Violation(symbolic(goal.expression), "at least 0", readable(found))


def _not_semidefinite(goal: NonNegative, found: Any) -> Violation | None:
    """Return the violation that a matrix is not symmetric, or not positive semidefinite."""
    if is_shown_nonzero(found - found.transpose()):
        return Violation(symbolic(goal.expression), "symmetric", readable(found))
    if is_shown_not_semidefinite(found):
        return Violation(symbolic(goal.expression), "positive semidefinite", readable(found))
    return None


def _no_alternative(goal: OneOf, value: Value, values: Instance) -> Violation | None:
    """Return why the first alternative fails, if all fail."""
    broken = [_alternative(goals, value, values) for goals in goal.alternatives]
    failures = [each for each in broken if each is not None]
    if len(failures) < len(broken):
        return None
    first, defined = failures[0], all(each.defined for each in failures)
    return replace(first, defined=defined, alone=False)


def _alternative(goals: Iterable[Goal], value: Value, values: Instance) -> Violation | None:
    """Return why an alternative does not hold: a goal of it fails, or it inverts a singular matrix."""
    try:
        return violation(goals, value, values)
    except InvalidValueError:
        return Violation(S.Zero, "defined: it inverts what has no inverse here", S.Zero, defined=False)


def difference(goal: Vanishes, value: Value) -> Any:
    """Return the value of the left side minus that of the right side."""
    sides = [0 if _is_zero(side) else value(side) for side in goal.terms()]
    if is_number_zero(sides[1]):
        return sides[0]
    return -sides[1] if is_number_zero(sides[0]) else sides[0] - sides[1]


def is_number_zero(value: Any) -> bool:
    """Whether a side is the number 0, which stands for a zero matrix as well."""
    return isinstance(value, int) and value == 0


def _is_zero(side: Any) -> bool:
    """Whether a side is 0 by its form; it is then not evaluated, since its sizes may be those of no matrix."""
    return side is S.Zero or isinstance(side, ZeroMatrix)


def least_bound(goal: RankAtMost, rank: Callable[[Any], int], values: Instance) -> int:
    """Return the least of the bounds of a rank; ``rank`` returns that of a matrix expression."""
    return min(_bounds(goal, rank, values).values())


def _bounds(goal: RankAtMost, rank: Callable[[Any], int], values: Instance) -> dict[Any, int]:
    """Return the values of the bounds of a rank."""
    sizes = {symbol: Integer(n) for symbol, n in values.items() if isinstance(n, int)}
    return {b: rank(b) if isinstance(b, MatrixExpr) else int(sympify(b).xreplace(sizes)) for b in goal.bounds}


def rank_of(A: Any) -> int:
    """Return the rank of an exact matrix.

    Raises:
        UnsupportedExpressionError: for an irrational one.
    """
    if not isinstance(A, fmpq_mat):
        raise UnsupportedExpressionError("'matrix' must be rational for its rank to be certain.")
    return int(A.rank())


def broken_at(look: Callable[[], Violation | None], precisions: Sequence[int]) -> Violation | None:
    """Return what a look at certified intervals finds broken; the working precision rises until something is found.

    Args:
        look: evaluates goals at the working precision.
        precisions: the precisions in bits, in the order in which they are tried.
    """
    found: Violation | None = None
    for bits in precisions:
        with ctx.workprec(bits):
            found = look()
        if found is not None and found.defined:
            return found
    return found


class Compiled:
    """The values of terms, computed from their symbolic form, which is compiled once for the search."""

    def __init__(self, symbols: Sequence[Any], kind: Arithmetic | None = None) -> None:
        """Take the symbols that instances give values to, and the arithmetic: exact rationals, if none is given."""
        self.symbols = list(symbols)
        self._kind = kind or ExactArithmetic()
        self._functions: dict[int, tuple[Any, Callable[..., Any]]] = {}
        """The terms and their functions, by the ``id`` of the term: hashing a term takes longer than evaluating it."""

    def at(self, values: Instance) -> Value:
        """Return the function that gives the value of a term at an instance."""
        arrays = [values[s] for s in self.symbols]

        def value(term: Any) -> Any:
            known = self._functions.get(id(term))
            if known is None:
                known = (term, compile_with(self._kind, symbolic(term), self.symbols))
                self._functions[id(term)] = known
            return known[1](*arrays)

        return value


class AsTyped:
    """The values of terms as they were typed, by dual numbers and finite steps: a second way to every number.

    Args:
        symbols: the symbols that instances give values to, for compiled expressions; without them none is compiled.
        certified: whether irrational numbers are certified intervals, instead of being refused.
    """

    def __init__(self, symbols: Sequence[Any] | None = None, certified: bool = False) -> None:
        self.symbols = None if symbols is None else list(symbols)
        self._functions: dict[Any, Callable[..., Any]] = {}
        self._exact: Arithmetic = VerifiedIntervalArithmetic() if certified else VerifiedArithmetic()
        self._dual: Arithmetic = IntervalDualArithmetic() if certified else DualArithmetic()

    def at(self, values: Instance) -> Value:
        """Return the function that gives the value of a term at an instance."""

        def value(term: Any) -> Any:
            if isinstance(term, Rate):
                return self.rate(term, values)
            if isinstance(term, Change):
                return self.change(term, values)
            return self._value(self._exact, term, values)

        return value

    def rate(self, term: Rate, values: Instance) -> Any:
        """Return the rate of a quantity when the symbols in it move with the velocities of the rule."""
        speeds = {W: self._value(self._exact, term.flow[W], values) for W in moving_symbols(term.quantity, term.flow)}
        duals = {s: Jet([v, speeds.get(s)]) if isinstance(s, MatrixSymbol) else v for s, v in values.items()}
        found = self._value(self._dual, term.quantity, duals)
        rate = 0 * found.value if found.rate is None and found.value is not None else found.rate
        return (0 if rate is None else rate) * term.sign

    def change(self, term: Change, values: Instance) -> Any:
        """Return the quantity at the weights after the step, minus the quantity before it."""
        changes = {W: self._value(self._exact, term.step[W], values) for W in moving_symbols(term.quantity, term.step)}
        after = {s: v + changes[s] if s in changes else v for s, v in values.items()}
        change = self._value(self._exact, term.quantity, after) - self._value(self._exact, term.quantity, values)
        return change * term.sign

    def _value(self, kind: Arithmetic, expression: Any, values: Instance) -> Any:
        expression = sympify(expression)
        if self.symbols is None:
            return evaluate_with(kind, expression, values)
        function = self._functions.get((type(kind), expression))
        if function is None:
            function = compile_with(kind, expression, self.symbols)
            self._functions[type(kind), expression] = function
        return function(*(values[s] for s in self.symbols))


def steady_matrices(goals: Iterable[Goal], nodes: tuple[type, ...]) -> list[Any]:
    """Return the matrices under nodes such as Pinv that a flow moves: their rank must stay for a rate to exist."""
    found: dict[Any, None] = {}
    for goal in goals:
        for term in goal.terms():
            if isinstance(term, Rate):
                for node in term.quantity.atoms(*nodes):
                    if moving_symbols(node, term.flow):
                        found[node.arg] = None
    return list(found)


def is_deficient(A: fmpq_mat) -> bool:
    """Whether the rank of a matrix is below the least of its sizes, so that a small change can raise it."""
    return A.rank() < min(A.nrows(), A.ncols())
