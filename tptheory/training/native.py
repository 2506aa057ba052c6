"""`CollapsedStep` in native code: Numba between the products, which stay OpenBLAS's. Needs the extra ``fast``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tptheory.training import fused
from tptheory.training.collapsed import CollapsedStep
from tptheory.training.data import Array
from tptheory.training.layerwise import LayerwiseRule
from tptheory.training.lowrank import CarriedInverse


class NativeInverse(CarriedInverse):
    """`CarriedInverse`, followed in native code where it is square or thin."""

    def _follow_square(self, r: float, U: Array, V: Array, KU: Array) -> float:
        return fused.follow_square(self._inverse.ravel(), len(self.W), r, U.ravel(), V.ravel(), KU.ravel())

    def _invert_thin(self) -> None:
        if not fused.invert_thin(self.W, self._inverse):
            super()._invert_thin()


class NativeStep(CollapsedStep):
    """`CollapsedStep` in native code: the same arguments, the same updates but for rounding.

    The first step of all takes seconds, for Numba compiles and keeps the code; the first of a process takes half a
    second. Each later one saves about a sixth of its time, so that it pays from tens of thousands of steps on.

    >>> from tptheory.symbolic.network import DeepLinearNetwork
    >>> from tptheory.symbolic.rules import Backprop
    >>> from tptheory.training.initial import initial_parameters
    >>> net = DeepLinearNetwork(widths=(3, 2, 2), batch=4, biases=True, loss="any")
    >>> rule = LayerwiseRule(Backprop(), net, lambda rows, columns: np.zeros((rows, columns)), 0.1)
    >>> engine = NativeStep(rule, *initial_parameters((3, 2, 2)), lr=0.1)
    >>> engine.step(np.ones((3, 4), np.float32), np.array([0, 1, 1, 1]))
    True
    """

    inverse = NativeInverse

    def __init__(self, rule: LayerwiseRule, weights: Sequence[Array], biases: Sequence[Array], lr: float) -> None:
        """Take what `CollapsedStep` takes."""
        super().__init__(rule, weights, biases, lr)
        self._sizes = np.array(self.widths)
        columns = (self._bias_column, self._above_column, self._feedback_column, self._moment_column)
        self._bias_row, self._above_row, self._feedback_row, self._moment_row = (A.ravel() for A in columns)
        self._product_row, self._G_row, self._s_row = (A.ravel() for A in (self._product, self._G, self._s))

    def _make_room(self, samples: int) -> None:
        super()._make_room(samples)
        self._piece = max((piece.stop - piece.start for piece in self._pieces), default=1)

    def _look(self) -> None:
        fused.forward(
            self._sizes,
            self._weight_row,
            self._bias_row,
            self._above_row,
            self._product_row,
            self._rows.ravel(),
            self._piece,
            self.outputs,
        )

    def _compare(self, labels: Array) -> bool:
        return bool(fused.softmax(self.outputs, labels, self.errors))

    def _gather(self, D: Array) -> None:
        self._lying = np.ascontiguousarray(D)
        fused.gather(self._rows.ravel(), self._piece, self._lying, self._G_row, self._s_row)

    def _chain(self) -> None:
        fused.chain(self._sizes, self._weight_row, self._bias_row, self._G_row, self._moment_row, self._s_row)

    def _update(self, lr: float) -> None:
        fused.update(
            self._sizes,
            self._weight_row,
            self._bias_row,
            self._feedback_row,
            self._G_row,
            self._moment_row,
            self._s_row,
            lr,
        )
