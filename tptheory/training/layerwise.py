"""A step of a linear net, layer by layer, from the rule's own definition: the oracle of every faster engine."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from sympy import Basic, MatrixSymbol

from tptheory.errors import InvalidValueError, TptheoryError, complain
from tptheory.numeric.constants import Constants
from tptheory.numeric.evaluation import compile_expression
from tptheory.numeric.floats import FloatArithmetic
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.one_meaning import refuse_two_of_one_name
from tptheory.symbolic.own_code import SHAPES
from tptheory.symbolic.rule_scalars import damping
from tptheory.symbolic.rules import LearnedInverse, Rule
from tptheory.training.data import Array

Arrays = tuple[Array, ...]
Loss = Callable[[Array, Array], tuple[float, float, Array]]
"""A function of outputs, shape ``(n_L, B)``, and labels that returns a batch's mean loss, accuracy and ``D_L``."""

_BY_FEEDBACK_ALONE = {*SHAPES, "step"} - {"feedback", "target"}
"""The methods that a rule must inherit from `Rule` unchanged, for its feedback to determine every update.

It keeps no states either, but for the inverses that the trainer teaches."""


def forward(weights: Sequence[Array], biases: Sequence[Array], X: Array) -> Arrays:
    """Return the activations ``(X_0, ..., X_L)``: ``X_l = W_l X_{l-1} + b_l``, shapes ``(n_l, B)``."""
    activations = [X]
    for W, b in zip(weights, biases, strict=True):
        activations.append(W @ activations[-1] + b)
    return tuple(activations)


def softmax_cross_entropy(outputs: Array, labels: Array) -> tuple[float, float, Array]:
    """Return the mean loss of a batch in nats, its accuracy in [0, 1], and ``D_L = (softmax(X_L) - Y) / B``.

    ``outputs`` has shape ``(classes, B)``, as ``D_L``; ``labels`` holds one class a column, ``Y`` is their one-hot
    form. Where an output is not finite, the loss is infinite and the sample counts as wrong.
    """
    samples = np.arange(labels.size)
    shifted = outputs - outputs.max(axis=0)
    exponentials = np.exp(shifted)
    sums = exponentials.sum(axis=0)
    finite = np.isfinite(outputs).all(axis=0)
    losses = np.log(sums) - shifted[labels, samples]
    loss = float(losses.sum(dtype=np.float64)) / labels.size if finite.all() else math.inf
    right = (outputs.argmax(axis=0) == labels) & finite
    D = exponentials / sums
    D[labels, samples] -= 1
    D /= labels.size
    return loss, int(np.count_nonzero(right)) / labels.size, D


def squared_error(codes: Array) -> Loss:
    """Return the loss ``1/2 |x_L - y|^2``, its mean over the batch; ``y`` is the column of ``codes`` of the label.

    ``D_L = (X_L - Y) / B``. A sample counts as right where the nearest column is its own.

    >>> loss, accuracy, D = squared_error(np.eye(2))(np.array([[1.0, 1.0], [0.0, 0.0]]), np.array([0, 1]))
    >>> loss, accuracy, D.tolist()
    (0.5, 0.5, [[0.0, 0.5], [0.0, -0.5]])
    """
    lengths = (codes**2).sum(axis=0)[:, None] / 2

    def loss(outputs: Array, labels: Array) -> tuple[float, float, Array]:
        E = outputs - codes.astype(outputs.dtype, copy=False)[:, labels]
        finite = np.isfinite(outputs).all(axis=0)
        nearest = (codes.T.astype(outputs.dtype, copy=False) @ outputs - lengths).argmax(axis=0)
        mean = float(np.square(E, dtype=np.float64).sum() / (2 * labels.size)) if finite.all() else math.inf
        return mean, float(((nearest == labels) & finite).mean()), E / outputs.dtype.type(labels.size)

    return loss


