"""Products and small inverses in native code, by Numba, for `fused`.

They are those of the OpenBLAS that SciPy brings, whose routines SciPy gives to compiled code by name
(``scipy.linalg.cython_blas`` and ``cython_lapack``). Numba keeps the code of a function for as long as its own file
does not change: whoever changes this file must touch `fused` too.
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


def _scipy_routine(module: str, name: str, arguments: int) -> Any:
    """Return a routine of SciPy's BLAS or LAPACK, to be called by native code; all its arguments are pointers.

    The name, and not the address, stands in the code that Numba keeps, so that it serves another process too.
    """
    symbol = f"tptheory_{name}"
    address = numba.extending.get_cython_function_address(f"scipy.linalg.{module}", name)
    llvm.add_symbol(symbol, address)
    return types.ExternalFunction(symbol, types.void(*(types.voidptr,) * arguments))


_sgemm, _dgemm = (_scipy_routine("cython_blas", name, 13) for name in ("sgemm", "dgemm"))
_sgesv, _dgesv = (_scipy_routine("cython_lapack", name, 8) for name in ("sgesv", "dgesv"))
_dposv = _scipy_routine("cython_lapack", "dposv", 8)
_TURNS = np.frombuffer(b"nt", np.uint8)
"""What BLAS is told of a matrix as it is, and of one that it is to transpose."""
_LOWER = np.frombuffer(b"L", np.uint8)
"""What LAPACK is told of a symmetric matrix whose lower half it is to read."""


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


@njit(**OPTIONS)
def _solve(S: Array, Y: Array) -> bool:
    """Set ``Y' = S'^-1 Y'`` by LAPACK's ``gesv``, at the cost of ``S``; return whether ``S`` is invertible.

    LAPACK counts by columns, and so sees the transposes of ``S``, of shape ``(k, k)``, and of ``Y``, ``(n, k)``.
    """
    n, k = Y.shape
    sizes = np.array([k, n, 0], dtype=np.int32)
    pivots = np.empty(k, np.int32)
    order, status = sizes.ctypes, sizes[2:].ctypes
    if S.itemsize == 4:
        _sgesv(order, sizes[1:].ctypes, S.ctypes, order, pivots.ctypes, Y.ctypes, order, status)
    else:
        _dgesv(order, sizes[1:].ctypes, S.ctypes, order, pivots.ctypes, Y.ctypes, order, status)
    return sizes[2] == 0


@njit(**OPTIONS)
def follow_square(K: Array, n: int, r: float, U: Array, V: Array, KU: Array) -> float:
    """Make the inverse ``K`` of a square matrix follow its change ``r U V'``, unless ``S`` is singular; all flat.

    With ``Y = V'K`` and ``S = I + r Y U``, ``K`` becomes ``K - r K U S^-1 Y`` (Woodbury, 1950).

    Return ``|S|^2 / k``, infinity where ``S`` is singular.
    """
    k = len(U) // n
    Y = np.empty((n, k), K.dtype)
    S = np.empty((k, k), K.dtype)
    flat_Y, flat_S = Y.ravel(), S.ravel()
    add_product(True, False, n, k, n, 1.0, K, n, V, k, 0.0, flat_Y, k)
    add_product(True, False, k, k, n, r, U, k, flat_Y, k, 0.0, flat_S, k)
    for i in range(k):
        S[i, i] += 1
    size = 0.0
    for i in range(k * k):
        size += flat_S[i] * flat_S[i]
    if not _solve(S, Y):
        return np.inf
    add_product(False, True, n, n, k, -r, KU, k, flat_Y, k, 1.0, K, n)
    return size / k


@njit(**OPTIONS)
def invert_thin(W: Array, K: Array) -> bool:
    """Set ``K = W' (W W')^-1``, by Cholesky's factors in float64; return whether the rank is full."""
    m, n = W.shape
    turned = np.empty((n, m))
    turned[:] = W.T
    gram = np.empty((m, m))
    add_product(True, False, m, m, n, 1.0, turned.ravel(), m, turned.ravel(), m, 0.0, gram.ravel(), m)
    sizes = np.array([m, n, 0], dtype=np.int32)
    order = sizes.ctypes
    _dposv(_LOWER.ctypes, order, sizes[1:].ctypes, gram.ctypes, order, turned.ctypes, order, sizes[2:].ctypes)
    if sizes[2] != 0:
        return False
    K[:] = turned
    return True
