"""The search for a proof of one claim: setting after setting, with ever more effort."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import Any

from sympy import MatrixSymbol, S

from tptheory.claims.claim import Claim
from tptheory.claims.goals import NonNegative, OneOf, RankAtMost, nonnegative
from tptheory.proving.alternatives import has_signs
from tptheory.proving.cancellation import by_cancellation
from tptheory.proving.certificate import Certificate
from tptheory.proving.differences import differences
from tptheory.proving.equations import either, in_cases
from tptheory.proving.gram_sums import with_lemmas_on_sums
from tptheory.proving.obligations import Obligation, SearchSetting, defined_symbols, speaks_of_ranks, translated
from tptheory.proving.proof_data import certified
from tptheory.proving.searching import Proof, RefusedError, StuckError
from tptheory.proving.translation import Translator


class ProofSearch(ABC):
    """A search that may be run again and again, each time with more effort, until it has found a proof.

    Attributes:
        found: the proofs, as certificates write them; empty until they are found.
        stuck: why the first attempt led to no proof that says how far it got; else why the first one did.
        refused: why the checker refused a proof that was found, and that proof; None if it refused none.
        ended: whether more effort would find no more.
    """

    def __init__(self) -> None:
        self.found: list[dict[str, Any]] = []
        self.stuck: StuckError | None = None
        self.refused: RefusedError | None = None
        self.ended = False

    def run(self, effort: int, deadline: float) -> bool:
        """Search until the deadline; return whether everything that must be proved is proved.

        Args:
            effort: how much work each completion may do.
            deadline: when to end.

        Raises:
            UnsupportedExpressionError: if the claim is outside the language of the prover.
        """
        if not self.found and not self.ended:
            self._run(effort, deadline)
        return bool(self.found)

    @abstractmethod
    def _run(self, effort: int, deadline: float) -> None:
        """Search for proofs, and keep them, or what stood in their way."""

    def note(self, stuck: StuckError) -> None:
        """Keep why an attempt led to no proof, if it is the first that says how far it got; the rest is let go."""
        if self.stuck is None or (stuck.evidence and not self.stuck.evidence):
            self.stuck = StuckError(stuck.reason, **stuck.evidence)

    def accept(self, found: list[dict[str, Any]]) -> None:
        """Keep proofs, if the checker accepts them; else keep the first that it refuses, and why."""
        for data in found:
            checked = Certificate(data).check()
            if not checked:
                self.refused = self.refused or RefusedError(checked.reason, data)
                return
        self.found = found


class ClaimSearch(ProofSearch):
    """A search for a proof of one claim whose depth is a number.

    A setting in which the search came to its end without a proof, or with one that the checker refuses, is not tried
    again; nor is any with an effort that it was tried with before, unless the time was up.

    Args:
        claim: the claim, no conjunction.
        title: the title of its certificates.
    """

    def __init__(self, claim: Claim, title: str) -> None:
        super().__init__()
        self.claim, self.title = claim, title
        self._spent = dict.fromkeys(settings_for(claim), 0)
        """The settings that are left, each with the effort that it was tried with."""

    def _run(self, effort: int, deadline: float) -> None:
        for setting in [setting for setting, spent in self._spent.items() if spent < effort]:
            self._try(setting, effort, deadline)
            self.ended = not self._spent
            if self.found or perf_counter() > deadline:
                return

    def _try(self, setting: SearchSetting, effort: int, deadline: float) -> None:
        """Search in one setting, which is left out from then on if the search came to its end in it."""
        translator, obligations = translated(self.claim, setting)
        translator.effort = effort
        try:
            shown = [_shown(each, translator, setting, deadline) for each in obligations]
            self.accept([certified(translator, proof, self.title) for proof in shown])
            unfinished = False
        except StuckError as stuck:
            self.note(stuck)
            late = perf_counter() > deadline
            unfinished = late or any(search.cut for search in translator.searches)
            if not late:
                self._spent[setting] = effort
        if not unfinished:
            del self._spent[setting]


def _shown(obligation: Obligation, translator: Translator, setting: SearchSetting, deadline: float) -> Proof:
    attempt = obligation.attempt(setting)
    if setting.of_ranks:
        if translator.maybe_nonreal is not None:
            raise StuckError("ranks are compared by projections, which are those of real matrices")
        return attempt(translator, deadline)
    attempt = partial(with_lemmas_on_sums, attempt)
    if setting.with_lemmas:
        known = not (setting.named or setting.inverses or setting.eliminated)  # without lemmas it was tried before
        helped = partial(by_cancellation, attempt)
        attempt = helped if known else either(attempt, helped)
    return in_cases(attempt, translator, deadline)


def settings_for(claim: Claim) -> list[SearchSetting]:
    """Return the settings of the search for a claim, in the order in which they are tried.

    Where one of several alternatives is shown, each of them is tried in each setting. For an inequality, the first
    settings treat the size 1 as any size: the squares are found among matrices, and hold for one sample too.
    """
    several = [goal for goal in claim.goals() if isinstance(goal, OneOf) and has_signs(goal)]
    numbers = range(len(several[0].alternatives) if several else 1)
    return [replace(setting, alternative=number) for setting in _settings(claim) for number in numbers]


def _settings(claim: Claim) -> list[SearchSetting]:
    """Return the settings without the number of an alternative."""
    if any(isinstance(goal, RankAtMost) for goal in claim.goals()):
        first, *others = _settings_for_equations(claim, compared=False)
        of_ranks, *plain = [replace(setting, ranks_in_numbers=True) for setting in _settings_for_ranks()]
        return [first, of_ranks, *others, *plain]
    if _claims_a_sign(claim):
        return _settings_for_ranks() if speaks_of_ranks(claim) else _plain_settings(claim)
    of_ranks, plain = SearchSetting(cuts=False, of_ranks=True), _plain_settings(claim)
    if speaks_of_ranks(claim):
        return [of_ranks, *plain]
    return [*plain[:2], of_ranks, *plain[2:]] if claim.given else plain  # what they say may tell of ranks


def _claims_a_sign(claim: Claim) -> bool:
    """Whether a goal of a claim, or an alternative of one, is that something is not negative."""
    return any(isinstance(goal, NonNegative) or has_signs(goal) for goal in claim.goals())


def _plain_settings(claim: Claim) -> list[SearchSetting]:
    """Return the settings of the searches that do not compare ranks by what is known of ranks."""
    compared = any(nonnegative(h.goals()) for h in claim.given)  # of numbers, these may be norms of columns
    if _claims_a_sign(claim):
        return _settings_for_signs(claim, compared)
    return _settings_for_equations(claim, compared)


def _settings_for_ranks() -> list[SearchSetting]:
    """Return the settings for an inequality of ranks."""
    plain = SearchSetting(cuts=False)
    of_ranks, completing = replace(plain, of_ranks=True), replace(plain, completing=True)
    return [of_ranks, plain, replace(plain, named=True, inverses=True), completing]


def _settings_for_signs(claim: Claim, compared: bool) -> list[SearchSetting]:
    """Return the settings for what is not below 0; ``compared`` says whether a hypothesis is of that kind, too."""
    wide = [SearchSetting(cuts=False, transposes_last=True), SearchSetting(cuts=False)]
    wide += [SearchSetting(cuts=False, named=True), SearchSetting(cuts=False, named=True, inverses=True)]
    completing = SearchSetting(cuts=False, completing=True)
    wide += [completing, *([replace(completing, eliminated=True)] if any(defined_symbols(claim)) else [])]
    wide += [SearchSetting(cuts=False, with_lemmas=True)]
    narrow = [SearchSetting()] if _has_vectors(claim) else []
    settings = [*wide[:1], *narrow, *wide[1:]] if compared else [*wide, *narrow]
    if not differences(claim):
        return settings
    return [replace(setting, residual_letters=named) for setting in settings for named in (True, False)]


def _settings_for_equations(claim: Claim, compared: bool) -> list[SearchSetting]:
    """Return the settings for equations; ``compared`` says whether a hypothesis is that something is not below 0."""
    plain = [SearchSetting(), SearchSetting(transposes_last=True)]
    wide = [SearchSetting(cuts=False, traces_as_words=True)] if _has_vectors(claim) else []
    defined = [SearchSetting(eliminated=True)] if any(defined_symbols(claim)) else []
    with_lemmas = [replace(s, with_lemmas=True) for s in (*plain[:1], *defined, *wide, SearchSetting(named=True))]
    rest = [*plain, *wide, *with_lemmas, *(replace(s, inverses=True) for s in with_lemmas)]
    rest = [*(replace(s, squares_twice=False) for s in rest), *plain, *wide, *with_lemmas]
    if compared:  # what is not below 0 may be 0
        return list(dict.fromkeys([replace(with_lemmas[0], squares_twice=False), *rest]))
    return rest


def _has_vectors(claim: Claim) -> bool:
    """Whether a matrix of a claim has one row or one column."""
    return any(1 in A.shape for e in claim.expressions() for A in S(e).atoms(MatrixSymbol))
