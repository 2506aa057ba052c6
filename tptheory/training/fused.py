"""The products of `CollapsedStep` in native code, by Numba: no call of Python between them, and two threads.

A call with few arguments costs little, so that parameters and buffers lie in flat arrays, layer after layer;
``layers`` says where. Its row l, counted from 0, holds the widths ``n_l`` and ``n_{l+1}``, and where ``W_{l+1}``,
``P_{l+1}`` (as ``C_{l+1}`` and ``R_{l+1}``) and ``W_{l+1}+`` start.

A step falls into stages, and each into two parts that do not wait for each other: the left columns of ``X_0'``,
``W_1`` and ``G`` and the right ones, odd layers and even ones, ``R_l`` and ``C_l``. Each core then keeps half of all in
its own cache. The parts are the same however many threads there are, and so is every bit of the result.

Numba compiles once, and keeps the code on disk.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tptheory.training.blas_buffers import CACHE_LINE
from tptheory.training.data import Array
from tptheory.training.lowrank import THIN
from tptheory.training.native_algebra import OPTIONS, add_product, follow_square, invert_thin, njit, numba

prange = numba.prange

LOOK, ADD_UP, COMPARE, GATHER, FACTORISE, MEASURE, APPLY = 1, 2, 4, 8, 16, 32, 64
"""What a step is made of; a sum of them says what is to be done. `COMPARE` is done within `ADD_UP`."""
STAGES = (LOOK, ADD_UP, GATHER, FACTORISE, MEASURE, APPLY)
"""The stages, in their order."""
ABOVE, CARRIED, GIVEN = 0, 1, 2
"""What the feedback products are: the products above, products of carried inverses, or what is found in place."""
PARTS = 2


class Memory(NamedTuple):
    """All arrays of a step but its batch; flat but for ``layers``, ``halves``, ``outputs``, ``D`` and ``R_halves``."""

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
    """Return where a part of so many numbers begins and ends, cut between two cache lines."""
    middle = min(length, (length // PARTS + grain - 1) // grain * grain)
    return (0, middle) if part == 0 else (middle, length)


@njit(**OPTIONS)
def _multiply(layers: Array, weights: Array, bias: Array, above: Array, classes: int, offset: Array) -> None:
    """Fill ``P_l'``, and the offset ``P_1 b_1 + ... + P_L b_L``."""
    L = len(layers)
    for l in range(L - 1, 0, -1):
        n, m, W, P = layers[l, 0], layers[l, 1], layers[l, 2], layers[l, 3]
        lower = above[layers[l - 1, 3] :]
        if l == L - 1:
            for i in range(n):
                for k in range(classes):
                    lower[i * classes + k] = weights[W + k * n + i]
        else:
            add_product(True, False, n, classes, m, 1.0, weights[W:], n, above[P:], classes, 0.0, lower, classes)
    for k in range(classes):
        offset[k] = 0
    for i in range(len(bias)):
        for k in range(classes):
            offset[k] += bias[i] * above[i * classes + k]


@njit(**OPTIONS)
def _read(X: Array, low: int, high: int, begin: int, end: int, n: int, grain: int) -> float:
    """Touch each cache line of some columns of some samples: read straight on, they come near sooner."""
    seen = X[0]
    for j in range(begin, end):
        for i in range(j * n + low, j * n + high, grain):
            seen = max(seen, X[i])
    return seen


@njit(**OPTIONS)
def _look(
    part: int, layers: Array, weights: Array, above: Array, product: Array, X: Array, piece: int, halves: Array
) -> None:
    """Fill a part of ``P_1 W_1``, and what it adds to the outputs."""
    n, m = layers[0, 0], layers[0, 1]
    _, classes, B = halves.shape
    half = halves[part].ravel()
    grain = CACHE_LINE // X.itemsize
    low, high = _part(part, n, grain)
    if low == high:
        half[:] = 0
        return
    E, count = product[low:], high - low
    add_product(True, False, classes, count, m, 1.0, above, classes, weights[low:], n, 0.0, E, n)
    for begin in range(0, B, piece):
        end = min(begin + piece, B)
        half[begin] = _read(X, low, high, begin, end, n, grain)
        rows = X[begin * n + low :]
        add_product(False, True, classes, end - begin, count, 1.0, E, n, rows, n, 0.0, half[begin:], B)


