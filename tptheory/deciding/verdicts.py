"""The three verdicts on a claim: proved, refuted and undecided."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from textwrap import shorten
from typing import Any

from tptheory.claims.claim import Claim
from tptheory.errors import TruthValueError
from tptheory.proving.certificate import Certificate, LawCountCertificate
from tptheory.refuting.counterexample import Counterexample
from tptheory.typesetting.notebook import ShownAsMathematics
from tptheory.typesetting.prose import prose_markdown

SHOWN = 600
"""How many characters of one piece of evidence are shown."""


class Verdict(ShownAsMathematics):
    """An answer; never a bare truth value, so ask `proved` or `refuted`."""

    claim: Claim
    proved = False
    refuted = False

    def __bool__(self) -> bool:
        """Refuse to be a truth value: undecided is neither.

        Raises:
            TruthValueError: always.
        """
        raise TruthValueError("a verdict has three values: ask verdict.proved or verdict.refuted")

    @property
    def assumptions(self) -> tuple[str, ...]:
        """All that the verdict rests on, in words: the hypotheses, and what the claim takes for granted beside them.

        >>> from tptheory import Conserved, DeepLinearNetwork, Pinv, TargetProp, decide, matmul, trace
        >>> net = DeepLinearNetwork(depth=1)
        >>> W = net.weight(1)
        >>> decide(Conserved(trace(matmul(W, Pinv(W))), along=TargetProp().flow(net))).assumptions
        ('while the rank of W_1 stays constant',)
        """
        return self.claim.premises()

    def latex(self) -> str:
        """Return the statement and the verdict in LaTeX text mode."""
        return rf"{self.claim.latex()} \emph{{({self.word})}}"

    @property
    def word(self) -> str:
        """``proved``, ``refuted`` or ``undecided``."""
        return type(self).__name__.lower()

    def explain(self) -> str:
        """Return the reason in words."""
        raise NotImplementedError

    def _repr_markdown_(self) -> str:
        return f"**{self.word.capitalize()}:** {self.claim.latex()}"


@dataclass(frozen=True, repr=False)
class Proved(Verdict):
    """The claim holds for all matrices of all sizes that meet its hypotheses; the checker accepted the certificate.

    Attributes:
        claim: the claim.
        certificate: the proof as data, which anyone can check.
        confirmed: on how many exact instances the claim as typed was evaluated, and held.
        seconds: how long the search took.

    >>> from tptheory import DeepLinearNetwork, Equal, Pinv, matmul, prove
    >>> W = DeepLinearNetwork(depth=1).weight(1)
    >>> verdict = prove(Equal(matmul(W, Pinv(W), W), W))
    >>> isinstance(verdict, Proved), verdict.method, verdict.certificate.check().accepted
    (True, 'identity', True)
    """

    claim: Claim
    certificate: Certificate = field(hash=False)
    seconds: float = field(default=0.0, compare=False)
    confirmed: int = field(default=0, compare=False)

    proved = True

    @property
    def method(self) -> str:
        """The method of the proof."""
        return self.certificate.method

    def explain(self) -> str:
        """Return the proof in words, after the `opening`."""
        return self.opening() + self.certificate.explain()

    def opening(self) -> str:
        """Say what the claim takes for granted, without what the certificate's title says, and what opens the proof."""
        granted = [text for text in self.claim.granted() if text not in self.certificate.theorem]
        return (f"This holds {', '.join(granted)}.\n" if granted else "") + self.certificate.opening()

    def __repr__(self) -> str:
        """Show what was proved, and how."""
        return f"Proved({self.claim.statement()!r}, method={self.method!r}, cofactors={self.certificate.cofactors})"


@dataclass(frozen=True, repr=False)
class Refuted(Verdict):
    """The claim is false: a counterexample meets the hypotheses and breaks the conclusion, exactly.

    >>> from tptheory import DeepLinearNetwork, Zero, refute
    >>> isinstance(refute(Zero(DeepLinearNetwork(depth=1).error)), Refuted)
    True
    """

    claim: Claim
    counterexample: Counterexample = field(hash=False)
    seconds: float = field(default=0.0, compare=False)

    refuted = True

    def explain(self) -> str:
        """Return the counterexample, the value that breaks the claim, and in which sense it is the smallest."""
        found = self.counterexample
        return f"Counterexample to: {self.claim.statement()}\n{found}\n{found.smallness}"

    def latex(self) -> str:
        """Return the statement and the counterexample in LaTeX text mode."""
        return rf"{self.claim.latex()} \emph{{(refuted)}} Counterexample: ${self.counterexample.latex()}$."

    def _repr_markdown_(self) -> str:
        return f"{super()._repr_markdown_()}\n\n{self.counterexample._repr_markdown_()}"

    def __repr__(self) -> str:
        """Show what was refuted, and by what."""
        return f"Refuted({self.claim.statement()!r}, {self.counterexample!r})"


