"""Gradient flow, one finite step, and the derivative of any expression along them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from sympy import Expr, MatrixExpr, MatrixSymbol, S

from tptheory.errors import InvalidValueError, UnsupportedExpressionError, complain, unknown_name
from tptheory.symbolic.differentiation import differential
from tptheory.symbolic.expressions import matadd, matmul
from tptheory.symbolic.layers import LayerScalar, LayerSymbol, Recursion, Sequence
from tptheory.symbolic.rebuilding import rebuild
from tptheory.symbolic.remembering import one_question
from tptheory.symbolic.substitution import substitute
from tptheory.typesetting.expressions import latex_of
from tptheory.typesetting.names import Written, dotted
from tptheory.typesetting.notebook import ShownAsMathematics
from tptheory.typesetting.spelling import one_line

if TYPE_CHECKING:
    from tptheory.symbolic.network import DeepLinearNetwork


class MakesMotions(Protocol):
    """What a motion asks of its rule: its title within a sentence, and the flow or step of another network."""

    @property
    def full_phrase(self) -> str:
        """The title of the rule as it stands within a sentence, with the values of its parameters."""

    def flow(self, net: DeepLinearNetwork) -> Flow:
        """Return how a network moves in continuous time."""

    def step(self, net: DeepLinearNetwork) -> Step:
        """Return how a network moves in one step."""


class Motion(ShownAsMathematics, Mapping[MatrixSymbol, MatrixExpr]):
    """How the parameters of a network, and the rule's states, move: a mapping from a symbol to an expression."""

    def __init__(self, rule: MakesMotions, net: DeepLinearNetwork, changes: Mapping[MatrixSymbol, MatrixExpr]) -> None:
        self.rule = rule
        self.net = net
        self._changes = changes

    def __getitem__(self, symbol: MatrixSymbol | str) -> MatrixExpr:
        """Return how a symbol moves, which may be given by its name.

        Raises:
            UnknownNameError: if nothing of this name moves.
        """
        if isinstance(symbol, str):
            moving = self._by_name()
            if symbol not in moving:
                raise unknown_name("symbol", symbol, moving)
            symbol = moving[symbol]
        return self._changes[symbol]

    def _by_name(self) -> dict[str, MatrixSymbol]:
        """Return what moves by its name; nothing where the depth is a symbol."""
        return {} if self.net.any_depth else {str(known): known for known in self}

    def __contains__(self, symbol: object) -> bool:
        """Tell whether a symbol, or one of a name, moves; so does a member of a recursion, by the recursion's step."""
        return (
            symbol in self._by_name()
            if isinstance(symbol, str)
            else _is_of_recursion(symbol) or symbol in self._changes
        )

    def __iter__(self) -> Iterator[MatrixSymbol]:
        """Run through the symbols that move: weights, biases, states."""
        return iter(self._changes)

    @property
    def sequences(self) -> tuple[Sequence, ...]:
        """The sequences whose members move, of a network of any depth; empty where the depth is a number."""
        return self._changes.sequences if isinstance(self._changes, EveryLayer) else ()

    def __len__(self) -> int:
        """Count the symbols that move."""
        return len(self._changes)

    def __hash__(self) -> int:
        """Hash the rule, the net and the kind of motion."""
        return hash((type(self), self.rule, self.net))

    def __eq__(self, other: object) -> bool:
        """Compare by the kind of motion, rule and net."""
        return isinstance(other, type(self)) and (self.rule, self.net) == (other.rule, other.net)

    def __repr__(self) -> str:
        """Show the call that builds this motion."""
        return f"{self.rule!r}.{type(self).__name__.lower()}({self.net!r})"

    def __str__(self) -> str:
        """Show how each symbol moves, a line each; of a network of any depth, the call that builds the motion."""
        if self.net.any_depth:
            return repr(self)
        return "\n".join(f"{self._moved(W).text} = {one_line(change)}" for W, change in self.items())

    def _repr_latex_(self) -> str | None:
        if self.net.any_depth:
            return None
        rows = r" \\ ".join(rf"{self._moved(W).latex} &= {latex_of(change)}" for W, change in self.items())
        return rf"$\displaystyle \begin{{aligned}} {rows} \end{{aligned}}$"

    def _moved(self, symbol: MatrixSymbol) -> Written:
        """Return how the motion of a symbol is written."""
        return dotted(symbol.name).written()

    def refuse_unknown_error(self, expression: Any) -> None:
        """Refuse an expression if the loss does not determine how it moves.

        Raises:
            UnsupportedExpressionError: if the output error is a symbol, and the expression speaks of it.
        """
        error = self.net.error
        if isinstance(error, MatrixSymbol) and expression.has(error):
            raise UnsupportedExpressionError(
                f"'expression' must not contain {error} (got {expression}): how it moves depends on the loss, "
                "which loss='any' leaves open. Use loss='squared'."
            )

    def refuse_namesakes(self, expression: Any) -> None:
        """Refuse an expression with another symbol of the name of one that moves, which would stand still.

        Raises:
            InvalidValueError: if there is one: its shape, or what it was declared to be, is another.
        """
        moving = self._by_name()
        for symbol in expression.atoms(MatrixSymbol) if moving else ():
            if moving.get(symbol.name, symbol) != symbol:
                came, mend = f"another {symbol}, of shape {symbol.shape}", "Try net.weight(1)."
                raise InvalidValueError(complain("expression", "one of the symbols that move", came, mend))


