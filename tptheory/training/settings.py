"""The settings of a training run. Each is declared once, with its meaning, unit, range and default.

`train`, the command line and checkpoints read these declarations.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields, replace
from textwrap import fill
from typing import Any, Literal, TypeVar, get_type_hints

from tptheory.checking import MOST_STEPS, checked_integer, finite, positive, positive_or_zero
from tptheory.errors import InvalidTypeError, complain, unknown_name

DTYPES = ("float32", "float64")
ENGINES = ("auto", "collapsed", "native", "moments", "layerwise")
INVERSE_KINDS = ("linear", "sigmoid")
NOISE_HALVES_AT = 100
"""The noise falls as ``1 / (1 + step / 100)``: the seed notebook's schedule, whose "epochs" are steps."""

Function = TypeVar("Function", bound=Callable[..., Any])


def setting(default: Any, doc: str, recorded: bool = True) -> Any:
    """Declare a setting.

    Args:
        default: its default.
        doc: its meaning in sentences, with unit and range.
        recorded: whether it affects the numbers of a run. A checkpoint then keeps it, and a resumed run must have the
            same value.
    """
    return field(default=default, metadata={"doc": " ".join(doc.split()), "recorded": recorded})


def doc_of(declared: Field[Any]) -> str:
    """Return the meaning of a setting."""
    return str(declared.metadata["doc"])


@dataclass(frozen=True)
class InverseSettings:
    """How the inverses of DTP (difference target propagation) are made and trained.

    Raises:
        UnknownNameError: if ``kind`` is not a known name.
        InvalidTypeError: if a setting is of the wrong type.
        InvalidValueError: if a number is out of range.

    >>> InverseSettings(kind="sigmoid").noise_at(100)
    5.0
    """

    kind: str = setting("linear", 'The inverse that dtp learns: "linear", or "sigmoid" as in the seed notebook.')
    noise: float = setting(
        10.0,
        """The standard deviation of the noise in which dtp's inverses learn, at step 0, from 0 on; at step ``t`` it is
        ``noise / (1 + t / 100)``. One draw for each sample and unit, the same in the input and in what is to be
        reconstructed.""",
    )
    lr: float = setting(
        0.5,
        """The step size of dtp's inverses, above 0, in units of ``1 / |M|_F``, ``M`` the second moment of ``(f_l(x +
        n)', 1)'`` in the batch: the linear ``R_l`` has no more curvature than ``|M|_F``, so that a step below 2 is
        stable.""",
    )
    alpha: float = setting(1.0, "The size of dtp's top target, above 0; of no effect on the linear inverse.")
    penultimate: bool = setting(
        False, "Whether dtp's penultimate layer gets the true gradient too, as in the seed notebook."
    )

    def __post_init__(self) -> None:
        """Check each setting."""
        if self.kind not in INVERSE_KINDS:
            raise unknown_name("inverse", str(self.kind), INVERSE_KINDS)
        positive_or_zero("noise", self.noise)
        positive("inverse_lr", self.lr)
        positive("alpha", self.alpha)
        if not isinstance(self.penultimate, bool):
            raise InvalidTypeError(complain("penultimate", "True or False", self.penultimate))

    def noise_at(self, step: int) -> float:
        """Return the standard deviation of the noise at a step."""
        return self.noise / (1 + step / NOISE_HALVES_AT)

    @classmethod
    def asked(cls, rule: str, options: Mapping[str, Any]) -> InverseSettings | None:
        """Return the settings that options by the names of `INVERSE_OPTIONS` ask for.

        For a rule other than dtp, None if they ask for nothing; else `train` refuses the settings that are returned.

        >>> InverseSettings.asked("bp", {"inverse": "linear"}), InverseSettings.asked("dtp", {"noise": 0.1}).noise
        (None, 0.1)
        """
        found = cls(**{INVERSE_OPTIONS[name]: value for name, value in options.items()})
        return None if rule != "dtp" and found == cls() else found


INVERSE_OPTIONS = {
    "inverse": "kind",
    "noise": "noise",
    "inverse_lr": "lr",
    "alpha": "alpha",
    "penultimate": "penultimate",
}
"""By the name that commands and sweeps give a setting of the inverses, the field of `InverseSettings` that it sets."""


