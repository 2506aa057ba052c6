"""`CollapsedStep` in native code: Numba between the products, which stay OpenBLAS's. Needs the extra ``fast``."""

from __future__ import annotations

import importlib
import math
import multiprocessing
import os
from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from tptheory.processes import cores
from tptheory.training import fused
from tptheory.training.blas_buffers import aligned
from tptheory.training.collapsed import CollapsedStep
from tptheory.training.data import Array
from tptheory.training.layerwise import LayerwiseRule

get_num_threads, set_num_threads = fused.numba.get_num_threads, fused.numba.set_num_threads
_PROCESS = os.getpid()
LOOK, PREPARE = fused.LOOK | fused.ADD_UP | fused.COMPARE, fused.GATHER | fused.FACTORISE


def threads() -> int:
    """Return on how many threads a step is made: 2 if there are cores for them and Numba can have them wait awake.

    That takes OpenMP (the system's ``libgomp``) or TBB; with neither, a thread takes longer to wake than a step lasts.
    A process that another has started shares its cores with others; one that was forked cannot use OpenMP.
    ``NUMBA_NUM_THREADS=1`` in the environment makes it 1.
    """
    first = multiprocessing.parent_process() is None and os.getpid() == _PROCESS
    if not first or min(cores(), fused.numba.config.NUMBA_NUM_THREADS) < fused.PARTS:
        return 1
    for layer in ("tbbpool", "omppool"):
        with suppress(ImportError):
            importlib.import_module(f"numba.np.ufunc.{layer}")
            return fused.PARTS
    return 1


class NativeStep(CollapsedStep):
    """`CollapsedStep` in native code, on two threads: the same arguments, the same updates but for rounding.

    How many `threads` there are changes no bit. The first step of all takes many seconds, for Numba compiles and keeps
    the code; the first of a process takes half a second. Each later one saves a quarter to a third of its time, so that
    it pays from tens of thousands of steps on.

    >>> from tptheory.symbolic.network import DeepLinearNetwork
    >>> from tptheory.symbolic.rules import Backprop
    >>> from tptheory.training.initial import initial_parameters
    >>> net = DeepLinearNetwork(widths=(3, 2, 2), batch=4, biases=True, loss="any")
    >>> rule = LayerwiseRule(Backprop(), net, lambda rows, columns: np.zeros((rows, columns)), 0.1)
    >>> engine = NativeStep(rule, *initial_parameters((3, 2, 2)), lr=0.1)
    >>> engine.step(np.ones((3, 4), np.float32), np.array([0, 1, 1, 1]))
    True
    """

    def __init__(self, rule: LayerwiseRule, weights: Sequence[Array], biases: Sequence[Array], lr: float) -> None:
        """Take what `CollapsedStep` takes."""
        super().__init__(rule, weights, biases, lr)
        self.threads = threads()
        self._masks = 1 < self.threads < fused.numba.config.NUMBA_NUM_THREADS
        self._run = fused.run_alone if self.threads == 1 else fused.run_together
        self._follows = self.carries and all((K.thin or K.square) and not K.tall for K in self._inverses)
        shapes = np.array([W.shape for W in self.weights])
        ends = np.cumsum([shapes.prod(1), shapes[:, 0] * self.widths[-1]], axis=1)
        W, P = np.hstack([np.zeros((2, 1), np.int64), ends[:, :-1]])
        layers = np.stack([shapes[:, 1], shapes[:, 0], W, P, np.maximum(W - shapes[0].prod(), 0)], axis=1)
        self._layers, self._sizes = layers, np.ones(len(W) - 1)
        dtype, classes = self._G.dtype, self.widths[-1]
        self._offset_row = np.empty(classes, dtype)
        self._R_halves = np.empty((fused.PARTS, self.widths[1] * classes), dtype)
        self._squared = np.empty(len(W))

    def _lay_out_batch(self, samples: int) -> None:
        super()._lay_out_batch(samples)
        self._piece = max((piece.stop - piece.start for piece in self._pieces), default=1)
        self._halves = aligned((fused.PARTS, self.widths[-1], samples), self._G.dtype)
        self._memory: fused.Memory | None = None

    def _collected(self) -> fused.Memory:
        """Return the arrays of a step in one piece."""
        return fused.Memory(
            layers=self._layers,
            weights=self._weight_row,
            bias=self._bias_column.ravel(),
            inverses=self._inverse_row,
            above=self._above_column.ravel(),
            product=self._product.ravel(),
            halves=self._halves,
            offset=self._offset_row,
            outputs=self.outputs,
            D=self.errors,
            G=self._G.ravel(),
            s=self._s.ravel(),
            R=self._moment_column.ravel(),
            R_halves=self._R_halves,
            C=self._feedback_column.ravel(),
            squares=self._squared,
            sizes=self._sizes,
        )

    def _feedback_now(self) -> int:
        """Return what the feedback products are now."""
        if self._feedback is self._above:
            return fused.ABOVE
        carried = self._follows and not any(inverse.exact for inverse in self._inverses)
        return fused.CARRIED if carried else fused.GIVEN

    def _run_stages(self, stages: int, kind: int, lr: float = 0.0) -> bool:
        """Go through stages of a step, and leave Numba as many threads as it had."""
        if self._memory is None:
            self._memory = self._collected()
        batch = self._rows.ravel(), self.labels
        if not self._masks:
            return bool(self._run(stages, kind, self._piece, lr, *batch, self._memory))
        others = get_num_threads()
        set_num_threads(self.threads)
        finite = bool(self._run(stages, kind, self._piece, lr, *batch, self._memory))
        set_num_threads(others)
        return finite

    def step(self, X: Array, labels: Array) -> bool:
        """Make one update, in one call where that can be."""
        kind = self._feedback_now()
        if kind == fused.GIVEN:
            return super().step(X, labels)
        self._place(X)
        self.labels = labels
        if not self._run_stages(LOOK | PREPARE | fused.APPLY, kind, self.lr / labels.size):
            return super().step(X, labels)
        self._count(kind)
        return True

    def look(self, X: Array, labels: Array) -> bool:
        """Fill `errors` with ``softmax(X_L) - Y`` of a batch, and return whether its loss is finite."""
        self._place(X)
        self.labels = labels
        return self._run_stages(LOOK, fused.GIVEN) or math.isfinite(self.loss_and_accuracy()[0])

    def _look(self) -> None:
        self._run_stages(fused.LOOK | fused.ADD_UP, fused.GIVEN)

    def prepare(self, D: Array) -> None:
        """Make the factors of the update by ``D_L``, which becomes `errors`."""
        if D is not self.errors:
            np.copyto(self.errors, D)
        kind = self._feedback_now()
        self._run_stages(PREPARE, kind)
        if kind == fused.GIVEN:
            self._feed_back()

    def _squares(self) -> list[float]:
        self._run_stages(fused.MEASURE, fused.GIVEN)
        return self._squared.tolist()

    def apply(self, lr: float) -> None:
        """Make the update that is prepared."""
        kind = self._feedback_now()
        self._run_stages(fused.APPLY, kind, lr)
        if kind == fused.GIVEN:
            self._follow(lr)
        self._count(kind)

    def _count(self, kind: int) -> None:
        """Have the inverses counted that native code has made follow."""
        if kind == fused.CARRIED:
            for carried, size in zip(self._inverses, self._sizes.tolist(), strict=True):
                carried.count(size)
