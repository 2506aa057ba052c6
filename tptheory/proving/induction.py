"""Networks of any depth: one proof that serves for all layers alike, or an induction over the layers.

A proof at the layer ``l``, of a base or of a step is an ordinary proof: its hypotheses are laws, each at an index near
``l``. Where an induction on the claim itself does not work, one on a factor of the difference of its sides may. For
``(M_l - N_l) e x' = 0`` the factor gives ``M_l = N_l``, which then stands in the certificate as a lemma.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import chain
from time import perf_counter
from typing import Any, NamedTuple

from tptheory.certificates import checker
from tptheory.certificates.reading import BOUND_INDEX
from tptheory.claims.claim import Claim
from tptheory.proving.equations import descent, equation, in_cases, membership
from tptheory.proving.indexed import Catalogue, LayerLaw, end_data
from tptheory.proving.letters import Index, Letter, indices_in, moved_index, moved_reason, moved_terms
from tptheory.proving.product_lemmas import lemmas_on_ranks
from tptheory.proving.proof_data import declarations, proof_data
from tptheory.proving.proof_search import ProofSearch
from tptheory.proving.ranks import factorisations, rank_at_most
from tptheory.proving.recursion_lemmas import lemmas_about_recursions
from tptheory.proving.searching import Attempt, StuckError, common_scalars, divided, hypotheses_used, refuse_when_late
from tptheory.proving.term_order import DEFINED
from tptheory.proving.theory import LayerGoal, LayerLemma, Strategy, Theory, theory_of
from tptheory.proving.translation import Reason, Translator
from tptheory.proving.words import Polynomial

MARGINS: tuple[int, ...] = (0, 1)
"""By how many layers a law may reach beyond those that a goal speaks of, in the order in which this is tried."""
DEEPEST = 4
"""From a layer up to this number, a law may reach down to the first layer."""
QUICK = Fraction(3, 5)
"""Which part of the effort a completion may take in a proof that is to be found quickly, as lemmas are."""
FARTHEST = 8
"""How far from the layers of a goal the indices may be at which laws are tried."""
HERE: Index = ("l", 0)
NEXT: Index = ("l", 1)


class LayerSearch(ProofSearch):
    """A search for proofs of claims that share their hypotheses, one after the other; each may use those before.

    Args:
        claims: the claims, about a network of any depth.
        title: the title of the certificate.

    Raises:
        UnsupportedExpressionError: if they are outside the language of the prover.
    """

    def __init__(self, claims: Sequence[Claim], title: str) -> None:
        super().__init__()
        self.title = title
        self.theory, self.goals = theory_of(claims)
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
    if goal.kind != "nonpositive":
        try:
            theory.proved += _shown_at_all_layers(theory, goal, deadline, quick=True)
            return
        except StuckError:
            pass
    about_losses = theory.lemmas if goal.kind == "nonpositive" else []
    about_ranks = lemmas_on_ranks(theory, goal) if goal.kind == "rank" else ()
    lemmas = chain(about_losses, about_ranks, lemmas_about_recursions(theory, thorough=goal.kind == "zero"))
    if not _with_lemmas(theory, goal, lemmas, deadline):
        theory.proved += _shown_at_all_layers(theory, goal, deadline)


def _with_lemmas(theory: Theory, goal: LayerGoal, lemmas: Iterable[Sequence[LayerLemma]], deadline: float) -> bool:
    """Prove lemmas, one list after the other, until the goal follows from them; return whether it does.

    A lemma that is proved stands in the theory, even if others of its list are not; but not one on a rank, which says
    of a term what another says differently.
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


Shown = list[tuple[LayerGoal, list[dict[str, Any]]]]
"""What is shown, each with its cases; the last is what was to be shown."""


def _shown_at_all_layers(theory: Theory, goal: LayerGoal, deadline: float, quick: bool = False) -> Shown:
    """Prove a goal at every layer alike, or by induction, or by induction on a factor of it."""
    inductive = goal.kind == "zero" and None not in (goal.first, goal.last) and goal.first != goal.last
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
    for factor in factorisations(difference):
        terms = factor.data()
        yield LayerGoal("zero", terms, goal.first, goal.last, len(terms))


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


class LawAtIndex(NamedTuple):
    """A law at the index at which a proof uses it: its number, the index, and what it says and defines there."""

    number: int
    at: Index
    terms: list[Any]
    reason: Reason
    defines: Letter | None


def _proved_from_near_laws(
    theory: Theory, goal: LayerGoal, at: Index, after: Index | None, margin: int, deadline: float, quick: bool
) -> dict[str, Any]:
    uses = _laws_near(theory, goal, at, after, margin)
    catalogue, translator = theory.catalogue(), Translator()
    translator.alphabet.named = theory.schema.alphabet.named
    translator.effort = int(QUICK * theory.effort) if quick else theory.effort
    translator.searches = theory.searches
    target = goal.at(at)
    defined = {use.defines for use in uses if use.defines is not None}
    for terms in (target.terms, _bound_terms(target), *(use.terms for use in uses)):
        for item in _letters(terms):
            catalogue.character(translator.alphabet, item, defined, DEFINED)
    used_by: dict[int, LawAtIndex] = {}
    for use in uses:
        used_by[len(translator.hypotheses)] = use
        translator.assume(catalogue.polynomial(translator.alphabet, use.terms), use.reason)
    _name_inverses(catalogue, translator)
    attempt = _attempt_at(target, catalogue, translator, quick)
    proof = attempt(translator, deadline) if quick else in_cases(attempt, translator, deadline)
    numbers = hypotheses_used(translator, proof)
    return {
        "at": list(at),
        "after": None if after is None else list(after),
        "uses": [[used_by[k].number, list(used_by[k].at)] for k in numbers],
        "left": len(proof.goal[0].terms),
        **proof_data(translator, proof, numbers),
    }


