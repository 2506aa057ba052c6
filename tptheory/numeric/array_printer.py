"""A printer whose output is arrays.

SymPy's printers return a string for each node of an expression; `ArrayPrinter` returns an array. An `Arithmetic`
decides what kind of array that is: floating point, exact rationals, dual numbers and jets all use this printer.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from functools import partial, reduce
from typing import Any, cast

import numpy as np
from sympy import (
    Add,
    Adjoint,
    Basic,
    Determinant,
    Expr,
    Integer,
    MatAdd,
    MatrixExpr,
    Mul,
    Pow,
    Trace,
    Transpose,
    exp,
    log,
)
from sympy.core.function import AppliedUndef
from sympy.printing.printer import Printer

from tptheory.clock import require_time
from tptheory.errors import ShapeError, UnsupportedExpressionError, complain
from tptheory.numeric.arithmetic import Arithmetic, RunArithmetic
from tptheory.numeric.entrywise import entrywise_product, function_value, joined_blocks, kronecker_product
from tptheory.symbolic.expressions import LogPdet
from tptheory.symbolic.rank import Rank

Operation = tuple[Callable[..., Any], tuple[int, ...]]
"""An operation, and the positions of its operands on the tape; its result goes to the next free position."""
_OPERATIONS: Mapping[Any, str | Callable[[Any, Any], Any]] = {
    Add: operator.add,
    MatAdd: operator.add,
    Mul: operator.mul,
    Transpose: "transpose",
    Adjoint: "transpose",
    Trace: "trace",
    Determinant: "determinant",
    LogPdet: "logpdet",
    Rank: "rank",
    Pow: "power",
    log: "log",
    exp: "exp",
}
"""By node: Python's operator for a sum or a product, else the name of the method of `Arithmetic`; matrices are real."""
RankObserver = Callable[[MatrixExpr, Any, Any], None]
"""Called at each evaluation for each matrix under a Pinv, with its rank and its smallest singular value that counts."""


