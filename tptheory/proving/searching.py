"""What all strategies share: the search for a goal among the consequences of hypotheses, and the data of a proof."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any, NamedTuple

from tptheory.proving.completion import Completion
from tptheory.proving.contents import shared
from tptheory.proving.limits import Limits
from tptheory.proving.rewriting import Cofactors, Combination, traced_cofactors, without
from tptheory.proving.translating import Assumption
from tptheory.proving.translation import CASE, LEMMA, Translator
from tptheory.proving.unfolding import Membership
from tptheory.proving.words import Polynomial, summed


class StuckError(Exception):
    """Raised when no proof is found; it says how far the search got."""

    def __init__(self, reason: str, **evidence: Any) -> None:
        super().__init__(reason)
        self.reason, self.evidence = reason, evidence
        self.final = False
        """Whether the search came to its end, so that more time or effort would find no more."""


class RefusedError(StuckError):
    """Raised when no proof is found but one that the checker refuses, which is kept as evidence."""

    def __init__(self, reason: str, certificate: dict[str, Any]) -> None:
        super().__init__(f"the checker refuses what the prover found: {reason}", certificate=certificate)


@dataclass(frozen=True)
class Branch:
    """One case of a proof: the translator with its hypotheses, the numbers of those that the case adds, the proof."""

    translator: Translator
    added: tuple[int, ...]
    proof: Proof


class Lemma(NamedTuple):
    """A hypothesis, by its number in a branch of a translator, that is shown by a proof before it is used."""

    number: int
    proof: Proof


@dataclass(frozen=True)
class Proof:
    """How a goal, left side minus right side, follows from the hypotheses of a translator.

    Attributes:
        goal: the goal, as a sum of polynomials.
        origin: the cofactors.
        method: the method, as a certificate names it.
        fields: the fields that the method has beside its cofactors.
        branches: in a proof by cases, the proof in each case; in a proof by lemmas, that of the goal from the lemmas.
        lemmas: in a proof by lemmas, their proofs over the translator of the one branch, in order.
        bound: in a proof about a rank, the bound of the rank, as a certificate writes it.
    """

    goal: tuple[Polynomial, ...]
    origin: Combination
    method: str = "identity"
    fields: dict[str, Any] = field(default_factory=dict)
    branches: tuple[Branch, ...] = ()
    lemmas: tuple[Lemma, ...] = ()
    bound: Any = None


Attempt = Callable[[Translator, float], Proof]
"""An attempt to prove something: it takes the hypotheses and a deadline, and returns a proof or raises StuckError."""


LEAST_SECONDS = 0.01
"""How many seconds an attempt gets at least: a proof that is found at once is found however little time is left."""


def refuse_when_late(deadline: float) -> None:
    """Raise StuckError if a deadline is over: no further attempt is begun."""
    if perf_counter() > deadline:
        raise StuckError("the time was up")


def completion(translator: Translator, deadline: float, elements: int = Limits.elements) -> Completion:
    """Return a completion of the hypotheses that does as much work as the translator allows, and ends by the deadline.

    Args:
        translator: the translator with the hypotheses.
        deadline: when to end; a completion has `LEAST_SECONDS` even where the deadline is over.
        elements: how many elements it may have.
    """
    seconds = max(deadline - perf_counter(), LEAST_SECONDS)
    limits = Limits(seconds, elements=elements, effort=translator.effort)
    made = Completion(translator.alphabet, [h.polynomial for h in translator.hypotheses], limits)
    translator.searches.append(made.statistics)
    return made


def combination_of(completion: Completion, goal: Polynomial, whole: bool = False) -> Membership:
    """Return the goal as a combination of the hypotheses of a completion.

    Args:
        completion: the completion, which may grow.
        goal: the polynomial that is to vanish.
        whole: whether to write the combination out without lemmas, however long it is.

    Raises:
        StuckError: if it is not found to be one.
    """
    found = completion.prove(goal, whole)
    if found is None:
        statistics = completion.statistics
        reason = {
            "": "the goal does not follow from the hypotheses by algebra alone",
            "time": "the time was up",
            "effort": "the time was up",
            "length": f"words grew longer than {completion.limits.length} letters",
            "elements": f"the basis grew beyond {completion.limits.elements} elements",
        }[statistics.stopped]
        raise StuckError(
            reason,
            remainder=completion.remainder.excerpt(),
            basis=statistics.elements,
            overlaps=statistics.overlaps,
            longest_overlap=statistics.longest,
        )
    return found


def hypotheses_used(translator: Translator, proof: Proof) -> list[int]:
    """Return the numbers of the hypotheses that a proof uses; a transpose counts as the hypothesis it comes from."""
    known = translator.hypotheses
    numbers = {k if (of := known[k].transposes) is None else of for _, _, k in proof.origin}
    for b in proof.branches:
        inside = (b.proof, *(lemma.proof for lemma in proof.lemmas))
        numbers |= {k for each in inside for k in hypotheses_used(b.translator, each)} - {*b.added}
    return sorted(numbers)


def proof_by_combination(goal: tuple[Polynomial, ...], origin: Combination) -> Proof:
    """Return a proof that the sum of ``goal`` vanishes, given the combination of hypotheses that equals it.

    A cofactor does not record the size of an identity matrix. Where a scalar equation multiplies one, the goal is
    therefore proved by its squared norm ``tr(D'D)``, in which the identity has become its size.
    """
    D = summed(goal)
    if D.is_scalar or not any(place.outer == "" and not (place.left or place.right) for _, place, _ in origin):
        return Proof(goal, origin)
    squared: Combination = []
    for (scalars, word), d in D.transpose().terms.items():
        for c, place, number in origin:
            around = tuple(sorted((*place.scalars, *scalars)))
            if place.outer is None:
                moved = Cofactors(around, word + place.left, place.right)
            else:
                moved = Cofactors(around, place.left, place.right, word + place.outer)
            traced, factor = traced_cofactors(D.alphabet, moved, D.columns)
            squared.append((c * d * factor, traced, number))
    return Proof(goal, squared, "cancellation", {"squares": []})


def adopt_definitions(translator: Translator, branch: Translator) -> None:
    """Let what was defined over a branch of a translator join the translator, under the same numbers.

    Where the branch has a case or a lemma, a hypothesis that the translator has already stands once more.
    """
    more = branch.hypotheses[len(translator.hypotheses) :]
    if any(h.reason not in (CASE, LEMMA) for h in more):
        known = next(h for h in branch.hypotheses if h.reason not in (CASE, LEMMA))
        filler = Assumption(known.polynomial, known.reason)
        translator.hypotheses += [filler if h.reason in (CASE, LEMMA) else h for h in more]


class LemmaChain:
    """Lemmas, one after the other, over a branch of a translator that assumes each of them once it is shown.

    Args:
        translator: the translator with the hypotheses.
    """

    def __init__(self, translator: Translator) -> None:
        self.translator, self.branch = translator, translator.branch()
        self.lemmas: list[Lemma] = []

    def add(self, polynomial: Polynomial, proof: Proof) -> tuple[int, int]:
        """Add a lemma, unless it is known; return the number of the hypothesis that it then is, and the sign it has."""
        known = [h.polynomial for h in self.branch.hypotheses]
        for sign in (1, -1):
            if polynomial.scale(sign) in known:
                return known.index(polynomial.scale(sign)), sign
        self.branch.assume(polynomial, LEMMA)
        self.lemmas.append(Lemma(len(known), proof))
        return len(known), 1

    def close(self, proof: Proof) -> Proof:
        """Return a proof over the branch as one over the translator: the lemmas that it needs are shown in it."""
        adopt_definitions(self.translator, self.branch)
        needed = {*hypotheses_used(self.branch, proof)}
        kept: list[Lemma] = []
        for lemma in reversed(self.lemmas):
            if lemma.number in needed:
                needed |= {*hypotheses_used(self.branch, lemma.proof)}
                kept.append(lemma)
        if not kept:
            return proof
        kept.reverse()
        rest = Branch(self.branch, tuple(lemma.number for lemma in kept), proof)
        return Proof(proof.goal, [], "lemmas", {}, (rest,), tuple(kept), proof.bound)


def concluded(translator: Translator, found: Membership, conclude: Callable[[Combination], Proof]) -> Proof:
    """Return the proof that is made of a combination; where this has lemmas, they are shown first."""
    chain = LemmaChain(translator)
    numbers = [(k, 1) for k in range(len(translator.hypotheses))]

    def renumbered(origin: Combination) -> Combination:
        return [(c * numbers[k][1], place, numbers[k][0]) for c, place, k in origin]

    for polynomial, origin in found.lemmas:
        numbers.append(chain.add(polynomial, proof_by_combination((polynomial,), renumbered(origin))))
    return chain.close(conclude(renumbered(found.origin)))


def common_scalars(*polynomials: Polynomial) -> list[str]:
    """Return the scalars that stand in every term, such as ``eta``."""
    return shared(scalars for p in polynomials for scalars, _ in p.terms)


def divided(p: Polynomial, scalars: Sequence[str]) -> Polynomial:
    """Divide a polynomial by scalars that stand in every term."""
    return p.with_terms({(without(s, scalars) or (), word): c for (s, word), c in p.terms.items()})


def times(p: Polynomial, scalars: Sequence[str]) -> Polynomial:
    """Multiply a polynomial by scalars."""
    return p.with_terms({(tuple(sorted((*s, *scalars))), word): c for (s, word), c in p.terms.items()})


def multiplied(proof: Proof, scalars: Sequence[str]) -> Proof:
    """Return the proof of a goal times scalars: each cofactor is multiplied by them, or by their squares.

    Their squares are needed in a proof by ``|D|^2 = 0``, which the method ``cancellation`` is.
    """
    if proof.lemmas:
        (rest,) = proof.branches
        goal, last = tuple(times(p, scalars) for p in proof.goal), multiplied(rest.proof, scalars)
        return replace(proof, goal=goal, branches=(replace(rest, proof=last),))
    if proof.method not in ("identity", "cancellation") or proof.fields.get("squares"):
        raise StuckError(f"a proof by {proof.method} is not multiplied by scalars")
    more = [*scalars] * (2 if proof.method == "cancellation" else 1)
    origin = [(c, place._replace(scalars=tuple(sorted((*place.scalars, *more)))), k) for c, place, k in proof.origin]
    return replace(proof, goal=tuple(times(p, scalars) for p in proof.goal), origin=origin)
