"""Gather the results of a report: updates, verdicts, cross-checks, simulations and training runs."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from time import perf_counter
from typing import Any

from tptheory.checking import MOST_STEPS, check_seconds, checked_integer
from tptheory.claims.theorem import Theorem
from tptheory.deciding.library import stored_path
from tptheory.deciding.outcomes import OUTCOMES
from tptheory.errors import InvalidTypeError, InvalidValueError, complain
from tptheory.measuring.crosscheck import MOST_TRIALS, CrossCheck
from tptheory.simulation.trajectories import Run
from tptheory.training.data import DataSet, load_digits
from tptheory.training.trainer import TrainingRun, train
from tptheory.writing import experiments
from tptheory.writing.deriving import DerivedRule, derived_rules
from tptheory.writing.experiments import DigitsTheory, Drift, OrderDefect
from tptheory.writing.questions import Question, question
from tptheory.writing.studying import Study, studied
from tptheory.writing.tasks import BackgroundTasks

Progress = Callable[[str, int, int], None]
"""A function that is called with a stage, how many of its parts are done, and how many there are."""
PACKAGES = ("tptheory", "sympy", "numpy", "mpmath", "python-flint", "matplotlib", "scikit-learn")
"""The packages on which the numbers of a report depend."""
TRAINED = ("bp", "tp")
"""The rules that are trained on digits."""
SIMULATED = ("trajectories", "rising", "drifts", "orders")
"""What is simulated: fields of `ReportData`."""
LOGGED = 40
"""About how many lines the log of a training run has."""


@dataclass(frozen=True, kw_only=True)
class TheoremResult(Study):
    """A theorem, and what was found of it.

    Attributes:
        theorem: the theorem, or conjecture.
        number: its number in the report, from 1.
        question: the question that its file asks.
        evidence_file: the name of the file with the certificate or the counterexample; empty without one.
    """

    theorem: Theorem
    number: int
    question: Question
    evidence_file: str

    @property
    def certificate(self) -> str:
        """The name of the file with the certificate; empty without one."""
        return self.evidence_file if self.proved else ""

    @property
    def counterexample(self) -> str:
        """The name of the file with the counterexample; empty without one."""
        return self.evidence_file if self.refuted else ""

    @property
    def is_surprise(self) -> bool:
        """Whether the verdict is neither the expected one nor news of an open conjecture."""
        return OUTCOMES[self.theorem.expected, self.word].is_surprise

    @property
    def held(self) -> str:
        """The word of what the theorem is held to be; of an open conjecture that is settled, what it came out as."""
        return self.word if self.news else self.theorem.expected

    @property
    def news(self) -> str:
        """What became of an open conjecture that is settled; empty for every other result."""
        return OUTCOMES[self.theorem.expected, self.word].news


@dataclass(frozen=True)
class ReportData:
    """All results of a report, before they are put in words."""

    rules: tuple[DerivedRule, ...]
    theorems: tuple[TheoremResult, ...]
    trajectories: dict[str, Run]
    rising: dict[str, Run]
    drifts: tuple[Drift, Drift]
    orders: tuple[OrderDefect, OrderDefect]
    digits: dict[str, TrainingRun]
    digits_seconds: dict[str, float]
    theory: DigitsTheory | None
    versions: dict[str, str]
    settings: dict[str, int | float]
    seconds: float
    written: datetime

    def count(self, word: str, held: str | None = None) -> int:
        """Count the verdicts of that word; with ``held``, only those on theorems that are held to be that."""
        return sum(r.word == word and held in (None, r.held) for r in self.theorems)

    def as_held(self, word: str) -> int:
        """Count the theorems, or conjectures, that are held to be what that word says, and found to be so."""
        return self.count(word, word)

    def holding(self, word: str) -> int:
        """Count the theorems, or conjectures, that are held to be what that word says, whatever was found."""
        return sum(r.held == word for r in self.theorems)

    @property
    def surprises(self) -> tuple[TheoremResult, ...]:
        """The results that are not the expected ones, without the news of open conjectures."""
        return tuple(r for r in self.theorems if r.is_surprise)

    @property
    def news(self) -> tuple[TheoremResult, ...]:
        """The open conjectures that are settled."""
        return tuple(r for r in self.theorems if r.news)

    @property
    def measured(self) -> tuple[CrossCheck, ...]:
        """The cross-checks of what is proved."""
        return tuple(r.measured for r in self.theorems if r.proved and r.measured)

    @property
    def residual(self) -> float | None:
        """The worst relative residual of what is proved; None if nothing was measured."""
        return max((check.residual for check in self.measured if check.trials), default=None)

    @property
    def instances(self) -> int:
        """How many instances of what is proved were evaluated."""
        return sum(check.trials for check in self.measured)

    @property
    def exact_instances(self) -> int:
        """How many of them were evaluated in exact rationals too."""
        return sum(check.exact_trials for check in self.measured)

    @property
    def contradicted(self) -> tuple[str, ...]:
        """The proved theorems whose cross-check failed; each of them is a bug."""
        return tuple(r.theorem.node for r in self.theorems if r.proved and r.measured and not r.measured.passed)


@dataclass(frozen=True)
class ReportSettings:
    """What a report depends on besides its theorems.

    Attributes:
        seed: the seed of everything random.
        trials: on how many random instances each claim is cross-checked.
        seconds: how long to search for each verdict that is not stored beside its theorem.
        steps: how long to train each rule; 0 leaves training out.
        paper: whether every proof and counterexample is typeset too, for a paper.

    Raises:
        InvalidTypeError: if ``steps``, ``seed`` or ``trials`` is no integer.
        InvalidValueError: if ``steps`` or ``seed`` is negative, ``trials`` below 1, ``seconds`` not positive, or one is
            larger than can be worked off.
    """

    seed: int = 0
    trials: int = 10
    seconds: float = 10.0
    steps: int = 1000
    paper: bool = False

    def __post_init__(self) -> None:
        """Check what nothing else checks before the work begins."""
        checked_integer("steps", self.steps, lowest=0, limit=MOST_STEPS)
        checked_integer("trials", self.trials, limit=MOST_TRIALS)
        checked_integer("seed", self.seed, lowest=0)
        check_seconds(self.seconds)

    def recorded(self) -> dict[str, int | float]:
        """Return the numbers, by name."""
        return {"seed": self.seed, "trials": self.trials, "seconds": self.seconds, "steps": self.steps}


def gather(
    theorems: Sequence[Theorem],
    settings: ReportSettings,
    *,
    study: Callable[[DataSet, int], DigitsTheory] = experiments.digits_theory,
    progress: Progress | None = None,
) -> ReportData:
    """Derive, prove, measure, simulate and train.

    Args:
        theorems: what to prove, as `collect` returns it. What is stored beside them is checked again rather than
            searched for. All work is done on every core, where processes can be forked; each has one thread for linear
            algebra, so that the numbers do not depend on the machine.
        settings: seed, numbers and times.
        study: a function that returns what the digits show of the theorems, called with the data and the seed unless
            training is left out.
        progress: called as the work goes on.

    Raises:
        InvalidTypeError: if ``theorems`` holds something else than theorems.
        InvalidValueError: if there is no theorem, or a number is out of range.
        InvalidFileError: if a theorem's own function fails.
    """
    started = perf_counter()
    theorems = _checked(theorems)
    tell = progress or (lambda *_: None)
    work = _Work(theorems, settings, study)
    with BackgroundTasks(work.tasks(), threads=1) as tasks:
        results = _results(theorems, tasks, tell)
        simulated = {}
        for number, name in enumerate(SIMULATED):
            tell("simulate", number, len(SIMULATED))
            simulated[name] = tasks.result(name)
        tell("simulate", len(SIMULATED), len(SIMULATED))
        runs = {}
        for number, name in enumerate(work.trained):
            tell("train", number, len(work.trained))
            runs[name] = tasks.result(f"train {name}")
            tell("train", number + 1, len(work.trained))
        tell("study", 0, 1)
        rules = tasks.result("rules")
        theory = tasks.result("study") if settings.steps else None
        tell("study", 1, 1)
    return ReportData(
        rules=rules,
        theorems=results,
        **simulated,
        digits={name: run for name, (run, _) in runs.items()},
        digits_seconds={name: seconds for name, (_, seconds) in runs.items()},
        theory=theory,
        versions=versions(),
        settings=settings.recorded(),
        seconds=perf_counter() - started,
        written=datetime.now(UTC),
    )


@dataclass(frozen=True)
class _Work:
    """The tasks of a report."""

    theorems: tuple[Theorem, ...]
    settings: ReportSettings
    study: Callable[[DataSet, int], DigitsTheory]

    @property
    def trained(self) -> tuple[str, ...]:
        """The rules that are trained."""
        return TRAINED if self.settings.steps else ()

    def tasks(self) -> dict[Any, Callable[[], Any]]:
        """Return all tasks by name, the longest first: so that at the end no process waits long for the other."""
        seed, settings = self.settings.seed, self.settings
        tasks: dict[Any, Callable[[], Any]] = {}
        if settings.steps:
            tasks["study"] = lambda: self.study(load_digits(), seed)
        tasks["rules"] = lambda: derived_rules(self.theorems)
        tasks["drifts"] = lambda: experiments.drifts(seed)
        tasks |= {f"train {name}": partial(_trained, name, settings) for name in self.trained}
        tasks["rising"] = experiments.rising_loss
        tasks["trajectories"] = lambda: experiments.trajectories(seed)
        tasks["orders"] = lambda: experiments.order_defects(seed)
        study = partial(studied, seconds=settings.seconds, trials=settings.trials, seed=seed, paper=settings.paper)
        numbered = sorted(enumerate(self.theorems), key=lambda pair: -_stored_bytes(pair[1]))
        return tasks | {number: partial(study, theorem) for number, theorem in numbered}


def _stored_bytes(theorem: Theorem) -> int:
    """Return how long the stored verdict is, from which the time can be guessed that its theorem takes."""
    path = stored_path(theorem)
    return path.stat().st_size if path.exists() else 1 << 30


def _results(theorems: Sequence[Theorem], tasks: BackgroundTasks, tell: Progress) -> tuple[TheoremResult, ...]:
    """Wait for what is found of each theorem, and tell of how many it is there."""
    tell("prove", 0, len(theorems))
    studies: dict[int, Study] = {}
    for number in tasks.as_they_end(range(len(theorems))):
        studies[number] = tasks.result(number)
        tell("prove", len(studies), len(theorems))
    questions = {path: question(path) for path in dict.fromkeys(t.path for t in theorems)}
    return tuple(
        TheoremResult(
            **vars(studies[number]),
            theorem=theorem,
            number=number + 1,
            question=questions[theorem.path],
            evidence_file=name if studies[number].stored is not None else "",
        )
        for number, (name, theorem) in enumerate(zip(certificate_names(theorems), theorems, strict=True))
    )


def versions() -> dict[str, str]:
    """Return the versions of Python, of the platform and of `PACKAGES`."""
    return {
        "python": sys.version.split()[0],
        "platform": platform.platform(terse=True),
        **{package: _version(package) for package in PACKAGES},
    }


def _version(package: str) -> str:
    """Return the version of a package; it is unknown where the package lies there without being installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