class ArrayPrinter(Printer):
    """Print an expression as the array, or the scalar, that it stands for.

    In a product of several matrices, the two neighbours are multiplied first whose product frees the most entries.
    Among equals these are the two that need the fewest multiplications, then the rightmost: for columns, ``A'B'e x'``
    is ``(A'(B'e))x'``.
    """

    def __init__(self, arithmetic: Arithmetic, values: Mapping[Basic, Any], sizes: Mapping[Basic, Integer]) -> None:
        """Take the values of the symbols, already read by ``arithmetic``, and of the symbolic widths."""
        super().__init__()
        self.arithmetic = arithmetic
        self.sizes = sizes
        self._printed: dict[Basic, Any] = dict(values)

    def _print(self, expr: Any, **kwargs: Any) -> Any:
        if expr not in self._printed:
            require_time()
            self._printed[expr] = self._evaluated(expr) if expr.func in _OPERATIONS else super()._print(expr, **kwargs)
        return self._printed[expr]

    def _evaluated(self, expr: Any) -> Any:
        """Apply an operation of `_OPERATIONS` to the arguments, one after the other for a sum or a product."""
        operation = _OPERATIONS[expr.func]
        operands = map(self._print, expr.args)
        if isinstance(operation, str):
            return self._apply(getattr(self.arithmetic, operation), *operands)
        return self._in_turn(operation, operands)

    def _in_turn(self, operation: Callable[[Any, Any], Any], operands: Iterable[Any]) -> Any:
        """Apply an operation on two operands to the first two, then to the result and the third, and so on."""
        return reduce(lambda a, b: self._apply(operation, a, b), operands)

    @np.errstate(invalid="ignore")  # BLAS reads beside small operands, too, and raises what it finds there
    def doprint(self, expr: Any) -> Any:
        """Return the array or scalar."""
        return self._print(expr)

    def emptyPrinter(self, expr: Any) -> Any:
        raise UnsupportedExpressionError(
            "'expression' must be built from sums, products, powers, transposes, inverses, Pinv, Trace, Rank, LogPdet, "
            "Determinant, entries, blocks, Kronecker and entrywise products, and functions of numbers "
            f"(got {type(expr).__name__}: {expr})."
        )

    def _apply(self, operation: Callable[..., Any], *operands: Any) -> Any:
        """Carry out one operation; every result passes through here."""
        return operation(*operands)

    def _constant(self, value: Any) -> Any:
        """Bring in a value that does not depend on the symbols."""
        return value

    def _shape(self, operand: Any) -> tuple[int, int]:
        return self.arithmetic.shape(operand)

    def _size(self, size: Expr) -> int:
        bound = size.xreplace(self.sizes)
        if not bound.is_Integer:
            raise ShapeError(complain(str(size), "a whole number", bound))
        return int(bound)

    def _full(self, expr: MatrixExpr, diagonal: int, rest: int) -> Any:
        rows, columns = map(self._size, expr.shape)
        if min(rows, columns) >= 1:
            return self._constant(self.arithmetic.full(rows, columns, diagonal, rest))
        raise ShapeError(complain(str(expr), "of a size that a matrix has", (rows, columns)))

    def _print_Identity(self, expr: Any) -> Any:
        return self._full(expr, 1, 0)

    def _print_ZeroMatrix(self, expr: Any) -> Any:
        return self._full(expr, 0, 0)

    def _print_OneMatrix(self, expr: Any) -> Any:
        return self._full(expr, 1, 1)

    def _print_MatrixBase(self, expr: Any) -> Any:
        rows, columns = expr.shape
        entries = [self._print(entry) for entry in expr.flat()]

        def fill(*scalars: Any) -> Any:
            return self.arithmetic.matrix([scalars[i * columns : (i + 1) * columns] for i in range(rows)])

        return self._apply(fill, *entries)

    def _print_MatMul(self, expr: Any) -> Any:
        scalar, factors = expr.as_coeff_matrices()
        operands = [self._print(factor) for factor in factors]
        sizes = [self._shape(operands[0])[0], *(self._shape(operand)[1] for operand in operands)]
        while len(operands) > 1:
            i = min(range(len(operands) - 1), key=lambda i: _cost(sizes[i], sizes[i + 1], sizes[i + 2], i))
            operands[i : i + 2] = [self._apply(self.arithmetic.product, *operands[i : i + 2])]
            del sizes[i + 1]
        if scalar == 1:
            return operands[0]
        return self._apply(self.arithmetic.scale, self._print(scalar), operands[0])

    def _print_Pinv(self, expr: Any) -> Any:
        return self._apply(self.arithmetic.pinv, self._print(expr.arg))

    def _print_Inverse(self, expr: Any) -> Any:
        return self._apply(self.arithmetic.inverse, self._print(expr.arg))

    def _print_MatPow(self, expr: Any) -> Any:
        if not expr.exp.is_Integer:
            return self.emptyPrinter(expr)
        return self._apply(self.arithmetic.matrix_power, self._print(expr.base), self._constant(int(expr.exp)))

    def _print_conjugate(self, expr: Any) -> Any:
        return self._print(expr.args[0])  # all numbers are real

    def _print_HadamardProduct(self, expr: Any) -> Any:
        return self._in_turn(partial(entrywise_product, self.arithmetic), map(self._print, expr.args))

    def _print_HadamardPower(self, expr: Any) -> Any:
        if not (expr.exp.is_Integer and expr.exp > 0):
            return self.emptyPrinter(expr)
        factors = [self._print(expr.base)] * int(expr.exp)
        return self._in_turn(partial(entrywise_product, self.arithmetic), factors)

    def _print_KroneckerProduct(self, expr: Any) -> Any:
        return self._in_turn(partial(kronecker_product, self.arithmetic), map(self._print, expr.args))

    def _print_BlockMatrix(self, expr: Any) -> Any:
        join = partial(joined_blocks, self.arithmetic, *expr.blockshape)
        return self._apply(join, *map(self._print, expr.blocks.flat()))

    def _print_Application(self, expr: Any) -> Any:
        if isinstance(expr, AppliedUndef):
            return self.emptyPrinter(expr)
        return self._apply(partial(function_value, self.arithmetic, expr.func), *map(self._print, expr.args))

    def _print_MatrixElement(self, expr: Any) -> Any:
        parent = self._print(expr.parent)
        at = tuple(map(self._size, (expr.i, expr.j)))
        shape = self._shape(parent)
        if not all(0 <= index < size for index, size in zip(at, shape, strict=True)):
            raise ShapeError(complain(str(expr), f"an entry of a matrix of shape {shape}", at))
        return self._apply(self.arithmetic.element, parent, *map(self._constant, at))

    def _print_UnspecifiedLoss(self, expr: Any) -> Any:
        if hasattr(self.arithmetic, "unspecified_loss"):
            return self._apply(self.arithmetic.unspecified_loss, *map(self._print, expr.args))
        raise UnsupportedExpressionError(
            f"'expression' must have a value, which loss='any' leaves open (got {expr}). "
            "Use loss='squared', or evaluate the gradient instead."
        )

    def _print_Symbol(self, expr: Any) -> Any:
        return self._constant(self.arithmetic.scalar(str(expr), self._size(expr)))

    def _print_Number(self, expr: Any) -> Any:
        return self._constant(self.arithmetic.scalar("expression", expr))

    def _print_NumberSymbol(self, expr: Any) -> Any:
        return self._apply(partial(function_value, self.arithmetic, lambda: expr))


