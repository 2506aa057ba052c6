"""Is a Python function of a layer one formula for all layers? It is called at a symbol and at numbers, and compared.

A function such as ``lambda l: A if l == 2 else B`` answers ``B`` at an index that is a symbol. What is proved of every
layer would then be false at the second. A formula is therefore taken from a function only if the function learns
nothing of a symbolic layer but what `Watch` allows; and if it agrees with the formula at the first and last layers,
which `probes` returns, at every layer with which it compares its argument, and at the numbers in its code, which
`suspects` returns.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from numbers import Number
from typing import Any

from sympy import (
    Basic,
    Dummy,
    Expr,
    Integer,
    MatAdd,
    MatrixBase,
    MatrixExpr,
    S,
    Symbol,
    expand,
)

from tptheory.errors import InvalidValueError, TptheoryError
from tptheory.symbolic.branches import suspects
from tptheory.symbolic.penrose_words import words_of
from tptheory.symbolic.rebuilding import rebuild
from tptheory.symbolic.watching import Watch

NUMBERS = 8
"""How many layers are compared from the first one on."""
FARTHEST = 100
"""The largest number in a function's code that is tried as a distance below the last layer."""
ENDS = 4
"""How many layers are compared down from the last one, where that is a symbol."""
Leaf = Callable[[Any], Any]


def probes(first: Any, last: Any) -> Iterator[Any]:
    """Run through the indices at which a function is compared with its formula.

    >>> from sympy import Symbol
    >>> list(probes(Integer(1), Integer(3))), len(list(probes(Integer(0), Symbol("L"))))
    ([1, 2, 3], 12)
    """
    for offset in range(NUMBERS):
        if (last - first - offset).is_negative:
            return
        yield first + offset
    if not last.is_Integer:
        yield from (last - offset for offset in range(ENDS))


def formula(function: Callable[[Any], Any], index: Any, argument: str) -> Any:
    """Return what a function gives at an index that is a symbol.

    Raises:
        InvalidValueError: if the function raises there.
    """
    try:
        return function(index)
    except TptheoryError:
        raise
    except Exception as error:  # whatever a user's function raises is said to be its own
        raise InvalidValueError(
            f"{argument!r} must give one formula for every layer (at an index k that may be any it raised "
            f"{type(error).__name__}: {error}). Write it without branches on the layer, and without the name of what "
            "it defines."
        ) from error


def refuse_branches(
    function: Callable[[Any], Any],
    at: Callable[[Any], Any],
    ends: tuple[Any, Any],
    argument: str,
    leaf: Leaf = lambda part: part,
    sizes: Collection[Symbol] = (),
) -> dict[int, str]:
    """Refuse a function that differs from its formula at some layer.

    Args:
        function: the function to call at an index.
        at: returns the formula at that index.
        ends: the first and the last index.
        argument: the name that an error gives the function.
        leaf: rewrites the parts of both before they are compared.
        sizes: symbols of sizes of which it must learn nothing.

    Returns:
        The depths for which it asks, and how an error says so.

    Raises:
        InvalidValueError: if they differ, if the function raises, or if it learns something of a layer or a size.
    """
    first, last = ends
    depth = next(iter(sorted(last.free_symbols, key=str)), None)
    index = Dummy("k", integer=True)
    anywhere = Watch(index, depth, sizes)
    formula(lambda k: anywhere.call(function, k), index, argument)
    anywhere.refuse_lessons(argument)
    at_a_number = Watch(None, depth, sizes)
    compared = [k for k in anywhere.layers if k.free_symbols or (k - first).is_negative is not True]
    for k in dict.fromkeys(compared):
        formula(lambda k: at_a_number.call(function, k), k, argument)
        at_a_number.refuse_lessons(argument)
    regular = list(probes(first, last))
    for k in dict.fromkeys((*regular, *compared, *_suspected(function, regular))):
        expected, said = at(k), formula(function, k, argument)
        refuse_difference(said, expected, k, argument, leaf)
    return anywhere.depths | at_a_number.depths


def refuse_difference(said: Any, expected: Any, index: Any, argument: str, leaf: Leaf = lambda part: part) -> None:
    """Refuse a function that does not say at an index what its formula gives there.

    Raises:
        InvalidValueError: if it does not.
    """
    if not agree(said, expected, leaf):
        raise InvalidValueError(
            f"{argument!r} must give one formula for every layer: it branches on the layer (at {index} it gives "
            f"{said}, where the formula for any k gives {expected}). Treat such a layer in a claim of its own."
        )


def _suspected(function: Callable[[Any], Any], regular: list[Any]) -> list[Any]:
    """Return the indices, from the first one and down from a depth, at which the code of a function may branch."""
    numbers = sorted(suspects(function))
    ends = [index for index in regular if index.free_symbols][:1]
    counted = [Integer(n) for n in numbers if regular and (n - regular[0]).is_nonnegative]
    return [*counted, *(end - n for end in ends for n in numbers if n <= FARTHEST)]


def agree(said: Any, expected: Any, leaf: Leaf = lambda part: part) -> bool:
    """Tell whether two expressions are equal once products are expanded; matrix factors keep their order."""
    if isinstance(said, tuple) and isinstance(expected, tuple):
        return len(said) == len(expected) and all(agree(a, b, leaf) for a, b in zip(said, expected, strict=True))
    if not all(isinstance(part, Basic | MatrixBase | Number) for part in (said, expected)):
        return _may_be_equal(said, expected)
    if said == expected:
        return True
    if isinstance(said, MatrixExpr | MatrixBase) != isinstance(expected, MatrixExpr | MatrixBase):
        return False
    said, expected = rebuild(S(said), leaf), rebuild(S(expected), leaf)
    if isinstance(said, MatrixExpr | MatrixBase):
        return tuple(said.shape) == tuple(expected.shape) and _same_terms(said, expected)
    return bool(expand(said - expected) == 0)


def _may_be_equal(said: Any, expected: Any) -> bool:
    """Tell whether two things that are no expressions may be equal: names are compared, and of arrays their type.

    An array is no matrix of a rule, and is refused as such later, with the method that returned it.
    """
    equal = said == expected
    return equal if isinstance(equal, bool) else type(said) is type(expected)


def _same_terms(A: Any, B: Any) -> bool:
    """Tell whether the coefficients of each word are equal, of words that are made of the same letters in one order."""
    difference: dict[tuple[Any, ...], Expr] = {}
    for sign, M in ((1, A), (-1, B)):
        for coefficient, letters in words_of(M):
            word = tuple(map(_unordered, letters))
            difference[word] = difference.get(word, S.Zero) + sign * coefficient
    return all(expand(coefficient) == 0 for coefficient in difference.values())


def _unordered(A: Any) -> Any:
    """Return what stands for a letter such as ``(A + B)+``, whatever the order of the terms of sums inside it."""
    if not A.args or not A.has(MatAdd):
        return A
    parts = [_unordered(part) for part in A.args]
    return (type(A), *(sorted(parts, key=str) if isinstance(A, MatAdd) else parts))
