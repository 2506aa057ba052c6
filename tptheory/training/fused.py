"""The steps of `CollapsedEngine` in native code, by Numba: no call of Python stands between products.

A native call costs the less, the fewer its arguments. Parameters and buffers therefore lie in flat arrays (`Memory`),
layer after layer, and ``layers`` tells where: its row l, counted from 0, holds the widths ``n_l`` and ``n_{l+1}``, and
the places at which ``W_{l+1}``, ``P_{l+1}`` (also ``C_{l+1}`` and ``R_{l+1}``) and ``W_{l+1}+`` start.

A step falls into stages, and each stage into two parts that do not wait for each other: the left and the right columns
of ``X_0'``, ``W_1`` and ``G``; the odd and the even layers; ``R_l`` and ``C_l``. Each core then keeps one half of the
data in its own cache. The parts are the same for any number of threads, and so is every bit of the result.

Numba compiles the code once, and keeps it on disk until this file changes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tptheory.training.blas_buffers import CACHE_LINE
from tptheory.training.data import Array
from tptheory.training.lowrank import THIN
from tptheory.training.native_algebra import OPTIONS, add_product, follow_square, invert_thin, njit, numba

prange = numba.prange

PREDICT, ADD_UP, COMPARE, COLLAPSE, FACTORISE, MEASURE, APPLY = 1, 2, 4, 8, 16, 32, 64
"""What a step is made of; a call is told by a sum of these what to do. `COMPARE` is done within `ADD_UP`."""
STAGES = (PREDICT, ADD_UP, COLLAPSE, FACTORISE, MEASURE, APPLY)
"""The stages, in their order."""
ABOVE, CARRIED, GIVEN = 0, 1, 2
"""What ``C_l`` is: the products ``P_l'``, products of carried inverses, or what the caller has computed in place."""
PARTS = 2
"""Into how many parts each stage falls."""


class Memory(NamedTuple):
    """All arrays of a step except its batch.

    They are flat, except ``layers``, ``halves`` of shape ``(PARTS, n_L, B)``, ``outputs`` and ``D`` of shape ``(n_L,
    B)``, and ``R_halves`` of shape ``(PARTS, n_1 n_L)``.
    """

    layers: Array
    weights: Array
    bias: Array
    inverses: Array
    above: Array
    product: Array
    halves: Array
    offset: Array
    outputs: Array
    D: Array
    G: Array
    s: Array
    R: Array
    R_halves: Array
    C: Array
    squares: Array
    sizes: Array


