"""Initial weights and biases, and the fixed matrices of feedback alignment."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tptheory.errors import InvalidValueError, complain, unknown_name
from tptheory.training.data import Array

INITS = ("normal", "orthogonal", "balanced", "scaled")
SEED_NOTEBOOK_STD = 0.01
"""The standard deviation in the notebook that this project grew from."""

_CUT = 2.0


def draw_matrix(rows: int, columns: int, init: str, std: float | None, rng: np.random.Generator, dtype: Any) -> Array:
    """Draw a matrix of shape ``(rows, columns)``.

    ``"orthogonal"``: all singular values equal, uniform (Haar) in direction (Saxe et al., 2014). They are 1, which
    makes a partial isometry, ``W W' W = W``, so that the first TP update is the BP update; or, with ``std``, such
    that the root mean square of the entries is ``std``.

    ``"normal"``: independent normal entries, drawn again where beyond two standard deviations, as
    ``tf.truncated_normal`` draws; ``std`` (0.01 unless given) is the deviation before the cut, 0.88 of it after.

    ``"scaled"``: independent normal entries of deviation ``std / sqrt(columns)``, ``std`` 1 unless given, so that a
    layer of any width keeps the size of its input (LeCun et al., 1998). ``"balanced"`` is a property of neighbours, and
    stands for ``"scaled"`` in a matrix that has none.

    Raises:
        UnknownNameError: if ``init`` is none of them.
        InvalidValueError: if ``std`` is beyond the range of ``dtype``.
    """
    if init == "orthogonal":
        long, short = max(rows, columns), min(rows, columns)
        Q, R = np.linalg.qr(rng.standard_normal((long, short)))
        Q *= np.where(np.diag(R) < 0, -1.0, 1.0)  # without it QR's own sign rule shows: not Haar (Mezzadri, 2007)
        scale = 1.0 if std is None else std * math.sqrt(long)
        matrix = scale * (Q if rows == long else Q.T)
    elif init == "normal":
        matrix = rng.standard_normal((rows, columns))
        while (beyond := np.abs(matrix) > _CUT).any():
            matrix[beyond] = rng.standard_normal(int(beyond.sum()))
        matrix *= SEED_NOTEBOOK_STD if std is None else std
    elif init in ("scaled", "balanced"):
        matrix = rng.standard_normal((rows, columns)) * ((1.0 if std is None else std) / math.sqrt(columns))
    else:
        raise unknown_name("init", str(init), INITS)
    return _rounded("std", matrix, dtype)


def initial_parameters(
    widths: Sequence[int],
    *,
    init: str = "orthogonal",
    std: float | None = None,
    bias: float = 0.1,
    dtype: Any = "float32",
    seed: int | np.random.Generator = 0,
) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
    """Return ``(W_1, ..., W_L)`` of shapes ``(n_l, n_{l-1})`` and ``(b_1, ..., b_L)`` of shapes ``(n_l, 1)``.

    Every bias is ``bias``. Drawn in float64 and rounded, so that one seed starts every dtype from one place. For
    ``"balanced"`` see `balanced_weights`; all other matrices are drawn by `draw_matrix`.

    Raises:
        UnknownNameError: if ``init`` is not a known name.
        InvalidValueError: if ``std`` or ``bias`` is beyond the range of ``dtype``.
    """
    rng = np.random.default_rng(seed)
    pairs = list(itertools.pairwise(widths))
    if init == "balanced":
        weights = tuple(_rounded("std", W, dtype) for W in balanced_weights(widths, std, rng))
    else:
        weights = tuple(draw_matrix(n, before, init, std, rng, dtype) for before, n in pairs)
    return weights, tuple(_rounded("bias", np.full((n, 1), bias), dtype) for _, n in pairs)


def balanced_weights(widths: Sequence[int], std: float | None, rng: np.random.Generator) -> tuple[Array, ...]:
    """Draw ``W_l = Q_l S^(1/L) Q_{l-1}'``, so that ``W_{l+1}' W_{l+1} = W_l W_l'`` (Arora, Cohen and Hazan, 2018).

    ``Q_L S Q_0'`` is the best approximation, of the rank ``r`` of the narrowest layer, to a matrix of independent
    normal entries of deviation ``std`` (``1 / sqrt(max(n_0, n_L))`` unless given); between, ``Q_l`` has ``r``
    orthonormal columns, Haar. Shapes ``(n_l, n_{l-1})``, float64.

    >>> W_1, W_2 = balanced_weights((4, 3, 2), None, np.random.default_rng(0))
    >>> bool(np.allclose(W_2.T @ W_2, W_1 @ W_1.T))
    True
    """
    first, last, r, depth = widths[0], widths[-1], min(widths), len(widths) - 1
    std = 1 / math.sqrt(max(first, last)) if std is None else std
    U, S, Vt = np.linalg.svd(std * rng.standard_normal((last, first)), full_matrices=False)
    frames = [Vt[:r].T, *(draw_matrix(n, r, "orthogonal", None, rng, "float64") for n in widths[1:-1]), U[:, :r]]
    root = S[:r] ** (1 / depth)
    return tuple((after * root) @ before.T for before, after in itertools.pairwise(frames))


@np.errstate(over="ignore", under="ignore")
def _rounded(argument: str, A: Array, dtype: Any) -> Array:
    """Return ``A`` in another precision, in C order; refuse what overflows."""
    rounded = np.ascontiguousarray(A, dtype=dtype)
    if not np.isfinite(rounded).all():
        raise InvalidValueError(complain(argument, f"within the range of {dtype}", float(np.abs(A).max())))
    return rounded