@dataclass(frozen=True)
class TrainSettings:
    """How a net is trained.

    Numbers are converted to Python's own types, and widths to a tuple. Whether the settings fit the data and the rule,
    such as the widths, is checked by `train`.

    Raises:
        InvalidTypeError: if a setting is of the wrong type.
        InvalidValueError: if a number is out of range.
        UnknownNameError: if ``init``, ``loss``, ``engine`` or ``dtype`` is not a known name; it suggests the nearest.

    >>> TrainSettings(steps=20, lr=0.2).lr
    0.2
    """

    widths: Sequence[int] | None = setting(
        None,
        """The widths ``(n_0, ..., n_L)``, each 1 or more, from pixels to classes; (pixels, 32, 32, classes) unless
        given.""",
    )
    steps: int = setting(1000, "How many updates to make, 1 or more.", recorded=False)
    batch: int | Literal["all"] = setting(
        100, """``B``, samples an update, from 1 to all; ``"all"`` is full-batch descent."""
    )
    lr: float = setting(
        0.1,
        """The step size ``eta``, above 0. At the defaults BP learns digits up to 0.4, and diverges from 0.6 on; inputs
        of larger norm need a smaller one.""",
    )
    loss: str = setting("cross-entropy", """``"cross-entropy"`` or ``"squared"``, to the targets of the data.""")
    init: str = setting(
        "orthogonal",
        """How weights and fixed matrices are drawn: ``"orthogonal"``, ``"normal"`` (truncated), ``"balanced"`` or
        ``"scaled"``; see `initial_parameters`.""",
    )
    std: float | None = setting(
        None,
        """The standard deviation of the entries at the start, above 0; 0.01 for normal unless given. ``init="normal",
        std=0.01, bias=0.1`` is the seed notebook's start, from which BP sits on a plateau and exact TP blows up.""",
    )
    bias: float = setting(0.1, "Where every bias starts.")
    damping: float = setting(0.1, "The ``lambda`` of damped TP, above 0.")
    inverses: InverseSettings | None = setting(
        None,
        "How the inverses of dtp are made and trained; the defaults of `InverseSettings` unless given.",
    )
    engine: str = setting(
        "auto",
        """What makes the updates, all the same but for rounding. ``"layerwise"`` forms every error and gradient, of any
        rule. ``"collapsed"`` makes whole steps from one ``n_L`` by ``n_0`` matrix, in place, and carries TP's inverses
        along. ``"native"`` is the same in native code on two threads: it needs the extra ``fast``, takes half a second
        to load, many seconds the first time of all, and then saves a quarter of a step and more. ``"moments"`` descends
        the squared error of all samples, for which it needs no sample but their second moments, summed once. ``"auto"``
        is moments or collapsed for bp and tp, layerwise for all others.""",
    )
    dtype: str = setting("float32", """``"float32"`` or ``"float64"``.""")
    seed: int = setting(0, "What everything random starts from, 0 or more.")
    log_every: int = setting(
        100, "How many updates from one line of the log to the next: after 0, log_every, 2 log_every, ... updates."
    )
    probes: bool = setting(False, "Whether to measure, at each line, what theorems say of the run.")
    checkpoint: str | os.PathLike[str] | None = setting(
        None, "A file to write checkpoints to, atomically; none unless given.", recorded=False
    )
    checkpoint_every: int = setting(
        1000, "A checkpoint at step 0, after every so many updates, 1 or more, and at the end.", recorded=False
    )
    resume: bool = setting(
        False,
        """Whether to go on from the checkpoint, bit for bit, if it is there. ``steps`` may be larger than it was;
        whatever else bears on the numbers must be as it was.""",
        recorded=False,
    )
    metrics: str | os.PathLike[str] | None = setting(
        None, "A file for the lines of the log and the probes as JSON, one object a line; none unless given."
    )
    tensorboard: str | os.PathLike[str] | None = setting(
        None,
        "A folder for the same numbers as TensorBoard's events; none unless given; it needs the extra ``tensorboard``.",
        recorded=False,
    )

    def __post_init__(self) -> None:
        """Check each setting, and convert numbers to Python's own types."""
        from tptheory.simulation.losses import LOSSES  # with NumPy: the command line declares its options without
        from tptheory.training.initial import INITS

        checked: dict[str, Any] = {
            name: checked_integer(name, getattr(self, name), limit=MOST_STEPS)
            for name in ("steps", "log_every", "checkpoint_every")
        }
        checked |= {name: positive(name, getattr(self, name)) for name in ("lr", "damping")}
        checked["seed"] = checked_integer("seed", self.seed, lowest=0)
        checked["bias"] = finite("bias", self.bias)
        if self.std is not None:
            checked["std"] = positive("std", self.std)
        if self.widths is not None:
            checked["widths"] = _whole_widths(self.widths)
        checked |= {name: bool(getattr(self, name)) for name in ("probes", "resume")}
        for name, known in (("init", INITS), ("dtype", DTYPES), ("loss", LOSSES), ("engine", ENGINES)):
            if getattr(self, name) not in known:
                raise unknown_name(name, str(getattr(self, name)), known)
        if self.inverses is not None and not isinstance(self.inverses, InverseSettings):
            mend = "Try InverseSettings(kind='sigmoid')."
            raise InvalidTypeError(complain("inverses", "InverseSettings", self.inverses, mend))
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def recorded(self) -> dict[str, Any]:
        """Return the settings that affect the numbers, by name; of the metrics, only whether there are any."""
        kept = {f.name: getattr(self, f.name) for f in fields(self) if f.metadata["recorded"]}
        return kept | {"metrics": self.metrics is not None}


