"""Deep linear networks as SymPy matrix expressions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from sympy import Expr, Identity, Integer, MatrixExpr, MatrixSymbol, OneMatrix, Rational, Symbol

from tptheory.errors import InvalidTypeError, InvalidValueError, complain, unknown_name
from tptheory.symbolic.expressions import UnspecifiedLoss, matadd, matmul, squared_norm

LOSSES = ("squared", "any")


class DeepLinearNetwork:
    """The network ``x_l = W_l x_{l-1} + b_l``, ``l = 1..L``, on one sample or on a batch.

    ``W_l`` has shape ``(n_l, n_{l-1})``. One sample is a column ``x`` of shape ``(n_0, 1)`` with target ``y`` of shape
    ``(n_L, 1)``; a batch is ``X`` of shape ``(n_0, B)`` with ``Y`` of shape ``(n_L, B)``, samples in columns.

    Args:
        depth: the number ``L`` of layers, with symbolic widths ``n_0..n_L``.
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
        depth: int | None = None,
        *,
        widths: Sequence[int | Expr] | None = None,
        batch: int | Expr | None = None,
        biases: bool = False,
        loss: str = "squared",
    ) -> None:
        if widths is None:
            if depth is None:
                raise InvalidTypeError("'depth' or 'widths' must be given (got neither). Try depth=2.")
            if isinstance(depth, bool) or not isinstance(depth, int):
                raise InvalidTypeError(complain("depth", "a positive integer", depth))
            if depth < 1:
                raise InvalidValueError(complain("depth", "a positive integer", depth, "Give depth=1 or more."))
            widths = [Symbol(f"n_{l}", integer=True, positive=True) for l in range(depth + 1)]
        if isinstance(widths, str | bytes) or not isinstance(widths, Sequence):
            raise InvalidTypeError(complain("widths", "a sequence such as (4, 3, 2)", widths))
        self.widths: tuple[Expr, ...] = tuple(_size("widths", n) for n in widths)
        if len(self.widths) < 2:
            raise InvalidValueError(
                complain("widths", "at least an input and an output width", tuple(widths), "Try (4, 3, 2).")
            )
        self.depth = len(self.widths) - 1
        if depth is not None and depth != self.depth:
            raise InvalidValueError(
                complain(
                    "depth",
                    f"{self.depth}, since {len(self.widths)} widths are given",
                    depth,
                    "Leave it out.",
                )
            )
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
        return MatrixSymbol("y" if self.batch is None else "Y", self.widths[-1], self.samples)

    def weight(self, l: int) -> MatrixSymbol:
        """Return ``W_l`` of shape ``(n_l, n_{l-1})``, for ``l = 1..L``."""
        self.check_layer(l)
        return MatrixSymbol(f"W_{l}", self.widths[l], self.widths[l - 1])

    def bias(self, l: int) -> MatrixSymbol:
        """Return ``b_l`` of shape ``(n_l, 1)``, for ``l = 1..L``.

        Raises:
            InvalidValueError: if the network has no biases.
        """
        self.check_layer(l)
        if not self.biases:
            raise InvalidValueError("'biases' must be True for a bias to exist (got False).")
        return MatrixSymbol(f"b_{l}", self.widths[l], 1)

    @property
    def weights(self) -> tuple[MatrixSymbol, ...]:
        """``(W_1, ..., W_L)``."""
        return tuple(self.weight(l) for l in range(1, self.depth + 1))

    @property
    def parameters(self) -> tuple[MatrixSymbol, ...]:
        """All weights, then all biases."""
        return self.weights + tuple(self.bias(l) for l in range(1, self.depth + 1) if self.biases)

    def product(self, high: int, low: int) -> MatrixExpr:
        """Return ``W_high ... W_low``; the identity of size ``n_high`` where ``high = low - 1``.

        Raises:
            InvalidValueError: if ``high < low - 1``, or a layer does not exist.
        """
        if high == low - 1 and 0 <= high <= self.depth:
            return Identity(self.widths[high])
        if high < low:
            raise InvalidValueError(complain("high", f"at least low - 1 = {low - 1}", high))
        return matmul(*(self.weight(l) for l in range(high, low - 1, -1)))

    def activation(self, l: int) -> MatrixExpr:
        """Return ``x_l`` in terms of the weights and the input, for ``l = 0..L``."""
        self.check_layer(l, lowest=0)
        return self._activations[l]

    @cached_property
    def _activations(self) -> tuple[MatrixExpr, ...]:
        x: MatrixExpr = self.input
        activations = [x]
        for l in range(1, self.depth + 1):
            x = matmul(self.weight(l), x)
            if self.biases:
                x = matadd(x, matmul(self.bias(l), self.ones))
            activations.append(x)
        return tuple(activations)

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
        letter = "d" if self.batch is None else "D"
        return MatrixSymbol(f"{letter}_{self.depth}", self.widths[-1], self.samples)

    @cached_property
    def _squared_error(self) -> MatrixExpr:
        return matadd(self.output, matmul(-1, self.target))

    @property
    def loss(self) -> Expr:
        """``1/2 |x_L - y|^2``, summed over the batch; for any other loss a node that knows its gradient ``d_L``."""
        if self.loss_name == "squared":
            return Rational(1, 2) * squared_norm(self.error)
        return UnspecifiedLoss(self.output, self.error)

    def check_layer(self, l: Any, lowest: int = 1) -> None:
        """Refuse an index that is not a layer.

        Raises:
            InvalidTypeError: if ``l`` is not an integer.
            InvalidValueError: if ``l`` is not in ``lowest..L``.
        """
        if isinstance(l, bool) or not isinstance(l, int):
            raise InvalidTypeError(complain("l", f"an integer in {lowest}..{self.depth}", l))
        if not lowest <= l <= self.depth:
            raise InvalidValueError(complain("l", f"a layer in {lowest}..{self.depth}", l))

    def _key(self) -> tuple[Any, ...]:
        return (self.widths, self.batch, self.biases, self.loss_name)

    def __eq__(self, other: object) -> bool:
        """Compare by widths, batch, biases and loss."""
        return isinstance(other, DeepLinearNetwork) and self._key() == other._key()

    def __hash__(self) -> int:
        """Hash what `__eq__` compares."""
        return hash(self._key())

    def __repr__(self) -> str:
        """Show the call that builds this network."""
        widths = ", ".join(map(str, self.widths))
        parts = [f"widths=({widths})"]
        parts += [f"batch={self.batch}"] if self.batch is not None else []
        parts += ["biases=True"] if self.biases else []
        parts += [f"loss={self.loss_name!r}"] if self.loss_name != "squared" else []
        return f"DeepLinearNetwork({', '.join(parts)})"

    def _repr_latex_(self) -> str:
        bias = " + b_{l}" if self.biases else ""
        columns = "" if self.batch is None else rf",\quad X_0 \in \mathbb{{R}}^{{{self.widths[0]} \times {self.batch}}}"
        widths = r" \to ".join(f"{n}" for n in self.widths)
        x = "x" if self.batch is None else "X"
        layers = rf"{x}_{{l}} = W_{{l}} {x}_{{l-1}}{bias},\quad l = 1..{self.depth}"
        return rf"$\displaystyle {layers},\quad {widths}{columns}$"


def _size(argument: str, value: Any) -> Expr:
    if isinstance(value, bool) or not isinstance(value, int | Expr):
        raise InvalidTypeError(complain(argument, "positive integers or SymPy symbols", value))
    size = Integer(value) if isinstance(value, int) else value
    if size.is_number and not (size.is_Integer and size > 0):
        raise InvalidValueError(complain(argument, "positive integers or SymPy symbols", value, "Give 1 or more."))
    return size
