"""Train a deep linear net by plain SGD, under any learning rule."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

import numpy as np

from tptheory.checking import widths_text
from tptheory.errors import InvalidValueError, complain
from tptheory.extras import data_frame
from tptheory.keywords import known_keywords
from tptheory.numeric.equal_values import ComparedByValues
from tptheory.symbolic.rules import Rule
from tptheory.training.blas_threads import one_blas_thread
from tptheory.training.checkpoints import Checkpoint, check_same_run, read_checkpoint
from tptheory.training.data import Array, DataSet
from tptheory.training.engine import Engine
from tptheory.training.initial import draw_matrix, initial_parameters
from tptheory.training.inverses import Inverses
from tptheory.training.layerwise import Arrays, LayerwiseRule, forward
from tptheory.training.loop import Batches, LogLine, Progress, TrainingLoop, format_log_line
from tptheory.training.metrics import MetricsFile, TensorBoard, refuse_existing
from tptheory.training.moments import SecondMoments
from tptheory.training.reference import LayerwiseEngine, WholeRuleEngine
from tptheory.training.settings import TrainSettings, settings_of, takes_settings
from tptheory.training.task import Task
from tptheory.training.theorem_probes import ProbeReading, TheoremProbes
from tptheory.training.whole_rule import WholeRule
from tptheory.typesetting.tables import ShownAsTable, Table

__all__ = ["LogLine", "TrainSettings", "TrainingRun", "format_log_line", "train"]
STREAMS = ("weights", "batches", "constants", "noise")
"""The random streams of a run: initial weights, order of samples, fixed matrices, and the noise of inverses."""


@dataclass(frozen=True, eq=False, repr=False)
class TrainingRun(ComparedByValues, ShownAsTable):
    """The result of a training run, which tells itself whether it diverged.

    ``status`` is ``"completed"`` or ``"diverged"``, and ``message`` says so in a sentence. ``weights`` and ``biases``
    are the last parameters whose batch loss was finite, and ``steps`` counts the updates that led to them. The final
    losses (in nats; infinite where they overflow) and accuracies are those of these parameters on all samples.
    ``ranks[l - 1]`` is the largest rank of ``dW_l`` over the logged steps (`LayerwiseRule.ranks`), and
    ``largest_update`` the largest Frobenius norm of any ``dW_l`` over all steps. ``readings`` are those of the probes,
    if they were asked for (`TheoremProbes`).

    Where feedback passes through every layer, ``rank dW_l <= min(B, n_{l-1}, n_l, ..., n_L - 1)``, since the columns
    of ``d_L`` sum to 0; for the squared error ``n_L`` takes the place of ``n_L - 1``. A narrower layer ``k < l - 1``
    limits the rank to ``n_k + 1``, since ``X_{l-1}`` is an affine image of ``X_k``. The feedback of a direct rule skips
    the layers between, which then do not limit the rank.

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
    log: tuple[LogLine, ...]
    readings: tuple[ProbeReading, ...]
    weights: Arrays
    biases: Arrays

    def __repr__(self) -> str:
        """Show in one line what learned what, how the run ended, and how well it does on the test data."""
        how = f"{self.rule} on {self.data}, {widths_text(self.widths)}, seed {self.seed}"
        test = f"test loss {self.test_loss:.4g}, test accuracy {self.test_accuracy:.4f}"
        return f"<TrainingRun of {how}: {self.status} after {self.steps} steps, {test}>"

    def table(self) -> Table:
        """Return the losses and the accuracies at the end, and the setting of the run."""
        rows: list[tuple[Any, ...]] = [("train", self.train_loss, self.train_accuracy)]
        rows.append(("test", self.test_loss, self.test_accuracy))
        how = f"batch {self.batch}, lr {self.lr:g}, {self.loss}, {self.init}, {self.dtype}, seed {self.seed}"
        caption = f"{self.rule} on {self.data}, widths {widths_text(self.widths)}, {how}: {self.message}"
        return Table(caption, rows, ("", "loss", "accuracy"))

    def columns(self, readings: bool = False) -> dict[str, list[Any]]:
        """Return the log as columns, a row for each line: step, loss, accuracy; or the readings of the probes."""
        rows = list(map(asdict, self.readings if readings else self.log))
        names = [f.name for f in fields(ProbeReading if readings else LogLine)]
        return {name: [row[name] for row in rows] for name in names}

    def to_frame(self, *, readings: bool = False) -> Any:
        """Return the log as a pandas DataFrame; with ``readings``, those of the probes, a row for each.

        Raises:
            MissingLibraryError: if pandas is not installed.
        """
        return data_frame(self.columns(readings), "to_frame", "TrainingRun")


