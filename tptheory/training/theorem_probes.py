"""Live probes: what a training run shows of the theorems, measured in float64 on the batch of the moment.

A step is probed before it is made: the update of the batch is computed in float64 from the weights as they are, and
what it changes is compared with what the theorem says that it changes. Formulas, for ``l = 1..L-1``, with
``D_l``, ``G_l = D_l X_{l-1}'``, ``g_l = D_l 1``:

balance     ``W_{l+1}' W_{l+1} - W_l W_l' - b_l b_l'`` changes under BP by
            ``eta^2 (G_{l+1}' G_{l+1} - G_l G_l' - g_l g_l')``
log-det     ``log pdet W_{l+1} - 1/2 |W_l|^2 - 1/2 |b_l|^2`` changes under TP, at full rank of ``W_{l+1}``, by
            ``log |det C| + 1/2 log det(I + eta^2 S) + eta tr(X_l' D_l) - 1/2 eta^2 (|G_l|^2 + |g_l|^2)``, where
            ``C = I - eta X_l' D_l`` (B by B), and, for ``W = W_{l+1}`` of full row rank,
            ``S = X_l' (I - W+W) X_l C'^-1 D_l' D_l C^-1``, of full column rank
            ``S = D_{l+1}' (I - WW+) D_{l+1} C^-1 X_l' W+ W+' X_l C'^-1``.
            (``W - eta D_{l+1} X_l' = W (I - eta D_l X_l') - eta (I - WW+) D_{l+1} X_l'``, and the determinant
            lemma. For one sample the first two terms are half the logarithm of ``(1 - eta a)^2 + eta^2 q``,
            ``a = x_l . d_l``, ``q = |d_l|^2 |(I - W+W) x_l|^2 + |W+' x_l|^2 |(I - WW+) d_{l+1}|^2``.)
angle       ``<G_l^TP, G_l^BP> = |E X_{l-1}'|^2`` at full row rank above ``l``,
            for ``D_l^BP = A' E``, ``D_l^TP = R E``, ``A R = I``
targets     ``W_L ... W_{l+1} D_l = E`` where targets reach the output, ``E = D_L``
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tptheory.invariants.laws import balance, log_determinant
from tptheory.numeric.evaluation import compile_expression
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rules import Backprop, GaussNewton, Rule, TargetProp
from tptheory.training.data import Array
from tptheory.training.engine import Engine
from tptheory.training.layerwise import Arrays, LayerwiseRule, descent_of, doubles, forward

THEOREMS = {
    "rank": "rank_of_updates.py::rank_bound",
    "balance_step": "balancedness.py::bp_balance_step_with_biases",
    "balance_drift": "balancedness.py::bp_balance_with_biases",
    "logdet_step": "log_determinant.py::tp_step_is_multiplicative",
    "logdet_drift": "log_determinant.py::tp_logdet",
    "angle": "activations_descend.py::tp_activations_descend",
    "targets": "targets_reach.py::targets_reach_at_any_depth",
}
"""By probe, the theorem in ``proofs/`` that it is held against."""
BOUNDS = frozenset({"rank"})
"""The probes whose claim is an upper bound; the others claim a value."""


@dataclass(frozen=True)
class ProbeReading:
    """What a probe showed at a layer after ``step`` updates, and what its theorem says; None where it says nothing.

    ``rank`` is a rank; ``balance_*`` are Frobenius norms, and ``off`` is the norm of the difference of the matrices;
    ``logdet_*`` are numbers; ``angle`` is a cosine; ``targets`` is ``|W_L ... W_{l+1} D_l - E| / |E|``.
    """

    step: int
    probe: str
    layer: int
    measured: float
    claimed: float | None
    off: float

    @property
    def theorem(self) -> str:
        """The theorem that the probe is held against."""
        return THEOREMS[self.probe]


class TheoremProbes:
    """The probes of one run.

    Args:
        net: the net, with numeric widths and batch.
        rule: the run's rule.
        start: the weights and the biases at step 0, from where drift is measured.
        lr: the step size.
        every: how many steps from one reading to the next; at 1 the exact changes are summed, and the sum is what is
            claimed of the drift.
        zero_sum: whether the columns of ``D_L`` sum to 0, as those of the cross-entropy do.
        linear: whether the feedback is; a sigmoid inverse can raise the rank of an error.
        by_feedback: whether the rule is a feedback operator and nothing else; of any other no rank is claimed.
    """

    def __init__(
        self,
        net: DeepLinearNetwork,
        rule: Rule,
        start: tuple[Arrays, Arrays],
        lr: float,
        every: int,
        zero_sum: bool,
        linear: bool = True,
        by_feedback: bool = True,
    ) -> None:
        self.net, self.rule, self.lr, self.every = net, rule, lr, every
        self.zero_sum, self.linear, self.by_feedback = zero_sum, linear, by_feedback
        self._start = doubles(start[0]), doubles(start[1])
        self._bp, self._tp = (
            LayerwiseRule(r, net, lambda *shape: np.zeros(shape), 1.0) for r in (Backprop(), TargetProp())
        )
        self._balance, self._logdet = (
            [
                compile_expression(law(net, l), (net.weight(l + 1), net.weight(l), net.bias(l)))
                for l in range(1, net.depth)
            ]
            for law in (balance, log_determinant)
        )
        hidden = net.widths[1:-1]
        self._summed: dict[str, list[Array]] = {
            "balance": [np.zeros((n, n)) for n in hidden],
            "logdet": [np.zeros(()) for _ in hidden],
        }

    def read(self, step: int, engine: Engine, X: Array, last: bool) -> list[ProbeReading]:
        """Return all readings at a step; ``last`` if no update follows."""
        weights, biases = doubles(engine.weights), doubles(engine.biases)
        errors, G, g = engine.descent("float64")
        activations = forward(weights, biases, X.astype(np.float64))
        readings = self._ranks(step, engine.ranks(), X.shape[1])
        full = _full_row_rank_from(weights)
        readings += self._targets(step, weights, errors, full)
        if self.rule in (Backprop(), TargetProp()):
            readings += self._angles(step, weights, activations, errors[-1], full)
        if self.rule == Backprop():
            readings += self._balances(step, weights, biases, G, g, last)
        if self.rule == TargetProp():
            readings += self._logdets(step, weights, biases, activations, errors, G, g, last)
        return readings

    def _ranks(self, step: int, ranks: Sequence[int], batch: int) -> list[ProbeReading]:
        if not self.by_feedback:
            return [ProbeReading(step, "rank", l, rank, None, 0.0) for l, rank in enumerate(ranks, start=1)]
        return [
            ProbeReading(step, "rank", l, rank, bound, max(0.0, rank - bound))
            for l, (rank, bound) in enumerate(zip(ranks, self._rank_bounds(batch), strict=True), start=1)
        ]

    def _rank_bounds(self, batch: int) -> list[int]:
        """Return for each layer the bound on ``rank dW_l`` that `TrainingRun` gives."""
        widths = self.net.widths
        top = widths[-1] - self.zero_sum
        bounds = []
        for l in range(1, self.net.depth + 1):
            passed = self.linear and not self.rule.direct
            above = [int(n) for n in widths[l:-1]] if passed else []
            above += [int(top)] if self.linear or l == self.net.depth else []
            below = [int(n) + 1 for n in widths[: l - 1]]
            bounds.append(min(batch, int(widths[l]), int(widths[l - 1]), *above, *below))
        return bounds

    def _targets(self, step: int, weights: Arrays, errors: Arrays, full: Sequence[bool]) -> list[ProbeReading]:
        E, readings = errors[-1], []
        reaches = self.rule in (TargetProp(), GaussNewton())
        size = float(np.linalg.norm(E)) or 1.0
        product = np.eye(E.shape[0])
        for l in range(len(weights) - 1, 0, -1):
            product = product @ weights[l]
            missed = float(np.linalg.norm(product @ errors[l - 1] - E)) / size
            claimed = 0.0 if reaches and full[l] else None
            readings.append(ProbeReading(step, "targets", l, missed, claimed, missed if claimed is not None else 0.0))
        return readings

    def _angles(
        self, step: int, weights: Arrays, activations: Arrays, E: Array, full: Sequence[bool]
    ) -> list[ProbeReading]:
        bp, tp = (descent_of(rule.errors(weights, E), activations)[0] for rule in (self._bp, self._tp))
        readings = []
        for l, (G_bp, G_tp) in enumerate(zip(bp[:-1], tp[:-1], strict=True), start=1):
            sizes = float(np.linalg.norm(G_bp)) * float(np.linalg.norm(G_tp)) or 1.0
            cosine = float((G_bp * G_tp).sum()) / sizes
            claimed = float(np.square(E @ activations[l - 1].T).sum()) / sizes if full[l] else None
            readings.append(ProbeReading(step, "angle", l, cosine, claimed, _gap(cosine, claimed)))
        return readings

    def _balances(
        self, step: int, weights: Arrays, biases: Arrays, G: Arrays, g: Arrays, last: bool
    ) -> list[ProbeReading]:
        readings = []
        for l, law in enumerate(self._balance, start=1):
            before, after, start = self._law(law, weights, biases, G, g, l)
            moved, drift = after - before, before - start
            exact = self.lr**2 * (G[l].T @ G[l] - G[l - 1] @ G[l - 1].T - g[l - 1] @ g[l - 1].T)
            claimed, off = self._summed_claim("balance", l, drift)
            readings += [
                ProbeReading(step, "balance_step", l, _size(moved), _size(exact), _size(moved - exact)),
                ProbeReading(step, "balance_drift", l, _size(drift), claimed, off),
            ]
            if not last:
                self._summed["balance"][l - 1] += exact
        return readings

    def _logdets(
        self,
        step: int,
        weights: Arrays,
        biases: Arrays,
        activations: Arrays,
        errors: Arrays,
        G: Arrays,
        g: Arrays,
        last: bool,
    ) -> list[ProbeReading]:
        readings = []
        for l, law in enumerate(self._logdet, start=1):
            before, after, start = map(float, self._law(law, weights, biases, G, g, l))
            exact = logdet_change(weights[l], activations[l], errors[l - 1], errors[l], self.lr)
            exact -= self.lr**2 * float(np.square(G[l - 1]).sum() + np.square(g[l - 1]).sum()) / 2
            drift = before - start
            claimed, off = self._summed_claim("logdet", l, np.asarray(drift))
            readings += [
                ProbeReading(step, "logdet_step", l, after - before, exact, abs(after - before - exact)),
                ProbeReading(step, "logdet_drift", l, drift, claimed, off),
            ]
            if not last:
                self._summed["logdet"][l - 1] += exact
        return readings

    def _law(self, law: Callable[..., Any], weights: Arrays, biases: Arrays, G: Arrays, g: Arrays, l: int) -> list[Any]:
        """Return a law of layer ``l`` before the step, after it, and at step 0."""
        before = (weights[l], weights[l - 1], biases[l - 1])
        after = (A - self.lr * dA for A, dA in zip(before, (G[l], G[l - 1], g[l - 1]), strict=True))
        start = (self._start[0][l], self._start[0][l - 1], self._start[1][l - 1])
        return [law(*before), law(*after), law(*start)]

    def _summed_claim(self, law: str, l: int, drift: Array) -> tuple[float | None, float]:
        """Return what the exact changes sum to, and how far the drift is from it, where every step was read."""
        if self.every != 1:
            return None, 0.0
        summed = self._summed[law][l - 1]
        return (float(summed) if summed.ndim == 0 else _size(summed)), _size(drift - summed)

    def state(self) -> dict[str, Array]:
        """Return the sums, by name."""
        return {f"sum_{law}_{l}": A for law, sums in self._summed.items() for l, A in enumerate(sums, start=1)}

    def restore(self, state: Mapping[str, Array]) -> None:
        """Take the sums that `state` returned."""
        for law, sums in self._summed.items():
            self._summed[law] = [state[f"sum_{law}_{l}"].copy() for l in range(1, len(sums) + 1)]


def logdet_change(W: Array, X: Array, D: Array, D_above: Array, eta: float) -> float:
    """Return ``log pdet(W - eta D_above X') - log pdet W + eta tr(X' D)``, where ``D = W+ D_above``.

    ``W`` of full rank, of shape ``(n, m)``, ``X`` and ``D`` ``(m, B)``, ``D_above`` ``(n, B)``; the formula stands at
    the head of this module.

    >>> W, X, D_above = np.array([[2.0]]), np.array([[1.0]]), np.array([[1.0]])
    >>> bool(np.isclose(logdet_change(W, X, D_above / 2, D_above, 0.1), np.log(1.9 / 2) + 0.05))
    True
    """
    inverse = np.linalg.pinv(W)
    C = np.eye(X.shape[1]) - eta * X.T @ D
    C_inverse = np.linalg.inv(C)
    if W.shape[0] <= W.shape[1]:
        unseen = X - inverse @ (W @ X)
        S = unseen.T @ unseen @ C_inverse.T @ (D.T @ D) @ C_inverse
    else:
        beyond = D_above - W @ (inverse @ D_above)
        seen = inverse.T @ X
        S = beyond.T @ beyond @ C_inverse @ (seen.T @ seen) @ C_inverse.T
    first, second = (float(np.linalg.slogdet(A)[1]) for A in (C, np.eye(len(C)) + eta**2 * S))
    return first + second / 2 + eta * float((X * D).sum())


def worst(readings: Sequence[ProbeReading]) -> dict[str, ProbeReading]:
    """Return for each probe the reading that is furthest from its claim, or the largest where there is none."""
    found: dict[str, ProbeReading] = {}
    for reading in readings:
        best = found.get(reading.probe)
        if best is None or _severity(reading) > _severity(best):
            found[reading.probe] = reading
    return found


def _severity(reading: ProbeReading) -> tuple[bool, float, float]:
    return reading.claimed is not None, reading.off, abs(reading.measured)


def _full_row_rank_from(weights: Arrays) -> list[bool]:
    """Return for each index whether that weight and all above it have full row rank."""
    full, above = [], True
    for W in reversed(weights):
        above = above and W.shape[0] <= W.shape[1] and int(np.linalg.matrix_rank(W)) == W.shape[0]
        full.append(above)
    return full[::-1]


def _size(A: Array) -> float:
    return float(np.linalg.norm(A))


def _gap(measured: float, claimed: float | None) -> float:
    return 0.0 if claimed is None else abs(measured - claimed)
