"""Ways to prove that a difference ``D`` vanishes, and that a number is not above 0.

Membership comes first: ``D`` is a combination of the hypotheses. What no combination reaches is tried by squares, as a
real matrix with ``|D|^2 <= 0`` is zero. In this order: ``D'D`` is a combination; ``|D|^2`` cancels with the square of a
partner, as in ``A A' + C C'``; with squares of multiples of ``D``; with any squares that a search finds; and at last
``D'D`` vanishes in one of these ways itself. `in_cases` splits a proof where a hypothesis says that a product is zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import permutations, product
from time import perf_counter
from typing import Any

from tptheory.proving.completion import Completion
from tptheory.proving.letters import Size
from tptheory.proving.multiples import cancelling_squares
from tptheory.proving.rewriting import HERE, Origin, Place, traced_place
from tptheory.proving.search_aids import SearchAids
from tptheory.proving.searching import (
    LEAST_SECONDS,
    Attempt,
    Branch,
    LemmaChain,
    Proof,
    StuckError,
    common_scalars,
    completion,
    concluded,
    divided,
    member,
    multiplied,
    refuse_when_late,
    search,
)
from tptheory.proving.square_candidates import Resources
from tptheory.proving.squares import squares_of
from tptheory.proving.translation import CASE, Translator
from tptheory.proving.unfolding import Membership
from tptheory.proving.words import Alphabet, Polynomial, divide, rotations

SQUARED = 12
"""A difference with more terms than this is not squared: its square has that many terms squared."""
SQUARED_TWICE = 2
"""A difference with more terms than this is not squared twice."""
GROWTH = (40, 400, 4000)
"""How many consequences of the hypotheses a search for squares has at hand: with few of them it ends sooner."""
ROUNDS = 3
"""How often a scalar is rewritten, and written with short letters again."""
SPLITS = 3
"""How deeply splits into cases may be nested in a proof."""


def equation(left: Polynomial, right: Polynomial, squared: int = 1) -> Attempt:
    """Show ``left = right`` by membership; failing that, that ``|D|^2`` vanishes for the difference ``D``.

    The second way reaches what no combination of the hypotheses gives: a real matrix with ``|D|^2 <= 0`` is zero.

    Args:
        left: the left side.
        right: the right side.
        squared: how many times ``D'D`` may take the place of ``D``, where neither way leads to the end.
    """

    def attempt(translator: Translator, deadline: float) -> Proof:
        basis = completion(translator, deadline)
        try:
            found = member(basis, left - right, (deadline - perf_counter()) / 2)
            return concluded(translator, found, lambda origin: Proof((left, right.scale(-1)), origin))
        except StuckError as stuck:
            first = stuck
        if len((left - right).terms) > SQUARED or translator.doubtful is not None:
            raise first
        turned = left.transpose(), right.transpose()
        for way, sides in product((_gram, _partners), ((left, right), turned)):
            if found := way(basis, sides[0] - sides[1]):
                return cancelled(translator, (sides[0], sides[1].scale(-1)), *found)
        if not basis.statistics.cut and (summed := _multiples(basis, left - right, deadline)):
            return cancelled(translator, (left, right.scale(-1)), *summed)
        try:
            return cancelled(translator, (left, right.scale(-1)), *_norm(basis, left - right, translator, deadline))
        except StuckError:
            pass
        if not squared or len((left - right).terms) > SQUARED_TWICE:
            raise first
        try:
            return _by_its_square(translator, left, right, deadline, squared - 1)
        except StuckError:
            raise first from None

    return attempt


def _by_its_square(translator: Translator, left: Polynomial, right: Polynomial, deadline: float, squared: int) -> Proof:
    """Show that the difference ``D`` vanishes from ``D'D = 0``, which is a lemma that is shown in the same ways."""
    refuse_when_late(deadline)
    D = left - right
    gram = D.transpose() * D
    gram.trace()  # names its size where that is needed
    chain = LemmaChain(translator)
    number, sign = chain.add(gram, equation(gram, gram.scale(0), squared)(translator, deadline))
    place, factor = traced_place(translator.alphabet, HERE, D.columns)
    return chain.close(
        cancelled(chain.branch, (left, right.scale(-1)), Membership([(sign * factor, place, number)]), [])
    )