def is_feedback_operator(rule: Rule, net: DeepLinearNetwork) -> bool:
    """Return whether a rule defines its feedback and nothing else, from weights, fixed matrices and ``lambda``.

    Any other rule, such as one with a descent or a state of its own, is compiled as a `WholeRule`.
    """
    if any(
        method in vars(rule) or getattr(type(rule), method) is not getattr(Rule, method)
        for method in _BY_FEEDBACK_ALONE
    ):
        return False
    if type(rule).states is not Rule.states and not has_sampled_inverses(rule):
        return False
    operators = [rule.feedback(net, l) for l in range(2, net.depth + 1)]
    return all(_is_fixed(symbol, net) for M in operators for symbol in M.free_symbols)


def has_sampled_inverses(rule: Rule) -> bool:
    """Return whether the trainer teaches a rule's inverses from noise that it draws: those of `LearnedInverse()`.

    A rule that says how its inverses move, by another law or by numbers of its own, moves them so.
    """
    own = isinstance(rule, LearnedInverse) and type(rule).states is LearnedInverse.states
    return own and vars(rule) == vars(LearnedInverse())


@contextmanager
def reading(rule: Rule) -> Iterator[None]:
    """Turn any error in a rule's own code into one that names the rule.

    Raises:
        InvalidValueError: if the code raises an error that is not tptheory's, which becomes its cause.
    """
    try:
        yield
    except TptheoryError:
        raise
    except Exception as error:  # a user's own code may raise anything
        said = f"{type(error).__name__}: {error}"
        raise InvalidValueError(complain("rule", "one whose definitions make matrices", rule, said)) from error


def _is_fixed(symbol: Basic, net: DeepLinearNetwork) -> bool:
    """Return whether a symbol has a value before a step begins: a weight, a fixed matrix, or ``lambda``."""
    changing = (net.input, net.target, net.error, *net.parameters[net.depth :])
    return symbol == damping or (isinstance(symbol, MatrixSymbol) and symbol not in changing)


