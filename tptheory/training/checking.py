"""Check what a training run is given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tptheory.checking import whole
from tptheory.errors import InvalidTypeError, InvalidValueError, complain, unknown_name
from tptheory.symbolic.rules import Backprop, LearnedInverse, Rule, TargetProp, rule_named
from tptheory.training.data import DataSet, load_digits
from tptheory.training.inverses import InverseSettings

HIDDEN_WIDTHS = (32, 32)
"""The hidden layers where no widths are given."""


def checked_widths(widths: Sequence[int] | None, data: DataSet) -> tuple[int, ...]:
    """Return ``(n_0, ..., n_L)``: those given if they fit the data, or the data's own with `HIDDEN_WIDTHS` between."""
    first, last = data.x_train.shape[0], data.targets.shape[0]
    if widths is None:
        return (first, *HIDDEN_WIDTHS, last)
    if isinstance(widths, str | bytes) or not isinstance(widths, Sequence):
        raise InvalidTypeError(complain("widths", "a sequence such as (64, 32, 10)", widths))
    checked = tuple(whole("widths", n) for n in widths)
    if len(checked) < 2 or (checked[0], checked[-1]) != (first, last):
        raise InvalidValueError(
            complain(
                "widths",
                f"from {first} pixels to {last} classes, as the data {data.name!r}",
                checked,
                f"Try ({first}, 32, {last}).",
            )
        )
    return checked


def checked_rule(rule: Any) -> Rule:
    """Return a rule, which may be given by its name."""
    rule = rule_named(rule) if isinstance(rule, str) else rule
    if not isinstance(rule, Rule):
        raise InvalidTypeError(complain("rule", "a name such as 'tp', or a Rule", rule, "Try TargetProp()."))
    return rule


def checked_data(data: Any) -> DataSet:
    """Return the data, scikit-learn's digits unless given."""
    data = load_digits() if data is None else data
    if not isinstance(data, DataSet):
        raise InvalidTypeError(complain("data", "a DataSet", data, "Build one with load_digits()."))
    return data


def check_names(*asked: tuple[str, Any, Sequence[str]]) -> None:
    """Refuse each argument whose value is not among the known names."""
    for argument, name, known in asked:
        if name not in known:
            raise unknown_name(argument, str(name), known)


def checked_batch(batch: Any, data: DataSet) -> int:
    """Return the number of samples an update."""
    count = int(data.labels_train.size)
    if isinstance(batch, str) and batch != "all":
        raise InvalidTypeError(complain("batch", f"an integer in 1..{count}, or 'all'", batch))
    return count if isinstance(batch, str) else whole("batch", batch, highest=count)


def chosen_engine(engine: str, rule: Rule, loss: str, batch: int, data: DataSet) -> str:
    """Return the engine of a run.

    Learned inverses need every layer's activations; moments are of all samples and a squared error, and save time
    where there are more samples than pixels.
    """
    pixels, count = data.x_train.shape
    summable = loss == "squared" and batch == count
    if engine == "auto":
        if rule not in (Backprop(), TargetProp()):
            return "layerwise"
        return "moments" if summable and count > pixels else "collapsed"
    if engine != "layerwise" and isinstance(rule, LearnedInverse):
        raise InvalidValueError(complain("engine", "'layerwise' or 'auto' for learned inverses", engine))
    if engine == "moments" and not summable:
        mend = "Moments need loss='squared' and batch='all'."
        raise InvalidValueError(complain("engine", f"another for loss {loss!r} and a batch of {batch}", engine, mend))
    return engine


def checked_inverses(inverses: Any, rule: Rule) -> InverseSettings | None:
    """Return the settings of the inverses, for a rule that has any."""
    if inverses is not None and not isinstance(inverses, InverseSettings):
        raise InvalidTypeError(
            complain("inverses", "InverseSettings", inverses, "Try InverseSettings(kind='sigmoid').")
        )
    if not isinstance(rule, LearnedInverse):
        if inverses is not None:
            raise InvalidValueError(complain("inverses", "left out unless the rule is 'dtp'", inverses))
        return None
    return inverses or InverseSettings()
