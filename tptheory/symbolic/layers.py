"""Networks of any depth: matrices that carry the index of their layer, and sequences of them that a recursion defines.

A sequence such as ``W`` has a member ``W[l]`` for every index from first to last; an index is an integer, a symbol, or
a symbol plus an integer. A recursion such as ``x[l] = W[l] x[l-1]`` besides says what its members are: that is what
an induction over layers unfolds, and what `at_depth` multiplies out where the depth is a number.

Sequences and members are ordinary SymPy nodes. What they mean stands in their arguments: two of them are equal where
those are, and another index is put in by ``xreplace`` or ``subs``, which leave what a definition binds alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from sympy import Dummy, MatrixBase, MatrixExpr, MatrixSymbol, S, Symbol, preorder_traversal, sympify
from sympy.core.basic import Basic
from sympy.core.symbol import Str

from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, complain
from tptheory.symbolic.bound import BoundIndex, BoundMatrix, BoundScalar, free, own_level
from tptheory.symbolic.expressions import as_matrix
from tptheory.symbolic.indices import WIDTH, index_parts, index_text, size_text
from tptheory.symbolic.members import LayerScalar, LayerSymbol, Member, layer_symbols, standing, stands_as_number
from tptheory.symbolic.uniform import formula, probes, refuse_branches

__all__ = [
    "WIDTH",
    "LayerScalar",
    "LayerSymbol",
    "Law",
    "Recursion",
    "Sequence",
    "index_parts",
    "index_text",
    "layer_symbols",
    "size_text",
    "standing",
    "stands_as_number",
]

Shape = Callable[[Any], tuple[Any, Any]]


class Law(NamedTuple):
    """What holds at every ``index`` from first to last: ``lhs = rhs``. The index is bound: no user's symbol equals it."""

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
        sequence = cls.defined(name, shape, first, last)
        sequence.check_shape(shape)
        return sequence

    @classmethod
    def defined(cls, name: str, shape: Shape, first: Any, last: Any) -> Any:
        """Build a sequence of which it is known that its shape does not branch."""
        index = Dummy("k", integer=True)
        return cls.of(_name(name), index, *_shape_at(shape, index), *_ends(first, last))

    @classmethod
    def of(cls, *args: Any) -> Any:
        """Build the node from its arguments; the bound index gets the level that goes with them."""
        name, index, *parts = args
        level = _level(index, parts)
        if not (isinstance(index, BoundIndex) and index.level == level > _highest(parts)):
            apart = Dummy("k", integer=True)
            parts = [part.xreplace({index: apart}) for part in parts]
            level = _level(apart, parts)
            index = BoundIndex(level)
            parts = [part.xreplace({apart: index}) for part in parts]
        node = Basic.__new__(cls, name, index, *parts)
        node._free = frozenset(set().union(*map(free, parts)) - {index})
        return node

    @property
    def func(self) -> Any:
        """What builds the node again from its arguments."""
        return type(self).of

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Tell how the node is copied, and unpickled."""
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
        """Return the shape of the member at an index."""
        at = {self.index: sympify(index)}
        return self.args[2].xreplace(at), self.args[3].xreplace(at)

    def __call__(self, index: Any) -> Any:
        """Return the member at an index."""
        return self.member(index)

    def member(self, index: Any) -> Any:
        """Return the matrix, or the number, at an index."""
        return LayerScalar(self, index) if self.scalar else LayerSymbol(self, index)

    def laws(self) -> tuple[Law, ...]:
        """Return what defines the members."""
        return ()

    def check_shape(self, shape: Shape) -> None:
        """Compare what a function says of shapes with the formula that was taken from it."""
        indices = probes(self.first, self.last)
        refuse_branches(lambda k: _shape_at(shape, k), self.shape, indices, "shape")

    def doit(self, **hints: Any) -> Any:
        """Return the same: a definition is left as it was given."""
        return self

    def _apart(self) -> tuple[Any, ...]:
        """Return the arguments with a bound index that stands nowhere else."""
        apart = {self.index: Dummy("k", integer=True)}
        return tuple(part.xreplace(apart) for part in self.args)

    def _xreplace(self, rule: Any) -> tuple[Any, bool]:
        if self in rule:
            return rule[self], True
        if not isinstance(rule, Mapping) or all(isinstance(key, Symbol) and key not in self._free for key in rule):
            return self, False
        outer = {key: value for key, value in rule.items() if self.index not in free(key)}
        captured = any(self.index in free(value) for value in outer.values())
        replaced = [part._xreplace(outer) for part in (self._apart() if captured else self.args)]
        return (self.of(*(part for part, _ in replaced)), True) if any(c for _, c in replaced) else (self, False)

    def _eval_subs(self, old: Any, new: Any) -> Any:
        if self.index in free(old):
            return self
        parts = self._apart() if self.index in free(new) else self.args
        return self.of(*(part._subs(old, new) for part in parts))

    def _sympystr(self, printer: Any) -> str:
        return f"{type(self).__name__}({self.name!r})"

    def _latex(self, printer: Any) -> str:
        return str(printer.doprint(Symbol(self.name)))


class Recursion(Sequence):
    r"""Matrices, or numbers, that follow one from the other.

    ``M[first] = start`` and ``M[k] = step(k, M[k-1])`` up to last; downward, ``M[last] = start`` and
    ``M[k] = step(k, M[k+1])`` down to first. The step is called once at an index that may be any, and at numbers and
    the ends to see that it says the same there; the node keeps the formula.

    Args:
        name: what the members are called; in one claim no two recursions may share it.
        first: the first index.
        last: the last index, such as the depth of the network.
        start: the member to start from.
        step: takes an index ``k`` and the neighbour, and returns the member at ``k``.
        shape: takes an index, and returns the shape of that member; None for numbers.
        downward: whether to start at last.
        reason: what a proof says of the definition.

    Raises:
        InvalidValueError: if the step raises, or names the recursion itself; and of its members, when one is asked
            for, if the step or the shape branches on the index.
        ShapeError: if the start or the step has another shape.

    >>> from sympy import Trace
    >>> from tptheory.symbolic.network import DeepLinearNetwork
    >>> net = DeepLinearNetwork(depth=Symbol("L", integer=True))
    >>> S = Recursion("S", 0, net.depth, 0, lambda k, S: S + Trace(net.weight(k).T * net.weight(k)))
    >>> str(S(net.depth)), S.func(*S.args) == S
    ('S[L]', True)
    """

    def __new__(
        cls,
        name: str,
        first: Any,
        last: Any,
        start: Any,
        step: Callable[[Any, Any], Any],
        shape: Shape | None = None,
        *,
        downward: bool = False,
        reason: str = "",
    ) -> Any:
        """Build the recursion, and compare its step and shape at numbers with those at any index."""
        recursion = cls.defined(name, first, last, start, step, shape, downward=downward, reason=reason)
        low, high = (recursion.first, recursion.last - 1) if downward else (recursion.first + 1, recursion.last)
        try:
            if shape is not None:
                recursion.check_shape(shape)
            refuse_branches(
                lambda k: step(k, recursion.neighbour.xreplace({recursion.index: k})),
                lambda k: recursion.step.xreplace({recursion.index: k}),
                probes(low, high),
                "step",
                _unfolded_start,
            )
        except InvalidValueError as refusal:
            return BranchingRecursion.of(*recursion.args, Str(str(refusal)))
        return recursion

    @classmethod
    def defined(
        cls,
        name: str,
        first: Any,
        last: Any,
        start: Any,
        step: Callable[[Any, Any], Any],
        shape: Shape | None = None,
        *,
        downward: bool = False,
        reason: str = "",
    ) -> Any:
        """Build a recursion of which it is known that its step and shape do not branch."""
        index = Dummy("k", integer=True)
        first, last = _ends(first, last)
        sizes = (S.One, S.One) if shape is None else _shape_at(shape, index)
        neighbour = _neighbour(index, None if shape is None else sizes, downward)
        read = (lambda _, value: _number(value)) if shape is None else as_matrix
        begin = read("start", start)
        value = read("step", formula(lambda k: step(k, neighbour), index, "step"))
        for argument, part, at in (("start", begin, last if downward else first), ("step", value, index)):
            expected = tuple(size.xreplace({index: at}) for size in sizes)
            if shape is not None and any((n - m).expand() != 0 for n, m in zip(part.shape, expected, strict=True)):
                raise ShapeError(f"{argument!r} must have the shape {expected} (got {part} of shape {part.shape}).")
            _refuse_dependence(name, index, part)
        text = Str(reason or f"definition of {name}")
        return cls.of(
            _name(name), index, *sizes, first, last, begin, neighbour, value, S.true if downward else S.false, text
        )

    start = property(lambda self: self.args[6], doc="The member to start from.")
    neighbour = property(
        lambda self: self.args[7], doc="What stands for the neighbour in the step: bound, as the index."
    )
    step = property(lambda self: self.args[8], doc="The member at the bound index, in terms of its neighbour.")
    downward = property(lambda self: self.args[9] is S.true, doc="Whether it starts at last.")
    reason = property(lambda self: self.args[10].name, doc="What a proof says of the definition.")
    scalar = property(lambda self: isinstance(self.neighbour, BoundScalar), doc="Whether the members are numbers.")  # type: ignore[assignment]

    @property
    def begin(self) -> Any:
        """The index of the start."""
        return self.last if self.downward else self.first

    @property
    def shift(self) -> int:
        """How far the neighbour is from the index: -1, or downward 1."""
        return 1 if self.downward else -1

    def altered(self, name: str, change: Callable[[Any, Mapping[Any, Any]], Any], reason: str) -> Recursion:
        """Return the recursion of what becomes of the members by a flow, or by a step: derivatives, or values.

        Args:
            name: what the new members are called.
            change: takes an expression, and what becomes of the neighbour; returns what becomes of the expression.
            reason: what a proof says of the definition.
        """
        index = Dummy("k", integer=True)
        before = self(index + self.shift)
        step = self.step.xreplace({self.index: index, self.neighbour: before})
        sizes = self.shape(index)
        after = _neighbour(index, None if self.scalar else sizes, self.downward)
        return self.of(
            _name(name),
            index,
            *sizes,
            self.first,
            self.last,
            change(self.start, {}),
            after,
            change(step, {before: after}),
            self.args[9],
            Str(reason),
        )

    def laws(self) -> tuple[Law, ...]:
        """Return the start, and the step."""
        k = self.index
        low, high = (self.first, self.last - 1) if self.downward else (self.first + 1, self.last)
        step = self.step.xreplace({self.neighbour: self(k + self.shift)})
        start = Law(self(self.begin), self.start, self.begin, self.begin, self.reason, k)
        return start, Law(self(k), step, low, high, self.reason, k)


class BranchingRecursion(Recursion):
    """A recursion whose step or shape branches on the index: a claim can speak of none of its members.

    Its last argument says why.
    """

    def member(self, index: Any) -> Any:
        """Refuse, and say why.

        Raises:
            InvalidValueError: always.
        """
        raise InvalidValueError(self.args[-1].name)


def _rebuilt(cls: type[Sequence], *args: Any) -> Any:
    return cls.of(*args)


def _name(name: Any) -> Str:
    if not isinstance(name, str) or not name:
        raise InvalidTypeError(complain("name", "a string such as 'S'", name))
    return Str(name)


def _ends(first: Any, last: Any) -> tuple[Any, Any]:
    index_parts(first, "first")
    index_parts(last, "last")
    return sympify(first), sympify(last)


def _shape_at(shape: Shape, index: Any) -> tuple[Any, Any]:
    rows, columns = formula(shape, index, "shape")
    return sympify(rows), sympify(columns)


def _number(value: Any) -> Any:
    if isinstance(value, MatrixExpr | MatrixBase):
        raise InvalidTypeError(complain("shape", "given for matrices", value, "Without it members are numbers."))
    return sympify(value)


def _neighbour(index: Any, sizes: tuple[Any, Any] | None, downward: bool) -> Any:
    beside = {index: index + (1 if downward else -1)}
    return BoundScalar(index) if sizes is None else BoundMatrix(index, *(n.xreplace(beside) for n in sizes))


def _highest(parts: list[Any]) -> int:
    return max((s.index.level for part in parts for s in _outermost(part)), default=0)


def _level(index: Any, parts: list[Any]) -> int:
    return own_level(_highest(parts), set().union(*map(free, parts)) - {index})


def _outermost(expression: Any) -> Iterator[Sequence]:
    nodes = preorder_traversal(expression)
    for node in nodes:
        if isinstance(node, Sequence):
            yield node
            nodes.skip()


def _refuse_dependence(name: str, index: Any, part: Any) -> None:
    """Refuse a start or step that names what it defines, or holds a definition that is another one at every layer."""
    for sequence in part.atoms(Sequence):
        if sequence.name == name:
            mend = "The neighbour is the second argument of the step; give another sequence another name."
            raise InvalidValueError(complain("step", f"free of members of a sequence called {name}", part, mend))
        if index in sequence.free_symbols:
            mend = "Define it outside, for all layers."
            raise InvalidValueError(
                complain("step", f"free of definitions that depend on its layer, as of {sequence.name}", part, mend)
            )
    for symbol in standing(part, MatrixSymbol):
        if not isinstance(symbol, LayerSymbol | BoundMatrix) and index in free(symbol):
            mend = "A matrix at each layer is a member of a Sequence, or net.layer_matrix(name, l, shape)."
            raise InvalidValueError(
                complain("step", f"free of symbols whose size depends on the layer, as {symbol}", part, mend)
            )


def _unfolded_start(part: Any) -> Any:
    """Return the start of a recursion for its first member."""
    if isinstance(part, Member) and isinstance(part.sequence, Recursion) and part.index == part.sequence.begin:
        return part.sequence.start
    return part
