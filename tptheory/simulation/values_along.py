"""The values of any expression along a run: at each time, with what the run holds then in the place of its symbols."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sympy import Basic, MatrixSymbol

from tptheory.errors import InvalidTypeError, InvalidValueError, complain, unknown_name
from tptheory.numeric.arithmetic_names import arithmetic_named
from tptheory.numeric.evaluation import compile_expression
from tptheory.symbolic.arguments import as_expression
from tptheory.symbolic.expressions import size_symbols
from tptheory.symbolic.layers import LayerSymbol
from tptheory.symbolic.rule_scalars import eta

if TYPE_CHECKING:
    from tptheory.simulation.trajectories import Run


def values_along(run: Run, expression: Any, at: Sequence[int], arithmetic: str | None = None) -> np.ndarray:
    """Return the values of an expression at the times of a run whose numbers are ``at``, in an array.

    A symbol of the expression is that of the run which has its name, so that an expression about a network with widths
    ``n_1, n_2, ...`` may be evaluated along a run of any widths; shapes that contradict each other are refused.

    Args:
        run: the run.
        expression: a scalar or matrix expression in what the run holds; see `Run.evaluate`.
        at: the numbers of times, from 0, or from the end where they are negative.
        arithmetic: as for `evaluate`; that of the run unless given.

    Raises:
        InvalidTypeError: if ``expression`` is none, or speaks of layers of a network of any depth; or takes a matrix of
            the run for a number, or a number for a matrix.
        InvalidValueError: if a matrix to be inverted is singular, or ``at`` is empty.
        ShapeError: if a symbol has another shape than what the run holds by its name.
        UnknownNameError: if the run holds nothing of the name of a symbol.
        UnsupportedExpressionError: for a node without a value in the arithmetic.
    """
    if not len(at):
        raise InvalidValueError(complain("at", "the number of one time at least", at, "Try at=[0]."))
    expression = as_expression("expression", expression)
    name = run.dtype if arithmetic is None else arithmetic
    kind, paths, fixed = arithmetic_named(name), _paths(run), _fixed(run)
    symbols = sorted(_named_by(run, expression, {*paths, *fixed}), key=str)
    _refuse_other_kinds(symbols, {name: history[0] for name, history in paths.items()} | fixed)
    function = compile_expression(expression, symbols, arithmetic=name)
    found = []
    with np.errstate(all="ignore"):  # a run that diverges overflows here first
        for t in at:
            now = [paths[str(s)][t] if str(s) in paths else fixed[str(s)] for s in symbols]
            found.append(kind.entries(function(*now)))
    return np.stack(found)


def _paths(run: Run) -> dict[str, np.ndarray]:
    """Return by name what a run holds for each time: parameters, states, and the output error if it is a symbol."""
    paths = dict(zip(map(str, run.net.parameters), (*run.weights, *run.biases), strict=True))
    error = {str(run.net.error): run.errors} if isinstance(run.net.error, MatrixSymbol) else {}
    return paths | run.states | error


def _fixed(run: Run) -> dict[str, Any]:
    """Return by name what stays as it is: the input, the target, the constants of the rule, and the step size."""
    step_size = {} if run.lr is None else {eta.name: run.lr}
    return {str(run.net.input): run.activations[0][0], str(run.net.target): run.target, **run.constants, **step_size}


def _named_by(run: Run, expression: Basic, known: set[str]) -> list[Basic]:
    """Return the symbols of an expression to which a run gives a value; sizes of its matrices are read off these.

    Raises:
        InvalidTypeError: if the expression speaks of the layers of a network of any depth.
        UnknownNameError: if the run holds nothing of the name of one of them.
    """
    if layered := sorted(expression.atoms(LayerSymbol), key=str):
        mend = f"Build it of run.net, which has {run.net.depth} layers, such as run.net.weight(1)."
        raise InvalidTypeError(complain("expression", "about a network of a depth that is a number", layered[0], mend))
    free = expression.free_symbols
    matrices = [symbol for symbol in free if isinstance(symbol, MatrixSymbol)]
    sizes = set().union(*(size_symbols(matrix) for matrix in matrices if str(matrix) in known))
    named = [symbol for symbol in free if symbol in matrices or symbol not in sizes]
    for symbol in sorted(named, key=str):
        if str(symbol) not in known:
            raise unknown_name("expression", str(symbol), known, "made of what the run holds:")
    return named


def _refuse_other_kinds(symbols: Sequence[Basic], held: dict[str, Any]) -> None:
    """Refuse a symbol of a number by whose name a run holds a matrix, and the other way round."""
    for symbol in symbols:
        shape = np.shape(held[str(symbol)])
        if isinstance(symbol, MatrixSymbol) == bool(shape):
            continue
        kind = f"a matrix of shape {shape}" if shape else "a number"
        came = "a matrix" if isinstance(symbol, MatrixSymbol) else "a number"
        mend = f'Take MatrixSymbol("{symbol}", {shape[0]}, {shape[1]}).' if shape else f'Take Symbol("{symbol}").'
        raise InvalidTypeError(complain("expression", f"one in which {symbol} is {kind}, as in the run", came, mend))
