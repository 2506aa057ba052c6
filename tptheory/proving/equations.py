"""Ways to prove equations: by membership; by ``|D|^2 = 0``, which membership does not reach; and by cases.

Membership means that the difference of the two sides is a combination of the hypotheses.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter
from typing import Any

from tptheory.proving.completion import Completion, Limits, Origin, Place
from tptheory.proving.letters import Size
from tptheory.proving.search_aids import SearchAids
from tptheory.proving.searching import (
    LEAST_SECONDS,
    Attempt,
    Branch,
    Proof,
    StuckError,
    common_scalars,
    divided,
    member,
    multiplied,
    refuse_when_late,
    search,
)
from tptheory.proving.squares import Known, squares_of
from tptheory.proving.translation import CASE, Translator
from tptheory.proving.words import Polynomial

SQUARED = 12
"""A difference with more terms than this is not squared: its square has that many terms squared."""
GROWTH = (40, 400, 4000)
"""How many consequences of the hypotheses a search for squares has at hand: with few of them it ends sooner."""
ROUNDS = 3
"""How often a scalar is rewritten, and written with short letters again."""
SPLITS = 3
"""How deeply splits into cases may be nested in a proof."""


def equation(left: Polynomial, right: Polynomial) -> Attempt:
    """Show ``left = right`` by membership; failing that, that ``|D|^2`` vanishes for the difference ``D``.

    The second way reaches what no combination of the hypotheses gives: a real matrix with ``|D|^2 <= 0`` is zero.
    """

    def attempt(translator: Translator, deadline: float) -> Proof:
        half = perf_counter() + (deadline - perf_counter()) / 2
        try:
            return Proof((left, right.scale(-1)), search(translator, left - right, half))
        except StuckError:
            if len((left - right).terms) > SQUARED:
                raise
            for way in (_gram, _norm):
                for L, R in ((left, right), (left.transpose(), right.transpose())):
                    try:
                        origin, squares = way(translator, L - R, deadline)
                    except StuckError:
                        continue
                    return Proof((L, R.scale(-1)), origin, "cancellation", {"squares": squares})
            raise

    return attempt


def membership(left: Polynomial, right: Polynomial) -> Attempt:
    """Show ``left = right`` by membership alone."""
    return lambda translator, deadline: Proof((left, right.scale(-1)), search(translator, left - right, deadline))


def equal(left: Polynomial, right: Polynomial) -> Attempt:
    """Show ``left = right`` divided by the scalars that all terms share, then multiply; failing that, show it whole."""
    common = common_scalars(left, right)
    if not common or left == right:
        return equation(left, right)

    def divided_out(translator: Translator, deadline: float) -> Proof:
        proof = equation(divided(left, common), divided(right, common))(translator, deadline)
        return multiplied(proof, common)

    return either(divided_out, equation(left, right))


def descent(rate: Polynomial) -> Attempt:
    """Show that a derivative is minus a sum of squares."""

    def attempt(translator: Translator, deadline: float) -> Proof:
        origin, squares = minus_squares(translator, rate, deadline)
        return Proof((rate,), origin, "descent", {"squares": squares})

    return attempt


def either(*attempts: Attempt) -> Attempt:
    """Try attempts one after the other; if all fail, the error of the first is raised."""

    def attempt(translator: Translator, deadline: float) -> Proof:
        reasons: list[StuckError] = []
        for each in attempts:
            left = (deadline - perf_counter()) / (len(attempts) - len(reasons))
            try:
                return each(translator, perf_counter() + left)
            except StuckError as stuck:
                reasons.append(stuck)
        raise reasons[0]

    return attempt


def _gram(translator: Translator, D: Polynomial, deadline: float) -> tuple[Origin, list[Any]]:
    """Show that ``D'D = 0``, and turn the proof into one that its trace is 0."""
    square = D.transpose() * D
    square.trace()  # names its size where that is needed
    origin = search(translator, square, deadline)
    return [(c * n, place, k) for c, place, k in origin for place, n in [_traced(translator, place, D.columns)]], []


def _traced(translator: Translator, place: Place, size: Size) -> tuple[Place, int]:
    scalars, left, right, outer = place
    if outer is None:
        return Place(scalars, left, right, ""), 1
    (scalars, _), number = translator.alphabet.traced(scalars, outer, size)
    return Place(scalars, left, right, ""), number


def _norm(translator: Translator, D: Polynomial, deadline: float) -> tuple[Origin, list[Any]]:
    """Show that ``tr(D'D)`` is minus a sum of squares."""
    return minus_squares(translator, (D.transpose() * D).trace(), deadline, thorough=False)


def minus_squares(
    translator: Translator, scalar: Polynomial, deadline: float, thorough: bool = True
) -> tuple[Origin, list[Any]]:
    """Write a scalar as minus a sum of squares modulo the hypotheses, with ever more of their consequences at hand.

    A search that is not thorough takes all consequences at once, and tries fewer squares.

    Raises:
        StuckError: if it is not found to be one.
    """
    stuck = StuckError("the time was up")
    finished = False
    for more in GROWTH if thorough else GROWTH[-1:]:
        if finished:
            break
        limits = Limits(max(deadline - perf_counter(), LEAST_SECONDS), elements=len(translator.hypotheses) + more)
        basis = Completion(translator.alphabet, [h.polynomial for h in translator.hypotheses], limits)
        basis.prove(scalar)
        finished = basis.statistics.stopped != "elements"
        aids = SearchAids.of(translator)
        for each in [aids, aids.spelling_out()] if aids.shorthands else [aids]:
            try:
                return _squares_modulo(basis, translator, each, scalar, deadline, thorough)
            except StuckError as error:
                stuck = error
    raise stuck


