"""What a training loop moves: a net under a rule, one batch at a time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

import numpy as np

from tptheory.training.data import Array
from tptheory.training.inverses import Inverses
from tptheory.training.layerwise import (
    Arrays,
    LayerwiseRule,
    Loss,
    descent_of,
    doubles,
    forward,
    norm,
    softmax_cross_entropy,
)
from tptheory.training.moments import SecondMoments

if TYPE_CHECKING:
    from tptheory.training.collapsed import CollapsedStep


class Learner(Protocol):
    """A net that learns: look at a batch, then move; its state can be taken out and put back, bit for bit."""

    @property
    def weights(self) -> Arrays:
        """``(W_1, ..., W_L)``."""

    @property
    def biases(self) -> Arrays:
        """``(b_1, ..., b_L)``."""

    @property
    def threads(self) -> int | None:
        """How many threads BLAS may use while it learns; None for as many as it may use now."""

    def look(self, X: Array, labels: Array) -> bool:
        """Look at a batch, which `move` then learns from, and return whether its loss is finite."""

    def loss_and_accuracy(self) -> tuple[float, float]:
        """Return the mean loss and the accuracy on the batch that was looked at, before its `move`."""

    def move(self, lr: float, step: int) -> tuple[float, ...]:
        """Make the update of the last batch, and return each ``|dW_l|``; make none where one is not finite."""

    def ranks(self) -> tuple[int, ...]:
        """Return the rank of every ``dW_l`` on the last batch."""

    def descent(self, dtype: str | None = None) -> tuple[Arrays, Arrays, Arrays]:
        """Return ``D_l``, ``G_l`` and ``g_l`` of the last batch, computed in another precision if one is given."""

    def scalars(self) -> dict[str, float]:
        """Return losses of the rule's own on the last batch, by name."""

    def state(self) -> dict[str, Array]:
        """Return all arrays that change from step to step, by name."""

    def restore(self, state: Mapping[str, Array]) -> None:
        """Take the arrays that `state` returned."""


def _step(native: bool) -> type[CollapsedStep]:
    """Return the kind of step; importing it brings scipy, or Numba."""
    if native:
        from tptheory.training.native import NativeStep

        return NativeStep
    from tptheory.training.collapsed import CollapsedStep

    return CollapsedStep


class CollapsedLearner:
    """The fast one: whole steps from one matrix, in place (`CollapsedStep`); asked for detail, it asks the oracle.

    NumPy's and SciPy's BLAS take turns within a step, and each has threads that wait awake for their next work: with
    more than one each, a step takes milliseconds where there are few cores.

    Args:
        layerwise: the compiled rule.
        weights: ``(W_1, ..., W_L)``; copied.
        biases: ``(b_1, ..., b_L)``; copied.
        loss: what is descended.
        native: whether steps are made in native code (`NativeStep`).

    Raises:
        MissingLibraryError: if they should be, and Numba is not installed.
    """

    threads = 1

    def __init__(
        self, layerwise: LayerwiseRule, weights: Arrays, biases: Arrays, loss: Loss, native: bool = False
    ) -> None:
        self.engine = _step(native)(layerwise, weights, biases, 1.0)
        self.loss = loss
        self._oracle = LayerwiseLearner(layerwise, self.engine.weights, self.engine.biases, loss)
        self._X = self._labels = self._D = np.zeros(0)
        self._seen, self._scale = (math.inf, 0.0), 1.0

    @property
    def weights(self) -> Arrays:
        """``(W_1, ..., W_L)``: copies, for the next step changes what it works on."""
        return tuple(W.copy() for W in self.engine.weights)

    @property
    def biases(self) -> Arrays:
        """``(b_1, ..., b_L)``: copies."""
        return tuple(b.copy() for b in self.engine.biases)

    def look(self, X: Array, labels: Array) -> bool:
        """Look at a batch, and return whether its loss is finite."""
        self._X, self._labels = X, labels
        if self.loss is softmax_cross_entropy:
            finite = self.engine.look(X, labels)
            self._D, self._scale = self.engine.errors, 1 / labels.size
            return finite
        loss, accuracy, self._D = self.loss(self.engine.forward(X), labels)
        self._seen = loss, accuracy
        return math.isfinite(loss)

    def loss_and_accuracy(self) -> tuple[float, float]:
        """Return the mean loss and the accuracy on the last batch."""
        return self.engine.loss_and_accuracy() if self.loss is softmax_cross_entropy else self._seen

    def move(self, lr: float, step: int) -> tuple[float, ...]:
        """Make the update of the last batch, if it is finite."""
        lr *= self._scale
        self._prepare()
        sizes = tuple(lr * size for size in self.engine.sizes())
        if all(map(math.isfinite, sizes)):
            self.engine.apply(lr)
        return sizes

    def _prepare(self) -> None:
        """Make the factors of the update by what was seen."""
        self.engine.prepare(self._D)

    def descent(self, dtype: str | None = None) -> tuple[Arrays, Arrays, Arrays]:
        """Return ``D_l``, ``G_l`` and ``g_l`` of the last batch, as the oracle forms them."""
        self._oracle.look(self._X, self._labels)
        return self._oracle.descent(dtype)

    def ranks(self) -> tuple[int, ...]:
        """Return the rank of every ``dW_l`` on the last batch, of the update as the oracle forms it."""
        self._oracle.look(self._X, self._labels)
        return self._oracle.ranks()

    def scalars(self) -> dict[str, float]:
        """Return the residual of the carried inverses, where there are any."""
        return {"inverse_residual": self.engine.residual} if self.engine.carries else {}

    def state(self) -> dict[str, Array]:
        """Return the parameters and the carried inverses."""
        return self.engine.state()

    def restore(self, state: Mapping[str, Array]) -> None:
        """Take the arrays that `state` returned."""
        self.engine.restore(state)


