"""The products of `CollapsedStep` in native code, by Numba: no call of Python between them.

They are still OpenBLAS's, from the copy in SciPy, which Numba calls. A call with few arguments costs little, so that
parameters and room lie in flat arrays, layer after layer. Numba compiles once, and keeps the code on disk.
"""

from __future__ import annotations

import numpy as np

from tptheory.extras import optional_library
from tptheory.training.data import Array

numba = optional_library("numba", "engine", "native", "fast")
njit, types = numba.njit, numba.types

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


@njit(cache=True, inline="always")
def _add_product(
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


@njit(cache=True, error_model="numpy")
def forward(
    widths: Array, weights: Array, bias: Array, above: Array, product: Array, X: Array, piece: int, outputs: Array
) -> None:
    """Fill ``above`` and ``outputs``."""
    L, classes = len(widths) - 1, widths[-1]
    W, U = len(weights), len(above) - classes * classes
    for l in range(L - 1, 0, -1):
        n, m = widths[l], widths[l + 1]
        W -= n * m
        U -= n * classes
        higher = above[U + n * classes :]
        _add_product(True, False, n, classes, m, 1.0, weights[W:], n, higher, classes, 0.0, above[U:], classes)
    n = widths[0]
    _add_product(True, False, classes, n, widths[1], 1.0, above, classes, weights, n, 0.0, product, n)
    B = outputs.shape[1]
    flat = outputs.ravel()
    for low in range(0, B, piece):
        count = min(piece, B - low)
        _add_product(False, True, classes, count, n, 1.0, product, n, X[low * n :], n, 0.0, flat[low:], B)
    for k in range(classes):
        q = bias[0] * above[k]
        for i in range(1, len(bias)):
            q += bias[i] * above[i * classes + k]
        for j in range(B):
            outputs[k, j] += q


@njit(cache=True, error_model="numpy")
def softmax(outputs: Array, labels: Array, D: Array) -> bool:
    """Fill ``D``, softmax of the outputs minus one-hot labels; say whether the outputs are finite."""
    classes, B = outputs.shape
    finite = True
    for j in range(B):
        top = outputs[0, j]
        low = top
        for k in range(1, classes):
            top = max(top, outputs[k, j])
            low = min(low, outputs[k, j])
        total = top - top
        for k in range(classes):
            D[k, j] = np.exp(outputs[k, j] - top)
            total += D[k, j]
        finite &= np.isfinite(total) and np.isfinite(top - low)
        for k in range(classes):
            D[k, j] /= total
        D[labels[j], j] -= 1
    return finite


@njit(cache=True, error_model="numpy")
def gather(X: Array, piece: int, D: Array, G: Array, s: Array) -> None:
    """Fill ``G = D X'`` and ``s = D 1``."""
    classes, B = D.shape
    n = len(G) // classes
    flat = D.ravel()
    for low in range(0, B, piece):
        count = min(piece, B - low)
        beta = 0.0 if low == 0 else 1.0
        _add_product(False, False, classes, n, count, 1.0, flat[low:], B, X[low * n :], n, beta, G, n)
    for k in range(classes):
        s[k] = D[k].sum()


@njit(cache=True, error_model="numpy")
def chain(widths: Array, weights: Array, bias: Array, G: Array, R: Array, s: Array) -> None:
    """Fill ``R_l = W_l R_{l-1} + b_l s'``."""
    L, classes = len(widths) - 1, widths[-1]
    for i in range(len(R) // classes):
        for k in range(classes):
            R[i * classes + k] = bias[i] * s[k]
    W, at = 0, 0
    for l in range(1, L):
        n, m = widths[l - 1], widths[l]
        if l == 1:
            _add_product(False, True, m, classes, n, 1.0, weights, n, G, n, 1.0, R, classes)
        else:
            next_R = R[at + n * classes :]
            _add_product(False, False, m, classes, n, 1.0, weights[W:], n, R[at:], classes, 1.0, next_R, classes)
            at += n * classes
        W += n * m


@njit(cache=True, error_model="numpy")
def update(widths: Array, weights: Array, bias: Array, C: Array, G: Array, R: Array, s: Array, lr: float) -> None:
    """Make ``dW_l = -lr C_l R_{l-1}'`` and ``db_l = -lr C_l s``."""
    L, classes = len(widths) - 1, widths[-1]
    W, U, at = 0, 0, 0
    for l in range(1, L + 1):
        n, m = widths[l - 1], widths[l]
        if l == 1:
            _add_product(False, False, m, n, classes, -lr, C, classes, G, n, 1.0, weights, n)
        else:
            _add_product(False, True, m, n, classes, -lr, C[U:], classes, R[at:], classes, 1.0, weights[W:], n)
            at += n * classes
        W += n * m
        U += m * classes
    for i in range(len(bias)):
        change = C[i * classes] * s[0]
        for k in range(1, classes):
            change += C[i * classes + k] * s[k]
        bias[i] -= lr * change


@njit(cache=True, error_model="numpy")
def follow_square(K: Array, n: int, r: float, U: Array, V: Array, KU: Array) -> float:
    """Make the inverse ``K`` of a square matrix follow its change ``r U V'``, unless ``S`` is singular; all flat.

    Return ``|S|^2 / k``, infinity where ``S`` is singular.
    """
    k = len(U) // n
    Y = np.empty((k, n), K.dtype)
    S = np.empty((k, k), K.dtype)
    flat_Y, flat_S = Y.ravel(), S.ravel()
    _add_product(True, False, k, n, n, 1.0, V, k, K, n, 0.0, flat_Y, n)
    _add_product(False, False, k, k, n, r, flat_Y, n, U, k, 0.0, flat_S, k)
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
    _add_product(False, False, n, n, k, -r, KU, k, flat_Y, n, 1.0, K, n)
    return size / k


@njit(cache=True, error_model="numpy")
def invert_thin(W: Array, K: Array) -> bool:
    """Set ``K = W' (W W')^-1``, by Cholesky's factors in float64; say whether the rank is full."""
    m, n = W.shape
    wide = W.astype(np.float64)
    factor = np.empty((m, m))
    for i in range(m):
        for j in range(i + 1):
            total = 0.0
            for c in range(n):
                total += wide[i, c] * wide[j, c]
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