def _name_inverses(catalogue: Catalogue, translator: Translator) -> None:
    """Let a translator know of which matrices the letters for pseudo-inverses are those."""
    alphabet = translator.alphabet
    for character, (letter, turned) in list(alphabet.letters.items()):
        if letter.family.kind == "pinv" and not turned and alphabet.shapes[character] is not None:
            terms = letter.family.remark["pinv"]
            inside = terms if letter.at is None else moved_terms(terms, BOUND_INDEX, letter.at)
            translator.know_pinv(catalogue.polynomial(alphabet, inside), Polynomial.word(alphabet, character))


def _bound_terms(goal: LayerGoal) -> list[Any]:
    return goal.bound["rank"] if isinstance(goal.bound, dict) else []


def _letters(terms: list[Any]) -> Iterator[Any]:
    """Run through the letters of terms, those of traces among them, in their order."""
    for _, items, *_ in terms:
        for item in items:
            yield from item["tr"] if isinstance(item, dict) and "tr" in item else (item,)


def _laws_near(theory: Theory, goal: LayerGoal, at: Index, after: Index | None, margin: int) -> list[LawAtIndex]:
    """Return the laws, each at every index near the layers of a goal; and the goal itself at the index ``after``."""
    laws = [*theory.laws, *(g.law() for g, _ in theory.proved)]
    found = []
    for number, law in enumerate(laws):
        if law is None:
            continue
        for index in _indices_of_law(law, goal, at, after, margin):
            letter = law.defines
            if letter is not None and letter.at is not None:
                letter = letter._replace(at=moved_index(letter.at, BOUND_INDEX, index))
            reason = tuple(moved_reason(law.reason, index))
            found.append(LawAtIndex(number, index, moved_terms(law.terms, BOUND_INDEX, index), reason, letter))
    if after is not None:
        found.append(LawAtIndex(len(laws), after, goal.at(after).terms, ("before",), None))
    return found


def _indices_of_law(law: LayerLaw, goal: LayerGoal, at: Index, after: Index | None, margin: int) -> Iterator[Index]:
    """Return the indices at which a law speaks only of layers near those that the goal speaks of."""
    near = _layers_of_goal(goal, [index for index in (at, after) if index is not None])
    spoken = _layers_of_law(law)
    offsets = [offset for base, offset in spoken if base == BOUND_INDEX[0]]

    def allowed(index: Index) -> bool:
        return checker.lies_within(index, law.first, law.last, goal.first, goal.last, after is not None)

    if offsets:
        yield from filter(allowed, _reaching_indices(near, offsets, margin))
    elif _lie_near(near, spoken, margin):
        candidates = [index for index in (law.first, law.last, HERE) if index is not None]
        yield from [index for index in candidates if allowed(index)][:1]


NearLayers = dict[str, list[int]]
"""The layers that a goal speaks of: for each base, such as ``l`` or ``L``, their offsets from it."""


def _lie_near(near: NearLayers, indices: Iterable[Index], margin: int) -> bool:
    """Whether layers lie among the near ones, or beyond them by at most the margin."""
    return all(b in near and min(near[b]) - margin <= c <= max(near[b]) + margin for b, c in indices)


def _layers_of_law(law: LayerLaw) -> set[Index]:
    """Return the indices that have to be near for a law to serve: where it defines a letter, the one of the letter."""
    letter = law.defines
    if letter is not None and letter.at is not None and letter.at[0] != "k":
        return {letter.at}
    return set(indices_in(law.terms))


def _layers_of_goal(goal: LayerGoal, indices: list[Index]) -> NearLayers:
    """Return the layers that a goal speaks of at some indices."""
    near: NearLayers = {}
    for placed in map(goal.at, indices):
        for base, offset in (*indices_in(placed.terms), *indices_in(_bound_terms(placed))):
            near.setdefault(base, []).append(offset)
    return near


def _reaching_indices(near: NearLayers, offsets: list[int], margin: int) -> Iterator[Index]:
    """Return the indices at which a law with these offsets reaches beyond the near layers by at most the margin."""
    for base, found in sorted(near.items()):
        for c in range(min(found) - margin - min(offsets), max(found) + margin - max(offsets) + 1):
            if abs(c) <= FARTHEST + max(map(abs, found)):
                yield base, c


def _attempt_at(goal: LayerGoal, catalogue: Catalogue, translator: Translator, quick: bool) -> Attempt:
    alphabet = translator.alphabet
    if goal.kind == "nonpositive":
        return descent(catalogue.polynomial(alphabet, goal.terms))
    if goal.kind == "rank":
        through = _bound_terms(goal)
        bound = catalogue.polynomial(alphabet, through) if through else catalogue.size(goal.bound)
        return rank_at_most(catalogue.polynomial(alphabet, goal.terms), bound)
    whole = catalogue.polynomial(alphabet, goal.terms)
    left = catalogue.polynomial(alphabet, goal.terms[: goal.left]) if goal.left else whole.scale(0)
    return membership(left, left - whole) if quick else equation(left, left - whole)


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
    total = len(theory.laws)
    kept: list[int] = []
    for number in reversed(range(len(theory.proved))):
        if theory.proved[number][0] in goals or total + number in _numbers_used(theory.proved[i] for i in kept):
            kept.insert(0, number)
    proved = [theory.proved[number] for number in kept]
    laws = sorted(number for number in _numbers_used(proved) if number < total)
    position = {old: new for new, old in enumerate([*laws, *(total + number for number in kept)])}
    for _, cases in proved:
        for case in cases:
            case["uses"] = [[position[number], index] for number, index in case["uses"]]
    return [theory.laws[number] for number in laws], proved


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