class MomentLearner(CollapsedLearner):
    """Full-batch descent on the squared error from second moments: the number of samples adds nothing to a step.

    Args:
        layerwise: the compiled rule.
        weights: ``(W_1, ..., W_L)``; copied.
        biases: ``(b_1, ..., b_L)``; copied.
        loss: the squared error, which tells the accuracy when asked.
        moments: of all samples; the only batch.
    """

    def __init__(
        self, layerwise: LayerwiseRule, weights: Arrays, biases: Arrays, loss: Loss, moments: SecondMoments
    ) -> None:
        super().__init__(layerwise, weights, biases, loss)
        self._moments = moments

    def look(self, X: Array, labels: Array) -> bool:
        """Look at all samples, and return whether their loss is finite."""
        self._X, self._labels = X, labels
        return math.isfinite(self.engine.look_at(self._moments))

    def loss_and_accuracy(self) -> tuple[float, float]:
        """Return the mean loss and the accuracy on all samples, one after another."""
        return self.loss(forward(self.engine.weights, self.engine.biases, self._X)[-1], self._labels)[:2]

    def _prepare(self) -> None:
        self.engine.factorise()


class LayerwiseLearner:
    """The readable one: every layer's error and gradient are formed; the oracle of anything faster.

    Args:
        layerwise: the compiled rule.
        weights: ``(W_1, ..., W_L)``.
        biases: ``(b_1, ..., b_L)``.
        loss: what is descended.
        inverses: of DTP, which learn beside the net.
    """

    threads = None

    def __init__(
        self, layerwise: LayerwiseRule, weights: Arrays, biases: Arrays, loss: Loss, inverses: Inverses | None = None
    ) -> None:
        self.layerwise, self.loss, self.inverses = layerwise, loss, inverses
        self.weights, self.biases = weights, biases
        self._X = self._labels = self._D = np.zeros(0)
        self._seen = math.inf, 0.0
        self._activations: Arrays = ()
        self._local_losses: list[float] = []

    def look(self, X: Array, labels: Array) -> bool:
        """Look at a batch, and return whether its loss is finite."""
        self._X, self._labels = X, labels
        self._activations = forward(self.weights, self.biases, X)
        loss, accuracy, self._D = self.loss(self._activations[-1], labels)
        self._seen = loss, accuracy
        return math.isfinite(loss)

    def loss_and_accuracy(self) -> tuple[float, float]:
        """Return the mean loss and the accuracy on the last batch."""
        return self._seen

    def move(self, lr: float, step: int) -> tuple[float, ...]:
        """Make ``dW_l = -lr G_l``, ``db_l = -lr g_l``, if each is finite; the inverses learn from the same batch."""
        errors = self._errors(self.weights, self._activations, self._D)
        G, g = descent_of(errors, self._activations)
        sizes = tuple(lr * norm(G_l) for G_l in G)
        if not all(map(math.isfinite, sizes)):
            return sizes
        if self.inverses is not None:
            self.inverses.learn(self.weights, self.biases, self._activations, step)
            alpha = self.inverses.settings.alpha
            self._local_losses = [alpha * float(np.square(D, dtype=np.float64).sum()) / 2 for D in errors]
        self.weights = tuple(W - lr * G_l for W, G_l in zip(self.weights, G, strict=True))
        self.biases = tuple(b - lr * g_l for b, g_l in zip(self.biases, g, strict=True))
        return sizes

    def descent(self, dtype: str | None = None) -> tuple[Arrays, Arrays, Arrays]:
        """Return ``D_l``, ``G_l`` and ``g_l`` of the last batch."""
        as_given = (lambda A: A) if dtype is None else (lambda A: A.astype(dtype, copy=False))
        weights, biases = (tuple(map(as_given, arrays)) for arrays in (self.weights, self.biases))
        activations = forward(weights, biases, as_given(self._X))
        errors = self._errors(weights, activations, self.loss(activations[-1], self._labels)[2])
        return errors, *descent_of(errors, activations)

    def ranks(self) -> tuple[int, ...]:
        """Return the rank of every ``G_l``: see `LayerwiseRule.ranks`, and for learned inverses `_ranks_apart`."""
        if self.inverses is None:
            return self.layerwise.ranks(self.weights, self.biases, self._X, self._labels, self.loss)
        return self._ranks_apart(1 / self.inverses.settings.alpha if self.inverses.settings.kind == "sigmoid" else 0.0)

    def _ranks_apart(self, grain: float) -> tuple[int, ...]:
        """Count the singular values of ``D_l X_{l-1}'`` above what rounding can add to it, layer for layer.

        That is, to first order, ``B eps |D_l| |X_{l-1}|`` from the product, and what it adds to ``D_l``: ``n_{l+1}
        eps |D_l|``, and ``eps`` times ``grain`` to each entry of the difference of two sigmoids.
        """
        eps = float(np.finfo(np.float64).eps)
        errors, G, _ = self.descent("float64")
        activations = forward(doubles(self.weights), doubles(self.biases), self._X.astype(np.float64))
        return tuple(
            int(
                np.count_nonzero(
                    np.linalg.svd(G_l, compute_uv=False)
                    > eps * norm(X) * ((sum(D.shape) + D.shape[0]) * norm(D) + 4 * grain * math.sqrt(D.size))
                )
            )
            for G_l, D, X in zip(G, errors, activations[:-1], strict=True)
        )

    def _errors(self, weights: Arrays, activations: Arrays, D: Array) -> Arrays:
        if self.inverses is None:
            return self.layerwise.errors(weights, D)
        return self.inverses.errors(weights, activations, D)

    def scalars(self) -> dict[str, float]:
        """Return DTP's local losses, from the last `move`: ``|x_l - t_l|^2 / (2 alpha)``, and reconstruction."""
        if self.inverses is None or not self._local_losses:
            return {}
        local = {f"local_loss_{l}": value for l, value in enumerate(self._local_losses, start=1)}
        rebuilt = {f"inverse_loss_{l}": value for l, value in enumerate(self.inverses.reconstruction_losses, start=2)}
        return local | rebuilt

    def state(self) -> dict[str, Array]:
        """Return the weights, the biases, the rule's fixed matrices and the inverses."""
        named = {f"W_{l}": W for l, W in enumerate(self.weights, start=1)}
        named |= {f"b_{l}": b for l, b in enumerate(self.biases, start=1)}
        named |= {f"fixed_{symbol.name}": B for symbol, B in self.layerwise.constants.items()}
        if self.inverses is not None:
            named |= {f"c_{l}": c for l, c in enumerate(self.inverses.c, start=2)}
        return named

    def restore(self, state: Mapping[str, Array]) -> None:
        """Take the arrays that `state` returned."""
        self.weights = tuple(state[f"W_{l}"] for l in range(1, len(self.weights) + 1))
        self.biases = tuple(state[f"b_{l}"] for l in range(1, len(self.biases) + 1))
        for symbol in self.layerwise.constants:
            self.layerwise.constants[symbol] = state[f"fixed_{symbol.name}"]
        if self.inverses is not None:
            self.inverses.c = [state[f"c_{l}"] for l in range(2, len(self.weights) + 1)]