@njit(**OPTIONS)
def _part(part: int, length: int, grain: int) -> tuple[int, int]:
    """Return where a part of ``length`` numbers begins and ends; the cut lies between two cache lines."""
    middle = min(length, (length // PARTS + grain - 1) // grain * grain)
    return (0, middle) if part == 0 else (middle, length)


@njit(**OPTIONS)
def _multiply(m: Memory) -> None:
    """Fill ``P_l'``, and the offset ``P_1 b_1 + ... + P_L b_L``."""
    layers, above, classes = m.layers, m.above, len(m.outputs)
    L = len(layers)
    for l in range(L - 1, 0, -1):
        columns, rows, W, P = layers[l, 0], layers[l, 1], m.weights[layers[l, 2] :], layers[l, 3]
        lower = above[layers[l - 1, 3] :]
        if l == L - 1:
            for i in range(columns):
                for k in range(classes):
                    lower[i * classes + k] = W[k * columns + i]
        else:
            add_product(True, False, columns, classes, rows, 1.0, W, columns, above[P:], classes, 0.0, lower, classes)
    for k in range(classes):
        m.offset[k] = 0
    for i in range(len(m.bias)):
        for k in range(classes):
            m.offset[k] += m.bias[i] * above[i * classes + k]


@njit(**OPTIONS)
def _read(X: Array, low: int, high: int, begin: int, end: int, n: int, grain: int) -> float:
    """Touch each cache line of some columns of some samples, from first to last, so that caches load them sooner."""
    seen = X[0]
    for j in range(begin, end):
        for i in range(j * n + low, j * n + high, grain):
            seen = max(seen, X[i])
    return seen


@njit(**OPTIONS)
def _predict(part: int, X: Array, piece: int, m: Memory) -> None:
    """Fill a part of ``P_1 W_1``, and what it adds to the outputs."""
    n, rows = m.layers[0, 0], m.layers[0, 1]
    _, classes, B = m.halves.shape
    half = m.halves[part].ravel()
    grain = CACHE_LINE // X.itemsize
    low, high = _part(part, n, grain)
    if low == high:
        half[:] = 0
        return
    E, count = m.product[low:], high - low
    add_product(True, False, classes, count, rows, 1.0, m.above, classes, m.weights[low:], n, 0.0, E, n)
    for begin in range(0, B, piece):
        end = min(begin + piece, B)
        half[begin] = _read(X, low, high, begin, end, n, grain)
        samples = X[begin * n + low :]
        add_product(False, True, classes, end - begin, count, 1.0, E, n, samples, n, 0.0, half[begin:], B)


@njit(**OPTIONS)
def _add_up(low: int, high: int, m: Memory) -> None:
    """Fill the outputs of some samples."""
    for k in range(len(m.offset)):
        for j in range(low, high):
            m.outputs[k, j] = m.halves[0, k, j] + m.halves[1, k, j] + m.offset[k]


@njit(**OPTIONS)
def _compare(low: int, high: int, labels: Array, m: Memory) -> bool:
    """Fill ``D``, softmax minus one-hot labels, for some samples; return whether their outputs are finite."""
    outputs, D = m.outputs, m.D
    classes = len(outputs)
    finite = True
    for j in range(low, high):
        top = outputs[0, j]
        bottom = top
        for k in range(1, classes):
            top = max(top, outputs[k, j])
            bottom = min(bottom, outputs[k, j])
        total = top - top
        for k in range(classes):
            D[k, j] = np.exp(outputs[k, j] - top)
            total += D[k, j]
        finite &= np.isfinite(total) and np.isfinite(top - bottom)
        for k in range(classes):
            D[k, j] /= total
        D[labels[j], j] -= 1
    return finite


@njit(fastmath={"reassoc"}, **OPTIONS)
def _total(numbers: Array) -> float:
    """Return the sum, in whatever order is fastest."""
    total = numbers[0] - numbers[0]
    for number in numbers:
        total += number
    return total


@njit(**OPTIONS)
def _collapse(part: int, X: Array, piece: int, m: Memory) -> None:
    """Fill a part of ``G = D X_0'``, what it adds to ``R_1 = W_1 G'``, and some of ``s = D 1``."""
    n, rows = m.layers[0, 0], m.layers[0, 1]
    classes, B = m.D.shape
    flat = m.D.ravel()
    low, high = _part(part, n, CACHE_LINE // X.itemsize)
    count = high - low
    G = m.G[low:]
    if count:
        for begin in range(0, B, piece):
            taken = min(piece, B - begin)
            beta = 0.0 if begin == 0 else 1.0
            samples = X[begin * n + low :]
            add_product(False, False, classes, count, taken, 1.0, flat[begin:], B, samples, n, beta, G, n)
    half = m.R_halves[part]
    if len(m.layers) > 1 and count:
        add_product(False, True, rows, classes, count, 1.0, m.weights[low:], n, G, n, 0.0, half, classes)
    else:
        half[:] = 0
    for k in range(part, classes, PARTS):
        m.s[k] = _total(m.D[k])


@njit(**OPTIONS)
def _move_up(m: Memory) -> None:
    """Fill ``R_l = W_l R_{l-1} + b_l s'``."""
    layers, R, classes = m.layers, m.R, len(m.s)
    for i in range(len(R) // classes):
        for k in range(classes):
            R[i * classes + k] = m.bias[i] * m.s[k]
    for l in range(len(layers) - 1):
        columns, rows, W, at = layers[l, 0], layers[l, 1], m.weights[layers[l, 2] :], layers[l, 3]
        if l == 0:
            for i in range(rows * classes):
                R[i] += m.R_halves[0, i] + m.R_halves[1, i]
        else:
            below = R[layers[l - 1, 3] :]
            add_product(False, False, rows, classes, columns, 1.0, W, columns, below, classes, 1.0, R[at:], classes)


@njit(**OPTIONS)
def _feed_back(m: Memory) -> None:
    """Fill ``C_l = W_{l+1}+ C_{l+1}``."""
    layers, C, classes = m.layers, m.C, len(m.s)
    L = len(layers)
    for l in range(L - 1, 0, -1):
        columns, rows, K = layers[l, 0], layers[l, 1], m.inverses[layers[l, 4] :]
        lower = C[layers[l - 1, 3] :]
        if l == L - 1:
            lower[: columns * rows] = K[: columns * rows]
        else:
            above = C[layers[l, 3] :]
            add_product(False, False, columns, classes, rows, 1.0, K, rows, above, classes, 0.0, lower, classes)


@njit(**OPTIONS)
def _update(part: int, lr: float, m: Memory) -> None:
    """Make a part of ``dW_l = -lr C_l R_{l-1}'`` and ``db_l = -lr C_l s``: half of ``W_1``, every other layer."""
    layers, C, classes = m.layers, m.C, len(m.s)
    n, rows = layers[0, 0], layers[0, 1]
    low, high = _part(part, n, CACHE_LINE // m.G.itemsize)
    if high > low:
        W = m.weights[low:]
        add_product(False, False, rows, high - low, classes, -lr, C, classes, m.G[low:], n, 1.0, W, n)
    for l in range(1 + part, len(layers), PARTS):
        columns, rows, W_l, C_l = layers[l, 0], layers[l, 1], m.weights[layers[l, 2] :], C[layers[l, 3] :]
        below = m.R[layers[l - 1, 3] :]
        add_product(False, True, rows, columns, classes, -lr, C_l, classes, below, classes, 1.0, W_l, columns)
    for l in range(part, len(layers), PARTS):
        C_l, b = C[layers[l, 3] :], m.bias[layers[l, 3] // classes :]
        add_product(False, False, layers[l, 1], 1, classes, -lr, C_l, classes, m.s, 1, 1.0, b, 1)


@njit(**OPTIONS)
def _follow(part: int, lr: float, m: Memory) -> None:
    """Make every other inverse follow; in ``sizes``, ``|S|^2 / k`` of each, infinity where ``S`` is singular."""
    layers, C, classes = m.layers, m.C, len(m.s)
    for l in range(1 + part, len(layers), PARTS):
        columns, rows, W, K = layers[l, 0], layers[l, 1], layers[l, 2], layers[l, 4]
        weights, inverse = m.weights[W : W + columns * rows], m.inverses[K : K + columns * rows]
        at, lower = layers[l, 3], layers[l - 1, 3]
        if rows <= THIN:
            inverted = invert_thin(weights.reshape(rows, columns), inverse.reshape(columns, rows))
            m.sizes[l - 1] = 1.0 if inverted else np.inf
        else:
            U, V = C[at : at + rows * classes], m.R[lower : lower + columns * classes]
            m.sizes[l - 1] = follow_square(inverse, columns, -lr, U, V, C[lower : lower + columns * classes])


@njit(**OPTIONS)
def _measure(part: int, m: Memory) -> None:
    """Fill every other ``|C_l R_{l-1}'|^2 = tr(C_l' C_l R_{l-1}' R_{l-1})``."""
    layers, classes = m.layers, len(m.s)
    grams = np.empty((2, classes, classes), m.C.dtype)
    first, second = grams[0].ravel(), grams[1].ravel()
    for l in range(part, len(layers), PARTS):
        columns, rows, C = layers[l, 0], layers[l, 1], m.C[layers[l, 3] :]
        add_product(True, False, classes, classes, rows, 1.0, C, classes, C, classes, 0.0, first, classes)
        if l == 0:
            add_product(False, True, classes, classes, columns, 1.0, m.G, columns, m.G, columns, 0.0, second, classes)
        else:
            V = m.R[layers[l - 1, 3] :]
            add_product(True, False, classes, classes, columns, 1.0, V, classes, V, classes, 0.0, second, classes)
        m.squares[l] = np.dot(first, second)


@njit(**OPTIONS)
def _begin(stage: int, feedback: int, m: Memory) -> bool:
    """Do what comes before the parts of a stage; return whether the stage has parts."""
    if stage == PREDICT:
        _multiply(m)
    if stage == FACTORISE and feedback != CARRIED:
        _move_up(m)
        return False
    return True


@njit(**OPTIONS)
def _make_part(
    stage: int, part: int, stages: int, feedback: int, piece: int, lr: float, X: Array, labels: Array, m: Memory
) -> bool:
    """Do a part of a stage; return whether the outputs that it has compared are finite."""
    if stage == PREDICT:
        _predict(part, X, piece, m)
    elif stage == ADD_UP:
        low, high = _part(part, m.outputs.shape[1], CACHE_LINE // X.itemsize)
        _add_up(low, high, m)
        if stages & COMPARE:
            return _compare(low, high, labels, m)
    elif stage == COLLAPSE:
        _collapse(part, X, piece, m)
    elif stage == FACTORISE:
        if part == 0:
            _move_up(m)
        else:
            _feed_back(m)
    elif stage == MEASURE:
        _measure(part, m)
    elif stage == APPLY:
        _update(part, lr, m)
        if feedback == CARRIED:
            _follow(part, lr, m)
    return True


@njit(**OPTIONS)
def run_alone(stages: int, feedback: int, piece: int, lr: float, X: Array, labels: Array, m: Memory) -> bool:
    """Go through the stages of a step, up to a loss that is not finite; return whether it was finite."""
    for stage in STAGES:
        if stages & stage and _begin(stage, feedback, m):
            finite = True
            for part in range(PARTS):
                finite &= _make_part(stage, part, stages, feedback, piece, lr, X, labels, m)
            if not finite:
                return False
    return True


@njit(parallel=True, **OPTIONS)
def run_together(stages: int, feedback: int, piece: int, lr: float, X: Array, labels: Array, m: Memory) -> bool:
    """Do the same, with a thread for each part."""
    for stage in STAGES:
        if stages & stage and _begin(stage, feedback, m):
            finite = np.ones(PARTS, np.bool_)
            for part in prange(PARTS):
                finite[part] = _make_part(stage, part, stages, feedback, piece, lr, X, labels, m)
            if not finite.all():
                return False
    return True
