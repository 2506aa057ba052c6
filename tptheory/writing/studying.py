"""What a report says of one theorem: its statement, its verdict, the proof or counterexample, and a cross-check."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

from tptheory.claims.claim import Claim
from tptheory.claims.theorem import Theorem
from tptheory.deciding.library import settled_here
from tptheory.deciding.stored_verdicts import stored_form
from tptheory.deciding.verdicts import Proved, Refuted, Verdict
from tptheory.errors import TptheoryError
from tptheory.measuring.crosscheck import CrossCheck, crosscheck
from tptheory.typesetting.claims import ClaimStatement, HtmlWriter, TextWriter, TexWriter, statements
from tptheory.writing.chains import in_latex
from tptheory.writing.evidence import Evidence, counterexample_latex, evidence_of
from tptheory.writing.quantities import quantities


@dataclass(frozen=True)
class Study:
    """All that a report says of one theorem, in words and plain data, so that processes can send it to each other.

    Attributes:
        word: the verdict: ``proved``, ``refuted`` or ``undecided``.
        method: the method of the proof; empty without one.
        cofactors: the number of cofactors of the certificate; None without one.
        stored: the certificate or the counterexample as data; None without one.
        total_width: the total width of a counterexample; None without one, or without sizes.
        proving_seconds: how long the verdict took.
        text: the statement in plain text.
        assumptions: what the verdict rests on, in plain text.
        explanation: the verdict in plain text; empty of a proof.
        html: the statement for the page.
        tex: the statement for LaTeX.
        evidence: the proof, or the counterexample, for the page.
        typeset: the counterexample in LaTeX, or for a paper the whole proof.
        measured: the cross-check on random instances, if one was made.
        unmeasured: why none could be made; empty if one was made, or if the claim is refuted.
        measuring_seconds: how long the cross-check took.
    """

    word: str
    method: str
    cofactors: int | None
    stored: dict[str, Any] | None
    total_width: int | None
    proving_seconds: float
    text: ClaimStatement
    assumptions: tuple[str, ...]
    explanation: str
    html: ClaimStatement
    tex: ClaimStatement
    evidence: Evidence
    typeset: str
    measured: CrossCheck | None
    unmeasured: str
    measuring_seconds: float

    @property
    def proved(self) -> bool:
        """Whether the claim is proved."""
        return self.word == "proved"

    @property
    def refuted(self) -> bool:
        """Whether the claim is refuted."""
        return self.word == "refuted"


def studied(theorem: Theorem, *, seconds: float, trials: int, seed: int, paper: bool) -> Study:
    """Settle a theorem, put the verdict in words, and cross-check the claim unless it is refuted.

    Args:
        theorem: a theorem or conjecture.
        seconds: how long to search for a verdict that is not stored.
        trials: on how many instances to cross-check.
        seed: the seed of these instances.
        paper: whether to typeset a whole proof in LaTeX.

    Raises:
        InvalidFileError: if the theorem's own function fails.
    """
    settled = settled_here(theorem, seconds)
    verdict, claim = settled.verdict, theorem.claim
    started = perf_counter()
    measured, unmeasured = (None, "") if verdict.refuted else _measured(claim, trials, seed)
    took = perf_counter() - started
    text, html, tex = statements(claim, quantities, TextWriter(), HtmlWriter(), TexWriter())
    proof = verdict.certificate if isinstance(verdict, Proved) else None
    return Study(
        word=verdict.word,
        method=proof.method if proof else "",
        cofactors=proof.cofactors if proof else None,
        stored=stored_form(theorem, verdict) if isinstance(verdict, Proved | Refuted) else None,
        total_width=verdict.counterexample.total_width if isinstance(verdict, Refuted) else None,
        proving_seconds=settled.seconds,
        text=text,
        assumptions=verdict.assumptions,
        explanation="" if proof else verdict.explain(),
        html=html,
        tex=tex,
        evidence=evidence_of(verdict),
        typeset=in_latex(verdict) if paper else _typeset(verdict),
        measured=measured,
        unmeasured=unmeasured,
        measuring_seconds=took,
    )


def _typeset(verdict: Verdict) -> str:
    """Return a counterexample in LaTeX, and nothing for another verdict."""
    return counterexample_latex(verdict.counterexample) if isinstance(verdict, Refuted) else ""


def _measured(claim: Claim, trials: int, seed: int) -> tuple[CrossCheck | None, str]:
    """Cross-check a claim; return the figures, or why there are none."""
    try:
        found = crosscheck(claim, trials=trials, seed=seed)
    except TptheoryError as error:
        if not isinstance(error, NotImplementedError):
            raise
        return None, str(error)
    return replace(found, worst={}), ""  # exact numbers cannot be sent between processes
