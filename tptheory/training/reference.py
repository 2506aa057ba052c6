"""The reference engines: every layer's activations, errors and updates are formed from the rule's own definition.

They are the oracle of faster engines, and train the rules that no faster engine knows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from tptheory.errors import InvalidValueError, complain
from tptheory.training.data import Array
from tptheory.training.inverses import Inverses
from tptheory.training.layerwise import Arrays, LayerwiseRule, Loss, descent_of, forward, norm
from tptheory.training.whole_rule import WholeRule


class ForwardPass(NamedTuple):
    """The parameters of a net, and ``(X_0, ..., X_L)`` and ``D = D_L``, shape ``(n_L, B)``, on a batch."""

    weights: Arrays
    biases: Arrays
    activations: Arrays
    D: Array


class ReferenceEngine:
    """What the reference engines share: the forward pass forms the activations of every layer.

    Args:
        weights: ``(W_1, ..., W_L)``; no array is ever changed in place.
        biases: ``(b_1, ..., b_L)``.
        loss: what is descended.
    """

    def __init__(self, weights: Arrays, biases: Arrays, loss: Loss) -> None:
        self.weights, self.biases, self.loss = weights, biases, loss
        self._X = self._labels = np.zeros(0)
        self._measured = math.inf, 0.0
        self._pass = ForwardPass((), (), (), np.zeros(0))

    def forward(self, X: Array, labels: Array) -> bool:
        """Compute the activations and the loss of a batch, and return whether the loss is finite."""
        self._X, self._labels = X, labels
        activations = forward(self.weights, self.biases, X)
        loss, accuracy, D = self.loss(activations[-1], labels)
        self._measured = loss, accuracy
        self._pass = ForwardPass(self.weights, self.biases, activations, D)
        return math.isfinite(loss)

    def loss_and_accuracy(self) -> tuple[float, float]:
        """Return the mean loss and the accuracy on the last batch."""
        return self._measured

    def _pass_in(self, dtype: str | None) -> ForwardPass:
        """Return the forward pass of the last batch, computed again in another precision if one is given."""
        if dtype is None:
            return self._pass
        weights, biases = (tuple(A.astype(dtype, copy=False) for A in arrays) for arrays in (self.weights, self.biases))
        activations = forward(weights, biases, self._X.astype(dtype, copy=False))
        return ForwardPass(weights, biases, activations, self.loss(activations[-1], self._labels)[2])

    def state(self) -> dict[str, Array]:
        """Return the weights and the biases, by name."""
        named = {f"W_{l}": W for l, W in enumerate(self.weights, start=1)}
        return named | {f"b_{l}": b for l, b in enumerate(self.biases, start=1)}

    def restore(self, state: Mapping[str, Array]) -> None:
        """Take the arrays that `state` returned."""
        self.weights = tuple(state[f"W_{l}"] for l in range(1, len(self.weights) + 1))
        self.biases = tuple(state[f"b_{l}"] for l in range(1, len(self.biases) + 1))


class LayerwiseEngine(ReferenceEngine):
    """The reference engine of rules that are a feedback operator and nothing else.

    Args:
        layerwise: the compiled rule.
        weights: ``(W_1, ..., W_L)``.
        biases: ``(b_1, ..., b_L)``.
        loss: what is descended.
        inverses: those of DTP, which learn beside the net.
    """

    def __init__(
        self, layerwise: LayerwiseRule, weights: Arrays, biases: Arrays, loss: Loss, inverses: Inverses | None = None
    ) -> None:
        super().__init__(weights, biases, loss)
        self.layerwise, self.inverses = layerwise, inverses
        self._local_losses = np.full(len(weights), np.nan)

    def update(self, lr: float, step: int) -> tuple[float, ...]:
        """Make ``dW_l = -lr G_l``, ``db_l = -lr g_l``, if each is finite; the inverses learn from the same batch."""
        errors, G, g = self.descent()
        sizes = tuple(lr * norm(G_l) for G_l in G)
        if not all(map(math.isfinite, sizes)):
            return sizes
        if self.inverses is not None:
            self.inverses.learn(self.weights, self.biases, self._pass.activations, step)
            alpha = self.inverses.settings.alpha
            self._local_losses = np.array([alpha * np.square(D, dtype=np.float64).sum() / 2 for D in errors])
        self.weights = tuple(W - lr * G_l for W, G_l in zip(self.weights, G, strict=True))
        self.biases = tuple(b - lr * g_l for b, g_l in zip(self.biases, g, strict=True))
        return sizes

    def descent(self, dtype: str | None = None) -> tuple[Arrays, Arrays, Arrays]:
        """Return ``D_l``, ``G_l`` and ``g_l`` of the last batch."""
        weights, _, activations, D = self._pass_in(dtype)
        if self.inverses is None:
            errors = self.layerwise.errors(weights, D)
        else:
            errors = self.inverses.errors(weights, activations, D)
        return errors, *descent_of(errors, activations)

    def ranks(self) -> tuple[int, ...]:
        """Return the rank of every ``G_l``: see `LayerwiseRule.ranks`, and `_rank_of_product` for learned inverses."""
        if self.inverses is None:
            return self.layerwise.ranks(self.weights, self.biases, self._X, self._labels, self.loss)
        settings = self.inverses.settings
        grain = 1 / settings.alpha if settings.kind == "sigmoid" else 0.0
        errors, _, _ = self.descent("float64")
        activations = self._pass_in("float64").activations
        return tuple(_rank_of_product(D, X, grain) for D, X in zip(errors, activations[:-1], strict=True))

    def diagnostics(self) -> dict[str, float]:
        """Return DTP's losses at the last `update`: local ones, ``|x_l - t_l|^2 / (2 alpha)``, and the inverses'."""
        if self.inverses is None or np.isnan(self._local_losses[0]):  # no update has been made
            return {}
        local = {f"local_loss_{l}": float(value) for l, value in enumerate(self._local_losses, start=1)}
        rebuilt = enumerate(self.inverses.reconstruction_losses, start=2)
        return local | {f"inverse_loss_{l}": float(value) for l, value in rebuilt}

    def state(self) -> dict[str, Array]:
        """Return the weights, the biases, the rule's fixed matrices, the inverses and what `diagnostics` tells."""
        named = super().state()
        named |= {f"fixed_{symbol.name}": B for symbol, B in self.layerwise.constants.items()}
        if self.inverses is not None:
            named |= {f"c_{l}": c for l, c in enumerate(self.inverses.c, start=2)}
            named |= {"local_losses": self._local_losses, "inverse_losses": self.inverses.reconstruction_losses}
        return named

    def restore(self, state: Mapping[str, Array]) -> None:
        super().restore(state)
        for symbol in self.layerwise.constants:
            self.layerwise.constants[symbol] = state[f"fixed_{symbol.name}"]
        if self.inverses is not None:
            self.inverses.c = [state[f"c_{l}"] for l in range(2, len(self.weights) + 1)]
            self._local_losses = state["local_losses"].copy()
            self.inverses.reconstruction_losses = state["inverse_losses"].copy()


