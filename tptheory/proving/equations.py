"""Strategies to prove that a difference ``D`` vanishes, and that a number is not above 0.

Ideal membership comes first: ``D`` is a combination of the hypotheses. What no combination reaches is tried by squares,
as a real matrix with ``|D|^2 <= 0`` is zero. In this order: the Gram matrix ``D'D`` is a combination; ``|D|^2`` cancels
with the square of a partner, as in ``A A' + C C'``; with squares of multiples of ``D``; with any squares that a search
finds; and at last ``D'D`` vanishes in one of these ways itself. `in_cases` splits a proof where a hypothesis says that
a product is zero.

No strategy divides the time among its steps: each completion may do as much work as the translator allows, and the
deadline only ends what takes too long. So what is found depends on the clock as little as can be.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from itertools import permutations, product
from time import perf_counter

from tptheory.proving.auxiliary_letters import AuxiliaryLetters, replaced
from tptheory.proving.completion import Completion
from tptheory.proving.multiples import cancelling_squares
from tptheory.proving.nonnegative import half_of, half_of_trace
from tptheory.proving.norms import Squares, VanishingSum, gram, traced, vanishing_with, with_squares
from tptheory.proving.rewriting import NO_COFACTORS, Cofactors, Combination, traced_cofactors
from tptheory.proving.searching import (
    LEAST_SECONDS,
    Attempt,
    Branch,
    LemmaChain,
    Proof,
    StuckError,
    adopt_definitions,
    combination_of,
    common_scalars,
    completion,
    concluded,
    divided,
    multiplied,
    proof_by_combination,
    refuse_when_late,
)
from tptheory.proving.square_words import Resources
from tptheory.proving.squares import squares_of
from tptheory.proving.telling import telling_hypotheses
from tptheory.proving.translation import CASE, Translator
from tptheory.proving.unfolding import Membership
from tptheory.proving.words import Polynomial

SQUARED = 12
"""A difference with more terms than this is not squared: its square has that many terms squared."""
SQUARED_TWICE = 2
"""A difference with more terms than this is not squared twice."""
GROWTH = (40, 400, 4000)
"""How many consequences of the hypotheses a search for squares has at hand: with few of them it ends sooner."""
EFFORT_OF_A_CONSEQUENCE = 1000
"""No more consequences are worked out than this effort for each of those before allows."""
SPLITS = 3
"""How deeply splits into cases may be nested in a proof."""


def equation(left: Polynomial, right: Polynomial, translator: Translator, deadline: float, squared: int = 1) -> Proof:
    """Show ``left = right`` by membership; failing that, by ``|D|^2 = 0`` for the difference ``D``.

    Args:
        left: the left side.
        right: the right side.
        translator: the translator with the hypotheses.
        deadline: when to end.
        squared: how many times ``D'D`` may take the place of ``D``, where nothing else leads to the end.
    """
    D = left - right
    basis = completion(translator, deadline)
    try:
        found = combination_of(basis, D)
        return concluded(translator, found, lambda origin: proof_by_combination((left, right.scale(-1)), origin))
    except StuckError as stuck:
        if len(D.terms) > SQUARED or translator.maybe_nonreal is not None:
            raise
        first = stuck
    proof = _by_squares(basis, left, right, translator, deadline)
    if proof is not None:
        return proof
    if not (squared and translator.squares_twice) or len(D.terms) > SQUARED_TWICE:
        raise first
    try:
        return _by_its_square(translator, left, right, deadline, squared - 1)
    except StuckError:
        raise first from None


def _by_squares(
    basis: Completion, left: Polynomial, right: Polynomial, translator: Translator, deadline: float
) -> Proof | None:
    """Show that two sides are equal because ``|D|^2`` is not above 0 for their difference ``D``; None if it fails."""
    D = left - right
    for vanishing in (_by_gram_matrix, _with_partners):
        for p, goal in ((D, (left, right)), (D.transpose(), (left.transpose(), right.transpose()))):
            if shown := vanishing(basis, p):
                return shown.cancellation(translator, goal[0], goal[1].scale(-1))
    shown = None if basis.statistics.cut else _with_multiples(basis, D, deadline)
    shown = shown or _with_any_squares(basis, D, translator, deadline)
    return None if shown is None else shown.cancellation(translator, left, right.scale(-1))


def _by_its_square(translator: Translator, left: Polynomial, right: Polynomial, deadline: float, squared: int) -> Proof:
    """Show that the difference ``D`` vanishes from ``D'D = 0``, which is a lemma that is shown in the same ways."""
    refuse_when_late(deadline)
    square = gram(left - right)
    lemmas = LemmaChain(translator)
    number, sign = lemmas.add(square, equation(square, square.scale(0), translator, deadline, squared))
    place, factor = traced_cofactors(translator.alphabet, NO_COFACTORS, square.columns)
    shown = VanishingSum(Membership([(sign * factor, place, number)]))
    return lemmas.close(shown.cancellation(lemmas.branch, left, right.scale(-1)))


