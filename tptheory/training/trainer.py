"""Train a deep linear net under any rule that is a feedback operator: softmax cross-entropy and plain SGD."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import Any, Literal

import numpy as np

from tptheory.errors import InvalidTypeError, InvalidValueError, complain, unknown_name
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rules import Rule, rule_named
from tptheory.training.data import Array, DataSet, load_digits
from tptheory.training.initial import INITS, draw_matrix, initial_parameters
from tptheory.training.layerwise import Arrays, LayerwiseRule, forward, norm, softmax_cross_entropy

DTYPES = ("float32", "float64")
HIDDEN_WIDTHS = (32, 32)
"""The hidden layers where no widths are given."""


@dataclass(frozen=True)
class LogLine:
    """What a batch showed after ``step`` updates: mean loss in nats, accuracy in [0, 1]."""

    step: int
    loss: float
    accuracy: float


@dataclass(frozen=True, eq=False)
class TrainingRun:
    """How a training run went; it says itself whether it diverged.

    ``status`` is ``"completed"`` or ``"diverged"``, and ``message`` says so in a sentence. ``weights`` and ``biases``
    are the last whose batch loss was finite, ``steps`` counts the updates that led to them, and the final losses
    (nats; infinite where they overflow) and accuracies are theirs, on all samples. ``ranks[l - 1]`` is the largest
    rank of ``dW_l`` over the logged steps (`LayerwiseRule.ranks`). ``largest_update`` is the largest Frobenius norm of
    any ``dW_l``, over every step.

    Where feedback goes down layer by layer, ``rank dW_l <= min(B, n_{l-1}, n_l, ..., n_L - 1)``, for the columns of
    ``d_L`` sum to 0; a narrower layer ``k < l - 1`` allows at most ``n_k + 1``, for ``X_{l-1}`` is an affine image of
    ``X_k``. A direct rule may go round the layers between.
    """

    rule: str
    widths: tuple[int, ...]
    data: str
    seed: int
    dtype: str
    batch: int
    lr: float
    status: Literal["completed", "diverged"]
    message: str
    steps: int
    train_accuracy: float
    test_accuracy: float
    train_loss: float
    test_loss: float
    ranks: tuple[int, ...]
    largest_update: float
    log: tuple[LogLine, ...] = field(repr=False)
    weights: Arrays = field(repr=False)
    biases: Arrays = field(repr=False)


def format_log_line(line: LogLine) -> str:
    """Return the line as the seed notebook printed it.

    >>> format_log_line(LogLine(step=100, loss=2.29491, accuracy=0.15))
    'iter: 0100 loss: 2.2949 accuracy: 0.1500'
    """
    return f"iter: {line.step:04d} loss: {line.loss:.4f} accuracy: {line.accuracy:.4f}"


def train(
    rule: str | Rule = "bp",
    *,
    data: DataSet | None = None,
    widths: Sequence[int] | None = None,
    steps: int = 1000,
    batch: int = 100,
    lr: float = 0.1,
    init: str = "orthogonal",
    std: float | None = None,
    bias: float = 0.1,
    damping: float = 0.1,
    dtype: str = "float32",
    seed: int = 0,
    log_every: int = 100,
    on_log: Callable[[LogLine], None] | None = None,
) -> TrainingRun:
    """Train ``x_l = W_l x_{l-1} + b_l`` by ``dW_l = -lr d_l x_{l-1}'``, ``db_l = -lr d_l``, summed over the batch.

    The loss is the softmax cross-entropy, its mean over the batch: ``d_L = (softmax(x_L) - y) / B``. Every epoch
    shuffles the samples and deals whole batches. One seed gives one run, bit for bit, on one machine; weights,
    batches and fixed feedback matrices draw from streams of their own, so that rules meet the same start and
    the same batches.

    Args:
        rule: a name (bp, tp, damped-tp, fa, dfa, gn) or a rule of your own that defines its feedback alone.
        data: what to learn; `load_digits` unless given.
        widths: ``(n_0, ..., n_L)``, from pixels to classes; (pixels, 32, 32, classes) unless given.
        steps: how many updates to make.
        batch: ``B``, samples an update.
        lr: the step size ``eta``. At the defaults BP learns digits up to 0.4, and diverges from 0.6 on; inputs of
            larger norm need a smaller one.
        init: ``"orthogonal"`` or ``"normal"`` (truncated), for the weights and the fixed matrices; see `draw_matrix`.
        std: the standard deviation of the entries. ``init="normal", std=0.01, bias=0.1`` is the seed notebook's start,
            from which BP sits on a plateau and exact TP blows up.
        bias: where every bias starts.
        damping: ``lambda`` of damped TP.
        dtype: ``"float32"`` or ``"float64"``.
        seed: of everything random.
        log_every: a line after 0, log_every, 2 log_every, ... updates, up to ``steps``.
        on_log: called with each line as it is made.

    Raises:
        InvalidTypeError: if an argument is of the wrong type.
        InvalidValueError: if a number is out of range, the widths do not fit the data, or the rule needs more
            than a feedback operator.
        UnknownNameError: if ``rule``, ``init`` or ``dtype`` is not a known name; the message suggests the nearest.
        ShapeError: if a rule of your own has feedback of a shape that does not compose.
    """
    rule = rule_named(rule) if isinstance(rule, str) else rule
    if not isinstance(rule, Rule):
        raise InvalidTypeError(complain("rule", "a name such as 'tp', or a Rule", rule, "Try TargetProp()."))
    data = load_digits() if data is None else data
    if not isinstance(data, DataSet):
        raise InvalidTypeError(complain("data", "a DataSet", data, "Build one with load_digits()."))
    widths = _checked_widths(widths, data)
    steps, log_every = _whole("steps", steps), _whole("log_every", log_every)
    batch = _whole("batch", batch, highest=data.labels_train.size)
    seed = _whole("seed", seed, lowest=0)
    lr, damping = _positive("lr", lr), _positive("damping", damping)
    std = None if std is None else _positive("std", std)
    bias = _number("bias", bias)
    for argument, name, known in (("init", init, INITS), ("dtype", dtype, DTYPES)):
        if name not in known:
            raise unknown_name(argument, str(name), known)

    for_weights, for_batches, for_constants = np.random.SeedSequence(seed).spawn(3)
    constants = np.random.default_rng(for_constants)
    layerwise = LayerwiseRule(
        rule,
        DeepLinearNetwork(widths=widths, batch=batch, biases=True, loss="any"),
        draw=lambda rows, columns: draw_matrix(rows, columns, init, std, constants, dtype),
        damping_value=damping,
    )
    weights, biases = initial_parameters(widths, init=init, std=std, bias=bias, dtype=dtype, seed=for_weights)
    x_train, x_test = (x.astype(dtype, copy=False) for x in (data.x_train, data.x_test))
    batches = _deal(x_train, data.labels_train, batch, np.random.default_rng(for_batches))
    fit = _fit(layerwise, weights, biases, batches, steps, lr, log_every, on_log)
    train_loss, train_accuracy = _measure(fit, x_train, data.labels_train)
    test_loss, test_accuracy = _measure(fit, x_test, data.labels_test)
    return TrainingRun(
        rule=rule.name,
        widths=widths,
        data=data.name,
        seed=seed,
        dtype=dtype,
        batch=batch,
        lr=lr,
        status="diverged" if fit.failure else "completed",
        message=fit.message(),
        steps=fit.steps,
        train_accuracy=train_accuracy,
        test_accuracy=test_accuracy,
        train_loss=train_loss,
        test_loss=test_loss,
        ranks=tuple(fit.ranks),
        largest_update=fit.largest_update,
        log=tuple(fit.log),
        weights=fit.weights,
        biases=fit.biases,
    )


@dataclass
class _Fit:
    """Parameters whose batch loss was finite, how many updates led there, and what was seen on the way."""

    weights: Arrays
    biases: Arrays
    steps: int = 0
    first_loss: float = math.inf
    last_loss: float = math.inf
    ranks: list[int] = field(default_factory=list)
    log: list[LogLine] = field(default_factory=list)
    largest_update: float = 0.0
    largest_at: str = "none was made"
    failure: str = ""

    def message(self) -> str:
        """Return what became of the run, and what to change if it went wrong."""
        largest = f"The largest update had norm {self.largest_update:.4g} ({self.largest_at})."
        mend = "Take a smaller lr, init='orthogonal', or rule='damped-tp'."
        if self.failure:
            return f"Stopped {self.failure} {largest} {mend}"
        moved = f"{self.steps} steps took the loss of a batch from {self.first_loss:.4g} to {self.last_loss:.4g}."
        return moved if self.last_loss <= self.first_loss else f"{moved} It rose. {largest} {mend}"


@np.errstate(all="ignore")  # overflow is found below and reported in the result
def _fit(
    layerwise: LayerwiseRule,
    weights: Arrays,
    biases: Arrays,
    batches: Iterator[tuple[Array, Array]],
    steps: int,
    lr: float,
    log_every: int,
    on_log: Callable[[LogLine], None] | None,
) -> _Fit:
    """Make ``steps`` updates, and look once more after the last."""
    fit = _Fit(weights, biases, ranks=[0] * len(weights))
    for step in range(steps + 1):
        X, labels = next(batches)
        activations = forward(weights, biases, X)
        loss, accuracy, D = softmax_cross_entropy(activations[-1], labels)
        if not math.isfinite(loss):
            fit.failure = f"at step {step}: the loss is not finite."
            break
        fit.weights, fit.biases, fit.steps, fit.last_loss = weights, biases, step, loss
        fit.first_loss = loss if step == 0 else fit.first_loss
        logged = step % log_every == 0
        if logged:
            fit.log.append(LogLine(step, loss, accuracy))
            if on_log is not None:
                on_log(fit.log[-1])
        if step == steps:
            break
        try:
            G, g = layerwise.descent(weights, activations, D)
            sizes = [lr * norm(G_l) for G_l in G]
            broken = [l for l, size in enumerate(sizes, start=1) if not math.isfinite(size)]
            if broken:
                fit.failure = f"at step {step}: the update of layer {broken[-1]} is not finite."
                break
            if logged:
                fit.ranks = list(map(max, fit.ranks, layerwise.ranks(weights, biases, X, labels)))
        except (InvalidValueError, np.linalg.LinAlgError) as error:
            fit.failure = f"at step {step}: the feedback or its rank cannot be computed. {error}"
            break
        if max(sizes) > fit.largest_update:
            fit.largest_update = max(sizes)
            fit.largest_at = f"layer {1 + sizes.index(max(sizes))}, step {step}"
        weights = tuple(W - lr * G_l for W, G_l in zip(weights, G, strict=True))
        biases = tuple(b - lr * g_l for b, g_l in zip(biases, g, strict=True))
    return fit


@np.errstate(all="ignore")
def _measure(fit: _Fit, x: Array, labels: Array) -> tuple[float, float]:
    """Return the mean loss and the accuracy on all samples."""
    loss, accuracy, _ = softmax_cross_entropy(forward(fit.weights, fit.biases, x)[-1], labels)
    return loss, accuracy


def _deal(x: Array, labels: Array, batch: int, rng: np.random.Generator) -> Iterator[tuple[Array, Array]]:
    """Yield batches without end: each epoch shuffles the samples and deals whole batches."""
    count = labels.size
    while True:
        order = rng.permutation(count)
        for start in range(0, count - batch + 1, batch):
            columns = order[start : start + batch]
            yield x[:, columns], labels[columns]


def _checked_widths(widths: Sequence[int] | None, data: DataSet) -> tuple[int, ...]:
    pixels = data.x_train.shape[0]
    if widths is None:
        return (pixels, *HIDDEN_WIDTHS, data.classes)
    if isinstance(widths, str | bytes) or not isinstance(widths, Sequence):
        raise InvalidTypeError(complain("widths", "a sequence such as (64, 32, 10)", widths))
    checked = tuple(_whole("widths", n) for n in widths)
    if len(checked) < 2 or (checked[0], checked[-1]) != (pixels, data.classes):
        raise InvalidValueError(
            complain(
                "widths",
                f"from {pixels} pixels to {data.classes} classes, as the data {data.name!r}",
                checked,
                f"Try ({pixels}, 32, {data.classes}).",
            )
        )
    return checked


def _whole(argument: str, value: Any, lowest: int = 1, highest: int | None = None) -> int:
    expected = f"an integer of at least {lowest}" if highest is None else f"an integer in {lowest}..{highest}"
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise InvalidTypeError(complain(argument, expected, value))
    number = int(value)
    if number < lowest or (highest is not None and number > highest):
        raise InvalidValueError(complain(argument, expected, value))
    return number


def _number(argument: str, value: Any, expected: str = "a finite number") -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise InvalidTypeError(complain(argument, expected, value))
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise InvalidValueError(complain(argument, expected, value))
    return number


def _positive(argument: str, value: Any) -> float:
    expected = "a finite number above 0"
    number = _number(argument, value, expected)
    if number <= 0:
        raise InvalidValueError(complain(argument, expected, value))
    return number