@known_keywords
@takes_settings
def train(
    rule: str | Rule = "bp",
    *,
    data: DataSet | tuple[Any, ...] | None = None,
    constants: Mapping[Any, Any] | None = None,
    settings: TrainSettings | None = None,
    on_log: Callable[[LogLine], None] | None = None,
    on_step: Callable[[int], None] | None = None,
    **options: Any,
) -> TrainingRun:
    """Train ``x_l = W_l x_{l-1} + b_l`` by ``dW_l = -lr d_l x_{l-1}'``, ``db_l = -lr d_l``, summed over the batch.

    The loss is the mean over the batch of the softmax cross-entropy, ``d_L = (softmax(x_L) - y) / B``, or of
    ``1/2 |x_L - y|^2``. Every epoch shuffles the samples and deals whole batches. One seed gives one run, bit for bit,
    on one machine, in one go or resumed; weights, batches, fixed feedback matrices and noise draw from streams of
    their own, so that rules meet the same start and the same batches.

    A rule that defines more than its feedback, such as a descent or a state of its own, makes in each step the changes
    that `simulate` makes, from the same definitions.

    Args:
        rule: a name of `RULES`, such as bp, tp, damped-tp, fa, dfa, gn, dtp or pc, or a rule of your own.
        data: what to learn; `load_digits` unless given. Arrays of your own are ``(X, y)``, with a label for each row or
            each column of ``X``; ``(X, y, "rows")`` says which, where ``X`` is square. A fifth is kept for testing.
        constants: by symbol or name, numbers for the parameters of the rule, matrices for what it holds fixed, and
            where its states start. A matrix that is not given is drawn as ``init`` tells; ``lambda`` is ``damping``,
            any other number the rule's default, and a state starts as the rule says unless given.
        settings: the settings below in one object; those that are given as keywords replace its own.
        on_log: called with each line of the log as it is made.
        on_step: called before each update with the number of updates made so far.
        **options: any of these settings.
        SETTINGS

    Raises:
        InvalidTypeError: if an argument is of the wrong type.
        InvalidValueError: if a number is out of range, the widths do not fit the data, the rule has a scalar without a
            value, or a file exists that would be written over, or cannot be written.
        MissingLibraryError: if ``tensorboard`` is given, and tensorboardX is not installed; if the engine is native,
            and Numba is not.
        InvalidFileError: if the checkpoint is broken or of another run, or the metrics are not those of the run.
        UnknownNameError: if ``rule``, ``init``, ``loss``, ``engine``, ``dtype`` or a constant is not a known name; it
            suggests the nearest.
        ShapeError: if a rule of your own has feedback of a shape that does not compose, or a change of another shape
            than what it changes.

    >>> run = train("tp", steps=20)
    >>> run.status, run.steps, run.rule
    ('completed', 20, 'tp')
    """
    task = Task.checked(rule, data, constants, settings_of(settings, options))
    saved = _found_checkpoint(task)
    with ExitStack() as closing:
        closing.enter_context(one_blas_thread())  # the order of a sum is that of one thread, from the start to the end
        loop = _new_loop(task, on_log, on_step)
        if saved is not None:
            loop.restore(saved)
        _open_listeners(loop, saved, closing)
        run = _finished(loop.run(), task)
        loop.tell(
            {"status": run.status, "test_loss": run.test_loss, "test_accuracy": run.test_accuracy, "step": run.steps}
        )
    return run


def _new_loop(
    task: Task, on_log: Callable[[LogLine], None] | None, on_step: Callable[[int], None] | None
) -> TrainingLoop:
    """Return the loop of a run before its first step."""
    settings, data = task.settings, task.data
    seeds = np.random.SeedSequence(settings.seed).spawn(len(STREAMS))
    streams = dict(zip(STREAMS, map(np.random.default_rng, seeds), strict=True))
    start = initial_parameters(
        task.widths,
        init=settings.init,
        std=settings.std,
        bias=settings.bias,
        dtype=settings.dtype,
        seed=streams["weights"],
    )
    engine = _new_engine(task, start, streams)
    batches = Batches(
        data.x_train.astype(settings.dtype, copy=False), data.labels_train, task.batch, streams["batches"]
    )
    noise, probes = {"noise": streams["noise"]}, TheoremProbes(task, start) if settings.probes else None
    return TrainingLoop(engine, batches, settings, task.recorded, noise, probes, on_log, on_step)


