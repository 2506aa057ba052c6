"""The fast engine: each step of a linear net from one matrix, with the updates of `layerwise` at a fifth of the cost.

Write ``P_l = W_L ... W_{l+1}``, ``C_l = M_{l+1} ... M_L`` for the products of the feedback, and ``R_l = X_l D_L'``. A
step then needs no activation but the output, and no error signal but ``D_L``:

    X_L = (P_1 W_1) X_0 + (P_1 b_1 + ... + P_L b_L) 1'
    R_0' = G = D_L X_0',   s = D_L 1,   R_l = W_l R_{l-1} + b_l s'
    dW_l = -eta C_l R_{l-1}',   db_l = -eta C_l s

This is THEORY 1, collapsed gradient, with biases, which make the activations affine in ``X_0``. Every update has rank
at most ``n_L``.

At these sizes calling a function costs as much as its arithmetic. The cheapest call is that of SciPy's `gemm`, which
takes its arguments as they are and writes in place, so its arguments (`product`) are laid out once, before training.
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
from tptheory.training.layerwise import Arrays, LayerwiseRule, Loss, forward, norm, softmax_cross_entropy
from tptheory.training.lowrank import CarriedInverse
from tptheory.training.moments import SecondMoments
from tptheory.training.reference import LayerwiseEngine

SMALL_PRODUCT = 900_000
"""OpenBLAS multiplies without packing up to 10^6 multiplications. Batches are cut into pieces that stay below this
number, which makes a step on a thousand samples twice as fast."""
_FEWEST_SAMPLES = 16


class CollapsedEngine:
    """An engine (`Engine`) that makes the collapsed steps of a rule, in place.

    With second moments every step is full-batch descent on the squared error, and its cost does not depend on the
    number of samples. Without them a step is fastest where the samples of a batch lie one after another in memory,
    that is for ``X`` in Fortran order. Ranks and descents are asked of `LayerwiseEngine`, the reference.

    NumPy's and SciPy's BLAS take turns within a step, and the threads of each stay awake while they wait for work. With
    more than one thread each, a step takes milliseconds on a machine of few cores; `train` lets them have one.

    Args:
        rule: the compiled rule. Where its feedback is ``W_l'``, the products ``P_l`` serve as ``C_l`` too; where it is
            ``W_l+``, inverses are carried along (`CarriedInverse`); any other feedback is evaluated at every step.
        weights: ``(W_1, ..., W_L)`` of shapes ``(n_l, n_{l-1})``; they are copied.
        biases: ``(b_1, ..., b_L)`` of shapes ``(n_l, 1)``; they are copied.
        loss: what is descended; the mean softmax cross-entropy unless given.
        moments: the second moments of all samples, which are then the only batch; the loss must be the squared error.

    >>> from tptheory.symbolic.network import DeepLinearNetwork
    >>> from tptheory.symbolic.rules import TargetProp
    >>> from tptheory.training.initial import initial_parameters
    >>> net = DeepLinearNetwork(widths=(3, 2, 2), batch=4, biases=True, loss="any")
    >>> rule = LayerwiseRule(TargetProp(), net, lambda rows, columns: np.zeros((rows, columns)), 0.1)
    >>> engine = CollapsedEngine(rule, *initial_parameters((3, 2, 2)))
    >>> X, labels = np.ones((3, 4), np.float32), np.array([0, 1, 1, 1])
    >>> [engine.step(X, labels, lr=0.1) and engine.loss_and_accuracy()[1] for _ in range(3)]
    [0.25, 0.25, 0.75]
    """

    def __init__(
        self,
        rule: LayerwiseRule,
        weights: Sequence[Array],
        biases: Sequence[Array],
        loss: Loss = softmax_cross_entropy,
        moments: SecondMoments | None = None,
    ) -> None:
        """Copy the parameters, and allocate the buffers that every step needs."""
        self.rule, self.loss, self.moments = rule, loss, moments
        self._widths = (weights[0].shape[1], *(len(W) for W in weights))
        self._dtype = weights[0].dtype
        self._gemm, self._gemv = get_blas_funcs(("gemm", "gemv"), dtype=self._dtype)
        self._copy_parameters(weights, biases)
        self._allocate()
        self._prepare_feedback()
        self._prepare_products()
        self._rows = aligned((1, self._widths[0]), self._dtype)
        self._allocate_for_batch(1)
        self._X, self._labels = np.zeros(0), np.empty(0, np.int64)
        self._measured, self._error_scale = (math.inf, 0.0), 1.0
        self._reference = LayerwiseEngine(rule, self._weights, self._biases, loss)

    def _copy_parameters(self, weights: Sequence[Array], biases: Sequence[Array]) -> None:
        """Copy all weights into one array, and all biases into another; the layers are views of them."""
        ends = np.cumsum([W.size for W in weights])
        self._weight_row = aligned((int(ends[-1]),), self._dtype)
        np.concatenate([W.ravel() for W in weights], out=self._weight_row)
        self._weights: Arrays = tuple(
            self._weight_row[end - W.size : end].reshape(W.shape) for W, end in zip(weights, ends, strict=True)
        )
        self._bias_column, self._biases = _stacked(self._widths[1:], 1, self._dtype)
        for b, start in zip(self._biases, biases, strict=True):
            b[:] = start

    def _allocate(self) -> None:
        """Allocate the arrays whose size does not depend on the batch: ``P_l'``, ``R_l``, ``P_1 W_1``, ``G``, ``s``."""
        widths, dtype, classes = self._widths, self._dtype, self._widths[-1]
        self._above_column, self._above = _stacked(widths[1:], classes, dtype)
        self._above[-1][:] = np.eye(classes)
        self._moment_column, self._moments = _stacked(widths[1:-1], classes, dtype)
        self._product, self._G = (aligned((classes, widths[0]), dtype) for _ in range(2))
        self._s = np.empty((classes, 1), dtype)
        self._grams = np.empty((2, len(self._weights), classes, classes), dtype)

    def _prepare_feedback(self) -> None:
        """Let ``P_l'`` serve as ``C_l``, or allocate ``C_l``; compute the inverses where they are carried."""
        kind = _common_feedback(self.rule)
        self._feedback_column, self._feedback = self._above_column, self._above
        if kind is not transpose:
            self._feedback_column, self._feedback = _stacked(self._widths[1:], self._widths[-1], self._dtype)
            self._feedback[-1][:] = np.eye(self._widths[-1])
        carried = self._weights[1:] if kind is Pinv else ()
        ends = np.cumsum([0, *(W.size for W in carried)])
        self._inverse_row = aligned((int(ends[-1]),), self._dtype)
        C, R = self._feedback, self._moments
        with np.errstate(all="ignore"):
            self._inverses = tuple(
                CarriedInverse(W, C[l], R[l - 1], self._inverse_row[ends[l - 1] : ends[l]], seed=l, KU=C[l - 1])
                for l, W in enumerate(carried, start=1)
            )

    def _prepare_products(self) -> None:
        """Lay out the products of a step that are the same for every batch, each as the arguments of `gemm`."""
        W, P, C, inverses = self._weights, self._above, self._feedback, self._inverses
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

    def _allocate_for_batch(self, samples: int) -> None:
        """Allocate the arrays whose size depends on the batch."""
        self.outputs, self.errors = (aligned((self._widths[-1], samples), self._dtype) for _ in range(2))
        self._ones = np.ones((max(samples, self._widths[-1]), 1), self._dtype)
        self._samples, self._starts = np.arange(samples), np.arange(0, self.outputs.size, samples)
        self._pieces = _pieces(samples, self._G.size)

    @property
    def weights(self) -> Arrays:
        """Copies of ``(W_1, ..., W_L)``, since the next update changes the arrays that the engine works on."""
        return tuple(W.copy() for W in self._weights)

    @property
    def biases(self) -> Arrays:
        """Copies of ``(b_1, ..., b_L)``."""
        return tuple(b.copy() for b in self._biases)

    @property
    def residual(self) -> float:
        """The largest residual of a carried inverse, as last measured; 0 where none is carried."""
        return max((carried.residual for carried in self._inverses), default=0.0)

    @property
    def refreshes(self) -> int:
        """How often a carried inverse was computed anew because its residual had grown."""
        return sum(carried.refreshes for carried in self._inverses)

    def forward(self, X: Array, labels: Array) -> bool:
        """Compute the outputs and the error signal of a batch, and return whether its loss is finite."""
        self._X, self._labels = X, labels
        if self.moments is not None:
            self._multiply()
            loss, self._G[:], self._s[:] = self.moments.loss_and_descent(self._product, self._offset())
            return math.isfinite(loss)
        self._take_batch(X)
        if self.loss is softmax_cross_entropy:
            self._error_scale = 1 / labels.size
            return self._predict_and_compare() or math.isfinite(self.loss_and_accuracy()[0])
        self._predict()
        loss, accuracy, self.errors[:] = self.loss(self.outputs, labels)
        self._measured = loss, accuracy
        return math.isfinite(loss)

    def loss_and_accuracy(self) -> tuple[float, float]:
        """Return the mean loss and the accuracy on the batch of the last `forward`; with moments, on all samples."""
        if self.moments is not None:
            return self.loss(forward(self._weights, self._biases, self._X)[-1], self._labels)[:2]
        if self.loss is softmax_cross_entropy:
            return softmax_cross_entropy(self.outputs, self._labels)[:2]
        return self._measured

    def update(self, lr: float, step: int) -> tuple[float, ...]:
        """Make the update of the last batch if it is finite, and return each ``|dW_l|``."""
        lr *= self._error_scale
        self.prepare()
        sizes = tuple(lr * size for size in self.sizes())
        if all(map(math.isfinite, sizes)):
            self._apply(lr)
        return sizes

    def step(self, X: Array, labels: Array, lr: float) -> bool:
        """Make one update without measuring it; make none where the loss is not finite, and return whether it was."""
        if not self.forward(X, labels):
            return False
        self.prepare()
        self._apply(lr * self._error_scale)
        return True

    def descent(self, dtype: str | None = None) -> tuple[Arrays, Arrays, Arrays]:
        """Return ``D_l``, ``G_l`` and ``g_l`` of the last batch, as the reference forms them."""
        self._reference.forward(self._X, self._labels)
        return self._reference.descent(dtype)

    def ranks(self) -> tuple[int, ...]:
        """Return the rank of every ``dW_l`` on the last batch, of the update as the reference forms it."""
        self._reference.forward(self._X, self._labels)
        return self._reference.ranks()

    def diagnostics(self) -> dict[str, float]:
        """Return the largest residual of the carried inverses, where there are any."""
        return {"inverse_residual": self.residual} if self._inverses else {}

    def state(self) -> dict[str, Array]:
        """Return copies of the parameters and of the carried inverses, by name: all that the next step depends on."""
        named = {"weights": self._weight_row.copy(), "biases": self._bias_column.copy()}
        return named | {
            f"{name}_{l}": value
            for l, carried in enumerate(self._inverses, start=2)
            for name, value in carried.state().items()
        }

    def restore(self, state: Mapping[str, Array]) -> None:
        """Take the arrays that `state` returned."""
        self._weight_row[:] = state["weights"]
        self._bias_column[:] = state["biases"]
        for l, carried in enumerate(self._inverses, start=2):
            carried.restore({name: state[f"{name}_{l}"] for name in carried.state()})

    def prepare(self) -> None:
        """Compute the factors ``C_l`` and ``R_l`` of the update, which `sizes` measures and `update` makes."""
        if self.moments is None:
            self._collapse()
        for arguments in self._upward:
            self._gemm(*arguments)
        if self._feedback is not self._above:
            self._compute_feedback()

    def sizes(self) -> list[float]:
        """Return each ``|G_l| = |C_l R_{l-1}'|``; its square is ``tr(C_l' C_l R_{l-1}' R_{l-1})``."""
        return [
            math.sqrt(abs(square)) if math.isfinite(square) else norm(C @ R.T)  # a square overflows before its root
            for square, C, R in zip(self._squares(), self._feedback, (self._G.T, *self._moments), strict=True)
        ]

    def _take_batch(self, X: Array) -> None:
        """Take a batch, one sample after another in memory."""
        self._rows = X.T if X.flags.f_contiguous else np.ascontiguousarray(X.T)
        if self.outputs.shape[1] != len(self._rows):
            self._allocate_for_batch(len(self._rows))

    def _predict_and_compare(self) -> bool:
        """Fill `outputs` and ``errors = softmax(X_L) - Y``; return False if the outputs may not be finite."""
        self._predict()
        outputs, D = self.outputs, self.errors
        np.subtract(outputs, np.maximum.reduce(outputs, axis=0, keepdims=True), out=D)
        np.exp(D, out=D)
        D /= np.dot(self._ones[: len(D)].T, D)
        D.ravel()[self._starts[self._labels] + self._samples] -= 1
        flat = outputs.ravel()
        return math.isfinite(flat.dot(flat))

    def _predict(self) -> None:
        """Fill ``outputs = (P_1 W_1) X_0 + offset``."""
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

    def _multiply(self) -> None:
        """Fill ``P_l'`` and ``P_1 W_1``."""
        for P, turned in self._topmost:
            np.copyto(P, turned)
        for arguments in self._downward:
            self._gemm(*arguments)

    def _offset(self) -> Array:
        """Return ``P_1 b_1 + ... + P_L b_L``."""
        return np.dot(self._above_column.T, self._bias_column)

    def _collapse(self) -> None:
        """Fill ``G = D_L X_0'`` and ``s = D_L 1``."""
        gemm, G, D, rows = self._gemm, self._G, self.errors, self._rows
        for piece in self._pieces:
            gemm(1.0, rows[piece].T, D[:, piece].T, float(piece.start > 0), G.T, 0, 0, 1)
        np.dot(D, self._ones[: D.shape[1]], out=self._s)

    def _compute_feedback(self) -> None:
        """Fill ``C_l``, where it is not ``P_l'``."""
        C = self._feedback
        if self._inverses:
            np.copyto(C[-2], self._inverses[-1].K)
            for arguments in self._backward:
                self._gemm(*arguments)
            return
        operators = self.rule.feedback(self._weights)
        for l in range(len(operators) - 1, -1, -1):
            if self.rule.rule.direct:
                np.copyto(C[l], operators[l])
            else:
                self._gemm(*product(1.0, operators[l], C[l + 1], 0.0, C[l]))

    def _squares(self) -> list[float]:
        """Return each ``|G_l|^2``."""
        for arguments in self._to_grams:  # `matmul`, which sees the symmetry, takes four times as long
            self._gemm(*arguments)
        return np.einsum("lij,lij->l", *self._grams).tolist()

    def _apply(self, lr: float) -> None:
        """Make the update ``dW_l = -lr C_l R_{l-1}'``, ``db_l = -lr C_l s`` in place; the inverses follow it."""
        for arguments in self._changes:
            self._gemm(-lr, *arguments)
        biases = self._bias_column.ravel()
        biases += self._gemv(-lr, self._feedback_column.T, self._s.ravel(), trans=1)  # summed first, for it is small
        self._follow(lr)

    def _follow(self, lr: float) -> None:
        """Make the carried inverses follow the update."""
        for carried in self._inverses:
            carried.follow(-lr)


def _read(rows: Array) -> None:
    """Read samples from first to last: caches then load them in half the time that a product, which skips, waits."""
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