def _squares_modulo(
    basis: Completion, translator: Translator, aids: SearchAids, scalar: Polynomial, deadline: float, thorough: bool
) -> tuple[Origin, list[Any]]:
    """Write a scalar as minus a sum of squares modulo a basis; the search calls the error by a letter of its own."""
    end = max(deadline, perf_counter() + LEAST_SECONDS)

    def rewritten(p: Polynomial) -> Polynomial:
        refuse_when_late(end)
        return Polynomial(p.alphabet, p.rows, p.columns, basis.reduce(p.terms)[0])

    def normal(p: Polynomial) -> Polynomial:
        short = rewritten(p)
        return rewritten(aids.shortened(short)) if aids.shorthands else short

    own = [h for h in translator.hypotheses if h.reason[0] not in ("penrose", "inverse", "motion", "nonnegative")]
    equations = [aids.shortened(h.polynomial) for h in own if h.transposes is None]
    known = Known(normal, aids.roots, aids.velocities, equations, thorough)
    squares = squares_of(aids.shortened(scalar).scale(-1), known)
    if squares is None:
        raise StuckError("minus the derivative was not found to be a sum of squares", derivative=repr(normal(scalar)))
    rest, found = aids.shortened(scalar), []
    for weight, short in squares:
        rest = rest + (short.transpose() * short).trace().scale(weight)
        found.append([str(weight), aids.spelled_out(short).data()])
    origin: Origin = []
    for _ in range(ROUNDS):  # a hypothesis may bring back what the short letter has replaced
        left = rewritten(rest)
        origin += member(basis, rest - left)
        rest = aids.shortened(left)
    origin += member(basis, rest)
    for shorthand in aids.shorthands:
        origin = shorthand.spelled_out_in(origin, translator.alphabet)
    return origin, found


def in_cases(attempt: Attempt, translator: Translator, deadline: float, depth: int = SPLITS) -> Proof:
    """Prove without cases, or else in each case of a hypothesis that says that a product is zero.

    Raises:
        StuckError: if neither leads to a proof; the error is that of the attempt without cases.
    """
    splits = list(_splits(translator)) if depth else []
    first = perf_counter() + (deadline - perf_counter()) / 2 if splits else deadline
    try:
        return attempt(translator, first)
    except StuckError:
        for alternatives, origin in splits:
            refuse_when_late(deadline)
            branches = []
            try:
                for polynomials in alternatives:
                    branch = translator.branch()
                    start = len(branch.hypotheses)
                    for p in polynomials:
                        branch.assume(p, CASE)
                    added = tuple(
                        k for k in range(start, len(branch.hypotheses)) if branch.hypotheses[k].transposes is None
                    )
                    branches.append(Branch(branch, added, in_cases(attempt, branch, deadline, depth - 1)))
            except StuckError:
                continue
            return Proof(branches[0].proof.goal, origin, "cases", {}, tuple(branches))
        raise


Split = tuple[list[list[Polynomial]], Origin]
"""For each case the polynomials that vanish in it; and a proof that the product of all norms vanishes."""


def _splits(translator: Translator) -> Iterator[Split]:
    """Run through the hypotheses that say that one of several polynomials is zero."""
    for k, alternatives in translator.alternatives:
        if not any(_known(translator, ps) for ps in alternatives):
            yield alternatives, [(1, Place((), "", ""), k)]
    for k, h in enumerate(translator.hypotheses):
        common = common_scalars(h.polynomial)
        if h.transposes is None and common and h.reason != CASE:
            s, p = common[0], divided(h.polynomial, common[:1])
            factor, rest = _root(translator, s)
            if not p or _known(translator, [factor]) or _known(translator, [p]):
                continue
            origin: Origin = [
                (c, Place(tuple(sorted((*rest, *scalars))), word, "", ""), k)
                for (scalars, word), c in p.transpose().terms.items()
            ]
            yield [[factor], [p]], origin


def _known(translator: Translator, polynomials: list[Polynomial]) -> bool:
    """Whether all of these polynomials are hypotheses already, up to sign."""
    known = [h.polynomial for h in translator.hypotheses]
    return all(p in known or p.scale(-1) in known for p in polynomials)


def _root(translator: Translator, s: str) -> tuple[Polynomial, list[str]]:
    """Return a polynomial that vanishes where a scalar does, such as ``u`` for ``tr(u u')``.

    With it come the extra factors of its squared norm: that norm is the scalar times these.
    """
    alphabet = translator.alphabet
    if alphabet.is_trace(s) and len(s) % 2 == 0:
        half = len(s) // 2
        for i in range(len(s)):
            turned = s[i:] + s[:i]
            if turned[half:] == alphabet.transpose(turned[:half]):
                return Polynomial.word(alphabet, turned[:half]), []
    return Polynomial(alphabet, 1, 1, {((s,), ""): 1}), [s]