class EveryLayer(Mapping[MatrixSymbol, MatrixExpr]):
    """How the layers of a network of any depth move: what moves is found by its sequence and index, not one by one.

    Args:
        changes: how ``W[l]``, ``b[l]`` and the states of layer ``l`` move, by their sequences, as functions of ``l``.
    """

    def __init__(self, changes: Mapping[Sequence, Callable[[Any], MatrixExpr]]) -> None:
        self._changes = changes

    @one_question()
    def __getitem__(self, symbol: MatrixSymbol) -> MatrixExpr:
        """Return how a member of a sequence moves."""
        if not isinstance(symbol, LayerSymbol):
            raise KeyError(symbol)
        return self._changes[symbol.sequence](symbol.index)

    def __contains__(self, symbol: object) -> bool:
        """Tell whether a symbol is a member of a sequence that moves."""
        return isinstance(symbol, LayerSymbol) and symbol.sequence in self._changes

    @property
    def sequences(self) -> tuple[Sequence, ...]:
        """The sequences whose members move."""
        return tuple(self._changes)

    def __iter__(self) -> Iterator[MatrixSymbol]:
        """Refuse to list the parameters: a network of any depth has no definite number of them."""
        raise InvalidValueError("'depth' must be a number for the parameters to be listed (got a symbol).")

    def __len__(self) -> int:
        """Refuse to count the parameters, for the same reason."""
        return len(list(self))


class Flow(Motion):
    """Continuous time: maps each parameter, and each state, to its velocity, such as ``-G_l``."""

    def derivative(self, expression: Any, invertible: Collection[MatrixExpr] = ()) -> Any:
        """Return the time derivative of a matrix or scalar expression, in which pseudo-inverses keep their rank.

        Args:
            expression: the matrix or scalar to differentiate.
            invertible: the matrices that are known to have an inverse, for the determinants of matrices of any size.

        Raises:
            UnsupportedExpressionError: for a node without a rule, or an output error that the loss leaves open.
        """
        self.refuse_unknown_error(expression)
        self.refuse_namesakes(expression)
        return differential(expression, self, invertible)

    def refuse_unknown_error(self, expression: Any) -> None:
        """Refuse what the base class refuses, but not the loss or a sum with it: its gradient is all that is needed."""
        loss = self.net.loss
        besides = expression.xreplace({loss: S.Zero}) if isinstance(expression, Expr) else expression
        super().refuse_unknown_error(besides)

    def __getitem__(self, symbol: MatrixSymbol) -> MatrixExpr:
        """Return the velocity of ``symbol``; for a member of a recursion, derive it from the recursion's step."""
        if not _is_of_recursion(symbol):
            return super().__getitem__(symbol)
        recursion = symbol.sequence

        def change(expression: Any, neighbours: Mapping[Any, Any]) -> Any:
            return differential(expression, _Beside(self, neighbours))

        return recursion.transformed(f"{recursion.name}_dot", change, f"{recursion.reason}, along the flow")(
            symbol.index
        )


def _is_of_recursion(symbol: Any) -> bool:
    """Tell whether a symbol is a member of a recursion, so that its motion follows from the recursion's step."""
    return isinstance(symbol, LayerSymbol | LayerScalar) and isinstance(symbol.sequence, Recursion)


class _Beside(Mapping[Any, Any]):
    """A motion, extended by the motion of the neighbours that stand in the step of a recursion."""

    def __init__(self, motion: Flow, neighbours: Mapping[Any, Any]) -> None:
        self.motion, self.neighbours = motion, neighbours

    def __getitem__(self, symbol: Any) -> Any:
        """Return how a neighbour moves, and how any other symbol does by the motion."""
        return self.neighbours[symbol] if symbol in self.neighbours else self.motion[symbol]

    def __iter__(self) -> Iterator[Any]:
        """Run through what the motion lists."""
        return iter(self.motion)

    def __len__(self) -> int:
        """Count what the motion lists."""
        return len(self.motion)


class Step(Motion):
    """One finite step of size ``eta``: maps each parameter, and each state, to its change, such as ``-eta G_l``."""

    def __getitem__(self, symbol: MatrixSymbol) -> MatrixExpr:
        """Return the change of ``symbol``; of a member of a recursion, its value after the step minus that before."""
        if not _is_of_recursion(symbol):
            return super().__getitem__(symbol)
        after = self.after(symbol)
        return matadd(after, matmul(-1, symbol)) if isinstance(symbol, LayerSymbol) else after - symbol

    def _moved(self, symbol: MatrixSymbol) -> Written:
        return Written(f"Delta {symbol}", rf"\Delta {latex_of(symbol)}")

    def after(self, expression: Any) -> Any:
        """Return the expression after the step: every parameter replaced by itself plus its change."""
        self.refuse_unknown_error(expression)
        self.refuse_namesakes(expression)
        if not self.net.any_depth:
            return substitute(expression, {symbol: matadd(symbol, change) for symbol, change in self.items()})
        return self._layers_after(expression, {})

    def _layers_after(self, expression: Any, neighbours: Mapping[Any, Any]) -> Any:
        """Return an expression after the step; each recursion is replaced by the one of the values after the step."""

        def after(part: Any) -> Any:
            if part in neighbours:
                return neighbours[part]
            if not isinstance(part, LayerSymbol | LayerScalar):
                return part
            if _is_of_recursion(part):
                name, reason = part.sequence.name, f"{part.sequence.reason}, after the step"
                return part.sequence.transformed(f"{name}_next", self._layers_after, reason)(part.index)
            return matadd(part, self[part]) if part in self else part

        return rebuild(expression, after)
