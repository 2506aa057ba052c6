"""The singular modes of BP on whitened digits, compared with the closed form of Saxe et al. (2014)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tptheory.training.data import Array, DataSet
from tptheory.training.layerwise import LayerwiseRule, squared_error
from tptheory.training.reference import LayerwiseEngine

INITIAL_STRENGTH = 1e-3
"""The strength of every mode at step 0."""
HIDDEN = 16
"""The width of the hidden layers, above the number of modes."""
INSTANTS = 60
"""At how many times the modes are compared with the closed form."""
_DARK = 1e-3
"""Whitening leaves out the directions whose standard deviation is less than this part of the largest one."""


@dataclass(frozen=True, eq=False)
class ModesStudy:
    """The strengths of the modes of a trained net and of the closed form, both of shape ``(T, K)``.

    ``times`` are steps times the step size; ``singular_values`` are what the modes end at. The closed form is of the
    flow, from which descent in finite steps differs by the order of the step size ``lr``.
    """

    depth: int
    lr: float
    times: Array
    singular_values: Array
    measured: Array
    predicted: Array

    @property
    def worst(self) -> float:
        """The largest difference between the two, over the largest singular value."""
        return float(np.abs(self.measured - self.predicted).max() / self.singular_values.max())


def whitened(data: DataSet) -> DataSet:
    """Return the training samples with ``E x = 0`` and ``E x x' = I``, and targets with ``E y = 0``; float64.

    Directions in which the samples (nearly) do not vary are left out.
    """
    x = data.x_train.astype(np.float64)
    mean = x.mean(axis=1, keepdims=True)
    U, S, _ = np.linalg.svd((x - mean) / np.sqrt(x.shape[1]), full_matrices=False)
    kept = _DARK * S[0] < S
    onto = (U[:, kept] / S[kept]).T
    shares = np.bincount(data.labels_train, minlength=data.classes) / data.labels_train.size
    codes = np.eye(data.classes) - shares[:, np.newaxis]
    tested = onto @ (data.x_test.astype(np.float64) - mean)
    name = f"{data.name}, whitened"
    return DataSet(name, onto @ (x - mean), data.labels_train, tested, data.labels_test, data.classes, codes)


def study_modes(data: DataSet, depth: int = 3, lr: float = 0.1, steps: int = 1200, seed: int = 0) -> ModesStudy:
    """Descend the squared error on all whitened samples at once, from balanced weights aligned with the modes.

    ``W_l = R_l diag(a) R_{l-1}'``, where ``E y x' = R_L diag(s) R_0'``, the other ``R_l`` have orthonormal columns, and
    every entry of ``a`` is ``INITIAL_STRENGTH^(1/depth)``. The strength of a mode is the entry of ``R_L' W_L ... W_1
    R_0`` on the diagonal.

    >>> from tptheory.training.data import load_digits
    >>> study = study_modes(load_digits(), depth=2, steps=200)
    >>> study.measured.shape, study.worst < 0.05
    ((61, 9), True)
    """
    from tptheory.simulation.closed_forms.modes import bp_modes
    from tptheory.symbolic.network import DeepLinearNetwork
    from tptheory.symbolic.rules import Backprop

    white = whitened(data)
    X, labels = white.x_train, white.labels_train
    U, s, Vt = np.linalg.svd(white.targets[:, labels] @ X.T / labels.size, full_matrices=False)
    modes = data.classes - 1  # the targets sum to 0
    U, s, V = U[:, :modes], s[:modes], Vt[:modes].T
    rng = np.random.default_rng(seed)
    frames = [V, *(np.linalg.qr(rng.standard_normal((HIDDEN, modes)))[0] for _ in range(depth - 1)), U]
    weights = tuple(INITIAL_STRENGTH ** (1 / depth) * frames[l] @ frames[l - 1].T for l in range(1, depth + 1))
    biases = tuple(np.zeros((len(W), 1)) for W in weights)
    net = DeepLinearNetwork(
        widths=(len(X), *[HIDDEN] * (depth - 1), data.classes), batch=labels.size, biases=True, loss="any"
    )
    rule = LayerwiseRule(Backprop(), net, lambda rows, columns: np.zeros((rows, columns)), 1.0)
    engine = LayerwiseEngine(rule, weights, biases, squared_error(white.targets))
    seen = sorted({round(i * steps / INSTANTS) for i in range(INSTANTS + 1)})
    strengths = []
    for step in range(steps + 1):
        if step in seen:
            product = np.linalg.multi_dot([U.T, *engine.weights[::-1], V])
            strengths.append(np.diag(product))
        engine.forward(X, labels)
        engine.update(lr, step)
    times = lr * np.array(seen)
    predicted = bp_modes(s, np.full(modes, INITIAL_STRENGTH), times, depth=depth).strengths
    return ModesStudy(depth, lr, times, s, np.array(strengths), predicted)
