"""The pseudo-inverse of a layer whose weights change by products of low rank: carried along, and measured."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from scipy.linalg import get_blas_funcs, get_lapack_funcs
from scipy.linalg.blas import dgemm
from scipy.linalg.lapack import dposv

from tptheory.numeric.arithmetic import FloatArithmetic
from tptheory.training.data import Array

THIN = 32
"""Up to this rank a pseudo-inverse is computed anew at every step, from a Gram matrix in float64."""
CHECK_EVERY = 20
"""Every so many updates the residual is measured."""
PROBES = 4
"""Random vectors that measure it."""

_SLACK = 16


class CarriedInverse:
    """``K = W+``, carried along while ``W`` changes to ``W + r U V'``.

    For full row rank (a tall ``W`` is treated as its transpose) let ``Y = V'K``, ``S = I + r Y U``, ``Q' = V' - Y W``,
    the part of ``V`` across the rows of ``W``, ``E = Q'Q``, ``H = r K U S^-1``, ``F = H'H`` and ``N = H'K``. Then

        K -> K + M N - r (K U + M N U) S^-1 Y,    M = Q (I + F E)^-1 - H (I + E F)^-1 E,

    for ``W + r U V' = (I + r U Y)(W + r U S^-1 Q')``, the left factor is invertible, and ``W Q = 0``. Where ``W`` is
    square ``Q = 0``, which leaves the identity of Woodbury (1950). Only the small ``S`` and ``I + F E`` are solved.
    Ranks up to `THIN` are not carried, for ``W' (W W')^-1`` in float64 costs no more.

    Rounding adds up, so every `CHECK_EVERY` updates, and after one whose ``S`` is far from ``I``, the residuals
    ``|z - W K z| / |z|`` and, where ``W`` is not square, ``|K W z - (K W)'z| / |z|`` of seeded random ``z`` are
    measured; above ``tolerance`` the inverse is computed anew, in float64. ``tolerance`` is 16 eps, or four times the
    residual that the rounding of a new inverse leaves. Where even that is above the square root of eps, the rank
    is in doubt: then the oracle's pseudo-inverse is taken at every step, until the residual is small again.

    Attributes:
        K: the pseudo-inverse, of shape ``(columns, rows)`` of ``W``; its array stays the same.
        residual: what was measured last.
        refreshes: how often a check led to a new inverse.

    >>> W = np.diag([1.0, 2.0])
    >>> carried = CarriedInverse(W)
    >>> U, V = np.array([[1.0], [0.0]]), np.array([[1.0], [0.0]])
    >>> W += 3 * U @ V.T
    >>> carried.follow(3.0, U, V)
    >>> carried.K.tolist()
    [[0.25, 0.0], [0.0, 0.5]]
    """

    def __init__(self, W: Array, seed: int = 0) -> None:
        """Take ``W``, which the caller changes in place, and invert it."""
        self.tall = W.shape[0] > W.shape[1]
        self.W = W.T if self.tall else W
        rows, columns = self.W.shape
        self._inverse = np.empty((columns, rows), W.dtype)
        self.K = self._inverse.T if self.tall else self._inverse
        self.thin = rows <= THIN
        self._gemm = get_blas_funcs("gemm", dtype=W.dtype)
        self._getrf, self._getri = get_lapack_funcs(("getrf", "getri"), dtype=W.dtype)
        rng = np.random.default_rng(seed)
        self._row_probes, self._column_probes = (
            rng.standard_normal((n, PROBES)).astype(W.dtype) for n in (rows, columns)
        )
        self._eps = float(np.finfo(W.dtype).eps)
        self.updates, self.refreshes = 0, 0
        self.refresh()

    def refresh(self) -> None:
        """Compute the inverse anew, and what residual its own rounding leaves."""
        self._inverse[:] = _inverse_of_full_rank(self.W)
        self.residual = self.measure()
        self.exact = not self.residual <= self._eps**0.5
        if self.exact:
            self._by_pinv()
        self.tolerance = max(_SLACK * self._eps, 4 * self.residual)

    def measure(self) -> float:
        """Return the largest residual that the probes show."""
        W, K, z, w = self.W, self._inverse, self._row_probes, self._column_probes
        residual = np.linalg.norm(z - W @ (K @ z)) / np.linalg.norm(z)
        if W.shape[0] < W.shape[1]:
            residual = max(residual, np.linalg.norm(K @ (W @ w) - W.T @ (K.T @ w)) / np.linalg.norm(w))
        return float(residual)

    def follow(self, r: float, U: Array, V: Array, KU: Array | None = None) -> None:
        """Follow ``W``, which has become ``W + r U V'``; ``KU`` is the old ``K`` times ``U``, where it is known.

        Shapes ``(rows, k)``, ``(columns, k)`` and ``(columns, k)`` for a ``W`` of shape ``(rows, columns)``.
        """
        self.updates += 1
        size = 1.0
        if self.exact:
            self._by_pinv()
        elif self.thin:
            self._invert_thin()
        elif self.tall:
            size = self._follow_wide(r, V, U, self._inverse @ V)
        elif self.W.shape[0] < self.W.shape[1]:
            size = self._follow_wide(r, U, V, self._inverse @ U if KU is None else KU)
        else:
            size = self._follow_square(r, U, V, self._inverse @ U if KU is None else KU)
        if self.updates % CHECK_EVERY == 0 or not 0.5 < size < 1.5:
            self.check()

    def check(self) -> None:
        """Measure, and refresh where the residual is above the tolerance, or the rank was in doubt."""
        self.residual = self.measure()
        if self.exact or not self.residual <= self.tolerance:
            self.refreshes += not self.exact
            self.refresh()

    def state(self) -> dict[str, Array]:
        """Return a copy of the inverse, and what the checks know: residual, tolerance, counts, whether it is exact."""
        known = [self.residual, self.tolerance, float(self.updates), float(self.refreshes), float(self.exact)]
        return {"inverse": self._inverse.copy(), "checks": np.array(known)}

    def restore(self, state: Mapping[str, Array]) -> None:
        """Take what `state` returned."""
        self._inverse[:] = state["inverse"]
        self.residual, self.tolerance, updates, refreshes, exact = state["checks"].tolist()
        self.updates, self.refreshes, self.exact = int(updates), int(refreshes), bool(exact)

    def _by_pinv(self) -> None:
        self._inverse[:] = FloatArithmetic().pinv(self.W)

    def _invert_thin(self) -> None:
        self._inverse[:] = _inverse_of_full_rank(self.W)

    def _follow_square(self, r: float, U: Array, V: Array, KU: Array) -> float:
        gemm, K, k = self._gemm, self._inverse, U.shape[1]
        Y, S = np.empty((k, len(K)), K.dtype), np.eye(k, dtype=K.dtype)
        gemm(1.0, K.T, V.T, 0.0, Y.T, 0, 1, 1)
        gemm(r, U.T, Y.T, 1.0, S.T, 0, 0, 1)
        factors, pivots, _ = self._getrf(S.T)
        turned_inverse, singular = self._getri(factors, pivots)
        if singular:
            return math.inf
        gemm(-r, Y.T, gemm(1.0, turned_inverse, KU.T), 1.0, K.T, 0, 0, 1)
        return float(np.vdot(S, S)) / k

    def _follow_wide(self, r: float, U: Array, V: Array, KU: Array) -> float:
        K = self._inverse
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