def membership(left: Polynomial, right: Polynomial) -> Attempt:
    """Show ``left = right`` by membership alone."""

    def attempt(translator: Translator, deadline: float) -> Proof:
        found = search(translator, left - right, deadline)
        return concluded(translator, found, lambda origin: Proof((left, right.scale(-1)), origin))

    return attempt


def equal(left: Polynomial, right: Polynomial) -> Attempt:
    """Show ``left = right`` divided by the scalars that all terms share, then multiply; failing that, show it whole."""
    common = common_scalars(left, right)
    if not common or left == right:
        return equation(left, right)

    def divided_out(translator: Translator, deadline: float) -> Proof:
        proof = equation(divided(left, common), divided(right, common))(translator, deadline)
        return multiplied(proof, common)

    return either(divided_out, equation(left, right))


def cancelled(translator: Translator, goal: tuple[Polynomial, ...], found: Membership, squares: list[Any]) -> Proof:
    """Return the proof that a goal vanishes because its squared norm plus squares does."""
    return concluded(translator, found, lambda origin: Proof(goal, origin, "cancellation", {"squares": squares}))


def descent(rate: Polynomial) -> Attempt:
    """Show that a derivative is minus a sum of squares."""

    def attempt(translator: Translator, deadline: float) -> Proof:
        found, squares = minus_squares(translator, rate, deadline)
        return concluded(translator, found, lambda origin: Proof((rate,), origin, "descent", {"squares": squares}))

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


def _gram(basis: Completion, D: Polynomial) -> tuple[Membership, list[Any]] | None:
    """Show that ``D'D = 0``, and turn the proof into one that its trace is 0; None if it is not found to be 0."""
    square = D.transpose() * D
    square.trace()  # names its size where that is needed
    found = basis.prove(square)
    return None if found is None else (traced(D.alphabet, found, D.columns), [])


def traced(alphabet: Alphabet, found: Membership, size: Size) -> Membership:
    """Turn how a square polynomial vanishes into how its trace does."""
    places = [(c, k, *traced_place(alphabet, place, size)) for c, place, k in found.origin]
    return found._replace(origin=[(c * n, place, k) for c, k, place, n in places])


def _norm(basis: Completion, D: Polynomial, translator: Translator, deadline: float) -> tuple[Membership, list[Any]]:
    """Show that ``tr(D'D)`` is minus a sum of squares."""
    norm = D.norm()
    basis.prove(norm)
    return _squares_modulo(basis, translator, SearchAids.of(translator).spelling_out(), norm, deadline, thorough=False)


def _partners(basis: Completion, D: Polynomial) -> tuple[Membership, list[Any]] | None:
    """Show that ``|X A|^2 + |X C|^2`` vanishes for ``D = X A``, where a hypothesis adds ``A A'`` and ``C C'``."""
    for h in basis.hypotheses:
        roots = [
            (c, half) for (scalars, word), c in h.terms.items() if not scalars and (half := half_of(D.alphabet, [word]))
        ]
        for (c, a), (d, b) in permutations(roots, 2):
            if c * d > 0 and all(word[-len(a) :] == a for _, word in D.terms):
                terms = {(s, word[: -len(a)] + b): e for (s, word), e in D.terms.items()}
                Q = Polynomial(D.alphabet, D.rows, D.alphabet.shape(b)[1], terms)
                weight = divide(d, c)
                norm = D.norm() + Q.norm().scale(weight)
                if basis.vanishes(norm):
                    return member(basis, norm), [[str(weight), Q.data()]]
    return None