def _rank_of_product(D: Array, X: Array, grain: float) -> int:
    """Count the singular values of ``D X'`` that exceed what rounding can add to it; ``D = D_l``, ``X = X_{l-1}``.

    To first order rounding adds ``B eps |D| |X|`` by the product. To ``D`` itself it adds ``n_{l+1} eps |D|``, and
    ``eps`` times ``grain`` to each entry that is the difference of two sigmoids.
    """
    eps = float(np.finfo(np.float64).eps)
    added = (sum(D.shape) + D.shape[0]) * norm(D) + 4 * grain * math.sqrt(D.size)
    return int(np.count_nonzero(np.linalg.svd(D @ X.T, compute_uv=False) > eps * norm(X) * added))


class WholeRuleEngine(ReferenceEngine):
    """The reference engine of every other rule: of one with a descent, an update, or states of its own.

    Args:
        rule: the compiled rule.
        weights: ``(W_1, ..., W_L)``.
        biases: ``(b_1, ..., b_L)``.
        loss: what is descended.
        codes: the targets of the classes, of shape ``(n_L, classes)``, for a rule that reads ``Y``.
        lr: the step size at which `ranks` and `descent` evaluate the rule, whose update may depend on it.
    """

    def __init__(self, rule: WholeRule, weights: Arrays, biases: Arrays, loss: Loss, codes: Array, lr: float) -> None:
        super().__init__(weights, biases, loss)
        self.rule, self._codes, self._lr = rule, codes, lr

    def update(self, lr: float, step: int) -> tuple[float, ...]:
        """Add the rule's changes to the parameters and to its states, if all are finite.

        Raises:
            InvalidValueError: if the rule needs an inverse that does not exist, or if the change of a bias or of a
                state is not finite.
        """
        _, changes, states = self._changes(lr)
        depth = len(self.weights)
        sizes = tuple(map(norm, changes[:depth]))
        if not all(map(math.isfinite, sizes)):
            return sizes
        named = {f"b_{l}": change for l, change in enumerate(changes[depth:], start=1)} | states
        for name, change in named.items():
            if not np.isfinite(change).all():
                raise InvalidValueError(complain(f"the change of {name}", "finite", float(norm(change))))
        self.weights = tuple(W + dW for W, dW in zip(self.weights, changes[:depth], strict=True))
        self.biases = tuple(b + db for b, db in zip(self.biases, changes[depth:], strict=True))
        self.rule.states = {name: value + states[name] for name, value in self.rule.states.items()}
        return sizes

    def _changes(self, lr: float, dtype: str | None = None) -> tuple[Arrays, Arrays, dict[str, Array]]:
        """Return the error signals, and the changes of the parameters and of the states, on the last batch."""
        weights, biases, activations, D = self._pass_in(dtype)
        Y = self._codes.astype(D.dtype, copy=False)[:, self._labels]
        return self.rule.step((*weights, *biases), activations, D, Y, lr, dtype)

    def descent(self, dtype: str | None = None) -> tuple[Arrays, Arrays, Arrays]:
        """Return ``D_l``, ``G_l = -dW_l / lr`` and ``g_l = -db_l / lr`` of the last batch."""
        errors, changes, _ = self._changes(self._lr, dtype)
        descents = tuple(-change / self._lr for change in changes)
        return errors, descents[: len(errors)], descents[len(errors) :]

    def ranks(self) -> tuple[int, ...]:
        """Return the rank of every ``dW_l`` in float64, as `numpy.linalg.matrix_rank` counts it."""
        _, changes, _ = self._changes(self._lr, "float64")
        return tuple(int(np.linalg.matrix_rank(dW)) for dW in changes[: len(self.weights)])

    def diagnostics(self) -> dict[str, float]:
        """Return nothing: a rule of this kind has no losses of its own."""
        return {}

    def state(self) -> dict[str, Array]:
        """Return the weights, the biases, the rule's fixed matrices and its states."""
        named = super().state() | {f"fixed_{name}": value for name, value in self.rule.fixed_matrices().items()}
        return named | {f"state_{name}": value for name, value in self.rule.states.items()}

    def restore(self, state: Mapping[str, Array]) -> None:
        super().restore(state)
        self.rule.fixed |= {name: state[f"fixed_{name}"] for name in self.rule.fixed_matrices()}
        self.rule.states = {name: state[f"state_{name}"] for name in self.rule.states}
