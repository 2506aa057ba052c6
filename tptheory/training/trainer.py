"""Train a deep linear net by plain SGD, under any rule that is a feedback operator, fixed or learned."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np

from tptheory.checking import finite, positive, whole
from tptheory.errors import InvalidValueError, complain
from tptheory.simulation.losses import LOSSES
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rules import Rule
from tptheory.training.checking import (
    check_names,
    checked_batch,
    checked_data,
    checked_inverses,
    checked_rule,
    checked_widths,
    chosen_engine,
)
from tptheory.training.checkpoints import Checkpoint, check_same_run, read_checkpoint
from tptheory.training.data import Array, DataSet
from tptheory.training.fitting import Batches, Fit, LogLine, Loop, format_log_line
from tptheory.training.initial import INITS, draw_matrix, initial_parameters
from tptheory.training.inverses import Inverses, InverseSettings
from tptheory.training.layerwise import (
    Arrays,
    LayerwiseRule,
    Loss,
    forward,
    softmax_cross_entropy,
    squared_error,
)
from tptheory.training.learner import CollapsedLearner, LayerwiseLearner, Learner, MomentLearner
from tptheory.training.metrics import MetricsFile, TensorBoard, refuse_existing
from tptheory.training.moments import SecondMoments
from tptheory.training.probes import Probes, Reading

__all__ = ["LogLine", "TrainingRun", "format_log_line", "train"]
DTYPES = ("float32", "float64")
ENGINES = ("auto", "collapsed", "native", "moments", "layerwise")
STREAMS = ("weights", "batches", "constants", "noise")
"""What is drawn, each from a stream of its own: the start, the order of samples, fixed matrices, noise."""


@dataclass(frozen=True, eq=False)
class TrainingRun:
    """How a training run went; it says itself whether it diverged.

    ``status`` is ``"completed"`` or ``"diverged"``, and ``message`` says so in a sentence. ``weights`` and ``biases``
    are the last whose batch loss was finite, ``steps`` counts the updates that led to them, and the final losses
    (nats; infinite where they overflow) and accuracies are theirs, on all samples. ``ranks[l - 1]`` is the largest
    rank of ``dW_l`` over the logged steps (`LayerwiseRule.ranks`). ``largest_update`` is the largest Frobenius norm of
    any ``dW_l``, over every step. ``readings`` are what the probes showed, if they were asked for (`Probes`).

    Where feedback goes down layer by layer, ``rank dW_l <= min(B, n_{l-1}, n_l, ..., n_L - 1)``, for the columns of
    ``d_L`` sum to 0 (for the squared error ``n_L`` takes the place of ``n_L - 1``); a narrower layer ``k < l - 1``
    allows at most ``n_k + 1``, for ``X_{l-1}`` is an affine image of ``X_k``. A direct rule may go round the layers
    between.

    >>> run = train("bp", steps=200)
    >>> run.status, run.steps, run.ranks, run.test_accuracy > 0.8
    ('completed', 200, (9, 9, 9), True)
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
    loss: str
    init: str
    log: tuple[LogLine, ...] = field(repr=False)
    readings: tuple[Reading, ...] = field(repr=False)
    weights: Arrays = field(repr=False)
    biases: Arrays = field(repr=False)


