"""Networks of any depth: matrices that carry the index of their layer, and sequences of them that a recursion defines.

A sequence such as ``W`` has a member ``W[l]`` for every index from first to last; an index is an integer, a symbol, or
a symbol plus an integer. A recursion such as ``x[l] = W[l] x[l-1]`` also defines its members. An induction over layers
unfolds this definition, and `at_depth` multiplies it out where the depth is a number.

Sequences and members are ordinary SymPy nodes. What they mean stands in their arguments: two of them are equal if their
arguments are. ``xreplace`` and ``subs`` put in another index, and leave the bound symbols of a definition alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sympy import Dummy, MatrixBase, MatrixExpr, MatrixSymbol, S, sympify
from sympy.core.symbol import Str

from tptheory.errors import InvalidTypeError, InvalidValueError, ShapeError, complain
from tptheory.symbolic.bound import BoundMatrix, BoundScalar, free_symbols
from tptheory.symbolic.expressions import as_matrix
from tptheory.symbolic.indices import WIDTH, index_parts, index_text
from tptheory.symbolic.members import LayerScalar, LayerSymbol, Member, layer_symbols, occurrences
from tptheory.symbolic.sequences import Definition, Sequence, Shape, checked_ends, checked_name, shape_at
from tptheory.symbolic.shapes import same_shape
from tptheory.symbolic.uniform import formula, refuse_branches
from tptheory.symbolic.watching import refuse_depths

__all__ = [
    "WIDTH",
    "Definition",
    "LayerScalar",
    "LayerSymbol",
    "Recursion",
    "Sequence",
    "index_parts",
    "index_text",
    "layer_symbols",
    "occurrences",
]


class Recursion(Sequence):
    r"""Matrices, or numbers, that follow one from the other.

    ``M[first] = start`` and ``M[k] = step(k, M[k-1])`` up to last; downward, ``M[last] = start`` and
    ``M[k] = step(k, M[k+1])`` down to first. The step is called at a symbolic index, which gives the formula that the
    node keeps. It is called at numbers, too: at the ends, and wherever its code may branch. If the formula does not
    give what the step returns there, any request for a member of the recursion is refused.

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

    >>> from sympy import Symbol, Trace
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
            asked = refuse_branches(
                lambda k: step(k, recursion.neighbour.xreplace({recursion.index: k})),
                lambda k: recursion.step.xreplace({recursion.index: k}),
                (low, high),
                "step",
                _unfolded_start,
            )
            refuse_depths(asked, "step")
        except InvalidValueError as refusal:
            return BranchingRecursion.of(*recursion.args, Str(str(refusal)))
        recursion.check_parts()
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
        """Build a recursion whose step and shape are known not to branch, without checking that."""
        index = Dummy("k", integer=True)
        first, last = checked_ends(first, last)
        sizes = (S.One, S.One) if shape is None else shape_at(shape, index)
        neighbour = _neighbour(index, None if shape is None else sizes, downward)
        read = (lambda _, value: _number(value)) if shape is None else as_matrix
        begin = read("start", start)
        value = read("step", formula(lambda k: step(k, neighbour), index, "step"))
        for part in (begin, value):
            _refuse_dependence(name, index, part)
        sense, text = S.true if downward else S.false, Str(reason or f"definition of {name}")
        return cls.of(
            checked_name(name),
            index,
            *sizes,
            first,
            last,
            begin,
            neighbour,
            value,
            sense,
            text,
        )

    start = property(lambda self: self.args[6], doc="The member to start from.")
    neighbour = property(
        lambda self: self.args[7], doc="What stands for the neighbour in the step: bound, as the index."
    )
    step = property(lambda self: self.args[8], doc="The member at the bound index, in terms of its neighbour.")
    downward = property(lambda self: self.args[9] is S.true, doc="Whether it starts at last.")
    reason = property(lambda self: self.args[10].name, doc="What a proof says of the definition.")
    scalar = property(lambda self: isinstance(self.neighbour, BoundScalar), doc="Whether the members are numbers.")

    def check_parts(self) -> None:
        """Refuse a start or a step of another shape than the members have.

        Raises:
            ShapeError: if one has.
        """
        for argument, part, index in (("start", self.start, self.start_index), ("step", self.step, self.index)):
            expected = self.shape(index)
            if not self.scalar and not same_shape(part.shape, expected):
                raise ShapeError(f"{argument!r} must have the shape {expected} (got {part} of shape {part.shape}).")

    @property
    def start_index(self) -> Any:
        """The index of the start."""
        return self.last if self.downward else self.first

    @property
    def shift(self) -> int:
        """How far the neighbour is from the index: -1, or downward 1."""
        return 1 if self.downward else -1

    def transformed(self, name: str, change: Callable[[Any, Mapping[Any, Any]], Any], reason: str) -> Recursion:
        """Return the recursion of the members' derivatives along a flow, or of their values after a step.

        Args:
            name: what the new members are called.
            change: takes an expression, and the derivative (or new value) of the neighbour; returns that of the
                expression.
            reason: what a proof says of the definition.
        """
        index = Dummy("k", integer=True)
        before = self(index + self.shift)
        step = self.step.xreplace({self.index: index, self.neighbour: before})
        sizes = self.shape(index)
        after = _neighbour(index, None if self.scalar else sizes, self.downward)
        return self.of(
            checked_name(name),
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

    def laws(self) -> tuple[Definition, ...]:
        """Return the two definitions: that of the member at the start, and that of a member by its neighbour."""
        k = self.index
        low, high = (self.first, self.last - 1) if self.downward else (self.first + 1, self.last)
        step = self.step.xreplace({self.neighbour: self(k + self.shift)})
        start = Definition(self(self.start_index), self.start, self.start_index, self.start_index, self.reason, k)
        return start, Definition(self(k), step, low, high, self.reason, k)


class BranchingRecursion(Recursion):
    """A recursion whose step or shape branches on the index, so that no claim can speak of a member of it.

    The last argument of the node says why.
    """

    def member(self, index: Any) -> Any:
        """Refuse, and say why.

        Raises:
            InvalidValueError: always.
        """
        raise InvalidValueError(self.args[-1].name)


def _number(value: Any) -> Any:
    if isinstance(value, MatrixExpr | MatrixBase):
        raise InvalidTypeError(complain("shape", "given for matrices", value, "Without it members are numbers."))
    return sympify(value)


def _neighbour(index: Any, sizes: tuple[Any, Any] | None, downward: bool) -> Any:
    beside = {index: index + (1 if downward else -1)}
    return BoundScalar(index) if sizes is None else BoundMatrix(index, *(n.xreplace(beside) for n in sizes))


def _refuse_dependence(name: str, index: Any, part: Any) -> None:
    """Refuse a start or step that names its own recursion, or a sequence whose definition depends on the layer."""
    for sequence in part.atoms(Sequence):
        if sequence.name == name:
            mend = "The neighbour is the second argument of the step; give another sequence another name."
            raise InvalidValueError(complain("step", f"free of members of a sequence called {name}", part, mend))
        if index in sequence.free_symbols:
            mend = "Define it outside, for all layers."
            raise InvalidValueError(
                complain("step", f"free of definitions that depend on its layer, as of {sequence.name}", part, mend)
            )
    for symbol in occurrences(part, MatrixSymbol):
        if not isinstance(symbol, LayerSymbol | BoundMatrix) and index in free_symbols(symbol):
            mend = "A matrix at each layer is a member of a Sequence, or net.layer_matrix(name, l, shape)."
            raise InvalidValueError(
                complain("step", f"free of symbols whose size depends on the layer, as {symbol}", part, mend)
            )


def _unfolded_start(part: Any) -> Any:
    """Replace the first member of a recursion by the start of that recursion; return anything else unchanged."""
    if isinstance(part, Member) and isinstance(part.sequence, Recursion) and part.index == part.sequence.start_index:
        return part.sequence.start
    return part
