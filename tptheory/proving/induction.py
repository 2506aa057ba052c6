"""Networks of any depth: one proof that serves for all layers alike, or an induction over the layers.

A proof at the layer ``l``, of a base or of a step is an ordinary proof: its hypotheses are laws, each at an index near
``l``. Where an induction on the claim itself does not work, one on a factor of the difference of its sides may. For
``(M_l - N_l) e x' = 0`` the factor gives ``M_l = N_l``, which then stands in the certificate as a lemma.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import chain
from time import perf_counter
from typing import Any

from tptheory.certificates import checker
from tptheory.certificates.reading import BOUND_INDEX
from tptheory.claims.claim import Claim
from tptheory.errors import ShapeError
from tptheory.proving.certificate_terms import letters_of, moved_terms
from tptheory.proving.equations import descent, either, equation, in_cases, membership
from tptheory.proving.indexed import Catalogue, LayerLaw, end_data
from tptheory.proving.layer_sums import shown_by_sums
from tptheory.proving.letters import Index
from tptheory.proving.near_laws import HERE, LawAtIndex, bound_terms, laws_near
from tptheory.proving.proof_data import declarations, proof_data
from tptheory.proving.proof_search import ProofSearch
from tptheory.proving.rank_pool import without_last_letter
from tptheory.proving.rank_sums import rank_descent
from tptheory.proving.ranks import factorisations, rank_at_most
from tptheory.proving.recursion_lemmas import lemmas_about_recursions
from tptheory.proving.recursion_relations import lemmas_on_pairs, row_spaces
from tptheory.proving.searching import Attempt, StuckError, common_scalars, divided, hypotheses_used, refuse_when_late
from tptheory.proving.term_order import DEFINED
from tptheory.proving.theory import LayerGoal, LayerLemma, Strategy, Theory, theory_of
from tptheory.proving.translation import Translator
from tptheory.proving.words import Polynomial

MARGINS: tuple[int, ...] = (0, 1)
"""By how many layers a law may reach beyond those that a goal speaks of, in the order in which this is tried."""
DEEPEST = 4
"""From a layer up to this number, a law may reach down to the first layer."""
QUICK = Fraction(3, 5)
"""Which part of the effort a completion may take in a proof that is to be found quickly, as lemmas are."""
NEXT: Index = ("l", 1)


class LayerSearch(ProofSearch):
    """A search for proofs of claims that share their hypotheses, one after the other; each may use those before.

    Args:
        claims: the claims, about a network of any depth.
        title: the title of the certificate.
        in_numbers: whether ``rank A <= r`` is stated as ``r - rank A >= 0``.

    Raises:
        UnsupportedExpressionError: if they are outside the language of the prover.
    """

    def __init__(self, claims: Sequence[Claim], title: str, in_numbers: bool = False) -> None:
        super().__init__()
        self.title = title
        self.theory, self.goals = theory_of(claims, in_numbers)
        self._open = [*self.goals]
        self._spent = 0

    def _run(self, effort: int, deadline: float) -> None:
        if effort <= self._spent:
            return
        theory = self.theory
        theory.effort, theory.searches = effort, []
        try:
            while self._open:
                _establish(theory, self._open[0], deadline)
                self._open.pop(0)
        except StuckError as stuck:
            self.note(stuck)
            if perf_counter() <= deadline:
                self._spent = effort
                self.ended = not any(search.cut for search in theory.searches)
            return
        self.accept([_certificate(theory, self.goals, self.title)])
        self.ended = True


def _establish(theory: Theory, goal: LayerGoal, deadline: float) -> None:
    """Prove a goal directly, or with the help of lemmas; what takes little time is tried first.

    Raises:
        StuckError: if it is not proved.
    """
    quickly = partial(_shown_at_all_layers, theory, goal, deadline, quick=True)
    if goal.kind != "nonpositive" and _is_shown(theory, quickly):
        return
    about_losses = theory.lemmas if goal.kind == "nonpositive" else []
    if _with_lemmas(theory, goal, about_losses, deadline):
        return
    if goal.kind == "nonpositive" and _is_shown(theory, partial(_shown_by_sums, theory, goal, deadline)):
        return
    if _relate_recursions(theory, deadline) and goal.kind == "zero" and _is_shown(theory, quickly):
        return
    lemmas = lemmas_about_recursions(theory, goal)
    if goal.kind == "rank":
        with suppress(StuckError):
            theory.proved += _shown_at_all_layers(theory, goal, deadline)
            return
        lemmas = chain(lemmas, row_spaces(theory, goal))
    if not _with_lemmas(theory, goal, lemmas, deadline):
        theory.proved += _shown_at_all_layers(theory, goal, deadline)


Shown = list[tuple[LayerGoal, list[dict[str, Any]]]]
"""What is shown, each with its cases; the last is what was to be shown."""


def _is_shown(theory: Theory, show: Callable[[], Shown]) -> bool:
    """Add to a theory what an attempt shows; return whether it shows anything."""
    try:
        theory.proved += show()
    except StuckError:
        return False
    return True


def _shown_by_sums(theory: Theory, goal: LayerGoal, deadline: float) -> Shown:
    """Prove that a number is at no layer above 0 by a sum of squares over the layers."""
    return shown_by_sums(
        theory, goal, lambda each, strategy: _cases(theory, each, strategy, deadline, quick=each.kind == "zero")
    )


def _relate_recursions(theory: Theory, deadline: float) -> bool:
    """Prove what relates two recursions of a theory, and return whether something was found that is new."""
    if theory.recursions_related:
        return False
    before = len(theory.proved)
    for lemma in lemmas_on_pairs(theory):
        refuse_when_late(deadline)
        if all(lemma.goal != shown for shown, _ in theory.proved):
            with suppress(StuckError):
                cases = _cases(theory, lemma.goal, lemma.strategy, deadline, quick=True)
                theory.proved.append((lemma.goal, cases))
    refuse_when_late(deadline)
    theory.recursions_related = True
    return len(theory.proved) > before


def _with_lemmas(theory: Theory, goal: LayerGoal, lemmas: Iterable[Sequence[LayerLemma]], deadline: float) -> bool:
    """Prove lemmas, one list after the other, until the goal follows from them; return whether it does.

    A lemma that is proved stands in the theory, even if others of its list are not. On the way to a rank all lemmas of
    a list that fails are dropped again: each list says of a term what another one says differently.
    """
    for each in lemmas:
        known = [shown for shown, _ in theory.proved]
        fresh = [lemma for lemma in each if lemma.goal not in known]
        try:
            for lemma in fresh:
                refuse_when_late(deadline)
                theory.proved.append((lemma.goal, _cases(theory, lemma.goal, lemma.strategy, deadline, quick=True)))
            if fresh:
                cases = _cases(theory, goal, "alike", deadline, quick=goal.kind != "nonpositive")
                theory.proved.append((goal, cases))
                return True
        except StuckError:
            if goal.kind == "rank":
                del theory.proved[len(known) :]
    return False


def _shown_at_all_layers(theory: Theory, goal: LayerGoal, deadline: float, quick: bool = False) -> Shown:
    """Prove a goal at every layer alike, or by induction, or by induction on a factor of it.

    A sign, and a bound of a rank, may hold at the last layer for another reason than at the layers below, or at the
    first one: then the step of an induction does not use what was shown before.
    """
    inductive = None not in (goal.first, goal.last) and goal.first != goal.last
    strategies: list[Strategy] = ["alike", "up", "down"] if inductive else ["alike"]
    stuck: list[StuckError] = []
    core = _without_common_scalars(theory, goal)
    for candidate in (*_factors_as_lemmas(theory, core), core, *([goal] if goal != core else [])):
        for strategy in strategies:
            if stuck and perf_counter() > deadline:
                raise stuck[0]
            try:
                cases = _cases(theory, candidate, strategy, deadline, quick)
            except StuckError as error:
                stuck.append(error)
                continue
            shown = [(candidate, cases)]
            if candidate == goal:
                return shown
            with_it = replace(theory, proved=[*theory.proved, *shown])
            return [*shown, (goal, _cases(with_it, goal, "alike", deadline, quick))]
    raise stuck[0]


def _without_common_scalars(theory: Theory, goal: LayerGoal) -> LayerGoal:
    """Divide an equation by the scalars that all of its terms share; the equation follows from the quotient."""
    if goal.kind != "zero":
        return goal
    read = theory.catalogue().polynomial
    alphabet = theory.schema.alphabet
    left, right = goal.terms[: goal.left], goal.terms[goal.left :]
    sides = [read(alphabet, terms) for terms in (left, right) if terms]
    common = common_scalars(*sides)
    if not common:
        return goal
    terms = [divided(side, common) for side in sides]
    data = [term for side in terms if side for term in side.data()]
    return goal._replace(terms=data or terms[0].data(), left=len(terms[0].data()) if left else 0)


def _factors_as_lemmas(theory: Theory, goal: LayerGoal) -> Iterator[LayerGoal]:
    """Return equations of which the goal is a multiple: factors of its difference."""
    if goal.kind != "zero":
        return
    difference = theory.catalogue().polynomial(theory.schema.alphabet, goal.terms)
    for factor in (*factorisations(difference), *_without_ends(difference)):
        terms = factor.data()
        yield LayerGoal("zero", terms, goal.first, goal.last, len(terms))


def _without_ends(difference: Polynomial) -> Iterator[Polynomial]:
    """Return a sum without the last letter of all its terms, and without the first, where they share one."""
    if len(difference.terms) > 1:
        if parts := without_last_letter(difference):
            yield parts[0]
        if parts := without_last_letter(difference.transpose()):
            yield parts[0].transpose()


def _cases(
    theory: Theory, goal: LayerGoal, strategy: Strategy, deadline: float, quick: bool = False
) -> list[dict[str, Any]]:
    """Prove a goal at ``l``, or its base and its step; quickly by membership alone, from the nearest laws."""
    if strategy == "alike":
        return [_case(theory, goal, HERE, None, deadline, quick)]
    base, step, after = (goal.first, NEXT, HERE) if strategy == "up" else (goal.last, HERE, NEXT)
    if base is None:
        raise StuckError("an induction needs an end to begin at")
    return [_case(theory, goal, base, None, deadline, quick), _case(theory, goal, step, after, deadline, quick)]


def _case(
    theory: Theory, goal: LayerGoal, at: Index, after: Index | None, deadline: float, quick: bool
) -> dict[str, Any]:
    """Prove a goal at one index from the laws near it, and from itself at the index ``after``."""
    first: StuckError | None = None
    margins = (*MARGINS, at[1]) if not at[0] and MARGINS[-1] < at[1] <= DEEPEST else MARGINS
    for margin in margins[:1] if quick and after is not None else margins:
        try:
            return _proved_from_near_laws(theory, goal, at, after, margin, deadline, quick)
        except StuckError as stuck:
            first = first or stuck
    raise first or StuckError("no law is near")


def _proved_from_near_laws(
    theory: Theory, goal: LayerGoal, at: Index, after: Index | None, margin: int, deadline: float, quick: bool
) -> dict[str, Any]:
    uses = laws_near(theory, goal, at, after, margin)
    catalogue, translator = theory.catalogue(), Translator()
    translator.alphabet.named = theory.schema.alphabet.named
    translator.effort = int(QUICK * theory.effort) if quick else theory.effort
    translator.searches = theory.searches
    target = goal.at(at)
    defined = {use.defines for use in uses if use.defines is not None}
    for terms in (target.terms, bound_terms(target), *(use.terms for use in uses)):
        for item in letters_of(terms):
            catalogue.character(translator.alphabet, item, defined, DEFINED)
    used_by: dict[int, LawAtIndex] = {}
    for use in uses:
        used_by[len(translator.hypotheses)] = use
        translator.assume(catalogue.polynomial(translator.alphabet, use.terms), use.reason)
    _name_inverses(catalogue, translator)
    attempt = _attempt_at(target, catalogue, translator, quick)
    proof = attempt(translator, deadline) if quick else in_cases(attempt, translator, deadline)
    numbers = hypotheses_used(translator, proof)
    if not used_by.keys() >= {*numbers}:
        raise StuckError("the proof needs auxiliary matrices, which a proof at a layer cannot define")
    return {
        "at": list(at),
        "after": None if after is None else list(after),
        "uses": [[used_by[k].number, list(used_by[k].at)] for k in numbers],
        "left": len(proof.goal[0].terms),
        **proof_data(translator, proof, numbers),
    }


def _name_inverses(catalogue: Catalogue, translator: Translator) -> None:
    """Tell a translator which letter is the pseudo-inverse of which matrix."""
    alphabet = translator.alphabet
    for character, (letter, turned) in list(alphabet.letters.items()):
        if letter.family.kind == "pinv" and not turned and alphabet.shapes[character] is not None:
            terms = letter.family.remark["pinv"]
            inside = terms if letter.at is None else moved_terms(terms, BOUND_INDEX, letter.at)
            translator.know_pinv(catalogue.polynomial(alphabet, inside), Polynomial.word(alphabet, character))


def _attempt_at(goal: LayerGoal, catalogue: Catalogue, translator: Translator, quick: bool) -> Attempt:
    alphabet = translator.alphabet
    if goal.kind == "nonpositive":
        number = catalogue.polynomial(alphabet, goal.terms)
        return either(partial(descent, number), partial(rank_descent, number))
    if goal.kind == "rank":
        through = bound_terms(goal)
        bound = catalogue.polynomial(alphabet, through) if through else catalogue.size(goal.bound)
        return partial(rank_at_most, catalogue.polynomial(alphabet, goal.terms), bound)
    try:
        whole = catalogue.polynomial(alphabet, goal.terms)
        left = catalogue.polynomial(alphabet, goal.terms[: goal.left]) if goal.left else whole.scale(0)
        right = left - whole
    except ShapeError:  # a lemma, made of a hypothesis on one layer, at layers of other widths
        raise StuckError("the terms of a lemma have shapes that differ") from None
    return partial(membership, left, right) if quick else partial(equation, left, right)


def _certificate(theory: Theory, goals: Sequence[LayerGoal], title: str) -> dict[str, Any]:
    """Return the certificate of the goals, with the lemmas and the laws that their proofs use."""
    laws, proved = _used(theory, goals)
    body = {
        "hypotheses": [law.data() for law in laws],
        "reasons": [list(law.reason) for law in laws],
        "theorems": [
            {"goal": g.data, "from": end_data(g.first), "to": end_data(g.last), "left": g.left, "cases": cases}
            for g, cases in proved
        ],
    }
    data: dict[str, Any] = {"format": checker.FORMAT, "title": title, "method": "induction"}
    return {**data, **layer_declarations(theory, body), **body}


def _used(theory: Theory, goals: Sequence[LayerGoal]) -> tuple[list[LayerLaw], Shown]:
    """Return the laws and theorems that goals rest on; their proofs number them anew, the laws first."""
    total, kept = len(theory.laws), _theorems_used(theory, goals)
    proved = [theory.proved[number] for number in kept]
    laws = sorted(number for number in _numbers_used(proved) if number < total)
    position = {old: new for new, old in enumerate([*laws, *(total + number for number in kept)])}
    for _, cases in proved:
        for case in cases:
            case["uses"] = [[position[number], index] for number, index in case["uses"]]
    return [theory.laws[number] for number in laws], proved


def _theorems_used(theory: Theory, goals: Sequence[LayerGoal]) -> list[int]:
    """Return the numbers of the theorems that goals rest on, the goals' own among them, in the order of their proofs.

    A proof uses theorems that were proved before it, so that the last ones are looked at first.
    """
    kept: list[int] = []
    used: set[int] = set()
    for number in reversed(range(len(theory.proved))):
        if theory.proved[number][0] in goals or len(theory.laws) + number in used:
            kept.insert(0, number)
            used |= _numbers_used([theory.proved[number]])
    return kept


def _numbers_used(proved: Iterable[tuple[LayerGoal, list[dict[str, Any]]]]) -> set[int]:
    """Return the numbers of the laws and theorems that proofs use."""
    return {number for _, cases in proved for case in cases for number, _ in case["uses"]}


def layer_declarations(theory: Theory, body: Any) -> dict[str, Any]:
    """Return the declarations of the letters and sizes in an induction, and which of these carry an index."""
    named = theory.schema.alphabet.named
    data = declarations(named, theory.catalogue().declared_shapes(), body)
    names = [*data["sizes"], *data["letters"]]
    data["indexed"] = [name for name in names if _is_indexed(theory, named.families[name])]
    return data


def _is_indexed(theory: Theory, family: Any) -> bool:
    return family.kind in ("width", "index") or family in theory.schema.shapes
