"""The three questions about a claim: whether it has a proof, whether it has a counterexample, and which of the two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from time import perf_counter
from typing import Any

from sympy import ZeroMatrix

from tptheory.checking import check_seconds
from tptheory.claims.claim import Claim
from tptheory.claims.goals import Goal, Vanishes
from tptheory.claims.theorem import Theorem, as_claim
from tptheory.claims.vacuity import oversized, unmeetable
from tptheory.clock import TimeUpError, time_limit
from tptheory.deciding.confirming import confirm_proof
from tptheory.deciding.contradiction import NO_INSTANCE, unless_absurd
from tptheory.deciding.verdicts import Cause, Proved, Refuted, Undecided
from tptheory.errors import TptheoryError, UnsupportedExpressionError
from tptheory.keywords import known_keywords
from tptheory.proving.certificate import Certificate
from tptheory.proving.searching import RefusedError, StuckError
from tptheory.proving.tactics import EFFORTS, Prover
from tptheory.refuting.counterexample import Counterexample
from tptheory.refuting.search import CounterexampleSearch, Searched
from tptheory.symbolic.remembering import one_question

TURNS = ((EFFORTS[:1], 0.02, 0.02), (EFFORTS[:1], 0.25, 0.15), (EFFORTS[:2], 0.5, 0.6), (EFFORTS, 1.0, 1.0))
"""The turns of `decide`: the efforts of the prover, and what part of the time left it and the refuter get at most.

