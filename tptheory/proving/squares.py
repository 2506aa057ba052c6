"""Sums of squares: write a scalar as ``-sum of weight * tr(Q Q')``, with weights found exactly.

Each term of the scalar is a trace. Where a trace reads ``tr(u m u')`` with nothing in the middle, or with a symmetric
projection there, ``u m`` is a candidate for a part of some ``Q``. The unknown is then the Gram matrix of the
candidates: its entries solve linear equations over the rationals, and its LDL' decomposition gives the squares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement

from flint import fmpq, fmpq_mat

from tptheory.proving.letters import Size, item_text
from tptheory.proving.words import Alphabet, Polynomial, Terms

Reduce = Callable[[Polynomial], Polynomial]
Square = tuple[Fraction, Polynomial]


def squares_of(scalar: Polynomial, reduce: Reduce, known: Sequence[Polynomial] = ()) -> list[Square] | None:
    """Return weights and polynomials with ``scalar = sum of weight * tr(Q Q')`` modulo what ``reduce`` knows.

    Args:
        scalar: a scalar polynomial whose terms are single traces with rational coefficients.
        reduce: brings a polynomial to normal form modulo the hypotheses.
        known: scalars that vanish; squares of halves of their traces are tried last.

    Returns:
        The squares, with positive weights; an empty list for zero; None if none were found.
    """
    scalar = reduce(scalar)
    if not scalar:
        return []
    if any(len(scalars) != 1 or len(scalars[0]) < 2 for scalars, _ in scalar.terms):
        return None
    for candidates in _candidate_sets(scalar, known, reduce):
        found = _solve(scalar, candidates, reduce)
        if found is not None:
            return found
    return None


def _candidate_sets(scalar: Polynomial, known: Sequence[Polynomial], reduce: Reduce) -> Iterator[list[Polynomial]]:
    """Return sets of halves to try: first halves of as few shapes as possible that cover all traces, then all halves.

    Last come the halves of scalars that vanish: adding such a scalar may turn a term that looks negative into squares.
    """

    def words(halves: Sequence[str]) -> list[Polynomial]:
        return [Polynomial.word(scalar.alphabet, half) for half in halves]

    groups = _halves_by_shape(scalar, reduce)
    chosen = _of_few_shapes(scalar.alphabet, groups)
    yield words(chosen)
    everything = sorted({half for halves in groups.values() for found in halves.values() for half in found})
    if len(everything) > len(chosen):
        yield words(everything)
    cycles = sorted({scalars[0] for p in known for scalars, _ in p.terms if len(scalars) == 1 and len(scalars[0]) > 1})
    others = sorted({half for cycle in cycles for half in _halves(scalar, cycle, reduce)} - {*everything})
    if others:
        yield words(others)


Groups = dict[tuple[Size, Size], dict[str, set[str]]]
"""The halves of the traces of a scalar: by their shape, and then by the trace."""


def _halves_by_shape(scalar: Polynomial, reduce: Reduce) -> Groups:
    groups: Groups = {}
    for (cycle,), _ in scalar.terms:
        for half in _halves(scalar, cycle, reduce):
            groups.setdefault(scalar.alphabet.shape(half), {}).setdefault(cycle, set()).add(half)
    return groups


def _of_few_shapes(alphabet: Alphabet, groups: Groups) -> list[str]:
    """Return halves of every trace that has any, from as few shapes as possible: the shape of most traces is first."""
    chosen: list[str] = []
    covered: set[str] = set()
    for _, halves in sorted(groups.items(), key=lambda group: (-len(group[1]), shape_text(alphabet, group[0]))):
        fresh = halves.keys() - covered
        chosen += [half for cycle in sorted(fresh) for half in sorted(halves[cycle])]
        covered |= fresh
    return chosen


def shape_text(alphabet: Alphabet, shape: tuple[Size, Size]) -> str:
    """Write a shape, so that shapes have an order."""
    return " ".join(item_text(alphabet.named.item(size)) for size in shape)


def _halves(scalar: Polynomial, cycle: str, reduce: Reduce) -> Iterator[str]:
    """Find ``u m`` for every way to turn the trace into ``tr(u m u')``."""
    transpose, shapes = scalar.alphabet.transpose, scalar.alphabet.shapes
    seen = set()
    for i in range(len(cycle)):
        turned = cycle[i:] + cycle[:i]
        for h in range(len(cycle) // 2 + 1):
            u, m, v = turned[:h], turned[h : len(cycle) - h], turned[len(cycle) - h :]
            if v != transpose(u) or u + m in seen or (not m and not u):
                continue
            if m:
                middle = Polynomial.word(scalar.alphabet, m)
                if shapes[m[0]][0] != shapes[m[-1]][1] or reduce(middle * middle.transpose() - middle):  # type: ignore[index]
                    continue
            seen.add(u + m)
            yield u + m


def _solve(scalar: Polynomial, candidates: list[Polynomial], reduce: Reduce) -> list[Square] | None:
    """Solve for the Gram matrix of the candidates, and decompose it."""
    pairs = [
        (i, j)
        for i, j in combinations_with_replacement(range(len(candidates)), 2)
        if (candidates[i].rows, candidates[i].columns) == (candidates[j].rows, candidates[j].columns)
    ]
    products = [reduce((candidates[i] * candidates[j].transpose()).trace()) for i, j in pairs]
    entries = _solution([p.scale(1 if i == j else 2) for p, (i, j) in zip(products, pairs, strict=True)], scalar)
    if entries is None:
        return None
    gram = fmpq_mat(len(candidates), len(candidates))
    for (i, j), entry in zip(pairs, entries, strict=True):
        gram[i, j] = gram[j, i] = entry
    return _decompose(gram, candidates)


def _solution(columns: list[Polynomial], scalar: Polynomial) -> list[fmpq] | None:
    """Return the rational coefficients with which polynomials add up to a scalar, or None; undetermined ones are 0."""
    if not columns or not scalar.terms.keys() <= {m for p in columns for m in p.terms}:
        return None
    every = [*columns, scalar]
    monomials = sorted({m for p in every for m in p.terms})
    table = [_exact(p.terms.get(m, 0)) for m in monomials for p in every]
    reduced, rank = fmpq_mat(len(monomials), len(every), table).rref()
    found = [fmpq(0)] * len(columns)
    for row in range(rank):
        pivot = next(k for k in range(len(every)) if reduced[row, k] != 0)
        if pivot == len(columns):
            return None
        found[pivot] = reduced[row, len(columns)]
    return found


def _decompose(gram: fmpq_mat, candidates: list[Polynomial]) -> list[Square] | None:
    """Return the squares of an LDL' decomposition, or None if the Gram matrix has a negative direction."""
    n = gram.nrows()
    squares: list[Square] = []
    for k in range(n):
        pivot = gram[k, k]
        if pivot < 0 or (pivot == 0 and any(gram[k, j] != 0 for j in range(k + 1, n))):
            return None
        if pivot == 0:
            continue
        row = [gram[k, j] / pivot for j in range(n)]
        terms: Terms = {}
        for j in range(k, n):
            if row[j] != 0:
                ((monomial, _),) = candidates[j].terms.items()
                terms[monomial] = Fraction(int(row[j].p), int(row[j].q))
        squares.append(
            (
                Fraction(int(pivot.p), int(pivot.q)),
                Polynomial(candidates[k].alphabet, candidates[k].rows, candidates[k].columns, terms),
            )
        )
        for i in range(k + 1, n):
            for j in range(k + 1, n):
                gram[i, j] = gram[i, j] - pivot * row[i] * row[j]
    return squares


def _exact(coefficient: int | Fraction) -> fmpq:
    return fmpq(coefficient.numerator, coefficient.denominator)