def _new_engine(task: Task, start: tuple[Arrays, Arrays], streams: Mapping[str, np.random.Generator]) -> Engine:
    """Draw the fixed matrices of the rule, and return the engine that makes its updates."""
    settings, data = task.settings, task.data

    def draw(rows: int, columns: int) -> Array:
        return draw_matrix(rows, columns, settings.init, settings.std, streams["constants"], settings.dtype)

    if not task.by_feedback:
        parameters = (*start[0], *start[1])
        whole = WholeRule(task.rule, task.net, settings.dtype, draw, settings.damping, parameters, task.constants)
        return WholeRuleEngine(whole, *start, task.loss, data.targets, settings.lr)
    rule = LayerwiseRule(task.rule, task.net, draw, settings.damping, task.constants)
    if task.engine == "layerwise":
        inverses = None
        if task.inverses is not None:
            inverses = Inverses(rule, task.inverses, settings.bias, streams["noise"], settings.dtype)
        return LayerwiseEngine(rule, *start, task.loss, inverses)
    return _fast_engine(task, rule, start)


def _fast_engine(task: Task, rule: LayerwiseRule, start: tuple[Arrays, Arrays]) -> Engine:
    """Return the collapsed engine: in NumPy or in native code, on batches or on second moments."""
    if task.engine == "native":
        from tptheory.training.native import NativeEngine  # brings Numba

        return NativeEngine(rule, *start, task.loss)
    from tptheory.training.collapsed import CollapsedEngine  # brings SciPy

    moments, data = None, task.data
    if task.engine == "moments":
        samples = data.x_train.astype(task.settings.dtype, copy=False)
        moments = SecondMoments.of(samples, data.targets[:, data.labels_train])
    return CollapsedEngine(rule, *start, task.loss, moments)


def _open_listeners(loop: TrainingLoop, saved: Checkpoint | None, closing: ExitStack) -> None:
    """Open the metrics file and TensorBoard, where they are asked for, to be closed in the end."""
    settings = loop.settings
    if settings.metrics is not None:
        loop.metrics = MetricsFile(settings.metrics, None if saved is None else saved.progress["metrics"])
        closing.callback(loop.metrics.close)
    if settings.tensorboard is not None:
        loop.board = TensorBoard(settings.tensorboard, loop.start)
        closing.callback(loop.board.close)


def _finished(progress: Progress, task: Task) -> TrainingRun:
    """Measure the end of a run on all samples."""
    settings, data = task.settings, task.data
    (train_loss, train_accuracy), (test_loss, test_accuracy) = (
        _measured(progress, task, x.astype(settings.dtype, copy=False), labels)
        for x, labels in ((data.x_train, data.labels_train), (data.x_test, data.labels_test))
    )
    return TrainingRun(
        rule=task.rule.name,
        widths=task.widths,
        data=data.name,
        seed=settings.seed,
        dtype=settings.dtype,
        batch=task.batch,
        lr=settings.lr,
        status="diverged" if progress.failure else "completed",
        message=progress.message(),
        steps=progress.steps,
        train_accuracy=train_accuracy,
        test_accuracy=test_accuracy,
        train_loss=train_loss,
        test_loss=test_loss,
        ranks=tuple(progress.ranks),
        largest_update=progress.largest_update,
        loss=settings.loss,
        init=settings.init,
        log=tuple(progress.log),
        readings=tuple(progress.readings),
        weights=progress.weights,
        biases=progress.biases,
    )


@np.errstate(all="ignore")
def _measured(progress: Progress, task: Task, x: Array, labels: Array) -> tuple[float, float]:
    """Return the mean loss and the accuracy on all samples."""
    mean, accuracy, _ = task.loss(forward(progress.weights, progress.biases, x)[-1], labels)
    return mean, accuracy


def _found_checkpoint(task: Task) -> Checkpoint | None:
    """Return the checkpoint to go on from, if there is one; refuse to write over any other file."""
    settings = task.settings
    checkpoint, metrics = settings.checkpoint, settings.metrics
    if settings.resume and checkpoint is None:
        raise InvalidValueError(complain("checkpoint", "the file to resume from", None, "Name it."))
    if metrics is not None and checkpoint is not None and os.path.realpath(metrics) == os.path.realpath(checkpoint):
        raise InvalidValueError(complain("metrics", "another file than the checkpoint", str(metrics)))
    if settings.resume and checkpoint is not None and os.path.exists(checkpoint):
        return _same_run(checkpoint, task)
    for argument, path in (("checkpoint", checkpoint), ("metrics", metrics)):
        if path is not None:
            refuse_existing(argument, path)
    return None


def _same_run(path: str | os.PathLike[str], task: Task) -> Checkpoint:
    """Return a checkpoint of this run; refuse one of another run, or one that is beyond the last step."""
    saved = read_checkpoint(path)
    check_same_run(path, saved, task.recorded)
    step = saved.progress.get("step")
    if isinstance(step, int) and step > task.settings.steps:
        raise InvalidValueError(complain("steps", f"at least {step}, where the checkpoint stands", task.settings.steps))
    return saved
