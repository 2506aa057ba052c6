"""The shapes of matrices, whose sizes may be symbols: when two of them are one shape."""

from __future__ import annotations

from typing import Any

from sympy import expand, sympify


def same_shape(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    """Whether two shapes are equal as expressions, so for all values of the symbols in their sizes.

    >>> from sympy import symbols
    >>> n, m = symbols("n m", integer=True, positive=True)
    >>> same_shape((n + m, 1), (m + n, 1)), same_shape((n, m), (m, n)), same_shape((2, 2), (2, 3))
    (True, False, False)
    """
    return len(a) == len(b) and all(expand(sympify(n) - sympify(m)) == 0 for n, m in zip(a, b, strict=True))
