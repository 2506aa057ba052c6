"""The value of any expression on numbers: once, or compiled for loops that ask for it many times."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from numbers import Integral
from typing import Any

import numpy as np
from sympy import Basic, Integer, MatrixBase, MatrixExpr, MatrixSymbol, Symbol, SympifyError, sympify

from tptheory.clock import require_time
from tptheory.errors import InvalidTypeError, InvalidValueError, complain
from tptheory.keywords import known_keywords
from tptheory.numeric.arithmetic import Arithmetic, RunArithmetic
from tptheory.numeric.arithmetic_names import arithmetic_named
from tptheory.numeric.array_printer import ArrayPrinter, Operation, RankObserver, Recorder, read_widths
from tptheory.numeric.values_by_name import values_by_symbol
from tptheory.symbolic.expressions import size_symbols


@known_keywords
def evaluate(expression: Any, values: Mapping[Any, Any], *, arithmetic: str = "float") -> Any:
    """Return the value of a matrix or scalar expression on numbers.

    Symbolic widths are read off the arrays: ``W_1`` of shape ``(n_1, n_0)`` given a 3x4 array sets ``n_1 = 3`` and
    ``n_0 = 4``. A flat array passes for a column. Symbols that the expression does not use are checked and ignored.

    Args:
        expression: a SymPy expression, with the nodes of `tptheory.symbolic.expressions` too.
        values: by symbol or name, an array for each MatrixSymbol, and a number for each Symbol (``eta``, ``alpha``,
            ``lambda``, a width).
        arithmetic: ``"float"``: NumPy, in float32 where all arrays are float32 and in float64 otherwise, with ranks as
            `FloatArithmetic` decides them; ``"float32"``, ``"float64"``: all in that; ``"mp50"``, or other digits:
            mpmath's ``mpf``, as `MultiprecisionArithmetic` says; ``"exact"``: fractions in, `fmpq_mat` or `fmpq` out.

    >>> from sympy import MatrixSymbol, Trace
    >>> A = MatrixSymbol("A", 2, 2)
    >>> evaluate(A.T * A, {A: [[1, 2], [3, 4]]}, arithmetic="exact")
    [10, 14]
    [14, 20]
    >>> float(evaluate(Trace(A) / 2, {"A": [[1, 2], [3, 4]]}))
    2.5
    >>> print(evaluate(Trace(A) / 7, {A: [[1, 2], [3, 4]]}, arithmetic="mp50"))
    0.71428571428571428571428571428571428571428571428571

    Raises:
        InvalidTypeError: if an argument is of the wrong type, or an entry no number of this arithmetic.
        InvalidValueError: if a symbol has no value, a value is not finite, or a matrix to be inverted is singular.
        ShapeError: if an array has another shape than its symbol, or two symbols disagree on a width.
        UnknownNameError: if there is no such arithmetic, or a name is none of a symbol of the expression.
        UnsupportedExpressionError: for a node without a value, or one that is irrational in exact arithmetic.
    """
    kind = arithmetic_named(arithmetic)
    expression = _as_expression(expression)
    if not isinstance(values, Mapping):
        raise InvalidTypeError(complain("values", "a mapping from symbols to numbers", values))
    values = values_by_symbol(values, expression.free_symbols)
    _check_symbols("values", values)
    _check_complete("values", expression.free_symbols, values)
    result = evaluate_with(kind, expression, _read(kind, values))
    return result.copy() if isinstance(result, np.ndarray) else result


def evaluator(values: Mapping[Basic, Any], *, arithmetic: str = "float") -> Callable[[Any], Any]:
    """Return a function that returns the values of expressions on the same numbers, as `evaluate` does.

    What the expressions share is computed once, so that an array that is returned must not be changed.

    >>> from sympy import MatrixSymbol
    >>> A = MatrixSymbol("A", 2, 2)
    >>> value = evaluator({A: [[1, 1], [0, 1]]}, arithmetic="exact")
    >>> value(A * A), value(A * A + A)
    ([1, 2]
    [0, 1], [2, 3]
    [0, 2])

    Raises:
        InvalidTypeError: if a matrix has an entry that is no number of this arithmetic; in a call, if a scalar is none.
        InvalidValueError: if an entry is not finite; in a call, if a scalar is not, a symbol has no value or an inverse
            does not exist.
        UnknownNameError: if there is no such arithmetic.
        ShapeError: in a call, if an array has another shape than its symbol, or two symbols disagree on a width.
        UnsupportedExpressionError: in a call, as `evaluate` does.
    """
    kind = arithmetic_named(arithmetic)
    _check_symbols("values", values)
    read = _read(kind, values)
    printers: dict[Any, ArrayPrinter] = {}

    def value(expression: Any) -> Any:
        expression = _as_expression(expression)
        wanted = expression.free_symbols
        _check_complete("values", wanted, values)
        fitted = _in_precision_of(kind, wanted, read)
        precision = getattr(fitted, "dtype", None)  # float32 beside float64 are judged each by their own rounding
        if precision not in printers:
            printers[precision] = ArrayPrinter(*_bound(fitted, read))
        return printers[precision].doprint(expression)

    return value


def _read(kind: RunArithmetic, values: Mapping[Basic, Any]) -> dict[Basic, Any]:
    """Return values whose matrices are read and checked."""
    read = dict(values)
    for symbol, value in values.items():
        if isinstance(symbol, MatrixSymbol):
            read[symbol] = kind.read_finite(str(symbol), value, column=symbol.cols == 1)
    return read


def evaluate_with(kind: Arithmetic, expression: Any, values: Mapping[Basic, Any]) -> Any:
    """Return the value of an expression on matrices that an arithmetic has read already.

    Nothing is compiled: every node is evaluated where it stands.

    Raises:
        InvalidValueError: for a singular inverse.
        UnsupportedExpressionError: for a node without a value in this arithmetic.
    """
    fitted = _in_precision_of(kind, expression.free_symbols, values)
    return ArrayPrinter(*_bound(fitted, values)).doprint(expression)


def _in_precision_of(kind: Arithmetic, wanted: Container[Basic], values: Mapping[Basic, Any]) -> Arithmetic:
    """Return the arithmetic in the precision of the matrices that are wanted."""
    matrices = {symbol: value for symbol, value in values.items() if isinstance(symbol, MatrixSymbol)}
    return kind.in_precision_of([matrix for symbol, matrix in matrices.items() if symbol in wanted])


def _bound(
    fitted: Arithmetic, values: Mapping[Basic, Any]
) -> tuple[Arithmetic, dict[Basic, Any], dict[Basic, Integer]]:
    """Return the arithmetic, the matrices as they are beside the scalars in its precision, and the widths."""
    matrices = {symbol: value for symbol, value in values.items() if isinstance(symbol, MatrixSymbol)}
    given = {s: Integer(n) for s, n in values.items() if s not in matrices and isinstance(n, Integral)}
    sizes = read_widths({symbol: fitted.shape(matrix) for symbol, matrix in matrices.items()}, given)
    scalars = {s: fitted.scalar(str(s), value) for s, value in values.items() if s not in matrices}
    return fitted, matrices | scalars, sizes


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

    @np.errstate(invalid="ignore")  # as in `ArrayPrinter.doprint`
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
    kind: Arithmetic, expression: Any, symbols: Sequence[Basic], observe: RankObserver | None = None
) -> Callable[..., Any]:
    """Return the function that `compile_expression` returns, for matrices that ``kind`` has read already.

    ``observe`` is called with the rank of each matrix under a Pinv, whenever it is inverted.
    """
    expression = _as_expression(expression)
    _check_symbols("symbols", symbols)
    _check_complete("symbols", expression.free_symbols, symbols)
    matrix_at = [i for i, symbol in enumerate(symbols) if isinstance(symbol, MatrixSymbol)]
    scalar_at = [i for i in range(len(symbols)) if i not in matrix_at]
    shaped: set[Any] = set().union(*map(size_symbols, expression.atoms(MatrixExpr)))
    size_at = [i for i in scalar_at if symbols[i] in shaped]
    names = [str(symbol) for symbol in symbols]
    tapes: dict[Any, tuple[Arithmetic, list[Operation], int]] = {}

    def record(key: Any, values: Sequence[Any]) -> Any:
        given = dict(zip(symbols, values, strict=True)) | {symbols[i]: int(values[i]) for i in size_at}
        fitted = _in_precision_of(kind, expression.free_symbols, given)
        recorder = Recorder(*_bound(fitted, given), observe)
        place = recorder.doprint(expression)
        tapes[key] = (recorder.arithmetic, recorder.lines, place)
        return recorder.tape[place]

    def run(*values: Any) -> Any:
        key = (*(kind.signature(values[i]) for i in matrix_at), *(int(values[i]) for i in size_at))
        if key not in tapes:
            return record(key, values)
        require_time()
        fitted, lines, place = tapes[key]
        tape = [
            *(values[i] for i in matrix_at),
            *(fitted.scalar(names[i], values[i]) for i in scalar_at),
        ]
        at = tape.__getitem__
        for operation, places in lines:
            tape.append(operation(*map(at, places)))
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


def _check_complete(argument: str, wanted: Iterable[Basic], symbols: Iterable[Basic]) -> None:
    """Refuse values, or a list of symbols, that lack a symbol; those of matrices bring the sizes in their shapes."""
    symbols = list(symbols)
    known = {*symbols, *(size for s in symbols if isinstance(s, MatrixSymbol) for size in s.shape)}
    lacking = sorted(set(wanted) - known, key=str)
    if lacking:
        raise lacking_symbols(argument, "expression", lacking, symbols)


def lacking_symbols(argument: str, holder: str, lacking: Sequence[Any], given: Iterable[Any]) -> InvalidValueError:
    """Build the error that names the symbols of an expression or a claim without a value, and those that have one."""
    names = list(map(str, given))
    alike = [str(symbol) for symbol in lacking if str(symbol) in names]
    hint = f" Of {', '.join(alike)} another shape or assumption is given." if alike else ""
    came = f"{', '.join(names) or 'nothing'}, and none for {', '.join(map(str, lacking))}"
    return InvalidValueError(
        f"{argument!r} must be given for every symbol of the {holder} (got {came}). Add {with_shapes(lacking)}.{hint}"
    )


def with_shapes(symbols: Iterable[Basic]) -> str:
    """List symbols, those of matrices with their shapes."""
    return ", ".join(f"{s} of shape {s.shape}" if isinstance(s, MatrixSymbol) else str(s) for s in symbols)
