"""The quantities that the flows of BP and TP conserve, layer by layer, and how far they drift in a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from sympy import Expr, MatrixExpr

from tptheory.simulation.trajectories import Run
from tptheory.simulation.values_along import values_along
from tptheory.symbolic.expressions import LogPdet, matadd, matmul, squared_norm, transpose
from tptheory.symbolic.network import DeepLinearNetwork

LayerQuantity = Callable[[DeepLinearNetwork, int], Expr | MatrixExpr]


def balance(net: DeepLinearNetwork, l: int) -> MatrixExpr:
    """Return ``W_{l+1}' W_{l+1} - W_l W_l'``, minus ``b_l b_l'`` with biases, which BP's flow conserves.

    The shape is ``(n_l, n_l)``, for ``l = 1..L-1``.

    Raises:
        InvalidValueError: if layer ``l`` or ``l + 1`` does not exist.
    """
    lower, upper = net.weight(l), net.weight(l + 1)
    law = matadd(matmul(transpose(upper), upper), matmul(-1, lower, transpose(lower)))
    return matadd(law, matmul(-1, net.bias(l), transpose(net.bias(l)))) if net.biases else law


def log_determinant(net: DeepLinearNetwork, l: int) -> Expr:
    """Return ``log pdet W_{l+1} - 1/2 |W_l|^2``, minus ``1/2 |b_l|^2`` with biases, which TP's flow conserves.

    For ``l = 1..L-1``, at constant rank of ``W_{l+1}``.

    Raises:
        InvalidValueError: if layer ``l`` or ``l + 1`` does not exist.
    """
    lower, upper = net.weight(l), net.weight(l + 1)
    law = LogPdet(upper) - squared_norm(lower) / 2
    return law - squared_norm(net.bias(l)) / 2 if net.biases else law


def drift(law: LayerQuantity, run: Run, t: int = -1, layers: Iterable[int] | None = None) -> float:
    """Return how far a law has drifted from the start of a run to its ``t``-th time, the last unless given.

    That is its largest change, in Frobenius norm, over the layers ``1..L-1`` unless others are given; 0 if there is
    none. The laws of an exact run are evaluated in 50 digits, those of a float32 run in float64.

    >>> from tptheory.simulation.runs import simulate
    >>> from tptheory.symbolic.rules import TargetProp
    >>> runs = [simulate(TargetProp(), [[[1.0]], [[2.0]]], [1.0], [1.0], lr=1 / n, steps=n) for n in (100, 200)]
    >>> round(drift(log_determinant, runs[0]) / drift(log_determinant, runs[1]), 1)
    2.0
    """
    laws = [law(run.net, l) for l in (range(1, run.net.depth) if layers is None else layers)]
    return max((float(drift_along(quantity, run, [t])[0]) for quantity in laws), default=0.0)


def drift_along(quantity: Expr | MatrixExpr, run: Run, at: Sequence[int]) -> np.ndarray:
    """Return how far an expression has drifted from the start of a run to each of the times whose numbers are ``at``.

    A drift is the change since the start, in Frobenius norm.

    Raises:
        InvalidTypeError: as `Run.evaluate` does.
        InvalidValueError: as `Run.evaluate` does.
        UnknownNameError: as `Run.evaluate` does.
    """
    kind = {"exact": "mp50", "float32": "float64"}.get(run.dtype, run.dtype)
    values = values_along(run, quantity, [0, *at], kind)
    with np.errstate(all="ignore"):  # a run that diverges overflows here first
        changes = (values[1:] - values[0]).astype(np.float64)
        return np.array([np.linalg.norm(change) for change in changes])
