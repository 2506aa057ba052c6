"""What does a user's code learn of layers, depths and sizes? It is watched while it is called.

``W.T if W.rows == 6 else Pinv(W)`` returns ``Pinv(W)`` at a size that is a symbol, and what is proved of any size would
be false at six. Code can treat a size differently only if it learns something of it: whether it is six, whether it is
even, how it is written. SymPy and tptheory answer such questions with a truth value, a number or a text, and all else
with expressions. So every answer is looked at that is no expression, that a function of theirs gives to a user's own
code, and that is about what is watched:

- a comparison of the layer, or of the depth, tells where the code may branch: there it is to be called, too;
- what SymPy knows of every size ("it is positive") is the same for all;
- any other answer that may differ from one size to another (`Watch._tells`) is a reason to refuse the code.

Not seen is what Python itself answers: whether an object is a number at all, and what stands in its attributes; nor
what SymPy answers with an expression or a collection that is another at some size, as ``gcd(n, m)``, ``denom(n / m)``,
``free_symbols`` and ``subs(1, 2)``. Code that compares with ``S.Zero`` by ``is`` is refused for that; else it is for
the calls at numbers to tell, and a branch that none of these meets is not found. A matrix, or a network, may be the key
of a dict, as in a cache, though a dict might have one of a special size.
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import wraps
from numbers import Number
from types import FrameType
from typing import Any, NamedTuple

import sympy
from sympy import (
    Basic,
    Expr,
    Integer,
    MatAdd,
    MatMul,
    MatrixBase,
    MatrixExpr,
    S,
    Set,
    Symbol,
    Tuple,
    expand,
    preorder_traversal,
    sympify,
)
from sympy.logic.boolalg import Boolean, BooleanAtom

from tptheory.errors import InvalidValueError
from tptheory.symbolic.frames import (
    LIBRARY_CODE,
    OURS,
    arguments_of,
    compared_by_identity,
    has_returned,
    is_for_a_user,
    library_of,
    name_of,
    resolved,
)
from tptheory.symbolic.indices import WIDTH

COMPARISONS = {"__eq__": True, "__ne__": False}
"""The methods that compare, with what they return of equal ones."""
ANY_SIZE = Symbol("n", integer=True, positive=True)
"""A size, of which SymPy knows what it knows of any."""
REQUIREMENTS = {
    "layer": "one formula for every layer: it branches on the layer",
    "depth": "one formula for every depth: it branches on the depth",
    "sizes": "one formula for all sizes: it branches on them",
    "any": "one formula for all sizes, layers and depths: it may branch on them",
}
"""What code must be that is watched, and what it is if it learns something."""
MENDS = {
    "layer": "Write it without that, or treat such a layer in a claim of its own.",
    "depth": "Write it without that, or give the network its depth as a number.",
    "sizes": "Write it without that, or give the network its widths and its batch as numbers.",
    "any": "Write `==`, whose answers are seen.",
}
"""What an error tells a user to do who learned something."""


class Lesson(NamedTuple):
    """What some code learned: of what, and how an error says it."""

    about: str
    how: str


def unwatched(function: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a function so that no watch sees what it calls; it may start a watch of its own."""

    @wraps(function)
    def called(*arguments: Any) -> Any:
        before = sys.getprofile()
        sys.setprofile(None)
        try:
            return function(*arguments)
        finally:
            _restore_profiler(before)

    return called


def refuse(lessons: Iterable[Lesson], argument: str) -> None:
    """Refuse code that learned something.

    Raises:
        InvalidValueError: if there are any lessons; the error names the argument that the code was given for.
    """
    first = next(iter(lessons), None)
    if first is not None:
        about, how = first
        raise InvalidValueError(f"{argument!r} must give {REQUIREMENTS[about]} ({how}). {MENDS[about]}")


def refuse_depths(asked: Mapping[int, str], argument: str) -> None:
    """Refuse code that asks for depths, which are told with how an error says so.

    Raises:
        InvalidValueError: if it asks for any.
    """
    refuse((Lesson("depth", how) for how in asked.values()), argument)


