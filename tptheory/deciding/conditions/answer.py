"""The question when a claim is true, and its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

from tptheory.checking import check_seconds
from tptheory.claims.claim import Claim
from tptheory.claims.theorem import Theorem, as_claim
from tptheory.claims.vacuity import unmeetable
from tptheory.deciding.answers import prove
from tptheory.deciding.conditions.candidates import Candidate, read_candidates, usual_candidates
from tptheory.deciding.conditions.equations import MissingEquation, missing_equation
from tptheory.deciding.conditions.implications import Members
from tptheory.deciding.conditions.sizes import EqualSizes
from tptheory.deciding.conditions.weakest import FIRST, Progress, WeakestSets
from tptheory.deciding.verdicts import Proved, Refuted
from tptheory.errors import InvalidValueError
from tptheory.keywords import known_keywords
from tptheory.typesetting.escaping import tex_escaped
from tptheory.typesetting.expressions import latex_of
from tptheory.typesetting.notebook import notebook_html
from tptheory.typesetting.spelling import text_of
from tptheory.typesetting.tables import CELL

SHARE_OF_EQUATION, SHARE_OF_SETS = 0.2, 0.8
"""What part of the time has passed when the search for an equation ends, and that for sets; counterexamples follow."""


@dataclass(frozen=True)
class SufficientSet:
    """Hypotheses under which a claim is proved.

    Attributes:
        hypotheses: the hypotheses, beside those of the claim; none if it needs no more.
        verdict: the proof of the claim under them.
        below: each set that is weaker by one hypothesis, with the smallest counterexample that was found within some
            seconds; None where none was.
        necessary: a proof of each hypothesis from the claim: then the claim is true exactly where they hold. Empty
            where that is not known.
        for_all: the data that may be anything: the hypotheses are necessary for the claim to hold for all of them, and
            ``necessary`` proves them from the `MissingEquation`. Empty if they are necessary for any data.
    """

    hypotheses: tuple[Any, ...]
    verdict: Proved
    below: tuple[tuple[tuple[Any, ...], Refuted | None], ...] = ()
    necessary: tuple[Proved, ...] = ()
    for_all: tuple[Any, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether the hypotheses are necessary, too."""
        return bool(self.necessary)

    @property
    def kind(self) -> str:
        """``if``, ``exactly if``, or ``for all x, y exactly if``; of what holds now, ``at this moment`` before that."""
        moment = "at this moment, " if self.verdict.claim.is_momentary else ""
        data = f"for all {', '.join(map(str, self.for_all))} " if self.for_all else ""
        return f"{moment}{data}{'exactly if' if self.exact else 'if'}"

    def __str__(self) -> str:
        """Say the hypotheses."""
        return _said(self.verdict.claim, self.hypotheses)


