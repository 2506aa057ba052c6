"""Sequences: matrices that carry the index of their layer, ``W[1], ..., W[L]``.

A sequence is an ordinary SymPy node. What it means stands in its arguments. ``xreplace`` and ``subs`` put another index
into its members, and leave the bound symbols of its definition alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from sympy import Dummy, Symbol, sympify
from sympy.core.basic import Basic
from sympy.core.symbol import Str

from tptheory.errors import InvalidTypeError, complain
from tptheory.symbolic.bound import BoundIndex, free_symbols, own_level
from tptheory.symbolic.indices import index_parts
from tptheory.symbolic.members import LayerScalar, LayerSymbol
from tptheory.symbolic.uniform import formula, refuse_branches
from tptheory.symbolic.walking import nodes_in
from tptheory.symbolic.watching import refuse_depths

Shape = Callable[[Any], tuple[Any, Any]]


class Definition(NamedTuple):
    """What holds at every ``index`` from first to last: ``lhs = rhs``; no symbol of a user's equals that index."""

    lhs: Any
    rhs: Any
    first: Any
    last: Any
    reason: str
    index: BoundIndex


class Sequence(Basic):
    """Matrices ``name[k]`` of shape ``shape(k)``, for ``k`` from first to last, of which nothing else is known.

    The arguments of the node are the name, the bound index, the rows and columns as expressions in it, first and
    last; ``sequence.func(*sequence.args)`` is the sequence again.

    Args:
        name: what the members are called; in one claim no two sequences may share it.
        shape: takes an index, and returns the shape of that member.
        first: the first index.
        last: the last index, such as the depth of the network.

    Raises:
        InvalidValueError: if the shape branches on the index.
    """

    args: tuple[Any, ...]
    _free: frozenset[Any]

    def __new__(cls, name: str, shape: Shape, first: Any, last: Any) -> Any:
        """Build the sequence, and compare its shape at numbers with that at any index."""
        sequence = cls.with_shape(name, shape, first, last)
        sequence.check_shape(shape)
        return sequence

    @classmethod
    def with_shape(cls, name: str, shape: Shape, first: Any, last: Any) -> Any:
        """Build a sequence whose shape is known not to branch, without checking that."""
        index = Dummy("k", integer=True)
        return cls.of(checked_name(name), index, *shape_at(shape, index), *checked_ends(first, last))

    @classmethod
    def of(cls, *args: Any) -> Any:
        """Build the node from its arguments; the bound index gets a level above those inside the arguments."""
        name, index, *parts = args
        level = _level(index, parts)
        if not (isinstance(index, BoundIndex) and index.level == level > _highest(parts)):
            apart = Dummy("k", integer=True)
            parts = [part.xreplace({index: apart}) for part in parts]
            level = _level(apart, parts)
            index = BoundIndex(level)
            parts = [part.xreplace({apart: index}) for part in parts]
        node = Basic.__new__(cls, name, index, *parts)
        node._free = frozenset(set().union(*map(free_symbols, parts)) - {index})
        node._shapes = {}
        return node

    @property
    def func(self) -> Any:
        """The function that builds the node again from its arguments."""
        return type(self).of

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Return how to rebuild the node when it is copied or unpickled."""
        return _rebuilt, (type(self), *self.args)

    name = property(lambda self: self.args[0].name, doc="What the members are called.")
    index = property(lambda self: self.args[1], doc="The index that the definition binds.")
    first = property(lambda self: self.args[4], doc="The first index.")
    last = property(lambda self: self.args[5], doc="The last index.")
    scalar = False
    """Whether the members are numbers."""

    @property
    def free_symbols(self) -> set[Any]:
        """Return the symbols of the definition, and of its sizes, without those that it binds."""
        return set(self._free)

    def shape(self, index: Any) -> tuple[Any, Any]:
        """Return the shape of the member at an index; every node that holds the member asks for it, so it is kept."""
        index = sympify(index)
        if index not in self._shapes:
            at = {self.index: index}
            self._shapes[index] = self.args[2].xreplace(at), self.args[3].xreplace(at)
        return self._shapes[index]

    def __call__(self, index: Any) -> Any:
        """Return the member at an index."""
        return self.member(index)

    def member(self, index: Any) -> Any:
        """Return the matrix, or the number, at an index."""
        return LayerScalar(self, index) if self.scalar else LayerSymbol(self, index)

    def laws(self) -> tuple[Definition, ...]:
        """Return the definitions of the members: none for a plain sequence."""
        return ()

    def check_shape(self, shape: Shape) -> None:
        """Refuse a shape function whose values at numbers differ from the formula that was taken from it."""
        asked = refuse_branches(lambda k: shape_at(shape, k), self.shape, (self.first, self.last), "shape")
        refuse_depths(asked, "shape")

    def doit(self, **hints: Any) -> Any:
        """Return the same: a definition is left as it was given."""
        return self

    def _apart(self) -> tuple[Any, ...]:
        """Return the arguments with a fresh symbol as the bound index, which occurs nowhere else."""
        apart = {self.index: Dummy("k", integer=True)}
        return tuple(part.xreplace(apart) for part in self.args)

    def _xreplace(self, rule: Any) -> tuple[Any, bool]:
        if self in rule:
            return rule[self], True
        if not isinstance(rule, Mapping) or not self._concerns(rule):
            return self, False
        outer = {key: value for key, value in rule.items() if self.index not in free_symbols(key)}
        captured = any(self.index in free_symbols(value) for value in outer.values())
        replaced = [part._xreplace(outer) for part in (self._apart() if captured else self.args)]
        changed = any(change for _, change in replaced)
        return (self.of(*(part for part, _ in replaced)), True) if changed else (self, False)

    def _concerns(self, rule: Mapping[Any, Any]) -> bool:
        """Whether a replacement may concern the definition: any may, except that of a symbol that is not free in it."""
        return any(not isinstance(key, Symbol) or key in self._free for key in rule)

    def _eval_subs(self, old: Any, new: Any) -> Any:
        if self.index in free_symbols(old):
            return self
        parts = self._apart() if self.index in free_symbols(new) else self.args
        return self.of(*(part._subs(old, new) for part in parts))

    def _sympystr(self, printer: Any) -> str:
        return f"{type(self).__name__}({self.name!r})"

    def _latex(self, printer: Any) -> str:
        return str(printer.doprint(Symbol(self.name)))


def _rebuilt(cls: type[Sequence], *args: Any) -> Any:
    return cls.of(*args)


def checked_name(name: Any) -> Str:
    """Return a name as an argument of a node."""
    if not isinstance(name, str) or not name:
        raise InvalidTypeError(complain("name", "a string such as 'S'", name))
    return Str(name)


def checked_ends(first: Any, last: Any) -> tuple[Any, Any]:
    """Return the ends of a range as arguments of a node."""
    index_parts(first, "first")
    index_parts(last, "last")
    return sympify(first), sympify(last)


def shape_at(shape: Shape, index: Any) -> tuple[Any, Any]:
    """Return the shape that a function gives at an index."""
    rows, columns = formula(shape, index, "shape")
    return sympify(rows), sympify(columns)


def _highest(parts: list[Any]) -> int:
    return max((s.index.level for part in parts for s in _outermost(part)), default=0)


def _level(index: Any, parts: list[Any]) -> int:
    return own_level(_highest(parts), set().union(*map(free_symbols, parts)) - {index})


def _outermost(expression: Any) -> Iterator[Sequence]:
    nodes = nodes_in(expression, opens=lambda node: not isinstance(node, Sequence))
    return (node for node in nodes if isinstance(node, Sequence))