class Watch:
    """A record of what users' code learns while it is called by `call`.

    Args:
        layer: the symbol of a layer that may be any; None if it is a number.
        depth: the depth; it is watched if it is a symbol, which may be any.
        sizes: the symbols of sizes that may be any; widths ``n(l)`` are watched without being listed.
        numbers: numbers that stand for sizes, and for nothing else.
    """

    def __init__(
        self, layer: Any = None, depth: Any = None, sizes: Collection[Symbol] = (), numbers: Collection[Integer] = ()
    ) -> None:
        self.layer, self.depth = layer, depth if isinstance(depth, Symbol) else None
        self.sizes, self.numbers = frozenset(sizes), frozenset(numbers)
        self.layers: list[Expr] = []
        """The layers with which the layer was compared: numbers, or the depth plus a number."""
        self.depths: dict[int, str] = {}
        """The numbers with which the depth was compared, and how an error says so."""
        self.lessons: list[Lesson] = []
        """What else was learned."""
        self._prints = False

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function, and record what the code of users learns that runs while it does."""
        before, in_threads = sys.getprofile(), threading.getprofile()
        sys.setprofile(self._see)
        threading.setprofile(self._see)
        try:
            return function(*arguments)
        finally:
            threading.setprofile(in_threads)
            _restore_profiler(before)

    def refuse_lessons(self, argument: str) -> None:
        """Refuse the code that was called if it learned anything but where a layer or a depth is another one.

        Raises:
            InvalidValueError: if it did; the error names the argument that the code was given for.
        """
        refuse(self.lessons, argument)

    def _see(self, frame: FrameType, event: str, value: Any) -> None:
        """Look at what a function returns, and at code that is called, as ``sys.setprofile`` asks.

        What is only printed is not learned, unless it is printed to a file, which may be read.
        """
        if event == "return":
            asked_by = id(frame.f_back.f_code) if frame.f_back is not None else 0
            if asked_by not in LIBRARY_CODE and _is_plain(value) and not self._prints and is_for_a_user(frame):
                self._look_at(frame, value)
        elif event == "call":
            if id(frame.f_code) not in LIBRARY_CODE and library_of(frame) is None:
                self._look_for_is(frame)
        elif value is print:
            self._prints = event == "c_call" and "'file'" not in str(frame.f_code.co_consts)

    def _look_for_is(self, frame: FrameType) -> None:
        """Record that a user's code compares by ``is`` with a number or a truth of SymPy's: that is answered unseen."""
        for name in compared_by_identity(frame.f_code):
            if isinstance(resolved(name, frame.f_globals), sympy.Number | BooleanAtom):
                self._record("any", f"it asks whether something `is {name}`")

    def _look_at(self, frame: FrameType, value: Any) -> None:
        """Record what an answer of a library tells a user."""
        name, arguments = frame.f_code.co_name, arguments_of(frame)
        compares = name in COMPARISONS
        if compares and value is COMPARISONS[name]:
            return
        if compares and all(isinstance(a, Number | Basic) and not isinstance(a, MatrixBase) for a in arguments):
            self._compare(*map(sympify, arguments))
        elif not compares or any(isinstance(a, MatrixBase) or hasattr(a, "widths") for a in arguments):
            self._learn(frame, arguments, value)

    def _learn(self, frame: FrameType, arguments: list[Any], value: Any) -> None:
        """Record an answer if it tells something of an argument that is watched: one lesson for an answer.

        What a matrix is made of (``M.has(s)``) tells nothing of its sizes; a text about one tells of a layer.
        """
        if name_of(frame) == "has" and isinstance(arguments[0], MatrixExpr):
            return
        for argument in arguments:
            about = self._about(argument)
            if about is not None and self._tells(frame, argument, value):
                if isinstance(argument, MatrixExpr) and isinstance(value, str) and self.layer is not None:
                    about = "layer"
                self._record(about, _how(frame, argument, value))
                return

    def _about(self, item: Any) -> str | None:
        """Return which of what is watched an object is made of, if it is."""
        if isinstance(item, tuple | list | set | frozenset | MatrixBase):
            return next(filter(None, map(self._about, item)), None)
        if hasattr(item, "widths"):
            return "sizes" if self.sizes or self.numbers else None
        return self._about_expression(item) if isinstance(item, Basic) else None

    def _about_expression(self, item: Basic) -> str | None:
        parts = {part for e in (item, *getattr(item, "shape", ())) for part in preorder_traversal(e)}
        free = item.free_symbols | parts
        if free & (self.sizes | self.numbers) or any(getattr(part, "func", None) == WIDTH for part in parts):
            return "sizes"
        return next((what for what in ("layer", "depth") if getattr(self, what) in free), None)

    def _tells(self, frame: FrameType, argument: Any, value: Any) -> bool:
        """Whether an answer about something that is watched may differ from one layer or size to another.

        The name of a matrix tells nothing of its sizes, and is no key of theirs; and what is known of all sizes,
        such as that they are positive, tells nothing of one.
        """
        name = name_of(frame)
        if name == "__hash__":
            return isinstance(argument, Expr) and not isinstance(argument, MatrixExpr)
        if value is None:  # nothing was to be returned, a truth is unknown, or something was raised
            return name != "__init__" and not (has_returned(frame) and library_of(frame) == OURS)
        if isinstance(value, str):
            watched = filter(None, (self.layer, self.depth, *self.sizes, *self.numbers))
            return any(re.search(rf"(?<!\w){re.escape(str(part))}(?!\w)", value) for part in watched)
        return not self._is_the_same_of_all(name, argument, value)

    def _is_the_same_of_all(self, name: str, argument: Any, value: Any) -> bool:
        """Whether an answer is that of every size: `NotImplemented`, or what SymPy knows of any. None is no answer."""
        if value is NotImplemented:
            return True
        if isinstance(argument, MatrixExpr) and name == "is_square" and value is True:
            return True
        is_known = name.startswith("is_") and isinstance(value, bool) and not isinstance(argument, MatrixExpr)
        return is_known and (not self.numbers or getattr(ANY_SIZE, name, None) is value)

    def _compare(self, a: Any, b: Any) -> None:
        """Record a comparison of two expressions that are not the same."""
        found = _first_difference(a, b)
        about = found and (self._about(found[0]) or self._about(found[1]))
        if found is None or about is None:
            return
        how = f"it asks whether {found[0]} is {found[1]}"
        if self.numbers and any(e.is_Integer and e <= 0 for e in found):  # which no size is
            return
        if self.numbers or not all(isinstance(e, Expr) for e in found):
            self._record(about, how)
        else:
            self._look_where_equal(expand(found[0] - found[1]), how)

    def _look_where_equal(self, difference: Expr, how: str) -> None:
        """Record where the two sides of a comparison are equal."""
        about = self._about(difference)
        if about in ("layer", "depth"):
            self._solve_for_index(about, difference, how)
        elif about == "sizes" and difference.is_zero is not False:
            self._record(about, how)

    def _solve_for_index(self, about: str, difference: Expr, how: str) -> None:
        """Record where a difference of layers, or of depths, is zero."""
        symbol = getattr(self, about)
        factor = difference.coeff(symbol)
        zero = expand(symbol - difference / factor) if factor.is_number and factor != 0 else symbol
        offset = zero - self.depth if about == "layer" and self.depth in zero.free_symbols else zero
        if offset.is_Integer and about == "layer":
            self.layers.append(zero)
        elif offset.is_Integer:
            self.depths[int(zero)] = how
        elif offset.free_symbols:
            self._record(about, how)

    def _record(self, about: str, how: str) -> None:
        """Record a lesson, with the layer shown without a dummy's underscore, and a word where sizes are primes."""
        if self.layer is not None:
            how = how.replace(str(self.layer), self.layer.name)
        self.lessons.append(Lesson(about, f"{how}, where each size is a prime number" if self.numbers else how))


