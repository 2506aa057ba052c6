"""Products and small inverses in native code, by Numba, for `fused`.

The products are those of the OpenBLAS that SciPy brings, whose functions SciPy gives to compiled code by name
(``scipy.linalg.cython_blas``). The small systems are solved here and not by SciPy's LAPACK, whose calls make a step of
TP a tenth slower. Numba keeps the code of a function for as long as its own file does not change: whoever changes this
file must touch `fused` too.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tptheory.extras import optional_library
from tptheory.training.data import Array

numba = optional_library("numba", "engine", "native", "fast")
llvm = optional_library("llvmlite.binding", "engine", "native", "fast")
njit, types = numba.njit, numba.types

OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
"""How all native code is compiled."""


def _gemm(letter: str) -> Any:
    """Return BLAS's product of a precision, ``s`` or ``d``, to be called by native code; all arguments are pointers.

    The name, and not the address, stands in the code that Numba keeps, so that it serves another process too.
    """
    name = f"tptheory_{letter}gemm"
    address = numba.extending.get_cython_function_address("scipy.linalg.cython_blas", f"{letter}gemm")
    llvm.add_symbol(name, address)
    return types.ExternalFunction(name, types.void(*(types.voidptr,) * 13))


_sgemm, _dgemm = _gemm("s"), _gemm("d")
_TURNS = np.frombuffer(b"nt", np.uint8)
"""What BLAS is told of a matrix as it is, and of one that it is to transpose."""


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
    sizes = np.array([columns, rows, inner, stride_B, stride_A, stride_C], dtype=np.int32)
    pointers = (
        _TURNS[int(turn_B) :].ctypes,
        _TURNS[int(turn_A) :].ctypes,
        sizes.ctypes,
        sizes[1:].ctypes,
        sizes[2:].ctypes,
        scalars.ctypes,
        B.ctypes,
        sizes[3:].ctypes,
        A.ctypes,
        sizes[4:].ctypes,
        scalars[1:].ctypes,
        C.ctypes,
        sizes[5:].ctypes,
    )
    if C.itemsize == 4:
        _sgemm(*pointers)
    else:
        _dgemm(*pointers)


@njit(inline="always", **OPTIONS)
def _swap_rows(A: Array, i: int, j: int) -> None:
    """Swap two rows."""
    for c in range(A.shape[1]):
        A[i, c], A[j, c] = A[j, c], A[i, c]


@njit(**OPTIONS)
def _solve(S: Array, Y: Array) -> bool:
    """Set ``Y = S^-1 Y`` by elimination with pivots, at the cost of ``S``; return whether ``S`` is invertible."""
    k, n = Y.shape
    for i in range(k):
        pivot = i + np.argmax(np.abs(S[i:, i]))
        if S[pivot, i] == 0:
            return False
        if pivot != i:
            _swap_rows(S, i, pivot)
            _swap_rows(Y, i, pivot)
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
    return True


@njit(**OPTIONS)
def follow_square(K: Array, n: int, r: float, U: Array, V: Array, KU: Array) -> float:
    """Make the inverse ``K`` of a square matrix follow its change ``r U V'``, unless ``S`` is singular; all flat.

    With ``Y = V'K`` and ``S = I + r Y U``, ``K`` becomes ``K - r K U S^-1 Y`` (Woodbury, 1950).

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
    if not _solve(S, Y):
        return np.inf
    add_product(False, False, n, n, k, -r, KU, k, flat_Y, n, 1.0, K, n)
    return size / k


@njit(**OPTIONS)
def _factorise(A: Array) -> bool:
    """Put Cholesky's factor ``L`` of ``A = L L'`` in the lower half of ``A``; return whether ``A`` is definite."""
    for i in range(len(A)):
        for j in range(i + 1):
            total = A[i, j]
            for c in range(j):
                total -= A[i, c] * A[j, c]
            if i == j:
                if not total > 0:
                    return False
                A[i, i] = np.sqrt(total)
            else:
                A[i, j] = total / A[j, j]
    return True


@njit(**OPTIONS)
def _solve_by_factor(factor: Array, X: Array) -> None:
    """Set ``X = (L L')^-1 X``."""
    m, n = X.shape
    for i in range(m):
        for j in range(i):
            for c in range(n):
                X[i, c] -= factor[i, j] * X[j, c]
        for c in range(n):
            X[i, c] /= factor[i, i]
    for i in range(m - 1, -1, -1):
        for j in range(i + 1, m):
            for c in range(n):
                X[i, c] -= factor[j, i] * X[j, c]
        for c in range(n):
            X[i, c] /= factor[i, i]


@njit(**OPTIONS)
def invert_thin(W: Array, K: Array) -> bool:
    """Set ``K = W' (W W')^-1``, by Cholesky's factors in float64; return whether the rank is full."""
    m, n = W.shape
    wide = W.astype(np.float64)
    gram = np.empty((m, m))
    add_product(False, True, m, m, n, 1.0, wide.ravel(), n, wide.ravel(), n, 0.0, gram.ravel(), m)
    if not _factorise(gram):
        return False
    _solve_by_factor(gram, wide)
    for i in range(m):
        for c in range(n):
            K[c, i] = wide[i, c]
    return True
