"""What is known of a claim at the end: proved, refuted or undecided."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tptheory.claims.vocabulary import Claim
from tptheory.proving.certificate import Certificate


class Verdict:
    """An answer; never a bare truth value, so ask `proved` or `refuted`."""

    claim: Claim
    proved = False
    refuted = False

    def __bool__(self) -> bool:
        """Refuse to be a truth value: undecided is neither."""
        raise TypeError("a verdict has three values: ask verdict.proved or verdict.refuted")

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

    >>> from tptheory import DeepLinearNetwork, Equal, Pinv, matmul, prove
    >>> W = DeepLinearNetwork(depth=1).weight(1)
    >>> verdict = prove(Equal(matmul(W, Pinv(W), W), W))
    >>> isinstance(verdict, Proved), verdict.method, verdict.certificate.check().accepted
    (True, 'identity', True)
    """

    claim: Claim
    certificate: Certificate
    seconds: float = field(default=0.0, compare=False)

    proved = True

    @property
    def method(self) -> str:
        """The method of the proof."""
        return self.certificate.method

    def explain(self) -> str:
        """Return the certificate in words."""
        return self.certificate.explain()

    def __repr__(self) -> str:
        """Show what was proved, and how."""
        return f"Proved({self.claim.statement()!r}, method={self.method!r}, cofactors={self.certificate.cofactors})"


@dataclass(frozen=True, repr=False)
class Undecided(Verdict):
    """Neither a proof nor a counterexample was found; ``evidence`` says how far the search got.

    >>> from tptheory import DeepLinearNetwork, Zero, prove
    >>> verdict = prove(Zero(DeepLinearNetwork(depth=1).error))
    >>> isinstance(verdict, Undecided), verdict.proved, verdict.refuted, verdict.reason
    (True, False, False, 'the goal does not follow from the hypotheses by algebra alone')
    """

    claim: Claim
    reason: str
    evidence: dict[str, Any] = field(default_factory=dict)
    seconds: float = field(default=0.0, compare=False)

    def explain(self) -> str:
        """Return the reason, and how far the search got."""
        return "\n".join([self.reason, *(f"  {key}: {value}" for key, value in self.evidence.items())])

    def __repr__(self) -> str:
        """Show the reason."""
        return f"Undecided({self.claim.statement()!r}, {self.reason!r})"