def membership(left: Polynomial, right: Polynomial, translator: Translator, deadline: float) -> Proof:
    """Show ``left = right`` by membership alone."""
    found = combination_of(completion(translator, deadline), left - right)
    return concluded(translator, found, lambda origin: proof_by_combination((left, right.scale(-1)), origin))


def equal(left: Polynomial, right: Polynomial, translator: Translator, deadline: float) -> Proof:
    """Show ``left = right`` divided by the scalars that all terms share, then multiply; failing that, show it whole."""
    whole, common = partial(equation, left, right), common_scalars(left, right)
    if not common or left == right:
        return either(whole, partial(_through_a_root, left - right))(translator, deadline)
    return either(partial(_divided_out, left, right, common), whole)(translator, deadline)


def _divided_out(
    left: Polynomial, right: Polynomial, scalars: list[str], translator: Translator, deadline: float
) -> Proof:
    """Show ``left = right`` divided by scalars that stand in every term, and multiply the proof by them."""
    return multiplied(equation(divided(left, scalars), divided(right, scalars), translator, deadline), scalars)


def _through_a_root(D: Polynomial, translator: Translator, deadline: float) -> Proof:
    """Show ``X S = 0`` from ``X R = 0``, where a hypothesis that ``S`` is not below 0 makes ``S = R R'``."""
    roots = [R for R in AuxiliaryLetters.of(translator).multipliers if D.alphabet.shapes[R] is not None]
    for R, p in product(roots, (D, D.transpose())):
        S = D.alphabet.letters[R][0].family.subject
        if all(word and Polynomial.word(D.alphabet, word[-1]) in (S, S.transpose()) for _, word in p.terms):
            through = p.with_terms({(scalars, word[:-1] + R): c for (scalars, word), c in p.terms.items()})
            lemmas = LemmaChain(translator)
            lemmas.add(through, equation(through, through.scale(0), translator, deadline))
            return lemmas.close(membership(D, D.scale(0), lemmas.branch, deadline))
    raise StuckError("no root was found")


def descent(rate: Polynomial, translator: Translator, deadline: float) -> Proof:
    """Show that a number, such as a derivative, is minus a sum of squares."""
    return minus_squares(translator, rate, deadline).descent(translator, rate)


def either(*attempts: Attempt) -> Attempt:
    """Try attempts one after the other; if all fail, the error of the first is raised."""

    def attempt(translator: Translator, deadline: float) -> Proof:
        reasons: list[StuckError] = []
        for each in attempts:
            try:
                return each(translator, deadline)
            except StuckError as stuck:
                reasons.append(stuck)
        raise reasons[0]

    return attempt


def _by_gram_matrix(basis: Completion, D: Polynomial) -> VanishingSum | None:
    """Show that ``D'D = 0``, and turn the proof into one that its trace is 0; None if it is not found to be 0."""
    found = basis.prove(gram(D))
    return None if found is None else VanishingSum(traced(found, D))


def _with_any_squares(basis: Completion, D: Polynomial, translator: Translator, deadline: float) -> VanishingSum | None:
    """Show that ``|D|^2`` is minus a sum of squares; None if none is found."""
    norm = D.norm()
    basis.prove(norm)
    try:
        return _squares_modulo(basis, translator, norm, deadline, thorough=False)
    except StuckError:
        return None


def _with_partners(basis: Completion, D: Polynomial) -> VanishingSum | None:
    """Show that ``|X A|^2 + |X C|^2`` vanishes for ``D = X A``, where a hypothesis adds ``A A'`` and ``C C'``."""
    for h in basis.hypotheses:
        halves = [(c, half_of(D.alphabet, [word])) for (scalars, word), c in h.terms.items() if not scalars]
        for (c, a), (d, b) in permutations([(c, half) for c, half in halves if half], 2):
            if c * d > 0 and all(word[-len(a) :] == a for _, word in D.terms):
                terms = {(s, word[: -len(a)] + b): e for (s, word), e in D.terms.items()}
                partner = Polynomial(D.alphabet, D.rows, D.alphabet.shape(b)[1], terms)
                if shown := vanishing_with(basis, D.norm(), [(Fraction(d) / c, partner)]):
                    return shown
    return None


def _with_multiples(basis: Completion, D: Polynomial, deadline: float) -> VanishingSum | None:
    """Show that the squared norms of ``D`` and of multiples of it sum to 0; None if no weights are found."""
    squares = cancelling_squares(D, basis.rewritten, lambda: refuse_when_late(deadline))
    found = None if squares is None else basis.prove(with_squares(D.norm(), squares))
    return None if squares is None or found is None else VanishingSum(found, squares)


