"""Deep linear networks as SymPy matrix expressions."""

from __future__ import annotations

import collections.abc
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Any

from sympy import Add, Expr, Identity, Integer, MatrixExpr, MatrixSymbol, OneMatrix, Rational, Symbol, sympify

from tptheory.checking import checked_integer
from tptheory.errors import InvalidTypeError, InvalidValueError, complain, unknown_name
from tptheory.symbolic.expressions import matadd, matmul, squared_norm
from tptheory.symbolic.layers import WIDTH, Recursion, Sequence, index_parts
from tptheory.symbolic.sequences import Shape
from tptheory.symbolic.unspecified_loss import UnspecifiedLoss
from tptheory.typesetting.notebook import ShownAsMathematics

LOSSES = ("squared", "any")
DEEPEST = 1000
"""The most layers that a network of a number of layers has."""


class DeepLinearNetwork(ShownAsMathematics):
    """The network ``x_l = W_l x_{l-1} + b_l``, ``l = 1..L``, on one sample or on a batch.

    ``W_l`` has shape ``(n_l, n_{l-1})``. One sample is a column ``x`` of shape ``(n_0, 1)`` with target ``y`` of shape
    ``(n_L, 1)``; a batch is ``X`` of shape ``(n_0, B)`` with ``Y`` of shape ``(n_L, B)``, samples in columns.

    Args:
        depth: the number ``L`` of layers, with symbolic widths ``n_0..n_L``; a SymPy symbol for a network of any depth,
            whose layers ``l`` are then symbols too, or numbers, or ``L``, or one of these plus an integer.
        widths: instead of ``depth``: ``(n_0, ..., n_L)``, positive integers or SymPy symbols.
        batch: the number ``B`` of samples (an integer or a SymPy symbol); None for one sample.
        biases: whether the layers have biases ``b_l`` of shape ``(n_l, 1)``.
        loss: ``"squared"`` for ``1/2 |x_L - y|^2``, or ``"any"``, which leaves ``d_L = dLoss/dx_L`` a symbol.

    >>> net = DeepLinearNetwork(depth=2)
    >>> str(net.error)
    'W_2*W_1*x - y'
    >>> DeepLinearNetwork(widths=(4, 3, 2), batch=5).activation(1).shape
    (3, 5)

    Raises:
        InvalidTypeError: if an argument is of the wrong type.
        InvalidValueError: if depth, a width or batch is below 1, or depth and widths contradict each other.
        UnknownNameError: if ``loss`` is not a known name.
    """

    def __init__(
        self,
        depth: int | Symbol | None = None,
        *,
        widths: collections.abc.Sequence[int | Expr] | None = None,
        batch: int | Expr | None = None,
        biases: bool = False,
        loss: str = "squared",
    ) -> None:
        self.any_depth = isinstance(depth, Symbol)
        found = () if self.any_depth else _widths(depth, widths)
        self.widths: Any = found or _AnyWidths()
        self.depth: Any = len(found) - 1 if found else depth
        if self.any_depth and widths is not None:
            raise InvalidValueError(complain("depth", "a number if widths are given", depth))
        self.batch = None if batch is None else _size("batch", batch)
        if loss not in LOSSES:
            raise unknown_name("loss", str(loss), LOSSES)
        self.biases = bool(biases)
        self.loss_name = loss

    @property
    def samples(self) -> Expr:
        """The number of columns of every activation: ``B``, or 1."""
        return Integer(1) if self.batch is None else self.batch

    @property
    def input(self) -> MatrixSymbol:
        """``x`` of shape ``(n_0, 1)``, or the batch ``X`` of shape ``(n_0, B)``."""
        return MatrixSymbol("x" if self.batch is None else "X", self.widths[0], self.samples)

    @property
    def target(self) -> MatrixSymbol:
        """``y`` of shape ``(n_L, 1)``, or the batch ``Y`` of shape ``(n_L, B)``."""
        return MatrixSymbol("y" if self.batch is None else "Y", self.widths[self.depth], self.samples)

    def weight(self, l: int) -> MatrixSymbol:
        """Return ``W_l`` of shape ``(n_l, n_{l-1})``, for ``l = 1..L``."""
        self.check_layer(l)
        return self._weight_sequence(l) if self.any_depth else self.layer_matrix("W", l, self._weight_shape)

    def _weight_shape(self, l: Any) -> tuple[Any, Any]:
        return self.widths[l], self.widths[l - 1]

    @cached_property
    def _weight_sequence(self) -> Sequence:
        return Sequence.with_shape("W", self._weight_shape, 1, self.depth)

    def layer_matrix(self, name: str, l: Any, shape: Shape, first: int = 1) -> MatrixSymbol:
        """Return the symbol ``name_l`` of shape ``shape(l)``; of a network of any depth, a member of a sequence.

        Args:
            name: the name of the matrices.
            l: the layer.
            shape: the shape of each matrix, as a function of its layer.
            first: the first layer that has such a matrix, 1 or 0; the last that has one is ``L - 1 + first``.

        Raises:
            InvalidValueError: if the shape branches on the layer, in a network of any depth.
        """
        if not self.any_depth:
            return MatrixSymbol(f"{name}_{l}", *shape(l))
        return Sequence(name, shape, first, self.depth - 1 + first)(l)

    def bias(self, l: int) -> MatrixSymbol:
        """Return ``b_l`` of shape ``(n_l, 1)``, for ``l = 1..L``.

        Raises:
            InvalidValueError: if the network has no biases.
        """
        self.check_layer(l)
        if not self.biases:
            raise InvalidValueError("'biases' must be True for a bias to exist (got False).")
        return self._bias_sequence(l) if self.any_depth else self.layer_matrix("b", l, lambda k: (self.widths[k], 1))

    @cached_property
    def _bias_sequence(self) -> Sequence:
        return Sequence.with_shape("b", lambda k: (self.widths[k], 1), 1, self.depth)

    @property
    def parameter_sequences(self) -> tuple[Sequence, ...]:
        """The weights of a network of any depth, and its biases, each as a sequence."""
        return (self._weight_sequence, self._bias_sequence) if self.biases else (self._weight_sequence,)

    @property
    def weights(self) -> tuple[MatrixSymbol, ...]:
        """``(W_1, ..., W_L)``."""
        return tuple(self.weight(l) for l in self.layers)

    @property
    def layers(self) -> range:
        """The layers ``1..L``.

        Raises:
            InvalidValueError: if the depth is a symbol.
        """
        if self.any_depth:
            raise InvalidValueError(complain("depth", "a number, for the layers to be listed", self.depth))
        return range(1, self.depth + 1)

    @property
    def parameters(self) -> tuple[MatrixSymbol, ...]:
        """All weights, then all biases."""
        return self.weights + tuple(self.bias(l) for l in self.layers if self.biases)

    def product(self, high: int, low: int) -> MatrixExpr:
        """Return ``W_high ... W_low``; the identity of size ``n_high`` where ``high = low - 1``.

        Raises:
            InvalidValueError: if ``high < low - 1``, or a layer does not exist.
        """
        if self.any_depth:
            return self._any_product(high, low)
        if high == low - 1 and 0 <= high <= self.depth:
            return Identity(self.widths[high])
        if high < low:
            raise InvalidValueError(complain("high", f"at least low - 1 = {low - 1}", high))
        return matmul(*(self.weight(l) for l in range(high, low - 1, -1)))

    def activation(self, l: int) -> MatrixExpr:
        """Return ``x_l`` in terms of the weights and the input, for ``l = 0..L``."""
        self.check_layer(l, lowest=0)
        return self._activation_sequence(l) if self.any_depth else self._activations[l]

    @cached_property
    def _activation_sequence(self) -> Recursion:
        name, shape = str(self.input.name), lambda k: (self.widths[k], self.samples)
        return Recursion.defined(name, 0, self.depth, self.input, self._layer, shape, reason="the layers")

    def _layer(self, l: Any, x: MatrixExpr) -> MatrixExpr:
        """Return ``W_l x + b_l``."""
        x = matmul(self.weight(l), x)
        return matadd(x, matmul(self.bias(l), self.ones)) if self.biases else x

    @cached_property
    def _activations(self) -> tuple[MatrixExpr, ...]:
        activations: list[MatrixExpr] = [self.input]
        for l in self.layers:
            activations.append(self._layer(l, activations[-1]))
        return tuple(activations)

    def _any_product(self, high: Any, low: Any) -> MatrixExpr:
        """Return a product that starts at the first layer or ends at the last one; recursions define only these."""
        if high == low - 1:
            return Identity(self.widths[high])
        if low == 1:
            return self.product_from_the_first(high)
        if high == self.depth:
            return self.product_to_the_last(low)
        raise InvalidValueError(
            complain("low", "1, or 'high' the depth, in a network of any depth", low, "Define it by a Recursion.")
        )

    @cached_property
    def product_from_the_first(self) -> Recursion:
        """The products ``W_l ... W_1`` of a network of any depth, for ``l = 0..L``."""
        n, step = self.widths, lambda k, P: matmul(self.weight(k), P)
        return Recursion.defined("Up", 0, self.depth, Identity(n[0]), step, lambda k: (n[k], n[0]))

    @cached_property
    def product_to_the_last(self) -> Recursion:
        """The products ``W_L ... W_l`` of a network of any depth, for ``l = 1..L+1``."""
        n, L, step = self.widths, self.depth, lambda k, P: matmul(P, self.weight(k))
        shape = lambda k: (n[L], n[k - 1])  # noqa: E731
        return Recursion.defined("Down", 1, L + 1, Identity(n[L]), step, shape, downward=True)

    @property
    def whole_product(self) -> MatrixExpr:
        """``W_L ... W_1``, the product of all weights."""
        return self.product(self.depth, 1)

    def at_depth(self, values: Mapping[Any, int]) -> DeepLinearNetwork:
        """Return the network with a number for its depth, or the same network if its depth is a number already."""
        return (
            type(self)(values[self.depth], batch=self.batch, biases=self.biases, loss=self.loss_name)
            if self.any_depth
            else self
        )

    def with_widths(self, widths: collections.abc.Sequence[Any], batch: Any = None) -> DeepLinearNetwork:
        """Return the network of other widths, and of another number of samples if one is given."""
        batch = self.batch if batch is None else batch
        return type(self)(widths=widths, batch=batch, biases=self.biases, loss=self.loss_name)

    @property
    def ones(self) -> MatrixExpr:
        """The row of ones that copies a bias to every sample: shape ``(1, B)``."""
        return Identity(1) if self.batch is None else OneMatrix(1, self.samples)

    @property
    def output(self) -> MatrixExpr:
        """``x_L``."""
        return self.activation(self.depth)

    @property
    def error(self) -> MatrixExpr:
        """``dLoss/dx_L``: ``x_L - y`` for the squared error, the symbol ``d_L`` for any other loss."""
        if self.loss_name == "squared":
            return self._squared_error
        letter, L = "d" if self.batch is None else "D", self.depth
        if self.any_depth:
            return Sequence.with_shape(letter, lambda k: (self.widths[k], self.samples), 0, L)(L)
        return MatrixSymbol(f"{letter}_{L}", self.widths[L], self.samples)

    @cached_property
    def _squared_error(self) -> MatrixExpr:
        return matadd(self.output, matmul(-1, self.target))

    @property
    def loss(self) -> Expr:
        """``1/2 |x_L - y|^2``, summed over the batch; for any other loss a node that knows its gradient ``d_L``."""
        if self.loss_name == "squared":
            return Rational(1, 2) * squared_norm(self.error)
        return UnspecifiedLoss(self.output, self.error)

    def penalised_loss(self, decay: Any) -> Expr:
        """Return the loss plus ``decay/2`` times the sum of all ``|W_l|^2``; biases are not penalised.

        >>> from sympy import Symbol
        >>> net = DeepLinearNetwork(depth=2)
        >>> net.penalised_loss(Symbol("c")) - net.loss
        c*(Trace(W_1.T*W_1) + Trace(W_2.T*W_2))/2
        """
        return self.loss + decay * self._squared_norms / 2

    @cached_property
    def _squared_norms(self) -> Expr:
        """The sum of all ``|W_l|^2``."""
        if not self.any_depth:
            return Add(*map(squared_norm, self.weights))
        step = lambda k, total: total + squared_norm(self.weight(k))  # noqa: E731
        return Recursion.defined("N", 0, self.depth, 0, step, reason="the sum of squared norms")(self.depth)

    def check_layer(self, l: Any, lowest: int = 1) -> None:
        """Refuse an index that is not a layer.

        Raises:
            InvalidTypeError: if ``l`` is not an integer.
            InvalidValueError: if ``l`` is not in ``lowest..L``.
        """
        if self.any_depth:
            index_parts(l)
            return
        if isinstance(l, bool) or not isinstance(l, int):
            raise InvalidTypeError(complain("l", f"an integer in {lowest}..{self.depth}", l))
        if not lowest <= l <= self.depth:
            raise InvalidValueError(complain("l", f"a layer in {lowest}..{self.depth}", l))

    def _key(self) -> tuple[Any, ...]:
        return (self.depth, self.widths, self.batch, self.biases, self.loss_name)

    def __eq__(self, other: object) -> bool:
        """Compare by widths, batch, biases and loss."""
        return type(other) is type(self) and self._key() == other._key()

    def __hash__(self) -> int:
        """Hash what `__eq__` compares."""
        return hash((type(self), self._key()))

    def __repr__(self) -> str:
        """Show the call that builds this network."""
        parts = [f"depth={self.depth}" if self.any_depth else f"widths=({', '.join(map(str, self.widths))})"]
        parts += [f"batch={self.batch}"] if self.batch is not None else []
        parts += ["biases=True"] if self.biases else []
        parts += [f"loss={self.loss_name!r}"] if self.loss_name != "squared" else []
        return f"DeepLinearNetwork({', '.join(parts)})"

    def _repr_latex_(self) -> str:
        bias = " + b_{l}" if self.biases else ""
        columns = "" if self.batch is None else rf",\quad X_0 \in \mathbb{{R}}^{{{self.widths[0]} \times {self.batch}}}"
        ends = ["n_0", r"\cdots", f"n_{self.depth}"] if self.any_depth else self.widths
        widths = r" \to ".join(f"{n}" for n in ends)
        x = "x" if self.batch is None else "X"
        layers = rf"{x}_{{l}} = W_{{l}} {x}_{{l-1}}{bias},\quad l = 1..{self.depth}"
        return rf"$\displaystyle {layers},\quad {widths}{columns}$"


