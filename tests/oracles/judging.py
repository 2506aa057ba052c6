"""What becomes of a claim, and whether that is right: proofs and counterexamples stand up to exact instances."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from oracles.exact import Undefined, holds, meets

from tptheory import decide
from tptheory.measuring.instances import Instances

WORDS = ("refuted", "proved", "vacuous", "undecided", "false proof", "false refutation")
"""The possible ends. ``vacuous``: proved, and no instance was found that meets the hypotheses and has a value."""


@dataclass
class Tally:
    """How many claims came to which end; those that end badly, undecided or vacuous by their statements."""

    counts: Counter = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def add(self, claim: Any, seconds: float, draws: int) -> None:
        """Decide a claim, and judge the verdict."""
        word, why = judged(claim, decide(claim, seconds), draws)
        self.note(word, f"{claim.statement()}{why}")

    def note(self, word: str, statement: str) -> None:
        """Count an end."""
        self.counts[word] += 1
        if word not in ("refuted", "proved"):
            self.notes.append(f"{word}: {statement}")

    def row(self, name: str) -> str:
        """Return the counts in one line."""
        return f"{name:<12}{sum(self.counts.values()):>6}" + "".join(f"{self.counts[word]:>18}" for word in WORDS)

    @property
    def wrong(self) -> list[str]:
        """The statements that were proved and are false, and those that were refuted by what refutes nothing."""
        return [note for note in self.notes if note.startswith("false")]


HEADER = f"{'':<12}{'all':>6}" + "".join(f"{word:>18}" for word in WORDS)


def judged(claim: Any, verdict: Any, draws: int, seed: int = 0) -> tuple[str, str]:
    """Return how a verdict stands up to a second evaluation, and what breaks it if something does."""
    if verdict.refuted:
        found = verdict.counterexample
        try:
            good = meets(found.claim, found.values) and not holds(found.claim, found.values)
        except Undefined:
            good = False
        return ("refuted", "") if good else ("false refutation", f" by {found!r}")
    if not verdict.proved:
        return "undecided", ""
    if not verdict.certificate.check():
        return "false proof", " with a certificate that the checker refuses"
    broken, tried = tried_on_instances(claim, draws, seed)
    if broken is not None:
        return "false proof", f" broken by {broken}"
    return ("proved" if tried else "vacuous"), ""


def tried_on_instances(claim: Any, draws: int, seed: int) -> tuple[Any, int]:
    """Evaluate a claim at exact instances, half of them degenerate; return one that breaks it, and how many spoke.

    Sizes run from 1 to 4. An instance at which something singular is inverted says nothing.
    """
    rng = np.random.default_rng(seed)
    source = Instances(claim)
    spoke = 0
    for draw in range(draws):
        values = source.draw(rng, plain=draw % 2 == 0, tries=60)
        if values is None:
            continue
        assert meets(claim, values), f"an instance does not meet the hypotheses: {values}"
        try:
            if not holds(claim, values):
                return values, spoke
        except Undefined:
            continue
        spoke += 1
    return None, spoke