def train(
    rule: str | Rule = "bp",
    *,
    data: DataSet | None = None,
    widths: Sequence[int] | None = None,
    steps: int = 1000,
    batch: int | Literal["all"] = 100,
    lr: float = 0.1,
    loss: str = "cross-entropy",
    init: str = "orthogonal",
    std: float | None = None,
    bias: float = 0.1,
    damping: float = 0.1,
    inverses: InverseSettings | None = None,
    engine: str = "auto",
    dtype: str = "float32",
    seed: int = 0,
    log_every: int = 100,
    probes: bool = False,
    checkpoint: str | os.PathLike[str] | None = None,
    checkpoint_every: int = 1000,
    resume: bool = False,
    metrics: str | os.PathLike[str] | None = None,
    tensorboard: str | os.PathLike[str] | None = None,
    on_log: Callable[[LogLine], None] | None = None,
    on_step: Callable[[int], None] | None = None,
) -> TrainingRun:
    """Train ``x_l = W_l x_{l-1} + b_l`` by ``dW_l = -lr d_l x_{l-1}'``, ``db_l = -lr d_l``, summed over the batch.

    The loss is the mean over the batch of the softmax cross-entropy, ``d_L = (softmax(x_L) - y) / B``, or of
    ``1/2 |x_L - y|^2``. Every epoch shuffles the samples and deals whole batches. One seed gives one run, bit for bit,
    on one machine, in one go or resumed; weights, batches, fixed feedback matrices and noise draw from streams of
    their own, so that rules meet the same start and the same batches.

    Args:
        rule: a name (bp, tp, damped-tp, fa, dfa, gn, dtp) or a rule of your own that defines its feedback alone.
        data: what to learn; `load_digits` unless given.
        widths: ``(n_0, ..., n_L)``, from pixels to classes; (pixels, 32, 32, classes) unless given.
        steps: how many updates to make.
        batch: ``B``, samples an update; ``"all"`` is full-batch descent.
        lr: the step size ``eta``. At the defaults BP learns digits up to 0.4, and diverges from 0.6 on; inputs of
            larger norm need a smaller one.
        loss: ``"cross-entropy"`` or ``"squared"``, to the targets of the data.
        init: ``"orthogonal"``, ``"normal"`` (truncated), ``"balanced"`` or ``"scaled"``, for the weights and the fixed
            matrices; see `initial_parameters`.
        std: the standard deviation of the entries. ``init="normal", std=0.01, bias=0.1`` is the seed notebook's start,
            from which BP sits on a plateau and exact TP blows up.
        bias: where every bias starts.
        damping: ``lambda`` of damped TP.
        inverses: how the inverses of dtp are made and trained; the defaults of `InverseSettings` unless given.
        engine: ``"collapsed"`` makes whole steps from one ``n_L`` by ``n_0`` matrix, in place, and carries TP's
            inverses along; ``"native"`` is the same in native code on two threads, which takes half a second to load,
            many seconds the first time of all, and then saves a quarter of a step and more; ``"moments"`` descends the
            squared error of all samples, for which it needs no sample but their second moments, summed once;
            ``"layerwise"`` forms every error and gradient. They make the same updates but for rounding.
            ``"auto"`` is moments or collapsed for bp and tp, layerwise for all others.
        dtype: ``"float32"`` or ``"float64"``.
        seed: of everything random.
        log_every: a line after 0, log_every, 2 log_every, ... updates, up to ``steps``.
        probes: whether to measure, at each line, what theorems say of the run (`Probes`).
        checkpoint: a file to write checkpoints to, atomically; none unless given.
        checkpoint_every: one at step 0, and after every so many updates, and at the end.
        resume: whether to go on from that file, if it is there. ``steps`` may be larger than it was; whatever else
            bears on the numbers must be as it was.
        metrics: a file for the lines of the log and the probes as JSON, one object a line; none unless given.
        tensorboard: a folder for the same numbers as TensorBoard's events; none unless given.
        on_log: called with each line as it is made.
        on_step: called with the number of updates made, before each.

    Raises:
        InvalidTypeError: if an argument is of the wrong type.
        InvalidValueError: if a number is out of range, the widths do not fit the data, the rule needs more than a
            feedback operator, or a file exists that would be written over, or cannot be written.
        MissingLibraryError: if ``tensorboard`` is given, and tensorboardX is not installed; if the engine is native,
            and Numba is not.
        InvalidFileError: if the checkpoint is broken or of another run, or the metrics are not those of the run.
        UnknownNameError: if ``rule``, ``init``, ``loss`` or ``dtype`` is not a known name; it suggests the nearest.
        ShapeError: if a rule of your own has feedback of a shape that does not compose.

    >>> run = train("tp", steps=20)
    >>> run.status, run.steps, run.rule
    ('completed', 20, 'tp')
    """
    rule, data = checked_rule(rule), checked_data(data)
    inverses = checked_inverses(inverses, rule)
    widths = checked_widths(widths, data)
    steps, log_every = whole("steps", steps), whole("log_every", log_every)
    checkpoint_every = whole("checkpoint_every", checkpoint_every)
    batch = checked_batch(batch, data)
    seed = whole("seed", seed, lowest=0)
    lr, damping = positive("lr", lr), positive("damping", damping)
    std = None if std is None else positive("std", std)
    bias = finite("bias", bias)
    check_names(("init", init, INITS), ("dtype", dtype, DTYPES), ("loss", loss, LOSSES), ("engine", engine, ENGINES))
    descended = _loss(loss, data)
    config = {
        "rule": repr(rule),
        "widths": list(widths),
        "data": data.name,
        "data_sha256": data.fingerprint if checkpoint is not None else "",
        "batch": batch,
        "lr": lr,
        "loss": loss,
        "init": init,
        "std": std,
        "bias": bias,
        "damping": damping,
        "inverses": None if inverses is None else asdict(inverses),
        "engine": chosen_engine(engine, rule, loss, batch, data),
        "dtype": dtype,
        "seed": seed,
        "log_every": log_every,
        "probes": bool(probes),
        "metrics": metrics is not None,
    }
    saved = _found_checkpoint(checkpoint, resume, metrics, config, steps)
    seeds = np.random.SeedSequence(seed).spawn(len(STREAMS))
    streams = dict(zip(STREAMS, map(np.random.default_rng, seeds), strict=True))
    learner, probing = _built(rule, config, data, inverses, descended, streams)
    with ExitStack() as closing:
        loop = Loop(
            learner,
            Batches(data.x_train.astype(dtype, copy=False), data.labels_train, batch, streams["batches"]),
            steps=steps,
            lr=lr,
            log_every=log_every,
            config=config,
            streams={"noise": streams["noise"]},
            probes=probing,
            checkpoint=checkpoint,
            checkpoint_every=checkpoint_every,
            on_log=on_log,
            on_step=on_step,
        )
        if saved is not None:
            loop.restore(saved)
        if metrics is not None:
            loop.metrics = MetricsFile(metrics, None if saved is None else saved.progress["metrics"])
            closing.callback(loop.metrics.close)
        if tensorboard is not None:
            loop.board = TensorBoard(tensorboard, loop.start)
            closing.callback(loop.board.close)
        fit = loop.run()
        run = _finished(fit, config, rule, data, descended)
        loop.tell({name: getattr(run, name) for name in ("status", "test_loss", "test_accuracy")} | {"step": run.steps})
    return run


