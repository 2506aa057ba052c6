"""Write an expression about any depth at a depth that is a number: recursions are multiplied out, layers numbered."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sympy import Expr, Identity, Integer, MatrixBase, MatrixExpr, MatrixSymbol, OneMatrix, Symbol, ZeroMatrix
from sympy.core.function import AppliedUndef

from tptheory.errors import InvalidValueError, complain
from tptheory.symbolic.bound import BoundIndex, BoundMatrix, BoundScalar
from tptheory.symbolic.layers import LayerScalar, LayerSymbol, Recursion, Sequence
from tptheory.symbolic.rebuilding import rebuild


def at_depth(expression: Any, values: Mapping[Any, int]) -> Any:
    """Write an expression with numbers for its indices, the depth among them: recursions are multiplied out.

    A member ``W[l]`` becomes the symbol ``W_2``, and a width ``n(l)`` becomes the size ``n_2``. An index that stands as
    a number, a size or an exponent is replaced by its value.

    Raises:
        InvalidValueError: if there is no such layer, or an index has no value.

    >>> from tptheory.symbolic.network import DeepLinearNetwork
    >>> L = Symbol("L", integer=True)
    >>> str(at_depth(DeepLinearNetwork(depth=L).error, {L: 2}))
    'W_2*W_1*x - y'
    """
    return _Depth({symbol: Integer(n) for symbol, n in values.items()}, {}, {})(expression)


@lru_cache(maxsize=4096)
def _numbered(size: AppliedUndef, layer: Integer) -> Symbol:
    """Return the symbol for the size of a layer that is a number, which is declared as the size is."""
    known = {name: True for name in ("integer", "positive", "real") if getattr(size, f"is_{name}")}
    return Symbol(f"{size.func}_{layer}", **known)


class _Depth:
    """The values of indices, the values of bound neighbours, and the members that are already multiplied out."""

    def __init__(self, numbers: dict[Any, Integer], neighbours: dict[Any, Any], known: dict[Any, Any]) -> None:
        self.numbers, self.neighbours, self.known = numbers, neighbours, known

    def __call__(self, expression: Any) -> Any:
        """Return the expression at the numbers."""
        if not isinstance(expression, MatrixExpr | MatrixBase | Expr) or not expression.args:
            return self.part(expression)
        return rebuild(expression, self.part)

    def part(self, part: Any) -> Any:
        """Return what a node becomes at the numbers; a node without indices of its own is returned unchanged."""
        if isinstance(part, LayerSymbol | LayerScalar):
            return self.member(part.sequence, self.number(part.index))
        if isinstance(part, BoundMatrix | BoundScalar):
            return self.neighbours[part.args[0]]
        if isinstance(part, AppliedUndef):
            return self.width(part)
        if isinstance(part, Identity):
            return Identity(self(part.rows))
        if isinstance(part, ZeroMatrix | OneMatrix):
            return part.func(self(part.rows), self(part.cols))
        if isinstance(part, MatrixSymbol):
            return MatrixSymbol(part.name, self(part.rows), self(part.cols))
        return self.numbers.get(part, part) if isinstance(part, Symbol) else part

    def number(self, index: Any) -> int:
        """Return the value of an index."""
        value = index.xreplace(self.numbers)
        if not value.is_Integer:
            mend = "Give every index a number, the depth too."
            raise InvalidValueError(complain("values", f"numbers for the symbols of {index}", self.numbers, mend))
        return int(value)

    def width(self, size: AppliedUndef) -> Any:
        """Return the size symbol ``n_2`` for ``n(2)``; in any other function, only the arguments are replaced."""
        arguments = [self(argument) for argument in size.args]
        if len(arguments) != 1 or not arguments[0].is_Integer:
            return size.func(*arguments)
        if arguments[0] < 0:
            raise InvalidValueError(complain("l", "a layer, 0 or above", arguments[0], "Let the claim begin later."))
        return _numbered(size, arguments[0])

    def member(self, sequence: Sequence, index: int) -> Any:
        """Return the member of a sequence at a number."""
        key = sequence, index
        if key in self.known:
            return self.known[key]
        first, last = self.number(sequence.first), self.number(sequence.last)
        if not first <= index <= last:
            mend = "Let the claim begin later, or end earlier."
            raise InvalidValueError(complain("l", f"a layer of {sequence.name}, {first} to {last}", index, mend))
        if isinstance(sequence, Recursion):
            value = self.unfolded(sequence, index, last if sequence.downward else first)
        else:
            rows, columns = sequence.shape(Integer(index))
            value = MatrixSymbol(f"{sequence.name}_{index}", self(rows), self(columns))
        if not any(isinstance(symbol, BoundIndex) for symbol in sequence.free_symbols):
            self.known[key] = value
        return value

    def unfolded(self, recursion: Recursion, index: int, begin: int) -> Any:
        """Return the member of a recursion, multiplied out from the start of the recursion."""
        value = self(recursion.start)
        away = -recursion.shift
        for k in range(begin + away, index + away, away):
            numbers = {**self.numbers, recursion.index: Integer(k)}
            neighbours = {**self.neighbours, recursion.index: value}
            value = _Depth(numbers, neighbours, self.known)(recursion.step)
        return value
