"""What the training loop asks of an engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from tptheory.training.data import Array
from tptheory.training.layerwise import Arrays


class Engine(Protocol):
    """A net that learns one batch at a time: a forward pass, then an update.

    All engines make the updates of the same rule; they differ in how they compute them, and in speed. All that changes
    from step to step can be read by `state` and put back by `restore`, bit for bit.
    """

    @property
    def weights(self) -> Arrays:
        """``(W_1, ..., W_L)``."""

    @property
    def biases(self) -> Arrays:
        """``(b_1, ..., b_L)``."""

    def forward(self, X: Array, labels: Array) -> bool:
        """Compute the outputs and the loss of a batch, for `update` to learn from; return whether the loss is finite.

        ``X`` has shape ``(n_0, B)``, and ``labels`` holds the class of each of its columns.
        """

    def loss_and_accuracy(self) -> tuple[float, float]:
        """Return the mean loss and the accuracy in [0, 1] on the batch of the last `forward`, before its `update`."""

    def update(self, lr: float, step: int) -> tuple[float, ...]:
        """Make the update of the last batch, and return each ``|dW_l|``; make none if one of these is not finite."""

    def ranks(self) -> tuple[int, ...]:
        """Return the rank of every ``dW_l`` on the last batch."""

    def descent(self, dtype: str | None = None) -> tuple[Arrays, Arrays, Arrays]:
        """Return the error signals and the descent directions of the last batch, in another precision if one is given.

        These are ``D_l``, ``G_l = -dW_l / lr`` and ``g_l = -db_l / lr`` for ``l = 1..L``.
        """

    def diagnostics(self) -> dict[str, float]:
        """Return what else the engine measures of the last batch, such as local losses, by name."""

    def state(self) -> dict[str, Array]:
        """Return all arrays that change from step to step, by name."""

    def restore(self, state: Mapping[str, Array]) -> None:
        """Take the arrays that `state` returned."""
