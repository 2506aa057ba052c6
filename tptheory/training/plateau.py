"""How long BP stays on the plateau at which small weights start, predicted and measured on digits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tptheory.training.data import DataSet
from tptheory.training.trainer import TrainingRun, train

ESCAPED = 0.9
"""The plateau is left when the loss of a batch falls below this part of ``log(classes)``, what guessing costs."""
TRUNCATION = 0.87962566103423978
"""The standard deviation of a standard normal variable that is cut at 2."""
PATIENCE = 2.0
"""How many steps a run may take, in units of the predicted step of escape."""


class Setting(NamedTuple):
    """A start with small weights: ``depth`` layers, of which the hidden ones are ``hidden`` wide."""

    depth: int
    hidden: int
    std: float
    lr: float


SETTINGS = (
    Setting(5, 100, 0.01, 0.5),
    Setting(4, 100, 0.01, 0.5),
    Setting(3, 50, 0.01, 0.1),
    Setting(5, 100, 0.02, 0.5),
)
"""The seed notebook's setting, and three with another depth, width or standard deviation."""


@dataclass(frozen=True, eq=False)
class PlateauStudy:
    """A run from small weights, and the steps at which it should leave the plateau and did leave it.

    ``predicted`` is the leading order ``(s sqrt h)^-(L-2) / ((L-2) eta sigma_1)``, ``s`` the standard deviation
    after the cut and ``sigma_1`` the top singular value of ``E[(y - p) x']``, ``p`` the classes' shares; ``interval``
    is that times kappa = 1.0 and 1.3, which is measured and no theorem. ``measured`` is None if there was no escape.

    The prediction is made for a flow without biases. Small batches at a large step size leave earlier, since their
    noise reaches ``W_L`` through the biases below it: on 8,000 images of MNIST kappa is 0.5 to 0.6 in the first setting
    at batches of 100, 1.0 at batches of 1,000, and 1.1 without biases.
    """

    setting: Setting
    sigma_1: float
    predicted: float
    interval: tuple[float, float]
    measured: int | None
    run: TrainingRun

    @property
    def kappa(self) -> float | None:
        """The measured step over the predicted one."""
        return None if self.measured is None else self.measured / self.predicted


def input_output_correlation(data: DataSet) -> np.ndarray:
    """Return ``E[(y - p) x']`` over the training samples, shape ``(classes, n_0)``, ``y`` one-hot, ``p = E y``.

    At outputs that are all equal, minus this is the mean gradient of the cross-entropy, but for ``p - 1/classes``.
    """
    Y = np.eye(data.classes)[:, data.labels_train]
    return (Y - Y.mean(axis=1, keepdims=True)) @ data.x_train.astype(np.float64).T / data.labels_train.size


def study_plateau(data: DataSet, setting: Setting, seed: int = 0) -> PlateauStudy:
    """Train BP from the seed notebook's kind of start (biases 0.1) until well after the predicted escape.

    >>> from tptheory.training.data import load_digits
    >>> study = study_plateau(load_digits(), Setting(depth=3, hidden=50, std=0.02, lr=0.1))
    >>> study.measured is not None and 0.8 < study.kappa < 1.6
    True

    Raises:
        InvalidValueError: if the weights are so large that there is no plateau, or ``depth`` is below 3.
    """
    from tptheory.simulation.closed_forms.modes import plateau_escape

    sigma_1 = float(np.linalg.svd(input_output_correlation(data), compute_uv=False)[0])
    L, hidden, std, lr = setting
    escape = plateau_escape(sigma_1, depth=L, lr=lr, std=TRUNCATION * std, hidden=hidden)
    steps = math.ceil(PATIENCE * escape.leading)
    run = train(
        "bp",
        data=data,
        widths=(data.x_train.shape[0], *[hidden] * (L - 1), data.classes),
        steps=steps,
        lr=lr,
        init="normal",
        std=std,
        seed=seed,
        log_every=max(1, steps // 400),
    )
    low, high = escape.random or (math.nan, math.nan)
    return PlateauStudy(setting, sigma_1, escape.leading, (low, high), escaped_at(run, data.classes), run)


def escaped_at(run: TrainingRun, classes: int) -> int | None:
    """Return the first logged step whose loss is below `ESCAPED` of ``log(classes)``; None if there is none."""
    return next((line.step for line in run.log if line.loss < ESCAPED * math.log(classes)), None)


def study_plateaus(data: DataSet, settings: Sequence[Setting] = SETTINGS, seed: int = 0) -> tuple[PlateauStudy, ...]:
    """Study the plateau in each setting."""
    return tuple(study_plateau(data, setting, seed) for setting in settings)
