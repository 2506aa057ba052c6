"""The path of target propagation in finite steps of any size: the error stays on a ray."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from flint import fmpq

from tptheory.checking import check_memory
from tptheory.errors import InvalidTypeError
from tptheory.keywords import known_keywords
from tptheory.numeric.arithmetic import RunArithmetic
from tptheory.numeric.floats import FloatArithmetic
from tptheory.numeric.rationals import ExactArithmetic, fraction
from tptheory.simulation.arguments import step_count, step_size
from tptheory.simulation.closed_forms.arguments import Sample, SamplePath, check_full_row_rank, read_sample

MOST_BITS = 100_000
"""The size of a numerator or denominator at which an exact ray stops: each step multiplies the number of digits."""
LEAST_RATIO = 1e-14
"""The factor of a pseudo-determinant in one step that counts, in float64, as a loss of rank."""


@dataclass(frozen=True, eq=False, repr=False)
class ErrorRay(SamplePath):
    """A run of target propagation by its recursion; time is counted in steps.

    Entries are float64, or `Fraction` where all that was given is rational.
    """

    lr: Any
    """The step size ``eta``."""
    factors: np.ndarray
    """``factors[t, l]`` is the ``c_l`` of step ``t``, of shape ``(T, L + 1)``: ``x_l`` moves by ``-c_l d_l``."""
    ratios: tuple[np.ndarray, ...]
    """``ratios[l-2][t]`` is the factor by which step ``t`` multiplied ``(pdet W_l)^2``, for ``l = 2..L``."""
    steps: int
    """``T``, the number of completed steps."""
    status: str
    """``"completed"``, ``"rank lost"``, ``"diverged"`` or ``"too large"``: why it stopped."""
    message: str
    """What happened, in a sentence."""


@known_keywords
def error_ray(weights: Sequence[Any], x: Any, y: Any, lr: Any, steps: int) -> ErrorRay:
    """Return the path of ``steps`` steps of target propagation on one sample, of any size ``eta``, by their recursion.

    While ``W_l`` has full row rank for ``l >= 2``, a step moves every activation along its signal, and the error on its
    ray (`proofs/error_ray.py`, new here as far as we know)::

        c_0 = 0,  c_l = c_{l-1} + eta (|x_{l-1}|^2 - c_{l-1} x_{l-1} . d_{l-1})
        x_l becomes x_l - c_l d_l,  e becomes (1 - c_L) e

    at any depth, for wide layers too. The next signals ``d_l = P d_{l+1}`` need ``P = W_{l+1}+`` after a change of rank
    one, ``W - eta d_{l+1} x'``. With ``x = x_l``, ``d = d_l``, ``p = x - P x_{l+1}`` and ``b = 1 - eta x . d``::

        q = b^2 + eta^2 |p|^2 |d|^2,  which is the square of pdet W_{l+1} after the step over that before
        P becomes P + d (eta b x'P - eta^2 |p|^2 d'P) / q - eta p (eta |d|^2 x'P + b d'P) / q

    so that no weight is needed, nor inverted, after the start (Meyer, 1973, has the update). If ``W_{l+1}`` is square,
    ``p = 0``.

    Args:
        weights: ``[W_1, ..., W_L]`` at the start; ``W_1`` may have any shape and rank.
        x: the sample, of shape ``(n_0,)``.
        y: its target, of shape ``(n_L,)``.
        lr: the step size ``eta``, positive.
        steps: how many steps to take.

    Returns:
        An `ErrorRay`: exact if every number given is an integer, a Fraction or an fmpq, else in float64. It stops where
        a weight loses its rank, which ends the ray, where a number is no longer finite, and where exact numbers
        have more than `MOST_BITS` bits.

    >>> from fractions import Fraction
    >>> ray = error_ray([[[1]], [[2]]], [1], [0], lr=Fraction(1, 10), steps=2)
    >>> [str(e) for e in ray.errors.ravel()]
    ['2', '81/50', '669951/500000']

    Raises:
        InvalidTypeError: if an argument is of the wrong type.
        InvalidValueError: if a number is not finite, ``lr`` is not positive, ``steps`` is negative, or a weight from
            the second on lacks full row rank.
        ShapeError: if shapes do not chain, or ``x`` is a batch.
    """
    try:
        sample, eta = _read(ExactArithmetic(), weights, x, y, lr)
    except InvalidTypeError:  # a float, or what is no number at all
        sample, eta = _read(FloatArithmetic(), weights, x, y, lr)
    with np.errstate(all="ignore"):  # a ray that overflows says so in its status
        return _follow(sample, eta, step_count(steps))


def _read(kind: RunArithmetic, weights: Any, x: Any, y: Any, lr: Any) -> tuple[Sample, Any]:
    """Return the sample and the step size in an arithmetic."""
    size = step_size(kind, _fraction(lr))
    return read_sample(kind, weights, x, y), np.float64(size) if isinstance(size, float) else size


@dataclass(frozen=True)
class _RayState:
    """The state of a ray after some steps: ``x_0..x_L``, ``e``, and ``W_l+`` for ``l = 2..L``."""

    x: list[np.ndarray]
    error: np.ndarray
    inverses: list[np.ndarray]

    def signals(self) -> list[np.ndarray]:
        """Return ``d_1, ..., d_L``."""
        downward = [self.error]
        for P in reversed(self.inverses):
            downward.append(P @ downward[-1])
        return downward[::-1]

    def factors(self, eta: Any, d: list[np.ndarray]) -> list[Any]:
        """Return ``c_0, ..., c_L``."""
        c = [0 * eta]
        for l, x in enumerate(self.x[:-1]):
            back = c[-1] * _dot(x, d[l - 1]) if l else c[0]
            c.append(c[-1] + eta * (_dot(x, x) - back))
        return c


def _dot(u: np.ndarray, v: np.ndarray) -> Any:
    return (u * v).sum()


def _follow(sample: Sample, eta: Any, steps: int) -> ErrorRay:
    check_full_row_rank(sample, "The error leaves its ray otherwise: use simulate.")
    exact = isinstance(eta, fmpq)
    array = partial(np.array, dtype=object if exact else None)
    inverses = [sample.arithmetic.pinv(W) for W in sample.weights[1:]]
    mend = "All of them are kept: take fewer."
    check_memory("steps", steps, 8 * (steps + 1) * sum(map(np.size, (*sample.x, sample.error, *inverses))), mend)
    state = _RayState(
        [array(x.tolist()) for x in sample.x], array(sample.error.tolist()), [array(P.tolist()) for P in inverses]
    )
    states, factors, ratios, status = [state], [], [], "completed"  # type: ignore[var-annotated]
    while len(factors) < steps and status == "completed":
        following, c, q = _step(state, eta)
        status = _status(following, q, exact)
        if status not in ("diverged", "too large"):
            states.append(following)
            factors.append(c)
            ratios.append(q)
            state = following
    return _ray(states, factors, ratios, eta, steps, status)


def _step(state: _RayState, eta: Any) -> tuple[_RayState, list[Any], list[Any]]:
    """Return the state after a step, the factors ``c_l``, and the ratios ``q``."""
    d = state.signals()
    c = state.factors(eta, d)
    x = [state.x[0], *(x - c[l] * d[l - 1] for l, x in enumerate(state.x[1:], start=1))]
    updated = [
        _updated_pinv(P, state.x[l], state.x[l + 1], d[l - 1], eta) for l, P in enumerate(state.inverses, start=1)
    ]
    return _RayState(x, (1 - c[-1]) * state.error, [P for P, _ in updated]), c, [q for _, q in updated]


def _updated_pinv(P: np.ndarray, x: np.ndarray, above: np.ndarray, d: np.ndarray, eta: Any) -> tuple[np.ndarray, Any]:
    """Return the pseudo-inverse after the step, and the ratio of the squares of pseudo-determinants."""
    p, b = x - P @ above, 1 - eta * _dot(x, d)
    rho, D = _dot(p, p), _dot(d, d)
    q = b**2 + eta**2 * rho * D
    if q == 0:
        return P, q
    xP, dP = x.T @ P, d.T @ P
    return P + d @ (eta * b * xP - eta**2 * rho * dP) / q - eta * p @ (eta * D * xP + b * dP) / q, q


def _status(state: _RayState, ratios: list[Any], exact: bool) -> str:
    """Return why a ray ends at a state; ``"completed"`` where it goes on."""
    entries = [entry for A in (state.error, *state.x, *state.inverses) for entry in A.ravel()]
    if exact and any(max(abs(int(n.p)).bit_length(), int(n.q).bit_length()) > MOST_BITS for n in entries):
        return "too large"
    if not exact and not np.isfinite(entries).all():
        return "diverged"
    return "rank lost" if any(q <= (0 if exact else LEAST_RATIO**2) for q in ratios) else "completed"


def _ray(states: list[_RayState], factors: Any, ratios: Any, eta: Any, steps: int, status: str) -> ErrorRay:
    """Stack the states of a ray, and say how it ended."""
    done, depth = len(factors), len(states[0].x) - 1
    signals = [state.signals() for state in states]
    if status == "rank lost":  # the signals of the last state are not those of its weights
        signals[-1] = [*(np.full_like(d, np.nan) for d in signals[-1][:-1]), signals[-1][-1]]
    stack = partial(_stacked, dtype=object if isinstance(eta, fmpq) else np.float64)
    return ErrorRay(
        lr=_fraction(eta),
        factors=stack(factors, (done, depth + 1)),
        activations=tuple(stack([p.x[l] for p in states], (done + 1, -1, 1)) for l in range(depth + 1)),
        errors=stack([p.error for p in states], (done + 1, -1, 1)),
        signals=tuple(stack([d[l] for d in signals], (done + 1, -1, 1)) for l in range(depth)),
        ratios=tuple(stack([q[l] for q in ratios], (done,)) for l in range(depth - 1)),
        steps=done,
        status=status,
        message=_message(status, done, steps, eta),
    )


def _message(status: str, done: int, steps: int, eta: Any) -> str:
    """Return the sentence that says how a ray ended."""
    if status == "completed":
        return f"Completed {done} steps."
    because = {
        "rank lost": f"step {done} took a weight's rank, so that its signals are no longer known",
        "diverged": f"step {done + 1} is no longer finite; lower lr={eta}",
        "too large": f"step {done + 1} has exact numbers of more than {MOST_BITS} bits; use floats",
    }
    return f"Stopped after {done} of {steps} steps: {because[status]}."


def _stacked(arrays: Any, shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """Return arrays as one, of floats or of `Fraction`."""
    stacked = np.array(arrays, dtype=dtype).reshape(shape)
    return np.vectorize(_fraction, otypes=[object])(stacked) if dtype is object else stacked


def _fraction(n: Any) -> Any:
    return fraction(n) if isinstance(n, fmpq) else n