def _built(
    rule: Rule,
    config: dict[str, Any],
    data: DataSet,
    inverses: InverseSettings | None,
    loss: Loss,
    streams: dict[str, np.random.Generator],
) -> tuple[Learner, Probes | None]:
    """Draw the parameters and the fixed matrices; return what moves them, and what probes them, if that is asked."""
    widths, init, std, bias, dtype = (config[name] for name in ("widths", "init", "std", "bias", "dtype"))
    net = DeepLinearNetwork(widths=widths, batch=config["batch"], biases=True, loss="any")
    layerwise = LayerwiseRule(
        rule,
        net,
        draw=lambda rows, columns: draw_matrix(rows, columns, init, std, streams["constants"], dtype),
        damping_value=config["damping"],
    )
    start = initial_parameters(widths, init=init, std=std, bias=bias, dtype=dtype, seed=streams["weights"])
    learner: Learner
    if config["engine"] == "moments":
        moments = SecondMoments.of(data.x_train.astype(dtype, copy=False), data.targets[:, data.labels_train])
        learner = MomentLearner(layerwise, *start, loss, moments)
    elif config["engine"] != "layerwise":
        learner = CollapsedLearner(layerwise, *start, loss, native=config["engine"] == "native")
    else:
        learned = None if inverses is None else Inverses(layerwise, inverses, bias, streams["noise"], dtype)
        learner = LayerwiseLearner(layerwise, *start, loss, learned)
    if not config["probes"]:
        return learner, None
    zero_sum, linear = config["loss"] == "cross-entropy", inverses is None or inverses.kind == "linear"
    return learner, Probes(net, rule, start, config["lr"], config["log_every"], zero_sum, linear)


def _finished(fit: Fit, config: dict[str, Any], rule: Rule, data: DataSet, loss: Loss) -> TrainingRun:
    """Measure the end of a run on all samples."""
    (train_loss, train_accuracy), (test_loss, test_accuracy) = (
        _measure(fit, x.astype(config["dtype"], copy=False), labels, loss)
        for x, labels in ((data.x_train, data.labels_train), (data.x_test, data.labels_test))
    )
    return TrainingRun(
        rule=rule.name,
        widths=tuple(config["widths"]),
        data=data.name,
        seed=config["seed"],
        dtype=config["dtype"],
        batch=config["batch"],
        lr=config["lr"],
        status="diverged" if fit.failure else "completed",
        message=fit.message(),
        steps=fit.steps,
        train_accuracy=train_accuracy,
        test_accuracy=test_accuracy,
        train_loss=train_loss,
        test_loss=test_loss,
        ranks=tuple(fit.ranks),
        largest_update=fit.largest_update,
        loss=config["loss"],
        init=config["init"],
        log=tuple(fit.log),
        readings=tuple(fit.readings),
        weights=fit.weights,
        biases=fit.biases,
    )


@np.errstate(all="ignore")
def _measure(fit: Fit, x: Array, labels: Array, loss: Loss) -> tuple[float, float]:
    """Return the mean loss and the accuracy on all samples."""
    mean, accuracy, _ = loss(forward(fit.weights, fit.biases, x)[-1], labels)
    return mean, accuracy


def _loss(name: str, data: DataSet) -> Loss:
    """Return the loss of that name on these data."""
    if name == "squared":
        return squared_error(data.targets)
    if data.targets.shape[0] != data.classes:
        raise InvalidValueError(
            complain(
                "loss", f"'squared' for targets of {data.targets.shape[0]} entries and {data.classes} classes", name
            )
        )
    return softmax_cross_entropy


def _found_checkpoint(
    checkpoint: Any, resume: bool, metrics: Any, config: dict[str, Any], steps: int
) -> Checkpoint | None:
    """Return the checkpoint to go on from, if there is one; refuse to write over any other file."""
    if resume and checkpoint is None:
        raise InvalidValueError(complain("checkpoint", "the file to resume from", None, "Name it."))
    if metrics is not None and checkpoint is not None and os.path.realpath(metrics) == os.path.realpath(checkpoint):
        raise InvalidValueError(complain("metrics", "another file than the checkpoint", str(metrics)))
    if resume and os.path.exists(checkpoint):
        saved = read_checkpoint(checkpoint)
        check_same_run(checkpoint, saved, config)
        step = saved.progress.get("step")
        if isinstance(step, int) and step > steps:
            raise InvalidValueError(complain("steps", f"at least {step}, where the checkpoint stands", steps))
        return saved
    for argument, path in (("checkpoint", checkpoint), ("metrics", metrics)):
        if path is not None:
            refuse_existing(argument, path)
    return None
