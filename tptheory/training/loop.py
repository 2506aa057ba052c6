"""The training loop: it deals batches, makes steps, writes logs and checkpoints, and can be resumed."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tptheory.errors import InvalidFileError, InvalidValueError, complain
from tptheory.training.blas_buffers import aligned
from tptheory.training.checkpoint_schema import Check, check_progress, progress_of_run
from tptheory.training.checkpoints import Checkpoint, check_arrays, write_checkpoint
from tptheory.training.data import Array
from tptheory.training.engine import Engine
from tptheory.training.layerwise import Arrays
from tptheory.training.metrics import MetricsFile, TensorBoard
from tptheory.training.settings import TrainSettings
from tptheory.training.theorem_probes import ProbeReading, TheoremProbes, worst


@dataclass(frozen=True)
class LogLine:
    """The mean loss (cross-entropy in nats) and the accuracy in [0, 1] on the batch that follows ``step`` updates."""

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
    """An endless stream of batches. Each epoch shuffles the samples and deals whole batches; a batch of all is never
    shuffled.

    >>> batches = Batches(np.eye(4), np.arange(4), 2, np.random.default_rng(0))
    >>> sorted([*batches.next()[1], *batches.next()[1]])
    [np.int64(0), np.int64(1), np.int64(2), np.int64(3)]
    """

    def __init__(self, x: Array, labels: Array, batch: int, rng: np.random.Generator) -> None:
        self._rows = np.ascontiguousarray(x.T)  # a batch then lies sample after sample in memory
        self._buffer = self._rows if batch == labels.size else aligned((batch, len(x)), x.dtype)
        self.labels, self.batch, self._rng = labels, batch, rng
        self._shuffle()

    def _shuffle(self) -> None:
        self._before = self._rng.bit_generator.state
        self._order = self._rng.permutation(self.labels.size)
        self._dealt = 0

    def next(self) -> tuple[Array, Array]:
        """Return the next batch, samples in columns, and its labels; the next call overwrites the array."""
        if self._buffer is self._rows:
            return self._rows.T, self.labels
        if self._dealt + self.batch > self.labels.size:
            self._shuffle()
        columns = self._order[self._dealt : self._dealt + self.batch]
        self._dealt += self.batch
        np.take(self._rows, columns, axis=0, out=self._buffer, mode="clip")
        return self._buffer.T, self.labels[columns]

    def state(self) -> dict[str, Any]:
        """Return the state of the random stream before this epoch's shuffle, and how many samples were dealt since."""
        return {"stream": self._before, "dealt": self._dealt}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` returned."""
        self._rng.bit_generator.state = state["stream"]
        self._shuffle()
        self._dealt = int(state["dealt"])


@dataclass
class Progress:
    """How far a run is: the last parameters whose batch loss was finite, and what was measured on the way to them."""

    weights: Arrays
    biases: Arrays
    steps: int = 0
    first_loss: float = math.inf
    last_loss: float = math.inf
    ranks: list[int] = field(default_factory=list)
    log: list[LogLine] = field(default_factory=list)
    readings: list[ProbeReading] = field(default_factory=list)
    largest_update: float = 0.0
    largest_at: str = "none was made"
    failure: str = ""

    def message(self) -> str:
        """Return in a sentence how the run ended, and what to change if it went wrong."""
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
        self.readings = [ProbeReading(**reading) for reading in facts["readings"]]


@dataclass
class TrainingLoop:
    """All objects that a run changes, and all that it reports to.

    Attributes:
        engine: what makes the updates.
        batches: the stream of batches.
        settings: how many updates to make, at which step size, and when to log and to write checkpoints.
        recorded: the description of the run that its checkpoints hold (`Task.recorded`).
        streams: the random generators whose states a checkpoint must hold, by name.
        probes: the probes, if they are asked for.
        on_log: called with each line of the log.
        on_step: called before each update with the number of updates made so far.
        metrics: the file of metrics, if one is asked for.
        board: TensorBoard, if it is asked for.
        start: the step from which the run is resumed; 0 for a new run.
    """

    engine: Engine
    batches: Batches
    settings: TrainSettings
    recorded: dict[str, Any]
    streams: dict[str, np.random.Generator]
    probes: TheoremProbes | None = None
    on_log: Callable[[LogLine], None] | None = None
    on_step: Callable[[int], None] | None = None
    metrics: MetricsFile | None = None
    board: TensorBoard | None = None
    start: int = 0

    def __post_init__(self) -> None:
        """Begin with the parameters of the engine."""
        weights = self.engine.weights
        self.progress = Progress(weights, self.engine.biases, ranks=[0] * len(weights))
        self._safe: tuple[int, dict[str, Array], dict[str, Any]] = (0, {}, {})

    def restore(self, saved: Checkpoint) -> None:
        """Resume the run from a checkpoint.

        Raises:
            InvalidFileError: if the checkpoint is of another net, or lacks a part.
        """
        path, reached = Path(str(self.settings.checkpoint)), saved.progress
        check_arrays(path, saved, self._arrays())
        check_progress(path.name, reached, self._expected_progress())
        try:
            self.engine.restore(saved.arrays)
        except (ValueError, OverflowError) as error:  # a count among the arrays that is no number
            raise InvalidFileError(
                complain(path.name, "a checkpoint of arrays that a run can have", str(error), "Train anew without it.")
            ) from error
        if self.probes is not None:
            self.probes.restore(saved.arrays)
        self.start = reached["step"]
        self.progress.restore(reached["fit"])
        self.batches.restore(reached["batches"])
        for name, stream in self.streams.items():
            stream.bit_generator.state = reached["streams"][name]

    def _expected_progress(self) -> Check:
        """Return what is expected of the progress that a checkpoint of this run tells."""
        weights = self.engine.weights
        return progress_of_run(
            steps=self.settings.steps,
            layers=len(weights),
            widest=max(max(W.shape) for W in weights),
            samples=self.batches.labels.size,
            batch=self.batches.batch,
            streams=self.streams,
            metrics=self.settings.metrics is not None,
        )

    def save(self, path: str | os.PathLike[str], step: int) -> None:
        """Write a checkpoint of the state before the batch of ``step`` is drawn."""
        reached = {
            "step": step,
            "fit": self.progress.facts(),
            "batches": self.batches.state(),
            "streams": {name: stream.bit_generator.state for name, stream in self.streams.items()},
            "metrics": None if self.metrics is None else self.metrics.position(),
        }
        write_checkpoint(path, Checkpoint(self.recorded, reached, self._arrays()))

    def _arrays(self) -> dict[str, Array]:
        return self.engine.state() | ({} if self.probes is None else self.probes.state())

    def run(self) -> Progress:
        """Make the updates, and evaluate one more batch after the last of them."""
        with np.errstate(all="ignore"):  # overflow is reported
            for step in range(self.start, self.settings.steps + 1):
                self._prepare(step)
                if not self._forward(step) or not self._log_and_update(step):
                    break
        self.progress.weights, self.progress.biases = self.engine.weights, self.engine.biases
        return self.progress

    def _prepare(self, step: int) -> None:
        """Write a checkpoint if one is due, report that a step begins, and keep a state for `_replay`."""
        checkpoint = self.settings.checkpoint
        if checkpoint is not None and self._is_due(step):
            self.save(checkpoint, step)
        if self.on_step is not None:
            self.on_step(step)
        if step == self.start or self._is_logged(step):
            self._safe = step, dict(self.engine.state()), self.batches.state()

    def _forward(self, step: int) -> bool:
        """Make a forward pass on the next batch; if its loss is not finite, undo the last update and return False."""
        self._X, labels = self.batches.next()
        if self.engine.forward(self._X, labels):
            self.progress.steps = step
            return True
        self.progress.failure = f"at step {step}: the loss is not finite."
        self._replay(step - 1)
        return False

    def _log_and_update(self, step: int) -> bool:
        """Log the batch if a line is due, and make the update; return whether the run continues."""
        progress, last = self.progress, step == self.settings.steps
        if self._is_logged(step) or last:
            progress.last_loss, accuracy = self.engine.loss_and_accuracy()
            progress.first_loss = progress.last_loss if step == 0 else progress.first_loss
        with self._failures_recorded(step):
            if self._is_logged(step):
                self._log(LogLine(step, progress.last_loss, accuracy), last)
            if not last:
                self._update(step)
        return not progress.failure

    def _is_logged(self, step: int) -> bool:
        return step % self.settings.log_every == 0

    def _replay(self, step: int) -> None:
        """Put the engine back to its state after ``step`` updates, by repeating them from the last kept state."""
        at, engine, batches = self._safe
        if step < at:  # not even the start had a finite loss
            return
        self.engine.restore(engine)
        self.batches.restore(batches)
        for again in range(at, step):
            self.engine.forward(*self.batches.next())
            self.engine.update(self.settings.lr, again)

    def _is_due(self, step: int) -> bool:
        """Return whether a checkpoint is due; the one that the run was resumed from is not written again."""
        begun = step == 0 or step > self.start
        return step == self.settings.steps or (begun and step % self.settings.checkpoint_every == 0)

    @contextmanager
    def _failures_recorded(self, step: int) -> Iterator[None]:
        """Turn an error in computing the feedback or its rank into the reason why the run stops."""
        try:
            yield
        except (InvalidValueError, np.linalg.LinAlgError) as error:
            self.progress.failure = f"at step {step}: the feedback or its rank cannot be computed. {error}"

    def _log(self, line: LogLine, last: bool) -> None:
        """Log the last batch: to the run, to its listeners, and with ranks and probes to the files."""
        self.progress.log.append(line)
        if self.on_log is not None:
            self.on_log(line)
        told: dict[str, Any] = asdict(line) | self.engine.diagnostics()
        try:
            if not last:
                self.progress.ranks = list(map(max, self.progress.ranks, self.engine.ranks()))
            if self.probes is not None:
                readings = self.probes.read(line.step, self.engine, self._X, last)
                self.progress.readings += readings
                told |= {f"{r.probe}_{r.layer}": r.measured for r in readings}
                told |= {f"{name}_off": r.off for name, r in worst(readings).items() if r.claimed is not None}
        finally:
            self.tell(told)

    def tell(self, told: dict[str, Any]) -> None:
        """Write numbers, by name, to the file of metrics and to TensorBoard, where these are open."""
        for listener in (self.metrics, self.board):
            if listener is not None:
                listener.write(told)

    def _update(self, step: int) -> None:
        """Make one update if it is finite; else record which layer failed."""
        progress, sizes = self.progress, self.engine.update(self.settings.lr, step)
        broken = [l for l, size in enumerate(sizes, start=1) if not math.isfinite(size)]
        if broken:
            progress.failure = f"at step {step}: the update of layer {broken[-1]} is not finite."
        elif max(sizes) > progress.largest_update:
            progress.largest_update = max(sizes)
            progress.largest_at = f"layer {1 + sizes.index(max(sizes))}, step {step}"
