"""Networks of any depth: matrices that carry the index of their layer, and sequences of them that a recursion defines.

A sequence such as ``W`` has a member ``W[l]`` for every index from first to last; an index is an integer, a symbol, or
a symbol plus an integer. A recursion such as ``x[l] = W[l] x[l-1]`` besides says what its members are: that is what
an induction over layers unfolds, and what `at_depth` multiplies out where the depth is a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sympy import (
    Expr,
    Function,
    Identity,
    Integer,
    MatrixExpr,
    MatrixSymbol,
    OneMatrix,
    S,
    Symbol,
    Trace,
    ZeroMatrix,
    latex,
    sympify,
)
from sympy.core.function import AppliedUndef

from tptheory.errors import InvalidTypeError, InvalidValueError, complain
from tptheory.symbolic.expressions import rebuild

Shape = Callable[[Any], tuple[Any, Any]]

WIDTH = Function("n", integer=True, positive=True)
"""The width of a layer of a network of any depth: ``n(l)``."""
ANY, LAYER, DEPTH = (Symbol(name, integer=True) for name in ("k", "l", "L"))
"""The names that certificates give to indices: any one, that of the layer at hand, and the depth."""


def index_parts(index: Any) -> tuple[str, int]:
    """Return the symbol of an index, or "", and the integer that is added to it.

    Raises:
        InvalidTypeError: if the index is not an integer, a symbol, or a symbol plus an integer.
    """
    complaint = complain("l", "a layer: an integer, a symbol, or a symbol plus an integer", index)
    if isinstance(index, bool) or not isinstance(index, int | Expr):
        raise InvalidTypeError(complaint)
    offset, base = sympify(index).as_coeff_Add()
    if not offset.is_Integer or not (base == 0 or isinstance(base, Symbol)):
        raise InvalidTypeError(complaint)
    return str(base) if base != 0 else "", int(offset)


def index_text(index: Any) -> str:
    """Write an index as names do: ``l``, ``l+1``, ``0``."""
    base, offset = index_parts(index)
    return f"{base}{offset:+d}" if base and offset else base or str(offset)


def size_text(size: Any) -> str:
    """Write a size as names do: ``n[l+1]`` for a width of a network of any depth."""
    return f"{size.func}[{index_text(size.args[0])}]" if isinstance(size, AppliedUndef) else str(size)


class Key:
    """Tell what made a sequence: equal where that is equal, ordered by how it prints, since SymPy sorts symbols."""

    def __init__(self, maker: Any) -> None:
        self.maker = maker

    def __eq__(self, other: object) -> bool:
        """Compare what made both."""
        return isinstance(other, Key) and self.maker == other.maker

    def __hash__(self) -> int:
        """Hash what `__eq__` compares."""
        return hash(self.maker)

    def __lt__(self, other: Key) -> bool:
        """Order by text."""
        return str(self.maker) < str(other.maker)

    def __gt__(self, other: Key) -> bool:
        """Order by text."""
        return other < self


class Spelling(NamedTuple):
    """A name such as ``M_tp_dot``: its letter, what stands above it, and whether it is a velocity."""

    letter: str
    above: str
    dotted: bool


def spelling(name: str) -> Spelling:
    """Take a name apart; in what stands above only letters, digits, spaces and hyphens are kept."""
    letter, *marks = name.split("_")
    above = ", ".join(re.sub(r"[^\w -]", "", mark) for mark in marks if mark != "dot")
    return Spelling(letter, above, "dot" in marks)


def member_latex(name: str, index: str, top: str = "L") -> str:
    r"""Return the LaTeX of a member of a sequence; the products of a network are written out, down from ``top``.

    >>> member_latex("M_tp", "l"), member_latex("x_dot", "l-1"), member_latex("Up", "l")
    ('M^{\\mathrm{tp}}_{l}', '\\dot{x}_{l-1}', '(W_{l} \\cdots W_{1})')
    """
    letter, above, dotted = spelling(name)
    index = re.sub(r"^[A-Za-z]\w+", lambda word: str(latex(Symbol(word[0]))), index)
    raised = rf"\mathrm{{{above}}}" if above.isalnum() else rf"\text{{{above}}}" if above else ""
    if letter in PRODUCTS:
        ends = (index, "1") if letter == "Up" else (top, index)
        marks = (r"\cdot" if dotted else "") + (f"\\,{raised}" if dotted and raised else raised)
        return rf"(W_{{{ends[0]}}} \cdots W_{{{ends[1]}}})" + (f"^{{{marks}}}" if marks else "")
    body = str(latex(Symbol(letter)))
    body = rf"\dot{{{body}}}" if dotted else body
    return body + (f"^{{{raised}}}" if raised else "") + f"_{{{index}}}"


PRODUCTS = ("Up", "Down")
"""What the products of the weights up to a layer, and down to one, are called."""


class LayerSymbol(MatrixSymbol):
    """One matrix of a sequence; build it by calling the sequence with an index."""

    sequence: Sequence
    index: Any
    key: Any = None
    """What tells sequences of one name apart, else SymPy's caches would take a member of one for that of the other."""

    def _hashable_content(self) -> tuple[Any, ...]:
        return (*super()._hashable_content(), Key(self.key))

    def _latex(self, printer: Any) -> str:
        return member_latex(*self.spelled())

    def spelled(self) -> tuple[str, str, str]:
        """Return the name, the index and the depth; printers of SymPy rebuild symbols, which then know a name alone."""
        name, _, index = self.name.removesuffix("]").partition("[")
        down = name.startswith("Down") and hasattr(self, "sequence")
        return name, index, index_text(self.sequence.last - 1) if down else "L"


