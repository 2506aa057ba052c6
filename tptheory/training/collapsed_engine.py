"""The fast engine: whole steps from one matrix, in place; from batches, or from second moments; in NumPy or native."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from tptheory.training.collapsed import CollapsedStep
from tptheory.training.data import Array
from tptheory.training.layerwise import Arrays, Loss, forward, softmax_cross_entropy
from tptheory.training.moments import SecondMoments
from tptheory.training.readable import LayerwiseEngine


class CollapsedEngine:
    """Make steps by a `CollapsedStep`; asked for detail, ask the oracle.

    With second moments every step is full-batch descent on the squared error, and the number of samples adds nothing to
    what it costs.

    NumPy's and SciPy's BLAS take turns within a step, and each has threads that wait awake for their next work: with
    more than one each, a step takes milliseconds where there are few cores.

    Args:
        kernel: what makes the steps, in NumPy (`CollapsedStep`) or in native code (`NativeStep`); its rule and its
            parameters are the engine's.
        loss: what is descended.
        moments: of all samples, which are then the only batch, and the loss is the squared error.
    """

    threads = 1

    def __init__(self, kernel: CollapsedStep, loss: Loss, moments: SecondMoments | None = None) -> None:
        self.kernel, self.loss, self.moments = kernel, loss, moments
        self._oracle = LayerwiseEngine(kernel.rule, kernel.weights, kernel.biases, loss)
        self._X = self._labels = self._D = np.zeros(0)
        self._measured, self._scale = (math.inf, 0.0), 1.0

    @property
    def weights(self) -> Arrays:
        """``(W_1, ..., W_L)``: copies, for the next step changes what it works on."""
        return tuple(W.copy() for W in self.kernel.weights)

    @property
    def biases(self) -> Arrays:
        """``(b_1, ..., b_L)``: copies."""
        return tuple(b.copy() for b in self.kernel.biases)

    def look(self, X: Array, labels: Array) -> bool:
        """Look at a batch, and return whether its loss is finite."""
        self._X, self._labels = X, labels
        if self.moments is not None:
            return math.isfinite(self.kernel.look_at(self.moments))
        if self.loss is softmax_cross_entropy:
            finite = self.kernel.look(X, labels)
            self._D, self._scale = self.kernel.errors, 1 / labels.size
            return finite
        loss, accuracy, self._D = self.loss(self.kernel.forward(X), labels)
        self._measured = loss, accuracy
        return math.isfinite(loss)

    def loss_and_accuracy(self) -> tuple[float, float]:
        """Return the mean loss and the accuracy on the last batch; of moments, on all samples, one after another."""
        if self.moments is not None:
            return self.loss(forward(self.kernel.weights, self.kernel.biases, self._X)[-1], self._labels)[:2]
        return self.kernel.loss_and_accuracy() if self.loss is softmax_cross_entropy else self._measured

    def move(self, lr: float, step: int) -> tuple[float, ...]:
        """Make the update of the last batch, if it is finite."""
        lr *= self._scale
        if self.moments is None:
            self.kernel.prepare(self._D)
        else:
            self.kernel.factorise()
        sizes = tuple(lr * size for size in self.kernel.sizes())
        if all(map(math.isfinite, sizes)):
            self.kernel.apply(lr)
        return sizes

    def descent(self, dtype: str | None = None) -> tuple[Arrays, Arrays, Arrays]:
        """Return ``D_l``, ``G_l`` and ``g_l`` of the last batch, as the oracle forms them."""
        self._oracle.look(self._X, self._labels)
        return self._oracle.descent(dtype)

    def ranks(self) -> tuple[int, ...]:
        """Return the rank of every ``dW_l`` on the last batch, of the update as the oracle forms it."""
        self._oracle.look(self._X, self._labels)
        return self._oracle.ranks()

    def scalars(self) -> dict[str, float]:
        """Return the residual of the carried inverses, where there are any."""
        return {"inverse_residual": self.kernel.residual} if self.kernel.carries else {}

    def state(self) -> dict[str, Array]:
        """Return the parameters and the carried inverses."""
        return self.kernel.state()

    def restore(self, state: Mapping[str, Array]) -> None:
        """Take the arrays that `state` returned."""
        self.kernel.restore(state)


def kernel_named(name: str) -> type[CollapsedStep]:
    """Return what makes collapsed steps: ``"numpy"`` or ``"native"``.

    Raises:
        MissingLibraryError: for native code, if Numba is not installed.
    """
    if name == "numpy":
        return CollapsedStep
    from tptheory.training.native import NativeStep

    return NativeStep
