"""Hypotheses about sizes: a claim at sizes that are equal, or 1."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sympy import Eq, Integer, S, Symbol

from tptheory.claims.claim import Claim
from tptheory.claims.goals import motions
from tptheory.claims.mapping import with_expressions_changed
from tptheory.errors import InvalidTypeError, InvalidValueError, complain
from tptheory.typesetting.expressions import latex_of


@dataclass(frozen=True)
class EqualSizes:
    """A size is another size, or a number: ``n = m``, ``n = 1``."""

    size: Symbol
    value: Any

    def conclusion(self, say: Callable[[Any], str]) -> str:
        """Return ``size = value``."""
        return f"{say(self.size)} = {say(self.value)}"

    def latex(self) -> str:
        """Return the equation in LaTeX, for text mode."""
        return f"${latex_of(self.size)} = {latex_of(self.value)}$"

    def holds(self, values: Mapping[Any, Any]) -> bool:
        """Whether sizes of these values are equal; False where an instance does not have the size."""
        value = int(self.value) if self.value.is_Integer else values.get(self.value)
        return values.get(self.size, object()) == value


def read_sizes(argument: str, item: Any) -> EqualSizes:
    """Read ``Eq(n, 1)`` or ``Eq(n, m)``, where ``n`` is the size of a matrix.

    Raises:
        InvalidTypeError: if it is no such equation.
    """
    if isinstance(item, Eq) and isinstance(item.rhs, Symbol) and not isinstance(item.lhs, Symbol):
        item = Eq(item.rhs, item.lhs, evaluate=False)
    fine = isinstance(item, Eq) and isinstance(item.lhs, Symbol) and item.lhs.is_integer
    if not fine or not (isinstance(item.rhs, Symbol) or (item.rhs.is_Integer and item.rhs > 0)):
        raise InvalidTypeError(
            complain(argument, "hypotheses, or sizes such as Eq(n, 1)", item, "Try full_row_rank(A), or Equal(A, B).")
        )
    return EqualSizes(item.lhs, item.rhs)


def unified(equations: Iterable[EqualSizes]) -> dict[Symbol, Any] | None:
    """Return what each size is replaced by where several equations between sizes hold; None if they contradict.

    >>> from sympy import symbols
    >>> n, m = symbols("n m", integer=True, positive=True)
    >>> unified([EqualSizes(n, m), EqualSizes(n, S.One)])
    {n: 1, m: 1}
    """
    found: dict[Symbol, Any] = {}
    for equation in equations:
        size, value = (found.get(side, side) for side in (equation.size, S(equation.value)))
        if size == value:
            continue
        if size.is_Integer:
            size, value = value, size
        if size.is_Integer:
            return None
        found = {n: value if known == size else known for n, known in found.items()} | {size: value}
    return found


def at_sizes(claim: Claim, sizes: Mapping[Symbol, Any]) -> Claim:
    """Return a claim with sizes replaced wherever they stand.

    Raises:
        InvalidValueError: if the claim speaks of a flow or a step, whose network has its sizes.
    """
    if motions(claim.goals()):
        raise InvalidValueError(
            f"'among' must not change sizes of a claim about a flow or a step (got {', '.join(map(str, sizes))}). "
            "Give the network other widths."
        )
    values = {size: Integer(value) if isinstance(value, int) else value for size, value in sizes.items()}
    replaced: Claim = with_expressions_changed(claim, lambda expression: expression.xreplace(values))
    return replaced
