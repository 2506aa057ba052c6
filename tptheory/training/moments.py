"""Second moments of data: all that full-batch descent on a squared error needs to know of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tptheory.errors import InvalidValueError, complain
from tptheory.training.data import Array

_PIECE = 4096


@dataclass(frozen=True, eq=False)
class SecondMoments:
    """``X X'``, ``Y X'`` and ``|Y|^2`` of ``N`` samples, with a row of ones below ``X`` for the biases; in float64.

    A linear net ``x_L = A x + q`` has loss ``1/2 |A X + q 1' - Y|^2 / N = (tr Z Z_xx Z' - 2 tr Z Z_yx' + |Y|^2) / 2N``
    with ``Z = (A, q)``, and ``D (X', 1) = (Z Z_xx - Z_yx) / N``.

    >>> moments = SecondMoments.of(np.array([[1.0, 2.0]]), np.array([[1.0, 0.0]]))
    >>> loss, D_X, D_1 = moments.loss_and_descent(np.array([[1.0]]), np.array([[0.0]]))
    >>> loss, D_X.tolist(), D_1.tolist()
    (1.0, [[2.0]], [[1.0]])
    """

    count: int
    inputs: Array = field(repr=False)
    """``Z_xx``, of shape ``(n_0 + 1, n_0 + 1)``."""
    mixed: Array = field(repr=False)
    """``Z_yx``, of shape ``(n_L, n_0 + 1)``."""
    targets: float = field(repr=False)
    """``|Y|^2``."""

    @classmethod
    def of(cls, X: Array, Y: Array) -> SecondMoments:
        """Return the moments of ``X``, shape ``(n_0, N)``, and ``Y``, shape ``(n_L, N)``, in pieces of 4,096 samples.

        Raises:
            InvalidValueError: if there is no sample, or the numbers of samples differ.
        """
        samples = X.shape[1]
        if not samples or Y.shape[1] != samples:
            raise InvalidValueError(complain("Y", f"of {max(samples, 1)} columns, one for each of X", Y.shape))
        inputs, mixed = np.zeros((len(X) + 1,) * 2), np.zeros((len(Y), len(X) + 1))
        for low in range(0, samples, _PIECE):
            part = X[:, low : low + _PIECE].astype(np.float64)
            extended = np.vstack([part, np.ones((1, part.shape[1]))])
            inputs += extended @ extended.T
            mixed += Y[:, low : low + _PIECE].astype(np.float64) @ extended.T
        return cls(samples, inputs, mixed, float(np.square(Y, dtype=np.float64).sum()))

    def loss_and_descent(self, A: Array, q: Array) -> tuple[float, Array, Array]:
        """Return the mean loss of ``x_L = A x + q``, and ``D X'`` and ``D 1``, of shapes ``A``'s and ``q``'s."""
        Z = np.hstack([A, q]).astype(np.float64)
        image = Z @ self.inputs
        loss = (np.vdot(Z, image) - 2 * np.vdot(Z, self.mixed) + self.targets) / (2 * self.count)
        D = (image - self.mixed) / self.count
        return float(loss), D[:, :-1], D[:, -1:]
