"""Discover conserved quantities: from candidates, by exact linear algebra, to certificates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tptheory.checking import check_seconds, whole
from tptheory.claims.motions import Conserved
from tptheory.deciding.answers import prove
from tptheory.deciding.verdicts import Proved, Undecided
from tptheory.invariants.ansatz import Candidate, generic_ranks
from tptheory.invariants.counting import LawCount, check_cost, count_conservation_laws
from tptheory.invariants.fields import DataFields
from tptheory.invariants.orbits import Progress
from tptheory.invariants.searching import Search
from tptheory.symbolic.rules import Rule
from tptheory.typesetting.expressions import latex_of


@dataclass(frozen=True)
class Law:
    """A conserved quantity.

    Attributes:
        quantity: a scalar or matrix expression at the widths that were asked for.
        general: the same with symbolic widths.
        independent: how many of its entries are functionally independent of each other and of the laws before it.
        given: what is needed for the proof; it holds at random weights of these widths.
        verdict: what the prover says of ``general`` (of ``quantity``, where the general law was not proved).
    """

    quantity: Any
    general: Any
    independent: int
    given: tuple[Any, ...]
    verdict: Proved | Undecided


@dataclass(frozen=True)
class ConservationLaws:
    """The conserved quantities that were found, independent of each other, and how many there are.

    Attributes:
        found: the laws, simplest first.
        counted: the count of all laws, which bounds the laws found from above.
        degree: the longest words that were tried.
    """

    rule: Rule
    widths: tuple[int, ...]
    biases: bool
    degree: int
    found: tuple[Law, ...]
    counted: LawCount

    @property
    def laws(self) -> tuple[Any, ...]:
        """The conserved quantities: SymPy expressions, scalars and matrices."""
        return tuple(law.quantity for law in self.found)

    @property
    def count(self) -> int:
        """How many independent numbers the laws conserve: independent entries, for laws that are matrices."""
        return sum(law.independent for law in self.found)

    @property
    def certified(self) -> bool:
        """Whether every law is proved, with a certificate that the checker accepts."""
        return all(law.verdict.proved for law in self.found)

    @property
    def certificates(self) -> tuple[Any, ...]:
        """The certificates of the laws that are proved."""
        return tuple(law.verdict.certificate for law in self.found if isinstance(law.verdict, Proved))

    @property
    def matched(self) -> bool:
        """Whether the laws found are all that there are."""
        return self.count == self.counted.count

    @property
    def agreement(self) -> str:
        """Whether the laws found and the count agree, in words."""
        if self.matched:
            return "which is all there are"
        missing = self.counted.count - self.count
        return f"but there are {self.counted.count}: {missing} {'lies' if missing == 1 else 'lie'} outside the ansatz"

    def __repr__(self) -> str:
        """Show what was found, what was proved, and whether it is all."""
        proved = sum(law.verdict.proved for law in self.found)
        listed = "; ".join(str(law.general) for law in self.found)
        noun = "conserved quantity" if self.count == 1 else "conserved quantities"
        return (
            f"<{self.count} independent {noun} of {self.rule!r} at widths {self.widths}, "
            f"{self.agreement}: {listed} ({proved} of {len(self.found)} proved)>"
        )

    def _repr_latex_(self) -> str | None:
        if not self.found:
            return None
        rows = r" \\ ".join(rf"& {latex_of(law.general)} && \text{{{law.verdict.word}}}" for law in self.found)
        return rf"$\displaystyle \begin{{aligned}} {rows} \end{{aligned}}$"


def conservation_laws(
    rule: Rule,
    widths: Sequence[int],
    *,
    degree: int = 2,
    biases: bool = False,
    batch: int | None = None,
    seed: int = 0,
    seconds: float = 10.0,
    progress: Progress = lambda _: None,
) -> ConservationLaws:
    """Find quantities that the flow of a rule conserves for all data and any loss, and prove them.

    A candidate is a linear combination of words of one shape in the weights, biases and constant matrices, or of traces
    of words and log-determinants. Its coefficients solve a linear system over F_p: derivatives along the flow vanish at
    random points and data. What is found is certified with symbolic widths where it can be, and an independent set is
    kept: the differentials at a random point are linearly independent.

    Args:
        rule: a rule that has a flow.
        widths: ``(n_0, ..., n_L)``.
        degree: how many letters a word has at most.
        biases: whether the layers have biases.
        batch: the number of samples in a datum; None for one.
        seed: of the primes, points and data.
        seconds: how long to search for each proof.
        progress: is called with a text whenever a part begins.

    >>> from tptheory.symbolic.rules import Backprop, TargetProp
    >>> laws = conservation_laws(TargetProp(), (2, 2, 1))
    >>> laws.count, laws.certified, laws.matched, laws.laws
    (1, True, True, (LogPdet(W_2) - Trace(W_1*W_1.T)/2,))
    >>> [str(law.general) for law in conservation_laws(Backprop(), (2, 2, 1)).found]
    ['-W_1*W_1.T + W_2.T*W_2']

    Raises:
        InvalidTypeError: if an argument is of the wrong type.
        InvalidValueError: if widths or degree are too large, or the rule has no flow.
    """
    degree, seed = whole("degree", degree), whole("seed", seed, lowest=0)
    check_seconds(seconds)
    fields = DataFields(rule, widths, biases, batch)
    check_cost(fields)
    counted = count_conservation_laws(rule, widths, biases=biases, batch=batch, seed=seed, progress=progress)
    search = Search(fields, np.random.default_rng(seed))
    found = search.independent(search.candidates(degree, progress))
    laws = []
    for law, independent in found:
        progress(f"proving that {law.quantity} is conserved")
        laws.append(_certified(search, law, independent, seconds))
    return ConservationLaws(rule, counted.widths, biases, degree, tuple(laws), counted)


def _certified(search: Search, law: Candidate, independent: int, seconds: float) -> Law:
    """Return the law with a proof, if there is one: of all weights, of those of the usual ranks, or at these widths."""
    here = search.at_widths(law.quantity)
    first, *others = _versions(search, law, here)
    verdict = prove(first, seconds)
    if verdict.proved:
        return Law(here, law.quantity, independent, law.given, verdict)
    for claim in others:
        attempt = prove(claim, seconds)
        if isinstance(attempt, Proved):
            proof = _with_fewest_hypotheses(claim, attempt, seconds)
            return Law(here, law.quantity, independent, proof.claim.given, proof)
    return Law(here, law.quantity, independent, law.given, verdict)


def _versions(search: Search, law: Candidate, here: Any) -> list[Conserved]:
    """Return the claims that say that a law holds, from the strongest on."""
    general, given, net = law.quantity, law.given, search.flow.net
    usual = generic_ranks([*net.weights, *search.constants, net.input], search.sizes)
    versions = [Conserved(general, search.flow, given), Conserved(general, search.flow, (*given, *usual))]
    if given:
        return versions
    fields = search.fields
    return [*versions, Conserved(here, fields.flow, generic_ranks([*fields.net.weights, fields.net.input], {}))]


def _with_fewest_hypotheses(claim: Conserved, proof: Proved, seconds: float) -> Proved:
    """Leave out the hypotheses, one after the other, without which a proof is found too."""
    for hypothesis in claim.given:
        fewer = replace(claim, given=tuple(h for h in claim.given if h != hypothesis))
        attempt = prove(fewer, seconds)
        if isinstance(attempt, Proved):
            claim, proof = fewer, attempt
    return proof
