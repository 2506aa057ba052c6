"""The readable engines: every layer's activations, errors and updates are formed, from the rule's own definition."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from tptheory.errors import InvalidValueError, complain
from tptheory.training.data import Array
from tptheory.training.inverses import Inverses
from tptheory.training.layerwise import Arrays, LayerwiseRule, Loss, descent_of, doubles, forward, norm
from tptheory.training.whole_rule import WholeRule


class ActivationsEngine:
    """What the readable engines share: looking at a batch forms the activations of every layer.

    Args:
        weights: ``(W_1, ..., W_L)``; no array is ever changed in place.
        biases: ``(b_1, ..., b_L)``.
        loss: what is descended.
    """

    threads = None

    def __init__(self, weights: Arrays, biases: Arrays, loss: Loss) -> None:
        self.weights, self.biases, self.loss = weights, biases, loss
        self._X = self._labels = self._D = np.zeros(0)
        self._measured = math.inf, 0.0
        self._activations: Arrays = ()

    def look(self, X: Array, labels: Array) -> bool:
        """Look at a batch, and return whether its loss is finite."""
        self._X, self._labels = X, labels
        self._activations = forward(self.weights, self.biases, X)
        loss, accuracy, self._D = self.loss(self._activations[-1], labels)
        self._measured = loss, accuracy
        return math.isfinite(loss)

    def loss_and_accuracy(self) -> tuple[float, float]:
        """Return the mean loss and the accuracy on the last batch."""
        return self._measured

    def _in(self, dtype: str | None) -> tuple[Arrays, Arrays, Arrays, Array]:
        """Return weights, biases, activations and ``D_L`` on the last batch, in another precision if one is given."""
        as_given = (lambda A: A) if dtype is None else (lambda A: A.astype(dtype, copy=False))
        weights, biases = (tuple(map(as_given, arrays)) for arrays in (self.weights, self.biases))
        activations = forward(weights, biases, as_given(self._X))
        return weights, biases, activations, self.loss(activations[-1], self._labels)[2]

    def state(self) -> dict[str, Array]:
        """Return the weights and the biases, by name."""
        named = {f"W_{l}": W for l, W in enumerate(self.weights, start=1)}
        return named | {f"b_{l}": b for l, b in enumerate(self.biases, start=1)}

    def restore(self, state: Mapping[str, Array]) -> None:
        """Take the arrays that `state` returned."""
        self.weights = tuple(state[f"W_{l}"] for l in range(1, len(self.weights) + 1))
        self.biases = tuple(state[f"b_{l}"] for l in range(1, len(self.biases) + 1))


class LayerwiseEngine(ActivationsEngine):
    """The readable engine of rules that are a feedback operator, and the oracle of anything faster.

    Args:
        layerwise: the compiled rule.
        weights: ``(W_1, ..., W_L)``.
        biases: ``(b_1, ..., b_L)``.
        loss: what is descended.
        inverses: of DTP, which learn beside the net.
    """

    def __init__(
        self, layerwise: LayerwiseRule, weights: Arrays, biases: Arrays, loss: Loss, inverses: Inverses | None = None
    ) -> None:
        super().__init__(weights, biases, loss)
        self.layerwise, self.inverses = layerwise, inverses
        self._local_losses: list[float] = []

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
        weights, _, activations, D = self._in(dtype)
        errors = self._errors(weights, activations, D)
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
        named = super().state()
        named |= {f"fixed_{symbol.name}": B for symbol, B in self.layerwise.constants.items()}
        if self.inverses is not None:
            named |= {f"c_{l}": c for l, c in enumerate(self.inverses.c, start=2)}
        return named

    def restore(self, state: Mapping[str, Array]) -> None:
        """Take the arrays that `state` returned."""
        super().restore(state)
        for symbol in self.layerwise.constants:
            self.layerwise.constants[symbol] = state[f"fixed_{symbol.name}"]
        if self.inverses is not None:
            self.inverses.c = [state[f"c_{l}"] for l in range(2, len(self.weights) + 1)]


class WholeRuleEngine(ActivationsEngine):
    """The readable engine of every other rule: with a descent, an update, or states of its own.

    Args:
        rule: the compiled rule.
        weights: ``(W_1, ..., W_L)``.
        biases: ``(b_1, ..., b_L)``.
        loss: what is descended.
        codes: the targets of the classes, of shape ``(n_L, classes)``, for a rule that reads ``Y``.
        lr: the step size at which `ranks` and `descent` are asked for, which a rule's update may depend on.
    """

    def __init__(self, rule: WholeRule, weights: Arrays, biases: Arrays, loss: Loss, codes: Array, lr: float) -> None:
        super().__init__(weights, biases, loss)
        self.rule, self._codes, self._lr = rule, codes, lr

    def move(self, lr: float, step: int) -> tuple[float, ...]:
        """Add the rule's changes to the parameters and to its states, if all are finite.

        Raises:
            InvalidValueError: if the rule needs an inverse that does not exist, or a bias or a state would not be
                finite.
        """
        _, changes, states = self._changes(self.weights, self.biases, self._activations, self._D, lr)
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

    def _changes(
        self,
        weights: Arrays,
        biases: Arrays,
        activations: Arrays,
        D: Array,
        lr: float,
        dtype: str | None = None,
    ) -> tuple[Arrays, Arrays, dict[str, Array]]:
        Y = self._codes.astype(D.dtype, copy=False)[:, self._labels]
        return self.rule.step((*weights, *biases), activations, D, Y, lr, dtype)

    def descent(self, dtype: str | None = None) -> tuple[Arrays, Arrays, Arrays]:
        """Return ``D_l``, ``G_l = -dW_l / lr`` and ``g_l = -db_l / lr`` of the last batch."""
        errors, changes, _ = self._changes(*self._in(dtype), self._lr, dtype)
        descents = tuple(-change / self._lr for change in changes)
        return errors, descents[: len(errors)], descents[len(errors) :]

    def ranks(self) -> tuple[int, ...]:
        """Return the rank of every ``dW_l``: in float64, the singular values above ``max(m, n) eps`` of the largest."""
        _, changes, _ = self._changes(*self._in("float64"), self._lr, "float64")
        return tuple(int(np.linalg.matrix_rank(dW)) for dW in changes[: len(self.weights)])

    def scalars(self) -> dict[str, float]:
        """Return nothing: a rule of this kind has no losses of its own."""
        return {}

    def state(self) -> dict[str, Array]:
        """Return the weights, the biases, the rule's fixed matrices and its states."""
        named = super().state()
        named |= {f"fixed_{name}": value for name, value in self.rule.fixed.items() if np.ndim(value)}
        return named | {f"state_{name}": value for name, value in self.rule.states.items()}

    def restore(self, state: Mapping[str, Array]) -> None:
        """Take the arrays that `state` returned."""
        super().restore(state)
        for name, value in self.rule.fixed.items():
            if np.ndim(value):
                self.rule.fixed[name] = state[f"fixed_{name}"]
        self.rule.states = {name: state[f"state_{name}"] for name in self.rule.states}
