"""The training loop: batches, steps, what is logged on the way, and where it can go on from."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from tptheory.errors import InvalidFileError, InvalidValueError, complain
from tptheory.training.checkpoints import Checkpoint, check_arrays, write_checkpoint
from tptheory.training.data import Array
from tptheory.training.layerwise import Arrays
from tptheory.training.learner import Learner
from tptheory.training.metrics import MetricsFile, TensorBoard
from tptheory.training.probes import Probes, Reading, worst
from tptheory.training.room import aligned


@dataclass(frozen=True)
class LogLine:
    """What a batch showed after ``step`` updates: mean loss (cross-entropy in nats), accuracy in [0, 1]."""

    step: int
    loss: float
    accuracy: float


def format_log_line(line: LogLine) -> str:
    """Return the line as the seed notebook printed it.

    >>> format_log_line(LogLine(step=100, loss=2.29491, accuracy=0.15))
    'iter: 0100 loss: 2.2949 accuracy: 0.1500'
    """
    return f"iter: {line.step:04d} loss: {line.loss:.4f} accuracy: {line.accuracy:.4f}"


class Batches:
    """Batches without end: each epoch shuffles the samples and deals whole batches; a batch of all is always the same.

    >>> batches = Batches(np.eye(4), np.arange(4), 2, np.random.default_rng(0))
    >>> sorted([*batches.next()[1], *batches.next()[1]])
    [np.int64(0), np.int64(1), np.int64(2), np.int64(3)]
    """

    def __init__(self, x: Array, labels: Array, batch: int, rng: np.random.Generator) -> None:
        self._rows = np.ascontiguousarray(x.T)  # a batch then lies sample after sample in memory
        self._room = self._rows if batch == labels.size else aligned((batch, len(x)), x.dtype)
        self.labels, self.batch, self._rng = labels, batch, rng
        self._shuffle()

    def _shuffle(self) -> None:
        self._before = self._rng.bit_generator.state
        self._order = self._rng.permutation(self.labels.size)
        self._dealt = 0

    def next(self) -> tuple[Array, Array]:
        """Return the next batch, samples in columns, and its labels; the next call writes into the same array."""
        if self._room is self._rows:
            return self._rows.T, self.labels
        if self._dealt + self.batch > self.labels.size:
            self._shuffle()
        columns = self._order[self._dealt : self._dealt + self.batch]
        self._dealt += self.batch
        np.take(self._rows, columns, axis=0, out=self._room, mode="clip")
        return self._room.T, self.labels[columns]

    def state(self) -> dict[str, Any]:
        """Return the state of the stream before this epoch's shuffle, and how many samples were dealt since."""
        return {"stream": self._before, "dealt": self._dealt}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` returned."""
        self._rng.bit_generator.state = state["stream"]
        self._shuffle()
        self._dealt = int(state["dealt"])


@dataclass
class Fit:
    """Parameters whose batch loss was finite, how many updates led there, and what was seen on the way."""

    weights: Arrays
    biases: Arrays
    steps: int = 0
    first_loss: float = math.inf
    last_loss: float = math.inf
    ranks: list[int] = field(default_factory=list)
    log: list[LogLine] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
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

    def facts(self) -> dict[str, Any]:
        """Return all but the parameters, for a checkpoint."""
        kept = {name: value for name, value in vars(self).items() if name not in ("weights", "biases", "failure")}
        return kept | {"log": [asdict(x) for x in self.log], "readings": [asdict(x) for x in self.readings]}

    def restore(self, facts: dict[str, Any]) -> None:
        """Take what `facts` returned."""
        vars(self).update(facts)
        self.log = [LogLine(**line) for line in facts["log"]]
        self.readings = [Reading(**reading) for reading in facts["readings"]]


@dataclass
class Loop:
    """Everything that a run moves, and everyone whom it tells.

    Attributes:
        checkpoint: the path of the checkpoint; None to make none.
        streams: generators whose states a checkpoint must hold, by name.
        on_log: called with each line of the log.
        on_step: called with the number of updates made, before each.
    """

    learner: Learner
    batches: Batches
    steps: int
    lr: float
    log_every: int
    config: dict[str, Any]
    streams: dict[str, np.random.Generator]
    probes: Probes | None = None
    checkpoint: Any = None
    checkpoint_every: int = 1000
    metrics: MetricsFile | None = None
    board: TensorBoard | None = None
    on_log: Callable[[LogLine], None] | None = None
    on_step: Callable[[int], None] | None = None

    def __post_init__(self) -> None:
        """Stand at the start."""
        weights, biases = self.learner.weights, self.learner.biases
        self.fit = Fit(weights, biases, ranks=[0] * len(weights))
        self.start = 0
        self._safe: tuple[int, dict[str, Array], dict[str, Any]] = (0, {}, {})

    def restore(self, saved: Checkpoint) -> None:
        """Go on from a checkpoint.

        Raises:
            InvalidFileError: if it is of another net, or lacks a part.
        """
        check_arrays(self.checkpoint, saved, self._arrays())
        progress = saved.progress
        try:
            self.start = int(progress["step"])
            self.fit.restore(progress["fit"])
            self.batches.restore(progress["batches"])
            for name, stream in self.streams.items():
                stream.bit_generator.state = progress["streams"][name]
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise InvalidFileError(
                complain("checkpoint", "one that says how far its run is", repr(error), "Train anew.")
            ) from error
        self.learner.restore(saved.arrays)
        if self.probes is not None:
            self.probes.restore(saved.arrays)

    def save(self, step: int) -> None:
        """Write a checkpoint of the moment before the batch of ``step`` is looked at."""
        progress = {
            "step": step,
            "fit": self.fit.facts(),
            "batches": self.batches.state(),
            "streams": {name: stream.bit_generator.state for name, stream in self.streams.items()},
            "metrics": None if self.metrics is None else self.metrics.position(),
        }
        write_checkpoint(self.checkpoint, Checkpoint(self.config, progress, self._arrays()))

    def _arrays(self) -> dict[str, Array]:
        return self.learner.state() | ({} if self.probes is None else self.probes.state())

    def run(self) -> Fit:
        """Make the updates, and look once more after the last."""
        from threadpoolctl import threadpool_limits

        with threadpool_limits(self.learner.threads, "blas"), np.errstate(all="ignore"):  # overflow is reported
            self._run()
        self.fit.weights, self.fit.biases = self.learner.weights, self.learner.biases
        return self.fit

    def _run(self) -> None:
        fit = self.fit
        for step in range(self.start, self.steps + 1):
            if self.checkpoint is not None and self._is_due(step):
                self.save(step)
            if self.on_step is not None:
                self.on_step(step)
            if step == self.start or step % self.log_every == 0:
                self._safe = step, dict(self.learner.state()), self.batches.state()
            X, labels = self.batches.next()
            if not self.learner.look(X, labels):
                fit.failure = f"at step {step}: the loss is not finite."
                self._replay(step - 1)
                break
            fit.steps, logged = step, step % self.log_every == 0
            if logged or step == self.steps:
                fit.last_loss, accuracy = self.learner.loss_and_accuracy()
                fit.first_loss = fit.last_loss if step == 0 else fit.first_loss
            with self._naming(step):
                if logged:
                    self._log(LogLine(step, fit.last_loss, accuracy), X)
                if step < self.steps:
                    self._move(step)
            if fit.failure:
                break

    def _replay(self, step: int) -> None:
        """Take the learner back to where it stood after so many updates: a step may change it in place."""
        at, learner, batches = self._safe
        if step < at:  # not even the start had a finite loss
            return
        self.learner.restore(learner)
        self.batches.restore(batches)
        for again in range(at, step):
            self.learner.look(*self.batches.next())
            self.learner.move(self.lr, again)

    def _is_due(self, step: int) -> bool:
        return step == self.steps or (step % self.checkpoint_every == 0 and (step > self.start or step == 0))

    @contextmanager
    def _naming(self, step: int) -> Iterator[None]:
        """Turn what cannot be computed at a step into the reason why the run stopped."""
        try:
            yield
        except (InvalidValueError, np.linalg.LinAlgError) as error:
            self.fit.failure = f"at step {step}: the feedback or its rank cannot be computed. {error}"

    def _log(self, line: LogLine, X: Array) -> None:
        """Tell everyone what the batch showed."""
        self.fit.log.append(line)
        if self.on_log is not None:
            self.on_log(line)
        told: dict[str, Any] = asdict(line) | self.learner.scalars()
        try:
            if line.step < self.steps:
                self.fit.ranks = list(map(max, self.fit.ranks, self.learner.ranks()))
            if self.probes is not None:
                readings = self.probes.read(line.step, self.learner, X, last=line.step == self.steps)
                self.fit.readings += readings
                told |= {f"{r.probe}_{r.layer}": r.measured for r in readings}
                told |= {f"{name}_off": r.off for name, r in worst(readings).items() if r.claimed is not None}
        finally:
            self.tell(told)

    def tell(self, told: dict[str, Any]) -> None:
        """Write an object to the metrics and to TensorBoard."""
        for listener in (self.metrics, self.board):
            if listener is not None:
                listener.write(told)

    def _move(self, step: int) -> None:
        """Make one update, if it is finite."""
        fit, sizes = self.fit, self.learner.move(self.lr, step)
        broken = [l for l, size in enumerate(sizes, start=1) if not math.isfinite(size)]
        if broken:
            fit.failure = f"at step {step}: the update of layer {broken[-1]} is not finite."
        elif max(sizes) > fit.largest_update:
            fit.largest_update = max(sizes)
            fit.largest_at = f"layer {1 + sizes.index(max(sizes))}, step {step}"