def certificate_names(theorems: Sequence[Theorem]) -> list[str]:
    """Return a file name for each theorem's certificate, ``file__name.json``, with a number where two would agree."""
    names: list[str] = []
    for theorem in theorems:
        stem = name = f"{theorem.path.stem}__{theorem.name}"
        again = 1
        while f"{name}.json" in names:
            again += 1
            name = f"{stem}_{again}"
        names.append(f"{name}.json")
    return names


def _checked(theorems: Any) -> tuple[Theorem, ...]:
    """Return the theorems; refuse an empty list, and what is no list of theorems."""
    found = tuple(theorems) if isinstance(theorems, Sequence) and not isinstance(theorems, str) else None
    if found is None or not all(isinstance(t, Theorem) for t in found):
        raise InvalidTypeError(complain("theorems", "a list of theorems", theorems, "Try collect('proofs')."))
    if not found:
        raise InvalidValueError(complain("theorems", "at least one theorem", [], "Try collect('proofs')."))
    return found


def _trained(name: str, settings: ReportSettings) -> tuple[TrainingRun, float]:
    """Train a rule of `TRAINED`; all have the same start and the same batches. Return the run, and its seconds."""
    started = perf_counter()
    run = train(name, steps=settings.steps, seed=settings.seed, log_every=max(1, settings.steps // LOGGED))
    return run, perf_counter() - started
