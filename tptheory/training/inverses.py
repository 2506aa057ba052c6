"""Inverses that learn: difference target propagation as Lee et al. (2015) define it, beside the net that it trains.

g_l(x) = s(V_l x + c_l)                           s the identity or the sigmoid; V_l of shape (n_{l-1}, n_l)
t_{l-1} = x_{l-1} + g_l(t_l) - g_l(x_l)           the difference correction; t_L = x_L - alpha dLoss/dx_L
d_l = (x_l - t_l) / alpha                         so that dW_l = -eta d_l x_{l-1}' descends the local loss
L_l = |x_l - t_l|^2 / (2 alpha)                   with t_l held still
R_l = 1/2 |g_l(f_l(x + n)) - (x + n)|^2           the reconstruction loss of x = x_{l-1}, f_l(x) = W_l x + b_l

For the linear inverse ``d_{l-1} = V_l d_l``, which is what the rule `LearnedInverse` says and where it is read from.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tptheory.checking import positive, positive_or_zero
from tptheory.errors import InvalidTypeError, complain, unknown_name
from tptheory.training.data import Array
from tptheory.training.layerwise import Arrays, LayerwiseRule, norm

KINDS = ("linear", "sigmoid")
NOISE_HALVES_AT = 100
"""The noise falls as ``1 / (1 + step / 100)``: the seed notebook's schedule, whose "epochs" are steps."""


@dataclass(frozen=True)
class InverseSettings:
    """How the inverses of DTP are made and trained.

    Attributes:
        kind: ``"linear"``, or ``"sigmoid"`` as in the seed notebook.
        noise: the standard deviation of ``n`` at step 0; at step ``t`` it is ``noise / (1 + t / 100)``. One draw for
            each sample and unit, the same in the input and in what is to be reconstructed.
        lr: the step size of the inverses, in units of ``1 / |M|_F``, ``M`` the second moment of ``(f_l(x + n)', 1)'``
            in the batch: the linear ``R_l`` has no more curvature than ``|M|_F``, so that a step below 2 is stable.
        alpha: the size of the top target; of no effect on the linear inverse.
        penultimate: whether ``d_{L-1}`` is the true gradient too, as in the seed notebook.

    Raises:
        UnknownNameError: if ``kind`` is not a known name.
        InvalidTypeError: if an attribute is of the wrong type.
        InvalidValueError: if a number is out of range.

    >>> InverseSettings(kind="sigmoid").noise_at(100)
    5.0
    """

    kind: str = "linear"
    noise: float = 10.0
    lr: float = 0.5
    alpha: float = 1.0
    penultimate: bool = False

    def __post_init__(self) -> None:
        """Check each attribute."""
        if self.kind not in KINDS:
            raise unknown_name("inverse", str(self.kind), KINDS)
        positive_or_zero("noise", self.noise)
        positive("inverse_lr", self.lr)
        positive("alpha", self.alpha)
        if not isinstance(self.penultimate, bool):
            raise InvalidTypeError(complain("penultimate", "True or False", self.penultimate))

    def noise_at(self, step: int) -> float:
        """Return the standard deviation of the noise at a step."""
        return self.noise / (1 + step / NOISE_HALVES_AT)


class Inverses:
    """``V_l`` and ``c_l`` for ``l = 2..L``, and what they make of errors.

    Args:
        layerwise: the compiled rule `LearnedInverse`, whose fixed matrices are the ``V_l``: they move from now on.
        settings: how to train them.
        bias: where every ``c_l`` starts.
        noise: the stream that the noise is drawn from.
        dtype: of ``V_l`` and ``c_l``.
    """

    def __init__(
        self, layerwise: LayerwiseRule, settings: InverseSettings, bias: float, noise: np.random.Generator, dtype: Any
    ) -> None:
        self._layerwise, self.settings, self.noise = layerwise, settings, noise
        net = layerwise.net
        self._symbols = [layerwise.rule.feedback(net, l) for l in range(2, net.depth + 1)]
        self.c = [np.full((net.widths[l - 1], 1), bias, dtype) for l in range(2, net.depth + 1)]
        self.reconstruction_losses = [math.nan] * len(self.c)

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
        """Take one step down every reconstruction loss, its mean over the batch."""
        std = self.settings.noise_at(step)
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
            self.reconstruction_losses[l - 2] = float(np.square(off, dtype=np.float64).sum() / (2 * x.shape[1]))
            off = off * slope
            inputs = np.vstack([above, np.ones_like(above[:1])])
            rate = x.dtype.type(self.settings.lr / norm(inputs @ inputs.T))
            self._layerwise.constants[symbol] = V - rate * (off @ above.T)
            self.c[l - 2] = c - rate * off.sum(axis=1, keepdims=True)


def _sigmoid(x: Array) -> Array:
    return 0.5 * (1 + np.tanh(x / 2))
