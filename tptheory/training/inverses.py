"""Inverses that learn beside the net: difference target propagation, as Lee et al. (2015) define it.

g_l(x) = s(V_l x + c_l)                           s the identity or the sigmoid; V_l of shape (n_{l-1}, n_l)
t_{l-1} = x_{l-1} + g_l(t_l) - g_l(x_l)           the difference correction; t_L = x_L - alpha dLoss/dx_L
d_l = (x_l - t_l) / alpha                         so that dW_l = -eta d_l x_{l-1}' descends the local loss
L_l = |x_l - t_l|^2 / (2 alpha)                   with t_l held still
R_l = 1/2 |g_l(f_l(x + n)) - (x + n)|^2           the reconstruction loss of x = x_{l-1}, f_l(x) = W_l x + b_l

For the linear inverse ``d_{l-1} = V_l d_l``, which is the feedback of the rule `LearnedInverse`. The flow of that rule
is the mean over the noise ``n`` of what is learned here, but for ``c_l`` and for the size of the steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tptheory.training.data import Array
from tptheory.training.layerwise import Arrays, LayerwiseRule, norm
from tptheory.training.settings import InverseSettings


class Inverses:
    """The parameters ``V_l`` and ``c_l`` of the inverses, ``l = 2..L``, which propagate errors and learn.

    Args:
        layerwise: the compiled rule `LearnedInverse`, whose fixed matrices are the ``V_l``; `learn` changes them.
        settings: how to train them.
        bias: the initial value of every entry of ``c_l``.
        noise: the random stream of the noise.
        dtype: the precision of ``c_l``.
    """

    def __init__(
        self, layerwise: LayerwiseRule, settings: InverseSettings, bias: float, noise: np.random.Generator, dtype: Any
    ) -> None:
        self._layerwise, self.settings, self.noise = layerwise, settings, noise
        net = layerwise.net
        self._symbols = [layerwise.rule.feedback(net, l) for l in range(2, net.depth + 1)]
        self.c = [np.full((net.widths[l - 1], 1), bias, dtype) for l in range(2, net.depth + 1)]
        self.reconstruction_losses = np.full(len(self.c), np.nan)

    @property
    def V(self) -> list[Array]:
        """``(V_2, ..., V_L)``."""
        return [self._layerwise.constants[symbol] for symbol in self._symbols]

    def errors(self, weights: Sequence[Array], activations: Sequence[Array], D: Array) -> Arrays:
        """Return ``(D_1, ..., D_L)`` from ``D = D_L``."""
        depth = len(weights)
        feedback = self._layerwise.feedback(weights)
        errors = [D]
        for l in range(depth, 1, -1):
            if self.settings.penultimate and l == depth:
                errors.append(weights[-1].T @ D)
            elif self.settings.kind == "linear":
                errors.append(feedback[l - 2] @ errors[-1])
            else:
                V, c, alpha = feedback[l - 2], self.c[l - 2].astype(D.dtype), D.dtype.type(self.settings.alpha)
                here = V @ activations[l] + c
                errors.append((_sigmoid(here) - _sigmoid(here - alpha * (V @ errors[-1]))) / alpha)
        return tuple(reversed(errors))

    def learn(self, weights: Sequence[Array], biases: Sequence[Array], activations: Sequence[Array], step: int) -> None:
        """Take a gradient step on every reconstruction loss ``R_l``, averaged over the batch."""
        std, losses = self.settings.noise_at(step), []
        for l, symbol in enumerate(self._symbols, start=2):
            V, c, x = self._layerwise.constants[symbol], self.c[l - 2], activations[l - 1]
            noisy = x + x.dtype.type(std) * self.noise.standard_normal(x.shape, dtype=x.dtype.type)
            above = weights[l - 1] @ noisy + biases[l - 1]
            rebuilt = V @ above + c
            slope: Any = 1
            if self.settings.kind == "sigmoid":
                rebuilt = _sigmoid(rebuilt)
                slope = rebuilt * (1 - rebuilt)
            off = rebuilt - noisy
            losses.append(np.square(off, dtype=np.float64).sum() / (2 * x.shape[1]))
            off = off * slope
            inputs = np.vstack([above, np.ones_like(above[:1])])
            rate = x.dtype.type(self.settings.lr / norm(inputs @ inputs.T))
            self._layerwise.constants[symbol] = V - rate * (off @ above.T)
            self.c[l - 2] = c - rate * off.sum(axis=1, keepdims=True)
        self.reconstruction_losses = np.array(losses)


def _sigmoid(x: Array) -> Array:
    """Return ``1 / (1 + exp(-x))``, without overflow."""
    return 0.5 * (1 + np.tanh(x / 2))