@dataclass(frozen=True, repr=False)
class RefutedCount(Verdict):
    """A number of laws is wrong: a certificate shows that there are fewer, or laws with certificates show more.

    Attributes:
        claim: the claim.
        certificate: the bound from above, and the laws that there are.
        seconds: how long the search took.

    >>> from tptheory import LawCount, TargetProp, decide
    >>> decide(LawCount(TargetProp(), (1, 1, 1), number=2)).explain().splitlines()[0]
    'Not exactly 2: at least 1 and at most 1.'
    """

    claim: Any
    certificate: LawCountCertificate = field(hash=False)
    seconds: float = field(default=0.0, compare=False)

    refuted = True

    @property
    def word(self) -> str:
        """``refuted``."""
        return "refuted"

    def explain(self) -> str:
        """Return the bounds, and their proofs."""
        bounds = f"Not {self.claim.counted}: {self._bounds()}."
        return f"{bounds}\n{self.certificate.opening()}{self.certificate.explain()}"

    def _bounds(self) -> str:
        """Say how many laws there are at least, and at most."""
        return f"at least {len(self.certificate.data['differentials'])} and at most {self.certificate.data['number']}"

    def __repr__(self) -> str:
        """Show what was refuted, and how many laws there are."""
        return f"RefutedCount({self.claim.statement()!r}, {self._bounds()!r})"


IN_WORDS = {
    "remainder": "not shown to vanish",
    "derivative": "not shown to be at most zero",
    "matrix": "the rank of which is not bounded",
    "basis": "equations derived from the hypotheses",
}
"""What a reader is told for a key of the evidence of a search; any other key is told as it is."""
UNTOLD = ("certificate", "overlaps", "longest_overlap")
"""Keys of the evidence that tell a reader nothing: data, and how the completion worked."""


class Cause(Enum):
    """Why a claim is undecided, as data; the reason of the verdict says it in words."""

    NOT_FOUND = "nothing was found with the time and the effort that there were"
    OUTSIDE = "the claim has something that the prover cannot speak of"
    UNMEETABLE = "the shapes rule out what would meet the hypotheses, or leave only what is too large to be looked at"
    UNMET = "no instance that was drawn or built meets the hypotheses, and nothing is known to rule them out"
    CONTRADICTION = "it is proved that the hypotheses contradict each other"
    FAULT = "two evaluations of the claim disagree, or a side failed: a fault of tptheory"

    @property
    def is_vacuous(self) -> bool:
        """Whether no instance is known that meets the hypotheses, so that the claim may say nothing."""
        return self in (Cause.UNMEETABLE, Cause.UNMET, Cause.CONTRADICTION)


@dataclass(frozen=True, repr=False)
class Undecided(Verdict):
    """Neither a proof nor a counterexample stands; ``evidence`` says how far the search got.

    Where a search found something that does not stand, ``evidence`` keeps both sides, for a report.

    >>> from tptheory import DeepLinearNetwork, Zero, prove
    >>> verdict = prove(Zero(DeepLinearNetwork(depth=1).error))
    >>> isinstance(verdict, Undecided), verdict.proved, verdict.refuted, verdict.reason
    (True, False, False, 'the goal does not follow from the hypotheses by algebra alone')
    """

    claim: Claim
    reason: str
    evidence: dict[str, Any] = field(default_factory=dict, hash=False)
    seconds: float = field(default=0.0, compare=False)
    cause: Cause = field(default=Cause.NOT_FOUND, compare=False)

    def explain(self) -> str:
        """Return the reason, and how far the search got, in words; the rest stays in ``evidence``."""
        told = {IN_WORDS.get(key, key): value for key, value in self.evidence.items() if key not in UNTOLD}
        shown = (f"  {key}: {shorten(str(value), SHOWN, placeholder=' ...')}" for key, value in told.items())
        return "\n".join([self.reason, *shown])

    def _repr_markdown_(self) -> str:
        return f"{super()._repr_markdown_()}\n\n{prose_markdown(self.reason)}."

    def __repr__(self) -> str:
        """Show the reason."""
        return f"Undecided({self.claim.statement()!r}, {self.reason!r})"


Found = Proved | Refuted | RefutedCount | Undecided
"""The verdict of a search."""
