"""One step of a linear net from one matrix: the same updates as `layerwise`, in a fifth of the arithmetic.

With ``P_l = W_L ... W_{l+1}``, feedback products ``C_l = M_{l+1} ... M_L`` and ``R_l = X_l D_L'``, a step needs no
activation but the output, and no error but ``D_L``:

    X_L = (P_1 W_1) X_0 + (P_1 b_1 + ... + P_L b_L) 1'
    R_0' = G = D_L X_0',   s = D_L 1,   R_l = W_l R_{l-1} + b_l s'
    dW_l = -eta C_l R_{l-1}',   db_l = -eta C_l s

(THEORY 1, collapsed gradient; the biases make activations affine in ``X_0``.) Every update has rank at most ``n_L``.

At these sizes calls cost as much as arithmetic, and SciPy's `gemm`, which takes what it is given and writes where it
is told, is the cheapest of them: its arguments (`product`) are laid out once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.linalg import get_blas_funcs

from tptheory.symbolic.expressions import Pinv, transpose
from tptheory.training.blas_buffers import aligned, product
from tptheory.training.data import Array
from tptheory.training.layerwise import Arrays, LayerwiseRule, norm, softmax_cross_entropy
from tptheory.training.lowrank import CarriedInverse
from tptheory.training.moments import SecondMoments

SMALL_PRODUCT = 900_000
"""Multiplications up to which OpenBLAS multiplies without packing (its limit is 10^6): batches are cut to such pieces,
which makes a thousand samples twice as fast."""
_FEWEST_SAMPLES = 16


class CollapsedStep:
    """A net that learns by a rule's collapsed steps, in place.

    Softmax cross-entropy, mean over the batch, as `softmax_cross_entropy` defines it; `forward` and `descend` are the
    halves of a step for any other loss. Fastest for a batch whose samples lie one after another in memory:
    ``X`` in Fortran order.

    Args:
        rule: the oracle of this step, compiled: where its feedback is ``W_l'``, the products ``P_l`` serve twice;
            where it is ``W_l+``, inverses are carried (`CarriedInverse`); any other is evaluated at every step.
        weights: ``(W_1, ..., W_L)``; copied.
        biases: ``(b_1, ..., b_L)`` of shapes ``(n_l, 1)``; copied.
        lr: the step size ``eta``; may be set anew between steps.

    Attributes:
        weights: the weights now, changed in place by every step.
        biases: the biases now, changed in place by every step.

    >>> from tptheory.symbolic.network import DeepLinearNetwork
    >>> from tptheory.symbolic.rules import TargetProp
    >>> from tptheory.training.initial import initial_parameters
    >>> net = DeepLinearNetwork(widths=(3, 2, 2), batch=4, biases=True, loss="any")
    >>> rule = LayerwiseRule(TargetProp(), net, lambda rows, columns: np.zeros((rows, columns)), 0.1)
    >>> engine = CollapsedStep(rule, *initial_parameters((3, 2, 2)), lr=0.1)
    >>> X, labels = np.ones((3, 4), np.float32), np.array([0, 1, 1, 1])
    >>> [engine.step(X, labels) and engine.loss_and_accuracy()[1] for _ in range(3)]
    [0.25, 0.25, 0.75]
    """

    def __init__(self, rule: LayerwiseRule, weights: Sequence[Array], biases: Sequence[Array], lr: float) -> None:
        """Copy the parameters, and lay out the buffers that every step needs."""
        self.rule, self.lr = rule, lr
        dtype = weights[0].dtype
        self.widths = (weights[0].shape[1], *(len(W) for W in weights))
        ends = np.cumsum([W.size for W in weights])
        self._weight_row = aligned((int(ends[-1]),), dtype)
        np.concatenate([W.ravel() for W in weights], out=self._weight_row)
        self.weights: Arrays = tuple(
            self._weight_row[end - W.size : end].reshape(W.shape) for W, end in zip(weights, ends, strict=True)
        )
        self._gemm, self._gemv = get_blas_funcs(("gemm", "gemv"), dtype=dtype)
        self._bias_column, self.biases = _stacked(self.widths[1:], 1, dtype)
        for b, start in zip(self.biases, biases, strict=True):
            b[:] = start
        classes = self.widths[-1]
        self._above_column, self._above = _stacked(self.widths[1:], classes, dtype)
        self._above[-1][:] = np.eye(classes)
        self._moment_column, self._moments = _stacked(self.widths[1:-1], classes, dtype)
        self._product, self._G = (aligned((classes, self.widths[0]), dtype) for _ in range(2))
        self._feedback_column, self._feedback = self._above_column, self._above
        self._inverses: tuple[CarriedInverse, ...] = ()
        kind = _common_feedback(rule)
        self._inverse_row = aligned((int(ends[-1] - ends[0]) if kind is Pinv else 0,), dtype)
        if kind is not transpose:
            self._feedback_column, self._feedback = _stacked(self.widths[1:], classes, dtype)
            self._feedback[-1][:] = np.eye(classes)
        if kind is Pinv:
            with np.errstate(all="ignore"):
                self._inverses = tuple(self._carried(l, ends - ends[0]) for l in range(1, len(weights)))
        self._s = np.empty((classes, 1), dtype)
        self._grams = np.empty((2, len(weights), classes, classes), dtype)
        self._lay_out()
        self._rows = aligned((1, self.widths[0]), dtype)
        self._lay_out_batch(1)

    def _carried(self, l: int, ends: Array) -> CarriedInverse:
        """Return the inverse of ``W_{l+1}``, in its place."""
        buffer, C = self._inverse_row[ends[l - 1] : ends[l]], self._feedback
        return CarriedInverse(self.weights[l], C[l], self._moments[l - 1], C[l - 1], buffer, seed=l)

    def _lay_out(self) -> None:
        """Lay out the products of a step that are the same for every batch, each as the arguments of `gemm`."""
        W, P, C, inverses = self.weights, self._above, self._feedback, self._inverses
        R = (self._G.T, *self._moments)
        self._topmost = [(P[-2], W[-1].T)] if len(W) > 1 else []
        self._downward = [product(1.0, W[l].T, P[l], 0.0, P[l - 1]) for l in range(len(W) - 2, 0, -1)]
        self._downward.append(product(1.0, P[0].T, W[0], 0.0, self._product))
        self._upward = [product(1.0, W[l], R[l], 1.0, R[l + 1]) for l in range(len(R) - 1)]
        if self._upward:
            bias = self._bias_column[: len(self._moment_column)]
            self._upward.insert(0, product(1.0, bias, self._s.T, 0.0, self._moment_column))
        self._backward = [product(1.0, inverses[l].K, C[l + 1], 0.0, C[l]) for l in range(len(inverses) - 2, -1, -1)]
        self._changes = [product(1.0, C_l, R_l.T, 1.0, W_l)[1:] for W_l, C_l, R_l in zip(W, C, R, strict=True)]
        self._to_grams = [product(1.0, C_l.T, C_l, 0.0, gram) for C_l, gram in zip(C, self._grams[0], strict=True)]
        self._to_grams += [product(1.0, R_l.T, R_l, 0.0, gram) for R_l, gram in zip(R, self._grams[1], strict=True)]

    @property
    def carries(self) -> bool:
        """Whether inverses are carried."""
        return bool(self._inverses)

    @property
    def residual(self) -> float:
        """The largest residual of a carried inverse, as last measured; 0 where none is carried."""
        return max((carried.residual for carried in self._inverses), default=0.0)

    @property
    def refreshes(self) -> int:
        """How often a carried inverse was computed anew because its residual had grown."""
        return sum(carried.refreshes for carried in self._inverses)

    def loss_and_accuracy(self) -> tuple[float, float]:
        """Return the mean loss in nats and the accuracy in [0, 1] that the last batch showed before its update."""
        return softmax_cross_entropy(self.outputs, self.labels)[:2]

    def step(self, X: Array, labels: Array) -> bool:
        """Make one update from ``X`` of shape ``(n_0, B)`` and ``B`` labels; without it, where the loss is not finite.

        Returns:
            Whether the loss was finite, and the update was made.
        """
        if not self.look(X, labels):
            return False
        self.descend(self.errors, self.lr / labels.size)
        return True

    def look(self, X: Array, labels: Array) -> bool:
        """Fill `errors` with ``softmax(X_L) - Y`` of a batch, and return whether its loss is finite."""
        self.forward(X)
        self.labels = labels
        return self._compare(labels) or math.isfinite(self.loss_and_accuracy()[0])

    def forward(self, X: Array) -> Array:
        """Return the outputs ``X_L`` of shape ``(n_L, B)``; the array is used again by the next batch of this size."""
        self._place(X)
        self._look()
        return self.outputs

    def _place(self, X: Array) -> None:
        """Take a batch, one sample after another in memory."""
        self._rows = X.T if X.flags.f_contiguous else np.ascontiguousarray(X.T)
        if self.outputs.shape[1] != len(self._rows):
            self._lay_out_batch(len(self._rows))

    def descend(self, D: Array, lr: float) -> None:
        """Update by ``D_L``, shape ``(n_L, B)``, of the batch that `forward` has seen: ``dW_l = -lr C_l R_{l-1}'``."""
        self.prepare(D)
        self.apply(lr)

    def prepare(self, D: Array) -> None:
        """Make the factors of the update by ``D_L``, which `sizes` measures and `apply` makes."""
        self._gather(D)
        self.factorise()

    def factorise(self) -> None:
        """Make the factors of the update from ``G`` and ``s``."""
        self._chain()
        if self._feedback is not self._above:
            self._feed_back()

    def sizes(self) -> list[float]:
        """Return each ``|G_l| = |C_l R_{l-1}'|`` of the update that is prepared: ``tr(C_l' C_l R_{l-1}' R_{l-1})``."""
        return [
            math.sqrt(abs(square)) if math.isfinite(square) else norm(C @ R.T)  # a square overflows before its root
            for square, C, R in zip(self._squares(), self._feedback, (self._G.T, *self._moments), strict=True)
        ]

    def _squares(self) -> list[float]:
        """Return each ``|G_l|^2``."""
        for arguments in self._to_grams:  # `matmul`, which sees the symmetry, takes four times as long
            self._gemm(*arguments)
        return np.einsum("lij,lij->l", *self._grams).tolist()

    def apply(self, lr: float) -> None:
        """Make the update that is prepared: ``dW_l = -lr C_l R_{l-1}'``, ``db_l = -lr C_l s``."""
        self._update(lr)
        self._follow(lr)

    def _follow(self, lr: float) -> None:
        """Make the inverses follow the update."""
        for carried in self._inverses:
            carried.follow(-lr)

    def descend_by_moments(self, moments: SecondMoments) -> float:
        """Make one full-batch step on the squared error, and return its mean ``1/2 |X_L - Y|^2 / N`` before it.

        What it costs does not depend on the number ``N`` of samples.
        """
        loss = self.look_at(moments)
        self.factorise()
        self.apply(self.lr)
        return loss

    def look_at(self, moments: SecondMoments) -> float:
        """Return the mean squared error of all samples; `factorise` then makes the factors of the update by it."""
        self._multiply()
        loss, self._G[:], self._s[:] = moments.loss_and_descent(self._product, self._offset())
        return loss

    def state(self) -> dict[str, Array]:
        """Return copies of the parameters and of what is carried, by name: all that the next step depends on."""
        named = {"weights": self._weight_row.copy(), "biases": self._bias_column.copy()}
        return named | {
            f"{name}_{l}": value
            for l, carried in enumerate(self._inverses, start=2)
            for name, value in carried.state().items()
        }

    def restore(self, state: Mapping[str, Array]) -> None:
        """Take what `state` returned."""
        self._weight_row[:] = state["weights"]
        self._bias_column[:] = state["biases"]
        for l, carried in enumerate(self._inverses, start=2):
            carried.restore({name: state[f"{name}_{l}"] for name in carried.state()})

    def _lay_out_batch(self, samples: int) -> None:
        """Lay out the arrays whose size depends on the batch."""
        self.labels = np.empty(0, np.int64)
        self.outputs, self.errors = (aligned((self.widths[-1], samples), self._G.dtype) for _ in range(2))
        self._ones = np.ones((max(samples, self.widths[-1]), 1), self._G.dtype)
        self._samples, self._starts = np.arange(samples), np.arange(0, self.outputs.size, samples)
        self._pieces = _pieces(samples, self._G.size)

    def _look(self) -> None:
        """Fill the outputs."""
        self._multiply()
        if len(self._pieces) == 1:
            np.copyto(self.outputs, self._offset())
            _read(self._rows)
            self._gemm(1.0, self._rows.T, self._product.T, 1.0, self.outputs.T, 1, 0, 1)
            return
        for piece in self._pieces:
            _read(self._rows[piece])
            np.matmul(self._product, self._rows[piece].T, out=self.outputs[:, piece])
        self.outputs += self._offset()

    def _offset(self) -> Array:
        """Return ``P_1 b_1 + ... + P_L b_L``."""
        return np.dot(self._above_column.T, self._bias_column)

    def _multiply(self) -> None:
        """Fill ``P_l'`` and ``P_1 W_1``."""
        for P, turned in self._topmost:
            np.copyto(P, turned)
        for arguments in self._downward:
            self._gemm(*arguments)

    def _compare(self, labels: Array) -> bool:
        """Fill ``D = softmax(X_L) - Y``; return False if the outputs may not be finite."""
        outputs, D = self.outputs, self.errors
        np.subtract(outputs, np.maximum.reduce(outputs, axis=0, keepdims=True), out=D)
        np.exp(D, out=D)
        D /= np.dot(self._ones[: len(D)].T, D)
        D.ravel()[self._starts[labels] + self._samples] -= 1
        flat = outputs.ravel()
        return math.isfinite(flat.dot(flat))

    def _gather(self, D: Array) -> None:
        """Fill ``G`` and ``s``."""
        gemm, G, rows = self._gemm, self._G, self._rows
        for piece in self._pieces:
            gemm(1.0, rows[piece].T, D[:, piece].T, float(piece.start > 0), G.T, 0, 0, 1)
        np.dot(D, self._ones[: D.shape[1]], out=self._s)

    def _chain(self) -> None:
        """Fill ``R_l``."""
        for arguments in self._upward:
            self._gemm(*arguments)

    def _update(self, lr: float) -> None:
        """Change the parameters in place."""
        for arguments in self._changes:
            self._gemm(-lr, *arguments)
        biases = self._bias_column.ravel()
        biases += self._gemv(-lr, self._feedback_column.T, self._s.ravel(), trans=1)  # summed first, for it is small

    def _feed_back(self) -> None:
        """Fill ``C_l``, where it is not ``P_l'``."""
        C = self._feedback
        if self._inverses:
            np.copyto(C[-2], self._inverses[-1].K)
            for arguments in self._backward:
                self._gemm(*arguments)
            return
        operators = self.rule.feedback(self.weights)
        for l in range(len(operators) - 1, -1, -1):
            if self.rule.rule.direct:
                np.copyto(C[l], operators[l])
            else:
                self._gemm(*product(1.0, operators[l], C[l + 1], 0.0, C[l]))


