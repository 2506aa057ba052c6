"""`CollapsedEngine` in native code: Numba compiles what stands between the products of OpenBLAS (extra ``fast``)."""

from __future__ import annotations

import importlib
import multiprocessing
import os
from contextlib import suppress
from time import perf_counter
from typing import Any

import numpy as np

from tptheory.processes import cores
from tptheory.training import fused
from tptheory.training.blas_buffers import aligned
from tptheory.training.collapsed import CollapsedEngine
from tptheory.training.data import Array
from tptheory.training.layerwise import softmax_cross_entropy
from tptheory.training.thread_choice import ThreadChoice

get_num_threads, set_num_threads = fused.numba.get_num_threads, fused.numba.set_num_threads
_PROCESS = os.getpid()
PREDICT_AND_COMPARE = fused.PREDICT | fused.ADD_UP | fused.COMPARE
PREPARE = fused.COLLAPSE | fused.FACTORISE


def thread_count() -> int:
    """Return on how many threads a step is made: 2 if there are cores for them and Numba can keep them awake.

    Numba needs OpenMP (the system's ``libgomp``) or TBB for that; with neither, a thread takes longer to wake up than a
    step lasts. A process that another has started gets 1, for it shares its cores with others, and so does one that was
    forked, for it cannot use OpenMP. ``NUMBA_NUM_THREADS=1`` in the environment makes it 1 as well.
    """
    first = multiprocessing.parent_process() is None and os.getpid() == _PROCESS
    if not first or min(cores(), fused.numba.config.NUMBA_NUM_THREADS) < fused.PARTS:
        return 1
    for layer in ("tbbpool", "omppool"):
        with suppress(ImportError):
            importlib.import_module(f"numba.np.ufunc.{layer}")
            return fused.PARTS
    return 1


class NativeEngine(CollapsedEngine):
    """`CollapsedEngine` in native code, on one thread or two: it takes the same arguments, and makes the same updates.

    Which of them is faster is measured now and then: beside busy processes two threads wait for each other.

    The updates differ by rounding alone, and the number of threads changes no bit of them. The first step of all takes
    many seconds, in which Numba compiles and keeps the code; the first step of a process takes half a second. Each
    later step saves a quarter to a third of its time, so that the engine pays from tens of thousands of steps on.

    >>> from tptheory.symbolic.network import DeepLinearNetwork
    >>> from tptheory.symbolic.rules import Backprop
    >>> from tptheory.training.initial import initial_parameters
    >>> from tptheory.training.layerwise import LayerwiseRule
    >>> net = DeepLinearNetwork(widths=(3, 2, 2), batch=4, biases=True, loss="any")
    >>> rule = LayerwiseRule(Backprop(), net, lambda rows, columns: np.zeros((rows, columns)), 0.1)
    >>> engine = NativeEngine(rule, *initial_parameters((3, 2, 2)))
    >>> engine.step(np.ones((3, 4), np.float32), np.array([0, 1, 1, 1]), lr=0.1)
    True
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Take what `CollapsedEngine` takes."""
        super().__init__(*arguments, **options)
        self.native_threads = thread_count()
        self._masks = 1 < self.native_threads < fused.numba.config.NUMBA_NUM_THREADS
        self._choice = None if self.native_threads == 1 else ThreadChoice()
        carried = self._inverses
        self._follows = bool(carried) and all((K.thin or K.square) and not K.tall for K in carried)
        shapes = np.array([W.shape for W in self._weights])
        ends = np.cumsum([shapes.prod(1), shapes[:, 0] * self._widths[-1]], axis=1)
        W, P = np.hstack([np.zeros((2, 1), np.int64), ends[:, :-1]])
        self._layers = np.stack([shapes[:, 1], shapes[:, 0], W, P, np.maximum(W - shapes[0].prod(), 0)], axis=1)
        self._sizes, self._squared = np.ones(len(W) - 1), np.empty(len(W))
        self._offset_row = np.empty(self._widths[-1], self._dtype)
        self._R_halves = np.empty((fused.PARTS, self._widths[1] * self._widths[-1]), self._dtype)

    def _allocate_for_batch(self, samples: int) -> None:
        super()._allocate_for_batch(samples)
        self._piece = max((piece.stop - piece.start for piece in self._pieces), default=1)
        self._halves = aligned((fused.PARTS, self._widths[-1], samples), self._dtype)
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
        """Return how the feedback products are computed in the next step: one of `fused`'s three kinds."""
        if self._feedback is self._above:
            return fused.ABOVE
        carried = self._follows and not any(inverse.exact for inverse in self._inverses)
        return fused.CARRIED if carried else fused.GIVEN

    def _run_stages(self, stages: int, feedback: int, lr: float = 0.0) -> bool:
        """Go through stages of a step, and leave Numba as many threads as it had; return whether all was finite."""
        if self._memory is None:
            self._memory = self._collected()
        batch = self._rows.ravel(), self._labels
        arguments = (stages, feedback, self._piece, lr, *batch, self._memory)
        if self._choice is None:
            return bool(fused.run_alone(*arguments))
        started = perf_counter()
        finite = bool(fused.run_alone(*arguments)) if self._choice.alone else self._run_together(arguments)
        if stages & fused.PREDICT:  # the longest of the stages, and a part of every step
            self._choice.took(perf_counter() - started)
        return finite

    def _run_together(self, arguments: tuple[Any, ...]) -> bool:
        """Go through stages on two threads, and leave Numba as many as it had."""
        if not self._masks:
            return bool(fused.run_together(*arguments))
        others = get_num_threads()
        set_num_threads(self.native_threads)
        finite = bool(fused.run_together(*arguments))
        set_num_threads(others)
        return finite

    def step(self, X: Array, labels: Array, lr: float) -> bool:
        """Make one update without measuring it, in one native call where that can be."""
        feedback = self._feedback_now()
        if feedback == fused.GIVEN or self.moments is not None or self.loss is not softmax_cross_entropy:
            return super().step(X, labels, lr)
        self._X, self._labels, self._error_scale = X, labels, 1 / labels.size
        self._take_batch(X)
        if not self._run_stages(PREDICT_AND_COMPARE | PREPARE | fused.APPLY, feedback, lr * self._error_scale):
            return super().step(X, labels, lr)
        self._count_followers(feedback)
        return True

    def prepare(self) -> None:
        """Compute the factors of the update."""
        if self.moments is not None:
            super().prepare()
            return
        feedback = self._feedback_now()
        self._run_stages(PREPARE, feedback)
        if feedback == fused.GIVEN:
            self._compute_feedback()

    def _predict_and_compare(self) -> bool:
        return self._run_stages(PREDICT_AND_COMPARE, fused.GIVEN)

    def _predict(self) -> None:
        self._run_stages(fused.PREDICT | fused.ADD_UP, fused.GIVEN)

    def _squares(self) -> list[float]:
        self._run_stages(fused.MEASURE, fused.GIVEN)
        return self._squared.tolist()

    def _apply(self, lr: float) -> None:
        feedback = self._feedback_now()
        self._run_stages(fused.APPLY, feedback, lr)
        if feedback == fused.GIVEN:
            self._follow(lr)
        self._count_followers(feedback)

    def _count_followers(self, feedback: int) -> None:
        """Let the inverses that native code has made follow count the update, and check themselves when it is time."""
        if feedback == fused.CARRIED:
            for carried, size in zip(self._inverses, self._sizes.tolist(), strict=True):
                carried.count(size)