class LayerwiseRule:
    """A rule on one net, compiled into functions of NumPy arrays.

    Args:
        rule: a rule that `is_feedback_operator`; ``M_l`` is compiled from ``rule.feedback(net, l)``.
        net: numeric widths and batch, biases, ``loss="any"``.
        draw: a function that returns the values of a fixed matrix of given shape. It is called once for each fixed
            matrix that the feedback names (``B_l``), in the order of layers.
        damping_value: the value of ``lambda``.
        given: the values of fixed matrices and of ``lambda``, by symbol or name.

    Raises:
        InvalidValueError: if the rule is more than its feedback, or gives one name two meanings.
        ShapeError: if the feedback operators do not compose with the errors of ``net``, or a given matrix has another
            shape than its symbol.
        UnknownNameError: if a matrix is given that the rule does not name.
    """

    def __init__(
        self,
        rule: Rule,
        net: DeepLinearNetwork,
        draw: Callable[[int, int], Array],
        damping_value: float,
        given: Mapping[Any, Any] | None = None,
    ) -> None:
        if not is_feedback_operator(rule, net):
            raise InvalidValueError(complain("rule", "one that defines its feedback and nothing else", rule))
        self.rule, self.net, self.damping = rule, net, damping_value
        self.constants: dict[MatrixSymbol, Array] = {}
        self._operators = []
        operators = [rule.feedback(net, l) for l in range(2, net.depth + 1)]
        refuse_two_of_one_name(net.input, net.target, net.error, *net.parameters, *operators)
        for l in range(2, net.depth + 1):
            rule.error_signal(net, l - 1)  # raises ShapeError before anything is drawn
            M = operators[l - 2]
            symbols = sorted(M.free_symbols, key=str)
            for symbol in symbols:
                if symbol not in self.constants and symbol not in (*net.weights, damping):
                    self.constants[symbol] = draw(*map(int, symbol.shape))
            self._operators.append((compile_expression(M, symbols), symbols))
        self._take(given)

    def _take(self, given: Mapping[Any, Any] | None) -> None:
        """Replace ``lambda`` and fixed matrices by given values."""
        damped = any(damping in symbols for _, symbols in self._operators)
        values = Constants(given, [*self.constants, *([damping] if damped else [])], repr(self.rule))
        if damped:
            self.damping = float(values.number(damping, FloatArithmetic(), self.damping))
        for symbol, drawn in self.constants.items():
            self.constants[symbol] = values.matrix(symbol, FloatArithmetic(drawn.dtype), drawn)

    def feedback(self, weights: Sequence[Array]) -> Arrays:
        """Return ``(M_2, ..., M_L)`` at these weights, in their dtype."""
        dtype = weights[0].dtype
        values: dict[Basic, Any] = {symbol: B.astype(dtype, copy=False) for symbol, B in self.constants.items()}
        values[damping] = self.damping
        values |= zip(self.net.weights, weights, strict=True)
        return tuple(
            operator(*(values[symbol] for symbol in symbols)).astype(dtype, copy=False)
            for operator, symbols in self._operators
        )

    def errors(self, weights: Sequence[Array], D: Array) -> Arrays:
        """Return ``(D_1, ..., D_L)``, shapes ``(n_l, B)``, from ``D = D_L``.

        ``D_{l-1} = M_l D_l``; under a direct rule ``D_{l-1} = M_l D_L``.
        """
        errors = [D]
        for M in reversed(self.feedback(weights)):
            errors.append(M @ (D if self.rule.direct else errors[-1]))
        return tuple(reversed(errors))

    def ranks(
        self, weights: Arrays, biases: Arrays, X: Array, labels: Array, loss: Loss = softmax_cross_entropy
    ) -> tuple[int, ...]:
        """Return the rank of every ``G_l`` on a batch, computed in float64 whatever the dtype of the arguments.

        ``G_l = C_l R_{l-1}'``, with ``C_l = M_{l+1} ... M_L`` and ``R_l = X_l D_L'``, has the singular values of the
        product of the triangular factors of ``C_l`` and ``R_{l-1}`` (QR), which is small. Those above ``(n_L + ... +
        n_{l+1} + B + n_L (n_l + n_{l-1} + 1)) eps |M_{l+1}| ... |M_L| |D_L| |X_{l-1}|`` are counted, in Frobenius norms
        (a direct rule has one operator). To first order in ``eps``, and up to the small constant of QR, this bounds
        what rounding adds (Higham, 2002, sections 3.5 and 19.3). By Weyl's inequality none of those counted is due to
        rounding.
        """
        weights, biases = doubles(weights), doubles(biases)
        activations = forward(weights, biases, X.astype(np.float64))
        D = loss(activations[-1], labels)[2]
        n_L = len(D)
        C, sizes, terms = [np.eye(n_L)], [norm(D)], [labels.size]
        for M in reversed(self.feedback(weights)):
            above = 0 if self.rule.direct else -1
            C.append(M @ C[above])
            sizes.append(norm(M) * sizes[above])
            terms.append(M.shape[1] + terms[above])
        eps = float(np.finfo(np.float64).eps)
        ranks = []
        for C_l, X_l, size, count in zip(C[::-1], activations[:-1], sizes[::-1], terms[::-1], strict=True):
            factor_C, factor_R = (np.asarray(np.linalg.qr(A, mode="r")) for A in (C_l, X_l @ D.T))
            rounding = (count + n_L * (len(C_l) + len(X_l) + 1)) * eps * size * norm(X_l)
            ranks.append(int(np.count_nonzero(np.linalg.svd(factor_C @ factor_R.T, compute_uv=False) > rounding)))
        return tuple(ranks)


def descent_of(errors: Sequence[Array], activations: Sequence[Array]) -> tuple[Arrays, Arrays]:
    """Return ``G_l = D_l X_{l-1}'`` and ``g_l = D_l 1``, ``l = 1..L``, shapes ``(n_l, n_{l-1})`` and ``(n_l, 1)``."""
    G = tuple(D_l @ X.T for D_l, X in zip(errors, activations[:-1], strict=True))
    return G, tuple(D_l.sum(axis=1, keepdims=True) for D_l in errors)


def doubles(arrays: Sequence[Array]) -> Arrays:
    """Return copies in float64."""
    return tuple(A.astype(np.float64) for A in arrays)


def norm(A: Array) -> float:
    """Return the Frobenius norm, without overflow where the entries are finite; infinity where they are not."""
    largest = float(np.abs(A).max())
    if not math.isfinite(largest):
        return math.inf
    return largest * float(np.linalg.norm(A / largest)) if largest else 0.0
