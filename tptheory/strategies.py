"""Hypothesis strategies for property tests about networks and matrices with a property.

Every strategy draws small exact matrices that have the property by construction, so that examples shrink to something
that a person can read. It gives NumPy arrays of float64, or python-flint's `fmpq_mat` with ``exact=True``. Needs the
``[test]`` extra.

>>> from hypothesis import given
>>> @given(full_row_rank(2, 3))
... def right_inverse(W):
...     assert np.allclose(W @ np.linalg.pinv(W), np.eye(2))
>>> right_inverse()
"""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tptheory.errors import InvalidTypeError, InvalidValueError, complain
from tptheory.numeric.constructions import eye, unit
from tptheory.numeric.instances import to_float
from tptheory.symbolic.network import DeepLinearNetwork

LARGEST = 4
"""The largest size that is drawn where none is given."""

Size = int | SearchStrategy[int] | None


def matrices(rows: Size = None, columns: Size = None, *, exact: bool = False) -> SearchStrategy[Any]:
    """Draw matrices of small integers.

    Args:
        rows: a number, a strategy for one, or None for 1 to 4; ``columns`` likewise.
        columns: see ``rows``.
        exact: whether to give `fmpq_mat` instead of float64 arrays.
    """
    return _shaped(_entries, rows, columns, exact)


def full_row_rank(rows: Size = None, columns: Size = None, *, exact: bool = False) -> SearchStrategy[Any]:
    """Draw matrices with independent rows: an invertible triangle beside anything, with the columns mixed.

    Raises:
        InvalidValueError: when drawn, if there are more rows than columns.
    """
    return _shaped(_full_row_rank, rows, columns, exact)


def rank_at_most(rank: int, rows: Size = None, columns: Size = None, *, exact: bool = False) -> SearchStrategy[Any]:
    """Draw products of two factors with ``rank`` between them.

    Raises:
        InvalidValueError: if ``rank`` is negative.
    """
    if isinstance(rank, bool) or not isinstance(rank, int):
        raise InvalidTypeError(complain("rank", "a non-negative integer", rank))
    if rank < 0:
        raise InvalidValueError(complain("rank", "a non-negative integer", rank))

    def build(draw: DrawFn, m: int, n: int) -> fmpq_mat:
        return _entries(draw, m, rank) * _entries(draw, rank, n) if rank else fmpq_mat(m, n)

    return _shaped(build, rows, columns, exact)


def orthogonal_matrices(size: Size = None, *, exact: bool = False) -> SearchStrategy[Any]:
    """Draw orthogonal matrices: Cayley's ``(I - S)(I + S)^-1`` of a skew ``S``, with signs."""

    @st.composite
    def build(draw: DrawFn) -> Any:
        n = draw(_size(size))
        return _given(_orthogonal(draw, n), exact)

    return build()


def partial_isometries(rows: Size = None, columns: Size = None, *, exact: bool = False) -> SearchStrategy[Any]:
    """Draw matrices with ``W W' W = W``: ``U [I_r 0; 0 0] V'`` with orthogonal ``U``, ``V``."""

    def build(draw: DrawFn, m: int, n: int) -> fmpq_mat:
        rank = draw(st.integers(0, min(m, n)))
        return _orthogonal(draw, m) * unit(m, n, rank) * _orthogonal(draw, n)

    return _shaped(build, rows, columns, exact)


@st.composite
def networks(
    draw: DrawFn,
    depth: Size = None,
    *,
    largest: int = LARGEST,
    batches: bool = True,
    biases: bool | None = None,
    loss: str = "squared",
) -> DeepLinearNetwork:
    """Draw networks of fixed widths.

    Args:
        draw: given by Hypothesis.
        depth: a number, a strategy for one, or None for 1 to 4.
        largest: the largest width and batch.
        batches: whether batches are drawn beside single samples.
        biases: whether the networks have biases; None for either.
        loss: as for `DeepLinearNetwork`.
    """
    L = draw(_size(depth))
    widths = draw(st.lists(st.integers(1, largest), min_size=L + 1, max_size=L + 1))
    batch = draw(st.none() | st.integers(1, largest)) if batches else None
    return DeepLinearNetwork(
        widths=widths, batch=batch, biases=draw(st.booleans()) if biases is None else biases, loss=loss
    )


def _size(size: Size) -> SearchStrategy[int]:
    if size is None:
        return st.integers(1, LARGEST)
    if isinstance(size, SearchStrategy):
        return size
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise InvalidValueError(complain("size", "a positive integer or a strategy for one", size))
    return st.just(size)


def _shaped(build: Any, rows: Size, columns: Size, exact: bool) -> SearchStrategy[Any]:
    heights, widths = _size(rows), _size(columns)

    @st.composite
    def matrix(draw: DrawFn) -> Any:
        return _given(build(draw, draw(heights), draw(widths)), exact)

    return matrix()


def _given(A: fmpq_mat, exact: bool) -> fmpq_mat | np.ndarray:
    return A if exact else to_float(A)


def _entries(draw: DrawFn, rows: int, columns: int) -> fmpq_mat:
    numbers = draw(st.lists(st.integers(-3, 3), min_size=rows * columns, max_size=rows * columns))
    return fmpq_mat(rows, columns, numbers)


def _full_row_rank(draw: DrawFn, rows: int, columns: int) -> fmpq_mat:
    if rows > columns:
        raise InvalidValueError(complain("rows", f"at most columns = {columns} for full row rank", rows))
    order = draw(st.permutations(range(columns)))
    A = _entries(draw, rows, columns)
    for i in range(rows):
        A[i, order[i]] = draw(st.sampled_from((1, -1, 2)))
        for j in range(i):
            A[i, order[j]] = 0
    return A


def _orthogonal(draw: DrawFn, n: int) -> fmpq_mat:
    A = _entries(draw, n, n)
    S = (A - A.transpose()) * fmpq(1, 2)
    signs = draw(st.lists(st.sampled_from((1, -1)), min_size=n, max_size=n))
    turned = (eye(n) - S) * (eye(n) + S).inv()
    return turned * fmpq_mat(n, n, [signs[i] if i == j else 0 for i in range(n) for j in range(n)])
