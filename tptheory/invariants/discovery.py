"""Discover conserved quantities: from candidates, by exact linear algebra, to certificates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from tptheory.checking import check_seconds, checked_integer
from tptheory.claims.motions import Conserved, Decays
from tptheory.clock import TimeUpError, time_limit
from tptheory.deciding.answers import confirmed_proof, decide
from tptheory.deciding.verdicts import Proved, Refuted, Undecided
from tptheory.errors import InvalidValueError, complain
from tptheory.invariants.ansatz import Candidate, generic_ranks
from tptheory.invariants.counting import count_laws
from tptheory.invariants.fields import DataFields
from tptheory.invariants.orbits import Progress
from tptheory.invariants.quotients import quotients
from tptheory.invariants.results import ConservationLaws, CountedLaws, Law
from tptheory.invariants.searching import Search
from tptheory.keywords import known_keywords
from tptheory.proving.certificate import Certificate
from tptheory.proving.restating import restated
from tptheory.symbolic.dynamics import Flow
from tptheory.symbolic.rules import Rule

LARGEST_DEGREE = 20
"""The most letters of a word: there are many words by then, even of one layer."""

_NOT_FOR_ALL = "it was found at these widths and for the values that are given; for all matrices it is false"


@known_keywords
def count_conservation_laws(
    rule: str | Rule,
    widths: Sequence[int],
    *,
    biases: bool = False,
    batch: int | None = None,
    constants: Mapping[Any, Any] | None = None,
    seed: int = 0,
    degree: int | None = None,
    seconds: float = 10.0,
    progress: Progress = lambda _: None,
) -> CountedLaws:
    """Count the independent quantities that the flow of a rule conserves for all data and any loss.

    The count is ``dim(parameters, states) - dim Lie{v_(x, d_L)}`` at a random point, exactly, over two prime fields;
    see `tptheory.invariants.orbits` for the method. By Frobenius' theorem that many functions, and no more, are
    conserved near almost every point (Marcotte, Gribonval and Peyré, 2023, count in this way for BP). A quantity that
    decays at a known rate is none of them, but the ratio of two that decay alike is.

    Args:
        rule: a rule that has a flow, or the name of a built-in one; its states move with the parameters.
        widths: ``(n_0, ..., n_L)``.
        biases: whether the layers have biases.
        batch: the number of samples in a datum; None for one, which is enough unless the rule mixes samples.
        constants: by symbol or name, integers, fractions, or matrices of them, for what the rule holds fixed
            (``lambda``, ``B_l``, an ``s`` of your own). What is not given is random, so that the count is that for
            almost all values.
        seed: of the primes, the point and the data.
        degree: if given, also look for the laws, up to this degree, as `conservation_laws` does.
        seconds: how long to look for them, and then for each proof.
        progress: is called with a text whenever a part begins.

    >>> from tptheory.symbolic.rules import Backprop, TargetProp
    >>> count_conservation_laws(Backprop(), (2, 2, 1))
    <3 conservation laws of Backprop() at widths (2, 2, 1): dimension 6 - rank 3 (ranks 2 -> 3 -> 3 -> 3)>
    >>> count_conservation_laws(TargetProp(), (2, 2, 1)).count
    1

    Raises:
        InvalidTypeError: if an argument is of the wrong type.
        InvalidValueError: if the widths are too large, the rule has no flow or is nowhere defined at these widths, or a
            constant is not admitted.
        UnknownNameError: if ``rule`` or a constant is not known.
    """
    seed = checked_integer("seed", seed, lowest=0)
    if degree is not None:
        found = conservation_laws(
            rule,
            widths,
            degree=degree,
            biases=biases,
            batch=batch,
            constants=constants,
            seed=seed,
            seconds=seconds,
            progress=progress,
        )
        return replace(found.counted, found=found)
    return count_laws(DataFields(rule, widths, biases, batch, constants), seed, progress)


@known_keywords
def conservation_laws(
    rule: str | Rule,
    widths: Sequence[int],
    *,
    degree: int = 2,
    biases: bool = False,
    batch: int | None = None,
    constants: Mapping[Any, Any] | None = None,
    seed: int = 0,
    seconds: float = 10.0,
    progress: Progress = lambda _: None,
) -> ConservationLaws:
    """Find quantities that the flow of a rule conserves for all data and any loss, or that decay, and prove them.

    A candidate is a linear combination of words of one shape in the weights, biases and constant matrices, or of traces
    of words and log-determinants. Its coefficients solve a linear system over F_p: derivatives along the flow vanish at
    random points and data. What is found is certified with symbolic widths where it can be, and an independent set is
    kept: the differentials at a random point are linearly independent. Where the rule has scalar constants, such as a
    weight decay ``c``, quantities that decay at the rate ``c, 2c, ...`` are found in the same way, ``dQ/dt = -k c Q``;
    so are those at multiples of a number, where the decay is one. Quotients of these, from which the time cancels, are
    laws.

    Args:
        rule: a rule that has a flow, or the name of a built-in one.
        widths: ``(n_0, ..., n_L)``.
        degree: how many letters a word has at most.
        biases: whether the layers have biases.
        batch: the number of samples in a datum; None for one.
        constants: as for `count_conservation_laws`. A law is proved for all values of a matrix that is given; one that
            holds for the given matrix alone is found, and not proved.
        seed: of the primes, points and data.
        seconds: how long to search for quantities, and then for each proof; the count takes what it takes.
        progress: is called with a text whenever a part begins.

    >>> from tptheory.symbolic.rules import Backprop, TargetProp
    >>> laws = conservation_laws(TargetProp(), (2, 2, 1))
    >>> laws.count, laws.certified, laws.matched, laws.laws
    (1, True, True, (LogPdet(W_2) - Trace(W_1*W_1.T)/2,))
    >>> [str(law.general) for law in conservation_laws(Backprop(), (2, 2, 1)).found]
    ['-W_1*W_1.T + W_2.T*W_2']

    Raises:
        InvalidTypeError: if an argument is of the wrong type.
        InvalidValueError: if widths or degree are too large, also for the ``seconds``, the rule has no flow, or a
            constant is not admitted.
        UnknownNameError: if ``rule`` or a constant is not known.
    """
    degree, seed = checked_integer("degree", degree, limit=LARGEST_DEGREE), checked_integer("seed", seed, lowest=0)
    check_seconds(seconds)
    fields = DataFields(rule, widths, biases, batch, constants)
    counted = count_laws(fields, seed, progress)
    search = Search(fields, np.random.default_rng(seed))
    laws = []
    for law, independent in _laws_in_time(search, degree, seconds, progress):
        progress(f"proving that {law.quantity} {'is conserved' if law.rate == 0 else 'decays'}")
        laws.append(_certified(search, law, independent, seconds))
    found, decaying = (tuple(law for law in laws if (law.rate == 0) is still) for still in (True, False))
    return ConservationLaws(fields.rule, counted.widths, biases, degree, found, counted, decaying)


def _laws_in_time(search: Search, degree: int, seconds: float, progress: Progress) -> list[tuple[Candidate, int]]:
    """Return the independent laws if they are found in so many seconds.

    Raises:
        InvalidValueError: if they are not.
    """
    said = ["no step"]

    def noted(text: str) -> None:
        said.append(text)
        progress(text)

    try:
        with time_limit(seconds):
            return _independent_laws(search, degree, noted)
    except TimeUpError:
        expected = f"long enough to search words of up to {degree} letters"
        mend = f"It got to {said[-1]}. Give more, or a smaller degree."
        raise InvalidValueError(complain("seconds", expected, seconds, mend)) from None


def _independent_laws(search: Search, degree: int, progress: Progress) -> list[tuple[Candidate, int]]:
    """Return the laws that are independent of those before them, quotients of decaying quantities among them.

    Then come the quantities that decay, independent of the others and of each other.
    """
    still = search.candidates(degree, progress)
    moving = [law for rate in search.rates(degree) for law in search.candidates(degree, progress, rate)]
    if not moving:
        return search.independent(still)
    decaying = [(law, number) for law, number in search.independent([*still, *moving]) if law.rate != 0]
    ratios = quotients([law for law, _ in decaying], search.vanishes)
    return [*search.independent([*still, *ratios]), *decaying]


def found_laws(fields: DataFields, degree: int, seed: int, seconds: float) -> list[Law]:
    """Return the conserved quantities that an ansatz finds, each with what the prover says of it."""
    search = Search(fields, np.random.default_rng(seed))
    candidates = _independent_laws(search, degree, lambda _: None)
    return [_certified(search, law, independent, seconds) for law, independent in candidates if law.rate == 0]


def restated_laws(fields: DataFields, certificates: Sequence[Certificate], degree: int) -> Iterator[Law]:
    """Run through the conserved quantities that an ansatz finds and of which certificates state that they are.

    The certificates were checked. A law is given the hypotheses of the weakest of its claims that one of them proves.
    """
    search = Search(fields, np.random.default_rng(0))
    candidates = _independent_laws(search, degree, lambda _: None)
    for law, independent in [each for each in candidates if each[0].rate == 0]:
        here = search.at_widths(law.quantity)
        for claim, certificate in product(_versions(search, law, here), certificates):
            fresh = restated(claim, certificate, claim.statement())
            verdict = None if fresh is None else confirmed_proof(claim, fresh, 0.0, recalled=True)
            if isinstance(verdict, Proved):
                yield Law(here, law.quantity, independent, claim.given, verdict, law.rate)
                break


def _certified(search: Search, law: Candidate, independent: int, seconds: float) -> Law:
    """Return the law with a proof if one is found: for all weights, for those of generic ranks, or at these widths."""
    here = search.at_widths(law.quantity)
    first, *others = _versions(search, law, here)
    verdict = decide(first, seconds)
    if isinstance(verdict, Proved):
        return Law(here, law.quantity, independent, law.given, verdict, law.rate)
    for claim in others:
        attempt = decide(claim, seconds)
        if isinstance(attempt, Proved):
            proof = _with_fewest_hypotheses(claim, attempt, seconds)
            return Law(here, law.quantity, independent, proof.claim.given, proof, law.rate)
    if isinstance(verdict, Refuted):
        evidence = {"counterexample for all matrices": verdict.counterexample.to_json()}
        verdict = Undecided(first, _NOT_FOR_ALL, evidence, verdict.seconds)
    return Law(here, law.quantity, independent, law.given, verdict, law.rate)


def _versions(search: Search, law: Candidate, here: Any) -> list[Conserved | Decays]:
    """Return the claims that say that a law holds, the strongest first."""

    def claim(quantity: Any, flow: Flow, given: tuple[Any, ...]) -> Conserved | Decays:
        return Conserved(quantity, flow, given) if law.rate == 0 else Decays(quantity, flow, law.rate, given)

    general, given, net = law.quantity, law.given, search.flow.net
    held = {str(symbol) for symbol in search.fields.held}  # may be of any rank
    generic = [symbol for symbol in search.constants if str(symbol) not in held]
    usual = generic_ranks([*_matrices(search.flow), *generic, net.input], search.sizes)
    versions = [claim(general, search.flow, given), claim(general, search.flow, (*given, *usual))]
    if given:
        return versions
    fields = search.fields
    return [*versions, claim(here, fields.flow, generic_ranks([*_matrices(fields.flow), fields.net.input], {}))]


def _matrices(flow: Flow) -> list[Any]:
    """Return the weights and the states that move along a flow, without its biases."""
    biases = [flow.net.bias(l) for l in flow.net.layers] if flow.net.biases else []
    return [A for A in flow if A not in biases]


def _with_fewest_hypotheses(claim: Conserved | Decays, proof: Proved, seconds: float) -> Proved:
    """Leave out, one after the other, the hypotheses without which a proof is found as well."""
    for hypothesis in claim.given:
        fewer = replace(claim, given=tuple(h for h in claim.given if h != hypothesis))
        attempt = decide(fewer, seconds)
        if isinstance(attempt, Proved):
            claim, proof = fewer, attempt
    return proof