class LayerScalar(Trace):
    """One number of a sequence: the trace of its 1x1 `LayerSymbol`, printed without saying so."""

    def _sympystr(self, printer: Any) -> str:
        return str(printer.doprint(self.arg))

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = printer.doprint(self.arg)
        return text if exp is None else rf"{{{text}}}^{{{exp}}}"


class Law(NamedTuple):
    """What holds at every index ``k`` from first to last: ``lhs = rhs``, with ``k`` called `ANY`."""

    lhs: Any
    rhs: Any
    first: Any
    last: Any
    reason: str


class Sequence:
    """Matrices ``name[k]`` of shape ``shape(k)``, for ``k`` from first to last, of which nothing else is known."""

    def __init__(self, name: str, shape: Shape, first: Any, last: Any) -> None:
        self.name, self.shape, self.first, self.last = name, shape, first, last
        self.key: Any = None

    def __call__(self, index: Any) -> Any:
        """Return the member at an index."""
        return self.member(index)

    def __repr__(self) -> str:
        """Show what the members are called."""
        return f"{type(self).__name__}({self.name!r})"

    def member(self, index: Any, size: Callable[[Any], Any] = lambda n: n) -> LayerSymbol:
        """Return the matrix at an index, with ``size`` applied to its sizes."""
        rows, columns = (size(sympify(n)) for n in self.shape(sympify(index, strict=True)))
        symbol = LayerSymbol(f"{self.name}[{index_text(index)}]", rows, columns)
        symbol.sequence, symbol.index, symbol.key = self, sympify(index, strict=True), self.key
        return symbol

    def laws(self) -> tuple[Law, ...]:
        """Return what defines the members."""
        return ()

    def check(self, index: int, values: Mapping[Any, int]) -> None:
        """Refuse an index at which there is no member.

        Raises:
            InvalidValueError: if the index is not from first to last.
        """
        first, last = (int(at_depth(sympify(end), values)) for end in (self.first, self.last))
        if not first <= index <= last:
            mend = "Let the claim begin later, or end earlier."
            raise InvalidValueError(complain("l", f"a layer of {self.name}, {first} to {last}", index, mend))

    def concrete(self, index: int, values: Mapping[Any, int]) -> Any:
        """Return the member of a network whose depth is a number: the symbol ``name_index``."""
        self.check(index, values)
        rows, columns = self.shape(Integer(index))
        return MatrixSymbol(f"{self.name}_{index}", at_depth(rows, values), at_depth(columns, values))


