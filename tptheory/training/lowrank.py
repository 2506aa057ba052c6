"""The pseudo-inverse of a weight that changes by products of low rank: it is updated, and its error is measured."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from scipy.linalg import get_blas_funcs, get_lapack_funcs
from scipy.linalg.blas import dgemm, dsymm
from scipy.linalg.lapack import dposv, dpotrf, dpotri

from tptheory.numeric.floats import FloatArithmetic
from tptheory.training.blas_buffers import aligned, product
from tptheory.training.data import Array

THIN = 32
"""Up to this rank a pseudo-inverse is computed anew at every step, from a Gram matrix in float64."""
CHECK_EVERY = 20
"""How many updates lie between two measurements of the residual."""
PROBES = 4
"""How many random vectors measure the residual."""

_SLACK = 16


class CarriedInverse:
    """``K = W+``, carried along while ``W`` changes to ``W + r U V'``.

    For full row rank (a tall ``W`` is treated as its transpose) let ``Y = V'K``, ``S = I + r Y U``, ``Q' = V' - Y W``,
    the part of ``V`` across the rows of ``W``, ``E = Q'Q``, ``H = r K U S^-1``, ``F = H'H`` and ``N = H'K``. Then

        K -> K + M N - r (K U + M N U) S^-1 Y,    M = Q (I + F E)^-1 - H (I + E F)^-1 E,

    for ``W + r U V' = (I + r U Y)(W + r U S^-1 Q')``, the left factor is invertible, and ``W Q = 0``. Where ``W`` is
    square ``Q = 0``, which leaves the identity of Woodbury (1950). Only the small ``S`` and ``I + F E`` are solved.
    Inverses of rank up to `THIN` are not carried, since ``W' (W W')^-1`` in float64 costs no more.

    Rounding errors add up. Every `CHECK_EVERY` updates, and after an update whose ``S`` is far from ``I``, the
    residuals ``|z - W K z| / |z|`` of seeded random vectors ``z`` are measured, and ``|K W z - (K W)'z| / |z|`` too if
    ``W`` is not square. If one exceeds ``tolerance``, the inverse is computed anew in float64. ``tolerance`` is 16 eps,
    or four times the residual that a new inverse has by its own rounding. If even that exceeds the square root of eps,
    the rank is in doubt: the reference's pseudo-inverse then serves at every step, until the residual is small again.

    Args:
        W: the weights.
        U: of shape ``(rows, k)``.
        V: of shape ``(columns, k)``. The caller changes the entries of ``W``, ``U`` and ``V``, and keeps the arrays.
        buffer: a flat array for the inverse, with as many entries as ``W``.
        seed: of the vectors that measure the residual.
        KU: an array that holds ``K U`` before each change, if the caller has it.

    Attributes:
        K: the pseudo-inverse, of shape ``(columns, rows)`` of ``W``; its array stays the same.
        residual: the largest residual at the last measurement.
        refreshes: how often a check has led to a new inverse.

    >>> W = np.diag([1.0, 2.0])
    >>> U, V = np.array([[1.0], [0.0]]), np.array([[1.0], [0.0]])
    >>> carried = CarriedInverse(W, U, V, np.empty(4), seed=0)
    >>> W += 3 * U @ V.T
    >>> carried.follow(3.0)
    >>> carried.K.tolist()
    [[0.25, 0.0], [0.0, 0.5]]
    """

    def __init__(self, W: Array, U: Array, V: Array, buffer: Array, seed: int, KU: Array | None = None) -> None:
        """Invert ``W``, and allocate the buffers of an update."""
        self.tall = W.shape[0] > W.shape[1]
        self.W, self._U, self._V, self._KU = (W.T, V, U, None) if self.tall else (W, U, V, KU)
        rows, columns = self.W.shape
        self._inverse = buffer.reshape(columns, rows)
        self.K = self._inverse.T if self.tall else self._inverse
        self.thin, self.square = rows <= THIN, rows == columns
        self._lay_out()
        rng = np.random.default_rng(seed)
        self._row_probes, self._column_probes = (
            rng.standard_normal((n, PROBES)).astype(W.dtype) for n in (rows, columns)
        )
        self._lengths = _length(self._row_probes), _length(self._column_probes)
        self._eps = float(np.finfo(W.dtype).eps)
        self.updates, self.refreshes = 0, 0
        self.refresh()

    def _lay_out(self) -> None:
        """Lay out the products of an update, each as the arguments of `gemm`."""
        W, K, U, V, k = self.W, self._inverse, self._U, self._V, self._U.shape[1]
        self._gemm = get_blas_funcs("gemm", dtype=W.dtype)
        if self.thin:
            self._wide, self._gram = np.empty(W.shape), np.empty((len(W), len(W)))
            self._squared = product(1.0, self._wide, self._wide.T, 0.0, self._gram)
        elif self.square:
            self._getrf, self._getri = get_lapack_funcs(("getrf", "getri"), dtype=W.dtype)
            Y, H = aligned((k, len(K)), K.dtype), aligned((len(K), k), K.dtype)
            self._one, self._S = np.eye(k, dtype=K.dtype), aligned((k, k), K.dtype)
            self._S_row, self._S_turned = self._S.ravel(), self._S.T
            KU = aligned(U.shape, K.dtype) if self._KU is None else self._KU
            self._before = [product(1.0, V.T, K, 0.0, Y)]
            if self._KU is None:
                self._before.append(product(1.0, K, U, 0.0, KU))
            self._to_S = product(1.0, Y, U, 1.0, self._S)[1:]
            self._to_H = product(1.0, KU, self._S, 0.0, H)
            self._change = product(1.0, H, Y, 1.0, K)[1:]

    def refresh(self) -> None:
        """Compute the inverse anew, and measure the residual that its own rounding leaves."""
        self._inverse[:] = _inverse_of_full_rank(self.W)
        self.residual = self.measure()
        self.exact = not self.residual <= self._eps**0.5
        if self.exact:
            self._by_pinv()
        self.tolerance = max(_SLACK * self._eps, 4 * self.residual)

    def measure(self) -> float:
        """Return the largest residual of the random vectors."""
        W, K, z, w = self.W, self._inverse, self._row_probes, self._column_probes
        residual = _length(z - W @ (K @ z)) / self._lengths[0]
        if W.shape[0] < W.shape[1]:
            residual = max(residual, _length(K @ (W @ w) - W.T @ (K.T @ w)) / self._lengths[1])
        return residual

    def follow(self, r: float) -> None:
        """Update the inverse, after ``W`` has become ``W + r U V'``."""
        size = 1.0
        if self.exact:
            self._by_pinv()
        elif self.thin:
            self._invert_thin()
        elif self.square:
            size = self._follow_square(r)
        else:
            size = self._follow_wide(r)
        self.count(size)

    def count(self, size: float) -> None:
        """Count an update whose ``|S|^2 / k`` was ``size``; check the inverse if it is time or ``S`` far from ``I``."""
        self.updates += 1
        if self.updates % CHECK_EVERY == 0 or not 0.5 < size < 1.5:
            self.check()

    def check(self) -> None:
        """Measure the residual, and refresh the inverse if it exceeds the tolerance or if the rank was in doubt."""
        self.residual = self.measure()
        if self.exact or not self.residual <= self.tolerance:
            self.refreshes += not self.exact
            self.refresh()

    def state(self) -> dict[str, Array]:
        """Return a copy of the inverse, and the numbers of its checks: residual, tolerance, counts, and `exact`."""
        known = [self.residual, self.tolerance, float(self.updates), float(self.refreshes), float(self.exact)]
        return {"inverse": self._inverse.copy(), "checks": np.array(known)}

    def restore(self, state: Mapping[str, Array]) -> None:
        """Take what `state` returned."""
        self._inverse[:] = state["inverse"]
        self.residual, self.tolerance, updates, refreshes, exact = state["checks"].tolist()
        self.updates, self.refreshes, self.exact = int(updates), int(refreshes), bool(exact)

    def _by_pinv(self) -> None:
        """Compute the pseudo-inverse as the reference does."""
        self._inverse[:] = FloatArithmetic().pinv(self.W)

    def _invert_thin(self) -> None:
        """Set ``K = W' (W W')^-1``, by Cholesky's factors in float64."""
        np.copyto(self._wide, self.W)
        dgemm(*self._squared)
        factor, failed = dpotrf(self._gram.T, 1, 0, 1)
        if failed:
            self._by_pinv()
            return
        inverse, _ = dpotri(factor, 1, 1)
        np.copyto(self._inverse, dsymm(1.0, inverse, self._wide.T, side=1, lower=1))

    def _follow_square(self, r: float) -> float:
        """Update the inverse of a square matrix; return ``|S|^2 / k``, infinity if ``S`` is singular."""
        gemm, S = self._gemm, self._S_row
        for arguments in self._before:
            gemm(*arguments)
        np.copyto(self._S, self._one)
        gemm(r, *self._to_S)
        size = float(S.dot(S)) / len(self._one)
        factors, pivots, singular = self._getrf(self._S_turned, 1)
        if singular:
            return math.inf
        self._getri(factors, pivots, overwrite_lu=1)
        gemm(*self._to_H)
        gemm(-r, *self._change)
        return size

    def _follow_wide(self, r: float) -> float:
        """Update the inverse of a wide matrix; return ``|S|^2 / k``."""
        K, U, V = self._inverse, self._U, self._V
        KU = K @ U if self._KU is None else self._KU
        one = np.eye(U.shape[1], dtype=K.dtype)
        Y = V.T @ K
        S = one + r * (Y @ U)
        # V' - Y W_old, and W is the new one: W_old = W - r U V'
        Q = (S @ V.T - Y @ self.W).T
        H = r * np.linalg.solve(S.T, KU.T).T
        E, F, N = Q.T @ Q, H.T @ H, H.T @ K
        M = np.linalg.solve((one + F @ E).T, Q.T).T - H @ np.linalg.solve(one + E @ F, E)
        K += M @ N - r * ((KU + M @ (N @ U)) @ np.linalg.solve(S, Y))
        return float(np.vdot(S, S)) / len(S)


def _length(A: Array) -> float:
    """Return the Frobenius norm."""
    return math.sqrt(np.vdot(A, A))


def _inverse_of_full_rank(W: Array) -> Array:
    """Return ``W' (W W')^-1`` in float64; NumPy's `pinv` where the rank is not full."""
    wide = W.astype(np.float64, order="F")
    try:
        if W.shape[0] == W.shape[1]:
            return np.linalg.inv(wide)
        _, solved, failed = dposv(dgemm(1.0, wide, wide, trans_b=1), wide, 0, 1)
        return np.linalg.pinv(wide) if failed else solved.T
    except np.linalg.LinAlgError:
        return np.linalg.pinv(wide)
