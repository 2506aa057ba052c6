"""Matrix expressions on numbers: one printer whose output is arrays.

SymPy's printers return a string for each node of an expression; `ArrayPrinter` returns an array. What that is, an
`Arithmetic` decides: floating point and exact rationals share every line of this file.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from numbers import Integral
from typing import Any, cast

import numpy as np
from sympy import Basic, Expr, Integer, MatrixBase, MatrixExpr, MatrixSymbol, Symbol, SympifyError, sympify
from sympy.printing.printer import Printer

from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, UnsupportedExpressionError, complain
from tptheory.numeric.arithmetic import Arithmetic, RunArithmetic
from tptheory.numeric.kinds import arithmetic_named
from tptheory.symbolic.expressions import size_symbols

_Line = tuple[Callable[..., Any], tuple[int, ...]]
Watch = Callable[[MatrixExpr, Any, Any], None]
"""Told, at each evaluation, of each matrix under a Pinv: its rank, and its smallest singular value that is kept."""


class ArrayPrinter(Printer):
    """Print an expression as the array, or the scalar, that it stands for.

    Of a product of several matrices those two neighbours are multiplied first whose product frees the most entries;
    among equals those with the fewest multiplications, then the rightmost: ``A'B'e x'`` is ``(A'(B'e))x'`` for columns.
    """

    def __init__(self, arithmetic: Arithmetic, values: Mapping[Basic, Any], sizes: Mapping[Basic, Integer]) -> None:
        """Take the values of the symbols, already read by ``arithmetic``, and of the symbolic widths."""
        super().__init__()
        self.arithmetic = arithmetic
        self.sizes = sizes
        self._printed: dict[Basic, Any] = dict(values)

    def _print(self, expr: Any, **kwargs: Any) -> Any:
        if expr not in self._printed:
            self._printed[expr] = super()._print(expr, **kwargs)
        return self._printed[expr]

    def doprint(self, expr: Any) -> Any:
        """Return the array or scalar."""
        return self._print(expr)

    def emptyPrinter(self, expr: Any) -> Any:
        raise UnsupportedExpressionError(
            "'expression' must be built from sums, products, powers, transposes, inverses, Pinv, Trace, LogPdet, "
            f"Determinant, entries, log and exp (got {type(expr).__name__}: {expr})."
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

    def _print_MatAdd(self, expr: Any) -> Any:
        return self._fold(operator.add, expr)

    def _print_Add(self, expr: Any) -> Any:
        return self._fold(operator.add, expr)

    def _print_Mul(self, expr: Any) -> Any:
        return self._fold(operator.mul, expr)

    def _fold(self, operation: Callable[[Any, Any], Any], expr: Any) -> Any:
        return reduce(lambda a, b: self._apply(operation, a, b), (self._print(part) for part in expr.args))

    def _print_Transpose(self, expr: Any) -> Any:
        return self._apply(self.arithmetic.transpose, self._print(expr.arg))

    def _print_Inverse(self, expr: Any) -> Any:
        return self._apply(self.arithmetic.inverse, self._print(expr.arg))

    def _print_Pinv(self, expr: Any) -> Any:
        return self._apply(self.arithmetic.pinv, self._print(expr.arg))

    def _print_MatPow(self, expr: Any) -> Any:
        if not expr.exp.is_Integer:
            return self.emptyPrinter(expr)
        return self._apply(self.arithmetic.matrix_power, self._print(expr.base), self._constant(int(expr.exp)))

    def _print_Trace(self, expr: Any) -> Any:
        return self._apply(self.arithmetic.trace, self._print(expr.arg))

    def _print_Determinant(self, expr: Any) -> Any:
        return self._apply(self.arithmetic.determinant, self._print(expr.arg))

    def _print_LogPdet(self, expr: Any) -> Any:
        return self._apply(self.arithmetic.logpdet, self._print(expr.arg))

    def _print_MatrixElement(self, expr: Any) -> Any:
        parent = self._print(expr.parent)
        at = tuple(map(self._size, (expr.i, expr.j)))
        shape = self._shape(parent)
        if not all(0 <= index < size for index, size in zip(at, shape, strict=True)):
            raise ShapeError(complain(str(expr), f"an entry of a matrix of shape {shape}", at))
        return self._apply(self.arithmetic.element, parent, *map(self._constant, at))

    def _print_UnspecifiedLoss(self, expr: Any) -> Any:
        moves = getattr(self.arithmetic, "unspecified_loss", None)
        if moves is not None:
            return self._apply(moves, *map(self._print, expr.args))
        raise UnsupportedExpressionError(
            f"'expression' must have a value, which loss='any' leaves open (got {expr}). "
            "Use loss='squared', or evaluate the gradient instead."
        )

    def _print_Symbol(self, expr: Any) -> Any:
        return self._constant(self.arithmetic.scalar(str(expr), self._size(expr)))

    def _print_Number(self, expr: Any) -> Any:
        return self._constant(self.arithmetic.scalar("expression", expr))

    def _print_NumberSymbol(self, expr: Any) -> Any:
        return self._print_Number(expr)

    def _print_Pow(self, expr: Any) -> Any:
        return self._apply(self.arithmetic.power, self._print(expr.base), self._print(expr.exp))

    def _print_log(self, expr: Any) -> Any:
        return self._apply(self.arithmetic.log, self._print(expr.args[0]))

    def _print_exp(self, expr: Any) -> Any:
        return self._apply(self.arithmetic.exp, self._print(expr.args[0]))


def _cost(rows: int, inner: int, columns: int, i: int) -> tuple[int, int, int]:
    return (rows * columns - inner * (rows + columns), rows * inner * columns, -i)


class _Recorder(ArrayPrinter):
    """Print places on a tape instead of values, and note the operation that fills each place."""

    def __init__(
        self,
        arithmetic: Arithmetic,
        values: Mapping[Basic, Any],
        sizes: Mapping[Basic, Integer],
        watch: Watch | None = None,
    ) -> None:
        super().__init__(arithmetic, {symbol: place for place, symbol in enumerate(values)}, sizes)
        self.watch = watch
        self.tape = list(values.values())
        self.lines: list[_Line] = []

    def _apply(self, operation: Callable[..., Any], *places: int) -> int:
        self.lines.append((operation, places))
        self.tape.append(operation(*(self.tape[place] for place in places)))
        return len(self.tape) - 1

    def _print_Pinv(self, expr: Any) -> Any:
        if self.watch is None:
            return super()._print_Pinv(expr)
        watch, inverted = self.watch, cast(RunArithmetic, self.arithmetic).inverted

        def watched(A: Any) -> Any:
            inverse, rank, smallest = inverted(A)
            watch(expr.arg, rank, smallest)
            return inverse

        return self._apply(watched, self._print(expr.arg))

    def _constant(self, value: Any) -> int:
        return self._apply(lambda: value)

    def _shape(self, place: int) -> tuple[int, int]:
        return self.arithmetic.shape(self.tape[place])


def evaluate(expression: Any, values: Mapping[Basic, Any], *, arithmetic: str = "float") -> Any:
    """Return the value of a matrix or scalar expression on numbers.

    Symbolic widths are read off the arrays: ``W_1`` of shape ``(n_1, n_0)`` given a 3x4 array sets ``n_1 = 3`` and
    ``n_0 = 4``. A flat array passes for a column. Symbols that the expression does not use are checked and ignored.

    Args:
        expression: a SymPy expression, with the nodes of `tptheory.symbolic.expressions` too.
        values: an array for each MatrixSymbol, a number for each Symbol (``eta``, ``alpha``, ``lambda``, a width).
        arithmetic: ``"float"``: NumPy, in float32 where all arrays are float32 and in float64 otherwise, with ranks as
            `FloatArithmetic` decides them; ``"float32"``, ``"float64"``: all in that; ``"mp50"``, or other digits:
            mpmath's ``mpf``, as `MultiprecisionArithmetic` says; ``"exact"``: fractions in, `fmpq_mat` or `fmpq` out.

    >>> from sympy import MatrixSymbol, Trace
    >>> A = MatrixSymbol("A", 2, 2)
    >>> evaluate(A.T * A, {A: [[1, 2], [3, 4]]}, arithmetic="exact")
    [10, 14]
    [14, 20]
    >>> float(evaluate(Trace(A) / 2, {A: [[1, 2], [3, 4]]}))
    2.5
    >>> print(evaluate(Trace(A) / 7, {A: [[1, 2], [3, 4]]}, arithmetic="mp50"))
    0.71428571428571428571428571428571428571428571428571

    Raises:
        InvalidTypeError: if an argument is of the wrong type, or an entry no number of this arithmetic.
        InvalidValueError: if a symbol has no value, a value is not finite, or a matrix to be inverted is singular.
        ShapeError: if an array has another shape than its symbol, or two symbols disagree on a width.
        UnknownNameError: if there is no such arithmetic.
        UnsupportedExpressionError: for a node without a value, or one that is irrational in exact arithmetic.
    """
    kind = arithmetic_named(arithmetic)
    expression = _as_expression(expression)
    if not isinstance(values, Mapping):
        raise InvalidTypeError(complain("values", "a mapping from symbols to numbers", values))
    _check_symbols("values", values)
    matrices = {
        symbol: kind.read(str(symbol), value, column=symbol.cols == 1)
        for symbol, value in values.items()
        if isinstance(symbol, MatrixSymbol)
    }
    for symbol, matrix in matrices.items():
        kind.check(str(symbol), matrix)
    widths = {s: Integer(n) for s, n in values.items() if isinstance(s, Symbol) and isinstance(n, Integral)}
    sizes = read_widths({symbol: kind.shape(matrix) for symbol, matrix in matrices.items()}, widths)
    wanted = expression.free_symbols
    _check_complete(wanted, [*values, *sizes])
    fitted = kind.fitted([matrix for symbol, matrix in matrices.items() if symbol in wanted])
    scalars = {s: fitted.scalar(str(s), value) for s, value in values.items() if s not in matrices}
    result = ArrayPrinter(fitted, matrices | scalars, sizes).doprint(expression)
    return result.copy() if isinstance(result, np.ndarray) else result


def compile_expression(expression: Any, symbols: Sequence[Basic], *, arithmetic: str = "float") -> Callable[..., Any]:
    """Return a function of the values of ``symbols``, in their order, for loops that evaluate it many times.

    The expression is printed once for each combination of shapes and precisions that the function meets, onto a tape
    of array operations; a call replays the tape. So equal sub-expressions are computed once, and entries are not
    checked for NaN. The result may share memory with an argument.

    >>> from sympy import MatrixSymbol
    >>> A = MatrixSymbol("A", 2, 2)
    >>> compile_expression(A * A, [A])([[1, 1], [0, 1]])
    array([[1., 2.],
           [0., 1.]])

    Raises:
        InvalidTypeError: if ``symbols`` holds something else than symbols; or a call has another number of values.
        InvalidValueError: if ``symbols`` lacks a symbol of the expression; or, in a call, for a singular inverse.
        ShapeError: in a call, as `evaluate` does.
        UnknownNameError: if there is no such arithmetic.
        UnsupportedExpressionError: in the first call, as `evaluate` does.
    """
    kind = arithmetic_named(arithmetic)
    function = compile_with(kind, expression, symbols)
    names = [str(symbol) for symbol in symbols]
    columns = [isinstance(symbol, MatrixSymbol) and symbol.cols == 1 for symbol in symbols]

    def run(*values: Any) -> Any:
        if len(values) != len(symbols):
            raise InvalidTypeError(complain("values", f"{len(symbols)}: {', '.join(names)}", f"{len(values)} values"))
        return function(
            *(
                kind.read(name, value, column) if isinstance(symbol, MatrixSymbol) else value
                for symbol, name, value, column in zip(symbols, names, values, columns, strict=True)
            )
        )

    return run


def compile_with(
    kind: Arithmetic, expression: Any, symbols: Sequence[Basic], watch: Watch | None = None
) -> Callable[..., Any]:
    """Return what `compile_expression` does, for matrices that ``kind`` has read already.

    ``watch`` is told of the rank of each matrix under a Pinv, whenever it is inverted.
    """
    expression = _as_expression(expression)
    _check_symbols("symbols", symbols)
    wanted = expression.free_symbols
    _check_complete(wanted, [*symbols, *(size for s in symbols if isinstance(s, MatrixSymbol) for size in s.shape)])
    matrix_at = [i for i, symbol in enumerate(symbols) if isinstance(symbol, MatrixSymbol)]
    scalar_at = [i for i in range(len(symbols)) if i not in matrix_at]
    shaped = {s for A in expression.atoms(MatrixExpr) for s in size_symbols(A)}
    size_at = [i for i in scalar_at if symbols[i] in shaped]
    names = [str(symbol) for symbol in symbols]
    tapes: dict[Any, tuple[Arithmetic, list[_Line], int]] = {}

    def record(key: Any, values: Sequence[Any]) -> Any:
        read = {symbols[i]: values[i] for i in matrix_at}
        given: dict[Basic, Integer] = {symbols[i]: Integer(values[i]) for i in size_at}
        sizes = read_widths({symbol: kind.shape(matrix) for symbol, matrix in read.items()}, given)
        fitted = kind.fitted([matrix for symbol, matrix in read.items() if symbol in wanted])
        scalars = {symbols[i]: fitted.scalar(names[i], values[i]) for i in scalar_at}
        recorder = _Recorder(fitted, read | scalars, sizes, watch)
        place = recorder.doprint(expression)
        tapes[key] = (fitted, recorder.lines, place)
        return recorder.tape[place]

    def run(*values: Any) -> Any:
        key = (*(kind.signature(values[i]) for i in matrix_at), *(int(values[i]) for i in size_at))
        if key not in tapes:
            return record(key, values)
        fitted, lines, place = tapes[key]
        tape = [
            *(values[i] for i in matrix_at),
            *(fitted.scalar(names[i], values[i]) for i in scalar_at),
        ]
        for operation, places in lines:
            tape.append(operation(*[tape[place] for place in places]))
        return tape[place]

    return run


def _as_expression(expression: Any) -> Any:
    if isinstance(expression, MatrixBase):
        return expression.as_immutable()
    try:
        return sympify(expression, strict=True)
    except SympifyError:
        raise InvalidTypeError(complain("expression", "a SymPy expression", expression)) from None


def _check_symbols(argument: str, symbols: Iterable[Any]) -> None:
    for symbol in symbols:
        if not isinstance(symbol, MatrixSymbol | Symbol):
            raise InvalidTypeError(complain(argument, "given by MatrixSymbol or Symbol", symbol, "Try net.weight(1)."))


def _check_complete(wanted: Iterable[Basic], given: Sequence[Basic]) -> None:
    lacking = sorted(set(wanted) - set(given), key=str)
    if lacking:
        listed = ", ".join(f"{s} of shape {s.shape}" if isinstance(s, MatrixSymbol) else str(s) for s in lacking)
        names = {str(symbol) for symbol in given}
        alike = [str(symbol) for symbol in lacking if str(symbol) in names]
        hint = f" Of {', '.join(alike)} another shape or assumption is given." if alike else ""
        came = ", ".join(str(symbol) for symbol in given if not symbol.is_number)
        raise InvalidValueError(
            complain("values", "given for every symbol of the expression", came, f"Add {listed}.{hint}")
        )


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
