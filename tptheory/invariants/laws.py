"""The quantities that the flows of BP and TP conserve, layer by layer, and how far they drift in a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from sympy import Expr, MatrixExpr

from tptheory.numeric.evaluation import evaluate
from tptheory.simulation.trajectories import Run
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
    net, kind = run.net, {"exact": "mp50", "float32": "float64"}.get(run.dtype, run.dtype)
    paths = dict(zip(net.parameters, (*run.weights, *run.biases), strict=True))
    start, now = ({symbol: path[at] for symbol, path in paths.items()} for at in (0, t))
    laws = [law(net, l) for l in (range(1, net.depth) if layers is None else layers)]
    with np.errstate(all="ignore"):  # a run that diverges overflows here first
        changes = [evaluate(law, now, arithmetic=kind) - evaluate(law, start, arithmetic=kind) for law in laws]
        return max((float(np.linalg.norm(np.asarray(change, dtype=np.float64))) for change in changes), default=0.0)
