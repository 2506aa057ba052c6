"""The task of a run: a rule, data and settings that fit each other, with every default filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import sha256
from itertools import pairwise
from numbers import Integral
from typing import Any

import numpy as np

from tptheory.checking import check_memory, checked_integer
from tptheory.errors import InvalidTypeError, InvalidValueError, complain
from tptheory.numeric.constants import check_mapping
from tptheory.symbolic.network import DeepLinearNetwork
from tptheory.symbolic.rules import Backprop, Rule, TargetProp, as_rule
from tptheory.training.data import DataSet, data_of, load_digits
from tptheory.training.layerwise import (
    Loss,
    has_sampled_inverses,
    is_feedback_operator,
    reading,
    softmax_cross_entropy,
    squared_error,
)
from tptheory.training.settings import InverseSettings, TrainSettings

COPIES = 4
"""How often a run holds its parameters: now, at the last log line, their updates, and the inverses or matrices."""
HIDDEN_WIDTHS = (32, 32)
"""The hidden layers where no widths are given."""


@dataclass(frozen=True, eq=False)
class Task:
    """A rule, the data that it learns, and how it is trained.

    Attributes:
        rule: the rule.
        data: the data.
        constants: values of the rule's fixed matrices and scalars, and starts of its states, by symbol or name.
        settings: the settings as they were given.
        widths: ``(n_0, ..., n_L)``.
        batch: how many samples an update takes.
        loss: what is descended.
    """

    rule: Rule
    data: DataSet
    constants: Mapping[Any, Any]
    settings: TrainSettings
    widths: tuple[int, ...]
    batch: int
    loss: Loss

    @classmethod
    def checked(cls, rule: Any, data: Any, constants: Any, settings: TrainSettings) -> Task:
        """Check the arguments of a run against each other, and fill in the defaults.

        Raises:
            InvalidTypeError: if the rule, the data, the constants or the batch is of the wrong type.
            InvalidValueError: if the widths or the batch do not fit the data, or the engine or the inverses the rule.
            UnknownNameError: if there is no rule of that name.
        """
        rule, data = as_rule(rule), _checked_data(data)
        check_mapping(constants)
        widths, batch = _fitting_widths(settings, data), _checked_batch(settings.batch, data)
        task = cls(
            rule, data, {} if constants is None else constants, settings, widths, batch, _loss(settings.loss, data)
        )
        task.inverses, task.engine  # noqa: B018  # what does not fit is refused before anything is read or drawn
        return task

    @cached_property
    def net(self) -> DeepLinearNetwork:
        """The net, whose output error is a symbol."""
        return DeepLinearNetwork(widths=self.widths, batch=self.batch, biases=True, loss="any")

    @cached_property
    def by_feedback(self) -> bool:
        """Whether the rule is a feedback operator and nothing else."""
        with reading(self.rule):
            return is_feedback_operator(self.rule, self.net)

    @cached_property
    def inverses(self) -> InverseSettings | None:
        """The settings of the inverses, if the rule has inverses that the trainer trains; else None."""
        asked = self.settings.inverses
        if has_sampled_inverses(self.rule) and self.by_feedback:
            return asked or InverseSettings()
        if asked is not None:
            raise InvalidValueError(complain("inverses", "left out unless the rule is 'dtp'", asked))
        return None

    @cached_property
    def engine(self) -> str:
        """The name of the engine that makes the updates.

        Learned inverses need every layer's activations, which only the layerwise engine computes. Second moments serve
        the squared error on all samples at once, and save time if there are more samples than pixels.
        """
        asked, (pixels, count) = self.settings.engine, self.data.x_train.shape
        summable = self.settings.loss == "squared" and self.batch == count
        if asked == "auto":
            if self.rule not in (Backprop(), TargetProp()):
                return "layerwise"
            return "moments" if summable and count > pixels else "collapsed"
        if asked != "layerwise":
            self._check_fast_engine(asked, summable)
        return asked

    def _check_fast_engine(self, asked: str, summable: bool) -> None:
        """Refuse an engine that cannot make the updates of the rule, or that the loss and the batch do not fit."""
        if self.inverses is not None:
            raise InvalidValueError(complain("engine", "'layerwise' or 'auto' for learned inverses", asked))
        if not self.by_feedback:
            expected = f"'layerwise' or 'auto' for {self.rule!r}, which is more than feedback by weights"
            raise InvalidValueError(complain("engine", expected, asked))
        if asked == "moments" and not summable:
            expected = f"another for loss {self.settings.loss!r} and a batch of {self.batch}"
            raise InvalidValueError(complain("engine", expected, asked, "Moments need loss='squared' and batch='all'."))

    @cached_property
    def recorded(self) -> dict[str, Any]:
        """All that affects the numbers of the run, as JSON: checkpoints keep it, and a resumed run must agree."""
        saved = self.settings.checkpoint is not None
        return self.settings.recorded() | {
            "rule": repr(self.rule),
            "constants": _digest(self.constants) if self.constants else None,
            "data": self.data.name,
            "data_sha256": self.data.fingerprint if saved else "",
            "widths": list(self.widths),
            "batch": self.batch,
            "inverses": None if self.inverses is None else asdict(self.inverses),
            "engine": self.engine,
        }


def _checked_data(data: Any) -> DataSet:
    """Return the data, scikit-learn's digits unless given."""
    return load_digits() if data is None else data_of(data)


