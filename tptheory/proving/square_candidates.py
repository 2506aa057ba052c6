"""Candidates for the parts of a sum of squares: halves of traces, velocities, and what hypotheses make of them.

The halves of traces, as `square_words` finds them, are candidates. So are the velocities that stand in the scalar, what
they are multiplied by, and more words, which are tried later. A number in front of a trace needs a square root, since
``s |Q|^2 = |r Q|^2`` for ``s = r^2``: an even power has one, and a symbol that is declared to be nonnegative has a
letter for its root. So has what a hypothesis says is not below 0: a number ``q = r^2``, or a matrix ``S = R R'``.
Products of such roots with candidates are candidates again, so that hypotheses are multiplied by squares and by each
other (Stengle, A Nullstellensatz and a Positivstellensatz in semialgebraic geometry, Mathematische Annalen 207, 1974).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod

from tptheory.proving.factor_bounds import bounded_factors
from tptheory.proving.square_words import Groups, Resources, SquareCandidate, Words, halved, parts, shape_text
from tptheory.proving.words import Alphabet, Polynomial

MOST = 48
"""A set of more candidates than this is not tried."""
POWERS = 3
"""Powers of a number's square root are tried below this; in any case up to the power of the number in the scalar."""


def candidate_sets(scalar: Polynomial, reduced: Polynomial, resources: Resources) -> Iterator[list[SquareCandidate]]:
    """Return sets of candidates to try, from the likeliest to the largest.

    First come halves of as few shapes as possible that cover all terms, then all halves, also those of the terms as
    they were before hypotheses rewrote them. Then come the halves of the traces of square hypotheses: adding such a
    trace may turn a term that looks negative into squares. Where hypotheses speak of roots, factors that are bounded
    one after the other follow, products of columns with principal roots, then of the halves with the other roots, and
    these again near the end. Then come the velocities alone, and at last all of these with what stands beside a
    velocity, with halves of terms that hypotheses turn into others, with both parts of forms that are cut in two, and
    with powers of the numbers, multiplied by roots.
    """
    if resources.completed:
        yield [*resources.completed]
    words = Words(resources, scalar.alphabet)
    groups = words.halves_by_shape(reduced)
    yield _of_few_shapes(scalar.alphabet, groups)
    everything = sorted({half for halves in groups.values() for found in halves.values() for half in found})
    yield everything
    yield sorted({*everything, *words.halves(scalar)})
    if resources.completed:
        yield [*resources.completed, *everything]
    squares = [p.trace() for p in resources.equations if p.rows == p.columns]
    of_hypotheses = sorted({half for p in squares for half in words.halves(p)} - {*everything})
    yield of_hypotheses
    yield [*everything, *of_hypotheses]
    if resources.multipliers:
        yield [*bounded_factors(words.halves(scalar), resources, scalar.alphabet)]
        typed = sorted({*map(words.turned, [*everything, *words.halves(scalar), *words.by_equations(reduced, 1)])})
        yield from words.with_multiples(words.times_principal_roots(words.ends(reduced)))
        products = [*words.multiplied(typed)]
        yield products
        yield [*typed, *products]
    if resources.thorough:
        yield from _thorough_sets(words, scalar, reduced, everything)


def _thorough_sets(
    words: Words, scalar: Polynomial, reduced: Polynomial, everything: list[SquareCandidate]
) -> Iterator[list[SquareCandidate]]:
    """Return the sets of candidates that take more time, given all halves of the terms of the scalar."""
    resources = words.resources
    weights = sorted({(roots, scalars) for roots, scalars, _ in parts(reduced, resources.roots)})
    yield [SquareCandidate(*weight, v) for weight in weights for v in resources.velocities]
    beside = sorted(words.beside_velocities(scalar))
    yield [*beside, *everything]
    middles = sorted(words.around_symmetric_middles(reduced))
    wide: list[list[SquareCandidate]] = []
    for equations in (1, 2) if resources.multipliers else (1,):
        others = sorted(words.by_equations(reduced, equations))
        yield [*everything, *others]
        wide.append([*map(words.turned, [*everything, *middles, *beside, *others])])
        yield wide[-1]
    yield from words.with_multiples(wide[-1])
    for changed in (False, True):
        cut = list(dict.fromkeys(map(words.turned, words.parts_of_forms(reduced, changed))))
        yield [*cut, *everything]
        yield from words.with_multiples(cut)
    yield [*cut, *(c._replace(roots=(r,)) for c in cut if not c.roots for r in resources.roots.values())]
    for more in wide:
        yield from _times_powers(words, reduced, more)


def _times_powers(
    words: Words, scalar: Polynomial, candidates: list[SquareCandidate]
) -> Iterator[list[SquareCandidate]]:
    """Return the words of candidates times powers of the numbers in a scalar; if they are few, times roots as well."""
    plain = list(dict.fromkeys(c.word for c in candidates))
    powers = [SquareCandidate(*weight, word) for word in plain for weight in _powers(scalar, words.resources.roots)]
    yield powers
    if len(powers) <= MOST:
        yield from words.with_multiples(powers)


def _of_few_shapes(alphabet: Alphabet, groups: Groups) -> list[SquareCandidate]:
    """Return halves of every term that has any, from as few shapes as possible: the shape of most terms is first."""
    chosen: list[SquareCandidate] = []
    covered: set[tuple[str, ...]] = set()
    for _, halves in sorted(groups.items(), key=lambda group: (-len(group[1]), shape_text(alphabet, group[0]))):
        fresh = halves.keys() - covered
        chosen += [half for term in sorted(fresh) for half in sorted(halves[term])]
        covered |= fresh
    return chosen


def _powers(scalar: Polynomial, roots: Mapping[str, str]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return all products of powers of the numbers in a scalar, as square roots and numbers; none if they are many."""
    numbers = sorted({s for scalars, _ in scalar.terms for s in scalars if not scalar.alphabet.is_trace(s)})
    most = {s: max(POWERS, *(scalars.count(s) + 1 for scalars, _ in scalar.terms)) for s in numbers}
    ranges = [range(0, most[s], 1 if s in roots else 2) for s in numbers]
    if prod(map(len, ranges)) > MOST:
        return []
    return [halved(list(zip(numbers, powers, strict=True)), roots) for powers in product(*ranges)]
