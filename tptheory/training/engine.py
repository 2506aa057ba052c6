"""What the training loop asks of an engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from tptheory.training.data import Array
from tptheory.training.layerwise import Arrays


class Engine(Protocol):
    """A net that learns, one batch at a time: look at the batch, then move.

    All engines make the updates of their rule; they differ in how, and in speed. What an engine is, and what of it
    changes from step to step, can be taken out and put back, bit for bit.
    """

    @property
    def weights(self) -> Arrays:
        """``(W_1, ..., W_L)``."""

    @property
    def biases(self) -> Arrays:
        """``(b_1, ..., b_L)``."""

    @property
    def threads(self) -> int | None:
        """How many threads BLAS may use while it learns; None for as many as it may use now."""

    def look(self, X: Array, labels: Array) -> bool:
        """Look at a batch, which `move` then learns from, and return whether its loss is finite."""

    def loss_and_accuracy(self) -> tuple[float, float]:
        """Return the mean loss and the accuracy on the batch that was looked at, before its `move`."""

    def move(self, lr: float, step: int) -> tuple[float, ...]:
        """Make the update of the last batch, and return each ``|dW_l|``; make none where one is not finite."""

    def ranks(self) -> tuple[int, ...]:
        """Return the rank of every ``dW_l`` on the last batch."""

    def descent(self, dtype: str | None = None) -> tuple[Arrays, Arrays, Arrays]:
        """Return ``D_l``, ``G_l`` and ``g_l`` of the last batch, computed in another precision if one is given."""

    def scalars(self) -> dict[str, float]:
        """Return losses of the rule's own on the last batch, by name."""

    def state(self) -> dict[str, Array]:
        """Return all arrays that change from step to step, by name."""

    def restore(self, state: Mapping[str, Array]) -> None:
        """Take the arrays that `state` returned."""