@njit(**OPTIONS)
def _add_up(low: int, high: int, halves: Array, offset: Array, outputs: Array) -> None:
    """Fill the outputs of some samples."""
    for k in range(len(offset)):
        for j in range(low, high):
            outputs[k, j] = halves[0, k, j] + halves[1, k, j] + offset[k]


@njit(**OPTIONS)
def _compare(low: int, high: int, outputs: Array, labels: Array, D: Array) -> bool:
    """Fill ``D``, softmax minus one-hot labels, for some samples; say whether their outputs are finite."""
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
def _gather(
    part: int, layers: Array, weights: Array, X: Array, piece: int, D: Array, G: Array, s: Array, R_halves: Array
) -> None:
    """Fill a part of ``G = D X_0'``, what it adds to ``R_1 = W_1 G'``, and some of ``s = D 1``."""
    n, m = layers[0, 0], layers[0, 1]
    classes, B = D.shape
    flat = D.ravel()
    low, high = _part(part, n, CACHE_LINE // X.itemsize)
    count = high - low
    if count:
        for begin in range(0, B, piece):
            taken = min(piece, B - begin)
            beta = 0.0 if begin == 0 else 1.0
            rows = X[begin * n + low :]
            add_product(False, False, classes, count, taken, 1.0, flat[begin:], B, rows, n, beta, G[low:], n)
    half = R_halves[part]
    if len(layers) > 1 and count:
        add_product(False, True, m, classes, count, 1.0, weights[low:], n, G[low:], n, 0.0, half, classes)
    else:
        half[:] = 0
    for k in range(part, classes, PARTS):
        s[k] = _total(D[k])


@njit(**OPTIONS)
def _move_up(layers: Array, weights: Array, bias: Array, R: Array, s: Array, R_halves: Array) -> None:
    """Fill ``R_l = W_l R_{l-1} + b_l s'``."""
    classes = len(s)
    for i in range(len(R) // classes):
        for k in range(classes):
            R[i * classes + k] = bias[i] * s[k]
    for l in range(len(layers) - 1):
        n, m, W, at = layers[l, 0], layers[l, 1], layers[l, 2], layers[l, 3]
        if l == 0:
            for i in range(m * classes):
                R[i] += R_halves[0, i] + R_halves[1, i]
        else:
            below = R[layers[l - 1, 3] :]
            add_product(False, False, m, classes, n, 1.0, weights[W:], n, below, classes, 1.0, R[at:], classes)


@njit(**OPTIONS)
def _feed_back(layers: Array, inverses: Array, C: Array, classes: int) -> None:
    """Fill ``C_l = W_{l+1}+ C_{l+1}``."""
    L = len(layers)
    for l in range(L - 1, 0, -1):
        n, m, K = layers[l, 0], layers[l, 1], layers[l, 4]
        lower = C[layers[l - 1, 3] :]
        if l == L - 1:
            lower[: n * m] = inverses[K : K + n * m]
        else:
            above = C[layers[l, 3] :]
            add_product(False, False, n, classes, m, 1.0, inverses[K:], m, above, classes, 0.0, lower, classes)


@njit(**OPTIONS)
def _update(
    part: int, layers: Array, weights: Array, bias: Array, C: Array, G: Array, R: Array, s: Array, lr: float
) -> None:
    """Make a part of ``dW_l = -lr C_l R_{l-1}'`` and ``db_l = -lr C_l s``: half of ``W_1``, every other layer."""
    classes = len(s)
    n, m = layers[0, 0], layers[0, 1]
    low, high = _part(part, n, CACHE_LINE // G.itemsize)
    if high > low:
        W = weights[low:]
        add_product(False, False, m, high - low, classes, -lr, C, classes, G[low:], n, 1.0, W, n)
    for l in range(1 + part, len(layers), PARTS):
        n, m, W_l, at = layers[l, 0], layers[l, 1], layers[l, 2], layers[l, 3]
        below = R[layers[l - 1, 3] :]
        add_product(False, True, m, n, classes, -lr, C[at:], classes, below, classes, 1.0, weights[W_l:], n)
    for l in range(part, len(layers), PARTS):
        first = layers[l, 3] // classes
        C_l, b = C[layers[l, 3] :], bias[first:]
        add_product(False, False, layers[l, 1], 1, classes, -lr, C_l, classes, s, 1, 1.0, b, 1)


@njit(**OPTIONS)
def _follow(
    part: int, layers: Array, weights: Array, inverses: Array, C: Array, R: Array, classes: int, lr: float, sizes: Array
) -> None:
    """Make every other inverse follow; in ``sizes``, ``|S|^2 / k`` of each, infinity where ``S`` is singular."""
    for l in range(1 + part, len(layers), PARTS):
        n, m, W, K = layers[l, 0], layers[l, 1], layers[l, 2], layers[l, 4]
        inverse = inverses[K : K + n * m]
        at, lower = layers[l, 3], layers[l - 1, 3]
        U, V, KU = C[at : at + m * classes], R[lower : lower + n * classes], C[lower : lower + n * classes]
        if m <= THIN:
            sizes[l - 1] = 1.0 if invert_thin(weights[W : W + n * m].reshape(m, n), inverse.reshape(n, m)) else np.inf
        else:
            sizes[l - 1] = follow_square(inverse, n, -lr, U, V, KU)


@njit(**OPTIONS)
def _measure(part: int, layers: Array, C: Array, G: Array, R: Array, classes: int, squares: Array) -> None:
    """Fill every other ``|C_l R_{l-1}'|^2 = tr(C_l' C_l R_{l-1}' R_{l-1})``."""
    grams = np.empty((2, classes, classes), C.dtype)
    first, second = grams[0].ravel(), grams[1].ravel()
    for l in range(part, len(layers), PARTS):
        n, m, at = layers[l, 0], layers[l, 1], layers[l, 3]
        add_product(True, False, classes, classes, m, 1.0, C[at:], classes, C[at:], classes, 0.0, first, classes)
        if l == 0:
            add_product(False, True, classes, classes, n, 1.0, G, n, G, n, 0.0, second, classes)
        else:
            V = R[layers[l - 1, 3] :]
            add_product(True, False, classes, classes, n, 1.0, V, classes, V, classes, 0.0, second, classes)
        squares[l] = np.dot(first, second)


@njit(**OPTIONS)
def _begin(stage: int, feedback: int, m: Memory) -> bool:
    """Do what comes before the parts of a stage; return whether there are any."""
    if stage == LOOK:
        _multiply(m.layers, m.weights, m.bias, m.above, len(m.outputs), m.offset)
    if stage == FACTORISE and feedback != CARRIED:
        _move_up(m.layers, m.weights, m.bias, m.R, m.s, m.R_halves)
        return False
    return True


@njit(**OPTIONS)
def _make_part(
    stage: int, part: int, stages: int, feedback: int, piece: int, lr: float, X: Array, labels: Array, m: Memory
) -> bool:
    """Go through a part of a stage; return whether the outputs that it has compared are finite."""
    classes, B = m.outputs.shape
    if stage == LOOK:
        _look(part, m.layers, m.weights, m.above, m.product, X, piece, m.halves)
    elif stage == ADD_UP:
        low, high = _part(part, B, CACHE_LINE // X.itemsize)
        _add_up(low, high, m.halves, m.offset, m.outputs)
        if stages & COMPARE:
            return _compare(low, high, m.outputs, labels, m.D)
    elif stage == GATHER:
        _gather(part, m.layers, m.weights, X, piece, m.D, m.G, m.s, m.R_halves)
    elif stage == FACTORISE:
        if part == 0:
            _move_up(m.layers, m.weights, m.bias, m.R, m.s, m.R_halves)
        else:
            _feed_back(m.layers, m.inverses, m.C, classes)
    elif stage == MEASURE:
        _measure(part, m.layers, m.C, m.G, m.R, classes, m.squares)
    elif stage == APPLY:
        _update(part, m.layers, m.weights, m.bias, m.C, m.G, m.R, m.s, lr)
        if feedback == CARRIED:
            _follow(part, m.layers, m.weights, m.inverses, m.C, m.R, classes, lr, m.sizes)
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