def _read(rows: Array) -> None:
    """Read samples straight on: they come near in half the time that a product, which skips, would wait for them."""
    np.vdot(rows, rows)


def _common_feedback(rule: LayerwiseRule) -> Any:
    """Return `transpose` if ``M_l = W_l'`` for every layer, `Pinv` if ``M_l = W_l+``, None for any other rule."""
    net = rule.net
    for kind in (transpose, Pinv):
        if not rule.rule.direct and all(
            rule.rule.feedback(net, l) == kind(net.weight(l)) for l in range(2, net.depth + 1)
        ):
            return kind
    return None


def _stacked(heights: Sequence[int], columns: int, dtype: Any) -> tuple[Array, Arrays]:
    """Return an array, and the blocks of rows of given heights that it is made of."""
    whole = aligned((sum(heights), columns), dtype)
    ends = np.cumsum(heights, dtype=int)
    return whole, tuple(whole[end - n : end] for n, end in zip(heights, ends, strict=True))


def _pieces(samples: int, multiplications: int) -> tuple[slice, ...]:
    """Cut a batch into pieces of nearly equal size, small enough for `SMALL_PRODUCT`; not at all where that is tiny."""
    largest = SMALL_PRODUCT // multiplications
    if largest < _FEWEST_SAMPLES:
        return (slice(0, samples),)
    count = -(-samples // largest)
    bounds = [samples * i // count for i in range(count + 1)]
    return tuple(slice(low, high) for low, high in pairwise(bounds))