The shares of the first turn are small: most claims are settled within them.
"""
LEAST_SECONDS = 0.02
"""The seconds that the prover or the refuter gets at least, even where the other has used up the time."""
TURN_OF_CONTRADICTION_CHECK = 1
"""The number of the turn after which it is looked whether hypotheses that no instance met contradict each other."""
CONTRADICTION_SHARE = 0.5
"""What part of the time that is left this may take."""
SECONDS_BEFORE_NO_INSTANCE_IS_TOLD = 0.5
"""The seconds after which a search that met the hypotheses nowhere says so, though its time was up."""
OUT_OF_TIME = "the time was up"
"""The words for a side that had no time to answer."""
UNMET = "none that was drawn or built meets them, which does not show that nothing does"
"""What is said of hypotheses that no instance met, though nothing is known to rule them out."""
REPORT = "this is a fault of tptheory: please report the claim and this evidence"
"""What a user is asked to do where two evaluations of a claim disagree."""


@known_keywords
@one_question()
def prove(claim: Claim | Theorem, seconds: float = 10.0) -> Proved | Undecided:
    """Search for a proof of a claim; return it only if the checker accepts it and the claim as typed holds on numbers.

    Args:
        claim: a claim, or a theorem.
        seconds: how long to search; the answer comes at most a tenth of this, and a tenth of a second, later.

    Returns:
        `Proved` with a certificate, or `Undecided` with how far the search got.

    Raises:
        InvalidTypeError: if ``claim`` is no claim.
        InvalidValueError: if ``seconds`` is not a positive number.

    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory.claims.vocabulary import Equal
    >>> from tptheory.symbolic.expressions import Pinv
    >>> A = MatrixSymbol("A", *symbols("m n"))
    >>> prove(Equal(A.T * A * Pinv(A), A.T)).proved
    True
    """
    title = claim.plain_title if isinstance(claim, Theorem) else ""
    check_seconds(seconds)
    claim = as_claim(claim)
    own = _own_verdict(claim, seconds, seed=0)
    if own is not None:
        return own if own.proved else Undecided(claim, own.explain(), {}, own.seconds)
    with time_limit(seconds):
        return _Proving(claim, title, seconds).run(seconds)[0]


def _own_verdict(claim: Claim, seconds: float, seed: int) -> Any:
    """Return the verdict of a claim that decides itself, in time; None for every other claim."""
    started = perf_counter()
    try:
        with time_limit(seconds):
            return claim.own_verdict(seconds, seed)
    except TimeUpError as late:
        return Undecided(claim, late.reason, {}, perf_counter() - started)


class _Proving:
    """A search for a proof that goes on where it was left each time it runs.

    Args:
        claim: the claim.
        title: the title of the certificate; the statement of the claim if it is empty.
        seconds: how long all the turns may take together.
    """

    def __init__(self, claim: Claim, title: str, seconds: float) -> None:
        self.claim, self.title = claim, title
        self.prover: Prover | None = None
        self._end = perf_counter() + seconds

    def run(self, seconds: float, efforts: Sequence[int] = EFFORTS) -> tuple[Proved | Undecided, bool]:
        """Search on with these efforts; return the verdict, and whether more effort or time could give another."""
        started, claim = perf_counter(), self.claim
        certificate: Certificate | None = None

        def undecided(reason: str, evidence: dict[str, Any], cause: Cause = Cause.NOT_FOUND) -> Undecided:
            return Undecided(claim, reason, evidence, perf_counter() - started, cause)

        try:
            self.prover = self.prover or Prover(claim, self.title)
            certificate = self.prover.run(seconds, efforts)
            checked = certificate.check()
            if not checked:
                raise RefusedError(checked.reason, certificate.data)
            found = confirmed_proof(claim, certificate, perf_counter() - started)
            if isinstance(found, Undecided) and found.cause is Cause.UNMET:
                found = unless_absurd(found, self._end - perf_counter())
            return found, False
        except RefusedError as refused:
            return undecided(refused.reason, {**refused.evidence, "report": REPORT}, Cause.FAULT), not refused.final
        except StuckError as stuck:
            return undecided(stuck.reason, stuck.evidence), not stuck.final
        except UnsupportedExpressionError as error:
            return undecided(f"outside the language of the prover: {error}", {}, Cause.OUTSIDE), False
        except TimeUpError as late:
            if certificate is None:
                return undecided(late.reason, {}), True
            reason = "a proof was found, and the time was up before the claim was evaluated beside it"
            return undecided(reason, {"certificate": certificate.data}), True
        except TptheoryError:
            raise
        except Exception as error:  # a claim that could be built has a verdict, whatever happens on the way to it
            return _ended_by(error, "the prover", claim, perf_counter() - started), False


def confirmed_proof(
    claim: Claim, certificate: Certificate, seconds: float, recalled: bool = False
) -> Proved | Undecided:
    """Return `Proved` for a certificate that the checker accepts, if the claim as typed holds on numbers.

    Otherwise return `Undecided`, with both sides as evidence.
    """
    found = confirm_proof(claim, recalled)
    if found.part is None and (found.evaluated or found.empty):
        return Proved(claim, certificate, seconds, found.evaluated)
    if found.part is None and found.without_value:
        reason = f"a proof was found, but the claim could not be evaluated beside it: {found.without_value}"
        return Undecided(claim, reason, {"certificate": certificate.data}, seconds)
    if found.part is None:
        cause, why = _why_none(claim)
        reason = f"a proof was found, and {NO_INSTANCE}: {why}"
        return Undecided(claim, reason, {"certificate": certificate.data}, seconds, cause)
    evidence = {**found.told(), "certificate": certificate.data, "report": REPORT}
    reason = "prover and numbers disagree: an instance breaks what has a proof"
    return Undecided(claim, reason, evidence, seconds, Cause.FAULT)


@known_keywords
@one_question()
def refute(claim: Claim | Theorem, seconds: float = 10.0, seed: int = 0) -> Refuted | Undecided:
    """Search for the smallest exact counterexample to a claim.

    Smallest means: least sum of symbolic sizes, then least sum of absolute entries. The counterexample says how far it
    was verified that there is no smaller one.

    Args:
        claim: a claim, or a theorem.
        seconds: how long to search.
        seed: the seed of the random part of the search; the same seed gives the same answer, time permitting.

    Returns:
        `Refuted` with a counterexample that was evaluated twice, or `Undecided` with how far the search got.

    Raises:
        InvalidTypeError: if ``claim`` is no claim.
        InvalidValueError: if ``seconds`` is not a positive number.

    >>> from tptheory import DeepLinearNetwork, Zero
    >>> refute(Zero(DeepLinearNetwork(depth=1).error))
    Refuted('W_1*x - y = 0', Counterexample(W_1=[[0]], x=[[0]], y=[[1]]))
    """
    check_seconds(seconds)
    claim = as_claim(claim)
    own = _own_verdict(claim, seconds, seed)
    if own is not None:
        return own if own.refuted else Undecided(claim, own.explain(), {}, own.seconds)
    with time_limit(seconds):
        return _Refuter(claim, seed).run(seconds)


class _Refuter:
    """A search for a counterexample that goes on where it was left each time it runs.

    Args:
        claim: the claim.
        seed: the seed of the search.
    """

    def __init__(self, claim: Claim, seed: int) -> None:
        self.claim, self.seed = claim, seed
        self.search: CounterexampleSearch | None = None
        self.ended = False
        """Whether the search cannot go on: it was ended within a step, or there is nothing to search for."""

    def unless_absurd(self, met: Refuted | Undecided, seconds: float) -> Refuted | Undecided:
        """Return the answer of a search; where no instance met the hypotheses, say so if nothing can meet them."""
        nowhere = self.claim.assumes and self.search is not None and self.search.tried == 0
        return unless_absurd(met, seconds) if nowhere and isinstance(met, Undecided) else met

    def run(self, seconds: float) -> Refuted | Undecided:
        """Search on for some seconds, and confirm what is found."""
        started, claim = perf_counter(), self.claim
        try:
            if all(map(_says_nothing, claim.goals())):
                self.ended = True
                return Undecided(claim, "nothing breaks it: both sides are one expression")
            self.search = self.search or CounterexampleSearch(claim, self.seed)
            searched = self.search.run(seconds)
            found, self.ended = searched.counterexample, bool(self.search.interrupted)
            if found is not None:
                return confirmed_counterexample(claim, found, perf_counter() - started)
            return self._none_found(searched, seconds, perf_counter() - started)
        except TimeUpError as late:
            self.ended = True
            evidence = self.search.evidence() if self.search else {"instances tried": 0}
            return Undecided(claim, late.reason, evidence, perf_counter() - started)
        except TptheoryError:
            raise
        except Exception as error:  # as in `prove`
            return _ended_by(error, "the search", claim, perf_counter() - started)

    def _none_found(self, searched: Searched, allowed: float, took: float) -> Undecided:
        """Say why no counterexample was found: a size is too large, no instance met the hypotheses, or neither.

        That no instance met them is said if the search was long, came to its end, or nothing can meet them.
        """
        looked = took < allowed or took > SECONDS_BEFORE_NO_INSTANCE_IS_TOLD or unmeetable(self.claim)
        reason, cause = searched.reason, Cause.NOT_FOUND
        if self.claim.assumes and searched.evidence["instances tried"] == 0 and looked:
            cause, why = _why_none(self.claim)
            reason = f"{NO_INSTANCE} was found: {why}"
        if large := oversized(self.claim):
            reason, cause = "; ".join(large), Cause.NOT_FOUND
        return Undecided(self.claim, reason, searched.evidence, took, cause)


def _says_nothing(goal: Goal) -> bool:
    """Whether a goal says that an expression equals itself, or that 0 is 0."""
    if not isinstance(goal, Vanishes):
        return False
    return goal.left == goal.right or all(side == 0 or isinstance(side, ZeroMatrix) for side in goal.terms())


def confirmed_counterexample(claim: Claim, found: Counterexample, seconds: float) -> Refuted | Undecided:
    """Return `Refuted` if a second evaluation finds that the counterexample breaks the claim as typed.

    Otherwise return `Undecided`, with both sides as evidence.
    """
    if found.check():
        return Refuted(claim, found, seconds)
    evidence = {"part": found.claim.statement(), "instance": found.to_json(), "report": REPORT}
    reason = "the search and a second evaluation disagree on a counterexample"
    return Undecided(claim, reason, evidence, seconds, Cause.FAULT)


@known_keywords
@one_question()
def decide(claim: Claim | Theorem, seconds: float = 10.0, seed: int = 0) -> Proved | Refuted | Undecided:
    """Answer a claim with a machine-checked proof, or with the smallest exact counterexample.

    Both sides take turns from the start: the prover with little effort, the search for counterexamples for a short
    time, and then each for longer. Where one side has come to its end, the other gets all the time that is left.

    Args:
        claim: a claim, or a theorem.
        seconds: how long to search on both sides together.
        seed: the seed of the search for counterexamples.

    Returns:
        `Proved`, `Refuted`, or `Undecided`, which says how far each side got.

    Raises:
        InvalidTypeError: if ``claim`` is no claim.
        InvalidValueError: if ``seconds`` is not a positive number.

    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory.claims.vocabulary import Equal
    >>> from tptheory.symbolic.expressions import Pinv
    >>> A = MatrixSymbol("A", *symbols("m n"))
    >>> decide(Equal(Pinv(A), A.T))
    Refuted('Pinv(A) = A.T', Counterexample(A=[[2]]))
    """
    check_seconds(seconds)
    title = claim.plain_title if isinstance(claim, Theorem) else ""
    claim = as_claim(claim)
    own = _own_verdict(claim, seconds, seed)
    if own is not None:
        return own
    started = perf_counter()
    undecided = {side: Undecided(claim, OUT_OF_TIME) for side in ("proof", "search")}
    with suppress(TimeUpError), time_limit(seconds):  # raised while neither side was searching
        for side, found in _in_turns(claim, title, seconds, seed):
            if not isinstance(found, Undecided):
                return found
            undecided[side] = found
            if found.cause is Cause.CONTRADICTION:  # neither side need search on
                break
    return neither(claim, undecided["proof"], undecided["search"], perf_counter() - started)


def _in_turns(
    claim: Claim, title: str, seconds: float, seed: int
) -> Iterator[tuple[str, Proved | Refuted | Undecided]]:
    """Let the prover and the search for counterexamples take turns; give the side and its answer after each turn."""
    started = perf_counter()
    prover, refuter = _Proving(claim, title, seconds), _Refuter(claim, seed)
    more_proofs = more_instances = True

    def part(share: float) -> float:
        return max(share * (seconds - (perf_counter() - started)), LEAST_SECONDS)

    for turn, (efforts, for_proof, for_search) in enumerate(TURNS):
        if more_proofs:
            proof, more_proofs = prover.run(part(for_proof), efforts)
            yield "proof", proof
        if more_instances:
            allowed = part(for_search if more_proofs or turn <= TURN_OF_CONTRADICTION_CHECK else 1)
            met = refuter.run(allowed)
            more_instances = met.seconds >= allowed and not refuter.ended
            if turn == TURN_OF_CONTRADICTION_CHECK:
                met = refuter.unless_absurd(met, part(CONTRADICTION_SHARE))
            yield "search", met
        if perf_counter() - started > seconds or not (more_proofs or more_instances):
            break


def neither(claim: Claim, proof: Undecided, search: Undecided, seconds: float) -> Undecided:
    """Return one verdict from those of the prover and the refuter; a fault, and then no instance, is told first."""
    others = {
        key if key not in proof.evidence else f"{key} of the search": said for key, said in search.evidence.items()
    }
    evidence = {"proof": proof.reason, **proof.evidence, "counterexample": search.reason, **others}
    sides = (proof, search)
    told = [side for side in sides if side.cause is Cause.FAULT] + [side for side in sides if side.cause.is_vacuous]
    if told:
        return Undecided(claim, told[0].reason, evidence, seconds, told[0].cause)
    reason = "; ".join(oversized(claim)) or "neither a proof nor a counterexample was found"
    if proof.cause is Cause.OUTSIDE:
        reason += f"; the claim is {proof.reason}"
    return Undecided(claim, reason, evidence, seconds, proof.cause)


def _why_none(claim: Claim) -> tuple[Cause, str]:
    """Say which hypotheses the shapes rule out; where none is, what the search for instances does not show."""
    ruled_out = "; ".join((*unmeetable(claim), *oversized(claim)))
    return (Cause.UNMEETABLE, ruled_out) if ruled_out else (Cause.UNMET, UNMET)


def _ended_by(error: Exception, side: str, claim: Claim, seconds: float) -> Undecided:
    """Return the verdict of a side that an unexpected error ended: for want of memory or depth, or by a fault."""
    evidence = {"error": f"{type(error).__name__}: {error}"}
    if isinstance(error, MemoryError):
        return Undecided(claim, f"{side} ran out of memory", evidence, seconds)
    if isinstance(error, RecursionError):
        return Undecided(claim, f"{side} went too deep", evidence, seconds)
    return Undecided(claim, f"{side} failed", {**evidence, "report": REPORT}, seconds, Cause.FAULT)
