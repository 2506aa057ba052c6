"""The error at the output: ``d_L = dLoss/dx_L`` and the loss, for arrays of any arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, complain, unknown_name
from tptheory.numeric.arithmetic import RunArithmetic
from tptheory.numeric.floats import FloatArithmetic

LOSSES = ("squared", "cross-entropy")

OutputError = Callable[[Any, Any], tuple[Any, Any]]
"""Takes ``x_L`` and ``y``; returns ``d_L`` and the loss, which is None if it is not known."""


def output_error(kind: RunArithmetic, loss: Any, target: Any) -> OutputError:
    """Return the function for a simulation's argument ``loss``, which is a name or a function itself.

    Raises:
        InvalidTypeError: if ``loss`` is neither a string nor callable.
        InvalidValueError: if ``loss`` is irrational in exact arithmetic, or ``target`` is no target for it.
        UnknownNameError: for any other name.
    """
    if callable(loss):
        return lambda x, y: _own(kind, loss, x, y)
    if not isinstance(loss, str):
        raise InvalidTypeError(complain("loss", "a name, or a function of x_L and y", loss))
    if loss not in LOSSES:
        raise unknown_name("loss", loss, LOSSES)
    if loss == "squared":
        return lambda x, y: _squared(kind, x, y)
    if kind.eps == 0:
        raise InvalidValueError(complain("loss", "rational in exact arithmetic", loss, "Use loss='squared'."))
    _check_distribution(kind, kind.entries(target))
    return lambda x, y: _cross_entropy(kind, x, y)


def _squared(kind: RunArithmetic, x: Any, y: Any) -> tuple[Any, Any]:
    """Return ``x - y`` and ``1/2 |x - y|^2``, summed over the samples."""
    e = x - y
    rows, columns = kind.shape(e)
    turned = kind.transpose(e)
    return e, kind.trace(kind.product(turned, e) if columns <= rows else kind.product(e, turned)) / 2


def _cross_entropy(kind: RunArithmetic, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, Any]:
    """Return ``softmax(x) - y`` and ``-sum y log softmax(x)``, column by column, summed over the samples."""
    exp, log = (f if x.dtype != object else np.frompyfunc(f, 1, 1) for f in (kind.exp, kind.log))
    z = x - x.max(axis=-2, keepdims=True)
    surprise = log(exp(z).sum(axis=-2, keepdims=True)) - z
    return exp(-surprise) - y, (y * surprise).sum(axis=(-2, -1))


def _check_distribution(kind: RunArithmetic, y: np.ndarray) -> None:
    total = y.sum(axis=-2)
    if not ((y >= 0).all() and (abs(total - 1) <= 64 * kind.eps * y.shape[-2]).all()):
        expected = "columns of probabilities for loss='cross-entropy': nonnegative, of sum 1"
        raise InvalidValueError(complain("y", expected, y.tolist(), "Give one-hot columns."))


def _own(kind: RunArithmetic, loss: Callable[..., Any], x: Any, y: Any) -> tuple[Any, Any]:
    """Return ``d_L`` and the loss from a user's function, which returns ``d_L`` or the pair."""
    given = loss(kind.entries(x), kind.entries(y))
    d, value = given if isinstance(given, tuple) and len(given) == 2 else (given, None)
    d = kind.read("loss", d)
    if kind.shape(d) != kind.shape(x) or np.shape(d)[:-2] != np.shape(x)[:-2]:
        expected = f"a function that returns d_L of shape {np.shape(kind.entries(x))}"
        raise ShapeError(complain("loss", expected, np.shape(kind.entries(d))))
    if value is None or not isinstance(kind, FloatArithmetic):
        return d, None if value is None else kind.scalar("loss", value)
    return d, np.broadcast_to(np.asarray(value, dtype=kind.dtype), np.shape(x)[:-2])[()]