@lru_cache(maxsize=4096)
def _width(l: Expr) -> Expr:
    """Return the symbolic width of a layer; SymPy takes long to build one, and needs many."""
    return WIDTH(l)


class _AnyWidths:
    """The widths of a network of any depth: every layer has one, and two networks of any depth have the same."""

    def __getitem__(self, l: Any) -> Expr:
        return _width(sympify(l))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _AnyWidths)

    def __hash__(self) -> int:
        return hash(_AnyWidths)


def _widths(depth: Any, widths: Any) -> tuple[Expr, ...]:
    """Read widths, or make symbols for those of a depth."""
    if widths is None:
        widths = _symbolic_widths(depth)
    if isinstance(widths, str | bytes) or not isinstance(widths, collections.abc.Sequence):
        raise InvalidTypeError(complain("widths", "a sequence such as (4, 3, 2)", widths))
    found = tuple(_size("widths", n) for n in widths)
    if len(found) < 2:
        raise InvalidValueError(
            complain("widths", "at least an input and an output width", tuple(widths), "Try (4, 3, 2).")
        )
    if depth is not None and depth != len(found) - 1:
        mend = f"{len(found) - 1}, since {len(found)} widths are given"
        raise InvalidValueError(complain("depth", mend, depth, "Leave it out."))
    return found


