"""Probes: what a training run shows of the theorems while it runs, measured in float64 on the current batch.

A step is probed before it is made: its update is computed in float64 from the current weights, and the change that it
makes is compared with the change that the theorem states. The formulas, for ``l = 1..L-1``, with
``D_l``, ``G_l = D_l X_{l-1}'``, ``g_l = D_l 1``, are:

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
from typing import NamedTuple

import numpy as np

from tptheory.invariants.laws import balance, log_determinant
from tptheory.numeric.evaluation import compile_expression
from tptheory.symbolic.rules import Backprop, GaussNewton, TargetProp
from tptheory.training.data import Array
from tptheory.training.engine import Engine
from tptheory.training.layerwise import Arrays, LayerwiseRule, descent_of, doubles, forward
from tptheory.training.task import Task

THEOREMS = {
    "rank": "rank_of_updates.py::rank_bound",
    "balance_step": "balancedness.py::bp_balance_step_with_biases",
    "balance_drift": "balancedness.py::bp_balance_with_biases",
    "logdet_step": "log_determinant.py::tp_step_is_multiplicative",
    "logdet_drift": "log_determinant.py::tp_logdet",
    "angle": "activations_descend.py::tp_activations_descend",
    "targets": "targets_reach.py::targets_reach_at_any_depth",
}
"""For each probe, the theorem in ``proofs/`` with which it is compared."""
BOUNDS = frozenset({"rank"})
"""The probes whose claim is an upper bound; the others claim a value."""


@dataclass(frozen=True)
class ProbeReading:
    """What a probe measured at a layer after ``step`` updates, and what its theorem claims; None if it claims nothing.

    The unit depends on the probe: ``rank`` is a rank, ``logdet_*`` are numbers, ``angle`` is a cosine, ``targets`` is
    ``|W_L ... W_{l+1} D_l - E| / |E|``, and ``balance_*`` are Frobenius norms of matrices. ``off`` is the distance from
    the claim; of a balance, the norm of the difference of the two matrices.
    """

    step: int
    probe: str
    layer: int
    measured: float
    claimed: float | None
    off: float

    @property
    def theorem(self) -> str:
        """The theorem with which the probe is compared."""
        return THEOREMS[self.probe]


class BatchInDoubles(NamedTuple):
    """All that the probes need to know of a batch, in float64: parameters, activations, error signals and descents."""

    weights: Arrays
    biases: Arrays
    activations: Arrays
    errors: Arrays
    G: Arrays
    g: Arrays

    def layer(self, l: int) -> tuple[Array, Array, Array]:
        """Return ``W_{l+1}``, ``W_l`` and ``b_l``, which a law of layer ``l`` is about."""
        return self.weights[l], self.weights[l - 1], self.biases[l - 1]

    def descent(self, l: int) -> tuple[Array, Array, Array]:
        """Return ``G_{l+1}``, ``G_l`` and ``g_l``, along which `layer` moves."""
        return self.G[l], self.G[l - 1], self.g[l - 1]


class TheoremProbes:
    """The probes of one run.

    Args:
        task: the task of the run. Where every step is probed, the exact changes are summed up, and their sum is what is
            claimed of the drift. No rank is claimed of a rule that is more than a feedback operator.
        start: the weights and the biases at step 0, from where drift is measured.
    """

    def __init__(self, task: Task, start: tuple[Arrays, Arrays]) -> None:
        net, settings = task.net, task.settings
        self.net, self.rule, self.by_feedback = net, task.rule, task.by_feedback
        self.lr, self.every = settings.lr, settings.log_every
        self.zero_sum = settings.loss == "cross-entropy"  # so that the columns of ``D_L`` sum to 0
        self.linear = task.inverses is None or task.inverses.kind == "linear"  # a sigmoid inverse can raise a rank
        self._start = doubles(start[0]), doubles(start[1])
        self._bp, self._tp = (
            LayerwiseRule(r, net, lambda *shape: np.zeros(shape), 1.0) for r in (Backprop(), TargetProp())
        )
        self._laws = {
            name: [
                compile_expression(law(net, l), (net.weight(l + 1), net.weight(l), net.bias(l)))
                for l in range(1, net.depth)
            ]
            for name, law in (("balance", balance), ("logdet", log_determinant))
        }
        hidden = net.widths[1:-1]
        self._summed: dict[str, list[Array]] = {
            "balance": [np.zeros((n, n)) for n in hidden],
            "logdet": [np.zeros(()) for _ in hidden],
        }

    def read(self, step: int, engine: Engine, X: Array, last: bool) -> list[ProbeReading]:
        """Return all readings at a step; ``last`` says that no update follows."""
        weights, biases = doubles(engine.weights), doubles(engine.biases)
        batch = BatchInDoubles(
            weights, biases, forward(weights, biases, X.astype(np.float64)), *engine.descent("float64")
        )
        full = _full_row_rank_from(weights)
        readings = self._ranks(step, engine.ranks(), X.shape[1])
        readings += self._targets(step, batch, full)
        if self.rule in (Backprop(), TargetProp()):
            readings += self._angles(step, batch, full)
        if self.rule == Backprop():
            readings += self._law_readings("balance", step, batch, self._balance_change, last)
        if self.rule == TargetProp():
            readings += self._law_readings("logdet", step, batch, self._logdet_change, last)
        return readings

    def _ranks(self, step: int, ranks: Sequence[int], batch: int) -> list[ProbeReading]:
        if not self.by_feedback:
            return [ProbeReading(step, "rank", l, rank, None, 0.0) for l, rank in enumerate(ranks, start=1)]
        return [
            ProbeReading(step, "rank", l, rank, bound, max(0.0, rank - bound))
            for l, (rank, bound) in enumerate(zip(ranks, self._rank_bounds(batch), strict=True), start=1)
        ]

    def _rank_bounds(self, batch: int) -> list[int]:
        """Return for each layer the bound on ``rank dW_l`` that the docstring of `TrainingRun` states."""
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

    def _targets(self, step: int, batch: BatchInDoubles, full: Sequence[bool]) -> list[ProbeReading]:
        """Measure whether the targets reach the output."""
        E, readings = batch.errors[-1], []
        reaches = self.rule in (TargetProp(), GaussNewton())
        product = np.eye(E.shape[0])
        for l in range(self.net.depth - 1, 0, -1):
            product = product @ batch.weights[l]
            missed = _size(product @ batch.errors[l - 1] - E) / (_size(E) or 1.0)
            readings.append(_reading(step, "targets", l, missed, 0.0 if reaches and full[l] else None))
        return readings

    def _angles(self, step: int, batch: BatchInDoubles, full: Sequence[bool]) -> list[ProbeReading]:
        """Measure the cosine of the angle between the updates of BP and TP."""
        E, readings = batch.errors[-1], []
        bp, tp = (descent_of(rule.errors(batch.weights, E), batch.activations)[0] for rule in (self._bp, self._tp))
        for l, (G_bp, G_tp) in enumerate(zip(bp[:-1], tp[:-1], strict=True), start=1):
            sizes = _size(G_bp) * _size(G_tp) or 1.0
            claimed = float(np.square(E @ batch.activations[l - 1].T).sum()) / sizes if full[l] else None
            readings.append(_reading(step, "angle", l, float((G_bp * G_tp).sum()) / sizes, claimed))
        return readings

    def _law_readings(
        self, name: str, step: int, batch: BatchInDoubles, change: Callable[[BatchInDoubles, int], Array], last: bool
    ) -> list[ProbeReading]:
        """Measure how a law changes in this step, and how far it has drifted since step 0, at each hidden layer."""
        readings = []
        for l, law in enumerate(self._laws[name], start=1):
            before = np.asarray(law(*batch.layer(l)))
            after = law(*(A - self.lr * dA for A, dA in zip(batch.layer(l), batch.descent(l), strict=True)))
            drift = before - law(self._start[0][l], self._start[0][l - 1], self._start[1][l - 1])
            moved, exact, summed = after - before, change(batch, l), self._summed[name]
            step_off, drift_off = _size(moved - exact), _size(drift - summed[l - 1])
            readings.append(ProbeReading(step, f"{name}_step", l, _measure(moved), _measure(exact), step_off))
            claimed = (_measure(summed[l - 1]), drift_off) if self.every == 1 else (None, 0.0)
            readings.append(ProbeReading(step, f"{name}_drift", l, _measure(drift), *claimed))
            if not last:
                summed[l - 1] = summed[l - 1] + exact
        return readings

    def _balance_change(self, batch: BatchInDoubles, l: int) -> Array:
        """Return the exact change of the balance of layer ``l`` in a step of BP."""
        above, G, g = batch.descent(l)
        return self.lr**2 * (above.T @ above - G @ G.T - g @ g.T)

    def _logdet_change(self, batch: BatchInDoubles, l: int) -> Array:
        """Return the exact change of the log-determinant law of layer ``l`` in a step of TP."""
        _, G, g = batch.descent(l)
        change = logdet_change(batch.weights[l], batch.activations[l], batch.errors[l - 1], batch.errors[l], self.lr)
        return np.asarray(change - self.lr**2 * float(np.square(G).sum() + np.square(g).sum()) / 2)

    def state(self) -> dict[str, Array]:
        """Return the sums of the exact changes, by name."""
        return {f"sum_{law}_{l}": A for law, sums in self._summed.items() for l, A in enumerate(sums, start=1)}

    def restore(self, state: Mapping[str, Array]) -> None:
        """Take the sums that `state` returned."""
        for law, sums in self._summed.items():
            self._summed[law] = [state[f"sum_{law}_{l}"].copy() for l in range(1, len(sums) + 1)]


def logdet_change(W: Array, X: Array, D: Array, D_above: Array, eta: float) -> float:
    """Return ``log pdet(W - eta D_above X') - log pdet W + eta tr(X' D)``, where ``D = W+ D_above``.

    ``W`` has full rank and shape ``(n, m)``, ``X`` and ``D`` have shape ``(m, B)``, and ``D_above`` has shape ``(n,
    B)``. The formula stands at the head of this module.

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
    """Return for each probe the reading that is furthest from its claim; the largest one if nothing is claimed."""
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
    """Return the Frobenius norm; of a number, its absolute value."""
    return float(np.linalg.norm(A))


def _measure(A: Array) -> float:
    """Return a number as it is, and the Frobenius norm of a matrix."""
    return float(A) if A.ndim == 0 else _size(A)


def _reading(step: int, probe: str, layer: int, measured: float, claimed: float | None) -> ProbeReading:
    """Return a reading of a number, which is off by its distance from what is claimed."""
    return ProbeReading(step, probe, layer, measured, claimed, 0.0 if claimed is None else abs(measured - claimed))