def minus_squares(translator: Translator, number: Polynomial, deadline: float) -> VanishingSum:
    """Write a number as minus a sum of squares modulo the hypotheses, with ever more of their consequences at hand.

    With little effort only few consequences are worked out, so that each setting of a search has its turn first.

    Raises:
        StuckError: if it is not found to be one.
    """
    stuck = StuckError("the time was up")
    for more in GROWTH:
        basis = completion(translator, deadline, elements=len(translator.hypotheses) + more)
        basis.prove(number)
        finished = basis.statistics.stopped != "elements"
        try:
            return _squares_modulo(basis, translator, number, deadline)
        except StuckError as error:
            stuck = error
        if finished:
            break
        if translator.effort is not None and more * EFFORT_OF_A_CONSEQUENCE > translator.effort:
            basis.statistics.stopped = "effort"  # so that the search goes on when there is more
            break
    raise stuck


def _squares_modulo(
    basis: Completion, translator: Translator, number: Polynomial, deadline: float, thorough: bool = True
) -> VanishingSum:
    """Write a number as minus a sum of squares modulo a basis; a search that is not thorough tries fewer squares.

    Raises:
        StuckError: if it is not found to be one.
    """
    squares = squares_modulo(basis, translator, number, deadline, thorough)
    if squares is None:
        rest = basis.rewritten(number.scale(-1)).excerpt()
        raise StuckError("minus the number was not found to be a sum of squares", derivative=rest)
    return VanishingSum(combination_of(basis, with_squares(number, squares), whole=True), squares)


def squares_modulo(
    basis: Completion, translator: Translator, number: Polynomial, deadline: float, thorough: bool = True
) -> Squares | None:
    """Return squares that a number is minus the sum of modulo a basis; None if none are found."""
    end, auxiliary = max(deadline, perf_counter() + LEAST_SECONDS), AuxiliaryLetters.of(translator)

    def normal(p: Polynomial) -> Polynomial:
        refuse_when_late(end)
        return basis.rewritten(p)

    def in_residuals(p: Polynomial) -> Polynomial:
        for y, by in translator.residuals.items():
            p = replaced(p, y, by)
        return p

    scalar = in_residuals(number).scale(-1)
    for telling, left_out in telling_hypotheses(translator):
        multipliers = [root for root in auxiliary.multipliers if root not in left_out]
        letters = (auxiliary.roots, multipliers, auxiliary.velocities)
        resources = Resources(normal, *letters, [*map(in_residuals, telling)], thorough, translator.completed)
        squares = squares_of(scalar, resources)
        if squares is not None:
            return squares
    return None


def in_cases(attempt: Attempt, translator: Translator, deadline: float, depth: int = SPLITS) -> Proof:
    """Prove without cases, or else in each case of a hypothesis that says that a product is zero.

    Raises:
        StuckError: if neither leads to a proof; the error is that of the attempt without cases.
    """
    try:
        return attempt(translator, deadline)
    except StuckError:
        if not depth or translator.maybe_nonreal is not None:
            raise
        for alternatives, origin in list(_splits(translator)):
            refuse_when_late(deadline)
            try:
                branches = [_case(attempt, translator, each, deadline, depth - 1) for each in alternatives]
            except StuckError:
                continue
            return Proof(branches[0].proof.goal, origin, "cases", {}, tuple(branches))
        raise


def _case(
    attempt: Attempt, translator: Translator, polynomials: list[Polynomial], deadline: float, depth: int
) -> Branch:
    """Prove in the case that some polynomials vanish."""
    branch = translator.branch()
    start = len(branch.hypotheses)
    for p in polynomials:
        branch.assume(p, CASE)
    fresh = range(start, len(branch.hypotheses))
    added = tuple(k for k in fresh if branch.hypotheses[k].transposes is None)
    shown = Branch(branch, added, in_cases(attempt, branch, deadline, depth))
    adopt_definitions(translator, branch)
    return shown


Split = tuple[list[list[Polynomial]], Combination]
"""For each case the polynomials that vanish in it; and a proof that the product of all norms vanishes."""


def _splits(translator: Translator) -> Iterator[Split]:
    """Run through the hypotheses that say that one of several polynomials is zero."""
    for k, alternatives in translator.alternatives:
        if not any(_known(translator, ps) for ps in alternatives):
            yield alternatives, [(1, NO_COFACTORS, k)]
    for k, h in enumerate(translator.hypotheses):
        common = common_scalars(h.polynomial)
        if h.transposes is None and common and h.reason != CASE:
            s, p = common[0], divided(h.polynomial, common[:1])
            factor, rest = _root(translator, s)
            if not p or _known(translator, [factor]) or _known(translator, [p]):
                continue
            origin: Combination = [
                (c, Cofactors(tuple(sorted((*rest, *scalars))), word, "", ""), k)
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
    if half := half_of_trace(alphabet, s):
        return Polynomial.word(alphabet, half), []
    return Polynomial.number(alphabet, (s,)), [s]
