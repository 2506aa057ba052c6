"""Whether goals hold at exact numbers, decided by what they say: two ways to the numbers, one way to judge them.

The search for counterexamples evaluates symbolic derivatives, compiled. `AsTyped` follows the claim as it was typed:
the rate of a quantity along a flow is that of dual numbers moved by the rule's own velocities, the change in a step is
the quantity at the weights after the step, less that before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq_mat
from sympy import Integer, MatrixExpr, MatrixSymbol, S, ZeroMatrix, sympify

from tptheory.claims.goals import Change, Goal, NonNegative, OneOf, RankAtMost, Rate, Vanishes, moving_symbols, symbolic
from tptheory.errors import InvalidValueError
from tptheory.measuring.premises import Instance
from tptheory.measuring.properties import is_zero
from tptheory.numeric.arithmetic import Arithmetic
from tptheory.numeric.duals import Dual, DualArithmetic
from tptheory.numeric.evaluation import compile_with, evaluate_with
from tptheory.numeric.rationals import ExactArithmetic, VerifiedArithmetic

Value = Callable[[Any], Any]
"""Returns the exact value of a term; raises InvalidValueError where it has none."""


@dataclass(frozen=True)
class Violation:
    """One broken statement.

    Attributes:
        expression: what was evaluated.
        expected: what it should be.
        value: what it is, exactly.
        defined: whether all that it rests on has a value. A claim of alternatives is not proved if none holds, though
            one of them inverts what is singular; but no counterexample rests on what has no value.
    """

    expression: Any
    expected: str
    value: Any
    defined: bool = True


def violation(goals: Iterable[Goal], value: Value, values: Instance) -> Violation | None:
    """Return the first goal that fails, with its value, defined ones before others; None if all hold.

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
        found, bound = value(goal.expression), least_bound(goal, value, values)
        return Violation(goal.expression, f"of rank at most {bound}", found) if found.rank() > bound else None
    if isinstance(goal, NonNegative):
        found = value(goal.expression)
        return None if found >= 0 else _negative(goal, found)
    if isinstance(goal, Vanishes):
        found = difference(goal, value)
        return None if is_zero(found) else Violation(goal.residual(), "0", found)
    return _no_alternative(goal, value, values)


def _negative(goal: NonNegative, found: Any) -> Violation:
    """Say that a value is negative; of a quantity that is not to rise, that its rate is positive."""
    if isinstance(goal.expression, Rate) and goal.expression.sign == -1:
        rate = Rate(goal.expression.quantity, goal.expression.flow)
        return Violation(rate.symbolic(), "at most 0", -found)
    return Violation(symbolic(goal.expression), "at least 0", found)


def _no_alternative(goal: OneOf, value: Value, values: Instance) -> Violation | None:
    """Return why the first alternative fails, if all fail."""
    broken = [_alternative(goals, value, values) for goals in goal.alternatives]
    failures = [each for each in broken if each is not None]
    if len(failures) < len(broken):
        return None
    first, defined = failures[0], all(each.defined for each in failures)
    return Violation(first.expression, f"{first.expected}, and no other alternative holds", first.value, defined)


def _alternative(goals: Iterable[Goal], value: Value, values: Instance) -> Violation | None:
    """Return why an alternative does not hold; it does not where something to be inverted in it is singular."""
    try:
        return violation(goals, value, values)
    except InvalidValueError:
        return Violation(S.Zero, "defined: it inverts what has no inverse here", S.Zero, defined=False)


def difference(goal: Vanishes, value: Value) -> Any:
    """Return the left side less the right side, in numbers."""
    sides = [0 if _is_zero(side) else value(side) for side in goal.terms()]
    if is_number_zero(sides[1]):
        return sides[0]
    return -sides[1] if is_number_zero(sides[0]) else sides[0] - sides[1]


def is_number_zero(value: Any) -> bool:
    """Whether a side is the number 0, which stands for a zero matrix as well."""
    return isinstance(value, int) and value == 0


def _is_zero(side: Any) -> bool:
    """Whether a side is 0 by its form; it may then speak of sizes that no matrix has."""
    return side is S.Zero or isinstance(side, ZeroMatrix)


def least_bound(goal: RankAtMost, value: Value, values: Instance) -> int:
    """Return the least of the bounds of a rank."""
    sizes = {symbol: Integer(n) for symbol, n in values.items() if isinstance(n, int)}
    return min(int(value(b).rank()) if isinstance(b, MatrixExpr) else int(b.xreplace(sizes)) for b in goal.bounds)


class Compiled:
    """The values of terms by their symbolic form, compiled once: what the search for counterexamples uses."""

    def __init__(self, symbols: Sequence[Any]) -> None:
        self.symbols = list(symbols)
        self._kind = ExactArithmetic()
        self._functions: dict[int, tuple[Any, Callable[..., Any]]] = {}
        """By the identity of a term, which is kept beside: to hash a term would take longer than to evaluate it."""

    def at(self, values: Instance) -> Value:
        """Return what gives the value of a term at an instance."""
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
        symbols: what instances give values to, for expressions that are compiled; without, nothing is compiled.
    """

    def __init__(self, symbols: Sequence[Any] | None = None) -> None:
        self.symbols = None if symbols is None else list(symbols)
        self._functions: dict[Any, Callable[..., Any]] = {}
        self._exact, self._dual = VerifiedArithmetic(), DualArithmetic()

    def at(self, values: Instance) -> Value:
        """Return what gives the value of a term at an instance."""

        def value(term: Any) -> Any:
            if isinstance(term, Rate):
                return self.rate(term, values)
            if isinstance(term, Change):
                return self.change(term, values)
            return self._value(self._exact, term, values)

        return value

    def rate(self, term: Rate, values: Instance) -> Any:
        """Return the rate of a quantity when what it is made of moves by the velocities of the rule."""
        speeds = {W: self._value(self._exact, term.flow[W], values) for W in moving_symbols(term.quantity, term.flow)}
        duals = {s: Dual(v, speeds.get(s)) if isinstance(s, MatrixSymbol) else v for s, v in values.items()}
        found = self._value(self._dual, term.quantity, duals)
        rate = 0 * found.value if found.rate is None and found.value is not None else found.rate
        return (0 if rate is None else rate) * term.sign

    def change(self, term: Change, values: Instance) -> Any:
        """Return the quantity at the weights after the step, less that before."""
        changes = {W: self._value(self._exact, term.step[W], values) for W in moving_symbols(term.quantity, term.step)}
        after = {s: v + changes[s] if s in changes else v for s, v in values.items()}
        return self._value(self._exact, term.quantity, after) - self._value(self._exact, term.quantity, values)

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
    """Whether the rank of a matrix is below the least of its sizes, so that it may rise in a moment."""
    return A.rank() < min(A.nrows(), A.ncols())