def _fitting_widths(settings: TrainSettings, data: DataSet) -> tuple[int, ...]:
    """Return ``(n_0, ..., n_L)``: those given if they fit the data, or the data's own with `HIDDEN_WIDTHS` between."""
    first, last = data.x_train.shape[0], data.targets.shape[0]
    if settings.widths is None:
        return (first, *HIDDEN_WIDTHS, last)
    parameters = sum(n * m for m, n in pairwise(settings.widths))
    check_memory("widths", settings.widths, COPIES * parameters * np.dtype(settings.dtype).itemsize, "Take less.")
    widths = tuple(settings.widths)
    if len(widths) < 2 or (widths[0], widths[-1]) != (first, last):
        expected = f"from {first} pixels to {last} classes, as the data {data.name!r}"
        raise InvalidValueError(complain("widths", expected, widths, f"Try ({first}, 32, {last})."))
    return widths


def _checked_batch(batch: Any, data: DataSet) -> int:
    """Return the number of samples an update."""
    count = int(data.labels_train.size)
    if isinstance(batch, str) and batch != "all":
        raise InvalidTypeError(complain("batch", f"an integer in 1..{count}, or 'all'", batch))
    if isinstance(batch, Integral) and int(batch) > count:
        expected = f"an integer in 1..{count}, how many samples there are to train on, or 'all'"
        default = f"{batch} is the default. " if batch == TrainSettings.batch else ""
        raise InvalidValueError(complain("batch", expected, batch, f"{default}Try batch='all'."))
    return count if isinstance(batch, str) else checked_integer("batch", batch, highest=count)


def _loss(name: str, data: DataSet) -> Loss:
    """Return the loss of that name on these data."""
    if name == "squared":
        return squared_error(data.targets)
    entries = data.targets.shape[0]
    if entries != data.classes:
        expected = f"'squared' for targets of {entries} entries and {data.classes} classes"
        raise InvalidValueError(complain("loss", expected, name))
    return softmax_cross_entropy


def _digest(constants: Mapping[Any, Any]) -> str:
    """Return the SHA-256 of the names and the values of constants, in the order of their names."""
    digest = sha256()
    for name, value in sorted(((str(symbol), value) for symbol, value in constants.items()), key=lambda pair: pair[0]):
        try:
            entries = np.asarray(value, dtype=np.float64)
        except (TypeError, ValueError):
            raise InvalidTypeError(complain(f"constants[{name}]", "made of real numbers", value)) from None
        digest.update(f"{name} {entries.shape} ".encode() + entries.tobytes())
    return digest.hexdigest()