def _symbolic_widths(depth: Any) -> list[Symbol]:
    """Return a symbol for the width of every layer of a network of this depth."""
    if depth is None:
        raise InvalidTypeError("'depth' or 'widths' must be given (got neither). Try depth=2.")
    if isinstance(depth, bool) or not isinstance(depth, int):
        raise InvalidTypeError(complain("depth", "a positive integer", depth, "A symbol stands for any."))
    if depth < 1:
        raise InvalidValueError(complain("depth", "a positive integer", depth, "Give depth=1 or more."))
    if depth > DEEPEST:
        mend = "A symbol stands for any depth."
        raise InvalidValueError(complain("depth", f"a positive integer up to {DEEPEST}", depth, mend))
    return [Symbol(f"n_{l}", integer=True, positive=True) for l in range(depth + 1)]


def _size(argument: str, value: Any) -> Expr:
    if isinstance(value, bool) or not isinstance(value, int | Expr):
        mend = f"Try Symbol({value!r}, integer=True, positive=True)." if isinstance(value, str) and value else ""
        raise InvalidTypeError(complain(argument, "positive integers or SymPy symbols", value, mend))
    if isinstance(value, int) and value > 0:
        checked_integer(argument, value)  # it may have so many digits that no message could show it
    size = Integer(value) if isinstance(value, int) else value
    if size.is_number and not (size.is_Integer and size > 0):
        raise InvalidValueError(complain(argument, "positive integers or SymPy symbols", value, "Give 1 or more."))
    return size