def named_settings() -> Iterator[tuple[str, Field[Any], Any]]:
    """Run through the settings by the names that commands and sweeps give them, each with its declaration and type.

    In the place of ``inverses`` stand the settings of these.

    >>> [name for name, _, _ in named_settings()][:3]
    ['widths', 'steps', 'batch']
    """
    types, inverse_types = get_type_hints(TrainSettings), get_type_hints(InverseSettings)
    of_inverses = {declared.name: declared for declared in fields(InverseSettings)}
    for declared in fields(TrainSettings):
        if declared.name != "inverses":
            yield declared.name, declared, types[declared.name]
            continue
        for name, of in INVERSE_OPTIONS.items():
            yield name, of_inverses[of], inverse_types[of]


def _whole_widths(widths: Any) -> tuple[int, ...]:
    """Return widths as positive integers."""
    if isinstance(widths, str | bytes) or not isinstance(widths, Sequence):
        raise InvalidTypeError(complain("widths", "a sequence such as (64, 32, 10)", widths))
    return tuple(checked_integer("widths", n) for n in widths)


def settings_of(settings: TrainSettings | None, options: Mapping[str, Any]) -> TrainSettings:
    """Return settings, the defaults unless given, with some of them replaced by keyword arguments.

    Raises:
        InvalidTypeError: if ``settings`` are no `TrainSettings`.
    """
    if settings is None:
        return TrainSettings(**options)
    if not isinstance(settings, TrainSettings):
        raise InvalidTypeError(complain("settings", "TrainSettings", settings, "Try TrainSettings(steps=20)."))
    return replace(settings, **options)


def takes_settings(function: Function) -> Function:
    """Write all settings into the signature and the docstring of a function that takes them as ``**options``.

    In the docstring they take the place of the word ``SETTINGS``.

    >>> @takes_settings
    ... def run(**options):
    ...     pass
    >>> str(inspect.signature(run)).startswith("(*, widths:")
    True
    """
    signature = inspect.signature(function)
    given = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
    named = [
        inspect.Parameter(f.name, inspect.Parameter.KEYWORD_ONLY, default=f.default, annotation=f.type)
        for f in fields(TrainSettings)
    ]
    function.__signature__ = signature.replace(parameters=[*given, *named])  # type: ignore[attr-defined]
    if function.__doc__:  # `python -OO` leaves none
        function.__doc__ = function.__doc__.replace("SETTINGS", "\n".join(_paragraphs()).strip())
    return function


def _paragraphs() -> Iterator[str]:
    """Yield a paragraph for each setting, laid out as the arguments of a docstring are."""
    for declared in fields(TrainSettings):
        text = f"{declared.name}: {doc_of(declared)}"
        yield fill(text, 120, initial_indent=" " * 8, subsequent_indent=" " * 12, break_long_words=False)
