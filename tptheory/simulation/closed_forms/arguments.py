"""The arguments of the closed forms: a net with one sample, and times."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np

from tptheory.checking import widths_text
from tptheory.errors import InvalidValueError, ShapeError, complain
from tptheory.numeric.arithmetic import RunArithmetic
from tptheory.numeric.equal_values import ComparedByValues
from tptheory.simulation.arguments import read_network
from tptheory.typesetting.tables import ShownAsTable, Table, a_few


@dataclass(frozen=True, eq=False, repr=False)
class SamplePath(ComparedByValues, ShownAsTable):
    """How a net moves on one sample. Time is the first index of every array, as in `Run`; vectors are columns."""

    activations: tuple[np.ndarray, ...]
    """``activations[l][t]`` is ``x_l``, of shape ``(n_l, 1)``, for ``l = 0..L``."""
    errors: np.ndarray
    """``errors[t]`` is ``x_L - y``, of shape ``(n_L, 1)``."""
    signals: tuple[np.ndarray, ...]
    """``signals[l-1][t]`` is ``d_l``, of shape ``(n_l, 1)``, for ``l = 1..L``."""

    @property
    def loss(self) -> np.ndarray:
        """``loss[t]`` is ``1/2 |x_L - y|^2``."""
        return np.sum(self.errors**2, axis=(1, 2)) / 2

    def __repr__(self) -> str:
        """Show in one line the widths, and the loss at both ends; the arrays are too long to be shown."""
        widths, losses = widths_text(path.shape[1] for path in self.activations), self.loss
        ends = f"loss {float(losses[0]):.4g} -> {float(losses[-1]):.4g}"
        return f"<{type(self).__name__} of widths {widths}: {len(losses)} records, {ends}>"

    def table(self) -> Table:
        """Return a row for each of a few records: the loss, and the lengths of the signals."""
        lengths = [np.linalg.norm(signal.astype(float), axis=(1, 2)) for signal in self.signals]
        names = [f"|d_{l}|" for l in range(1, len(lengths) + 1)]
        rows = [(t, float(self.loss[t]), *(length[t] for length in lengths)) for t in a_few(len(self.loss))]
        return Table(repr(self)[1:-1], rows, ("record", "loss", *names))


@dataclass(frozen=True)
class Sample:
    """A net and one sample, in some arithmetic.

    Attributes:
        weights: ``W_1, ..., W_L``.
        x: ``x_0, ..., x_L``, columns.
        target: ``y``.
        error: ``x_L - y``.
    """

    arithmetic: RunArithmetic
    weights: tuple[Any, ...]
    x: tuple[Any, ...]
    target: Any
    error: Any

    @property
    def depth(self) -> int:
        """``L``."""
        return len(self.weights)

    def signals(self) -> list[Any]:
        """Return TP's ``d_1, ..., d_L``."""
        kind, downward = self.arithmetic, [self.error]
        for W in reversed(self.weights[1:]):
            downward.append(kind.product(kind.pinv(W), downward[-1]))
        return downward[::-1]


def read_sample(kind: RunArithmetic, weights: Any, x: Any, y: Any) -> Sample:
    """Read a net and one sample, and refuse what does not chain.

    Raises:
        InvalidTypeError: if an argument is of the wrong type.
        InvalidValueError: if an entry is not finite.
        ShapeError: if shapes do not chain, or ``x`` or ``y`` is a batch.
    """
    net, values = read_network(kind, weights, x, y, None, "squared", one_sample=True)
    column, target = values[str(net.input)], values[str(net.target)]
    if kind.shape(column)[1] != 1:
        raise ShapeError(complain("x", f"one sample of length {net.widths[0]}", kind.shape(column)))
    W = [values[str(A)] for A in net.weights]
    activations = list(accumulate(W, lambda below, A: kind.product(A, below), initial=column))
    return Sample(kind, tuple(W), tuple(activations), target, activations[-1] - target)


def check_full_row_rank(sample: Sample, mend: str) -> None:
    """Refuse a weight from the second on without full row rank, as its arithmetic decides.

    Raises:
        InvalidValueError: if there is one.
    """
    kind = sample.arithmetic
    for l, W in enumerate(sample.weights[1:], start=2):
        rows, rank = kind.shape(W)[0], int(kind.inverted(W)[1])
        if rank < rows:
            raise InvalidValueError(complain("weights", f"of full row rank {rows} in W_{l}", f"rank {rank}", mend))