def _multiples(basis: Completion, D: Polynomial, deadline: float) -> tuple[Membership, list[Any]] | None:
    """Show that the squared norms of ``D`` and of multiples of it sum to 0."""

    def normal(p: Polynomial) -> Polynomial:
        return Polynomial(p.alphabet, p.rows, p.columns, basis.reduce(p.terms)[0])

    squares = cancelling_squares(D, normal, lambda: refuse_when_late(deadline))
    if squares is None:
        return None
    whole = D.norm()
    for weight, Q in squares:
        whole = whole + Q.norm().scale(weight)
    found = basis.prove(whole)
    return None if found is None else (found, [[str(weight), Q.data()] for weight, Q in squares])


def half_of(alphabet: Alphabet, words: Iterable[str]) -> str:
    """Return ``u`` where one of some words is ``u u'``; nothing if none is."""
    for word in words:
        half = word[: len(word) // 2]
        if word and word == half + alphabet.transpose(half):
            return half
    return ""


def minus_squares(translator: Translator, scalar: Polynomial, deadline: float) -> tuple[Membership, list[Any]]:
    """Write a scalar as minus a sum of squares modulo the hypotheses, with ever more of their consequences at hand.

    Raises:
        StuckError: if it is not found to be one.
    """
    stuck = StuckError("the time was up")
    finished = False
    for more in GROWTH:
        if finished:
            break
        basis = completion(translator, deadline, elements=len(translator.hypotheses) + more)
        basis.prove(scalar)
        finished = basis.statistics.stopped != "elements"
        aids = SearchAids.of(translator)
        for each in [aids, aids.spelling_out()] if aids.shorthands else [aids]:
            try:
                return _squares_modulo(basis, translator, each, scalar, deadline)
            except StuckError as error:
                stuck = error
    raise stuck


def _squares_modulo(
    basis: Completion,
    translator: Translator,
    aids: SearchAids,
    scalar: Polynomial,
    deadline: float,
    thorough: bool = True,
) -> tuple[Membership, list[Any]]:
    """Write a scalar as minus a sum of squares modulo a basis; the search calls the error by a letter of its own.

    A search that is not thorough tries fewer squares.
    """
    end = max(deadline, perf_counter() + LEAST_SECONDS)

    def rewritten(p: Polynomial) -> Polynomial:
        refuse_when_late(end)
        return Polynomial(p.alphabet, p.rows, p.columns, basis.reduce(p.terms)[0])

    def normal(p: Polynomial) -> Polynomial:
        short = rewritten(p)
        return rewritten(aids.shortened(short)) if aids.shorthands else short

    own = [h for h in translator.hypotheses if h.reason[0] not in ("penrose", "inverse", "motion", "nonnegative")]
    equations = [aids.shortened(h.polynomial) for h in own if h.transposes is None]
    resources = Resources(normal, aids.roots, aids.multipliers, aids.velocities, equations, thorough)
    squares = squares_of(aids.shortened(scalar).scale(-1), resources)
    if squares is None:
        raise StuckError("minus the number was not found to be a sum of squares", derivative=repr(normal(scalar)))
    rest, found = aids.shortened(scalar), []
    for weight, short in squares:
        rest = rest + short.norm().scale(weight)
        found.append([str(weight), aids.spelled_out(short).data()])
    origin: Origin = []
    for _ in range(ROUNDS):  # a hypothesis may bring back what the short letter has replaced
        left = rewritten(rest)
        origin += member(basis, rest - left, whole=True).origin
        rest = aids.shortened(left)
    origin += member(basis, rest, whole=True).origin
    for shorthand in aids.shorthands:
        origin = shorthand.spelled_out_in(origin, translator.alphabet)
    return Membership(origin), found


def in_cases(attempt: Attempt, translator: Translator, deadline: float, depth: int = SPLITS) -> Proof:
    """Prove without cases, or else in each case of a hypothesis that says that a product is zero.

    Raises:
        StuckError: if neither leads to a proof; the error is that of the attempt without cases.
    """
    splits = list(_splits(translator)) if depth and translator.doubtful is None else []
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
    if alphabet.is_trace(s) and (half := half_of(alphabet, rotations(s))):
        return Polynomial.word(alphabet, half), []
    return Polynomial(alphabet, 1, 1, {((s,), ""): 1}), [s]