def _cost(rows: int, inner: int, columns: int, i: int) -> tuple[int, int, int]:
    return (rows * columns - inner * (rows + columns), rows * inner * columns, -i)


class Recorder(ArrayPrinter):
    """Print positions on a tape instead of values, and record the operation that fills each position."""

    def __init__(
        self,
        arithmetic: Arithmetic,
        values: Mapping[Basic, Any],
        sizes: Mapping[Basic, Integer],
        observe: RankObserver | None = None,
    ) -> None:
        super().__init__(arithmetic, {symbol: place for place, symbol in enumerate(values)}, sizes)
        self.observe = observe
        self.tape = list(values.values())
        self.lines: list[Operation] = []

    def _apply(self, operation: Callable[..., Any], *places: int) -> int:
        self.lines.append((operation, places))
        self.tape.append(operation(*(self.tape[place] for place in places)))
        return len(self.tape) - 1

    def _print_Pinv(self, expr: Any) -> Any:
        if self.observe is None:
            return super()._print_Pinv(expr)
        observe, inverted = self.observe, cast(RunArithmetic, self.arithmetic).inverted

        def watched(A: Any) -> Any:
            inverse, rank, smallest = inverted(A)
            observe(expr.arg, rank, smallest)
            return inverse

        return self._apply(watched, self._print(expr.arg))

    def _constant(self, value: Any) -> int:
        return self._apply(lambda: value)

    def _shape(self, place: int) -> tuple[int, int]:
        return self.arithmetic.shape(self.tape[place])


def read_widths(shapes: Mapping[Any, tuple[int, int]], given: Mapping[Basic, Integer]) -> dict[Basic, Integer]:
    """Read the symbolic widths off the shapes of the arrays, and refuse shapes that contradict what is known."""
    widths, origin = dict(given), {size: size for size in given}
    for symbol, shape in shapes.items():
        for size, came in zip(symbol.shape, shape, strict=True):
            if size.is_Symbol and size not in widths:
                widths[size], origin[size] = Integer(came), symbol
    for symbol, shape in shapes.items():
        for size, came in zip(symbol.shape, shape, strict=True):
            bound = size.xreplace(widths)
            if bound.is_number and bound != came:
                because = f" with {size} = {bound}, set by {origin[size]}" if size in origin else ""
                raise ShapeError(complain(str(symbol), f"of shape {symbol.shape}{because}", shape))
    return widths