@dataclass(frozen=True, repr=False)
class Conditions:
    """The answer of `when`.

    Attributes:
        claim: the claim.
        sets: the weakest sets of hypotheses under which the claim is proved; none of them follows from another one,
            but one that speaks of the data may follow from what is necessary for all data.
        stronger: the other sets that were found to suffice; one of `sets` follows from each.
        equation: an equation under which the claim is true, found without candidates; None if none was found, or if
            it is not necessary and there are sets.
        undecided: the smallest sets for which neither a proof nor a counterexample was found.
        among: the hypotheses that were tried.
        complete: whether no set of at most three was left that could change the answer: all were tried, or one was
            found that is necessary for any data, or no instance was found that meets the hypotheses. If not, the
            time was up.
        seconds: how long the search took.
    """

    claim: Claim
    sets: tuple[SufficientSet, ...]
    stronger: tuple[SufficientSet, ...]
    equation: MissingEquation | None
    undecided: tuple[tuple[Any, ...], ...]
    among: tuple[Any, ...]
    complete: bool
    seconds: float

    def explain(self) -> str:
        """Return the sets with their proofs and counterexamples, and what stays undecided, in words."""
        return "\n".join(self._lines(explain=True))

    def __str__(self) -> str:
        """Say under which hypotheses the claim is true, without proofs."""
        return "\n".join(self._lines(explain=False))

    def __repr__(self) -> str:
        """Show the sets in one line."""
        return f"<{self.claim.statement()}: {'; or '.join(map(str, self.sets)) or 'no sufficient set was found'}>"

    def _lines(self, explain: bool) -> Iterator[str]:
        yield f"When does this hold: {self.claim.statement()}?"
        for found in self.sets:
            yield f"{found.kind} {found}"
            if explain:
                yield from _indented(found.verdict.explain())
            for weaker, broken in found.below if explain else ():
                said = f"  not if only {_said(self.claim, weaker)}" if weaker else "  not without it"
                if broken is None:
                    yield f"{said.replace('not', 'undecided', 1)}"
                else:
                    yield said + ":"
                    yield from _indented(str(broken.counterexample))
        yield from self._notes(partial(_said, self.claim), str)

    def _notes(
        self, said: Callable[[tuple[Any, ...]], str], equation: Callable[[MissingEquation], str]
    ) -> Iterator[str]:
        """Say what there is beside the sets; hypotheses and the equation are written by the functions given."""
        if not self.sets:
            yield f"under none of the hypotheses that were tried ({len(self.among)}, up to three at once)"
        if self.equation is not None:
            yield f"the missing equation: {equation(self.equation)}"
        if self.stronger:
            yield f"stronger than needed: {'; or '.join(said(found.hypotheses) for found in self.stronger)}"
        if self.undecided:
            yield f"undecided: {'; or '.join(map(said, self.undecided))}"
        if not self.complete:
            yield "the time was up before all sets were tried"

    def to_json(self) -> dict[str, Any]:
        """Return the answer as plain data: the certificates of the proofs, and the matrices of the counterexamples."""
        return {
            "claim": self.claim.statement(),
            "sets": [
                {
                    "hypotheses": _each_said(self.claim, found.hypotheses),
                    "exact": found.exact,
                    "for_all": [str(symbol) for symbol in found.for_all],
                    "certificate": found.verdict.certificate.data,
                    "below": [
                        {
                            "hypotheses": _each_said(self.claim, weaker),
                            "counterexample": None if broken is None else broken.counterexample.to_json(),
                        }
                        for weaker, broken in found.below
                    ],
                }
                for found in self.sets
            ],
            "stronger": [_each_said(self.claim, found.hypotheses) for found in self.stronger],
            "equation": None if self.equation is None else str(self.equation),
            "undecided": [_each_said(self.claim, items) for items in self.undecided],
            "complete": self.complete,
            "seconds": self.seconds,
        }

    def latex(self) -> str:
        """Return the claim and the sets in LaTeX text mode."""
        ways = [f"{s.kind} {_said_tex(self.claim, s.hypotheses)}" for s in self.sets]
        return f"{self.claim.latex()} This holds {'; or '.join(ways)}." if ways else self.claim.latex()

    def _repr_html_(self) -> str:
        """Return a table of the sets, with the proof and the counterexamples folded under each."""
        rows = "".join(map(_row, self.sets))
        notes = "".join(map(notebook_html, self._notes(partial(_said_tex, self.claim), _equation_tex)))
        head = "".join(f'<th style="{CELL}">{word}</th>' for word in ("true", "proof", "just below"))
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>" if rows else ""
        return f"{notebook_html(self.claim.latex())}{table}{notes}"