class Recursion(Sequence):
    r"""Matrices, or numbers, that follow one from the other.

    ``M[first] = start`` and ``M[k] = step(k, M[k-1])`` up to last; downward, ``M[last] = start`` and
    ``M[k] = step(k, M[k+1])`` down to first.

    Args:
        name: what the members are called; in one claim no two recursions may share it.
        first: the first index.
        last: the last index, such as the depth of the network.
        start: the member to start from.
        step: takes an index ``k`` and the neighbour, and returns the member at ``k``.
        shape: takes an index, and returns the shape of that member; None for numbers.
        downward: whether to start at last.
        reason: what a proof says of the definition.
        key: equal for equal definitions; by default each recursion that is built is one of its own.

    >>> from tptheory.symbolic.network import DeepLinearNetwork
    >>> net = DeepLinearNetwork(depth=Symbol("L", integer=True))
    >>> S = Recursion("S", 0, net.depth, 0, lambda k, S: S + Trace(net.weight(k).T * net.weight(k)))
    >>> str(S(net.depth)), S(2).arg.shape
    ('S[L]', (1, 1))
    """

    def __init__(
        self,
        name: str,
        first: Any,
        last: Any,
        start: Any,
        step: Callable[[Any, Any], Any],
        shape: Shape | None = None,
        *,
        downward: bool = False,
        reason: str = "",
        key: Any = None,
    ) -> None:
        super().__init__(name, shape or (lambda _: (S.One, S.One)), first, last)
        self.scalar, self.downward = shape is None, downward
        self.start, self.step, self.reason = start, step, reason or f"definition of {name}"
        self.key = self if key is None else key

    def __call__(self, index: Any) -> Any:
        """Return the matrix, or the number, at an index."""
        member = self.member(index)
        return LayerScalar(member) if self.scalar else member

    def altered(self, name: str, change: Callable[[Any], Any], reason: str, by: Any) -> Recursion:
        """Return the recursion of what becomes of the members ``by`` a flow, or by a step: derivatives, or values."""
        return Recursion(
            name,
            self.first,
            self.last,
            change(sympify(self.start) if self.scalar else self.start),
            lambda k, _: change(self.step(k, self(k + 1 if self.downward else k - 1))),
            None if self.scalar else self.shape,
            downward=self.downward,
            reason=reason,
            key=(self.key, by),
        )

    def laws(self) -> tuple[Law, ...]:
        """Return the start, and the step."""
        shift = 1 if self.downward else -1
        begin, first, last = (
            (self.last, self.first, self.last - 1) if self.downward else (self.first, self.first + 1, self.last)
        )
        step = self.step(ANY, self(ANY + shift))
        start = sympify(self.start) if self.scalar else self.start
        return Law(self(begin), start, begin, begin, self.reason), Law(self(ANY), step, first, last, self.reason)

    def concrete(self, index: int, values: Mapping[Any, int]) -> Any:
        """Return the member of a network whose depth is a number, multiplied out."""
        self.check(index, values)
        if index == at_depth(sympify(self.last if self.downward else self.first), values):
            return at_depth(sympify(self.start) if self.scalar else self.start, values)
        neighbour = Integer(index + 1 if self.downward else index - 1)
        return at_depth(self.step(Integer(index), self(neighbour)), values)


def moved(expression: Any, indices: Mapping[Any, Any]) -> Any:
    """Give symbols of indices other names, in every layer symbol and size of an expression."""
    renamed = dict(indices)

    def leaf(part: Any) -> Any:
        if isinstance(part, LayerScalar):
            return LayerScalar(leaf(part.arg))
        if isinstance(part, LayerSymbol):
            return part.sequence.member(part.index.xreplace(renamed), lambda size: size.xreplace(renamed))
        return _resized(part, lambda size: size.xreplace(renamed))

    return rebuild(expression, leaf)


def at_depth(expression: Any, values: Mapping[Any, int]) -> Any:
    """Write an expression for indices, depth among them, that are numbers: recursions are multiplied out.

    >>> from tptheory.symbolic.network import DeepLinearNetwork
    >>> L = Symbol("L", integer=True)
    >>> str(at_depth(DeepLinearNetwork(depth=L).error, {L: 2}))
    'W_2*W_1*x - y'
    """
    numbers = {symbol: Integer(n) for symbol, n in values.items()}

    def size(n: Any) -> Any:
        if isinstance(n, AppliedUndef):
            return Symbol(f"{n.func}_{n.args[0].xreplace(numbers)}", integer=True, positive=True)
        return n.xreplace(numbers)

    def leaf(part: Any) -> Any:
        symbol = part.arg if isinstance(part, LayerScalar) else part
        if isinstance(symbol, LayerSymbol):
            return symbol.sequence.concrete(int(symbol.index.xreplace(numbers)), values)
        return _resized(part, size)

    return leaf(expression) if isinstance(expression, Symbol | AppliedUndef) else rebuild(expression, leaf)


def _resized(part: Any, size: Callable[[Expr], Expr]) -> Any:
    """Give a symbol, identity, zero or matrix of ones its sizes anew; and a size that stands as a number."""
    if isinstance(part, Identity):
        return Identity(size(part.rows))
    if isinstance(part, ZeroMatrix | OneMatrix):
        return part.func(size(part.rows), size(part.cols))
    if isinstance(part, MatrixSymbol):
        return MatrixSymbol(part.name, size(part.rows), size(part.cols))
    return size(part) if isinstance(part, Symbol | AppliedUndef | Integer) else part


def layer_symbols(expression: Any) -> list[LayerSymbol]:
    """Return the layer symbols of an expression, in the order of their names."""
    atoms = expression.atoms(MatrixSymbol) if isinstance(expression, MatrixExpr | Expr) else ()
    return sorted((A for A in atoms if isinstance(A, LayerSymbol)), key=lambda A: A.name)
