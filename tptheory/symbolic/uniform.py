"""Is a Python function of a layer one formula for all layers? It is called at a symbol and at numbers, and compared.

A function such as ``lambda l: A if l == 2 else B`` answers ``B`` at an index that is a symbol. What is proved of every
layer would then be false at the second. A formula is therefore taken from a function only if the function agrees
with it at the first and last layers, which `probes` returns, at every index that the function compares its argument
with, and at the numbers in its code, which `suspects` returns; and only if it does not look the layer up in a dict, a
set or a cache, in which an index that may be any is never found.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dis import opname
from types import FrameType
from typing import Any

from sympy import (
    Dummy,
    Expr,
    Integer,
    MatrixBase,
    MatrixExpr,
    S,
    expand,
    sympify,
)

from tptheory.errors import InvalidValueError, TptheoryError
from tptheory.symbolic.branches import KNOWN, suspects
from tptheory.symbolic.penrose_words import Word, words_of
from tptheory.symbolic.rebuilding import rebuild

NUMBERS = 8
"""How many layers are compared from the first one on."""
FARTHEST = 100
"""The largest number in a function's code that is tried as a distance below the last layer."""
ENDS = 4
"""How many layers are compared down from the last one, where that is a symbol."""
PUTTING_IN = {"BUILD_MAP", "BUILD_CONST_KEY_MAP", "BUILD_SET", "MAP_ADD", "SET_ADD", "STORE_SUBSCR"}
"""The operations of Python that put a value into a dict or a set, as in ``{l: l - 1}``."""
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


class WatchedIndex(Dummy):
    """A symbolic index that records what it is compared with, and whether a user's code looks it up.

    At the indices with which it is compared a function may branch. Where it is looked up, it may branch anywhere.
    """

    __slots__ = ("compared", "looked_up")
    compared: list[Any]
    looked_up: bool

    def __new__(cls, name: str, **assumptions: bool) -> Any:
        """Make an index with an empty record."""
        index = Dummy.__new__(cls, name, **assumptions)
        index.compared, index.looked_up = [], False
        return index

    def __eq__(self, other: object) -> bool:
        """Compare the index with ``other``, and record ``other``."""
        if isinstance(other, int | Expr):
            self.compared.append(other)
        return super().__eq__(other)

    def __hash__(self) -> int:
        """Hash as any symbol that is a dummy, and record whether a user's code looks it up."""
        self.looked_up = self.looked_up or _is_lookup_of_a_user(sys._getframe(1))
        return super().__hash__()

    def refuse_lookups(self, argument: str, what: str) -> None:
        """Refuse a function that looks the index up.

        Raises:
            InvalidValueError: if it does.
        """
        if self.looked_up:
            raise InvalidValueError(
                f"{argument!r} must give one formula for every layer: it looks {what} up in a dict, a set or a cache, "
                "in which an index that may be any is never found. Write it without that."
            )

    def other_indices(self, regular: list[Any]) -> list[Any]:
        """Return the recorded indices that lie in the range of the regular ones, without those that are among them."""
        depths = {symbol for index in regular for symbol in index.free_symbols}
        found: list[Any] = []
        for other in map(sympify, self.compared):
            offset, symbol = other.as_coeff_Add()
            counts = symbol == 0 and offset.is_Integer and regular and not (offset - regular[0]).is_negative
            relative = symbol in depths and offset.is_Integer
            if (counts or relative) and other not in regular and other not in found:
                found.append(other)
        return found


def _is_lookup_of_a_user(frame: FrameType | None) -> bool:
    """Whether a hash is asked for by a user's code, other than to put what is hashed into a new dict or set."""
    while frame is not None and _package(frame) in sys.stdlib_module_names:
        frame = frame.f_back
    if frame is None or _package(frame) in KNOWN:
        return False
    return opname[frame.f_code.co_code[frame.f_lasti]] not in PUTTING_IN


def _package(frame: FrameType) -> str:
    """Return the package of the code of a frame; `__main__` is the user's."""
    name = str(frame.f_globals.get("__name__", "")).partition(".")[0]
    return "" if name == "__main__" else name


def refuse_branches(
    function: Callable[[Any], Any],
    at: Callable[[Any], Any],
    indices: Iterator[Any],
    argument: str,
    leaf: Leaf = lambda part: part,
) -> None:
    """Refuse a function that differs from its formula at one of the indices, or at one where its code may branch.

    Args:
        function: the function to call at an index.
        at: returns the formula at that index.
        indices: where to compare.
        argument: the name that an error gives the function.
        leaf: rewrites the parts of both before they are compared.

    Raises:
        InvalidValueError: if they differ, if the function raises, or if it looks the layer up.
    """
    watched = WatchedIndex("k", integer=True)
    formula(function, watched, argument)
    regular = list(indices)
    others = [*watched.other_indices(regular), *_suspected(function, regular)]
    for index in dict.fromkeys((*regular, *others)):
        expected, said = at(index), formula(function, index, argument)
        if not agree(said, expected, leaf):
            raise InvalidValueError(
                f"{argument!r} must give one formula for every layer: it branches on the layer (at {index} it gives "
                f"{said}, where the formula for any k gives {expected}). Treat such a layer in a claim of its own."
            )
    watched.refuse_lookups(argument, "the layer")


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
    if said == expected:
        return True
    if any(part is None or isinstance(part, str) for part in (said, expected)):
        return False
    if isinstance(said, MatrixExpr | MatrixBase) != isinstance(expected, MatrixExpr | MatrixBase):
        return False
    said, expected = rebuild(S(said), leaf), rebuild(S(expected), leaf)
    if isinstance(said, MatrixExpr | MatrixBase):
        return tuple(said.shape) == tuple(expected.shape) and _same_terms(said, expected)
    return bool(expand(said - expected) == 0)


def _same_terms(A: Any, B: Any) -> bool:
    """Tell whether the coefficients of each word are equal, of words that are made of the same letters in one order."""
    difference: dict[Word, Expr] = {}
    for sign, M in ((1, A), (-1, B)):
        for coefficient, word in words_of(M):
            difference[word] = difference.get(word, S.Zero) + sign * coefficient
    return all(expand(coefficient) == 0 for coefficient in difference.values())