@known_keywords
def when(
    claim: Claim | Theorem,
    among: Any = None,
    *,
    seconds: float = 30.0,
    seed: int = 0,
    progress: Progress | None = None,
) -> Conditions:
    """Return the weakest sets of hypotheses under which a claim is proved.

    Sets of at most three candidates are tried, small and weak ones first. Each set in the answer has a proof of the
    claim, and for each set that is weaker by one candidate a counterexample; what stays undecided is listed as such.
    Where all of a set follows from the claim, it says exactly when the claim is true, and the search ends; where it
    follows from the claim for all data, only sets that speak of the data are still tried. Beside the candidates, an
    equation is looked for that is shorter than the claim and suffices for it.

    Args:
        claim: a claim, or a theorem; its own hypotheses always hold.
        among: what may be assumed: hypotheses such as ``full_row_rank(A)``, claims that can be assumed, and for sizes
            ``Eq(n, 1)`` or ``Eq(n, m)``. If it is None: the named properties of each matrix, what neighbours in a
            product may have to do with each other, and sizes that are 1 or equal; at any depth, the named properties at
            every layer of a range.
        seconds: how long to search.
        seed: the seed of the instances; the same seed gives the same answer, time permitting.
        progress: a function that is told what is tried, and which share of the time has passed.

    Raises:
        InvalidTypeError: if an argument is of the wrong type.
        InvalidValueError: if nothing may be assumed, if the hypotheses of the claim contradict each other, or if the
            time is no positive number.

    >>> from sympy import MatrixSymbol, symbols
    >>> from tptheory import Equal, Pinv
    >>> A = MatrixSymbol("A", *symbols("m n", integer=True, positive=True))
    >>> found = when(Equal(Pinv(A), A.T))
    >>> found
    <Pinv(A) = A.T: A is a partial isometry>
    >>> found.sets[0].exact, found.sets[0].verdict.proved
    (True, True)
    """
    claim = as_claim(claim)
    check_seconds(seconds)
    started = perf_counter()
    candidates = _to_try(claim, among)
    if said := unmeetable(claim):
        raise InvalidValueError(f"'claim' must have hypotheses that something meets (got {'; '.join(said)}).")
    items = tuple(candidate.item for candidate in candidates)
    alone = prove(claim, min(FIRST[1], seconds))
    if isinstance(alone, Proved):
        return Conditions(claim, (SufficientSet((), alone),), (), None, (), items, True, perf_counter() - started)
    equation = missing_equation(claim, started + SHARE_OF_EQUATION * seconds)
    known = equation if equation is not None and equation.exact else None
    search = WeakestSets(claim, candidates, started + SHARE_OF_SETS * seconds, known, progress, seed)
    search.run()
    if search.nothing_meets_the_hypotheses:
        raise InvalidValueError(
            "'claim' must have hypotheses that something meets: no instance that meets them was found."
        )
    sets, stronger = _sufficient_sets(search)
    return Conditions(
        claim,
        sets,
        stronger,
        known if search.proved else equation,
        tuple(_items(search, members) for members in _open(search)),
        items,
        search.complete,
        perf_counter() - started,
    )


def _to_try(claim: Claim, among: Any) -> list[Candidate]:
    """Return the hypotheses that are named, or the usual ones if none are.

    Raises:
        InvalidValueError: if an empty list of them is named.
    """
    if among is None:
        return usual_candidates(claim)
    named = read_candidates(among)
    if not named:
        raise InvalidValueError(
            "'among' must hold at least one hypothesis (got none). Name some, such as full_row_rank(A)."
        )
    return named


def _sufficient_sets(search: WeakestSets) -> tuple[tuple[SufficientSet, ...], tuple[SufficientSet, ...]]:
    """Return the weakest sets, each with counterexamples to those just below it, and the other proved sets."""
    weakest, others = _antichain(search)
    sets = tuple(_sufficient(search, members, whole=True) for members in weakest)
    return sets, tuple(_sufficient(search, members, whole=False) for members in others)


def _open(search: WeakestSets) -> list[Members]:
    """Return the smallest sets that have neither a proof nor a counterexample."""
    left = [members for members in search.undecided if not search.is_settled(members)]
    return [members for members in left if not any(other < members for other in left)]


def _antichain(search: WeakestSets) -> tuple[list[Members], list[Members]]:
    """Return the proved sets from which no other proved set follows, and those from which one does.

    Of sets that follow from each other one is kept: one without sizes, and of those the first. The exact set stands
    among the first, though a set that speaks of the data may follow from it.
    """
    exact = [] if search.exact is None else [search.exact[0]]
    weakest = [members for members in search.proved if members in exact or not search.exact_follows(members)]
    weakest.sort(key=search.speaks_of_sizes)
    for members in weakest[::-1]:
        if members not in exact and _implies_another(search, members, weakest):
            weakest.remove(members)
    return weakest, [members for members in search.proved if members not in weakest]


