"""Products and small inverses in native code, by Numba, for `fused`.

The products are OpenBLAS's, from the copy in SciPy, which Numba calls. Numba keeps the code of a function for as long
as its own file does not change: whoever changes this one must touch `fused` too.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tptheory.extras import optional_library
from tptheory.training.data import Array

numba = optional_library("numba", "engine", "native", "fast")
njit, types = numba.njit, numba.types

OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
"""How all native code is compiled."""
_blas = types.ExternalFunction(
    "numba_xxgemm",
    types.int32(
        *(types.char,) * 3,
        *(types.intp,) * 3,
        *(types.voidptr, types.voidptr, types.intp),
        *(types.voidptr, types.intp),
        *(types.voidptr, types.voidptr, types.intp),
    ),
)


@njit(inline="always", **OPTIONS)
def add_product(
    turn_A: bool,
    turn_B: bool,
    rows: int,
    columns: int,
    inner: int,
    alpha: float,
    A: Array,
    stride_A: int,
    B: Array,
    stride_B: int,
    beta: float,
    C: Array,
    stride_C: int,
) -> None:
    """Set ``C = alpha A B + beta C`` for flat arrays in C order; BLAS, which counts by columns, sees ``C' = B' A'``."""
    scalars = np.array([alpha, beta], dtype=C.dtype)
    _blas(
        types.char(ord("s") if C.itemsize == 4 else ord("d")),
        types.char(ord("t") if turn_B else ord("n")),
        types.char(ord("t") if turn_A else ord("n")),
        columns,
        rows,
        inner,
        scalars.ctypes,
        B.ctypes,
        stride_B,
        A.ctypes,
        stride_A,
        scalars[1:].ctypes,
        C.ctypes,
        stride_C,
    )


@njit(**OPTIONS)
def follow_square(K: Array, n: int, r: float, U: Array, V: Array, KU: Array) -> float:
    """Make the inverse ``K`` of a square matrix follow its change ``r U V'``, unless ``S`` is singular; all flat.

    Return ``|S|^2 / k``, infinity where ``S`` is singular.
    """
    k = len(U) // n
    Y = np.empty((k, n), K.dtype)
    S = np.empty((k, k), K.dtype)
    flat_Y, flat_S = Y.ravel(), S.ravel()
    add_product(True, False, k, n, n, 1.0, V, k, K, n, 0.0, flat_Y, n)
    add_product(False, False, k, k, n, r, flat_Y, n, U, k, 0.0, flat_S, k)
    for i in range(k):
        S[i, i] += 1
    size = 0.0
    for i in range(k * k):
        size += flat_S[i] * flat_S[i]
    for i in range(k):
        pivot = i
        for j in range(i + 1, k):
            if abs(S[j, i]) > abs(S[pivot, i]):
                pivot = j
        if S[pivot, i] == 0:
            return np.inf
        if pivot != i:
            for c in range(k):
                S[i, c], S[pivot, c] = S[pivot, c], S[i, c]
            for c in range(n):
                Y[i, c], Y[pivot, c] = Y[pivot, c], Y[i, c]
        for j in range(k):
            if j != i:
                factor = S[j, i] / S[i, i]
                for c in range(i, k):
                    S[j, c] -= factor * S[i, c]
                for c in range(n):
                    Y[j, c] -= factor * Y[i, c]
    for i in range(k):
        for c in range(n):
            Y[i, c] /= S[i, i]
    add_product(False, False, n, n, k, -r, KU, k, flat_Y, n, 1.0, K, n)
    return size / k


@njit(**OPTIONS)
def invert_thin(W: Array, K: Array) -> bool:
    """Set ``K = W' (W W')^-1``, by Cholesky's factors in float64; say whether the rank is full."""
    m, n = W.shape
    wide = W.astype(np.float64)
    factor = np.empty((m, m))
    add_product(False, True, m, m, n, 1.0, wide.ravel(), n, wide.ravel(), n, 0.0, factor.ravel(), m)
    for i in range(m):
        for j in range(i + 1):
            total = factor[i, j]
            for c in range(j):
                total -= factor[i, c] * factor[j, c]
            if i == j:
                if not total > 0:
                    return False
                factor[i, i] = np.sqrt(total)
            else:
                factor[i, j] = total / factor[j, j]
    for i in range(m):
        for j in range(i):
            for c in range(n):
                wide[i, c] -= factor[i, j] * wide[j, c]
        for c in range(n):
            wide[i, c] /= factor[i, i]
    for i in range(m - 1, -1, -1):
        for j in range(i + 1, m):
            for c in range(n):
                wide[i, c] -= factor[j, i] * wide[j, c]
        for c in range(n):
            wide[i, c] /= factor[i, i]
    for i in range(m):
        for c in range(n):
            K[c, i] = wide[i, c]
    return True