def _restore_profiler(before: Any) -> None:
    """Set the profile function that was there before; a profiler that is written in C is started again."""
    sys.setprofile(before if before is None or callable(before) else None)
    if before is not None and not callable(before):
        before.enable()


def _is_plain(value: Any) -> bool:
    """Whether a value is a truth value, a number, a text or nothing, and no expression; or holds one.

    `NotImplemented` is one of them: what SymPy cannot compare, as a symbol with 6, Python takes for different.
    """
    if isinstance(value, tuple | list | set | frozenset):
        return any(map(_is_plain, value))
    return value is None or value is NotImplemented or isinstance(value, int | float | complex | str | bytes)


def _how(frame: FrameType, argument: Any, value: Any) -> str:
    """Say what was asked of what, and what the answer was."""
    name = name_of(frame)
    if name == "__hash__":
        return f"it looks {argument} up in a dict, a set or a cache, where what may be any is never found"
    if isinstance(value, str):
        return f"it reads the text {value!r}"
    answer = "no answer" if value is None else value
    return f"it asks for {name.strip('_')} of {argument} and gets {answer}"


def _factors(A: Any) -> Iterator[Expr]:
    """Run through the symbolic numbers by which matrices are multiplied: where one vanishes, so does its matrix."""
    for part in A.args if isinstance(A, MatMul | MatAdd) else ():
        if isinstance(part, MatrixExpr):
            yield from _factors(part)
        elif part.free_symbols:
            yield part


def _first_difference(a: Any, b: Any) -> tuple[Any, Any] | None:
    """Return the first numbers, relations or sets in which two expressions differ; None if they differ anyway.

    Of matrices that are made in different ways, these are a number by which one is multiplied, and 0.
    """
    if not any(isinstance(e, MatrixExpr | Tuple) for e in (a, b)):
        return (a, b) if all(isinstance(e, Expr | Boolean | Set) for e in (a, b)) else None
    if type(a) is not type(b) or len(a.args) != len(b.args):
        factors = (*_factors(a), *_factors(b))
        return (factors[0], S.Zero) if factors else None
    found = [_first_difference(x, y) for x, y in zip(a.args, b.args, strict=True) if x != y]
    return found[0] if found and None not in found else None