def _implies_another(search: WeakestSets, members: Members, sets: list[Members]) -> bool:
    """Whether another one of several sets follows from a set, so that the set asks for more than is needed."""
    return any(search.follows_from(other, members) for other in sets if other != members)


def _items(search: WeakestSets, members: Members) -> tuple[Any, ...]:
    return tuple(search.candidates[i].item for i in sorted(members))


def _sufficient(search: WeakestSets, members: Members, whole: bool) -> SufficientSet:
    """Return a proved set; the whole of it has the sets just below, with counterexamples."""
    below = search.just_below(members) if whole else []
    found = tuple((_items(search, weaker), search.smallest_counterexample(weaker)) for weaker in below)
    exact = search.exact is not None and search.exact[0] == members
    necessary = search.exact[1] if exact and search.exact is not None else ()
    for_all = tuple(sorted(search.free_data, key=str)) if exact else ()
    return SufficientSet(_items(search, members), search.proved[members], found, necessary, for_all)


def _each_said(claim: Claim, hypotheses: tuple[Any, ...]) -> list[str]:
    """Say what is assumed beside the hypotheses of a claim, in plain text."""
    return [h.conclusion(text_of) + _now(claim, h) for h in hypotheses]


def _said(claim: Claim, hypotheses: tuple[Any, ...]) -> str:
    return " and ".join(_each_said(claim, hypotheses)) or "nothing more is assumed"


def _said_tex(claim: Claim, hypotheses: tuple[Any, ...]) -> str:
    said = (f"{_conclusion_tex(h)}{_now(claim, h)}" for h in hypotheses)
    return " and ".join(said) or "nothing more is assumed"


def _conclusion_tex(hypothesis: Any) -> str:
    if isinstance(hypothesis, EqualSizes):
        return hypothesis.latex()
    return str(hypothesis.conclusion(lambda e: f"${latex_of(e)}$"))


def _now(claim: Claim, hypothesis: Any) -> str:
    """Return `` now`` for a hypothesis about what a flow of the claim moves, which need not hold at later times."""
    return " now" if not isinstance(hypothesis, EqualSizes) and claim.moves(hypothesis) else ""


def _equation_tex(found: MissingEquation) -> str:
    """Return what the equation says of itself, with its mathematics in LaTeX."""
    words = str(found).removesuffix(found.equation.conclusion(text_of))
    return tex_escaped(words) + found.equation.conclusion(lambda e: f"${latex_of(e)}$")


def _indented(text: str) -> Iterator[str]:
    return (f"    {line}" for line in text.splitlines())


def _row(found: SufficientSet) -> str:
    """Return a row of the table of sets."""
    chain = found.verdict.certificate._repr_html_()
    proof = f"<details><summary>{found.verdict.method}</summary>{chain}</details>"
    below = "".join(_cell(found.verdict.claim, weaker, broken) for weaker, broken in found.below)
    true = notebook_html(f"{tex_escaped(found.kind)} {_said_tex(found.verdict.claim, found.hypotheses)}")
    return (
        "<tr>"
        + "".join(f'<td style="{CELL};vertical-align:top">{cell}</td>' for cell in (true, proof, below))
        + "</tr>"
    )


def _cell(claim: Claim, weaker: tuple[Any, ...], broken: Refuted | None) -> str:
    """Return a weaker set with its counterexample folded under it."""
    only = f"if only {_said_tex(claim, weaker)}" if weaker else "without it"
    if broken is None:
        return notebook_html(f"undecided {only}")
    opening = notebook_html(f"not {only}").removeprefix("<p>").removesuffix("</p>")
    return f"<details><summary>{opening}</summary>{broken.counterexample._repr_html_()}</details>"
